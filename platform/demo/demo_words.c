/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How people put it: a text with what goes before and behind it, with places, names, numbers and
 * times in its slots, sometimes in dialect, sometimes with a typing error. */
#include "platform/demo/demo_sim.h"
#include <string.h>

enum { PHONES = 10000, DEPTH_MAX = 3, SLOT_MAX = 24 };

struct filling {
    struct demo_city *city;
    const struct demo_order *order;
    struct arena *arena;
    bool wide; /* digits as an input method for Chinese writes them */
};

/* --- citizens --------------------------------------------------------------------------------- */

const char *demo_citizen_name(struct demo_city *city, size_t citizen, struct arena *arena)
{
    const struct demo_phrases *family = demo_phrases(city, "family"),
                              *given = demo_phrases(city, "given");
    if (!family || !given)
        return "";
    size_t n = family->texts.count;
    return arena_printf(arena, "%s%s", family->texts.items[citizen % n],
                        given->texts.items[citizen * 7 / n % given->texts.count]);
}

const char *demo_citizen_phone(size_t citizen, struct arena *arena)
{
    return arena_printf(arena, "1380000%04zu", (1000 + citizen * 37) % PHONES);
}

/* As people write it down. */
static const char *spaced_phone(struct demo_city *city, size_t citizen, struct arena *arena)
{
    const char *phone = demo_citizen_phone(citizen, arena);
    switch (demo_random(city, 6)) {
    case 0:
        return arena_printf(arena, "%.3s %.4s %s", phone, phone + 3, phone + 7);
    case 1:
        return arena_printf(arena, "%.3s-%.4s-%s", phone, phone + 3, phone + 7);
    default:
        return phone;
    }
}

/* --- slots ------------------------------------------------------------------------------------ */

static void add(struct buf *out, const struct filling *f, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (f->wide && text[i] >= '0' && text[i] <= '9')
            buf_printf(out, "\xEF\xBC%c", (char)(0x90 + (text[i] - '0'))); /* U+FF10 … */
        else
            buf_add_char(out, text[i]);
}

static void fill(struct buf *out, const struct filling *f, const char *template, int depth);

/* What stands for {slot}; NULL: a phrase of that kind. */
static const char *slot_text(const struct filling *f, const char *slot)
{
    struct demo_city *city = f->city;
    struct arena *arena = f->arena;
    const struct demo_order *order = f->order;
    static const struct {
        const char *name;
        int from, to, times;
    } numbers[] = {{"few", 2, 9, 1},
                   {"tens", 11, 98, 1},
                   {"hundreds", 12, 98, 10},
                   {"thousands", 11, 98, 100}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(slot, numbers[i].name) == 0)
            return arena_printf(arena, "%d",
                                (int)demo_between(city, numbers[i].from, numbers[i].to) *
                                    numbers[i].times);
    if (strcmp(slot, "name") == 0)
        return demo_citizen_name(city, order->citizen, arena);
    if (strcmp(slot, "family") == 0) /* its first character, or two */
        return demo_phrases(city, "family")
            ->texts.items[order->citizen % demo_phrases(city, "family")->texts.count];
    if (strcmp(slot, "own") == 0)
        return spaced_phone(city, order->citizen, arena);
    if (strcmp(slot, "phone") == 0)
        return spaced_phone(city, demo_random(city, PHONES), arena);
    if (strcmp(slot, "plate") == 0) /* no plate begins with two zeros */
        return arena_printf(arena, "鄂B00%03zu", demo_random(city, 1000));
    if (strcmp(slot, "matter") == 0)
        return order->text->category->name;
    return NULL;
}

static void fill_slot(struct buf *out, const struct filling *f, const char *slot, int depth)
{
    if (strcmp(slot, "place") == 0) { /* as the digital base has it */
        buf_add_text(out, f->order->place->name);
        return;
    }
    const char *text = slot_text(f, slot);
    if (text)
        add(out, f, text, strlen(text));
    else if (depth < DEPTH_MAX)
        fill(out, f, demo_phrase(f->city, slot), depth + 1);
}

static void fill(struct buf *out, const struct filling *f, const char *template, int depth)
{
    for (const char *p = template; *p;) {
        size_t n = strcspn(p, "{");
        add(out, f, p, n);
        p += n;
        n = strcspn(p, "}");
        if (*p && p[n] && n < SLOT_MAX) {
            char slot[SLOT_MAX];
            memcpy(slot, p + 1, n - 1);
            slot[n - 1] = '\0';
            fill_slot(out, f, slot, depth);
            p += n + 1;
        } else if (*p) {
            buf_add_char(out, *p++);
        }
    }
}

