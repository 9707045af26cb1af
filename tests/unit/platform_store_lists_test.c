/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists, counts, board, bulletin, timers. */
#include "platform_store_fixture.h"

enum { ME = 7 };

static int setup(void **state)
{
    fixture_setup(state);
    put_account(*state, ME, true, false);
    return 0;
}

/* How many orders a filter gives, by list in both sequences and by count, which must agree. */
static size_t matches(struct fixture *f, const struct order_filter *filter)
{
    struct order_page page, newest;
    int64_t count, red;
    struct db *db = fixture_db(f);
    assert_int_equal(store_orders(db, ME, filter, false, 0, 0, 200, f->arena, &page), ST_OK);
    assert_int_equal(store_orders(db, ME, filter, true, 0, 0, 200, f->arena, &newest), ST_OK);
    assert_int_equal(store_orders_count(db, ME, filter, &count, &red), ST_OK);
    assert_int_equal(page.count, count);
    assert_int_equal(newest.count, count);
    int64_t cards = 0;
    for (size_t i = 0; i < page.count; i++)
        cards += page.orders[i].card == CARD_RED;
    assert_int_equal(cards, red);
    return page.count;
}

static enum status job_unit(struct db *db, void *user)
{
    return store_unit_put(db, user);
}

static void put_unit(struct fixture *f, int64_t id, int64_t parent, const char *path)
{
    struct unit u = {
        .id = id, .parent_id = parent, .name = "局", .kind = "department", .path = path};
    assert_int_equal(store_write_wait(f->store, job_unit, &u), ST_OK);
}

static void each_part_of_a_filter_restricts(void **state)
{
    struct fixture *f = *state;
    put_unit(f, 1, 0, "/1/");
    put_unit(f, 12, 1, "/1/12/");
    put_unit(f, 120, 1, "/1/120/");
    struct order_case *a = make_case(f), *b = make_case(f), *c = make_case(f);
    b->order.state = ORDER_ARCHIVED;
    b->order.needs = BIT(NEED_SIGN) | BIT(NEED_REVIEW);
    b->order.region_code = "420281002001";
    b->order.category_code = "02";
    b->order.industry = "emergency";
    b->order.channel = "12315";
    b->order.taken_by = 8;
    c->order.state = ORDER_CALLBACK;
    c->order.needs = BIT(NEED_CALLBACK);
    c->order.card = CARD_RED;
    c->order.unsatisfied = true;
    struct assignment *old = add_assignment(f, c, 120, "/1/120/", true, 1);
    old->state = ASSIGNMENT_ACCEPTED;
    add_assignment(f, c, 12, "/1/12/", true, 2);
    struct assignment *co = add_assignment(f, c, 1, "/1/", false, 2);
    co->state = ASSIGNMENT_WITHDRAWN;
    put_case(f, a);
    put_case(f, b);
    put_case(f, c);
#define MATCHES(n, ...)                                                                            \
    do {                                                                                           \
        struct order_filter filter = {__VA_ARGS__};                                                \
        assert_int_equal(matches(f, &filter), n);                                                  \
    } while (0)
    MATCHES(3, .states = 0);
    MATCHES(1, .states = BIT(ORDER_TO_DISPATCH));
    MATCHES(2, .states = BIT(ORDER_TO_DISPATCH) | BIT(ORDER_ARCHIVED));
    MATCHES(2, .states = BIT(ORDER_TO_DISPATCH) | BIT(ORDER_CALLBACK));
    MATCHES(0, .states = BIT(ORDER_DRAFT));
    MATCHES(3, .states = (1U << ORDER_STATE_COUNT) - 1);
    MATCHES(2, .open_only = true);
    MATCHES(0, .open_only = true, .states = BIT(ORDER_ARCHIVED));
    MATCHES(1, .needs = BIT(NEED_REVIEW));
    MATCHES(2, .needs = BIT(NEED_REVIEW) | BIT(NEED_DISPATCH));
    MATCHES(0, .needs = BIT(NEED_ARCHIVE));
    MATCHES(0, .needs = BIT(NEED_REVIEW), .open_only = true);
    MATCHES(1, .needs = BIT(NEED_REVIEW), .states = BIT(ORDER_ARCHIVED), .taken_by = 8);
    MATCHES(1, .card = 1 + CARD_RED);
    MATCHES(2, .card = 1 + CARD_NONE);
    MATCHES(1, .unsatisfied = true);
    MATCHES(1, .unsatisfied = true, .open_only = true, .taken_by = 7);
    MATCHES(0, .unsatisfied = true, .needs = BIT(NEED_DISPATCH));
    MATCHES(1, .round_from = 2);
    MATCHES(0, .round_from = 3);
    MATCHES(2, .region_code = "420281001");
    MATCHES(3, .region_code = "4202");
    MATCHES(0, .region_code = "420281001002003");
    MATCHES(2, .category_code = "01");
    MATCHES(1, .category_code = "02");
    MATCHES(3,
            .category_code = "0"); /* a prefix is a prefix: whole levels are the asker's to give */
    MATCHES(2, .industry = "housing");
    MATCHES(0, .industry = "house");
    MATCHES(1, .channel = "12315");
    MATCHES(1, .taken_by = 8);
    MATCHES(0, .taken_by = 8, .open_only = true);
    MATCHES(2, .taken_by = 7, .states = BIT(ORDER_TO_DISPATCH) | BIT(ORDER_CALLBACK));
    MATCHES(1, .lead_unit_id = 12);
    MATCHES(0, .lead_unit_id = 120);
    MATCHES(1, .unit_id = 12);
    MATCHES(1, .unit_id = 1);   /* through the unit below it */
    MATCHES(0, .unit_id = 120); /* that was the round before */
    MATCHES(0, .unit_id = 99);
    MATCHES(1, .unit_id = 12, .open_only = true, .needs = BIT(NEED_CALLBACK));
    MATCHES(0, .unit_id = 12, .card = 1 + CARD_YELLOW);
    MATCHES(1, .region_code = "42", .category_code = "01", .channel = "12345",
            .card = 1 + CARD_RED);
}

