/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /health, /sessions, /me: who is there, for how long, and what they may see. */
#include "core/clock.h"
#include "core/version.h"
#include "platform/api/api_private.h"
#include <sodium.h>
#include <string.h>

enum {
    TOKEN_BYTES = 16,
    TOKEN_SIZE = sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
};

bool token_hash(const char *token, unsigned char hash[HASH_SIZE])
{
    size_t n = token ? strlen(token) : 0;
    if (n < 16 || n > 64)
        return false;
    crypto_generichash(hash, HASH_SIZE, (const unsigned char *)token, n, NULL, 0);
    return true;
}

enum status account_log(struct call *call, const char *kind, int64_t about)
{
    return store_access_account(call->db, call->account ? call->account->id : about, kind, about,
                                call->now);
}

static void make_token(char token[TOKEN_SIZE], unsigned char hash[HASH_SIZE])
{
    unsigned char random[TOKEN_BYTES];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(token, TOKEN_SIZE, random, sizeof random,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    (void)token_hash(token, hash);
}

static bool get_health(struct call *call)
{
    call->answer = cJSON_CreateObject();
    json_add_text(call->answer, "status", "ok");
    json_add_text(call->answer, "name", "minqingd");
    json_add_text(call->answer, "version", MINQING_VERSION);
    json_add_time(call->answer, "time", call->now);
    json_add_text(call->answer, "city", call->api->reference.city);
    cJSON_AddBoolToObject(call->answer, "demo", call->api->demo);
    return true;
}

/* A number that changes when the published actions do. */
static int64_t actions_version(void)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a, 64 bits */
    for (size_t i = 0; i < action_count(); i++) {
        const struct action_schema *action = action_at(i);
        for (const char *p = action->name; *p; p++)
            hash = (hash ^ (unsigned char)*p) * 1099511628211u;
        hash = (hash ^ action->field_count) * 1099511628211u;
    }
    return (int64_t)(hash & 0xffffffff);
}

static void add_view(struct call *call, cJSON *views, const char *name, struct bilingual label)
{
    cJSON *item = cJSON_CreateObject();
    json_add_text(item, "name", name);
    json_add_text(item, "label", call_text(call, label));
    cJSON_AddItemToArray(views, item);
}

/* The words that a search chooses from. */
static void add_words(struct call *call, cJSON *object, const char *name, enum word_list list,
                      int count)
{
    cJSON *words = cJSON_AddArrayToObject(object, name);
    for (int i = 0; i < count; i++)
        add_view(call, words, word_name(list, i), word_label(list, i));
}

/* How long the session lasts, and whether it is good for anything but a new password. */
static void describe_session(struct call *call, cJSON *object)
{
    const struct account_policy *policy = &call->api->settings.account;
    int64_t renew_in = session_renew_in(policy, &call->session, call->now);
    json_add_time(object, "expires_at", call->session.expires_at);
    if (renew_in < 0)
        cJSON_AddNullToObject(object, "renew_in");
    else
        json_add_int(object, "renew_in", (renew_in + 999) / 1000);
}

static void describe(struct call *call, cJSON *object, const struct account *account)
{
    describe_session(call, object);
    cJSON_AddBoolToObject(object, "must_change_password",
                          password_must_change(account, &call->api->settings.account, call->now));
    cJSON_AddItemToObject(object, "account", render_account(call, account));
    cJSON *views = cJSON_AddArrayToObject(object, "views");
    if (roles_see_board(account->roles))
        add_view(call, views, "board", (struct bilingual){"Board", "看板"});
    for (size_t i = 0; i < view_count(); i++)
        if (view_at(i)->roles & account->roles)
            add_view(call, views, view_at(i)->name, view_at(i)->label);
    if (roles_see_bulletin(account->roles))
        add_view(call, views, "bulletin", (struct bilingual){"Bulletin", "通报"});
    if (roles_see_access(account->roles))
        add_view(call, views, "access", (struct bilingual){"Access log", "访问记录"});
    add_words(call, object, "states", WORDS_ORDER_STATE, ORDER_STATE_COUNT);
    add_words(call, object, "cards", WORDS_CARD, CARD_COUNT);
    json_add_text(object, "city", call->api->reference.city);
    json_add_int(object, "actions_version", actions_version());
    json_add_text(object, "cursor", feed_cursor(call, account));
    json_add_int(object, "feed_dictionary", frame_dictionary());
}

/* --- log in ----------------------------------------------------------------------------------- */

struct new_session {
    const struct account_policy *policy;
    const struct account *account;
    struct arena *arena;
    unsigned char hash[HASH_SIZE];
    struct session session;
};

/* The password took its time: the account may be another by now. */
static enum status put_session(struct db *db, void *user)
{
    struct new_session *s = user;
    const struct account *account = store_account(db, s->account->id, s->arena);
    struct login_guard guard = store_login_guard(db, s->account->login);
    if (!account || account->disabled || login_locked(&guard, s->session.created_at) ||
        strcmp(account->password_hash, s->account->password_hash) != 0)
        return ST_STALE;
    s->session.id = store_new_id(db, s->session.created_at);
    enum status st =
        store_session_put(db, s->hash, &s->session, s->policy->sessions, s->policy->idle_ms);
    if (!st)
        st = store_account_login_at(db, account->id, s->session.created_at);
    return st ? st : store_login_guard_clear(db, account->login);
}

