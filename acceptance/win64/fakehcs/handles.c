/* Handles to systems and processes, what is registered with them, and the thread that notifies. */
#include "hcs.h"
#include <stdlib.h>
#include <string.h>

typedef struct Item { Watch *w; DWORD type; HRESULT hr; struct Item *next; } Item;

static CRITICAL_SECTION g_cs;
static CONDITION_VARIABLE g_cv = CONDITION_VARIABLE_INIT, g_idle = CONDITION_VARIABLE_INIT;
static INIT_ONCE g_once = INIT_ONCE_STATIC_INIT;
static Item *g_head, *g_tail;
static Handle *g_handles;
static DWORD g_worker;

/* ---------- notifications ---------- */

static DWORD WINAPI worker(void *arg)
{
    g_worker = GetCurrentThreadId();
    EnterCriticalSection(&g_cs);
    for (;;) {
        Item *i;
        while (!g_head) SleepConditionVariableCS(&g_cv, &g_cs, INFINITE);
        i = g_head;
        g_head = i->next;
        if (!g_head) g_tail = NULL;
        if (!i->w->dead) {
            Json *a = j_obj();
            Watch *w = i->w;
            Call c;
            char *selector = fmt("%lX:%s", (unsigned long)i->type, w->owner->id);
            w->busy++;
            j_set(a, "type", j_int(i->type));
            j_set(a, "id", j_str(w->owner->id));
            if (w->owner->is_process) j_set(a, "pid", j_int(w->owner->pid));
            LeaveCriticalSection(&g_cs);
            call_begin(&c, "@notification", selector, a);
            free(selector);
            if (c.faulted) call_end(&c, c.hr, NULL);            /* lost on its way */
            else {
                call_end(&c, i->hr, NULL);
                w->fn(i->type, w->context, i->hr, L"{}");
            }
            EnterCriticalSection(&g_cs);
            w->busy--;
            WakeAllConditionVariable(&g_idle);
        }
        free(i);
    }
    return 0;
}

static BOOL CALLBACK setup(PINIT_ONCE o, PVOID a, PVOID *b)
{
    InitializeCriticalSection(&g_cs);
    CloseHandle(CreateThread(NULL, 0, worker, NULL, 0, NULL));
    return TRUE;
}

void hcs_lock(void)
{
    InitOnceExecuteOnce(&g_once, setup, NULL, NULL);
    EnterCriticalSection(&g_cs);
}

void hcs_unlock(void) { LeaveCriticalSection(&g_cs); }

static void post(Watch *w, DWORD type, HRESULT hr)      /* with g_cs held */
{
    Item *i;
    if (w->dead) return;
    if (type == N_SYSTEM_EXITED || type == N_PROCESS_EXITED) {
        if (w->told_exit) return;
        w->told_exit = 1;
    }
    i = calloc(1, sizeof *i);
    i->w = w;
    i->type = type;
    i->hr = hr;
    if (g_tail) g_tail->next = i; else g_head = i;
    g_tail = i;
    WakeConditionVariable(&g_cv);
}

void post_all(Handle *h, DWORD type, HRESULT hr)
{
    Watch *w;
    hcs_lock();
    for (w = h->watches; w; w = w->next) post(w, type, hr);
    hcs_unlock();
}

/* ---------- handles ---------- */

static HRESULT exit_status(Handle *h)
{
    Json *st = state_open(), *s = find_system(st, h->id);
    HRESULT hr = s && !_stricmp(j_gets(s, "RuntimeId", ""), h->runtime) ? (HRESULT)j_geti(s, "ExitStatus", 0) : S_OK;
    state_close(st, 0);
    return hr;
}

void CALLBACK system_gone(void *ctx, BOOLEAN timed_out)
{
    post_all(ctx, N_SYSTEM_EXITED, exit_status(ctx));
}

void CALLBACK process_gone(void *ctx, BOOLEAN timed_out)
{
    Handle *h = ctx;
    h->exited = 1;
    post_all(h, N_PROCESS_EXITED, S_OK);
}

Handle *add_handle(int is_process, const char *id, const char *runtime)
{
    Handle *h = calloc(1, sizeof *h);
    h->magic = is_process ? 0x50524F43 : 0x53595354;
    h->is_process = is_process;
    h->id = _strdup(id);
    h->runtime = _strdup(runtime);
    hcs_lock();
    h->next = g_handles;
    g_handles = h;
    hcs_unlock();
    ledger_count(is_process ? LEFT_PROCESSES : LEFT_SYSTEMS, 1);
    return h;
}

