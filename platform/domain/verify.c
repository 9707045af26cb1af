/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must be true of every stored case, whatever happened to it: for the check of a database. */
#include "platform/domain/lifecycle_private.h"
#include <limits.h>

struct said {
    void (*each)(void *user, const char *what);
    void *user;
};

static void say(const struct said *said, bool wrong, const char *what)
{
    if (wrong)
        said->each(said->user, what);
}

/* --- needs ------------------------------------------------------------------------------------ */

/* What an order waits for depends on the policy of the day of its last change, but only between
 * these two. */
static void verify_needs(const struct order_case *c, const struct said *said)
{
    struct policy policy = policy_default();
    policy.unreached_attempts = policy.unreached_days = INT32_MAX;
    uint32_t least = case_needs(c, &policy);
    policy.unreached_attempts = policy.unreached_days = 0;
    uint32_t most = case_needs(c, &policy);
    say(said, (least & ~c->order.needs) != 0,
        "it waits for something that its row does not say: it is missing in a queue");
    say(said, (c->order.needs & ~most) != 0,
        "its row says that it waits for something that it does not: it stands in a wrong queue");
}

/* --- rounds ----------------------------------------------------------------------------------- */

static void verify_rounds(const struct order_case *c, const struct said *said)
{
    int32_t round = 0;
    size_t leads = 0;
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *a = &c->assignments[i];
        if (a->round > round)
            round = a->round;
        leads += a->lead && a->round == c->order.round && a->state != ASSIGNMENT_RETURNED &&
                 a->state != ASSIGNMENT_WITHDRAWN;
    }
    const struct assignment *lead = case_lead(c);
    say(said, leads > 1, "two units lead in one round: nobody is answerable");
    say(said, round != c->order.round, "its round is not that of its assignments");
    say(said, lead && lead->unit_id != c->order.lead_unit_id,
        "the unit that its row names is not the one that leads");
}

/* --- timers ----------------------------------------------------------------------------------- */

static bool has_timer(const struct order_case *c, enum timer_kind kind, int64_t subject_id)
{
    for (size_t i = 0; i < c->timer_count; i++)
        if (c->timers[i].kind == kind && c->timers[i].subject_id == subject_id)
            return true;
    return false;
}

static bool timer_fits_assignment(enum timer_kind kind, const struct assignment *a)
{
    switch (kind) {
    case TIMER_SIGN_BY:
        return a->state == ASSIGNMENT_OFFERED;
    case TIMER_ACCEPT_BY:
        return a->state == ASSIGNMENT_REPLIED;
    case TIMER_YELLOW_ON:
    case TIMER_RED_ON:
        return assignment_unfinished(a);
    default:
        return false;
    }
}

static bool timer_fits_order(enum timer_kind kind, enum order_state state)
{
    switch (kind) {
    case TIMER_DISPATCH_BY:
        return state == ORDER_RECEIVED || state == ORDER_TO_DISPATCH;
    case TIMER_YELLOW_ON:
    case TIMER_RED_ON:
        return order_clock_runs(state);
    case TIMER_PROMISE_ON:
        return state == ORDER_CALLBACK;
    case TIMER_REVIEW_ON:
        return state == ORDER_SUSPENDED;
    case TIMER_ARCHIVE_ON:
        return state == ORDER_CONCLUDED || state == ORDER_ANSWERED;
    default:
        return false;
    }
}

static bool timer_fits(const struct order_case *c, const struct timer *t)
{
    if (t->subject_id == c->order.id)
        return timer_fits_order(t->kind, c->order.state);
    const struct objection *objection = case_objection(c, t->subject_id);
    if (objection)
        return (t->kind == TIMER_OPINION_BY || t->kind == TIMER_RULE_BY) &&
               objection_open(objection);
    const struct assignment *assignment = case_assignment(c, t->subject_id);
    return assignment && c->order.state == ORDER_IN_HAND &&
           timer_fits_assignment(t->kind, assignment);
}

/* Without these an order would rest for ever. */
static bool timer_missing(const struct order_case *c)
{
    const struct order *o = &c->order;
    if ((o->state == ORDER_SUSPENDED && !has_timer(c, TIMER_REVIEW_ON, o->id)) ||
        (o->state == ORDER_CALLBACK && o->promised_on > 0 &&
         !has_timer(c, TIMER_PROMISE_ON, o->id)) ||
        ((o->state == ORDER_CONCLUDED || o->state == ORDER_ANSWERED) &&
         !has_timer(c, TIMER_ARCHIVE_ON, o->id)))
        return true;
    if (order_clock_runs(o->state) && o->card != CARD_RED && !case_extension_pending(c) &&
        !has_timer(c, TIMER_RED_ON, o->id))
        return true;
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *a = &c->assignments[i];
        if (o->state != ORDER_IN_HAND || a->round != o->round)
            continue;
        if ((a->state == ASSIGNMENT_OFFERED && !has_timer(c, TIMER_SIGN_BY, a->id)) ||
            (a->state == ASSIGNMENT_REPLIED && !has_timer(c, TIMER_ACCEPT_BY, a->id)))
            return true;
    }
    return false;
}

void lifecycle_verify(const struct order_case *c, void (*each)(void *user, const char *what),
                      void *user)
{
    const struct said said = {each, user};
    bool unfit = false;
    for (size_t i = 0; i < c->timer_count; i++)
        unfit |= !timer_fits(c, &c->timers[i]);
    verify_needs(c, &said);
    verify_rounds(c, &said);
    say(&said, unfit, "a timer waits for what cannot come any more");
    say(&said, timer_missing(c), "a timer that its state needs is missing: it would rest for ever");
}
