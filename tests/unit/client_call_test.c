/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call does on the wire, and when the line or the platform fails. */
#include "client_server.h"

struct script {
    int status; /* of every answer */
    const char *json;
    int refuse_first; /* so many requests get the connection closed */
    int busy_first;   /* so many get 503 */
    bool silent;      /* nothing is answered */
    const char *raw;  /* sent as it is, then closed */
    bool slow;        /* a byte at a time */
    const char *raw_slow;
};

static void play(struct server *server, struct request *request)
{
    struct script *script = server->context;
    if (script->silent)
        return;
    if (script->refuse_first > 0) {
        script->refuse_first--;
        conn_close(request->conn);
    } else if (script->raw) {
        send_text(request->conn, script->raw);
        conn_close(request->conn);
    } else if (script->raw_slow) {
        request->conn->slow = script->raw_slow;
        request->conn->slow_left = strlen(script->raw_slow);
    } else if (script->busy_first > 0) {
        script->busy_first--;
        send_answer(request->conn, 503, "{\"type\":\"busy\",\"title\":\"Try again\"}");
    } else {
        send_answer(request->conn, script->status, script->json);
    }
}

struct stage {
    struct server server;
    struct script script;
    struct heard heard;
    struct mq *mq;
};

static struct stage stage;

static int set_up(void **state)
{
    (void)state;
    memset(&stage, 0, sizeof stage);
    stage.script = (struct script){.status = 200, .json = "{\"items\":[]}"};
    server_start(&stage.server, play, &stage.script);
    stage.mq = client_of(&stage.server, 5000, 3000);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mq_free(stage.mq);
    heard_free(&stage.heard);
    server_stop(&stage.server);
    return 0;
}

static void reopen(int64_t stall_ms, int64_t give_up_ms)
{
    mq_free(stage.mq);
    stage.mq = client_of(&stage.server, stall_ms, give_up_ms);
}

static struct mq_result *wait_answer(void)
{
    size_t before = stage.heard.count;
    TURN_UNTIL(stage.mq, &stage.server, stage.heard.count > before);
    return heard_last(&stage.heard);
}

static void check_header(size_t n, const char *name, const char *expected)
{
    char value[256];
    assert_string_equal(header_of(&stage.server.requests[n], name, value), expected);
}

/* ---- the session ---------------------------------------------------------------------------- */

#define ACCOUNT                                                                                    \
    "\"account\":{\"id\":5,\"login\":\"wang\",\"name\":\"王芳\",\"language\":\"zh\","            \
    "\"roles\":[\"dispatcher\"],\"role_labels\":[\"派发员\"],\"unit\":null},"                   \
    "\"views\":[{\"name\":\"dispatch\",\"label\":\"派发\"}],\"city\":\"大冶市\",\"cursor\":12"

static void after_login_every_call_carries_the_token(void **state)
{
    (void)state;
    stage.script.json = "{\"token\":\"abc123\"," ACCOUNT "}";
    assert_true(mq_login(stage.mq, "wang", "pass\"word", hear, &stage.heard));
    struct mq_result *r = wait_answer();
    assert_int_equal(r->status, ST_OK);
    assert_string_equal(r->token, "abc123");
    assert_string_equal(r->account->name, "王芳");
    assert_string_equal(r->account->role_labels[0], "派发员");
    assert_int_equal(r->account->unit.id, 0);
    assert_string_equal(r->account->unit.name, "");
    assert_int_equal(r->view_count, 1);
    assert_string_equal(r->views[0].label, "派发");
    assert_int_equal(r->cursor, 12);
    check_header(0, "Authorization", "");
    check_header(0, "Accept-Language", "en");
    assert_string_equal(stage.server.requests[0].body,
                        "{\"login\":\"wang\",\"password\":\"pass\\\"word\"}");
    stage.script.json = "{\"items\":[]}";
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    check_header(1, "Authorization", "Bearer abc123");
    check_header(1, "Accept-Language", "zh");
}

