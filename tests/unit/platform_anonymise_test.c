/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is forgotten when, and what stays: of citizens and their words nothing, of the case all. */
#include "core/clock.h"
#include "platform/commands/anonymise.h"
#include "platform/domain/retention.h"
#include "platform_store_fixture.h"

#define YEAR_MS (INT64_C(365) * DAY_MS)

/* --- how old ---------------------------------------------------------------------------------- */

static int64_t moment(const char *text)
{
    int64_t ms;
    assert_true(clock_parse(text, &ms));
    return ms;
}

static void before(const char *text, const char *expected)
{
    int64_t out;
    struct error err = {ST_OK, ""};
    if (retention_before(text, moment("2026-11-24T10:00:00+08:00"), 30 * DAY_MS, &out, &err))
        fail_msg("%s", err.message);
    char found[CLOCK_TEXT_SIZE];
    clock_format(out, found);
    assert_memory_equal(found, expected, strlen(expected));
}

static void an_age_is_counted_by_years_days_or_to_a_day(void **state)
{
    (void)state;
    before("2y", "2024-11-24T00:00");
    before("30d", "2026-10-25T00:00");
    before("730d", "2024-11-24T00:00");
    before("2024-02-29", "2024-02-29T00:00");
    int64_t out;
    assert_int_equal(
        retention_before("1y", moment("2028-02-29T10:00:00+08:00"), DAY_MS, &out, NULL), ST_OK);
    assert_int_equal(out, moment("2027-02-28T00:00:00+08:00"));
}

static void an_age_that_is_none_or_too_short_is_refused(void **state)
{
    static const char *const WRONG[] = {"",           "y",          "2",   "-2y",
                                        "0y",         "0d",         "2 y", "2m",
                                        "2yy",        "101y",       "1e2", "2024-02-30",
                                        "2024-13-01", "2026-11-01", "29d", "99999999999999999999d"};
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        int64_t out;
        struct error err = {ST_OK, ""};
        if (!retention_before(WRONG[i], moment("2026-11-24T10:00:00+08:00"), 30 * DAY_MS, &out,
                              &err))
            fail_msg("“%s” is taken for an age", WRONG[i]);
        assert_int_equal(err.status, ST_INVALID);
    }
}

/* --- cases ------------------------------------------------------------------------------------ */

struct told {
    struct person person;
    struct statement words;
    struct appeal appeal;
    int64_t order_id;
};

static enum status job_told(struct db *db, void *user)
{
    struct told *t = user;
    enum status st = t->person.name ? store_person_put(db, &t->person) : ST_OK;
    if (!st)
        st = store_statement_put(db, &t->words);
    return st ? st : store_appeal_put(db, &t->appeal, t->order_id, NULL);
}

/* A citizen's appeal of the order; `person_id` 0: a new one. */
static struct told tell(struct fixture *f, int64_t order_id, int64_t person_id)
{
    struct told t = {.order_id = order_id};
    t.person = (struct person){.id = person_id ? person_id : new_id(f),
                               .name = person_id ? NULL : "王小芳",
                               .phone = "13907230717"};
    t.words = (struct statement){.id = new_id(f), .text = "楼下的水管又裂了"};
    t.appeal = (struct appeal){.id = new_id(f),
                               .channel = "12345",
                               .source_no = "",
                               .place_text = "湖滨路12号王家",
                               .region_code = "420281",
                               .category_code = "0102",
                               .person_id = t.person.id,
                               .statement_id = t.words.id,
                               .received_at = NOW};
    assert_int_equal(store_write_wait(f->store, job_told, &t), ST_OK);
    return t;
}

struct job_ended {
    struct order_case *c;
    int64_t at;
};

static enum status job_ended(struct db *db, void *user)
{
    struct job_ended *job = user;
    enum status st = store_new_number(db, NOW, job->c->order.number);
    return st ? st : store_case_save(db, job->c, true, job->at, NULL);
}

