/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The running platform: its feeds, its end, its clock, and what its program says to wrong usage. */
#include "core/clock.h"
#include "tests/lib/platform.h"
#include "tests/lib/wire.h"
#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

static struct test_platform *platform;

static int setup(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    platform = test_platform_start(NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return test_platform_stop(platform) ? 0 : -1;
}

#define APPEAL                                                                                     \
    "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"13800001111\","              \
    "\"region\":\"420281003001\",\"category\":\"010101\",\"words\":\"小区停水三天\","        \
    "\"next\":\"dispatch\"}"

/* How many sockets the platform has open; one when it only listens. */
static size_t sockets(void)
{
    char path[64], target[64];
    size_t n = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/fd", (long)platform->pid);
    DIR *dir = opendir(path);
    const struct dirent *entry;
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        ssize_t length = readlinkat(dirfd(dir), entry->d_name, target, sizeof target);
        n += length > 7 && memcmp(target, "socket:", 7) == 0;
    }
    closedir(dir);
    return n;
}

/* --- the feed --------------------------------------------------------------------------------- */

static int open_feed(const char *token, const char *cursor)
{
    char request[300];
    (void)snprintf(request, sizeof request,
                   "GET /api/v1/changes?cursor=%s HTTP/1.1\r\nHost: h\r\n"
                   "Authorization: Bearer %s\r\n\r\n",
                   cursor, token);
    int fd = test_platform_dial(platform);
    assert_true(say(fd, request));
    struct reply reply = hear_head(fd);
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
    return fd;
}

static void feeds_that_vanish_leave_no_descriptor(void **state)
{
    enum { FEEDS = 100 };
    int fds[FEEDS];
    const char *token = test_login(platform, "dispatcher");
    (void)state;
    char *cursor = test_cursor(platform, token);
    assert_true(TEST_WAIT(sockets() == 1));
    for (int i = 0; i < FEEDS; i++)
        fds[i] = open_feed(token, cursor);
    assert_int_equal(sockets(), FEEDS + 1);
    for (int i = 0; i < FEEDS; i++) {
        struct linger reset = {.l_onoff = i % 2, .l_linger = 0};
        (void)setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fds[i]);
    }
    assert_true(TEST_WAIT(sockets() == 1));
    free(cursor);
}

static bool feed_tells(const struct test_reply *reply, int64_t order)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(reply->json, "items"))
    {
        if (json_int(item, "id", 0) == order)
            return true;
    }
    return false;
}

static void an_appeal_reaches_the_dispatchers_feed(void **state)
{
    const char *operator= test_login(platform, "operator");
    const char *dispatcher = test_login(platform, "dispatcher");
    char *cursor = test_cursor(platform, dispatcher);
    (void)state;
    int fd = open_feed(dispatcher, cursor);
    struct test_reply order = test_post(platform, operator, "/appeals", APPEAL);
    assert_int_equal(order.status, 201);
    struct test_reply reply = test_get(platform, dispatcher, "/changes?cursor=%s&wait=60", cursor);
    assert_int_equal(reply.status, 200);
    assert_true(feed_tells(&reply, json_int(order.json, "id", 0)));
    assert_true(test_cursor_seq(platform, json_text(reply.json, "cursor", "")) >
                test_cursor_seq(platform, cursor));
    char chunk[64];
    assert_true(hear(fd, chunk, sizeof chunk) > 0); /* and the one that never ends */
    close(fd);
    free(cursor);
    test_reply_free(&reply);
    test_reply_free(&order);
}

/* --- the end ---------------------------------------------------------------------------------- */

struct writing {
    const char *token;
    atomic_bool *over;
    int answered; /* appeals that were answered with 201 */
};

static void *write_on(void *user)
{
    struct writing *writing = user;
    while (!atomic_load(writing->over)) {
        struct test_reply reply = test_post(platform, writing->token, "/appeals", APPEAL);
        writing->answered += reply.status == 201;
        test_reply_free(&reply);
    }
    return NULL;
}

