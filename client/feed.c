/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change feed: one answer that never ends, in frames of a 32-bit length (big-endian) and JSON;
 * length 0 is a heartbeat. */
#include "client/client_private.h"
#include "core/clock.h"
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 4, REFUSAL_MAX = 64 * 1024 };

void feed_stop(struct mq *mq)
{
    struct feed *feed = &mq->feed;
    transport_drop(mq, &feed->easy, &feed->headers);
    free(feed->url);
    buf_free(&feed->received);
    explicit_bzero(feed->token, sizeof feed->token);
    *feed = (struct feed){.generation = feed->generation + 1};
}

bool mq_follow(struct mq *mq, int64_t cursor, mq_done done, void *user)
{
    feed_stop(mq);
    if (!done)
        return true;
    mq->feed.state = FEED_PAUSED; /* and due at once */
    mq->feed.done = done;
    mq->feed.user = user;
    mq->feed.cursor = cursor;
    memcpy(mq->feed.token, mq->token, sizeof mq->token);
    mq->feed.pause_ms = FEED_PAUSE_MS;
    return true;
}

bool mq_following(const struct mq *mq)
{
    return mq->feed.state == FEED_OPEN;
}

/* ---- the line ---------------------------------------------------------------------------- */

static size_t on_bytes(char *bytes, size_t size, size_t n, void *user)
{
    struct feed *feed = user;
    feed->alive_at = clock_ticks_ms();
    if (feed->http_status != 200 && n * size > REFUSAL_MAX - feed->received.length)
        return 0;
    buf_add(&feed->received, bytes, n * size);
    return feed->received.failed ? 0 : n * size;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *user)
{
    struct feed *feed = user;
    long status = 0;
    feed->alive_at = clock_ticks_ms();
    if (n * size != 2 || memcmp(bytes, "\r\n", 2) != 0)
        return n * size;
    (void)curl_easy_getinfo(feed->easy, CURLINFO_RESPONSE_CODE, &status);
    feed->http_status = (int)status;
    if (status == 200)
        feed->state = FEED_OPEN;
    return n * size;
}

