/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every state × action × role, met on random walks: exactly what the expectation below allows is
 * accepted, what is offered is what is accepted, a refusal changes nothing, and what must always be
 * true of an order is. */
#include "core/json.h"
#include "tests/unit/platform_walk.h"

#include <stdio.h>

/* --- what domain.md expects, said once more and independently of the tables ---------------------
 */

static const struct {
    const char *action, *states, *part,
        *roles; /* part: the states of the assignment or objection */
} expected[] = {
    {"answer", "received", "", "operator"},
    {"submit", "received", "", "operator"},
    {"reject", "received to_dispatch", "", "operator dispatcher"},
    {"withdraw", "received to_dispatch in_hand callback suspended", "", "operator"},
    {"classify", "received to_dispatch", "", "operator dispatcher"},
    {"dispatch", "to_dispatch", "", "dispatcher supervisor"},
    {"transfer", "to_dispatch", "", "dispatcher supervisor"},
    {"transfer", "in_hand callback", "", "supervisor"},
    {"merge", "received to_dispatch", "", "dispatcher"},
    {"unmerge", "merged", "", "dispatcher"},
    {"suspend", "in_hand callback", "", "supervisor"},
    {"resume", "suspended", "", "supervisor"},
    {"supervise", "to_dispatch in_hand callback suspended", "", "supervisor"},
    {"callback", "callback", "", "callback"},
    {"citizen_says", "received to_dispatch in_hand callback suspended", "", "operator"},
    {"close_unreached", "callback", "", "supervisor"},
    {"close_decision", "callback", "", "supervisor"},
    {"archive", "concluded answered", "", "callback supervisor"},
    {"sign", "in_hand", "offered", "handler"},
    {"handle", "in_hand", "signed handling", "handler"},
    {"reply", "in_hand", "signed handling", "handler"},
    {"accept_reply", "in_hand", "replied", "dispatcher supervisor"},
    {"refuse_reply", "in_hand", "replied", "dispatcher supervisor"},
    {"ask_return", "in_hand", "offered signed", "handler"},
    {"accept_return", "in_hand", "offered signed", "dispatcher"},
    {"refuse_return", "in_hand", "offered signed", "dispatcher"},
    {"release", "in_hand", "offered signed handling", "dispatcher"},
    {"ask_extension", "in_hand", "signed handling", "handler"},
    {"grant_extension", "in_hand", "signed handling", "supervisor"},
    {"refuse_extension", "in_hand", "signed handling", "supervisor"},
    {"object", "in_hand callback suspended concluded", "handling replied accepted", "handler"},
    {"opinion", "", "raised opinions", "conference"},
    {"rule", "", "raised opinions", "conference supervisor"},
    {"withdraw_objection", "", "raised opinions", "handler"},
};
enum { EXPECTED = sizeof expected / sizeof expected[0] };

/* True if the blank-separated list has the word; an empty list has every word. */
static bool lists(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at++)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return !list[0];
}

static const char *only_role(const struct actor *actor)
{
    return word_name(WORDS_ROLE, __builtin_ctz(actor->roles));
}

static const char *part_state(const struct order_case *c, const struct action_schema *schema,
                              int64_t id)
{
    if (schema->subject == SUBJECT_ASSIGNMENT)
        return word_name(WORDS_ASSIGNMENT_STATE, (int)case_assignment(c, id)->state);
    if (schema->subject == SUBJECT_OBJECTION)
        return word_name(WORDS_OBJECTION_STATE, (int)case_objection(c, id)->state);
    return "";
}

/* The expectation that covers this; EXPECTED if none does. */
static size_t expectation(const struct order_case *c, const struct action_schema *schema,
                          int64_t id, const struct actor *actor)
{
    for (size_t i = 0; i < EXPECTED; i++)
        if (strcmp(expected[i].action, schema->name) == 0 &&
            lists(expected[i].states, word_name(WORDS_ORDER_STATE, (int)c->order.state)) &&
            lists(expected[i].part, part_state(c, schema, id)) &&
            lists(expected[i].roles, only_role(actor)))
            return i;
    return EXPECTED;
}

/* --- copies
 * --------------------------------------------------------------------------------------- */

