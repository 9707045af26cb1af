/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The effects of the rows of assignments and objections. By now everything is checked: nothing here
 * can fail. */
#include "platform/domain/lifecycle_private.h"

#include <string.h>

/* --- assignment ------------------------------------------------------------------------------ */

static void sign(struct move *m)
{
    m->assignment->signed_at = m->ctx->now;
    m->assignment->signed_by = m->ctx->actor.account_id;
    timer_cancel(m->c, TIMER_SIGN_BY, m->assignment->id);
}

static void clear_return(struct move *m)
{
    m->assignment->return_reason = "";
    m->assignment->return_asked_at = 0;
}

/* Who works on it does not ask to be rid of it. */
static void record_result(struct move *m)
{
    clear_return(m);
    if (m->assignment->result_statement_id == 0)
        m->assignment->result_statement_id = m->statement_id;
}

static void reply(struct move *m)
{
    struct assignment *a = m->assignment;
    a->reply_statement_id = m->statement_id;
    a->replied_at = m->ctx->now;
    a->replied_by = m->ctx->actor.account_id;
    a->late = a->late || m->ctx->now > a->due_at;
    a->extension_asked_at = 0;
    assignment_set_timers(m->c, m->ctx, a);
}

static void refuse_reply(struct move *m)
{
    m->assignment->replied_at = 0;
    assignment_set_timers(m->c, m->ctx, m->assignment);
}

static void end_assignment(struct move *m)
{
    struct assignment *a = m->assignment;
    a->ended_at = m->ctx->now;
    a->return_asked_at = 0;
    a->extension_asked_at = 0;
    timer_cancel_all(m->c, a->id);
}

static void finish(struct move *m)
{
    round_finish(m->c, m->ctx);
}

static void ask_return(struct move *m)
{
    m->assignment->return_reason = arena_strdup(m->ctx->arena, field_text(m->values, "reason"));
    m->assignment->return_asked_at = m->ctx->now;
}

/* Rule 1: after so many failures the platform names the unit, and neither return nor objection is
 * open any more. */
static void count_failure(struct move *m)
{
    struct order *order = &m->c->order;
    order->failed_dispatches++;
    if (order->failed_dispatches >= m->ctx->policy->designate_after)
        order->designated = true;
}

static void return_lead(struct move *m)
{
    struct order_case *c = m->c;
    count_failure(m);
    for (size_t i = 0; i < c->assignment_count; i++) {
        struct assignment *a = &c->assignments[i];
        if (assignment_unfinished(a))
            assignment_end(c, m->ctx, a, ASSIGNMENT_WITHDRAWN, "recall");
        else if (assignment_open(a))
            assignment_end(c, m->ctx, a, ASSIGNMENT_ACCEPTED, "round_over");
    }
    c->order.lead_unit_id = 0;
    order_move_by_rule(c, m->ctx, ORDER_TO_DISPATCH, "back_to_dispatch");
    order_set_dispatch_by(c, m->ctx);
}

/* --- assignment: extension ------------------------------------------------------------------- */

static void ask_extension(struct move *m)
{
    m->assignment->extension_asked_at = m->ctx->now;
    m->assignment->extension_days = (int32_t)field_number(m->values, "days", 0);
}

static void grant_extension(struct move *m)
{
    struct assignment *a = m->assignment;
    struct order *order = &m->c->order;
    struct limit days = {(int32_t)field_number(m->values, "days", a->extension_days), LIMIT_DAYS};
    a->extension_asked_at = 0;
    a->due_at = worktime_deadline(m->ctx->calendar, a->due_at, days);
    assignment_set_timers(m->c, m->ctx, a);
    order->extended_days += days.n;
    int64_t deadline = worktime_deadline(m->ctx->calendar, order->deadline_at, days);
    if (order->source_deadline_at > 0 && deadline > order->source_deadline_at)
        deadline = order->source_deadline_at > order->deadline_at ? order->source_deadline_at
                                                                  : order->deadline_at;
    order->deadline_at = deadline;
    order_set_card(m->c, m->ctx);
}

static void refuse_extension(struct move *m)
{
    m->assignment->extension_asked_at = 0;
    assignment_set_timers(m->c, m->ctx, m->assignment);
    order_set_card(m->c, m->ctx);
}

/* --- objection ------------------------------------------------------------------------------- */

