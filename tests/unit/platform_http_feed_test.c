/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change feed: frames, heartbeats, the long poll, clients that vanish, and the end. */
#include "tests/unit/platform_http.h"

static struct server server;

static int setup(void **state)
{
    (void)state;
    server_start(&server, (struct http_options){.threads = 2, .timeout_s = 30});
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    server_stop(&server);
    return 0;
}

#define FEED(query)                                                                                \
    "GET /api/v1/changes" query " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer good\r\n\r\n"

static struct reply ask(const char *request)
{
    int fd = dial(&server);
    assert_true(say(fd, request));
    struct reply reply = hear_reply(fd, false);
    close(fd);
    return reply;
}

static void assert_refused(const char *request, int status, const char *problem)
{
    struct reply reply = ask(request);
    if (reply.status != status || !strstr(reply.body.data, problem))
        fail_msg("%s gave %d %s", request, reply.status, reply.body.data);
    reply_free(&reply);
}

/* A feed whose head has come. */
static int open_feed(struct server *of, const char *request)
{
    int fd = dial(of);
    assert_true(say(fd, request));
    struct reply reply = hear_head(fd);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply_header(&reply, "Content-Type"), "application/octet-stream");
    assert_string_equal(reply_header(&reply, "Transfer-Encoding"), "chunked");
    reply_free(&reply);
    return fd;
}

/* The bytes of a feed out of their chunks. */
struct stream {
    int fd;
    size_t chunk_left;
    bool ended;
};

static void stream_read(struct stream *stream, void *out, size_t n)
{
    for (size_t got = 0; got < n && !stream->ended;) {
        if (stream->chunk_left == 0) {
            char line[20] = "";
            for (size_t i = 0; i + 1 < sizeof line && (i == 0 || line[i - 1] != '\n'); i++)
                hear_exactly(stream->fd, line + i, 1);
            stream->chunk_left = (size_t)strtoull(line, NULL, 16);
            stream->ended = stream->chunk_left == 0;
        } else {
            size_t left = n - got < stream->chunk_left ? n - got : stream->chunk_left;
            hear_exactly(stream->fd, (char *)out + got, left);
            got += left;
            stream->chunk_left -= left;
            if (stream->chunk_left == 0)
                hear_exactly(stream->fd, (char[2]){0}, 2);
        }
    }
}

/* The next frame, NULL for a heartbeat; the caller frees it. `size` gets its bytes on the wire
 * without the length. */
static cJSON *next_coded(struct stream *stream, enum frame_coding coding, size_t *size)
{
    char head[FRAME_HEAD_MAX] = "", *text;
    size_t n = 0, head_size = 0, length;
    do
        stream_read(stream, head + n++, 1);
    while (!stream->ended && head[n - 1] & 0x80);
    if (stream->ended)
        return NULL;
    (void)frame_find(head, n, &head_size, size);
    assert_int_equal(head_size, n);
    if (*size == 0)
        return NULL;
    char *payload = malloc(*size);
    struct frame_reader *reader = frame_reader_new();
    assert_true(payload && reader);
    stream_read(stream, payload, *size);
    assert_int_equal(frame_read(reader, coding, payload, *size, &text, &length), ST_OK);
    cJSON *frame = json_parse(text, length);
    assert_non_null(frame);
    frame_reader_free(reader);
    free(text);
    free(payload);
    return frame;
}

static cJSON *next_frame(struct stream *stream, size_t *size)
{
    return next_coded(stream, FRAME_PLAIN, size);
}

static int64_t cursor_of(const cJSON *frame)
{
    return strtoll(json_text(frame, "cursor", "-1"), NULL, 10);
}

static void expect_frame(struct stream *stream, int64_t cursor)
{
    size_t size;
    cJSON *frame = next_frame(stream, &size);
    assert_non_null(frame);
    assert_int_equal(cursor_of(frame), cursor);
    assert_int_equal(json_int(frame, "account", -1), 7);
    cJSON_Delete(frame);
}

