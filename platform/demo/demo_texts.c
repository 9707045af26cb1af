/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What citizens and officials say in the demonstration orders. */
#include "platform/demo/demo_private.h"
#include <string.h>

void demo_texts_make(struct demo_city *city)
{
    for (const char *const *line = demo_csv_texts; *line; line++) {
        const char *f[6];
        demo_split(city->arena, *line, f, 6);
        size_t n = strcspn(f[2], ":");
        int kind = word_find(WORDS_APPEAL_KIND, f[1]);
        *DEMO_ADD(city->arena, city->texts) =
            (struct demo_text){.category_code = f[0],
                               .kind = kind < 0 ? KIND_HELP : (enum appeal_kind)kind,
                               .place_kind = arena_strndup(city->arena, f[2], n),
                               .place_word = f[2] + n + (f[2][n] == ':'),
                               .words = f[3],
                               .result = f[4],
                               .reply = f[5]};
    }
    for (const char *const *line = demo_csv_phrases; *line; line++) {
        const char *f[2];
        demo_split(city->arena, *line, f, 2);
        *DEMO_ADD(city->arena, city->phrases) = (struct demo_phrase){f[0], f[1]};
    }
}

const char *demo_phrase(struct demo_city *city, const char *kind)
{
    size_t count = 0;
    for (size_t i = 0; i < city->phrases.count; i++)
        count += strcmp(city->phrases.items[i].kind, kind) == 0;
    if (count == 0)
        return "";
    size_t pick = demo_random(city, count);
    for (size_t i = 0; i < city->phrases.count; i++)
        if (strcmp(city->phrases.items[i].kind, kind) == 0 && pick-- == 0)
            return city->phrases.items[i].text;
    return "";
}
