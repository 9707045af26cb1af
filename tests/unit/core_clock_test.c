/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock.h"
#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* 2026-11-18T09:00:00+08:00: 20775 days and one hour after 1970, by UTC. */
static const int64_t morning_ms = (20775 * 24 + 1) * 3600000LL;

static void moments_are_written_in_the_zone_of_the_city(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T08:00:00.000+08:00"},
        {57600000 - 1, "1970-01-01T23:59:59.999+08:00"},
        {57600000, "1970-01-02T00:00:00.000+08:00"},
        {951753600000, "2000-02-29T00:00:00.000+08:00"},
        {1794963600123, "2026-11-18T09:00:00.123+08:00"},
        {4107513600000 - 1, "2100-02-28T23:59:59.999+08:00"},
        {4107513600000, "2100-03-01T00:00:00.000+08:00"},
        {-1, "1970-01-01T07:59:59.999+08:00"},
        {-28800001, "1969-12-31T23:59:59.999+08:00"},
    };
    char text[CLOCK_TEXT_SIZE];
    for (size_t i = 0; i < COUNT(cases); i++) {
        clock_format(cases[i].ms, text);
        assert_string_equal(text, cases[i].text);
        int64_t back = -2;
        assert_int_equal(clock_parse(text, &back), cases[i].ms >= 0);
        assert_int_equal(back, cases[i].ms >= 0 ? cases[i].ms : -2);
    }
    /* Moments that no calendar reaches are still texts of the right length. */
    clock_format(INT64_MAX, text);
    assert_int_equal(strlen(text), 29);
    clock_format(INT64_MIN, text);
    assert_int_equal(strlen(text), 29);
}

static void rfc_3339_is_read_with_any_zone_and_fraction(void **state)
{
    (void)state;
    static const char *const same_moment[] = {
        "2026-11-18T09:00:00+08:00", "2026-11-18T01:00:00Z",        "2026-11-18t01:00:00z",
        "2026-11-18T01:00:00.0Z",    "2026-11-18T01:00:00.000999Z", "2026-11-17T20:00:00-05:00",
        "2026-11-18T01:00:00-00:00", "2026-11-18T06:45:00+05:45",   "2026-11-19T00:59:00.000+23:59",
    };
    for (size_t i = 0; i < COUNT(same_moment); i++) {
        int64_t ms = 0;
        if (!clock_parse(same_moment[i], &ms) || ms != morning_ms)
            fail_msg("%s gives %lld", same_moment[i], (long long)ms);
    }
    int64_t ms;
    assert_true(clock_parse("2026-11-18T01:00:00.5Z", &ms) && ms == morning_ms + 500);
    assert_true(clock_parse("2026-11-18T01:00:00.1239999999999Z", &ms) && ms == morning_ms + 123);
    assert_true(clock_parse("1970-01-01T00:00:00Z", &ms) && ms == 0);
    assert_true(clock_parse("2139-12-31T23:59:59.999+08:00", &ms));
}

static void what_is_not_rfc_3339_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "2026-11-18",
        "2026-11-18T09:00:00",
        "2026-11-18 09:00:00+08:00",
        "2026-11-18T09:00+08:00",
        "2026-11-18T09:00:00+0800",
        "2026-11-18T09:00:00+08",
        "2026-11-18T09:00:00.+08:00",
        "2026-11-18T09:00:00,5+08:00",
        "2026-11-18T09:00:00+08:00 ",
        " 2026-11-18T09:00:00+08:00",
        "2026-11-18T09:00:00ZZ",
        "2026-11-18T24:00:00Z",
        "2026-11-18T23:60:00Z",
        "2026-12-31T23:59:60Z",
        "2026-11-18T09:00:00+24:00",
        "2026-11-18T09:00:00+08:60",
        "2026-02-29T09:00:00Z",
        "2026-11-31T09:00:00Z",
        "2026-13-01T09:00:00Z",
        "2026-00-01T09:00:00Z",
        "2026-01-00T09:00:00Z",
        "0000-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+08:00",
        "2139-12-31T16:00:00Z",
        "9999-12-31T23:59:59Z",
        "+2026-11-18T09:00:00Z",
        "26-11-18T09:00:00Z",
        "2026-1-18T09:00:00Z",
        "2026-11-18T09:00:0aZ",
        "２026-11-18T09:00:00Z",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t ms = 77;
        if (clock_parse(cases[i], &ms) || ms != 77)
            fail_msg("accepted: %s", cases[i]);
    }
}

