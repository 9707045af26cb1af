/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mask_private: text as a row of glyphs, each of which can be hidden. */
#ifndef PLATFORM_DOMAIN_MASK_PRIVATE_H
#define PLATFORM_DOMAIN_MASK_PRIVATE_H

#include "core/arena.h"
#include "core/text.h"

struct glyph {
    uint32_t code; /* as written */
    uint32_t fold; /* ASCII capital for full-width and small letters */
    int digit;     /* 0..9 in any script of digits, also hanzi; -1 none */
    bool spelled;  /* a digit that is written as a hanzi */
    bool hidden;
};

struct glyphs {
    struct glyph *items;
    size_t count;
    bool whole; /* what is found is hidden to its last letter */
};

struct glyphs glyphs_read(const char *text, struct arena *arena);
/* True for what people put between the digits of one number: spaces, dashes, dots. */
bool glyph_separates(uint32_t code);

/* Each hides what it finds. */
void mask_find_numbers(struct glyphs *text, struct arena *arena);
void mask_find_plates(struct glyphs *text);
void mask_find_name(struct glyphs *text, const struct glyphs *name);

#endif
