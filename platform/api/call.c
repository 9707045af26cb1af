/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request: which route, who asks, are the fields right, once or again. */
#include "core/clock.h"
#include "core/log.h"
#include "platform/api/api_private.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const struct route_table *const tables[] = {
    &routes_sessions, &routes_password, &routes_accounts, &routes_orders,   &routes_act,
    &routes_appeals,  &routes_lookup,   &routes_board,    &routes_articles, &routes_hints,
    &routes_access,   &routes_callers,  &routes_seals};

/* --- which route ---------------------------------------------------------------------------------
 */

static bool split_path(struct call *call, const char *path)
{
    while (*path == '/') {
        const char *start = path + 1;
        size_t n = strcspn(start, "/");
        if (call->segment_count == sizeof call->segments / sizeof call->segments[0] || n == 0)
            return false;
        call->segments[call->segment_count++] = arena_strndup(call->arena, start, n);
        path = start + n;
    }
    return *path == '\0' && call->segment_count > 0;
}

static bool route_matches(const struct route *route, const struct call *call)
{
    const char *p = route->pattern;
    for (size_t i = 0; i < call->segment_count; i++) {
        size_t n = strcspn(p, "/");
        bool any = n == 1 && p[0] == '*';
        if (n == 0 ||
            (!any && (strlen(call->segments[i]) != n || strncmp(p, call->segments[i], n))))
            return false;
        p += n;
        p += *p == '/';
    }
    return *p == '\0';
}

const char *api_method_name(enum api_method method)
{
    return method == API_GET ? "GET" : method == API_POST ? "POST" : "DELETE";
}

static bool find_route(struct call *call)
{
    const char *allow = NULL;
    if (split_path(call, call->request->path)) {
        for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
            for (size_t i = 0; i < tables[t]->count; i++) {
                const struct route *route = &tables[t]->routes[i];
                if (!route_matches(route, call))
                    continue;
                if (route->method == call->request->method) {
                    call->route = route;
                    call->request->route = route->pattern;
                    return true;
                }
                const char *name = api_method_name(route->method);
                allow = allow ? arena_printf(call->arena, "%s, %s", allow, name) : name;
            }
        }
    }
    if (!allow)
        return call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL, NULL);
    call->request->allow = allow;
    return call_problem(call, PROBLEM_METHOD, NULL, api_method_name(call->request->method), NULL,
                        NULL);
}

/* --- who asks --------------------------------------------------------------------------------- */

static bool find_account(struct call *call)
{
    unsigned char hash[HASH_SIZE];
    const char *token = call->request->token;
    const struct account_policy *policy = &call->api->settings.account;
    if (token_hash(token, hash) &&
        store_session(call->db, hash, call->now, policy->idle_ms, &call->session))
        call->account = store_account(call->db, call->session.account_id, call->arena);
    if (!call->account || call->account->disabled)
        return call_problem(call, PROBLEM_UNAUTHENTICATED, NULL, NULL, NULL, NULL);
    call->request->account_id = call->account->id;
    seen_note(call->api, &call->session, hash, call->now);
    call->language = call->account->language;
    const struct unit *unit = reference_unit(&call->api->reference, call->account->unit_id);
    call->unit_path = unit ? unit->path : "";
    return true;
}

static bool check_roles(struct call *call)
{
    uint32_t needed = call->route->roles;
    if (!(call->route->flags & ROUTE_UNCHANGED) &&
        password_must_change(call->account, &call->api->settings.account, call->now))
        return call_problem(call, PROBLEM_PASSWORD_CHANGE_NEEDED, NULL, NULL, NULL, NULL);
    if (needed == 0 || (call->account->roles & needed))
        return true;
    int role = 0;
    while (!(needed & BIT(role)))
        role++;
    return problem_set(&call->problem, PROBLEM_FORBIDDEN, NULL, word_label(WORDS_ROLE, role),
                       both(NULL), both(NULL));
}

/* --- the body --------------------------------------------------------------------------------- */

static bool check_action_body(struct call *call, cJSON *object)
{
    call->action = action_find(call->segments[3]);
    if (!call->action)
        return call_problem(call, PROBLEM_NO_SUCH_ACTION, NULL, call->segments[3], NULL, NULL);
    static const struct field_spec on[] = {
        {"on", FIELD_ID, false, 1, INT64_C(1) << 53, {"part", "对象"}, NULL}};
    cJSON *part = cJSON_DetachItemFromObjectCaseSensitive(object, "on");
    if (part) {
        cJSON *wrapped = cJSON_CreateObject();
        cJSON_AddItemToObject(wrapped, "on", part);
        struct field_values value;
        bool ok = body_check(call, on, 1, wrapped, &value);
        call->on = ok ? field_number(&value, "on", 0) : 0;
        cJSON_Delete(wrapped);
        if (!ok)
            return false;
    }
    return body_check(call, call->action->fields, call->action->field_count, object, &call->body);
}

