/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completing a case of which the intake did not know all. */
#include "tests/unit/platform_case.h"

static const struct category vital = {.code = "010101",
                                      .name = "停水",
                                      .industry = "water",
                                      .limit = {24, LIMIT_HOURS},
                                      .vital = true};
static const struct place hydrant = {
    .id = 77, .name = "湖滨路消火栓", .region_code = "420281001002", .owner_unit_id = WATER};

/* An imported complaint: no category, the whole city as its region. */
static void unclassified_open(struct world *w)
{
    world_open(w);
    w->ctx.category = NULL;
    w->c = (struct order_case){.order = {.id = 500,
                                         .kind = KIND_COMPLAINT,
                                         .channel = "letter",
                                         .region_code = "420281",
                                         .received_at = at("2026-11-18 08:00")}};
    lifecycle_receive(&w->c, &w->ctx);
}

static void nobody_dispatches_what_nobody_has_named(void **state)
{
    (void)state;
    struct world w;
    unclassified_open(&w);
    assert_string_equal(w.c.order.category_code, "");
    assert_int_equal(w.c.order.deadline_at, at("2026-11-25 17:30"));
    refused_plain(&w, operator_, PROBLEM_UNCLASSIFIED, "submit");
    assert_non_null(strstr(said(&w), "category"));
    must(&w, dispatcher, "merge", "target=261118-0002-7");
    must_plain(&w, dispatcher, "unmerge");
    refused(&w, dispatcher, PROBLEM_UNCLASSIFIED, "dispatch", "unit=1");
    w.ctx.named_category = &vital;
    must(&w, dispatcher, "classify", "category=010101");
    w.ctx.category = &vital;
    must(&w, dispatcher, "dispatch", "unit=1");
    world_close(&w);
}

static void limits_deadline_and_clocks_follow_what_is_known(void **state)
{
    (void)state;
    struct world w;
    unclassified_open(&w);
    assert_int_equal(w.c.order.dispatch_by, at("2026-11-19 08:00"));
    w.ctx.named_category = &vital;
    w.ctx.named_place = &hydrant;
    must(&w, operator_, "classify", "category=010101", "place=77");
    const struct order *o = &w.c.order;
    assert_int_equal(o->state, ORDER_RECEIVED);
    assert_int_equal(o->version, 2);
    assert_string_equal(o->category_code, "010101");
    assert_string_equal(o->industry, "water");
    assert_string_equal(o->region_code, "420281001002");
    assert_string_equal(o->place_text, "湖滨路消火栓");
    assert_int_equal(o->place_id, 77);
    assert_int_equal(o->component_owner_id, WATER);
    assert_int_equal(o->deadline_at, at("2026-11-19 08:00"));
    assert_int_equal(o->first_deadline_at, o->deadline_at);
    assert_int_equal(o->dispatch_by, at("2026-11-18 10:00"));
    assert_string_equal(last_event(&w, "classify")->detail,
                        arena_printf(w.arena,
                                     "\"deadline_at\":%lld,\"category\":\"010101\",\"place\":77",
                                     (long long)o->deadline_at));
    pass_until(&w, "2026-11-18 10:00");
    assert_int_equal(count_events(&w, "dispatch_by"), 1);
    world_close(&w);
}

static void a_region_without_a_place_takes_the_place_away(void **state)
{
    (void)state;
    static const struct region community = {.code = "420281001002", .name = "保康社区", .level = 2};
    struct world w;
    unclassified_open(&w);
    refused(&w, operator_, PROBLEM_FIELD_REFERENCE, "classify", "region=420281001002");
    w.c.order.place_id = 77;
    w.c.order.component_owner_id = WATER;
    w.ctx.named_region = &community;
    must(&w, operator_, "classify", "region=420281001002");
    assert_string_equal(w.c.order.region_code, "420281001002");
    assert_string_equal(w.c.order.place_text, "");
    assert_int_equal(w.c.order.place_id, 0);
    assert_int_equal(w.c.order.component_owner_id, 0);
    world_close(&w);
}

static void what_is_not_said_stays(void **state)
{
    (void)state;
    struct world w;
    unclassified_open(&w);
    must(&w, operator_, "classify", "kind=help", "urgent=yes", "place_text=湖滨路口");
    const struct order *o = &w.c.order;
    assert_string_equal(o->category_code, "");
    assert_string_equal(o->region_code, "420281");
    assert_string_equal(o->place_text, "湖滨路口");
    assert_int_equal(o->kind, KIND_HELP);
    assert_true(o->urgent && !o->complex);
    assert_int_equal(o->deadline_at, at("2026-11-23 17:30"));
    assert_int_equal(o->dispatch_by, at("2026-11-18 09:00"));
    refused_plain(&w, operator_, PROBLEM_FIELD_MISSING, "classify");
    refused(&w, operator_, PROBLEM_FIELD_REFERENCE, "classify", "category=99");
    refused(&w, operator_, PROBLEM_FIELD_REFERENCE, "classify", "place=5");
    refused(&w, operator_, PROBLEM_FIELD_REFERENCE, "classify", "kind=castle");
    assert_int_equal(o->version, 2);
    world_close(&w);
}

static void a_clock_that_was_started_anew_is_not_made_longer(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    to_hand(&w);
    must(&w, water, "ask_return", "reason=wrong_place");
    w.ctx.now = at("2026-11-18 15:00");
    must_plain(&w, dispatcher, "accept_return");
    assert_int_equal(w.c.order.dispatch_by, at("2026-11-19 15:00"));
    w.ctx.now = at("2026-11-18 16:00");
    must(&w, dispatcher, "classify", "complex=yes");
    assert_int_equal(w.c.order.dispatch_by, at("2026-11-19 15:00"));
    w.ctx.named_category = &vital;
    must(&w, dispatcher, "classify", "category=010101");
    assert_int_equal(w.c.order.dispatch_by, at("2026-11-18 18:00"));
    /* That it is complex never makes the limit shorter. */
    assert_int_equal(w.c.order.deadline_at, at("2026-12-09 17:30"));
    assert_int_equal(w.c.order.first_deadline_at, at("2026-11-25 17:30"));
    world_close(&w);
}

static void only_who_receives_or_dispatches_completes_and_only_before_dispatch(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.ctx.named_category = &vital;
    refused(&w, water, PROBLEM_FORBIDDEN, "classify", "category=010101");
    refused(&w, supervisor, PROBLEM_FORBIDDEN, "classify", "category=010101");
    to_hand(&w);
    refused(&w, dispatcher, PROBLEM_NOT_ALLOWED, "classify", "category=010101");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_dispatches_what_nobody_has_named),
        cmocka_unit_test(limits_deadline_and_clocks_follow_what_is_known),
        cmocka_unit_test(a_region_without_a_place_takes_the_place_away),
        cmocka_unit_test(what_is_not_said_stays),
        cmocka_unit_test(a_clock_that_was_started_anew_is_not_made_longer),
        cmocka_unit_test(only_who_receives_or_dispatches_completes_and_only_before_dispatch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
