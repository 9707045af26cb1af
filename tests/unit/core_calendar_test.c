/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock.h"
#include "core/worktime.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define BOM          "\xEF\xBB\xBF"

static enum status load_text(struct calendar *calendar, const char *text, size_t n,
                             struct error *err)
{
    char path[] = "/tmp/core_worktime_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, n), n);
    close(fd);
    enum status st = calendar_load(calendar, path, err);
    unlink(path);
    return st;
}

static int32_t day(const char *text)
{
    int32_t value;
    if (!clock_parse_day(text, &value))
        fail_msg("no day: %s", text);
    return value;
}

static void without_entries_the_week_decides(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    /* Monday 16 November 2026 and a week on; and the Thursday on which the count begins. */
    for (int32_t i = 0; i < 7; i++)
        assert_int_equal(calendar_is_worked(calendar, day("2026-11-16") + i), i < 5);
    for (int32_t i = -10; i < 10; i++)
        assert_int_equal(calendar_is_worked(calendar, i), calendar_is_worked(calendar, i + 7000));
    assert_true(calendar_is_worked(calendar, 0));
    assert_true(calendar_is_worked(calendar, 1));
    assert_false(calendar_is_worked(calendar, 2));
    calendar_free(calendar);
    calendar_free(NULL);
}

static void the_last_word_on_a_day_wins(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    int32_t monday = day("2026-11-16");
    assert_int_equal(calendar_add(calendar, monday, false), ST_OK);
    assert_false(calendar_is_worked(calendar, monday));
    assert_int_equal(calendar_add(calendar, monday, true), ST_OK);
    assert_true(calendar_is_worked(calendar, monday));
    assert_int_equal(calendar_add(calendar, -1, true), ST_INVALID);
    assert_int_equal(calendar_add(calendar, CALENDAR_DAYS, true), ST_INVALID);
    assert_int_equal(calendar_add(calendar, day("2139-12-31"), true), ST_OK);
    assert_int_equal(day("2139-12-31"), CALENDAR_DAYS - 1);
    calendar_free(calendar);
}

static void columns_come_in_any_order_with_bom_crlf_and_quotes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "date,name,is_workday\n2026-11-16,x,0\n2026-11-21,y,1\n",
        "date,name,is_workday\n2026-11-16,x,0\n2026-11-21,y,1",
        BOM "date,name,is_workday\r\n2026-11-16,元旦,0\r\n\r\n2026-11-21,y,1\r\n",
        "is_workday,extra,date,name\n0,,2026-11-16,\n1,z,2026-11-21,y\n",
        "\"date\",\"name\",\"is_workday\"\n\"2026-11-16\",\"a, \"\"b\"\"\",\"0\"\n2026-11-21,y,1\n",
        "date,name,is_workday\n2026-11-16,x,1\n2026-11-21,y,1\n2026-11-16,x,0\n",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct calendar *calendar = calendar_new();
        struct error err = {ST_OK, ""};
        if (load_text(calendar, texts[i], strlen(texts[i]), &err))
            fail_msg("%s in: %s", err.message, texts[i]);
        assert_false(calendar_is_worked(calendar, day("2026-11-16")));
        assert_true(calendar_is_worked(calendar, day("2026-11-21")));
        assert_true(calendar_is_worked(calendar, day("2026-11-17")));
        calendar_free(calendar);
    }
}

#define CASE(line, text)                                                                           \
    {                                                                                              \
        line, text, sizeof text - 1                                                                \
    }

static void a_bad_line_is_named_and_nothing_is_kept(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *text;
        size_t n;
    } cases[] = {
        CASE(":1:", ""),
        CASE(":1:", "date,name\n2026-11-16,x\n"),
        CASE(":1:", "date,name,is_workday,date\n"),
        CASE(":1:", "2026-11-16,x,0\n"),
        CASE(":1:", "Date,Name,Is_workday\n"),
        CASE(":3:", "date,name,is_workday\n2026-11-16,x,0\n2026-11-31,x,0\n"),
        CASE(":3:", "date,name,is_workday\n2026-11-16,x,0\n2026-11-17,x\n"),
        CASE(":3:", "date,name,is_workday\n2026-11-16,x,0\n2026-11-17,x,yes\n"),
        CASE(":3:", "date,name,is_workday\n2026-11-16,x,0\n2026-11-17,x,01\n"),
        CASE(":3:", "date,name,is_workday\n2026-11-16,x,0\n2026-11-17,x,\n"),
        CASE(":3:", "date,name,is_workday\n2026-11-16,x,0\n2026-11-17,\"x,0\n"),
        CASE(":3:", "date,name,is_workday\n2026-11-16,x,0\n2026-11-17,\"x\"y,0\n"),
        CASE(":3:", "date,name,is_workday\n2026-11-16,x,0\n2026-11-17,\xFF,0\n"),
        CASE(":3:", "date,name,is_workday\n2026-11-16,x,0\n2026-11-17,x,0\0\n"),
        CASE(":3:", "date,name,is_workday\n2026-11-16,x,0\n17.11.2026,x,0\n"),
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct calendar *calendar = calendar_new();
        calendar_add(calendar, day("2026-11-18"), false);
        struct error err = {ST_OK, ""};
        if (load_text(calendar, cases[i].text, cases[i].n, &err) != ST_INVALID)
            fail_msg("accepted: %s", cases[i].text);
        if (!strstr(err.message, cases[i].line))
            fail_msg("%s does not name %s", err.message, cases[i].line);
        assert_true(calendar_is_worked(calendar, day("2026-11-16")));
        assert_false(calendar_is_worked(calendar, day("2026-11-18")));
        calendar_free(calendar);
    }
}

static void a_file_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    struct error err = {ST_OK, ""};
    assert_int_equal(calendar_load(calendar, "/nonexistent/holidays.csv", &err), ST_NOT_FOUND);
    assert_non_null(strstr(err.message, "/nonexistent/holidays.csv"));
    assert_int_equal(calendar_load(calendar, "/", &err), ST_IO);
    calendar_free(calendar);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_entries_the_week_decides),
        cmocka_unit_test(the_last_word_on_a_day_wins),
        cmocka_unit_test(columns_come_in_any_order_with_bom_crlf_and_quotes),
        cmocka_unit_test(a_bad_line_is_named_and_nothing_is_kept),
        cmocka_unit_test(a_file_that_is_not_there_is_not_found),
    };
    return cmocka_run_group_tests_name("core/worktime: the calendar", tests, NULL, NULL);
}
