/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bulletin: the orders whose citizens are not satisfied, as they are published. */
#include "core/clock.h"
#include "tui/app.h"
#include "tui/dates.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdio.h>

enum { RELOAD_MS = 1000, RETRY_MS = 3000 };

struct bulletin {
    struct view view;
    struct mq_result *shown;
    struct list list;
    int rows;
};

static void on_bulletin(void *user, struct mq_result *result)
{
    struct bulletin *b = user;
    if (app_failed(b->view.app, result)) {
        if (result->status == ST_UNAVAILABLE)
            b->view.wake_at = clock_ticks_ms() + RETRY_MS;
        return;
    }
    mq_result_keep(result);
    mq_result_free(b->shown);
    b->shown = result;
}

static void load(struct view *view)
{
    mq_cancel(view->app->mq, view);
    mq_bulletin(view->app->mq, on_bulletin, view);
}

static void close_bulletin(struct view *view)
{
    mq_result_free(((struct bulletin *)view)->shown);
}

static void changed(struct view *view, const struct mq_result *frame)
{
    if (frame->count > 0 && view->wake_at == 0)
        view->wake_at = clock_ticks_ms() + RELOAD_MS;
}

static const struct mq_order *order(struct view *view)
{
    struct bulletin *b = (struct bulletin *)view;
    if (!b->shown || b->list.selected >= (int)b->shown->count)
        return NULL;
    return b->shown->bulletin[b->list.selected].order;
}

static void draw(struct view *view, struct rect area)
{
    struct bulletin *b = (struct bulletin *)view;
    int64_t now = clock_now_ms();
    int y = area.y, count = b->shown ? (int)b->shown->count : 0;
    int title_x = 52, title_cells = area.cells - title_x - 1;
    screen_put(y, 3, 11, STYLE_HEADING, _("When"));
    screen_put(y, 15, 5, STYLE_HEADING, _("Round"));
    screen_put(y, 21, 12, STYLE_HEADING, _("Number"));
    screen_put(y, 34, 17, STYLE_HEADING, _("Unit"));
    screen_put(y, title_x, title_cells, STYLE_HEADING, _("Matter"));
    b->rows = area.rows - 1;
    list_fit(&b->list, count, b->rows);
    if (count == 0)
        screen_put(y + 2, 3, area.cells - 4, STYLE_QUIET,
                   b->shown ? _("Nobody is unsatisfied.") : _("Loading …"));
    for (int i = 0; i < b->rows && b->list.top + i < count; i++) {
        const struct mq_bulletin_row *row = &b->shown->bulletin[b->list.top + i];
        bool here = b->list.top + i == b->list.selected;
        int style = here ? STYLE_TITLE : STYLE_NORMAL;
        char moment[40];
        y = area.y + 1 + i;
        dates_moment(row->at, now, moment, sizeof moment);
        screen_put(y, 0, 1, STYLE_TITLE, here ? screen_marker() : " ");
        screen_put(y, 3, 11, STYLE_QUIET, moment);
        screen_putf(y, 15, 5, row->round > 1 ? STYLE_OVERDUE : STYLE_UNSATISFIED, "%d", row->round);
        screen_put(y, 34, 17, style, row->unit.name);
        if (row->order) {
            screen_put(y, 21, 12, style, order_short_number(row->order->number, now));
            screen_put(y, title_x, title_cells, style, row->order->title);
        }
    }
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct bulletin *b = (struct bulletin *)view;
    const struct mq_order *o = order(view);
    (void)argument;
    if (command == COMMAND_OPEN) {
        if (o)
            app_push(view->app, &view_order, o->number);
        return true;
    }
    return list_command(&b->list, b->shown ? (int)b->shown->count : 0, b->rows, command);
}

static void hints(struct view *view, struct hints *h)
{
    (void)view;
    hint(h, "list", COMMAND_OPEN, NULL, _("show"));
    hint(h, "order", COMMAND_ACTIONS, NULL, _("actions"));
    hint(h, "order", COMMAND_WHY, NULL, _("why"));
    hint(h, "global", COMMAND_BACK, NULL, _("back"));
    hint(h, "global", COMMAND_HELP, NULL, _("help"));
}

const struct view_ops view_bulletin = {
    .name = "bulletin",
    .contexts = {"order", "list", "global"},
    .size = sizeof(struct bulletin),
    .load = load,
    .draw = draw,
    .command = command,
    .tick = load,
    .changed = changed,
    .hints = hints,
    .order = order,
    .close = close_bulletin,
};
