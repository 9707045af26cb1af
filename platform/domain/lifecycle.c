/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: finds the row for an action, or the most helpful reason why there is none, and has it
 * applied. Nothing is changed before everything is checked. */
#include "platform/domain/lifecycle_private.h"

#include <string.h>

static const struct bilingual none = {NULL, NULL};

enum { ALLOWED_MAX = 64 };

/* --- states ---------------------------------------------------------------------------------- */

static int state_of(const struct move *m, enum subject subject)
{
    if (subject == SUBJECT_ASSIGNMENT)
        return (int)m->assignment->state;
    return subject == SUBJECT_OBJECTION ? (int)m->objection->state : (int)m->c->order.state;
}

static struct bilingual join(struct bilingual head, struct bilingual tail, struct arena *arena)
{
    if (!head.en)
        return tail;
    return (struct bilingual){arena_printf(arena, "%s, %s", head.en, tail.en),
                              arena_printf(arena, "%s、%s", head.zh, tail.zh)};
}

struct bilingual roles_label(uint32_t roles, struct arena *arena)
{
    struct bilingual label = none;
    for (int i = 0; i < ROLE_COUNT; i++)
        if (roles & BIT(i))
            label = join(label, word_label(WORDS_ROLE, i), arena);
    return label;
}

/* "in hand (assignment: to be signed)": the order's state, and the subject's where that decides. */
static struct bilingual state_label(const struct move *m, enum subject subject)
{
    struct bilingual order = word_label(WORDS_ORDER_STATE, (int)m->c->order.state);
    if (subject == SUBJECT_ORDER)
        return order;
    bool hand = subject == SUBJECT_ASSIGNMENT;
    struct bilingual own =
        word_label(hand ? WORDS_ASSIGNMENT_STATE : WORDS_OBJECTION_STATE, state_of(m, subject));
    return (struct bilingual){
        arena_printf(m->ctx->arena, "%s (%s: %s)", order.en, hand ? "assignment" : "objection",
                     own.en),
        arena_printf(m->ctx->arena, "%s（%s：%s）", order.zh, hand ? "交办" : "异议", own.zh)};
}

/* The labels of all that this actor may do now. */
static struct bilingual possible_label(const struct order_case *c, const struct act_context *ctx)
{
    struct allowed_action allowed[ALLOWED_MAX];
    size_t n = lifecycle_allowed(c, ctx, allowed, ALLOWED_MAX);
    struct bilingual label = none;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || allowed[i].schema != allowed[i - 1].schema)
            label = join(label, allowed[i].schema->label, ctx->arena);
    return label.en ? label : (struct bilingual){"nothing", "无"};
}

/* --- rows ------------------------------------------------------------------------------------ */

static bool not_allowed(const struct move *m, enum subject subject, const char *action,
                        struct problem *problem)
{
    if (strcmp(action, "object") == 0 && m->assignment->state == ASSIGNMENT_OFFERED)
        return problem_set(problem, PROBLEM_OBJECT_FIRST_SIGN, NULL, none, none, none);
    /* What is possible is filled in once, for the problem that is shown in the end. */
    return problem_set(problem, PROBLEM_NOT_ALLOWED, NULL, none, state_label(m, subject), none);
}

static enum subject subject_of(const struct move *m)
{
    if (m->objection)
        return SUBJECT_OBJECTION;
    return m->assignment ? SUBJECT_ASSIGNMENT : SUBJECT_ORDER;
}

static bool row_fits_state(const struct lifecycle_row *row, const struct move *m)
{
    return (row->from & BIT(state_of(m, row->subject))) &&
           (row->order_states == 0 || (row->order_states & BIT(m->c->order.state)));
}

const struct lifecycle_row *lifecycle_find_row(const struct move *move, const char *action,
                                               struct problem *problem)
{
    uint32_t roles = move->ctx->actor.roles, roles_here = 0, roles_anywhere = 0;
    enum subject subject = subject_of(move);
    bool role_fits = false;
    struct problem refused = {.type = PROBLEM_NONE};
    struct move trial = *move;
    for (size_t i = 0; i < lifecycle_row_count(); i++) {
        const struct lifecycle_row *row = lifecycle_row_at(i);
        if (row->by_timer != (move->timer != NULL) || row->subject != subject)
            continue;
        /* Without a problem to name, only what can fit is worth a comparison of names. */
        if (!problem && !row->by_timer && !(row->roles & roles))
            continue;
        if (strcmp(row->action, action) != 0)
            continue;
        roles_anywhere |= row->roles;
        if (!row_fits_state(row, move))
            continue;
        roles_here |= row->roles;
        if (!row->by_timer && !(row->roles & roles))
            continue;
        role_fits = true;
        if (move->outcome && row->outcome[0] && strcmp(row->outcome, move->outcome) != 0)
            continue;
        struct problem why = {.type = PROBLEM_NONE};
        trial.row = row;
        if (lifecycle_guards_hold(&trial, row->guards, problem ? &why : NULL))
            return row;
        if (refused.type == PROBLEM_NONE)
            refused = why;
    }
    if (!problem)
        return NULL;
    if (refused.type != PROBLEM_NONE) {
        *problem = refused;
    } else if (!(roles_anywhere & roles)) {
        problem_set(problem, PROBLEM_FORBIDDEN, NULL,
                    roles_label(roles_here ? roles_here : roles_anywhere, move->ctx->arena), none,
                    none);
    } else if (roles_here && !role_fits) {
        problem_set(problem, PROBLEM_FORBIDDEN, NULL, roles_label(roles_here, move->ctx->arena),
                    none, none);
    } else {
        not_allowed(move, subject, action, problem);
    }
    return NULL;
}

