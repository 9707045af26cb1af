/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: distinct names in their order, their rows, and the sorted suffixes. */
#include "core/address_private.h"
#include "core/text.h"
#include <stdlib.h>
#include <string.h>

/* Entries with one name: their number and what orders names. */
struct group {
    const struct address_entry *entries;
    uint32_t count;
    uint32_t length;
};

static int entry_compare(const void *a, const void *b)
{
    const struct address_entry *x = a;
    const struct address_entry *y = b;
    int order = strcmp(x->name, y->name);
    if (order) {
        return order;
    }
    if (x->row.popularity != y->row.popularity) {
        return x->row.popularity > y->row.popularity ? -1 : 1;
    }
    if (x->row.region != y->row.region) {
        return x->row.region < y->row.region ? -1 : 1;
    }
    return (x->row.id > y->row.id) - (x->row.id < y->row.id);
}

static int group_compare(const void *a, const void *b)
{
    const struct group *x = a;
    const struct group *y = b;
    if (x->entries->row.popularity != y->entries->row.popularity) {
        return x->entries->row.popularity > y->entries->row.popularity ? -1 : 1;
    }
    if (x->length != y->length) {
        return x->length < y->length ? -1 : 1;
    }
    return strcmp(x->entries->name, y->entries->name);
}

static size_t make_groups(struct address_entry *entries, size_t n, struct group *groups)
{
    size_t count = 0;
    qsort(entries, n, sizeof *entries, entry_compare);
    for (size_t i = 0; i < n; i++) {
        if (count > 0 && strcmp(groups[count - 1].entries->name, entries[i].name) == 0) {
            groups[count - 1].count++;
        } else {
            size_t length = utf8_count(entries[i].name);
            groups[count++] = (struct group){&entries[i], 1, (uint32_t)length};
        }
    }
    qsort(groups, count, sizeof *groups, group_compare);
    return count;
}

/* What is known of each code while the suffixes are made: the tier of the suffix that begins there,
 * and the name it is of. */
struct marks {
    uint8_t *tiers;
    uint32_t *names;
    uint32_t count;
};

/* Writes the codes of a name and the tier of the suffix at each; returns how many, with the 0. */
static uint32_t encode(const struct address_alphabet *alphabet, const char *name, uint16_t *codes,
                       uint8_t *tiers)
{
    uint32_t characters[ADDRESS_NAME_MAX];
    uint8_t starts[ADDRESS_NAME_MAX];
    uint32_t n = (uint32_t)address_read(name, characters, starts, ADDRESS_NAME_MAX);
    address_mark_starts(characters, starts, n);
    for (uint32_t i = 0; i < n; i++) {
        codes[i] = (uint16_t)address_alphabet_code(alphabet, characters[i]);
        tiers[i] = i == 0 ? 0 : starts[i] ? 1 : 2;
    }
    codes[n] = 0;
    tiers[n] = ADDRESS_TIERS; /* the end of a name is no suffix */
    return n + 1;
}

/* Sorts suffixes that agree in their first `depth` codes: quicksort by one code at a time, after
 * Bentley and Sedgewick, "Fast algorithms for sorting and searching strings" (1997). */
static void sort_suffixes(const uint16_t *codes, uint32_t *starts, size_t n, size_t depth)
{
    while (n > 1) {
        uint16_t pivot = codes[starts[n / 2] + depth];
        size_t less = 0;
        size_t greater = n;
        for (size_t i = 0; i < greater;) {
            uint32_t start = starts[i];
            uint16_t code = codes[start + depth];
            if (code < pivot) {
                starts[i++] = starts[less];
                starts[less++] = start;
            } else if (code > pivot) {
                starts[i] = starts[--greater];
                starts[greater] = start;
            } else {
                i++;
            }
        }
        sort_suffixes(codes, starts, less, depth);
        sort_suffixes(codes, starts + greater, n - greater, depth);
        if (pivot == 0) {
            return;
        }
        starts += less;
        n = greater - less;
        depth++;
    }
}

