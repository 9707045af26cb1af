/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regions, units, matters, channels, holidays, and who is responsible for what. */
#include "core/clock.h"
#include "platform/demo/demo_private.h"
#include <inttypes.h>
#include <string.h>

enum { STREET_CODE_LENGTH = 9, COMMUNITY_CODE_LENGTH = 12, GRIDS_MAX = 4 };

static bool cut_end(const char *text, const char *end, size_t *length)
{
    size_t n = strlen(text), m = strlen(end);
    if (n <= m || strcmp(text + n - m, end) != 0)
        return false;
    *length = n - m;
    return true;
}

const char *demo_short_name(struct arena *arena, const char *official)
{
    static const struct {
        const char *end, *instead;
    } forms[] = {{"居民委员会", ""}, {"村民委员会", ""}, {"村委会", "村"}, {"居委会", "社区"}};
    size_t n;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (cut_end(official, forms[i].end, &n))
            return arena_printf(arena, "%.*s%s", (int)n, official, forms[i].instead);
    return official;
}

size_t demo_grid_count(const char *community_code)
{
    return 2 + (size_t)(demo_number(community_code) % 3);
}

static void add_region(struct demo_city *city, const char *code, const char *name, int32_t level)
{
    *DEMO_ADD(city->arena, city->regions) = (struct region){code, name, level};
}

static void make_regions(struct demo_city *city)
{
    static const char *const grids[GRIDS_MAX] = {"第一网格", "第二网格", "第三网格", "第四网格"};
    for (const char *const *line = demo_csv_divisions; *line; line++) {
        const char *f[2];
        demo_split(city->arena, *line, f, 2);
        size_t n = strlen(f[0]);
        int32_t level = n == COMMUNITY_CODE_LENGTH ? 2 : n == STREET_CODE_LENGTH ? 1 : 0;
        add_region(city, f[0], demo_short_name(city->arena, f[1]), level);
        for (size_t i = 0; level == 2 && i < demo_grid_count(f[0]); i++)
            add_region(city, arena_printf(city->arena, "%s%03zu", f[0], i + 1), grids[i], 3);
    }
}

static void make_units(struct demo_city *city)
{
    for (const char *const *line = demo_csv_units; *line; line++) {
        const char *f[5];
        demo_split(city->arena, *line, f, 5);
        int64_t id = demo_number(f[0]), parent_id = demo_number(f[1]);
        const struct unit *parent = demo_unit(city, parent_id);
        const char *path =
            arena_printf(city->arena, "%s%" PRId64 "/", parent ? parent->path : "/", id);
        *DEMO_ADD(city->arena, city->units) = (struct unit){id, parent_id, f[2], f[3], path, f[4]};
    }
}

static void add_responsibility(struct demo_city *city, const char *category, const char *region,
                               int64_t owner, int64_t unit, const char *reason)
{
    int32_t first_day = 0;
    clock_parse_day("2024-01-01", &first_day);
    *DEMO_ADD(city->arena, city->responsibilities) =
        (struct responsibility){.id = (int64_t)city->responsibilities.count + 1,
                                .category_code = category,
                                .region_code = region,
                                .owner_unit_id = owner,
                                .unit_id = unit,
                                .source = "list",
                                .reason = reason,
                                .valid_from = clock_day_start(first_day)};
}

/* The column `unit`: one for the whole city, or each street and town in its own region. */
static void make_duty(struct demo_city *city, const char *category, const char *unit, int article)
{
    if (*unit != 'S') {
        add_responsibility(city, category, "", 0, demo_number(unit),
                           arena_printf(city->arena, "大冶市民情通事项权责清单第%d条", article));
        return;
    }
    const char *reason = arena_printf(city->arena, "大冶市乡镇（街道）权责清单第%d条", article);
    for (size_t i = 0; i < city->units.count; i++)
        if (strcmp(city->units.items[i].kind, "street") == 0)
            add_responsibility(city, category, city->units.items[i].region_code, 0,
                               city->units.items[i].id, reason);
}

static void make_categories(struct demo_city *city)
{
    int article = 0;
    for (const char *const *line = demo_csv_categories; *line; line++) {
        const char *f[7];
        demo_split(city->arena, *line, f, 7);
        *DEMO_ADD(city->arena, city->categories) =
            (struct category){.code = f[0],
                              .name = f[1],
                              .industry = f[2],
                              .limit = demo_limit(f[3]),
                              .dispatch_limit = demo_limit(f[4]),
                              .life_safety = strchr(f[5], 'L') != NULL,
                              .vital = strchr(f[5], 'V') != NULL};
        if (*f[6])
            make_duty(city, f[0], f[6], ++article);
    }
}

static void make_responsibilities(struct demo_city *city)
{
    for (const char *const *line = demo_csv_responsibilities; *line; line++) {
        const char *f[5];
        demo_split(city->arena, *line, f, 5);
        add_responsibility(city, f[0], f[1], demo_number(f[2]), demo_number(f[3]), f[4]);
    }
}

static void make_channels(struct demo_city *city)
{
    for (const char *const *line = demo_csv_channels; *line; line++) {
        const char *f[3];
        demo_split(city->arena, *line, f, 3);
        *DEMO_ADD(city->arena, city->channels) = (struct channel){f[0], f[1], f[2]};
    }
}

static void make_holidays(struct demo_city *city)
{
    for (const char *const *line = demo_csv_holidays; *line; line++) {
        const char *f[3];
        demo_split(city->arena, *line, f, 3);
        struct demo_holiday h = {.worked = strcmp(f[2], "1") == 0, .name = f[1]};
        if (clock_parse_day(f[0], &h.day))
            *DEMO_ADD(city->arena, city->holidays) = h;
    }
}

void demo_reference_make(struct demo_city *city)
{
    make_regions(city);
    make_units(city);
    make_categories(city);
    make_responsibilities(city);
    make_channels(city);
    make_holidays(city);
}

enum status demo_calendar_make(struct demo_city *city, const struct calendar *calendar)
{
    city->calendar = calendar;
    if (calendar)
        return ST_OK;
    city->own_calendar = calendar_new();
    if (!city->own_calendar)
        return ST_NO_MEMORY;
    enum status st = ST_OK;
    for (size_t i = 0; !st && i < city->holidays.count; i++)
        st = calendar_add(city->own_calendar, city->holidays.items[i].day,
                          city->holidays.items[i].worked);
    city->calendar = city->own_calendar;
    return st;
}

const struct unit *demo_unit(const struct demo_city *city, int64_t id)
{
    for (size_t i = 0; i < city->units.count; i++)
        if (city->units.items[i].id == id)
            return &city->units.items[i];
    return NULL;
}

const struct region *demo_region(const struct demo_city *city, const char *code)
{
    for (size_t i = 0; i < city->regions.count; i++)
        if (strcmp(city->regions.items[i].code, code) == 0)
            return &city->regions.items[i];
    return NULL;
}

const struct category *demo_category(const struct demo_city *city, const char *code)
{
    for (size_t i = 0; i < city->categories.count; i++)
        if (strcmp(city->categories.items[i].code, code) == 0)
            return &city->categories.items[i];
    return NULL;
}
