/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the platform knows beside the intake form: whose order it will be, which matter, the same
 * matter of somebody else, the caller's orders, knowledge. What can be taken has a number. */
#include "core/clock.h"
#include "tui/app.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include "tui/views/intake.h"
#include "tui/views/views.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PHONE_DIGITS_MIN = 7,
    PAUSE_MS = 400,
    WORDS_BYTES_MIN = 12, /* four hanzi say something */
    UNITS_SHOWN = 2,
    MATTERS_SHOWN = 3,
    DUPLICATES_SHOWN = 3,
    ARTICLES_SHOWN = 2,
    NUMBERS = 9
};

/* ---- asking ------------------------------------------------------------------------------------
 */

static const char *typed_text(struct intake *t, const char *name)
{
    return edit_text(&form_find(&t->form, name)->edit);
}

static size_t digits_of(const char *phone)
{
    size_t n = 0;
    for (; *phone; phone++)
        n += *phone >= '0' && *phone <= '9';
    return n;
}

static void on_known(void *user, struct mq_result *result)
{
    struct intake *t = *(struct intake *const *)user;
    if (result->status != ST_OK || !result->hints)
        return; /* a panel that stays empty disturbs nobody */
    mq_result_keep(result);
    mq_result_free(t->known);
    t->known = result;
    t->view.app->dirty = true;
}

static void ask(struct intake *t)
{
    struct mq_hint_query query = {0};
    const struct field *place = form_find(&t->form, "place"), *phone = form_find(&t->form, "phone"),
                       *category = form_find(&t->form, "category");
    const char *words = typed_text(t, "words");
    struct buf matter = BUF_EMPTY;
    /* Half a number is nobody's. */
    if (&t->form.fields[t->form.focus] != phone &&
        digits_of(edit_text(&phone->edit)) >= PHONE_DIGITS_MIN)
        query.phone = edit_text(&phone->edit);
    query.place = place->value ? strtoll(place->value, NULL, 10) : 0;
    query.region = place->value && query.place == 0 ? place->region : NULL;
    query.category = category->value;
    if (strlen(words) >= WORDS_BYTES_MIN)
        query.text = words;
    buf_printf(&matter, "%s\n%" PRId64 "\n%s\n%s\n%s", query.phone ? query.phone : "", query.place,
               query.region ? query.region : "", query.category ? query.category : "",
               query.text ? query.text : "");
    bool nothing = !query.phone && !query.place && !query.region && !query.category && !query.text;
    if (!matter.failed && !nothing && (!t->asked || strcmp(matter.data, t->asked) != 0)) {
        field_replace(&t->asked, matter.data);
        mq_hints(t->view.app->mq, &query, on_known, &t->for_panel);
    }
    buf_free(&matter);
}

void intake_ask(struct intake *t, bool typing)
{
    if (typing)
        t->view.wake_at = clock_ticks_ms() + PAUSE_MS;
    else
        ask(t);
}

/* ---- what can be taken -------------------------------------------------------------------------
 */

enum item_kind { ITEM_MATTER, ITEM_DUPLICATE, ITEM_CALLER, ITEM_ARTICLE };
struct item {
    enum item_kind kind;
    size_t i;
};

static size_t at_most(size_t count, size_t most)
{
    return count < most ? count : most;
}

static bool is_duplicate(const struct mq_hints *known, int64_t order_id)
{
    for (size_t i = 0; i < at_most(known->duplicate_count, DUPLICATES_SHOWN); i++)
        if (known->duplicates[i].order.id == order_id)
            return true;
    return false;
}

