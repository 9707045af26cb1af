/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The effects of the order's rows. By now everything is checked: nothing here can fail. */
#include "core/clock.h"
#include "platform/domain/lifecycle_private.h"

#include <string.h>

/* --- order: ends ----------------------------------------------------------------------------- */

static void answer(struct move *m)
{
    m->c->order.conclusion = "answered";
}

static void conclude(struct move *m)
{
    static const struct {
        const char *action, *conclusion;
    } conclusions[] = {
        {"callback", "satisfied"},
        {"citizen_says", "citizen"},
        {"close_unreached", "unreached"},
        {"close_decision", "decision"},
    };
    struct order *order = &m->c->order;
    for (size_t i = 0; i < sizeof conclusions / sizeof conclusions[0]; i++)
        if (strcmp(m->row->action, conclusions[i].action) == 0)
            order->conclusion = conclusions[i].conclusion;
    order->concluded_at = m->ctx->now;
    order->promised_on = 0;
    order->unsatisfied = false;
    order->coordination_due = false;
    timers_clear(m->c, true);
    timer_set(m->c, m->ctx->arena, TIMER_ARCHIVE_ON, order->id,
              worktime_deadline(m->ctx->calendar, m->ctx->now, m->ctx->policy->archive_after));
}

static void close_case(struct move *m)
{
    for (size_t i = 0; i < m->c->assignment_count; i++)
        if (assignment_open(&m->c->assignments[i]))
            assignment_end(m->c, m->ctx, &m->c->assignments[i], ASSIGNMENT_WITHDRAWN, "recall");
    m->c->order.promised_on = 0;
    m->c->order.coordination_due = false;
    m->c->order.suspended_from = ORDER_DRAFT;
    m->c->order.suspended_at = 0;
    m->c->order.review_on = 0;
    timers_clear(m->c, false);
}

/* --- order: dispatch ------------------------------------------------------------------------- */

/* What is said replaces what was known; the rest stays. */
static void classify(struct move *m)
{
    struct order *order = &m->c->order;
    const struct order before = *order;
    struct act_context ctx = *m->ctx;
    const struct category *category = ctx.named_category;
    const struct place *place = ctx.named_place;
    if (field_present(m->values, "category")) {
        order->category_code = arena_strdup(ctx.arena, category->code);
        order->industry = arena_strdup(ctx.arena, category->industry);
        ctx.category = category;
    }
    if (field_present(m->values, "place")) {
        order->place_id = place->id;
        order->component_owner_id = place->owner_unit_id;
        order->region_code = arena_strdup(ctx.arena, place->region_code);
        order->place_text = arena_strdup(ctx.arena, place->name);
    } else if (field_present(m->values, "region")) {
        order->place_id = order->component_owner_id = 0;
        order->region_code = arena_strdup(ctx.arena, ctx.named_region->code);
        order->place_text = "";
    }
    if (field_present(m->values, "place_text"))
        order->place_text = arena_strdup(ctx.arena, field_text(m->values, "place_text"));
    if (field_present(m->values, "kind"))
        order->kind = (enum appeal_kind)word_find(WORDS_APPEAL_KIND, field_text(m->values, "kind"));
    order->urgent = field_number(m->values, "urgent", order->urgent) != 0;
    order->complex = field_number(m->values, "complex", order->complex) != 0;
    order_reclassify(m->c, &ctx, &before, m->ctx->category);
}

static void assign(struct move *m)
{
    struct order *order = &m->c->order;
    if (field_present(m->values, "complex")) {
        order->complex = field_number(m->values, "complex", 0) != 0;
        order_set_deadline(order, m->ctx);
        order_set_card(m->c, m->ctx);
    }
    timer_cancel(m->c, TIMER_DISPATCH_BY, order->id);
    const struct assignment *lead = case_lead(m->c);
    if (order->round == 0 || (lead && lead->state == ASSIGNMENT_ACCEPTED))
        order->round++;
    assignment_offer(m->c, m->ctx, m->unit->id, m->unit->path, true);
    for (size_t i = 0; i < m->co_count; i++)
        assignment_offer(m->c, m->ctx, m->co_units[i]->id, m->co_units[i]->path, false);
}