static const char *filled(const struct filling *f, const char *template)
{
    struct buf out = BUF_EMPTY;
    fill(&out, f, template, 0);
    const char *text = arena_strdup(f->arena, out.data && !out.failed ? out.data : "");
    buf_free(&out);
    return text;
}

const char *demo_says(struct demo_city *city, const struct demo_order *order, const char *phrase,
                      struct arena *arena)
{
    const struct filling f = {city, order, arena, false};
    return filled(&f, phrase);
}

/* --- manners ---------------------------------------------------------------------------------- */

/* Exchanges a word for another in about half of what `kind` ("wrong>right" each) knows. */
static void exchange(struct demo_city *city, const char *kind, struct buf *text)
{
    const struct demo_phrases *pairs = demo_phrases(city, kind);
    for (size_t i = 0; pairs && i < pairs->texts.count; i++) {
        const char *pair = pairs->texts.items[i];
        size_t n = strcspn(pair, ">");
        char from[SLOT_MAX];
        if (!pair[n] || n >= sizeof from)
            continue;
        memcpy(from, pair, n);
        from[n] = '\0';
        const char *at = text->data ? strstr(text->data, from) : NULL;
        if (!at || demo_random(city, 2))
            continue;
        struct buf changed = BUF_EMPTY;
        buf_add(&changed, text->data, (size_t)(at - text->data));
        buf_add_text(&changed, pair + n + 1);
        buf_add_text(&changed, at + n);
        buf_free(text);
        *text = changed;
    }
}

/* "more:0101" of the matter, or of what lies above it. */
static const char *more_of(struct demo_city *city, const char *category)
{
    char kind[SLOT_MAX];
    for (int n = (int)strlen(category); n >= 2; n -= 2) {
        (void)snprintf(kind, sizeof kind, "more:%.*s", n, category);
        if (demo_phrases(city, kind))
            return demo_phrase(city, kind);
    }
    return demo_phrase(city, "more");
}

static bool one_in(struct demo_city *city, size_t n)
{
    return demo_random(city, n) == 0;
}

/* Calls and visits are written down by an operator; the rest the citizen typed. */
static bool is_spoken(const struct demo_order *order)
{
    return strncmp(order->channel->code, "hotline", 7) == 0 ||
           strcmp(order->channel->code, "visit") == 0 ||
           strcmp(order->channel->code, "police110") == 0;
}

static void compose(struct demo_city *city, const struct demo_order *order, struct buf *out)
{
    bool letter = strcmp(order->channel->code, "letter") == 0 ||
                  strcmp(order->channel->code, "mayor_mail") == 0;
    bool asks = order->text->kind == KIND_CONSULT;
    if (letter)
        buf_add_text(out, demo_phrase(city, "open_letter"));
    else if (one_in(city, 4))
        buf_add_text(out, demo_phrase(city, asks ? "open_ask" : "open"));
    if (order->again)
        buf_add_text(out, demo_phrase(city, asks ? "again_ask" : "again"));
    buf_add_text(out, order->text->words);
    if (order->text->kind != KIND_PRAISE && !one_in(city, 3))
        buf_add_text(out, asks ? demo_phrase(city, "more_ask")
                               : more_of(city, order->text->category_code));
    if (!one_in(city, 3))
        buf_add_text(out, demo_phrase(city, asks                               ? "close_ask"
                                            : order->text->kind == KIND_PRAISE ? "close_praise"
                                                                               : "close"));
    if (one_in(city, 8) || letter)
        buf_add_text(out, demo_phrase(city, "reach"));
}

const char *demo_words(struct demo_city *city, struct demo_order *order, struct arena *arena)
{
    struct filling f = {city, order, arena, false};
    struct buf template = BUF_EMPTY;
    compose(city, order, &template);
    bool spoken = is_spoken(order);
    if (spoken && one_in(city, 9))
        exchange(city, "dialect", &template);
    if (!spoken && one_in(city, 6))
        exchange(city, "typo", &template);
    f.wide = !spoken && one_in(city, 8);
    order->name = demo_citizen_name(city, order->citizen, arena);
    const char *words = filled(&f, template.data && !template.failed ? template.data : "");
    buf_free(&template);
    return words;
}
