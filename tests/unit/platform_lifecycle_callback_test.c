/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules 3 to 6: closing the loop, extensions, merges, and the two clocks. */
#include "tests/unit/platform_case.h"

#define NOT_CONTENT "reached=yes", "solved=no", "satisfied=no"

/* --- rule 3 -------------------------------------------------------------------------------------
 */

static void test_solved_and_satisfied_concludes_and_is_archived_by_rule(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    refused(&w, caller, PROBLEM_FACTS_INCOMPLETE, "callback", "reached=yes", "solved=yes");
    refused(&w, caller, PROBLEM_FACTS_CONTRADICT, "callback", "reached=no", "solved=yes");
    must(&w, caller, "callback", "reached=yes", "solved=yes", "satisfied=yes");
    assert_int_equal(w.c.order.state, ORDER_CONCLUDED);
    assert_string_equal(w.c.order.conclusion, "satisfied");
    assert_int_equal(w.c.order.concluded_at, w.ctx.now);
    assert_false(has_timer(&w.c, TIMER_RED_ON, w.c.order.id));
    pass_until(&w, "2026-11-23 17:30");
    assert_int_equal(w.c.order.state, ORDER_ARCHIVED);
    assert_int_equal(w.c.timer_count, 0);
    world_close(&w);
}

static void test_not_satisfied_makes_a_second_assignment_and_no_archive(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    pass_until(&w, "2026-11-20 10:00");
    must(&w, caller, "callback", "reached=yes", "solved=yes", "satisfied=no");
    assert_int_equal(w.c.order.state, ORDER_IN_HAND);
    assert_int_equal(w.c.order.round, 2);
    assert_true(w.c.order.unsatisfied);
    assert_non_null(last_event(&w, "second_assignment"));
    assert_null(last_event(&w, "supervision_notice"));
    const struct assignment *second = last_assignment(&w);
    assert_int_equal(second->unit_id, WATER);
    assert_int_equal(second->round, 2);
    assert_int_equal(second->due_at, at("2026-11-27 17:30"));
    refused_plain(&w, supervisor, PROBLEM_NOT_ALLOWED, "archive");
    refused(&w, water, PROBLEM_RETURN_HANDLED, "ask_return", "reason=wrong_place");
    must_plain(&w, water, "sign");
    reply_and_accept(&w);
    assert_true(w.c.order.unsatisfied);
    must(&w, caller, "callback", "reached=yes", "solved=yes", "satisfied=yes");
    assert_false(w.c.order.unsatisfied);
    must_plain(&w, supervisor, "archive");
    world_close(&w);
}

static void test_the_second_no_raises_a_notice_and_the_third_needs_a_coordination(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    for (int times = 1; times <= 3; times++) {
        must(&w, caller, "callback", NOT_CONTENT);
        assert_int_equal(count_events(&w, "supervision_notice"), times >= 2);
        assert_int_equal(w.c.order.coordination_due, times >= 3);
        must_plain(&w, water, "sign");
        reply_and_accept(&w);
    }
    assert_int_equal(w.c.order.round, 4);
    assert_true(w.c.order.needs & BIT(NEED_DECISION));
    must(&w, supervisor, "supervise", "form=notice", "text=限期整改");
    assert_true(w.c.order.needs & BIT(NEED_DECISION));
    must(&w, supervisor, "supervise", "form=coordination", "text=三方分担");
    assert_false(w.c.order.needs & BIT(NEED_DECISION));
    world_close(&w);
}