static void merge(struct move *m)
{
    m->c->order.merged_into = m->ctx->target->id;
}

static void reopen(struct move *m)
{
    m->c->order.merged_into = 0;
    order_set_dispatch_by(m->c, m->ctx);
    order_set_card(m->c, m->ctx);
}

/* --- order: suspension ----------------------------------------------------------------------- */

static void suspend(struct move *m, enum order_state from)
{
    struct order *order = &m->c->order;
    order->suspended_from = from;
    order->suspended_at = m->ctx->now;
    order->review_on = clock_day_start((int32_t)field_number(m->values, "review_on", 0));
    timers_clear(m->c, true);
    timer_set(m->c, m->ctx->arena, TIMER_REVIEW_ON, order->id, order->review_on);
}

/* A deadline that had passed before the suspension began stays where it is. */
static int64_t shifted(const struct move *m, int64_t deadline, struct limit limit, int64_t from)
{
    if (deadline <= from)
        return deadline;
    return worktime_shift(m->ctx->calendar, deadline, limit.unit, from, m->ctx->now);
}

static void resume(struct move *m)
{
    struct order_case *c = m->c;
    struct order *order = &c->order;
    int64_t from = order->suspended_at;
    timer_cancel(c, TIMER_REVIEW_ON, order->id);
    order->deadline_at = shifted(m, order->deadline_at, order->limit, from);
    order->suspended_from = ORDER_DRAFT;
    order->suspended_at = 0;
    order->review_on = 0;
    order_set_card(c, m->ctx);
    if (order->promised_on > 0)
        timer_set(c, m->ctx->arena, TIMER_PROMISE_ON, order->id, order->promised_on);
    for (size_t i = 0; i < c->assignment_count; i++) {
        struct assignment *a = &c->assignments[i];
        if (!assignment_open(a))
            continue;
        /* One that a ruling offered meanwhile lost only the rest of the suspension. */
        int64_t a_from = a->offered_at > from ? a->offered_at : from;
        a->due_at = shifted(m, a->due_at, a->limit, a_from);
        a->sign_by = shifted(m, a->sign_by, limit_of_return(order, m->ctx), a_from);
        assignment_touch(a);
        assignment_set_timers(c, m->ctx, a);
    }
    /* A ruling may have taken the last open co-handler away meanwhile. */
    round_finish(c, m->ctx);
}

/* --- order: callback ------------------------------------------------------------------------- */

static void add_callback(struct move *m, enum callback_way way, int reached, int solved,
                         int satisfied, int64_t promised_on)
{
    struct order_case *c = m->c;
    c->callbacks = arena_grow(m->ctx->arena, c->callbacks, c->callback_count, &c->callback_capacity,
                              sizeof c->callbacks[0]);
    c->callbacks[c->callback_count++] = (struct callback){
        .mark = ROW_NEW,
        .id = m->ctx->new_id(m->ctx->new_id_user),
        .round = c->order.round,
        .reached = reached,
        .solved = solved,
        .satisfied = satisfied,
        .promised_on = promised_on,
        .way = way,
        .at = m->ctx->now,
        .by = m->ctx->actor.account_id,
        .statement_id = m->statement_id,
    };
}

static int64_t promised_day(const struct move *m)
{
    return field_present(m->values, "promised_on")
               ? clock_day_start((int32_t)field_number(m->values, "promised_on", 0))
               : 0;
}

static void record_facts(struct move *m)
{
    if (strcmp(m->row->action, "citizen_says") == 0) {
        add_callback(m, WAY_CITIZEN, 1, 1, (int)field_number(m->values, "satisfied", 1), 0);
        return;
    }
    int64_t promised_on = promised_day(m);
    int way = word_find(WORDS_CALLBACK_WAY, field_text(m->values, "way"));
    add_callback(m, way < 0 ? WAY_PHONE : (enum callback_way)way,
                 (int)field_number(m->values, "reached", 0),
                 (int)field_number(m->values, "solved", promised_on ? 0 : -1),
                 (int)field_number(m->values, "satisfied", -1), promised_on);
}

