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
    UNSENT_BYTES = 16 * 1024,  /* that the kernel keeps for a slow line; what is later waits here */
    BLOCK_SIZE = 1024, /* of a response to HTTP/1.0; a chunk takes the connection's own memory */
};

/* As its sleeper: awake it belongs to the connection's thread, asleep to the sleepers'. */
struct feed {
    struct sleeper sleeper; /* until: the end of a long poll, the next heartbeat of a stream */
    bool entered;           /* the sleeper is watched */
    const struct feed_options *options;
    char *token;
    int64_t account;
    enum language language;
    struct watch *watch;
    enum frame_coding coding;
    bool stream;              /* else a long poll */
    bool ended;               /* the session has */
    bool over;                /* the last frame is on its way */
    int64_t checked_at;       /* ticks: when the session was found valid */
    struct feed_frame *frame; /* that is being sent, NULL none */
    const char *bytes;        /* of it, or of a heartbeat */
    size_t sent, length;
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
    feed->ended = !logged_in(feed);
    return feed->ended || api_watch_has(feed->watch) || clock_ticks_ms() >= sleeper->until;
}

/* --- the answer that never ends --------------------------------------------------------------- */

static void drop_frame(struct feed *feed)
{
    api_frame_release(feed->frame);
    feed->frame = NULL;
    feed->sent = feed->length = 0;
}

/* Begins the next frame, or a heartbeat when its time has come. */
static bool begin_frame(struct feed *feed)
{
    static const char heartbeat[1] = {0};
    drop_frame(feed);
    feed->frame = api_watch_next(feed->watch, &feed->over);
    if (feed->frame) {
        feed->bytes = api_frame_bytes(feed->frame, feed->coding, &feed->length);
    } else if (clock_ticks_ms() >= feed->sleeper.until) {
        feed->bytes = heartbeat;
        feed->length = sizeof heartbeat;
    } else {
        return false;
    }
    feed->sleeper.until = clock_ticks_ms() + feed->options->heartbeat_ms;
    return true;
}

/* Moves the next part of the frame, at most `max` bytes. */
static size_t copy_frame(struct feed *feed, char *out, size_t max)
{
    size_t left = feed->length - feed->sent;
    size_t part = left < max ? left : max;
    memcpy(out, feed->bytes + feed->sent, part);
    feed->sent += part;
    return part;
}

/* libmicrohttpd asks for more of an endless answer. For a client that is gone the end is sent in
 * vain, which closes the connection at once; an end with an error would leave libmicrohttpd 0.9.75
 * with the descriptor for a while. */
static ssize_t read_stream(void *user, uint64_t position, char *out, size_t max)
{
    struct feed *feed = user;
    (void)position;
    if (feed->sent == feed->length) {
        if (feed->ended || feed->over || !sleepers_may_go_on(&feed->sleeper))
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

/* The long poll: one object, when something changed or its time is over. */
static enum feed_step poll_step(struct feed *feed, struct http_request *request)
{
    struct api_request *api = &request->api;
    if (feed->ended) {
        request_refuse(request, PROBLEM_UNAUTHENTICATED, NULL);
        return FEED_REFUSED;
    }
    feed->frame = api_watch_next(feed->watch, &feed->over);
    if (!feed->frame && clock_ticks_ms() < feed->sleeper.until && sleepers_sleep(&feed->sleeper))
        return FEED_WAITS;
    if (feed->over) {
        request_refuse(request, PROBLEM_FEED_GONE, NULL);
        return FEED_REFUSED;
    }
    api->http_status = MHD_HTTP_OK;
    if (feed->frame) {
        size_t length;
        const char *text = api_frame_text(feed->frame, &length);
        api->answer = arena_strndup(api->arena, text, length);
    } else {
        char cursor[API_CURSOR_SIZE];
        api_watch_cursor(feed->watch, cursor);
        api->answer = arena_printf(api->arena, "{\"cursor\":\"%s\",\"items\":[]}", cursor);
    }
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
    drop_frame(feed);
    api_watch_end(feed->watch);
    free(feed->token);
    free(feed);
}

static bool is_known(const char *name)
{
    return strcmp(name, "cursor") == 0 || strcmp(name, "wait") == 0 || strcmp(name, "zstd") == 0;
}

/* What was asked for; false with request->refusal filled. */
static bool parse_feed(struct feed *feed, struct http_request *request)
{
    struct api_request *api = &request->api;
    const char *cursor = request_query(request, "cursor"), *wait = request_query(request, "wait");
    const char *zstd = request_query(request, "zstd");
    int64_t wait_s = 0, number = 0;
    for (size_t i = 0; i < api->query_count; i++)
        if (!is_known(api->query_names[i]))
            request_refuse(request, PROBLEM_FIELD_UNKNOWN, api->query_names[i]);
    if (!cursor)
        request_refuse(request, PROBLEM_FIELD_MISSING, "cursor");
    if (wait && (!request_integer(wait, &wait_s) || wait_s > feed->options->wait_max_s))
        request_refuse(request, PROBLEM_FIELD_REFERENCE, "wait");
    if (zstd && !(request_integer(zstd, &number) && frame_coding_of(number, &feed->coding)))
        request_refuse(request, PROBLEM_FIELD_REFERENCE, "zstd");
    feed->stream = !wait;
    feed->sleeper.until = clock_ticks_ms() + (wait ? 1000 * wait_s : feed->options->heartbeat_ms);
    if (request->refusal != PROBLEM_NONE)
        return false;
    enum problem_type problem = api_watch(feed->options->api, feed->account, cursor, feed->coding,
                                          !feed->stream, &feed->watch);
    if (problem != PROBLEM_NONE)
        request_refuse(request, problem, problem == PROBLEM_FIELD_REFERENCE ? "cursor" : NULL);
    return problem == PROBLEM_NONE;
}

/* A host that lost its power says no farewell: the kernel gives up on it, and the sleeper is told.
 * What a slow line does not take stays out of the kernel's memory. */
static void limit_line(const struct feed *feed)
{
    unsigned limit_ms = UNACKNOWLEDGED_MS, unsent = UNSENT_BYTES;
    (void)setsockopt(feed->sleeper.fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof limit_ms);
    (void)setsockopt(feed->sleeper.fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
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
    if (!api_may_ask(options->api, api, account)) {
        request->refusal = PROBLEM_TOO_MANY; /* goes before what is wrong with it */
        request->refusal_argument = arena_printf(api->arena, "%d", API_RETRY_S);
    }
    api->route = "changes";
    api->account_id = account;
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
            limit_line(feed);
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
