/* Exports: starting a process in a system. */
#include "hcs.h"
#include <stdlib.h>
#include <string.h>

/* a pipe whose kept end is overlapped and whose other end can be inherited */
static int make_pipe(int child_reads, HANDLE *kept, HANDLE *given)
{
    static LONG serial;
    char *n = fmt("\\\\.\\pipe\\fakehcs-%lu-%ld-%llx", (unsigned long)GetCurrentProcessId(), (long)InterlockedIncrement(&serial), now_ft());
    WCHAR *w = to_wide(n);
    SECURITY_ATTRIBUTES sa = { sizeof sa, NULL, TRUE };
    free(n);
    *kept = CreateNamedPipeW(w, (child_reads ? PIPE_ACCESS_OUTBOUND : PIPE_ACCESS_INBOUND) | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                             PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT, 1, 65536, 65536, 0, NULL);
    if (*kept == INVALID_HANDLE_VALUE) { *kept = NULL; free(w); return 0; }
    *given = CreateFileW(w, child_reads ? GENERIC_READ : GENERIC_WRITE, 0, &sa, OPEN_EXISTING, 0, NULL);
    free(w);
    if (*given == INVALID_HANDLE_VALUE) {
        *given = NULL;
        CloseHandle(*kept);
        *kept = NULL;
        return 0;
    }
    return 1;
}

static HANDLE open_nul(void)
{
    SECURITY_ATTRIBUTES sa = { sizeof sa, NULL, TRUE };
    return CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &sa, OPEN_EXISTING, 0, NULL);
}

static int keep_var(const WCHAR *name, size_t n)
{
    static const WCHAR *const keep[] = {
        L"ALLUSERSPROFILE", L"CommonProgramFiles", L"CommonProgramFiles(x86)", L"CommonProgramW6432", L"ComSpec",
        L"DriverData", L"NUMBER_OF_PROCESSORS", L"OS", L"PATH", L"PATHEXT", L"PROCESSOR_ARCHITECTURE", L"PROCESSOR_IDENTIFIER",
        L"PROCESSOR_LEVEL", L"PROCESSOR_REVISION", L"ProgramData", L"ProgramFiles", L"ProgramFiles(x86)", L"ProgramW6432",
        L"PUBLIC", L"SystemDrive", L"SystemRoot", L"TEMP", L"TMP", L"windir", NULL };
    int i;
    if (n >= 4 && !_wcsnicmp(name, L"WINE", 4)) return 1;      /* the emulator below needs its own settings */
    if (n == 4 && !_wcsnicmp(name, L"HOME", 4)) return 1;
    for (i = 0; keep[i]; i++) if (wcslen(keep[i]) == n && !_wcsnicmp(name, keep[i], n)) return 1;
    return 0;
}

static int by_name(const void *x, const void *y)
{
    const WCHAR *a = *(WCHAR *const *)x, *b = *(WCHAR *const *)y;
    return _wcsicmp(a, b);
}

