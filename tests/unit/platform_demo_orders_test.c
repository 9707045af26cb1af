/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The orders of the demonstration city: made by the rules, and seen by whom they concern. */
#include "tests/unit/platform_demo.h"

/* --- who sees them -----------------------------------------------------------------------------
 */

static void an_n_account_sees_only_its_industry(void **state)
{
    (void)state;
    static const struct {
        const char *login, *industry;
    } ns[] = {{"n_emergency", "emergency"}, {"n_economy", "economy_it"}};
    for (size_t i = 0; i < 2; i++) {
        const struct account *account = store_account_by_login(city.db, ns[i].login, city.arena);
        assert_non_null(account);
        struct order *orders = NULL;
        size_t count = list_all(&city, account->id, &orders);
        assert_in_range(count, 1, (int)demo_small.orders - 1);
        for (size_t k = 0; k < count; k++)
            assert_string_equal(orders[k].industry, ns[i].industry);
    }
}

static void a_handler_sees_only_what_its_unit_has_or_had(void **state)
{
    (void)state;
    static const char *const logins[] = {"handler", "handler2", "handler3"};
    for (size_t i = 0; i < 3; i++) {
        const struct account *account = store_account_by_login(city.db, logins[i], city.arena);
        struct order_filter waiting = {.states = BIT(ORDER_IN_HAND)};
        int64_t count = 0, red = 0;
        assert_int_equal(store_orders_count(city.db, account->id, &waiting, &count, &red), ST_OK);
        if (count < 2)
            fail_msg("%s has %d orders in hand", logins[i], (int)count);
        assert_true(count < 60);
    }
}

static void a_town_supervisor_sees_only_the_town(void **state)
{
    (void)state;
    const struct account *account = store_account_by_login(city.db, "town_chengui", city.arena);
    struct order *orders = NULL;
    size_t count = list_all(&city, account->id, &orders);
    assert_in_range(count, 1, 100);
    for (size_t i = 0; i < count; i++)
        assert_memory_equal(orders[i].region_code, "420281108", 9);
}

/* --- orders ------------------------------------------------------------------------------------
 */

static void check_orders(const struct made *m)
{
    struct order *orders = NULL;
    size_t count = list_all(m, 1, &orders), states[ORDER_STATE_COUNT] = {0},
           cards[CARD_COUNT] = {0};
    int64_t now = clock_now_ms(), day = 24 * 3600 * INT64_C(1000);
    assert_int_equal(count, (int)demo_small.orders);
    for (size_t i = 0; i < count; i++) {
        struct error err = {0};
        states[orders[i].state]++;
        if (orders[i].state < ORDER_CONCLUDED)
            cards[orders[i].card]++;
        assert_true(orders[i].received_at <= now && orders[i].received_at >= now - 61 * day);
        if (store_chain_verify(m->db, orders[i].id, &err) != ST_OK)
            fail_msg("%s: %s", orders[i].number, err.message);
    }
    for (int i = ORDER_RECEIVED; i < ORDER_STATE_COUNT; i++)
        if (states[i] == 0)
            fail_msg("no order is %s", word_name(WORDS_ORDER_STATE, i));
    assert_in_range(states[ORDER_TO_DISPATCH], 10, 16);
    assert_in_range(states[ORDER_CALLBACK], 7, 24);
    assert_true(cards[CARD_YELLOW] >= 3);
    assert_true(cards[CARD_RED] >= 3);
    for (int i = 0; i < ASSIGNMENT_STATE_COUNT; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "select count(*) from assignment where state = '%s'",
                 word_name(WORDS_ASSIGNMENT_STATE, i));
        if (number_of(m->db, sql) <= 0)
            fail_msg("no assignment is %s", word_name(WORDS_ASSIGNMENT_STATE, i));
    }
    assert_true(
        number_of(m->db, "select count(*) from objection where state in ('raised', 'opinions')") >=
        3);
    assert_true(number_of(m->db, "select count(*) from objection where outcome = 'moved'") >= 3);
    assert_true(number_of(m->db, "select count(*) from responsibility where source = 'ruling'") >=
                6);
    assert_true(number_of(m->db, "select count(*) from orders where round >= 3") >= 2);
    assert_true(
        number_of(m->db,
                  "select count(*) from orders where promised_on > 0 and state = 'callback'") >= 2);
    assert_true(number_of(m->db, "select count(*) from orders where merged_into > 0") >= 5);
    assert_int_equal(number_of(m->db, "select count(*) from appeal"), (int)demo_small.orders);
}

static void orders_of_every_state_have_true_histories(void **state)
{
    (void)state;
    check_orders(&city);
}

