/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/app.h"
#include "core/clock.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the stack of views -----------------------------------------------------------------------
 */

static const struct view_ops *ops_by_name(const char *name)
{
    static const struct {
        const char *name;
        const struct view_ops *ops;
    } table[] = {
#define X(name, ops) {name, &ops},
        TAB_VIEWS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].name, name) == 0)
            return table[i].ops;
    }
    return &view_queue;
}

static struct view *new_view(struct app *app, const struct view_ops *ops, const void *argument)
{
    struct view *view = calloc(1, ops->size);
    if (!view)
        return NULL;
    view->ops = ops;
    view->app = app;
    if (ops->open && !ops->open(view, argument)) {
        app_close_view(app, view);
        return NULL;
    }
    return view;
}

void app_close_view(struct app *app, struct view *view)
{
    mq_cancel(app->mq, view);
    if (view->ops->close)
        view->ops->close(view);
    free(view);
}

struct view *app_top(struct app *app)
{
    return app->depth > 0 ? app->stack[app->depth - 1] : NULL;
}

static void focus_top(struct app *app)
{
    struct view *top = app_top(app);
    app->dirty = true;
    app->pending_count = 0;
    if (app->command_line)
        return;
    edit_focus(NULL);
    if (top && top->ops->focus)
        top->ops->focus(top);
}

struct view *app_push(struct app *app, const struct view_ops *ops, const void *argument)
{
    if (app->depth == APP_VIEWS)
        return NULL;
    struct view *view = new_view(app, ops, argument);
    if (!view)
        return NULL;
    app->stack[app->depth++] = view;
    focus_top(app);
    if (ops->load)
        ops->load(view);
    return view;
}

void app_pop_to(struct app *app, int depth)
{
    while (app->depth > depth) {
        struct view *view = app->stack[--app->depth];
        bool is_tab = app->depth == 0 && app->tab_count > 0 && app->tabs[app->tab].view == view;
        if (!is_tab)
            app_close_view(app, view);
    }
    focus_top(app);
}

void app_pop(struct app *app, struct view *view)
{
    for (int i = 0; i < app->depth; i++) {
        if (app->stack[i] == view) {
            app_pop_to(app, i);
            return;
        }
    }
}

void app_show_tab(struct app *app, int tab)
{
    if (tab < 0 || tab >= app->tab_count)
        return;
    struct tab *t = &app->tabs[tab];
    bool fresh = !t->view;
    if (fresh) {
        struct queue_args args = {t->name, t->label, NULL};
        const struct view_ops *ops = ops_by_name(t->name);
        t->view = new_view(app, ops, ops == &view_queue ? &args : NULL);
        if (!t->view)
            return;
    }
    app_pop_to(app, 0);
    app->tab = tab;
    app->stack[0] = t->view;
    app->depth = 1;
    focus_top(app);
    if (t->view->ops->load)
        t->view->ops->load(t->view);
}

int app_tab_by_name(const struct app *app, const char *name)
{
    for (int i = 0; i < app->tab_count; i++) {
        if (strcmp(app->tabs[i].name, name) == 0 || strcmp(app->tabs[i].label, name) == 0)
            return i;
    }
    return -1;
}

const struct mq_order *app_order(struct app *app)
{
    struct view *top = app_top(app);
    return top && top->ops->order ? top->ops->order(top) : NULL;
}

/* ---- words to the person ----------------------------------------------------------------------
 */

void app_say(struct app *app, int style, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(app->message, sizeof app->message, format, args);
    va_end(args);
    app->message_style = style;
    app->dirty = true;
}

