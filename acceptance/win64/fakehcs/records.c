/* What the state file tells of systems, and the processes that belong to one. */
#include "hcs.h"
#include <stdlib.h>
#include <string.h>

HANDLE named_event(const char *runtime, int create)
{
    char *n = fmt("fakehcs-system-%s-%s", root_tag(), runtime);
    WCHAR *w = to_wide(n);
    HANDLE e = create ? CreateEventW(NULL, TRUE, FALSE, w) : OpenEventW(SYNCHRONIZE | EVENT_MODIFY_STATE, FALSE, w);
    free(w);
    free(n);
    return e;
}

HANDLE named_job(const char *runtime, int create)
{
    char *n = fmt("fakehcs-job-%s-%s", root_tag(), runtime);
    WCHAR *w = to_wide(n);
    HANDLE e = create ? CreateJobObjectW(NULL, w) : OpenJobObjectW(JOB_OBJECT_ALL_ACCESS, FALSE, w);
    free(w);
    free(n);
    return e;
}

Json *find_system(Json *st, const char *id)
{
    Json *all = j_child(st, "systems");
    char *k = lower(id);
    Json *s = j_get(all, k);
    free(k);
    return s;
}

int system_stopped(Json *s) { return !strcmp(j_gets(s, "State", ""), "Stopped"); }

/* stopped systems vanish once nobody holds a handle to them */
void system_reap(Json *st)
{
    Json *all = j_child(st, "systems");
    int i;
    for (i = 0; i < all->count; i++) {
        Json *s = all->kids[i];
        if (system_stopped(s) && !j_getb(s, "Pinned")) {
            HANDLE e = named_event(j_gets(s, "RuntimeId", ""), 0);
            if (e) CloseHandle(e);
            else j_remove(all, i--);
        }
    }
}

int system_uses_volume(Json *st, const char *guid)
{
    Json *all = j_child(st, "systems");
    int i;
    for (i = 0; i < all->count; i++) {
        char *v = lower(j_gets(j_get(all->kids[i], "Config"), "VolumePath", "")), *g = lower(guid);
        int hit = !system_stopped(all->kids[i]) && strstr(v, g) != NULL;
        free(v);
        free(g);
        if (hit) return 1;
    }
    return 0;
}

/* the system of a handle; NULL when it is no more, or when another one has its name now */
Json *own_system(Json *st, const Handle *h)
{
    Json *s = find_system(st, h->id);
    return s && !_stricmp(j_gets(s, "RuntimeId", ""), h->runtime) ? s : NULL;
}

Json *summary(Json *s)
{
    Json *d = j_obj();
    const char *name = j_gets(j_get(s, "Config"), "Name", "");
    j_set(d, "Id", j_str(j_gets(s, "Id", "")));
    j_set(d, "SystemType", j_str(j_gets(j_get(s, "Config"), "SystemType", "Container")));
    j_set(d, "Owner", j_str(j_gets(j_get(s, "Config"), "Owner", "")));
    if (*name) j_set(d, "Name", j_str(name));
    j_set(d, "RuntimeOsType", j_str("Windows"));
    j_set(d, "RuntimeId", j_str(j_gets(s, "RuntimeId", "")));
    j_set(d, "State", j_str(j_gets(s, "State", "")));
    if (system_stopped(s)) {
        j_set(d, "Stopped", j_bool(1));
        j_set(d, "ExitType", j_str(j_gets(s, "ExitType", "GracefulExit")));
    }
    return d;
}

unsigned long long ft64(FILETIME f) { return ((unsigned long long)f.dwHighDateTime << 32) | f.dwLowDateTime; }

/* live processes of a system: the job's list when it can be had, else the recorded first processes */
int live_pids(Json *s, DWORD *pids, int room)
{
    HANDLE job = named_job(j_gets(s, "RuntimeId", ""), 0);
    int n = 0, i;
    struct { DWORD assigned, count; ULONG_PTR ids[1024]; } list;
    DWORD got;
    memset(&list, 0, sizeof list);
    if (job) {
        if (QueryInformationJobObject(job, JobObjectBasicProcessIdList, &list, sizeof list, &got))
            for (i = 0; i < (int)list.count && n < room; i++) pids[n++] = (DWORD)list.ids[i];
        CloseHandle(job);
        if (n) return n;
    }
    {
        Json *ps = j_list(s, "Processes");
        for (i = 0; i < ps->count && n < room; i++) {
            DWORD pid = (DWORD)j_geti(ps->kids[i], "Pid", 0), code = 0;
            FILETIME c, e, k, u;
            HANDLE p = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, pid);
            if (!p) continue;
            if (GetProcessTimes(p, &c, &e, &k, &u) && ft64(c) == (unsigned long long)j_geti(ps->kids[i], "Created", 0) &&
                GetExitCodeProcess(p, &code) && code == STILL_ACTIVE) pids[n++] = pid;
            CloseHandle(p);
        }
    }
    return n;
}

void kill_all(Json *s, DWORD code)
{
    DWORD pids[1024];
    int n, i, round;
    HANDLE job = named_job(j_gets(s, "RuntimeId", ""), 0);
    if (job) {
        TerminateJobObject(job, code);
        CloseHandle(job);
    }
    for (round = 0; round < 3; round++) {
        n = live_pids(s, pids, 1024);
        for (i = 0; i < n; i++) {
            HANDLE p = OpenProcess(PROCESS_TERMINATE, FALSE, pids[i]);
            if (p) {
                TerminateProcess(p, code);
                CloseHandle(p);
            }
        }
        if (!n) break;
        Sleep(10);
    }
}

Json *parse_wide(const WCHAR *w)
{
    char *u = to_utf8(w);
    Json *j = j_parse(u);
    free(u);
    return j;
}

void give(Call *c, WCHAR **out, const char *name, Json *doc)
{
    char *t = j_print(doc);
    if (out) *out = to_cotask(t);
    j_set(c->out, name, j_str(t));
    free(t);
}