static void test_a_promise_waits_and_only_its_breaking_brings_a_second_assignment(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    refused(&w, caller, PROBLEM_PROMISE_PAST, "callback", "reached=yes", "promised_on=2026-11-18");
    refused(&w, caller, PROBLEM_PROMISE_PAST, "callback", "reached=yes", "promised_on=2028-11-18");
    refused(&w, caller, PROBLEM_FACTS_CONTRADICT, "callback", "reached=yes", "solved=yes",
            "promised_on=2026-11-30");
    must(&w, caller, "callback", "reached=yes", "solved=no", "satisfied=yes",
         "promised_on=2026-11-30");
    assert_int_equal(w.c.order.state, ORDER_CALLBACK);
    assert_false(w.c.order.needs & BIT(NEED_CALLBACK));
    pass_until(&w, "2026-11-25 10:00");
    refused(&w, caller, PROBLEM_PROMISE_OPEN, "callback", NOT_CONTENT);
    must(&w, caller, "callback", "reached=yes", "promised_on=2026-12-01");
    pass_until(&w, "2026-11-30 10:00");
    assert_null(last_event(&w, "promise_on"));
    pass_until(&w, "2026-12-01 09:00");
    assert_non_null(last_event(&w, "promise_on"));
    assert_true(w.c.order.needs & BIT(NEED_CALLBACK));
    must(&w, caller, "callback", NOT_CONTENT);
    assert_int_equal(w.c.order.round, 2);
    assert_int_equal(w.c.order.promised_on, 0);
    world_close(&w);
}

static void test_not_reached_needs_three_attempts_on_two_days_and_a_supervisor(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    for (int i = 0; i < 3; i++)
        must(&w, caller, "callback", "reached=no");
    refused_plain(&w, supervisor, PROBLEM_ATTEMPTS_FEW, "close_unreached");
    assert_false(w.c.order.needs & BIT(NEED_DECISION));
    pass_until(&w, "2026-11-19 10:00");
    must(&w, caller, "callback", "reached=no");
    assert_true(w.c.order.needs & BIT(NEED_DECISION));
    refused_plain(&w, caller, PROBLEM_FORBIDDEN, "close_unreached");
    must_plain(&w, supervisor, "close_unreached");
    assert_string_equal(w.c.order.conclusion, "unreached");
    world_close(&w);
}

static void test_attempts_count_anew_once_the_citizen_was_reached(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    must(&w, caller, "callback", "reached=no");
    pass_until(&w, "2026-11-19 10:00");
    must(&w, caller, "callback", "reached=no");
    must(&w, caller, "callback", "reached=yes", "promised_on=2026-11-20");
    must(&w, caller, "callback", "reached=no");
    refused_plain(&w, supervisor, PROBLEM_ATTEMPTS_FEW, "close_unreached");
    world_close(&w);
}

static void test_the_citizens_own_call_closes_the_loop(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    refused(&w, operator_, PROBLEM_FACTS_CONTRADICT, "citizen_says", "what=urge", "satisfied=yes");
    must(&w, operator_, "citizen_says", "what=urge", "words=催一下");
    assert_int_equal(w.c.order.state, ORDER_CALLBACK);
    assert_int_equal(w.c.callback_count, 0);
    must(&w, operator_, "citizen_says", "what=solved", "words=好了");
    assert_int_equal(w.c.order.state, ORDER_CONCLUDED);
    assert_string_equal(w.c.order.conclusion, "citizen");
    assert_int_equal(w.c.callbacks[0].way, WAY_CITIZEN);
    assert_int_equal(w.c.callbacks[0].satisfied, 1);
    world_close(&w);
}

static void test_facts_may_come_by_a_rating_or_through_the_source_channel(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    refused(&w, caller, PROBLEM_FIELD_REFERENCE, "callback", "reached=no", "way=\",\"x\":\"");
    must(&w, caller, "callback", "reached=yes", "solved=yes", "satisfied=yes", "way=rating");
    assert_int_equal(w.c.callbacks[0].way, WAY_RATING);
    world_close(&w);
}

