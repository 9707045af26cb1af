/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call sends, and what it makes of the answer. */
#include "client_stage.h"

/* ---- the session ---------------------------------------------------------------------------- */

#define ACCOUNT                                                                                    \
    "\"account\":{\"id\":5,\"login\":\"wang\",\"name\":\"王芳\",\"language\":\"zh\","            \
    "\"roles\":[\"dispatcher\"],\"role_labels\":[\"派发员\"],\"unit\":null},"                   \
    "\"views\":[{\"name\":\"dispatch\",\"label\":\"派发\"}],\"city\":\"大冶市\",\"cursor\":"  \
    "\"5d0c1f6e9ab3427781e64c20fb95d3a8\""

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
    assert_string_equal(r->cursor, "5d0c1f6e9ab3427781e64c20fb95d3a8");
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
