/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules 1, 2 and 7: who is responsible, who may judge, and what a change leaves behind. */
#include "platform/domain/suggest.h"
#include "tests/unit/platform_case.h"

static void test_who_has_not_signed_or_handled_cannot_object(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_hand(&w);
    refused(&w, water, PROBLEM_OBJECT_FIRST_SIGN, "object", "reason=不归我们");
    must_plain(&w, water, "sign");
    refused(&w, water, PROBLEM_OBJECT_FIRST_HANDLE, "object", "reason=不归我们");
    must(&w, water, "handle", "result=已止水");
    must(&w, water, "object", "reason=不归我们", "proposed_unit=3");
    assert_int_equal(w.c.objection_count, 1);
    assert_int_equal(w.c.objections[0].proposed_unit_id, ROADS);
    refused(&w, water, PROBLEM_OBJECT_ONCE, "object", "reason=还是不归我们");
    world_close(&w);
}

static void test_an_objection_runs_beside_the_order_and_stops_nothing(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    int64_t due_at = last_assignment(&w)->due_at;
    must(&w, water, "object", "reason=不归我们");
    assert_int_equal(w.c.order.state, ORDER_IN_HAND);
    assert_int_equal(last_assignment(&w)->due_at, due_at);
    assert_true(has_timer(&w.c, TIMER_RED_ON, last_assignment(&w)->id));
    reply_and_accept(&w);
    must(&w, caller, "callback", "reached=yes", "solved=yes", "satisfied=yes");
    must_plain(&w, caller, "archive");
    assert_int_equal(w.c.order.state, ORDER_ARCHIVED);
    assert_int_equal(w.c.timer_count, 0);
    assert_true(w.c.order.needs & BIT(NEED_RULING));
    must(&w, chair, "rule", "outcome=upheld", "reason=三定方案");
    assert_int_equal(w.c.order.needs, 0);
    world_close(&w);
}

static void test_a_ruling_binds_the_next_dispatch(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.c.order.component_owner_id = GAS;
    to_handling(&w);
    must(&w, water, "object", "reason=不归我们");
    must(&w, chair, "opinion", "opinion=应由城管负责");
    must(&w, chair, "rule", "outcome=moved", "unit=3", "reason=三定方案");
    assert_int_equal(w.c.responsibility_count, 1);
    const struct responsibility *row = &w.c.responsibilities[0];
    assert_string_equal(row->source, "ruling");
    assert_int_equal(row->ruling_objection_id, w.c.objections[0].id);
    assert_int_equal(row->valid_from, w.ctx.now);
    struct responsibility rows[] = {
        {.id = 1,
         .category_code = "0102",
         .region_code = "420281001",
         .owner_unit_id = GAS,
         .unit_id = WATER,
         .source = "list",
         .reason = ""},
        *row,
    };
    struct matter matter = {"0102", "420281001", GAS, w.ctx.now};
    struct suggestion out[SUGGESTIONS_MAX];
    assert_true(suggest_units(rows, 2, &matter, out) > 0);
    assert_int_equal(out[0].unit_id, ROADS);
    assert_false(out[0].boundary);
    world_close(&w);
}

static void test_a_moved_ruling_gives_the_new_unit_its_own_full_limit(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    must(&w, water, "object", "reason=不归我们");
    int64_t deadline = w.c.order.deadline_at;
    pass_until(&w, "2026-11-20 10:00");
    must(&w, chair, "rule", "outcome=moved", "unit=3", "reason=三定方案");
    assert_int_equal(w.c.assignments[0].state, ASSIGNMENT_WITHDRAWN);
    const struct assignment *moved = last_assignment(&w);
    assert_int_equal(moved->unit_id, ROADS);
    assert_int_equal(moved->round, 1);
    assert_true(moved->lead);
    assert_int_equal(moved->due_at, at("2026-11-27 17:30"));
    assert_int_equal(w.c.order.deadline_at, deadline);
    assert_int_equal(w.c.order.failed_dispatches, 1);
    assert_int_equal(w.c.order.lead_unit_id, ROADS);
    assert_int_equal(w.c.order.state, ORDER_IN_HAND);
    world_close(&w);
}

static void test_a_moved_ruling_on_finished_work_changes_only_the_responsibility(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_callback(&w);
    must(&w, water, "object", "reason=不归我们");
    must(&w, chair, "rule", "outcome=moved", "unit=3", "reason=三定方案");
    assert_int_equal(w.c.assignment_count, 1);
    assert_int_equal(w.c.assignments[0].state, ASSIGNMENT_ACCEPTED);
    assert_int_equal(w.c.order.state, ORDER_CALLBACK);
    assert_int_equal(w.c.order.failed_dispatches, 0);
    assert_int_equal(w.c.responsibility_count, 1);
    assert_int_equal(w.c.responsibilities[0].unit_id, ROADS);
    world_close(&w);
}

