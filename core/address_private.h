/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address, inside. Names are strings of codes, one code a character, handed out in the order of the
 * main reading: so "every hanzi that is read h…" is one range of codes, and one sorted array of
 * suffixes answers hanzi, pinyin, initials and mixtures alike. A query is a sequence of code
 * ranges, the search a walk that narrows the array by one range a character. Further readings of a
 * hanzi are codes tried beside the range, so each reading matches and no name is stored twice. */
#ifndef CORE_ADDRESS_PRIVATE_H
#define CORE_ADDRESS_PRIVATE_H

#include "core/address.h"
#include <stdbool.h>

enum {
    ADDRESS_TIERS = 3,
    ADDRESS_NAME_MAX = 256,  /* characters of a name that can be matched */
    ADDRESS_QUERY_MAX = 128, /* characters of a query; a longer one is hopeless */
    ADDRESS_TOKENS_MAX = 8,
    ADDRESS_LIMIT_MAX = 50,
    ADDRESS_COUNTY_DIGITS = 6, /* a code of a county or of more: above all, but not a proposal */
    ADDRESS_SYLLABLE_MAX = 6,  /* letters of the longest syllable: "zhuang" */
    ADDRESS_OPTIONS_MAX = 9,   /* readings of one place of a query: see address_pattern_make */
};

#define ADDRESS_NONE UINT32_MAX

/* --- characters ------------------------------------------------------------------------------ */

/* Reads what can be matched of `s`: letters, digits, hanzi, '-' and '#', folded to small and
 * half-width. All else is left out; breaks[i] says whether something was left out (other than an
 * apostrophe) before characters[i]. Returns how many, at most `max`. */
size_t address_read(const char *s, uint32_t *characters, uint8_t *breaks, size_t max);
/* Turns the breaks of a name into its token starts: after a break; where a run of digits or letters
 * begins; where hanzi follow letters; after a division's or a street's ending (街道, 村, 路, 号 …).
 */
void address_mark_starts(const uint32_t *characters, uint8_t *breaks, size_t n);

/* --- readings -------------------------------------------------------------------------------- */

/* A distinct reading, with the half-open range of the codes whose main reading it is and of the
 * entries of `others` that have it too. */
struct address_syllable {
    const char *reading;
    uint32_t low, high;
    uint32_t other_low, other_high;
};

struct address_character {
    uint32_t character;
    uint32_t code;
};

struct address_alphabet {
    uint32_t code_count;                  /* codes are 1 … code_count; 0 ends a name */
    struct address_character *characters; /* by character */
    struct address_syllable *syllables;   /* by reading */
    size_t syllable_count;
    uint16_t *others; /* codes with a further reading, by reading */
};

/* What one place of a query can be in a name: a range of codes, and some codes of `others`. */
struct address_option {
    uint32_t advance; /* characters of the query that it takes */
    uint32_t low, high;
    uint32_t other_low, other_high;
};

/* A token, read in every way: options[first[i]] … options[first[i + 1] - 1] begin at place i. */
struct address_pattern {
    size_t length;
    uint32_t first[ADDRESS_QUERY_MAX + 1];
    struct address_option options[ADDRESS_QUERY_MAX * ADDRESS_OPTIONS_MAX];
};

/* Makes the alphabet of the set of characters, a bit map over all code points. False without
 * memory; the alphabet can be freed then, too. */
bool address_alphabet_make(struct address_alphabet *alphabet, const uint8_t *set);
void address_alphabet_free(struct address_alphabet *alphabet);
/* The code of a character, 0 when no name has it. */
uint32_t address_alphabet_code(const struct address_alphabet *alphabet, uint32_t character);
void address_pattern_make(const struct address_alphabet *alphabet, const uint32_t *characters,
                          size_t length, struct address_pattern *pattern);

/* --- names ----------------------------------------------------------------------------------- */

/* Something that has a name: a place in `region`, or (in the upper dictionary) `region` itself. */
struct address_row {
    int64_t id;
    uint32_t region;
    uint32_t popularity;
};

