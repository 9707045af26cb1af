/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks: the token and the account behind it. */
#include "client/client_private.h"
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
