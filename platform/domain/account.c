/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/domain/account.h"

/* --- locks ------------------------------------------------------------------------------------ */

bool login_locked(const struct login_guard *guard, int64_t now)
{
    return guard->locked_until > now;
}

bool login_count_wrong(struct login_guard *guard, const struct account_policy *policy, int64_t now)
{
    bool over = guard->locked_until > 0 || now - guard->since >= policy->attempts_ms;
    if (guard->wrong == 0 || over) {
        guard->wrong = 0;
        guard->since = now;
        guard->locked_until = 0;
    }
    if (++guard->wrong < policy->attempts)
        return false;
    guard->locked_until = now + policy->lock_ms;
    return true;
}

/* --- passwords -------------------------------------------------------------------------------- */

bool password_must_change(const struct account *account, const struct account_policy *policy,
                          int64_t now)
{
    if (account->must_change)
        return true;
    /* A password that everybody knows does not get worse with age. */
    return !account->demo && policy->password_ms > 0 &&
           now - account->password_at >= policy->password_ms;
}

/* --- sessions --------------------------------------------------------------------------------- */

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t session_end(const struct account_policy *policy, int64_t created_at, int64_t now)
{
    return sooner(now + policy->token_ms, created_at + policy->session_ms);
}

int64_t session_renew_in(const struct account_policy *policy, const struct session *session,
                         int64_t now)
{
    if (session_end(policy, session->created_at, now) <= session->expires_at &&
        session->created_at + policy->session_ms - now <= policy->idle_ms)
        return -1;
    /* Half way, so that one lost renewal costs nothing. */
    int64_t due = session->issued_at + sooner(policy->token_ms, policy->idle_ms) / 2;
    return due > now ? due - now : 0;
}

/* --- accounts --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    struct bilingual label;
} states[ACCOUNT_STATE_COUNT] = {
    [ACCOUNT_ACTIVE] = {"active", {"active", "正常"}},
    [ACCOUNT_LOCKED] = {"locked", {"locked", "已锁定"}},
    [ACCOUNT_MUST_CHANGE] = {"must_change", {"password to be changed", "须改密码"}},
    [ACCOUNT_DISABLED] = {"disabled", {"disabled", "已停用"}},
};

enum account_state account_state(const struct account *account, int64_t locked_until,
                                 const struct account_policy *policy, int64_t now)
{
    if (account->disabled)
        return ACCOUNT_DISABLED;
    if (locked_until > now)
        return ACCOUNT_LOCKED;
    return password_must_change(account, policy, now) ? ACCOUNT_MUST_CHANGE : ACCOUNT_ACTIVE;
}

const char *account_state_name(enum account_state state)
{
    return states[state].name;
}

struct bilingual account_state_label(enum account_state state)
{
    return states[state].label;
}