static void every_day_agrees_with_the_c_library(void **state)
{
    (void)state;
    int32_t month_before = -1;
    for (int32_t day = 0; day < 62091; day++) {
        time_t seconds = (time_t)day * 86400;
        struct tm tm;
        char expected[40], text[11];
        gmtime_r(&seconds, &tm);
        assert_int_equal(strftime(expected, sizeof expected, "%Y-%m-%d", &tm), 10);
        clock_format_day(day, text);
        assert_string_equal(text, expected);
        int32_t back = -1;
        assert_true(clock_parse_day(text, &back));
        assert_int_equal(back, day);
        int64_t start = clock_day_start(day);
        assert_int_equal(clock_day(start), day);
        assert_int_equal(clock_day(start - 1), day - 1);
        int32_t month = clock_month(start);
        assert_int_equal(month, (tm.tm_year - 70) * 12 + tm.tm_mon);
        assert_true(month == month_before || month == month_before + 1);
        month_before = month;
    }
}

static void days_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",           "2026-02-29", "2100-02-29",  "2026-04-31",  "2026-00-10",
        "2026-13-01", "2026-01-00", "2026-01-32",  "1969-12-31",  "2140-01-01",
        "2026-1-1",   "20260101",   "2026-01-01 ", " 2026-01-01", "2026-01-01T",
        "2026/01/01", "-026-01-01",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int32_t day = 77;
        if (clock_parse_day(cases[i], &day) || day != 77)
            fail_msg("accepted: %s", cases[i]);
    }
}

static void days_and_months_turn_at_midnight_of_the_city(void **state)
{
    (void)state;
    int64_t ms;
    assert_true(clock_parse("2026-11-30T15:59:59.999Z", &ms));
    assert_int_equal(clock_month(ms), 56 * 12 + 10);
    assert_int_equal(clock_month(ms + 1), 56 * 12 + 11);
    assert_int_equal(clock_day(ms + 1), clock_day(ms) + 1);
    assert_int_equal(clock_month(INT64_MIN), 0);
    assert_int_equal(clock_month(INT64_MAX), 2047);
}

/* --- the running clock ---------------------------------------------------------------------- */

static int64_t real_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void without_an_option_it_is_the_real_time(void **state)
{
    (void)state;
    static const char *const none[] = {NULL, ""};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(clock_init(none[i], NULL), ST_OK);
        int64_t before = real_ms();
        int64_t now = clock_now_ms();
        assert_in_range(now, before, real_ms());
    }
}

static void a_start_is_where_the_clock_moves_on_from(void **state)
{
    (void)state;
    int64_t ticks = clock_ticks_ms();
    assert_int_equal(clock_init("start=2026-11-18T09:00:00+08:00", NULL), ST_OK);
    int64_t now = clock_now_ms();
    assert_in_range(now, morning_ms, morning_ms + clock_ticks_ms() - ticks + 1);
    while (clock_now_ms() == now)
        continue; /* it does move */
}

static void a_scale_speeds_the_clock_but_not_its_ticks(void **state)
{
    (void)state;
    int64_t ticks = clock_ticks_ms();
    assert_int_equal(clock_init("scale=1000,start=2026-11-18T09:00:00+08:00", NULL), ST_OK);
    while (clock_now_ms() < morning_ms + 20000)
        continue;
    int64_t passed = clock_ticks_ms() - ticks;
    assert_in_range(passed, 19, 2000);
    assert_true(clock_now_ms() <= morning_ms + (clock_ticks_ms() - ticks + 1) * 1000);
}

