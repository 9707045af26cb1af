/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion: one request in flight, the newest waits, what is overtaken is dropped. */
#include "client_server.h"

struct stage {
    struct server server;
    struct request *held[8]; /* not yet answered */
    size_t held_count;
    struct heard heard;
    struct mq *mq;
};

static struct stage stage;

static void hold(struct server *server, struct request *request)
{
    (void)server;
    assert_true(stage.held_count < 8);
    stage.held[stage.held_count++] = request;
}

/* Answers the nth request with one item that is called as the query was. */
static void answer(size_t n)
{
    char json[256];
    const char *q = strstr(stage.held[n]->path, "q=");
    (void)snprintf(json, sizeof json, "{\"items\":[{\"id\":0,\"name\":\"%.*s\"}]}",
                   (int)strcspn(q + 2, "&"), q + 2);
    send_answer(stage.held[n]->conn, 200, json);
}

static int set_up(void **state)
{
    (void)state;
    memset(&stage, 0, sizeof stage);
    server_start(&stage.server, hold, NULL);
    stage.mq = client_of(&stage.server, 3000, 300);
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

static void type_place(const char *q)
{
    assert_true(mq_complete_place(stage.mq, q, 8, hear, &stage.heard));
}

#define UNTIL(condition) TURN_UNTIL(stage.mq, &stage.server, condition)

static void of_a_burst_of_keys_the_first_and_the_last_are_asked(void **state)
{
    (void)state;
    type_place("h");
    UNTIL(stage.held_count == 1);
    type_place("hu");
    type_place("hub");
    type_place("hubi");
    type_place("hubin");
    assert_int_equal(mq_pending(stage.mq), 1);
    answer(0);
    UNTIL(stage.held_count == 2);
    assert_int_equal(stage.heard.count, 0); /* overtaken: dropped */
    assert_string_equal(stage.held[1]->path, "/api/v1/addresses/complete?q=hubin&limit=8");
    answer(1);
    UNTIL(stage.heard.count == 1);
    assert_string_equal(stage.heard.results[0]->places[0].name, "hubin");
    assert_int_equal(mq_pending(stage.mq), 0);
    assert_int_equal(stage.server.accepted, 1); /* never cancelled */
}

static void ask_hints(const char *text)
{
    const struct mq_hint_query query = {.phone = "13812345678", .place = 77, .text = text};
    assert_true(mq_hints(stage.mq, &query, hear, &stage.heard));
}

static void answer_hints(size_t n)
{
    send_answer(stage.held[n]->conn, 200,
                "{\"caller\":{\"known\":false,\"open\":0,\"orders\":[]},\"duplicates\":[],"
                "\"articles\":[],\"categories\":[],\"units\":[]}");
}

static void of_a_burst_of_hints_the_last_is_asked_with_all_that_is_known(void **state)
{
    (void)state;
    ask_hints("停");
    UNTIL(stage.held_count == 1);
    ask_hints("停水");
    ask_hints("停水了");
    answer_hints(0);
    UNTIL(stage.held_count == 2);
    assert_int_equal(stage.heard.count, 0);
    assert_string_equal(stage.held[1]->method, "POST");
    assert_string_equal(stage.held[1]->path, "/api/v1/hints");
    assert_string_equal(stage.held[1]->body,
                        "{\"phone\":\"13812345678\",\"text\":\"停水了\",\"place\":77}");
    answer_hints(1);
    UNTIL(stage.heard.count == 1);
    assert_false(stage.heard.results[0]->hints->caller_known);
    assert_int_equal(mq_pending(stage.mq), 0);
}

static void keys_before_the_first_poll_ask_once(void **state)
{
    (void)state;
    type_place("a");
    type_place("ab");
    type_place("abc");
    UNTIL(stage.held_count == 1);
    answer(0);
    UNTIL(stage.heard.count == 1);
    assert_int_equal(stage.server.request_count, 1);
    assert_string_equal(stage.heard.results[0]->places[0].name, "abc");
}

static void an_answer_that_nobody_overtook_is_heard(void **state)
{
    (void)state;
    type_place("a");
    UNTIL(stage.held_count == 1);
    answer(0);
    UNTIL(stage.heard.count == 1);
    type_place("ab");
    UNTIL(stage.held_count == 2);
    answer(1);
    UNTIL(stage.heard.count == 2);
}

static void fields_do_not_overtake_each_other(void **state)
{
    (void)state;
    type_place("a");
    assert_true(mq_complete_unit(stage.mq, "b", 8, hear, &stage.heard));
    assert_true(mq_complete_category(stage.mq, "c", 8, hear, &stage.heard));
    assert_int_equal(mq_pending(stage.mq), 3);
    UNTIL(stage.held_count == 2);
    answer(0);
    answer(1);
    UNTIL(stage.held_count == 3);
    answer(2);
    UNTIL(stage.heard.count == 3);
    assert_true(stage.server.open_most <= 2);
}

static void typing_goes_before_what_waits(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_true(mq_complete_unit(stage.mq, "u", 8, hear, &stage.heard));
    for (int i = 0; i < 6; i++)
        assert_true(mq_why(stage.mq, 7, "state", NULL, hear, &stage.heard));
    type_place("a");
    UNTIL(stage.held_count == 2);
    bool first = strstr(stage.held[0]->path, "/addresses/") != NULL;
    bool second = strstr(stage.held[1]->path, "/addresses/") != NULL;
    assert_true(first || second);
}

static void a_cancelled_completion_is_dropped_with_the_one_that_waits(void **state)
{
    (void)state;
    type_place("a");
    UNTIL(stage.held_count == 1);
    type_place("ab");
    mq_cancel(stage.mq, &stage.heard);
    assert_int_equal(mq_pending(stage.mq), 0);
    type_place("abc");
    answer(0);
    UNTIL(stage.held_count == 2);
    answer(1);
    UNTIL(stage.heard.count == 1);
    assert_string_equal(stage.heard.results[0]->places[0].name, "abc");
}

static void an_overtaken_query_is_not_repeated_when_the_line_breaks(void **state)
{
    (void)state;
    type_place("a");
    UNTIL(stage.held_count == 1);
    type_place("ab");
    conn_close(stage.held[0]->conn);
    UNTIL(stage.held_count == 2);
    assert_non_null(strstr(stage.held[1]->path, "q=ab&"));
    answer(1);
    UNTIL(stage.heard.count == 1);
    assert_int_equal(stage.server.request_count, 2);
}

static void without_a_platform_the_newest_query_fails(void **state)
{
    (void)state;
    server_down(&stage.server);
    type_place("a");
    assert_true(mq_poll(stage.mq, NULL, 0, 10));
    type_place("ab");
    UNTIL(stage.heard.count == 1);
    assert_int_equal(stage.heard.results[0]->status, ST_UNAVAILABLE);
    assert_int_equal(mq_pending(stage.mq), 0);
}

static void type_more(void *user, struct mq_result *result)
{
    (void)user;
    (void)result;
    type_place("next");
}

static void a_callback_may_ask_the_next_query(void **state)
{
    (void)state;
    assert_true(mq_complete_place(stage.mq, "a", 8, type_more, NULL));
    UNTIL(stage.held_count == 1);
    answer(0);
    UNTIL(stage.held_count == 2);
    answer(1);
    UNTIL(stage.heard.count == 1);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(of_a_burst_of_keys_the_first_and_the_last_are_asked),
        RULE(of_a_burst_of_hints_the_last_is_asked_with_all_that_is_known),
        RULE(keys_before_the_first_poll_ask_once),
        RULE(an_answer_that_nobody_overtook_is_heard),
        RULE(fields_do_not_overtake_each_other),
        RULE(typing_goes_before_what_waits),
        RULE(a_cancelled_completion_is_dropped_with_the_one_that_waits),
        RULE(an_overtaken_query_is_not_repeated_when_the_line_breaks),
        RULE(without_a_platform_the_newest_query_fails),
        RULE(a_callback_may_ask_the_next_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
