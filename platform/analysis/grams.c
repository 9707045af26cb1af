/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text as groups of one or two neighbouring units. A hanzi is a unit, so is a run of letters;
 * numbers are all the same one, and so is what stands between sentences. */
#include "core/text.h"
#include "platform/analysis/classifier_private.h"
#include <stdlib.h>
#include <string.h>

enum { GROUP_MAX = 2, UNIT_BYTES = 16 };

struct unit {
    char bytes[UNIT_BYTES];
    size_t length;
};

struct reader {
    const struct keys *keys;
    struct gram *items;
    size_t count, capacity;
    struct unit last[GROUP_MAX]; /* the latest units; [0] is the newest */
    int have;
    float times;
    bool failed;
};

static void add_gram(struct reader *r, const char *bytes, size_t length)
{
    if (r->count == r->capacity) {
        size_t capacity = r->capacity ? r->capacity * 2 : 512;
        struct gram *items = realloc(r->items, capacity * sizeof *items);
        if (!items) {
            r->failed = true;
            return;
        }
        r->items = items;
        r->capacity = capacity;
    }
    unsigned char hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, (const unsigned char *)bytes, length, r->keys->text);
    struct gram *gram = &r->items[r->count++];
    memcpy(&gram->hash, hash, sizeof gram->hash);
    gram->count = r->times;
}

/* Adds the groups that end with this unit. */
static void add_unit(struct reader *r, const char *bytes, size_t length)
{
    memmove(&r->last[1], &r->last[0], (GROUP_MAX - 1) * sizeof r->last[0]);
    r->last[0].length = length < UNIT_BYTES ? length : UNIT_BYTES;
    memcpy(r->last[0].bytes, bytes, r->last[0].length);
    r->have += r->have < GROUP_MAX;
    char group[GROUP_MAX * (UNIT_BYTES + 1) + 1];
    for (int size = 1; size <= r->have; size++) {
        size_t n = 0;
        group[n++] = (char)size;
        for (int i = size - 1; i >= 0; i--) {
            memcpy(group + n, r->last[i].bytes, r->last[i].length);
            n += r->last[i].length;
            group[n++] = '\0';
        }
        add_gram(r, group, n);
    }
}

enum kind { KIND_GAP, KIND_NUMBER, KIND_LETTERS, KIND_HANZI };

static enum kind kind_of(uint32_t c)
{
    if (c >= '0' && c <= '9')
        return KIND_NUMBER;
    if (c >= 'a' && c <= 'z')
        return KIND_LETTERS;
    return text_is_hanzi(c) ? KIND_HANZI : KIND_GAP;
}

static void read_text(struct reader *r, const char *text, float times)
{
    struct buf folded = BUF_EMPTY;
    text_fold(&folded, text);
    r->have = 0;
    r->times = times;
    for (size_t i = 0; !folded.failed && i < folded.length;) {
        uint32_t code;
        size_t taken = utf8_decode(folded.data + i, folded.length - i, &code);
        enum kind kind = kind_of(code);
        size_t end = i + taken;
        while (kind != KIND_HANZI && end < folded.length) {
            taken = utf8_decode(folded.data + end, folded.length - end, &code);
            if (kind_of(code) != kind)
                break;
            end += taken;
        }
        if (kind == KIND_GAP)
            r->have = 0;
        else if (kind == KIND_NUMBER)
            add_unit(r, "0", 1);
        else
            add_unit(r, folded.data + i, end - i);
        i = end;
    }
    r->failed = r->failed || folded.failed;
    buf_free(&folded);
}

static int rising(const void *a, const void *b)
{
    uint32_t x = ((const struct gram *)a)->hash, y = ((const struct gram *)b)->hash;
    return (x > y) - (x < y);
}

bool grams_read(const char *title, int title_times, const char *text, const struct keys *keys,
                struct grams *out)
{
    struct reader r = {.keys = keys};
    if (title_times > 0)
        read_text(&r, title, (float)title_times);
    read_text(&r, text, 1);
    *out = (struct grams){NULL, 0};
    if (r.failed) {
        free(r.items);
        return false;
    }
    if (r.count)
        qsort(r.items, r.count, sizeof *r.items, rising);
    size_t kept = 0;
    for (size_t i = 0; i < r.count; i++) {
        if (kept && r.items[kept - 1].hash == r.items[i].hash)
            r.items[kept - 1].count += r.items[i].count;
        else
            r.items[kept++] = r.items[i];
    }
    *out = (struct grams){r.items, kept};
    return true;
}
