/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may see an order: the same answer from every question (domain rule 8). */
#include "platform_store_fixture.h"

enum { ME = 7 };

/* What each question says about one order. */
struct seen {
    bool load, number, list, newest, count, board, bulletin, feed, persons;
};

static bool in_list(struct fixture *f, int64_t id, bool newest)
{
    const struct order_filter all = {0};
    struct order_page page;
    assert_int_equal(store_orders(fixture_db(f), ME, &all, newest, 0, 0, 100, f->arena, &page),
                     ST_OK);
    for (size_t i = 0; i < page.count; i++)
        if (page.orders[i].id == id)
            return true;
    return false;
}

static bool on_board(struct fixture *f)
{
    int64_t total[5] = {0};
    for (int group = BOARD_STATE; group <= BOARD_CHANNEL; group++) {
        struct board_row *rows;
        size_t n = store_board(fixture_db(f), ME, (enum board_group)group, f->arena, &rows);
        for (size_t i = 0; i < n; i++)
            total[group] += rows[i].total;
        assert_int_equal(total[group], total[0]);
    }
    return total[0] > 0;
}

/* The database holds one order, with a second assignment. */
static struct seen look(struct fixture *f, const struct order *o)
{
    const struct order_filter all = {0};
    struct db *db = fixture_db(f);
    struct seen seen = {0};
    int64_t count, red, next;
    struct bulletin_row *bulletin;
    struct change *changes;
    int64_t *orders;
    const int64_t person = 1;
    seen.load = store_case_load(db, ME, o->id, f->arena) != NULL;
    seen.number = store_order_by_number(db, ME, o->number) == o->id;
    seen.list = in_list(f, o->id, false);
    seen.newest = in_list(f, o->id, true);
    assert_int_equal(store_orders_count(db, ME, &all, &count, &red), ST_OK);
    seen.count = count == 1;
    seen.board = on_board(f);
    seen.bulletin = store_bulletin(db, ME, 0, 10, f->arena, &bulletin) == 1;
    seen.feed = store_changes(db, ME, 0, INT64_MAX, 100, f->arena, &changes, &next) == 1 &&
                changes[0].visible;
    seen.persons = store_orders_of_persons(db, ME, &person, 1, 10, f->arena, &orders) == 1;
    return seen;
}

static void assert_seen(struct fixture *f, const struct order *o, bool visible)
{
    struct seen seen = look(f, o);
    assert_int_equal(seen.load, visible);
    assert_int_equal(seen.number, visible);
    assert_int_equal(seen.list, visible);
    assert_int_equal(seen.newest, visible);
    assert_int_equal(seen.count, visible);
    assert_int_equal(seen.board, visible);
    assert_int_equal(seen.bulletin, visible);
    assert_int_equal(seen.feed, visible);
    assert_int_equal(seen.persons, visible);
}

struct job_appeal {
    int64_t id, order_id;
};

static enum status job_appeal(struct db *db, void *user)
{
    const struct job_appeal *job = user;
    struct appeal a = {.id = job->id, .channel = "12345", .person_id = 1};
    return store_appeal_put(db, &a, job->order_id, NULL);
}

/* 12345, category 010203 of housing, region 420281001002, units /1/12/ and /1/15/, to dispatch. */
static struct order_case *put_order(struct fixture *f)
{
    struct order_case *c = make_case(f);
    add_assignment(f, c, 12, "/1/12/", true, 2);
    add_assignment(f, c, 15, "/1/15/", false, 2);
    put_case(f, c);
    struct job_appeal job = {new_id(f), c->order.id};
    assert_int_equal(store_write_wait(f->store, job_appeal, &job), ST_OK);
    return c;
}

static enum status job_clear(struct db *db, void *user)
{
    return store_scope_clear(db, *(int64_t *)user);
}

static void clear_scope(struct fixture *f)
{
    int64_t me = ME;
    assert_int_equal(store_write_wait(f->store, job_clear, &me), ST_OK);
}

