/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the line or the platform fails; connections; the loop. */
#include "client_stage.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

/* ---- when the line fails -------------------------------------------------------------------- */

static void a_repeated_change_is_the_same_to_the_byte(void **state)
{
    (void)state;
    char first[256], other[256];
    struct mq_value values[] = {{"reason", "text", "停水"}};
    stage.script.refuse_first = 3;
    stage.script.json = "{" ROW "}";
    assert_true(mq_act(stage.mq, 7, 3, "return", 0, values, 1, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_true(stage.server.request_count >= 4);
    const struct request *requests = stage.server.requests;
    assert_int_equal(strlen(header_of(&requests[0], "Idempotency-Key", first)), 22);
    for (size_t i = 1; i < stage.server.request_count; i++) {
        assert_string_equal(header_of(&requests[i], "Idempotency-Key", other), first);
        assert_string_equal(requests[i].body, requests[0].body);
        check_header(i, "If-Match", "3");
    }
    assert_int_equal(stage.heard.count, 1);
}

static void a_platform_restarted_in_the_middle_is_found_again(void **state)
{
    (void)state;
    char first[256], second[256];
    stage.script.silent = true;
    stage.script.json = "{" ROW "}";
    assert_true(mq_act(stage.mq, 7, 3, "return", 0, NULL, 0, hear, &stage.heard));
    TURN_UNTIL(stage.mq, &stage.server, stage.server.request_count == 1);
    server_down(&stage.server);
    int64_t down_until = clock_ticks_ms() + 300;
    TURN_UNTIL(stage.mq, &stage.server, clock_ticks_ms() > down_until);
    assert_int_equal(stage.heard.count, 0);
    stage.script.silent = false;
    server_up(&stage.server);
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_string_equal(header_of(&stage.server.requests[0], "Idempotency-Key", first),
                        header_of(&stage.server.requests[1], "Idempotency-Key", second));
}

static void half_an_answer_is_asked_for_again(void **state)
{
    (void)state;
    stage.script.raw = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"items\":";
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    TURN_UNTIL(stage.mq, &stage.server, stage.server.request_count == 2);
    assert_int_equal(stage.heard.count, 0);
    stage.script.raw = NULL;
    assert_int_equal(wait_answer()->status, ST_OK);
}

static void an_unreachable_platform_is_told_in_the_language(void **state)
{
    (void)state;
    char host[64];
    (void)snprintf(host, sizeof host, "127.0.0.1:%u", stage.server.port);
    server_down(&stage.server);
    reopen(0, 200);
    int64_t from = clock_ticks_ms();
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    struct mq_result *r = wait_answer();
    assert_int_equal(r->status, ST_UNAVAILABLE);
    assert_int_equal(r->http_status, 0);
    assert_true(clock_ticks_ms() - from >= 200);
    assert_non_null(strstr(r->message, "The platform cannot be reached"));
    assert_non_null(strstr(r->message, host));
    mq_free(stage.mq);
    (void)snprintf(host, sizeof host, "http://127.0.0.1:%u/", stage.server.port);
    struct mq_options options = {.url = host, .language = "zh", .give_up_ms = 100};
    stage.mq = mq_new(&options, NULL);
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_non_null(strstr(wait_answer()->message, "平台连接不上"));
}

static void silence_is_given_up(void **state)
{
    (void)state;
    reopen(150, 200);
    stage.script.silent = true;
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    struct mq_result *r = wait_answer();
    assert_int_equal(r->status, ST_UNAVAILABLE);
    assert_non_null(strstr(r->message, "no answer in time"));
    assert_true(stage.server.request_count >= 2);
}

static void a_slow_answer_is_waited_for_as_long_as_bytes_come(void **state)
{
    (void)state;
    char answer[1024];
    int n = snprintf(answer, sizeof answer,
                     "HTTP/1.1 200 OK\r\nContent-Length: 413\r\n\r\n{\"items\":[],%-400s}", "");
    assert_true(n > 0);
    memcpy(strstr(answer, "[],") + 2, " ", 1); /* no comma before the end */
    reopen(700, 1);
    stage.script.raw_slow = answer;
    int64_t from = clock_ticks_ms();
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_true(clock_ticks_ms() - from > 1000);
    assert_int_equal(stage.server.request_count, 1);
}

static void a_busy_platform_is_asked_again_a_few_times(void **state)
{
    (void)state;
    stage.script.busy_first = 3;
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_int_equal(stage.server.request_count, 4);
    stage.script.busy_first = 100;
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    struct mq_result *r = wait_answer();
    assert_int_equal(r->status, ST_BUSY);
    assert_string_equal(r->message, "Try again");
}

static void an_endless_answer_is_cut(void **state)
{
    (void)state;
    size_t size = 20u * 1024 * 1024;
    char *huge = malloc(size + 1);
    assert_non_null(huge);
    memset(huge, ' ', size);
    huge[size] = '\0';
    (void)snprintf(huge, 64, "HTTP/1.1 200 OK\r\n\r\n{\"items\":[]}");
    huge[strlen(huge)] = ' ';
    stage.script.raw_slow = huge;
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    TURN_UNTIL(stage.mq, &stage.server, stage.server.request_count == 1);
    struct conn *conn = stage.server.requests[0].conn;
    conn->slow_left = 0;
    int64_t until = clock_ticks_ms() + LIMIT_MS;
    for (size_t at = 0; stage.heard.count == 0 && clock_ticks_ms() < until;) {
        ssize_t n =
            at < size ? send(conn->fd, huge + at, size - at, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
        at += n > 0 ? (size_t)n : 0;
        assert_true(mq_poll(stage.mq, NULL, 0, 1));
    }
    free(huge);
    struct mq_result *r = heard_last(&stage.heard);
    assert_int_equal(r->status, ST_CORRUPT);
    assert_non_null(strstr(r->message, "too large"));
}

/* ---- connections ---------------------------------------------------------------------------- */

static void calls_share_one_kept_connection(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        assert_true(mq_queues(stage.mq, hear, &stage.heard));
        assert_int_equal(wait_answer()->status, ST_OK);
    }
    assert_int_equal(stage.server.accepted, 1);
}

static void at_most_two_connections_are_used(void **state)
{
    (void)state;
    for (int i = 0; i < 30; i++)
        assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(mq_pending(stage.mq), 30);
    TURN_UNTIL(stage.mq, &stage.server, stage.heard.count == 30);
    assert_int_equal(mq_pending(stage.mq), 0);
    assert_true(stage.server.accepted <= 2);
    assert_true(stage.server.open_most <= 2);
}

static void proxies_of_the_environment_are_not_used(void **state)
{
    (void)state;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:1", 1), 0);
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    (void)unsetenv("http_proxy");
    (void)unsetenv("ALL_PROXY");
}

static void a_read_that_comes_too_soon_comes_again_when_the_platform_says(void **state)
{
    (void)state;
    stage.script.early_first = 1;
    int64_t from = clock_ticks_ms();
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_true(clock_ticks_ms() - from >= 1000);
    assert_int_equal(stage.server.request_count, 2);
    /* Who changes something is told, and decides. */
    stage.script.early_first = 1;
    assert_true(mq_login(stage.mq, "operator", "pw", hear, &stage.heard));
    const struct mq_result *r = wait_answer();
    assert_int_equal(r->status, ST_BUSY);
    assert_int_equal(r->http_status, 429);
    assert_string_equal(r->message, "Too soon");
    assert_int_equal(stage.server.request_count, 3);
}

static void http_beyond_this_machine_has_to_be_allowed(void **state)
{
    (void)state;
    static const char *const far[] = {"http://192.0.2.1:8042", "http://12345.example.cn",
                                      "http://127.0.0.1.example.cn", "http://[2001:db8::1]:1"};
    static const char *const near[] = {"http://127.0.0.1:8042", "http://127.9.9.9",
                                       "http://[::1]:1", "http://localhost:1",
                                       "https://12345.example.cn"};
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        struct mq_options options = {.url = far[i], .language = "en"};
        struct error err = {ST_OK, ""};
        assert_null(mq_new(&options, &err));
        assert_int_equal(err.status, ST_INVALID);
        assert_non_null(strstr(err.message, "in the clear"));
        options.plain_http = true;
        struct mq *mq = mq_new(&options, &err);
        assert_non_null(mq);
        mq_free(mq);
    }
    for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
        struct mq_options options = {.url = near[i]};
        struct mq *mq = mq_new(&options, NULL);
        assert_non_null(mq);
        mq_free(mq);
    }
}

