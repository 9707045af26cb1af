/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Appeals and the orders that came of them. */
#include "platform_store_fixture.h"

#define SAME(field)      assert_true(x->field == y->field)
#define SAME_TEXT(field) assert_string_equal(x->field, y->field)

struct job_appeal {
    struct appeal appeal;
    int64_t order_id, existing;
};

static enum status job_appeal(struct db *db, void *user)
{
    struct job_appeal *job = user;
    return store_appeal_put(db, &job->appeal, job->order_id, &job->existing);
}

static struct job_appeal an_appeal(struct fixture *f, int64_t order_id, const char *source_no)
{
    return (struct job_appeal){.order_id = order_id,
                               .existing = -1,
                               .appeal = {.id = new_id(f),
                                          .channel = "12345",
                                          .source_no = source_no,
                                          .kind = KIND_HELP,
                                          .person_id = 1,
                                          .statement_id = 2,
                                          .place_id = 3,
                                          .place_text = "湖滨路",
                                          .region_code = "420281001",
                                          .category_code = "0102",
                                          .received_at = NOW,
                                          .source_deadline_at = NOW + 1,
                                          .taken_by = 7}};
}

static void the_same_source_number_twice_in_a_channel_is_refused_and_names_the_order(void **state)
{
    struct fixture *f = *state;
    int64_t id = put_case(f, make_case(f));
    struct job_appeal a = an_appeal(f, id, "HB-1"), again = an_appeal(f, id + 1, "HB-1");
    struct job_appeal other_channel = an_appeal(f, id, "HB-1");
    struct job_appeal none = an_appeal(f, id, ""), none_too = an_appeal(f, id, "");
    other_channel.appeal.channel = "12315";
    assert_int_equal(store_write_wait(f->store, job_appeal, &a), ST_OK);
    assert_int_equal(a.existing, 0);
    assert_int_equal(store_write_wait(f->store, job_appeal, &again), ST_CONFLICT);
    assert_true(again.existing == id);
    assert_int_equal(store_write_wait(f->store, job_appeal, &other_channel), ST_OK);
    assert_int_equal(store_write_wait(f->store, job_appeal, &none), ST_OK);
    assert_int_equal(store_write_wait(f->store, job_appeal, &none_too), ST_OK);
    struct appeal *appeals;
    assert_int_equal(store_appeals(fixture_db(f), id, f->arena, &appeals), 4);
    const struct appeal *x = &appeals[0], *y = &a.appeal;
    SAME(id), SAME_TEXT(channel), SAME_TEXT(source_no), SAME(kind), SAME(person_id);
    SAME(statement_id), SAME(place_id), SAME_TEXT(place_text), SAME_TEXT(region_code);
    SAME_TEXT(category_code), SAME(received_at), SAME(source_deadline_at), SAME(taken_by);
}

struct job_join {
    int64_t appeal_id, order_id;
};

static enum status job_join(struct db *db, void *user)
{
    const struct job_join *job = user;
    return store_appeal_join(db, job->appeal_id, job->order_id);
}

static void one_appeal_can_have_several_orders_and_an_order_several_appeals(void **state)
{
    struct fixture *f = *state;
    int64_t x = put_case(f, make_case(f)), y = put_case(f, make_case(f));
    struct job_appeal a = an_appeal(f, x, ""), b = an_appeal(f, x, "");
    assert_int_equal(store_write_wait(f->store, job_appeal, &a), ST_OK);
    assert_int_equal(store_write_wait(f->store, job_appeal, &b), ST_OK);
    struct job_join join = {a.appeal.id, y};
    assert_int_equal(store_write_wait(f->store, job_join, &join), ST_OK);
    assert_int_equal(store_write_wait(f->store, job_join, &join), ST_OK);
    struct appeal *appeals;
    assert_int_equal(store_appeals(fixture_db(f), x, f->arena, &appeals), 2);
    assert_int_equal(store_appeals(fixture_db(f), y, f->arena, &appeals), 1);
    assert_true(appeals[0].id == a.appeal.id);
    /* The citizen's orders are each told once. */
    put_account(f, 7, true, false);
    const int64_t persons[] = {1, 1};
    int64_t *orders;
    assert_int_equal(store_orders_of_persons(fixture_db(f), 7, persons, 2, 10, f->arena, &orders),
                     2);
    assert_true(orders[0] == (x > y ? x : y));
    assert_int_equal(store_orders_of_persons(fixture_db(f), 7, persons, 2, 1, f->arena, &orders),
                     1);
    assert_int_equal(store_orders_of_persons(fixture_db(f), 8, persons, 2, 10, f->arena, &orders),
                     0);
}

struct job_merge {
    int64_t order_id, from, to;
};

static enum status job_merge(struct db *db, void *user)
{
    const struct job_merge *job = user;
    return store_order_join(db, job->order_id, job->from, job->to);
}

static size_t citizens(struct fixture *f, int64_t order_id)
{
    struct appeal *appeals;
    return store_appeals(fixture_db(f), order_id, f->arena, &appeals);
}

static enum status job_citizen(struct db *db, void *user)
{
    (void)user;
    return store_person_put(db, &(struct person){.id = 1, .name = "王小芳"});
}

static void an_undone_merge_takes_back_what_it_brought_and_no_more(void **state)
{
    struct fixture *f = *state;
    int64_t x = put_case(f, make_case(f)), y = put_case(f, make_case(f)),
            z = put_case(f, make_case(f));
    struct job_appeal split = an_appeal(f, x, ""), only_x = an_appeal(f, x, "");
    assert_int_equal(store_write_wait(f->store, job_appeal, &split), ST_OK);
    assert_int_equal(store_write_wait(f->store, job_appeal, &only_x), ST_OK);
    struct job_join join = {split.appeal.id, y};
    assert_int_equal(store_write_wait(f->store, job_join, &join), ST_OK);
    assert_int_equal(store_write_wait(f->store, job_citizen, NULL), ST_OK);
    struct job_merge merge = {x, 0, y}, again = {y, 0, z}, undo = {x, y, 0}, back = {y, z, 0};
    assert_int_equal(store_write_wait(f->store, job_merge, &merge), ST_OK);
    assert_int_equal(citizens(f, y), 2); /* each citizen once */
    assert_int_equal(store_write_wait(f->store, job_merge, &again), ST_OK);
    assert_int_equal(citizens(f, z), 2);
    assert_int_equal(store_write_wait(f->store, job_merge, &back), ST_OK);
    assert_int_equal(citizens(f, z), 0);
    assert_int_equal(store_write_wait(f->store, job_merge, &undo), ST_OK);
    assert_int_equal(citizens(f, y), 1); /* the split one was its own */
    int64_t *former;
    assert_int_equal(store_former_citizens(fixture_db(f), x, f->arena, &former), 0);
    assert_int_equal(store_former_citizens(fixture_db(f), y, f->arena, &former), 1);
    assert_int_equal(former[0], 1);
    assert_int_equal(citizens(f, x), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(the_same_source_number_twice_in_a_channel_is_refused_and_names_the_order),
        TEST(one_appeal_can_have_several_orders_and_an_order_several_appeals),
        TEST(an_undone_merge_takes_back_what_it_brought_and_no_more),
    };
    return cmocka_run_group_tests_name("store: appeals", tests, NULL, NULL);
}
