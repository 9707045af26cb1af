/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/http/feed.h"
#include "core/clock.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    SESSION_CHECKS = 12,       /* a heartbeat: a feed may outlive its session by one such part */
    UNACKNOWLEDGED_MS = 90000, /* a client that acknowledges nothing for so long is gone */
    WAIT_MAX_S = 60,
    BLOCK_SIZE = 1024, /* of a response to HTTP/1.0; a chunk takes the connection's own memory */
    HEAD_SIZE = 4,     /* a frame's length, big-endian */
};

/* As its sleeper: awake it belongs to the connection's thread, asleep to the room's. */
struct feed {
    struct sleeper sleeper; /* until: the end of a long poll, the next heartbeat of a stream */
    bool entered;           /* the sleeper has a room */
    const struct feed_options *options;
    char *token;
    int64_t account;
    enum language language;
    int64_t cursor;
    bool stream;        /* else a long poll */
    bool slept;         /* a long poll has had its wait */
    bool ended;         /* the session has */
    int64_t checked_at; /* ticks: when the session was found valid */
    char *found;        /* what was found for the next frame, NULL nothing */
    char *json;         /* the frame that is being sent, NULL none or a heartbeat */
    size_t json_length;
    size_t frame_sent, frame_length; /* with the head */
};

/* --- asleep ----------------------------------------------------------------------------------- */

/* Whether the session still is; asked now and then only. */
static bool logged_in(struct feed *feed)
{
    int64_t now = clock_ticks_ms();
    if (now - feed->checked_at < feed->options->heartbeat_ms / SESSION_CHECKS)
        return true;
    feed->checked_at = now;
    return api_session(feed->options->api, feed->token, &feed->language) == feed->account;
}

/* The sleeper's look. True when there is something to send. */
static bool look(struct sleeper *sleeper)
{
    struct feed *feed = (struct feed *)sleeper; /* its first member */
    int64_t before;
    feed->ended = !logged_in(feed);
    do { /* changes that do not concern the account move the cursor without a frame */
        before = feed->cursor;
        if (!feed->ended && !feed->found)
            feed->found =
                api_changes(feed->options->api, feed->account, feed->language, &feed->cursor);
    } while (!feed->found && feed->cursor != before);
    return feed->ended || feed->found || clock_ticks_ms() >= sleeper->until;
}

/* --- the answer that never ends --------------------------------------------------------------- */

/* Begins a frame of what was found, or a heartbeat when its time has come. */
static bool begin_frame(struct feed *feed)
{
    if (!feed->found && clock_ticks_ms() < feed->sleeper.until)
        return false;
    feed->json = feed->found;
    feed->found = NULL;
    feed->json_length = feed->json ? strlen(feed->json) : 0;
    feed->frame_sent = 0;
    feed->frame_length = HEAD_SIZE + feed->json_length;
    feed->sleeper.until = clock_ticks_ms() + feed->options->heartbeat_ms;
    return true;
}

/* Moves the next part of the frame, at most `max` bytes. */
static size_t copy_frame(struct feed *feed, char *out, size_t max)
{
    size_t n = 0;
    for (; feed->frame_sent < HEAD_SIZE && n < max; feed->frame_sent++)
        out[n++] = (char)(feed->json_length >> 8 * (HEAD_SIZE - 1 - feed->frame_sent));
    size_t left = feed->frame_length - feed->frame_sent;
    size_t part = left < max - n ? left : max - n;
    if (part > 0 && feed->json) {
        memcpy(out + n, feed->json + (feed->frame_sent - HEAD_SIZE), part);
        feed->frame_sent += part;
        n += part;
    }
    if (feed->frame_sent == feed->frame_length) {
        free(feed->json);
        feed->json = NULL;
    }
    return n;
}

/* libmicrohttpd asks for more of an endless answer. For a client that is gone the end is sent in
 * vain, which closes the connection at once; an end with an error would leave libmicrohttpd 0.9.75
 * with the descriptor for a while. */
static ssize_t read_stream(void *user, uint64_t position, char *out, size_t max)
{
    struct feed *feed = user;
    (void)position;
    if (feed->frame_sent == feed->frame_length) {
        if (feed->ended || !sleepers_may_go_on(&feed->sleeper))
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (!begin_frame(feed))
            return sleepers_sleep(&feed->sleeper) ? 0 : MHD_CONTENT_READER_END_OF_STREAM;
    }
    return (ssize_t)copy_frame(feed, out, max);
}