bool app_failed(struct app *app, const struct mq_result *result)
{
    app->dirty = true;
    if (result->status == ST_OK)
        return false;
    static const enum login_purpose again = LOGIN_AGAIN;
    app_forget_held(app);
    if (result->http_status == 401 && app->session) {
        struct view *top = app_top(app);
        if (top && top->ops == &view_login)
            return true;
        app_push(app, &view_login, &again);
    } else if (strcmp(result->problem, "password-change-needed") == 0 && app->session) {
        app_change_password(app);
        app_say(app, STYLE_QUESTION, "%s", result->message);
    } else if (result->status == ST_UNAVAILABLE && result->http_status == 0) {
        app_say(
            app, STYLE_ERROR,
            _("The platform is away. Nothing is lost: lists return, C-s sends a form again. (%s)"),
            app->options.url);
    } else {
        app_say(app, STYLE_ERROR, "%s",
                *result->message ? result->message : _("The platform refused without a reason."));
    }
    return true;
}

void app_ask(struct app *app, const char *question, void (*answered)(void *user), void *user)
{
    snprintf(app->question, sizeof app->question, "%s", question);
    app->answered = answered;
    app->answered_user = user;
    app->dirty = true;
}

/* ---- session ----------------------------------------------------------------------------------
 */

const char *app_account_name(const struct app *app)
{
    return app->session && app->session->account ? app->session->account->name : "";
}

const struct mq_action *app_action(const struct app *app, const char *name)
{
    for (size_t i = 0; app->catalogue && i < app->catalogue->count; i++) {
        if (strcmp(app->catalogue->actions[i].name, name) == 0)
            return &app->catalogue->actions[i];
    }
    return NULL;
}

static void set_counts(struct app *app, const struct mq_queue *queues, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int tab = app_tab_by_name(app, queues[i].name);
        if (tab < 0)
            continue;
        struct tab *t = &app->tabs[tab];
        if (t->count != queues[i].count || t->red != queues[i].red)
            app->dirty = true;
        t->count = queues[i].count;
        t->red = queues[i].red;
    }
}

void app_take_catalogue(struct app *app, struct mq_result *result)
{
    if (app->catalogue) /* an open form may have its fields from it */
        return;
    mq_result_keep(result);
    app->catalogue = result;
}

static void on_actions(void *user, struct mq_result *result)
{
    struct app *app = user;
    if (!app_failed(app, result))
        app_take_catalogue(app, result);
}

static void take_names(struct app *app, struct mq_result **names, struct mq_result *result)
{
    if (app_failed(app, result))
        return;
    mq_result_keep(result);
    mq_result_free(*names);
    *names = result;
    struct view *top = app_top(app);
    if (top && top->ops == &view_intake)
        top->ops->load(top);
}

static void on_channels(void *user, struct mq_result *result)
{
    struct app *app = user;
    take_names(app, &app->channels, result);
}

static void on_kinds(void *user, struct mq_result *result)
{
    struct app *app = user;
    take_names(app, &app->kinds, result);
}

/* The feed cannot go on from where it was: all is read anew. */
static void on_begin_again(void *user, struct mq_result *result)
{
    struct app *app = user;
    if (app_failed(app, result))
        return;
    app_session(app, result);
    for (int i = 0; i < app->depth; i++) {
        if (app->stack[i]->ops->load)
            app->stack[i]->ops->load(app->stack[i]);
    }
}

/* A frame of the feed: counts, and every view hears of the changed orders. */
static void on_feed(void *user, struct mq_result *result)
{
    struct app *app = user;
    if (result->status != ST_OK) {
        app->feed_seen = true; /* or at least missed */
        app->dirty = true;     /* the title says that the line is lost */
        if (result->http_status == 410 || result->http_status == 422)
            mq_me(app->mq, on_begin_again, app);
        else if (result->http_status == 401)
            app_failed(app, result);
        return;
    }
    app->feed_seen = true;
    if (result->queues)
        set_counts(app, result->queues, result->queue_count);
    for (int i = 0; i < app->tab_count; i++) {
        struct view *view = app->tabs[i].view;
        if (view && view->ops->changed && (app->depth == 0 || app->stack[0] != view))
            view->ops->changed(view, result);
    }
    for (int i = 0; i < app->depth; i++) {
        if (app->stack[i]->ops->changed)
            app->stack[i]->ops->changed(app->stack[i], result);
    }
}

