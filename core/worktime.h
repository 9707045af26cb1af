/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worktime: limits in natural hours and working days (domain rule 6). */
#ifndef CORE_WORKTIME_H
#define CORE_WORKTIME_H

#include "core/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Days that differ from "Monday to Friday is worked". Immutable once threads read it. */
struct calendar;

/* A calendar knows the days from 1970-01-01 to 2139-12-31, as clock_parse_day does; beyond them a
 * search for working days stops. */
enum { CALENDAR_DAYS = 62091 };

struct calendar *calendar_new(void);
void calendar_free(struct calendar *calendar);
/* States that `day` (days since 1970) is worked or not, whatever its weekday. The last word wins.
 * ST_INVALID for a day that the calendar does not know. */
enum status calendar_add(struct calendar *calendar, int32_t day, bool worked);
/* Reads a CSV with the header columns date,name,is_workday (order free, UTF-8, BOM allowed).
 * A bad line stops with ST_INVALID and its number, a file that cannot be read with ST_NOT_FOUND or
 * ST_IO; nothing of the file is kept then. */
enum status calendar_load(struct calendar *calendar, const char *path, struct error *err);
bool calendar_is_worked(const struct calendar *calendar, int32_t day);

/* Closing time of a working day, minutes after midnight in the city's zone (17:30). */
enum { WORKTIME_CLOSING_MINUTE = 17 * 60 + 30 };

enum limit_unit { LIMIT_HOURS = 0, LIMIT_DAYS = 1 };

/* A limit is a number and a unit: natural hours, or working days. */
struct limit {
    int32_t n;
    enum limit_unit unit;
};

/* When a limit that starts at `from_ms` ends: n natural hours later, or closing time of the nth
 * working day after the day of `from_ms`. n <= 0 gives from_ms. */
int64_t worktime_deadline(const struct calendar *calendar, int64_t from_ms, struct limit limit);
/* Closing time of the nth working day before the day of `at_ms` (yellow card: n = 1); n <= 0 gives
 * at_ms. */
int64_t worktime_days_before(const struct calendar *calendar, int64_t at_ms, int32_t n);
/* Moves a deadline by the time that a suspension took: hours by its duration, days by the working
 * days after the day of `from_ms` up to the day of `to_ms` (none: it stays where it is). */
int64_t worktime_shift(const struct calendar *calendar, int64_t deadline_ms, enum limit_unit unit,
                       int64_t from_ms, int64_t to_ms);
/* Working days after the day of `from_ms` up to and including the day of `to_ms`; 0 if earlier. */
int32_t worktime_days_between(const struct calendar *calendar, int64_t from_ms, int64_t to_ms);

#endif
