/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One move done: state, statement, event, effects, needs, version. */
#include "core/buf.h"
#include "core/clock.h"
#include "platform/domain/lifecycle_private.h"

#include <string.h>

/* The texts that came with the action, one a line, as one statement; 0 if there were none. */
static int64_t record_text(struct move *m)
{
    struct buf text = BUF_EMPTY;
    for (size_t i = 0; m->values && i < m->values->count; i++) {
        const struct field_value *value = &m->values->items[i];
        bool words =
            value->spec && (value->spec->type == FIELD_TEXT || value->spec->type == FIELD_LINE);
        if (!value->present || !words || !value->text || !value->text[0])
            continue;
        if (text.length > 0)
            buf_add_char(&text, '\n');
        buf_add_text(&text, value->text);
    }
    int64_t id = text.length > 0 ? statement_add(m->c, m->ctx, text.data) : 0;
    buf_free(&text);
    return id;
}

static void detail_number(struct buf *out, const char *name, int64_t number)
{
    buf_printf(out, "%s\"%s\":%lld", out->length ? "," : "", name, (long long)number);
}

static void detail_name(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s\"%s\":\"%s\"", out->length ? "," : "", name, value);
}

static void detail_values(struct buf *out, const struct move *m)
{
    for (size_t i = 0; m->values && i < m->values->count; i++) {
        const struct field_value *value = &m->values->items[i];
        if (!value->present || !value->spec)
            continue;
        switch (value->spec->type) {
        case FIELD_CHOICE:
        case FIELD_CATEGORY:
            detail_name(out, value->spec->name, value->text);
            break;
        case FIELD_INT:
        case FIELD_BOOL:
        case FIELD_TIME:
        case FIELD_UNIT:
        case FIELD_PLACE:
        case FIELD_ID:
            detail_number(out, value->spec->name, value->number);
            break;
        case FIELD_DATE:
            detail_number(out, value->spec->name, clock_day_start((int32_t)value->number));
            break;
        default:
            /* Texts are in the statement; co-handlers have events of their own. */
            break;
        }
    }
}

/* What the event says beside who and when: numbers, identifiers and names of the tables alone. */
static const char *describe(const struct move *m, const struct event_draft *event)
{
    const struct order *order = &m->c->order;
    struct buf out = BUF_EMPTY;
    if (order->round > 0)
        detail_number(&out, "round", order->round);
    if (m->assignment) {
        bool units_field = field_present(m->values, "unit");
        detail_number(&out, units_field ? "of_unit" : "unit", m->assignment->unit_id);
    }
    if (m->objection && m->timer && m->timer->kind == TIMER_OPINION_BY)
        detail_number(&out, "silent",
                      strcmp(event->from, word_name(WORDS_OBJECTION_STATE, OBJECTION_RAISED)) == 0);
    if (m->timer)
        detail_number(&out, "due_at", m->timer->due_at);
    if (m->timer && m->timer->kind == TIMER_RED_ON && case_extension_pending(m->c))
        detail_number(&out, "pending", 1);
    if (m->row->effects & E(MERGE))
        detail_number(&out, "into", order->merged_into);
    if (m->row->effects & (E(RESUME) | E(GRANT_EXTENSION)))
        detail_number(&out, "deadline_at", order->deadline_at);
    if ((m->row->effects & E(CONCLUDE)) != 0)
        detail_name(&out, "conclusion", order->conclusion);
    if (m->row->effects & E(CLASSIFY))
        detail_number(&out, "deadline_at", order->deadline_at);
    if (m->row->effects & E(ASSIGN))
        detail_number(&out, "designated", order->designated);
    detail_values(&out, m);
    const char *text = out.length > 0 ? arena_strndup(m->ctx->arena, out.data, out.length) : "";
    buf_free(&out);
    return text;
}

static const char *set_state(struct move *m, const char **from)
{
    int to = m->row->to;
    switch (m->row->subject) {
    case SUBJECT_ASSIGNMENT:
        *from = word_name(WORDS_ASSIGNMENT_STATE, (int)m->assignment->state);
        if (to >= 0)
            m->assignment->state = (enum assignment_state)to;
        assignment_touch(m->assignment);
        return word_name(WORDS_ASSIGNMENT_STATE, (int)m->assignment->state);
    case SUBJECT_OBJECTION:
        *from = word_name(WORDS_OBJECTION_STATE, (int)m->objection->state);
        if (to >= 0)
            m->objection->state = (enum objection_state)to;
        objection_touch(m->objection);
        return word_name(WORDS_OBJECTION_STATE, (int)m->objection->state);
    default:
        *from = word_name(WORDS_ORDER_STATE, (int)m->c->order.state);
        if (to >= 0)
            m->c->order.state = (enum order_state)to;
        return word_name(WORDS_ORDER_STATE, (int)m->c->order.state);
    }
}

static int64_t subject_id(const struct move *m)
{
    if (m->row->subject == SUBJECT_ORDER)
        return m->c->order.id;
    return m->row->subject == SUBJECT_ASSIGNMENT ? m->assignment->id : m->objection->id;
}

void lifecycle_apply(struct move *m)
{
    struct order_case *c = m->c;
    enum order_state order_from = c->order.state;
    bool pending = case_extension_pending(c);
    const char *from, *to = set_state(m, &from);
    m->statement_id = record_text(m);
    size_t at = c->event_count;
    event_add(c, m->ctx, m->row->action, m->row->subject, subject_id(m), from, to, false)
        ->statement_id = m->statement_id;
    if (m->row->subject == SUBJECT_ORDER)
        lifecycle_order_effects(m, order_from);
    else
        lifecycle_hand_effects(m);
    c->events[at].detail = describe(m, &c->events[at]);
    if (m->objection && !objection_open(m->objection))
        timer_cancel_all(c, m->objection->id);
    /* A card that was held back while an extension was undecided shows again. */
    if (pending && !case_extension_pending(c))
        order_set_card(c, m->ctx);
    c->order.needs = case_needs(c, m->ctx->policy);
    c->order.version++;
}
