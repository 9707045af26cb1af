/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /accounts: who may work here, for administrators. */
#include "platform/api/api_private.h"
#include <string.h>

enum { PAGE_DEFAULT = 50, PAGE_MAX = 200 };

static cJSON *render(struct call *call, const struct account *account, int64_t locked_until)
{
    enum account_state state =
        account_state(account, locked_until, &call->api->settings.account, call->now);
    cJSON *item = render_account(call, account);
    json_add_text(item, "state", account_state_name(state));
    json_add_text(item, "state_label", call_text(call, account_state_label(state)));
    json_add_time(item, "locked_until", locked_until > call->now ? locked_until : 0);
    json_add_time(item, "last_login_at", account->last_login_at);
    json_add_time(item, "password_at", account->password_at);
    return item;
}

static bool get_accounts(struct call *call)
{
    struct account *accounts;
    int64_t *locked, after = 0;
    const char *cursor = field_text(&call->query, "after");
    size_t limit = (size_t)field_number(&call->query, "limit", PAGE_DEFAULT);
    if (*cursor && (!text_integer(cursor, &after) || after < 0))
        return call_problem(call, PROBLEM_FIELD_REFERENCE, "after", "after", NULL, NULL);
    size_t count = store_accounts_find(call->db, field_text(&call->query, "q"), after, limit + 1,
                                       call->arena, &accounts, &locked);
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "items");
    for (size_t i = 0; i < count && i < limit; i++)
        cJSON_AddItemToArray(items, render(call, &accounts[i], locked[i]));
    json_add_text(call->answer, "next",
                  count > limit ? arena_int(call->arena, accounts[limit - 1].id) : NULL);
    return true;
}

/* The account that the path names; NULL with the problem filled. */
static const struct account *named(struct call *call)
{
    int64_t id;
    const struct account *account = NULL;
    if (text_integer(call->segments[1], &id) && id > 0)
        account = store_account(call->db, id, call->arena);
    if (!account)
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL, NULL);
    return account;
}

static bool answer(struct call *call, enum status st, int64_t id)
{
    const struct account *account = st ? NULL : store_account(call->db, id, call->arena);
    if (!account)
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->answer = render(call, account, store_login_guard(call->db, account->login).locked_until);
    return true;
}

static bool post_unlock(struct call *call)
{
    const struct account *account = named(call);
    if (!account)
        return false;
    enum status st = store_login_guard_clear(call->db, account->login);
    return answer(call, st ? st : account_log(call, "unlocked", account->id), account->id);
}

static bool set_disabled(struct call *call, bool disabled)
{
    const struct account *account = named(call);
    if (!account)
        return false;
    bool is_administrator = account->roles & BIT(ROLE_ADMINISTRATOR);
    if (disabled && is_administrator && !account->disabled &&
        store_accounts_active(call->db, BIT(ROLE_ADMINISTRATOR), account->id) <= 0)
        return call_problem(call, PROBLEM_LAST_ADMINISTRATOR, NULL, NULL, NULL, NULL);
    enum status st = store_account_disable(call->db, account->id, disabled);
    if (!st && disabled)
        st = store_sessions_end(call->db, account->id, 0);
    if (!st)
        st = account_log(call, disabled ? "disabled" : "enabled", account->id);
    return answer(call, st, account->id);
}

static bool post_disable(struct call *call)
{
    return set_disabled(call, true);
}

static bool post_enable(struct call *call)
{
    return set_disabled(call, false);
}

static bool delete_sessions(struct call *call)
{
    const struct account *account = named(call);
    if (!account)
        return false;
    if (store_sessions_end(call->db, account->id, 0) ||
        account_log(call, "sessions_ended", account->id))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->status = 204;
    return true;
}

/* --- an initial password ---------------------------------------------------------------------- */

struct reset {
    struct call *call;
    const struct account *account;
    char hash[PASSWORD_HASH_SIZE];
};

static enum status reset_password(struct db *db, void *user)
{
    struct reset *reset = user;
    struct call *call = reset->call;
    const struct account *account = reset->account;
    enum status st = store_password_set(db, account->id, NULL, reset->hash, true,
                                        call->api->settings.account.password_kept, call->now);
    if (!st)
        st = store_sessions_end(db, account->id, 0);
    if (!st)
        st = store_login_guard_clear(db, account->login);
    return st ? st
              : store_access_account(db, call->account->id, "password_reset", account->id,
                                     call->now);
}

static bool post_reset(struct call *call)
{
    struct reset reset = {.call = call, .account = named(call)};
    if (!reset.account)
        return false;
    char password[INITIAL_PASSWORD_SIZE];
    password_initial(password);
    enum status st = password_hash(password, reset.hash)
                         ? store_write_wait(call->api->store, reset_password, &reset)
                         : ST_NO_MEMORY;
    call->answer = st ? NULL : cJSON_CreateObject();
    if (st)
        call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    else
        json_add_text(call->answer, "password", password);
    explicit_bzero(password, sizeof password);
    return st == ST_OK;
}

static const struct field_spec list_fields[] = {
    {"q", FIELD_LINE, false, 0, 64, {"text", "文字"}, NULL},
    {"after", FIELD_LINE, false, 0, 20, {"after", "起点"}, NULL},
    {"limit", FIELD_INT, false, 1, PAGE_MAX, {"limit", "条数"}, NULL},
};

#define ADMINISTRATOR BIT(ROLE_ADMINISTRATOR)
static const struct route routes[] = {
    {API_GET, "accounts", 0, ADMINISTRATOR, FIELDS(list_fields), NO_FIELDS, get_accounts},
    {API_POST, "accounts/*/unlock", ROUTE_WRITE | ROUTE_REPEATABLE, ADMINISTRATOR, NO_FIELDS,
     NO_FIELDS, post_unlock},
    {API_POST, "accounts/*/reset", ROUTE_HASHING, ADMINISTRATOR, NO_FIELDS, NO_FIELDS, post_reset},
    {API_POST, "accounts/*/disable", ROUTE_WRITE | ROUTE_REPEATABLE, ADMINISTRATOR, NO_FIELDS,
     NO_FIELDS, post_disable},
    {API_POST, "accounts/*/enable", ROUTE_WRITE | ROUTE_REPEATABLE, ADMINISTRATOR, NO_FIELDS,
     NO_FIELDS, post_enable},
    {API_DELETE, "accounts/*/sessions", ROUTE_WRITE | ROUTE_REPEATABLE, ADMINISTRATOR, NO_FIELDS,
     NO_FIELDS, delete_sessions},
};
const struct route_table routes_accounts = {FIELDS(routes)};