static void out_of_scope_reads_as_not_found_everywhere_alike(void **state)
{
    static const struct {
        enum scope_dimension dimension;
        const char *value;
        bool visible;
    } CASES[] = {
        {SCOPE_REGION, "420281001002", true},
        {SCOPE_REGION, "420281001", true},
        {SCOPE_REGION, "420281002", false},
        {SCOPE_REGION, "420281001002003", false}, /* a grid does not see its street */
        {SCOPE_REGION, "20281001002", false},
        {SCOPE_CATEGORY, "01", true},
        {SCOPE_CATEGORY, "010203", true},
        {SCOPE_CATEGORY, "0103", false},
        {SCOPE_CATEGORY, "01020301", false},
        {SCOPE_INDUSTRY, "housing", true},
        {SCOPE_INDUSTRY, "hous", false},
        {SCOPE_INDUSTRY, "emergency", false},
        {SCOPE_CHANNEL, "12345", true},
        {SCOPE_CHANNEL, "1234", false},
        {SCOPE_CHANNEL, "12315", false},
        {SCOPE_UNIT, "/1/", true},
        {SCOPE_UNIT, "/1/12/", true},
        {SCOPE_UNIT, "/1/15/", true},
        {SCOPE_UNIT, "/1/1/", false},
        {SCOPE_UNIT, "/12/", false},
        {SCOPE_UNIT, "/1/12/3/", false},
        {SCOPE_UNIT, "/15/", false},
        {SCOPE_STATE, "to_dispatch", true},
        {SCOPE_STATE, "in_hand", false},
    };
    struct fixture *f = *state;
    put_account(f, ME, true, false);
    struct order_case *c = put_order(f);
    assert_seen(f, &c->order, true);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        clear_scope(f);
        assert_int_equal(put_scope(f, ME, CASES[i].dimension, CASES[i].value), ST_OK);
        struct seen seen = look(f, &c->order);
        if (seen.load != CASES[i].visible)
            fail_msg("%d %s", (int)CASES[i].dimension, CASES[i].value);
        assert_seen(f, &c->order, CASES[i].visible);
    }
    clear_scope(f);
    assert_seen(f, &c->order, true);
}

static void rows_of_a_dimension_are_alternatives_and_dimensions_are_combined(void **state)
{
    struct fixture *f = *state;
    put_account(f, ME, true, false);
    struct order_case *c = put_order(f);
    assert_int_equal(put_scope(f, ME, SCOPE_REGION, "420281002"), ST_OK);
    assert_seen(f, &c->order, false);
    assert_int_equal(put_scope(f, ME, SCOPE_REGION, "420281001"), ST_OK);
    assert_seen(f, &c->order, true);
    assert_int_equal(put_scope(f, ME, SCOPE_CHANNEL, "12315"), ST_OK);
    assert_seen(f, &c->order, false);
    assert_int_equal(put_scope(f, ME, SCOPE_CHANNEL, "12345"), ST_OK);
    assert_seen(f, &c->order, true);
}

static void category_and_industry_are_one_dimension(void **state)
{
    struct fixture *f = *state;
    put_account(f, ME, true, false);
    struct order_case *c = put_order(f);
    assert_int_equal(put_scope(f, ME, SCOPE_CATEGORY, "02"), ST_OK);
    assert_seen(f, &c->order, false);
    assert_int_equal(put_scope(f, ME, SCOPE_INDUSTRY, "housing"), ST_OK);
    assert_seen(f, &c->order, true);
}

static void an_account_that_sees_no_orders_sees_none(void **state)
{
    struct fixture *f = *state;
    put_account(f, ME, false, false);
    struct order_case *c = put_order(f);
    assert_seen(f, &c->order, false);
    put_account(f, ME, true, true);
    assert_seen(f, &c->order, false);
    put_account(f, ME, true, false);
    assert_seen(f, &c->order, true);
}

static void an_unknown_account_and_nobody_see_nothing_in_lists(void **state)
{
    const struct order_filter all = {0};
    struct fixture *f = *state;
    struct order_case *c = put_order(f);
    struct db *db = fixture_db(f);
    const int64_t accounts[] = {0, -1, 99};
    for (size_t i = 0; i < 3; i++) {
        struct order_page page;
        int64_t count, red, next;
        struct board_row *board;
        struct bulletin_row *bulletin;
        struct change *changes;
        int64_t a = accounts[i];
        assert_int_equal(store_orders(db, a, &all, true, 0, 0, 10, f->arena, &page), ST_OK);
        assert_int_equal(page.count, 0);
        assert_int_equal(store_orders_count(db, a, &all, &count, &red), ST_OK);
        assert_int_equal(count, 0);
        assert_int_equal(store_board(db, a, BOARD_STATE, f->arena, &board), 0);
        assert_int_equal(store_bulletin(db, a, 0, 10, f->arena, &bulletin), 0);
        assert_int_equal(store_changes(db, a, 0, INT64_MAX, 10, f->arena, &changes, &next), 0);
        assert_true(next > 0);
        assert_int_equal(a == 0, store_case_load(db, a, c->order.id, f->arena) != NULL);
    }
}

