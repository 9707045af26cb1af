/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock.h"
#include "core/number.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void an_identifier_gives_back_its_parts(void **state)
{
    (void)state;
    static const struct {
        int32_t month, node;
        int64_t sequence;
    } cases[] = {
        {0, 0, 0}, {682, 1, 1}, {2047, 255, (1LL << 34) - 1},
        {1, 0, 0}, {0, 255, 0}, {682, 0, 1LL << 33},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t id = id_make(cases[i].month, cases[i].node, cases[i].sequence);
        assert_int_equal(id_month(id), cases[i].month);
        assert_int_equal(id_node(id), cases[i].node);
        assert_int_equal(id_sequence(id), cases[i].sequence);
    }
}

static void an_identifier_is_held_exactly_by_a_json_number(void **state)
{
    (void)state;
    int64_t greatest = id_make(2047, 255, (1LL << 34) - 1);
    assert_int_equal(greatest, (1LL << 53) - 1);
    assert_true((int64_t)(double)greatest == greatest);
}

static void identifiers_sort_by_month_first(void **state)
{
    (void)state;
    assert_true(id_make(683, 0, 0) > id_make(682, 255, (1LL << 34) - 1));
    assert_true(id_make(682, 2, 0) > id_make(682, 1, (1LL << 34) - 1));
}

static int32_t day(const char *text)
{
    int32_t value = 0;
    assert_true(clock_parse_day(text, &value));
    return value;
}

static void order_numbers_have_day_number_and_check_digit(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        int64_t n;
        const char *number;
    } cases[] = {
        {"2026-11-18", 42, "261118-0042-7"},   {"2026-11-18", 1, "261118-0001-5"},
        {"2026-11-18", 9999, "261118-9999-4"}, {"2026-11-18", 10000, "261118-10000-4"},
        {"2024-02-29", 7, "240229-0007-5"},    {"2026-01-01", 0, "260101-0000-1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char number[ORDER_NUMBER_SIZE], back[ORDER_NUMBER_SIZE];
        order_number_format(day(cases[i].day), cases[i].n, number);
        assert_string_equal(number, cases[i].number);
        assert_true(order_number_parse(number, back));
        assert_string_equal(back, number);
    }
    /* The longest one still fits. */
    char number[ORDER_NUMBER_SIZE], back[ORDER_NUMBER_SIZE];
    order_number_format(day("2026-11-18"), INT64_MAX, number);
    assert_int_equal(strlen(number), ORDER_NUMBER_SIZE - 1);
    assert_true(order_number_parse(number, back));
}

static void dashes_may_be_left_out_and_spaces_stand_around(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "261118-0042-7",     "26111800427",         "2611180042-7",  "261118-00427",
        "  261118-0042-7  ", "\t261118-0042-7\r\n", " 26111800427 ",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[ORDER_NUMBER_SIZE] = "";
        if (!order_number_parse(cases[i], out) || strcmp(out, "261118-0042-7") != 0)
            fail_msg("\"%s\" gives \"%s\"", cases[i], out);
    }
}

static void what_is_no_order_number_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        " ",
        "-",
        "--",
        "261118",
        "261118-0042",
        "261118-042-7",
        "261118--0042-7",
        "-261118-0042-7",
        "261118-0042-7-",
        "261118-0042--7",
        "261118-004-27",
        "26111-80042-7",
        "26-11180042-7",
        "261118 0042 7",
        "261118-0042-x",
        "261118-0042-77",
        "a61118-0042-7",
        "261118-00042-7",
        "261118_0042_7",
        "261318-0042-3",
        "261100-0042-3",
        "261131-0042-7",
        "250229-0007-3",
        "261118-99999999999-1",
        "2611180000000000000000000000000000000000427",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[ORDER_NUMBER_SIZE] = "kept";
        if (order_number_parse(cases[i], out))
            fail_msg("accepted: %s", cases[i]);
    }
    /* No wrong shape hides behind a wrong check digit: none of the ten is right. */
    static const char *const stems[] = {"261318-0042-", "261131-0042-", "250229-0007-",
                                        "261118-00042-", "000000-0001-"};
    for (size_t i = 0; i < COUNT(stems); i++)
        for (char c = '0'; c <= '9'; c++) {
            char text[ORDER_NUMBER_SIZE + 4] = "", out[ORDER_NUMBER_SIZE];
            memcpy(text, stems[i], strlen(stems[i]));
            text[strlen(stems[i])] = c;
            assert_false(order_number_parse(text, out));
        }
}

