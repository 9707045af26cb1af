/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cleaned text is harmless and stays as it is; cuts fall between characters and keep to their
 * cells; lines make progress. */
#include "core/text.h"
#include "tests/fuzz/fuzz.h"
#include <locale.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    return setlocale(LC_ALL, "C.UTF-8") ? 0 : 1;
}

static void expect_safe(const struct buf *text)
{
    uint32_t point;
    HOLDS(utf8_valid(text->data, text->length));
    for (size_t i = 0; i < text->length;) {
        i += utf8_decode(text->data + i, text->length - i, &point);
        HOLDS(point == '\n' || text_is_safe(point));
    }
}

static void expect_cuts(const char *s, int cells)
{
    int used = -1;
    size_t n = text_cut(s, cells, &used);
    HOLDS(n <= strlen(s) && used >= 0 && used <= cells);
    HOLDS(!utf8_valid(s, strlen(s)) || utf8_valid(s, n));
    struct buf fitted = BUF_EMPTY;
    text_fit(&fitted, s, cells);
    HOLDS(!fitted.data || text_width(fitted.data) == cells);
    buf_free(&fitted);
    while (*s && cells > 0) {
        n = text_wrap(s, cells);
        HOLDS(n > 0 && n <= strlen(s));
        s += n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 4096)
        return 0;
    int cells = data[0] % 100;
    char *raw = fuzz_text(data + 1, size - 1);
    for (int keep_lines = 0; keep_lines < 2; keep_lines++) {
        struct buf clean = BUF_EMPTY, again = BUF_EMPTY;
        text_clean(&clean, (const char *)data + 1, size - 1, keep_lines);
        if (clean.data) {
            expect_safe(&clean);
            HOLDS(keep_lines || !memchr(clean.data, '\n', clean.length));
            text_clean(&again, clean.data, clean.length, keep_lines);
            HOLDS(again.length == clean.length &&
                  memcmp(again.data ? again.data : "", clean.data, clean.length) == 0);
            expect_cuts(clean.data, cells);
        }
        buf_free(&clean);
        buf_free(&again);
    }
    struct buf folded = BUF_EMPTY;
    text_fold(&folded, raw);
    buf_free(&folded);
    (void)text_width(raw);
    (void)text_cut(raw, cells, NULL);
    (void)utf8_count(raw);
    free(raw);
    return 0;
}
