/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a call: where it stands, whose turn it is, who hears of it. */
#include "client/client_private.h"
#include "core/clock.h"
#include <stdlib.h>
#include <string.h>

struct call *call_new(struct mq *mq, enum method method, char *url, char *body, decode_fn decode,
                      mq_done done, void *user)
{
    struct call *call = url ? calloc(1, sizeof *call) : NULL;
    char *token = call ? strdup(mq->token) : NULL;
    struct answer *answer = token ? answer_new() : NULL;
    if (!answer) {
        free(call);
        free(token);
        free(url);
        free(body);
        return NULL;
    }
    *call = (struct call){.method = method, .url = url, .body = body, .decode = decode};
    call->body_length = body ? strlen(body) : 0;
    call->answer = answer;
    call->token = token;
    call->done = done;
    call->user = user;
    call->version = -1;
    call->began_at = clock_ticks_ms();
    return call;
}

static void unlink_call(struct mq *mq, struct call *call)
{
    for (struct call **at = &mq->first; *at; at = &(*at)->next) {
        if (*at == call) {
            *at = call->next;
            return;
        }
    }
}

void call_free(struct mq *mq, struct call *call)
{
    struct channel *channel = call->channel;
    unlink_call(mq, call);
    transport_drop(mq, &call->easy, &call->headers);
    if (channel && channel->held == call)
        channel->held = NULL;
    if (channel && channel->current == call) {
        channel->current = channel->held;
        channel->held = NULL;
        if (channel->current)
            channel->current->state = CALL_QUEUED;
    }
    if (call->answer)
        mq_result_free(&call->answer->result);
    if (call->body && call->secret)
        explicit_bzero(call->body, call->body_length);
    buf_free(&call->received);
    explicit_bzero(call->token, strlen(call->token));
    free(call->token);
    free(call->url);
    free(call->body);
    free(call);
}

void call_submit(struct mq *mq, struct call *call)
{
    struct call **at = &mq->first;
    call->state = CALL_QUEUED;
    call->due_at = call->began_at;
    while (*at)
        at = &(*at)->next;
    *at = call;
}

void call_submit_newest(struct mq *mq, struct call *call, struct channel *channel)
{
    if (channel->held)
        call_free(mq, channel->held);
    if (channel->current)
        call_abandon(mq, channel->current);
    /* Before all others: somebody is typing. */
    call->next = mq->first;
    mq->first = call;
    call->channel = channel;
    call->due_at = call->began_at;
    call->state = channel->current ? CALL_HELD : CALL_QUEUED;
    *(channel->current ? &channel->held : &channel->current) = call;
}

void call_fail(struct mq *mq, struct call *call, enum status status, enum message message,
               const char *detail)
{
    answer_fail(call->answer, status, mq->english, message, detail);
    call->state = CALL_READY;
}

void call_abandon(struct mq *mq, struct call *call)
{
    call->abandoned = true;
    if (call->state != CALL_FLYING)
        call_free(mq, call);
}

/* ---- whose turn it is -------------------------------------------------------------------- */

static int flying_count(const struct mq *mq)
{
    int count = 0;
    for (const struct call *call = mq->first; call; call = call->next)
        count += call->state == CALL_FLYING;
    return count;
}

static bool orphan_stuck(const struct call *call, int64_t now)
{
    return call->state == CALL_FLYING && call->orphaned_at && now - call->orphaned_at >= ORPHAN_MS;
}

/* A cancelled request that still hangs must not hold the connection that another one wants. */
static bool orphan_drop(struct mq *mq, int64_t now)
{
    for (struct call *call = mq->first; call; call = call->next) {
        if (orphan_stuck(call, now)) {
            call_free(mq, call);
            return true;
        }
    }
    return false;
}

void call_start_due(struct mq *mq, int64_t now)
{
    int flying = flying_count(mq);
    struct call *call = mq->first;
    while (call) {
        if (call->state != CALL_QUEUED || call->due_at > now) {
            call = call->next;
        } else if (flying < CALLS_FLYING_MAX) {
            call_attempt(mq, call, now);
            flying += call->state == CALL_FLYING;
            call = call->next;
        } else if (orphan_drop(mq, now)) {
            flying--;
            call = mq->first; /* the list is another now */
        } else {
            return;
        }
    }
}

void call_expire(struct mq *mq, int64_t now)
{
    struct call *call = mq->first;
    while (call) {
        if (call->state == CALL_FLYING && now - call->alive_at >= mq->stall_ms) {
            call_ended(mq, call, &(struct ending){.code = CURLE_OPERATION_TIMEDOUT});
            call = mq->first;
        } else {
            call = call->next;
        }
    }
}

int64_t call_next_at(const struct mq *mq)
{
    int64_t next = INT64_MAX, due = INT64_MAX, freed = INT64_MAX;
    for (const struct call *call = mq->first; call; call = call->next) {
        if (call->state == CALL_QUEUED)
            due = earlier(due, call->due_at);
        if (call->state == CALL_FLYING) {
            next = earlier(next, call->alive_at + mq->stall_ms);
            if (call->orphaned_at)
                freed = earlier(freed, call->orphaned_at + ORPHAN_MS);
        }
    }
    if (due == INT64_MAX)
        return next;
    if (flying_count(mq) < CALLS_FLYING_MAX)
        return earlier(next, due);
    return earlier(next, freed > due ? freed : due);
}

/* ---- the callback ------------------------------------------------------------------------ */

static struct call *first_ready(const struct mq *mq)
{
    struct call *call = mq->first;
    while (call && call->state != CALL_READY)
        call = call->next;
    return call;
}

bool call_any_ready(const struct mq *mq)
{
    return first_ready(mq) != NULL;
}

void call_deliver(struct mq *mq)
{
    size_t count = 0;
    for (const struct call *call = mq->first; call; call = call->next)
        count += call->state == CALL_READY;
    /* Not more: a callback may submit what is ready at once. */
    for (struct call *call; count > 0 && (call = first_ready(mq)); count--) {
        struct answer *answer = call->answer;
        mq_done done = call->done;
        void *user = call->user;
        call->answer = NULL;
        call_free(mq, call);
        answer_deliver(answer, done, user);
    }
}
