/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queue: the orders of one of the platform's views, always current, with a preview. */
#include "tui/views/queue.h"
#include "core/clock.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 50,
    LIMIT_MAX = 200,
    RELOAD_MS = 400,        /* after a change of what is listed */
    RELOAD_LATER_MS = 3000, /* after another, which may belong here by now */
    RELOAD_APART_MS = 2000, /* while one change follows the other */
    RETRY_MS = 3000,
    PREVIEW_MS = 150,
    NEED_HINT_CELLS = 16
};

static size_t row_total(const struct queue *q)
{
    size_t n = 0;
    for (int i = 0; i < q->page_count; i++)
        n += q->pages[i]->count;
    return n;
}

static const struct mq_order *loaded_row(const struct queue *q, size_t i)
{
    for (int p = 0; p < q->page_count; p++) {
        if (i < q->pages[p]->count)
            return &q->pages[p]->orders[i];
        i -= q->pages[p]->count;
    }
    return NULL;
}

const struct mq_order *queue_row(const struct queue *q, int i)
{
    if (i < 0 || i >= q->shown_count)
        return NULL;
    return loaded_row(q, q->shown[i]);
}

/* True if the order holds the filter's text somewhere that is shown. */
static bool matches(const struct mq_order *o, const char *folded)
{
    const char *parts[] = {o->number,      o->title,         o->place,        o->category.path,
                           o->region.path, o->state_label,   o->channel.name, o->lead.name,
                           o->kind_label,  o->suggested.name};
    bool found = !*folded;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !found; i++) {
        struct buf fold = BUF_EMPTY;
        text_fold(&fold, parts[i] ? parts[i] : "");
        found = fold.data && strstr(fold.data, folded);
        buf_free(&fold);
    }
    return found;
}

/* Which rows are shown; the selection stays on its order, else at its place. */
static void refilter(struct queue *q)
{
    size_t total = row_total(q);
    uint32_t *shown = realloc(q->shown, (total ? total : 1) * sizeof *shown);
    struct buf folded = BUF_EMPTY;
    if (!shown)
        return;
    q->shown = shown;
    q->shown_count = 0;
    text_fold(&folded, q->filtering ? edit_text(&q->filter) : "");
    for (size_t i = 0; i < total; i++) {
        const struct mq_order *o = loaded_row(q, i);
        if (!matches(o, folded.data ? folded.data : ""))
            continue;
        if (o->id == q->selected_id)
            q->list.selected = q->shown_count;
        q->shown[q->shown_count++] = (uint32_t)i;
    }
    buf_free(&folded);
    list_move(&q->list, q->shown_count, 0);
    q->view.app->dirty = true;
}

static void forget_pages(struct queue *q)
{
    for (int i = 0; i < q->page_count; i++)
        mq_result_free(q->pages[i]);
    q->page_count = 0;
}

static void forget_preview(struct queue *q)
{
    mq_result_free(q->detail);
    q->detail = NULL;
    doc_clear(&q->preview);
}

/* The selection is another one: remembers which, and when its words are to be fetched. */
static void note_selection(struct queue *q)
{
    const struct mq_order *o = queue_row(q, q->list.selected);
    int64_t id = o ? o->id : 0;
    if (id == q->selected_id)
        return;
    q->selected_id = id;
    forget_preview(q);
    if (id && q->wide)
        q->view.wake_at = clock_ticks_ms() + PREVIEW_MS;
}

/* The list is read again at that moment, or before. */
static void reload_by(struct queue *q, int64_t at)
{
    if (!q->reload || at < q->reload_at)
        q->reload_at = at;
    q->reload = true;
    if (q->view.wake_at == 0 || q->reload_at < q->view.wake_at)
        q->view.wake_at = q->reload_at;
}

static void on_page(void *user, struct mq_result *result)
{
    struct queue *q = user;
    q->loading = false;
    q->view.busy = false;
    if (app_failed(q->view.app, result)) {
        q->fresh = false;
        reload_by(q, clock_ticks_ms() + RETRY_MS);
        return;
    }
    if (q->fresh)
        forget_pages(q);
    q->fresh = false;
    if (q->page_count == QUEUE_PAGES)
        return;
    mq_result_keep(result);
    q->pages[q->page_count++] = result;
    q->loaded = true;
    refilter(q);
    if (q->selected_id == 0 || !queue_row(q, q->list.selected) ||
        queue_row(q, q->list.selected)->id != q->selected_id)
        note_selection(q);
}

