/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dates: what a person types for a day or a moment, and how long is left, in a few cells. */
#ifndef TUI_DATES_H
#define TUI_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads "2026-11-30", "11-30", "30", "+3" (days from now), "today", "tomorrow", "eom", and 今天
 * 明天 后天 月底; the next such day, today included. Writes "2026-11-30". */
bool dates_parse_day(const char *text, int64_t now_ms, char out[11]);
/* Likewise with "14:30" behind or alone; writes RFC 3339 with zone. */
bool dates_parse_time(const char *text, int64_t now_ms, char out[32]);
/* "3h left", "2d over", "剩 3h", "超 2d"; steps of 5 minutes, hours, days. */
void dates_left(int64_t deadline_ms, int64_t now_ms, char *out, size_t size);
/* "11-18 09:00", with the year when it is not the present one; "" for 0. */
void dates_moment(int64_t ms, int64_t now_ms, char *out, size_t size);

#endif
