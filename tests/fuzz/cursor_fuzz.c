/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a place in the change feed: refused, or a place that can be written and is read as
 * the same; the bytes as a block never pass for a place of the view that they were not made for. */
#include "platform/api/cursor.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static void expect_same(const struct keys *keys, const struct cursor *cursor)
{
    char text[CURSOR_SIZE];
    struct cursor again;
    HOLDS(cursor->seq >= 0 && cursor->seq < INT64_C(1) << 48);
    cursor_seal(keys, cursor, text);
    HOLDS(cursor_open(keys, text, &again));
    HOLDS(again.seq == cursor->seq);
    HOLDS(memcmp(again.view, cursor->view, sizeof again.view) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct keys keys;
    static const unsigned char view[CURSOR_VIEW_BYTES] = {1, 2, 3, 4};
    char text[CURSOR_SIZE + 8] = "";
    struct cursor cursor;
    if (!keys.id[0]) {
        HOLDS(sodium_init() >= 0);
        memset(keys.cursor, 7, sizeof keys.cursor);
        keys.id[0] = '1';
    }
    memcpy(text, data, size < sizeof text - 1 ? size : sizeof text - 1);
    if (cursor_open(&keys, text, &cursor))
        expect_same(&keys, &cursor);
    if (size < CURSOR_BYTES)
        return 0;
    sodium_bin2hex(text, CURSOR_SIZE, data, CURSOR_BYTES);
    HOLDS(cursor_open(&keys, text, &cursor));
    HOLDS(memcmp(cursor.view, view, sizeof view) != 0 || cursor.seq > 1000000);
    expect_same(&keys, &cursor);
    return 0;
}
