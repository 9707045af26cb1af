/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real platform over the wire: bad bodies, one connection for many changes, clients that
 * vanish, and what is kept when it stops or is killed. */
#include "tests/lib/platform.h"
#include "tests/lib/wire.h"
#include <signal.h>

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

/* A POST as bytes, in the arena of nobody: free it. */
static char *post_bytes(const char *path, const char *token, const char *key, const char *body)
{
    struct buf out = BUF_EMPTY;
    buf_printf(&out,
               "POST /api/v1%s HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
               "Authorization: Bearer %s\r\nIdempotency-Key: %s\r\nContent-Length: %zu\r\n\r\n%s",
               path, token, key, strlen(body), body);
    return buf_take(&out);
}

static void assert_problem(const struct test_request *request, int status, const char *problem)
{
    struct test_reply reply = test_http(platform, request);
    if (reply.status != status || strcmp(test_problem(&reply), problem) != 0)
        fail_msg("%s %s gave %d %s, not %d %s", request->path, request->body ? request->body : "",
                 reply.status, reply.text, status, problem);
    test_reply_free(&reply);
}

/* --- what is refused -------------------------------------------------------------------------- */

static void a_body_must_be_one_sound_json_object(void **state)
{
    static const char *const bodies[] = {
        "{",
        "[]",
        "1",
        "null",
        "{} {}",
        "{\"a\":1,}",
        "{'a':1}",
        "\xef\xbb\xbf{}",
        "{\"a\":NaN}",
        "{\"channel\":\"a\",\"channel\":\"b\"}",
        "{\"words\":\"\\u0000\"}",
        "{\"words\":\"\xff\"}",
        "{\"words\":\"\xed\xa0\x80\"}",
        "{\"words\":\"\\ud800\"}",
        "{\"words\":\"\xc0\xaf\"}",
    };
    const char *token = test_login(platform, "operator");
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        assert_problem(
            &(struct test_request){.path = "/appeals", .token = token, .body = bodies[i]}, 400,
            "malformed");
    assert_problem(
        &(struct test_request){
            .path = "/appeals", .token = token, .body = "{}\0{}", .body_length = 5},
        400, "malformed");
}

static void deep_nesting_is_refused(void **state)
{
    enum { DEPTH = 100000 };
    char *body = malloc(2 * DEPTH + 1);
    (void)state;
    assert_non_null(body);
    memset(body, '[', DEPTH);
    memset(body + DEPTH, ']', DEPTH);
    body[2 * DEPTH] = '\0';
    assert_problem(&(struct test_request){.path = "/appeals",
                                          .token = test_login(platform, "operator"),
                                          .body = body},
                   400, "malformed");
    free(body);
}

static void a_body_has_a_limit_and_a_type(void **state)
{
    enum { SIZE = 2 * 1024 * 1024 };
    char *body = malloc(SIZE + 1);
    const char *token = test_login(platform, "operator");
    (void)state;
    assert_non_null(body);
    memset(body, ' ', SIZE);
    body[SIZE] = '\0';
    assert_problem(&(struct test_request){.path = "/appeals", .token = token, .body = body}, 413,
                   "too-large");
    assert_problem(&(struct test_request){.path = "/sessions", .body = body}, 413, "too-large");
    free(body);
    assert_problem(
        &(struct test_request){
            .path = "/appeals", .token = token, .type = "text/xml", .body = APPEAL},
        415, "unsupported");
}

static void paths_and_queries_are_checked(void **state)
{
    static const struct {
        const char *path;
        int status;
        const char *problem;
    } cases[] = {
        {"/orders?view=all&limit=5&q=%FF", 400, "malformed"},
        {"/orders?view=all&q=%00", 400, "malformed"},
        {"/orders/%ED%A0%80", 400, "malformed"},
        {"/orders/%2e%2e%2fme", 400, "malformed"},
        {"/orders?view=all&nonsense=1", 422, "field-unknown"},
        {"/nothing", 404, "not-found"},
        {"/orders/1/2/3/4/5/6/7/8/9", 404, "not-found"},
        {"//me", 404, "not-found"},
        {"/me/", 404, "not-found"},
        {"/changes", 422, "field-missing"},
        {"/changes?cursor=x", 422, "field-reference"},
        {"/changes?cursor=1.00000000", 422, "field-reference"},
        {"/changes?cursor=00000000000000000000000000000001", 410, "feed-gone"},
    };
    const char *token = test_login(platform, "operator");
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_problem(&(struct test_request){.path = cases[i].path, .token = token},
                       cases[i].status, cases[i].problem);
    assert_problem(&(struct test_request){.path = "/changes?cursor=0"}, 401, "unauthenticated");
    assert_problem(&(struct test_request){.path = "/me", .token = "AAAAAAAAAAAAAAAAAAAAAA"}, 401,
                   "unauthenticated");
}

