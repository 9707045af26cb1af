/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chained record of an order. */
#include "core/json.h"
#include "platform_store_fixture.h"
#include <sodium.h>

/* An order with three events, the second with a statement. */
static int64_t put_three(struct fixture *f)
{
    struct order_case *c = make_case(f);
    add_assignment(f, c, 12, "/1/12/", true, 1);
    c->statements = arena_alloc(f->arena, sizeof *c->statements);
    c->statements[0] = (struct statement){.id = new_id(f), .text = "已修好"};
    c->statement_count = 1;
    add_event(f->arena, c, "reply", "\"round\":1,\"name\":\"a\\\"b\"");
    c->events[1].statement_id = c->statements[0].id;
    put_case(f, c);
    change_case(f, c, "accept");
    return c->order.id;
}

static enum status verify(struct fixture *f, int64_t id, struct error *err)
{
    *err = (struct error){ST_OK, ""};
    return store_chain_verify(fixture_db(f), id, err);
}

static void a_chain_verifies_and_says_what_happened(void **state)
{
    struct fixture *f = *state;
    struct error err;
    struct event *e;
    int64_t id = put_three(f);
    assert_int_equal(verify(f, id, &err), ST_OK);
    fixture_reopen(f);
    assert_int_equal(verify(f, id, &err), ST_OK);
    assert_int_equal(store_events(fixture_db(f), id, f->arena, &e), 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(e[i].n, i + 1);
        assert_int_equal(e[i].order_id, id);
        assert_int_equal(e[i].account_id, 7);
        assert_int_equal(e[i].done_at, NOW);
        assert_int_equal(e[i].arrived_at, NOW + 5);
        assert_string_equal(e[i].from, "received");
        assert_string_equal(e[i].to, "to_dispatch");
    }
    assert_string_equal(e[0].action, "receive");
    assert_string_equal(e[1].action, "reply");
    assert_int_equal(e[1].version, 1);
    assert_int_equal(e[2].version, 2);
    assert_true(e[0].seq < e[1].seq && e[1].seq < e[2].seq);
    assert_true(e[2].seq == store_last_seq(fixture_db(f)));
    cJSON *body = json_parse(e[1].body, strlen(e[1].body));
    assert_non_null(body);
    assert_string_equal(json_text(body, "region", ""), "420281001002");
    assert_string_equal(json_text(body, "units", ""), ",/1/12/,");
    assert_int_equal(strlen(json_text(body, "statement_hash", "")), 2 * HASH_SIZE);
    const cJSON *detail = cJSON_GetObjectItem(body, "detail");
    assert_int_equal(json_int(detail, "round", 0), 1);
    assert_string_equal(json_text(detail, "name", ""), "a\"b");
    cJSON_Delete(body);
}

static void a_hash_is_that_of_the_hash_before_and_the_body(void **state)
{
    struct fixture *f = *state;
    int64_t id = put_three(f);
    struct event *e;
    unsigned char hash[HASH_SIZE] = {0}, joined[4096];
    assert_int_equal(store_events(fixture_db(f), id, f->arena, &e), 3);
    for (int i = 0; i < 3; i++) {
        size_t n = strlen(e[i].body);
        assert_true(n + HASH_SIZE < sizeof joined);
        memcpy(joined, hash, HASH_SIZE);
        memcpy(joined + HASH_SIZE, e[i].body, n);
        crypto_generichash(hash, HASH_SIZE, joined, HASH_SIZE + n, NULL, 0);
    }
    assert_memory_equal(hash, load_case(f, 0, id)->order.event_hash, HASH_SIZE);
}

static void the_body_names_the_statement_and_holds_none_of_its_text(void **state)
{
    struct fixture *f = *state;
    struct event *e;
    char hex[2 * HASH_SIZE + 1];
    int64_t id = put_three(f);
    assert_int_equal(store_events(fixture_db(f), id, f->arena, &e), 3);
    struct statement *s = store_statement(fixture_db(f), e[1].statement_id, f->arena);
    sodium_bin2hex(hex, sizeof hex, s->hash, HASH_SIZE);
    assert_non_null(strstr(e[1].body, hex));
    assert_null(strstr(e[1].body, s->text));
}