/* Everything with a number, in the sequence of the numbers. */
static size_t items_of(const struct intake *t, struct item items[NUMBERS])
{
    const struct mq_hints *known = t->known ? t->known->hints : NULL;
    struct form *form = (struct form *)(uintptr_t)&t->form;
    size_t n = 0;
    if (!known)
        return 0;
    if (!form_find(form, "category")->value)
        for (size_t i = 0; i < at_most(known->category_count, MATTERS_SHOWN); i++)
            items[n++] = (struct item){ITEM_MATTER, i};
    for (size_t i = 0; i < at_most(known->duplicate_count, DUPLICATES_SHOWN); i++)
        items[n++] = (struct item){ITEM_DUPLICATE, i};
    size_t articles = at_most(known->article_count, ARTICLES_SHOWN);
    for (size_t i = 0; i < known->caller_count && n + articles < NUMBERS; i++)
        if (!is_duplicate(known, known->caller_orders[i].id))
            items[n++] = (struct item){ITEM_CALLER, i};
    for (size_t i = 0; i < articles; i++)
        items[n++] = (struct item){ITEM_ARTICLE, i};
    return n;
}

/* The article is the answer: it can still be changed before it is sent. */
static void answer_with(void *user, const char *body)
{
    struct intake *t = user;
    struct field *next = form_find(&t->form, "next"), *answer = form_find(&t->form, "answer");
    field_replace(&next->value, "answer");
    answer->hidden = false;
    edit_set(&answer->edit, body);
    form_focus(&t->form, (size_t)(answer - t->form.fields));
    form_keep(&t->form);
    t->view.app->dirty = true;
}

static void take_matter(struct intake *t, const struct mq_category_hint *matter)
{
    struct field *f = form_find(&t->form, "category");
    const char *name = strrchr(matter->path, '/');
    form_close_found(&t->form);
    form_set(f, matter->code, name ? name + 1 + (name[1] == ' ') : matter->path);
    field_replace(&f->note, matter->path);
    field_replace(&f->error, NULL);
    form_keep(&t->form);
    intake_ask(t, false);
}

bool intake_pick(struct intake *t, int number)
{
    struct item items[NUMBERS];
    size_t count = items_of(t, items);
    if (number < 1 || (size_t)number > count)
        return false;
    const struct mq_hints *known = t->known->hints;
    const struct item *item = &items[number - 1];
    struct article_args article = {0, answer_with, t};
    switch (item->kind) {
    case ITEM_MATTER:
        take_matter(t, &known->categories[item->i]);
        break;
    case ITEM_DUPLICATE:
        app_push(t->view.app, &view_order, known->duplicates[item->i].order.number);
        break;
    case ITEM_CALLER:
        app_push(t->view.app, &view_order, known->caller_orders[item->i].number);
        break;
    case ITEM_ARTICLE:
        article.id = known->articles[item->i].id;
        app_push(t->view.app, &view_article, &article);
        break;
    }
    return true;
}

/* ---- drawing -----------------------------------------------------------------------------------
 */

/* Draws a part of a line and steps behind it. */
static int part(struct rect area, int x, int cells, int style, const char *text)
{
    int room = area.x + area.cells - x - 1;
    return x + 1 + screen_put(area.y, x, cells < room ? cells : room, style, text);
}

static void next_row(struct rect *area)
{
    area->y++;
    area->rows--;
}

static void draw_units(const struct mq_hints *known, struct rect *area)
{
    for (size_t i = 0; i < at_most(known->unit_count, UNITS_SHOWN) && area->rows > 0; i++) {
        const struct mq_suggestion *s = &known->units[i];
        int x = part(*area, area->x + 1, 12, STYLE_HEADING, i == 0 ? _("Suggested") : _("or"));
        x = part(*area, x, area->cells, STYLE_SUGGESTION, s->unit.name);
        part(*area, x + 1, area->cells, STYLE_QUIET, s->reason);
        next_row(area);
    }
}

static int draw_order(struct rect area, int x, const struct mq_order *o)
{
    x = part(area, x, 13, STYLE_TITLE, order_short_number(o->number, clock_now_ms()));
    return part(area, x, 10, order_state_style(o), o->state_label);
}

static void draw_why(struct rect area, int x, const struct mq_duplicate *d)
{
    struct buf why = BUF_EMPTY;
    for (size_t i = 0; i < d->why_count; i++)
        buf_printf(&why, "%s%s", i ? " " : "", d->why[i]);
    x = part(area, x, 24, STYLE_URGENT, why.failed || !why.data ? "" : why.data);
    part(area, x, area.cells, STYLE_NORMAL, d->order.title);
    buf_free(&why);
}

