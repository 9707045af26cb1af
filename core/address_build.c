/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: collecting regions and places, and making the index of them. */
#include "core/address_private.h"
#include "core/text.h"
#include <stdlib.h>
#include <string.h>

enum { CODE_DIGITS_MAX = 24 };

/* Strings as offsets into the builder's text, which moves while it grows. */
struct added_region {
    size_t code, name;
};

struct added_place {
    int64_t id;
    size_t name, region_code;
    uint32_t popularity;
};

struct address_builder {
    struct buf text;
    struct added_region *regions;
    size_t region_count, region_capacity;
    struct added_place *places;
    size_t place_count, place_capacity;
    size_t last_code; /* places come region by region: their code is kept once */
};

/* A region on its way into the index. */
struct region {
    const char *code;
    const char *name;
    size_t added; /* its number among those added */
};

struct address_builder *address_builder_new(void)
{
    return calloc(1, sizeof(struct address_builder));
}

void address_builder_free(struct address_builder *builder)
{
    if (!builder) {
        return;
    }
    buf_free(&builder->text);
    free(builder->regions);
    free(builder->places);
    free(builder);
}

static bool is_code(const char *code)
{
    size_t n = strspn(code, "0123456789");
    return n > 0 && n <= CODE_DIGITS_MAX && !code[n];
}

static bool is_name(const char *name)
{
    return *name && utf8_valid(name, strlen(name));
}

/* Makes room for one more item. */
static void *grow(void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity) {
        return items;
    }
    size_t wanted = *capacity ? *capacity * 2 : 256;
    void *moved = reallocarray(items, wanted, item_size);
    if (moved) {
        *capacity = wanted;
    }
    return moved;
}

static size_t keep(struct buf *text, const char *s)
{
    size_t offset = text->length;
    buf_add(text, s, strlen(s) + 1);
    return offset;
}

enum status address_add_region(struct address_builder *builder, const char *code, const char *name)
{
    if (!is_code(code) || !is_name(name)) {
        return ST_INVALID;
    }
    void *moved = grow(builder->regions, builder->region_count, &builder->region_capacity,
                       sizeof *builder->regions);
    if (!moved) {
        return ST_NO_MEMORY;
    }
    builder->regions = moved;
    struct added_region region = {keep(&builder->text, code), keep(&builder->text, name)};
    if (builder->text.failed) {
        return ST_NO_MEMORY;
    }
    builder->regions[builder->region_count++] = region;
    return ST_OK;
}

enum status address_add_place(struct address_builder *builder, int64_t id, const char *name,
                              const char *region_code, uint32_t popularity)
{
    if (!is_code(region_code) || !is_name(name)) {
        return ST_INVALID;
    }
    void *moved = grow(builder->places, builder->place_count, &builder->place_capacity,
                       sizeof *builder->places);
    if (!moved) {
        return ST_NO_MEMORY;
    }
    builder->places = moved;
    if (builder->place_count == 0 ||
        strcmp(builder->text.data + builder->last_code, region_code) != 0) {
        builder->last_code = keep(&builder->text, region_code);
    }
    struct added_place place = {id, keep(&builder->text, name), builder->last_code, popularity};
    if (builder->text.failed) {
        return ST_NO_MEMORY;
    }
    builder->places[builder->place_count++] = place;
    return ST_OK;
}

static int region_compare(const void *a, const void *b)
{
    const struct region *x = a;
    const struct region *y = b;
    int order = strcmp(x->code, y->code);
    return order ? order : (x->added > y->added) - (x->added < y->added);
}

/* Sorts the regions into the index; of a code that was added twice the last name stays. Returns the
 * regions for the caller to free, in the order of the index; NULL without memory. */
static struct region *make_regions(struct address_index *index,
                                   const struct address_builder *builder)
{
    size_t n = builder->region_count;
    struct region *regions = calloc(n + 1, sizeof *regions);
    index->regions = calloc(n + 1, sizeof *index->regions);
    index->region_codes = malloc(n * (CODE_DIGITS_MAX + 1) + 1);
    if (!regions || !index->regions || !index->region_codes) {
        free(regions);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        regions[i] = (struct region){builder->text.data + builder->regions[i].code,
                                     builder->text.data + builder->regions[i].name, i};
    }
    qsort(regions, n, sizeof *regions, region_compare);
    char *codes = index->region_codes;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && strcmp(regions[i].code, regions[i + 1].code) == 0) {
            continue;
        }
        size_t size = strlen(regions[i].code) + 1;
        memcpy(codes, regions[i].code, size);
        /* What stands before in this order and is a prefix is an ancestor; the parent is the one
         * nearest above the previous region. */
        uint32_t parent = count > 0 ? (uint32_t)count - 1 : ADDRESS_NONE;
        while (parent != ADDRESS_NONE && strncmp(index->regions[parent].code, codes,
                                                 strlen(index->regions[parent].code)) != 0) {
            parent = index->regions[parent].parent;
        }
        index->regions[count] = (struct address_region){codes, parent, 0};
        regions[count++] = regions[i];
        codes += size;
    }
    index->region_count = count;
    return regions;
}

