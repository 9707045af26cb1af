/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The patterns of personal numbers: mobile and fixed telephones (GB/T 20830 numbering plan),
 * resident identity numbers (GB 11643), bank cards (ISO/IEC 7812: 16 to 19 digits). */
#include "platform/domain/mask_private.h"

#include <string.h>

/* --- groups of digits ------------------------------------------------------------------------ */

enum { NUMBER_MAX = 24, GROUPS_MAX = 20, GAP_MAX = 3 };

struct group {
    size_t start, end; /* glyphs [start, end) */
};

/* Groups i.. taken together as one number. */
struct number {
    char digits[NUMBER_MAX + 2];
    size_t length;
    size_t sizes[GROUPS_MAX];
    size_t groups;
};

struct finder {
    struct glyphs *text;
    struct group *groups;
    size_t count;
};

static void find_groups(struct finder *f, struct arena *arena)
{
    f->groups = arena_alloc(arena, (f->text->count + 1) * sizeof f->groups[0]);
    f->count = 0;
    for (size_t i = 0; i < f->text->count; i++) {
        if (f->text->items[i].digit < 0)
            continue;
        struct group *group = &f->groups[f->count++];
        group->start = i;
        while (i < f->text->count && f->text->items[i].digit >= 0)
            i++;
        group->end = i;
    }
}

/* True if nothing but a few separators lies between group i and the next. */
static bool joined(const struct finder *f, size_t i)
{
    if (i + 1 >= f->count || f->groups[i + 1].start - f->groups[i].end > GAP_MAX)
        return false;
    for (size_t at = f->groups[i].end; at < f->groups[i + 1].start; at++) {
        uint32_t code = f->text->items[at].code;
        if (!glyph_separates(code) && code != ')' && code != 0xFF09)
            return false;
    }
    return true;
}

static bool add_group(const struct finder *f, struct number *n, size_t i)
{
    size_t size = f->groups[i].end - f->groups[i].start;
    if (n->groups == GROUPS_MAX || n->length + size > NUMBER_MAX)
        return false;
    for (size_t at = f->groups[i].start; at < f->groups[i].end; at++)
        n->digits[n->length++] = (char)('0' + f->text->items[at].digit);
    n->digits[n->length] = '\0';
    n->sizes[n->groups++] = size;
    return true;
}

/* Hides the digits of groups first..last but the first `head` and the last `tail`. */
static void hide(struct finder *f, size_t first, size_t last, size_t head, size_t tail)
{
    size_t total = 0, seen = 0;
    for (size_t i = first; i <= last; i++)
        total += f->groups[i].end - f->groups[i].start;
    for (size_t i = first; i <= last; i++)
        for (size_t at = f->groups[i].start; at < f->groups[i].end; at++, seen++)
            f->text->items[at].hidden = f->text->whole || (seen >= head && seen + tail < total);
}

/* --- patterns -------------------------------------------------------------------------------- */

static int two(const char *s)
{
    return (s[0] - '0') * 10 + (s[1] - '0');
}

static bool month_and_day(const char *s)
{
    return two(s) >= 1 && two(s) <= 12 && two(s + 2) >= 1 && two(s + 2) <= 31;
}

/* "20261118…": numbers of orders and receipts begin so, personal numbers do not. */
static bool begins_with_date(const char *s, size_t length)
{
    return length >= 8 && s[0] == '2' && s[1] == '0' && month_and_day(s + 4);
}

static bool mobile(const char *s)
{
    return s[0] == '1' && s[1] >= '3';
}

/* The provinces of GB/T 2260. */
static bool province(const char *s)
{
    static const char codes[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 "
                                "51 52 53 54 61 62 63 64 65 71 81 82 83";
    for (const char *c = codes; *c; c += c[2] ? 3 : 2)
        if (c[0] == s[0] && c[1] == s[1])
            return true;
    return false;
}

/* The first 17 digits of an identity number, or all 15 of an old one. */
static bool identity(const char *s, size_t length)
{
    if (!province(s))
        return false;
    if (length == 15)
        return month_and_day(s + 8);
    bool century = (s[6] == '1' && (s[7] == '8' || s[7] == '9')) || (s[6] == '2' && s[7] == '0');
    return century && month_and_day(s + 10);
}

static bool all_small(const struct number *n)
{
    for (size_t i = 0; i < n->groups; i++)
        if (n->sizes[i] > 2)
            return false;
    return true;
}

/* "2026-11-18 …" or "1949 10 01 …": a date stands in front. */
static bool date_groups(const struct number *n)
{
    if (n->groups < 3 || n->sizes[0] != 4 || n->sizes[1] > 2 || n->sizes[2] > 2)
        return false;
    int century = two(n->digits);
    return century == 19 || century == 20;
}

/* Groups as they stand on a bank card: four by four, or six and the rest. */
static bool card_groups(const struct number *n)
{
    if (n->groups == 1 || (n->groups == 2 && n->sizes[0] == 6))
        return true;
    for (size_t i = 0; i + 1 < n->groups; i++)
        if (n->sizes[i] != 4)
            return false;
    return n->sizes[n->groups - 1] <= 4;
}

static bool area_code(const struct number *n)
{
    return n->digits[0] == '0' && n->digits[1] >= '1';
}

enum pattern { NO_NUMBER, TELEPHONE, FIXED, IDENTITY, BANK_CARD };

/* What the number is, taken as a whole. */
static enum pattern classify(const struct number *n, bool x_follows)
{
    static const char *const prefixes[] = {"0", "86", "086", "0086", "17951", "12593"};
    const char *s = n->digits;
    /* "86 138…": the country's code may stand alone before the number. */
    bool country = n->groups > 1 && n->sizes[0] == 2 && s[0] == '8' && s[1] == '6';
    if (n->groups > 1 && date_groups(n))
        return NO_NUMBER;
    bool grouped_well = n->groups == 1 || n->sizes[0] >= 3 || country || all_small(n);
    if (!grouped_well)
        return NO_NUMBER;
    if ((n->length == 17 && x_follows && identity(s, 17)) || (n->length == 18 && identity(s, 18)) ||
        (n->length == 15 && identity(s, 15)))
        return IDENTITY;
    if (n->length == 11 && mobile(s))
        return TELEPHONE;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t size = strlen(prefixes[i]);
        if (n->length == size + 11 && strncmp(s, prefixes[i], size) == 0 && mobile(s + size))
            return TELEPHONE;
    }
    bool fixed_groups =
        n->groups == 1 || (n->groups <= 3 && (n->sizes[0] == 3 || n->sizes[0] == 4));
    if (n->length >= 10 && n->length <= 12 && area_code(n) && fixed_groups)
        return FIXED;
    if (n->length >= 16 && n->length <= 19 && !begins_with_date(s, n->length) && card_groups(n))
        return BANK_CARD;
    return NO_NUMBER;
}