static bool post_session(struct call *call)
{
    const char *login = field_text(&call->body, "login");
    const struct account *account = store_account_by_login(call->db, login, call->arena);
    bool open = account && !account->disabled;
    bool right =
        hashing_verify(open ? account->password_hash : NULL, field_text(&call->body, "password"));
    if (attempt_locked(call, login, PROBLEM_LOGIN_WRONG, NULL))
        return false;
    if (!right)
        return attempt_wrong(call, login, account ? account->id : 0, PROBLEM_LOGIN_WRONG, NULL);

    char token[TOKEN_SIZE];
    const struct account_policy *policy = &call->api->settings.account;
    struct new_session new = {.policy = policy, .account = account, .arena = call->arena};
    new.session = (struct session){.account_id = account->id,
                                   .created_at = call->now,
                                   .issued_at = call->now,
                                   .expires_at = session_end(policy, call->now, call->now),
                                   .seen_at = call->now};
    make_token(token, new.hash);
    enum status st = store_write_wait(call->api->store, put_session, &new);
    if (st)
        return problem_set(&call->problem, st == ST_STALE ? PROBLEM_LOGIN_WRONG : PROBLEM_INTERNAL,
                           NULL, both(""), both(NULL), both(NULL));
    call->session = new.session;
    call->language = account->language;
    call->status = 201;
    call->answer = cJSON_CreateObject();
    json_add_text(call->answer, "token", token);
    describe(call, call->answer, account);
    sodium_memzero(token, sizeof token);
    return true;
}

/* --- go on ------------------------------------------------------------------------------------ */

static bool post_renew(struct call *call)
{
    const struct account_policy *policy = &call->api->settings.account;
    unsigned char old[HASH_SIZE], hash[HASH_SIZE];
    struct session session;
    if (!token_hash(call->request->token, old) ||
        !store_session(call->db, old, call->now, policy->idle_ms, &session))
        return call_problem(call, PROBLEM_UNAUTHENTICATED, NULL, NULL, NULL, NULL);
    char token[TOKEN_SIZE];
    make_token(token, hash);
    session.issued_at = session.seen_at = call->now;
    session.expires_at = session_end(policy, session.created_at, call->now);
    if (store_session_renew(call->db, old, hash, &session, call->now + policy->grace_ms))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->session = session;
    call->status = 201;
    call->answer = cJSON_CreateObject();
    json_add_text(call->answer, "token", token);
    describe_session(call, call->answer);
    sodium_memzero(token, sizeof token);
    return true;
}

/* --- log out ---------------------------------------------------------------------------------- */

static bool delete_session(struct call *call)
{
    if (store_session_end(call->db, &call->session))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->status = 204;
    return true;
}

static bool delete_sessions(struct call *call)
{
    if (store_sessions_end(call->db, call->account->id, 0) ||
        account_log(call, "sessions_ended", call->account->id))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->status = 204;
    return true;
}

/* --- what there is ---------------------------------------------------------------------------- */

static bool get_sessions(struct call *call)
{
    struct session *sessions;
    size_t count = store_sessions(call->db, call->account->id, call->now,
                                  call->api->settings.account.idle_ms, call->arena, &sessions);
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "items");
    for (size_t i = 0; i < count; i++) {
        cJSON *item = cJSON_CreateObject();
        json_add_time(item, "created_at", sessions[i].created_at);
        json_add_time(item, "seen_at", sessions[i].seen_at);
        json_add_time(item, "expires_at", sessions[i].expires_at);
        cJSON_AddBoolToObject(item, "this", sessions[i].id == call->session.id);
        cJSON_AddItemToArray(items, item);
    }
    return true;
}

static bool get_me(struct call *call)
{
    call->answer = cJSON_CreateObject();
    describe(call, call->answer, call->account);
    return true;
}

static const struct field_spec login_fields[] = {
    {"login", FIELD_LINE, true, 1, 64, {"login", "账号"}, NULL},
    {"password", FIELD_SECRET, true, 1, 128, {"password", "密码"}, NULL},
};

static const struct route routes[] = {
    {API_GET, "health", ROUTE_PUBLIC, 0, NO_FIELDS, NO_FIELDS, get_health},
    {API_POST, "sessions", ROUTE_PUBLIC | ROUTE_HASHING, 0, NO_FIELDS, FIELDS(login_fields),
     post_session},
    {API_GET, "sessions", 0, 0, NO_FIELDS, NO_FIELDS, get_sessions},
    {API_DELETE, "sessions", ROUTE_WRITE | ROUTE_REPEATABLE | ROUTE_UNCHANGED, 0, NO_FIELDS,
     NO_FIELDS, delete_sessions},
    {API_POST, "sessions/renew", ROUTE_WRITE | ROUTE_REPEATABLE, 0, NO_FIELDS, NO_FIELDS,
     post_renew},
    {API_DELETE, "sessions/current", ROUTE_WRITE | ROUTE_REPEATABLE | ROUTE_UNCHANGED, 0, NO_FIELDS,
     NO_FIELDS, delete_session},
    {API_GET, "me", ROUTE_UNCHANGED, 0, NO_FIELDS, NO_FIELDS, get_me},
};
const struct route_table routes_sessions = {FIELDS(routes)};
