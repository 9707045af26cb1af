/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: narrowing the sorted suffixes by one character of the query after the other. */
#include "core/address_private.h"

struct walk {
    const uint16_t *codes;
    const struct address_suffixes *suffixes;
    const uint16_t *others;
    const struct address_pattern *pattern;
    size_t *budget;
    address_take *take;
    void *context;
    bool over;
};

/* What one narrowing costs of the budget, whose unit is about ten nanoseconds. */
enum { NARROWING_COST = 6 };

/* The suffixes low … high - 1 agree in their first `depth` codes: the first of them whose next code
 * is not below `code`. Looks near `low` first, for most steps are short. */
static uint32_t find_code(const struct walk *walk, uint32_t low, uint32_t high, size_t depth,
                          uint32_t code)
{
    const uint32_t *starts = walk->suffixes->starts;
    uint32_t step = 1;
    while (low < high && walk->codes[starts[low] + depth] < code) {
        uint32_t next = high - low > step ? low + step : high;
        if (next == high || walk->codes[starts[next] + depth] >= code) {
            low++;
            high = next;
            break;
        }
        low = next;
        step *= 2;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (walk->codes[starts[middle] + depth] < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void walk_place(struct walk *walk, uint32_t low, uint32_t high, size_t depth, size_t place);

/* Narrows the suffixes low … high - 1 to those whose next code is from … to - 1, and goes on with
 * `place` of the query: with each code apart, for only then the next ones are sorted. */
static void walk_codes(struct walk *walk, uint32_t low, uint32_t high, size_t depth, uint32_t from,
                       uint32_t to, size_t place)
{
    if (walk->over || *walk->budget < NARROWING_COST) {
        walk->over = true;
        return;
    }
    *walk->budget -= NARROWING_COST;
    const uint32_t *first = walk->suffixes->first;
    low = depth == 0 ? first[from] : find_code(walk, low, high, depth, from);
    high = depth == 0 ? first[to] : find_code(walk, low, high, depth, to);
    if (place == walk->pattern->length) {
        if (low < high && !walk->take(walk->context, walk->suffixes->names + low, high - low)) {
            walk->over = true;
        }
        return;
    }
    while (low < high && !walk->over) {
        uint32_t code = walk->codes[walk->suffixes->starts[low] + depth];
        uint32_t end =
            depth == 0 ? first[code + 1] : find_code(walk, low + 1, high, depth, code + 1);
        walk_place(walk, low, end, depth + 1, place);
        low = end;
    }
}

static void walk_place(struct walk *walk, uint32_t low, uint32_t high, size_t depth, size_t place)
{
    const struct address_pattern *pattern = walk->pattern;
    for (uint32_t i = pattern->first[place]; i < pattern->first[place + 1]; i++) {
        const struct address_option *option = &pattern->options[i];
        size_t next = place + option->advance;
        if (option->low < option->high) {
            walk_codes(walk, low, high, depth, option->low, option->high, next);
        }
        for (uint32_t other = option->other_low; other < option->other_high; other++) {
            uint32_t code = walk->others[other];
            if (code < option->low || code >= option->high) {
                walk_codes(walk, low, high, depth, code, code + 1, next);
            }
        }
    }
}

void address_walk(const struct address_index *index, const struct address_dictionary *dictionary,
                  int tier, const struct address_pattern *pattern, size_t *budget,
                  address_take *take, void *context)
{
    struct walk walk = {
        .codes = dictionary->codes,
        .suffixes = &dictionary->tiers[tier],
        .others = index->alphabet.others,
        .pattern = pattern,
        .budget = budget,
        .take = take,
        .context = context,
    };
    if (pattern->length > 0) {
        walk_place(&walk, 0, walk.suffixes->count, 0, 0);
    }
}
