/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change feed: frames, heartbeats, lost lines, refusals. */
#include "client_server.h"
#include "core/frame.h"
#include <zstd.h>

struct stage {
    struct server server;
    struct conn *feed; /* of the last GET /changes */
    size_t follows;    /* how many there were */
    int status;        /* of the feed's answer */
    const char *body;  /* of a refusal */
    const char *me;    /* answer of GET /me */
    struct heard heard;
    struct heard calls;
    struct mq *mq;
};

static struct stage stage;

static void play(struct server *server, struct request *request)
{
    (void)server;
    if (!strstr(request->path, "/changes")) {
        bool me = stage.me && strstr(request->path, "/me");
        send_answer(request->conn, 200, me ? stage.me : "{\"items\":[]}");
        return;
    }
    stage.follows++;
    stage.feed = request->conn;
    if (stage.status == 200)
        send_text(request->conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    else
        send_answer(request->conn, stage.status, stage.body);
}

static int set_up(void **state)
{
    (void)state;
    memset(&stage, 0, sizeof stage);
    stage.status = 200;
    stage.body = "{\"type\":\"feed-gone\",\"title\":\"Read everything again\"}";
    server_start(&stage.server, play, NULL);
    stage.mq = client_of(&stage.server, 5000, 300);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mq_free(stage.mq);
    heard_free(&stage.heard);
    heard_free(&stage.calls);
    server_stop(&stage.server);
    return 0;
}

#define UNTIL(condition) TURN_UNTIL(stage.mq, &stage.server, condition)

/* One chunk of HTTP with `n` bytes of the feed. */
static void send_chunk(const char *bytes, size_t n)
{
    char head[32];
    (void)snprintf(head, sizeof head, "%zx\r\n", n);
    send_text(stage.feed, head);
    send_bytes(stage.feed, bytes, n);
    send_text(stage.feed, "\r\n");
}

/* The frame as the platform writes it; returns its bytes. */
static size_t coded_frame(char *out, size_t size, enum frame_coding coding, const char *json)
{
    struct frame_writer *writer = frame_writer_new();
    struct buf frame = BUF_EMPTY;
    assert_non_null(writer);
    assert_true(frame_write(writer, coding, json, strlen(json), &frame));
    assert_true(frame.length <= size);
    memcpy(out, frame.data, frame.length);
    size_t n = frame.length;
    buf_free(&frame);
    frame_writer_free(writer);
    return n;
}

static size_t frame_of(char *out, const char *json)
{
    return coded_frame(out, 2048, FRAME_ZSTD, json);
}

static void send_frame(const char *json)
{
    char frame[2048];
    send_chunk(frame, frame_of(frame, json));
}

static void open_feed(const char *cursor)
{
    size_t before = stage.heard.count;
    assert_true(mq_follow(stage.mq, cursor, hear, &stage.heard));
    UNTIL(stage.heard.count == before + 1);
    struct mq_result *r = heard_last(&stage.heard);
    assert_int_equal(r->status, ST_OK);
    assert_string_equal(r->cursor, cursor);
    assert_int_equal(r->count, 0);
    assert_true(mq_following(stage.mq));
}

static void a_frame_tells_changes_queues_and_cursor(void **state)
{
    (void)state;
    mq_set_token(stage.mq, "abc");
    open_feed("41");
    char value[256];
    assert_string_equal(stage.server.requests[0].path, "/api/v1/changes?cursor=41&zstd=0");
    assert_string_equal(header_of(&stage.server.requests[0], "Authorization", value), "Bearer abc");
    send_frame("{\"cursor\":\"43\",\"items\":[{\"id\":7,\"version\":3,\"row\":{" ROW "}},"
               "{\"id\":8,\"version\":2,\"gone\":true}],"
               "\"queues\":[{\"name\":\"dispatch\",\"count\":12,\"red\":1}]}");
    UNTIL(stage.heard.count == 2);
    struct mq_result *r = stage.heard.results[1];
    assert_int_equal(r->status, ST_OK);
    assert_string_equal(r->cursor, "43");
    assert_int_equal(r->count, 2);
    assert_string_equal(r->changes[0].order->title, "停水两天");
    assert_false(r->changes[0].gone);
    assert_true(r->changes[1].gone);
    assert_int_equal(r->changes[1].id, 8);
    assert_null(r->changes[1].order);
    assert_int_equal(r->queue_count, 1);
    assert_int_equal(r->queues[0].count, 12);
    assert_int_equal(r->queues[0].red, 1);
    assert_string_equal(r->queues[0].label, "");
}

static void frames_may_be_split_anywhere(void **state)
{
    (void)state;
    char bytes[1024];
    size_t n = 0;
    n += frame_of(bytes + n, "{\"cursor\":\"2\",\"items\":[]}");
    bytes[n++] = 0; /* a heartbeat */
    n += frame_of(bytes + n, "{\"cursor\":\"3\",\"items\":[]}");
    open_feed("1");
    for (size_t i = 0; i < n; i++) {
        send_chunk(bytes + i, 1);
        turn(stage.mq, &stage.server);
    }
    UNTIL(stage.heard.count == 3);
    assert_string_equal(stage.heard.results[1]->cursor, "2");
    assert_string_equal(stage.heard.results[2]->cursor, "3");
    for (int i = 0; i < 5; i++) /* many in one segment */
        memcpy(bytes + (size_t)i * n, bytes, n);
    send_chunk(bytes, 5 * n);
    UNTIL(stage.heard.count == 13);
}

static void heartbeats_keep_the_line_and_silence_loses_it(void **state)
{
    (void)state;
    mq_free(stage.mq);
    stage.mq = client_of(&stage.server, 200, 300); /* lost after 1,000 ms */
    open_feed("5");
    int64_t from = clock_ticks_ms(), next = from;
    while (clock_ticks_ms() - from < 1500) {
        if (clock_ticks_ms() >= next) {
            send_chunk("", 1);
            next += 100;
        }
        turn(stage.mq, &stage.server);
        assert_int_equal(stage.heard.count, 1);
    }
    from = clock_ticks_ms();
    UNTIL(stage.heard.count == 2);
    assert_true(clock_ticks_ms() - from > 500);
    struct mq_result *r = heard_last(&stage.heard);
    assert_int_equal(r->status, ST_UNAVAILABLE);
    assert_int_equal(r->http_status, 0);
    assert_non_null(strstr(r->message, "live connection"));
    assert_false(mq_following(stage.mq));
}

static void a_lost_feed_comes_back_from_the_last_cursor(void **state)
{
    (void)state;
    open_feed("1");
    send_frame("{\"cursor\":\"9\",\"items\":[]}");
    UNTIL(stage.heard.count == 2);
    server_down(&stage.server);
    UNTIL(stage.heard.count == 3);
    assert_int_equal(heard_last(&stage.heard)->status, ST_UNAVAILABLE);
    int64_t until = clock_ticks_ms() + 1500; /* one attempt is in vain */
    UNTIL(clock_ticks_ms() > until);
    assert_int_equal(stage.heard.count, 3); /* told once */
    server_up(&stage.server);
    UNTIL(stage.heard.count == 4);
    assert_int_equal(heard_last(&stage.heard)->status, ST_OK);
    assert_string_equal(stage.server.requests[1].path, "/api/v1/changes?cursor=9&zstd=0");
    assert_true(mq_following(stage.mq));
}

static void a_call_that_finds_the_platform_brings_the_feed_back_too(void **state)
{
    (void)state;
    server_down(&stage.server);
    assert_true(mq_follow(stage.mq, "1", hear, &stage.heard));
    UNTIL(stage.heard.count == 1);
    int64_t until = clock_ticks_ms() + 1600; /* the pause is two seconds then */
    UNTIL(clock_ticks_ms() > until);
    server_up(&stage.server);
    int64_t from = clock_ticks_ms();
    assert_true(mq_queues(stage.mq, hear, &stage.calls));
    UNTIL(stage.heard.count == 2);
    assert_true(clock_ticks_ms() - from < 1200);
    assert_int_equal(heard_last(&stage.heard)->status, ST_OK);
}

static void a_feed_that_finds_the_platform_brings_the_calls_back_too(void **state)
{
    (void)state;
    mq_free(stage.mq);
    stage.mq = client_of(&stage.server, 5000, 20000);
    server_down(&stage.server);
    assert_true(mq_queues(stage.mq, hear, &stage.calls));
    int64_t until = clock_ticks_ms() + 2000; /* the pause is two seconds now */
    UNTIL(clock_ticks_ms() > until);
    server_up(&stage.server);
    int64_t from = clock_ticks_ms();
    open_feed("1");
    UNTIL(stage.calls.count == 1);
    assert_int_equal(stage.calls.results[0]->status, ST_OK);
    assert_true(clock_ticks_ms() - from < 1000);
}

static void frames_before_the_end_are_heard_before_it(void **state)
{
    (void)state;
    open_feed("1");
    send_frame("{\"cursor\":\"2\",\"items\":[]}");
    send_frame("{\"cursor\":\"3\",\"items\":[]}");
    send_text(stage.feed, "0\r\n\r\n");
    UNTIL(stage.heard.count == 4);
    assert_string_equal(stage.heard.results[2]->cursor, "3");
    assert_int_equal(stage.heard.results[3]->status, ST_UNAVAILABLE);
}

static void a_cursor_too_old_is_told_once_and_ends_the_feed(void **state)
{
    (void)state;
    stage.status = 410;
    assert_true(mq_follow(stage.mq, "1", hear, &stage.heard));
    UNTIL(stage.heard.count == 1);
    struct mq_result *r = heard_last(&stage.heard);
    assert_int_equal(r->status, ST_STALE);
    assert_int_equal(r->http_status, 410);
    assert_string_equal(r->problem, "feed-gone");
    int64_t until = clock_ticks_ms() + 1500;
    UNTIL(clock_ticks_ms() > until);
    assert_int_equal(stage.follows, 1);
    stage.status = 200; /* from the new cursor on */
    open_feed("77");
}

static void a_feed_without_a_session_ends(void **state)
{
    (void)state;
    stage.status = 401;
    stage.body = "not even JSON";
    assert_true(mq_follow(stage.mq, "1", hear, &stage.heard));
    UNTIL(stage.heard.count == 1);
    assert_int_equal(heard_last(&stage.heard)->status, ST_DENIED);
    assert_true(strlen(heard_last(&stage.heard)->message) > 0);
    assert_false(mq_following(stage.mq));
}

static void a_busy_platform_is_asked_for_the_feed_again(void **state)
{
    (void)state;
    stage.status = 503;
    assert_true(mq_follow(stage.mq, "1", hear, &stage.heard));
    UNTIL(stage.heard.count == 1);
    assert_int_equal(heard_last(&stage.heard)->status, ST_UNAVAILABLE);
    stage.status = 200;
    UNTIL(stage.heard.count == 2);
    assert_int_equal(heard_last(&stage.heard)->status, ST_OK);
}

static void a_frame_that_is_none_is_told_and_asked_for_again(void **state)
{
    (void)state;
    static const char *const frames[] = {
        "{\"cursor\":\"2\"}",
        "{\"items\":[]}",
        "{\"cursor\":\"\",\"items\":[]}",
        "{\"cursor\":\"2\",\"items\":[{\"id\":7,\"version\":3}]}",
        "{\"cursor\":\"2\",\"items\":[{\"id\":9,\"version\":3,\"row\":{" ROW "}}]}",
        "rubbish",
    };
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        heard_free(&stage.heard);
        open_feed("1");
        send_frame(frames[i]);
        UNTIL(stage.heard.count == 2);
        assert_int_equal(stage.heard.results[1]->status, ST_CORRUPT);
        assert_string_equal(stage.heard.results[1]->cursor, "1");
    }
    UNTIL(stage.heard.count == 3); /* back by itself */
    assert_int_equal(stage.heard.results[2]->status, ST_OK);
    const struct request *last = &stage.server.requests[stage.server.request_count - 1];
    assert_string_equal(last->path, "/api/v1/changes?cursor=1&zstd=0");
}

