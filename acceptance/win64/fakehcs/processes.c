/* Exports: processes that were started. */
#include "hcs.h"
#include <stdlib.h>
#include <string.h>

EXPORT HRESULT WINAPI HcsOpenProcess(void *system, DWORD pid, void **process, WCHAR **result)
{
    Call c;
    Json *a = system_args(system), *st, *s;
    Handle *sys = get_handle(system, 0), *h;
    HANDLE p = NULL;
    HRESULT hr = W32(ERROR_NOT_FOUND);
    j_set(a, "pid", j_uint(pid));
    if (process) *process = NULL;
    call_begin(&c, "HcsOpenProcess", "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!sys) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    st = state_open();
    s = own_system(st, sys);
    if (!s) hr = HCS_NO_SYSTEM;
    else if (system_stopped(s)) hr = HCS_ALREADY_STOPPED;
    else {
        Json *ps = j_list(s, "Processes");
        DWORD live[1024];
        int i, n;
        for (i = ps->count - 1; i >= 0 && !p; i--) {
            FILETIME t0, t1, t2, t3;
            if ((DWORD)j_geti(ps->kids[i], "Pid", 0) != pid) continue;
            p = OpenProcess(PROCESS_ALL_ACCESS, FALSE, pid);
            if (p && (!GetProcessTimes(p, &t0, &t1, &t2, &t3) || ft64(t0) != (unsigned long long)j_geti(ps->kids[i], "Created", 0))) {
                CloseHandle(p);
                p = NULL;
            }
            break;
        }
        for (i = 0, n = p ? 0 : live_pids(s, live, 1024); i < n && !p; i++)
            if (live[i] == pid) p = OpenProcess(PROCESS_ALL_ACCESS, FALSE, pid);
        if (p) hr = S_OK;
    }
    state_close(st, 0);
    if (FAILED(hr)) return call_end(&c, hr, result);
    h = add_handle(1, sys->id, sys->runtime);
    h->pid = pid;
    h->process = p;
    RegisterWaitForSingleObject(&h->wait, h->process, process_gone, h, INFINITE, WT_EXECUTEONLYONCE);
    *process = h;
    return call_end(&c, S_OK, result);
}

EXPORT HRESULT WINAPI HcsCloseProcess(void *process)
{
    Call c;
    Handle *h = get_handle(process, 1);
    call_begin(&c, "HcsCloseProcess", "", process_args(process));
    if (c.faulted) return call_end(&c, c.hr, NULL);
    if (!h) return call_end(&c, W32(ERROR_INVALID_HANDLE), NULL);
    drop_handle(h);
    if (h->in) CloseHandle(h->in);
    if (h->out) CloseHandle(h->out);
    if (h->err) CloseHandle(h->err);
    h->in = h->out = h->err = NULL;
    return call_end(&c, S_OK, NULL);
}

static int has_exited(Handle *h) { return WaitForSingleObject(h->process, 0) == WAIT_OBJECT_0; }

EXPORT HRESULT WINAPI HcsTerminateProcess(void *process, WCHAR **result)
{
    Call c;
    Handle *h = get_handle(process, 1);
    call_begin(&c, "HcsTerminateProcess", "", process_args(process));
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!h) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    if (has_exited(h)) return call_end(&c, HCS_PROCESS_STOPPED, result);
    TerminateProcess(h->process, EXIT_TERMINATED);
    return call_end(&c, S_OK, result);
}

EXPORT HRESULT WINAPI HcsSignalProcess(void *process, const WCHAR *options, WCHAR **result)
{
    Call c;
    Json *a = process_args(process), *o;
    Handle *h = get_handle(process, 1);
    arg_text(a, "options", options);
    call_begin(&c, "HcsSignalProcess", "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!h) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    if (has_exited(h)) return call_end(&c, HCS_PROCESS_STOPPED, result);
    o = parse_wide(options);
    if (!o) return call_end(&c, HCS_INVALID_JSON, result);
    j_free(o);
    TerminateProcess(h->process, EXIT_SHUTDOWN);
    return call_end(&c, S_OK, result);
}

EXPORT HRESULT WINAPI HcsGetProcessInfo(void *process, ProcessInformation *info, WCHAR **result)
{
    Call c;
    Handle *h = get_handle(process, 1);
    if (info) memset(info, 0, sizeof *info);
    call_begin(&c, "HcsGetProcessInfo", "", process_args(process));
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!h || !info) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    info->ProcessId = h->pid;
    info->StdInput = h->in;
    info->StdOutput = h->out;
    info->StdError = h->err;
    h->in = h->out = h->err = NULL;
    return call_end(&c, S_OK, result);
}

EXPORT HRESULT WINAPI HcsGetProcessProperties(void *process, WCHAR **properties, WCHAR **result)
{
    Call c;
    Handle *h = get_handle(process, 1);
    Json *d;
    DWORD code = 0;
    if (properties) *properties = NULL;
    call_begin(&c, "HcsGetProcessProperties", "", process_args(process));
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!h) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    d = j_obj();
    j_set(d, "ProcessId", j_uint(h->pid));
    if (has_exited(h)) {
        if (h->ghost) code = h->ghost_code;
        else GetExitCodeProcess(h->process, &code);
        j_set(d, "Exited", j_bool(1));
        j_set(d, "ExitCode", j_uint(code));
    } else {
        j_set(d, "Exited", j_bool(0));
    }
    j_set(d, "LastWaitResult", j_int(0));
    give(&c, properties, "processProperties", d);
    j_free(d);
    return call_end(&c, S_OK, result);
}

EXPORT HRESULT WINAPI HcsModifyProcess(void *process, const WCHAR *settings, WCHAR **result)
{
    Call c;
    Json *a = process_args(process), *m;
    Handle *h = get_handle(process, 1);
    HRESULT hr = S_OK;
    const char *op;
    arg_text(a, "settings", settings);
    call_begin(&c, "HcsModifyProcess", "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!h) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    m = parse_wide(settings);
    if (!m) return call_end(&c, HCS_INVALID_JSON, result);
    op = j_gets(m, "Operation", "");
    if (has_exited(h)) hr = W32(ERROR_NOT_FOUND);
    else if (!_stricmp(op, "CloseHandle")) {
        const char *which = j_gets(j_get(m, "CloseHandle"), "Handle", "");
        HANDLE *p = !_stricmp(which, "StdIn") ? &h->in : !_stricmp(which, "StdOut") ? &h->out : !_stricmp(which, "StdErr") ? &h->err : NULL;
        if (!p) hr = W32(ERROR_INVALID_DATA);
        else if (*p) {
            CloseHandle(*p);
            *p = NULL;
        }
    } else if (_stricmp(op, "ConsoleSize")) {
        hr = W32(ERROR_INVALID_DATA);
    }
    j_free(m);
    return call_end(&c, hr, result);
}