static void exactly_one_check_digit_is_right(void **state)
{
    (void)state;
    for (int64_t n = 0; n < 2000; n++) {
        char number[ORDER_NUMBER_SIZE], out[ORDER_NUMBER_SIZE];
        order_number_format(day("2026-11-18"), n, number);
        int right = 0;
        for (char c = '0'; c <= '9'; c++) {
            number[strlen(number) - 1] = c;
            right += order_number_parse(number, out);
        }
        assert_int_equal(right, 1);
    }
}

static void every_single_wrong_digit_is_found(void **state)
{
    (void)state;
    static const char *const days[] = {"2026-11-18", "2026-01-01", "2027-10-30", "2024-02-29"};
    for (size_t d = 0; d < COUNT(days); d++)
        for (int64_t n = 1; n < 30000; n = n * 3 + 1) {
            char number[ORDER_NUMBER_SIZE], wrong[ORDER_NUMBER_SIZE], out[ORDER_NUMBER_SIZE];
            order_number_format(day(days[d]), n, number);
            for (size_t i = 0; number[i]; i++) {
                if (number[i] == '-')
                    continue;
                memcpy(wrong, number, sizeof wrong);
                for (char c = '0'; c <= '9'; c++) {
                    wrong[i] = c;
                    assert_int_equal(order_number_parse(wrong, out), c == number[i]);
                }
            }
        }
}

static void nearly_all_swapped_neighbours_are_found(void **state)
{
    (void)state;
    int swaps = 0, missed = 0;
    for (int64_t n = 1; n < 3000; n++) {
        char digits[ORDER_NUMBER_SIZE], out[ORDER_NUMBER_SIZE];
        order_number_format(day("2026-11-18"), n, digits);
        /* Without dashes, so that neighbours across them are swapped too. */
        size_t count = 0;
        for (size_t i = 0; digits[i]; i++)
            if (digits[i] != '-')
                digits[count++] = digits[i];
        digits[count] = '\0';
        for (size_t i = 0; i + 1 < count; i++) {
            if (digits[i] == digits[i + 1])
                continue;
            char first = digits[i];
            digits[i] = digits[i + 1];
            digits[i + 1] = first;
            swaps++;
            missed += order_number_parse(digits, out);
            digits[i + 1] = digits[i];
            digits[i] = first;
        }
    }
    assert_true(swaps > 20000);
    assert_true(missed * 100 < swaps * 2);
}

static void this_year_may_be_left_out(void **state)
{
    (void)state;
    int64_t now = 0, next_year = 0;
    assert_true(clock_parse("2026-12-31T23:59:59+08:00", &now));
    assert_true(clock_parse("2026-12-31T16:00:00Z", &next_year)); /* 2027 in the city */
    static const char *const cases[] = {
        "1118-0042-7",   "111800427",     "11180042-7",  "1118-00427",
        " 1118-0042-7 ", "261118-0042-7", "26111800427",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[ORDER_NUMBER_SIZE] = "";
        if (!order_number_complete(cases[i], now, out) || strcmp(out, "261118-0042-7") != 0)
            fail_msg("\"%s\" gives \"%s\"", cases[i], out);
    }
    char out[ORDER_NUMBER_SIZE];
    assert_false(order_number_complete("1118-0042-7", next_year, out));
    assert_true(order_number_complete("261118-0042-7", next_year, out));
    static const char *const wrong[] = {
        "",           "1118-0042-8", "118-0042-7", "1318-0042-7", "11180-042-7",
        "1118-042-7", "0229-0007-5", "1118"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(order_number_complete(wrong[i], now, out));
    /* The longest short form. */
    char full[ORDER_NUMBER_SIZE];
    order_number_format(day("2026-11-18"), 9999999999, full);
    assert_true(order_number_complete(full + 2, now, out));
    assert_string_equal(out, full);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_identifier_gives_back_its_parts),
        cmocka_unit_test(an_identifier_is_held_exactly_by_a_json_number),
        cmocka_unit_test(identifiers_sort_by_month_first),
        cmocka_unit_test(order_numbers_have_day_number_and_check_digit),
        cmocka_unit_test(dashes_may_be_left_out_and_spaces_stand_around),
        cmocka_unit_test(what_is_no_order_number_is_refused),
        cmocka_unit_test(exactly_one_check_digit_is_right),
        cmocka_unit_test(every_single_wrong_digit_is_found),
        cmocka_unit_test(nearly_all_swapped_neighbours_are_found),
        cmocka_unit_test(this_year_may_be_left_out),
    };
    return cmocka_run_group_tests_name("core/number", tests, NULL, NULL);
}
