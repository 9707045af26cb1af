/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: codes in the order of readings, and the ways to read a token. */
#include "core/address_private.h"
#include "core/pinyin.h"
#include <stdlib.h>
#include <string.h>

enum { CODE_MAX = UINT16_MAX, CODE_POINTS = 0x110000 };

/* A character with one of its readings; "" for what has none. */
struct reading {
    const char *reading;
    uint32_t character;
    uint32_t code;
};

static int reading_compare(const void *a, const void *b)
{
    const struct reading *x = a;
    const struct reading *y = b;
    int order = strcmp(x->reading, y->reading);
    return order ? order : (x->character > y->character) - (x->character < y->character);
}

static int character_compare(const void *a, const void *b)
{
    const struct address_character *x = a;
    const struct address_character *y = b;
    return (x->character > y->character) - (x->character < y->character);
}

/* Lists the main and the further readings of all characters of the set. Only the first CODE_MAX
 * characters get a code; no city has so many, and the others match nothing. */
static size_t list_readings(const uint8_t *set, struct reading *mains, struct reading *others,
                            size_t *other_count)
{
    size_t n = 0;
    *other_count = 0;
    for (uint32_t c = 0; c < CODE_POINTS && n < CODE_MAX; c++) {
        if (!(set[c / 8] & 1U << c % 8)) {
            continue;
        }
        const char *readings[PINYIN_READINGS_MAX];
        size_t count = pinyin_readings(c, readings);
        mains[n++] = (struct reading){count > 0 ? readings[0] : "", c, 0};
        for (size_t i = 1; i < count; i++) {
            others[(*other_count)++] = (struct reading){readings[i], c, 0};
        }
    }
    return n;
}

/* Merges both sorted lists into the distinct readings with their ranges. */
static void make_syllables(struct address_alphabet *alphabet, const struct reading *mains,
                           size_t main_count, const struct reading *others, size_t other_count)
{
    size_t i = 0;
    size_t j = 0;
    while (i < main_count && !*mains[i].reading) {
        i++;
    }
    while (i < main_count || j < other_count) {
        const char *reading =
            i == main_count || (j < other_count && strcmp(others[j].reading, mains[i].reading) < 0)
                ? others[j].reading
                : mains[i].reading;
        struct address_syllable *syllable = &alphabet->syllables[alphabet->syllable_count++];
        syllable->reading = reading;
        syllable->low = (uint32_t)i + 1;
        syllable->other_low = (uint32_t)j;
        while (i < main_count && strcmp(mains[i].reading, reading) == 0) {
            i++;
        }
        while (j < other_count && strcmp(others[j].reading, reading) == 0) {
            j++;
        }
        syllable->high = (uint32_t)i + 1;
        syllable->other_high = (uint32_t)j;
    }
}

bool address_alphabet_make(struct address_alphabet *alphabet, const uint8_t *set)
{
    bool done = false;
    size_t most = 0;
    for (size_t i = 0; i < CODE_POINTS / 8; i++) {
        most += (size_t)__builtin_popcount(set[i]);
    }
    struct reading *mains = calloc(most + 1, sizeof *mains);
    struct reading *others = calloc(most * PINYIN_READINGS_MAX + 1, sizeof *others);
    size_t other_count = 0;
    if (!mains || !others) {
        goto out;
    }
    size_t n = list_readings(set, mains, others, &other_count);
    alphabet->characters = calloc(n + 1, sizeof *alphabet->characters);
    alphabet->syllables = calloc(n + other_count + 1, sizeof *alphabet->syllables);
    alphabet->others = calloc(other_count + 1, sizeof *alphabet->others);
    if (!alphabet->characters || !alphabet->syllables || !alphabet->others) {
        goto out;
    }
    qsort(mains, n, sizeof *mains, reading_compare);
    qsort(others, other_count, sizeof *others, reading_compare);
    alphabet->code_count = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        alphabet->characters[i] = (struct address_character){mains[i].character, (uint32_t)i + 1};
    }
    qsort(alphabet->characters, n, sizeof *alphabet->characters, character_compare);
    for (size_t i = 0; i < other_count; i++) {
        alphabet->others[i] = (uint16_t)address_alphabet_code(alphabet, others[i].character);
    }
    make_syllables(alphabet, mains, n, others, other_count);
    done = true;
