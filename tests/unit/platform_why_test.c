/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rule 11: a deadline, a state, a refusal and a mask say where they come from, in both languages.
 * Also the words and problems that they are made of, and the tables as documents. */
#include "platform/domain/why.h"
#include "tests/unit/platform_case.h"

#include <stdio.h>

static bool says(const struct why *why, const char *words)
{
    for (size_t i = 0; i < why->count; i++)
        if (strstr(why->lines[i].en, words) || strstr(why->lines[i].zh, words))
            return true;
    return false;
}

#define assert_says(why, words)                                                                    \
    do {                                                                                           \
        for (size_t i_ = 0; !says(why, words) && i_ < (why)->count; i_++)                          \
            print_message("%s | %s\n", (why)->lines[i_].en, (why)->lines[i_].zh);                  \
        assert_true(says(why, words));                                                             \
    } while (0)

static void test_a_deadline_names_its_limit_and_the_days_that_do_not_count(void **state)
{
    (void)state;
    struct world w;
    struct why why;
    world_open(&w);
    calendar_add(w.calendar, day("2026-11-20"), false);
    calendar_add(w.calendar, day("2026-11-22"), true);
    lifecycle_receive(&w.c, &w.ctx);
    why_deadline(&w.c, &w.ctx, &why);
    assert_says(&why, "5 working days from receipt at 2026-11-18 09:00");
    assert_says(&why, "“投诉”类时限");
    assert_says(&why, "weekend (1): 2026-11-21");
    assert_says(&why, "节假日不计（1 天）：2026-11-20");
    assert_says(&why, "Deadline now: 2026-11-25 17:30; card: on time");
    world_close(&w);
}

static void test_a_deadline_names_the_source_the_category_and_the_units_own_clock(void **state)
{
    (void)state;
    struct world w;
    struct why why;
    world_open(&w);
    w.category.limit = (struct limit){48, LIMIT_HOURS};
    w.c.order.source_deadline_at = at("2026-11-19 12:00");
    lifecycle_receive(&w.c, &w.ctx);
    to_hand(&w);
    why_deadline(&w.c, &w.ctx, &why);
    assert_says(&why, "48 个自然小时");
    assert_says(&why, "category's own limit (供水)");
    assert_says(&why, "来源渠道时限为 2026-11-19 12:00，两者取早，以其为准");
    assert_says(&why, "自来水公司 (lead, round 1) has its own full limit");
    assert_false(says(&why, "suspension"));
    must(&w, supervisor, "suspend", "reason=等材料", "review_on=2026-11-25");
    why_deadline(&w.c, &w.ctx, &why);
    assert_says(&why, "the clock stands until 2026-11-25");
    world_close(&w);
}

static void test_an_extension_leaves_the_first_deadline_in_sight(void **state)
{
    (void)state;
    struct world w;
    struct why why;
    world_open(&w);
    to_handling(&w);
    must(&w, water, "ask_extension", "days=2", "reason=待料");
    why_deadline(&w.c, &w.ctx, &why);
    assert_says(&why, "An extension is undecided");
    must_plain(&w, supervisor, "grant_extension");
    why_deadline(&w.c, &w.ctx, &why);
    assert_says(&why, "Extended by 2 working days; the first deadline was 2026-11-25 17:30");
    world_close(&w);
}

static void test_a_state_says_what_it_waits_for_and_who_can_move_it(void **state)
{
    (void)state;
    struct world w;
    struct why why;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    why_state(&w.c, &w.ctx, &why);
    assert_says(&why, "It waits: to be dispatched (dispatcher)");
    assert_says(&why, "派发到时");
    w.c.order.designated = true;
    why_state(&w.c, &w.ctx, &why);
    assert_says(&why, "待派发（督办员）");
    world_close(&w);
    world_open(&w);
    to_callback(&w);
    must(&w, caller, "callback", "reached=yes", "solved=no", "satisfied=no");
    why_state(&w.c, &w.ctx, &why);
    assert_says(&why, "a second assignment, and no archive");
    assert_says(&why, "接通 是，解决 否，满意 否");
    must_plain(&w, water, "sign");
    reply_and_accept(&w);
    must(&w, caller, "callback", "reached=yes", "promised_on=2026-12-01");
    why_state(&w.c, &w.ctx, &why);
    assert_says(&why, "Promised for 2026-12-01");
    world_close(&w);
}