static void
test_solved_but_not_satisfied_by_the_citizens_own_word_is_a_second_assignment(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    must(&w, operator_, "citizen_says", "what=solved", "satisfied=no");
    assert_int_equal(w.c.order.state, ORDER_IN_HAND);
    assert_int_equal(w.c.order.round, 2);
    assert_true(w.c.order.unsatisfied);
    must(&w, operator_, "citizen_says", "what=solved");
    assert_int_equal(w.c.order.state, ORDER_IN_HAND);
    assert_false(w.c.order.unsatisfied);
    assert_int_equal(w.c.callback_count, 2);
    world_close(&w);
}

static void test_a_suspension_stops_both_clocks_and_returns_by_itself(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    int64_t due_at = last_assignment(&w)->due_at, deadline = w.c.order.deadline_at;
    assert_int_equal(due_at, at("2026-11-25 17:30"));
    refused(&w, supervisor, PROBLEM_REVIEW_PAST, "suspend", "reason=等材料",
            "review_on=2026-11-18");
    pass_until(&w, "2026-11-19 10:00");
    must(&w, supervisor, "suspend", "reason=等材料", "review_on=2026-11-26");
    assert_int_equal(w.c.timer_count, 1);
    refused(&w, water, PROBLEM_NOT_ALLOWED, "reply", "reply=已修复");
    pass_until(&w, "2026-11-26 08:00");
    assert_int_equal(w.c.order.state, ORDER_IN_HAND);
    assert_non_null(last_event(&w, "review_on"));
    assert_int_equal(w.c.order.card, CARD_NONE);
    /* Five working days of suspension: the 20th, 23rd, 24th, 25th, 26th. */
    assert_int_equal(w.c.order.deadline_at, at("2026-12-02 17:30"));
    assert_int_equal(last_assignment(&w)->due_at, at("2026-12-02 17:30"));
    assert_int_equal(w.c.order.first_deadline_at, deadline);
    assert_true(has_timer(&w.c, TIMER_RED_ON, w.c.order.id));
    assert_true(has_timer(&w.c, TIMER_RED_ON, last_assignment(&w)->id));
    world_close(&w);
}

static void test_a_suspended_callback_keeps_its_promise(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    must(&w, caller, "callback", "reached=yes", "promised_on=2026-11-30");
    must(&w, supervisor, "suspend", "reason=等材料", "review_on=2026-12-31");
    assert_false(has_timer(&w.c, TIMER_PROMISE_ON, w.c.order.id));
    must_plain(&w, supervisor, "resume");
    assert_int_equal(w.c.order.state, ORDER_CALLBACK);
    assert_true(has_timer(&w.c, TIMER_PROMISE_ON, w.c.order.id));
    world_close(&w);
}

static void test_a_decision_needs_a_written_reason_and_shows_as_such(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    must(&w, caller, "callback", NOT_CONTENT);
    must_plain(&w, water, "sign");
    reply_and_accept(&w);
    assert_false(act_pairs(&w, &supervisor, "close_decision", 0, NULL, 0));
    assert_int_equal(w.problem.type, PROBLEM_FIELD_MISSING);
    must(&w, supervisor, "close_decision", "reason=依法已无救济途径");
    assert_string_equal(w.c.order.conclusion, "decision");
    assert_non_null(strstr(last_event(&w, "close_decision")->detail, "\"decision\""));
    must_plain(&w, supervisor, "archive");
    world_close(&w);
}

static void test_nothing_is_archived_while_the_citizen_is_not_satisfied(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    must(&w, caller, "callback", "reached=yes", "solved=yes", "satisfied=yes");
    /* No way through the table leads here; the guard stands all the same. */
    w.c.order.unsatisfied = true;
    refused_plain(&w, supervisor, PROBLEM_UNSATISFIED_OPEN, "archive");
    pass_until(&w, "2026-12-23 17:30");
    assert_int_equal(w.c.order.state, ORDER_CONCLUDED);
    world_close(&w);
}

/* --- rule 4 -------------------------------------------------------------------------------------
 */

