/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose order is it: the most specific row wins, and a boundary names both. */
#include "platform/domain/suggest.h"
#include "platform/domain/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NOW = 1000 };

static struct responsibility row(int64_t id, const char *category, const char *region,
                                 int64_t owner, int64_t unit, const char *source)
{
    return (struct responsibility){.id = id,
                                   .category_code = category,
                                   .region_code = region,
                                   .owner_unit_id = owner,
                                   .unit_id = unit,
                                   .source = source,
                                   .reason = "",
                                   .valid_from = 1};
}

static const struct matter matter = {"010203", "420281001002", 0, NOW};
static const struct matter pole = {"010203", "420281001002", 77, NOW};

static void first_is(const struct responsibility *rows, size_t count, const struct matter *about,
                     int64_t unit)
{
    struct suggestion out[SUGGESTIONS_MAX];
    assert_true(suggest_units(rows, count, about, out) > 0);
    assert_int_equal(out[0].unit_id, unit);
    assert_int_equal(out[0].row->unit_id, unit);
}

static void test_the_owner_comes_before_category_and_category_before_region(void **state)
{
    (void)state;
    struct responsibility rows[] = {
        row(1, "", "", 0, 1, "list"),           row(2, "", "420281001002", 0, 2, "ruling"),
        row(3, "01", "", 0, 3, "list"),         row(4, "0102", "", 0, 4, "history"),
        row(5, "0102", "420281", 0, 5, "list"), row(6, "", "", 77, 6, "history"),
    };
    first_is(rows, 1, &matter, 1);
    first_is(rows, 2, &matter, 2);
    first_is(rows, 3, &matter, 3);
    first_is(rows, 4, &matter, 4);
    first_is(rows, 5, &matter, 5);
    first_is(rows, 6, &matter, 5);
    first_is(rows, 6, &pole, 6);
}

static void test_a_ruling_wins_over_the_list_and_the_list_over_history(void **state)
{
    (void)state;
    struct responsibility rows[] = {row(1, "0102", "", 0, 1, "history"),
                                    row(2, "0102", "", 0, 2, "list"),
                                    row(3, "0102", "", 0, 3, "ruling")};
    first_is(rows, 1, &matter, 1);
    first_is(rows, 2, &matter, 2);
    first_is(rows, 3, &matter, 3);
    rows[0].source = "ruling";
    rows[0].valid_from = 500;
    first_is(rows, 3, &matter, 1);
}

static void test_what_does_not_apply_or_is_not_valid_is_never_suggested(void **state)
{
    (void)state;
    struct responsibility rows[] = {
        row(1, "0103", "", 0, 1, "list"), row(2, "", "420282", 0, 2, "list"),
        row(3, "", "", 78, 3, "list"),    row(4, "", "", 0, 4, "list"),
        row(5, "", "", 0, 5, "list"),     row(6, "01020304", "", 0, 6, "list")};
    rows[3].valid_to = NOW;
    rows[4].valid_from = NOW + 1;
    struct suggestion out[SUGGESTIONS_MAX];
    assert_int_equal(suggest_units(rows, 6, &matter, out), 0);
    rows[3].valid_to = NOW + 1;
    assert_int_equal(suggest_units(rows, 6, &matter, out), 1);
    assert_int_equal(suggest_units(NULL, 0, &matter, out), 0);
}

static void test_a_boundary_place_names_both_units_and_says_so(void **state)
{
    (void)state;
    struct responsibility rows[] = {row(1, "0102", "420281001002", 0, 1, "list"),
                                    row(2, "0102", "420281001002", 0, 2, "list"),
                                    row(3, "0102", "", 0, 3, "list"), row(4, "", "", 0, 4, "list")};
    struct suggestion out[SUGGESTIONS_MAX];
    assert_int_equal(suggest_units(rows, 4, &matter, out), SUGGESTIONS_MAX);
    assert_true(out[0].boundary && out[1].boundary);
    assert_int_equal(out[2].unit_id, 3);
    assert_false(out[2].boundary);
    /* Once it was ruled, it is one unit's. */
    rows[1].source = "ruling";
    assert_int_equal(suggest_units(rows, 4, &matter, out), SUGGESTIONS_MAX);
    assert_int_equal(out[0].unit_id, 2);
    assert_false(out[0].boundary || out[1].boundary);
}

