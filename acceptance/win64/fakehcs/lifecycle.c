/* Exports: a system started, paused, resumed, saved, shut down, terminated; and how one ends. */
#include "hcs.h"
#include <stdlib.h>
#include <string.h>

typedef struct { Handle *h; int type; HRESULT hr; DWORD ms; } Later;

static DWORD WINAPI complete_later(void *p)
{
    Later *l = p;
    Sleep(l->ms);
    post_all(l->h, l->type, l->hr);
    free(l);
    return 0;
}

void completes(Handle *h, int type, HRESULT hr)
{
    Later *l = calloc(1, sizeof *l);
    l->h = h;
    l->type = type;
    l->hr = hr;
    l->ms = 1;
    CloseHandle(CreateThread(NULL, 0, complete_later, l, 0, NULL));
}

typedef struct { char *id, *runtime; DWORD code; const char *exit_type; HRESULT status; } Stop;

static DWORD WINAPI stop_thread(void *p);

/* ends a system as if its machine had crashed */
static void crash(const char *id, const char *runtime, HRESULT status)
{
    Stop *x = calloc(1, sizeof *x);
    x->id = _strdup(id);
    x->runtime = _strdup(runtime);
    x->code = EXIT_TERMINATED;
    x->exit_type = "UnexpectedExit";
    x->status = status;
    CloseHandle(CreateThread(NULL, 0, stop_thread, x, 0, NULL));
}

/* moves a system from one state to another and reports completion by notification */
static HRESULT transition(const char *function, void *system, const WCHAR *options, WCHAR **result, const char *from,
                          const char *to, int type)
{
    Call c;
    Json *a = system_args(system), *st, *s;
    Handle *h = get_handle(system, 0);
    HRESULT hr = HCS_PENDING;
    arg_text(a, "options", options);
    call_begin(&c, function, "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!h) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    st = state_open();
    s = own_system(st, h);
    if (!s) hr = HCS_NO_SYSTEM;
    else if (system_stopped(s)) hr = HCS_ALREADY_STOPPED;
    else if (strcmp(j_gets(s, "State", ""), from)) hr = HCS_INVALID_STATE;
    else if (!c.fault_async) {
        j_set(s, "State", j_str(to));
        if (type == N_STARTED) {
            j_set(s, "Started", j_int((long long)now_ft()));
            if (jail_on()) {
                char *g = volume_of(j_gets(j_get(s, "Config"), "VolumePath", ""));
                Json *v = g ? j_get(j_child(st, "volumes"), g) : NULL;
                if (v) j_set(v, "BootBytes", j_uint(18u << 20));    /* hives and logs that a boot writes */
                free(g);
            }
        }
    }
    state_close(st, hr == HCS_PENDING);
    if (hr == HCS_PENDING && c.fault_exit) crash(h->id, h->runtime, c.async_hr);      /* and never completes */
    else if (hr == HCS_PENDING) completes(h, type, c.fault_async ? c.async_hr : S_OK);
    return call_end(&c, hr, result);
}

EXPORT HRESULT WINAPI HcsStartComputeSystem(void *system, const WCHAR *options, WCHAR **result)
{
    return transition("HcsStartComputeSystem", system, options, result, "Created", "Running", N_STARTED);
}

EXPORT HRESULT WINAPI HcsPauseComputeSystem(void *system, const WCHAR *options, WCHAR **result)
{
    return transition("HcsPauseComputeSystem", system, options, result, "Running", "Paused", N_PAUSED);
}

EXPORT HRESULT WINAPI HcsResumeComputeSystem(void *system, const WCHAR *options, WCHAR **result)
{
    return transition("HcsResumeComputeSystem", system, options, result, "Paused", "Running", N_RESUMED);
}

EXPORT HRESULT WINAPI HcsSaveComputeSystem(void *system, const WCHAR *options, WCHAR **result)
{
    return transition("HcsSaveComputeSystem", system, options, result, "Paused", "Saved", N_SAVED);
}

static DWORD WINAPI stop_thread(void *p)
{
    Stop *x = p;
    Json *st, *s;
    Sleep(5);
    st = state_open();
    s = find_system(st, x->id);
    if (s && !_stricmp(j_gets(s, "RuntimeId", ""), x->runtime) && !system_stopped(s)) {
        HANDLE e = named_event(x->runtime, 0);
        kill_all(s, x->code);
        j_set(s, "State", j_str("Stopped"));
        j_set(s, "ExitType", j_str(x->exit_type));
        if (x->status) j_set(s, "ExitStatus", j_int(x->status));
        endpoint_detach_system(st, x->id);
        state_close(st, 1);
        if (e) {
            SetEvent(e);
            CloseHandle(e);
        }
    } else {
        state_close(st, 0);
    }
    free(x->id);
    free(x->runtime);
    free(x);
    return 0;
}

static HRESULT stop(const char *function, void *system, const WCHAR *options, WCHAR **result, int graceful)
{
    Call c;
    Json *a = system_args(system), *st, *s;
    Handle *h = get_handle(system, 0);
    HRESULT hr = HCS_PENDING;
    arg_text(a, "options", options);
    call_begin(&c, function, "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!h) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    st = state_open();
    s = own_system(st, h);
    if (!s) hr = HCS_NO_SYSTEM;
    else if (system_stopped(s)) hr = HCS_ALREADY_STOPPED;
    else if (graceful && strcmp(j_gets(s, "State", ""), "Running")) hr = HCS_INVALID_STATE;
    state_close(st, 0);
    if (hr == HCS_PENDING) {
        if (c.fault_async) {
            if (graceful) completes(h, N_SHUTDOWN_FAILED, c.async_hr);
        } else {
            Stop *x = calloc(1, sizeof *x);
            x->id = _strdup(h->id);
            x->runtime = _strdup(h->runtime);
            x->code = graceful ? EXIT_SHUTDOWN : EXIT_TERMINATED;
            x->exit_type = graceful ? "GracefulExit" : "ForcedExit";
            CloseHandle(CreateThread(NULL, 0, stop_thread, x, 0, NULL));
        }
    }
    return call_end(&c, hr, result);
}

EXPORT HRESULT WINAPI HcsShutdownComputeSystem(void *system, const WCHAR *options, WCHAR **result)
{
    return stop("HcsShutdownComputeSystem", system, options, result, 1);
}

EXPORT HRESULT WINAPI HcsTerminateComputeSystem(void *system, const WCHAR *options, WCHAR **result)
{
    return stop("HcsTerminateComputeSystem", system, options, result, 0);
}

/* ---------- for tests: what happens to a service by itself ---------- */

/* the system ends with this status, asked by nobody */
EXPORT HRESULT WINAPI FakeHcsExit(const WCHAR *id, HRESULT status)
{
    char *uid = to_utf8(id);
    Json *st = state_open(), *s = find_system(st, uid);
    char *runtime = s ? _strdup(j_gets(s, "RuntimeId", "")) : NULL;
    state_close(st, 0);
    if (runtime) crash(uid, runtime, status);
    free(runtime);
    free(uid);
    return runtime ? S_OK : HCS_NO_SYSTEM;
}
