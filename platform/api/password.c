/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /me/password: what a password must be, and another one. */
#include "platform/api/api_private.h"
#include <string.h>

static bool get_password(struct call *call)
{
    const struct account_policy *policy = &call->api->settings.account;
    call->answer = cJSON_CreateObject();
    cJSON_AddBoolToObject(call->answer, "must_change",
                          password_must_change(call->account, policy, call->now));
    json_add_time(call->answer, "changed_at", call->account->password_at);
    cJSON *rules = cJSON_AddArrayToObject(call->answer, "rules");
    for (int rule = 0; rule < PASSWORD_RULE_COUNT; rule++) {
        struct bilingual text = password_rule_text((enum password_rule)rule, policy, call->arena);
        cJSON_AddItemToArray(rules, cJSON_CreateString(call_text(call, text)));
    }
    return true;
}

/* One of the last passwords, the present one counted. */
static bool used_before(struct call *call, const struct account *account, const char *password)
{
    const char **old;
    size_t count = store_passwords(call->db, account->id, call->arena, &old);
    bool used = hashing_verify(account->password_hash, password);
    for (size_t i = 0; i < count && !used; i++)
        used = (int32_t)i + 1 < call->api->settings.account.password_kept &&
               hashing_verify(old[i], password);
    return used;
}

static bool judge(struct call *call, const struct account *account, const char *password)
{
    const struct account_policy *policy = &call->api->settings.account;
    enum password_rule broken = password_judge(password, account->login, account->name, policy);
    if (broken == PASSWORD_RULE_COUNT && used_before(call, account, password))
        broken = PASSWORD_REPEATED;
    if (broken == PASSWORD_RULE_COUNT)
        return true;
    return problem_set(&call->problem, PROBLEM_PASSWORD_RULE, "new",
                       password_rule_text(broken, policy, call->arena), both(NULL), both(NULL));
}

struct password_change {
    struct call *call;
    const struct account *account;
    char hash[PASSWORD_HASH_SIZE];
};

static enum status change_password(struct db *db, void *user)
{
    struct password_change *change = user;
    struct call *call = change->call;
    int64_t id = change->account->id;
    enum status st = store_password_set(db, id, change->account->password_hash, change->hash, false,
                                        call->api->settings.account.password_kept, call->now);
    if (!st)
        st = store_sessions_end(db, id, call->session.id);
    if (!st)
        st = store_login_guard_clear(db, change->account->login);
    return st ? st : store_access_account(db, id, "password_changed", id, call->now);
}

/* The same request again, because its answer was lost: it is done. */
static bool just_changed(const struct call *call, const struct account *account, const char *new)
{
    enum { MOMENT_MS = 60000 };
    return !account->must_change && call->now - account->password_at < MOMENT_MS &&
           hashing_verify(account->password_hash, new);
}

static bool post_password(struct call *call)
{
    const char *old = field_text(&call->body, "old"), *new = field_text(&call->body, "new");
    struct password_change change = {.call = call};
    /* As it is now: it waited in the queue. */
    const struct account *account = store_account(call->db, call->account->id, call->arena);
    if (!account || account->disabled)
        return call_problem(call, PROBLEM_UNAUTHENTICATED, NULL, NULL, NULL, NULL);
    bool right = hashing_verify(account->password_hash, old);
    if (attempt_locked(call, account->login, PROBLEM_PASSWORD_WRONG, "old"))
        return false;
    if (!right && just_changed(call, account, new)) {
        call->status = 204;
        return true;
    }
    if (!right)
        return attempt_wrong(call, account->login, account->id, PROBLEM_PASSWORD_WRONG, "old");
    if (!judge(call, account, new))
        return false;
    change.account = account;
    enum status st = password_hash(new, change.hash)
                         ? store_write_wait(call->api->store, change_password, &change)
                         : ST_NO_MEMORY;
    if (st == ST_STALE) /* somebody else has changed it in the same moment */
        return problem_set(&call->problem, PROBLEM_PASSWORD_WRONG, "old", both(""), both(NULL),
                           both(NULL));
    if (st)
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->status = 204;
    return true;
}

static const struct field_spec password_fields[] = {
    {"old", FIELD_SECRET, true, 1, 128, {"present password", "原密码"}, NULL},
    {"new", FIELD_SECRET, true, 1, 128, {"new password", "新密码"}, NULL},
};

static const struct route routes[] = {
    {API_GET, "me/password", ROUTE_UNCHANGED, 0, NO_FIELDS, NO_FIELDS, get_password},
    {API_POST, "me/password", ROUTE_HASHING | ROUTE_UNCHANGED, 0, NO_FIELDS,
     FIELDS(password_fields), post_password},
};
const struct route_table routes_password = {FIELDS(routes)};