static bool x_after(const struct finder *f, size_t group)
{
    size_t at = f->groups[group].end;
    for (int gap = 0; gap <= GAP_MAX && at < f->text->count; gap++, at++) {
        if (f->text->items[at].fold == 'X')
            return at + 1 >= f->text->count || f->text->items[at + 1].fold < 'A' ||
                   f->text->items[at + 1].fold > 'Z';
        if (!glyph_separates(f->text->items[at].code))
            return false;
    }
    return false;
}

/* The words before a number that make seven or eight digits a telephone. */
static bool said_to_be_phone(const struct finder *f, size_t start)
{
    static const uint32_t words[][2] = {{U'电', U'话'}, {U'座', U'机'}, {U'手', U'机'},
                                        {U'来', U'电'}, {U'致', U'电'}, {U'号', U'码'},
                                        {U'联', U'系'}, {'T', 'E'},     {'P', 'H'}};
    size_t from = start > 8 ? start - 8 : 0;
    for (size_t at = from; at + 1 < start; at++)
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
            if (f->text->items[at].fold == words[w][0] &&
                f->text->items[at + 1].fold == words[w][1])
                return true;
    return false;
}

static bool counted(const struct finder *f, size_t end)
{
    static const uint32_t units[] = {U'元', U'块', U'万', U'平', U'吨', U'度', U'%'};
    for (size_t i = 0; end < f->text->count && i < sizeof units / sizeof units[0]; i++)
        if (f->text->items[end].code == units[i])
            return true;
    return false;
}

static bool local_phone(const struct finder *f, const struct number *n, size_t first, size_t last)
{
    bool grouped = n->groups == 1 || (n->groups == 2 && n->sizes[1] == 4);
    return (n->length == 7 || n->length == 8) && grouped && n->digits[0] >= '2' &&
           !begins_with_date(n->digits, n->length) && !counted(f, f->groups[last].end) &&
           said_to_be_phone(f, f->groups[first].start);
}

/* A card of 17 to 19 digits in fours: its last few stand apart. */
static bool card_goes_on(const struct finder *f, const struct number *n, size_t last)
{
    struct number longer = *n;
    return joined(f, last) && add_group(f, &longer, last + 1) &&
           classify(&longer, false) == BANK_CARD;
}

/* The number that begins at group i, hidden; returns the group after it. */
static size_t take_number(struct finder *f, size_t i)
{
    struct number n = {.length = 0};
    if (f->groups[i].end - f->groups[i].start >= 20) {
        hide(f, i, i, 3, 4); /* several numbers run together: better hidden than guessed */
        return i + 1;
    }
    for (size_t last = i; add_group(f, &n, last); last++) {
        switch (classify(&n, x_after(f, last))) {
        case TELEPHONE:
            hide(f, i, last, n.length - 8, 4);
            return last + 1;
        case FIXED:
            hide(f, i, last, 3, 2);
            return last + 1;
        case IDENTITY:
            hide(f, i, last, 3, n.length == 17 ? 1 : 2);
            return last + 1;
        case BANK_CARD:
            if (card_goes_on(f, &n, last))
                break;
            hide(f, i, last, 0, 4);
            return last + 1;
        default:
            break;
        }
        if (local_phone(f, &n, i, last)) {
            hide(f, i, last, 0, 0);
            return last + 1;
        }
        if (!joined(f, last))
            break;
    }
    return i + 1;
}

void mask_find_numbers(struct glyphs *text, struct arena *arena)
{
    struct finder f = {.text = text};
    find_groups(&f, arena);
    for (size_t i = 0; i < f.count;)
        i = take_number(&f, i);
}