/* A distinct name. */
struct address_name {
    uint32_t text;
    uint32_t rows;   /* the first of its rows, the most popular; they end where the next begin */
    uint32_t length; /* characters, as people count them */
};

/* The suffixes of one tier: where in `codes` each begins, sorted by what stands there, and the name
 * that it is of. */
struct address_suffixes {
    uint32_t *starts;
    uint32_t *names;
    uint32_t *first; /* first[c]: the first that begins with code c or a greater one */
    uint32_t count;
};

/* Distinct names, the best first: the number of a name is its rank, too. */
struct address_dictionary {
    struct address_name *names; /* and one behind the last, which only ends it */
    size_t name_count;
    struct address_row *rows;
    size_t row_count;
    char *text;
    uint16_t *codes;
    struct address_suffixes tiers[ADDRESS_TIERS];
};

/* A named thing before it is in a dictionary. */
struct address_entry {
    const char *name;
    struct address_row row;
};

/* Makes a dictionary of `n` entries, which it sorts. False without memory; the dictionary can be
 * freed then, too. */
bool address_dictionary_make(struct address_dictionary *dictionary,
                             const struct address_alphabet *alphabet, struct address_entry *entries,
                             size_t n);
void address_dictionary_free(struct address_dictionary *dictionary);

/* --- the walk -------------------------------------------------------------------------------- */

/* Takes what a walk finds: the numbers of names, in no order, some perhaps twice. Returns false to
 * end the walk. */
typedef bool address_take(void *context, const uint32_t *names, size_t n);

/* Hands every name that matches the pattern at that tier to `take`. `*budget` is lowered by the
 * work done; at 0 the walk ends early. */
void address_walk(const struct address_index *index, const struct address_dictionary *dictionary,
                  int tier, const struct address_pattern *pattern, size_t *budget,
                  address_take *take, void *context);

/* --- the index ------------------------------------------------------------------------------- */

struct address_region {
    const char *code;
    uint32_t parent; /* its number, or ADDRESS_NONE */
    uint32_t name;   /* number in the upper dictionary */
};

struct address_index {
    struct address_region *regions; /* by code, so a parent stands before its children */
    size_t region_count;
    char *region_codes;
    struct address_alphabet alphabet;
    struct address_dictionary upper; /* names of regions */
    struct address_dictionary lower; /* names of places */
};

/* The number of a region, or ADDRESS_NONE. */
uint32_t address_region_find(const struct address_index *index, const char *code);
/* False for a county and what is above it. */
bool address_region_proposed(const struct address_region *region);

/* --- a query --------------------------------------------------------------------------------- */

struct address_token {
    const uint32_t *characters;
    size_t length;
};

struct address_tokens {
    struct address_token items[ADDRESS_TOKENS_MAX];
    size_t count;
};

struct address_candidate {
    const struct address_dictionary *dictionary;
    uint32_t name;
    uint32_t row;
    int tier;
};

/* One query's work: the best candidates so far, and what is needed to find them. */
struct address_search {
    const struct address_index *index;
    size_t budget;                  /* work that may still be done, in units of about 10 ns */
    struct address_pattern pattern; /* the token that is being searched */
    struct address_candidate best[ADDRESS_LIMIT_MAX];
    size_t count, limit;
    /* For several tokens, made when first needed: two bits a token. Of a name 0, or 1 + the best
     * tier; of a region 1 when it or one above it matches. */
    uint16_t *upper_marks, *lower_marks, *region_tokens;
};

/* Names and rows that are passed by in one unit of the budget. */
enum { ADDRESS_PASSED_PER_UNIT = 8 };

void address_spend(struct address_search *search, size_t units);
/* Offers the rows of a name whose regions match all tokens of the bits `needed`. */
void address_keep_rows(struct address_search *search, const struct address_dictionary *dictionary,
                       uint32_t name, int tier, uint32_t needed);
/* Collects what matches every token, one of them at least by its own name. */
void address_search_tokens(struct address_search *search, const struct address_tokens *tokens);
/* Collects what matches when one of the tokens is cut in two, wherever that can be. */
void address_search_cuts(struct address_search *search, const struct address_tokens *tokens);

#endif