/* `number` is one digit. */
static void draw_item(const struct mq_hints *known, const struct item *item, int number,
                      struct rect area)
{
    const char digit[] = {(char)('0' + number), '\0'};
    int x = part(area, area.x + 1, 2, STYLE_KEY, digit);
    switch (item->kind) {
    case ITEM_MATTER:
        x = part(area, x, area.cells, STYLE_SUGGESTION, known->categories[item->i].path);
        break;
    case ITEM_DUPLICATE:
        draw_why(area, draw_order(area, x, &known->duplicates[item->i].order),
                 &known->duplicates[item->i]);
        break;
    case ITEM_CALLER:
        x = draw_order(area, x, &known->caller_orders[item->i]);
        part(area, x, area.cells, STYLE_NORMAL, known->caller_orders[item->i].title);
        break;
    case ITEM_ARTICLE:
        part(area, x, area.cells, STYLE_NORMAL, known->articles[item->i].title);
        break;
    }
}

static const char *heading_of(const struct mq_hints *known, enum item_kind kind)
{
    switch (kind) {
    case ITEM_MATTER:
        return _("Matter, by the words");
    case ITEM_DUPLICATE:
        return _("Perhaps the same matter");
    case ITEM_CALLER:
        return known->open_count ? _("This caller, with open orders") : _("This caller");
    case ITEM_ARTICLE:
        return _("Knowledge");
    }
    return "";
}

/* All matters on one line: they are short, and one of them is nearly always right. */
static size_t draw_matters(const struct mq_hints *known, const struct item *items, size_t count,
                           struct rect *area)
{
    int x = part(*area, area->x + 1, 12, STYLE_HEADING, _("Matter?"));
    size_t n = 0;
    for (; n < count && items[n].kind == ITEM_MATTER; n++) {
        const char *path = known->categories[items[n].i].path, *name = strrchr(path, '/');
        const char digit[] = {(char)('1' + n), '\0'};
        x = part(*area, x, 2, STYLE_KEY, digit);
        x = part(*area, x, 18, STYLE_SUGGESTION, name ? name + 1 + (name[1] == ' ') : path) + 1;
    }
    next_row(area);
    return n;
}

/* A heading takes a row only where there is room for all. */
void intake_draw_panel(struct intake *t, struct rect area)
{
    const struct mq_hints *known = t->known ? t->known->hints : NULL;
    struct item items[NUMBERS];
    size_t count = items_of(t, items), i = 0;
    if (!known || area.rows <= 0)
        return;
    bool roomy = area.rows > NUMBERS + UNITS_SHOWN + 4;
    draw_units(known, &area);
    if (!roomy && count > 0 && items[0].kind == ITEM_MATTER && area.rows > 0)
        i = draw_matters(known, items, count, &area);
    for (; i < count && area.rows > 0; i++) {
        if (roomy && (i == 0 || items[i].kind != items[i - 1].kind)) {
            screen_put(area.y, area.x + 1, area.cells - 2, STYLE_HEADING,
                       heading_of(known, items[i].kind));
            next_row(&area);
        }
        draw_item(known, &items[i], (int)i + 1, area);
        next_row(&area);
    }
    if (roomy && count > 0 && area.rows > 1)
        screen_put(area.y + 1, area.x + 1, area.cells - 2, STYLE_QUIET,
                   _("Alt and the number take it."));
}

bool intake_has_panel(const struct intake *t)
{
    return intake_panel_rows(t) > 0;
}

int intake_panel_rows(const struct intake *t)
{
    struct item items[NUMBERS];
    const struct mq_hints *known = t->known ? t->known->hints : NULL;
    size_t count = items_of(t, items), matters = 0;
    if (!known)
        return 0;
    while (matters < count && items[matters].kind == ITEM_MATTER)
        matters++;
    return (int)(at_most(known->unit_count, UNITS_SHOWN) + count - (matters > 1 ? matters - 1 : 0));
}
