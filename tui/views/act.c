/* SPDX-License-Identifier: GPL-3.0-or-later */
/* act: one action on an order, its form drawn from what the platform publishes. */
#include "core/clock.h"
#include "tui/app.h"
#include "tui/draft.h"
#include "tui/form.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct act {
    struct view view;
    int64_t order_id, on;
    char wanted[96];                /* "name" or "name|name": the first that is allowed */
    struct mq_result *order;        /* the record that the form was made from */
    const struct mq_action *action; /* of the catalogue */
    struct form form;
    bool confirmed;
};

static void submit(struct act *a);

/* ---- what is allowed ---------------------------------------------------------------------------
 */

static bool is_wanted(const char *wanted, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = wanted; (p = strstr(p, name)) != NULL; p++) {
        if ((p == wanted || p[-1] == '|') && (p[n] == '\0' || p[n] == '|'))
            return true;
    }
    return false;
}

static const char *unit_of_assignment(const struct mq_order *o, int64_t on)
{
    for (size_t i = 0; i < o->detail->assignment_count; i++) {
        if (o->detail->assignments[i].id == on)
            return o->detail->assignments[i].unit.name;
    }
    for (size_t i = 0; i < o->detail->objection_count; i++) {
        if (o->detail->objections[i].id == on)
            return o->detail->objections[i].unit.name;
    }
    return "";
}

/* The name of a unit that the order itself mentions; NULL unknown. */
static const char *unit_name(const struct mq_order *o, const char *id)
{
    char *end;
    int64_t wanted = strtoll(id, &end, 10);
    if (o->suggested.id == wanted)
        return o->suggested.name;
    if (o->lead.id == wanted)
        return o->lead.name;
    for (size_t i = 0; i < o->detail->assignment_count; i++) {
        if (o->detail->assignments[i].unit.id == wanted)
            return o->detail->assignments[i].unit.name;
    }
    return NULL;
}

static void set_defaults(struct act *a, const struct mq_allowed *allowed)
{
    for (size_t i = 0; i < allowed->default_count; i++) {
        struct field *f = form_find(&a->form, allowed->defaults[i].field);
        const char *value = allowed->defaults[i].value;
        if (!f || !*value)
            continue;
        bool chosen = field_completes(f) || f->kind == FIELD_BOOL || f->kind == FIELD_CHOICE;
        const char *name = f->kind == FIELD_UNIT ? unit_name(a->order->order, value) : NULL;
        if (f->kind == FIELD_UNITS) {
            field_replace(&f->value, value);
            field_replace(&f->note, value);
        } else {
            form_set(f, chosen ? value : NULL, name ? name : value);
        }
        if (f->kind == FIELD_UNIT && a->order->order->suggested.id &&
            name == a->order->order->suggested.name)
            field_replace(&f->note, a->order->order->suggested_why);
    }
}

static void build_form(struct act *a, const struct mq_allowed *allowed)
{
    struct app *app = a->view.app;
    a->on = allowed->on;
    a->action = app_action(app, allowed->name);
    if (!a->action) {
        app_say(app, STYLE_ERROR, _("The platform does not publish \"%s\"."), allowed->label);
        app_pop(app, &a->view);
        return;
    }
    form_add_action(&a->form, a->action);
    set_defaults(a, allowed);
    snprintf(a->form.draft, sizeof a->form.draft, "act-%" PRId64 "-%s-%" PRId64,
             app->session->account ? app->session->account->id : 0, a->action->name, a->order_id);
    char *draft = draft_get(a->form.draft);
    if (draft && form_load(&a->form, draft))
        app_say(app, STYLE_QUESTION, "%s", _("Your draft is here again. F8 throws it away."));
    free(draft);
    form_focus(&a->form, 0);
    if (a->action->field_count == 0)
        submit(a);
}

/* Several units of one order may be meant: which? */
struct which {
    int64_t order_id;
    char names[8][32];
    int64_t on[8];
    size_t count;
};

static void chose_which(struct app *app, void *user, size_t index)
{
    const struct which *w = user;
    const struct mq_order *order = app_order(app);
    struct act_args args = {order, w->names[index], w->on[index]};
    if (order && order->id == w->order_id)
        app_push(app, &view_act, &args);
}