/* --- subjects -------------------------------------------------------------------------------- */

/* How many subjects of that kind the case has, and the move on the ith of them. */
static size_t subject_count(const struct order_case *c, enum subject subject)
{
    if (subject == SUBJECT_ORDER)
        return 1;
    return subject == SUBJECT_ASSIGNMENT ? c->assignment_count : c->objection_count;
}

static int64_t subject_at(struct move *m, enum subject subject, size_t i)
{
    m->assignment = NULL;
    m->objection = NULL;
    if (subject == SUBJECT_ORDER)
        return m->c->order.id;
    if (subject == SUBJECT_ASSIGNMENT) {
        m->assignment = &m->c->assignments[i];
        return m->assignment->id;
    }
    m->objection = &m->c->objections[i];
    m->assignment = case_assignment(m->c, m->objection->assignment_id);
    return m->assignment ? m->objection->id : 0;
}

/* Of several refusals the one that helps most: a rule before a state, a state before an absence. */
static int helpfulness(enum problem_type type)
{
    switch (type) {
    case PROBLEM_NONE:
        return 0;
    case PROBLEM_NO_SUBJECT:
        return 1;
    case PROBLEM_ROUND_OVER:
        return 2;
    case PROBLEM_NOT_ALLOWED:
        return 3;
    default:
        return 4;
    }
}

static void name_possible(const struct order_case *c, const struct act_context *ctx,
                          const struct action_schema *schema, struct problem *problem)
{
    if (problem->type != PROBLEM_NOT_ALLOWED && problem->type != PROBLEM_NO_SUBJECT)
        return;
    problem->args[0] = schema->label;
    problem->args[2] = possible_label(c, ctx);
}

static struct move begin(const struct order_case *c, const struct act_context *ctx)
{
    /* A move carries the case to the effects; the checks on the way only read it. */
    return (struct move){.c = (struct order_case *)c, .ctx = ctx};
}

static bool check_subjects(const struct order_case *c, const struct act_context *ctx,
                           const struct action_schema *schema, int64_t *subject_id,
                           struct problem *problem)
{
    struct move m = begin(c, ctx);
    struct problem best = {.type = PROBLEM_NONE};
    int64_t wanted = subject_id ? *subject_id : 0, found = 0;
    size_t fitting = 0, seen = 0;
    for (size_t i = subject_count(c, schema->subject); i-- > 0;) {
        int64_t id = subject_at(&m, schema->subject, i);
        if (id == 0 || (wanted != 0 && id != wanted))
            continue;
        seen++;
        struct problem why = {.type = PROBLEM_NONE};
        if (lifecycle_find_row(&m, schema->name, problem ? &why : NULL)) {
            found = id;
            fitting++;
        } else if (helpfulness(why.type) > helpfulness(best.type)) {
            best = why;
        }
    }
    if (fitting == 1) {
        if (subject_id)
            *subject_id = found;
        return true;
    }
    if (!problem)
        return fitting > 0 && !subject_id;
    if (fitting > 1)
        return problem_set(problem, PROBLEM_WHICH_SUBJECT, "on", schema->label, none, none);
    if (seen == 0 && wanted != 0)
        return problem_set(problem, PROBLEM_NOT_FOUND, "on", none, none, none);
    if (seen == 0) {
        uint32_t roles = 0;
        for (size_t i = 0; i < lifecycle_row_count(); i++)
            if (strcmp(lifecycle_row_at(i)->action, schema->name) == 0)
                roles |= lifecycle_row_at(i)->roles;
        if (roles & ctx->actor.roles)
            problem_set(&best, PROBLEM_NOT_ALLOWED, NULL, none,
                        word_label(WORDS_ORDER_STATE, (int)c->order.state), none);
        else
            problem_set(&best, PROBLEM_FORBIDDEN, NULL, roles_label(roles, ctx->arena), none, none);
    }
    *problem = best;
    name_possible(c, ctx, schema, problem);
    return false;
}