static void a_feed_needs_session_and_cursor(void **state)
{
    (void)state;
    assert_refused("GET /api/v1/changes?cursor=0 HTTP/1.1\r\nHost: h\r\n\r\n", 401,
                   "unauthenticated");
    assert_refused("GET /api/v1/changes?cursor=0 HTTP/1.1\r\nHost: h\r\n"
                   "Authorization: Bearer wrong\r\n\r\n",
                   401, "unauthenticated");
    assert_refused(FEED(""), 422, "field-missing");
    assert_refused(FEED("?cursor="), 422, "field-reference");
    assert_refused(FEED("?cursor=-1"), 422, "field-reference");
    assert_refused(FEED("?cursor=1x"), 422, "field-reference");
    assert_refused(FEED("?cursor=9007199254740992"), 410, "feed-gone"); /* not yet happened */
    assert_refused(FEED("?cursor=0&wait=x"), 422, "field-reference");
    assert_refused(FEED("?cursor=0&zstd=x"), 422, "field-reference");
    assert_refused(FEED("?cursor=0&zstd=1"), 422, "field-reference"); /* not this dictionary */
    assert_refused(FEED("?cursor=0&what=1"), 422, "field-unknown");
    struct reply reply = ask("POST /api/v1/changes?cursor=0 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(reply.status, 405);
    assert_string_equal(reply_header(&reply, "Allow"), "GET");
    reply_free(&reply);
    assert_int_equal(server.api.watches, 0);
}

static void a_change_reaches_every_feed(void **state)
{
    struct stream streams[20] = {0};
    (void)state;
    int64_t first = server.api.cursor;
    char request[200];
    (void)snprintf(request, sizeof request,
                   "GET /api/v1/changes?cursor=%lld HTTP/1.1\r\nHost: h\r\n"
                   "Authorization: Bearer good\r\n\r\n",
                   (long long)first);
    for (int i = 0; i < 20; i++)
        streams[i].fd = open_feed(&server, request);
    for (int n = 1; n <= 3; n++) {
        change(&server.api);
        for (int i = 0; i < 20; i++)
            expect_frame(&streams[i], first + n);
    }
    for (int i = 0; i < 20; i++)
        close(streams[i].fd);
}

static void what_happened_before_comes_at_once(void **state)
{
    (void)state;
    change(&server.api);
    struct stream stream = {.fd = open_feed(&server, FEED("?cursor=0"))};
    expect_frame(&stream, server.api.cursor);
    close(stream.fd);
}

/* No change may slip between the look and the sleep. */
static void many_changes_in_a_row_all_arrive(void **state)
{
    struct stream stream = {0};
    (void)state;
    stream.fd = open_feed(&server, FEED("?cursor=0"));
    int64_t cursor = 0;
    for (int i = 0; i < 2000; i++) {
        change(&server.api);
        int64_t last = server.api.cursor;
        while (i % 1000 == 999 && cursor < last) {
            size_t size;
            cJSON *frame = next_frame(&stream, &size);
            assert_true(cursor_of(frame) > cursor);
            cursor = cursor_of(frame);
            cJSON_Delete(frame);
        }
    }
    close(stream.fd);
}

static void changes_are_told_together(void **state)
{
    struct stream stream = {0};
    (void)state;
    change(&server.api);
    stream.fd = open_feed(&server, FEED("?cursor=0"));
    expect_frame(&stream, server.api.cursor);
    int before = server.api.frames;
    int64_t cursor = server.api.cursor;
    for (int i = 0; i < 10000; i++)
        change(&server.api);
    while (cursor < server.api.cursor) {
        size_t size;
        cJSON *frame = next_frame(&stream, &size);
        cursor = cursor_of(frame);
        cJSON_Delete(frame);
    }
    assert_true(server.api.frames - before < 10);
    close(stream.fd);
}

static void a_frame_may_be_large(void **state)
{
    size_t size;
    (void)state;
    atomic_store(&server.api.frame_size, 3000000);
    change(&server.api);
    struct stream stream = {.fd = open_feed(&server, FEED("?cursor=0"))};
    cJSON *frame = next_frame(&stream, &size);
    assert_true(size > 3000000);
    assert_int_equal(strlen(json_text(frame, "filler", "")), 3000000);
    cJSON_Delete(frame);
    atomic_store(&server.api.frame_size, 0);
    change(&server.api); /* and the feed goes on behind it */
    expect_frame(&stream, server.api.cursor);
    close(stream.fd);
}

static void a_quiet_feed_beats(void **state)
{
    static struct server own;
    size_t size = 1;
    (void)state;
    server_start(&own, (struct http_options){.heartbeat_ms = 20});
    struct stream stream = {.fd = open_feed(&own, FEED("?cursor=0"))};
    for (int i = 0; i < 5; i++) {
        assert_null(next_frame(&stream, &size));
        assert_int_equal(size, 0);
        assert_false(stream.ended);
    }
    atomic_store(&own.api.logged_out, true); /* the session ends, and the feed with it */
    while (!stream.ended)
        assert_null(next_frame(&stream, &size));
    close(stream.fd);
    server_stop(&own);
}

static void a_frame_comes_in_the_coding_that_was_asked_for(void **state)
{
    char dictionary[200];
    (void)state;
    (void)snprintf(dictionary, sizeof dictionary,
                   "GET /api/v1/changes?cursor=0&zstd=%u HTTP/1.1\r\nHost: h\r\n"
                   "Authorization: Bearer good\r\n\r\n",
                   frame_dictionary());
    const char *const requests[FRAME_CODINGS] = {FEED("?cursor=0"), FEED("?cursor=0&zstd=0"),
                                                 dictionary};
    size_t plain = 0, size;
    atomic_store(&server.api.frame_size, 3000);
    change(&server.api);
    for (int i = 0; i < FRAME_CODINGS; i++) {
        struct stream stream = {.fd = open_feed(&server, requests[i])};
        cJSON *frame = next_coded(&stream, (enum frame_coding)i, &size);
        assert_non_null(frame);
        assert_int_equal(strlen(json_text(frame, "filler", "")), 3000);
        assert_true(i == 0 || size < plain / 10);
        plain = i == 0 ? size : plain;
        cJSON_Delete(frame);
        close(stream.fd);
    }
    atomic_store(&server.api.frame_size, 0);
}

static void a_feed_that_is_to_begin_again_says_so_and_ends(void **state)
{
    static struct server own;
    size_t size;
    (void)state;
    server_start(&own, (struct http_options){.threads = 2});
    struct stream stream = {.fd = open_feed(&own, FEED("?cursor=0"))};
    int poll_fd = dial(&own);
    assert_true(say(poll_fd, FEED("?cursor=0&wait=60")));
    WAIT_FOR(own.api.watches == 2);
    atomic_store(&own.api.reset, true);
    change(&own.api);
    cJSON *frame = next_frame(&stream, &size);
    assert_true(json_bool(frame, "reset", false));
    cJSON_Delete(frame);
    assert_null(next_frame(&stream, &size));
    assert_true(stream.ended);
    close(stream.fd);
    struct reply reply = hear_reply(poll_fd, false);
    assert_int_equal(reply.status, 410);
    reply_free(&reply);
    close(poll_fd);
    server_stop(&own);
}

static void a_long_poll_answers_once(void **state)
{
    char request[200];
    (void)state;
    struct reply reply = ask(FEED("?cursor=0&wait=60")); /* something is there already */
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply_header(&reply, "Content-Type"), "application/json");
    reply_free(&reply);
    long long last = server.api.cursor;
    for (int wait = 0; wait < 2; wait++) { /* nothing is there */
        (void)snprintf(request, sizeof request,
                       "GET /api/v1/changes?cursor=%lld&wait=%d HTTP/1.1\r\nHost: h\r\n"
                       "Authorization: Bearer good\r\n\r\n",
                       last, wait);
        int64_t began = clock_ticks_ms();
        reply = ask(request);
        assert_true(clock_ticks_ms() - began >= wait * 1000);
        (void)snprintf(request, sizeof request, "{\"cursor\":\"%lld\",\"items\":[]}", last);
        assert_string_equal(reply.body.data, request);
        reply_free(&reply);
    }
    int fd = dial(&server); /* something comes; and the connection serves the next request */
    for (int i = 0; i < 3; i++) {
        last = server.api.cursor;
        (void)snprintf(request, sizeof request,
                       "GET /api/v1/changes?cursor=%lld&wait=60 HTTP/1.1\r\nHost: h\r\n"
                       "Authorization: Bearer english\r\n\r\n",
                       last);
        assert_true(say(fd, request));
        change(&server.api);
        reply = hear_reply(fd, false);
        (void)snprintf(request, sizeof request, "{\"cursor\":\"%lld\",\"account\":8", last + 1);
        assert_non_null(strstr(reply.body.data, request));
        reply_free(&reply);
    }
    close(fd);
}

