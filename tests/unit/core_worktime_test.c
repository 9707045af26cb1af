/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock.h"
#include "core/worktime.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Autumn 2026: Sunday 20 September and Saturday 10 October are made up for; Mid-Autumn is Friday 25
 * to Sunday 27 September, National Day Thursday 1 to Wednesday 7 October. */
static const char autumn[] = "date,name,is_workday\n"
                             "2026-09-20,国庆节,1\n"
                             "2026-09-25,中秋节,0\n2026-09-26,中秋节,0\n2026-09-27,中秋节,0\n"
                             "2026-10-01,国庆节,0\n2026-10-02,国庆节,0\n2026-10-03,国庆节,0\n"
                             "2026-10-04,国庆节,0\n2026-10-05,国庆节,0\n2026-10-06,国庆节,0\n"
                             "2026-10-07,国庆节,0\n2026-10-10,国庆节,1\n";

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

static struct calendar *autumn_calendar(void)
{
    struct calendar *calendar = calendar_new();
    struct error err = {ST_OK, ""};
    if (load_text(calendar, autumn, sizeof autumn - 1, &err))
        fail_msg("%s", err.message);
    return calendar;
}

static int32_t day(const char *text)
{
    int32_t value;
    if (!clock_parse_day(text, &value))
        fail_msg("no day: %s", text);
    return value;
}

/* "2026-09-30 10:00" in the city's zone. */
static int64_t at(const char *text)
{
    char full[40];
    int64_t ms;
    snprintf(full, sizeof full, "%.10sT%s:00+08:00", text, text + 11);
    if (!clock_parse(full, &ms))
        fail_msg("no moment: %s", full);
    return ms;
}

static void same_moment(int64_t ms, const char *expected, const char *what)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(ms, text);
    if (ms != at(expected))
        fail_msg("%s: expected %s, got %s", what, expected, text);
}

struct deadline_case {
    const char *from;
    int32_t n;
    enum limit_unit unit;
    const char *expected;
};

static const struct deadline_case deadline_cases[] = {
    /* an ordinary week, and over a weekend */
    {"2026-11-16 09:00", 1, LIMIT_DAYS, "2026-11-17 17:30"},
    {"2026-11-16 23:59", 1, LIMIT_DAYS, "2026-11-17 17:30"},
    {"2026-11-16 00:00", 5, LIMIT_DAYS, "2026-11-23 17:30"},
    {"2026-11-20 16:00", 3, LIMIT_DAYS, "2026-11-25 17:30"},
    {"2026-11-21 10:00", 1, LIMIT_DAYS, "2026-11-23 17:30"},
    {"2026-11-22 10:00", 1, LIMIT_DAYS, "2026-11-23 17:30"},
    /* a Sunday that is made up for */
    {"2026-09-18 10:00", 1, LIMIT_DAYS, "2026-09-20 17:30"},
    {"2026-09-18 10:00", 2, LIMIT_DAYS, "2026-09-21 17:30"},
    {"2026-09-20 10:00", 1, LIMIT_DAYS, "2026-09-21 17:30"},
    /* Mid-Autumn */
    {"2026-09-24 10:00", 1, LIMIT_DAYS, "2026-09-28 17:30"},
    {"2026-09-25 10:00", 2, LIMIT_DAYS, "2026-09-29 17:30"},
    /* National Day, and the Saturday that is made up for */
    {"2026-09-30 10:00", 1, LIMIT_DAYS, "2026-10-08 17:30"},
    {"2026-09-30 23:59", 1, LIMIT_DAYS, "2026-10-08 17:30"},
    {"2026-10-01 00:00", 1, LIMIT_DAYS, "2026-10-08 17:30"},
    {"2026-10-03 10:00", 1, LIMIT_DAYS, "2026-10-08 17:30"},
    {"2026-10-07 23:59", 1, LIMIT_DAYS, "2026-10-08 17:30"},
    {"2026-09-30 10:00", 3, LIMIT_DAYS, "2026-10-10 17:30"},
    {"2026-09-30 10:00", 4, LIMIT_DAYS, "2026-10-12 17:30"},
    {"2026-09-28 10:00", 5, LIMIT_DAYS, "2026-10-10 17:30"},
    {"2026-10-09 10:00", 1, LIMIT_DAYS, "2026-10-10 17:30"},
    {"2026-10-10 10:00", 1, LIMIT_DAYS, "2026-10-12 17:30"},
    {"2026-10-11 10:00", 1, LIMIT_DAYS, "2026-10-12 17:30"},
    /* 22 23 24, 28 29 30, 8 9 10, 12 to 16, 19 */
    {"2026-09-21 08:00", 15, LIMIT_DAYS, "2026-10-19 17:30"},
    /* hours know neither weekends nor holidays */
    {"2026-09-30 18:00", 24, LIMIT_HOURS, "2026-10-01 18:00"},
    {"2026-09-30 23:30", 1, LIMIT_HOURS, "2026-10-01 00:30"},
    {"2026-10-03 10:15", 2, LIMIT_HOURS, "2026-10-03 12:15"},
    /* none */
    {"2026-10-03 10:15", 0, LIMIT_HOURS, "2026-10-03 10:15"},
    {"2026-10-03 10:15", 0, LIMIT_DAYS, "2026-10-03 10:15"},
    {"2026-10-03 10:15", -4, LIMIT_DAYS, "2026-10-03 10:15"},
};

