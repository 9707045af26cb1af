/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One attempt of a call: how it is sent, and what its end means. */
#include "client/client_private.h"
#include "core/clock.h"
#include <inttypes.h>
#include <stdio.h>

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
    call->easy = transport_easy(mq, call->url, call->token, &call->headers);
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

void call_attempt(struct mq *mq, struct call *call, int64_t now)
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

static void answered(struct mq *mq, struct call *call, int http_status, int64_t retry_after_s)
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
    if (http_status == 429 && call->method == METHOD_GET && call->attempts < BUSY_TRIES &&
        retry_after_s > 0 && retry_after_s <= RETRY_AFTER_MAX_S) {
        try_again(call, clock_ticks_ms() + transport_jitter(mq, retry_after_s * 1000));
        return;
    }
    size_t length = call->received.length;
    char *body = buf_take(&call->received);
    answer_fill(call->answer, http_status, body, length, call->decode, mq->english);
    if (call->arrived)
        call->arrived(mq, call);
    call->state = CALL_READY;
}

void call_hurry(struct mq *mq)
{
    int64_t now = clock_ticks_ms();
    for (struct call *call = mq->first; call; call = call->next) {
        if (call->state == CALL_QUEUED && call->lost_at)
            call->due_at = earlier(call->due_at, now);
    }
}

void call_ended(struct mq *mq, struct call *call, const struct ending *ending)
{
    const CURLcode code = ending->code;
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
        answered(mq, call, (int)http_status, ending->retry_after_s);
        if (call->state == CALL_READY) {
            call_hurry(mq);
            feed_hurry(mq);
        }
    } else if (call->too_large) {
        call_fail(mq, call, ST_CORRUPT, MESSAGE_TOO_LARGE, "");
    } else if (code == CURLE_OUT_OF_MEMORY || call->received.failed) {
        call_fail(mq, call, ST_NO_MEMORY, MESSAGE_NO_MEMORY, "");
    } else if (message_is_corrupt(code)) {
        call_fail(mq, call, ST_CORRUPT, MESSAGE_MALFORMED, mq->host);
    } else if (message_is_final(code)) {
        call->lost_at = clock_ticks_ms() - mq->give_up_ms;
        unreached(mq, call, true, message_reason(ending, mq->english));
    } else {
        unreached(mq, call, connect_us > 0, message_reason(ending, mq->english));
    }
}
