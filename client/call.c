/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a call: its turn, its attempts, its end. */
#include "client/client_private.h"
#include "core/clock.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct call *call_new(enum method method, char *url, char *body, decode_fn decode, mq_done done,
                      void *user)
{
    struct call *call = url ? calloc(1, sizeof *call) : NULL;
    struct answer *answer = call ? answer_new() : NULL;
    if (!answer) {
        free(call);
        free(url);
        free(body);
        return NULL;
    }
    *call = (struct call){.method = method, .url = url, .body = body, .decode = decode};
    call->body_length = body ? strlen(body) : 0;
    call->answer = answer;
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

/* ---- an attempt -------------------------------------------------------------------------- */

static size_t on_body(char *bytes, size_t size, size_t n, void *user)
{
    struct call *call = user;
    if (n * size > ANSWER_MAX - call->received.length) {
        call->too_large = true;
        return 0;
    }
    buf_add(&call->received, bytes, n * size);
    return call->received.failed ? 0 : n * size;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *user)
{
    struct call *call = user;
    (void)bytes;
    call->alive_at = clock_ticks_ms();
    return size * n;
}

static int on_progress(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    struct call *call = user;
    (void)down_total;
    (void)up_total;
    if (down + up != call->moved) {
        call->moved = down + up;
        call->alive_at = clock_ticks_ms();
    }
    return 0;
}

static bool method_set(struct call *call)
{
    CURLcode code = CURLE_OK;
    if (call->method == METHOD_DELETE)
        code = curl_easy_setopt(call->easy, CURLOPT_CUSTOMREQUEST, "DELETE");
    if (call->method != METHOD_POST)
        return code == CURLE_OK;
    (void)curl_easy_setopt(call->easy, CURLOPT_POST, 1L);
    (void)curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_length);
    (void)curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS, call->body ? call->body : "");
    return transport_header(&call->headers, "Content-Type", "application/json") &&
           transport_header(&call->headers, "Expect", NULL) &&
           (!*call->key || transport_header(&call->headers, "Idempotency-Key", call->key));
}

static bool version_set(struct call *call)
{
    char digits[24];
    if (call->version < 0)
        return true;
    (void)snprintf(digits, sizeof digits, "%" PRId64, call->version);
    return transport_header(&call->headers, "If-Match", digits);
}

static bool attempt(struct mq *mq, struct call *call)
{
    call->easy = transport_easy(mq, call->url, &call->headers);
    if (!call->easy || !method_set(call) || !version_set(call))
        return false;
    (void)curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
    (void)curl_easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(call->easy, CURLOPT_WRITEDATA, call);
    (void)curl_easy_setopt(call->easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(call->easy, CURLOPT_HEADERDATA, call);
    (void)curl_easy_setopt(call->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    (void)curl_easy_setopt(call->easy, CURLOPT_XFERINFODATA, call);
    (void)curl_easy_setopt(call->easy, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call);
    return curl_multi_add_handle(mq->multi, call->easy) == CURLM_OK;
}

static void start(struct mq *mq, struct call *call, int64_t now)
{
    buf_clear(&call->received);
    call->too_large = false;
    call->moved = 0;
    call->alive_at = now;
    call->attempts++;
    if (attempt(mq, call)) {
        call->state = CALL_FLYING;
        return;
    }
    transport_drop(mq, &call->easy, &call->headers);
    call_fail(mq, call, ST_NO_MEMORY, MESSAGE_NO_MEMORY, "");
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
            start(mq, call, now);
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
            call_ended(mq, call, CURLE_OPERATION_TIMEDOUT);
            call = mq->first;
        } else {
            call = call->next;
        }
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
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

/* ---- how an attempt ends ----------------------------------------------------------------- */

static int64_t pause_ms(struct mq *mq, const struct call *call)
{
    unsigned doublings = call->attempts - 1 < 8 ? call->attempts - 1 : 8;
    return transport_jitter(mq, earlier((int64_t)PAUSE_MS << doublings, PAUSE_MAX_MS));
}

static void try_again(struct call *call, int64_t due_at)
{
    call->state = CALL_QUEUED;
    call->due_at = due_at;
}

/* The platform was not reached, or left in the middle: again, until the time is over. */
static void unreached(struct mq *mq, struct call *call, bool connected, const char *reason)
{
    int64_t now = clock_ticks_ms();
    if (!call->lost_at) /* the time that connecting took counts, the platform's own does not */
        call->lost_at = connected ? now : call->alive_at;
    int64_t give_up_at = call->lost_at + mq->give_up_ms;
    if (now < give_up_at) {
        try_again(call, earlier(now + pause_ms(mq, call), give_up_at));
        return;
    }
    call_fail(
        mq, call, ST_UNAVAILABLE, MESSAGE_NOT_REACHED,
        arena_printf(call->answer->arena, mq->english ? "%s: %s" : "%s：%s", mq->host, reason));
}

static void answered(struct mq *mq, struct call *call, int http_status)
{
    if (http_status == 502 || http_status == 504) {
        unreached(mq, call, true, http_status == 502 ? "HTTP 502" : "HTTP 504");
        return;
    }
    call->lost_at = 0;
    if (http_status == 503 && call->attempts < BUSY_TRIES) {
        try_again(call, clock_ticks_ms() + pause_ms(mq, call));
        return;
    }
    size_t length = call->received.length;
    char *body = buf_take(&call->received);
    answer_fill(call->answer, http_status, body, length, call->decode, mq->english);
    if (call->arrived)
        call->arrived(mq, call);
    call->state = CALL_READY;
}

/* The platform is back: nobody needs to wait out his pause. */
static void hurry_all(struct mq *mq)
{
    int64_t now = clock_ticks_ms();
    for (struct call *call = mq->first; call; call = call->next) {
        if (call->state == CALL_QUEUED && call->lost_at)
            call->due_at = earlier(call->due_at, now);
    }
    feed_hurry(mq);
}

void call_ended(struct mq *mq, struct call *call, CURLcode code)
{
    long http_status = 0;
    curl_off_t connect_us = 0;
    (void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &http_status);
    (void)curl_easy_getinfo(call->easy, CURLINFO_CONNECT_TIME_T, &connect_us);
    transport_drop(mq, &call->easy, &call->headers);
    if (call->abandoned) {
        call_free(mq, call);
        return;
    }
    if (code == CURLE_OK) {
        answered(mq, call, (int)http_status);
        if (call->state == CALL_READY)
            hurry_all(mq);
    } else if (call->too_large) {
        call_fail(mq, call, ST_CORRUPT, MESSAGE_TOO_LARGE, "");
    } else if (code == CURLE_OUT_OF_MEMORY || call->received.failed) {
        call_fail(mq, call, ST_NO_MEMORY, MESSAGE_NO_MEMORY, "");
    } else if (message_is_corrupt(code)) {
        call_fail(mq, call, ST_CORRUPT, MESSAGE_MALFORMED, mq->host);
    } else if (message_is_final(code)) {
        call->lost_at = clock_ticks_ms() - mq->give_up_ms;
        unreached(mq, call, true, message_reason(code, mq->english));
    } else {
        unreached(mq, call, connect_us > 0, message_reason(code, mq->english));
    }
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