static void a_scale_of_zero_stops_the_clock(void **state)
{
    (void)state;
    assert_int_equal(clock_init("start=2026-11-18T09:00:00+08:00,scale=0", NULL), ST_OK);
    for (int64_t until = clock_ticks_ms() + 3; clock_ticks_ms() < until;)
        assert_int_equal(clock_now_ms(), morning_ms);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* True if the clock, which stands, shows `wanted` within 20 ms of real time. */
static bool shows_soon(int64_t wanted)
{
    int64_t until = clock_ticks_ms() + 20;
    while (clock_now_ms() != wanted)
        if (clock_ticks_ms() > until)
            return clock_now_ms() == wanted;
    return true;
}

static void a_file_moves_the_clock_within_20_ms(void **state)
{
    (void)state;
    char path[] = "/tmp/core_clock_XXXXXX", spec[128], other[64];
    close(mkstemp(path));
    snprintf(other, sizeof other, "%s.new", path);
    snprintf(spec, sizeof spec, "start=2026-11-18T09:00:00+08:00,scale=0,file=%s", path);
    write_file(path, "0\n");
    assert_int_equal(clock_init(spec, NULL), ST_OK);
    assert_int_equal(clock_now_ms(), morning_ms);
    write_file(path, "86400000\n");
    assert_true(shows_soon(morning_ms + 86400000));
    write_file(path, "-3600000");
    assert_true(shows_soon(morning_ms - 3600000));
    write_file(other, "5000"); /* the file is replaced by another */
    assert_int_equal(rename(other, path), 0);
    assert_true(shows_soon(morning_ms + 5000));
    /* What is no number, as half-written or gone, changes nothing. */
    static const char *const rubbish[] = {
        "", "\n", "x", "12x", "--1", "1 2", "99999999999999999999"};
    for (size_t i = 0; i < COUNT(rubbish); i++) {
        write_file(path, rubbish[i]);
        for (int64_t until = clock_ticks_ms() + 12; clock_ticks_ms() < until;)
            assert_int_equal(clock_now_ms(), morning_ms + 5000);
    }
    unlink(path);
    for (int64_t until = clock_ticks_ms() + 12; clock_ticks_ms() < until;)
        assert_int_equal(clock_now_ms(), morning_ms + 5000);
    write_file(path, "7000\n");
    assert_true(shows_soon(morning_ms + 7000));
    unlink(path);
}

static void a_file_alone_is_added_to_the_real_time(void **state)
{
    (void)state;
    char path[] = "/tmp/core_clock_XXXXXX", spec[64];
    close(mkstemp(path));
    write_file(path, "1000000000");
    snprintf(spec, sizeof spec, "file=%s", path);
    assert_int_equal(clock_init(spec, NULL), ST_OK);
    int64_t before = real_ms();
    int64_t now = clock_now_ms() - 1000000000;
    assert_in_range(now, before, real_ms());
    unlink(path);
}

/* Returns NULL, or its argument when the clock ever went back. */
static void *ask_often(void *complaint)
{
    int64_t last = 0;
    for (int i = 0; i < 20000; i++) {
        int64_t now = clock_now_ms();
        if (now < last)
            return complaint;
        last = now;
    }
    return NULL;
}

static void threads_see_a_clock_that_only_goes_forward(void **state)
{
    (void)state;
    char path[] = "/tmp/core_clock_XXXXXX", spec[128];
    close(mkstemp(path));
    write_file(path, "0");
    snprintf(spec, sizeof spec, "start=2026-11-18T09:00:00+08:00,scale=60,file=%s", path);
    assert_int_equal(clock_init(spec, NULL), ST_OK);
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, spec), 0);
    write_file(path, "3600000");
    for (size_t i = 0; i < COUNT(threads); i++) {
        void *complaint = NULL;
        pthread_join(threads[i], &complaint);
        assert_null(complaint);
    }
    unlink(path);
}

static void asking_with_a_file_is_cheap(void **state)
{
    (void)state;
    char path[] = "/tmp/core_clock_XXXXXX", spec[64];
    close(mkstemp(path));
    write_file(path, "0");
    snprintf(spec, sizeof spec, "file=%s", path);
    assert_int_equal(clock_init(spec, NULL), ST_OK);
    int64_t start = clock_ticks_ms();
    for (int i = 0; i < 100000; i++)
        (void)clock_now_ms();
    assert_in_range(clock_ticks_ms() - start, 0, 500);
    unlink(path);
}

static void a_wrong_option_is_refused_and_the_real_clock_runs(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "start",
        "start=",
        "start=yesterday",
        "start=2026-11-18",
        "scale=",
        "scale=fast",
        "scale=-1",
        "scale=1e3",
        "scale=1.2.3",
        "scale=.",
        "scale=1000001",
        "file=",
        "file=/nonexistent/clock",
        "file=/dev/null",
        "speed=2",
        "=",
        ",",
        "scale=2,",
        "start=2026-11-18T09:00:00+08:00 scale=2",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error err = {ST_OK, ""};
        if (clock_init(cases[i], &err) != ST_INVALID || !err.message[0])
            fail_msg("accepted: %s", cases[i]);
        assert_in_range(clock_now_ms(), real_ms() - 1000, real_ms());
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_written_in_the_zone_of_the_city),
        cmocka_unit_test(rfc_3339_is_read_with_any_zone_and_fraction),
        cmocka_unit_test(what_is_not_rfc_3339_is_refused),
        cmocka_unit_test(every_day_agrees_with_the_c_library),
        cmocka_unit_test(days_that_do_not_exist_are_refused),
        cmocka_unit_test(days_and_months_turn_at_midnight_of_the_city),
        cmocka_unit_test(without_an_option_it_is_the_real_time),
        cmocka_unit_test(a_start_is_where_the_clock_moves_on_from),
        cmocka_unit_test(a_scale_speeds_the_clock_but_not_its_ticks),
        cmocka_unit_test(a_scale_of_zero_stops_the_clock),
        cmocka_unit_test(a_file_moves_the_clock_within_20_ms),
        cmocka_unit_test(a_file_alone_is_added_to_the_real_time),
        cmocka_unit_test(threads_see_a_clock_that_only_goes_forward),
        cmocka_unit_test(asking_with_a_file_is_cheap),
        cmocka_unit_test(a_wrong_option_is_refused_and_the_real_clock_runs),
    };
    return cmocka_run_group_tests_name("core/clock", tests, NULL, NULL);
}