struct MHD_Response *feed_response(struct feed *feed)
{
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE, read_stream, feed, NULL);
    if (response &&
        MHD_add_response_header(response, "Content-Type", "application/octet-stream") != MHD_YES) {
        MHD_destroy_response(response);
        response = NULL;
    }
    return response;
}

/* The long poll: one object, when something changed or its time is over. It sleeps once: what wakes
 * it is the answer. */
static enum feed_step poll_step(struct feed *feed, struct http_request *request)
{
    struct api_request *api = &request->api;
    if (!feed->slept) {
        feed->slept = sleepers_sleep(&feed->sleeper);
        if (feed->slept)
            return FEED_WAITS;
    }
    api->http_status = MHD_HTTP_OK;
    api->answer = feed->found ? arena_strdup(api->arena, feed->found)
                              : arena_printf(api->arena, "{\"cursor\":%lld,\"items\":[]}",
                                             (long long)feed->cursor);
    api->answer_length = strlen(api->answer);
    return FEED_ANSWERED;
}

/* --- a feed begins and ends ------------------------------------------------------------------- */

void feed_free(struct feed *feed)
{
    if (!feed)
        return;
    if (feed->entered)
        sleepers_leave(&feed->sleeper);
    free(feed->found);
    free(feed->json);
    free(feed->token);
    free(feed);
}

/* What was asked for; false with request->refusal filled. */
static bool parse_feed(struct feed *feed, struct http_request *request)
{
    struct api_request *api = &request->api;
    const char *cursor = request_query(request, "cursor"), *wait = request_query(request, "wait");
    int64_t wait_s = 0;
    for (size_t i = 0; i < api->query_count; i++)
        if (strcmp(api->query_names[i], "cursor") != 0 && strcmp(api->query_names[i], "wait") != 0)
            request_refuse(request, PROBLEM_FIELD_UNKNOWN, api->query_names[i]);
    if (!cursor)
        request_refuse(request, PROBLEM_FIELD_MISSING, "cursor");
    else if (!request_integer(cursor, &feed->cursor) ||
             feed->cursor > api_last_cursor(feed->options->api))
        request_refuse(request, PROBLEM_FIELD_REFERENCE, "cursor");
    if (wait && (!request_integer(wait, &wait_s) || wait_s > WAIT_MAX_S))
        request_refuse(request, PROBLEM_FIELD_REFERENCE, "wait");
    feed->stream = !wait;
    feed->sleeper.until = clock_ticks_ms() + (wait ? 1000 * wait_s : feed->options->heartbeat_ms);
    return request->refusal == PROBLEM_NONE;
}

/* A host that lost its power says no farewell: the kernel gives up on it, and the sleeper is told.
 */
static void limit_silence(const struct feed *feed)
{
    unsigned limit_ms = UNACKNOWLEDGED_MS;
    (void)setsockopt(feed->sleeper.fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof limit_ms);
}

static bool feed_begin(const struct feed_options *options, struct http_request *request)
{
    struct api_request *api = &request->api;
    enum language language = api->language;
    int64_t account = api->token ? api_session(options->api, api->token, &language) : 0;
    if (api->method != API_GET) {
        api->allow = "GET";
        request_refuse(request, PROBLEM_METHOD, api->method == API_POST ? "POST" : "DELETE");
    } else if (account == 0) {
        request_refuse(request, PROBLEM_UNAUTHENTICATED, NULL);
    }
    if (request->refusal != PROBLEM_NONE)
        return false;
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed) {
        request_refuse(request, PROBLEM_BUSY, NULL);
        return false;
    }
    *feed = (struct feed){.sleeper = {.connection = request->connection, .look = look},
                          .options = options,
                          .token = strdup(api->token),
                          .account = account,
                          .language = language,
                          .checked_at = clock_ticks_ms()};
    if (parse_feed(feed, request)) {
        feed->entered = feed->token && sleepers_enter(options->sleepers, &feed->sleeper);
        if (!feed->entered)
            request_refuse(request, PROBLEM_BUSY, NULL);
        else
            limit_silence(feed);
    }
    if (request->refusal == PROBLEM_NONE)
        request->feed = feed;
    else
        feed_free(feed);
    return request->refusal == PROBLEM_NONE;
}

enum feed_step feed_step(const struct feed_options *options, struct http_request *request)
{
    if (!request->feed && !feed_begin(options, request))
        return FEED_REFUSED;
    return request->feed->stream ? FEED_STREAM : poll_step(request->feed, request);
}
