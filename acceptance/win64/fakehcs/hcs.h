/* Compute systems and their processes (schema v1): what the files that implement them share. */
#ifndef HCS_H
#define HCS_H
#include "fakehcs.h"

#define EXIT_TERMINATED  1067u          /* ERROR_PROCESS_ABORTED */
#define EXIT_SHUTDOWN    0xC000013Au    /* STATUS_CONTROL_C_EXIT */

enum {
    N_SYSTEM_EXITED = 1, N_CREATED = 2, N_STARTED = 3, N_PAUSED = 4, N_RESUMED = 5, N_SAVED = 8, N_SHUTDOWN_FAILED = 10,
    N_PROCESS_EXITED = 0x10000
};

typedef void (CALLBACK *Notify)(DWORD type, void *context, HRESULT status, const WCHAR *data);

struct Handle;

typedef struct Watch {                  /* one registered callback */
    DWORD magic;
    struct Handle *owner;
    Notify fn;
    void *context;
    int dead, told_exit;
    LONG busy;
    struct Watch *next;
} Watch;

typedef struct Handle {                 /* HCS_SYSTEM or HCS_PROCESS */
    DWORD magic;
    int is_process, closed;
    char *id, *runtime;                 /* of the compute system */
    HANDLE gone;                        /* event set when the system stops; also counts as a reference to it */
    HANDLE wait;
    DWORD pid;
    HANDLE process, in, out, err;
    int exited, ghost;                  /* a ghost is no process, only the handles of one that ended with ghost_code */
    DWORD ghost_code;
    int pending;                        /* notification kept until a callback is registered */
    HRESULT pending_hr;
    Watch *watches;
    struct Handle *next;
} Handle;

typedef struct {
    DWORD ProcessId, Reserved;
    HANDLE StdInput, StdOutput, StdError;
} ProcessInformation;

/* handles, registrations and notifications (handles.c) */
Handle *add_handle(int is_process, const char *id, const char *runtime);
Handle *get_handle(void *p, int is_process);    /* NULL when it is none, or a closed one */
void drop_handle(Handle *h);
void hcs_lock(void);                            /* guards what is in handles */
void hcs_unlock(void);
void post_all(Handle *h, DWORD type, HRESULT hr);
void CALLBACK system_gone(void *handle, BOOLEAN timed_out);
void CALLBACK process_gone(void *handle, BOOLEAN timed_out);
Json *system_args(void *handle);
Json *process_args(void *handle);

/* what the state file tells of systems (records.c) */
HANDLE named_event(const char *runtime, int create);
Json *own_system(Json *st, const Handle *h);
Json *summary(Json *s);
unsigned long long ft64(FILETIME f);
void kill_all(Json *s, DWORD code);

/* results of calls (records.c) */
Json *parse_wide(const WCHAR *w);
void give(Call *c, WCHAR **out, const char *name, Json *doc);

/* changes of a system's state (lifecycle.c) */
void completes(Handle *h, int type, HRESULT hr);
#endif
