/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When people call: the matters that have their season, the days that have more, the hours. */
#include "core/clock.h"
#include "platform/demo/demo_sim.h"
#include <string.h>

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, HOURS = 24, QUARTER_DAYS = 8, TRIES = 2000 };

/* --- matters ---------------------------------------------------------------------------------- */

/* Month and day of a day, as month * 100 + day. */
static int month_day(int32_t day)
{
    char text[11];
    clock_format_day(day, text);
    return (text[5] - '0') * 1000 + (text[6] - '0') * 100 + (text[8] - '0') * 10 + text[9] - '0';
}

size_t demo_season(int32_t day)
{
    int at = month_day(day), quarter = (at % 100 - 1) / QUARTER_DAYS;
    return (size_t)((at / 100 - 1) * 4 + (quarter > 3 ? 3 : quarter));
}

/* "06-15" as 615; 0 for "". */
static int parse_month_day(const char *text)
{
    return strlen(text) == 5 ? (int)(demo_number(text) * 100 + demo_number(text + 3)) : 0;
}

/* Both ends included; a season may go over the turn of the year. */
static bool in_season(int at, int from, int to)
{
    return from == 0 || (from <= to ? at >= from && at <= to : at >= from || at <= to);
}

void demo_seasons_make(struct demo_city *city)
{
    for (size_t i = 0; i < city->texts.count; i++)
        for (size_t s = 0; s < DEMO_SEASONS; s++)
            city->texts.items[i].weights[s] = 100;
    for (const char *const *line = demo_csv_seasons; *line; line++) {
        const char *f[4];
        demo_split(city->arena, *line, f, 4);
        int from = parse_month_day(f[1]), to = parse_month_day(f[2]);
        uint32_t percent = (uint32_t)demo_number(f[3]);
        for (size_t i = 0; i < city->texts.count; i++) {
            struct demo_text *text = &city->texts.items[i];
            if (strncmp(text->category_code, f[0], strlen(f[0])) != 0)
                continue;
            for (size_t s = 0; s < DEMO_SEASONS; s++) {
                int middle = (int)(s / 4 + 1) * 100 + (int)(s % 4) * QUARTER_DAYS + 4;
                if (in_season(middle, from, to))
                    text->weights[s] = text->weights[s] * percent / 100;
            }
        }
    }
}

/* --- days ------------------------------------------------------------------------------------- */

struct demo_days {
    int32_t first, count;
    uint32_t most, *weights;
};

/* More and more people know the number: over the whole time it grows by half. */
static uint64_t growth(int32_t i, int32_t count)
{
    return 80 + 40 * (uint64_t)i / (uint64_t)count;
}

static uint64_t day_weight(const struct calendar *calendar, int32_t day)
{
    /* 1970-01-01 was a Thursday: 0 is Monday. */
    static const uint64_t worked[7] = {114, 107, 102, 100, 97, 88, 84},
                          free_day[7] = {44, 44, 44, 44, 44, 60, 50};
    size_t weekday = (size_t)((day + 3) % 7);
    return calendar_is_worked(calendar, day) ? worked[weekday] : free_day[weekday];
}

/* What all texts together weigh in that season. */
static uint64_t season_weight(const struct demo_city *city, size_t season)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < city->texts.count; i++)
        sum += city->texts.items[i].weights[season];
    return sum / (city->texts.count + 1) + 1;
}

struct demo_days *demo_days_new(struct demo_city *city)
{
    struct demo_days *days = arena_alloc(city->arena, sizeof *days);
    days->count = city->size.days + 2;
    days->first = clock_day(city->now) - days->count + 1;
    days->weights = arena_alloc(city->arena, (size_t)days->count * sizeof *days->weights);
    uint64_t seasons[DEMO_SEASONS];
    for (size_t s = 0; s < DEMO_SEASONS; s++)
        seasons[s] = season_weight(city, s);
    for (int32_t i = 0; i < days->count; i++) {
        int32_t day = days->first + i;
        uint64_t weight = day_weight(city->calendar, day) * seasons[demo_season(day)] / 10 *
                          growth(i, days->count) / 100 * (uint64_t)demo_between(city, 85, 115) /
                          100;
        days->weights[i] = (uint32_t)weight + 1;
        if (days->weights[i] > days->most)
            days->most = days->weights[i];
    }
    return days;
}

/* Two peaks on a working day; on others people sleep longer and call in the evening. */
static int64_t choose_minute(struct demo_city *city, bool worked)
{
    static const uint8_t shapes[2][HOURS] = {
        {5, 4, 2, 2, 3, 6, 15, 35, 60, 80, 85, 72, 50, 48, 60, 68, 70, 66, 60, 62, 58, 42, 22, 12},
        {3,  2,  1,  1,  2,  5,  15, 38, 80, 118, 112, 74,
         42, 44, 80, 98, 92, 62, 40, 36, 30, 20,  10,  6}};
    size_t total = 0;
    for (size_t h = 0; h < HOURS; h++)
        total += shapes[worked][h];
    size_t at = demo_random(city, total), hour = 0;
    while (at >= shapes[worked][hour])
        at -= shapes[worked][hour++];
    return (int64_t)hour * HOUR + demo_between(city, 0, HOUR - 1);
}

int64_t demo_days_choose(struct demo_city *city, const struct demo_days *days, int64_t from,
                         int64_t to)
{
    int32_t first = clock_day(from), last = clock_day(to);
    for (int try = 0; try < TRIES; try++) {
        int32_t day = first + (int32_t)demo_random(city, (size_t)(last - first + 1));
        int32_t i = day - days->first;
        if (i < 0 || i >= days->count || demo_random(city, days->most) >= (size_t)days->weights[i])
            continue;
        int64_t at =
            clock_day_start(day) + choose_minute(city, calendar_is_worked(city->calendar, day));
        if (at >= from && at <= to)
            return at;
    }
    return demo_between(city, from, to);
}
