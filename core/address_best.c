/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: the best candidates so far, in the order of the proposals. */
#include "core/address_private.h"
#include <string.h>

void address_spend(struct address_search *search, size_t units)
{
    search->budget -= units < search->budget ? units : search->budget;
}

static int candidate_compare(const struct address_search *search, const struct address_candidate *a,
                             const struct address_candidate *b)
{
    if (a->tier != b->tier) {
        return a->tier < b->tier ? -1 : 1;
    }
    if (a->dictionary != b->dictionary) {
        return a->dictionary == &search->index->upper ? -1 : 1;
    }
    const struct address_row *row = &a->dictionary->rows[a->row];
    const struct address_row *other = &b->dictionary->rows[b->row];
    if (row->popularity != other->popularity) {
        return row->popularity > other->popularity ? -1 : 1;
    }
    if (a->name != b->name) {
        const struct address_name *name = &a->dictionary->names[a->name];
        const struct address_name *other_name = &b->dictionary->names[b->name];
        if (name->length != other_name->length) {
            return name->length < other_name->length ? -1 : 1;
        }
        return strcmp(a->dictionary->text + name->text, b->dictionary->text + other_name->text);
    }
    return (a->row > b->row) - (a->row < b->row);
}

/* Keeps the candidate if it is among the best; a row that is found twice keeps its better tier. */
static void keep(struct address_search *search, const struct address_candidate *candidate)
{
    struct address_candidate *best = search->best;
    for (size_t i = 0; i < search->count; i++) {
        if (best[i].dictionary == candidate->dictionary && best[i].row == candidate->row) {
            if (best[i].tier <= candidate->tier) {
                return;
            }
            search->count--;
            memmove(best + i, best + i + 1, (search->count - i) * sizeof *best);
            break;
        }
    }
    size_t at = search->count;
    while (at > 0 && candidate_compare(search, candidate, &best[at - 1]) < 0) {
        at--;
    }
    if (at == search->limit) {
        return;
    }
    if (search->count == search->limit) {
        search->count--;
    }
    memmove(best + at + 1, best + at, (search->count - at) * sizeof *best);
    best[at] = *candidate;
    search->count++;
}

/* Whether the region that holds the row, or one above it, matches all tokens of `needed`. */
static bool region_matches(const struct address_search *search,
                           const struct address_dictionary *dictionary,
                           const struct address_row *row, uint32_t needed)
{
    uint32_t region = row->region;
    if (needed == 0) {
        return true;
    }
    if (dictionary == &search->index->upper) {
        region = search->index->regions[region].parent;
    }
    return region != ADDRESS_NONE && (search->region_tokens[region] & needed) == needed;
}

/* Offers the rows of a name, whose order is that of the candidates. */
void address_keep_rows(struct address_search *search, const struct address_dictionary *dictionary,
                       uint32_t name, int tier, uint32_t needed)
{
    struct address_candidate candidate = {dictionary, name, dictionary->names[name].rows, tier};
    uint32_t end = dictionary->names[name + 1].rows;
    for (; candidate.row < end; candidate.row++) {
        const struct address_row *row = &dictionary->rows[candidate.row];
        if (search->count == search->limit &&
            candidate_compare(search, &candidate, &search->best[search->limit - 1]) >= 0) {
            break;
        }
        if (candidate.row % ADDRESS_PASSED_PER_UNIT == 0) {
            address_spend(search, 1);
        }
        if (dictionary == &search->index->upper &&
            !address_region_proposed(&search->index->regions[row->region])) {
            continue;
        }
        if (region_matches(search, dictionary, row, needed)) {
            keep(search, &candidate);
        }
    }
}