static void a_unit_is_not_its_neighbour_whose_number_begins_alike(void **state)
{
    struct fixture *f = *state;
    const struct order_filter of_12 = {.unit_id = 12};
    put_unit(f, 12, 1, "/1/12/");
    struct order_case *c = make_case(f), *below = make_case(f);
    add_assignment(f, c, 120, "/1/120/", true, 1);
    add_assignment(f, below, 9, "/1/12/9/", true, 1);
    put_case(f, c);
    put_case(f, below);
    assert_int_equal(matches(f, &of_12), 1);
}

static void every_row_is_on_exactly_one_page(void **state)
{
    enum { ORDERS = 23 };
    struct fixture *f = *state;
    for (int i = 0; i < ORDERS; i++) {
        struct order_case *c = make_case(f);
        c->order.deadline_at = i % 5 == 0 ? 0 : NOW + (i % 3) * DAY_MS; /* many equals */
        put_case(f, c);
    }
    for (int newest = 0; newest < 2; newest++)
        for (size_t limit = 1; limit < 9; limit += 3) {
            const struct order_filter all = {0};
            struct order_page page = {0};
            int64_t last_key = -1, last_id = 0;
            size_t seen = 0;
            do {
                assert_int_equal(store_orders(fixture_db(f), ME, &all, newest, page.next_key,
                                              page.next_id, limit, f->arena, &page),
                                 ST_OK);
                assert_true(page.count == limit || !page.more);
                for (size_t i = 0; i < page.count; i++, seen++) {
                    const struct order *o = &page.orders[i];
                    int64_t key = o->deadline_at ? o->deadline_at : INT64_MAX;
                    if (newest)
                        assert_true(last_id == 0 || o->id < last_id);
                    else
                        assert_true(key > last_key || (key == last_key && o->id > last_id));
                    last_key = key;
                    last_id = o->id;
                }
            } while (page.more);
            assert_int_equal(seen, ORDERS);
        }
}

static void an_order_without_a_deadline_comes_last(void **state)
{
    struct fixture *f = *state;
    struct order_case *none = make_case(f), *some = make_case(f);
    const struct order_filter all = {0};
    struct order_page page;
    none->order.deadline_at = 0;
    put_case(f, none);
    put_case(f, some);
    assert_int_equal(store_orders(fixture_db(f), ME, &all, false, 0, 0, 9, f->arena, &page), ST_OK);
    assert_true(page.orders[0].id == some->order.id && page.orders[1].id == none->order.id);
}

static void an_empty_page_is_an_empty_page(void **state)
{
    struct fixture *f = *state;
    const struct order_filter all = {0};
    struct order_page page;
    assert_int_equal(store_orders(fixture_db(f), ME, &all, false, 0, 0, 9, f->arena, &page), ST_OK);
    assert_int_equal(page.count, 0);
    assert_false(page.more);
}

