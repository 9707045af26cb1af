/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said in the demonstration orders, and about which places. */
#include "platform/demo/demo_private.h"
#include <string.h>

static struct demo_phrases *find_phrases(const struct demo_city *city, const char *kind)
{
    for (size_t i = 0; i < city->phrases.count; i++)
        if (strcmp(city->phrases.items[i].kind, kind) == 0)
            return &city->phrases.items[i];
    return NULL;
}

static void read_phrases(struct demo_city *city, const char *const *line)
{
    for (; *line; line++) {
        const char *f[2];
        demo_split(city->arena, *line, f, 2);
        struct demo_phrases *phrases = find_phrases(city, f[0]);
        if (!phrases) {
            phrases = DEMO_ADD(city->arena, city->phrases);
            phrases->kind = f[0];
        }
        *DEMO_ADD(city->arena, phrases->texts) = f[1];
    }
}

void demo_phrases_make(struct demo_city *city)
{
    read_phrases(city, demo_csv_phrases);
    read_phrases(city, demo_csv_names);
}

const struct demo_phrases *demo_phrases(const struct demo_city *city, const char *kind)
{
    return find_phrases(city, kind);
}

const char *demo_phrase(struct demo_city *city, const char *kind)
{
    const struct demo_phrases *phrases = find_phrases(city, kind);
    return phrases ? phrases->texts.items[demo_random(city, phrases->texts.count)] : "";
}

/* "building", or "component:路灯灯杆": the places whose names hold that word. */
static struct demo_sites *find_sites(struct demo_city *city, const char *field)
{
    size_t n = strcspn(field, ":");
    const char *kind = arena_strndup(city->arena, field, n), *word = field + n + (field[n] == ':');
    for (size_t i = 0; i < city->sites.count; i++)
        if (strcmp(city->sites.items[i]->kind, kind) == 0 &&
            strcmp(city->sites.items[i]->word, word) == 0)
            return city->sites.items[i];
    struct demo_sites *sites = arena_alloc(city->arena, sizeof *sites);
    *sites = (struct demo_sites){.kind = kind, .word = word};
    for (size_t i = 0; i < city->places.count; i++) {
        const struct place *place = &city->places.items[i];
        if (strcmp(place->kind, kind) == 0 && strstr(place->name, word))
            *DEMO_ADD(city->arena, sites->places) = place;
    }
    *DEMO_ADD(city->arena, city->sites) = sites;
    return sites;
}

void demo_texts_make(struct demo_city *city)
{
    for (const char *const *line = demo_csv_texts; *line; line++) {
        const char *f[6];
        demo_split(city->arena, *line, f, 6);
        int kind = word_find(WORDS_APPEAL_KIND, f[1]);
        *DEMO_ADD(city->arena, city->texts) =
            (struct demo_text){.category_code = f[0],
                               .category = demo_category(city, f[0]),
                               .kind = kind < 0 ? KIND_HELP : (enum appeal_kind)kind,
                               .sites = find_sites(city, f[2]),
                               .words = f[3],
                               .result = f[4],
                               .reply = f[5]};
    }
    demo_seasons_make(city);
}