/* An order in this state since `ended`, with words of its unit. */
static int64_t order_in(struct fixture *f, enum order_state state, int64_t ended)
{
    struct order_case *c = make_case(f);
    c->order.state = state;
    struct statement *reply = arena_alloc(f->arena, sizeof *reply);
    *reply = (struct statement){.id = new_id(f), .text = "已与王小芳联系"};
    c->statements = reply;
    c->statement_count = 1;
    c->events[0].statement_id = reply->id;
    c->events[0].to = word_name(WORDS_ORDER_STATE, (int)state);
    struct job_ended job = {c, ended};
    assert_int_equal(store_write_wait(f->store, job_ended, &job), ST_OK);
    return c->order.id;
}

static size_t run(struct fixture *f, int64_t until, bool dry)
{
    size_t count;
    struct error err = {ST_OK, ""};
    if (anonymise(f->store, until, dry, &count, &err, NULL, NULL))
        fail_msg("%s", err.message);
    return count;
}

static void put_category(struct fixture *f)
{
    assert_int_equal(
        run_sql(f, "insert into category select '010203', '停水', '', 0, 0, 0, 0, 0, 0"), ST_OK);
}

static void an_order_that_ended_long_ago_is_forgotten_and_the_case_stays(void **state)
{
    struct fixture *f = *state;
    struct error err;
    put_category(f);
    int64_t id = order_in(f, ORDER_ARCHIVED, NOW - 3 * YEAR_MS);
    struct told t = tell(f, id, 0);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, true), 1);
    assert_int_equal(one_number(f, "select count(*) from person"), 1);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 1);
    assert_int_equal(one_number(f, "select count(*) from person"), 0);
    assert_int_equal(one_number(f, "select count(*) from statement"), 0);
    struct order_case *c = load_case(f, 0, id);
    assert_string_equal(c->order.title, "停水");
    assert_string_equal(c->order.place_text, "");
    assert_int_equal(c->order.version, 2);
    assert_int_equal(c->order.state, ORDER_ARCHIVED);
    struct appeal *appeals;
    assert_int_equal(store_appeals(fixture_db(f), id, f->arena, &appeals), 1);
    assert_string_equal(appeals[0].place_text, "");
    assert_int_equal(appeals[0].person_id, t.person.id);
    struct event *events;
    assert_int_equal(store_events(fixture_db(f), id, f->arena, &events), 2);
    assert_string_equal(events[1].action, "anonymise");
    assert_int_equal(store_chain_verify(fixture_db(f), id, &err), ST_OK);
    assert_int_equal(one_number(f, "select count(*) from access_log where kind = 'anonymise'"), 1);
    /* Done is done. */
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 0);
    assert_int_equal(load_case(f, 0, id)->order.version, 2);
}

static void what_is_open_or_ended_lately_stays(void **state)
{
    static const enum order_state NOT_ENDED[] = {ORDER_RECEIVED, ORDER_IN_HAND, ORDER_CONCLUDED,
                                                 ORDER_ANSWERED, ORDER_SUSPENDED};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof NOT_ENDED / sizeof NOT_ENDED[0]; i++)
        tell(f, order_in(f, NOT_ENDED[i], NOW - 3 * YEAR_MS), 0);
    tell(f, order_in(f, ORDER_ARCHIVED, NOW - YEAR_MS), 0);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 0);
    assert_int_equal(one_number(f, "select count(*) from person"), 6);
    assert_int_equal(run(f, NOW, false), 1);
    assert_int_equal(one_number(f, "select count(*) from person"), 5);
}

/* Its citizen is still called back in the order that goes on. */
static void a_merged_order_is_forgotten_with_the_one_that_goes_on(void **state)
{
    struct fixture *f = *state;
    int64_t open = order_in(f, ORDER_CALLBACK, NOW - 3 * YEAR_MS);
    int64_t merged = order_in(f, ORDER_MERGED, NOW - 3 * YEAR_MS);
    struct told t = tell(f, merged, 0);
    char sql[120];
    (void)snprintf(sql, sizeof sql, "insert into appeal_order values(%lld, %lld, %lld)",
                   (long long)open, (long long)t.appeal.id, (long long)merged);
    assert_int_equal(run_sql(f, sql), ST_OK);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 0);
    (void)snprintf(sql, sizeof sql,
                   "update orders set state = 'archived', open = 0 where id = %lld",
                   (long long)open);
    assert_int_equal(run_sql(f, sql), ST_OK);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 2);
    assert_int_equal(one_number(f, "select count(*) from person"), 0);
    assert_int_equal(one_number(f, "select count(*) from statement"), 0);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 0);
}