/* Collects the suffixes of a tier by their first code, then sorts each of these buckets. */
static bool make_suffixes(struct address_suffixes *suffixes, const uint16_t *codes,
                          const struct marks *marks, uint8_t tier, size_t code_count)
{
    uint32_t *first = suffixes->first = calloc(code_count + 2, sizeof *first);
    if (!first) {
        return false;
    }
    for (uint32_t i = 0; i < marks->count; i++) {
        if (marks->tiers[i] == tier) {
            first[codes[i]]++;
            suffixes->count++;
        }
    }
    suffixes->starts = calloc((size_t)suffixes->count + 1, sizeof *suffixes->starts);
    suffixes->names = calloc((size_t)suffixes->count + 1, sizeof *suffixes->names);
    if (!suffixes->starts || !suffixes->names) {
        return false;
    }
    /* Counts become ends; filling backwards turns the ends into beginnings. */
    for (size_t code = 1; code <= code_count + 1; code++) {
        first[code] += first[code - 1];
    }
    for (uint32_t i = marks->count; i-- > 0;) {
        if (marks->tiers[i] == tier) {
            suffixes->starts[--first[codes[i]]] = i;
        }
    }
    for (size_t code = 1; code <= code_count; code++) {
        sort_suffixes(codes, suffixes->starts + first[code], first[code + 1] - first[code], 1);
    }
    for (uint32_t i = 0; i < suffixes->count; i++) {
        suffixes->names[i] = marks->names[suffixes->starts[i]];
    }
    return true;
}

static void copy_names(struct address_dictionary *dictionary,
                       const struct address_alphabet *alphabet, const struct group *groups,
                       struct marks *marks)
{
    struct address_name end = {0, 0, 0};
    uint32_t codes = 0;
    for (uint32_t i = 0; i < dictionary->name_count; i++) {
        const struct group *group = &groups[i];
        size_t size = strlen(group->entries->name) + 1;
        dictionary->names[i] = end;
        dictionary->names[i].length = group->length;
        memcpy(dictionary->text + end.text, group->entries->name, size);
        for (uint32_t row = 0; row < group->count; row++) {
            dictionary->rows[end.rows++] = group->entries[row].row;
        }
        end.text += (uint32_t)size;
        uint32_t n =
            encode(alphabet, group->entries->name, dictionary->codes + codes, marks->tiers + codes);
        for (uint32_t j = 0; j < n; j++) {
            marks->names[codes++] = i;
        }
    }
    dictionary->names[dictionary->name_count] = end;
    marks->count = codes;
}

bool address_dictionary_make(struct address_dictionary *dictionary,
                             const struct address_alphabet *alphabet, struct address_entry *entries,
                             size_t n)
{
    bool done = false;
    struct marks marks = {NULL, NULL, 0};
    struct group *groups = calloc(n + 1, sizeof *groups);
    if (!groups) {
        goto out;
    }
    dictionary->name_count = make_groups(entries, n, groups);
    dictionary->row_count = n;
    size_t bytes = 1;
    size_t codes = 1;
    for (size_t i = 0; i < dictionary->name_count; i++) {
        size_t length = groups[i].length < ADDRESS_NAME_MAX ? groups[i].length : ADDRESS_NAME_MAX;
        bytes += strlen(groups[i].entries->name) + 1;
        codes += length + 1;
    }
    dictionary->names = calloc(dictionary->name_count + 1, sizeof *dictionary->names);
    dictionary->rows = calloc(n + 1, sizeof *dictionary->rows);
    dictionary->text = malloc(bytes);
    dictionary->codes = calloc(codes, sizeof *dictionary->codes);
    marks.tiers = malloc(codes);
    marks.names = calloc(codes, sizeof *marks.names);
    if (bytes > UINT32_MAX || !dictionary->names || !dictionary->rows || !dictionary->text ||
        !dictionary->codes || !marks.tiers || !marks.names) {
        goto out;
    }
    copy_names(dictionary, alphabet, groups, &marks);
    for (uint8_t tier = 0; tier < ADDRESS_TIERS; tier++) {
        if (!make_suffixes(&dictionary->tiers[tier], dictionary->codes, &marks, tier,
                           alphabet->code_count)) {
            goto out;
        }
    }
    done = true;
out:
    free(groups);
    free(marks.tiers);
    free(marks.names);
    return done;
}

void address_dictionary_free(struct address_dictionary *dictionary)
{
    free(dictionary->names);
    free(dictionary->rows);
    free(dictionary->text);
    free(dictionary->codes);
    for (int tier = 0; tier < ADDRESS_TIERS; tier++) {
        free(dictionary->tiers[tier].starts);
        free(dictionary->tiers[tier].names);
        free(dictionary->tiers[tier].first);
    }
}
