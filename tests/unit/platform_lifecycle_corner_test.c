/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where two rules meet: objections in a suspended order, extensions that nobody decides, promises
 * that are broken by another word, clocks that are set anew. */
#include "tests/unit/platform_case.h"

/* Lead 1 accepted, co-handler 3 handling and objecting. */
static void to_objecting_co_handler(struct world *w)
{
    must_plain(w, operator_, "submit");
    must(w, dispatcher, "dispatch", "unit=1", "co_units=3");
    must_plain(w, water, "sign");
    reply_and_accept(w);
    must_plain(w, roads, "sign");
    must(w, roads, "handle", "result=已到现场");
    must(w, roads, "object", "reason=不归我们");
    assert_int_equal(w->c.order.state, ORDER_IN_HAND);
}

/* --- objections ------------------------------------------------------------------------------- */

static void test_a_chair_of_the_handling_unit_does_not_rule(void **state)
{
    (void)state;
    struct world w;
    struct actor partial = {301, BIT(ROLE_CONFERENCE), WATER, "/1/"};
    world_open(&w);
    to_handling(&w);
    must(&w, water, "object", "reason=不归我们");
    refused(&w, partial, PROBLEM_OWN_ORDER, "rule", "outcome=upheld", "reason=理由");
    refused(&w, partial, PROBLEM_OWN_ORDER, "rule", "outcome=moved", "unit=3", "reason=理由");
    must(&w, partial, "opinion", "opinion=应由城管负责");
    world_close(&w);
}

static void test_only_the_unit_that_objected_withdraws_its_objection(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    must(&w, water, "object", "reason=不归我们");
    refused_plain(&w, roads, PROBLEM_NO_SUBJECT, "withdraw_objection");
    must_plain(&w, water, "withdraw_objection");
    assert_false(has_timer(&w.c, TIMER_RULE_BY, w.c.objections[0].id));
    refused(&w, water, PROBLEM_OBJECT_ONCE, "object", "reason=又不归我们");
    world_close(&w);
}

static void test_an_objection_outlives_the_conclusion_with_its_clock(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    must(&w, water, "object", "reason=不归我们");
    reply_and_accept(&w);
    must(&w, operator_, "citizen_says", "what=solved");
    assert_true(has_timer(&w.c, TIMER_OPINION_BY, w.c.objections[0].id));
    assert_true(has_timer(&w.c, TIMER_RULE_BY, w.c.objections[0].id));
    world_close(&w);
}

static void test_a_co_handler_that_is_moved_away_can_end_the_round(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_objecting_co_handler(&w);
    must(&w, chair, "rule", "outcome=moved", "unit=1", "reason=三定方案");
    /* The ruled unit is on the round already: nobody is offered anything. */
    assert_int_equal(w.c.assignment_count, 2);
    assert_int_equal(w.c.order.failed_dispatches, 0);
    assert_int_equal(w.c.order.state, ORDER_CALLBACK);
    world_close(&w);
}

static void test_a_moved_co_handlers_successor_is_a_co_handler(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_objecting_co_handler(&w);
    must(&w, chair, "rule", "outcome=moved", "unit=4", "reason=三定方案");
    assert_int_equal(last_assignment(&w)->unit_id, GAS);
    assert_false(last_assignment(&w)->lead);
    assert_int_equal(w.c.order.lead_unit_id, WATER);
    must_plain(&w, gas, "sign");
    must(&w, gas, "reply", "reply=已配合");
    assert_int_equal(w.c.order.state, ORDER_CALLBACK);
    world_close(&w);
}

static void test_a_lead_that_moves_to_a_co_handler_leaves_that_unit_one_assignment(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    must(&w, dispatcher, "dispatch", "unit=1", "co_units=3");
    must_plain(&w, water, "sign");
    must(&w, water, "handle", "result=已到现场");
    must(&w, water, "object", "reason=不归我们");
    must(&w, chair, "rule", "outcome=moved", "unit=3", "reason=三定方案");
    assert_int_equal(w.c.assignments[1].state, ASSIGNMENT_WITHDRAWN);
    assert_int_equal(last_assignment(&w)->unit_id, ROADS);
    assert_true(last_assignment(&w)->lead);
    world_close(&w);
}