/* The order that it was merged into may still name its citizen, and is masked with that name. */
static void an_unmerged_order_is_forgotten_with_the_one_that_names_its_citizen(void **state)
{
    struct fixture *f = *state;
    int64_t open = order_in(f, ORDER_CALLBACK, NOW - 3 * YEAR_MS);
    int64_t left = order_in(f, ORDER_ARCHIVED, NOW - 3 * YEAR_MS);
    struct told t = tell(f, left, 0);
    char sql[120];
    (void)snprintf(sql, sizeof sql, "insert into former_citizen values(%lld, %lld)",
                   (long long)open, (long long)t.person.id);
    assert_int_equal(run_sql(f, sql), ST_OK);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 0);
    (void)snprintf(sql, sizeof sql,
                   "update orders set state = 'archived', open = 0 where id = %lld",
                   (long long)open);
    assert_int_equal(run_sql(f, sql), ST_OK);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 2);
    assert_int_equal(one_number(f, "select count(*) from former_citizen"), 0);
    assert_int_equal(one_number(f, "select count(*) from person"), 0);
    assert_int_equal(one_number(f, "select count(*) from statement"), 0);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 0);
}

static void a_citizen_of_two_orders_goes_with_the_last(void **state)
{
    struct fixture *f = *state;
    int64_t old = order_in(f, ORDER_ARCHIVED, NOW - 3 * YEAR_MS);
    int64_t later = order_in(f, ORDER_ARCHIVED, NOW - YEAR_MS);
    struct told t = tell(f, old, 0);
    tell(f, later, t.person.id);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 1);
    assert_int_equal(one_number(f, "select count(*) from person"), 1);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 0);
    assert_int_equal(run(f, NOW, false), 1);
    assert_int_equal(one_number(f, "select count(*) from person"), 0);
}

/* More than one batch; what a cut-short run has done is not done again. */
static void many_orders_are_forgotten_in_pieces(void **state)
{
    enum { ORDERS = 150 };
    struct fixture *f = *state;
    for (int i = 0; i < ORDERS; i++)
        tell(f, order_in(f, ORDER_ARCHIVED, NOW - 3 * YEAR_MS), 0);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), ORDERS);
    assert_int_equal(one_number(f, "select count(*) from person"), 0);
    assert_int_equal(one_number(f, "select count(*) from event where action = 'anonymise'"),
                     ORDERS);
}

static void a_look_at_an_old_order_does_not_keep_it(void **state)
{
    struct fixture *f = *state;
    int64_t id = order_in(f, ORDER_ARCHIVED, NOW - 3 * YEAR_MS);
    tell(f, id, 0);
    struct order_case *c = load_case(f, 0, id);
    add_event(f->arena, c, "reveal", "");
    c->events[0].from = c->events[0].to = "archived";
    c->order.version++;
    assert_int_equal(save_case(f, c, false), ST_OK);
    assert_int_equal(run(f, NOW - 2 * YEAR_MS, false), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_age_is_counted_by_years_days_or_to_a_day),
        cmocka_unit_test(an_age_that_is_none_or_too_short_is_refused),
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(an_order_that_ended_long_ago_is_forgotten_and_the_case_stays),
        TEST(what_is_open_or_ended_lately_stays),
        TEST(a_merged_order_is_forgotten_with_the_one_that_goes_on),
        TEST(an_unmerged_order_is_forgotten_with_the_one_that_names_its_citizen),
        TEST(a_citizen_of_two_orders_goes_with_the_last),
        TEST(many_orders_are_forgotten_in_pieces),
        TEST(a_look_at_an_old_order_does_not_keep_it),
    };
    return cmocka_run_group_tests_name("anonymising", tests, NULL, NULL);
}