/* `q->fresh`: from the top, as many as there were; else the next page. */
static void ask(struct queue *q)
{
    size_t total = row_total(q);
    struct mq_list_query query = {.view = q->name, .extra = q->extra, .limit = PAGE};
    if (q->fresh && total > PAGE)
        query.limit = total < LIMIT_MAX ? (int)total : LIMIT_MAX;
    if (!q->fresh && q->page_count > 0)
        query.after = q->pages[q->page_count - 1]->next;
    q->loading = true;
    mq_orders(q->view.app->mq, &query, on_page, q);
}

static void load(struct view *view)
{
    struct queue *q = (struct queue *)view;
    if (q->loading)
        mq_cancel(view->app->mq, q);
    q->fresh = true;
    q->reload = false;
    q->loaded_at = clock_ticks_ms();
    /* Who asked for these orders means them with the next keys. */
    view->busy = q->extra && !q->loaded;
    ask(q);
}

/* The next page before the selection comes to the end of what is here. */
static void load_more(struct queue *q)
{
    if (q->loading || q->page_count == 0 || q->page_count == QUEUE_PAGES || q->filtering)
        return;
    const char *next = q->pages[q->page_count - 1]->next;
    if (next && *next && q->list.selected + PAGE / 2 > q->shown_count)
        ask(q);
}

static void on_detail(void *user, struct mq_result *result)
{
    struct queue *q = *(struct queue *const *)user;
    if (result->status != ST_OK || !result->order || result->order->id != q->selected_id)
        return;
    mq_result_keep(result);
    forget_preview(q);
    q->detail = result;
    q->view.app->dirty = true;
}

static void tick(struct view *view)
{
    struct queue *q = (struct queue *)view;
    const struct mq_order *o = queue_row(q, q->list.selected);
    char id[24];
    if (q->reload && clock_ticks_ms() >= q->reload_at)
        load(view);
    if (q->reload)
        view->wake_at = q->reload_at;
    if (!o || !q->wide || q->detail)
        return;
    snprintf(id, sizeof id, "%" PRId64, o->id);
    q->self = q;
    mq_cancel(view->app->mq, &q->self);
    mq_order(view->app->mq, id, on_detail, &q->self);
}

/* Says it when the order under the cursor is none of the account's any more; the reload moves the
 * cursor to its neighbour. */
static void say_gone(struct queue *q, const struct mq_result *frame)
{
    const struct mq_order *o = queue_row(q, q->list.selected);
    for (size_t i = 0; o && i < frame->count; i++)
        if (frame->changes[i].gone && frame->changes[i].id == o->id)
            app_say(q->view.app, STYLE_QUESTION, _("Order %s has left what you may see."),
                    o->number);
}

/* Whether the frame tells of a listed order, or that the queue has more or fewer. */
static bool concerns(const struct queue *q, const struct mq_result *frame)
{
    size_t total = row_total(q);
    for (size_t i = 0; i < frame->queue_count; i++)
        if (strcmp(frame->queues[i].name, q->name) == 0)
            return true;
    for (size_t i = 0; i < frame->count; i++)
        for (size_t k = 0; k < total; k++)
            if (loaded_row(q, k)->id == frame->changes[i].id)
                return true;
    return false;
}

/* The feed says that orders changed: whether they belong here is the platform's to say. */
static void changed(struct view *view, const struct mq_result *frame)
{
    struct queue *q = (struct queue *)view;
    if (frame->count == 0)
        return;
    if (app_top(view->app) == view)
        say_gone(q, frame);
    int64_t soonest = clock_ticks_ms() + (concerns(q, frame) ? RELOAD_MS : RELOAD_LATER_MS);
    int64_t apart = q->loaded_at + RELOAD_APART_MS;
    reload_by(q, soonest > apart ? soonest : apart);
}

static bool open_queue(struct view *view, const void *argument)
{
    struct queue *q = (struct queue *)view;
    const struct queue_args *args = argument;
    snprintf(q->name, sizeof q->name, "%s", args->name);
    snprintf(q->label, sizeof q->label, "%s", args->label);
    if (args->extra)
        q->extra = strdup(args->extra);
    q->with_preview = !view->app->options.low_bandwidth;
    return true;
}

static void close_queue(struct view *view)
{
    struct queue *q = (struct queue *)view;
    mq_cancel(view->app->mq, &q->self);
    forget_pages(q);
    forget_preview(q);
    doc_free(&q->preview);
    edit_free(&q->filter);
    free(q->shown);
    free(q->extra);
}

static const struct mq_order *selected(struct view *view)
{
    struct queue *q = (struct queue *)view;
    return queue_row(q, q->list.selected);
}

static void focus(struct view *view)
{
    struct queue *q = (struct queue *)view;
    if (q->reload)
        reload_by(q, clock_ticks_ms() + 1);
    edit_focus(NULL);
}

static void open_selected(struct queue *q)
{
    const struct mq_order *o = queue_row(q, q->list.selected);
    if (o)
        app_push(q->view.app, &view_order, o->number);
}