static int64_t order_count(const char *token)
{
    struct test_reply reply = test_get(platform, token, "/board?by=state");
    assert_int_equal(reply.status, 200);
    int64_t total = json_int(cJSON_GetObjectItemCaseSensitive(reply.json, "totals"), "total", -1);
    test_reply_free(&reply);
    return total;
}

/* What was answered is kept, however the platform ends; open feeds hold up nothing. */
static void what_was_answered_outlives_the_platform(void **state)
{
    const char *token = test_login(platform, "operator");
    const char *analyst = test_login(platform, "analyst");
    (void)state;
    for (int killed = 0; killed < 2; killed++) {
        pthread_t threads[4];
        struct writing writings[4];
        atomic_bool over = false;
        int64_t before = order_count(analyst), answered = 0;
        char *cursor = test_cursor(platform, token);
        int feed = open_feed(token, cursor);
        free(cursor);
        for (int i = 0; i < 4; i++) {
            writings[i] = (struct writing){.token = token, .over = &over};
            assert_int_equal(pthread_create(&threads[i], NULL, write_on, &writings[i]), 0);
        }
        assert_true(TEST_WAIT(order_count(analyst) > before + 20));
        if (killed)
            test_platform_kill(platform);
        assert_true(test_platform_restart(platform));
        atomic_store(&over, true);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(pthread_join(threads[i], NULL), 0);
            answered += writings[i].answered;
        }
        assert_true(order_count(analyst) >= before + answered);
        close(feed);
    }
    test_platform_kill(platform);
    assert_true(test_platform_check(platform));
    assert_true(test_platform_restart(platform));
}

/* --- the clock -------------------------------------------------------------------------------- */

static int64_t platform_time(const struct test_platform *of)
{
    struct test_reply reply = test_get(of, NULL, "/health");
    assert_int_equal(reply.status, 200);
    int64_t time = json_time(reply.json, "time");
    test_reply_free(&reply);
    return time;
}

static bool has_card(const struct test_platform *of, const char *token, int64_t order,
                     const char *card)
{
    struct test_reply reply = test_get(of, token, "/orders/%" PRId64, order);
    bool has = strcmp(json_text(reply.json, "card", ""), card) == 0;
    test_reply_free(&reply);
    return has;
}

static void a_deadline_that_passes_shows_its_card(void **state)
{
    int64_t start;
    (void)state;
    assert_true(clock_parse("2026-11-18T09:00:00+08:00", &start));
    struct test_platform *own = test_platform_start("start=2026-11-18T09:00:00+08:00");
    int64_t time = platform_time(own);
    assert_true(time >= start && time < start + 60000);
    const char *token = test_login(own, "operator");
    struct test_reply reply = test_post(own, token, "/appeals", APPEAL);
    int64_t order = json_int(reply.json, "id", 0);
    test_reply_free(&reply);
    assert_true(has_card(own, token, order, "none"));
    test_platform_advance(own, INT64_C(30) * 24 * 3600 * 1000);
    assert_true(platform_time(own) - time >= INT64_C(30) * 24 * 3600 * 1000);
    token = test_login(own, "operator2"); /* a month is longer than a session */
    assert_true(TEST_WAIT(has_card(own, token, order, "red")));
    assert_true(test_platform_stop(own));
}

/* --- the program ------------------------------------------------------------------------------ */