static bool connect_feed(struct mq *mq)
{
    struct feed *feed = &mq->feed;
    struct buf url = BUF_EMPTY;
    buf_printf(&url, "%s/changes?cursor=%lld", mq->base, (long long)feed->cursor);
    free(feed->url);
    feed->url = buf_take(&url);
    feed->easy = feed->url ? transport_easy(mq, feed->url, feed->token, &feed->headers) : NULL;
    if (!feed->easy)
        return false;
    (void)curl_easy_setopt(feed->easy, CURLOPT_HTTPHEADER, feed->headers);
    (void)curl_easy_setopt(feed->easy, CURLOPT_WRITEFUNCTION, on_bytes);
    (void)curl_easy_setopt(feed->easy, CURLOPT_WRITEDATA, feed);
    (void)curl_easy_setopt(feed->easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(feed->easy, CURLOPT_HEADERDATA, feed);
    /* Once lost it would only lie in the pool. */
    (void)curl_easy_setopt(feed->easy, CURLOPT_FORBID_REUSE, 1L);
    return curl_multi_add_handle(mq->multi, feed->easy) == CURLM_OK;
}

static int64_t silence_ms(const struct mq *mq)
{
    return mq->stall_ms * FEED_STALLS;
}

void feed_expire(struct mq *mq, int64_t now)
{
    if (mq->feed.easy && now - mq->feed.alive_at >= silence_ms(mq))
        feed_ended(mq, CURLE_OPERATION_TIMEDOUT);
}

void feed_start_due(struct mq *mq, int64_t now)
{
    struct feed *feed = &mq->feed;
    if (feed->state != FEED_PAUSED || feed->ended || feed->due_at > now)
        return;
    feed->state = FEED_CONNECTING;
    feed->alive_at = now;
    feed->http_status = 0;
    feed->announced = false;
    buf_clear(&feed->received);
    feed->taken = 0;
    if (!connect_feed(mq))
        feed_ended(mq, CURLE_OUT_OF_MEMORY);
}

static uint32_t length_read(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
}

/* True when there is a frame to deliver, or one that cannot be. */
static bool frame_whole(const struct feed *feed)
{
    size_t left = feed->received.length - feed->taken;
    if (feed->http_status != 200 || left < LENGTH_BYTES)
        return false;
    uint32_t length = length_read(feed->received.data + feed->taken);
    return length > FRAME_MAX || left - LENGTH_BYTES >= length;
}

int64_t feed_next_at(const struct mq *mq)
{
    const struct feed *feed = &mq->feed;
    if (feed->ended || frame_whole(feed) || (feed->state == FEED_OPEN && !feed->announced))
        return 0;
    if (feed->easy)
        return feed->alive_at + silence_ms(mq);
    return feed->state == FEED_PAUSED ? feed->due_at : INT64_MAX;
}

void feed_ended(struct mq *mq, CURLcode code)
{
    struct feed *feed = &mq->feed;
    transport_drop(mq, &feed->easy, &feed->headers);
    feed->code = code;
    feed->ended = true;
    feed->state = FEED_PAUSED;
    feed->unreachable = feed->http_status == 0;
    feed->due_at = clock_ticks_ms() + transport_jitter(mq, feed->pause_ms);
    feed->pause_ms *= 2;
    if (feed->pause_ms > FEED_PAUSE_MAX_MS)
        feed->pause_ms = FEED_PAUSE_MAX_MS;
}

void feed_hurry(struct mq *mq)
{
    if (mq->feed.state == FEED_PAUSED && mq->feed.unreachable)
        mq->feed.due_at = 0;
}

/* ---- what the caller hears --------------------------------------------------------------- */

/* False when the callback has replaced or stopped the feed. */
static bool tell(struct mq *mq, struct answer *answer)
{
    unsigned generation = mq->feed.generation;
    answer_deliver(answer, mq->feed.done, mq->feed.user);
    return mq->feed.generation == generation;
}

static bool tell_failure(struct mq *mq, enum status status, enum message message,
                         const char *reason)
{
    struct answer *answer = answer_new();
    if (!answer)
        return true; /* the line is lost all the same, and comes back */
    answer_fail(answer, status, mq->english, message,
                arena_printf(answer->arena, mq->english ? "%s: %s" : "%s：%s", mq->host, reason));
    answer->result.http_status = mq->feed.http_status == 200 ? 0 : mq->feed.http_status;
    answer->result.cursor = mq->feed.cursor;
    return tell(mq, answer);
}

static bool tell_corrupt(struct mq *mq)
{
    feed_ended(mq, CURLE_WEIRD_SERVER_REPLY);
    mq->feed.ended = false; /* that is told here */
    mq->feed.told_lost = true;
    buf_clear(&mq->feed.received);
    mq->feed.taken = 0;
    return tell_failure(mq, ST_CORRUPT, MESSAGE_MALFORMED, mq->host);
}

/* One frame of `length` bytes. False when there is nothing more to deliver. */
static bool tell_frame(struct mq *mq, const char *bytes, size_t length)
{
    struct feed *feed = &mq->feed;
    struct answer *answer = answer_new();
    char *body = answer ? malloc(length + 1) : NULL;
    if (!body) { /* read it again later, from the same cursor */
        if (answer)
            mq_result_free(&answer->result);
        feed_ended(mq, CURLE_OUT_OF_MEMORY);
        feed->received.length = feed->taken;
        return true;
    }
    memcpy(body, bytes, length);
    body[length] = '\0';
    answer_fill(answer, 200, body, length, decode_frame, mq->english);
    if (answer->result.status != ST_OK) {
        mq_result_free(&answer->result);
        return tell_corrupt(mq);
    }
    feed->cursor = answer->result.cursor;
    feed->pause_ms = FEED_PAUSE_MS;
    return tell(mq, answer);
}

/* All frames that are whole. False when the feed is another now. */
static bool tell_frames(struct mq *mq)
{
    struct feed *feed = &mq->feed;
    while (frame_whole(feed)) {
        const char *frame = feed->received.data + feed->taken;
        uint32_t length = length_read(frame);
        if (length > FRAME_MAX)
            return tell_corrupt(mq);
        feed->taken += LENGTH_BYTES + length;
        if (length == 0)
            feed->pause_ms = FEED_PAUSE_MS;
        else if (!tell_frame(mq, frame + LENGTH_BYTES, length))
            return false;
    }
    return true;
}

/* The front of the buffer is delivered: what is left is at most a part of one frame. */
static void shrink(struct feed *feed)
{
    if (feed->taken == 0)
        return;
    feed->received.length -= feed->taken;
    memmove(feed->received.data, feed->received.data + feed->taken, feed->received.length);
    feed->taken = 0;
}

static bool is_refusal(int http_status)
{
    return http_status >= 300 && http_status < 500 && http_status != 408 && http_status != 429;
}

/* The platform does not want this feed: trying again would change nothing. */
static void tell_refusal(struct mq *mq)
{
    struct feed *feed = &mq->feed;
    struct answer *answer = answer_new();
    if (!answer)
        return; /* refused again after the pause */
    size_t length = feed->received.length;
    answer_fill(answer, feed->http_status, buf_take(&feed->received), length, decode_nothing,
                mq->english);
    answer->result.cursor = feed->cursor;
    feed->state = FEED_OFF;
    (void)tell(mq, answer);
}

static void tell_end(struct mq *mq)
{
    struct feed *feed = &mq->feed;
    feed->ended = false;
    if (is_refusal(feed->http_status)) {
        tell_refusal(mq);
    } else if (!feed->told_lost) {
        CURLcode code = feed->code == CURLE_OK ? CURLE_GOT_NOTHING : feed->code;
        feed->told_lost = true;
        (void)tell_failure(mq, ST_UNAVAILABLE, MESSAGE_FEED_LOST,
                           message_reason(code, mq->english));
    }
}

static bool tell_open(struct mq *mq)
{
    struct answer *answer = answer_new();
    mq->feed.announced = true;
    mq->feed.told_lost = false;
    call_hurry(mq);
    if (!answer)
        return true;
    answer->result.http_status = 200;
    answer->result.cursor = mq->feed.cursor;
    return tell(mq, answer);
}

void feed_deliver(struct mq *mq)
{
    struct feed *feed = &mq->feed;
    if (feed->http_status == 200) {
        if (!feed->announced && !tell_open(mq))
            return;
        if (!tell_frames(mq))
            return;
        shrink(feed);
    }
    if (feed->ended)
        tell_end(mq);
}
