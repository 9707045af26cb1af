/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/worktime.h"
#include "core/clock.h"

enum { MS_PER_MINUTE = 60000, MS_PER_HOUR = 3600000 };

/* No search for a working day goes beyond the days that a calendar knows. */
enum { DAY_FIRST = 0, DAY_LAST = CALENDAR_DAYS - 1 };

static int64_t closing_ms(int32_t day)
{
    return clock_day_start(day) + (int64_t)WORKTIME_CLOSING_MINUTE * MS_PER_MINUTE;
}

/* The nth working day after `day` (n > 0), or the last day of the calendar. */
static int32_t day_after(const struct calendar *calendar, int32_t day, int32_t n)
{
    day = day < DAY_FIRST - 1 ? DAY_FIRST - 1 : day;
    while (n > 0 && day < DAY_LAST)
        if (calendar_is_worked(calendar, ++day))
            n--;
    return day;
}

static int32_t day_before(const struct calendar *calendar, int32_t day, int32_t n)
{
    day = day > DAY_LAST + 1 ? DAY_LAST + 1 : day;
    while (n > 0 && day > DAY_FIRST)
        if (calendar_is_worked(calendar, --day))
            n--;
    return day;
}

int64_t worktime_deadline(const struct calendar *calendar, int64_t from_ms, struct limit limit)
{
    if (limit.n <= 0)
        return from_ms;
    if (limit.unit == LIMIT_HOURS)
        return from_ms + (int64_t)limit.n * MS_PER_HOUR;
    return closing_ms(day_after(calendar, clock_day(from_ms), limit.n));
}

int64_t worktime_days_before(const struct calendar *calendar, int64_t at_ms, int32_t n)
{
    return n <= 0 ? at_ms : closing_ms(day_before(calendar, clock_day(at_ms), n));
}

int64_t worktime_shift(const struct calendar *calendar, int64_t deadline_ms, enum limit_unit unit,
                       int64_t from_ms, int64_t to_ms)
{
    if (to_ms <= from_ms)
        return deadline_ms;
    if (unit == LIMIT_HOURS)
        return deadline_ms + (to_ms - from_ms);
    struct limit days = {worktime_days_between(calendar, from_ms, to_ms), LIMIT_DAYS};
    return worktime_deadline(calendar, deadline_ms, days);
}

int32_t worktime_days_between(const struct calendar *calendar, int64_t from_ms, int64_t to_ms)
{
    int32_t day = clock_day(from_ms), last = clock_day(to_ms);
    day = day < DAY_FIRST - 1 ? DAY_FIRST - 1 : day;
    last = last > DAY_LAST ? DAY_LAST : last;
    int32_t worked = 0;
    while (day < last)
        worked += calendar_is_worked(calendar, ++day);
    return worked;
}
