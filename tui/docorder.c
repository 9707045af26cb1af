/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The half of doc.h that knows orders. */
#include "core/clock.h"
#include "tui/dates.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *order_short_number(const char *number, int64_t now_ms)
{
    char day[11];
    clock_format_day(clock_day(now_ms), day);
    return strncmp(number, day + 2, 2) == 0 && strlen(number) > 8 ? number + 2 : number;
}

int order_left(const struct mq_order *order, int64_t now_ms, char *out, size_t size)
{
    out[0] = '\0';
    bool red = strcmp(order->card, "red") == 0, yellow = strcmp(order->card, "yellow") == 0;
    if (order->deadline_at == 0)
        return STYLE_NORMAL;
    /* A clock that stands counts nothing any more. */
    if (!order->clock_runs) {
        snprintf(out, size, "%s", red ? _("late") : "");
        return red ? STYLE_OVERDUE : STYLE_NORMAL;
    }
    dates_left(order->deadline_at, now_ms, out, size);
    return red || order->deadline_at < now_ms ? STYLE_OVERDUE
           : yellow                           ? STYLE_DUE_SOON
                                              : STYLE_NORMAL;
}

int order_state_style(const struct mq_order *order)
{
    if (order->unsatisfied)
        return STYLE_UNSATISFIED;
    bool done = strcmp(order->state, "concluded") == 0 || strcmp(order->state, "archived") == 0 ||
                strcmp(order->state, "answered") == 0;
    return done ? STYLE_GOOD : STYLE_NORMAL;
}

static const char *yes_no(int fact)
{
    return fact < 0 ? "—" : fact ? _("yes") : _("no");
}

static void head(struct doc *doc, const struct mq_order *o, int64_t now)
{
    char left[40], moment[40];
    doc_addf(doc, STYLE_TITLE, 1, "%s  %s", o->number, o->title);
    doc_addf(doc, order_state_style(o), 1, "%s%s%s%s%s", o->state_label,
             o->urgent ? _("  urgent") : "", o->complex ? _("  complex") : "",
             o->unsatisfied ? _("  not satisfied") : "",
             o->confidential ? _("  confidential") : "");
    int style = order_left(o, now, left, sizeof left);
    if (o->deadline_at) {
        char line[128];
        dates_moment(o->deadline_at, now, moment, sizeof moment);
        snprintf(line, sizeof line, "%s  %s  %s", moment, left, o->card_label);
        doc_pair(doc, _("Deadline"), style, line);
        if (o->first_deadline_at && o->first_deadline_at != o->deadline_at) {
            dates_moment(o->first_deadline_at, now, moment, sizeof moment);
            doc_pair(doc, _("First was"), STYLE_QUIET, moment);
        }
    }
    doc_pair(doc, _("Matter"), STYLE_NORMAL,
             *o->category.path ? o->category.path : o->category.name);
    doc_pair(doc, _("Place"), STYLE_NORMAL, o->place);
    doc_pair(doc, _("Region"), STYLE_NORMAL, *o->region.path ? o->region.path : o->region.name);
    if (o->lead.id)
        doc_pair(doc, _("Lead"), STYLE_NORMAL, o->lead.name);
    if (o->suggested.id) {
        char line[512];
        snprintf(line, sizeof line, "%s: %s", o->suggested.name, o->suggested_why);
        doc_pair(doc, _("Suggested"), STYLE_SUGGESTION, line);
    }
    doc_pair(doc, _("Promised"), STYLE_DUE_SOON, o->promised_on);
    doc_pair(doc, _("Conclusion"), STYLE_NORMAL, o->conclusion_label);
}

static void appeals(struct doc *doc, const struct mq_order_detail *d, int64_t now)
{
    for (size_t i = 0; i < d->appeal_count; i++) {
        const struct mq_appeal *a = &d->appeals[i];
        char moment[40];
        dates_moment(a->received_at, now, moment, sizeof moment);
        doc_add(doc, STYLE_NORMAL, 0, "");
        doc_addf(doc, STYLE_HEADING, 1, _("The citizen  %s %s  %s  %s  %s"), a->name, a->phone,
                 a->channel, a->kind_label, moment);
        doc_add(doc, STYLE_NORMAL, 1, a->words);
    }
}

