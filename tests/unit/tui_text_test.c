/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the console computes before it paints: columns, days, time left, commands. */
#include "core/clock.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/cmdline.h"
#include "tui/dates.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the headers above before it */
#include <cmocka.h>

static int64_t at(const char *moment)
{
    int64_t ms = 0;
    assert_true(clock_parse(moment, &ms));
    return ms;
}

static void a_column_has_exactly_its_cells(void **state)
{
    (void)state;
    static const char *const texts[] = {"金湖街道 湖滨社区", "碧桂园A座", "12345", "",
                                        "停水·两天…"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (int cells = 1; cells < 24; cells++) {
            struct buf out = BUF_EMPTY;
            text_fit(&out, texts[i], cells);
            assert_int_equal(text_width(out.data), cells);
            buf_free(&out);
        }
    }
}

static void is_day(const char *typed, const char *wanted)
{
    char day[11] = "";
    /* A Wednesday. */
    assert_true(dates_parse_day(typed, at("2026-11-18T09:00:00+08:00"), day));
    assert_string_equal(day, wanted);
}

static void a_day_is_read_as_people_type_it(void **state)
{
    (void)state;
    is_day("2026-11-30", "2026-11-30");
    is_day("11-30", "2026-11-30");
    is_day("30", "2026-11-30");
    is_day("18", "2026-11-18");
    is_day("5", "2026-12-05");
    is_day("1-5", "2027-01-05");
    is_day("+3", "2026-11-21");
    is_day(" +0 ", "2026-11-18");
    is_day("eom", "2026-11-30");
    is_day("月底", "2026-11-30");
    is_day("今天", "2026-11-18");
    is_day("明天", "2026-11-19");
    is_day("tomorrow", "2026-11-19");
}

static void what_is_no_day_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "2026-02-30", "32", "+", "+3d", "13-40", "soon", "-3"};
    char day[11];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(dates_parse_day(wrong[i], at("2026-11-18T09:00:00+08:00"), day));
}

static void a_moment_is_read_as_people_type_it(void **state)
{
    (void)state;
    char out[32];
    int64_t now = at("2026-11-18T09:00:00+08:00");
    assert_true(dates_parse_time("+1 14:30", now, out));
    assert_string_equal(out, "2026-11-19T14:30:00.000+08:00");
    assert_true(dates_parse_time("16:05", now, out));
    assert_string_equal(out, "2026-11-18T16:05:00.000+08:00");
    assert_false(dates_parse_time("25:00", now, out));
    assert_false(dates_parse_time("", now, out));
}

static void time_left_is_short(void **state)
{
    (void)state;
    char out[32];
    int64_t now = at("2026-11-18T09:00:00+08:00");
    l10n_language("en");
    dates_left(now + 3 * 3600 * 1000 + 1, now, out, sizeof out);
    assert_string_equal(out, "3h left");
    dates_left(now + 59 * 60 * 1000, now, out, sizeof out);
    assert_string_equal(out, "55m left");
    dates_left(now - INT64_C(49) * 3600 * 1000, now, out, sizeof out);
    assert_string_equal(out, "2d over");
}

static void this_years_numbers_lose_their_year(void **state)
{
    (void)state;
    int64_t now = at("2026-11-18T09:00:00+08:00");
    assert_string_equal(order_short_number("261118-0042-7", now), "1118-0042-7");
    assert_string_equal(order_short_number("251118-0042-7", now), "251118-0042-7");
}

static void a_clock_that_stands_shows_no_lateness(void **state)
{
    (void)state;
    char out[32];
    int64_t now = at("2026-11-18T09:00:00+08:00");
    struct mq_order order = {.card = "none", .deadline_at = now - 1000};
    assert_int_equal(order_left(&order, now, out, sizeof out), STYLE_NORMAL);
    assert_string_equal(out, "");
    order.card = "red";
    assert_int_equal(order_left(&order, now, out, sizeof out), STYLE_OVERDUE);
}

static void commands_are_found_by_their_beginning(void **state)
{
    (void)state;
    const char *argument;
    assert_int_equal(command_parse("act dispatch", &argument), COMMAND_ACT);
    assert_string_equal(argument, "dispatch");
    assert_int_equal(command_parse("actions", &argument), COMMAND_ACTIONS);
    assert_int_equal(command_parse("bul", &argument), COMMAND_BULLETIN);
    assert_int_equal(command_parse("b", &argument), COMMAND_NONE);
    assert_int_equal(command_parse("", &argument), COMMAND_NONE);
    assert_int_equal(command_parse("nonsense", &argument), COMMAND_NONE);
}

static void the_command_line_completes_names_and_arguments(void **state)
{
    (void)state;
    static struct app app;
    char word[64];
    size_t from;
    app.tab_count = 1;
    memcpy(app.tabs[0].name, "dispatch", 9);
    assert_true(cmdline_candidate(&app, "bo", 0, word, sizeof word, &from));
    assert_string_equal(word, "board");
    assert_false(cmdline_candidate(&app, "bo", 1, word, sizeof word, &from));
    assert_true(cmdline_candidate(&app, "board st", 1, word, sizeof word, &from));
    assert_string_equal(word, "street");
    assert_int_equal(from, 6);
    assert_true(cmdline_candidate(&app, "view d", 0, word, sizeof word, &from));
    assert_string_equal(word, "dispatch");
    assert_false(cmdline_candidate(&app, "refresh x", 0, word, sizeof word, &from));
}

int main(void)
{
    l10n_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_has_exactly_its_cells),
        cmocka_unit_test(a_day_is_read_as_people_type_it),
        cmocka_unit_test(what_is_no_day_is_refused),
        cmocka_unit_test(a_moment_is_read_as_people_type_it),
        cmocka_unit_test(time_left_is_short),
        cmocka_unit_test(this_years_numbers_lose_their_year),
        cmocka_unit_test(a_clock_that_stands_shows_no_lateness),
        cmocka_unit_test(commands_are_found_by_their_beginning),
        cmocka_unit_test(the_command_line_completes_names_and_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
