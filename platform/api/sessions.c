/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /health, /sessions, /me: who is there and what they may see. */
#include "core/clock.h"
#include "core/version.h"
#include "platform/api/api_private.h"
#include <sodium.h>
#include <string.h>

enum { TOKEN_BYTES = 16, SESSION_HOURS = 12 };

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

static void describe(struct call *call, cJSON *object, const struct account *account)
{
    cJSON_AddItemToObject(object, "account", render_account(call, account));
    cJSON *views = cJSON_AddArrayToObject(object, "views");
    if (roles_see_board(account->roles))
        add_view(call, views, "board", (struct bilingual){"Board", "看板"});
    for (size_t i = 0; i < view_count(); i++)
        if (view_at(i)->roles & account->roles)
            add_view(call, views, view_at(i)->name, view_at(i)->label);
    if (roles_see_bulletin(account->roles))
        add_view(call, views, "bulletin", (struct bilingual){"Bulletin", "通报"});
    json_add_text(object, "city", call->api->reference.city);
    json_add_int(object, "actions_version", actions_version());
    json_add_int(object, "cursor", store_last_seq(call->db));
}

struct new_session {
    unsigned char hash[HASH_SIZE];
    int64_t account_id, now, expires_at;
};

static enum status put_session(struct db *db, void *user)
{
    const struct new_session *s = user;
    return store_session_put(db, s->hash, s->account_id, s->now, s->expires_at);
}

static bool post_session(struct call *call)
{
    const char *login = field_text(&call->body, "login");
    const char *password = field_text(&call->body, "password");
    const struct account *account = store_account_by_login(call->db, login, call->arena);
    if (account && account->disabled)
        account = NULL;
    if (!hashing_verify(account ? account->password_hash : NULL, password))
        return call_problem(call, PROBLEM_LOGIN_WRONG, NULL, NULL, NULL, NULL);

    unsigned char random[TOKEN_BYTES];
    char token[sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(token, sizeof token, random, sizeof random,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    struct new_session session = {.account_id = account->id, .now = call->now};
    session.expires_at = call->now + INT64_C(3600000) * SESSION_HOURS;
    crypto_generichash(session.hash, HASH_SIZE, (const unsigned char *)token, strlen(token), NULL,
                       0);
    if (store_write_wait(call->api->store, put_session, &session))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);

    call->language = account->language;
    call->status = 201;
    call->answer = cJSON_CreateObject();
    json_add_text(call->answer, "token", token);
    json_add_time(call->answer, "expires_at", session.expires_at);
    describe(call, call->answer, account);
    return true;
}

static bool delete_session(struct call *call)
{
    unsigned char hash[HASH_SIZE];
    const char *token = call->request->token;
    crypto_generichash(hash, HASH_SIZE, (const unsigned char *)token, strlen(token), NULL, 0);
    if (store_session_delete(call->db, hash))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->status = 204;
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
    {"password", FIELD_LINE, true, 1, 128, {"password", "密码"}, NULL},
};

static const struct route routes[] = {
    {API_GET, "health", ROUTE_PUBLIC, 0, NO_FIELDS, NO_FIELDS, get_health},
    {API_POST, "sessions", ROUTE_PUBLIC | ROUTE_HASHING, 0, NO_FIELDS, FIELDS(login_fields),
     post_session},
    {API_DELETE, "sessions/current", ROUTE_WRITE | ROUTE_REPEATABLE, 0, NO_FIELDS, NO_FIELDS,
     delete_session},
    {API_GET, "me", 0, 0, NO_FIELDS, NO_FIELDS, get_me},
};
const struct route_table routes_sessions = {FIELDS(routes)};
