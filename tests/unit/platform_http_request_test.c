/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clients send, right and wrong, and what they get. */
#include "tests/unit/platform_http.h"

static struct server server;

static int setup(void **state)
{
    (void)state;
    server_start(&server, (struct http_options){.timeout_s = 30});
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    server_stop(&server);
    return 0;
}

/* Sends one request on a connection of its own, without its blank line, and reads the answer. */
static struct reply ask(const char *request)
{
    int fd = dial(&server);
    (void)say(fd, request);
    (void)say(fd, "Host: h\r\n\r\n");
    struct reply reply = hear_reply(fd, strncmp(request, "HEAD", 4) == 0);
    close(fd);
    return reply;
}

static void assert_status(const char *request, int status, const char *problem)
{
    struct reply reply = ask(request);
    if (reply.status != status)
        fail_msg("%s gave %d, not %d: %s", request, reply.status, status,
                 reply.body.data ? reply.body.data : "");
    if (problem) {
        cJSON *object = json_parse(reply.body.data, reply.body.length);
        assert_string_equal(json_text(object, "type", ""), problem);
        assert_string_equal(reply_header(&reply, "Content-Type"), "application/problem+json");
        cJSON_Delete(object);
    }
    reply_free(&reply);
}

static void assert_echo(const char *request, const char *name, const char *value)
{
    struct reply reply = ask(request);
    cJSON *object = json_parse(reply.body.data ? reply.body.data : "", reply.body.length);
    if (reply.status != 200 || !object)
        fail_msg("%s gave %d", request, reply.status);
    assert_string_equal(json_text(object, name, "(none)"), value);
    cJSON_Delete(object);
    reply_free(&reply);
}

static void a_request_is_understood(void **state)
{
    (void)state;
    assert_echo("GET /api/v1/orders/12/events HTTP/1.1\r\n", "path", "/orders/12/events");
    assert_echo("GET /api/v1 HTTP/1.1\r\n", "path", "/");
    assert_echo("GET http://h/api/v1/me HTTP/1.1\r\n", "path", "/me");
    assert_echo("DELETE /api/v1/sessions/current HTTP/1.1\r\n", "method", "DELETE");
    assert_echo("GET /api/v1/units?q=%E9%87%91%e6%b9%96&limit=20 HTTP/1.1\r\n", "q", "金湖");
    assert_echo("GET /api/v1/units?q=金湖 HTTP/1.1\r\n", "q", "金湖");
    assert_echo("GET /api/v1/units?q=a+b%2Bc%26d&&x HTTP/1.1\r\n", "q", "a b+c&d");
    assert_echo("GET /api/v1/units?a=1&x HTTP/1.1\r\n", "x", "");
    assert_echo("GET /api/v1/a HTTP/1.1\r\nAuthorization: Bearer good\r\n", "token", "good");
    assert_echo("GET /api/v1/a HTTP/1.1\r\nauthorization: bearer a-b_c.d~e+f/g==\r\n", "token",
                "a-b_c.d~e+f/g==");
    assert_echo("GET /api/v1/a HTTP/1.1\r\nAuthorization: Basic Z29vZA==\r\n", "token", "(none)");
    assert_echo("GET /api/v1/a HTTP/1.1\r\nIdempotency-Key: Az_09-\r\n", "key", "Az_09-");
}

static void a_path_or_query_that_is_no_text_is_malformed(void **state)
{
    static const char *const targets[] = {
        "/api/v1/a%",         "/api/v1/a%2",
        "/api/v1/a%zz",       "/api/v1/a%00b",
        "/api/v1/a%FF",       "/api/v1/\xff\xfe",
        "/api/v1/a%2Fb",      "/api/v1/a%c0%af",
        "/api/v1/a%ED%A0%80", "/api/v1/a?q=%",
        "/api/v1/a?q=%00",    "/api/v1/a?q=%80",
        "/api/v1/a?q=\x80",   "/api/v1/a?%FF=1",
        "/api/v1/a?q=1&q=2",  "/api/v1/a?q=%F4%90%80%80",
        "api/v1/a",           "*",
    };
    char request[200];
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n", targets[i]);
        assert_status(request, 400, "malformed");
    }
}

static void too_many_query_parameters_are_malformed(void **state)
{
    struct buf request = BUF_EMPTY;
    (void)state;
    buf_add_text(&request, "GET /api/v1/a?");
    for (int i = 0; i < 65; i++)
        buf_printf(&request, "p%d=1&", i);
    buf_add_text(&request, " HTTP/1.1\r\n");
    assert_status(request.data, 400, "malformed");
    buf_free(&request);
}

