/* Figures of systems and the export that tells them. */
#include "hcs.h"
#include <psapi.h>
#include <stdlib.h>
#include <string.h>

void figures_of(Json *s, Figures *f)
{
    unsigned long long now = now_ft(), up = now - (unsigned long long)j_geti(s, "Created", (long long)now);
    DWORD pids[1024];
    int i;
    memset(f, 0, sizeof *f);
    f->processes = live_pids(s, pids, 1024);
    for (i = 0; i < f->processes; i++) {
        HANDLE h = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ | SYNCHRONIZE, FALSE, pids[i]);
        PROCESS_MEMORY_COUNTERS mc;
        FILETIME a, b, k, u;
        if (!h) continue;
        memset(&mc, 0, sizeof mc);
        if (GetProcessMemoryInfo(h, &mc, sizeof mc)) {
            f->commit += mc.PagefileUsage;
            f->peak += mc.PeakPagefileUsage;
            f->working_set += mc.WorkingSetSize;
        }
        if (GetProcessTimes(h, &a, &b, &k, &u)) {
            f->user += ft64(u);
            f->kernel += ft64(k);
        }
        CloseHandle(h);
    }
    /* a container's own services: 24 MiB and one part in 400 of the time passed, two thirds of it in the kernel */
    f->commit += 24u << 20;
    f->working_set += 9u << 20;
    f->kernel += up / 600 + 1562500;
    f->user += up / 1200 + 781250;
    if (f->peak < f->commit) f->peak = f->commit;
}

static void add_statistics(Json *d, Json *s)
{
    unsigned long long now = now_ft(), created = (unsigned long long)j_geti(s, "Created", (long long)now), up = now - created;
    Json *x = j_obj(), *m = j_obj(), *p = j_obj(), *io = j_obj();
    Figures f;
    char *t;
    figures_of(s, &f);
    t = filetime_iso(now);
    j_set(x, "Timestamp", j_str(t));
    free(t);
    t = filetime_iso((unsigned long long)j_geti(s, "Started", (long long)created));
    j_set(x, "ContainerStartTime", j_str(t));
    free(t);
    j_set(x, "Uptime100ns", j_uint(up));
    j_set(m, "MemoryUsageCommitBytes", j_uint(f.commit));
    j_set(m, "MemoryUsageCommitPeakBytes", j_uint(f.peak));
    j_set(m, "MemoryUsagePrivateWorkingSetBytes", j_uint(f.working_set));
    j_set(x, "Memory", m);
    j_set(p, "TotalRuntime100ns", j_uint(f.user + f.kernel));
    j_set(p, "RuntimeUser100ns", j_uint(f.user));
    j_set(p, "RuntimeKernel100ns", j_uint(f.kernel));
    j_set(x, "Processor", p);
    j_set(io, "ReadCountNormalized", j_uint(120 + up / 50000000));
    j_set(io, "ReadSizeBytes", j_uint(4915200 + up / 1000));
    j_set(io, "WriteCountNormalized", j_uint(40 + up / 80000000));
    j_set(io, "WriteSizeBytes", j_uint(983040 + up / 4000));
    j_set(x, "Storage", io);
    j_set(d, "Statistics", x);
}

static void add_processes(Json *d, Json *s)
{
    Json *list = j_arr();
    DWORD pids[1024];
    int n = live_pids(s, pids, 1024), i;
    for (i = 0; i < n; i++) {
        HANDLE h = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ | SYNCHRONIZE, FALSE, pids[i]);
        PROCESS_MEMORY_COUNTERS mc;
        FILETIME a, b, k, u;
        WCHAR name[MAX_PATH] = L"";
        DWORD len = MAX_PATH;
        Json *p;
        char *t;
        const WCHAR *base;
        if (!h) continue;
        memset(&mc, 0, sizeof mc);
        if (WaitForSingleObject(h, 0) == WAIT_OBJECT_0 || !GetProcessTimes(h, &a, &b, &k, &u)) {     /* just gone */
            CloseHandle(h);
            continue;
        }
        p = j_obj();
        GetProcessMemoryInfo(h, &mc, sizeof mc);
        QueryFullProcessImageNameW(h, 0, name, &len);
        base = wcsrchr(name, L'\\');
        j_set(p, "ProcessId", j_uint(pids[i]));
        t = to_utf8(base ? base + 1 : name);
        j_set(p, "ImageName", j_str(t));
        free(t);
        t = filetime_iso(ft64(a));
        j_set(p, "CreateTimestamp", j_str(t));
        free(t);
        j_set(p, "UserTime100ns", j_uint(ft64(u)));
        j_set(p, "KernelTime100ns", j_uint(ft64(k)));
        j_set(p, "MemoryCommitBytes", j_uint(mc.PagefileUsage));
        j_set(p, "MemoryWorkingSetPrivateBytes", j_uint(mc.WorkingSetSize / 2));
        j_set(p, "MemoryWorkingSetSharedBytes", j_uint(mc.WorkingSetSize / 2));
        j_push(list, p);
        CloseHandle(h);
    }
    j_set(d, "ProcessList", list);
}

EXPORT HRESULT WINAPI HcsGetComputeSystemProperties(void *system, const WCHAR *query, WCHAR **properties, WCHAR **result)
{
    Call c;
    Json *a = system_args(system), *q, *st, *s, *d, *types;
    Handle *h = get_handle(system, 0);
    char *sel;
    int i;
    arg_text(a, "propertyQuery", query);
    if (properties) *properties = NULL;
    sel = to_utf8(query);
    call_begin(&c, "HcsGetComputeSystemProperties", sel, a);
    free(sel);
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!h) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    q = query && *query ? parse_wide(query) : j_obj();
    if (!q) return call_end(&c, HCS_INVALID_JSON, result);
    st = state_open();
    s = own_system(st, h);
    if (!s) {
        state_close(st, 0);
        j_free(q);
        return call_end(&c, HCS_NO_SYSTEM, result);
    }
    d = summary(s);
    types = j_get(q, "PropertyTypes");
    for (i = 0; types && types->kind == J_ARR && i < types->count; i++) {
        const char *t = types->kids[i]->kind == J_STR ? types->kids[i]->text : "";
        int live = !strcmp(j_gets(s, "State", ""), "Running") || !strcmp(j_gets(s, "State", ""), "Paused");
        if (!live) {
            state_close(st, 0);
            j_free(q);
            j_free(d);
            return call_end(&c, HCS_INVALID_STATE, result);
        }
        if (!_stricmp(t, "Statistics")) add_statistics(d, s);
        else if (!_stricmp(t, "ProcessList")) add_processes(d, s);
    }
    state_close(st, 0);
    give(&c, properties, "properties", d);
    j_free(d);
    j_free(q);
    return call_end(&c, S_OK, result);
}
