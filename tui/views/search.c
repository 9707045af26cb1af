/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search: words and filters over all orders that the account sees; the answer is a queue. */
#include "tui/app.h"
#include "tui/form.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdio.h>
#include <string.h>

struct search {
    struct view view;
    struct form form;
};

void search_add(struct buf *query, const char *name, const char *value)
{
    static const char hex[] = "0123456789ABCDEF";
    buf_printf(query, "%s%s=", query->length ? "&" : "", name);
    for (const char *p = value; *p; p++) {
        buf_add_char(query, '%');
        buf_add_char(query, hex[(unsigned char)*p >> 4]);
        buf_add_char(query, hex[(unsigned char)*p & 15]);
    }
}

/* Shows what matches the query; `told` says in the title what was asked for. */
static void show(struct app *app, const char *query, const char *told)
{
    char label[48];
    if (snprintf(label, sizeof label, "%s", told) < 0)
        return;
    struct queue_args args = {"all", label, query};
    app_push(app, &view_queue, &args);
}

static bool open_search(struct view *view, const void *argument)
{
    struct form *f = &((struct search *)view)->form;
    const struct mq_result *session = view->app->session;
    (void)argument;
    form_start(f, view);
    form_add(f, "q", _("Search words"), "line", false);
    struct field *state = form_add(f, "state", _("State"), "choice", false);
    form_add(f, "unit", _("Unit"), "unit", false);
    form_add(f, "category", _("Matter"), "category", false);
    form_add(f, "place", _("Place"), "place", false);
    struct field *card = form_add(f, "card", _("Time limit"), "choice", false);
    form_add(f, "from", _("Received from"), "date", false);
    form_add(f, "to", _("until"), "date", false);
    if (!session)
        return false;
    state->choices = session->states;
    state->choice_count = session->state_count;
    card->choices = session->cards;
    card->choice_count = session->card_count;
    return true;
}

static void close_search(struct view *view)
{
    form_free(&((struct search *)view)->form);
}

static void focus(struct view *view)
{
    form_take_focus(&((struct search *)view)->form);
}

static void submit(struct search *s)
{
    struct app *app = s->view.app;
    struct mq_value values[FORM_FIELDS];
    size_t count;
    struct buf keep = BUF_EMPTY, query = BUF_EMPTY, told = BUF_EMPTY;
    if (form_values(&s->form, values, &count, &keep)) {
        for (size_t i = 0; i < count; i++) {
            bool region = strcmp(values[i].name, "region") == 0;
            const struct field *f = form_find(&s->form, region ? "place" : values[i].name);
            search_add(&query, values[i].name, values[i].value);
            const char *shown = edit_text(&f->edit);
            for (size_t k = 0; k < f->choice_count; k++)
                if (strcmp(f->choices[k].name, values[i].value) == 0)
                    shown = f->choices[k].label;
            buf_printf(&told, "%s%s", told.length ? " · " : "", shown);
        }
        app_pop(app, &s->view);
        if (count && !query.failed && !told.failed)
            show(app, query.data, told.data);
    }
    buf_free(&keep);
    buf_free(&query);
    buf_free(&told);
}

void search_open(struct app *app, const char *words)
{
    struct buf query = BUF_EMPTY;
    if (app_tab_by_name(app, "all") < 0) {
        app_say(app, STYLE_QUESTION, "%s", _("This account sees no orders."));
        return;
    }
    if (!*words) {
        app_push(app, &view_search, NULL);
        return;
    }
    search_add(&query, "q", words);
    if (!query.failed)
        show(app, query.data, words);
    buf_free(&query);
}

static int rows(struct view *view, int room)
{
    int wanted = form_rows(&((struct search *)view)->form, 80) + 1;
    return wanted < room ? wanted : room;
}

static void draw(struct view *view, struct rect area)
{
    screen_put(area.y, 1, area.cells - 2, STYLE_TITLE, _("Search all orders"));
    form_draw(&((struct search *)view)->form,
              (struct rect){area.y + 1, area.x, area.rows - 1, area.cells});
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct search *s = (struct search *)view;
    (void)argument;
    switch (form_command(&s->form, command)) {
    case FORM_SUBMIT:
        submit(s);
        return true;
    case FORM_TAKEN:
        return true;
    case FORM_LEAVE:
    case FORM_NOTHING:
        break;
    }
    return command == COMMAND_OPEN;
}

static void typed(struct view *view, int key)
{
    form_typed(&((struct search *)view)->form, key);
}

static void hints(struct view *view, struct hints *h)
{
    (void)view;
    hint(h, "form", COMMAND_ACCEPT, NULL, _("search"));
    hint(h, "form", COMMAND_NEXT_FIELD, NULL, _("next field"));
    hint(h, "form", COMMAND_BACK, NULL, _("back"));
}

const struct view_ops view_search = {
    .name = "search",
    .contexts = {"form"},
    .typing = true,
    .size = sizeof(struct search),
    .open = open_search,
    .rows = rows,
    .draw = draw,
    .command = command,
    .typed = typed,
    .hints = hints,
    .focus = focus,
    .close = close_search,
};