static void promise(struct move *m)
{
    struct order *order = &m->c->order;
    order->promised_on = m->timer ? 0 : promised_day(m);
    if (order->promised_on > 0)
        timer_set(m->c, m->ctx->arena, TIMER_PROMISE_ON, order->id, order->promised_on);
}

/* Rule 3: not satisfied means a second assignment and the bulletin; after some times a supervision
 * notice by itself, then a coordination (policy). */
static void second_assignment(struct move *m)
{
    struct order_case *c = m->c;
    struct order *order = &c->order;
    const struct assignment *before = case_lead(c);
    int64_t unit_id = before ? before->unit_id : order->lead_unit_id;
    const char *unit_path = before ? before->unit_path : "";
    int32_t times = case_unsatisfied_times(c);
    order->promised_on = 0;
    order->unsatisfied = true;
    order->round++;
    timer_cancel(c, TIMER_PROMISE_ON, order->id);
    const char *detail = arena_printf(m->ctx->arena, "\"round\":%d,\"unit\":%lld,\"times\":%d",
                                      order->round, (long long)unit_id, times);
    event_add(c, m->ctx, "second_assignment", SUBJECT_ORDER, order->id, "", "", true)->detail =
        detail;
    if (times == m->ctx->policy->notice_after)
        event_add(c, m->ctx, "supervision_notice", SUBJECT_ORDER, order->id, "", "", true)->detail =
            detail;
    if (times >= m->ctx->policy->coordination_after) {
        order->coordination_due = true;
        event_add(c, m->ctx, "coordination_due", SUBJECT_ORDER, order->id, "", "", true)->detail =
            detail;
    }
    assignment_offer(c, m->ctx, unit_id, unit_path, true);
}

/* The citizen's own call counts as a callback also while a second assignment is in hand. */
static void note(struct move *m)
{
    struct order *order = &m->c->order;
    if (m->row->subject != SUBJECT_ORDER || order->state != ORDER_IN_HAND || order->round < 2 ||
        strcmp(field_text(m->values, "what"), "solved") != 0)
        return;
    record_facts(m);
    if (field_number(m->values, "satisfied", 1))
        order->unsatisfied = false;
}

static void supervise(struct move *m)
{
    const char *form = field_text(m->values, "form");
    if (strcmp(form, "coordination") == 0 || strcmp(form, "visit") == 0 ||
        strcmp(form, "meeting") == 0)
        m->c->order.coordination_due = false;
}

/* --- card ------------------------------------------------------------------------------------ */

/* Rule 4: an extension that is undecided at the deadline shows as pending, not as overdue. */
static void card(struct move *m)
{
    struct order *order = &m->c->order;
    if (m->timer->kind == TIMER_RED_ON && !case_extension_pending(m->c))
        order->card = CARD_RED;
    else if (order->card == CARD_NONE)
        order->card = CARD_YELLOW;
}

void lifecycle_order_effects(struct move *move, enum order_state from)
{
    /* In this order: facts come before what follows from them. */
    static const struct {
        uint32_t bit;
        void (*effect)(struct move *m);
    } effects[] = {
        {E(FACTS), record_facts},
        {E(ANSWER), answer},
        {E(CONCLUDE), conclude},
        {E(MERGE), merge},
        {E(CLASSIFY), classify},
        {E(CLOSE), close_case},
        {E(ASSIGN), assign},
        {E(REOPEN), reopen},
        {E(RESUME), resume},
        {E(PROMISE), promise},
        {E(SECOND), second_assignment},
        {E(NOTE), note},
        {E(SUPERVISE), supervise},
        {E(CARD), card},
    };
    if (move->row->effects & E(SUSPEND))
        suspend(move, from);
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++)
        if (move->row->effects & effects[i].bit)
            effects[i].effect(move);
}