static void test_a_ruling_in_a_suspended_order_gives_the_clock_only_what_is_left_of_it(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    must(&w, water, "object", "reason=不归我们");
    must(&w, supervisor, "suspend", "reason=等材料", "review_on=2026-11-24");
    pass_until(&w, "2026-11-23 10:00");
    must(&w, chair, "rule", "outcome=moved", "unit=3", "reason=三定方案");
    assert_false(has_timer(&w.c, TIMER_SIGN_BY, last_assignment(&w)->id));
    assert_int_equal(last_assignment(&w)->due_at, at("2026-11-30 17:30"));
    pass_until(&w, "2026-11-24 09:00");
    assert_int_equal(last_assignment(&w)->due_at, at("2026-12-01 17:30"));
    assert_int_equal(last_assignment(&w)->sign_by, at("2026-11-25 17:30"));
    assert_true(has_timer(&w.c, TIMER_SIGN_BY, last_assignment(&w)->id));
    world_close(&w);
}

static void test_a_round_that_a_ruling_completed_during_a_suspension_ends_on_return(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_objecting_co_handler(&w);
    must(&w, supervisor, "suspend", "reason=等材料", "review_on=2026-11-24");
    must(&w, chair, "rule", "outcome=moved", "unit=1", "reason=三定方案");
    assert_int_equal(w.c.order.state, ORDER_SUSPENDED);
    must_plain(&w, supervisor, "resume");
    assert_int_equal(w.c.order.state, ORDER_CALLBACK);
    world_close(&w);
}

static void test_a_third_failure_by_ruling_designates_the_ruled_unit(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.c.order.failed_dispatches = 2;
    to_handling(&w);
    must(&w, water, "object", "reason=不归我们");
    must(&w, chair, "rule", "outcome=moved", "unit=3", "reason=三定方案");
    assert_true(w.c.order.designated);
    refused(&w, roads, PROBLEM_DESIGNATED, "ask_return", "reason=wrong_place");
    must_plain(&w, roads, "sign");
    must(&w, roads, "handle", "result=已到现场");
    refused(&w, roads, PROBLEM_DESIGNATED, "object", "reason=不归我们");
    world_close(&w);
}

static void test_a_unit_proposes_another_unit_not_itself(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    refused(&w, water, PROBLEM_SAME_UNIT, "object", "reason=不归我们", "proposed_unit=1");
    refused(&w, water, PROBLEM_FIELD_REFERENCE, "object", "reason=不归我们", "proposed_unit=9");
    world_close(&w);
}

static void test_what_a_co_handler_replied_stands_when_the_lead_returns(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    must(&w, dispatcher, "dispatch", "unit=1", "co_units=3,4");
    must_plain(&w, roads, "sign");
    must(&w, roads, "reply", "reply=已配合");
    must(&w, water, "ask_return", "reason=duplicate");
    must_plain(&w, dispatcher, "accept_return");
    assert_int_equal(w.c.assignments[1].state, ASSIGNMENT_ACCEPTED);
    assert_int_equal(w.c.assignments[2].state, ASSIGNMENT_WITHDRAWN);
    world_close(&w);
}

static void test_the_refusal_is_about_the_units_own_assignment(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    must(&w, dispatcher, "dispatch", "unit=3", "co_units=1");
    must_plain(&w, water, "sign");
    refused_plain(&w, water, PROBLEM_NOT_ALLOWED, "sign");
    must_plain(&w, roads, "sign");
    refused(&w, gas, PROBLEM_NO_SUBJECT, "reply", "reply=已修复");
    world_close(&w);
}

/* --- facts -------------------------------------------------------------------------------------
 */

static void test_who_only_replied_for_a_colleague_does_not_call_back_either(void **state)
{
    (void)state;
    struct world w;
    struct actor colleague = {302, BIT(ROLE_HANDLER), WATER, "/1/"};
    struct actor moved_on = {302, BIT(ROLE_CALLBACK), CENTRE, "/5/"};
    world_open(&w);
    to_handling(&w);
    must(&w, colleague, "reply", "reply=已修复");
    must_plain(&w, dispatcher, "accept_reply");
    refused(&w, moved_on, PROBLEM_OWN_ORDER, "callback", "reached=no");
    world_close(&w);
}

static void test_a_unit_that_worked_before_it_was_moved_away_counts_as_handling(void **state)
{
    (void)state;
    struct world w;
    struct actor of_water = {303, BIT(ROLE_CALLBACK), WATER, "/1/"};
    world_open(&w);
    must_plain(&w, operator_, "submit");
    must(&w, dispatcher, "dispatch", "unit=1");
    must(&w, water, "ask_return", "reason=wrong_place");
    must_plain(&w, dispatcher, "accept_return");
    must(&w, dispatcher, "dispatch", "unit=3");
    must_plain(&w, roads, "sign");
    must(&w, roads, "reply", "reply=已修复");
    must_plain(&w, dispatcher, "accept_reply");
    /* Who returned it has not handled it. */
    must(&w, of_water, "callback", "reached=no");
    world_close(&w);
    world_open(&w);
    to_handling(&w);
    must(&w, water, "object", "reason=不归我们");
    must(&w, chair, "rule", "outcome=moved", "unit=3", "reason=三定方案");
    must_plain(&w, roads, "sign");
    must(&w, roads, "reply", "reply=已修复");
    must_plain(&w, dispatcher, "accept_reply");
    refused(&w, of_water, PROBLEM_OWN_ORDER, "callback", "reached=no");
    world_close(&w);
}

