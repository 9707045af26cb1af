/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small facts and changes of a case, from which the rows' effects are made. */
#include "core/clock.h"
#include "platform/domain/lifecycle_private.h"

#include <string.h>

/* --- facts ----------------------------------------------------------------------------------- */

bool assignment_unfinished(const struct assignment *a)
{
    return a->state == ASSIGNMENT_OFFERED || a->state == ASSIGNMENT_SIGNED ||
           a->state == ASSIGNMENT_HANDLING;
}

bool assignment_open(const struct assignment *a)
{
    return assignment_unfinished(a) || a->state == ASSIGNMENT_REPLIED;
}

bool objection_open(const struct objection *o)
{
    return o->state == OBJECTION_RAISED || o->state == OBJECTION_OPINIONS;
}

struct assignment *case_lead(const struct order_case *c)
{
    for (size_t i = c->assignment_count; i-- > 0;) {
        struct assignment *a = &c->assignments[i];
        if (a->lead && a->round == c->order.round && a->state != ASSIGNMENT_RETURNED &&
            a->state != ASSIGNMENT_WITHDRAWN)
            return a;
    }
    return NULL;
}

struct assignment *case_assignment(const struct order_case *c, int64_t id)
{
    for (size_t i = 0; i < c->assignment_count; i++)
        if (c->assignments[i].id == id)
            return &c->assignments[i];
    return NULL;
}

struct objection *case_objection(const struct order_case *c, int64_t id)
{
    for (size_t i = 0; i < c->objection_count; i++)
        if (c->objections[i].id == id)
            return &c->objections[i];
    return NULL;
}

void case_attempts(const struct order_case *c, int32_t *attempts, int32_t *days)
{
    *attempts = *days = 0;
    int32_t last_day = 0;
    for (size_t i = 0; i < c->callback_count; i++) {
        const struct callback *callback = &c->callbacks[i];
        if (callback->reached != 0) {
            *attempts = *days = 0;
            continue;
        }
        int32_t day = clock_day(callback->at);
        if (*attempts == 0 || day != last_day)
            ++*days;
        last_day = day;
        ++*attempts;
    }
}

int32_t case_unsatisfied_times(const struct order_case *c)
{
    int32_t times = 0;
    for (size_t i = 0; i < c->callback_count; i++) {
        const struct callback *callback = &c->callbacks[i];
        bool not_content = callback->solved == 0 || callback->satisfied == 0;
        times += callback->reached == 1 && not_content && callback->promised_on == 0;
    }
    return times;
}

bool case_promise_open(const struct order_case *c, int64_t now)
{
    return c->order.state == ORDER_CALLBACK && c->order.promised_on > now;
}

bool case_extension_pending(const struct order_case *c)
{
    for (size_t i = 0; i < c->assignment_count; i++)
        if (c->assignments[i].extension_asked_at > 0)
            return true;
    return false;
}

static uint32_t needs_in_hand(const struct order_case *c)
{
    uint32_t needs = 0;
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *a = &c->assignments[i];
        if (a->round != c->order.round)
            continue;
        if (assignment_unfinished(a) && a->return_asked_at > 0)
            needs |= BIT(NEED_RETURN);
        if (a->state == ASSIGNMENT_OFFERED)
            needs |= BIT(NEED_SIGN);
        if (a->state == ASSIGNMENT_SIGNED || a->state == ASSIGNMENT_HANDLING)
            needs |= BIT(NEED_HANDLE);
        if (a->state == ASSIGNMENT_REPLIED)
            needs |= BIT(NEED_REVIEW);
        if (a->extension_asked_at > 0)
            needs |= BIT(NEED_DECISION);
    }
    return needs;
}

static uint32_t needs_in_callback(const struct order_case *c, const struct policy *policy)
{
    int32_t attempts, days;
    case_attempts(c, &attempts, &days);
    uint32_t needs = c->order.promised_on > 0 ? 0 : BIT(NEED_CALLBACK);
    if (attempts >= policy->unreached_attempts && days >= policy->unreached_days)
        needs |= BIT(NEED_DECISION);
    return needs;
}