static void open_lists_walk_the_partial_index(void **state)
{
    struct fixture *f = *state;
    struct db_rows *rows = db_query(
        fixture_db(f),
        "explain query plan select o.id from orders o where ($1 = 0 or o.round = $1)"
        " and o.open = 1 and (o.sort_at, o.id) > ($2, $3) order by o.sort_at, o.id limit 5",
        DB_PARAMS(db_int(0), db_int(0), db_int(0)), NULL);
    bool index = false;
    while (db_next(rows))
        index |= strstr(db_get_text(rows, 3), "orders_open") != NULL;
    assert_int_equal(db_close(rows), ST_OK);
    assert_true(index);
}

/* --- the board and the bulletin -------------------------------------------------------------- */

static const struct board_row *row_of(const struct board_row *rows, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
    fail_msg("no row %s", key);
    return rows;
}

static enum status job_names(struct db *db, void *user)
{
    (void)user;
    const struct region street = {"420281001", "金湖街道", 1};
    const struct category top = {.code = "01", .name = "城乡建设", .industry = ""};
    const struct channel channel = {"12345", "12345热线", "all"};
    enum status st = store_region_put(db, &street);
    if (!st)
        st = store_category_put(db, &top);
    return st ? st : store_channel_put(db, &channel);
}

static void the_board_counts_each_order_once_in_each_group(void **state)
{
    struct fixture *f = *state;
    struct order_case *a = make_case(f), *b = make_case(f), *c = make_case(f), *d = make_case(f);
    struct board_row *rows;
    put_unit(f, 12, 1, "/1/12/");
    assert_int_equal(store_write_wait(f->store, job_names, NULL), ST_OK);
    a->order.card = CARD_YELLOW;
    b->order.card = CARD_RED;
    b->order.unsatisfied = true;
    add_assignment(f, b, 12, "/1/12/", true, 1);
    c->order.state = ORDER_ARCHIVED;
    c->order.card = CARD_RED; /* was late, but is not open any more */
    c->order.concluded_at = NOW;
    c->order.conclusion = "satisfied";
    d->order.state = ORDER_CONCLUDED;
    d->order.concluded_at = NOW;
    d->order.conclusion = "unreached";
    d->order.region_code = "420281002";
    put_case(f, a);
    put_case(f, b);
    put_case(f, c);
    put_case(f, d);
    size_t n = store_board(fixture_db(f), ME, BOARD_STREET, f->arena, &rows);
    assert_int_equal(n, 2);
    const struct board_row *r = row_of(rows, n, "420281001");
    assert_string_equal(r->label, "金湖街道");
    assert_int_equal(r->total, 3);
    assert_int_equal(r->open, 2);
    assert_int_equal(r->yellow, 1);
    assert_int_equal(r->red, 1);
    assert_int_equal(r->unsatisfied, 1);
    assert_int_equal(r->concluded, 1);
    assert_int_equal(r->satisfied, 1);
    r = row_of(rows, n, "420281002");
    assert_string_equal(r->label, "");
    assert_int_equal(r->concluded, 1);
    assert_int_equal(r->satisfied, 0);
    n = store_board(fixture_db(f), ME, BOARD_STATE, f->arena, &rows);
    assert_int_equal(row_of(rows, n, "to_dispatch")->total, 2);
    assert_string_equal(row_of(rows, n, "to_dispatch")->label, "");
    n = store_board(fixture_db(f), ME, BOARD_UNIT, f->arena, &rows);
    assert_string_equal(row_of(rows, n, "12")->label, "局");
    assert_int_equal(row_of(rows, n, "0")->total, 3);
    n = store_board(fixture_db(f), ME, BOARD_CATEGORY, f->arena, &rows);
    assert_string_equal(row_of(rows, n, "01")->label, "城乡建设");
    n = store_board(fixture_db(f), ME, BOARD_CHANNEL, f->arena, &rows);
    assert_string_equal(row_of(rows, n, "12345")->label, "12345热线");
}