static void what_is_outside_the_api_is_not_found(void **state)
{
    (void)state;
    assert_status("GET / HTTP/1.1\r\n", 404, "not-found");
    assert_status("GET /api/v1x HTTP/1.1\r\n", 404, "not-found");
    assert_status("GET /api/v2/me HTTP/1.1\r\n", 404, "not-found");
    assert_status("GET /api/v1/../../etc/passwd HTTP/1.1\r\n", 200, NULL); /* a name, no file */
}

static void other_methods_are_refused_with_allow(void **state)
{
    static const char *const methods[] = {"PUT",  "PATCH", "OPTIONS", "TRACE",
                                          "BREW", "get",   "G\x01T"};
    char request[100];
    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        (void)snprintf(request, sizeof request, "%s /api/v1/me HTTP/1.1\r\n", methods[i]);
        assert_status(request, 405, "method");
    }
    struct reply reply = ask("HEAD /api/v1/me HTTP/1.1\r\n");
    assert_int_equal(reply.status, 405);
    assert_string_equal(reply_header(&reply, "Allow"), "GET, POST, DELETE");
    reply_free(&reply);
}

static void headers_are_checked(void **state)
{
    (void)state;
    assert_echo("POST /api/v1/a HTTP/1.1\r\nIf-Match: 17\r\n", "method", "POST");
    struct reply reply = ask("POST /api/v1/a HTTP/1.1\r\nIf-Match: \"17\"\r\n");
    assert_string_equal(reply_header(&reply, "ETag"), "\"17\"");
    assert_string_equal(reply_header(&reply, "Date"), "");
    reply_free(&reply);
    static const char *const bad[] = {
        "If-Match: W/\"1\"",
        "If-Match: *",
        "If-Match: -1",
        "If-Match: \"",
        "If-Match: 9007199254740993",
        "If-Match: 1\r\nIf-Match: 1",
        "Idempotency-Key: a b",
        "Idempotency-Key: ",
        "Idempotency-Key: é",
        "Idempotency-Key: 12345678901234567890123456789012345678901234567890123456789012345",
        "Idempotency-Key: a\r\nIdempotency-Key: b",
        "Authorization: Bearer ",
        "Authorization: Bearer a b",
        "Authorization: Bearer \"x\"",
        "Authorization: Bearer a\r\nAuthorization: Bearer b",
        "Content-Type: application/json\r\nContent-Type: application/json",
    };
    char request[300];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(request, sizeof request, "POST /api/v1/a HTTP/1.1\r\n%s\r\n", bad[i]);
        assert_status(request, 400, "malformed");
    }
}

static void refusals_speak_the_clients_language(void **state)
{
    (void)state;
    assert_echo("GET /api/v1/a HTTP/1.1\r\n", "language", "zh");
    assert_echo("GET /api/v1/a HTTP/1.1\r\nAccept-Language: en-GB,en;q=0.9\r\n", "language", "en");
    assert_echo("GET /api/v1/a HTTP/1.1\r\nAccept-Language: en;q=0.5, zh-CN;q=0.51\r\n", "language",
                "zh");
    assert_echo("GET /api/v1/a HTTP/1.1\r\nAccept-Language: fr, en;q=0.1\r\n", "language", "en");
    assert_echo("GET /api/v1/a HTTP/1.1\r\nAccept-Language: ;;,,q=,zh;q=x\r\n", "language", "zh");
    struct reply reply = ask("GET / HTTP/1.1\r\nAccept-Language: en\r\n");
    assert_non_null(strstr(reply.body.data, "nothing here"));
    reply_free(&reply);
    reply =
        ask("PUT /api/v1/a HTTP/1.1\r\nAccept-Language: zh\r\nAuthorization: Bearer english\r\n");
    assert_non_null(strstr(reply.body.data, "does not take PUT")); /* the account's own language */
    reply_free(&reply);
}

/* Posts `n` bytes with these extra headers and reads the answer on the same connection. */
static struct reply post(int fd, const char *path, const char *headers, const char *body, size_t n)
{
    char head[400];
    (void)snprintf(head, sizeof head,
                   "POST %s HTTP/1.1\r\nHost: h\r\n%sContent-Length: %zu\r\n\r\n", path, headers,
                   n);
    (void)say(fd, head);
    (void)say_bytes(fd, body, n);
    return hear_reply(fd, false);
}

static void assert_post(const char *headers, const char *body, size_t n, int status)
{
    int fd = dial(&server);
    for (int i = 0; i < 2; i++) { /* whatever the answer, the connection serves the next one */
        struct reply reply = post(fd, "/api/v1/a", headers, body, n);
        if (reply.status != status)
            fail_msg("%zu bytes with %s gave %d, not %d", n, headers, reply.status, status);
        reply_free(&reply);
    }
    close(fd);
}

