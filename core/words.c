/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/words.h"

#include "core/text.h"
#include <string.h>
#include <utf8proc.h>

enum unit_kind { UNIT_NONE, UNIT_RUN, UNIT_HANZI };

/* The units of a stretch without gaps: the one that is being read and the one before it. */
struct reader {
    void (*each)(void *user, const char *word, size_t length); /* NULL: only counted */
    void *user;
    char pair[WORD_MAX]; /* the unit before, then this one */
    size_t before, length;
    enum unit_kind kind, kind_before;
    bool masked;        /* a star stands directly before this run */
    size_t units, told; /* of this stretch */
    size_t lost;
};

static void tell(struct reader *r, const char *word, size_t length)
{
    r->told++;
    if (r->each)
        r->each(r->user, word, length);
}

/* The unit that was being read is whole. */
static void end_unit(struct reader *r, bool star)
{
    if (r->kind == UNIT_NONE)
        return;
    r->units++;
    if (r->kind == UNIT_RUN && (r->masked || star)) {
        r->before = r->length = 0;
        r->kind_before = UNIT_NONE;
    } else {
        if (r->kind == UNIT_RUN)
            tell(r, r->pair + r->before, r->length);
        if (r->before && (r->kind == UNIT_HANZI || r->kind_before == UNIT_HANZI))
            tell(r, r->pair, r->before + r->length);
        memmove(r->pair, r->pair + r->before, r->length);
        r->before = r->length;
        r->length = 0;
        r->kind_before = r->kind;
    }
    r->kind = UNIT_NONE;
    r->masked = false;
}

static void end_stretch(struct reader *r, bool star)
{
    end_unit(r, star);
    r->lost += r->units > 0 && r->told == 0;
    r->before = r->units = r->told = 0;
    r->kind_before = UNIT_NONE;
    r->masked = star;
}

static void add(struct reader *r, uint32_t code)
{
    char bytes[4];
    size_t n = utf8_encode(code, bytes);
    if (r->length + n <= WORD_UNIT_MAX) {
        memcpy(r->pair + r->before + r->length, bytes, n);
        r->length += n;
    }
}

static enum unit_kind kind_of(uint32_t code)
{
    if (code < 0x80)
        return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ? UNIT_RUN : UNIT_NONE;
    if (text_is_hanzi(code))
        return UNIT_HANZI;
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
        return UNIT_RUN;
    default:
        return UNIT_NONE;
    }
}

static uint32_t folded(uint32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E)
        code -= 0xFF01 - '!';
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
}

static void read_text(struct reader *r, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < n;) {
        uint32_t code;
        i += utf8_decode(text + i, n - i, &code);
        code = folded(code);
        enum unit_kind kind = kind_of(code);
        if (kind == UNIT_NONE) {
            end_stretch(r, code == '*');
            continue;
        }
        if (kind != r->kind || kind == UNIT_HANZI)
            end_unit(r, false);
        r->kind = kind;
        add(r, code);
    }
    end_stretch(r, false);
}

void words_each(const char *text, void (*each)(void *user, const char *word, size_t length),
                void *user)
{
    struct reader r = {.each = each, .user = user};
    read_text(&r, text);
}

size_t words_lost(const char *text)
{
    struct reader r = {.each = NULL};
    read_text(&r, text);
    return r.lost;
}