static WCHAR *environment(Json *cfg, Json *sys, const char *user, const char *jail)
{
    WCHAR *all = GetEnvironmentStringsW(), *p, *block, *o;
    WCHAR **vars = NULL;
    int n = 0, i;
    size_t total = 2;
    Json *env = j_get(cfg, "Environment");
    char *t;
    const char *host = j_gets(j_get(sys, "Config"), "HostName", "");
    vars = calloc(4096, sizeof *vars);
    for (p = all; *p && n < 2048; p += wcslen(p) + 1) {
        WCHAR *eq = wcschr(p + 1, L'=');
        if (*p != L'=' && eq && keep_var(p, eq - p)) vars[n++] = _wcsdup(p);
    }
    FreeEnvironmentStringsW(all);
    t = fmt("USERNAME=%s", *user ? user : "ContainerAdministrator");
    vars[n++] = to_wide(t);
    free(t);
    t = fmt("USERPROFILE=C:\\Users\\%s", *user ? user : "ContainerAdministrator");
    vars[n++] = to_wide(t);
    free(t);
    t = *host ? fmt("COMPUTERNAME=%s", host) : fmt("COMPUTERNAME=%.12s", j_gets(sys, "RuntimeId", ""));
    _strupr(t + 13);
    vars[n++] = to_wide(t);
    free(t);
    for (i = 0; env && env->kind == J_OBJ && i < env->count && n < 4090; i++) {
        int k;
        size_t kl;
        WCHAR *w;
        if (!*env->keys[i]) continue;
        t = fmt("%s=%s", env->keys[i], env->kids[i]->kind == J_STR ? env->kids[i]->text : "");
        w = to_wide(t);
        free(t);
        kl = wcschr(w, L'=') - w + 1;
        for (k = 0; k < n; k++) if (!_wcsnicmp(vars[k], w, kl)) break;
        if (k < n) free(vars[k]); else n++;
        vars[k] = w;
    }
    if (jail) {
        char *extra[4] = { jail_marker(jail, (unsigned long long)j_geti(j_get(sys, "Config"), "MemoryMaximumInMB", 0) << 20),
                           fmt("FAKEHCS_VOLUME={%s}", jail), _strdup("TEMP=C:\\Windows\\Temp"), _strdup("TMP=C:\\Windows\\Temp") };
        for (i = 0; i < 4; i++) {
            int k;
            WCHAR *w;
            if (!extra[i]) continue;
            w = to_wide(extra[i]);
            for (k = 0; k < n; k++) if (!_wcsnicmp(vars[k], w, wcschr(w, L'=') - w + 1)) break;
            if (k < n) free(vars[k]); else n++;
            vars[k] = w;
            free(extra[i]);
        }
    }
    qsort(vars, n, sizeof *vars, by_name);
    for (i = 0; i < n; i++) total += wcslen(vars[i]) + 1;
    o = block = calloc(total, sizeof *block);
    for (i = 0; i < n; i++) {
        wcscpy(o, vars[i]);
        o += wcslen(o) + 1;
        free(vars[i]);
    }
    free(vars);
    return block;
}

static int known_user(const char *user, const char *jail)
{
    WCHAR v[2048];
    char *list, *p, *tok;
    const char *base = strrchr(user, '\\');
    int ok = 0;
    base = base ? base + 1 : user;
    if (!*base) return 1;
    if (!GetEnvironmentVariableW(L"FAKEHCS_USERS", v, 2048))
        wcscpy(v, L"ContainerAdministrator,ContainerUser,Administrator,SYSTEM,vcap");
    list = to_utf8(v);
    for (p = list; (tok = strtok(p, ",")) != NULL; p = NULL) if (!_stricmp(tok, base)) { ok = 1; break; }
    free(list);
    return ok || (jail && jail_user(jail, base));
}

/* the host's place of a path inside a mapped folder of the container, NULL when it lies in none or does not exist */
static char *mapped(Json *sys, const char *path)
{
    Json *dirs = j_get(j_get(sys, "Config"), "MappedDirectories");
    char *p = _strdup(path), *q, *r = NULL;
    int i;
    for (q = p; *q; q++) if (*q == '/') *q = '\\';
    for (i = 0; dirs && dirs->kind == J_ARR && i < dirs->count && !r; i++) {
        const char *inside = j_gets(dirs->kids[i], "ContainerPath", "");
        size_t n = strlen(inside);
        while (n && inside[n - 1] == '\\') n--;
        if (n && !_strnicmp(p, inside, n) && (p[n] == '\\' || !p[n])) {
            r = fmt("%s%s", j_gets(dirs->kids[i], "HostPath", ""), p + n);
            if (!path_exists(r)) { free(r); r = NULL; }
        }
    }
    free(p);
    return r;
}

static char *first_word(const char *command)
{
    const char *e;
    while (*command == ' ') command++;
    e = *command == '"' ? strchr(++command, '"') : strchr(command, ' ');
    return e ? fmt("%.*s", (int)(e - command), command) : _strdup(command);
}

