/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verbs about who works here: the own password and sessions, and the accounts of others. */
#include "tui/l10n.h"
#include "tui/verbs_private.h"
#include <stdlib.h>
#include <string.h>

static void forget_secret(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

static int change_password(struct verbs *v, const char *old, const char *new)
{
    struct answer answer = {0};
    mq_password(v->mq, old, new, verbs_answer, &answer);
    struct mq_result *result = verbs_wait(v, &answer);
    mq_result_free(result);
    if (result)
        verbs_print("%s\n", _("The password is changed; your other logins have ended."));
    return result ? 0 : 1;
}

int verb_password(struct verbs *v)
{
    struct answer answer = {0};
    mq_password_rules(v->mq, verbs_answer, &answer);
    struct mq_result *rules = verbs_wait(v, &answer);
    if (!rules)
        return 1;
    for (size_t i = 0; i < rules->count; i++)
        verbs_print("- %s\n", rules->lines[i]);
    mq_result_free(rules);
    char *asked = v->options->password ? NULL : verbs_ask_secret(_("Present password: "));
    const char *old = v->options->password ? v->options->password : asked;
    char *new = old ? verbs_ask_secret(_("New password: ")) : NULL;
    char *again = new ? verbs_ask_secret(_("Once more: ")) : NULL;
    int rc = 1;
    if (!again)
        verbs_complain("%s", _("a password is changed on a terminal"));
    else if (strcmp(new, again) != 0)
        verbs_complain("%s", _("the two are not the same"));
    else
        rc = change_password(v, old, new);
    forget_secret(asked);
    forget_secret(new);
    forget_secret(again);
    return rc;
}

int verb_sessions(struct verbs *v)
{
    struct answer answer = {0};
    mq_sessions(v->mq, verbs_answer, &answer);
    struct mq_result *result = verbs_wait(v, &answer);
    if (!result)
        return 1;
    if (v->json)
        verbs_print_json(result);
    for (size_t i = 0; i < result->count && !v->json; i++) {
        const struct mq_session *s = &result->sessions[i];
        char created[VERBS_TIME_SIZE], seen[VERBS_TIME_SIZE];
        verbs_print(_("since %s, last used %s%s\n"), verbs_time(s->created_at, created),
                    verbs_time(s->seen_at, seen), s->this_one ? _(" (this one)") : "");
    }
    mq_result_free(result);
    return 0;
}

/* Calls `each` for the accounts whose login or name holds the text, page by page; false when it
 * failed, which is said. `each` answers whether to go on. */
typedef bool (*account_function)(void *user, const struct mq_account *account);

static bool each_account(struct verbs *v, const char *text, account_function each, void *user)
{
    char *after = NULL;
    bool more = true, good = true;
    while (more) {
        struct answer answer = {0};
        mq_accounts(v->mq, text, after, 200, verbs_answer, &answer);
        struct mq_result *result = verbs_wait(v, &answer);
        good = result != NULL;
        if (result && v->json && !user)
            verbs_print_json(result);
        for (size_t i = 0; result && i < result->count; i++)
            if (!each(user, &result->accounts[i]))
                more = false;
        free(after);
        after = result && *result->next ? strdup(result->next) : NULL;
        more = more && after;
        mq_result_free(result);
    }
    free(after);
    return good;
}

static bool print_account(void *user, const struct mq_account *account)
{
    (void)user;
    char last[VERBS_TIME_SIZE];
    verbs_print("%s\t%s\t%s\t%s\t%s", account->login, account->name, account->state_label,
                verbs_time(account->last_login_at, last), account->unit.name);
    for (size_t i = 0; i < account->role_count; i++)
        verbs_print("%s%s", i ? "," : "\t", account->role_labels[i]);
    verbs_print("\n");
    return true;
}

static bool print_nothing(void *user, const struct mq_account *account)
{
    (void)user;
    (void)account;
    return true;
}

int verb_accounts(struct verbs *v)
{
    const char *text = v->argc > 0 ? v->argv[0] : "";
    return each_account(v, text, v->json ? print_nothing : print_account, NULL) ? 0 : 1;
}

struct wanted {
    const char *login;
    int64_t id; /* 0 not found */
};

static bool is_wanted(void *user, const struct mq_account *account)
{
    struct wanted *wanted = user;
    if (strcmp(account->login, wanted->login) == 0)
        wanted->id = account->id;
    return wanted->id == 0;
}

int verb_account(struct verbs *v)
{
    static const char *const actions[] = {"unlock", "reset", "disable", "enable", "logout"};
    size_t i = 0, count = sizeof actions / sizeof actions[0];
    while (v->argc == 2 && i < count && strcmp(actions[i], v->argv[1]) != 0)
        i++;
    if (v->argc != 2 || i == count) {
        verbs_complain("%s", _("minqing account LOGIN unlock|reset|disable|enable|logout"));
        return 2;
    }
    struct wanted wanted = {.login = v->argv[0]};
    if (!each_account(v, wanted.login, is_wanted, &wanted))
        return 1;
    if (wanted.id == 0) {
        verbs_complain(_("there is no account “%s”"), wanted.login);
        return 1;
    }
    struct answer answer = {0};
    if (strcmp(v->argv[1], "logout") == 0)
        mq_account_log_out(v->mq, wanted.id, verbs_answer, &answer);
    else
        mq_account(v->mq, wanted.id, v->argv[1], verbs_answer, &answer);
    struct mq_result *result = verbs_wait(v, &answer);
    if (!result)
        return 1;
    if (v->json)
        verbs_print_json(result);
    else if (*result->password)
        verbs_print("%s\n", result->password);
    else
        verbs_print("%s\n", _("done"));
    mq_result_free(result);
    return 0;
}
