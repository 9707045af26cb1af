/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections: what is no HTTP, clients that stop in the middle, many requests on one connection,
 * writes under way, and the end. */
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

static const char good_get[] = "GET /api/v1/good HTTP/1.1\r\nHost: h\r\n\r\n";

#define POST_TO(path)                                                                              \
    "POST /api/v1" path " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"               \
    "Idempotency-Key: k\r\nContent-Length: 2\r\n\r\n{}"

static void expect(int fd, int status, const char *part)
{
    struct reply reply = hear_reply(fd, false);
    if (reply.status != status || !strstr(reply.body.data ? reply.body.data : "", part))
        fail_msg("not %d with %s but %d: %s", status, part, reply.status,
                 reply.body.data ? reply.body.data : "");
    reply_free(&reply);
}

/* The platform answers others as before. */
static void assert_serves(const struct server *by)
{
    int fd = dial(by);
    assert_true(say(fd, good_get));
    expect(fd, 200, "/good");
    close(fd);
}

/* A server that forgets soon: what was cut off may be noticed only then. */
static struct server hasty;

static int setup_hasty(void **state)
{
    (void)state;
    server_start(&hasty, (struct http_options){.threads = 2, .timeout_s = 2});
    return 0;
}

static int teardown_hasty(void **state)
{
    (void)state;
    server_stop(&hasty);
    return 0;
}

static void what_is_no_http_gets_an_error_or_a_closed_connection(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
    } inputs[] = {
#define INPUT(text) {text, sizeof text - 1}
        INPUT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        INPUT("GET\r\n\r\n"),
        INPUT("GET \r\n\r\n"),
        INPUT("GET / \r\n\r\n"),
        INPUT("GET /api/v1/me HTTP/3.0\r\nHost: h\r\n\r\n"),
        INPUT("GET /api/v1/me HTTX/1.1\r\nHost: h\r\n\r\n"),
        INPUT("GET /api/v1/me HTTP/1.1\r\n\r\n"), /* no Host */
        INPUT("GET /api/v1/a b HTTP/1.1\r\nHost: h\r\n\r\n"),
        INPUT("GET /api/v1/me HTTP/1.1\r\nno colon here\r\n\r\n"),
        INPUT("\0\0\0\0\r\n\r\n"),
        INPUT("POST /api/v1/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        INPUT("POST /api/v1/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              "fffffffffffffffff\r\n"),
        INPUT("POST /api/v1/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        int fd = dial(&hasty);
        (void)say_bytes(fd, inputs[i].bytes, inputs[i].n);
        (void)shutdown(fd, SHUT_WR);
        struct reply reply = hear_reply(fd, false);
        if (reply.status != 0 && reply.status < 400)
            fail_msg("input %zu gave %d", i, reply.status);
        reply_free(&reply);
        close(fd);
    }
    assert_serves(&hasty);
}

static void a_request_cut_off_anywhere_leaves_nothing(void **state)
{
    static const char request[] = POST_TO("/thread?q=%E9%87%91");
    (void)state;
    for (size_t n = 0; n < sizeof request - 1; n++) {
        int fd = dial(&hasty);
        (void)say_bytes(fd, request, n);
        close(fd);
    }
    WAIT_FOR(count_descriptors() == hasty.descriptors);
    assert_serves(&hasty);
}

