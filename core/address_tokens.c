/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: several tokens. Each is marked on the names and regions that it matches; then the rows
 * are judged by the marks of their name and the tokens of their region. */
#include "core/address_private.h"
#include <stdlib.h>
#include <string.h>

struct marking {
    struct address_search *search;
    uint16_t *marks;
    unsigned shift;
    uint16_t mark;
    bool any;
};

static bool take_mark(void *context, const uint32_t *names, size_t n)
{
    struct marking *marking = context;
    if (n > marking->search->budget) {
        n = marking->search->budget;
    }
    address_spend(marking->search, n);
    for (size_t i = 0; i < n; i++) {
        uint16_t *marks = &marking->marks[names[i]];
        if (((unsigned)*marks >> marking->shift & 3U) == 0) {
            *marks |= marking->mark;
        }
    }
    marking->any = true;
    return marking->search->budget > 0;
}

/* Marks the names that a token matches, the best tier first. False when there is none. */
static bool mark_token(struct address_search *search, const struct address_token *token,
                       unsigned shift)
{
    const struct address_index *index = search->index;
    struct marking marking = {search, NULL, shift, 0, false};
    address_pattern_make(&index->alphabet, token->characters, token->length, &search->pattern);
    for (int tier = 0; tier < ADDRESS_TIERS; tier++) {
        marking.mark = (uint16_t)((unsigned)(tier + 1) << shift);
        marking.marks = search->upper_marks;
        address_walk(index, &index->upper, tier, &search->pattern, &search->budget, take_mark,
                     &marking);
        marking.marks = search->lower_marks;
        address_walk(index, &index->lower, tier, &search->pattern, &search->budget, take_mark,
                     &marking);
    }
    return marking.any;
}

/* The lower of each token's two bits: how tokens are counted here. */
enum { TOKEN_BITS = 0x5555 };

/* The tokens that a name's marks show, and the best of their tiers. */
static uint32_t read_marks(uint32_t marks, int *tier)
{
    uint32_t low = marks & TOKEN_BITS;
    uint32_t high = marks >> 1 & TOKEN_BITS;
    *tier = low & ~high ? 0 : high & ~low ? 1 : 2;
    return low | high;
}

/* Marks are looked at in blocks, for most names have none. */
enum { BLOCK = 16 };

static bool is_block_empty(const uint16_t *marks)
{
    uint64_t words[BLOCK * sizeof *marks / sizeof(uint64_t)];
    memcpy(words, marks, sizeof words);
    return !(words[0] | words[1] | words[2] | words[3]);
}

/* Offers the names that match some of the `wanted` tokens, in their order; those of `reachable` are
 * the tokens that regions can give. */
static void keep_marked(struct address_search *search, const struct address_dictionary *dictionary,
                        const uint16_t *marks, uint32_t wanted, uint32_t reachable)
{
    address_spend(search, dictionary->name_count / ADDRESS_PASSED_PER_UNIT);
    for (uint32_t name = 0; name < dictionary->name_count; name++) {
        if (name % BLOCK == 0 && is_block_empty(marks + name)) {
            name += BLOCK - 1;
            continue;
        }
        if (!marks[name]) {
            continue;
        }
        int tier;
        uint32_t needed = wanted & ~read_marks(marks[name], &tier);
        bool too_late =
            search->count == search->limit && tier > search->best[search->limit - 1].tier;
        if (!(needed & ~reachable) && !too_late) {
            address_keep_rows(search, dictionary, name, tier, needed);
        }
    }
}

static bool make_marks(struct address_search *search)
{
    const struct address_index *index = search->index;
    size_t upper = index->upper.name_count;
    size_t lower = index->lower.name_count;
    if (!search->upper_marks) {
        search->upper_marks = calloc(upper + BLOCK, sizeof *search->upper_marks);
        search->lower_marks = calloc(lower + BLOCK, sizeof *search->lower_marks);
        search->region_tokens = calloc(index->region_count + 1, sizeof *search->region_tokens);
        return search->upper_marks && search->lower_marks && search->region_tokens;
    }
    memset(search->upper_marks, 0, upper * sizeof *search->upper_marks);
    memset(search->lower_marks, 0, lower * sizeof *search->lower_marks);
    address_spend(search, lower / (size_t)(ADDRESS_PASSED_PER_UNIT * 8));
    return true;
}

