/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places of realistic form: estates with buildings, roads with numbers, sites, city components,
 * village groups. No name is a person's. */
#include "platform/demo/demo_private.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Above Daye's codes of accounts and units, so that a number tells what it is. */
enum { FIRST_PLACE_ID = 100001, REGION_SIZE = 16 };

/* Adds a place in some grid of the community. */
struct place *demo_place_add(struct demo_city *city, const char *community, const char *name,
                             const char *kind, int32_t popularity)
{
    size_t grid = 1 + demo_random(city, demo_grid_count(community));
    int64_t id = FIRST_PLACE_ID + (int64_t)city->places.count;
    struct place *place = DEMO_ADD(city->arena, city->places);
    *place = (struct place){.id = id,
                            .name = name,
                            .kind = kind,
                            .region_code = arena_printf(city->arena, "%s%03zu", community, grid),
                            .component_code = "",
                            .popularity = popularity};
    return place;
}

static void make_estates(struct demo_city *city)
{
    for (const char *const *line = demo_csv_estates; *line; line++) {
        const char *f[3];
        demo_split(city->arena, *line, f, 3);
        demo_place_add(city, f[0], f[1], "estate", (int32_t)(500 + demo_random(city, 400)));
        int64_t buildings = demo_number(f[2]);
        for (int64_t i = 1; i <= buildings; i++)
            demo_place_add(city, f[0], arena_printf(city->arena, "%s%" PRId64 "栋", f[1], i),
                           "building", (int32_t)(100 + demo_random(city, 100)));
    }
}

/* The i-th of n things along a road lies in one of the communities that it passes, in order. */
static const char *along_road(struct demo_city *city, const char *regions, size_t i, size_t n)
{
    size_t count = (strlen(regions) + 1) / 13, at = i * count / n;
    return arena_strndup(city->arena, regions + at * 13, 12);
}

void demo_components_make(struct demo_city *city, const char *road, size_t numbers,
                          const char *communities, int column)
{
    for (const char *const *line = demo_csv_components; *line; line++) {
        const char *f[5];
        demo_split(city->arena, *line, f, 5);
        /* Proportional to the road's length, which is told by its house numbers. */
        size_t count = ((size_t)demo_number(f[column]) * numbers + 13) / 26;
        if (demo_number(f[column]) == 0)
            count = 0;
        for (size_t i = 0; i < count; i++) {
            struct place *place =
                demo_place_add(city, along_road(city, communities, i, count),
                               arena_printf(city->arena, "%s%s%03zu号", road, f[0], i + 1),
                               "component", (int32_t)(10 + demo_random(city, 40)));
            place->owner_unit_id = demo_number(f[2]);
            /* GB/T 30428.2: area, class, number. */
            place->component_code = arena_printf(city->arena, "420281%s%06" PRId64, f[1],
                                                 place->id - FIRST_PLACE_ID + 1);
        }
    }
}

static void make_roads(struct demo_city *city)
{
    for (const char *const *line = demo_csv_roads; *line; line++) {
        const char *f[3];
        demo_split(city->arena, *line, f, 3);
        size_t numbers = (size_t)demo_number(f[1]), house = 0;
        demo_place_add(city, along_road(city, f[2], 0, 1), f[0], "road",
                       (int32_t)(400 + demo_random(city, 500)));
        for (size_t i = 0; i < numbers; i++) {
            house += 1 + demo_random(city, 8);
            demo_place_add(city, along_road(city, f[2], i, numbers),
                           arena_printf(city->arena, "%s%zu号", f[0], house), "road",
                           (int32_t)(50 + demo_random(city, 100)));
        }
        demo_components_make(city, f[0], numbers, f[2], DEMO_PER_ROAD);
    }
}

static void make_sites(struct demo_city *city)
{
    for (const char *const *line = demo_csv_sites; *line; line++) {
        const char *f[3];
        demo_split(city->arena, *line, f, 3);
        demo_place_add(city, f[0], f[1], f[2], (int32_t)(200 + demo_random(city, 600)));
    }
}

/* What each street and town has, in its first community. */
static void make_public(struct demo_city *city)
{
    static const char *const forms[] = {"卫生院", "中心小学",     "初级中学",
                                        "派出所", "便民服务中心", "中心幼儿园"};
    static const char *const town_forms[] = {"农贸市场", "敬老院", "文化站"};
    for (size_t i = 0; i + 1 < city->regions.count; i++) {
        const struct region *street = &city->regions.items[i];
        if (street->level != 1 || strncmp(street->code, "4202814", 7) == 0)
            continue;
        const char *community = street[1].code;
        for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++)
            demo_place_add(city, community,
                           arena_printf(city->arena, "%s%s", street->name, forms[k]), "public",
                           (int32_t)(150 + demo_random(city, 200)));
        for (size_t k = 0; street->code[6] != '0' && k < sizeof town_forms / sizeof town_forms[0];
             k++)
            demo_place_add(city, community,
                           arena_printf(city->arena, "%s%s", street->name, town_forms[k]), "public",
                           (int32_t)(100 + demo_random(city, 200)));
    }
}

bool demo_is_village(const struct region *region)
{
    size_t n = strlen(region->name);
    return region->level == 2 && n > 3 && strcmp(region->name + n - 3, "村") == 0;
}

/* Two passes over all villages, so that each has a group before any has its second; a large city
 * has all its groups. */
static void make_village_groups(struct demo_city *city)
{
    static const char *const numbers[] = {"一", "二", "三", "四", "五", "六", "七", "八"};
    for (size_t pass = 0; pass < 4; pass++) {
        const char *street = "";
        for (size_t i = 0; i < city->regions.count && city->places.count < city->size.places; i++) {
            const struct region *region = &city->regions.items[i];
            if (region->level == 1)
                street = region->name;
            if (!demo_is_village(region))
                continue;
            size_t number = 2 * pass + (size_t)(demo_number(region->code) % 2);
            demo_place_add(
                city, region->code,
                arena_printf(city->arena, "%s%s%s组", street, region->name, numbers[number]),
                "village_group", (int32_t)(20 + demo_random(city, 60)));
        }
    }
}

void demo_places_make(struct demo_city *city)
{
    make_estates(city);
    make_roads(city);
    make_sites(city);
    make_public(city);
    make_village_groups(city);
    demo_county_make(city);
}