static void every_changed_byte_in_an_event_is_found(void **state)
{
    static const char *const FORGERIES[] = {
        "update event set body = replace(body, 'reply', 'rePly') where n = 2",
        "update event set body = body || ' ' where n = 3",
        "update event set hash = zeroblob(32) where n = 1",
        "update event set action = 'rePly' where n = 2",
        "update event set subject = 'x' where n = 2",
        "update event set subject_id = 1 where n = 2",
        "update event set from_state = 'x' where n = 1",
        "update event set to_state = 'x' where n = 1",
        "update event set account_id = 8 where n = 1",
        "update event set done_at = 0 where n = 1",
        "update event set arrived_at = 0 where n = 1",
        "update event set statement_id = 0 where n = 2",
        "update event set version = 9 where n = 3",
        "update event set region_code = '42' where n = 3",
        "update event set category_code = '' where n = 3",
        "update event set industry = '' where n = 3",
        "update event set channel = '' where n = 3",
        "update event set state = 'archived' where n = 3",
        "update event set units = '' where n = 3",
        "delete from event where n = 1",
        "delete from event where n = 2",
        "delete from event where n = 3",
        "delete from event",
        "update event set n = 4 where n = 3",
        "update orders set event_n = 2",
        "update orders set event_hash = zeroblob(32)",
    };
    struct fixture *f = *state;
    struct error err;
    int64_t id = put_three(f);
    assert_int_equal(run_sql(f, "create table kept_event as select * from event"), ST_OK);
    assert_int_equal(run_sql(f, "create table kept_order as select * from orders"), ST_OK);
    for (size_t i = 0; i < sizeof FORGERIES / sizeof FORGERIES[0]; i++) {
        assert_int_equal(run_sql(f, FORGERIES[i]), ST_OK);
        if (verify(f, id, &err) != ST_CORRUPT)
            fail_msg("not found: %s", FORGERIES[i]);
        assert_non_null(strstr(err.message, "order"));
        assert_int_equal(run_sql(f, "delete from event"), ST_OK);
        assert_int_equal(run_sql(f, "delete from orders"), ST_OK);
        assert_int_equal(run_sql(f, "insert into event select * from kept_event"), ST_OK);
        assert_int_equal(run_sql(f, "insert into orders select * from kept_order"), ST_OK);
        assert_int_equal(verify(f, id, &err), ST_OK);
    }
}

/* Each byte of the second body in turn. */
static void any_single_byte_counts(void **state)
{
    struct fixture *f = *state;
    struct error err;
    struct event *e;
    int64_t id = put_three(f);
    assert_int_equal(store_events(fixture_db(f), id, f->arena, &e), 3);
    for (size_t i = 1; i <= strlen(e[1].body); i += 7) {
        char sql[200];
        (void)snprintf(sql, sizeof sql,
                       "update event set body = substr(body, 1, %zu) || '~' || substr(body, %zu)"
                       " where n = 2",
                       i - 1, i + 1);
        assert_int_equal(run_sql(f, sql), ST_OK);
        assert_int_equal(verify(f, id, &err), ST_CORRUPT);
        assert_non_null(strstr(err.message, "event 2 was changed"));
    }
}

static void a_chain_that_is_not_there_is_not_found(void **state)
{
    struct error err;
    assert_int_equal(verify(*state, 42, &err), ST_NOT_FOUND);
    assert_non_null(strstr(err.message, "42"));
}

static void the_chain_verifies_after_a_person_is_forgotten(void **state)
{
    struct fixture *f = *state;
    struct error err;
    int64_t id = put_three(f);
    assert_int_equal(run_sql(f, "delete from statement"), ST_OK);
    assert_int_equal(run_sql(f, "delete from person"), ST_OK);
    assert_int_equal(verify(f, id, &err), ST_OK);
    /* and goes on */
    struct order_case *c = load_case(f, 0, id);
    c->order.version++;
    add_event(f->arena, c, "archive", "");
    c->events[0].statement_id = 12345; /* forgotten as well */
    assert_int_equal(save_case(f, c, false), ST_OK);
    assert_int_equal(verify(f, id, &err), ST_OK);
}

static void a_detail_that_is_no_json_is_refused(void **state)
{
    static const char *const DETAILS[] = {"round:1",        "\"a\":1}", "\"a\":1,\"a\":2",
                                          "\"a\":\"\x01\"", "}{",       "\"a\":\"\xff\""};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof DETAILS / sizeof DETAILS[0]; i++) {
        struct order_case *c = make_case(f);
        c->events[0].detail = DETAILS[i];
        struct job_save job = {.c = c, .is_new = true};
        if (store_write_wait(f->store, job_save, &job) != ST_INVALID)
            fail_msg("taken: %s", DETAILS[i]);
        assert_non_null(strstr(job.err.message, "receive"));
        assert_null(load_case(f, 0, c->order.id));
    }
}

static void what_json_must_escape_is_escaped(void **state)
{
    struct fixture *f = *state;
    struct error err;
    struct order_case *c = make_case(f);
    c->order.industry = "a\"b\\c\n\x01民";
    put_case(f, c);
    assert_int_equal(verify(f, c->order.id, &err), ST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(a_chain_verifies_and_says_what_happened),
        TEST(a_hash_is_that_of_the_hash_before_and_the_body),
        TEST(the_body_names_the_statement_and_holds_none_of_its_text),
        TEST(every_changed_byte_in_an_event_is_found),
        TEST(any_single_byte_counts),
        TEST(a_chain_that_is_not_there_is_not_found),
        TEST(the_chain_verifies_after_a_person_is_forgotten),
        TEST(a_detail_that_is_no_json_is_refused),
        TEST(what_json_must_escape_is_escaped),
    };
    return cmocka_run_group_tests_name("store: events", tests, NULL, NULL);
}
