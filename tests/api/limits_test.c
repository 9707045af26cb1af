/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often one may ask, by which number a request is found again, and what the log says: never who
 * the citizen is. */
#include "tests/lib/platform.h"
#include "tests/lib/wire.h"
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>

#define PROXY "127.0.0.9"

static struct test_platform *platform;
static char *directory, *log_path;

static char *path_in(const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
    return path;
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* "" while there is no such file. */
static char *read_text(const char *path)
{
    struct buf text = BUF_EMPTY;
    char part[4096];
    size_t n;
    FILE *file = fopen(path, "re");
    while (file && (n = fread(part, 1, sizeof part, file)) > 0)
        buf_add(&text, part, n);
    if (file)
        (void)fclose(file);
    return buf_take(&text);
}

static bool file_says(const char *path, const char *words)
{
    char *text = read_text(path);
    bool says = strstr(text, words) != NULL;
    free(text);
    return says;
}

static int setup(void **state)
{
    (void)state;
    directory = test_directory();
    log_path = path_in("minqingd.log");
    char *settings = path_in("settings");
    write_text(settings, "[rates]\naddress_rate = 1\naddress_burst = 8\n"
                         "account_rate = 1\naccount_burst = 30\n");
    const char *const arguments[] = {"--settings",      settings, "--log",          log_path,
                                     "--trusted-proxy", PROXY,    "--log-requests", NULL};
    platform = test_platform_start_with(&(struct test_platform_options){.arguments = arguments});
    free(settings);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bool good = test_platform_stop(platform);
    free(log_path);
    free(directory);
    return good ? 0 : -1;
}

/* --- how often -------------------------------------------------------------------------------- */

/* A request from an address of this machine, without a login. */
static struct test_reply ask_from(const char *from, const char *forwarded, const char *path)
{
    const char *headers[] = {forwarded, NULL};
    return test_http(
        platform,
        &(struct test_request){.path = path, .from = from, .headers = headers, .language = "en"});
}

static int status_from(const char *from, const char *forwarded, const char *path)
{
    struct test_reply reply = ask_from(from, forwarded, path);
    int status = reply.status;
    test_reply_free(&reply);
    return status;
}

/* Asks until it is refused as too often; how often that was not so. */
static int exhaust(const char *from, const char *forwarded, const char *path)
{
    int n = 0;
    while (n < 100 && status_from(from, forwarded, path) != 429)
        n++;
    assert_in_range(n, 1, 99);
    return n;
}

static void who_is_not_logged_in_is_slowed_by_address_and_told_when_to_come_again(void **state)
{
    (void)state;
    const char *token = test_login(platform, "dispatcher");
    assert_true(exhaust("127.0.0.2", NULL, "/health") >= 8);
    struct test_reply reply = ask_from("127.0.0.2", NULL, "/health");
    assert_int_equal(reply.status, 429);
    assert_int_equal(reply.retry_after, 1);
    assert_string_equal(test_problem(&reply), "too-many-requests");
    assert_non_null(strstr(reply.text, "try again in 1 s"));
    test_reply_free(&reply);
    assert_int_equal(status_from("127.0.0.3", NULL, "/health"), 200);
    /* Who has a login is counted apart. */
    reply = test_http(platform,
                      &(struct test_request){.path = "/me", .token = token, .from = "127.0.0.2"});
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
    assert_true(TEST_WAIT(status_from("127.0.0.2", NULL, "/health") == 200));
}

static void guessing_passwords_tokens_and_feeds_counts_alike(void **state)
{
    (void)state;
    int refused = 0;
    for (int i = 0; i < 20 && refused == 0; i++) {
        struct test_reply reply =
            test_http(platform, &(struct test_request){.path = i % 2 ? "/me" : "/changes?cursor=1",
                                                       .token = "AAAAAAAAAAAAAAAAAAAAAA",
                                                       .from = "127.0.0.4"});
        refused += reply.status == 429;
        assert_true(reply.status == 429 || reply.status == 401);
        test_reply_free(&reply);
    }
    assert_int_equal(refused, 1);
    struct test_reply reply = test_http(
        platform,
        &(struct test_request){.path = "/sessions",
                               .from = "127.0.0.4",
                               .body = "{\"login\":\"operator\",\"password\":\"minqing-demo\"}"});
    assert_int_equal(reply.status, 429);
    test_reply_free(&reply);
    assert_int_equal(status_from("127.0.0.4", NULL, "/changes?cursor=1"), 429);
}

static void an_account_that_asks_too_often_is_slowed_alone(void **state)
{
    (void)state;
    const char *analyst = test_login(platform, "analyst");
    const char *dispatcher = test_login(platform, "dispatcher");
    int n = 0, status = 200;
    struct test_reply reply;
    for (; n < 200 && status == 200; n++) {
        reply = test_get(platform, analyst, "/me");
        status = reply.status;
        if (status == 429)
            assert_string_equal(test_problem(&reply), "too-many-requests");
        test_reply_free(&reply);
    }
    assert_int_equal(status, 429);
    assert_true(n > 25);
    reply = test_get(platform, dispatcher, "/me");
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
}

static void a_proxy_is_believed_and_nobody_else(void **state)
{
    (void)state;
    /* Behind the proxy each client counts for itself, a /64 of IPv6 as one. */
    (void)exhaust(PROXY, "X-Forwarded-For: 198.51.100.1", "/health");
    assert_int_equal(status_from(PROXY, "X-Forwarded-For: 198.51.100.2", "/health"), 200);
    (void)exhaust(PROXY, "X-Forwarded-For: 2001:db8::1", "/health");
    assert_int_equal(status_from(PROXY, "X-Forwarded-For: 2001:db8::ffff:2", "/health"), 429);
    assert_int_equal(status_from(PROXY, "X-Forwarded-For: 2001:db8:0:1::1", "/health"), 200);
    /* What the client itself wrote stands before what the proxy adds. */
    assert_int_equal(status_from(PROXY, "X-Forwarded-For: 203.0.113.7, 198.51.100.1", "/health"),
                     429);
    /* From anybody else it is only a header. */
    (void)exhaust("127.0.0.5", NULL, "/health");
    assert_int_equal(status_from("127.0.0.5", "X-Forwarded-For: 198.51.100.77", "/health"), 429);
    /* A proxy that says nonsense counts for itself. */
    assert_int_equal(status_from(PROXY, "X-Forwarded-For: unknown", "/health"), 200);
    assert_int_equal(status_from(PROXY, "X-Forwarded-For: \xff\xff", "/health"), 200);
}

/* --- numbers of requests ---------------------------------------------------------------------- */

static void every_answer_carries_a_number_of_its_own(void **state)
{
    (void)state;
    struct test_reply one = ask_from("127.0.0.6", NULL, "/health");
    struct test_reply other = ask_from("127.0.0.6", NULL, "/nowhere");
    assert_int_equal(strlen(one.request_id), 12);
    assert_int_equal(strspn(one.request_id, "0123456789"), 12);
    /* Who counts them would count the requests of all others. */
    assert_true(llabs(strtoll(one.request_id, NULL, 10) - strtoll(other.request_id, NULL, 10)) >
                1000);
    test_reply_free(&one);
    test_reply_free(&other);
}

static void a_number_is_taken_from_a_proxy_when_it_is_one(void **state)
{
    (void)state;
    struct test_reply reply = ask_from(PROXY, "X-Request-Id: edge-7_a", "/health");
    assert_string_equal(reply.request_id, "edge-7_a");
    test_reply_free(&reply);
    reply = ask_from(PROXY, "X-Request-Id: a b", "/health");
    assert_int_equal(strlen(reply.request_id), 12);
    test_reply_free(&reply);
    reply = ask_from("127.0.0.6", "X-Request-Id: edge-7_a", "/health");
    assert_int_equal(strlen(reply.request_id), 12);
    test_reply_free(&reply);
}

static void tamper(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(platform->database, &db), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, WIRE_LIMIT_MS);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_failure_tells_the_number_by_which_the_log_tells_it(void **state)
{
    (void)state;
    const char *token = test_login(platform, "dispatcher");
    tamper("alter table scope rename to scope_away");
    struct test_reply reply = test_get(platform, token, "/orders?view=dispatch");
    tamper("alter table scope_away rename to scope");
    assert_int_equal(reply.status, 500);
    assert_non_null(strstr(json_text(reply.json, "title", ""), reply.request_id));
    char *line = NULL;
    assert_true(asprintf(&line, "error request id=%s route=orders failed", reply.request_id) > 0);
    assert_true(file_says(log_path, line));
    free(line);
    test_reply_free(&reply);
}

/* --- the log ---------------------------------------------------------------------------------- */

static void the_log_tells_each_request_and_nothing_of_a_citizen(void **state)
{
    static const char *const secrets[] = {"13877776666", "欧阳娜娜",     "楼道堆放",
                                          "碧桂园",      "minqing-demo", "bulky-secret"};
    (void)state;
    const char *operator= test_login(platform, "operator");
    struct test_reply taken =
        test_post(platform, operator, "/appeals",
                  "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"13877776666\","
                  "\"name\":\"欧阳娜娜\",\"region\":\"420281003001\",\"category\":\"010101\","
                  "\"place_text\":\"碧桂园\",\"words\":\"楼道堆放杂物\",\"next\":\"dispatch\"}");
    assert_int_equal(taken.status, 201);
    int64_t order = json_int(taken.json, "id", 0);
    struct test_reply replies[] = {
        test_post(platform, operator, "/callers/lookup", "{\"phone\":\"13877776666\"}"),
        test_get(platform, operator, "/orders?view=13877776666"),
        test_get(platform, operator, "/orders/13877776666"),
        test_get(platform, operator, "/13877776666/bulky-secret"),
        test_get(platform, "bulky-secret-bulky-secret", "/me"),
        test_get(platform, operator, "/orders/%" PRId64, order),
    };
    enum { REPLIES = sizeof replies / sizeof replies[0] };
    char *line = NULL;
    assert_true(asprintf(&line, "request id=%s method=GET route=/orders/* status=200 ms=",
                         replies[REPLIES - 1].request_id) > 0);
    assert_true(TEST_WAIT(file_says(log_path, line)));
    char *log = read_text(log_path);
    assert_non_null(strstr(log, "method=POST route=/appeals status=201"));
    assert_non_null(strstr(log, "method=POST route=/callers/lookup status="));
    assert_non_null(strstr(log, "method=GET route=/- status=404"));
    assert_non_null(strstr(log, "route=/me status=401"));
    for (size_t i = 0; i < REPLIES; i++) {
        assert_non_null(strstr(log, replies[i].request_id));
        test_reply_free(&replies[i]);
    }
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (strstr(log, secrets[i]))
            fail_msg("the log holds \"%s\"", secrets[i]);
    assert_null(strstr(log, operator));
    test_reply_free(&taken);
    free(line);
    free(log);
}

static void the_log_begins_anew_when_it_was_moved(void **state)
{
    (void)state;
    char *old = path_in("minqingd.log.1");
    assert_int_equal(rename(log_path, old), 0);
    struct test_reply reply = ask_from("127.0.0.7", NULL, "/health");
    assert_true(TEST_WAIT(file_says(old, reply.request_id)));
    test_reply_free(&reply);
    assert_int_equal(kill(platform->pid, SIGHUP), 0);
    assert_true(TEST_WAIT(file_says(log_path, "log taken up anew")));
    reply = ask_from("127.0.0.7", NULL, "/health");
    assert_true(TEST_WAIT(file_says(log_path, reply.request_id)));
    assert_false(file_says(old, reply.request_id));
    test_reply_free(&reply);
    struct stat info;
    assert_int_equal(stat(log_path, &info), 0);
    assert_int_equal(info.st_mode & 077, 0);
    free(old);
}

static void what_the_office_has_set_stands_in_the_log(void **state)
{
    (void)state;
    char *old = path_in("minqingd.log.1");
    assert_true(file_says(old, "setting rates.address_burst = 8 (200)"));
    assert_false(file_says(old, "setting limits."));
    free(old);
}

static void wrong_options_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *words[8];
        const char *said;
    } cases[] = {
        {{"serve", "--db", "x", "--trusted-proxy", "proxy.example", NULL}, "an address in digits"},
        {{"serve", "--db", "x", "--certificate", "c", NULL}, "--certificate and --key belong"},
        {{"settings", "--check", "/nonexistent", NULL}, "/nonexistent cannot be read"},
        {{"settings", "--language", "fr", NULL}, "zh or en"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *output = NULL;
        assert_int_not_equal(test_minqingd(cases[i].words, NULL, &output), 0);
        if (!strstr(output, cases[i].said))
            fail_msg("said %s, not %s", output, cases[i].said);
        free(output);
    }
    const char *const bad[] = {"serve", "--db",  platform->database,         "--port",
                               "0",     "--log", "/nonexistent/minqing.log", NULL};
    char *output = NULL;
    assert_int_equal(test_minqingd(bad, NULL, &output), 1);
    assert_non_null(strstr(output, "the log /nonexistent/minqing.log cannot be opened"));
    free(output);
    /* What keeps it from starting is told where it was started, and in the log. */
    char *log = path_in("failed.log");
    const char *const none[] = {
        "serve", "--db",       platform->database,      "--port", "0", "--log",
        log,     "--settings", "/nonexistent/settings", NULL};
    assert_int_equal(test_minqingd(none, NULL, &output), 1);
    assert_non_null(strstr(output, "/nonexistent/settings cannot be read"));
    assert_true(file_says(log, "/nonexistent/settings cannot be read"));
    free(output);
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_not_logged_in_is_slowed_by_address_and_told_when_to_come_again),
        cmocka_unit_test(guessing_passwords_tokens_and_feeds_counts_alike),
        cmocka_unit_test(an_account_that_asks_too_often_is_slowed_alone),
        cmocka_unit_test(a_proxy_is_believed_and_nobody_else),
        cmocka_unit_test(every_answer_carries_a_number_of_its_own),
        cmocka_unit_test(a_number_is_taken_from_a_proxy_when_it_is_one),
        cmocka_unit_test(a_failure_tells_the_number_by_which_the_log_tells_it),
        cmocka_unit_test(the_log_tells_each_request_and_nothing_of_a_citizen),
        cmocka_unit_test(the_log_begins_anew_when_it_was_moved),
        cmocka_unit_test(what_the_office_has_set_stands_in_the_log),
        cmocka_unit_test(wrong_options_are_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