static void object(struct move *m)
{
    struct order_case *c = m->c;
    c->objections = arena_grow(m->ctx->arena, c->objections, c->objection_count,
                               &c->objection_capacity, sizeof c->objections[0]);
    struct objection *o = &c->objections[c->objection_count++];
    int64_t opinion_by = worktime_deadline(m->ctx->calendar, m->ctx->now, m->ctx->policy->opinion);
    *o = (struct objection){
        .mark = ROW_NEW,
        .id = m->ctx->new_id(m->ctx->new_id_user),
        .assignment_id = m->assignment->id,
        .unit_id = m->assignment->unit_id,
        .state = OBJECTION_RAISED,
        .reason_statement_id = m->statement_id,
        .proposed_unit_id = m->unit ? m->unit->id : 0,
        .raised_at = m->ctx->now,
        .raised_by = m->ctx->actor.account_id,
        .opinion_by = opinion_by,
        .rule_by = worktime_deadline(m->ctx->calendar, opinion_by, m->ctx->policy->ruling),
        .outcome = "",
    };
    timer_set(c, m->ctx->arena, TIMER_OPINION_BY, o->id, o->opinion_by);
    timer_set(c, m->ctx->arena, TIMER_RULE_BY, o->id, o->rule_by);
    event_add(c, m->ctx, "raise", SUBJECT_OBJECTION, o->id, "",
              word_name(WORDS_OBJECTION_STATE, OBJECTION_RAISED), true)
        ->detail = arena_printf(m->ctx->arena, "\"assignment\":%lld,\"unit\":%lld",
                                (long long)o->assignment_id, (long long)o->unit_id);
}

/* The ruling binds: the next order of this matter and place is suggested right the first time. */
static void rule(struct move *m)
{
    struct order_case *c = m->c;
    struct objection *o = m->objection;
    const struct order *order = &c->order;
    o->outcome = strcmp(m->outcome, "moved") == 0 ? "moved" : "upheld";
    o->ruled_unit_id = m->unit ? m->unit->id : o->unit_id;
    o->ruled_at = m->ctx->now;
    o->ruled_by = m->ctx->actor.account_id;
    o->ruling_statement_id = m->statement_id;
    c->responsibilities = arena_grow(m->ctx->arena, c->responsibilities, c->responsibility_count,
                                     &c->responsibility_capacity, sizeof c->responsibilities[0]);
    c->responsibilities[c->responsibility_count++] = (struct responsibility){
        .id = m->ctx->new_id(m->ctx->new_id_user),
        .category_code = order->category_code,
        .region_code = order->region_code,
        .owner_unit_id = order->component_owner_id,
        .unit_id = o->ruled_unit_id,
        .source = "ruling",
        .reason = arena_strdup(m->ctx->arena, order->number),
        .ruling_objection_id = o->id,
        .valid_from = m->ctx->now,
    };
}

static bool unit_on_round(const struct order_case *c, int64_t unit_id)
{
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *a = &c->assignments[i];
        if (a->unit_id == unit_id && a->round == c->order.round &&
            a->state != ASSIGNMENT_RETURNED && a->state != ASSIGNMENT_WITHDRAWN)
            return true;
    }
    return false;
}

static void move_assignment(struct move *m)
{
    struct order_case *c = m->c;
    struct assignment *a = m->assignment;
    /* On a finished one the ruling changes only the responsibility. */
    if (!assignment_unfinished(a))
        return;
    bool lead = a->lead;
    assignment_end(c, m->ctx, a, ASSIGNMENT_WITHDRAWN, "move");
    if (lead) {
        count_failure(m);
        for (size_t i = 0; i < c->assignment_count; i++) {
            struct assignment *co = &c->assignments[i];
            if (co->unit_id == m->unit->id && assignment_open(co))
                assignment_end(c, m->ctx, co, ASSIGNMENT_WITHDRAWN, "move");
        }
    }
    if (lead || !unit_on_round(c, m->unit->id))
        assignment_offer(c, m->ctx, m->unit->id, m->unit->path, lead);
    m->assignment = case_assignment(c, m->objection->assignment_id);
    round_finish(c, m->ctx);
}

/* --- card ------------------------------------------------------------------------------------ */

/* Rule 4: while an extension is undecided, lateness is not charged yet. */
static void card(struct move *m)
{
    if (m->timer->kind == TIMER_RED_ON && m->assignment->extension_asked_at == 0)
        m->assignment->late = true;
}

void lifecycle_hand_effects(struct move *move)
{
    /* In this order: an assignment ends before its round can. */
    static const struct {
        uint32_t bit;
        void (*effect)(struct move *m);
    } effects[] = {
        {E(END_ASSIGNMENT), end_assignment},
        {E(SIGN), sign},
        {E(RESULT), record_result},
        {E(REPLY), reply},
        {E(FINISH), finish},
        {E(REFUSE_REPLY), refuse_reply},
        {E(ASK_RETURN), ask_return},
        {E(RETURN_LEAD), return_lead},
        {E(CLEAR_RETURN), clear_return},
        {E(OBJECT), object},
        {E(ASK_EXTENSION), ask_extension},
        {E(GRANT_EXTENSION), grant_extension},
        {E(REFUSE_EXTENSION), refuse_extension},
        {E(RULE), rule},
        {E(MOVE), move_assignment},
        {E(CARD), card},
    };
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++)
        if (move->row->effects & effects[i].bit)
            effects[i].effect(move);
}
