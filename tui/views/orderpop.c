/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What opens above an order: all its actions, why, the unmasked data. */
#include "core/clock.h"
#include "tui/app.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- all actions -------------------------------------------------------------------------------
 */

struct actions {
    char (*names)[32];
    int64_t *on;
    int64_t order_id;
};

static void free_actions(void *user)
{
    struct actions *a = user;
    free(a->names);
    free(a->on);
    free(a);
}

static void chose_action(struct app *app, void *user, size_t index)
{
    const struct actions *a = user;
    const struct mq_order *order = app_order(app);
    struct act_args args = {order, a->names[index], a->on[index]};
    if (order && order->id == a->order_id)
        app_push(app, &view_act, &args);
}

static const char *subject_name(const struct mq_order *o, int64_t on)
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

static void show_actions(struct app *app, const struct mq_order *o)
{
    size_t count = o->detail ? o->detail->action_count : 0;
    if (count == 0) {
        app_say(app, STYLE_QUESTION, _("Nothing may be done with %s by you now (%s)."), o->number,
                o->state_label);
        return;
    }
    char title[160];
    snprintf(title, sizeof title, "%s  %s", o->number, o->state_label);
    struct actions *a = calloc(1, sizeof *a);
    struct menu_args args = {title,       calloc(count, sizeof *args.items), count, chose_action, a,
                             free_actions};
    if (a) {
        a->names = calloc(count, sizeof *a->names);
        a->on = calloc(count, sizeof *a->on);
        a->order_id = o->id;
    }
    if (!a || !args.items || !a->names || !a->on) {
        free(args.items);
        if (a)
            free_actions(a);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct mq_allowed *allowed = &o->detail->actions[i];
        const struct binding *b = keymap_for(&app->keys, "order", COMMAND_ACT, allowed->name);
        char key[24] = "";
        if (b)
            keymap_text(b, key, sizeof key);
        snprintf(a->names[i], sizeof a->names[i], "%s", allowed->name);
        a->on[i] = allowed->on;
        args.items[i] = (struct menu_item){strdup(key), strdup(allowed->label),
                                           strdup(subject_name(o, allowed->on))};
    }
    app_push(app, &view_menu, &args);
}

static void on_actions_order(void *user, struct mq_result *result)
{
    struct app *app = user;
    const struct mq_order *here = app_order(app);
    /* Somebody who has gone on meanwhile does not want the menu any more. */
    if (!app_failed(app, result) && here && here->id == result->order->id)
        show_actions(app, result->order);
}

void actions_open(struct app *app, const struct mq_order *order)
{
    char id[24];
    if (order->detail) {
        show_actions(app, order);
        return;
    }
    snprintf(id, sizeof id, "%" PRId64, order->id);
    mq_order(app->mq, id, on_actions_order, app);
}

/* ---- why ---------------------------------------------------------------------------------------
 */

static const struct {
    const char *of, *title;
} questions[] = {
    {"deadline", N_("Deadline")},
    {"suggestion", N_("Suggestion")},
    {"state", N_("State")},
    {"mask", N_("Masked")},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

/* The answers come one by one; the text opens with the last. */
struct why {
    struct app *app;
    int64_t order_id;
    char number[40];
    int asked, answered;
    struct why_part {
        struct why *why;
        struct doc doc;
        const char *title;
    } parts[QUESTIONS];
};

static void why_show(struct why *w)
{
    struct app *app = w->app;
    char title[80];
    struct doc *all = calloc(1, sizeof *all);
    for (int i = 0; all && i < w->asked; i++) {
        struct doc *part = &w->parts[i].doc;
        if (part->count > 0)
            doc_add(all, STYLE_HEADING, 1, w->parts[i].title);
        for (size_t k = 0; k < part->count; k++)
            doc_add(all, part->lines[k].style, 3, part->lines[k].text);
    }
    const struct mq_order *here = app_order(app);
    snprintf(title, sizeof title, _("Why  %s"), w->number);
    struct text_args args = {title, all};
    if (all && all->count > 0 && here && here->id == w->order_id) {
        app_push(app, &view_text, &args);
    } else if (all) {
        doc_free(all);
        free(all);
    }
    for (int i = 0; i < w->asked; i++)
        doc_free(&w->parts[i].doc);
    free(w);
}

static void on_why(void *user, struct mq_result *result)
{
    struct why_part *part = user;
    struct why *w = part->why;
    if (result->status == ST_OK) {
        for (size_t i = 0; i < result->count; i++)
            doc_add(&part->doc, STYLE_NORMAL, 3, result->lines[i]);
    } else if (result->status != ST_NOT_FOUND) {
        app_failed(w->app, result);
    }
    if (++w->answered == w->asked)
        why_show(w);
}

void why_open(struct app *app, const struct mq_order *order, const char *action)
{
    struct why *w = calloc(1, sizeof *w);
    if (!w)
        return;
    w->app = app;
    w->order_id = order->id;
    snprintf(w->number, sizeof w->number, "%s", order->number);
    w->asked = *action ? 1 : QUESTIONS;
    for (int i = 0; i < w->asked; i++) {
        const struct mq_action *known = *action ? app_action(app, action) : NULL;
        w->parts[i].why = w;
        w->parts[i].title = known ? known->label : _(questions[i].title);
        mq_why(app->mq, order->id, *action ? "action" : questions[i].of, *action ? action : NULL,
               on_why, &w->parts[i]);
    }
}

/* ---- the unmasked data -------------------------------------------------------------------------
 */

static void on_revealed(void *user, struct mq_result *result)
{
    struct app *app = user;
    if (app_failed(app, result))
        return;
    struct doc *doc = calloc(1, sizeof *doc);
    for (size_t i = 0; doc && i < result->count; i++) {
        const struct mq_appeal *a = &result->appeals[i];
        doc_addf(doc, STYLE_TITLE, 1, "%s  %s  %s", a->name, a->phone, a->identity);
        doc_add(doc, STYLE_NORMAL, 1, a->words);
    }
    struct text_args args = {_("Unmasked: this look is recorded"), doc};
    if (doc)
        app_push(app, &view_text, &args);
}

void reveal_open(struct app *app, const struct mq_order *order, const char *reason)
{
    if (*reason)
        mq_reveal(app->mq, order->id, reason, on_revealed, app);
    else
        app_say(app, STYLE_QUESTION, "%s", _("Give the reason:  :reveal REASON"));
}
