/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two clocks of rule 6, their cards and their timers. */
#include "platform/domain/lifecycle_private.h"

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

struct limit limit_of_order(const struct order *order, const struct act_context *ctx)
{
    const struct policy *policy = ctx->policy;
    struct limit limit = policy->by_kind[order->kind];
    if (ctx->category && ctx->category->limit.n > 0)
        limit = ctx->category->limit;
    bool can_be_complex = order->kind == KIND_COMPLAINT || order->kind == KIND_REPORT;
    if (!order->complex || !can_be_complex)
        return limit;
    /* Saying that a case is complex never shortens what its category allows. */
    int64_t from = order->received_at;
    return worktime_deadline(ctx->calendar, from, policy->complex_limit) >
                   worktime_deadline(ctx->calendar, from, limit)
               ? policy->complex_limit
               : limit;
}

struct limit limit_of_dispatch(const struct order *order, const struct act_context *ctx)
{
    const struct category *category = ctx->category;
    if (order->urgent || (category && category->life_safety))
        return ctx->policy->dispatch_life;
    if (category && category->dispatch_limit.n > 0)
        return category->dispatch_limit;
    return category && category->vital ? ctx->policy->dispatch_vital
                                       : ctx->policy->dispatch_default;
}

struct limit limit_of_return(const struct order *order, const struct act_context *ctx)
{
    return order->complex ? ctx->policy->return_window_complex : ctx->policy->return_window;
}

void order_set_deadline(struct order *order, const struct act_context *ctx)
{
    /* What suspensions and extensions have added to the deadline so far stays added. */
    int64_t plain = worktime_deadline(ctx->calendar, order->received_at, order->limit);
    int32_t added = order->deadline_at > plain
                        ? worktime_days_between(ctx->calendar, plain, order->deadline_at)
                        : 0;
    order->limit = limit_of_order(order, ctx);
    int64_t deadline = worktime_deadline(ctx->calendar, order->received_at, order->limit);
    if (added > 0)
        deadline = worktime_deadline(ctx->calendar, deadline, (struct limit){added, LIMIT_DAYS});
    /* The source's own deadline is not ours to move. */
    if (order->source_deadline_at > 0 && order->source_deadline_at < deadline)
        deadline = order->source_deadline_at;
    order->deadline_at = deadline;
}

bool order_clock_runs(enum order_state state)
{
    return state == ORDER_RECEIVED || state == ORDER_TO_DISPATCH || state == ORDER_IN_HAND ||
           state == ORDER_CALLBACK;
}

/* Yellow begins working days before a deadline in working days, and with the last part of one in
 * hours, which would otherwise be yellow from its first moment. */
static int64_t yellow_from(const struct act_context *ctx, int64_t began_at, int64_t deadline_at,
                           enum limit_unit unit)
{
    return unit == LIMIT_HOURS
               ? deadline_at - (deadline_at - began_at) * ctx->policy->yellow_share / 100
               : worktime_days_before(ctx->calendar, deadline_at, ctx->policy->yellow_days);
}

void order_set_card(struct order_case *c, const struct act_context *ctx)
{
    struct order *order = &c->order;
    timer_cancel(c, TIMER_YELLOW_ON, order->id);
    timer_cancel(c, TIMER_RED_ON, order->id);
    if (!order_clock_runs(order->state))
        return;
    int64_t yellow_on =
        later(yellow_from(ctx, order->received_at, order->deadline_at, order->limit.unit),
              order->received_at);
    if (ctx->now < yellow_on)
        order->card = CARD_NONE;
    else if (ctx->now < order->deadline_at && order->card == CARD_RED)
        order->card = CARD_YELLOW;
    if (ctx->now < order->deadline_at) {
        if (order->card == CARD_NONE)
            timer_set(c, ctx->arena, TIMER_YELLOW_ON, order->id, yellow_on);
        timer_set(c, ctx->arena, TIMER_RED_ON, order->id, order->deadline_at);
    } else if (order->card != CARD_RED && !case_extension_pending(c)) {
        timer_set(c, ctx->arena, TIMER_RED_ON, order->id, order->deadline_at);
    }
}

void assignment_set_timers(struct order_case *c, const struct act_context *ctx,
                           struct assignment *a)
{
    timer_cancel_all(c, a->id);
    if (c->order.state != ORDER_IN_HAND)
        return;
    if (a->state == ASSIGNMENT_OFFERED)
        timer_set(c, ctx->arena, TIMER_SIGN_BY, a->id, a->sign_by);
    if (a->state == ASSIGNMENT_REPLIED)
        timer_set(c, ctx->arena, TIMER_ACCEPT_BY, a->id,
                  worktime_deadline(ctx->calendar, ctx->now, ctx->policy->accept_reply));
    if (!assignment_unfinished(a))
        return;
    int64_t yellow_on = yellow_from(ctx, a->offered_at, a->due_at, a->limit.unit);
    if (yellow_on > ctx->now)
        timer_set(c, ctx->arena, TIMER_YELLOW_ON, a->id, yellow_on);
    if (!a->late)
        timer_set(c, ctx->arena, TIMER_RED_ON, a->id, a->due_at);
}

void order_set_dispatch_by(struct order_case *c, const struct act_context *ctx)
{
    struct order *order = &c->order;
    order->dispatch_by = worktime_deadline(ctx->calendar, ctx->now, limit_of_dispatch(order, ctx));
    timer_set(c, ctx->arena, TIMER_DISPATCH_BY, order->id, order->dispatch_by);
}

void order_reclassify(struct order_case *c, const struct act_context *ctx,
                      const struct order *before, const struct category *category_before)
{
    struct order *order = &c->order;
    struct act_context ctx_before = *ctx;
    ctx_before.category = category_before;
    order_set_deadline(order, ctx);
    /* Before anybody knew what it is about nothing was promised; afterwards the first deadline
     * stays for all to see. */
    if (!before->category_code[0] && order->category_code[0])
        order->first_deadline_at = order->deadline_at;
    order_set_card(c, ctx);
    struct limit limit = limit_of_dispatch(order, ctx);
    int64_t from_receipt = worktime_deadline(ctx->calendar, order->received_at, limit);
    bool first_clock =
        order->dispatch_by == worktime_deadline(ctx->calendar, before->received_at,
                                                limit_of_dispatch(before, &ctx_before));
    int64_t due = from_receipt;
    if (!first_clock) {
        /* The clock was started anew on the way: it is made shorter, never longer. */
        int64_t anew = worktime_deadline(ctx->calendar, ctx->now, limit);
        due = anew < order->dispatch_by ? anew : order->dispatch_by;
    }
    if (due == order->dispatch_by)
        return;
    bool running = order->dispatch_by > ctx->now;
    order->dispatch_by = due;
    /* What was late and is still late is not said again. */
    if (running || due > ctx->now)
        timer_set(c, ctx->arena, TIMER_DISPATCH_BY, order->id, due);
}