static void start_filter(struct queue *q, const char *text)
{
    q->filtering = true;
    edit_set(&q->filter, text);
    refilter(q);
    if (!*text)
        app_push(q->view.app, &view_filter, q);
    note_selection(q);
}

void queue_filter_changed(struct queue *q, bool keep)
{
    if (!keep)
        edit_set(&q->filter, "");
    q->filtering = *edit_text(&q->filter) || app_top(q->view.app) != &q->view;
    refilter(q);
    note_selection(q);
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct queue *q = (struct queue *)view;
    int rows = q->rows > 0 ? q->rows : 1;
    if (list_command(&q->list, q->shown_count, rows, command)) {
        note_selection(q);
        load_more(q);
        return true;
    }
    switch (command) {
    case COMMAND_OPEN:
    case COMMAND_ACCEPT:
        open_selected(q);
        return true;
    case COMMAND_FILTER:
        start_filter(q, argument);
        return true;
    case COMMAND_PREVIEW:
        q->with_preview = !q->with_preview;
        return true;
    case COMMAND_BACK:
        if (!q->filtering)
            return false;
        q->filtering = false;
        refilter(q);
        return true;
    default:
        return false;
    }
}

/* What usually answers a need, and whose it is. Only for the hint line: what is allowed says the
 * platform. */
static const struct {
    const char *need, *action, *roles[2];
} answers[] = {
    {"matter", "classify", {"operator", "dispatcher"}},
    {"intake", "submit", {"operator"}},
    {"dispatch", "dispatch", {"dispatcher"}},
    {"return", "accept_return", {"dispatcher"}},
    {"sign", "sign", {"handler"}},
    {"handle", "reply", {"handler"}},
    {"review", "accept_reply", {"dispatcher", "supervisor"}},
    {"callback", "callback", {"callback"}},
    {"ruling", "rule", {"conference"}},
    {"decision", "close_decision", {"supervisor"}},
    {"archive", "archive", {"supervisor", "callback"}},
};

static bool has_role(const struct app *app, const char *role)
{
    const struct mq_account *account = app->session ? app->session->account : NULL;
    for (size_t i = 0; role && account && i < account->role_count; i++)
        if (strcmp(account->roles[i], role) == 0)
            return true;
    return false;
}

/* What is not complete cannot be sent on yet. */
static const char *need_now(const struct mq_order *o, const char *need)
{
    bool early = strcmp(need, "intake") == 0 || strcmp(need, "dispatch") == 0;
    return early && !*o->category.code ? "matter" : need;
}

static void hint_need(struct app *app, struct hints *h, const char *need)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        bool mine = has_role(app, answers[i].roles[0]) || has_role(app, answers[i].roles[1]);
        const struct mq_action *action =
            mine && strcmp(answers[i].need, need) == 0 ? app_action(app, answers[i].action) : NULL;
        if (action)
            hint(h, "order", COMMAND_ACT, action->name, action->label);
    }
}

/* First what the order waits for, then what is always there. */
static void hints(struct view *view, struct hints *h)
{
    const struct queue *q = (struct queue *)view;
    const struct mq_order *o = selected(view);
    /* The first paint comes with the orders: painted twice it would cost twice. */
    if (!q->loaded)
        return;
    /* Without a preview (on a slow line) the hints stay as they are from order to order. */
    for (uint32_t i = 0; o && q->with_preview && i < o->need_count; i++)
        hint_need(view->app, h, need_now(o, o->needs[i]));
    if (q->with_preview)
        hint_gap(h, NEED_HINT_CELLS);
    if (o) {
        hint(h, "list", COMMAND_OPEN, NULL, _("show"));
        hint(h, "order", COMMAND_ACTIONS, NULL, _("actions"));
        hint(h, "order", COMMAND_WHY, NULL, _("why"));
    }
    if (app_tab_by_name(view->app, "intake") >= 0)
        hint(h, "global", COMMAND_NEW, NULL, _("new"));
    hint(h, "list", COMMAND_FILTER, NULL, _("filter"));
    hint(h, "global", COMMAND_NEXT_VIEW, NULL, _("next view"));
    hint(h, "global", COMMAND_COMMAND, NULL, _("command"));
    hint(h, "global", COMMAND_HELP, NULL, _("help"));
}

const struct view_ops view_queue = {
    .name = "queue",
    .contexts = {"order", "queue", "list", "global"},
    .size = sizeof(struct queue),
    .open = open_queue,
    .load = load,
    .draw = queue_draw,
    .command = command,
    .tick = tick,
    .changed = changed,
    .hints = hints,
    .order = selected,
    .focus = focus,
    .close = close_queue,
};