static void a_frame_too_long_is_not_waited_for(void **state)
{
    (void)state;
    open_feed("1");
    send_chunk("\xff\xff\xff\x7f{", 5);
    UNTIL(stage.heard.count == 2);
    assert_int_equal(stage.heard.results[1]->status, ST_CORRUPT);
}

/* What says of itself that it becomes larger than any frame is not unpacked. */
static void a_frame_that_would_burst_is_refused(void **state)
{
    static char zeros[FRAME_TEXT_MAX + 1], bomb[4096];
    (void)state;
    size_t n = ZSTD_compress(bomb + 2, sizeof bomb - 2, zeros, sizeof zeros, 1);
    assert_true(n > 0x7f && n < 0x3fff);
    bomb[0] = (char)(n | 0x80);
    bomb[1] = (char)(n >> 7);
    open_feed("1");
    send_chunk(bomb, n + 2);
    UNTIL(stage.heard.count == 2);
    assert_int_equal(stage.heard.results[1]->status, ST_CORRUPT);
}

static void the_dictionary_that_both_have_is_asked_for(void **state)
{
    char json[300], path[100], frame[2048];
    (void)state;
    for (int known = 1; known >= 0; known--) {
        (void)snprintf(json, sizeof json,
                       "{\"account\":{\"id\":1,\"login\":\"a\",\"name\":\"b\"},\"views\":[],"
                       "\"cursor\":\"5d0c1f6e9ab3427781e64c20fb95d3a8\",\"feed_dictionary\":%u}",
                       frame_dictionary() + (known ? 0 : 1));
        stage.me = json;
        assert_true(mq_me(stage.mq, hear, &stage.calls));
        UNTIL(stage.calls.count == (known ? 1 : 2));
        open_feed(heard_last(&stage.calls)->cursor);
        (void)snprintf(path, sizeof path,
                       "/api/v1/changes?cursor=5d0c1f6e9ab3427781e64c20fb95d3a8&zstd=%u",
                       known ? frame_dictionary() : 0);
        assert_string_equal(stage.server.requests[stage.server.request_count - 1].path, path);
        size_t n = coded_frame(frame, sizeof frame, known ? FRAME_DICTIONARY : FRAME_ZSTD,
                               "{\"cursor\":\"93be07d25c1a48f0b6e2775d0a41c89f\",\"items\":[]}");
        size_t heard = stage.heard.count;
        send_chunk(frame, n);
        UNTIL(stage.heard.count == heard + 1);
        assert_string_equal(heard_last(&stage.heard)->cursor, "93be07d25c1a48f0b6e2775d0a41c89f");
    }
}

