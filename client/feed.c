/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change feed: one answer that never ends, in frames (core/frame.h, docs/feed.md). */
#include "client/client_private.h"
#include "core/clock.h"
#include <stdlib.h>
#include <string.h>

enum { REFUSAL_MAX = 64 * 1024 };

void feed_stop(struct mq *mq)
{
    struct feed *feed = &mq->feed;
    transport_drop(mq, &feed->easy, &feed->headers);
    free(feed->url);
    buf_free(&feed->received);
    frame_reader_free(feed->reader);
    explicit_bzero(feed->token, sizeof feed->token);
    *feed = (struct feed){.generation = feed->generation + 1};
}

/* Keeps where to go on from; false for what is no cursor. */
static bool keep_cursor(struct feed *feed, const char *cursor)
{
    size_t n = strlen(cursor);
    if (n == 0 || n > CURSOR_MAX)
        return false;
    memmove(feed->cursor, cursor, n + 1);
    return true;
}

bool mq_follow(struct mq *mq, const char *cursor, mq_done done, void *user)
{
    char from[CURSOR_MAX + 1] = ""; /* the text may be of the answer that this call's feed keeps */
    if (done && strlen(cursor) > CURSOR_MAX)
        return false;
    if (done)
        memcpy(from, cursor, strlen(cursor));
    feed_stop(mq);
    if (!done)
        return true;
    if (!keep_cursor(&mq->feed, from))
        return false;
    mq->feed.state = FEED_PAUSED; /* and due at once */
    mq->feed.done = done;
    mq->feed.user = user;
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
    /* A dictionary that is not ours is of no use. */
    bool known = mq->dictionary > 0 && frame_coding_of(mq->dictionary, &feed->coding);
    if (!known)
        feed->coding = FRAME_ZSTD;
    buf_printf(&url, "%s/changes?cursor=%s&zstd=%lld", mq->base, feed->cursor,
               known ? (long long)mq->dictionary : 0LL);
    free(feed->url);
    feed->url = buf_take(&url);
    if (!feed->reader)
        feed->reader = frame_reader_new();
    if (!feed->reader)
        return false;
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

/* What comes next of what was received. */
static enum frame_found next_frame(const struct feed *feed, size_t *head, size_t *length)
{
    size_t left = feed->received.length - feed->taken;
    return left ? frame_find(feed->received.data + feed->taken, left, head, length) : FRAME_PART;
}

/* True when there is a frame to deliver, or one that cannot be. */
static bool frame_waits(const struct feed *feed)
{
    size_t head, length;
    return feed->http_status == 200 && next_frame(feed, &head, &length) != FRAME_PART;
}

int64_t feed_next_at(const struct mq *mq)
{
    const struct feed *feed = &mq->feed;
    if (feed->ended || frame_waits(feed) || (feed->state == FEED_OPEN && !feed->announced))
        return 0;
    if (feed->easy)
        return feed->alive_at + silence_ms(mq);
    return feed->state == FEED_PAUSED ? feed->due_at : INT64_MAX;
}

void feed_ended(struct mq *mq, CURLcode code)
{
    struct feed *feed = &mq->feed;
    transport_drop(mq, &feed->easy, &feed->headers);
    feed->ending = (struct ending){.code = code, .verified = feed->ending.verified};
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
    answer->result.cursor = arena_strdup(answer->arena, mq->feed.cursor);
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

/* The platform ends the feed in the middle, as it would refuse it at the beginning. */
static bool tell_reset(struct mq *mq, struct answer *answer)
{
    struct feed *feed = &mq->feed;
    transport_drop(mq, &feed->easy, &feed->headers);
    buf_clear(&feed->received);
    feed->taken = 0;
    feed->state = FEED_OFF;
    answer_fail(answer, ST_STALE, mq->english, MESSAGE_FEED_GONE, "");
    answer->result.http_status = 410;
    answer->result.problem = "feed-gone";
    answer->result.cursor = arena_strdup(answer->arena, feed->cursor);
    (void)tell(mq, answer);
    return false;
}

/* One frame whose payload is `length` bytes. False when there is nothing more to deliver. */
static bool tell_frame(struct mq *mq, const char *payload, size_t length)
{
    struct feed *feed = &mq->feed;
    struct answer *answer = answer_new();
    char *body = NULL;
    size_t size = 0;
    enum status st = answer ? frame_read(feed->reader, feed->coding, payload, length, &body, &size)
                            : ST_NO_MEMORY;
    if (st == ST_OK)
        answer_fill(answer, 200, body, size, decode_frame, mq->english);
    if (st == ST_OK && answer->result.status == ST_OK && answer->reset)
        return tell_reset(mq, answer);
    if (st || answer->result.status != ST_OK || !keep_cursor(feed, answer->result.cursor)) {
        if (answer)
            mq_result_free(&answer->result);
        if (st != ST_NO_MEMORY)
            return tell_corrupt(mq);
        feed_ended(mq, CURLE_OUT_OF_MEMORY); /* read it again later, from the same cursor */
        feed->received.length = feed->taken;
        return true;
    }
    feed->pause_ms = FEED_PAUSE_MS;
    return tell(mq, answer);
}

/* All frames that are whole. False when the feed is another now. */
static bool tell_frames(struct mq *mq)
{
    struct feed *feed = &mq->feed;
    size_t head, length;
    for (;;) {
        enum frame_found found = next_frame(feed, &head, &length);
        if (found == FRAME_PART)
            return true;
        if (found == FRAME_BROKEN)
            return tell_corrupt(mq);
        const char *payload = feed->received.data + feed->taken + head;
        feed->taken += head + length;
        if (length == 0)
            feed->pause_ms = FEED_PAUSE_MS;
        else if (!tell_frame(mq, payload, length))
            return false;
    }
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
    answer->result.cursor = arena_strdup(answer->arena, feed->cursor);
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
        struct ending ending = feed->ending;
        if (ending.code == CURLE_OK)
            ending.code = CURLE_GOT_NOTHING;
        feed->told_lost = true;
        (void)tell_failure(mq, ST_UNAVAILABLE, MESSAGE_FEED_LOST,
                           message_reason(&ending, mq->english));
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
    answer->result.cursor = arena_strdup(answer->arena, mq->feed.cursor);
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