static void forget_tabs(struct app *app)
{
    app_pop_to(app, 0);
    for (int i = 0; i < app->tab_count; i++) {
        if (app->tabs[i].view)
            app_close_view(app, app->tabs[i].view);
    }
    app->tab_count = app->tab = 0;
}

static void make_tabs(struct app *app, const struct mq_result *session)
{
    memset(app->tabs, 0, sizeof app->tabs);
    for (size_t i = 0; i < session->view_count && i < APP_TABS; i++) {
        struct tab *t = &app->tabs[app->tab_count++];
        snprintf(t->name, sizeof t->name, "%s", session->views[i].name);
        snprintf(t->label, sizeof t->label, "%s", session->views[i].label);
    }
}

void app_forget_session(struct app *app)
{
    forget_tabs(app);
    mq_result_free(app->session);
    app->session = NULL;
    app->renew_at = 0;
    app->feed_seen = app->following = false;
}

void app_session(struct app *app, struct mq_result *result)
{
    bool same = app->session && app->session->account && result->account &&
                app->session->account->id == result->account->id;
    mq_result_keep(result);
    mq_result_free(app->session);
    app->session = result;
    app_lasts(app, result);
    if (!app->options.language && result->account && *result->account->language)
        l10n_language(result->account->language);
    mq_follow(app->mq, result->cursor, on_feed, app);
    if (!same) {
        forget_tabs(app);
        /* Only now: an open form has its fields from it. */
        mq_result_free(app->catalogue);
        app->catalogue = NULL;
        mq_actions(app->mq, on_actions, app);
        mq_result_free(app->channels);
        mq_result_free(app->kinds);
        app->channels = app->kinds = NULL;
        mq_channels(app->mq, on_channels, app);
        mq_kinds(app->mq, on_kinds, app);
        make_tabs(app, result);
        app_show_tab(app, 0);
    }
    if (app->tab_count == 0)
        app_say(app, STYLE_ERROR, "%s", _("This account has no view. Ask the administrator."));
}

void app_login(struct app *app, const char *login, const char *password, mq_done done, void *user)
{
    if (!mq_login(app->mq, login, password, done, user))
        app_say(app, STYLE_ERROR, "%s", _("Out of memory."));
}

/* ---- time -------------------------------------------------------------------------------------
 */

enum { MINUTE_MS = 60 * 1000, WAIT_SAID_MS = 200 };

static int64_t soonest(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

int app_next_tick(struct app *app)
{
    int64_t now = clock_ticks_ms(), next = -1;
    for (int i = 0; i < app->depth; i++) {
        int64_t at = app->stack[i]->wake_at;
        if (at > 0)
            next = soonest(next, at > now ? at - now : 0);
    }
    if (!app->options.low_bandwidth)
        next = soonest(next, MINUTE_MS - clock_now_ms() % MINUTE_MS);
    if (mq_pending(app->mq) > 0 && !app->waiting_shown) {
        int64_t waited = mq_waiting_ms(app->mq);
        next = soonest(next, waited < WAIT_SAID_MS ? WAIT_SAID_MS - waited + 1 : 1);
    }
    return (int)next;
}

void app_tick(struct app *app)
{
    int64_t now = clock_ticks_ms();
    for (int i = 0; i < app->depth; i++) {
        struct view *view = app->stack[i];
        if (view->wake_at > 0 && view->wake_at <= now) {
            view->wake_at = 0;
            if (view->ops->tick)
                view->ops->tick(view);
        }
    }
    app_renew_due(app);
    bool following = mq_following(app->mq);
    app->feed_seen = app->feed_seen || following;
    if (following != app->following)
        app->dirty = true;
    app->following = following;
    int64_t minute = clock_now_ms() / MINUTE_MS;
    if (minute != app->minute && !app->options.low_bandwidth)
        app->dirty = true;
    app->minute = minute;
    bool waiting = mq_pending(app->mq) > 0 && mq_waiting_ms(app->mq) > WAIT_SAID_MS;
    if (waiting != app->waiting_shown)
        app->dirty = true;
    app->waiting_shown = waiting;
}