static void test_an_upheld_ruling_names_the_objecting_unit_as_responsible(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    must(&w, water, "object", "reason=不归我们");
    refused(&w, chair, PROBLEM_FIELD_MISSING, "rule", "outcome=moved", "reason=理由");
    refused(&w, chair, PROBLEM_SAME_UNIT, "rule", "outcome=moved", "unit=1", "reason=理由");
    refused(&w, chair, PROBLEM_FIELD_REFERENCE, "rule", "outcome=moved", "unit=99", "reason=理由");
    must(&w, chair, "rule", "outcome=upheld", "reason=三定方案");
    assert_int_equal(w.c.responsibilities[0].unit_id, WATER);
    assert_int_equal(w.c.assignments[0].state, ASSIGNMENT_HANDLING);
    refused(&w, water, PROBLEM_OBJECT_ONCE, "object", "reason=再议");
    world_close(&w);
}

static void
test_silent_members_are_recorded_and_after_a_silent_chair_the_platform_rules(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    must(&w, water, "object", "reason=不归我们");
    refused(&w, supervisor, PROBLEM_RULE_NOT_YET, "rule", "outcome=upheld", "reason=理由");
    pass_until(&w, "2026-11-20 17:30");
    assert_non_null(strstr(last_event(&w, "opinion_by")->detail, "\"silent\":1"));
    assert_int_equal(w.c.objections[0].state, OBJECTION_OPINIONS);
    refused(&w, supervisor, PROBLEM_RULE_NOT_YET, "rule", "outcome=upheld", "reason=理由");
    pass_until(&w, "2026-11-24 17:30");
    assert_non_null(last_event(&w, "rule_by"));
    must(&w, supervisor, "rule", "outcome=upheld", "reason=理由");
    world_close(&w);
}

static void test_not_our_duty_is_no_reason_for_a_return(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_hand(&w);
    refused(&w, water, PROBLEM_RETURN_NOT_OUR_DUTY, "ask_return", "reason=not_our_duty");
    must(&w, water, "ask_return", "reason=wrong_place");
    assert_true(w.c.order.needs & BIT(NEED_RETURN));
    refused(&w, water, PROBLEM_RETURN_PENDING, "ask_return", "reason=duplicate");
    must(&w, dispatcher, "refuse_return", "reason=地点无误");
    refused_plain(&w, dispatcher, PROBLEM_RETURN_NOT_ASKED, "accept_return");
    must(&w, water, "ask_return", "reason=wrong_facts");
    must_plain(&w, dispatcher, "accept_return");
    assert_int_equal(w.c.order.state, ORDER_TO_DISPATCH);
    assert_int_equal(w.c.order.failed_dispatches, 1);
    assert_int_equal(w.c.order.lead_unit_id, 0);
    assert_true(has_timer(&w.c, TIMER_DISPATCH_BY, w.c.order.id));
    world_close(&w);
}

static void test_a_return_is_asked_inside_its_window_only(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_hand(&w);
    pass_until(&w, "2026-11-19 17:31");
    assert_int_equal(last_assignment(&w)->state, ASSIGNMENT_SIGNED);
    assert_int_equal(last_assignment(&w)->signed_by, 0);
    refused(&w, water, PROBLEM_RETURN_WINDOW, "ask_return", "reason=wrong_place");
    world_close(&w);
    world_open(&w);
    must_plain(&w, operator_, "submit");
    must(&w, dispatcher, "dispatch", "unit=1", "complex=yes");
    pass_until(&w, "2026-11-20 17:00");
    must(&w, water, "ask_return", "reason=wrong_place");
    world_close(&w);
}

static void test_after_three_failed_dispatches_the_platform_designates(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    for (int i = 0; i < 3; i++) {
        refused(&w, supervisor, PROBLEM_FORBIDDEN, "dispatch", "unit=1");
        must(&w, dispatcher, "dispatch", "unit=1");
        must(&w, water, "ask_return", "reason=wrong_place");
        must_plain(&w, dispatcher, "accept_return");
        assert_int_equal(w.c.order.round, 1);
    }
    assert_true(w.c.order.needs & BIT(NEED_DECISION));
    refused(&w, dispatcher, PROBLEM_DESIGNATE_NOW, "dispatch", "unit=1");
    must(&w, supervisor, "dispatch", "unit=1");
    assert_true(w.c.order.designated);
    refused(&w, water, PROBLEM_DESIGNATED, "ask_return", "reason=wrong_place");
    must_plain(&w, water, "sign");
    must(&w, water, "handle", "result=已到现场");
    refused(&w, water, PROBLEM_DESIGNATED, "object", "reason=不归我们");
    world_close(&w);
}