out:
    free(mains);
    free(others);
    return done;
}

void address_alphabet_free(struct address_alphabet *alphabet)
{
    free(alphabet->characters);
    free(alphabet->syllables);
    free(alphabet->others);
}

uint32_t address_alphabet_code(const struct address_alphabet *alphabet, uint32_t character)
{
    const struct address_character key = {character, 0};
    const struct address_character *found =
        bsearch(&key, alphabet->characters, alphabet->code_count, sizeof key, character_compare);
    return found ? found->code : 0;
}

/* The first syllable whose first `n` letters are not before `letters` (or, `past`, are behind). */
static size_t syllable_bound(const struct address_alphabet *alphabet, const char *letters, size_t n,
                             bool past)
{
    size_t low = 0;
    size_t high = alphabet->syllable_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(alphabet->syllables[middle].reading, letters, n);
        if (order < 0 || (past && order == 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void add_option(struct address_pattern *pattern, uint32_t *count,
                       struct address_option option)
{
    if (option.low < option.high || option.other_low < option.other_high) {
        pattern->options[(*count)++] = option;
    }
}

/* Adds what begins with the `n` letters (`whole`: what is read exactly so). */
static void add_reading(const struct address_alphabet *alphabet, const char *letters, size_t n,
                        bool whole, struct address_pattern *pattern, uint32_t *count)
{
    size_t low = syllable_bound(alphabet, letters, n, false);
    size_t high = syllable_bound(alphabet, letters, n, true);
    if (low == high) {
        return;
    }
    if (whole) {
        /* Sorted: the exact reading comes before those that go on. */
        if (alphabet->syllables[low].reading[n]) {
            return;
        }
        high = low + 1;
    }
    const struct address_syllable *first = &alphabet->syllables[low];
    const struct address_syllable *last = &alphabet->syllables[high - 1];
    add_option(pattern, count,
               (struct address_option){(uint32_t)n, first->low, last->high, first->other_low,
                                       last->other_high});
}

/* The letters from place `i` on, at most one more than a syllable can have. */
static size_t letter_run(const uint32_t *characters, size_t length, size_t i, char *letters)
{
    size_t n = 0;
    while (i + n < length && n <= ADDRESS_SYLLABLE_MAX && characters[i + n] >= 'a' &&
           characters[i + n] <= 'z') {
        letters[n] = (char)characters[i + n];
        n++;
    }
    return n;
}

void address_pattern_make(const struct address_alphabet *alphabet, const uint32_t *characters,
                          size_t length, struct address_pattern *pattern)
{
    uint32_t count = 0;
    pattern->length = length;
    for (size_t i = 0; i < length; i++) {
        pattern->first[i] = count;
        uint32_t code = address_alphabet_code(alphabet, characters[i]);
        if (code) {
            add_option(pattern, &count, (struct address_option){1, code, code + 1, 0, 0});
        }
        char letters[ADDRESS_SYLLABLE_MAX + 1];
        size_t run = letter_run(characters, length, i, letters);
        /* The last letters may be the beginning of a reading; this takes in the initial and the
         * whole reading of the same letters. */
        bool ends = i + run == length;
        if (ends && run > 0 && run <= ADDRESS_SYLLABLE_MAX) {
            add_reading(alphabet, letters, run, false, pattern, &count);
        }
        size_t before_end = ends && run > 0 ? run - 1 : run;
        if (before_end >= 1) {
            add_reading(alphabet, letters, 1, false, pattern, &count);
        }
        if (before_end >= 2 && letters[1] == 'h' && strchr("zcs", letters[0])) {
            add_reading(alphabet, letters, 2, false, pattern, &count);
        }
        for (size_t n = 2; n <= before_end && n <= ADDRESS_SYLLABLE_MAX; n++) {
            add_reading(alphabet, letters, n, true, pattern, &count);
        }
    }
    pattern->first[length] = count;
}
