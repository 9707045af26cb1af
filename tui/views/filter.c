/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter: the `/` line under a queue, at work with every key. */
#include "tui/app.h"
#include "tui/l10n.h"
#include "tui/views/queue.h"
#include "tui/views/views.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct filter {
    struct view view;
    struct queue *queue; /* the view below; it lives longer */
};

static bool open_filter(struct view *view, const void *argument)
{
    struct filter *f = (struct filter *)view;
    memcpy(&f->queue, &(struct queue *){(struct queue *)(uintptr_t)argument}, sizeof f->queue);
    return true;
}

static void focus(struct view *view)
{
    edit_focus(&((struct filter *)view)->queue->filter);
}

static int rows(struct view *view, int room)
{
    (void)view;
    (void)room;
    return 1;
}

static void draw(struct view *view, struct rect area)
{
    struct filter *f = (struct filter *)view;
    int x = 1 + screen_put(area.y, 1, area.cells, STYLE_KEY, "/");
    edit_draw(&f->queue->filter, area.y, x, area.cells - x - 1);
}

static void typed(struct view *view, int key)
{
    struct filter *f = (struct filter *)view;
    if (key == K_PASTE)
        edit_insert(screen_pasted(), false);
    else
        edit_key(key);
    queue_filter_changed(f->queue, true);
}

/* What is not loaded is the platform's to search. */
static void search_further(struct queue *q)
{
    const char *next = q->page_count ? q->pages[q->page_count - 1]->next : "";
    if (!next || !*next)
        return;
    struct buf extra = BUF_EMPTY;
    buf_add_text(&extra, q->extra ? q->extra : "");
    search_add(&extra, "q", edit_text(&q->filter));
    struct queue_args args = {q->name, q->label, extra.data};
    if (!extra.failed)
        app_push(q->view.app, &view_queue, &args);
    buf_free(&extra);
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct queue *q = ((struct filter *)view)->queue;
    struct app *app = view->app;
    switch (command) {
    case COMMAND_BACK:
        app_pop(app, view);
        queue_filter_changed(q, false);
        return true;
    case COMMAND_ACCEPT:
        app_pop(app, view);
        queue_filter_changed(q, true);
        if (*edit_text(&q->filter))
            search_further(q);
        return true;
    default:
        return q->view.ops->command(&q->view, command, argument);
    }
}

static void hints(struct view *view, struct hints *h)
{
    (void)view;
    hint(h, "popup", COMMAND_ACCEPT, NULL, _("keep the filter"));
    hint(h, "popup", COMMAND_BACK, NULL, _("show all"));
}

const struct view_ops view_filter = {
    .name = "filter",
    .contexts = {"popup"},
    .typing = true,
    .size = sizeof(struct filter),
    .open = open_filter,
    .rows = rows,
    .draw = draw,
    .command = command,
    .typed = typed,
    .hints = hints,
    .focus = focus,
};