static void test_an_extension_is_asked_before_the_deadline_and_capped(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    refused(&w, water, PROBLEM_EXTENSION_CAP, "ask_extension", "days=11", "reason=待料");
    refused_plain(&w, supervisor, PROBLEM_EXTENSION_NOT_ASKED, "grant_extension");
    must(&w, water, "ask_extension", "days=6", "reason=待料");
    refused(&w, water, PROBLEM_EXTENSION_PENDING, "ask_extension", "days=1", "reason=待料");
    refused_plain(&w, dispatcher, PROBLEM_FORBIDDEN, "grant_extension");
    must_plain(&w, supervisor, "grant_extension");
    assert_int_equal(last_assignment(&w)->due_at, at("2026-12-03 17:30"));
    assert_int_equal(w.c.order.deadline_at, at("2026-12-03 17:30"));
    assert_int_equal(w.c.order.first_deadline_at, at("2026-11-25 17:30"));
    refused(&w, water, PROBLEM_EXTENSION_CAP, "ask_extension", "days=5", "reason=待料");
    pass_until(&w, "2026-12-03 17:31");
    refused(&w, water, PROBLEM_EXTENSION_LATE, "ask_extension", "days=1", "reason=待料");
    world_close(&w);
}

static void test_an_undecided_extension_shows_pending_then_clears_the_card_or_counts(void **state)
{
    (void)state;
    struct world w;
    for (int granted = 0; granted <= 1; granted++) {
        world_open(&w);
        to_handling(&w);
        must(&w, water, "ask_extension", "days=3", "reason=待料");
        pass_until(&w, "2026-11-26 09:00");
        assert_int_equal(w.c.order.card, CARD_YELLOW);
        assert_false(last_assignment(&w)->late);
        assert_non_null(strstr(last_event(&w, "red_on")->detail, "\"pending\":1"));
        if (granted)
            must(&w, supervisor, "grant_extension", "days=2");
        else
            must(&w, supervisor, "refuse_extension", "reason=理由不足");
        pass_until(&w, "2026-11-26 09:01");
        assert_int_equal(w.c.order.card, granted ? CARD_NONE : CARD_RED);
        assert_int_equal(last_assignment(&w)->late, !granted);
        assert_int_equal(w.c.order.deadline_at,
                         granted ? at("2026-11-27 17:30") : at("2026-11-25 17:30"));
        world_close(&w);
    }
}

/* --- rule 5 -------------------------------------------------------------------------------------
 */

static void test_a_merge_refuses_a_merged_target_and_can_be_undone(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    w.target.state = ORDER_MERGED;
    refused(&w, dispatcher, PROBLEM_MERGE_TARGET, "merge", "target=900");
    w.target.state = ORDER_ARCHIVED;
    refused(&w, dispatcher, PROBLEM_MERGE_TARGET, "merge", "target=900");
    w.target = (struct order){.id = w.c.order.id, .state = ORDER_TO_DISPATCH};
    refused(&w, dispatcher, PROBLEM_MERGE_TARGET, "merge", "target=500");
    w.target = (struct order){.id = 900, .state = ORDER_IN_HAND};
    must(&w, dispatcher, "merge", "target=900");
    assert_int_equal(w.c.order.state, ORDER_MERGED);
    assert_int_equal(w.c.order.merged_into, 900);
    assert_int_equal(w.c.timer_count, 0);
    w.target.state = ORDER_CONCLUDED;
    refused_plain(&w, dispatcher, PROBLEM_UNMERGE_LATE, "unmerge");
    w.target.state = ORDER_CALLBACK;
    must_plain(&w, dispatcher, "unmerge");
    assert_int_equal(w.c.order.state, ORDER_TO_DISPATCH);
    assert_int_equal(w.c.order.merged_into, 0);
    assert_true(has_timer(&w.c, TIMER_RED_ON, w.c.order.id));
    assert_true(has_timer(&w.c, TIMER_DISPATCH_BY, w.c.order.id));
    world_close(&w);
}

/* --- rule 6 -------------------------------------------------------------------------------------
 */

