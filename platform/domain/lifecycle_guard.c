/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guards: each a question to the case and, where the answer is no, the rule that says so. */
#include "core/clock.h"
#include "platform/domain/lifecycle_private.h"

#include <stdlib.h>
#include <string.h>

static const struct bilingual none = {NULL, NULL};

/* --- actors ---------------------------------------------------------------------------------- */

/* True if the path `below` is `above` or under it. */
static bool path_under(const char *below, const char *above)
{
    return above && above[0] && below && strncmp(below, above, strlen(above)) == 0;
}

bool actor_covers(const struct actor *actor, int64_t unit_id, const char *unit_path)
{
    if (actor->unit_id == 0)
        return false;
    return actor->unit_id == unit_id || path_under(unit_path, actor->unit_path);
}

/* True if the actor stands on the side of the unit: belongs to it, or handles for it from above. */
static bool actor_of_unit(const struct actor *actor, int64_t unit_id, const char *unit_path)
{
    if (actor->unit_id == 0)
        return false;
    if (actor->unit_id == unit_id || path_under(actor->unit_path, unit_path))
        return true;
    return (actor->roles & BIT(ROLE_HANDLER)) && actor_covers(actor, unit_id, unit_path);
}

bool actor_handled(const struct order_case *c, const struct actor *actor)
{
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *a = &c->assignments[i];
        bool never_handled = a->result_statement_id == 0 &&
                             (a->state == ASSIGNMENT_RETURNED || a->state == ASSIGNMENT_WITHDRAWN);
        if (never_handled)
            continue;
        if (actor->account_id != 0 &&
            (a->signed_by == actor->account_id || a->replied_by == actor->account_id))
            return true;
        if (actor_of_unit(actor, a->unit_id, a->unit_path))
            return true;
    }
    return false;
}

/* --- guards of orders ------------------------------------------------------------------------ */

static struct bilingual number_label(int64_t n, struct arena *arena)
{
    return both(arena_printf(arena, "%lld", (long long)n));
}

static struct bilingual time_label(int64_t ms, struct arena *arena)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(ms, text);
    return both(arena_printf(arena, "%.10s %.5s", text, text + 11));
}

static bool live(const struct order *order)
{
    return order->state == ORDER_RECEIVED || order->state == ORDER_TO_DISPATCH ||
           order->state == ORDER_IN_HAND || order->state == ORDER_CALLBACK ||
           order->state == ORDER_SUSPENDED;
}

static bool target_fits(const struct move *m, struct problem *problem)
{
    /* Which order it goes into is known only with the values. */
    if (!m->values)
        return true;
    const struct order *target = m->ctx->target;
    if (target && target->id != m->c->order.id && live(target))
        return true;
    return problem_set(problem, PROBLEM_MERGE_TARGET, "target", none, none, none);
}

static bool target_open(const struct move *m, struct problem *problem)
{
    const struct order *target = m->ctx->target;
    if (target && target->id == m->c->order.merged_into && live(target))
        return true;
    return problem_set(problem, PROBLEM_UNMERGE_LATE, NULL, none, none, none);
}

static bool not_designated(const struct move *m, struct problem *problem)
{
    if (!m->c->order.designated)
        return true;
    if (m->row->subject != SUBJECT_ORDER)
        return problem_set(problem, PROBLEM_DESIGNATED, NULL,
                           number_label(m->c->order.failed_dispatches, m->ctx->arena), none, none);
    return problem_set(problem, PROBLEM_DESIGNATE_NOW, NULL,
                       number_label(m->c->order.failed_dispatches, m->ctx->arena), none, none);
}

static bool classified(const struct move *m, struct problem *problem)
{
    return m->c->order.category_code[0] ||
           problem_set(problem, PROBLEM_UNCLASSIFIED, NULL, none, none, none);
}