static void ask_which(struct act *a, const struct mq_allowed *const *fits, size_t count)
{
    struct app *app = a->view.app;
    struct menu_args args = {_("Which one?"), calloc(count, sizeof *args.items), count,
                             chose_which,     calloc(1, sizeof(struct which)),   free};
    struct which *w = args.user;
    if (!args.items || !w) {
        free(args.items);
        free(w);
        return;
    }
    w->order_id = a->order_id;
    w->count = count;
    for (size_t i = 0; i < count; i++) {
        snprintf(w->names[i], sizeof w->names[i], "%s", fits[i]->name);
        w->on[i] = fits[i]->on;
        args.items[i] =
            (struct menu_item){strdup(""), strdup(fits[i]->label),
                               strdup(unit_of_assignment(a->order->order, fits[i]->on))};
    }
    app_pop(app, &a->view);
    app_push(app, &view_menu, &args);
}

static void choose_action(struct act *a)
{
    struct app *app = a->view.app;
    const struct mq_order *o = a->order->order;
    const struct mq_allowed *fits[8];
    size_t count = 0;
    for (size_t i = 0; o->detail && i < o->detail->action_count && count < 8; i++) {
        const struct mq_allowed *allowed = &o->detail->actions[i];
        if (is_wanted(a->wanted, allowed->name) && (a->on == 0 || a->on == allowed->on))
            fits[count++] = allowed;
    }
    if (count == 1) {
        build_form(a, fits[0]);
    } else if (count > 1) {
        ask_which(a, fits, count);
    } else {
        char first[48];
        snprintf(first, sizeof first, "%.*s", (int)strcspn(a->wanted, "|"), a->wanted);
        const struct mq_action *action = app_action(app, first);
        app_forget_held(app);
        app_say(app, STYLE_ERROR,
                _("\"%s\" is not possible now (%s). a shows what is, :why %s why."),
                action ? action->label : first, o->state_label, first);
        app_pop(app, &a->view);
    }
}

/* Asked for at the login, the published actions may still be on their way, or were lost. */
static void on_catalogue(void *user, struct mq_result *result)
{
    struct act *a = user;
    a->view.busy = false;
    if (app_failed(a->view.app, result)) {
        if (result->http_status != 401)
            app_pop(a->view.app, &a->view);
        return;
    }
    app_take_catalogue(a->view.app, result);
    choose_action(a);
}

static void on_order(void *user, struct mq_result *result)
{
    struct act *a = user;
    a->view.busy = false;
    if (app_failed(a->view.app, result)) {
        if (result->http_status != 401)
            app_pop(a->view.app, &a->view);
        return;
    }
    mq_result_keep(result);
    a->order = result;
    if (a->view.app->catalogue) {
        choose_action(a);
    } else {
        a->view.busy = true;
        mq_actions(a->view.app->mq, on_catalogue, a);
    }
}

/* ---- sending -----------------------------------------------------------------------------------
 */

static void show_stale(struct act *a, struct mq_result *result)
{
    struct app *app = a->view.app;
    if (result->order) {
        mq_result_keep(result);
        /* The form's defaults are its own copies; only the record is another one. */
        mq_result_free(a->order);
        a->order = result;
        app_say(app, STYLE_QUESTION,
                _("The order has changed meanwhile: it is \"%s\" now. What you typed is kept; C-s "
                  "sends it for the new state."),
                result->order->state_label);
    }
    a->confirmed = false;
}

static void on_done(void *user, struct mq_result *result)
{
    struct act *a = user;
    struct app *app = a->view.app;
    a->view.busy = false;
    a->confirmed = false;
    if (result->status == ST_OK) {
        form_forget(&a->form);
        app_say(app, STYLE_GOOD, _("%s: %s is \"%s\" now."), a->action->label,
                result->order ? result->order->number : "",
                result->order ? result->order->state_label : "");
        a->form.draft[0] = '\0';
        app_pop(app, &a->view);
        struct view *top = app_top(app);
        if (top && top->ops->load)
            top->ops->load(top);
        return;
    }
    app_failed(app, result);
    if (result->status == ST_STALE) {
        show_stale(a, result);
        return;
    }
    struct field *f = *result->field ? form_find(&a->form, result->field) : NULL;
    if (f)
        form_error(&a->form, f, result->message);
    else if (a->form.count == 0 && result->http_status != 401)
        app_pop(app, &a->view);
}