void address_search_tokens(struct address_search *search, const struct address_tokens *tokens)
{
    const struct address_index *index = search->index;
    if (!make_marks(search)) {
        search->budget = 0;
        return;
    }
    for (size_t i = 0; i < tokens->count; i++) {
        if (!mark_token(search, &tokens->items[i], 2 * (unsigned)i)) {
            return;
        }
    }
    uint32_t reachable = 0;
    for (size_t i = 0; i < index->region_count; i++) {
        const struct address_region *region = &index->regions[i];
        int tier;
        uint32_t found = read_marks(search->upper_marks[region->name], &tier);
        if (region->parent != ADDRESS_NONE) {
            found |= search->region_tokens[region->parent];
        }
        search->region_tokens[i] = (uint16_t)found;
        reachable |= found;
    }
    uint32_t wanted = ((1U << 2 * tokens->count) - 1) & TOKEN_BITS;
    keep_marked(search, &index->upper, search->upper_marks, wanted, reachable);
    keep_marked(search, &index->lower, search->lower_marks, wanted, reachable);
}

static bool take_any(void *context, const uint32_t *names, size_t n)
{
    (void)names;
    (void)n;
    *(bool *)context = true;
    return false;
}

static bool matches_any(struct address_search *search, const struct address_token *token)
{
    const struct address_index *index = search->index;
    bool any = false;
    address_pattern_make(&index->alphabet, token->characters, token->length, &search->pattern);
    for (int tier = 0; tier < ADDRESS_TIERS && !any; tier++) {
        address_walk(index, &index->upper, tier, &search->pattern, &search->budget, take_any, &any);
        if (!any) {
            address_walk(index, &index->lower, tier, &search->pattern, &search->budget, take_any,
                         &any);
        }
    }
    return any;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

/* A number is not cut, and a single character is no part unless it is a number. */
static bool may_cut(const struct address_token *left, const struct address_token *right)
{
    bool digit_before = is_digit(left->characters[left->length - 1]);
    bool digit = is_digit(right->characters[0]);
    return !(digit_before && digit) && (left->length > 1 || digit_before) &&
           (right->length > 1 || digit);
}

/* Collects what matches with the token `which` cut in two, wherever that can be. */
static void cut_token(struct address_search *search, const struct address_tokens *tokens,
                      size_t which)
{
    const struct address_token whole = tokens->items[which];
    struct address_tokens cut = *tokens;
    cut.count++;
    for (size_t i = 1; i < whole.length && search->budget > 0; i++) {
        struct address_token left = {whole.characters, i};
        struct address_token right = {whole.characters + i, whole.length - i};
        /* What begins a match is one, so a longer left part will not match either. */
        if (!matches_any(search, &left)) {
            break;
        }
        if (may_cut(&left, &right) && matches_any(search, &right)) {
            cut.items[which] = left;
            cut.items[tokens->count] = right;
            address_search_tokens(search, &cut);
        }
    }
}

void address_search_cuts(struct address_search *search, const struct address_tokens *tokens)
{
    bool alive[ADDRESS_TOKENS_MAX];
    if (tokens->count == ADDRESS_TOKENS_MAX) {
        return;
    }
    for (size_t i = 0; i < tokens->count; i++) {
        alive[i] = tokens->count > 1 && matches_any(search, &tokens->items[i]);
    }
    for (size_t which = 0; which < tokens->count; which++) {
        bool hopeless = false;
        for (size_t i = 0; i < tokens->count; i++) {
            hopeless = hopeless || (i != which && !alive[i]);
        }
        if (!hopeless) {
            cut_token(search, tokens, which);
        }
    }
}