static void *copied(struct arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = arena_alloc(arena, count * size + 1);
    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

#define COPY(array, count) (copy.array = copied(arena, c->array, c->count, sizeof c->array[0]))

static struct order_case deep_copy(const struct order_case *c, struct arena *arena)
{
    struct order_case copy;
    memcpy(&copy, c, sizeof copy);
    COPY(assignments, assignment_count);
    COPY(objections, objection_count);
    COPY(callbacks, callback_count);
    COPY(timers, timer_count);
    COPY(events, event_count);
    COPY(statements, statement_count);
    COPY(responsibilities, responsibility_count);
    copy.assignment_capacity = copy.assignment_count;
    copy.objection_capacity = copy.objection_count;
    copy.callback_capacity = copy.callback_count;
    copy.timer_capacity = copy.timer_count;
    copy.event_capacity = copy.event_count;
    copy.statement_capacity = copy.statement_count;
    copy.responsibility_capacity = copy.responsibility_count;
    return copy;
}

static bool same_array(const void *a, size_t a_count, const void *b, size_t b_count, size_t size)
{
    return a_count == b_count && (a_count == 0 || memcmp(a, b, a_count * size) == 0);
}

#define SAME(array, count) same_array(a->array, a->count, b->array, b->count, sizeof a->array[0])

static bool same_case(const struct order_case *a, const struct order_case *b)
{
    return memcmp(&a->order, &b->order, sizeof a->order) == 0 &&
           SAME(assignments, assignment_count) && SAME(objections, objection_count) &&
           SAME(callbacks, callback_count) && SAME(timers, timer_count) &&
           SAME(events, event_count) && SAME(statements, statement_count) &&
           SAME(responsibilities, responsibility_count) && a->timers_changed == b->timers_changed;
}

/* --- every state × action × role
 * -------------------------------------------------------------------- */

struct seen {
    size_t by_expectation[EXPECTED];
    size_t states[ORDER_STATE_COUNT];
    size_t accepted, refused;
};

static void try_on(struct walk *walk, const struct allowed_action *one, bool offered,
                   const struct actor *actor, struct arena *scratch, struct seen *seen)
{
    struct world *w = &walk->w;
    struct order_case copy = deep_copy(&w->c, scratch);
    struct act_context ctx = w->ctx;
    struct problem problem = {.type = PROBLEM_NONE};
    struct form form;
    ctx.arena = scratch;
    ctx.actor = *actor;
    walk_fill(walk, one, &form);
    size_t expectation_at = expectation(&w->c, one->schema, one->subject_id, actor);
    bool done =
        lifecycle_act(&copy, &ctx, one->schema->name, one->subject_id, &form.values, &problem);
    if (done != offered)
        fail_msg("%s by %s: %s but %s (%s; seed %llu)", one->schema->name, only_role(actor),
                 offered ? "offered" : "not offered", done ? "accepted" : "refused",
                 problem_text(&problem, LANGUAGE_EN, scratch), (unsigned long long)walk->seed);
    if (done && expectation_at == EXPECTED)
        fail_msg("%s by %s in %s %s is not in domain.md (seed %llu)", one->schema->name,
                 only_role(actor), word_name(WORDS_ORDER_STATE, (int)w->c.order.state),
                 part_state(&w->c, one->schema, one->subject_id), (unsigned long long)walk->seed);
    if (done) {
        seen->accepted++;
        seen->by_expectation[expectation_at]++;
        assert_int_equal(copy.order.version, w->c.order.version + 1);
    } else {
        seen->refused++;
        assert_true(same_case(&copy, &w->c));
        assert_true(problem.type != PROBLEM_NONE);
        assert_true(problem_text(&problem, LANGUAGE_ZH, scratch)[0] != '\0');
    }
}

static size_t subjects(const struct order_case *c, enum subject subject)
{
    return subject == SUBJECT_ORDER        ? 1
           : subject == SUBJECT_ASSIGNMENT ? c->assignment_count
                                           : c->objection_count;
}

static int64_t subject_id(const struct order_case *c, enum subject subject, size_t i)
{
    return subject == SUBJECT_ORDER        ? c->order.id
           : subject == SUBJECT_ASSIGNMENT ? c->assignments[i].id
                                           : c->objections[i].id;
}

static void try_everything(struct walk *walk, struct arena *scratch, struct seen *seen)
{
    struct world *w = &walk->w;
    seen->states[w->c.order.state]++;
    for (size_t who = 0; who < PEOPLE; who++) {
        struct allowed_action allowed[64];
        w->ctx.actor = *everybody[who];
        size_t n = lifecycle_allowed(&w->c, &w->ctx, allowed, 64);
        for (size_t i = 0; i < action_count(); i++) {
            const struct action_schema *schema = action_at(i);
            for (size_t j = 0; j < subjects(&w->c, schema->subject); j++) {
                struct allowed_action one = {schema, subject_id(&w->c, schema->subject, j)};
                bool offered = false;
                for (size_t k = 0; k < n; k++)
                    offered = offered || (allowed[k].schema == schema &&
                                          allowed[k].subject_id == one.subject_id);
                try_on(walk, &one, offered, everybody[who], scratch, seen);
            }
        }
    }
}

/* --- what is always true
 * ----------------------------------------------------------------------------- */

static void check_assignments(const struct order_case *c)
{
    const struct order *order = &c->order;
    size_t leads[64] = {0}, open_leads = 0, unfinished = 0, open = 0;
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *a = &c->assignments[i];
        bool stands = a->state != ASSIGNMENT_RETURNED && a->state != ASSIGNMENT_WITHDRAWN;
        assert_true(a->round >= 1 && a->round <= order->round && a->round < 64);
        if (a->lead && stands)
            assert_int_equal(++leads[a->round], 1);
        if (assignment_open(a))
            assert_int_equal(a->round, order->round);
        assert_int_equal(a->ended_at != 0, !assignment_open(a));
        open_leads += a->lead && assignment_open(a);
        unfinished += assignment_unfinished(a);
        open += assignment_open(a);
        if (a->return_asked_at)
            assert_true(a->state == ASSIGNMENT_OFFERED || a->state == ASSIGNMENT_SIGNED);
        if (a->extension_asked_at)
            assert_true(a->state == ASSIGNMENT_SIGNED || a->state == ASSIGNMENT_HANDLING);
        assert_true(a->state != ASSIGNMENT_REPLIED || a->reply_statement_id != 0);
    }
    if (order->state == ORDER_IN_HAND)
        assert_true(case_lead(c) && (open_leads == 1 || unfinished > 0));
    if (order->state == ORDER_CALLBACK)
        assert_true(open == 0 && case_lead(c) && case_lead(c)->state == ASSIGNMENT_ACCEPTED);
    if (order->state != ORDER_IN_HAND && order->state != ORDER_SUSPENDED)
        assert_int_equal(open, 0);
    if (open_leads)
        assert_int_equal(order->lead_unit_id, case_lead(c)->unit_id);
}