static void a_scope_that_would_restrict_nothing_is_refused(void **state)
{
    struct fixture *f = *state;
    put_account(f, ME, true, false);
    assert_int_equal(put_scope(f, ME, SCOPE_REGION, ""), ST_INVALID);
    assert_int_equal(put_scope(f, ME, SCOPE_REGION, NULL), ST_INVALID);
    assert_int_equal(put_scope(f, ME, SCOPE_REGION, "4202%"), ST_INVALID);
    assert_int_equal(put_scope(f, ME, SCOPE_CATEGORY, "x"), ST_INVALID);
    assert_int_equal(put_scope(f, ME, SCOPE_UNIT, "/1/12"), ST_INVALID);
    assert_int_equal(put_scope(f, ME, SCOPE_UNIT, "1/12/"), ST_INVALID);
    assert_int_equal(put_scope(f, ME, SCOPE_UNIT, "//"), ST_INVALID);
    assert_int_equal(put_scope(f, ME, SCOPE_UNIT, "/%/"), ST_INVALID);
    assert_int_equal(put_scope(f, ME, SCOPE_STATE, "open"), ST_INVALID);
    assert_int_equal(put_scope(f, ME, SCOPE_INDUSTRY, ""), ST_INVALID);
    assert_int_equal(put_scope(f, ME, (enum scope_dimension)99, "x"), ST_INVALID);
    struct scope_row *rows;
    assert_int_equal(store_scopes(fixture_db(f), ME, f->arena, &rows), 0);
}

static void a_changed_scope_has_another_version(void **state)
{
    struct fixture *f = *state;
    put_account(f, ME, true, false);
    int64_t first = store_scope_version(fixture_db(f), ME);
    assert_int_equal(put_scope(f, ME, SCOPE_REGION, "42"), ST_OK);
    int64_t second = store_scope_version(fixture_db(f), ME);
    assert_true(second > first);
    assert_int_equal(put_scope(f, ME, SCOPE_REGION, "42"), ST_OK); /* was there */
    assert_true(store_scope_version(fixture_db(f), ME) == second);
    put_account(f, ME, false, false);
    assert_true(store_scope_version(fixture_db(f), ME) > second);
    assert_int_equal(store_scope_version(fixture_db(f), 99), 0);
}

/* --- the feed -------------------------------------------------------------------------------- */

/* The changes after `cursor`; the cursor moves on. */
static size_t changes(struct fixture *f, int64_t *cursor, size_t limit, struct change **out)
{
    int64_t next = 0;
    size_t n = store_changes(fixture_db(f), ME, *cursor, INT64_MAX, limit, f->arena, out, &next);
    *cursor = next;
    return n;
}

static void an_order_that_leaves_the_scope_is_gone_once_and_then_silent(void **state)
{
    struct fixture *f = *state;
    struct change *c;
    int64_t cursor = 0;
    put_account(f, ME, true, false);
    assert_int_equal(put_scope(f, ME, SCOPE_UNIT, "/1/12/"), ST_OK);
    struct order_case *o = make_case(f);
    struct assignment *a = add_assignment(f, o, 12, "/1/12/", true, 1);
    put_case(f, o);
    assert_int_equal(changes(f, &cursor, 10, &c), 1);
    assert_true(c[0].visible && c[0].order_id == o->order.id && c[0].version == 1);
    a->state = ASSIGNMENT_RETURNED;
    a->mark = ROW_CHANGED;
    change_case(f, o, "return");
    assert_int_equal(changes(f, &cursor, 10, &c), 1);
    assert_false(c[0].visible);
    assert_true(c[0].order_id == o->order.id);
    assert_int_equal(c[0].version, 0);
    change_case(f, o, "elsewhere");
    int64_t before = cursor;
    assert_int_equal(changes(f, &cursor, 10, &c), 0);
    assert_true(cursor > before);
    /* and back */
    add_assignment(f, o, 12, "/1/12/", true, 2);
    change_case(f, o, "dispatch");
    assert_int_equal(changes(f, &cursor, 10, &c), 1);
    assert_true(c[0].visible && c[0].version == 4);
}

