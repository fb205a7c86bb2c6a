/*
 * Functions of kernel32, ntdll and virtdisk that act on what only this emulation has: the job object of a container, the disk
 * of a scratch layer, the volume on it. Handed out by GetProcAddress (shims.c), so only to programs that look functions up.
 *
 * A job is there for whoever is SYSTEM: with a file system.txt under the root, or FAKEHCS_SYSTEM set; all others are refused.
 * A scratch disk has "DiskBytes" in its layer's record, its file system "FileSystemBytes"; preparing the layer makes them
 * equal, but for a host that forgets it (a file forgetful.txt under the root).
 */
#include "fakehcs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_DENIED    ((LONG)0xC0000022)
#define STATUS_NOT_THERE ((LONG)0xC0000034)
#define GET_LENGTH_INFO  0x0007405Cu
#define EXTEND_VOLUME    0x000900F0u

/* ---------- our handles among the program's ---------- */

enum { JOB = 1, DISK, VOLUME };

typedef struct Known { HANDLE handle; int kind, attached; char *what; struct Known *next; } Known;

static SRWLOCK g_lock = SRWLOCK_INIT;
static Known *g_known;

static void know(HANDLE h, int kind, const char *what)
{
    Known *k = calloc(1, sizeof *k);
    k->handle = h;
    k->kind = kind;
    k->what = _strdup(what);
    AcquireSRWLockExclusive(&g_lock);
    k->next = g_known;
    g_known = k;
    ReleaseSRWLockExclusive(&g_lock);
}

static Known *known(HANDLE h, int kind)
{
    Known *k;
    AcquireSRWLockShared(&g_lock);
    for (k = g_known; k && (k->handle != h || (kind && k->kind != kind)); k = k->next) ;
    ReleaseSRWLockShared(&g_lock);
    return k;
}

/* to be asked before the handle is closed: another may get its number right afterwards */
static Known *forget(HANDLE h)
{
    Known **at = &g_known, *k;
    AcquireSRWLockExclusive(&g_lock);
    while (*at && (*at)->handle != h) at = &(*at)->next;
    k = *at;
    if (k) *at = k->next;
    ReleaseSRWLockExclusive(&g_lock);
    return k;
}

static int switched_on(const char *file, const WCHAR *variable)
{
    char *p = fmt("%s\\%s", root_dir(), file);
    int on = path_exists(p) || GetEnvironmentVariableW(variable, NULL, 0) > 0;
    free(p);
    return on;
}

/* ---------- jobs ---------- */

typedef struct { USHORT length, room; WCHAR *text; } UnicodeString;
typedef struct { ULONG length; HANDLE root; UnicodeString *name; ULONG flags; void *security, *quality; } ObjectAttributes;

static LONG WINAPI my_NtOpenJobObject(HANDLE *job, DWORD access, const ObjectAttributes *oa)
{
    Call c;
    Json *a = j_obj(), *st, *s;
    WCHAR *w = calloc(oa->name->length / 2 + 1, sizeof *w);
    char *name;
    LONG status = 0;
    memcpy(w, oa->name->text, oa->name->length);
    name = to_utf8(w);
    free(w);
    j_set(a, "name", j_str(name));
    j_set(a, "access", j_uint(access));
    j_set(a, "length", j_uint(oa->length));
    call_begin(&c, "NtOpenJobObject", "", a);
    if (c.faulted) status = (LONG)c.hr;
    else if (!switched_on("system.txt", L"FAKEHCS_SYSTEM")) status = STATUS_DENIED;
    else {
        st = state_open();
        s = strncmp(name, "\\Container_", 11) ? NULL : find_system(st, name + 11);
        *job = s && !system_stopped(s) ? named_job(j_gets(s, "RuntimeId", ""), 1) : NULL;
        if (*job) know(*job, JOB, j_gets(s, "Id", ""));
        else status = STATUS_NOT_THERE;
        state_close(st, 0);
    }
    free(name);
    call_end(&c, (HRESULT)status, NULL);
    return status;
}

static DWORD process_list(const DWORD *pids, DWORD n, DWORD *info, DWORD size)
{
    ULONG_PTR *ids = (ULONG_PTR *)(info + 2);
    DWORD i, room = (size - 8) / sizeof *ids;
    info[0] = n;
    info[1] = n < room ? n : room;
    for (i = 0; i < info[1]; i++) ids[i] = pids[i];
    return n > room ? ERROR_MORE_DATA : 0;
}

