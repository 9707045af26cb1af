/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The patterns of personal numbers: mobile and fixed telephones (GB/T 20830 numbering plan),
 * resident identity numbers (GB 11643), bank cards (ISO/IEC 7812: 16 to 19 digits). */
#include "platform/domain/mask_private.h"

#include <string.h>

/* --- groups of digits ------------------------------------------------------------------------ */

enum { NUMBER_MAX = 24, GROUPS_MAX = 20, GAP_MAX = 3, MOBILE = 11, LONG_RUN = 20 };

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

/* Groups first..last, of whose digits the first `head` and the last `tail` are shown. */
struct found {
    size_t first, last, head, tail;
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
        /* ① before a number may be the point of a list. */
        bool ringed = f->text->items[i].ringed;
        while (i < f->text->count && f->text->items[i].digit >= 0 &&
               f->text->items[i].ringed == ringed)
            i++;
        group->end = i--;
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
    int first = two(n->digits), second = two(n->digits + 4);
    if ((first == 19 || first == 20) && (second == 19 || second == 20))
        return false; /* years */
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

/* What houses, rooms, days and things are counted by. */
static bool listed(const struct finder *f, size_t end)
{
    while (end < f->text->count && f->text->items[end].code == ' ')
        end++;
    return end < f->text->count &&
           glyph_is_one_of(f->text->items[end].code,
                           U"号栋幢座楼层室户单门房间年月日时分天次个件人名只辆台套条米斤公里亩％");
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

/* --- numbers in one piece --------------------------------------------------------------------- */

/* "1 3 5 7 9 11 13 15栋": a list whose digits happen to make a number. */
static bool list_of_small(const struct finder *f, const struct number *n, size_t first, size_t last)
{
    return n->groups > 3 && n->groups < n->length && all_small(n) &&
           listed(f, f->groups[last].end) && !said_to_be_phone(f, f->groups[first].start);
}

/* Twenty digits and more in fours or fives are no card, but no quantity either. */
static bool long_run(const struct finder *f, size_t i, size_t *last)
{
    size_t total = 0, years = 0, at = i;
    for (;; at++) {
        size_t size = f->groups[at].end - f->groups[at].start;
        const struct glyph *digits = &f->text->items[f->groups[at].start];
        years += size == 4 && (digits[0].digit == 1 || digits[0].digit == 2) &&
                 (digits[1].digit == 9 || digits[1].digit == 0);
        total += size;
        if (size < 4 || size > 5 || !joined(f, at))
            break;
    }
    *last = at;
    return at > i && total >= LONG_RUN && years <= 1 && !listed(f, f->groups[at].end) &&
           !counted(f, f->groups[at].end);
}

/* What is found at group i, its digits standing together or parted by blanks and dashes. */
static bool find_close(const struct finder *f, size_t i, struct found *out)
{
    struct number n = {.length = 0};
    size_t run;
    if (f->groups[i].end - f->groups[i].start >= LONG_RUN) {
        /* several numbers run together: better hidden than guessed */
        *out = (struct found){i, i, 3, 4};
        return true;
    }
    for (size_t last = i; add_group(f, &n, last); last++) {
        switch (classify(&n, x_after(f, last))) {
        case TELEPHONE:
            if (list_of_small(f, &n, i, last))
                break;
            *out = (struct found){i, last, n.length - 8, 4};
            return true;
        case FIXED:
            *out = (struct found){i, last, 3, 2};
            return true;
        case IDENTITY:
            *out = (struct found){i, last, 3, n.length == 17 ? 1 : 2};
            return true;
        case BANK_CARD:
            if (card_goes_on(f, &n, last) || long_run(f, i, &run))
                break;
            *out = (struct found){i, last, 0, 4};
            return true;
        default:
            break;
        }
        if (local_phone(f, &n, i, last)) {
            *out = (struct found){i, last, 0, 0};
            return true;
        }
        if (!joined(f, last))
            break;
    }
    *out = (struct found){i, i, 0, 0};
    return long_run(f, i, &out->last);
}

/* --- mobile numbers in pieces -----------------------------------------------------------------
 * "138，1234，5678": whatever stands between two groups, if it is little. */

/* At most one sign and a few blanks lie between group i and the next. */
static bool loosely_joined(const struct finder *f, size_t i)
{
    if (i + 1 >= f->count || f->groups[i + 1].start - f->groups[i].end > GAP_MAX)
        return false;
    int signs = 0;
    for (size_t at = f->groups[i].end; at < f->groups[i + 1].start; at++) {
        uint32_t code = f->text->items[at].code;
        if (glyph_is_one_of(code, U",，/／()（）~～、。;；:：|｜\\"))
            signs++;
        else if (!glyph_separates(code) && code != '\n' && code != '\r')
            return false;
    }
    return signs <= 1;
}

/* Three digits in as many groups as you like, and at most three groups behind; or three groups, or
 * two as one writes them. Single digits otherwise are numbers of a list. */
static bool mobile_shape(const struct number *n)
{
    size_t at = 0, head = 0, behind = 0;
    if (n->sizes[0] == 1 && n->groups == 3 && n->sizes[1] >= 3 && n->sizes[2] >= 3)
        return true; /* 1-387-1234567 */
    while (at < n->groups && head < 3)
        head += n->sizes[at++];
    if (head != 3) {
        at = 0;
    } else if (n->groups > at + 3) {
        return false;
    }
    for (; at < n->groups; at++, behind++)
        if (n->sizes[at] < 2)
            return false;
    if (head == 3)
        return behind > 0;
    return behind == 3 || (behind == 2 && (n->sizes[0] == 7 || n->sizes[0] == 4));
}

/* True if a list or a quantity ends behind group `last` or where the list goes on. */
static bool ends_list(const struct finder *f, size_t last)
{
    for (;; last++) {
        size_t end = f->groups[last].end;
        if (listed(f, end) || counted(f, end))
            return true;
        if (!loosely_joined(f, last) || f->groups[last + 1].end - f->groups[last + 1].start < 3)
            return false;
    }
}

static bool find_loose(const struct finder *f, size_t i, struct found *out)
{
    struct number n = {.length = 0};
    bool said = said_to_be_phone(f, f->groups[i].start), close_head = true;
    for (size_t last = i; n.length < MOBILE && add_group(f, &n, last); last++) {
        if (n.length == MOBILE) {
            /* Single digits that make the first three are parted by blanks, not listed. */
            bool shape = mobile_shape(&n) && (close_head || n.sizes[0] >= 2);
            bool good = shape ? (said && n.groups <= 3) || !ends_list(f, last)
                              : said && !ends_list(f, last);
            *out = (struct found){i, last, 3, 4};
            return good && n.groups > 1 && mobile(n.digits) && !date_groups(&n) &&
                   !(n.groups == 2 && !said && n.sizes[1] == 8 &&
                     begins_with_date(n.digits + 3, 8));
        }
        if (!loosely_joined(f, last))
            return false;
        close_head = close_head && (n.length >= 3 || joined(f, last));
    }
    return false;
}

/* The number that begins at group i, hidden; returns the group after it. */
static size_t take_number(struct finder *f, size_t i)
{
    struct found found, other;
    if (!find_close(f, i, &found)) {
        if (!find_loose(f, i, &found))
            return i + 1;
        /* Where two numbers are possible nothing of either is shown. */
        for (size_t j = i + 1; j <= found.last; j++)
            if ((find_close(f, j, &other) || find_loose(f, j, &other)) && other.last > found.last)
                found = (struct found){i, other.last, 0, 0};
    }
    hide(f, found.first, found.last, found.head, found.tail);
    return found.last + 1;
}

void mask_find_numbers(struct glyphs *text, struct arena *arena)
{
    struct finder f = {.text = text};
    find_groups(&f, arena);
    for (size_t i = 0; i < f.count;)
        i = take_number(&f, i);
}
