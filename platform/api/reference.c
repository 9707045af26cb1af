/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reference data in memory: regions, units, categories, channels, places' index, calendar. */
#include "platform/api/api_private.h"
#include <stdlib.h>
#include <string.h>

/* All codes are prefixes of what lies below them, so a path is the names of the prefixes. */
static const char *const root = "0";

static enum status build_units(struct reference *r, struct error *err)
{
    struct address_builder *builder = address_builder_new();
    enum status st = builder ? address_add_region(builder, root, "单位") : ST_NO_MEMORY;
    for (size_t i = 0; !st && i < r->unit_count; i++)
        st = address_add_place(builder, r->units[i].id, r->units[i].name, root, 1);
    if (st) {
        address_builder_free(builder);
        return error_set(err, st, "the index of units could not be built");
    }
    r->unit_names = address_build(builder, err);
    return r->unit_names ? ST_OK : err->status;
}

bool reference_category_leaf(const struct reference *r, const struct category *category)
{
    const struct category *next = category + 1;
    bool last = next == r->categories + r->category_count;
    return last || strncmp(next->code, category->code, strlen(category->code)) != 0;
}

/* Leaves are the index's places, everything above them its regions: a word may match on any level.
 */
static enum status build_categories(struct reference *r, struct error *err)
{
    struct address_builder *builder = address_builder_new();
    enum status st = builder ? ST_OK : ST_NO_MEMORY;
    for (size_t i = 0; !st && i < r->category_count; i++)
        if (!reference_category_leaf(r, &r->categories[i]))
            st = address_add_region(builder, r->categories[i].code, r->categories[i].name);
    for (size_t i = 0; !st && i < r->category_count; i++) {
        const struct category *c = &r->categories[i];
        if (!reference_category_leaf(r, c))
            continue;
        char parent[32] = "";
        size_t n = strlen(c->code);
        if (n > 2 && n - 2 < sizeof parent)
            memcpy(parent, c->code, n - 2);
        if (parent[0] == '\0')
            continue;
        st = address_add_place(builder, (int64_t)i + 1, c->name, parent, 1);
    }
    if (st) {
        address_builder_free(builder);
        return error_set(err, st, "the index of categories could not be built");
    }
    r->category_names = address_build(builder, err);
    return r->category_names ? ST_OK : err->status;
}

struct place_feed {
    struct address_builder *builder;
    enum status st;
};

static void add_place(void *user, const struct place *place)
{
    struct place_feed *feed = user;
    if (!feed->st)
        feed->st = address_add_place(feed->builder, place->id, place->name, place->region_code,
                                     (uint32_t)place->popularity);
}

static enum status build_places(struct reference *r, struct db *db, struct error *err)
{
    struct place_feed feed = {address_builder_new(), ST_OK};
    if (!feed.builder)
        return error_set(err, ST_NO_MEMORY, "out of memory for the address index");
    for (size_t i = 0; !feed.st && i < r->region_count; i++)
        feed.st = address_add_region(feed.builder, r->regions[i].code, r->regions[i].name);
    enum status st = feed.st ? feed.st : store_places_each(db, add_place, &feed);
    if (st || feed.st) {
        address_builder_free(feed.builder);
        return error_set(err, st ? st : feed.st, "the address index could not be built");
    }
    r->places = address_build(feed.builder, err);
    return r->places ? ST_OK : err->status;
}

static void add_holiday(void *user, int32_t day, bool worked)
{
    calendar_add(user, day, worked);
}

enum status reference_load(struct reference *r, struct db *db, const char *holidays_file,
                           struct error *err)
{
    *r = (struct reference){.arena = arena_new(), .calendar = calendar_new()};
    if (!r->arena || !r->calendar)
        return error_set(err, ST_NO_MEMORY, "out of memory for the reference data");
    r->region_count = store_regions(db, r->arena, &r->regions);
    r->unit_count = store_units(db, r->arena, &r->units);
    r->category_count = store_categories(db, r->arena, &r->categories);
    r->channel_count = store_channels(db, r->arena, &r->channels);
    const char *city = store_meta_get(db, "city_name", r->arena);
    r->city = city ? city : "";
    enum status st = store_holidays_each(db, add_holiday, r->calendar);
    if (!st && holidays_file)
        st = calendar_load(r->calendar, holidays_file, err);
    if (!st)
        st = build_places(r, db, err);
    if (!st)
        st = build_units(r, err);
    if (!st)
        st = build_categories(r, err);
    return st;
}

void reference_free(struct reference *r)
{
    address_index_free(r->places);
    address_index_free(r->unit_names);
    address_index_free(r->category_names);
    calendar_free(r->calendar);
    arena_free(r->arena);
    *r = (struct reference){0};
}

static int compare_region(const void *key, const void *item)
{
    return strcmp(key, ((const struct region *)item)->code);
}

static int compare_category(const void *key, const void *item)
{
    return strcmp(key, ((const struct category *)item)->code);
}

static int compare_unit(const void *key, const void *item)
{
    int64_t a = *(const int64_t *)key, b = ((const struct unit *)item)->id;
    return (a > b) - (a < b);
}

const struct region *reference_region(const struct reference *r, const char *code)
{
    return bsearch(code, r->regions, r->region_count, sizeof *r->regions, compare_region);
}

const struct unit *reference_unit(const struct reference *r, int64_t id)
{
    return id ? bsearch(&id, r->units, r->unit_count, sizeof *r->units, compare_unit) : NULL;
}

const struct category *reference_category(const struct reference *r, const char *code)
{
    return bsearch(code, r->categories, r->category_count, sizeof *r->categories, compare_category);
}

const struct channel *reference_channel(const struct reference *r, const char *code)
{
    for (size_t i = 0; i < r->channel_count; i++)
        if (strcmp(r->channels[i].code, code) == 0)
            return &r->channels[i];
    return NULL;
}

const char *reference_category_path(const struct reference *r, const char *code, struct arena *a)
{
    const char *path = "";
    char prefix[32] = "";
    for (size_t n = 2; n <= strlen(code) && n < sizeof prefix; n += 2) {
        memcpy(prefix, code, n);
        const struct category *c = reference_category(r, prefix);
        if (c)
            path = *path ? arena_printf(a, "%s / %s", path, c->name) : c->name;
    }
    return path;
}

const char *reference_region_path(const struct reference *r, const char *code, struct arena *a)
{
    char path[256] = "";
    address_region_path(r->places, code, path, sizeof path);
    return arena_strdup(a, path);
}