static void test_a_returning_co_handler_leaves_the_order_in_hand(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    must(&w, dispatcher, "dispatch", "unit=1", "co_units=3,4");
    assert_int_equal(w.c.assignment_count, 3);
    must(&w, roads, "ask_return", "reason=wrong_place");
    must_plain(&w, dispatcher, "accept_return");
    assert_int_equal(w.c.order.state, ORDER_IN_HAND);
    assert_int_equal(w.c.order.failed_dispatches, 0);
    must_plain(&w, water, "sign");
    reply_and_accept(&w);
    assert_int_equal(w.c.order.state, ORDER_IN_HAND);
    must_plain(&w, dispatcher, "release");
    assert_int_equal(w.c.order.state, ORDER_CALLBACK);
    world_close(&w);
}

static void test_the_round_ends_when_lead_is_accepted_and_co_handlers_have_replied(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    refused(&w, dispatcher, PROBLEM_SAME_UNIT, "dispatch", "unit=1", "co_units=1");
    refused(&w, dispatcher, PROBLEM_SAME_UNIT, "dispatch", "unit=1", "co_units=3,3");
    must(&w, dispatcher, "dispatch", "unit=1", "co_units=3");
    int64_t co = last_assignment(&w)->id, lead = w.c.assignments[0].id;
    must_plain(&w, roads, "sign");
    must(&w, roads, "reply", "reply=已配合");
    must_plain(&w, water, "sign");
    must(&w, water, "reply", "reply=已修复");
    refused_plain(&w, dispatcher, PROBLEM_WHICH_SUBJECT, "accept_reply");
    assert_true(act_pairs(&w, &dispatcher, "accept_reply", lead, NULL, 0));
    assert_int_equal(w.c.order.state, ORDER_CALLBACK);
    assert_int_equal(case_assignment(&w.c, co)->state, ASSIGNMENT_ACCEPTED);
    assert_int_equal(last_event(&w, "round_over")->account_id, 0);
    world_close(&w);
}

static void test_a_reply_nobody_judges_is_accepted_by_rule(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_handling(&w);
    must(&w, water, "reply", "reply=已修复");
    must(&w, dispatcher, "refuse_reply", "reason=无照片");
    assert_int_equal(last_assignment(&w)->state, ASSIGNMENT_HANDLING);
    must(&w, water, "reply", "reply=附照片");
    pass_until(&w, "2026-11-23 17:30");
    assert_int_equal(w.c.order.state, ORDER_CALLBACK);
    assert_int_equal(last_event(&w, "accept_by")->account_id, 0);
    world_close(&w);
}

static void test_who_handled_neither_judges_nor_calls_back(void **state)
{
    (void)state;
    struct world w;
    struct actor many = water;
    many.roles |= BIT(ROLE_DISPATCHER) | BIT(ROLE_CALLBACK) | BIT(ROLE_SUPERVISOR);
    struct actor lent = {water.account_id, BIT(ROLE_CALLBACK), CENTRE, "/5/"};
    struct actor below = {201, BIT(ROLE_CALLBACK) | BIT(ROLE_OPERATOR), BRIGADE, "/1/2/"};
    world_open(&w);
    to_handling(&w);
    refused(&w, many, PROBLEM_OWN_ORDER, "suspend", "reason=等材料", "review_on=2026-11-20");
    refused(&w, many, PROBLEM_OWN_ORDER, "transfer", "to=省", "reason=不归我们");
    must(&w, water, "reply", "reply=已修复");
    refused_plain(&w, many, PROBLEM_OWN_ORDER, "accept_reply");
    must_plain(&w, dispatcher, "accept_reply");
    refused(&w, many, PROBLEM_OWN_ORDER, "callback", "reached=no");
    refused(&w, lent, PROBLEM_OWN_ORDER, "callback", "reached=no");
    refused(&w, below, PROBLEM_OWN_ORDER, "callback", "reached=no");
    refused(&w, below, PROBLEM_OWN_ORDER, "citizen_says", "what=solved");
    must(&w, below, "citizen_says", "what=urge");
    refused(&w, many, PROBLEM_OWN_ORDER, "close_decision", "reason=理由");
    must(&w, caller, "callback", "reached=no");
    world_close(&w);
}

