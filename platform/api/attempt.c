/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wrong passwords. An unknown login is counted, locked and told the same as one that somebody has,
 * so that an answer says nothing about which logins there are. */
#include "core/clock.h"
#include "platform/api/api_private.h"

struct wrong {
    const struct account_policy *policy;
    const char *login;
    int64_t account_id, now;
    struct login_guard guard; /* afterwards */
};

static enum status count_wrong(struct db *db, void *user)
{
    struct wrong *w = user;
    w->guard = store_login_guard(db, w->login);
    if (login_locked(&w->guard, w->now))
        return ST_OK;
    w->guard.account_id = w->account_id;
    bool locks = login_count_wrong(&w->guard, w->policy, w->now);
    enum status st =
        store_login_guard_put(db, w->login, &w->guard, w->now - w->policy->attempts_ms, w->now);
    if (!st)
        st = store_access_account(db, w->account_id, "login_failed", w->account_id, w->now);
    if (!st && locks)
        st = store_access_account(db, 0, "locked", w->account_id, w->now);
    return st;
}

/* "…; it is closed until 10:35": what follows the plain words. */
static bool refuse(struct call *call, const struct login_guard *guard, enum problem_type type,
                   const char *field)
{
    if (!login_locked(guard, call->now))
        return problem_set(&call->problem, type, field, both(""), both(NULL), both(NULL));
    char text[CLOCK_TEXT_SIZE];
    clock_format(guard->locked_until + 59999, text); /* the first full minute in which it opens */
    const char *time = arena_strndup(call->arena, text + 11, 5);
    call->retry_after_s = (guard->locked_until - call->now + 999) / 1000;
    struct bilingual until = {arena_printf(call->arena, "; too many tries, closed until %s", time),
                              arena_printf(call->arena, "，错误次数过多，%s 后方可再试", time)};
    return problem_set(&call->problem, type, field, until, both(NULL), both(NULL));
}

bool attempt_locked(struct call *call, const char *login, enum problem_type type, const char *field)
{
    struct login_guard guard = store_login_guard(call->db, login);
    return login_locked(&guard, call->now) && !refuse(call, &guard, type, field);
}

bool attempt_wrong(struct call *call, const char *login, int64_t account_id, enum problem_type type,
                   const char *field)
{
    struct wrong wrong = {.policy = &call->api->settings.account,
                          .login = login,
                          .account_id = account_id,
                          .now = call->now};
    if (store_write_wait(call->api->store, count_wrong, &wrong))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    return refuse(call, &wrong.guard, type, field);
}