static void check_order(const struct order_case *c)
{
    const struct order *order = &c->order;
    const struct policy policy = policy_default();
    if (order_state_final(order->state))
        assert_int_equal(c->timer_count, 0);
    else
        assert_true(c->timer_count > 0 || order->state == ORDER_TO_DISPATCH ||
                    order->state == ORDER_IN_HAND || order->state == ORDER_CALLBACK ||
                    order->state == ORDER_RECEIVED);
    if (order->state == ORDER_ARCHIVED || order->state == ORDER_CONCLUDED) {
        assert_false(order->unsatisfied);
        assert_true(order->conclusion[0] != '\0' && order->concluded_at > 0);
    }
    assert_int_equal(order->suspended_at != 0, order->state == ORDER_SUSPENDED);
    assert_int_equal(order->merged_into != 0, order->state == ORDER_MERGED);
    assert_int_equal(order->needs, case_needs(c, &policy));
    assert_true(order->extended_days >= 0 && order->extended_days <= 10);
    for (size_t i = 0; i < c->timer_count; i++)
        for (size_t j = 0; j < i; j++)
            assert_false(c->timers[i].kind == c->timers[j].kind &&
                         c->timers[i].subject_id == c->timers[j].subject_id);
}

/* What is true of a change: from `before` to the case as it is now, the rows of which were clean.
 */
