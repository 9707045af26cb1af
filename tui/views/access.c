/* SPDX-License-Identifier: GPL-3.0-or-later */
/* access: who looked at personal data, as the auditor reads it, newest first. */
#include "core/clock.h"
#include "tui/app.h"
#include "tui/dates.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdlib.h>

enum { RETRY_MS = 3000, PAGE = 100, PAGES_MAX = 200 };

struct access {
    struct view view;
    struct mq_result *pages[PAGES_MAX]; /* each full but the last */
    size_t page_count;
    struct list list;
    int rows;
    bool ahead; /* the next page was asked for */
};

static int line_count(const struct access *a)
{
    return a->page_count == 0
               ? 0
               : (int)((a->page_count - 1) * PAGE + a->pages[a->page_count - 1]->count);
}

static const struct mq_access_row *line(const struct access *a, int i)
{
    return &a->pages[i / PAGE]->access[i % PAGE];
}

static bool more(const struct access *a)
{
    return a->page_count > 0 && a->page_count < PAGES_MAX &&
           *a->pages[a->page_count - 1]->next != '\0';
}

static void forget(struct access *a)
{
    while (a->page_count > 0)
        mq_result_free(a->pages[--a->page_count]);
}

static void failed(struct access *a, const struct mq_result *result)
{
    if (result->status == ST_UNAVAILABLE)
        a->view.wake_at = clock_ticks_ms() + RETRY_MS;
}

static void on_first(void *user, struct mq_result *result)
{
    struct access *a = user;
    if (app_failed(a->view.app, result)) {
        failed(a, result);
        return;
    }
    forget(a);
    mq_result_keep(result);
    a->pages[a->page_count++] = result;
}

static void on_next(void *user, struct mq_result *result)
{
    struct access *a = user;
    a->ahead = false;
    if (app_failed(a->view.app, result)) {
        failed(a, result);
        return;
    }
    mq_result_keep(result);
    a->pages[a->page_count++] = result;
}

static void load(struct view *view)
{
    const struct mq_access_query query = {.limit = PAGE};
    mq_cancel(view->app->mq, view);
    ((struct access *)view)->ahead = false;
    mq_access(view->app->mq, &query, on_first, view);
}

/* The next page comes before the end is on the screen. */
static void load_ahead(struct access *a)
{
    if (a->ahead || a->list.selected + a->rows < line_count(a) || !more(a))
        return;
    const struct mq_access_query query = {.after = a->pages[a->page_count - 1]->next,
                                          .limit = PAGE};
    a->ahead = mq_access(a->view.app->mq, &query, on_next, a);
}

static void close_access(struct view *view)
{
    forget((struct access *)view);
}

static void draw(struct view *view, struct rect area)
{
    struct access *a = (struct access *)view;
    int64_t now = clock_now_ms();
    int y = area.y, count = line_count(a);
    int reason_x = 55, reason_cells = area.cells - reason_x - 1;
    screen_put(y, 3, 11, STYLE_HEADING, _("When"));
    screen_put(y, 15, 10, STYLE_HEADING, _("Who"));
    screen_put(y, 26, 14, STYLE_HEADING, _("What"));
    screen_put(y, 41, 13, STYLE_HEADING, _("Number"));
    screen_put(y, reason_x, reason_cells, STYLE_HEADING, _("Reason"));
    a->rows = area.rows - 1;
    list_fit(&a->list, count, a->rows);
    if (count == 0)
        screen_put(y + 2, 3, area.cells - 4, STYLE_QUIET,
                   a->page_count ? _("The log is empty.") : _("Loading …"));
    for (int i = 0; i < a->rows && a->list.top + i < count; i++) {
        const struct mq_access_row *row = line(a, a->list.top + i);
        bool here = a->list.top + i == a->list.selected;
        int style = here ? STYLE_TITLE : STYLE_NORMAL;
        char moment[40];
        y = area.y + 1 + i;
        dates_moment(row->at, now, moment, sizeof moment);
        screen_put(y, 0, 1, STYLE_TITLE, here ? screen_marker() : " ");
        screen_put(y, 3, 11, STYLE_QUIET, moment);
        screen_put(y, 15, 10, style, row->account.name);
        screen_put(y, 26, 14, style, row->kind_label);
        screen_put(y, 41, 13, style, order_short_number(row->order, now));
        screen_put(y, reason_x, reason_cells, style, *row->reason ? row->reason : row->about.name);
    }
}

/* All of a line, as its reason may be longer than the screen is wide. */
static void show(struct access *a, const struct mq_access_row *row)
{
    struct doc *doc = calloc(1, sizeof *doc);
    struct text_args args = {row->kind_label, doc};
    char moment[40];
    if (!doc)
        return;
    dates_moment(row->at, clock_now_ms(), moment, sizeof moment);
    doc_pair(doc, _("When"), STYLE_NORMAL, moment);
    doc_pair(doc, _("Who"), STYLE_NORMAL, row->account.name);
    doc_pair(doc, _("Account"), STYLE_NORMAL, row->about.name);
    doc_pair(doc, _("Number"), STYLE_NORMAL, row->order);
    doc_pair(doc, _("Reason"), STYLE_NORMAL, row->reason);
    app_push(a->view.app, &view_text, &args);
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct access *a = (struct access *)view;
    int count = line_count(a);
    (void)argument;
    if (command == COMMAND_OPEN) {
        if (a->list.selected < count)
            show(a, line(a, a->list.selected));
        return true;
    }
    if (!list_command(&a->list, count, a->rows, command))
        return false;
    load_ahead(a);
    return true;
}

static void hints(struct view *view, struct hints *h)
{
    (void)view;
    hint(h, "list", COMMAND_OPEN, NULL, _("show"));
    hint(h, "global", COMMAND_REFRESH, NULL, _("refresh"));
    hint(h, "global", COMMAND_BACK, NULL, _("back"));
    hint(h, "global", COMMAND_HELP, NULL, _("help"));
}

const struct view_ops view_access = {
    .name = "access",
    .contexts = {"list", "global"},
    .size = sizeof(struct access),
    .load = load,
    .draw = draw,
    .command = command,
    .tick = load,
    .hints = hints,
    .close = close_access,
};
