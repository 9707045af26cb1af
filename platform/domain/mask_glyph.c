/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as glyphs, and what is found in it letter by letter: plates (GA 36) and the person's name.
 */
#include "platform/domain/mask_private.h"

#include <string.h>
#include <uchar.h>

/* --- glyphs ---------------------------------------------------------------------------------- */

static int digit_of(uint32_t code, bool *spelled)
{
    static const uint32_t hanzi[] = {U'零', U'一', U'二', U'三', U'四',
                                     U'五', U'六', U'七', U'八', U'九'};
    *spelled = false;
    if (code >= '0' && code <= '9')
        return (int)(code - '0');
    if (code >= 0xFF10 && code <= 0xFF19)
        return (int)(code - 0xFF10);
    if (code >= 0x1D7CE && code <= 0x1D7FF)
        return (int)((code - 0x1D7CE) % 10);
    *spelled = true;
    for (int i = 0; i < 10; i++)
        if (code == hanzi[i])
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
    struct glyphs glyphs = {arena_alloc(arena, (bytes + 1) * sizeof(struct glyph)), 0};
    for (size_t at = 0; at < bytes;) {
        struct glyph *glyph = &glyphs.items[glyphs.count++];
        at += utf8_decode(text + at, bytes - at, &glyph->code);
        glyph->fold = fold_of(glyph->code);
        glyph->digit = digit_of(glyph->code, &glyph->spelled);
        glyph->spelled = glyph->spelled && glyph->digit >= 0;
    }
    return glyphs;
}

bool glyph_separates(uint32_t code)
{
    static const uint32_t others[] = {' ',    '\t',   '-',    '.',    '_',    0xA0,
                                      0xAD,   0xB7,   0x2212, 0x3000, 0x30FB, 0xFF0D,
                                      0xFF0E, 0xFF3F, 0xFEFF, 0x2022};
    if ((code >= 0x2000 && code <= 0x2015) || code == 0x202F || (code >= 0x2060 && code <= 0x2064))
        return true; /* spaces and dashes of all widths, and what has no width at all */
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (code == others[i])
            return true;
    return false;
}

/* --- plates and names ------------------------------------------------------------------------ */

enum { GAP_MAX = 3, PLATE_SHORT = 5, PLATE_LONG = 6, PLATE_TAIL = 2 };

static bool alphanumeric(const struct glyph *glyph)
{
    return (glyph->digit >= 0 && !glyph->spelled) || (glyph->fold >= 'A' && glyph->fold <= 'Z');
}

static bool one_of(uint32_t code, const char32_t *list)
{
    for (; *list; list++)
        if (*list == code)
            return true;
    return false;
}

/* The glyph after the plate that begins at i (region, letter, five or six characters of which one
 * is a digit), or i if none does. */
static size_t plate_end(const struct glyphs *text, size_t i)
{
    static const char32_t regions[] =
        U"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    size_t at = i + 1, n = 0;
    bool digit = false;
    if (at >= text->count || !one_of(text->items[i].code, regions) || text->items[at].fold < 'A' ||
        text->items[at].fold > 'Z')
        return i;
    for (at++; at < text->count && n == 0 && glyph_separates(text->items[at].code); at++)
        if (at > i + GAP_MAX)
            return i;
    for (; at < text->count && n <= PLATE_LONG && alphanumeric(&text->items[at]); at++, n++)
        digit = digit || text->items[at].digit >= 0;
    if (n == PLATE_SHORT - 1 && at < text->count &&
        one_of(text->items[at].code, U"挂学警港澳领试超")) {
        at++;
        n++;
    }
    return digit && (n == PLATE_SHORT || n == PLATE_LONG) ? at : i;
}

void mask_find_plates(struct glyphs *text)
{
    for (size_t i = 0; i < text->count; i++) {
        size_t end = plate_end(text, i);
        size_t from = text->whole ? i : i + 2, tail = text->whole ? 0 : PLATE_TAIL;
        for (size_t at = from; at + tail < end && i < end; at++)
            if (!glyph_separates(text->items[at].code))
                text->items[at].hidden = true;
    }
}

/* The glyph after the name where it stands at i, perhaps spaced out, or i. */
static size_t name_end(const struct glyphs *text, const struct glyphs *name, size_t i)
{
    size_t at = i;
    for (size_t n = 0; n < name->count; n++) {
        if (n > 0 && glyph_separates(name->items[n].code))
            continue;
        for (int gap = 0; n > 0 && gap < GAP_MAX && at < text->count; gap++, at++)
            if (!glyph_separates(text->items[at].code))
                break;
        if (at >= text->count || text->items[at].fold != name->items[n].fold)
            return i;
        at++;
    }
    return at;
}

void mask_find_name(struct glyphs *text, const struct glyphs *name)
{
    if (name->count < 2)
        return; /* one character alone is a word of its own */
    for (size_t i = 0; i < text->count; i++) {
        size_t end = name_end(text, name, i);
        for (size_t at = text->whole ? i : i + 1; at < end && i < end; at++)
            if (!glyph_separates(text->items[at].code))
                text->items[at].hidden = true;
    }
}
