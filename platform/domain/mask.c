/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a citizen's data is shown. Free text is looked through for numbers that point to a
 * person; the patterns live in mask_find.c and mask_glyph.c. */
#include "platform/domain/mask.h"

#include "core/buf.h"
#include "platform/domain/mask_private.h"

#include <string.h>

enum { TITLE_CHARACTERS = 24, PHONE_DIGITS_MIN = 3, PHONE_DIGITS_MAX = 15 };
enum { PHONE_HEAD = 3, PHONE_TAIL = 4, PHONE_LONG = PHONE_HEAD + PHONE_TAIL + 4 };

static const char *finish(struct buf *out, struct arena *arena)
{
    const char *text = out->length > 0 ? arena_strndup(arena, out->data, out->length) : "";
    buf_free(out);
    return text;
}

static void add_glyph(struct buf *out, const struct glyph *glyph, bool hidden)
{
    char bytes[4];
    if (hidden)
        buf_add_char(out, '*');
    else
        buf_add(out, bytes, utf8_encode(glyph->code, bytes));
}

const char *mask_phone(const char *phone, struct arena *arena)
{
    struct glyphs text = glyphs_read(phone, arena);
    int digits = 0, seen = 0;
    for (size_t i = 0; i < text.count; i++)
        digits += text.items[i].digit >= 0;
    struct buf out = BUF_EMPTY;
    for (size_t i = 0; i < text.count; i++) {
        bool digit = text.items[i].digit >= 0;
        seen += digit;
        bool shown = digits >= PHONE_LONG && (seen <= PHONE_HEAD || seen > digits - PHONE_TAIL);
        add_glyph(&out, &text.items[i], digit ? !shown : text.items[i].code != '+');
    }
    return finish(&out, arena);
}

const char *mask_name(const char *name, struct arena *arena)
{
    struct glyphs text = glyphs_read(name, arena);
    struct buf out = BUF_EMPTY;
    for (size_t i = 0; i < text.count; i++)
        add_glyph(&out, &text.items[i], i > 0 || text.count == 1);
    return finish(&out, arena);
}

static struct glyphs masked(const char *text, const char *person_name, bool whole,
                            struct arena *arena)
{
    struct glyphs glyphs = glyphs_read(text, arena);
    glyphs.whole = whole;
    mask_find_numbers(&glyphs, arena);
    mask_find_plates(&glyphs);
    if (whole)
        mask_find_last_digits(&glyphs);
    if (person_name && person_name[0]) {
        struct glyphs name = glyphs_read(person_name, arena);
        mask_find_name(&glyphs, &name);
    }
    return glyphs;
}

static const char *masked_text(const struct glyphs *glyphs, struct arena *arena)
{
    struct buf out = BUF_EMPTY;
    for (size_t i = 0; i < glyphs->count; i++)
        add_glyph(&out, &glyphs->items[i], glyphs->items[i].hidden);
    return finish(&out, arena);
}

const char *mask_text(const char *text, const char *person_name, struct arena *arena)
{
    struct glyphs glyphs = masked(text, person_name, false, arena);
    return masked_text(&glyphs, arena);
}

const char *mask_text_whole(const char *text, const char *person_name, struct arena *arena)
{
    struct glyphs glyphs = masked(text, person_name, true, arena);
    return masked_text(&glyphs, arena);
}

const char *mask_title(const char *text, const char *person_name, struct arena *arena)
{
    struct glyphs glyphs = masked(text, person_name, false, arena);
    struct buf out = BUF_EMPTY;
    int shown = 0;
    bool space = false;
    for (size_t i = 0; i < glyphs.count; i++) {
        const struct glyph *glyph = &glyphs.items[i];
        if (glyph->code <= ' ' || glyph->code == 0x3000 || !text_is_safe(glyph->code)) {
            space = shown > 0;
            continue;
        }
        if (shown < TITLE_CHARACTERS && space && ++shown < TITLE_CHARACTERS)
            buf_add_char(&out, ' ');
        if (shown == TITLE_CHARACTERS) {
            buf_add_text(&out, "…");
            break;
        }
        space = false;
        add_glyph(&out, glyph, glyph->hidden);
        shown++;
    }
    return finish(&out, arena);
}

const char *phone_normalise(const char *phone, struct arena *arena)
{
    struct glyphs text = glyphs_read(phone ? phone : "", arena);
    struct buf out = BUF_EMPTY;
    int digits = 0;
    bool good = true;
    for (size_t i = 0; i < text.count; i++) {
        const struct glyph *glyph = &text.items[i];
        bool plus = glyph->code == '+' || glyph->code == 0xFF0B;
        if (glyph->digit >= 0 && !glyph->spelled) {
            buf_add_char(&out, (char)('0' + glyph->digit));
            digits++;
        } else if (plus && out.length == 0) {
            buf_add_char(&out, '+');
        } else if (!glyph_separates(glyph->code) && glyph->code != '(' && glyph->code != ')' &&
                   glyph->code != 0xFF08 && glyph->code != 0xFF09) {
            good = false;
        }
    }
    if (!good || digits < PHONE_DIGITS_MIN || digits > PHONE_DIGITS_MAX)
        buf_clear(&out);
    return finish(&out, arena);
}