static void on_confirmed(void *user)
{
    struct act *a = user;
    a->confirmed = true;
    submit(a);
}

static void submit(struct act *a)
{
    struct mq_value values[FORM_FIELDS];
    size_t count;
    struct buf keep = BUF_EMPTY;
    struct app *app = a->view.app;
    if (!a->order || !a->action)
        return;
    if (!form_values(&a->form, values, &count, &keep)) {
        app_forget_held(app);
    } else if (*a->action->confirm && !a->confirmed) {
        app_ask(app, a->action->confirm, on_confirmed, a);
    } else {
        a->view.busy = true;
        mq_act(app->mq, a->order_id, a->order->order->version, a->action->name, a->on, values,
               count, on_done, a);
    }
    buf_free(&keep);
}

/* ---- the view ----------------------------------------------------------------------------------
 */

static bool open_act(struct view *view, const void *argument)
{
    struct act *a = (struct act *)view;
    const struct act_args *args = argument;
    a->order_id = args->order->id;
    a->on = args->on;
    snprintf(a->wanted, sizeof a->wanted, "%s", args->action);
    form_start(&a->form, view);
    return true;
}

static void load(struct view *view)
{
    struct act *a = (struct act *)view;
    char id[24];
    if (a->order)
        return;
    view->busy = true;
    snprintf(id, sizeof id, "%" PRId64, a->order_id);
    mq_order(view->app->mq, id, on_order, a);
}

static void close_act(struct view *view)
{
    struct act *a = (struct act *)view;
    form_free(&a->form);
    mq_result_free(a->order);
}

static void focus(struct view *view)
{
    form_take_focus(&((struct act *)view)->form);
}

static int rows(struct view *view, int room)
{
    struct act *a = (struct act *)view;
    (void)room;
    return 1 + (a->action ? form_rows(&a->form, screen_cells()) : 1);
}

static void draw(struct view *view, struct rect area)
{
    struct act *a = (struct act *)view;
    if (!a->action) {
        screen_put(area.y, 1, area.cells - 2, STYLE_QUIET, _("Asking what may be done …"));
        return;
    }
    int x = 1 + screen_put(area.y, 1, area.cells - 2, STYLE_TITLE, a->action->label) + 2;
    screen_putf(area.y, x, area.cells - x - 1, STYLE_QUIET, "%s  %s", a->order->order->number,
                a->order->order->title);
    form_draw(&a->form, (struct rect){area.y + 1, 0, area.rows - 1, area.cells});
}

static void discard(void *user)
{
    struct act *a = user;
    form_forget(&a->form);
    a->form.draft[0] = '\0';
    app_say(a->view.app, STYLE_NORMAL, "%s", _("The draft is thrown away."));
    app_pop(a->view.app, &a->view);
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct act *a = (struct act *)view;
    (void)argument;
    if (command == COMMAND_NONE && !a->action) { /* the wait for the order was broken off */
        app_pop(view->app, view);
        return true;
    }
    if (command == COMMAND_DISCARD) {
        app_ask(view->app, _("Throw away what is typed here?"), discard, a);
        return true;
    }
    switch (form_command(&a->form, command)) {
    case FORM_SUBMIT:
        submit(a);
        return true;
    case FORM_LEAVE:
        return false;
    case FORM_TAKEN:
        return true;
    case FORM_NOTHING:
        break;
    }
    return command == COMMAND_OPEN;
}

static void typed(struct view *view, int key)
{
    form_typed(&((struct act *)view)->form, key);
}

static void hints(struct view *view, struct hints *h)
{
    form_hints(&((struct act *)view)->form, h);
}

static const struct mq_order *order(struct view *view)
{
    struct act *a = (struct act *)view;
    return a->order ? a->order->order : NULL;
}

const struct view_ops view_act = {
    .name = "act",
    .contexts = {"form"},
    .typing = true,
    .size = sizeof(struct act),
    .open = open_act,
    .load = load,
    .rows = rows,
    .draw = draw,
    .command = command,
    .typed = typed,
    .hints = hints,
    .order = order,
    .focus = focus,
    .close = close_act,
};