static void only_web_addresses_are_taken(void **state)
{
    (void)state;
    static const char *const urls[] = {"",
                                       "127.0.0.1:8042",
                                       "ftp://127.0.0.1",
                                       "file:///etc/passwd",
                                       "http://",
                                       "http://me:pw@127.0.0.1",
                                       "http://127.0.0.1/?x=1",
                                       "http://127.0.0.1/#x",
                                       "http://127.0.0.1/\r\nX: 1"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct mq_options options = {.url = urls[i], .language = "en"};
        struct error err = {ST_OK, ""};
        assert_null(mq_new(&options, &err));
        assert_int_equal(err.status, ST_INVALID);
        assert_non_null(strstr(err.message, "address"));
    }
    struct mq_options nothing = {0};
    assert_null(mq_new(&nothing, NULL));
}

static void a_kept_connection_that_was_closed_meanwhile_is_replaced(void **state)
{
    (void)state;
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    conn_close(stage.server.requests[0].conn);
    stage.script.json = "{" ROW "}";
    assert_true(mq_act(stage.mq, 7, 3, "return", 0, NULL, 0, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_int_equal(stage.server.accepted, 2);
}

/* True when every socket of this process that leads to the server is closed by exec. */
static void a_program_that_is_started_does_not_get_the_connections(void **state)
{
    (void)state;
    int found = 0;
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    for (int fd = 3; fd < 256; fd++) {
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        if (getpeername(fd, (struct sockaddr *)&peer, &length) != 0 || peer.sin_family != AF_INET ||
            ntohs(peer.sin_port) != stage.server.port)
            continue;
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        found++;
    }
    assert_int_equal(found, 1);
}

static void the_callers_signals_stay_as_they_are(void **state)
{
    (void)state;
    struct sigaction before, after;
    assert_int_equal(sigaction(SIGPIPE, NULL, &before), 0);
    stage.script.refuse_first = 1;
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_int_equal(sigaction(SIGPIPE, NULL, &after), 0);
    assert_ptr_equal(before.sa_handler, after.sa_handler);
}

static void a_repeated_call_is_still_of_who_made_it(void **state)
{
    (void)state;
    mq_set_token(stage.mq, "first");
    stage.script.refuse_first = 2;
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    TURN_UNTIL(stage.mq, &stage.server, stage.server.request_count == 1);
    mq_set_token(stage.mq, "second");
    assert_int_equal(wait_answer()->status, ST_OK);
    for (size_t i = 0; i < stage.server.request_count; i++)
        check_header(i, "Authorization", "Bearer first");
}

/* ---- the loop ------------------------------------------------------------------------------- */

static void a_key_does_not_wait_for_a_request_that_hangs(void **state)
{
    (void)state;
    int keys[2];
    assert_int_equal(pipe(keys), 0);
    stage.script.silent = true;
    for (int i = 0; i < 5; i++)
        assert_true(mq_queues(stage.mq, hear, &stage.heard));
    TURN_UNTIL(stage.mq, &stage.server, stage.server.request_count == 2);
    assert_true(mq_waiting_ms(stage.mq) >= 0);
    for (int i = 0; i < 20; i++) {
        struct mq_wait wait = {.fd = keys[0]};
        char key;
        assert_int_equal(write(keys[1], "j", 1), 1);
        int64_t from = clock_ticks_ms();
        assert_true(mq_poll(stage.mq, &wait, 1, 4000));
        assert_true(clock_ticks_ms() - from < 1000);
        assert_true(wait.readable);
        assert_false(wait.hangup);
        assert_int_equal(read(keys[0], &key, 1), 1);
    }
    (void)close(keys[1]);
    struct mq_wait waits[] = {{.fd = keys[0]}, {.fd = -1}, {.fd = 9999}};
    assert_true(mq_poll(stage.mq, waits, 3, 4000));
    assert_true(waits[0].hangup);
    assert_false(waits[1].hangup);
    assert_true(waits[2].hangup);
    (void)close(keys[0]);
}

static void waiting_for_a_hanging_platform_does_not_spin(void **state)
{
    (void)state;
    int turns = 0;
    stage.script.silent = true;
    for (int i = 0; i < 5; i++)
        assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_true(mq_follow(stage.mq, "1", hear, &stage.heard));
    TURN_UNTIL(stage.mq, &stage.server, stage.server.request_count == 3);
    for (int64_t from = clock_ticks_ms(); clock_ticks_ms() - from < 1000; turns++)
        assert_true(mq_poll(stage.mq, NULL, 0, 500));
    assert_true(turns < 20);
}

/* As after Ctrl-Z: what came meanwhile is read before anything is called silent. */
static void a_client_that_was_stopped_finds_its_answers(void **state)
{
    (void)state;
    reopen(600, 1);
    stage.script.silent = true;
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    TURN_UNTIL(stage.mq, &stage.server, stage.server.request_count == 1);
    send_answer(stage.server.requests[0].conn, 200, "{\"items\":[]}");
    for (int64_t from = clock_ticks_ms(); clock_ticks_ms() - from < 800;)
        (void)poll(NULL, 0, 50);
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_int_equal(stage.server.request_count, 1);
}

static void waiting_ends_with_the_time_out(void **state)
{
    (void)state;
    int64_t from = clock_ticks_ms();
    assert_int_equal(mq_waiting_ms(stage.mq), 0);
    while (clock_ticks_ms() - from < 50) /* curl may come back before */
        assert_true(mq_poll(stage.mq, NULL, 0, 50 - (int)(clock_ticks_ms() - from)));
    assert_true(clock_ticks_ms() - from < 2000);
}

static void a_cancelled_call_is_never_heard_of(void **state)
{
    (void)state;
    struct heard other = {0};
    assert_true(mq_queues(stage.mq, hear, &other)); /* in flight */
    assert_true(mq_poll(stage.mq, NULL, 0, 0));
    assert_true(mq_queues(stage.mq, hear, &other)); /* not yet */
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    mq_cancel(stage.mq, &other);
    assert_int_equal(mq_pending(stage.mq), 1);
    (void)wait_answer();
    assert_int_equal(other.count, 0);
    assert_int_equal(mq_pending(stage.mq), 0);
    assert_true(stage.server.accepted <= 2);
}

static void cancelled_calls_that_hang_do_not_keep_others_waiting(void **state)
{
    (void)state;
    struct heard other = {0};
    stage.script.silent = true;
    assert_true(mq_queues(stage.mq, hear, &other));
    assert_true(mq_queues(stage.mq, hear, &other));
    TURN_UNTIL(stage.mq, &stage.server, stage.server.request_count == 2);
    mq_cancel(stage.mq, &other);
    stage.script.silent = false;
    int64_t from = clock_ticks_ms();
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_true(clock_ticks_ms() - from < 3000); /* not the five seconds of a stall */
    assert_int_equal(other.count, 0);
}

static struct heard *cancelled_within;

static void call_from_within(void *user, struct mq_result *result)
{
    assert_int_equal(result->status, ST_OK);
    mq_cancel(stage.mq, cancelled_within);
    assert_false(mq_poll(stage.mq, NULL, 0, 0));
    assert_true(mq_queues(stage.mq, hear, user));
    /* refused at once: must not be called from here */
    assert_true(mq_appeal(stage.mq, "no key", NULL, 0, hear, user));
}

static void a_callback_may_call_and_cancel(void **state)
{
    (void)state;
    struct heard other = {0};
    cancelled_within = &other;
    assert_true(mq_queues(stage.mq, call_from_within, &stage.heard));
    assert_true(mq_queues(stage.mq, hear, &other));
    assert_true(mq_queues(stage.mq, hear, &other));
    TURN_UNTIL(stage.mq, &stage.server, stage.heard.count == 2);
    assert_int_equal(mq_pending(stage.mq), 0);
}

static void freeing_the_client_drops_what_is_under_way(void **state)
{
    (void)state;
    stage.script.silent = true;
    for (int i = 0; i < 5; i++)
        assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_true(mq_complete_place(stage.mq, "a", 5, hear, &stage.heard));
    assert_true(mq_follow(stage.mq, "1", hear, &stage.heard));
    TURN_UNTIL(stage.mq, &stage.server, stage.server.request_count == 3);
    assert_true(mq_complete_place(stage.mq, "ab", 5, hear, &stage.heard));
    reopen(0, 0);
    assert_int_equal(stage.heard.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(a_repeated_change_is_the_same_to_the_byte),
        RULE(a_platform_restarted_in_the_middle_is_found_again),
        RULE(half_an_answer_is_asked_for_again),
        RULE(an_unreachable_platform_is_told_in_the_language),
        RULE(silence_is_given_up),
        RULE(a_slow_answer_is_waited_for_as_long_as_bytes_come),
        RULE(a_busy_platform_is_asked_again_a_few_times),
        RULE(a_read_that_comes_too_soon_comes_again_when_the_platform_says),
        RULE(http_beyond_this_machine_has_to_be_allowed),
        RULE(an_endless_answer_is_cut),
        RULE(calls_share_one_kept_connection),
        RULE(at_most_two_connections_are_used),
        RULE(proxies_of_the_environment_are_not_used),
        RULE(only_web_addresses_are_taken),
        RULE(a_kept_connection_that_was_closed_meanwhile_is_replaced),
        RULE(a_program_that_is_started_does_not_get_the_connections),
        RULE(the_callers_signals_stay_as_they_are),
        RULE(a_repeated_call_is_still_of_who_made_it),
        RULE(waiting_for_a_hanging_platform_does_not_spin),
        RULE(a_client_that_was_stopped_finds_its_answers),
        RULE(a_key_does_not_wait_for_a_request_that_hangs),
        RULE(waiting_ends_with_the_time_out),
        RULE(a_cancelled_call_is_never_heard_of),
        RULE(cancelled_calls_that_hang_do_not_keep_others_waiting),
        RULE(a_callback_may_call_and_cancel),
        RULE(freeing_the_client_drops_what_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