static void nothing_lies_in_the_future_and_no_timer_is_overdue(void **state)
{
    (void)state;
    struct due_timer *due = NULL;
    assert_int_equal(store_timers_due(city.db, clock_now_ms(), 10, city.arena, &due), 0);
    char sql[128];
    snprintf(sql, sizeof sql,
             "select count(*) from event where done_at > %lld or arrived_at > %lld",
             (long long)clock_now_ms(), (long long)clock_now_ms());
    assert_int_equal(number_of(city.db, sql), 0);
    /* The feed tells what happened in the order in which it happened. */
    assert_int_equal(number_of(city.db,
                               "select count(*) from event a join event b on b.seq = a.seq + 1"
                               " where b.done_at < a.done_at"),
                     0);
    assert_int_equal(number_of(city.db, "select count(*) from orders where title = ''"), 0);
}

static void texts_are_valid_and_name_their_place(void **state)
{
    (void)state;
    struct db_rows *rows = db_query(city.db,
                                    "select s.id, coalesce(a.place_text, '') from statement s"
                                    " left join appeal a on a.statement_id = s.id",
                                    NULL, 0, NULL);
    size_t count = 0;
    struct arena *arena = arena_new();
    while (rows && db_next(rows)) {
        const struct statement *s = store_statement(city.db, db_get_int(rows, 0), arena);
        assert_non_null(s);
        assert_true(utf8_valid(s->text, strlen(s->text)));
        assert_null(strstr(s->text, "{"));
        assert_non_null(strstr(s->text, db_get_text(rows, 1)));
        arena_reset(arena);
        count++;
    }
    arena_free(arena);
    assert_int_equal(db_close(rows), ST_OK);
    assert_true(count > 1000);
    assert_true(number_of(city.db, "select count(distinct category_code) from orders") >= 60);
}

static void every_text_has_a_matter_a_place_and_an_end(void **state)
{
    (void)state;
    size_t count = 0;
    for (const char *const *line = demo_csv_texts; *line; line++, count++) {
        const char *f[6];
        demo_split(city.arena, *line, f, 6);
        size_t n = strcspn(f[2], ":");
        const char *kind = arena_strndup(city.arena, f[2], n);
        assert_true(word_find(WORDS_APPEAL_KIND, f[1]) >= 0);
        assert_true(*f[4] && *f[5]);
        struct db_rows *rows = db_query(
            city.db,
            "select count(*) from category c, place p where c.code = $1"
            " and p.kind = $2 and instr(p.name, $3) > 0",
            DB_PARAMS(db_text(f[0]), db_text(kind), db_text(f[2] + n + (f[2][n] == ':'))), NULL);
        if (!rows || !db_next(rows) || db_get_int(rows, 0) == 0)
            fail_msg("no place for: %s", *line);
        db_close(rows);
    }
    assert_true(count >= 60);
}

static const char *digest(const struct made *m)
{
    struct db_rows *rows =
        db_query(m->db,
                 "select group_concat(number || state || card || title || place_id"
                 " || lead_unit_id || event_n) from (select * from orders order by id)",
                 NULL, 0, NULL);
    assert_true(rows && db_next(rows));
    const char *text = arena_strdup(m->arena, db_get_text(rows, 0));
    assert_int_equal(db_close(rows), ST_OK);
    return text;
}

static void the_same_moment_makes_the_same_city(void **state)
{
    (void)state;
    struct made other;
    open_city(&other, "2026-11-18T09:30:00+08:00");
    assert_string_equal(digest(&city), digest(&other));
    close_city(&other);
}

static void a_second_city_is_refused(void **state)
{
    (void)state;
    struct error err = {0};
    assert_int_equal(demo_city_make(city.store, NULL, &err), ST_CONFLICT);
    assert_non_null(strstr(err.message, "大冶市"));
}

/* At night, on a Sunday, in the long holidays: the orders are there whenever it is made. */
static void the_city_can_be_made_at_any_moment(void **state)
{
    (void)state;
    static const char *const moments[] = {"2026-02-20T00:01:00+08:00", "2026-10-08T08:31:00+08:00",
                                          "2027-03-21T03:00:00+08:00"};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        struct made other;
        open_city(&other, moments[i]);
        check_orders(&other);
        close_city(&other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_n_account_sees_only_its_industry),
        cmocka_unit_test(a_handler_sees_only_what_its_unit_has_or_had),
        cmocka_unit_test(a_town_supervisor_sees_only_the_town),
        cmocka_unit_test(orders_of_every_state_have_true_histories),
        cmocka_unit_test(nothing_lies_in_the_future_and_no_timer_is_overdue),
        cmocka_unit_test(texts_are_valid_and_name_their_place),
        cmocka_unit_test(every_text_has_a_matter_a_place_and_an_end),
        cmocka_unit_test(the_same_moment_makes_the_same_city),
        cmocka_unit_test(a_second_city_is_refused),
        cmocka_unit_test(the_city_can_be_made_at_any_moment),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