static void the_bulletin_names_each_order_once_with_its_last_round(void **state)
{
    struct fixture *f = *state;
    struct order_case *a = make_case(f), *b = make_case(f), *c = make_case(f);
    struct bulletin_row *rows;
    add_assignment(f, a, 12, "/1/12/", true, 1);
    add_assignment(f, a, 13, "/1/13/", true, 2);
    add_assignment(f, a, 14, "/1/14/", true, 3);
    add_assignment(f, b, 12, "/1/12/", true, 1);
    add_assignment(f, c, 12, "/1/12/", true, 1)->state = ASSIGNMENT_ACCEPTED;
    struct assignment *moved = add_assignment(f, c, 15, "/1/15/", true, 2);
    moved->state = ASSIGNMENT_WITHDRAWN;
    add_assignment(f, c, 16, "/1/16/", true, 2)->offered_at = NOW + 100;
    put_case(f, a);
    put_case(f, b);
    put_case(f, c);
    assert_int_equal(store_bulletin(fixture_db(f), ME, 0, 10, f->arena, &rows), 2);
    assert_true(rows[0].order.id == c->order.id);
    assert_int_equal(rows[0].unit_id, 16);
    assert_int_equal(rows[0].at, NOW + 100);
    assert_true(rows[1].order.id == a->order.id);
    assert_int_equal(rows[1].round, 3);
    assert_int_equal(rows[1].unit_id, 14);
    assert_string_equal(rows[1].order.title, "路灯不亮");
    assert_int_equal(store_bulletin(fixture_db(f), ME, 0, 1, f->arena, &rows), 1);
    assert_int_equal(store_bulletin(fixture_db(f), ME, rows[0].at, 1, f->arena, &rows), 1);
    assert_true(rows[0].order.id == a->order.id);
    assert_int_equal(store_bulletin(fixture_db(f), ME, rows[0].at, 1, f->arena, &rows), 0);
}

static void a_page_of_the_bulletin_does_not_cut_a_moment(void **state)
{
    struct fixture *f = *state;
    struct bulletin_row *rows;
    for (int i = 0; i < 5; i++) {
        struct order_case *c = make_case(f);
        add_assignment(f, c, 12, "/1/12/", true, 2)->offered_at = NOW + (i == 4);
        put_case(f, c);
    }
    assert_int_equal(store_bulletin(fixture_db(f), ME, 0, 1, f->arena, &rows), 1);
    assert_int_equal(store_bulletin(fixture_db(f), ME, rows[0].at, 1, f->arena, &rows), 4);
}

/* --- timers ---------------------------------------------------------------------------------- */

static void timers_are_due_in_time_order(void **state)
{
    struct fixture *f = *state;
    struct due_timer *due;
    struct timer timers[] = {{TIMER_RED_ON, 1, NOW + 30},
                             {TIMER_YELLOW_ON, 1, NOW + 20},
                             {TIMER_SIGN_BY, 2, NOW + 10},
                             {TIMER_SIGN_BY, 2, NOW + 5}, /* the earliest counts */
                             {TIMER_SIGN_BY, 2, NOW + 7}};
    struct order_case *c = make_case(f);
    assert_int_equal(store_timer_next(fixture_db(f)), 0);
    c->timers = timers;
    c->timer_count = 5;
    c->timers_changed = true;
    put_case(f, c);
    assert_int_equal(store_timer_next(fixture_db(f)), NOW + 5);
    assert_int_equal(store_timers_due(fixture_db(f), NOW + 4, 10, f->arena, &due), 0);
    assert_int_equal(store_timers_due(fixture_db(f), NOW + 20, 10, f->arena, &due), 2);
    assert_int_equal(due[0].timer.kind, TIMER_SIGN_BY);
    assert_int_equal(due[0].timer.subject_id, 2);
    assert_int_equal(due[1].timer.kind, TIMER_YELLOW_ON);
    assert_true(due[0].order_id == c->order.id);
    assert_int_equal(store_timers_due(fixture_db(f), NOW + 99, 1, f->arena, &due), 1);
}

static void timers_stay_unless_they_were_changed(void **state)
{
    struct fixture *f = *state;
    struct timer timer = {TIMER_RED_ON, 1, NOW};
    struct order_case *c = make_case(f);
    c->timers = &timer;
    c->timer_count = 1;
    c->timers_changed = true;
    put_case(f, c);
    c->timer_count = 0;
    change_case(f, c, "change");
    assert_int_equal(store_timer_next(fixture_db(f)), NOW);
    c->timers_changed = true;
    change_case(f, c, "change");
    assert_int_equal(store_timer_next(fixture_db(f)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
        TEST(each_part_of_a_filter_restricts),
        TEST(a_unit_is_not_its_neighbour_whose_number_begins_alike),
        TEST(every_row_is_on_exactly_one_page),
        TEST(an_order_without_a_deadline_comes_last),
        TEST(an_empty_page_is_an_empty_page),
        TEST(open_lists_walk_the_partial_index),
        TEST(the_board_counts_each_order_once_in_each_group),
        TEST(the_bulletin_names_each_order_once_with_its_last_round),
        TEST(a_page_of_the_bulletin_does_not_cut_a_moment),
        TEST(timers_are_due_in_time_order),
        TEST(timers_stay_unless_they_were_changed),
    };
    return cmocka_run_group_tests_name("store: lists", tests, NULL, NULL);
}
