/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/import/reason.h"
#include "core/buf.h"
#include "core/text.h"
#include <string.h>

static const struct bilingual texts[] = {{"", ""},
#define X(id, en, zh) {en, zh},
                                         REASONS(X)
#undef X
};

/* What a file holds is not for the whole screen. */
static void add_argument(struct buf *out, const char *text)
{
    enum { MOST = 60 };
    size_t n = text ? strlen(text) : 0, taken = 0;
    for (int points = 0; taken < n && points < MOST; points++) {
        uint32_t code_point;
        taken += utf8_decode(text + taken, n - taken, &code_point);
    }
    text_clean(out, text ? text : "", taken, false);
    if (taken < n)
        buf_add_text(out, "…");
}

const char *reason_text(enum reason reason, const char *a, const char *b, enum language language,
                        struct arena *arena)
{
    struct buf out = BUF_EMPTY;
    for (const char *s = bilingual_text(texts[reason], language); *s; s++) {
        if (s[0] == '%' && (s[1] == '1' || s[1] == '2'))
            add_argument(&out, *++s == '1' ? a : b);
        else
            buf_add_char(&out, *s);
    }
    const char *text = out.data ? arena_strndup(arena, out.data, out.length) : "";
    buf_free(&out);
    return text;
}