static void assignments(struct doc *doc, const struct mq_order_detail *d, int64_t now)
{
    if (d->assignment_count > 0) {
        doc_add(doc, STYLE_NORMAL, 0, "");
        doc_add(doc, STYLE_HEADING, 1, _("Assignments"));
    }
    for (size_t i = 0; i < d->assignment_count; i++) {
        const struct mq_assignment *a = &d->assignments[i];
        char due[40], left[40] = "";
        dates_moment(a->due_at, now, due, sizeof due);
        if (a->due_at && !a->replied_at)
            dates_left(a->due_at, now, left, sizeof left);
        doc_addf(doc, a->late ? STYLE_OVERDUE : STYLE_NORMAL, 1,
                 _("%s %s  round %d  %s  due %s %s"), a->lead ? _("lead") : _("with"), a->unit.name,
                 a->round, a->state_label, due, left);
        doc_pair(doc, _("Result"), STYLE_NORMAL, a->result);
        doc_pair(doc, _("Reply"), STYLE_NORMAL, a->reply);
        doc_pair(doc, _("Return"), STYLE_UNSATISFIED, a->return_reason_label);
    }
}

static void objections(struct doc *doc, const struct mq_order_detail *d)
{
    if (d->objection_count > 0) {
        doc_add(doc, STYLE_NORMAL, 0, "");
        doc_add(doc, STYLE_HEADING, 1, _("Objections"));
    }
    for (size_t i = 0; i < d->objection_count; i++) {
        const struct mq_objection *o = &d->objections[i];
        doc_addf(doc, STYLE_NORMAL, 1, "%s  %s  %s", o->unit.name, o->state_label, o->outcome);
        doc_pair(doc, _("Reason"), STYLE_NORMAL, o->reason);
        doc_pair(doc, _("Proposed"), STYLE_NORMAL, o->proposed.id ? o->proposed.name : "");
        doc_pair(doc, _("Ruling"), STYLE_NORMAL, o->ruling);
    }
}

static void callbacks(struct doc *doc, const struct mq_order_detail *d, int64_t now)
{
    if (d->callback_count > 0) {
        doc_add(doc, STYLE_NORMAL, 0, "");
        doc_add(doc, STYLE_HEADING, 1, _("Callbacks"));
    }
    for (size_t i = 0; i < d->callback_count; i++) {
        const struct mq_callback *c = &d->callbacks[i];
        char moment[40];
        dates_moment(c->at, now, moment, sizeof moment);
        int style = c->satisfied == 0 || c->solved == 0 ? STYLE_UNSATISFIED : STYLE_NORMAL;
        doc_addf(doc, style, 1, _("%s  reached %s  solved %s  satisfied %s  %s  %s"), moment,
                 yes_no(c->reached), yes_no(c->solved), yes_no(c->satisfied), c->way_label, c->by);
        doc_pair(doc, _("Promised"), STYLE_DUE_SOON, c->promised_on);
        doc_pair(doc, _("Note"), STYLE_NORMAL, c->note);
    }
}

void doc_order(struct doc *doc, const struct mq_order *order, int64_t now_ms)
{
    doc_clear(doc);
    head(doc, order, now_ms);
    if (!order->detail)
        return;
    appeals(doc, order->detail, now_ms);
    assignments(doc, order->detail, now_ms);
    objections(doc, order->detail);
    callbacks(doc, order->detail, now_ms);
}

void doc_events(struct doc *doc, const struct mq_event *events, size_t count, int64_t now_ms)
{
    if (count == 0)
        return;
    doc_add(doc, STYLE_NORMAL, 0, "");
    doc_add(doc, STYLE_HEADING, 1, _("What happened"));
    for (size_t i = 0; i < count; i++) {
        const struct mq_event *e = &events[i];
        char moment[40], line[256];
        dates_moment(e->at, now_ms, moment, sizeof moment);
        bool moved = *e->to_label && strcmp(e->from, e->to) != 0;
        snprintf(line, sizeof line, "%s%s%s%s%s%s%s", e->label, *e->unit ? "  " : "", e->unit,
                 *e->by ? "  " : "", e->by, moved ? "  → " : "", moved ? e->to_label : "");
        doc_addf(doc, STYLE_NORMAL, 1, "%-11s  %s", moment, line);
        if (*e->text)
            doc_add(doc, STYLE_QUIET, 14, e->text);
    }
}
