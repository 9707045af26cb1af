/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mask_private: text as a row of glyphs, each of which can be hidden. */
#ifndef PLATFORM_DOMAIN_MASK_PRIVATE_H
#define PLATFORM_DOMAIN_MASK_PRIVATE_H

#include "core/arena.h"
#include "core/text.h"

#include <uchar.h>

struct glyph {
    uint32_t code; /* as written */
    uint32_t fold; /* ASCII capital for full-width and small letters */
    int digit;     /* 0..9 in any script of digits, also hanzi; -1 none */
    bool spelled;  /* a digit that is written as a hanzi */
    bool ringed;   /* a digit that numbers the points of a list as well */
    bool hidden;
};

struct glyphs {
    struct glyph *items;
    size_t count;
    bool whole; /* what is found is hidden to its last letter */
};

struct glyphs glyphs_read(const char *text, struct arena *arena);
bool glyph_is_one_of(uint32_t code, const char32_t *list);
/* True for what people put between the digits of one number: spaces, dashes, dots. */
bool glyph_separates(uint32_t code);

/* Each hides what it finds. */
void mask_find_numbers(struct glyphs *text, struct arena *arena);
void mask_find_plates(struct glyphs *text);
void mask_find_name(struct glyphs *text, const struct glyphs *name);
/* The surname where it stands for the person: before a form of address, behind 姓 or 叫. */
void mask_find_surname(struct glyphs *text, const struct glyphs *name);
/* What is said to be the last digits of a number: 尾号4567. */
void mask_find_last_digits(struct glyphs *text);

#endif
