/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as glyphs, and the plates (GA 36) in it. */
#include "platform/domain/mask_private.h"

#include <string.h>
#include <uchar.h>

/* --- glyphs ---------------------------------------------------------------------------------- */

/* Digits in a ring, in brackets or with a dot behind, which number the points of a list as well. */
static int ringed_digit(uint32_t code)
{
    static const uint32_t first[] = {0x2460, 0x2474, 0x2488, 0x24F5, 0x2776, 0x2780, 0x278A};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        if (code >= first[i] && code <= first[i] + 8)
            return (int)(code - first[i]) + 1;
    return code == 0x24EA || code == 0x24FF || code == 0x1F10B || code == 0x1F10C ? 0 : -1;
}

static int digit_of(uint32_t code, bool *spelled)
{
    static const uint32_t hanzi[] = {U'零', U'一', U'二', U'三', U'四',
                                     U'五', U'六', U'七', U'八', U'九'};
    static const uint32_t capital[] = {U'零', U'壹', U'贰', U'叁', U'肆',
                                       U'伍', U'陆', U'柒', U'捌', U'玖'};
    *spelled = false;
    if (code >= '0' && code <= '9')
        return (int)(code - '0');
    if (code >= 0xFF10 && code <= 0xFF19)
        return (int)(code - 0xFF10);
    if (code >= 0x1D7CE && code <= 0x1D7FF)
        return (int)((code - 0x1D7CE) % 10);
    *spelled = true;
    for (int i = 0; i < 10; i++)
        if (code == hanzi[i] || code == capital[i])
            return i;
    if (code == U'〇' || code == U'○')
        return 0;
    return code == U'幺' ? 1 : -1;
}

static uint32_t fold_of(uint32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E)
        code -= 0xFEE0;
    return code >= 'a' && code <= 'z' ? code - 'a' + 'A' : code;
}

struct glyphs glyphs_read(const char *text, struct arena *arena)
{
    size_t bytes = strlen(text);
    struct glyphs glyphs = {.items = arena_alloc(arena, (bytes + 1) * sizeof(struct glyph))};
    for (size_t at = 0; at < bytes;) {
        struct glyph *glyph = &glyphs.items[glyphs.count++];
        at += utf8_decode(text + at, bytes - at, &glyph->code);
        glyph->fold = fold_of(glyph->code);
        glyph->digit = digit_of(glyph->code, &glyph->spelled);
        int ringed = ringed_digit(glyph->code);
        glyph->ringed = ringed >= 0;
        if (glyph->ringed)
            glyph->digit = ringed;
        glyph->spelled = glyph->spelled && glyph->digit >= 0;
    }
    return glyphs;
}

bool glyph_is_one_of(uint32_t code, const char32_t *list)
{
    for (; *list; list++)
        if (*list == code)
            return true;
    return false;
}

bool glyph_separates(uint32_t code)
{
    static const uint32_t others[] = {' ',    '\t',   '-',    '.',    '_',    0xA0,
                                      0xAD,   0xB7,   0x2212, 0x3000, 0x30FB, 0xFF0D,
                                      0xFF0E, 0xFF3F, 0xFEFF, 0x2022, 0x20E3, 0xFE0F};
    if ((code >= 0x2000 && code <= 0x2015) || code == 0x202F || (code >= 0x2060 && code <= 0x2064))
        return true; /* spaces and dashes of all widths, and what has no width at all */
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (code == others[i])
            return true;
    return false;
}

/* --- plates ---------------------------------------------------------------------------------- */

enum { GAP_MAX = 3, PLATE_SHORT = 5, PLATE_LONG = 6, PLATE_TAIL = 2, PLATE_GAPS = 2 };
enum { PARTED_DIGITS = 3 };

static bool separates_at(const struct glyphs *text, size_t at)
{
    return at < text->count && glyph_separates(text->items[at].code);
}

static bool alphanumeric_at(const struct glyphs *text, size_t at)
{
    return at < text->count && ((text->items[at].digit >= 0 && !text->items[at].spelled) ||
                                (text->items[at].fold >= 'A' && text->items[at].fold <= 'Z'));
}

/* Where the characters behind region and letter begin, which blanks may part; 0 if at i no plate
 * begins. */
static size_t plate_body(const struct glyphs *text, size_t i)
{
    static const char32_t regions[] =
        U"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    if (!glyph_is_one_of(text->items[i].code, regions))
        return 0;
    size_t at = i + 1;
    while (separates_at(text, at) && at - i <= GAP_MAX)
        at++;
    if (at >= text->count || text->items[at].fold < 'A' || text->items[at].fold > 'Z')
        return 0;
    size_t letter = at++;
    while (separates_at(text, at) && at - letter <= GAP_MAX)
        at++;
    return at;
}

/* The glyph after the plate whose five or six characters, one of them a digit, begin at `body`; 0
 * if none does. What is parted by single blanks ends with the fifth, or goes on without one. */
static size_t plate_end(const struct glyphs *text, size_t body)
{
    size_t at = body, n = 0, digits = 0, gaps = 0;
    for (; n <= PLATE_LONG; at++) {
        if (alphanumeric_at(text, at)) {
            digits += text->items[at].digit >= 0;
            n++;
        } else if (n > 0 && n < PLATE_SHORT && gaps < PLATE_GAPS && separates_at(text, at) &&
                   alphanumeric_at(text, at + 1)) {
            gaps++;
        } else {
            break;
        }
    }
    if (n == PLATE_SHORT - 1 && at < text->count &&
        glyph_is_one_of(text->items[at].code, U"挂学警港澳领试超")) {
        at++;
        n++;
    }
    bool plate = (n == PLATE_SHORT || n == PLATE_LONG) && digits > 0;
    return plate && (gaps == 0 || digits >= PARTED_DIGITS) ? at : 0;
}

void mask_find_plates(struct glyphs *text)
{
    for (size_t i = 0; i < text->count; i++) {
        size_t body = plate_body(text, i), end = body ? plate_end(text, body) : 0;
        size_t from = text->whole ? i : body, tail = text->whole ? 0 : PLATE_TAIL;
        for (size_t at = from; at + tail < end; at++)
            if (!glyph_separates(text->items[at].code))
                text->items[at].hidden = true;
    }
}