static void an_order_never_seen_is_never_told_of(void **state)
{
    struct fixture *f = *state;
    struct change *c;
    int64_t cursor = 0;
    put_account(f, ME, true, false);
    assert_int_equal(put_scope(f, ME, SCOPE_REGION, "420281009"), ST_OK);
    struct order_case *o = make_case(f);
    put_case(f, o);
    for (int i = 0; i < 5; i++) {
        change_case(f, o, "change");
        assert_int_equal(changes(f, &cursor, 10, &c), 0);
        assert_true(cursor == store_last_seq(fixture_db(f)));
    }
}

static void an_order_that_came_and_left_since_the_cursor_is_gone(void **state)
{
    struct fixture *f = *state;
    struct change *c;
    int64_t cursor = 0;
    put_account(f, ME, true, false);
    assert_int_equal(put_scope(f, ME, SCOPE_REGION, "420281009"), ST_OK);
    struct order_case *o = make_case(f);
    put_case(f, o);
    assert_int_equal(changes(f, &cursor, 10, &c), 0);
    o->order.region_code = "420281009001";
    change_case(f, o, "correct");
    /* A list that is read now shows it … */
    assert_non_null(load_case(f, ME, o->order.id));
    o->order.region_code = "420281001";
    change_case(f, o, "correct");
    /* … so the feed must take it back. */
    assert_int_equal(changes(f, &cursor, 10, &c), 1);
    assert_false(c[0].visible);
}

static void each_order_is_told_once_with_its_last_change_in_feed_order(void **state)
{
    struct fixture *f = *state;
    struct change *c;
    int64_t cursor = 0;
    put_account(f, ME, true, false);
    struct order_case *x = make_case(f), *y = make_case(f);
    put_case(f, x);
    put_case(f, y);
    change_case(f, x, "change");
    assert_int_equal(changes(f, &cursor, 10, &c), 2);
    assert_true(c[0].order_id == y->order.id && c[1].order_id == x->order.id);
    assert_true(c[0].seq < c[1].seq && c[1].seq == cursor);
    assert_int_equal(c[1].version, 2);
    assert_int_equal(changes(f, &cursor, 10, &c), 0);
    assert_true(cursor == store_last_seq(fixture_db(f)));
}

static void a_feed_read_in_small_pieces_loses_nothing(void **state)
{
    enum { ORDERS = 20 };
    struct fixture *f = *state;
    struct change *c;
    struct order_case *orders[ORDERS];
    int64_t cursor = 0, version[ORDERS] = {0};
    put_account(f, ME, true, false);
    assert_int_equal(put_scope(f, ME, SCOPE_CHANNEL, "12345"), ST_OK);
    for (int i = 0; i < ORDERS; i++) {
        orders[i] = make_case(f);
        orders[i]->order.channel = i % 2 ? "12315" : "12345";
        put_case(f, orders[i]);
    }
    for (int i = 0; i < ORDERS; i += 3)
        change_case(f, orders[i], "change");
    for (size_t n; (n = changes(f, &cursor, 3, &c)) > 0;) {
        assert_in_range(n, 1, 3);
        for (size_t i = 0; i < n; i++)
            for (int j = 0; j < ORDERS; j++)
                if (orders[j]->order.id == c[i].order_id)
                    version[j] = c[i].version;
    }
    for (int i = 0; i < ORDERS; i++)
        assert_int_equal(version[i], i % 2 ? 0 : i % 3 ? 1 : 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(out_of_scope_reads_as_not_found_everywhere_alike),
        TEST(rows_of_a_dimension_are_alternatives_and_dimensions_are_combined),
        TEST(category_and_industry_are_one_dimension),
        TEST(an_account_that_sees_no_orders_sees_none),
        TEST(an_unknown_account_and_nobody_see_nothing_in_lists),
        TEST(a_scope_that_would_restrict_nothing_is_refused),
        TEST(a_changed_scope_has_another_version),
        TEST(an_order_that_leaves_the_scope_is_gone_once_and_then_silent),
        TEST(an_order_never_seen_is_never_told_of),
        TEST(an_order_that_came_and_left_since_the_cursor_is_gone),
        TEST(each_order_is_told_once_with_its_last_change_in_feed_order),
        TEST(a_feed_read_in_small_pieces_loses_nothing),
    };
    return cmocka_run_group_tests_name("store: scope", tests, NULL, NULL);
}