static bool check_body(struct call *call)
{
    const struct api_request *request = call->request;
    if (call->route->method != API_POST)
        return true;
    bool empty = request->body_length == 0;
    cJSON *object = empty ? cJSON_CreateObject() : json_parse(request->body, request->body_length);
    bool ok = true;
    if (!cJSON_IsObject(object))
        ok = problem_set(&call->problem, PROBLEM_MALFORMED, NULL,
                         (struct bilingual){"the body is not one JSON object in UTF-8",
                                            "请求体不是一个 UTF-8 的 JSON 对象"},
                         both(NULL), both(NULL));
    else if (call->route->flags & ROUTE_ACTION)
        ok = check_action_body(call, object);
    else
        ok = body_check(call, call->route->body, call->route->body_count, object, &call->body);
    cJSON_Delete(object);
    return ok;
}

static bool check_headers(struct call *call)
{
    unsigned flags = call->route->flags;
    if ((flags & ROUTE_WRITE) && !(flags & ROUTE_REPEATABLE) && !call->request->idempotency_key)
        return call_problem(call, PROBLEM_KEY_NEEDED, NULL, NULL, NULL, NULL);
    if ((flags & ROUTE_VERSIONED) && call->request->if_match < 0)
        return call_problem(call, PROBLEM_VERSION_NEEDED, NULL, NULL, NULL, NULL);
    return true;
}

/* --- writes
 * ------------------------------------------------------------------------------------------------
 */

/* Keyed, because it is kept: what is short in a body (a phone number) could be tried out. */
static void request_hash(const struct call *call, unsigned char hash[HASH_SIZE])
{
    const struct api_request *request = call->request;
    const struct keys *keys = store_keys(call->api->store);
    crypto_generichash_state state;
    crypto_generichash_init(&state, keys->number, sizeof keys->number, HASH_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)request->path,
                              strlen(request->path) + 1);
    crypto_generichash_update(&state, (const unsigned char *)request->body, request->body_length);
    crypto_generichash_final(&state, hash, HASH_SIZE);
}

/* True when the key was seen before; the call then holds the earlier answer or a refusal. */
static bool answered_before(struct call *call, const unsigned char hash[HASH_SIZE])
{
    const struct kept_answer *kept =
        store_answer(call->db, call->account->id, call->request->idempotency_key, call->arena);
    if (!kept)
        return false;
    if (memcmp(kept->body_hash, hash, HASH_SIZE) != 0) {
        call_problem(call, PROBLEM_KEY_REUSED, NULL, NULL, NULL, NULL);
    } else {
        call->status = kept->http_status;
        call->show_order = kept->object_id;
    }
    return true;
}

static enum status write_job(struct db *db, void *user)
{
    struct call *call = user;
    call->db = db;
    call->now = clock_now_ms();
    bool keyed = !(call->route->flags & ROUTE_REPEATABLE);
    unsigned char hash[HASH_SIZE];
    if (keyed) {
        request_hash(call, hash);
        if (answered_before(call, hash))
            return call->problem.type == PROBLEM_NONE ? ST_OK : ST_CONFLICT;
    }
    if (!call->route->handler(call))
        return ST_CONFLICT; /* rolls this job back; the problem says why */
    if (!keyed)
        return ST_OK;
    struct kept_answer kept = {
        .http_status = call->status, .object_id = call->show_order, .problem = ""};
    memcpy(kept.body_hash, hash, HASH_SIZE);
    return store_answer_put(db, call->account->id, call->request->idempotency_key, &kept,
                            call->now);
}

static void write_done(void *user, enum status status)
{
    struct call *call = user;
    if (status == ST_OK)
        api_woken(call->api);
    else if (call->problem.type == PROBLEM_NONE)
        call_problem(call,
                     status == ST_BUSY ? PROBLEM_BUSY
                     : status == ST_IO ? PROBLEM_STORAGE
                                       : PROBLEM_INTERNAL,
                     NULL, NULL, NULL, NULL);
    call->done(call->done_user);
}

