/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/domain/retention.h"
#include "core/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS_AND_DAYS = 6, YEARS_MAX = 100, DAYS_MAX = 36525 };

uint32_t retention_states(void)
{
    return BIT(ORDER_ARCHIVED) | BIT(ORDER_TRANSFERRED) | BIT(ORDER_MERGED) | BIT(ORDER_REJECTED) |
           BIT(ORDER_WITHDRAWN);
}

/* The same date so many years ago; 29 February becomes the 28th. */
static bool years_ago(int32_t today, long years, int32_t *day)
{
    char date[11], wanted[32];
    clock_format_day(today, date);
    (void)snprintf(wanted, sizeof wanted, "%04ld-%.*s", strtol(date, NULL, 10) - years,
                   MONTHS_AND_DAYS, date + 5);
    if (clock_parse_day(wanted, day))
        return true;
    wanted[9] = '8';
    return strcmp(date + 5, "02-29") == 0 && clock_parse_day(wanted, day);
}

static bool read_age(const char *text, int64_t now, int32_t *day)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    long n = strtol(text, &end, 10);
    int32_t today = clock_day(now);
    if (strcmp(end, "y") == 0 && n > 0 && n <= YEARS_MAX)
        return years_ago(today, n, day);
    *day = today - (int32_t)(n <= DAYS_MAX ? n : DAYS_MAX);
    return strcmp(end, "d") == 0 && n > 0 && n <= DAYS_MAX;
}

enum status retention_before(const char *text, int64_t now, int64_t least_ms, int64_t *before,
                             struct error *err)
{
    enum { DAY_MS = 24 * 3600 * 1000 };
    int32_t day;
    if (!read_age(text, now, &day) && !clock_parse_day(text, &day))
        return error_set(err, ST_INVALID,
                         "\"%s\" is neither an age (2y, 730d) nor a day (2024-01-31)", text);
    *before = clock_day_start(day);
    if (now - *before < least_ms)
        return error_set(err, ST_INVALID,
                         "%s: citizens and their words are kept for at least %lld days (setting"
                         " kept.anonymise_least)",
                         text, (long long)(least_ms / DAY_MS));
    return ST_OK;
}

void retention_forget(struct order_case *c, const struct category *category,
                      const struct place *place, int64_t now, struct arena *arena)
{
    struct order *order = &c->order;
    const char *state = word_name(WORDS_ORDER_STATE, (int)order->state);
    order->title = category ? category->name : "";
    order->place_text = place ? place->name : "";
    order->version++;
    c->events = arena_grow(arena, c->events, c->event_count, &c->event_capacity, sizeof *c->events);
    c->events[c->event_count++] =
        (struct event_draft){.action = word_name(WORDS_OCCURRENCE, OCCURRENCE_ANONYMISE),
                             .subject = "order",
                             .subject_id = order->id,
                             .from = state,
                             .to = state,
                             .done_at = now,
                             .detail = ""};
}