bool lifecycle_check(const struct order_case *c, const struct act_context *ctx, const char *action,
                     int64_t *subject_id, struct problem *problem)
{
    const struct action_schema *schema = action_find(action);
    if (!schema)
        return problem_set(problem, PROBLEM_NO_SUCH_ACTION, NULL, both(action), none, none);
    return check_subjects(c, ctx, schema, subject_id, problem);
}

size_t lifecycle_allowed(const struct order_case *c, const struct act_context *ctx,
                         struct allowed_action *out, size_t max)
{
    struct move m = begin(c, ctx);
    size_t n = 0;
    for (size_t i = 0; i < action_count(); i++) {
        const struct action_schema *schema = action_at(i);
        for (size_t j = 0; j < subject_count(c, schema->subject); j++) {
            int64_t id = subject_at(&m, schema->subject, j);
            if (id != 0 && n < max && lifecycle_find_row(&m, schema->name, NULL))
                out[n++] = (struct allowed_action){schema, id};
        }
    }
    return n;
}

/* --- doing ----------------------------------------------------------------------------------- */

static void place_on(struct move *m, enum subject subject, int64_t id)
{
    for (size_t i = 0; i < subject_count(m->c, subject); i++)
        if (subject_at(m, subject, i) == id)
            return;
}

bool lifecycle_act(struct order_case *c, const struct act_context *ctx, const char *action,
                   int64_t subject_id, const struct field_values *values, struct problem *problem)
{
    static const struct field_values no_values = {NULL, 0};
    struct problem ignored;
    struct problem *why = problem ? problem : &ignored;
    *why = (struct problem){.type = PROBLEM_NONE};
    if (!lifecycle_check(c, ctx, action, &subject_id, why))
        return false;
    const struct action_schema *schema = action_find(action);
    struct move m = begin(c, ctx);
    place_on(&m, schema->subject, subject_id);
    m.values = values ? values : &no_values;
    if (!lifecycle_check_values(&m, schema, why))
        return false;
    m.row = lifecycle_find_row(&m, schema->name, why);
    if (!m.row) {
        name_possible(c, ctx, schema, why);
        return false;
    }
    lifecycle_apply(&m);
    return true;
}

bool lifecycle_tick(struct order_case *c, const struct act_context *ctx, const struct timer *timer)
{
    const struct timer due = *timer;
    size_t at = 0;
    while (at < c->timer_count &&
           (c->timers[at].kind != due.kind || c->timers[at].subject_id != due.subject_id))
        at++;
    /* Gone, or put off since it was read. */
    if (at == c->timer_count || c->timers[at].due_at > ctx->now)
        return false;
    timer_cancel(c, due.kind, due.subject_id);
    struct act_context nobody = *ctx;
    nobody.actor = (struct actor){.unit_path = ""};
    struct move m = begin(c, &nobody);
    m.timer = &due;
    m.outcome = "";
    if (due.subject_id != c->order.id) {
        m.objection = case_objection(c, due.subject_id);
        m.assignment =
            case_assignment(c, m.objection ? m.objection->assignment_id : due.subject_id);
        if (!m.assignment)
            return false;
    }
    m.row = lifecycle_find_row(&m, word_name(WORDS_TIMER_KIND, (int)due.kind), NULL);
    if (!m.row)
        return false;
    lifecycle_apply(&m);
    return true;
}

void lifecycle_receive(struct order_case *c, const struct act_context *ctx)
{
    struct order *order = &c->order;
    const char **texts[] = {&order->channel,     &order->category_code, &order->industry,
                            &order->region_code, &order->place_text,    &order->title,
                            &order->conclusion};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!*texts[i])
            *texts[i] = "";
    if (!order->industry[0] && ctx->category && ctx->category->industry)
        order->industry = ctx->category->industry;
    if (order->received_at == 0)
        order->received_at = ctx->now;
    order->state = ORDER_RECEIVED;
    order->version = 1;
    order->deadline_at = 0;
    order_set_deadline(order, ctx);
    order->first_deadline_at = order->deadline_at;
    order->dispatch_by =
        worktime_deadline(ctx->calendar, order->received_at, limit_of_dispatch(order, ctx));
    timer_set(c, ctx->arena, TIMER_DISPATCH_BY, order->id, order->dispatch_by);
    order_set_card(c, ctx);
    struct event_draft *event = event_add(c, ctx, "receive", SUBJECT_ORDER, order->id,
                                          word_name(WORDS_ORDER_STATE, ORDER_DRAFT),
                                          word_name(WORDS_ORDER_STATE, ORDER_RECEIVED), false);
    event->done_at = order->received_at; /* elsewhere, perhaps, and before */
    event->detail =
        arena_printf(ctx->arena, "\"kind\":\"%s\",\"deadline_at\":%lld",
                     word_name(WORDS_APPEAL_KIND, (int)order->kind), (long long)order->deadline_at);
    order->needs = case_needs(c, ctx->policy);
}