static void test_a_unit_acts_on_its_own_assignments_and_those_below_it(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    must(&w, dispatcher, "dispatch", "unit=2");
    refused_plain(&w, roads, PROBLEM_NO_SUBJECT, "sign");
    must_plain(&w, water, "sign");
    must(&w, brigade, "handle", "result=已到现场");
    refused_plain(&w, dispatcher, PROBLEM_LEAD_STAYS, "release");
    world_close(&w);
}

static void test_a_refusal_says_what_is_possible_instead(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    refused(&w, operator_, PROBLEM_FORBIDDEN, "dispatch", "unit=1");
    assert_non_null(strstr(said(&w), "dispatcher"));
    to_hand(&w);
    refused(&w, water, PROBLEM_NOT_ALLOWED, "reply", "reply=已修复");
    assert_non_null(strstr(said(&w), "Possible now: Sign, Ask for return"));
    assert_non_null(strstr(problem_text(&w.problem, LANGUAGE_ZH, w.arena), "待签收"));
    w.ctx.actor = water;
    assert_false(lifecycle_act(&w.c, &w.ctx, "fly", 0, NULL, &w.problem));
    assert_int_equal(w.problem.type, PROBLEM_NO_SUCH_ACTION);
    assert_false(lifecycle_act(&w.c, &w.ctx, "sign", 4711, NULL, &w.problem));
    assert_int_equal(w.problem.type, PROBLEM_NOT_FOUND);
    assert_false(lifecycle_act(&w.c, &w.ctx, "ask_return", 0, NULL, &w.problem));
    assert_int_equal(w.problem.type, PROBLEM_FIELD_MISSING);
    world_close(&w);
}

static void test_each_change_grows_the_version_by_one_and_texts_stay_out_of_events(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    assert_int_equal(w.c.order.version, 1);
    must(&w, operator_, "submit", "note=老人独居");
    assert_int_equal(w.c.order.version, 2);
    const struct event_draft *event = last_event(&w, "submit");
    assert_string_equal(event->from, "received");
    assert_string_equal(event->to, "to_dispatch");
    assert_int_equal(event->account_id, operator_.account_id);
    assert_int_equal(event->statement_id, w.c.statements[0].id);
    assert_string_equal(w.c.statements[0].text, "老人独居");
    refused(&w, operator_, PROBLEM_NOT_ALLOWED, "submit", "note=再来");
    assert_int_equal(w.c.order.version, 2);
    must(&w, dispatcher, "transfer", "to=省信访局", "reason=不属本市");
    assert_string_equal(w.c.statements[1].text, "省信访局\n不属本市");
    for (size_t i = 0; i < w.c.event_count; i++)
        for (const char *s = w.c.events[i].detail; *s; s++)
            assert_true((unsigned char)*s < 128);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_has_not_signed_or_handled_cannot_object),
        cmocka_unit_test(test_an_objection_runs_beside_the_order_and_stops_nothing),
        cmocka_unit_test(test_a_ruling_binds_the_next_dispatch),
        cmocka_unit_test(test_a_moved_ruling_gives_the_new_unit_its_own_full_limit),
        cmocka_unit_test(test_a_moved_ruling_on_finished_work_changes_only_the_responsibility),
        cmocka_unit_test(test_an_upheld_ruling_names_the_objecting_unit_as_responsible),
        cmocka_unit_test(
            test_silent_members_are_recorded_and_after_a_silent_chair_the_platform_rules),
        cmocka_unit_test(test_not_our_duty_is_no_reason_for_a_return),
        cmocka_unit_test(test_a_return_is_asked_inside_its_window_only),
        cmocka_unit_test(test_after_three_failed_dispatches_the_platform_designates),
        cmocka_unit_test(test_a_returning_co_handler_leaves_the_order_in_hand),
        cmocka_unit_test(test_the_round_ends_when_lead_is_accepted_and_co_handlers_have_replied),
        cmocka_unit_test(test_a_reply_nobody_judges_is_accepted_by_rule),
        cmocka_unit_test(test_who_handled_neither_judges_nor_calls_back),
        cmocka_unit_test(test_a_unit_acts_on_its_own_assignments_and_those_below_it),
        cmocka_unit_test(test_a_refusal_says_what_is_possible_instead),
        cmocka_unit_test(test_each_change_grows_the_version_by_one_and_texts_stay_out_of_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