static void test_who_stands_above_the_unit_and_does_not_handle_may_judge(void **state)
{
    (void)state;
    struct world w;
    struct actor above = {304, BIT(ROLE_SUPERVISOR), WATER, "/1/"};
    struct actor hands_on = {305, BIT(ROLE_SUPERVISOR) | BIT(ROLE_HANDLER), WATER, "/1/"};
    world_open(&w);
    must_plain(&w, operator_, "submit");
    must(&w, dispatcher, "dispatch", "unit=2");
    must_plain(&w, brigade, "sign");
    must(&w, brigade, "reply", "reply=已修复");
    refused_plain(&w, hands_on, PROBLEM_OWN_ORDER, "accept_reply");
    must_plain(&w, above, "accept_reply");
    world_close(&w);
}

static void test_the_first_handling_result_stays_the_recorded_one(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    int64_t first = last_assignment(&w)->result_statement_id;
    must(&w, water, "handle", "result=已换管");
    must(&w, water, "reply", "reply=已修复");
    assert_int_equal(last_assignment(&w)->result_statement_id, first);
    assert_int_not_equal(last_assignment(&w)->reply_statement_id, first);
    world_close(&w);
}

static void test_content_but_not_solved_is_a_second_assignment_too(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    must(&w, caller, "callback", "reached=yes", "solved=no", "satisfied=yes");
    assert_int_equal(w.c.order.round, 2);
    world_close(&w);
}

static void test_a_promise_is_not_counted_as_dissatisfaction(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    must(&w, caller, "callback", "reached=yes", "solved=no", "satisfied=no",
         "promised_on=2026-11-20");
    assert_false(w.c.order.unsatisfied);
    assert_int_equal(w.c.callbacks[0].solved, 0);
    must(&w, caller, "callback", "reached=yes", "promised_on=2026-11-20");
    assert_int_equal(w.c.callbacks[1].solved, 0);
    assert_int_equal(w.c.callbacks[1].satisfied, -1);
    pass_until(&w, "2026-11-20 09:00");
    must(&w, caller, "callback", "reached=yes", "solved=no", "satisfied=no");
    assert_non_null(strstr(last_event(&w, "second_assignment")->detail, "\"times\":1"));
    assert_null(last_event(&w, "supervision_notice"));
    world_close(&w);
}

static void test_a_second_assignment_forgets_the_promise(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    must(&w, caller, "callback", "reached=yes", "promised_on=2026-11-30");
    must(&w, operator_, "citizen_says", "what=solved", "satisfied=no");
    assert_int_equal(w.c.order.promised_on, 0);
    assert_false(has_timer(&w.c, TIMER_PROMISE_ON, w.c.order.id));
    must_plain(&w, water, "sign");
    reply_and_accept(&w);
    assert_true(w.c.order.needs & BIT(NEED_CALLBACK));
    world_close(&w);
}

static void test_solved_while_the_first_round_is_in_hand_is_an_event_only(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_hand(&w);
    must(&w, operator_, "citizen_says", "what=solved");
    assert_int_equal(w.c.callback_count, 0);
    assert_int_equal(w.c.order.state, ORDER_IN_HAND);
    assert_non_null(strstr(last_event(&w, "citizen_says")->detail, "\"what\":\"solved\""));
    world_close(&w);
}

static void test_a_conclusion_settles_a_coordination_that_was_due(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    for (int i = 0; i < 3; i++) {
        must(&w, caller, "callback", "reached=yes", "solved=no", "satisfied=no");
        must_plain(&w, water, "sign");
        reply_and_accept(&w);
    }
    must(&w, caller, "callback", "reached=yes", "solved=yes", "satisfied=yes");
    assert_false(w.c.order.coordination_due);
    assert_int_equal(w.c.order.needs, BIT(NEED_ARCHIVE));
    world_close(&w);
}

/* --- clocks -------------------------------------------------------------------------------------
 */

