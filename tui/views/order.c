/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order: one order with all that happened to it. */
#include "core/clock.h"
#include "tui/app.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RELOAD_MS = 300, RETRY_MS = 3000 };

struct order {
    struct view view;
    char number[40];
    struct mq_result *shown, *events;
    struct doc doc;
    int rows;
};

static void rebuild(struct order *o)
{
    int64_t now = clock_now_ms();
    int top = o->doc.top;
    if (!o->shown)
        return;
    doc_order(&o->doc, o->shown->order, now);
    if (o->events)
        doc_events(&o->doc, o->events->events, o->events->count, now);
    o->doc.top = top;
    o->view.app->dirty = true;
}

static void on_events(void *user, struct mq_result *result)
{
    struct order *o = user;
    if (result->status != ST_OK)
        return; /* the order itself says why */
    mq_result_keep(result);
    mq_result_free(o->events);
    o->events = result;
    rebuild(o);
}

static void on_order(void *user, struct mq_result *result)
{
    struct order *o = user;
    if (app_failed(o->view.app, result)) {
        if (result->status == ST_UNAVAILABLE)
            o->view.wake_at = clock_ticks_ms() + RETRY_MS;
        return;
    }
    mq_result_keep(result);
    mq_result_free(o->shown);
    o->shown = result;
    mq_events(o->view.app->mq, result->order->id, on_events, o);
    rebuild(o);
}

static void load(struct view *view)
{
    struct order *o = (struct order *)view;
    mq_cancel(view->app->mq, o);
    mq_order(view->app->mq, o->number, on_order, o);
}

static bool open_order(struct view *view, const void *argument)
{
    struct order *o = (struct order *)view;
    snprintf(o->number, sizeof o->number, "%s", (const char *)argument);
    return true;
}

static void close_order(struct view *view)
{
    struct order *o = (struct order *)view;
    mq_result_free(o->shown);
    mq_result_free(o->events);
    doc_free(&o->doc);
}

static void changed(struct view *view, const struct mq_result *frame)
{
    struct order *o = (struct order *)view;
    for (size_t i = 0; o->shown && i < frame->count; i++) {
        const struct mq_change *c = &frame->changes[i];
        if (c->id != o->shown->order->id)
            continue;
        if (c->gone)
            app_say(view->app, STYLE_QUESTION, _("Order %s has left what you may see."), o->number);
        else if (c->version > o->shown->order->version)
            view->wake_at = clock_ticks_ms() + RELOAD_MS;
    }
}

static void draw(struct view *view, struct rect area)
{
    struct order *o = (struct order *)view;
    o->rows = area.rows;
    if (!o->shown) {
        screen_putf(area.y + 1, 3, area.cells - 4, STYLE_QUIET, _("Loading order %s …"), o->number);
        return;
    }
    doc_draw(&o->doc, (struct rect){area.y, 0, area.rows, area.cells - 1});
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct order *o = (struct order *)view;
    (void)argument;
    return doc_command(&o->doc, o->rows, command);
}

static const struct mq_order *order(struct view *view)
{
    struct order *o = (struct order *)view;
    return o->shown ? o->shown->order : NULL;
}

static void hints(struct view *view, struct hints *h)
{
    const struct mq_order *o = order(view);
    const struct mq_order_detail *d = o ? o->detail : NULL;
    for (size_t i = 0; d && i < d->action_count; i++)
        hint(h, "order", COMMAND_ACT, d->actions[i].name, d->actions[i].label);
    hint(h, "order", COMMAND_ACTIONS, NULL, _("actions"));
    hint(h, "order", COMMAND_WHY, NULL, _("why"));
    hint(h, "global", COMMAND_BACK, NULL, _("back"));
    hint(h, "global", COMMAND_HELP, NULL, _("help"));
}

const struct view_ops view_order = {
    .name = "order",
    .contexts = {"order", "list", "global"},
    .size = sizeof(struct order),
    .open = open_order,
    .load = load,
    .draw = draw,
    .command = command,
    .tick = load,
    .changed = changed,
    .hints = hints,
    .order = order,
    .close = close_order,
};