static void check_change(const struct order_case *before, const struct order_case *c, bool by_timer,
                         struct arena *scratch)
{
    assert_int_equal(c->order.version, before->order.version + 1);
    assert_true(c->order.round >= before->order.round);
    assert_true(c->order.failed_dispatches >= before->order.failed_dispatches);
    if (before->order.category_code[0] || !c->order.category_code[0])
        assert_int_equal(c->order.first_deadline_at, before->order.first_deadline_at);
    if (c->order.state == ORDER_ARCHIVED && before->order.state != ORDER_ARCHIVED)
        assert_true(before->order.state == ORDER_CONCLUDED ||
                    before->order.state == ORDER_ANSWERED);
    for (size_t i = 0; i < before->assignment_count; i++)
        if (memcmp(&before->assignments[i], &c->assignments[i], sizeof c->assignments[0]) != 0)
            assert_int_equal(c->assignments[i].mark, ROW_CHANGED);
    for (size_t i = before->assignment_count; i < c->assignment_count; i++)
        assert_int_equal(c->assignments[i].mark, ROW_NEW);
    for (size_t i = 0; i < before->objection_count; i++)
        if (memcmp(&before->objections[i], &c->objections[i], sizeof c->objections[0]) != 0)
            assert_int_equal(c->objections[i].mark, ROW_CHANGED);
    if (!same_array(before->timers, before->timer_count, c->timers, c->timer_count,
                    sizeof c->timers[0]))
        assert_true(c->timers_changed);
    assert_true(c->event_count > before->event_count);
    assert_int_equal(c->events[before->event_count].account_id == 0, by_timer);
    for (size_t i = before->event_count; i < c->event_count; i++) {
        const char *object = arena_printf(scratch, "{%s}", c->events[i].detail);
        cJSON *json = json_parse(object, strlen(object));
        if (!json)
            fail_msg("not the inside of an object: %s", object);
        cJSON_Delete(json);
    }
}

static void clean(struct order_case *c)
{
    for (size_t i = 0; i < c->assignment_count; i++)
        c->assignments[i].mark = ROW_CLEAN;
    for (size_t i = 0; i < c->objection_count; i++)
        c->objections[i].mark = ROW_CLEAN;
    for (size_t i = 0; i < c->callback_count; i++)
        c->callbacks[i].mark = ROW_CLEAN;
    c->timers_changed = false;
}

static void test_on_every_walk_the_rules_hold_and_offers_are_exact(void **state)
{
    (void)state;
    struct walk walk = {.one_co = false};
    struct seen seen = {.accepted = 0};
    struct arena *scratch = arena_new();
    size_t steps = 0;
    walk_seed(&walk);
    for (int order = 0; order < 300; order++) {
        walk_open(&walk);
        for (int i = 0; i < 120; i++) {
            arena_reset(scratch);
            bool rare = walk.w.c.order.state != ORDER_IN_HAND;
            if (walk_random(&walk, rare ? 4 : 20) == 0)
                try_everything(&walk, scratch, &seen);
            clean(&walk.w.c);
            struct order_case before = deep_copy(&walk.w.c, scratch);
            if (!walk_step(&walk))
                break;
            steps++;
            check_change(&before, &walk.w.c, walk.by_timer, scratch);
            check_assignments(&walk.w.c);
            check_order(&walk.w.c);
        }
        walk_close(&walk);
    }
    arena_free(scratch);
    print_message(
        "%zu steps, %zu acts accepted as offered, %zu refused without a trace, seed %llu\n", steps,
        seen.accepted, seen.refused, (unsigned long long)walk.seed);
    assert_true(steps > 2000);
    for (size_t i = 0; i < EXPECTED; i++)
        if (seen.by_expectation[i] == 0)
            fail_msg("%s (%s %s) was never possible (seed %llu)", expected[i].action,
                     expected[i].states, expected[i].part, (unsigned long long)walk.seed);
    for (int i = ORDER_RECEIVED; i < ORDER_STATE_COUNT; i++)
        if (seen.states[i] == 0)
            print_message("not met: %s\n", word_name(WORDS_ORDER_STATE, i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_every_walk_the_rules_hold_and_offers_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