static BOOL WINAPI my_QueryInformationJobObject(HANDLE job, int class_, void *info, DWORD size, DWORD *returned)
{
    Known *k = known(job, JOB);
    Call c;
    Json *a, *st, *s;
    Figures f;
    DWORD error = 0, pids[1024], n;
    if (!k) return QueryInformationJobObject(job, class_, info, size, returned);
    a = j_obj();
    j_set(a, "id", j_str(k->what));
    j_set(a, "class", j_int(class_));
    j_set(a, "size", j_uint(size));
    call_begin(&c, "QueryInformationJobObject", "", a);
    if (c.faulted) return call_win32(&c, (DWORD)c.hr & 0xFFFF);
    st = state_open();
    s = find_system(st, k->what);
    if (!s || system_stopped(s)) error = ERROR_INVALID_HANDLE;
    else if (class_ == 3 && size >= 8) {
        n = (DWORD)live_pids(s, pids, 1024);
        error = process_list(pids, n, info, size);
    } else if (class_ == 1 && size == 48) {
        figures_of(s, &f);
        memset(info, 0, size);
        ((ULONGLONG *)info)[0] = f.user;
        ((ULONGLONG *)info)[1] = f.kernel;
        ((DWORD *)info)[9] = ((DWORD *)info)[10] = (DWORD)f.processes;
    } else if (class_ == 28 && size == 16) {
        figures_of(s, &f);
        ((ULONGLONG *)info)[0] = f.commit;
        ((ULONGLONG *)info)[1] = f.peak;
    } else error = ERROR_BAD_LENGTH;
    state_close(st, 0);
    if (returned) *returned = size;
    return call_win32(&c, error);
}

/* ---------- disks ---------- */

typedef struct { ULONG device; GUID vendor; } StorageType;
typedef struct { ULONG version; BOOL get_info_only, read_only; GUID resiliency; } OpenParameters;

static DWORD WINAPI my_OpenVirtualDisk(const StorageType *type, const WCHAR *path, DWORD access, DWORD flags, const OpenParameters *with, HANDLE *out)
{
    Call c;
    Json *a = j_obj();
    DWORD error = 0;
    char *p;
    WCHAR *slash;
    arg_text(a, "path", path);
    j_set(a, "accessMask", j_uint(access));
    j_set(a, "flags", j_uint(flags));
    j_set(a, "version", with ? j_uint(with->version) : j_null());
    call_begin(&c, "OpenVirtualDisk", "", a);
    if (c.faulted) error = (DWORD)c.hr & 0xFFFF;
    /* version 2 goes with no access mask */
    else if (!type || type->device || !with || with->version != 2 || with->get_info_only || access || flags) error = ERROR_INVALID_PARAMETER;
    else {
        *out = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
        if (*out == INVALID_HANDLE_VALUE) error = GetLastError();
        else {
            p = to_utf8(path);
            *strrchr(p, '\\') = 0;
            know(*out, DISK, p);
            free(p);
        }
    }
    call_win32(&c, error);
    return error;
}

static DWORD WINAPI my_AttachVirtualDisk(HANDLE disk, void *security, DWORD flags, DWORD provider, void *parameters, OVERLAPPED *ov)
{
    Call c;
    Json *a = j_obj(), *st;
    Known *k = known(disk, DISK);
    DWORD error = 0;
    j_set(a, "layer", k ? j_str(k->what) : j_null());
    j_set(a, "flags", j_uint(flags));
    call_begin(&c, "AttachVirtualDisk", "", a);
    if (c.faulted) error = (DWORD)c.hr & 0xFFFF;
    else if (!k) error = ERROR_INVALID_HANDLE;
    else {
        st = state_open();
        layer_attach(st, k->what, 1);
        state_close(st, 1);
        k->attached = 1;
    }
    call_win32(&c, error);
    return error;
}