static void test_a_suspension_does_not_heal_what_was_late_before(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    pass_until(&w, "2026-11-26 10:00");
    assert_int_equal(w.c.order.card, CARD_RED);
    must(&w, supervisor, "suspend", "reason=等材料", "review_on=2026-12-10");
    pass_until(&w, "2026-12-10 10:00");
    assert_int_equal(w.c.order.deadline_at, at("2026-11-25 17:30"));
    assert_int_equal(last_assignment(&w)->due_at, at("2026-11-25 17:30"));
    assert_int_equal(w.c.order.card, CARD_RED);
    world_close(&w);
}

static void test_a_late_reply_is_late_before_any_timer_says_so(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    w.ctx.now = at("2026-11-25 17:30");
    must(&w, water, "reply", "reply=已修复");
    assert_false(last_assignment(&w)->late);
    must(&w, dispatcher, "refuse_reply", "reason=无照片");
    assert_int_equal(last_assignment(&w)->replied_at, 0);
    w.ctx.now++;
    must(&w, water, "reply", "reply=附照片");
    assert_true(last_assignment(&w)->late);
    world_close(&w);
}

static void test_a_reply_ends_the_waiting_for_an_extension_and_the_card_shows(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    must(&w, water, "ask_extension", "days=3", "reason=待料");
    pass_until(&w, "2026-11-26 10:00");
    assert_int_equal(w.c.order.card, CARD_YELLOW);
    must(&w, supervisor, "suspend", "reason=等材料", "review_on=2026-11-27");
    must_plain(&w, supervisor, "resume");
    assert_false(has_timer(&w.c, TIMER_RED_ON, w.c.order.id));
    must(&w, water, "reply", "reply=已修复");
    pass_until(&w, "2026-11-26 10:01");
    assert_int_equal(w.c.order.card, CARD_RED);
    assert_true(last_assignment(&w)->late);
    world_close(&w);
}

static void test_lateness_is_said_once(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    pass_until(&w, "2026-11-26 10:00");
    must(&w, water, "reply", "reply=已修复");
    must(&w, dispatcher, "refuse_reply", "reason=无照片");
    assert_true(last_assignment(&w)->late);
    assert_false(has_timer(&w.c, TIMER_RED_ON, last_assignment(&w)->id));
    world_close(&w);
}

static void test_an_extension_can_be_asked_until_the_last_moment_and_granted_in_part(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    w.ctx.now = last_assignment(&w)->due_at;
    must(&w, water, "ask_extension", "days=3", "reason=待料");
    refused(&w, supervisor, PROBLEM_FIELD_RANGE, "grant_extension", "days=4");
    refused(&w, supervisor, PROBLEM_FIELD_RANGE, "grant_extension", "days=0");
    must(&w, supervisor, "grant_extension", "days=2");
    assert_int_equal(w.c.order.extended_days, 2);
    world_close(&w);
}

static void test_an_urgent_order_is_dispatched_within_an_hour(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.c.order.urgent = true;
    lifecycle_receive(&w.c, &w.ctx);
    assert_int_equal(w.c.order.dispatch_by, at("2026-11-18 10:00"));
    world_close(&w);
}

static void test_an_extension_that_is_granted_too_late_leaves_it_overdue(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    must(&w, water, "ask_extension", "days=1", "reason=待料");
    pass_until(&w, "2026-11-30 10:00");
    must_plain(&w, supervisor, "grant_extension");
    assert_int_equal(last_assignment(&w)->due_at, at("2026-11-26 17:30"));
    pass_until(&w, "2026-11-30 10:01");
    assert_true(last_assignment(&w)->late);
    assert_int_equal(w.c.order.card, CARD_RED);
    world_close(&w);
}

static void test_the_source_channels_deadline_is_not_ours_to_extend(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.c.order.source_deadline_at = at("2026-11-26 12:00");
    to_handling(&w);
    must(&w, water, "ask_extension", "days=5", "reason=待料");
    must_plain(&w, supervisor, "grant_extension");
    assert_int_equal(w.c.order.deadline_at, at("2026-11-26 12:00"));
    assert_int_equal(last_assignment(&w)->due_at, at("2026-12-02 17:30"));
    world_close(&w);
}

