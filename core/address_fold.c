/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: which characters of a name or a query count, and where the tokens of a name begin. */
#include "core/address_private.h"
#include "core/text.h"
#include <string.h>
#include <utf8proc.h>

/* Not characters: what is left out. */
enum { FOLD_BREAK = 0, FOLD_JOIN = 1 };

static uint32_t fold_ascii(uint32_t c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A' + 'a';
    }
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '#') {
        return c;
    }
    /* Input methods write xi'an. */
    return c == '\'' ? FOLD_JOIN : FOLD_BREAK;
}

static uint32_t fold(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) {
        c -= 0xFF01 - '!';
    }
    if (c < 0x80) {
        return fold_ascii(c);
    }
    if (c == 0xFC || c == 0xDC) { /* ü is v, as in the readings */
        return 'v';
    }
    if (c == 0x2019) {
        return FOLD_JOIN;
    }
    switch (utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
    default:
        return FOLD_BREAK;
    }
}

size_t address_read(const char *s, uint32_t *characters, uint8_t *breaks, size_t max)
{
    size_t rest = strlen(s);
    size_t n = 0;
    uint8_t broken = 0;
    while (rest > 0 && n < max) {
        uint32_t c;
        size_t took = utf8_decode(s, rest, &c);
        s += took;
        rest -= took;
        c = fold(c);
        if (c == FOLD_BREAK) {
            broken = 1;
        } else if (c != FOLD_JOIN) {
            characters[n] = c;
            breaks[n++] = broken;
            broken = 0;
        }
    }
    return n;
}

enum kind { KIND_LETTER, KIND_DIGIT, KIND_OTHER };

static enum kind kind_of(uint32_t c)
{
    if (c >= 'a' && c <= 'z') {
        return KIND_LETTER;
    }
    return c >= '0' && c <= '9' ? KIND_DIGIT : KIND_OTHER;
}

/* Endings of divisions, streets and house numbers: what follows them is a name of its own. */
static bool is_ending(uint32_t c)
{
    switch (c) {
    case 0x5E02: /* 市 */
    case 0x53BF: /* 县 */
    case 0x533A: /* 区 */
    case 0x9547: /* 镇 */
    case 0x4E61: /* 乡 */
    case 0x6751: /* 村 */
    case 0x7EC4: /* 组 */
    case 0x8857: /* 街 */
    case 0x9053: /* 道 */
    case 0x8DEF: /* 路 */
    case 0x5DF7: /* 巷 */
    case 0x53F7: /* 号 */
        return true;
    default:
        return false;
    }
}

/* Words that only look like an ending and a beginning: 街道, 市场, 号楼, 号院. */
static bool is_one_word(uint32_t a, uint32_t b)
{
    return (a == 0x8857 && b == 0x9053) || (a == 0x5E02 && b == 0x573A) ||
           (a == 0x53F7 && (b == 0x697C || b == 0x9662));
}

void address_mark_starts(const uint32_t *characters, uint8_t *breaks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i == 0) {
            breaks[i] = 1;
            continue;
        }
        enum kind now = kind_of(characters[i]);
        enum kind before = kind_of(characters[i - 1]);
        if (now != before && (now != KIND_OTHER || before == KIND_LETTER)) {
            breaks[i] = 1;
        }
        /* An ending that begins a token ends nothing: 道士洑, 路口. */
        if (is_ending(characters[i - 1]) && !breaks[i - 1] &&
            !is_one_word(characters[i - 1], characters[i])) {
            breaks[i] = 1;
        }
    }
}
