/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digital base of a whole county: estates down to the room, villages down to the house, roads
 * with what stands and lies along them, businesses, and what every community has. */
#include "platform/demo/demo_private.h"
#include <string.h>

/* Of a thousand places; what is left are houses in villages. */
enum { ESTATES = 370, ROADS = 230, BUSINESSES = 95, PUBLIC = 10, BAYS = 6 };
enum { COMMUNITY_CODE_LENGTH = 12, ROAD_NAMES = 7, ESTATE_SIZE = 9 };

/* A community with what its places' names begin with. */
struct community {
    const char *code, *name;
    const char *street;
    bool village;
};

struct county {
    struct demo_city *city;
    size_t total; /* that are to be made here */
    DEMO_LIST(struct community) communities;
    DEMO_LIST(size_t) towns; /* indices of those that are no villages */
};

static const char *name_of(const struct demo_city *city, const char *kind, size_t n)
{
    const struct demo_phrases *names = demo_phrases(city, kind);
    return names ? names->texts.items[n % names->texts.count] : "";
}

static size_t name_count(const struct demo_city *city, const char *kind)
{
    const struct demo_phrases *names = demo_phrases(city, kind);
    return names ? names->texts.count : 1;
}

static void list_communities(struct county *county)
{
    const struct demo_city *city = county->city;
    const char *street = "";
    for (size_t i = 0; i < city->regions.count; i++) {
        const struct region *region = &city->regions.items[i];
        if (region->level == 1)
            street = region->name;
        if (region->level != 2)
            continue;
        if (!demo_is_village(region))
            *DEMO_ADD(city->arena, county->towns) = county->communities.count;
        *DEMO_ADD(city->arena, county->communities) =
            (struct community){.code = region->code,
                               .name = region->name,
                               .street = street,
                               .village = demo_is_village(region)};
    }
}

/* How many places there are when `permille` of the county's are added to those that are. */
static size_t until(const struct county *county, size_t permille)
{
    return county->city->places.count + county->total * permille / 1000;
}

static int32_t between(struct demo_city *city, int32_t from, int32_t to)
{
    return (int32_t)demo_between(city, from, to);
}

/* A part of another place lies in its grid. */
static void add_part(struct demo_city *city, size_t whole, const char *name, const char *kind,
                     int32_t popularity)
{
    const char *region_code = city->places.items[whole].region_code;
    struct place *place =
        demo_place_add(city, arena_strndup(city->arena, region_code, COMMUNITY_CODE_LENGTH), name,
                       kind, popularity);
    place->region_code = region_code;
}

/* --- estates ---------------------------------------------------------------------------------- */

static void add_rooms(struct demo_city *city, size_t entrance, int floors, int rooms)
{
    const char *name = city->places.items[entrance].name;
    for (int floor = 1; floor <= floors; floor++)
        for (int room = 1; room <= rooms; room++)
            add_part(city, entrance, arena_printf(city->arena, "%s%d%02d室", name, floor, room),
                     "room", between(city, 1, 20));
}

static void add_entrances(struct demo_city *city, size_t building, size_t end)
{
    static const struct {
        int floors, rooms, entrances;
    } forms[] = {{6, 2, 3}, {7, 2, 3}, {6, 2, 4}, {11, 2, 2}, {18, 3, 1}, {26, 2, 1}};
    size_t form = demo_random(city, sizeof forms / sizeof forms[0]);
    for (int i = 1; i <= forms[form].entrances && city->places.count < end; i++) {
        size_t entrance = city->places.count;
        add_part(city, building,
                 arena_printf(city->arena, "%s%d单元", city->places.items[building].name, i),
                 "entrance", between(city, 20, 60));
        add_rooms(city, entrance, forms[form].floors, forms[form].rooms);
    }
}

static void make_estates(struct county *county)
{
    struct demo_city *city = county->city;
    size_t end = until(county, ESTATES), small = city->places.count;
    for (size_t i = 0; i < small && city->places.count < end; i++)
        if (strcmp(city->places.items[i].kind, "building") == 0)
            add_entrances(city, i, end);
    size_t words = name_count(city, "estate");
    for (size_t n = 0; city->places.count < end; n++) {
        const struct community *community =
            &county->communities.items[county->towns.items[n % county->towns.count]];
        const char *name = arena_printf(city->arena, "%s%s", name_of(city, "estate", n),
                                        name_of(city, "estate_end", n / words + n));
        demo_place_add(city, community->code, name, "estate", between(city, 200, 600));
        size_t buildings = ESTATE_SIZE / 2 + demo_random(city, ESTATE_SIZE);
        for (size_t i = 1; i <= buildings && city->places.count < end; i++) {
            size_t building = city->places.count;
            demo_place_add(city, community->code, arena_printf(city->arena, "%s%zu栋", name, i),
                           "building", between(city, 60, 160));
            add_entrances(city, building, end);
        }
    }
}

/* --- roads, shops, what every community has --------------------------------------------------- */

