/*
 * What this library handed out and the program has not given back: handles of systems and processes, registered
 * callbacks, pipe ends, and strings that CoTaskMemFree has to free. For tests that look for leaks.
 */
#define COBJMACROS
#include "fakehcs.h"
#include <objidl.h>
#include <objbase.h>
#include <stdlib.h>
#include <string.h>

typedef LONG (NTAPI *QueryObjectFn)(HANDLE, int, void *, ULONG, ULONG *);

typedef struct Pipe { HANDLE handle; WCHAR name[200]; struct Pipe *next; } Pipe;
typedef struct String { void *at; struct String *next; } String;

static LONG g_counts[LEFT_KINDS];
static SRWLOCK g_lock = SRWLOCK_INIT;
static Pipe *g_pipes;
static String *g_strings;

void ledger_count(int kind, int change) { InterlockedExchangeAdd(&g_counts[kind], change); }

/* ---------- pipes: closed when the handle no longer leads to the pipe it was given for ---------- */

static int pipe_name(HANDLE h, WCHAR *name, size_t room)
{
    static QueryObjectFn query;
    union { struct { USHORT length, max; WCHAR *text; } s; unsigned char room[1024]; } u;
    ULONG n;
    if (!query) query = (QueryObjectFn)(void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQueryObject");
    memset(&u, 0, sizeof u);
    if (!query || query(h, 1, &u, sizeof u, &n) < 0 || !u.s.text || u.s.length / 2 >= room) return 0;
    memcpy(name, u.s.text, u.s.length);
    name[u.s.length / 2] = 0;
    return 1;
}

void ledger_pipe(HANDLE h)
{
    Pipe *p = calloc(1, sizeof *p);
    p->handle = h;
    if (!pipe_name(h, p->name, 200)) { free(p); return; }
    AcquireSRWLockExclusive(&g_lock);
    p->next = g_pipes;
    g_pipes = p;
    ReleaseSRWLockExclusive(&g_lock);
}

static LONG open_pipes(void)
{
    Pipe **at = &g_pipes;
    LONG n = 0;
    AcquireSRWLockExclusive(&g_lock);
    while (*at) {
        WCHAR now[200];
        Pipe *p = *at;
        if (pipe_name(p->handle, now, 200) && !wcscmp(now, p->name)) {
            n++;
            at = &p->next;
        } else {
            *at = p->next;
            free(p);
        }
    }
    ReleaseSRWLockExclusive(&g_lock);
    return n;
}

/* ---------- strings: a spy on the task allocator sees them go ---------- */

static HRESULT WINAPI spy_query(IMallocSpy *spy, REFIID iid, void **out) { *out = spy; return S_OK; }
static ULONG WINAPI spy_ref(IMallocSpy *spy) { return 2; }
static SIZE_T WINAPI spy_pre_alloc(IMallocSpy *spy, SIZE_T n) { return n; }
static void *WINAPI spy_post_alloc(IMallocSpy *spy, void *p) { return p; }

static void *WINAPI spy_pre_free(IMallocSpy *spy, void *p, BOOL spied)
{
    String **at = &g_strings;
    AcquireSRWLockExclusive(&g_lock);
    while (*at && (*at)->at != p) at = &(*at)->next;
    if (*at) {
        String *s = *at;
        *at = s->next;
        free(s);
        InterlockedDecrement(&g_counts[LEFT_STRINGS]);
    }
    ReleaseSRWLockExclusive(&g_lock);
    return p;
}

static void WINAPI spy_post_free(IMallocSpy *spy, BOOL spied) {}
static SIZE_T WINAPI spy_pre_realloc(IMallocSpy *spy, void *p, SIZE_T n, void **now, BOOL spied) { *now = p; return n; }
static void *WINAPI spy_post_realloc(IMallocSpy *spy, void *p, BOOL spied) { return p; }
static void *WINAPI spy_pre_size(IMallocSpy *spy, void *p, BOOL spied) { return p; }
static SIZE_T WINAPI spy_post_size(IMallocSpy *spy, SIZE_T n, BOOL spied) { return n; }
static void *WINAPI spy_pre_did(IMallocSpy *spy, void *p, BOOL spied) { return p; }
static int WINAPI spy_post_did(IMallocSpy *spy, void *p, BOOL spied, int actual) { return actual; }
static void WINAPI spy_none(IMallocSpy *spy) {}

static IMallocSpyVtbl g_vtbl = { spy_query, spy_ref, spy_ref, spy_pre_alloc, spy_post_alloc, spy_pre_free, spy_post_free,
    spy_pre_realloc, spy_post_realloc, spy_pre_size, spy_post_size, spy_pre_did, spy_post_did, spy_none, spy_none };
static IMallocSpy g_spy = { &g_vtbl };

static BOOL CALLBACK install(PINIT_ONCE o, PVOID a, PVOID *b)
{
    CoRegisterMallocSpy(&g_spy);
    return TRUE;
}

void ledger_watch_strings(void)
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    InitOnceExecuteOnce(&once, install, NULL, NULL);
}

void ledger_string(void *string)
{
    String *s = calloc(1, sizeof *s);
    s->at = string;
    AcquireSRWLockExclusive(&g_lock);
    s->next = g_strings;
    g_strings = s;
    ReleaseSRWLockExclusive(&g_lock);
    InterlockedIncrement(&g_counts[LEFT_STRINGS]);
}

/* systems, processes, callbacks, pipes, strings */
EXPORT void WINAPI FakeHcsLeft(LONG counts[LEFT_KINDS])
{
    int i;
    g_counts[LEFT_PIPES] = open_pipes();
    for (i = 0; i < LEFT_KINDS; i++) counts[i] = g_counts[i];
}