static void test_a_refusal_names_the_rule_and_who_may_when(void **state)
{
    (void)state;
    struct world w;
    struct why why;
    world_open(&w);
    to_hand(&w);
    w.ctx.actor = water;
    why_action(&w.c, &w.ctx, "sign", &why);
    assert_says(&why, "possible for you now");
    why_action(&w.c, &w.ctx, "object", &why);
    assert_says(&why, "首接负责");
    why_action(&w.c, &w.ctx, "dispatch", &why);
    assert_says(&why, "needs the role dispatcher");
    assert_says(&why, "由派单员在“待派发”时进行");
    why_action(&w.c, &w.ctx, "fly", &why);
    assert_says(&why, "no action named fly");
    assert_int_equal(why.count, 1);
    w.c.order.state = ORDER_DRAFT;
    for (size_t i = 0; i < action_count(); i++) {
        why_action(&w.c, &w.ctx, action_at(i)->name, &why);
        assert_true(why.count > 0);
    }
    world_close(&w);
}

static void test_a_mask_says_who_may_lift_it(void **state)
{
    (void)state;
    struct world w;
    struct why why;
    world_open(&w);
    w.ctx.actor = water;
    why_mask(&w.c, &w.ctx, &why);
    assert_says(&why, "You may reveal them with a reason");
    w.c.order.confidential = true;
    why_mask(&w.c, &w.ctx, &why);
    assert_says(&why, "隐匿");
    assert_false(says(&why, "You may reveal"));
    w.ctx.actor = dispatcher;
    why_mask(&w.c, &w.ctx, &why);
    assert_says(&why, "needs one of the roles: operator");
    world_close(&w);
}

static void test_no_explanation_is_longer_than_its_room(void **state)
{
    (void)state;
    struct world w;
    struct why why;
    world_open(&w);
    must_plain(&w, operator_, "submit");
    must(&w, dispatcher, "dispatch", "unit=1", "co_units=3,4");
    for (int i = 0; i < 30; i++)
        timer_set(&w.c, w.arena, TIMER_RED_ON, 9000 + i, w.ctx.now);
    why_state(&w.c, &w.ctx, &why);
    assert_int_equal(why.count, WHY_LINES_MAX);
    world_close(&w);
}

/* --- words and problems
 * --------------------------------------------------------------------------- */

static void test_every_word_is_found_by_its_name_and_has_labels(void **state)
{
    (void)state;
    for (int list = WORDS_ORDER_STATE; list <= WORDS_TIMER_KIND; list++) {
        for (int i = 0; i < words_count((enum word_list)list); i++) {
            const char *name = word_name((enum word_list)list, i);
            struct bilingual label = word_label((enum word_list)list, i);
            assert_int_equal(word_find((enum word_list)list, name), i);
            assert_true(name[0] && label.en[0] && label.zh[0]);
        }
        assert_string_equal(word_name((enum word_list)list, -1), "");
        assert_string_equal(word_name((enum word_list)list, 99), "");
        assert_int_equal(word_find((enum word_list)list, "no such word"), -1);
        assert_int_equal(word_find((enum word_list)list, NULL), -1);
    }
}

