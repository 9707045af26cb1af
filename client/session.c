/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks: the token and the account behind it. */
#include "client/client_private.h"
#include <stdlib.h>
#include <string.h>

/* What a header can carry: RFC 6750 section 2.1 allows less, and nothing else. */
static bool token_valid(const char *token)
{
    size_t n = 0;
    for (; token[n]; n++) {
        if (token[n] <= ' ' || token[n] > '~' || n == TOKEN_MAX)
            return false;
    }
    return n > 0;
}

void mq_set_token(struct mq *mq, const char *token)
{
    explicit_bzero(mq->token, sizeof mq->token);
    if (token && token_valid(token))
        memcpy(mq->token, token, strlen(token));
}

/* From then on our own messages are in the account's language too. */
static void account_arrived(struct mq *mq, struct call *call)
{
    const struct mq_account *account = call->answer->result.account;
    if (call->answer->result.status == ST_OK)
        mq->dictionary = call->answer->dictionary;
    if (call->answer->result.status == ST_OK && *account->language)
        mq->english = language_is_english(account->language);
}

static void login_arrived(struct mq *mq, struct call *call)
{
    struct mq_result *r = &call->answer->result;
    if (r->status != ST_OK)
        return;
    if (!token_valid(r->token)) {
        answer_fail(call->answer, ST_CORRUPT, mq->english, MESSAGE_MALFORMED, "token");
        return;
    }
    mq_set_token(mq, r->token);
    account_arrived(mq, call);
}

static void logout_arrived(struct mq *mq, struct call *call)
{
    struct mq_result *r = &call->answer->result;
    if (r->http_status == 401) { /* the session is gone, which is what was asked for */
        r->status = ST_OK;
        r->message = r->problem = "";
    }
    if (r->status == ST_OK) {
        mq_set_token(mq, NULL);
        feed_stop(mq);
    }
}

/* What is under way goes on with the new token: the old one serves for a moment only. */
static void renewal_arrived(struct mq *mq, struct call *renewal)
{
    struct mq_result *r = &renewal->answer->result;
    if (r->status != ST_OK)
        return;
    if (!token_valid(r->token)) {
        answer_fail(renewal->answer, ST_CORRUPT, mq->english, MESSAGE_MALFORMED, "token");
        return;
    }
    /* Somebody else has logged in meanwhile. */
    if (strcmp(renewal->token, mq->token) != 0)
        return;
    for (struct call *call = mq->first; call; call = call->next) {
        char *token =
            call != renewal && strcmp(call->token, mq->token) == 0 ? strdup(r->token) : NULL;
        if (!token)
            continue;
        explicit_bzero(call->token, strlen(call->token));
        free(call->token);
        call->token = token;
    }
    if (strcmp(mq->feed.token, mq->token) == 0) {
        explicit_bzero(mq->feed.token, sizeof mq->feed.token);
        memcpy(mq->feed.token, r->token, strlen(r->token));
    }
    mq_set_token(mq, r->token);
}

static bool submit(struct mq *mq, struct call *call, void (*arrived)(struct mq *, struct call *))
{
    if (!call)
        return false;
    call->arrived = arrived;
    call_submit(mq, call);
    return true;
}

bool mq_login(struct mq *mq, const char *login, const char *password, mq_done done, void *user)
{
    struct body body;
    body_start(&body);
    body_text(&body, "login", login);
    body_text(&body, "password", password);
    struct call *call = call_new(mq, METHOD_POST, url_plain(mq, "/sessions"), body_take(&body),
                                 decode_session, done, user);
    if (call) {
        call->secret = true;
        explicit_bzero(
            call->token,
            strlen(call->token)); /* an ended session must not stand in the way of a new one */
    }
    return submit(mq, call, login_arrived);
}

bool mq_logout(struct mq *mq, mq_done done, void *user)
{
    return submit(mq,
                  call_new(mq, METHOD_DELETE, url_plain(mq, "/sessions/current"), NULL,
                           decode_nothing, done, user),
                  logout_arrived);
}

bool mq_me(struct mq *mq, mq_done done, void *user)
{
    return submit(mq,
                  call_new(mq, METHOD_GET, url_plain(mq, "/me"), NULL, decode_session, done, user),
                  account_arrived);
}

bool mq_logout_everywhere(struct mq *mq, mq_done done, void *user)
{
    return submit(
        mq,
        call_new(mq, METHOD_DELETE, url_plain(mq, "/sessions"), NULL, decode_nothing, done, user),
        logout_arrived);
}

bool mq_renew(struct mq *mq, mq_done done, void *user)
{
    struct body body;
    body_start(&body);
    return submit(mq,
                  call_new(mq, METHOD_POST, url_plain(mq, "/sessions/renew"), body_take(&body),
                           decode_renewal, done, user),
                  renewal_arrived);
}

bool mq_sessions(struct mq *mq, mq_done done, void *user)
{
    return submit(
        mq, call_new(mq, METHOD_GET, url_plain(mq, "/sessions"), NULL, decode_sessions, done, user),
        NULL);
}

bool mq_password_rules(struct mq *mq, mq_done done, void *user)
{
    return submit(mq,
                  call_new(mq, METHOD_GET, url_plain(mq, "/me/password"), NULL,
                           decode_password_rules, done, user),
                  NULL);
}

bool mq_password(struct mq *mq, const char *old_password, const char *new_password, mq_done done,
                 void *user)
{
    struct body body;
    body_start(&body);
    body_text(&body, "old", old_password);
    body_text(&body, "new", new_password);
    struct call *call = call_new(mq, METHOD_POST, url_plain(mq, "/me/password"), body_take(&body),
                                 decode_nothing, done, user);
    if (call)
        call->secret = true;
    return submit(mq, call, NULL);
}

bool mq_accounts(struct mq *mq, const char *q, const char *after, int limit, mq_done done,
                 void *user)
{
    struct buf url;
    url_start(mq, &url, "/accounts");
    url_param(&url, "q", q);
    url_param(&url, "after", after);
    url_param_int(&url, "limit", limit);
    return submit(mq, call_new(mq, METHOD_GET, buf_take(&url), NULL, decode_accounts, done, user),
                  NULL);
}

/* "/accounts/N/what" */
static char *account_url(struct mq *mq, int64_t account_id, const char *what)
{
    struct buf url;
    url_start(mq, &url, "/accounts");
    buf_printf(&url, "/%lld", (long long)account_id);
    url_segment(&url, what);
    return buf_take(&url);
}

bool mq_account(struct mq *mq, int64_t account_id, const char *action, mq_done done, void *user)
{
    struct body body;
    body_start(&body);
    bool reset = strcmp(action, "reset") == 0;
    struct call *call =
        call_new(mq, METHOD_POST, account_url(mq, account_id, action), body_take(&body),
                 reset ? decode_initial_password : decode_nothing, done, user);
    return submit(mq, call, NULL);
}

bool mq_account_log_out(struct mq *mq, int64_t account_id, mq_done done, void *user)
{
    return submit(mq,
                  call_new(mq, METHOD_DELETE, account_url(mq, account_id, "sessions"), NULL,
                           decode_nothing, done, user),
                  NULL);
}