void api_complete(struct api_request *request)
{
    struct call *call = request->private_data;
    if (!call)
        return;
    request->private_data = NULL;
    struct error err;
    call->db = store_reader(call->api->store, &err);
    if (!call->db || store_read_begin(call->db)) {
        call_fail(call);
    } else {
        call_show(call);
        if (store_read_end(call->db))
            call_fail(call);
    }
    call_finish(call);
}

/* --- all together ----------------------------------------------------------------------------- */

static void hashing_work(void *item)
{
    struct call *call = item;
    struct error err;
    call->db = store_reader(call->api->store, &err);
    call->now = clock_now_ms();
    if (!call->db || store_read_begin(call->db)) {
        call_fail(call);
    } else {
        call->route->handler(call);
        if (store_read_end(call->db))
            call_fail(call);
    }
    body_forget_secrets(call);
    call->done(call->done_user);
}

struct hashing *call_hashing_start(const struct api *api);
struct hashing *call_hashing_start(const struct api *api)
{
    return hashing_start(hashing_work, (size_t)api->settings.hashing_queue);
}

static bool may_ask(struct call *call, int64_t account_id)
{
    if (api_may_ask(call->api, call->request, account_id))
        return true;
    call->retry_after_s = API_RETRY_S;
    return call_problem(call, PROBLEM_TOO_MANY, NULL, arena_int(call->arena, API_RETRY_S), NULL,
                        NULL);
}

/* Who it is, and that they may. Guessing tokens counts as asking without one. */
static bool admitted(struct call *call)
{
    if (call->route->flags & ROUTE_PUBLIC)
        return may_ask(call, 0);
    if (find_account(call))
        return may_ask(call, call->account->id) && check_roles(call);
    (void)may_ask(call, 0);
    return false;
}

/* Everything that can be refused before any change. */
static bool checked(struct call *call)
{
    if (!find_route(call) || !admitted(call))
        return false;
    return query_check(call, call->route->query, call->route->query_count, &call->query) &&
           check_headers(call) && check_body(call);
}

static bool is_slow(const struct call *call)
{
    return call->route->flags & (ROUTE_WRITE | ROUTE_HASHING);
}

/* True when it goes on elsewhere. */
static bool queue_slow(struct call *call)
{
    struct api *api = call->api;
    call->request->private_data = call;
    if (call->route->flags & ROUTE_HASHING
            ? hashing_queue(api->hashing, call,
                            call->account ? call->account->login : field_text(&call->body, "login"),
                            call->request->address)
            : store_write(api->store, write_job, write_done, call) == ST_OK)
        return true;
    call->request->private_data = NULL;
    body_forget_secrets(call);
    return call_problem(call, PROBLEM_BUSY, NULL, NULL, NULL, NULL);
}

bool api_run(struct api *api, struct api_request *request, void (*done)(void *user), void *user)
{
    struct call *call = arena_alloc(request->arena, sizeof *call);
    *call = (struct call){.api = api,
                          .request = request,
                          .arena = request->arena,
                          .language = request->language,
                          .unit_path = "",
                          .now = clock_now_ms(),
                          .status = 200,
                          .etag = -1,
                          .done = done,
                          .done_user = user};
    struct error err;
    bool slow = false;
    call->db = store_reader(api->store, &err);
    if (!call->db || store_read_begin(call->db)) {
        log_line(LOG_ERROR, "no reader: %s", call->db ? "no snapshot" : err.message);
        call_fail(call);
    } else {
        bool good = checked(call);
        slow = good && is_slow(call);
        if (good && !slow && call->route->handler(call))
            call_show(call);
        if (store_read_end(call->db)) {
            call_fail(call);
            slow = false;
        }
    }
    if (slow && queue_slow(call))
        return false;
    call_finish(call);
    return true;
}

int64_t api_session(struct api *api, const char *token, enum language *language)
{
    struct arena *arena = arena_new();
    struct error err;
    struct db *db = store_reader(api->store, &err);
    unsigned char hash[HASH_SIZE];
    const struct account_policy *policy = &api->settings.account;
    int64_t now = clock_now_ms();
    struct session session;
    const struct account *account = NULL;
    if (arena && db && token_hash(token, hash) &&
        store_session(db, hash, now, policy->idle_ms, &session))
        account = store_account(db, session.account_id, arena);
    bool open = account && !account->disabled && !password_must_change(account, policy, now);
    int64_t id = open ? account->id : 0;
    if (id)
        *language = account->language;
    arena_free(arena);
    return id;
}
