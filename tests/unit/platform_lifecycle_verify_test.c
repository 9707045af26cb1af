/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the check of a database asks of a case: nothing on any walk by the rules, and something as
 * soon as a row is other than the rules leave it. */
#include "tests/unit/platform_walk.h"

struct said {
    int count;
    char last[200];
};

static void note(void *user, const char *what)
{
    struct said *said = user;
    said->count++;
    (void)snprintf(said->last, sizeof said->last, "%s", what);
}

static void a_case_that_came_by_the_rules_is_never_found_wrong(void **state)
{
    (void)state;
    struct walk walk = {.one_co = false};
    size_t steps = 0;
    walk_seed(&walk);
    for (int order = 0; order < 300; order++) {
        walk_open(&walk);
        const char *step = "receive";
        for (int i = 0; i < 120 && step; i++, steps++) {
            struct said said = {.count = 0};
            lifecycle_verify(&walk.w.c, note, &said);
            if (said.count)
                fail_msg("after %s: %s (order %s, seed %llu)", step, said.last,
                         word_name(WORDS_ORDER_STATE, (int)walk.w.c.order.state),
                         (unsigned long long)walk.seed);
            step = walk_step(&walk);
        }
        walk_close(&walk);
    }
    assert_true(steps > 2000);
}

/* Walks until the order is in hand with an offered assignment. */
static void until_offered(struct walk *walk)
{
    walk_seed(walk);
    for (;;) {
        walk_open(walk);
        for (int i = 0; i < 60; i++) {
            const struct assignment *lead = case_lead(&walk->w.c);
            if (walk->w.c.order.state == ORDER_IN_HAND && lead && lead->state == ASSIGNMENT_OFFERED)
                return;
            if (!walk_step(walk))
                break;
        }
        walk_close(walk);
    }
}

static int found(const struct order_case *c, const char *word)
{
    struct said said = {.count = 0};
    lifecycle_verify(c, note, &said);
    if (said.count && !strstr(said.last, word))
        fail_msg("“%s” does not say %s", said.last, word);
    return said.count;
}

static void what_the_rules_never_leave_behind_is_found(void **state)
{
    (void)state;
    struct walk walk = {.one_co = true};
    until_offered(&walk);
    struct order_case *c = &walk.w.c;
    const struct order order = c->order;
    size_t timers = c->timer_count;
    assert_int_equal(found(c, ""), 0);
    c->order.needs &= ~BIT(NEED_SIGN);
    assert_int_equal(found(c, "missing in a queue"), 1);
    c->order = order;
    c->order.needs |= BIT(NEED_ARCHIVE);
    assert_int_equal(found(c, "wrong queue"), 1);
    c->order = order;
    c->order.round++;
    assert_true(found(c, "") > 0);
    c->order = order;
    c->order.lead_unit_id++;
    assert_int_equal(found(c, "leads"), 1);
    c->order = order;
    c->timer_count = 0;
    assert_int_equal(found(c, "rest for ever"), 1);
    c->timer_count = timers;
    timer_set(c, walk.w.ctx.arena, TIMER_ARCHIVE_ON, c->order.id, 1);
    assert_int_equal(found(c, "cannot come"), 1);
    timer_cancel(c, TIMER_ARCHIVE_ON, c->order.id);
    timer_set(c, walk.w.ctx.arena, TIMER_SIGN_BY, 4711, 1);
    assert_int_equal(found(c, "cannot come"), 1);
    timer_cancel(c, TIMER_SIGN_BY, 4711);
    c->assignments = arena_grow(walk.w.ctx.arena, c->assignments, c->assignment_count,
                                &c->assignment_capacity, sizeof c->assignments[0]);
    c->assignments[c->assignment_count] = *case_lead(c);
    c->assignments[c->assignment_count++].id++;
    assert_true(found(c, "") > 0);
    walk_close(&walk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_that_came_by_the_rules_is_never_found_wrong),
        cmocka_unit_test(what_the_rules_never_leave_behind_is_found),
    };
    return cmocka_run_group_tests_name("lifecycle: what a check asks", tests, NULL, NULL);
}