static void a_body_is_json_by_its_type(void **state)
{
    (void)state;
    assert_post("Content-Type: application/json\r\n", "{}", 2, 200);
    assert_post("Content-Type: Application/JSON ; charset=UTF-8\r\n", "{}", 2, 200);
    assert_post("", "", 0, 200);
    assert_post("", "{}", 2, 415);
    assert_post("Content-Type: text/plain\r\n", "{}", 2, 415);
    assert_post("Content-Type: application/jsonx\r\n", "{}", 2, 415);
    assert_post("Content-Type: application/json; charset=gb18030\r\n", "{}", 2, 415);
    assert_post("Content-Type: application/x-www-form-urlencoded\r\n", "a=b", 3, 415);
}

static void a_body_beyond_the_limit_is_refused(void **state)
{
    size_t limit = 1024 * 1024;
    char *body = malloc(2 * limit);
    (void)state;
    assert_non_null(body);
    memset(body, ' ', 2 * limit);
    assert_post("Content-Type: application/json\r\n", body, limit, 200);
    assert_post("Content-Type: application/json\r\n", body, limit + 1, 413);
    assert_post("Content-Type: application/json\r\n", body, 2 * limit, 413);
    free(body);
}

static void a_body_that_is_announced_too_large_is_not_asked_for(void **state)
{
    (void)state;
    assert_status("POST /api/v1/a HTTP/1.1\r\nContent-Type: application/json\r\n"
                  "Content-Length: 2000000\r\nExpect: 100-continue\r\n",
                  413, "too-large");
    assert_status("POST /api/v1/a HTTP/1.1\r\nContent-Type: application/json\r\n"
                  "Content-Length: 90000000000\r\n",
                  413, "too-large");
}

static void a_chunked_body_has_the_same_limit(void **state)
{
    static const char head[] =
        "POST /api/v1/a HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    char chunk[16 + 65536 + 2];
    (void)state;
    int fd = dial(&server);
    assert_true(say(fd, head));
    assert_true(say(fd, "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"));
    struct reply reply = hear_reply(fd, false);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(reply.body.data, "\"body_length\":2"));
    reply_free(&reply);
    memset(chunk, ' ', sizeof chunk);
    memcpy(chunk, "10000\r\n", 7);
    memcpy(chunk + 7 + 65536, "\r\n", 2);
    assert_true(say(fd, head));
    for (int i = 0; i < 20; i++)
        assert_true(say_bytes(fd, chunk, 7 + 65536 + 2));
    assert_true(say(fd, "0\r\n\r\n"));
    reply = hear_reply(fd, false);
    assert_int_equal(reply.status, 413);
    reply_free(&reply);
    assert_true(say(fd, head)); /* one that never ends is cut off */
    while (say_bytes(fd, chunk, 7 + 65536 + 2))
        ;
    close(fd);
}

/* Two readers of such a request could see different ends of it: what follows is never read. */
static void a_body_without_a_clear_end_closes_the_connection(void **state)
{
    static const char *const framings[] = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 1x\r\n",
        "Content-Length: \r\n",
    };
    char request[300];
    (void)state;
    for (size_t i = 0; i < sizeof framings / sizeof framings[0]; i++) {
        int fd = dial(&server);
        (void)snprintf(request, sizeof request,
                       "POST /api/v1/a HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                       "%s\r\n",
                       framings[i]);
        assert_true(say(fd, request));
        struct reply reply = hear_reply(fd, false);
        if (reply.status != 400)
            fail_msg("%s gave %d", framings[i], reply.status);
        assert_true(is_closed(fd));
        reply_free(&reply);
        close(fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_understood),
        cmocka_unit_test(a_path_or_query_that_is_no_text_is_malformed),
        cmocka_unit_test(too_many_query_parameters_are_malformed),
        cmocka_unit_test(what_is_outside_the_api_is_not_found),
        cmocka_unit_test(other_methods_are_refused_with_allow),
        cmocka_unit_test(headers_are_checked),
        cmocka_unit_test(refusals_speak_the_clients_language),
        cmocka_unit_test(a_body_is_json_by_its_type),
        cmocka_unit_test(a_body_beyond_the_limit_is_refused),
        cmocka_unit_test(a_body_that_is_announced_too_large_is_not_asked_for),
        cmocka_unit_test(a_chunked_body_has_the_same_limit),
        cmocka_unit_test(a_body_without_a_clear_end_closes_the_connection),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