static struct address_entry *list_regions(const struct address_index *index,
                                          const struct region *regions)
{
    struct address_entry *entries = calloc(index->region_count + 1, sizeof *entries);
    for (size_t i = 0; entries && i < index->region_count; i++) {
        /* Nobody counts the calls about a region: the upper ones come first. */
        uint32_t popularity = CODE_DIGITS_MAX + 1 - (uint32_t)strlen(regions[i].code);
        if (!address_region_proposed(&index->regions[i])) {
            popularity = 0;
        }
        entries[i] = (struct address_entry){regions[i].name, {0, (uint32_t)i, popularity}};
    }
    return entries;
}

static struct address_entry *list_places(const struct address_index *index,
                                         const struct address_builder *builder, struct error *err)
{
    struct address_entry *entries = calloc(builder->place_count + 1, sizeof *entries);
    if (!entries) {
        error_set(err, ST_NO_MEMORY, "no memory for the address index");
        return NULL;
    }
    uint32_t region = ADDRESS_NONE;
    for (size_t i = 0; i < builder->place_count; i++) {
        const struct added_place *place = &builder->places[i];
        if (i == 0 || place->region_code != builder->places[i - 1].region_code) {
            region = address_region_find(index, builder->text.data + place->region_code);
        }
        if (region == ADDRESS_NONE) {
            error_set(err, ST_INVALID, "place %lld is in region %s, which does not exist",
                      (long long)place->id, builder->text.data + place->region_code);
            free(entries);
            return NULL;
        }
        entries[i] = (struct address_entry){builder->text.data + place->name,
                                            {place->id, region, place->popularity}};
    }
    return entries;
}

static void collect_characters(uint8_t *set, const struct address_entry *entries, size_t n)
{
    uint32_t characters[ADDRESS_NAME_MAX];
    uint8_t breaks[ADDRESS_NAME_MAX];
    for (size_t i = 0; i < n; i++) {
        size_t count = address_read(entries[i].name, characters, breaks, ADDRESS_NAME_MAX);
        for (size_t j = 0; j < count; j++) {
            set[characters[j] / 8] |= (uint8_t)(1U << characters[j] % 8);
        }
    }
}

static bool make_dictionaries(struct address_index *index, struct address_entry *regions,
                              struct address_entry *places, size_t place_count)
{
    bool done = false;
    uint8_t *set = calloc(0x110000 / 8, 1);
    if (set) {
        collect_characters(set, regions, index->region_count);
        collect_characters(set, places, place_count);
        done = address_alphabet_make(&index->alphabet, set) &&
               address_dictionary_make(&index->upper, &index->alphabet, regions,
                                       index->region_count) &&
               address_dictionary_make(&index->lower, &index->alphabet, places, place_count);
    }
    free(set);
    for (uint32_t name = 0; done && name < index->upper.name_count; name++) {
        for (uint32_t row = index->upper.names[name].rows; row < index->upper.names[name + 1].rows;
             row++) {
            index->regions[index->upper.rows[row].region].name = name;
        }
    }
    return done;
}

struct address_index *address_build(struct address_builder *builder, struct error *err)
{
    struct address_index *index = calloc(1, sizeof *index);
    struct region *regions = index ? make_regions(index, builder) : NULL;
    struct address_entry *upper = regions ? list_regions(index, regions) : NULL;
    struct address_entry *lower = NULL;
    bool done = false;
    if (!upper) {
        error_set(err, ST_NO_MEMORY, "no memory for the address index");
        goto out;
    }
    lower = list_places(index, builder, err);
    if (!lower) {
        goto out;
    }
    done = make_dictionaries(index, upper, lower, builder->place_count);
    if (!done) {
        error_set(err, ST_NO_MEMORY, "no memory for the address index");
    }
out:
    free(lower);
    free(upper);
    free(regions);
    address_builder_free(builder);
    if (!done) {
        address_index_free(index);
        index = NULL;
    }
    return index;
}
