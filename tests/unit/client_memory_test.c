/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each allocation of curl and of cJSON fails in turn: a call is refused or fails, and the client
 * works again when there is memory. (What the arena cannot get ends the program, by its contract.)
 */
#include "client_server.h"
#include "core/frame.h"
#include "core/json.h"
#include <curl/curl.h>

static long countdown = -1; /* which allocation fails from now on; below 0 none */
static bool failed;

/* One failure, or from then on for ever. */
static bool fails(void)
{
    if (countdown < 0 || countdown-- > 0)
        return false;
    failed = true;
    return true;
}

static void *give(size_t size)
{
    return fails() ? NULL : malloc(size);
}

static void *give_zeroed(size_t count, size_t size)
{
    return fails() ? NULL : calloc(count, size);
}

static void *give_more(void *old, size_t size)
{
    return fails() ? NULL : realloc(old, size);
}

static char *give_copy(const char *text)
{
    return fails() ? NULL : strdup(text);
}

/* The head of a feed and a frame; made before anything fails. */
static struct buf frame;

static void make_frame(void)
{
    static const char text[] = "{\"cursor\":\"2\",\"items\":[]}";
    struct frame_writer *writer = frame_writer_new();
    buf_add_text(&frame, "HTTP/1.1 200 OK\r\n\r\n");
    assert_true(writer && frame_write(writer, FRAME_ZSTD, text, sizeof text - 1, &frame));
    frame_writer_free(writer);
}

static void play(struct server *server, struct request *request)
{
    (void)server;
    if (strstr(request->path, "/changes"))
        send_bytes(request->conn, frame.data, frame.length);
    else if (strstr(request->path, "/actions/"))
        send_answer(request->conn, 200, "{" ROW "}");
    else
        send_answer(request->conn, 200, "{\"items\":[]}");
}

/* A round of work with the nth allocation failing; true when it did fail. */
static bool round_of(long n)
{
    struct server server;
    struct heard heard = {0}, feed = {0};
    struct mq_value values[] = {
        {"reason", "text", "停水"}, {"helpers", "units", "1,2"}, {"urgent", "bool", "true"}};
    char url[64];
    server_start(&server, play, NULL);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", server.port);
    struct mq_options options = {.url = url, .language = "en", .give_up_ms = 100};
    countdown = n;
    failed = false;
    struct mq *mq = mq_new(&options, NULL);
    if (mq) {
        size_t expected = 0;
        expected += mq_act(mq, 7, 3, "return", 9, values, 3, hear, &heard);
        expected += mq_complete_place(mq, "a", 5, hear, &heard);
        expected += mq_queues(mq, hear, &heard);
        assert_true(mq_follow(mq, "1", hear, &feed));
        int64_t until = clock_ticks_ms() + LIMIT_MS;
        while (heard.count < expected && clock_ticks_ms() < until)
            turn(mq, &server);
        assert_int_equal(heard.count, expected);
        assert_int_equal(mq_pending(mq), 0);
        countdown = -1;
        assert_true(mq_queues(mq, hear, &heard));
        TURN_UNTIL(mq, &server, heard.count > expected);
        assert_int_equal(heard_last(&heard)->status, ST_OK);
    }
    countdown = -1;
    mq_free(mq);
    heard_free(&heard);
    heard_free(&feed);
    server_stop(&server);
    return failed;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    long n = 0;
    make_frame();
    while (round_of(n))
        n++;
    assert_true(n > 50);
    buf_free(&frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    cJSON_Hooks hooks = {give, free};
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, give, free, give_more, give_copy, give_zeroed) !=
        CURLE_OK)
        return 1;
    cJSON_InitHooks(&hooks);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
