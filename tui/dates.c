/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/dates.h"
#include "core/clock.h"
#include "tui/l10n.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS, DAY_HOURS = 24 };

/* Year, month and day of a day in the city's zone. */
static void split_day(int32_t day, int *year, int *month, int *date)
{
    char text[11];
    clock_format_day(day, text);
    char *end;
    *year = (int)strtol(text, &end, 10);
    *month = (int)strtol(text + 5, &end, 10);
    *date = (int)strtol(text + 8, &end, 10);
}

static bool make_day(int year, int month, int date, int32_t *day)
{
    char text[40];
    snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, date);
    return strlen(text) == 10 && clock_parse_day(text, day);
}

static bool end_of_month(int year, int month, int32_t *day)
{
    for (int date = 31; date >= 28; date--) {
        if (make_day(year, month, date, day))
            return true;
    }
    return false;
}

/* Reads 1 to `max_digits` digits; the bytes taken, 0 none. */
static size_t digits(const char *s, size_t max_digits, int *value)
{
    size_t n = 0;
    *value = 0;
    while (n < max_digits && s[n] >= '0' && s[n] <= '9')
        *value = *value * 10 + (s[n++] - '0');
    return n;
}

/* "11-30", "11/30" or "30", the next one from today on. */
static bool short_day(const char *s, int32_t today, int32_t *day)
{
    int year, month, date, first, second;
    split_day(today, &year, &month, &date);
    size_t n = digits(s, 2, &first);
    if (n == 0)
        return false;
    if (s[n] == '-' || s[n] == '/') {
        size_t m = digits(s + n + 1, 2, &second);
        if (m == 0 || s[n + 1 + m])
            return false;
        return (make_day(year, first, second, day) && *day >= today) ||
               make_day(year + 1, first, second, day);
    }
    if (s[n])
        return false;
    if (make_day(year, month, first, day) && *day >= today)
        return true;
    return month == 12 ? make_day(year + 1, 1, first, day) : make_day(year, month + 1, first, day);
}

static bool parse_day(const char *s, int32_t today, int32_t *day)
{
    static const struct {
        const char *word;
        int days;
    } words[] = {{"today", 0}, {"tomorrow", 1}, {"今天", 0},
                 {"明天", 1},  {"后天", 2},     {"大后天", 3}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(s, words[i].word) == 0) {
            *day = today + words[i].days;
            return true;
        }
    }
    if (strcmp(s, "eom") == 0 || strcmp(s, "月底") == 0) {
        int year, month, date;
        split_day(today, &year, &month, &date);
        return end_of_month(year, month, day);
    }
    int plus;
    size_t n = s[0] == '+' ? digits(s + 1, 4, &plus) : 0;
    if (n > 0 && !s[1 + n]) {
        *day = today + plus;
        return true;
    }
    return clock_parse_day(s, day) || short_day(s, today, day);
}

/* A copy without the spaces around it. */
static void trim(const char *text, char *out, size_t size)
{
    text += strspn(text, " ");
    snprintf(out, size, "%s", text);
    size_t n = strlen(out);
    while (n > 0 && out[n - 1] == ' ')
        out[--n] = '\0';
}

bool dates_parse_day(const char *text, int64_t now_ms, char out[11])
{
    char s[32];
    int32_t day;
    trim(text, s, sizeof s);
    if (!parse_day(s, clock_day(now_ms), &day))
        return false;
    clock_format_day(day, out);
    return true;
}

bool dates_parse_time(const char *text, int64_t now_ms, char out[32])
{
    char s[40];
    int64_t ms;
    int32_t day = clock_day(now_ms);
    int hour = 0, minute = 0;
    trim(text, s, sizeof s);
    if (clock_parse(s, &ms)) {
        clock_format(ms, out);
        return true;
    }
    char *clock = strrchr(s, ' ');
    clock = clock ? clock + 1 : s;
    size_t n = digits(clock, 2, &hour);
    bool has_clock = n > 0 && clock[n] == ':' && digits(clock + n + 1, 2, &minute) == 2 &&
                     !clock[n + 3] && hour < DAY_HOURS && minute < 60;
    if (!has_clock) {
        hour = minute = 0;
    } else if (clock == s) {
        *s = '\0';
    } else {
        clock[-1] = '\0';
    }
    if (*s && !parse_day(s, clock_day(now_ms), &day))
        return false;
    if (!*s && !has_clock)
        return false;
    clock_format(clock_day_start(day) + (int64_t)hour * HOUR_MS + (int64_t)minute * MINUTE_MS, out);
    return true;
}

void dates_left(int64_t deadline_ms, int64_t now_ms, char *out, size_t size)
{
    int64_t left = deadline_ms - now_ms;
    bool over = left < 0;
    int64_t minutes = (over ? -left : left) / MINUTE_MS;
    if (minutes < 60) {
        int shown = (int)(minutes / 5 * 5);
        snprintf(out, size, over ? _("%dm over") : _("%dm left"), shown);
    } else if (minutes < 2 * DAY_HOURS * 60) {
        snprintf(out, size, over ? _("%dh over") : _("%dh left"), (int)(minutes / 60));
    } else {
        snprintf(out, size, over ? _("%dd over") : _("%dd left"),
                 (int)(minutes / (DAY_HOURS * 60)));
    }
}

void dates_moment(int64_t ms, int64_t now_ms, char *out, size_t size)
{
    char text[CLOCK_TEXT_SIZE], now[CLOCK_TEXT_SIZE];
    if (ms == 0) {
        snprintf(out, size, "%s", "");
        return;
    }
    clock_format(ms, text);
    clock_format(now_ms, now);
    bool same_year = strncmp(text, now, 4) == 0;
    snprintf(out, size, "%.*s %.5s", same_year ? 5 : 10, text + (same_year ? 5 : 0), text + 11);
}
