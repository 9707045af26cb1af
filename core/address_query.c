/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: from what was typed to the best proposals. */
#include "core/address_private.h"
#include <stdlib.h>
#include <string.h>

/* No query takes much longer than five milliseconds; with a city's places only hostile ones are
 * cut. */
enum { BUDGET = 500000 };

/* The best names of a walk, sorted: the smaller number is the better name. */
struct best_names {
    struct address_search *search;
    const struct address_dictionary *dictionary;
    uint32_t names[ADDRESS_LIMIT_MAX];
    size_t count;
    uint32_t bound; /* a name from here on is not among the best */
};

static void add_name(struct best_names *best, uint32_t name)
{
    size_t at = best->count;
    while (at > 0 && name < best->names[at - 1]) {
        at--;
    }
    if (at > 0 && best->names[at - 1] == name) {
        return;
    }
    size_t limit = best->search->limit;
    if (best->count == limit) {
        best->count--;
    }
    memmove(best->names + at + 1, best->names + at, (best->count - at) * sizeof *best->names);
    best->names[at] = name;
    best->count++;
    if (best->count == limit) {
        best->bound = best->names[limit - 1];
    }
}

static bool take_best(void *context, const uint32_t *names, size_t n)
{
    struct best_names *best = context;
    address_spend(best->search, n / ADDRESS_PASSED_PER_UNIT);
    for (size_t i = 0; i < n; i++) {
        if (names[i] < best->bound) {
            add_name(best, names[i]);
        }
    }
    return true;
}

static void search_token(struct address_search *search, const struct address_token *token)
{
    const struct address_index *index = search->index;
    const struct address_dictionary *const both[] = {&index->upper, &index->lower};
    address_pattern_make(&index->alphabet, token->characters, token->length, &search->pattern);
    for (int tier = 0; tier < ADDRESS_TIERS && search->count < search->limit; tier++) {
        for (int i = 0; i < 2; i++) {
            struct best_names best = {search, both[i], {0}, 0, UINT32_MAX};
            address_walk(index, both[i], tier, &search->pattern, &search->budget, take_best, &best);
            for (size_t name = 0; name < best.count; name++) {
                address_keep_rows(search, both[i], best.names[name], tier, 0);
            }
        }
    }
}

/* Cuts the query at what does not count; false when it is empty or too long to be one. */
static bool read_tokens(const char *query, uint32_t *characters, uint8_t *breaks,
                        struct address_tokens *tokens)
{
    size_t n = address_read(query, characters, breaks, ADDRESS_QUERY_MAX + 1);
    if (n > ADDRESS_QUERY_MAX) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || breaks[i]) {
            if (tokens->count == ADDRESS_TOKENS_MAX) {
                return false;
            }
            tokens->items[tokens->count++] = (struct address_token){characters + i, 0};
        }
        tokens->items[tokens->count - 1].length++;
    }
    return n > 0;
}

size_t address_complete(const struct address_index *index, const char *query, size_t limit,
                        struct address_match *matches)
{
    uint32_t characters[ADDRESS_QUERY_MAX + 1];
    uint8_t breaks[ADDRESS_QUERY_MAX + 1];
    struct address_tokens tokens = {.count = 0};
    struct address_search search;
    if (limit == 0 || !read_tokens(query, characters, breaks, &tokens)) {
        return 0;
    }
    search.index = index;
    search.budget = BUDGET;
    search.count = 0;
    search.limit = limit < ADDRESS_LIMIT_MAX ? limit : ADDRESS_LIMIT_MAX;
    search.upper_marks = search.lower_marks = NULL;
    search.region_tokens = NULL;
    if (tokens.count == 1) {
        search_token(&search, &tokens.items[0]);
    } else {
        address_search_tokens(&search, &tokens);
    }
    if (search.count == 0) {
        address_search_cuts(&search, &tokens);
    }
    for (size_t i = 0; i < search.count; i++) {
        const struct address_candidate *best = &search.best[i];
        const struct address_row *row = &best->dictionary->rows[best->row];
        matches[i].id = row->id;
        matches[i].name = best->dictionary->text + best->dictionary->names[best->name].text;
        matches[i].region_code = index->regions[row->region].code;
        matches[i].tier = best->tier;
    }
    free(search.upper_marks);
    free(search.lower_marks);
    free(search.region_tokens);
    return search.count;
}