static void test_a_problem_puts_its_arguments_in(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct problem problem;
    assert_false(problem_set(&problem, PROBLEM_FIELD_LENGTH, "reason",
                             (struct bilingual){"Reason", "理由"}, both("1"), both("%1 of 500")));
    assert_string_equal(problem_text(&problem, LANGUAGE_EN, arena),
                        "Reason must have 1 to %1 of 500 characters.");
    assert_string_equal(problem_text(&problem, LANGUAGE_ZH, arena),
                        "“理由”应为 1 至 %1 of 500 个字。");
    assert_string_equal(problem_name(problem.type), "field-length");
    assert_int_equal(problem_status(problem.type), 422);
    assert_int_equal(problem_status((enum problem_type)9999), 500);
    for (int type = PROBLEM_NONE + 1; type < PROBLEM_COUNT; type++) {
        struct problem bare = {.type = (enum problem_type)type};
        /* Two say only what the rule says that was broken. */
        assert_true(problem_text(&bare, LANGUAGE_EN, arena)[0] ||
                    type == PROBLEM_FACTS_CONTRADICT || type == PROBLEM_PASSWORD_RULE);
        assert_true(problem_status((enum problem_type)type) >= 400);
        for (int other = type + 1; other < PROBLEM_COUNT; other++)
            assert_string_not_equal(problem_name((enum problem_type)type),
                                    problem_name((enum problem_type)other));
    }
    arena_free(arena);
}

/* --- the tables as documents
 * --------------------------------------------------------------------------- */

static void test_every_action_has_rows_a_label_and_named_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < action_count(); i++) {
        const struct action_schema *schema = action_at(i);
        size_t rows = 0;
        for (size_t j = 0; j < lifecycle_row_count(); j++) {
            const struct lifecycle_row *row = lifecycle_row_at(j);
            bool same = strcmp(row->action, schema->name) == 0;
            rows += same;
            if (same)
                assert_true(row->subject == schema->subject && !row->by_timer && row->roles);
        }
        assert_true(rows > 0 && schema->label.en[0] && schema->label.zh[0]);
        assert_ptr_equal(action_find(schema->name), schema);
        for (size_t j = 0; j < schema->field_count; j++) {
            const struct field_spec *spec = &schema->fields[j];
            assert_true(spec->name[0] && spec->label.en[0] && spec->label.zh[0]);
            assert_int_equal(spec->type == FIELD_CHOICE, spec->choices != NULL);
        }
    }
    for (size_t j = 0; j < lifecycle_row_count(); j++) {
        const struct lifecycle_row *row = lifecycle_row_at(j);
        if (row->by_timer)
            assert_true(word_find(WORDS_TIMER_KIND, row->action) >= 0 && !row->roles);
        else if (strcmp(row->action, "receive") != 0)
            assert_non_null(action_find(row->action));
    }
    assert_null(lifecycle_row_at(lifecycle_row_count()));
    assert_null(action_at(action_count()));
}

static void test_the_tables_print_themselves(void **state)
{
    (void)state;
    for (int markdown = 0; markdown <= 1; markdown++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        assert_non_null(out);
        lifecycle_print(out, markdown);
        assert_int_equal(fclose(out), 0);
        assert_non_null(strstr(text, markdown ? "| received | answer | operator |"
                                              : "received -> answered [label=\"answer\"]"));
        assert_non_null(
            strstr(text, markdown ? "suspended --> in_hand: review_on" : "style=dashed"));
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_deadline_names_its_limit_and_the_days_that_do_not_count),
        cmocka_unit_test(test_a_deadline_names_the_source_the_category_and_the_units_own_clock),
        cmocka_unit_test(test_an_extension_leaves_the_first_deadline_in_sight),
        cmocka_unit_test(test_a_state_says_what_it_waits_for_and_who_can_move_it),
        cmocka_unit_test(test_a_refusal_names_the_rule_and_who_may_when),
        cmocka_unit_test(test_a_mask_says_who_may_lift_it),
        cmocka_unit_test(test_no_explanation_is_longer_than_its_room),
        cmocka_unit_test(test_every_word_is_found_by_its_name_and_has_labels),
        cmocka_unit_test(test_a_problem_puts_its_arguments_in),
        cmocka_unit_test(test_every_action_has_rows_a_label_and_named_fields),
        cmocka_unit_test(test_the_tables_print_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