static void other_methods_are_refused(void **state)
{
    static const char *const methods[] = {"PUT", "PATCH", "OPTIONS", "TRACE", "BREW"};
    const char *token = test_login(platform, "operator");
    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        assert_problem(&(struct test_request){.method = methods[i], .path = "/me", .token = token},
                       405, "method");
    struct test_request request = {.method = "DELETE", .path = "/me", .token = token};
    struct test_reply reply = test_http(platform, &request);
    assert_int_equal(reply.status, 405);
    assert_string_equal(reply.allow, "GET");
    test_reply_free(&reply);
}

/* --- connections ------------------------------------------------------------------------------ */

static void one_connection_serves_many_changes(void **state)
{
    const char *token = test_login(platform, "operator");
    char key[32];
    (void)state;
    int fd = test_platform_dial(platform);
    for (int i = 0; i < 10; i++) {
        (void)snprintf(key, sizeof key, "same-connection-%d", i);
        char *bytes = post_bytes("/appeals", token, key, APPEAL);
        assert_true(say(fd, bytes));
        struct reply reply = hear_reply(fd, false);
        assert_int_equal(reply.status, 201);
        assert_string_equal(reply_header(&reply, "Connection"), "");
        reply_free(&reply);
        free(bytes);
    }
    close(fd);
}

static void pipelined_changes_are_done_in_order(void **state)
{
    const char *token = test_login(platform, "operator");
    struct buf all = BUF_EMPTY;
    char key[32];
    int64_t last = 0;
    (void)state;
    for (int i = 0; i < 10; i++) {
        (void)snprintf(key, sizeof key, "pipelined-%d", i);
        char *bytes = post_bytes("/appeals", token, key, APPEAL);
        buf_add_text(&all, bytes);
        buf_printf(&all, "GET /api/v1/health?x%d HTTP/1.1\r\nHost: h\r\n\r\n", i);
        free(bytes);
    }
    int fd = test_platform_dial(platform);
    assert_true(say_bytes(fd, all.data, all.length));
    for (int i = 0; i < 10; i++) {
        struct reply reply = hear_reply(fd, false);
        cJSON *order = json_parse(reply.body.data, reply.body.length);
        assert_int_equal(reply.status, 201);
        assert_true(json_int(order, "id", 0) > last);
        last = json_int(order, "id", 0);
        cJSON_Delete(order);
        reply_free(&reply);
        reply = hear_reply(fd, false);
        assert_true(reply.status == 200 || reply.status == 422);
        reply_free(&reply);
    }
    close(fd);
    buf_free(&all);
}

static void a_slow_client_is_served(void **state)
{
    char *bytes = post_bytes("/appeals", test_login(platform, "operator"), "slow", APPEAL);
    (void)state;
    int fd = test_platform_dial(platform);
    for (size_t i = 0; bytes[i]; i++)
        assert_true(say_bytes(fd, bytes + i, 1));
    struct reply reply = hear_reply(fd, false);
    assert_int_equal(reply.status, 201);
    reply_free(&reply);
    close(fd);
    free(bytes);
}

/* Who gets no answer asks again with the same key, and nothing is done twice. */
static void a_change_whose_client_vanished_is_done_once(void **state)
{
    enum { CLIENTS = 50 };
    const char *token = test_login(platform, "operator");
    char key[32];
    (void)state;
    for (int i = 0; i < CLIENTS; i++) {
        (void)snprintf(key, sizeof key, "vanished-%d", i);
        char *bytes = post_bytes("/appeals", token, key, APPEAL);
        int fd = test_platform_dial(platform);
        struct linger reset = {.l_onoff = i % 2, .l_linger = 0};
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        (void)say(fd, bytes);
        close(fd);
        free(bytes);
    }
    for (int i = 0; i < CLIENTS; i++) {
        int64_t ids[2];
        (void)snprintf(key, sizeof key, "vanished-%d", i);
        for (int again = 0; again < 2; again++) {
            struct test_request request = {
                .path = "/appeals", .token = token, .key = key, .body = APPEAL};
            struct test_reply reply = test_http(platform, &request);
            assert_int_equal(reply.status, 201);
            ids[again] = json_int(reply.json, "id", 0);
            test_reply_free(&reply);
        }
        assert_true(ids[0] > 0);
        assert_true(ids[0] == ids[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_must_be_one_sound_json_object),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(a_body_has_a_limit_and_a_type),
        cmocka_unit_test(paths_and_queries_are_checked),
        cmocka_unit_test(other_methods_are_refused),
        cmocka_unit_test(one_connection_serves_many_changes),
        cmocka_unit_test(pipelined_changes_are_done_in_order),
        cmocka_unit_test(a_slow_client_is_served),
        cmocka_unit_test(a_change_whose_client_vanished_is_done_once),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
