/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: the finished index and its regions. */
#include "core/address_private.h"
#include "core/text.h"
#include <stdlib.h>
#include <string.h>

void address_index_free(struct address_index *index)
{
    if (!index) {
        return;
    }
    address_dictionary_free(&index->upper);
    address_dictionary_free(&index->lower);
    address_alphabet_free(&index->alphabet);
    free(index->regions);
    free(index->region_codes);
    free(index);
}

size_t address_count(const struct address_index *index)
{
    return index->lower.row_count;
}

uint32_t address_region_find(const struct address_index *index, const char *code)
{
    size_t low = 0;
    size_t high = index->region_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(index->regions[middle].code, code);
        if (order == 0) {
            return (uint32_t)middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return ADDRESS_NONE;
}

bool address_region_proposed(const struct address_region *region)
{
    return strlen(region->code) > ADDRESS_COUNTY_DIGITS;
}

void address_region_path(const struct address_index *index, const char *region_code, char *out,
                         size_t size)
{
    if (size == 0) {
        return;
    }
    out[0] = '\0';
    /* Each step up has a shorter code, so this ends. */
    const char *names[32];
    size_t depth = 0;
    for (uint32_t i = address_region_find(index, region_code);
         i != ADDRESS_NONE && address_region_proposed(&index->regions[i]) &&
         depth < sizeof names / sizeof *names;
         i = index->regions[i].parent) {
        names[depth++] = index->upper.text + index->upper.names[index->regions[i].name].text;
    }
    size_t length = 0;
    while (depth > 0) {
        const char *name = names[--depth];
        if (length > 0 && length + 1 < size) {
            out[length++] = ' ';
        }
        for (size_t rest = strlen(name); rest > 0;) {
            uint32_t c;
            size_t n = utf8_decode(name, rest, &c);
            if (length + n >= size) {
                depth = 0;
                break;
            }
            memcpy(out + length, name, n);
            length += n;
            name += n;
            rest -= n;
        }
    }
    out[length] = '\0';
}