Handle *get_handle(void *p, int is_process)
{
    Handle *h;
    hcs_lock();
    for (h = g_handles; h && h != p; h = h->next) ;
    hcs_unlock();
    return h && !h->closed && h->is_process == is_process ? h : NULL;
}

void drop_handle(Handle *h)
{
    ledger_count(h->is_process ? LEFT_PROCESSES : LEFT_SYSTEMS, -1);
    Watch *w;
    HANDLE wait;
    hcs_lock();
    h->closed = 1;
    for (w = h->watches; w; w = w->next) w->dead = 1;
    wait = h->wait;
    h->wait = NULL;
    hcs_unlock();
    if (wait) UnregisterWaitEx(wait, NULL);
    if (h->gone) CloseHandle(h->gone);
    if (h->process) CloseHandle(h->process);
    h->gone = h->process = NULL;
    /* the small record itself stays: a late wait callback may still look at it */
}

Json *system_args(void *handle)
{
    Json *a = j_obj();
    Handle *h = get_handle(handle, 0);
    j_set(a, "id", h ? j_str(h->id) : j_null());
    return a;
}

Json *process_args(void *handle)
{
    Json *a = j_obj();
    Handle *h = get_handle(handle, 1);
    j_set(a, "id", h ? j_str(h->id) : j_null());
    j_set(a, "pid", h ? j_int(h->pid) : j_null());
    return a;
}

static HRESULT watch(Handle *h, Notify fn, void *context, void **callback)
{
    Watch *w;
    if (callback) *callback = NULL;
    if (!h) return W32(ERROR_INVALID_HANDLE);
    if (!fn || !callback) return E_INVALIDARG;
    w = calloc(1, sizeof *w);
    w->magic = 0x57415443;
    w->owner = h;
    w->fn = fn;
    w->context = context;
    hcs_lock();
    w->next = h->watches;
    h->watches = w;
    if (h->pending) {
        post(w, h->pending, h->pending_hr);
        h->pending = 0;
    }
    if (h->is_process ? h->exited : (h->gone && WaitForSingleObject(h->gone, 0) == WAIT_OBJECT_0))
        post(w, h->is_process ? N_PROCESS_EXITED : N_SYSTEM_EXITED, S_OK);
    hcs_unlock();
    ledger_count(LEFT_CALLBACKS, 1);
    *callback = w;
    return S_OK;
}

static HRESULT unwatch(void *callback)
{
    Handle *h;
    Watch *w = NULL;
    hcs_lock();
    for (h = g_handles; h && !w; h = h->next)
        for (w = h->watches; w && w != callback; w = w->next) ;
    if (!w || w->dead) { hcs_unlock(); return W32(ERROR_INVALID_HANDLE); }
    w->dead = 1;
    if (GetCurrentThreadId() != g_worker)
        while (w->busy) SleepConditionVariableCS(&g_idle, &g_cs, INFINITE);
    hcs_unlock();
    ledger_count(LEFT_CALLBACKS, -1);
    return S_OK;
}

static HRESULT registers(const char *function, Json *args, Handle *h, Notify fn, void *context, void **callback)
{
    Call c;
    call_begin(&c, function, "", args);
    return call_end(&c, c.faulted ? c.hr : watch(h, fn, context, callback), NULL);
}

static HRESULT unregisters(const char *function, void *callback)
{
    Call c;
    call_begin(&c, function, "", NULL);
    return call_end(&c, c.faulted ? c.hr : unwatch(callback), NULL);
}

EXPORT HRESULT WINAPI HcsRegisterComputeSystemCallback(void *system, Notify fn, void *context, void **callback)
{
    return registers("HcsRegisterComputeSystemCallback", system_args(system), get_handle(system, 0), fn, context, callback);
}

EXPORT HRESULT WINAPI HcsUnregisterComputeSystemCallback(void *callback)
{
    return unregisters("HcsUnregisterComputeSystemCallback", callback);
}

EXPORT HRESULT WINAPI HcsRegisterProcessCallback(void *process, Notify fn, void *context, void **callback)
{
    return registers("HcsRegisterProcessCallback", process_args(process), get_handle(process, 1), fn, context, callback);
}

EXPORT HRESULT WINAPI HcsUnregisterProcessCallback(void *callback)
{
    return unregisters("HcsUnregisterProcessCallback", callback);
}

/* ---------- for tests: what happens to a service by itself ---------- */

/* every registered callback of this process is told that the service is gone */
EXPORT void WINAPI FakeHcsDisconnect(void)
{
    Handle *h;
    Watch *w;
    hcs_lock();
    for (h = g_handles; h; h = h->next)
        for (w = h->watches; w; w = w->next) post(w, 0x01000000, S_OK);
    hcs_unlock();
}