static void test_the_promise_is_the_earlier_of_limit_and_source_deadline(void **state)
{
    (void)state;
    static const struct {
        enum appeal_kind kind;
        bool complex;
        const char *source, *deadline;
    } cases[] = {
        {KIND_CONSULT, false, NULL, "2026-11-19 17:30"},
        {KIND_HELP, false, NULL, "2026-11-23 17:30"},
        {KIND_COMPLAINT, false, NULL, "2026-11-25 17:30"},
        {KIND_COMPLAINT, true, NULL, "2026-12-09 17:30"},
        {KIND_HELP, true, NULL, "2026-11-23 17:30"},
        {KIND_REPORT, false, "2026-11-20 12:00", "2026-11-20 12:00"},
        {KIND_REPORT, false, "2026-12-20 12:00", "2026-11-25 17:30"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world w;
        world_open(&w);
        struct order_case c = {
            .order = {.id = 1,
                      .kind = cases[i].kind,
                      .complex = cases[i].complex,
                      .source_deadline_at = cases[i].source ? at(cases[i].source) : 0}};
        lifecycle_receive(&c, &w.ctx);
        assert_int_equal(c.order.deadline_at, at(cases[i].deadline));
        assert_int_equal(c.order.first_deadline_at, c.order.deadline_at);
        world_close(&w);
    }
}

static void test_dispatch_is_due_in_one_two_or_twenty_four_natural_hours(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    assert_int_equal(w.c.order.dispatch_by, at("2026-11-19 09:00"));
    w.category.vital = true;
    lifecycle_receive(&w.c, &w.ctx);
    assert_int_equal(w.c.order.dispatch_by, at("2026-11-18 11:00"));
    w.category.life_safety = true;
    lifecycle_receive(&w.c, &w.ctx);
    assert_int_equal(w.c.order.dispatch_by, at("2026-11-18 10:00"));
    pass_until(&w, "2026-11-18 10:00");
    assert_non_null(last_event(&w, "dispatch_by"));
    assert_int_equal(w.c.order.state, ORDER_RECEIVED);
    world_close(&w);
}

static void test_cards_turn_yellow_and_red_though_nobody_presses_a_key(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    pass_until(&w, "2026-11-20 09:00");
    must(&w, dispatcher, "dispatch", "unit=1");
    pass_until(&w, "2026-11-24 17:29");
    assert_int_equal(w.c.order.card, CARD_NONE);
    pass_until(&w, "2026-11-24 17:30");
    assert_int_equal(w.c.order.card, CARD_YELLOW);
    pass_until(&w, "2026-11-25 17:30");
    assert_int_equal(w.c.order.card, CARD_RED);
    assert_false(last_assignment(&w)->late);
    pass_until(&w, "2026-11-27 17:30");
    assert_true(last_assignment(&w)->late);
    assert_int_equal(count_events(&w, "red_on"), 2);
    must(&w, water, "reply", "reply=已修复");
    assert_true(last_assignment(&w)->late);
    world_close(&w);
}

static void test_a_second_round_has_its_own_full_limit_but_the_promise_stays(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    pass_until(&w, "2026-11-30 09:00");
    assert_int_equal(w.c.order.card, CARD_RED);
    must(&w, caller, "callback", NOT_CONTENT);
    assert_int_equal(last_assignment(&w)->due_at, at("2026-12-07 17:30"));
    assert_int_equal(w.c.order.deadline_at, at("2026-11-25 17:30"));
    assert_int_equal(w.c.order.card, CARD_RED);
    world_close(&w);
}

static void test_saying_that_it_is_complex_keeps_what_suspensions_have_added(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_hand(&w);
    must(&w, supervisor, "suspend", "reason=等材料", "review_on=2026-11-20");
    pass_until(&w, "2026-11-20 09:00");
    assert_int_equal(w.c.order.deadline_at, at("2026-11-27 17:30"));
    must(&w, water, "ask_return", "reason=wrong_place");
    must_plain(&w, dispatcher, "accept_return");
    must(&w, dispatcher, "dispatch", "unit=1", "complex=yes");
    assert_int_equal(w.c.order.deadline_at, at("2026-12-11 17:30"));
    assert_int_equal(w.c.order.first_deadline_at, at("2026-11-25 17:30"));
    world_close(&w);
}

static void test_a_timer_that_no_longer_fits_does_nothing(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    struct timer stale = {TIMER_SIGN_BY, 4711, at("2026-11-18 08:00")};
    int64_t version = w.c.order.version;
    assert_false(lifecycle_tick(&w.c, &w.ctx, &stale));
    /* Put off meanwhile: what was read before must not fire. */
    struct timer early = {TIMER_RED_ON, w.c.order.id, w.ctx.now};
    assert_false(lifecycle_tick(&w.c, &w.ctx, &early));
    assert_true(has_timer(&w.c, TIMER_RED_ON, w.c.order.id));
    /* In the set, but of another time of life: it is removed and changes nothing else. */
    static const enum timer_kind kinds[] = {TIMER_ACCEPT_BY, TIMER_OPINION_BY, TIMER_REVIEW_ON,
                                            TIMER_PROMISE_ON};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        timer_set(&w.c, w.arena, kinds[i], w.c.order.id, w.ctx.now);
        struct timer wrong = {kinds[i], w.c.order.id, w.ctx.now};
        w.c.timers_changed = false;
        assert_false(lifecycle_tick(&w.c, &w.ctx, &wrong));
        assert_false(has_timer(&w.c, kinds[i], w.c.order.id));
        assert_true(w.c.timers_changed);
    }
    assert_int_equal(w.c.order.version, version);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_solved_and_satisfied_concludes_and_is_archived_by_rule),
        cmocka_unit_test(test_not_satisfied_makes_a_second_assignment_and_no_archive),
        cmocka_unit_test(test_the_second_no_raises_a_notice_and_the_third_needs_a_coordination),
        cmocka_unit_test(test_a_promise_waits_and_only_its_breaking_brings_a_second_assignment),
        cmocka_unit_test(test_not_reached_needs_three_attempts_on_two_days_and_a_supervisor),
        cmocka_unit_test(test_attempts_count_anew_once_the_citizen_was_reached),
        cmocka_unit_test(test_the_citizens_own_call_closes_the_loop),
        cmocka_unit_test(test_facts_may_come_by_a_rating_or_through_the_source_channel),
        cmocka_unit_test(
            test_solved_but_not_satisfied_by_the_citizens_own_word_is_a_second_assignment),
        cmocka_unit_test(test_a_suspension_stops_both_clocks_and_returns_by_itself),
        cmocka_unit_test(test_a_suspended_callback_keeps_its_promise),
        cmocka_unit_test(test_a_decision_needs_a_written_reason_and_shows_as_such),
        cmocka_unit_test(test_nothing_is_archived_while_the_citizen_is_not_satisfied),
        cmocka_unit_test(test_an_extension_is_asked_before_the_deadline_and_capped),
        cmocka_unit_test(test_an_undecided_extension_shows_pending_then_clears_the_card_or_counts),
        cmocka_unit_test(test_a_merge_refuses_a_merged_target_and_can_be_undone),
        cmocka_unit_test(test_the_promise_is_the_earlier_of_limit_and_source_deadline),
        cmocka_unit_test(test_dispatch_is_due_in_one_two_or_twenty_four_natural_hours),
        cmocka_unit_test(test_cards_turn_yellow_and_red_though_nobody_presses_a_key),
        cmocka_unit_test(test_a_second_round_has_its_own_full_limit_but_the_promise_stays),
        cmocka_unit_test(test_saying_that_it_is_complex_keeps_what_suspensions_have_added),
        cmocka_unit_test(test_a_timer_that_no_longer_fits_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