static void test_a_unit_is_suggested_once_with_its_best_reason(void **state)
{
    (void)state;
    struct responsibility rows[] = {row(1, "", "", 0, 1, "list"), row(2, "0102", "", 0, 1, "list"),
                                    row(3, "01", "", 0, 1, "ruling")};
    struct suggestion out[SUGGESTIONS_MAX];
    assert_int_equal(suggest_units(rows, 3, &matter, out), 1);
    assert_int_equal(out[0].row->id, 2);
}

static void test_the_reason_names_source_matter_and_place(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct responsibility list = row(1, "0102", "", 0, 1, "list");
    struct bilingual said = suggest_reason(&list, "供水", "", "", arena);
    assert_string_equal(said.zh, "权责表 供水×全市");
    assert_string_equal(said.en, "responsibility list: 供水 × whole city");
    struct responsibility ruling = row(2, "", "420281001", 77, 1, "ruling");
    said = suggest_reason(&ruling, "", "金湖街道", "电信公司", arena);
    assert_string_equal(said.zh, "联席会裁定 全部事项×金湖街道×权属 电信公司");
    arena_free(arena);
}

static void test_each_role_has_its_queues_and_no_others(void **state)
{
    (void)state;
    static const struct {
        const char *view;
        uint32_t roles;
    } queues[] = {
        {"intake", BIT(ROLE_OPERATOR)},
        {"dispatch", BIT(ROLE_DISPATCHER)},
        {"handling", BIT(ROLE_HANDLER)},
        {"callback", BIT(ROLE_CALLBACK)},
        {"supervision", BIT(ROLE_SUPERVISOR)},
        {"unsatisfied", BIT(ROLE_SUPERVISOR) | BIT(ROLE_DISPATCHER)},
        {"overdue", BIT(ROLE_SUPERVISOR) | BIT(ROLE_DISPATCHER)},
        {"objections", BIT(ROLE_CONFERENCE) | BIT(ROLE_SUPERVISOR)},
        {"decision", BIT(ROLE_SUPERVISOR)},
        {"archive", BIT(ROLE_CALLBACK) | BIT(ROLE_SUPERVISOR)},
        {"mine", BIT(ROLE_OPERATOR)},
    };
    for (size_t i = 0; i < sizeof queues / sizeof queues[0]; i++)
        for (int role = 0; role < ROLE_COUNT; role++)
            assert_int_equal(view_find(queues[i].view, BIT(role)) != NULL,
                             (queues[i].roles & BIT(role)) != 0);
    assert_int_equal(view_count(), sizeof queues / sizeof queues[0] + 1);
    assert_null(view_find("all", BIT(ROLE_ADMINISTRATOR)));
    assert_null(view_find("all", BIT(ROLE_AUDITOR)));
    assert_null(view_find("nothing", UINT32_MAX));
    assert_false(roles_see_orders(BIT(ROLE_ADMINISTRATOR) | BIT(ROLE_AUDITOR)));
    assert_true(roles_see_orders(BIT(ROLE_ADMINISTRATOR) | BIT(ROLE_HANDLER)));
    assert_true(roles_reveal(BIT(ROLE_HANDLER)) && !roles_reveal(BIT(ROLE_DISPATCHER)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_owner_comes_before_category_and_category_before_region),
        cmocka_unit_test(test_a_ruling_wins_over_the_list_and_the_list_over_history),
        cmocka_unit_test(test_what_does_not_apply_or_is_not_valid_is_never_suggested),
        cmocka_unit_test(test_a_boundary_place_names_both_units_and_says_so),
        cmocka_unit_test(test_a_unit_is_suggested_once_with_its_best_reason),
        cmocka_unit_test(test_the_reason_names_source_matter_and_place),
        cmocka_unit_test(test_each_role_has_its_queues_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
