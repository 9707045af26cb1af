/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the tables that are compiled in. */
#include "platform/demo/demo_private.h"
#include <stdlib.h>
#include <string.h>

void demo_split(struct arena *arena, const char *line, const char *fields[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t n = strcspn(line, ",");
        fields[i] = arena_strndup(arena, line, n);
        line += n + (line[n] == ',');
    }
}

int64_t demo_number(const char *field)
{
    return *field ? strtoll(field, NULL, 10) : 0;
}

struct limit demo_limit(const char *field)
{
    return (struct limit){(int32_t)demo_number(field),
                          strchr(field, 'd') ? LIMIT_DAYS : LIMIT_HOURS};
}

/* splitmix64 (Steele, Lea, Flood 2014): small, and the same on every machine. */
size_t demo_random(struct demo_city *city, size_t bound)
{
    uint64_t z = city->seed += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (size_t)((z ^ (z >> 31)) % bound);
}

int64_t demo_between(struct demo_city *city, int64_t from, int64_t to)
{
    return to > from ? from + (int64_t)demo_random(city, (size_t)(to - from + 1)) : from;
}

size_t demo_skewed(struct demo_city *city, size_t bound)
{
    return demo_random(city, bound) * (demo_random(city, bound) + 1) / bound;
}