static void make_roads(struct county *county)
{
    static const char *const ends[ROAD_NAMES] = {"路", "巷", "街", "东路", "西路", "南路", "北路"};
    struct demo_city *city = county->city;
    size_t end = until(county, ROADS), words = name_count(city, "road");
    for (size_t n = 0; city->places.count < end; n++) {
        const char *code =
            county->communities.items[county->towns.items[n * 5 % county->towns.count]].code;
        const char *name = arena_printf(city->arena, "%s%s", name_of(city, "road", n),
                                        ends[n / words % ROAD_NAMES]);
        size_t numbers = 20 + demo_random(city, 80);
        demo_place_add(city, code, name, "road", between(city, 200, 500));
        for (size_t house = 1; house <= numbers && city->places.count < end; house++)
            demo_place_add(city, code, arena_printf(city->arena, "%s%zu号", name, house), "road",
                           between(city, 20, 80));
        demo_components_make(city, name, numbers, code, DEMO_PER_COUNTY_ROAD);
    }
}

/* "湖滨社区" -> "湖滨": as shops have it in their names. */
static const char *plain_name(struct arena *arena, const char *name)
{
    static const char *const ends[] = {"社区", "村"};
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t m = strlen(ends[i]);
        if (n > m && strcmp(name + n - m, ends[i]) == 0)
            return arena_strndup(arena, name, n - m);
    }
    return name;
}

/* In a street or town there are five shops for one in a village. */
static void make_businesses(struct county *county)
{
    enum { IN_TOWN = 5 };
    struct demo_city *city = county->city;
    size_t end = until(county, BUSINESSES), trades = name_count(city, "trade");
    for (size_t n = 0; city->places.count < end; n++)
        for (size_t i = 0; i < county->communities.count; i++) {
            const struct community *community = &county->communities.items[i];
            for (size_t k = 0; k < (community->village ? 1 : IN_TOWN); k++) {
                size_t nth = (n * IN_TOWN + k) * 7 + i;
                if (city->places.count == end)
                    return;
                demo_place_add(city, community->code,
                               arena_printf(city->arena, "%s%s%s",
                                            plain_name(city->arena, community->name),
                                            name_of(city, "brand", nth / trades + nth),
                                            name_of(city, "trade", nth)),
                               "business", between(city, 40, 160));
            }
        }
}

static void make_public(struct county *county)
{
    static const char *const forms[2][6] = {
        {"党群服务中心", "卫生服务站", "公共厕所", "公交站", "停车场", "口袋公园"},
        {"党群服务中心", "卫生室", "文化广场", "公交站", "水厂泵站", "灌溉泵站"}};
    struct demo_city *city = county->city;
    size_t end = until(county, PUBLIC), least = city->places.count + county->communities.count;
    if (end < least)
        end = least; /* no community is without */
    for (size_t form = 0; form < 6; form++)
        for (size_t i = 0; i < county->communities.count; i++) {
            const struct community *community = &county->communities.items[i];
            if (city->places.count == end)
                return;
            demo_place_add(city, community->code,
                           arena_printf(city->arena, "%s%s%s",
                                        community->village ? community->street : "",
                                        community->name, forms[community->village][form]),
                           "public", between(city, 100, 300));
        }
}

/* --- villages --------------------------------------------------------------------------------- */

/* Besides its numbered groups a village has places that are called after the families there. */
static void make_bays(struct county *county)
{
    struct demo_city *city = county->city;
    size_t end = until(county, BAYS), count = county->communities.count;
    for (size_t n = 0; city->places.count < end; n++) {
        const struct community *community = &county->communities.items[n % count];
        if (!community->village)
            continue;
        size_t nth = n % count * 11 + n / count * 5;
        demo_place_add(city, community->code,
                       arena_printf(city->arena, "%s%s%s家%s", community->street, community->name,
                                    name_of(city, "family", nth), name_of(city, "bay", nth)),
                       "village_group", between(city, 20, 80));
    }
}

/* One house more in each group and bay, until there are enough. */
static void make_houses(struct county *county)
{
    struct demo_city *city = county->city;
    size_t groups = city->places.count;
    for (size_t house = 1; city->places.count < city->size.places; house++) {
        size_t before = city->places.count;
        for (size_t i = 0; i < groups && city->places.count < city->size.places; i++)
            if (strcmp(city->places.items[i].kind, "village_group") == 0)
                add_part(city, i,
                         arena_printf(city->arena, "%s%zu号", city->places.items[i].name, house),
                         "house", between(city, 1, 20));
        if (city->places.count == before)
            return; /* no village at all */
    }
}

void demo_county_make(struct demo_city *city)
{
    struct county county = {.city = city};
    if (city->places.count >= city->size.places)
        return;
    county.total = city->size.places - city->places.count;
    list_communities(&county);
    make_estates(&county);
    make_roads(&county);
    make_businesses(&county);
    make_public(&county);
    make_bays(&county);
    make_houses(&county);
}