uint32_t case_needs(const struct order_case *c, const struct policy *policy)
{
    uint32_t needs = 0;
    for (size_t i = 0; i < c->objection_count; i++)
        if (objection_open(&c->objections[i]))
            needs |= BIT(NEED_RULING);
    if (c->order.coordination_due)
        needs |= BIT(NEED_DECISION);
    switch (c->order.state) {
    case ORDER_RECEIVED:
        return needs | BIT(NEED_INTAKE);
    case ORDER_TO_DISPATCH:
        return needs | BIT(NEED_DISPATCH) | (c->order.designated ? BIT(NEED_DECISION) : 0);
    case ORDER_IN_HAND:
        return needs | needs_in_hand(c);
    case ORDER_CALLBACK:
        return needs | needs_in_callback(c, policy);
    case ORDER_CONCLUDED:
    case ORDER_ANSWERED:
        return needs | BIT(NEED_ARCHIVE);
    default:
        return needs;
    }
}

/* --- timers ---------------------------------------------------------------------------------- */

static void timer_remove_at(struct order_case *c, size_t i)
{
    c->timers[i] = c->timers[--c->timer_count];
    c->timers_changed = true;
}

void timer_cancel(struct order_case *c, enum timer_kind kind, int64_t subject_id)
{
    for (size_t i = c->timer_count; i-- > 0;)
        if (c->timers[i].kind == kind && c->timers[i].subject_id == subject_id)
            timer_remove_at(c, i);
}

void timer_cancel_all(struct order_case *c, int64_t subject_id)
{
    for (size_t i = c->timer_count; i-- > 0;)
        if (c->timers[i].subject_id == subject_id)
            timer_remove_at(c, i);
}

void timers_clear(struct order_case *c, bool keep_objections)
{
    for (size_t i = c->timer_count; i-- > 0;) {
        enum timer_kind kind = c->timers[i].kind;
        if (!keep_objections || (kind != TIMER_OPINION_BY && kind != TIMER_RULE_BY))
            timer_remove_at(c, i);
    }
}

void timer_set(struct order_case *c, struct arena *arena, enum timer_kind kind, int64_t subject_id,
               int64_t due_at)
{
    timer_cancel(c, kind, subject_id);
    c->timers =
        arena_grow(arena, c->timers, c->timer_count, &c->timer_capacity, sizeof c->timers[0]);
    c->timers[c->timer_count++] = (struct timer){kind, subject_id, due_at};
    c->timers_changed = true;
}

/* --- what is written ------------------------------------------------------------------------- */

struct event_draft *event_add(struct order_case *c, const struct act_context *ctx,
                              const char *action, enum subject subject, int64_t subject_id,
                              const char *from, const char *to, bool by_rule)
{
    static const char *const subjects[] = {"order", "assignment", "objection"};
    c->events =
        arena_grow(ctx->arena, c->events, c->event_count, &c->event_capacity, sizeof c->events[0]);
    struct event_draft *event = &c->events[c->event_count++];
    *event = (struct event_draft){
        .action = action,
        .subject = subjects[subject],
        .subject_id = subject_id,
        .from = from,
        .to = to,
        .account_id = by_rule ? 0 : ctx->actor.account_id,
        .done_at = ctx->now,
        .detail = "",
    };
    return event;
}

int64_t statement_add(struct order_case *c, const struct act_context *ctx, const char *text)
{
    c->statements = arena_grow(ctx->arena, c->statements, c->statement_count,
                               &c->statement_capacity, sizeof c->statements[0]);
    struct statement *statement = &c->statements[c->statement_count++];
    *statement = (struct statement){.id = ctx->new_id(ctx->new_id_user),
                                    .text = arena_strdup(ctx->arena, text)};
    return statement->id;
}