static void test_saying_that_it_is_complex_late_takes_the_card_back(void **state)
{
    (void)state;
    static const struct {
        const char *when;
        enum card before, after;
    } cases[] = {{"2026-11-26 10:00", CARD_RED, CARD_NONE},
                 {"2026-12-09 09:00", CARD_RED, CARD_YELLOW},
                 {"2026-12-09 18:00", CARD_RED, CARD_RED},
                 {"2026-11-25 10:00", CARD_YELLOW, CARD_NONE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world w;
        world_open(&w);
        must_plain(&w, operator_, "submit");
        pass_until(&w, cases[i].when);
        assert_int_equal(w.c.order.card, cases[i].before);
        must(&w, dispatcher, "dispatch", "unit=1", "complex=yes");
        assert_int_equal(w.c.order.card, cases[i].after);
        world_close(&w);
    }
}

static void test_being_complex_never_shortens_what_the_category_allows(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.category.limit = (struct limit){20, LIMIT_DAYS};
    w.c.order.complex = true;
    lifecycle_receive(&w.c, &w.ctx);
    assert_int_equal(w.c.order.limit.n, 20);
    w.category.limit = (struct limit){2, LIMIT_DAYS};
    lifecycle_receive(&w.c, &w.ctx);
    assert_int_equal(w.c.order.limit.n, 15);
    world_close(&w);
}

static void test_a_yellow_card_that_would_lie_in_the_past_is_not_shown_to_the_unit(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.category.limit = (struct limit){1, LIMIT_DAYS};
    lifecycle_receive(&w.c, &w.ctx);
    must_plain(&w, operator_, "submit");
    w.ctx.now = at("2026-11-18 18:00");
    must(&w, dispatcher, "dispatch", "unit=1");
    assert_false(has_timer(&w.c, TIMER_YELLOW_ON, last_assignment(&w)->id));
    assert_true(has_timer(&w.c, TIMER_RED_ON, last_assignment(&w)->id));
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_chair_of_the_handling_unit_does_not_rule),
        cmocka_unit_test(test_only_the_unit_that_objected_withdraws_its_objection),
        cmocka_unit_test(test_an_objection_outlives_the_conclusion_with_its_clock),
        cmocka_unit_test(test_a_co_handler_that_is_moved_away_can_end_the_round),
        cmocka_unit_test(test_a_moved_co_handlers_successor_is_a_co_handler),
        cmocka_unit_test(test_a_lead_that_moves_to_a_co_handler_leaves_that_unit_one_assignment),
        cmocka_unit_test(
            test_a_ruling_in_a_suspended_order_gives_the_clock_only_what_is_left_of_it),
        cmocka_unit_test(test_a_round_that_a_ruling_completed_during_a_suspension_ends_on_return),
        cmocka_unit_test(test_a_third_failure_by_ruling_designates_the_ruled_unit),
        cmocka_unit_test(test_a_unit_proposes_another_unit_not_itself),
        cmocka_unit_test(test_what_a_co_handler_replied_stands_when_the_lead_returns),
        cmocka_unit_test(test_the_refusal_is_about_the_units_own_assignment),
        cmocka_unit_test(test_who_only_replied_for_a_colleague_does_not_call_back_either),
        cmocka_unit_test(test_a_unit_that_worked_before_it_was_moved_away_counts_as_handling),
        cmocka_unit_test(test_who_stands_above_the_unit_and_does_not_handle_may_judge),
        cmocka_unit_test(test_the_first_handling_result_stays_the_recorded_one),
        cmocka_unit_test(test_content_but_not_solved_is_a_second_assignment_too),
        cmocka_unit_test(test_a_promise_is_not_counted_as_dissatisfaction),
        cmocka_unit_test(test_a_second_assignment_forgets_the_promise),
        cmocka_unit_test(test_solved_while_the_first_round_is_in_hand_is_an_event_only),
        cmocka_unit_test(test_a_conclusion_settles_a_coordination_that_was_due),
        cmocka_unit_test(test_a_suspension_does_not_heal_what_was_late_before),
        cmocka_unit_test(test_a_late_reply_is_late_before_any_timer_says_so),
        cmocka_unit_test(test_a_reply_ends_the_waiting_for_an_extension_and_the_card_shows),
        cmocka_unit_test(test_lateness_is_said_once),
        cmocka_unit_test(test_an_extension_can_be_asked_until_the_last_moment_and_granted_in_part),
        cmocka_unit_test(test_an_urgent_order_is_dispatched_within_an_hour),
        cmocka_unit_test(test_an_extension_that_is_granted_too_late_leaves_it_overdue),
        cmocka_unit_test(test_the_source_channels_deadline_is_not_ours_to_extend),
        cmocka_unit_test(test_saying_that_it_is_complex_late_takes_the_card_back),
        cmocka_unit_test(test_being_complex_never_shortens_what_the_category_allows),
        cmocka_unit_test(test_a_yellow_card_that_would_lie_in_the_past_is_not_shown_to_the_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
