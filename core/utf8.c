/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of core/text.h that knows only the encoding. */
#include "core/text.h"
#include <string.h>

enum { REPLACEMENT = 0xFFFD };

/* What a lead byte promises: the length of its sequence and the smallest value that needs it. */
struct lead {
    unsigned char mask, bits;
    size_t length;
    uint32_t least;
};

static const struct lead leads[] = {
    {0x80, 0x00, 1, 0},
    {0xE0, 0xC0, 2, 0x80},
    {0xF0, 0xE0, 3, 0x800},
    {0xF8, 0xF0, 4, 0x10000},
};

static size_t malformed(uint32_t *code_point)
{
    *code_point = REPLACEMENT;
    return 1;
}

size_t utf8_decode(const char *s, size_t n, uint32_t *code_point)
{
    const unsigned char *b = (const unsigned char *)s;
    if (b[0] < 0x80) {
        *code_point = b[0];
        return 1;
    }
    for (size_t i = 1; i < sizeof leads / sizeof leads[0]; i++) {
        const struct lead *lead = &leads[i];
        if ((b[0] & lead->mask) != lead->bits)
            continue;
        if (lead->length > n)
            return malformed(code_point);
        uint32_t value = b[0] & (unsigned char)~lead->mask;
        for (size_t k = 1; k < lead->length; k++) {
            if ((b[k] & 0xC0) != 0x80)
                return malformed(code_point);
            value = value << 6 | (b[k] & 0x3F);
        }
        if (value < lead->least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
            return malformed(code_point);
        *code_point = value;
        return lead->length;
    }
    return malformed(code_point);
}

size_t utf8_encode(uint32_t code_point, char out[4])
{
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        code_point = REPLACEMENT;
    size_t i = 3;
    while (i > 0 && code_point < leads[i].least)
        i--;
    for (size_t k = leads[i].length - 1; k > 0; k--, code_point >>= 6)
        out[k] = (char)(0x80 | (code_point & 0x3F));
    out[0] = (char)(leads[i].bits | code_point);
    return leads[i].length;
}

bool utf8_valid(const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t code_point;
        size_t taken = utf8_decode(s + i, n - i, &code_point);
        if (code_point == REPLACEMENT && taken == 1)
            return false;
        i += taken;
    }
    return true;
}

size_t utf8_count(const char *s)
{
    size_t n = strlen(s), count = 0;
    for (size_t i = 0; i < n; count++) {
        uint32_t code_point;
        i += utf8_decode(s + i, n - i, &code_point);
    }
    return count;
}
