/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock: the only place where either program asks for the time. */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include "core/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets the clock for this process; call once before threads start. `spec` is NULL or "" for the
 * real clock, or a test option, comma separated:
 *   start=2026-11-18T09:00:00+08:00   the time now, moving on from there
 *   scale=60                          seconds of clock time per real second; may be a decimal
 *                                     fraction, and 0 for a clock that stands
 *   file=PATH                         PATH holds a decimal offset in milliseconds that is added;
 *                                     it is read again within 5 ms, so that a test can move several
 *                                     programs at once. It must exist now; later, what cannot be
 *                                     read leaves the last offset (replace it by a rename)
 * Returns ST_INVALID with a message for anything else, and the real clock runs then. */
enum status clock_init(const char *spec, struct error *err);

/* Milliseconds since 1970-01-01T00:00:00Z by the (test) clock. Thread-safe. */
int64_t clock_now_ms(void);
/* Milliseconds of a clock that never jumps and is never scaled: for time-outs and measuring. */
int64_t clock_ticks_ms(void);

/* The city's zone is a fixed offset from UTC (China has no summer time). */
enum { CLOCK_ZONE_MINUTES = 8 * 60 };

/* Writes "2026-11-18T09:00:00.000+08:00" (RFC 3339); out needs CLOCK_TEXT_SIZE bytes. */
enum { CLOCK_TEXT_SIZE = 32 };
void clock_format(int64_t ms, char out[CLOCK_TEXT_SIZE]);
/* Reads RFC 3339 with zone and optional fraction (cut to ms); false if it is not exactly that, a
 * leap second, or a moment before 1970-01-01T00:00:00Z or after the city's year 2139. */
bool clock_parse(const char *text, int64_t *ms);

/* A calendar day in the city's zone, as days since 1970-01-01. */
int32_t clock_day(int64_t ms);
/* The first millisecond of a day in the city's zone. */
int64_t clock_day_start(int32_t day);
/* Writes "2026-11-18". */
void clock_format_day(int32_t day, char out[11]);
/* Reads "2026-11-18"; false if it is not a real date of the years 1970 to 2139. */
bool clock_parse_day(const char *text, int32_t *day);
/* Months since 1970-01 of a moment in the city's zone; 0 .. 2047, the nearest of them outside. */
int32_t clock_month(int64_t ms);

#endif