/* a volume by its name without the last backslash is the device; all other names are the host's */
static HANDLE WINAPI my_CreateFileW(const WCHAR *name, DWORD access, DWORD share, SECURITY_ATTRIBUTES *sa, DWORD how, DWORD flags, HANDLE template_)
{
    Call c;
    Json *a, *st;
    HANDLE h = INVALID_HANDLE_VALUE;
    DWORD error = 0;
    char *g, *dir;
    WCHAR *w;
    if (!name || _wcsnicmp(name, L"\\\\?\\Volume{", 11) || wcslen(name) != 48)
        return CreateFileW(name, access, share, sa, how, flags, template_);
    a = j_obj();
    arg_text(a, "name", name);
    j_set(a, "access", j_uint(access));
    call_begin(&c, "CreateFileW", "", a);
    if (c.faulted) error = (DWORD)c.hr & 0xFFFF;
    else {
        g = volume_of_wide(name);
        st = state_open();
        if (!g || !layer_of_volume(st, g)) error = ERROR_FILE_NOT_FOUND;
        state_close(st, 0);
        if (!error) {
            dir = fmt("%s\\volumes\\%s", root_dir(), g);
            w = to_wide(dir);
            h = CreateFileW(w, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
            if (h == INVALID_HANDLE_VALUE) error = GetLastError();
            else know(h, VOLUME, g);
            free(w);
            free(dir);
        }
        free(g);
    }
    call_win32(&c, error);
    return h;
}

static BOOL WINAPI my_DeviceIoControl(HANDLE h, DWORD code, void *in, DWORD in_n, void *out, DWORD out_n, DWORD *returned, OVERLAPPED *ov)
{
    Known *k = known(h, VOLUME);
    Call c;
    Json *a, *st, *l;
    DWORD error = 0;
    if (!k) return DeviceIoControl(h, code, in, in_n, out, out_n, returned, ov);
    a = j_obj();
    j_set(a, "volume", j_str(k->what));
    j_set(a, "code", j_uint(code));
    if (code == EXTEND_VOLUME && in_n == 8) j_set(a, "sectors", j_int(*(LONGLONG *)in));
    call_begin(&c, "DeviceIoControl", "", a);
    if (c.faulted) return call_win32(&c, (DWORD)c.hr & 0xFFFF);
    st = state_open();
    l = layer_of_volume(st, k->what);
    if (!l) error = ERROR_INVALID_HANDLE;
    else if (code == GET_LENGTH_INFO && out_n == 8) {
        *(ULONGLONG *)out = layer_disk_bytes(l);
        if (returned) *returned = 8;
    } else if (code == EXTEND_VOLUME && in_n == 8) {
        ULONGLONG bytes = *(ULONGLONG *)in * 512;
        if (bytes <= layer_file_system_bytes(l) || bytes > layer_disk_bytes(l)) error = ERROR_INVALID_PARAMETER;
        else j_set(l, "FileSystemBytes", j_uint(bytes));
    } else error = ERROR_INVALID_FUNCTION;
    state_close(st, !error);
    return call_win32(&c, error);
}

static BOOL WINAPI my_CloseHandle(HANDLE h)
{
    Known *k = forget(h);
    if (k) {
        if (k->attached) {
            Json *st = state_open();
            layer_attach(st, k->what, 0);
            state_close(st, 1);
        }
        free(k->what);
        free(k);
    }
    return CloseHandle(h);
}

/* a volume's size and free space, by its name; other directories are the host's own */
static BOOL WINAPI my_GetDiskFreeSpaceExW(const WCHAR *dir, ULARGE_INTEGER *mine, ULARGE_INTEGER *total, ULARGE_INTEGER *free_)
{
    Call c;
    Json *a, *st, *l;
    ULONGLONG used = 0;
    DWORD error;
    char *g;
    if (!dir || _wcsnicmp(dir, L"\\\\?\\Volume{", 11)) return GetDiskFreeSpaceExW(dir, mine, total, free_);
    a = j_obj();
    arg_text(a, "directory", dir);
    call_begin(&c, "GetDiskFreeSpaceExW", "", a);
    if (c.faulted) return call_win32(&c, (DWORD)c.hr & 0xFFFF);
    error = dir[wcslen(dir) - 1] != L'\\' ? ERROR_INVALID_NAME : FakeHcsVolumeUsed(dir, &used);
    if (!error) {
        g = volume_of_wide(dir);
        st = state_open();
        l = g ? layer_of_volume(st, g) : NULL;
        total->QuadPart = layer_file_system_bytes(l);
        state_close(st, 0);
        mine->QuadPart = free_->QuadPart = total->QuadPart - used;
        free(g);
    }
    return call_win32(&c, error);
}

int host_forgets(void) { return switched_on("forgetful.txt", L"FAKEHCS_FORGETFUL"); }

void *host_function(HMODULE m, const char *name)
{
    static const struct { const WCHAR *library; const char *name; void *fn; } all[] = {
        { L"kernel32.dll", "GetDiskFreeSpaceExW", my_GetDiskFreeSpaceExW },
        { L"kernel32.dll", "QueryInformationJobObject", my_QueryInformationJobObject },
        { L"kernel32.dll", "CreateFileW", my_CreateFileW },
        { L"kernel32.dll", "DeviceIoControl", my_DeviceIoControl },
        { L"kernel32.dll", "CloseHandle", my_CloseHandle },
        { L"ntdll.dll", "NtOpenJobObject", my_NtOpenJobObject },
        { L"virtdisk.dll", "OpenVirtualDisk", my_OpenVirtualDisk },
        { L"virtdisk.dll", "AttachVirtualDisk", my_AttachVirtualDisk },
    };
    size_t i;
    for (i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(name, all[i].name) && m == GetModuleHandleW(all[i].library)) return all[i].fn;
    return NULL;
}
