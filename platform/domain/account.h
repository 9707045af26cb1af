/* SPDX-License-Identifier: GPL-3.0-or-later */
/* account: when a login is locked, what a password must be, how long a session lasts. Decides on
 * plain structs. */
#ifndef PLATFORM_DOMAIN_ACCOUNT_H
#define PLATFORM_DOMAIN_ACCOUNT_H

#include "platform/model/model.h"

struct account_policy {
    int32_t attempts;       /* wrong passwords until a login is locked */
    int64_t attempts_ms;    /* within so long */
    int64_t lock_ms;        /* how long it stays locked */
    int32_t password_least; /* code points */
    int32_t password_kept;  /* of the last so many none again, the present one counted */
    int64_t password_ms;    /* how long a password serves, 0 for ever */
    int64_t token_ms;       /* how long a token serves */
    int64_t idle_ms;        /* so long without a request and it has ended */
    int64_t session_ms;     /* from the login on, however often it is renewed */
    int64_t grace_ms;       /* how long a renewed token still serves */
    int32_t sessions;       /* of one account; the oldest ends for one more */
};

/* --- locks ------------------------------------------------------------------------------------ */
/* True while neither a wrong nor the right password is looked at. */
bool login_locked(const struct login_guard *guard, int64_t now);
/* Counts one wrong password. True when it is the one that locks. */
bool login_count_wrong(struct login_guard *guard, const struct account_policy *policy, int64_t now);

/* --- passwords -------------------------------------------------------------------------------- */
enum password_rule {
    PASSWORD_LENGTH,
    PASSWORD_NAMES,
    PASSWORD_SIMPLE,
    PASSWORD_REPEATED,
    PASSWORD_RULE_COUNT /* none */
};
/* The first rule that the password breaks; PASSWORD_RULE_COUNT none. Whether it was used before
 * (PASSWORD_REPEATED) only its hashes tell. */
enum password_rule password_judge(const char *password, const char *login, const char *name,
                                  const struct account_policy *policy);
/* The rule as a sentence with the policy's figures, in the arena. */
struct arena;
struct bilingual password_rule_text(enum password_rule rule, const struct account_policy *policy,
                                    struct arena *arena);
/* A random one of 60 bits for somebody to begin with, easy to read out. */
enum { INITIAL_PASSWORD_SIZE = 15, PASSWORD_HASH_SIZE = 128 };
void password_initial(char out[INITIAL_PASSWORD_SIZE]);
/* As it is kept (Argon2id, 64 MB for some 60 ms); false without memory. */
bool password_hash(const char *password, char out[PASSWORD_HASH_SIZE]);
/* Nothing but a change of the password is open to the account. */
bool password_must_change(const struct account *account, const struct account_policy *policy,
                          int64_t now);

/* --- sessions --------------------------------------------------------------------------------- */
/* When a token ends that is given out now. */
int64_t session_end(const struct account_policy *policy, int64_t created_at, int64_t now);
/* Milliseconds from now on until the token should be renewed, 0 when it is time, -1 when a new one
 * would serve no longer. */
int64_t session_renew_in(const struct account_policy *policy, const struct session *session,
                         int64_t now);

/* --- accounts --------------------------------------------------------------------------------- */
enum account_state {
    ACCOUNT_ACTIVE,
    ACCOUNT_LOCKED,
    ACCOUNT_MUST_CHANGE,
    ACCOUNT_DISABLED,
    ACCOUNT_STATE_COUNT
};
enum account_state account_state(const struct account *account, int64_t locked_until,
                                 const struct account_policy *policy, int64_t now);
const char *account_state_name(enum account_state state);
struct bilingual account_state_label(enum account_state state);

#endif