static void a_token_that_would_break_the_headers_is_refused(void **state)
{
    (void)state;
    stage.script.json = "{\"token\":\"abc\\r\\nX-Evil: 1\"," ACCOUNT "}";
    assert_true(mq_login(stage.mq, "wang", "x", hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_CORRUPT);
    mq_set_token(stage.mq, "a\r\nX-Evil: 1");
    stage.script.json = "{\"items\":[]}";
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    check_header(1, "Authorization", "");
    check_header(1, "X-Evil", "");
}

static void a_session_that_is_gone_counts_as_logged_out(void **state)
{
    (void)state;
    mq_set_token(stage.mq, "abc");
    stage.script.status = 401;
    stage.script.json = "{\"type\":\"no-session\",\"title\":\"Log in\"}";
    assert_true(mq_logout(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_string_equal(stage.server.requests[0].method, "DELETE");
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_DENIED);
    check_header(1, "Authorization", "");
}

/* ---- what is sent --------------------------------------------------------------------------- */

static void an_action_carries_version_key_and_typed_fields(void **state)
{
    (void)state;
    char key[256];
    struct mq_value values[] = {
        {"unit", "unit", "12"},     {"helpers", "units", "3, 4,5"},
        {"urgent", "bool", "true"}, {"reason", "text", "管道\n破裂"},
        {"days", "int", "many"},    {"note", "line", ""},
        {"on_day", "date", NULL},   {"target", "order", "42"},
    };
    stage.script.json = "{" ROW "}";
    assert_true(mq_act(stage.mq, 7, 3, "dispatch", 9, values, 8, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    const struct request *request = &stage.server.requests[0];
    assert_string_equal(request->method, "POST");
    assert_string_equal(request->path, "/api/v1/orders/7/actions/dispatch");
    check_header(0, "If-Match", "3");
    check_header(0, "Content-Type", "application/json");
    assert_int_equal(strlen(header_of(request, "Idempotency-Key", key)), 22);
    assert_string_equal(request->body,
                        "{\"on\":9,\"unit\":12,\"helpers\":[3,4,5],\"urgent\":true,"
                        "\"reason\":\"管道\\n破裂\",\"days\":\"many\",\"target\":\"42\"}");
}

static void an_appeal_is_sent_under_the_drafts_own_key(void **state)
{
    (void)state;
    struct mq_value values[] = {{"words", "text", "停水"}, {"place", "place", "9007199254740991"}};
    stage.script.status = 201;
    stage.script.json = "{" ROW "}";
    assert_true(mq_appeal(stage.mq, "draft_key-1", values, 2, hear, &stage.heard));
    struct mq_result *r = wait_answer();
    assert_int_equal(r->status, ST_OK);
    assert_int_equal(r->http_status, 201);
    assert_int_equal(r->order->id, 7);
    check_header(0, "Idempotency-Key", "draft_key-1");
    assert_string_equal(stage.server.requests[0].body,
                        "{\"words\":\"停水\",\"place\":9007199254740991}");
}

static void a_key_that_is_none_is_not_sent_at_all(void **state)
{
    (void)state;
    char long_key[66];
    memset(long_key, 'a', 65);
    long_key[65] = '\0';
    const char *const keys[] = {"", "a b", "ключ", "a\r\nX: 1", long_key};
    for (size_t i = 0; i < 5; i++) {
        assert_true(mq_appeal(stage.mq, keys[i], NULL, 0, hear, &stage.heard));
        assert_int_equal(wait_answer()->status, ST_INVALID);
    }
    assert_int_equal(stage.server.request_count, 0);
}

static void what_is_typed_is_encoded_in_addresses(void **state)
{
    (void)state;
    struct mq_list_query query = {
        .view = "all", .after = "a+/=", .extra = "state=in_hand&q=停 水#x", .limit = 50};
    assert_true(mq_orders(stage.mq, &query, hear, &stage.heard));
    (void)wait_answer();
    assert_string_equal(stage.server.requests[0].path,
                        "/api/v1/orders?view=all&after=a%2B%2F%3D&limit=50&state=in_hand&q=%E5%81%"
                        "9C%20%E6%B0%B4%23x");
    assert_true(mq_order(stage.mq, "../me?x", hear, &stage.heard));
    (void)wait_answer();
    assert_string_equal(stage.server.requests[1].path, "/api/v1/orders/..%2Fme%3Fx");
    assert_true(mq_why(stage.mq, 7, "action", "dispatch", hear, &stage.heard));
    (void)wait_answer();
    assert_string_equal(stage.server.requests[2].path,
                        "/api/v1/orders/7/why?of=action&action=dispatch");
}

static void keys_are_random_and_fit_the_header(void **state)
{
    (void)state;
    char a[23], b[23];
    mq_new_key(a);
    mq_new_key(b);
    assert_int_equal(strlen(a), 22);
    assert_string_not_equal(a, b);
    assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"),
                     22);
}

/* ---- what is answered ----------------------------------------------------------------------- */

static void refusals_tell_type_field_and_message(void **state)
{
    (void)state;
    static const struct {
        int http;
        enum status status;
    } cases[] = {
        {400, ST_INVALID},  {401, ST_DENIED},  {403, ST_DENIED},  {404, ST_NOT_FOUND},
        {409, ST_CONFLICT}, {413, ST_INVALID}, {415, ST_INVALID}, {422, ST_INVALID},
        {428, ST_INVALID},  {429, ST_BUSY},    {500, ST_IO},      {501, ST_IO},
    };
    stage.script.json = "{\"type\":\"return-window\",\"title\":\"太晚了\",\"field\":\"unit\"}";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        stage.script.status = cases[i].http;
        assert_true(mq_queues(stage.mq, hear, &stage.heard));
        struct mq_result *r = wait_answer();
        assert_int_equal(r->status, cases[i].status);
        assert_int_equal(r->http_status, cases[i].http);
        assert_string_equal(r->problem, "return-window");
        assert_string_equal(r->message, "太晚了");
        assert_string_equal(r->field, "unit");
    }
}

static void a_stale_change_gets_the_current_record(void **state)
{
    (void)state;
    stage.script.status = 412;
    stage.script.json = "{\"type\":\"stale\",\"title\":\"It has changed\",\"current\":{" ROW
                        ",\"actions\":[{\"name\":\"dispatch\",\"label\":\"Dispatch\",\"on\":7,"
                        "\"defaults\":{\"unit\":12,\"helpers\":[1,2],\"sure\":true}}]}}";
    assert_true(mq_act(stage.mq, 7, 2, "dispatch", 0, NULL, 0, hear, &stage.heard));
    struct mq_result *r = wait_answer();
    assert_int_equal(r->status, ST_STALE);
    assert_int_equal(r->order->version, 3);
    assert_int_equal(r->order->detail->action_count, 1);
    const struct mq_allowed *action = r->order->detail->actions;
    assert_int_equal(action->default_count, 3);
    assert_string_equal(action->defaults[0].value, "12");
    assert_string_equal(action->defaults[1].value, "1,2");
    assert_string_equal(action->defaults[2].value, "true");
}

static void a_stale_change_without_the_record_is_corrupt(void **state)
{
    (void)state;
    stage.script.status = 412;
    stage.script.json = "{\"type\":\"stale\",\"title\":\"It has changed\"}";
    assert_true(mq_act(stage.mq, 7, 2, "dispatch", 0, NULL, 0, hear, &stage.heard));
    struct mq_result *r = wait_answer();
    assert_int_equal(r->status, ST_CORRUPT);
    assert_null(r->order);
}

static void an_answer_that_is_not_the_contracts_is_corrupt(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "",
        "{",
        "null",
        "[]",
        "5",
        "<html>",
        "{\"items\":{}}",
        "{\"items\":[5]}",
        "{\"items\":[null]}",
        "{\"items\":[{\"id\":\"7\"}]}",
        "{\"items\":[{" ROW "}]} {}",
        "{\"items\":[{\"id\":-1,\"number\":\"x\",\"version\":1,\"state\":\"y\"}]}",
        "{\"items\":[{\"id\":1e300,\"number\":\"x\",\"version\":1,\"state\":\"y\"}]}",
        "{\"items\":[],\"items\":[]}",
        "{\"items\":[],\"x\":\"\xff\"}",
    };
    struct mq_list_query query = {.view = "all"};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        stage.script.json = answers[i];
        assert_true(mq_orders(stage.mq, &query, hear, &stage.heard));
        struct mq_result *r = wait_answer();
        assert_int_equal(r->status, ST_CORRUPT);
        assert_int_equal(r->count, 0);
        assert_non_null(strstr(r->message, "cannot be understood"));
    }
}

