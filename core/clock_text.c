/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of core/clock.h that knows no clock: dates and their texts. */
#include "core/clock.h"
#include <string.h>

enum { MS_PER_DAY = 86400000, ZONE_MS = CLOCK_ZONE_MINUTES * 60000 };
enum { YEAR_FIRST = 1970, YEAR_LAST = 2139 };

/* Days before each month of a year without 29 February. */
static const int16_t days_before_month[13] = {0,   31,  59,  90,  120, 151, 181,
                                              212, 243, 273, 304, 334, 365};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_before(int year, int month)
{
    return days_before_month[month - 1] + (month > 2 && is_leap(year));
}

/* Days from 1970-01-01 to 1 January of `year` >= 1: 365 each and the leap days between. */
static int32_t year_start(int year)
{
    int last = year - 1;
    int leap_days = last / 4 - last / 100 + last / 400;
    int leap_days_1969 = 1969 / 4 - 1969 / 100 + 1969 / 400;
    return 365 * (year - YEAR_FIRST) + leap_days - leap_days_1969;
}

struct date {
    int year, month, day;
};

/* Days outside 0001 to 9999 are shown as the nearest day inside. */
static struct date date_of(int32_t day)
{
    const int32_t first = year_start(1), last = year_start(10000) - 1;
    day = day < first ? first : day > last ? last : day;
    int year = YEAR_FIRST + (int)((int64_t)day * 400 / 146097); /* at most one off */
    while (year_start(year) > day)
        year--;
    while (year_start(year + 1) <= day)
        year++;
    int rest = day - year_start(year);
    int month = rest / 31 + 1;
    if (month < 12 && rest >= days_before(year, month + 1))
        month++;
    return (struct date){year, month, rest - days_before(year, month) + 1};
}

static bool date_real(struct date date)
{
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    int end = date.month == 12 ? 365 + is_leap(date.year) : days_before(date.year, date.month + 1);
    return date.day <= end - days_before(date.year, date.month);
}

static int32_t day_of(struct date date)
{
    return year_start(date.year) + days_before(date.year, date.month) + date.day - 1;
}

/* Milliseconds since midnight, in UTC; `ms` may be before 1970. */
static int ms_of_day(int64_t ms)
{
    int rest = (int)(ms % MS_PER_DAY);
    return rest < 0 ? rest + MS_PER_DAY : rest;
}

int32_t clock_day(int64_t ms)
{
    int64_t day = ms / MS_PER_DAY - (ms % MS_PER_DAY < 0);
    if (ms_of_day(ms) >= MS_PER_DAY - ZONE_MS)
        day++;
    return day > INT32_MAX ? INT32_MAX : day < INT32_MIN ? INT32_MIN : (int32_t)day;
}

int64_t clock_day_start(int32_t day)
{
    return (int64_t)day * MS_PER_DAY - ZONE_MS;
}

int32_t clock_month(int64_t ms)
{
    struct date date = date_of(clock_day(ms));
    int32_t month = (date.year - YEAR_FIRST) * 12 + date.month - 1;
    return month < 0 ? 0 : month > 2047 ? 2047 : month;
}

/* --- texts ---------------------------------------------------------------------------------- */

static char *put_digits(char *out, int value, int width)
{
    for (int i = width - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + width;
}

static char *put_char(char *out, char c)
{
    *out = c;
    return out + 1;
}

static char *put_day(char *out, int32_t day)
{
    struct date date = date_of(day);
    out = put_char(put_digits(out, date.year, 4), '-');
    out = put_char(put_digits(out, date.month, 2), '-');
    return put_digits(out, date.day, 2);
}

void clock_format_day(int32_t day, char out[11])
{
    *put_day(out, day) = '\0';
}

void clock_format(int64_t ms, char out[CLOCK_TEXT_SIZE])
{
    int32_t day = clock_day(ms);
    int rest = (ms_of_day(ms) + ZONE_MS) % MS_PER_DAY;
    char *p = put_char(put_day(out, day), 'T');
    p = put_char(put_digits(p, rest / 3600000, 2), ':');
    p = put_char(put_digits(p, rest / 60000 % 60, 2), ':');
    p = put_char(put_digits(p, rest / 1000 % 60, 2), '.');
    p = put_char(put_digits(p, rest % 1000, 3), '+');
    p = put_char(put_digits(p, CLOCK_ZONE_MINUTES / 60, 2), ':');
    *put_digits(p, CLOCK_ZONE_MINUTES % 60, 2) = '\0';
}

/* Reads exactly `width` digits of at most `max` and moves on. */
static bool take_digits(const char **s, int width, int max, int *value)
{
    *value = 0;
    for (int i = 0; i < width; i++, (*s)++) {
        if (**s < '0' || **s > '9')
            return false;
        *value = *value * 10 + (**s - '0');
    }
    return *value <= max;
}

static bool take_char(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static bool take_day(const char **s, int32_t *day)
{
    struct date date;
    if (!take_digits(s, 4, 9999, &date.year) || !take_char(s, '-') ||
        !take_digits(s, 2, 12, &date.month) || !take_char(s, '-') ||
        !take_digits(s, 2, 31, &date.day) || !date_real(date))
        return false;
    *day = day_of(date);
    return true;
}

bool clock_parse_day(const char *text, int32_t *day)
{
    int32_t found;
    if (!take_day(&text, &found) || *text || found < 0 || found >= year_start(YEAR_LAST + 1))
        return false;
    *day = found;
    return true;
}

/* The fraction in ms, further digits cut off; 0 without one. */
static bool take_fraction(const char **s, int *ms)
{
    *ms = 0;
    if (!take_char(s, '.'))
        return true;
    if (**s < '0' || **s > '9')
        return false;
    for (int unit = 100; **s >= '0' && **s <= '9'; (*s)++, unit /= 10)
        *ms += (**s - '0') * unit;
    return true;
}

static bool take_zone(const char **s, int *minutes)
{
    *minutes = 0;
    if (take_char(s, 'Z') || take_char(s, 'z'))
        return true;
    int sign = **s == '-' ? -1 : 1;
    int hour, minute;
    if ((!take_char(s, '+') && !take_char(s, '-')) || !take_digits(s, 2, 23, &hour) ||
        !take_char(s, ':') || !take_digits(s, 2, 59, &minute))
        return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

bool clock_parse(const char *text, int64_t *ms)
{
    const char *s = text;
    int32_t day;
    int hour, minute, second, fraction, zone;
    if (!take_day(&s, &day) || (!take_char(&s, 'T') && !take_char(&s, 't')) ||
        !take_digits(&s, 2, 23, &hour) || !take_char(&s, ':') || !take_digits(&s, 2, 59, &minute) ||
        !take_char(&s, ':') || !take_digits(&s, 2, 59, &second) || !take_fraction(&s, &fraction) ||
        !take_zone(&s, &zone) || *s)
        return false;
    int64_t moment = (int64_t)day * MS_PER_DAY + (hour * 60 + minute - zone) * 60000LL +
                     second * 1000LL + fraction;
    if (moment < 0 || clock_day(moment) >= year_start(YEAR_LAST + 1))
        return false;
    *ms = moment;
    return true;
}
