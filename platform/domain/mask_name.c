/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person's own name in a text. */
#include "platform/domain/mask_private.h"

enum { GAP_MAX = 3 };

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

static void hide_name(struct glyphs *text, const struct glyphs *name)
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

static bool is_hanzi(const struct glyphs *name, size_t i)
{
    return i < name->count && name->items[i].code >= 0x3400 && name->items[i].code <= 0x9FFF;
}

/* Blanks between Latin letters and the dot of a longer name are of the name. */
static bool ends_part(const struct glyphs *name, size_t i)
{
    uint32_t code = name->items[i].code;
    bool blank = code == ' ' || code == 0x3000;
    return glyph_is_one_of(code, U"、，,；;／/（(）)") ||
           (blank && (i == 0 || is_hanzi(name, i - 1) || is_hanzi(name, i + 1)));
}

static size_t title_length(const struct glyphs *name, size_t from, size_t end)
{
    static const uint32_t titles[][2] = {
        {U'先', U'生'}, {U'女', U'士'}, {U'小', U'姐'}, {U'同', U'志'}, {U'老', U'师'}};
    for (size_t i = 0; end - from >= 4 && i < sizeof titles / sizeof titles[0]; i++)
        if (name->items[end - 2].code == titles[i][0] && name->items[end - 1].code == titles[i][1])
            return 2;
    return 0;
}

/* "张三、李四" and "王小芳女士（代）" are typed as one name: each part is looked for as well, but
 * not what stands in brackets. */
void mask_find_name(struct glyphs *text, const struct glyphs *name)
{
    hide_name(text, name);
    for (size_t from = 0, end; from < name->count; from = end + 1) {
        for (end = from; end < name->count && !ends_part(name, end);)
            end++;
        size_t length = end - from - title_length(name, from, end);
        if (length < name->count)
            hide_name(text, &(struct glyphs){.items = name->items + from, .count = length});
        if (text->whole)
            mask_find_surname(text, &(struct glyphs){.items = name->items + from, .count = length});
        bool opens = end < name->count && glyph_is_one_of(name->items[end].code, U"（(");
        while (opens && end < name->count && !glyph_is_one_of(name->items[end].code, U"）)"))
            end++;
    }
}