static void headers_without_end_are_cut_off(void **state)
{
    char line[1001];
    (void)state;
    memset(line, 'a', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    for (int in_target = 0; in_target < 2; in_target++) {
        int fd = dial(&server);
        bool open = say(fd, in_target ? "GET /api/v1/" : "GET /api/v1/me HTTP/1.1\r\nX: ");
        for (int i = 0; open && i < 10000; i++)
            open = say(fd, line);
        assert_false(open); /* far below the ten megabytes */
        close(fd);
    }
    int fd = dial(&server);
    bool open = say(fd, "GET /api/v1/me HTTP/1.1\r\nHost: h\r\n");
    for (int i = 0; open && i < 1000000; i++)
        open = say(fd, "a: b\r\n");
    assert_false(open);
    close(fd);
    assert_serves(&server);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    struct buf all = BUF_EMPTY;
    char part[40];
    (void)state;
    for (int i = 0; i < 30; i++) {
        if (i % 3 == 0)
            buf_add_text(&all, POST_TO("/thread"));
        else if (i % 3 == 1)
            buf_printf(&all, "GET /api/v1/n?i=%d HTTP/1.1\r\nHost: h\r\n\r\n", i);
        else
            buf_add_text(&all, "PUT /api/v1/n HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
    }
    int fd = dial(&server);
    assert_true(say_bytes(fd, all.data, all.length));
    for (int i = 0; i < 30; i++) {
        (void)snprintf(part, sizeof part, "\"i\":\"%d\"", i);
        if (i % 3 == 2)
            expect(fd, 405, "method");
        else
            expect(fd, 200, i % 3 == 0 ? "/thread" : part);
    }
    close(fd);
    buf_free(&all);
}

static void a_slow_client_is_served_and_holds_up_nobody(void **state)
{
    static const char request[] = POST_TO("/thread");
    (void)state;
    int fds[8];
    for (int i = 0; i < 8; i++)
        fds[i] = dial(&server);
    for (size_t n = 0; n < sizeof request - 1; n++) {
        for (int i = 0; i < 8; i++)
            assert_true(say_bytes(fds[i], request + n, 1));
        if (n % 16 == 0)
            assert_serves(&server);
    }
    for (int i = 0; i < 8; i++) {
        expect(fds[i], 200, "/thread");
        close(fds[i]);
    }
}

static void one_connection_serves_many_posts(void **state)
{
    (void)state;
    int fd = dial(&server);
    for (int i = 0; i < 10; i++) {
        assert_true(say(fd, POST_TO("/thread")));
        expect(fd, 200, "\"key\":\"k\"");
        assert_true(say(fd, POST_TO("/within")));
        expect(fd, 200, "\"body\":\"{}\"");
        assert_true(say(fd, "GET /api/v1/empty HTTP/1.1\r\nHost: h\r\n\r\n"));
        struct reply reply = hear_reply(fd, true);
        assert_int_equal(reply.status, 204);
        assert_string_equal(reply_header(&reply, "Connection"), "");
        assert_string_equal(reply_header(&reply, "Content-Type"), "");
        reply_free(&reply);
    }
    close(fd);
}

static void *write_much(void *user)
{
    int fd = dial(&server);
    (void)user;
    for (int i = 0; i < 300; i++) {
        assert_true(say(fd, i % 4 ? POST_TO("/thread") : POST_TO("/within")));
        expect(fd, 200, "POST");
    }
    close(fd);
    return NULL;
}

/* `done` comes before, while and after the connection falls asleep. */
static void writes_of_many_clients_are_all_answered(void **state)
{
    pthread_t threads[8];
    (void)state;
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_much, NULL), 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void a_client_that_vanishes_during_its_write_leaves_nothing(void **state)
{
    int fds[40];
    (void)state;
    for (int i = 0; i < 40; i++) {
        fds[i] = dial(&server);
        assert_true(say(fds[i], POST_TO("/held")));
    }
    WAIT_FOR(held_count(&server.api) == 40);
    for (int i = 0; i < 40; i++) {
        /* Every second one with a reset, as when its host is restarted. */
        struct linger reset = {.l_onoff = i % 2, .l_linger = 0};
        (void)setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fds[i]);
    }
    assert_serves(&server);
    release_held(&server.api);
    WAIT_FOR(count_descriptors() == server.descriptors);
    WAIT_FOR(server.api.queued == server.api.completed);
    assert_serves(&server);
}

static void *stop_server(void *user)
{
    server_stop(user);
    return NULL;
}

static void stop_waits_for_writes_and_their_answers(void **state)
{
    static struct server own;
    pthread_t thread;
    int fds[10];
    (void)state;
    server_start(&own, (struct http_options){.threads = 2});
    int idle = dial(&own), other = dial(&own);
    assert_true(say(other, good_get)); /* a connection that is known before the end */
    expect(other, 200, "/good");
    for (int i = 0; i < 10; i++) {
        fds[i] = dial(&own);
        assert_true(say(fds[i], POST_TO("/held")));
    }
    WAIT_FOR(held_count(&own.api) == 10);
    assert_int_equal(pthread_create(&thread, NULL, stop_server, &own), 0);
    for (int status = 200; status != 503;) { /* what comes now is sent away */
        assert_true(say(other, good_get));
        struct reply reply = hear_reply(other, false);
        status = reply.status;
        assert_true(status == 200 || status == 503);
        reply_free(&reply);
    }
    release_held(&own.api);
    assert_int_equal(pthread_join(thread, NULL), 0);
    for (int i = 0; i < 10; i++) {
        expect(fds[i], 200, "/held");
        close(fds[i]);
    }
    assert_true(is_closed(idle));
    close(idle);
    close(other);
}

static void an_address_that_cannot_be_had_is_explained(void **state)
{
    static const struct {
        const char *address;
        enum status status;
        const char *part;
    } cases[] = {
        {"127.0.0.1", ST_BUSY, "in use"},
        {"192.0.2.1", ST_INVALID, "not an address of this machine"},
        {"nowhere.example", ST_INVALID, "is not an address such as"},
        {"", ST_INVALID, "is not an address such as"},
    };
    struct http *http = NULL;
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_options options = {.address = cases[i].address, .port = http_port(server.http)};
        assert_int_equal(http_start(&server.api, &options, &http, &err), cases[i].status);
        assert_null(http);
        assert_non_null(strstr(err.message, cases[i].part));
    }
    http_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_no_http_gets_an_error_or_a_closed_connection,
                                        setup_hasty, teardown_hasty),
        cmocka_unit_test_setup_teardown(a_request_cut_off_anywhere_leaves_nothing, setup_hasty,
                                        teardown_hasty),
        cmocka_unit_test(headers_without_end_are_cut_off),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(a_slow_client_is_served_and_holds_up_nobody),
        cmocka_unit_test(one_connection_serves_many_posts),
        cmocka_unit_test(writes_of_many_clients_are_all_answered),
        cmocka_unit_test(a_client_that_vanishes_during_its_write_leaves_nothing),
        cmocka_unit_test(stop_waits_for_writes_and_their_answers),
        cmocka_unit_test(an_address_that_cannot_be_had_is_explained),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