static void a_refusal_in_another_language_than_json_still_says_something(void **state)
{
    (void)state;
    stage.script.status = 500;
    stage.script.json = "<html>Oops</html>";
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    struct mq_result *r = wait_answer();
    assert_int_equal(r->status, ST_IO);
    assert_non_null(strstr(r->message, "HTTP 500"));
    assert_string_equal(r->problem, "");
}

static void what_is_not_http_is_corrupt(void **state)
{
    (void)state;
    static const char *const answers[] = {"SSH-2.0-OpenSSH_9\r\n", "HTTP/9.9 xxx\r\n\r\n",
                                          "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"};
    for (size_t i = 0; i < 3; i++) {
        stage.script.raw = answers[i];
        assert_true(mq_queues(stage.mq, hear, &stage.heard));
        assert_int_equal(wait_answer()->status, ST_CORRUPT);
    }
}

static void a_redirection_is_not_followed(void **state)
{
    (void)state;
    stage.script.raw = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                       "Content-Length: 0\r\n\r\n";
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_CORRUPT);
    assert_int_equal(stage.server.request_count, 1);
}

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
    reopen(100, 1);
    stage.script.raw_slow = answer;
    int64_t from = clock_ticks_ms();
    assert_true(mq_queues(stage.mq, hear, &stage.heard));
    assert_int_equal(wait_answer()->status, ST_OK);
    assert_true(clock_ticks_ms() - from > 200);
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
    assert_true(mq_follow(stage.mq, 1, hear, &stage.heard));
    TURN_UNTIL(stage.mq, &stage.server, stage.server.request_count == 3);
    assert_true(mq_complete_place(stage.mq, "ab", 5, hear, &stage.heard));
    reopen(0, 0);
    assert_int_equal(stage.heard.count, 0);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(after_login_every_call_carries_the_token),
        RULE(a_token_that_would_break_the_headers_is_refused),
        RULE(a_session_that_is_gone_counts_as_logged_out),
        RULE(an_action_carries_version_key_and_typed_fields),
        RULE(an_appeal_is_sent_under_the_drafts_own_key),
        RULE(a_key_that_is_none_is_not_sent_at_all),
        RULE(what_is_typed_is_encoded_in_addresses),
        RULE(keys_are_random_and_fit_the_header),
        RULE(refusals_tell_type_field_and_message),
        RULE(a_stale_change_gets_the_current_record),
        RULE(a_stale_change_without_the_record_is_corrupt),
        RULE(an_answer_that_is_not_the_contracts_is_corrupt),
        RULE(a_refusal_in_another_language_than_json_still_says_something),
        RULE(what_is_not_http_is_corrupt),
        RULE(a_redirection_is_not_followed),
        RULE(a_repeated_change_is_the_same_to_the_byte),
        RULE(a_platform_restarted_in_the_middle_is_found_again),
        RULE(half_an_answer_is_asked_for_again),
        RULE(an_unreachable_platform_is_told_in_the_language),
        RULE(silence_is_given_up),
        RULE(a_slow_answer_is_waited_for_as_long_as_bytes_come),
        RULE(a_busy_platform_is_asked_again_a_few_times),
        RULE(an_endless_answer_is_cut),
        RULE(calls_share_one_kept_connection),
        RULE(at_most_two_connections_are_used),
        RULE(proxies_of_the_environment_are_not_used),
        RULE(only_web_addresses_are_taken),
        RULE(a_key_does_not_wait_for_a_request_that_hangs),
        RULE(waiting_ends_with_the_time_out),
        RULE(a_cancelled_call_is_never_heard_of),
        RULE(cancelled_calls_that_hang_do_not_keep_others_waiting),
        RULE(a_callback_may_call_and_cancel),
        RULE(freeing_the_client_drops_what_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
