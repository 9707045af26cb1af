/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Duplicates among real appeals (MINQING_TEST_DATA), and the rule of their score. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/platform_planted.h"

enum { APPEALS = 800, ASKED = 40 };

/* --- the rule --------------------------------------------------------------------------------- */

struct small {
    struct store *store;
    char directory[64], path[96];
};

struct row {
    int64_t id, place_id;
    const char *place, *region, *category, *words;
};
static const struct row rows[] = {
    {101, 7, "碧桂园3栋", "420281003006001", "010101", "碧桂园三栋地下车库积水，电梯不能用"},
    {102, 8, "碧桂园12栋", "420281003006002", "010101", "地下车库积水很深，水泵坏了"},
    {103, 9, "湖滨路5号", "420281003006003", "020101", "烧烤摊油烟大，地下车库积水"},
    {104, 7, "碧桂园3栋", "420281003006001", "020101", "楼上装修，周末早晨也不停"},
};

static enum status put_rows(struct db *db, void *user)
{
    (void)user;
    const struct account account = {
        .id = 1, .login = "a", .name = "a", .password_hash = "", .roles = BIT(ROLE_OPERATOR)};
    enum status st = store_account_put(db, &account, true);
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !st; i++) {
        struct order_case c = {.order = {.id = rows[i].id,
                                         .version = 1,
                                         .state = ORDER_IN_HAND,
                                         .channel = "hotline12345",
                                         .category_code = rows[i].category,
                                         .industry = "",
                                         .region_code = rows[i].region,
                                         .place_id = rows[i].place_id,
                                         .place_text = rows[i].place,
                                         .title = "",
                                         .conclusion = "",
                                         .received_at = clock_now_ms()}};
        struct error err;
        st = store_new_number(db, clock_now_ms(), c.order.number);
        if (!st)
            st = store_case_save(db, &c, true, clock_now_ms(), &err);
        if (!st)
            st = index_received(db, &c.order, rows[i].words, "", "", arena);
    }
    arena_free(arena);
    return st;
}

static size_t ask(struct small *s, const struct duplicate_query *query, struct duplicate out[5])
{
    struct error err;
    struct arena *arena = arena_new();
    size_t count = 0;
    assert_int_equal(duplicates_find(store_reader(s->store, &err), 1, query, arena, 5, out, &count),
                     ST_OK);
    arena_free(arena);
    return count;
}

static void test_rule(void **state)
{
    (void)state;
    struct small s;
    struct error err;
    struct duplicate out[5];
    snprintf(s.directory, sizeof s.directory, "/tmp/minqing-duplicates-XXXXXX");
    assert_non_null(mkdtemp(s.directory));
    snprintf(s.path, sizeof s.path, "%s/city.db", s.directory);
    assert_int_equal(store_open(s.path, &s.store, &err), ST_OK);
    assert_int_equal(store_write_wait(s.store, put_rows, NULL), ST_OK);
    const int64_t caller[] = {102};
    struct duplicate_query q = {.text = "地下车库积水，电梯不能用了",
                                .place_id = 7,
                                .place_name = "碧桂园3栋",
                                .region_code = "420281003006001",
                                .category_code = "010101",
                                .same_number = caller,
                                .same_number_count = 1,
                                .compared = 100,
                                .least = 25};
    size_t count = ask(&s, &q, out);
    assert_true(count >= 2);
    assert_int_equal(out[0].order_id, 101);
    assert_int_equal(out[0].why, SAME_PLACE | SIMILAR_WORDS | SAME_CATEGORY);
    assert_int_equal(out[1].order_id, 102);
    assert_int_equal(out[1].why & (SAME_NUMBER | NEAR_PLACE), SAME_NUMBER | NEAR_PLACE);
    /* However near it is: what is said of something else is another matter. */
    for (size_t i = 0; i < count; i++)
        assert_int_not_equal(out[i].order_id, 104);
    /* The same words without the place count for less. */
    int with_place = out[0].score;
    q.place_id = 0;
    q.place_name = q.region_code = "";
    count = ask(&s, &q, out);
    assert_true(count >= 1 && out[0].order_id == 101 && out[0].score == with_place - 15);
    /* An account that sees nothing is told nothing. */
    struct arena *arena = arena_new();
    assert_int_equal(duplicates_find(store_reader(s.store, &err), 2, &q, arena, 5, out, &count),
                     ST_OK);
    assert_int_equal(count, 0);
    arena_free(arena);
    struct planted p = {.store = s.store, .arena = arena_new()};
    snprintf(p.directory, sizeof p.directory, "%s", s.directory);
    snprintf(p.path, sizeof p.path, "%s", s.path);
    planted_close(&p);
}

/* --- real appeals ----------------------------------------------------------------------------- */

static void test_planted(void **state)
{
    (void)state;
    const char *data = getenv("MINQING_TEST_DATA");
    char csv[512];
    struct planted p = {.times = 1};
    struct error err = {ST_OK, ""};
    if (!data) {
        print_message("MINQING_TEST_DATA is not set: no real appeals to plant duplicates among\n");
        skip();
    }
    snprintf(csv, sizeof csv, "%s/appeals/appeals_hot.csv", data);
    assert_true(planted_open(&p, csv, APPEALS, &err));
    static const struct {
        enum planted_edit edit;
        size_t characters;
        double recall, precision;
    } kinds[] = {
        {EDIT_ORDER, 0, 0.98, 0.65},
        {EDIT_SHORTER, 0, 0.98, 0.65},
        {EDIT_PLACE, 0, 0.98, 0.65},
        {EDIT_BEGINNING, 30, 0.85, 0.55},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct planted_result r = planted_measure(&p, kinds[i].edit, kinds[i].characters, ASKED);
        double recall = (double)r.found / (double)r.asked;
        double precision = (double)r.found / (double)(r.found + r.others);
        if (recall < kinds[i].recall || precision < kinds[i].precision)
            print_error("edit %zu: recall %.3f, precision %.3f\n", i, recall, precision);
        assert_true(recall >= kinds[i].recall);
        assert_true(precision >= kinds[i].precision);
    }
    planted_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"words decide; place, number and category add, and say so", test_rule, NULL, NULL, NULL},
        {"what another citizen says of a matter is found among real appeals", test_planted, NULL,
         NULL, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