EXPORT HRESULT WINAPI HcsCreateProcess(void *system, const WCHAR *parameters, ProcessInformation *info, void **process, WCHAR **result)
{
    Call c;
    Json *a = system_args(system), *cfg, *st, *s, *rec;
    Handle *sys = get_handle(system, 0), *h;
    HRESULT hr = S_OK;
    HANDLE given[3] = {0}, kept[3] = {0}, list[3], job;
    STARTUPINFOEXW si;
    PROCESS_INFORMATION pi;
    SIZE_T size = 0;
    WCHAR *cmd, *cwd, *app, *env;
    char *jail = NULL;
    int ghost;
    const char *dir = "C:\\";
    char *cwd_host = NULL;
    FILETIME t0, t1, t2, t3;
    int i;
    arg_text(a, "processParameters", parameters);
    if (process) *process = NULL;
    if (info) memset(info, 0, sizeof *info);
    call_begin(&c, "HcsCreateProcess", "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!sys) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    cfg = parse_wide(parameters);
    if (!cfg || cfg->kind != J_OBJ) { j_free(cfg); return call_end(&c, HCS_INVALID_JSON, result); }
    st = state_open();
    s = own_system(st, sys);
    if (!s) hr = HCS_NO_SYSTEM;
    else if (system_stopped(s)) hr = HCS_ALREADY_STOPPED;
    else if (strcmp(j_gets(s, "State", ""), "Running")) hr = HCS_INVALID_STATE;
    else if (jail_on() && (jail = volume_of(j_gets(j_get(s, "Config"), "VolumePath", ""))) == NULL) hr = W32(ERROR_FILE_NOT_FOUND);
    else if (!known_user(j_gets(cfg, "User", ""), jail)) hr = W32(ERROR_LOGON_FAILURE);
    else if (!*j_gets(cfg, "CommandLine", "") && !*j_gets(cfg, "ApplicationName", "")) hr = W32(ERROR_INVALID_PARAMETER);
    else {
        if (*j_gets(cfg, "WorkingDirectory", "")) dir = j_gets(cfg, "WorkingDirectory", "");
        cwd_host = jail ? jail_path(jail, "C:\\", dir) : mapped(s, j_gets(cfg, "WorkingDirectory", ""));
        if (!cwd_host) cwd_host = _strdup(*j_gets(cfg, "WorkingDirectory", "") ? j_gets(cfg, "WorkingDirectory", "") : "C:\\");
        if (!is_dir(cwd_host)) hr = W32(ERROR_DIRECTORY);
    }
    if (FAILED(hr)) {
        free(cwd_host);
        free(jail);
        state_close(st, 0);
        j_free(cfg);
        return call_end(&c, hr, result);
    }
    {
        static const char *const want[3] = { "CreateStdInPipe", "CreateStdOutPipe", "CreateStdErrPipe" };
        int console = j_getb(cfg, "EmulateConsole");
        for (i = 0; i < 3; i++) {
            if (j_getb(cfg, want[i]) && !(console && i == 2)) make_pipe(i == 0, &kept[i], &given[i]);
            if (!given[i]) given[i] = open_nul();
        }
        if (console && kept[1]) {       /* a pseudo console has one output stream */
            CloseHandle(given[2]);
            DuplicateHandle(GetCurrentProcess(), given[1], GetCurrentProcess(), &given[2], 0, TRUE, DUPLICATE_SAME_ACCESS);
        }
    }
    memset(&si, 0, sizeof si);
    memset(&pi, 0, sizeof pi);
    si.StartupInfo.cb = sizeof si;
    si.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    si.StartupInfo.hStdInput = given[0];
    si.StartupInfo.hStdOutput = given[1];
    si.StartupInfo.hStdError = given[2];
    for (i = 0; i < 3; i++) list[i] = given[i];
    InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    si.lpAttributeList = malloc(size);
    InitializeProcThreadAttributeList(si.lpAttributeList, 1, 0, &size);
    UpdateProcThreadAttribute(si.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, list, sizeof list, NULL, NULL);
    ghost = !strncmp(j_gets(cfg, "CommandLine", ""), "ghost ", 6);
    cmd = to_wide(j_gets(cfg, "CommandLine", ""));
    if (jail) {
        DWORD e = 0;
        app = NULL;
        if (*j_gets(cfg, "ApplicationName", "")) app = to_wide(j_gets(cfg, "ApplicationName", ""));
        else e = jail_application(jail, dir, j_gets(cfg, "CommandLine", ""), &app);
        if (e) hr = W32(e);
    } else {
        const char *given_app = j_gets(cfg, "ApplicationName", "");
        char *word = *given_app ? _strdup(given_app) : first_word(j_gets(cfg, "CommandLine", "")), *there = mapped(s, word);
        app = there ? to_wide(there) : *given_app ? to_wide(given_app) : NULL;
        free(there);
        free(word);
    }
    cwd = to_wide(jail ? "C:\\" : cwd_host);
    free(cwd_host);
    env = environment(cfg, s, j_gets(cfg, "User", ""), jail);
    if (FAILED(hr)) ;
    else if (ghost) pi.hProcess = CreateEventW(NULL, TRUE, TRUE, NULL);
    else if (!CreateProcessW(app, *cmd ? cmd : NULL, NULL, NULL, TRUE,
                        CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | (jail ? 0 : DETACHED_PROCESS) | CREATE_NEW_PROCESS_GROUP | EXTENDED_STARTUPINFO_PRESENT,
                        env, cwd, &si.StartupInfo, &pi)) {
        DWORD e = GetLastError();
        hr = W32(e ? e : ERROR_GEN_FAILURE);
    } else if (jail) {
        jail_set_directory(pi.hProcess, dir);
    }
    free(jail);
    DeleteProcThreadAttributeList(si.lpAttributeList);
    free(si.lpAttributeList);
    free(cmd);
    free(app);
    free(cwd);
    free(env);
    for (i = 0; i < 3; i++) if (given[i]) CloseHandle(given[i]);
    if (FAILED(hr)) {
        state_close(st, 0);
        for (i = 0; i < 3; i++) if (kept[i]) CloseHandle(kept[i]);
        j_free(cfg);
        return call_end(&c, hr, result);
    }
    job = ghost ? NULL : named_job(j_gets(s, "RuntimeId", ""), 1);
    if (job) {
        AssignProcessToJobObject(job, pi.hProcess);
        /* the new process carries a handle to its job, so that the job keeps its name as long as a process lives */
        DuplicateHandle(GetCurrentProcess(), job, pi.hProcess, &(HANDLE){0}, 0, FALSE, DUPLICATE_SAME_ACCESS);
        CloseHandle(job);
    }
    if (!ghost) {
        rec = j_obj();
        GetProcessTimes(pi.hProcess, &t0, &t1, &t2, &t3);
        j_set(rec, "Pid", j_uint(pi.dwProcessId));
        j_set(rec, "Created", j_uint(ft64(t0)));
        j_push(j_list(s, "Processes"), rec);
        ResumeThread(pi.hThread);
        CloseHandle(pi.hThread);
    } else {
        pi.dwProcessId = 0x70000000u + (DWORD)state_next(st, "ghosts", 0);
    }
    state_close(st, 1);
    h = add_handle(1, sys->id, sys->runtime);
    h->ghost = ghost;
    h->ghost_code = ghost ? strtoul(j_gets(cfg, "CommandLine", "") + 6, NULL, 0) : 0;
    for (i = 0; i < 3; i++) if (kept[i]) ledger_pipe(kept[i]);
    h->pid = pi.dwProcessId;
    h->process = pi.hProcess;
    RegisterWaitForSingleObject(&h->wait, h->process, process_gone, h, INFINITE, WT_EXECUTEONLYONCE);
    if (info) info->ProcessId = h->pid;
    if (info && !c.fault_withhold) {
        info->StdInput = kept[0];
        info->StdOutput = kept[1];
        info->StdError = kept[2];
    } else {
        h->in = kept[0];
        h->out = kept[1];
        h->err = kept[2];
    }
    j_set(c.out, "pid", j_uint(h->pid));
    *process = h;
    j_free(cfg);
    return call_end(&c, S_OK, result);
}
