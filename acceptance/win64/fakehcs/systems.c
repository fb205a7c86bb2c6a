/* Exports: compute systems as such - listed, made, opened, closed, modified; the service itself. */
#include "hcs.h"
#include <stdlib.h>
#include <string.h>

EXPORT HRESULT WINAPI HcsEnumerateComputeSystems(const WCHAR *query, WCHAR **systems, WCHAR **result)
{
    Call c;
    Json *a = j_obj(), *q, *st, *all, *list;
    int i, k;
    arg_text(a, "query", query);
    if (systems) *systems = NULL;
    call_begin(&c, "HcsEnumerateComputeSystems", "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    q = query && *query ? parse_wide(query) : j_obj();
    if (!q || q->kind != J_OBJ) { j_free(q); return call_end(&c, HCS_INVALID_JSON, result); }
    st = state_open();
    system_reap(st);
    all = j_child(st, "systems");
    list = j_arr();
    for (i = 0; i < all->count; i++) {
        static const char *const filter[4] = { "Ids", "Owners", "Types", "Names" };
        Json *s = all->kids[i], *cfg = j_get(s, "Config");
        const char *have[4] = { j_gets(s, "Id", ""), j_gets(cfg, "Owner", ""), j_gets(cfg, "SystemType", ""), j_gets(cfg, "Name", "") };
        int ok = 1;
        for (k = 0; k < 4 && ok; k++) {
            Json *f = j_get(q, filter[k]);
            int m;
            if (!f || f->kind != J_ARR || !f->count) continue;
            for (m = 0, ok = 0; m < f->count && !ok; m++)
                ok = f->kids[m]->kind == J_STR && !_stricmp(f->kids[m]->text, have[k]);
        }
        if (ok) j_push(list, summary(s));
    }
    state_close(st, 1);
    give(&c, systems, "computeSystems", list);
    j_free(list);
    j_free(q);
    return call_end(&c, S_OK, result);
}

static HRESULT check_config(Json *cfg, Json *st)
{
    Json *layers = j_get(cfg, "Layers");
    const char *vol = j_gets(cfg, "VolumePath", NULL), *shared = j_gets(cfg, "NetworkSharedContainerName", NULL);
    int i;
    if (_stricmp(j_gets(cfg, "SystemType", ""), "Container")) return W32(ERROR_INVALID_PARAMETER);
    if (!layers || layers->kind != J_ARR || !layers->count) return W32(ERROR_INVALID_PARAMETER);
    for (i = 0; i < layers->count; i++)
        if (!is_dir(j_gets(layers->kids[i], "Path", ""))) return W32(ERROR_PATH_NOT_FOUND);
    if (!vol || !*vol) return W32(ERROR_INVALID_PARAMETER);
    {
        Json *vols = j_child(st, "volumes");
        const char *b = strchr(vol, '{');
        char *g = b ? lower(b + 1) : NULL;
        int ok = 0;
        if (g && strlen(g) >= 36) {
            char *seed;
            g[36] = 0;
            seed = fmt("%s\\volumes\\%s", root_dir(), g);
            ok = j_get(vols, g) != NULL || is_dir(seed);
            free(seed);
        }
        free(g);
        if (!ok) return W32(ERROR_FILE_NOT_FOUND);
    }
    if (shared && *shared) {
        Json *o = find_system(st, shared);
        if (!o) return HCS_NO_SYSTEM;
        if (system_stopped(o)) return HCS_INVALID_STATE;
    }
    return S_OK;
}

EXPORT HRESULT WINAPI HcsCreateComputeSystem(const WCHAR *id, const WCHAR *configuration, HANDLE identity, void **system, WCHAR **result)
{
    Call c;
    Json *a = j_obj(), *cfg, *st, *s;
    char *uid, *key, *rt, *runtime;
    HRESULT hr;
    Handle *h;
    arg_text(a, "id", id);
    arg_text(a, "configuration", configuration);
    if (system) *system = NULL;
    call_begin(&c, "HcsCreateComputeSystem", "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    uid = to_utf8(id);
    cfg = parse_wide(configuration);
    if (!cfg || cfg->kind != J_OBJ) { free(uid); j_free(cfg); return call_end(&c, HCS_INVALID_JSON, result); }
    st = state_open();
    system_reap(st);
    if (!*uid) hr = W32(ERROR_INVALID_PARAMETER);
    else if (find_system(st, uid)) hr = HCS_SYSTEM_EXISTS;
    else hr = check_config(cfg, st);
    if (FAILED(hr) || c.fault_async) {
        /* refusals that need looking at the document arrive with the completion, like injected asynchronous ones */
        int later = c.fault_async || (hr != HCS_SYSTEM_EXISTS && *uid);
        state_close(st, 1);
        if (!later) { free(uid); j_free(cfg); return call_end(&c, hr, result); }
        runtime = new_guid();
        h = add_handle(0, uid, runtime);
        h->pending = N_CREATED;
        h->pending_hr = c.fault_async ? c.async_hr : hr;
        free(runtime);
        free(uid);
        j_free(cfg);
        *system = h;
        return call_end(&c, HCS_PENDING, result);
    }
    runtime = new_guid();
    rt = lower(runtime);
    s = j_obj();
    j_set(s, "Id", j_str(uid));
    j_set(s, "RuntimeId", j_str(rt));
    j_set(s, "State", j_str("Created"));
    j_set(s, "Created", j_int((long long)now_ft()));
    j_set(s, "Config", cfg);
    j_set(s, "CompartmentId", j_int(state_next(st, "compartment", 2)));
    key = lower(uid);
    h = add_handle(0, uid, rt);
    h->gone = named_event(rt, 1);
    h->pending = N_CREATED;
    h->pending_hr = S_OK;
    j_set(j_child(st, "systems"), key, s);
    {
        Json *eps = j_get(cfg, "EndpointList");
        int i;
        for (i = 0; eps && eps->kind == J_ARR && i < eps->count; i++)
            if (eps->kids[i]->kind == J_STR) endpoint_modify(st, s, eps->kids[i]->text, 1);
    }
    if (jail_on()) {
        char *g = volume_of(j_gets(cfg, "VolumePath", ""));
        if (g) jail_map_directories(g, j_get(cfg, "MappedDirectories"));
        free(g);
    }
    state_close(st, 1);
    RegisterWaitForSingleObject(&h->wait, h->gone, system_gone, h, INFINITE, WT_EXECUTEONLYONCE);
    free(key);
    free(uid);
    free(rt);
    free(runtime);
    *system = h;
    return call_end(&c, HCS_PENDING, result);
}

EXPORT HRESULT WINAPI HcsOpenComputeSystem(const WCHAR *id, void **system, WCHAR **result)
{
    Call c;
    Json *a = j_obj(), *st, *s;
    char *uid;
    Handle *h;
    arg_text(a, "id", id);
    if (system) *system = NULL;
    call_begin(&c, "HcsOpenComputeSystem", "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    uid = to_utf8(id);
    st = state_open();
    system_reap(st);
    s = find_system(st, uid);
    free(uid);
    if (!s) {
        state_close(st, 1);
        return call_end(&c, HCS_NO_SYSTEM, result);
    }
    h = add_handle(0, j_gets(s, "Id", ""), j_gets(s, "RuntimeId", ""));
    h->gone = named_event(h->runtime, 1);
    if (system_stopped(s)) SetEvent(h->gone);
    state_close(st, 1);
    RegisterWaitForSingleObject(&h->wait, h->gone, system_gone, h, INFINITE, WT_EXECUTEONLYONCE);
    *system = h;
    return call_end(&c, S_OK, result);
}

EXPORT HRESULT WINAPI HcsCloseComputeSystem(void *system)
{
    Call c;
    Handle *h = get_handle(system, 0);
    call_begin(&c, "HcsCloseComputeSystem", "", system_args(system));
    if (c.faulted) return call_end(&c, c.hr, NULL);
    if (!h) return call_end(&c, W32(ERROR_INVALID_HANDLE), NULL);
    drop_handle(h);
    {
        Json *st = state_open();
        system_reap(st);
        state_close(st, 1);
    }
    return call_end(&c, S_OK, NULL);
}

EXPORT HRESULT WINAPI HcsModifyComputeSystem(void *system, const WCHAR *configuration, WCHAR **result)
{
    Call c;
    Json *a = system_args(system), *m, *st, *s;
    Handle *h = get_handle(system, 0);
    HRESULT hr = S_OK;
    const char *kind, *req;
    arg_text(a, "configuration", configuration);
    call_begin(&c, "HcsModifyComputeSystem", "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    if (!h) return call_end(&c, W32(ERROR_INVALID_HANDLE), result);
    m = parse_wide(configuration);
    if (!m || m->kind != J_OBJ) { j_free(m); return call_end(&c, HCS_INVALID_JSON, result); }
    kind = j_gets(m, "ResourceType", "");
    req = j_gets(m, "RequestType", "Add");
    st = state_open();
    s = own_system(st, h);
    if (!s) hr = HCS_NO_SYSTEM;
    else if (strcmp(j_gets(s, "State", ""), "Running")) hr = HCS_INVALID_STATE;
    else if (!_stricmp(kind, "Network")) {
        if (!_stricmp(req, "Add")) hr = endpoint_modify(st, s, j_gets(m, "Settings", ""), 1);
        else if (!_stricmp(req, "Remove")) hr = endpoint_modify(st, s, j_gets(m, "Settings", ""), 0);
        else hr = W32(ERROR_INVALID_DATA);
    } else if (!_stricmp(kind, "Memory") || !_stricmp(kind, "CpuGroup") || !_stricmp(kind, "Processor") || !_stricmp(kind, "MappedDirectory")) {
        j_push(j_list(s, "Modifications"), j_dup(m));
    } else {
        hr = W32(ERROR_INVALID_DATA);
    }
    state_close(st, SUCCEEDED(hr));
    j_free(m);
    return call_end(&c, hr, result);
}

EXPORT HRESULT WINAPI HcsGetServiceProperties(const WCHAR *query, WCHAR **properties, WCHAR **result)
{
    Call c;
    Json *a = j_obj(), *d;
    arg_text(a, "propertyQuery", query);
    if (properties) *properties = NULL;
    call_begin(&c, "HcsGetServiceProperties", "", a);
    if (c.faulted) return call_end(&c, c.hr, result);
    d = j_parse("{\"Properties\":[{\"SupportedSchemaVersions\":[{\"Major\":1,\"Minor\":0}]}]}");
    give(&c, properties, "properties", d);
    j_free(d);
    return call_end(&c, S_OK, result);
}

EXPORT HRESULT WINAPI HcsModifyServiceSettings(const WCHAR *settings, WCHAR **result)
{
    Call c;
    Json *a = j_obj();
    arg_text(a, "settings", settings);
    call_begin(&c, "HcsModifyServiceSettings", "", a);
    return call_end(&c, c.faulted ? c.hr : S_OK, result);
}