static bool designated(const struct move *m, struct problem *problem)
{
    return m->c->order.designated ||
           problem_set(problem, PROBLEM_FORBIDDEN, NULL,
                       roles_label(BIT(ROLE_DISPATCHER), m->ctx->arena), none, none);
}

static bool attempts_enough(const struct move *m, struct problem *problem)
{
    int32_t attempts, days;
    case_attempts(m->c, &attempts, &days);
    const struct policy *policy = m->ctx->policy;
    struct arena *arena = m->ctx->arena;
    return (attempts >= policy->unreached_attempts && days >= policy->unreached_days) ||
           problem_set(
               problem, PROBLEM_ATTEMPTS_FEW, NULL,
               (struct bilingual){arena_printf(arena, "%d attempts on %d",
                                               policy->unreached_attempts, policy->unreached_days),
                                  arena_printf(arena, "%d 日内 %d 次", policy->unreached_days,
                                               policy->unreached_attempts)},
               number_label(attempts, arena), number_label(days, arena));
}

static bool healed(const struct move *m, struct problem *problem)
{
    return !m->c->order.unsatisfied ||
           problem_set(problem, PROBLEM_UNSATISFIED_OPEN, NULL, none, none, none);
}

static bool from_in_hand(const struct move *m, struct problem *problem)
{
    (void)problem;
    return m->c->order.suspended_from != ORDER_CALLBACK;
}

static bool from_callback(const struct move *m, struct problem *problem)
{
    (void)problem;
    return m->c->order.suspended_from == ORDER_CALLBACK;
}

static bool not_own(const struct move *m, struct problem *problem)
{
    return !actor_handled(m->c, &m->ctx->actor) ||
           problem_set(problem, PROBLEM_OWN_ORDER, NULL, none, none, none);
}

/* --- guards of assignments and objections ---------------------------------------------------- */

static bool of_unit(const struct move *m, struct problem *problem)
{
    const struct assignment *a = m->assignment;
    const struct actor *actor = &m->ctx->actor;
    if (a && actor_covers(actor, a->unit_id, a->unit_path))
        return true;
    /* What is possible is put in by the engine, which knows it. */
    return problem_set(problem, PROBLEM_NO_SUBJECT, NULL, none, none, none);
}

static bool current(const struct move *m, struct problem *problem)
{
    return m->assignment->round == m->c->order.round ||
           problem_set(problem, PROBLEM_ROUND_OVER, NULL, none, none, none);
}

static bool is_lead(const struct move *m, struct problem *problem)
{
    (void)problem;
    return m->assignment->lead;
}

static bool is_co(const struct move *m, struct problem *problem)
{
    return !m->assignment->lead || problem_set(problem, PROBLEM_LEAD_STAYS, NULL, none, none, none);
}

static bool in_window(const struct move *m, struct problem *problem)
{
    return m->ctx->now <= m->assignment->sign_by ||
           problem_set(problem, PROBLEM_RETURN_WINDOW, NULL,
                       time_label(m->assignment->sign_by, m->ctx->arena), none, none);
}

/* A return says "mis-filed": a unit that worked on the order in any round cannot say that. */
static bool first_time(const struct move *m, struct problem *problem)
{
    for (size_t i = 0; i < m->c->assignment_count; i++)
        if (m->c->assignments[i].unit_id == m->assignment->unit_id &&
            m->c->assignments[i].result_statement_id != 0)
            return problem_set(problem, PROBLEM_RETURN_HANDLED, NULL, none, none, none);
    return true;
}

static bool no_return(const struct move *m, struct problem *problem)
{
    return m->assignment->return_asked_at == 0 ||
           problem_set(problem, PROBLEM_RETURN_PENDING, NULL, none, none, none);
}

static bool return_asked(const struct move *m, struct problem *problem)
{
    return m->assignment->return_asked_at > 0 ||
           problem_set(problem, PROBLEM_RETURN_NOT_ASKED, NULL, none, none, none);
}