void order_move_by_rule(struct order_case *c, const struct act_context *ctx, enum order_state state,
                        const char *action)
{
    event_add(c, ctx, action, SUBJECT_ORDER, c->order.id,
              word_name(WORDS_ORDER_STATE, (int)c->order.state),
              word_name(WORDS_ORDER_STATE, (int)state), true);
    c->order.state = state;
}

/* --- assignments ----------------------------------------------------------------------------- */

void assignment_touch(struct assignment *a)
{
    if (a->mark == ROW_CLEAN)
        a->mark = ROW_CHANGED;
}

void objection_touch(struct objection *o)
{
    if (o->mark == ROW_CLEAN)
        o->mark = ROW_CHANGED;
}

struct assignment *assignment_offer(struct order_case *c, const struct act_context *ctx,
                                    int64_t unit_id, const char *unit_path, bool lead)
{
    c->assignments = arena_grow(ctx->arena, c->assignments, c->assignment_count,
                                &c->assignment_capacity, sizeof c->assignments[0]);
    struct assignment *a = &c->assignments[c->assignment_count++];
    *a = (struct assignment){
        .mark = ROW_NEW,
        .id = ctx->new_id(ctx->new_id_user),
        .unit_id = unit_id,
        .unit_path = arena_strdup(ctx->arena, unit_path),
        .lead = lead,
        .round = c->order.round,
        .state = ASSIGNMENT_OFFERED,
        .limit = c->order.limit,
        .offered_at = ctx->now,
        .sign_by = worktime_deadline(ctx->calendar, ctx->now, limit_of_return(&c->order, ctx)),
        .due_at = worktime_deadline(ctx->calendar, ctx->now, c->order.limit),
        .offered_by = ctx->actor.account_id,
        .return_reason = "",
    };
    if (lead)
        c->order.lead_unit_id = unit_id;
    assignment_set_timers(c, ctx, a);
    event_add(c, ctx, "offer", SUBJECT_ASSIGNMENT, a->id, "",
              word_name(WORDS_ASSIGNMENT_STATE, ASSIGNMENT_OFFERED), true)
        ->detail =
        arena_printf(ctx->arena, "\"round\":%d,\"unit\":%lld,\"lead\":%s,\"due_at\":%lld", a->round,
                     (long long)unit_id, lead ? "true" : "false", (long long)a->due_at);
    return a;
}

void assignment_end(struct order_case *c, const struct act_context *ctx, struct assignment *a,
                    enum assignment_state state, const char *action)
{
    event_add(c, ctx, action, SUBJECT_ASSIGNMENT, a->id,
              word_name(WORDS_ASSIGNMENT_STATE, (int)a->state),
              word_name(WORDS_ASSIGNMENT_STATE, (int)state), true)
        ->detail =
        arena_printf(ctx->arena, "\"round\":%d,\"unit\":%lld", a->round, (long long)a->unit_id);
    a->state = state;
    a->ended_at = ctx->now;
    a->return_reason = "";
    a->return_asked_at = 0;
    a->extension_asked_at = 0;
    assignment_touch(a);
    timer_cancel_all(c, a->id);
}

void round_finish(struct order_case *c, const struct act_context *ctx)
{
    const struct assignment *lead = case_lead(c);
    if (c->order.state != ORDER_IN_HAND || !lead || lead->state != ASSIGNMENT_ACCEPTED)
        return;
    for (size_t i = 0; i < c->assignment_count; i++)
        if (assignment_unfinished(&c->assignments[i]))
            return;
    for (size_t i = 0; i < c->assignment_count; i++)
        if (assignment_open(&c->assignments[i]))
            assignment_end(c, ctx, &c->assignments[i], ASSIGNMENT_ACCEPTED, "round_over");
    order_move_by_rule(c, ctx, ORDER_CALLBACK, "round_over");
}