/* Suspended connections do not notice by themselves. */
static void feeds_that_vanish_leave_no_descriptor(void **state)
{
    int fds[100];
    (void)state;
    WAIT_FOR(count_descriptors() == server.descriptors);
    for (int round = 0; round < 3; round++) {
        long long last = server.api.cursor;
        for (int i = 0; i < 100; i++) {
            char request[200];
            (void)snprintf(request, sizeof request,
                           "GET /api/v1/changes?cursor=%lld%s HTTP/1.1\r\nHost: h\r\n"
                           "Authorization: Bearer good\r\n\r\n",
                           last, i % 4 == 3 ? "&wait=60" : "");
            fds[i] = i % 4 == 3 ? dial(&server) : open_feed(&server, request);
            if (i % 4 == 3)
                assert_true(say(fds[i], request));
        }
        for (int i = 0; i < 100; i++) {
            struct linger reset = {.l_onoff = i % 2, .l_linger = 0};
            (void)setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
            if (round == 1 && i == 50)
                change(&server.api);
            close(fds[i]);
        }
        WAIT_FOR(count_descriptors() == server.descriptors);
    }
}

static void stop_ends_open_feeds(void **state)
{
    static struct server own;
    int fds[60];
    (void)state;
    server_start(&own, (struct http_options){.threads = 2});
    for (int i = 0; i < 60; i++) {
        if (i == 0) { /* the first ones do not read what they are sent */
            atomic_store(&own.api.frame_size, 4000000);
            change(&own.api);
        } else if (i == 5) {
            atomic_store(&own.api.frame_size, 0);
            change(&own.api);
        }
        fds[i] = open_feed(&own, i < 5 ? FEED("?cursor=0") : FEED("?cursor=2"));
    }
    int poll_fd = dial(&own);
    assert_true(say(poll_fd, FEED("?cursor=2&wait=60")));
    server_stop(&own);
    for (int i = 0; i < 60; i++) {
        assert_true(is_closed(fds[i]));
        close(fds[i]);
    }
    assert_true(is_closed(poll_fd));
    close(poll_fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feed_needs_session_and_cursor),
        cmocka_unit_test(a_change_reaches_every_feed),
        cmocka_unit_test(what_happened_before_comes_at_once),
        cmocka_unit_test(many_changes_in_a_row_all_arrive),
        cmocka_unit_test(changes_are_told_together),
        cmocka_unit_test(a_frame_may_be_large),
        cmocka_unit_test(a_quiet_feed_beats),
        cmocka_unit_test(a_frame_comes_in_the_coding_that_was_asked_for),
        cmocka_unit_test(a_feed_that_is_to_begin_again_says_so_and_ends),
        cmocka_unit_test(a_long_poll_answers_once),
        cmocka_unit_test(feeds_that_vanish_leave_no_descriptor),
        cmocka_unit_test(stop_ends_open_feeds),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