static void a_reset_in_the_middle_ends_the_feed_as_gone(void **state)
{
    (void)state;
    open_feed("1");
    send_frame("{\"cursor\":\"2\",\"items\":[]}");
    send_frame("{\"reset\":true}");
    send_frame("{\"cursor\":\"3\",\"items\":[]}"); /* nobody writes that */
    UNTIL(stage.heard.count == 3);
    struct mq_result *r = heard_last(&stage.heard);
    assert_int_equal(r->status, ST_STALE);
    assert_int_equal(r->http_status, 410);
    assert_string_equal(r->problem, "feed-gone");
    assert_string_equal(r->cursor, "2");
    assert_true(strlen(r->message) > 0);
    assert_false(mq_following(stage.mq));
    int64_t until = clock_ticks_ms() + 300;
    int turns = 0;
    while (clock_ticks_ms() < until) {
        assert_true(mq_poll(stage.mq, NULL, 0, 100));
        turns++;
    }
    assert_true(turns < 20);
    assert_int_equal(stage.heard.count, 3);
    assert_int_equal(stage.follows, 1);
    open_feed("9");
}

static void a_cursor_that_cannot_be_asked_for_is_refused(void **state)
{
    char text[66]; /* one more than a cursor may have */
    (void)state;
    memset(text, '1', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_false(mq_follow(stage.mq, text, hear, &stage.heard));
    assert_false(mq_follow(stage.mq, "", hear, &stage.heard));
    open_feed("1");
    send_frame("{\"cursor\":\"2&wait=5\",\"items\":[]}");
    UNTIL(stage.heard.count == 2);
    assert_int_equal(heard_last(&stage.heard)->status, ST_CORRUPT);
}

static void the_feed_takes_no_connection_from_the_calls(void **state)
{
    (void)state;
    open_feed("1");
    for (int i = 0; i < 20; i++)
        assert_true(mq_queues(stage.mq, hear, &stage.calls));
    assert_int_equal(mq_pending(stage.mq), 20);
    UNTIL(stage.calls.count == 20);
    assert_true(stage.server.open_most <= 3);
    assert_true(mq_following(stage.mq));
    assert_int_equal(mq_pending(stage.mq), 0);
}

static void cancelling_calls_does_not_end_the_feed(void **state)
{
    (void)state;
    open_feed("1");
    mq_cancel(stage.mq, &stage.heard);
    assert_true(mq_following(stage.mq));
    assert_true(mq_follow(stage.mq, "0", NULL, NULL));
    assert_false(mq_following(stage.mq));
    UNTIL(stage.feed->fd < 0);
    assert_int_equal(stage.heard.count, 1);
}

static void follow_again(void *user, struct mq_result *result)
{
    (void)user;
    if (strcmp(result->cursor, "2") == 0)
        assert_true(mq_follow(stage.mq, "50", hear, &stage.heard));
}

static void a_callback_may_follow_again(void **state)
{
    (void)state;
    assert_true(mq_follow(stage.mq, "1", follow_again, NULL));
    UNTIL(stage.follows == 1);
    send_frame("{\"cursor\":\"2\",\"items\":[]}");
    send_frame("{\"cursor\":\"3\",\"items\":[]}"); /* of the feed that is over: not heard */
    UNTIL(stage.heard.count == 1);
    assert_string_equal(stage.heard.results[0]->cursor, "50");
    assert_int_equal(stage.follows, 2);
}

static void logging_out_ends_the_feed(void **state)
{
    (void)state;
    open_feed("1");
    assert_true(mq_logout(stage.mq, hear, &stage.calls));
    UNTIL(stage.calls.count == 1);
    assert_int_equal(stage.calls.results[0]->status, ST_OK);
    assert_false(mq_following(stage.mq));
    assert_int_equal(stage.heard.count, 1);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(a_frame_tells_changes_queues_and_cursor),
        RULE(frames_may_be_split_anywhere),
        RULE(heartbeats_keep_the_line_and_silence_loses_it),
        RULE(a_lost_feed_comes_back_from_the_last_cursor),
        RULE(a_call_that_finds_the_platform_brings_the_feed_back_too),
        RULE(a_feed_that_finds_the_platform_brings_the_calls_back_too),
        RULE(frames_before_the_end_are_heard_before_it),
        RULE(a_cursor_too_old_is_told_once_and_ends_the_feed),
        RULE(a_feed_without_a_session_ends),
        RULE(a_busy_platform_is_asked_for_the_feed_again),
        RULE(a_frame_that_is_none_is_told_and_asked_for_again),
        RULE(a_frame_too_long_is_not_waited_for),
        RULE(a_frame_that_would_burst_is_refused),
        RULE(the_dictionary_that_both_have_is_asked_for),
        RULE(a_reset_in_the_middle_ends_the_feed_as_gone),
        RULE(a_cursor_that_cannot_be_asked_for_is_refused),
        RULE(the_feed_takes_no_connection_from_the_calls),
        RULE(cancelling_calls_does_not_end_the_feed),
        RULE(a_callback_may_follow_again),
        RULE(logging_out_ends_the_feed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