static bool has_result(const struct move *m, struct problem *problem)
{
    return m->assignment->result_statement_id != 0 ||
           problem_set(problem, PROBLEM_OBJECT_FIRST_HANDLE, NULL, none, none, none);
}

static bool once(const struct move *m, struct problem *problem)
{
    for (size_t i = 0; i < m->c->objection_count; i++)
        if (m->c->objections[i].unit_id == m->assignment->unit_id)
            return problem_set(problem, PROBLEM_OBJECT_ONCE, NULL, none, none, none);
    return true;
}

static bool before_due(const struct move *m, struct problem *problem)
{
    return m->ctx->now <= m->assignment->due_at ||
           problem_set(problem, PROBLEM_EXTENSION_LATE, NULL,
                       time_label(m->assignment->due_at, m->ctx->arena), none, none);
}

static bool no_extension(const struct move *m, struct problem *problem)
{
    return m->assignment->extension_asked_at == 0 ||
           problem_set(problem, PROBLEM_EXTENSION_PENDING, NULL, none, none, none);
}

static bool extension_asked(const struct move *m, struct problem *problem)
{
    return m->assignment->extension_asked_at > 0 ||
           problem_set(problem, PROBLEM_EXTENSION_NOT_ASKED, NULL, none, none, none);
}

static bool extension_left(const struct move *m, struct problem *problem)
{
    int32_t cap = m->ctx->policy->extension_cap, left = cap - m->c->order.extended_days;
    return left > 0 ||
           problem_set(problem, PROBLEM_EXTENSION_CAP, NULL, number_label(cap, m->ctx->arena),
                       number_label(0, m->ctx->arena), none);
}

static bool ruling_late(const struct move *m, struct problem *problem)
{
    return m->ctx->now >= m->objection->rule_by ||
           problem_set(problem, PROBLEM_RULE_NOT_YET, NULL,
                       time_label(m->objection->rule_by, m->ctx->arena), none, none);
}

static bool (*const checks[GUARD_COUNT])(const struct move *m, struct problem *problem) = {
    [GUARD_BIT_UNIT] = of_unit,
    [GUARD_BIT_NOT_OWN] = not_own,
    [GUARD_BIT_CURRENT] = current,
    [GUARD_BIT_LEAD] = is_lead,
    [GUARD_BIT_CO] = is_co,
    [GUARD_BIT_CLASSIFIED] = classified,
    [GUARD_BIT_DESIGNATED] = designated,
    [GUARD_BIT_NOT_DESIGNATED] = not_designated,
    [GUARD_BIT_TARGET] = target_fits,
    [GUARD_BIT_TARGET_OPEN] = target_open,
    [GUARD_BIT_FROM_IN_HAND] = from_in_hand,
    [GUARD_BIT_FROM_CALLBACK] = from_callback,
    [GUARD_BIT_ATTEMPTS] = attempts_enough,
    [GUARD_BIT_HEALED] = healed,
    [GUARD_BIT_WINDOW] = in_window,
    [GUARD_BIT_FIRST_TIME] = first_time,
    [GUARD_BIT_NO_RETURN] = no_return,
    [GUARD_BIT_RETURN_ASKED] = return_asked,
    [GUARD_BIT_RESULT] = has_result,
    [GUARD_BIT_ONCE] = once,
    [GUARD_BIT_BEFORE_DUE] = before_due,
    [GUARD_BIT_NO_EXTENSION] = no_extension,
    [GUARD_BIT_EXTENSION_LEFT] = extension_left,
    [GUARD_BIT_EXTENSION_ASKED] = extension_asked,
    [GUARD_BIT_RULING_LATE] = ruling_late,
};

bool lifecycle_guards_hold(const struct move *move, uint32_t guards, struct problem *problem)
{
    for (int bit = 0; bit < GUARD_COUNT; bit++)
        if ((guards & BIT(bit)) && !checks[bit](move, problem))
            return false;
    return true;
}