static void wrong_usage_is_explained(void **state)
{
    static const struct {
        const char *words[8];
        const char *part;
    } cases[] = {
        {{NULL}, "what is to be done?"},
        {{"frobnicate"}, "there is no command \"frobnicate\""},
        {{"serve"}, "serve needs --db FILE"},
        {{"serve", "--db"}, "--db needs a value"},
        {{"serve", "--db", "x", "y"}, "\"y\" is one word too many"},
        {{"serve", "--db", "x", "--port", "65536"}, "--port takes a number from 0 to 65535"},
        {{"serve", "--db", "x", "--port", "-1"}, "--port takes"},
        {{"serve", "--db", "x", "--port", "1e3"}, "--port takes"},
        {{"serve", "--db", "x", "--threads", "0"}, "--threads takes a number from 1 to"},
        {{"serve", "--db", "x", "--demo"}, "serve: there is no option --demo"},
        {{"init", "--db", "x", "--port", "1"}, "init: there is no option --port"},
        {{"init", "--db", "x", "--demo", "--city", "huge"}, "--city takes small or large"},
        {{"init", "--db", "x", "--city", "large"}, "--city goes with --demo"},
        {{"check"}, "check needs --db FILE"},
        {{"lifecycle", "--db", "x"}, "lifecycle: there is no option --db"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *output = NULL;
        assert_int_equal(test_minqingd(cases[i].words, NULL, &output), 2);
        if (!strstr(output, cases[i].part) || !strstr(output, "--help"))
            fail_msg("%s is not in: %s", cases[i].part, output);
        free(output);
    }
}

static void expect_output(const char *const *words, const char *clock, int status, const char *part)
{
    char *output = NULL;
    int code = test_minqingd(words, clock, &output);
    if (code != status || !strstr(output, part))
        fail_msg("%d with \"%s\", not %d with \"%s\"", code, output, status, part);
    free(output);
}

static void what_cannot_be_served_is_explained(void **state)
{
    char port[8];
    char *directory = test_directory();
    char missing[300], empty[300];
    (void)state;
    (void)snprintf(port, sizeof port, "%u", platform->port);
    (void)snprintf(missing, sizeof missing, "%s/missing.db", directory);
    (void)snprintf(empty, sizeof empty, "%s/empty.db", directory);
    struct test_platform *other = test_platform_start(NULL);
    test_platform_kill(other);
    expect_output((const char *[]){"serve", "--db", platform->database, NULL}, NULL, 1,
                  "is open in another platform");
    expect_output((const char *[]){"serve", "--db", other->database, "--port", port, NULL}, NULL, 1,
                  "is in use by another program");
    expect_output((const char *[]){"serve", "--db", other->database, "--listen", "0.0.0.0", NULL},
                  NULL, 1, "on this machine only");
    expect_output((const char *[]){"serve", "--db", other->database, "--listen", "::", NULL}, NULL,
                  1, "on this machine only");
    expect_output((const char *[]){"serve", "--db", missing, NULL}, NULL, 1, "No such file");
    assert_int_not_equal(access(missing, F_OK), 0);
    expect_output((const char *[]){"check", "--db", missing, NULL}, NULL, 1, "No such file");
    expect_output((const char *[]){"init", "--db", empty, NULL}, NULL, 0, "without a city");
    expect_output((const char *[]){"serve", "--db", empty, NULL}, NULL, 1, "no city");
    expect_output((const char *[]){"init", "--demo", "--db", other->database, NULL}, NULL, 1,
                  "holds a city already");
    expect_output((const char *[]){"init", "--demo", "--db", empty, "--holidays", missing, NULL},
                  NULL, 1, "missing.db");
    expect_output((const char *[]){"check", "--db", other->database, NULL}, NULL, 0,
                  ": nothing found");
    expect_output((const char *[]){"serve", "--db", empty, NULL}, "start=yesterday", 2,
                  "MINQING_CLOCK");
    assert_true(test_platform_stop(other));
    free(directory);
}

static void the_program_tells_about_itself(void **state)
{
    (void)state;
    expect_output((const char *[]){"--help", NULL}, NULL, 0, "minqingd serve --db FILE");
    expect_output((const char *[]){"--version", NULL}, NULL, 0, "minqingd ");
    expect_output((const char *[]){"lifecycle", NULL}, NULL, 0, "digraph");
    expect_output((const char *[]){"lifecycle", "--markdown", NULL}, NULL, 0, "|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feeds_that_vanish_leave_no_descriptor),
        cmocka_unit_test(an_appeal_reaches_the_dispatchers_feed),
        cmocka_unit_test(what_was_answered_outlives_the_platform),
        cmocka_unit_test(a_deadline_that_passes_shows_its_card),
        cmocka_unit_test(wrong_usage_is_explained),
        cmocka_unit_test(what_cannot_be_served_is_explained),
        cmocka_unit_test(the_program_tells_about_itself),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