static void check_deadlines(const struct calendar *calendar)
{
    for (size_t i = 0; i < COUNT(deadline_cases); i++) {
        const struct deadline_case *c = &deadline_cases[i];
        char what[80];
        snprintf(what, sizeof what, "%d %s from %s", c->n, c->unit ? "days" : "hours", c->from);
        same_moment(worktime_deadline(calendar, at(c->from), (struct limit){c->n, c->unit}),
                    c->expected, what);
    }
}

static void n_working_days_end_at_closing_time_of_the_nth(void **state)
{
    (void)state;
    struct calendar *calendar = autumn_calendar();
    check_deadlines(calendar);
    calendar_free(calendar);
}

static void the_day_of_a_moment_is_the_city_s(void **state)
{
    (void)state;
    struct calendar *calendar = autumn_calendar();
    int64_t ms;
    /* 16:30 UTC on Tuesday is already Wednesday here. */
    assert_true(clock_parse("2026-09-29T16:30:00Z", &ms));
    same_moment(worktime_deadline(calendar, ms, (struct limit){1, LIMIT_DAYS}), "2026-10-08 17:30",
                "29 September 16:30 UTC");
    calendar_free(calendar);
}

static void the_yellow_card_comes_a_working_day_before(void **state)
{
    (void)state;
    struct calendar *calendar = autumn_calendar();
    static const struct {
        const char *at;
        int32_t n;
        const char *expected;
    } cases[] = {
        {"2026-11-17 17:30", 1, "2026-11-16 17:30"}, {"2026-11-23 17:30", 1, "2026-11-20 17:30"},
        {"2026-10-08 17:30", 1, "2026-09-30 17:30"}, {"2026-10-12 17:30", 1, "2026-10-10 17:30"},
        {"2026-10-12 17:30", 4, "2026-09-30 17:30"}, {"2026-09-21 17:30", 1, "2026-09-20 17:30"},
        {"2026-09-21 17:30", 2, "2026-09-18 17:30"}, {"2026-10-04 12:00", 1, "2026-09-30 17:30"},
        {"2026-10-08 09:00", 0, "2026-10-08 09:00"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        same_moment(worktime_days_before(calendar, at(cases[i].at), cases[i].n), cases[i].expected,
                    cases[i].at);
    calendar_free(calendar);
}

static void before_undoes_a_deadline_on_every_working_day(void **state)
{
    (void)state;
    struct calendar *calendar = autumn_calendar();
    for (int32_t d = day("2026-08-01"); d < day("2026-12-31"); d++) {
        if (!calendar_is_worked(calendar, d))
            continue;
        int64_t closing = clock_day_start(d) + WORKTIME_CLOSING_MINUTE * 60000LL;
        for (int32_t n = 1; n < 20; n++) {
            int64_t end = worktime_deadline(calendar, closing, (struct limit){n, LIMIT_DAYS});
            assert_int_equal(worktime_days_before(calendar, end, n), closing);
            assert_int_equal(worktime_days_between(calendar, closing, end), n);
        }
    }
    calendar_free(calendar);
}

static void working_days_between_leave_out_the_first_day(void **state)
{
    (void)state;
    struct calendar *calendar = autumn_calendar();
    static const struct {
        const char *from, *to;
        int32_t days;
    } cases[] = {
        {"2026-11-16 09:00", "2026-11-16 18:00", 0}, {"2026-11-16 23:59", "2026-11-17 00:00", 1},
        {"2026-11-20 10:00", "2026-11-22 10:00", 0}, {"2026-11-20 10:00", "2026-11-23 00:00", 1},
        {"2026-09-30 10:00", "2026-10-07 23:59", 0}, {"2026-09-30 10:00", "2026-10-12 08:00", 4},
        {"2026-10-05 10:00", "2026-10-10 08:00", 3}, {"2026-09-18 10:00", "2026-09-20 08:00", 1},
        {"2026-11-17 10:00", "2026-11-16 10:00", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(worktime_days_between(calendar, at(cases[i].from), at(cases[i].to)),
                         cases[i].days);
    calendar_free(calendar);
}

static void a_suspension_moves_the_deadline_by_what_it_took(void **state)
{
    (void)state;
    struct calendar *calendar = autumn_calendar();
    static const struct {
        const char *deadline;
        enum limit_unit unit;
        const char *from, *to, *expected;
    } cases[] = {
        {"2026-11-18 09:00", LIMIT_HOURS, "2026-11-17 10:00", "2026-11-17 12:30",
         "2026-11-18 11:30"},
        {"2026-09-30 20:00", LIMIT_HOURS, "2026-09-30 10:00", "2026-10-02 10:00",
         "2026-10-02 20:00"},
        {"2026-11-20 17:30", LIMIT_DAYS, "2026-11-17 10:00", "2026-11-17 16:00",
         "2026-11-20 17:30"},
        {"2026-11-20 17:30", LIMIT_DAYS, "2026-11-17 10:00", "2026-11-19 16:00",
         "2026-11-24 17:30"},
        /* held over the whole holiday: one working day, 8 October */
        {"2026-09-30 17:30", LIMIT_DAYS, "2026-09-30 10:00", "2026-10-08 16:00",
         "2026-10-08 17:30"},
        {"2026-10-09 17:30", LIMIT_DAYS, "2026-09-30 10:00", "2026-10-09 16:00",
         "2026-10-12 17:30"},
        /* only holidays: nothing is lost, nothing is given */
        {"2026-10-09 17:30", LIMIT_DAYS, "2026-10-01 10:00", "2026-10-07 16:00",
         "2026-10-09 17:30"},
        /* an end before the start moves nothing */
        {"2026-11-20 17:30", LIMIT_DAYS, "2026-11-19 10:00", "2026-11-17 16:00",
         "2026-11-20 17:30"},
        {"2026-11-20 17:30", LIMIT_HOURS, "2026-11-19 10:00", "2026-11-17 16:00",
         "2026-11-20 17:30"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        same_moment(worktime_shift(calendar, at(cases[i].deadline), cases[i].unit,
                                   at(cases[i].from), at(cases[i].to)),
                    cases[i].expected, cases[i].to);
    calendar_free(calendar);
}

static void a_search_without_end_stops_with_the_calendar(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    same_moment(
        worktime_deadline(calendar, at("2026-11-18 09:00"), (struct limit){INT32_MAX, LIMIT_DAYS}),
        "2139-12-31 17:30", "forever");
    assert_int_equal(clock_day(worktime_days_before(calendar, at("2026-11-18 09:00"), INT32_MAX)),
                     0);
    assert_int_equal(
        clock_day(worktime_deadline(calendar, INT64_MIN / 2, (struct limit){1, LIMIT_DAYS})), 0);
    (void)worktime_days_before(calendar, INT64_MAX / 2, 1);
    assert_true(worktime_days_between(calendar, INT64_MIN / 2, INT64_MAX / 2) > 40000);
    calendar_free(calendar);
}

static void the_real_calendar_gives_the_same_autumn(void **state)
{
    (void)state;
    const char *data = getenv("MINQING_TEST_DATA");
    if (!data || !*data) {
        print_message("skipped: MINQING_TEST_DATA names no folder with calendar/holidays.csv\n");
        skip();
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/calendar/holidays.csv", data);
    struct calendar *calendar = calendar_new();
    struct error err = {ST_OK, ""};
    if (calendar_load(calendar, path, &err))
        fail_msg("%s", err.message);
    check_deadlines(calendar);
    for (int32_t d = day("2026-10-01"); d <= day("2026-10-07"); d++)
        assert_false(calendar_is_worked(calendar, d));
    assert_true(calendar_is_worked(calendar, day("2026-09-20")));
    assert_true(calendar_is_worked(calendar, day("2026-10-10")));
    calendar_free(calendar);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(n_working_days_end_at_closing_time_of_the_nth),
        cmocka_unit_test(the_day_of_a_moment_is_the_city_s),
        cmocka_unit_test(the_yellow_card_comes_a_working_day_before),
        cmocka_unit_test(before_undoes_a_deadline_on_every_working_day),
        cmocka_unit_test(working_days_between_leave_out_the_first_day),
        cmocka_unit_test(a_suspension_moves_the_deadline_by_what_it_took),
        cmocka_unit_test(a_search_without_end_stops_with_the_calendar),
        cmocka_unit_test(the_real_calendar_gives_the_same_autumn),
    };
    return cmocka_run_group_tests_name("core/worktime", tests, NULL, NULL);
}
