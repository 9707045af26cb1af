/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The story of one appeal: from the caller's number to the archive through five accounts, each in a
 * console of its own, with a second assignment on the way, while the industry's supervisor watches.
 * After each step the screens and the platform's records must say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/stage.h"
#include <stdio.h>
#include <string.h>

enum { INTAKE_KEYS = 12, DISPATCH_KEYS = 4, CALLBACK_KEYS = 6 };

static const char words[] = "小区停水两天了，老人孩子没水用，打了物业电话也没人管。";

static struct story {
    struct stage *stage;
    struct screen *operator, * dispatcher, *handler, *callback, *supervisor, *industry;
    char number[STAGE_NUMBER_SIZE]; /* of the story's order */
    char other[STAGE_NUMBER_SIZE];  /* of an order of another industry */
} s;

/* ---- what the platform says ------------------------------------------------------------------ */

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const cJSON *last_of(const cJSON *object, const char *name)
{
    const cJSON *items = member(object, name);
    return cJSON_GetArrayItem(items, cJSON_GetArraySize(items) - 1);
}

/* The record: its state, its round, whether it counts as unsatisfied, and how often it was assigned
 * and called back. */
static void assert_record(const char *state, int round, bool unsatisfied, int assignments,
                          int callbacks)
{
    cJSON *order = stage_order(s.stage, "supervisor", s.number);
    assert_string_equal(json_text(order, "state", ""), state);
    assert_int_equal(json_int(order, "round", -1), round);
    assert_int_equal(json_bool(order, "unsatisfied", !unsatisfied), unsatisfied);
    assert_int_equal(cJSON_GetArraySize(member(order, "assignments")), assignments);
    assert_int_equal(cJSON_GetArraySize(member(order, "callbacks")), callbacks);
    cJSON_Delete(order);
}

static bool assignment_is(const char *state, int round)
{
    cJSON *order = stage_order(s.stage, "supervisor", s.number);
    const cJSON *assignment = last_of(order, "assignments");
    bool is = strcmp(json_text(assignment, "state", ""), state) == 0 &&
              json_int(assignment, "round", -1) == round &&
              strcmp(json_text(member(assignment, "unit"), "name", ""), "市自来水公司") == 0;
    cJSON_Delete(order);
    return is;
}

/* Waits until the newest assignment is the water company's, of that round and in that state. */
static void wait_assignment(const char *state, int round)
{
    if (!TEST_WAIT(assignment_is(state, round)))
        fail_msg("the assignment of round %d never becomes %s", round, state);
}

static void assert_callback(bool solved, bool satisfied, const char *note)
{
    cJSON *order = stage_order(s.stage, "callback", s.number);
    const cJSON *said = last_of(order, "callbacks");
    assert_true(json_bool(said, "reached", false));
    assert_int_equal(json_bool(said, "solved", !solved), solved);
    assert_int_equal(json_bool(said, "satisfied", !satisfied), satisfied);
    assert_string_equal(json_text(said, "note", ""), note);
    cJSON_Delete(order);
}

/* The actions of people in the order in which they were done. */
static void assert_events(const char *const expected[])
{
    char path[64];
    (void)snprintf(path, sizeof path, "/orders/%s/events", s.number);
    cJSON *events = stage_get(s.stage, "supervisor", path), *event;
    size_t n = 0;
    cJSON_ArrayForEach(event, member(events, "items"))
    {
        const char *action = json_text(event, "action", "");
        if (expected[n] && strcmp(action, expected[n]) == 0)
            n++;
    }
    if (expected[n])
        print_error("no event “%s” in its place\n", expected[n]);
    assert_null(expected[n]);
    cJSON_Delete(events);
}

static bool in_bulletin(const char *login, const char *number)
{
    cJSON *bulletin = stage_get(s.stage, login, "/bulletin?limit=50"), *item;
    bool found = false;
    cJSON_ArrayForEach(item, member(bulletin, "items"))
    {
        const char *own = json_text(member(item, "order"), "number", "");
        found = found || strcmp(own, number) == 0;
    }
    cJSON_Delete(bulletin);
    return found;
}

/* ---- what the screens say -------------------------------------------------------------------- */

/* As lists show it: without the year. */
static const char *shown(const char *number)
{
    return number + 2;
}

static bool order_selected(struct screen *screen, void *user)
{
    (void)user;
    for (int row = 0; screen_find_from(screen, row, shown(s.number), &row, NULL); row++)
        if (screen_column(screen, row, "▌") == 0)
            return true;
    return false;
}

/* Waits until the list that is open shows the order under its mark. */
static void wait_selected(struct screen *screen)
{
    screen_wait(screen, order_selected, NULL, "the order, selected", 0);
}

/* Narrows the list to the order, so that keys are about it. */
static void find_in_list(struct screen *screen)
{
    screen_wait_text(screen, shown(s.number), 0);
    screen_keys(screen, "/");
    screen_type(screen, shown(s.number));
    screen_keys(screen, "<Enter>");
    wait_selected(screen);
}

/* The last line says that this was done with the order. */
static bool said_done(struct screen *screen, void *user)
{
    int last = screen_rows_of(screen) - 1;
    return screen_column(screen, last, user) >= 0 && screen_column(screen, last, s.number) > 0;
}

static void wait_done(struct screen *screen, const char *action)
{
    char what[64];
    (void)snprintf(what, sizeof what, "%s", action);
    screen_wait(screen, said_done, what, "the word that it was done", 0);
}

/* Opens the order by its number. */
static void go(struct screen *screen)
{
    screen_keys(screen, ":");
    screen_type(screen, "go ");
    screen_type(screen, s.number);
    screen_keys(screen, "<Enter>");
    screen_wait_text(screen, "群众诉求", 0);
}

/* Reads the order's number from the message after intake. */
static bool read_number(struct screen *screen, void *user)
{
    const char *line = screen_row(screen, screen_rows_of(screen) - 1);
    (void)user;
    for (const char *c = line; *c; c++) {
        size_t n = strspn(c, "0123456789-");
        if (n >= 13 && n < STAGE_NUMBER_SIZE && c[6] == '-') {
            memcpy(s.number, c, n);
            s.number[n] = '\0';
            return true;
        }
    }
    return false;
}

static int order_of_row(struct screen *screen, const char *number)
{
    int row;
    return screen_find(screen, shown(number), &row, NULL) ? row : -1;
}

/* ---- the steps ------------------------------------------------------------------------------- */

static void the_citizen_rings_and_the_operator_takes_it(void)
{
    struct screen *screen = s.operator;
    screen_wait_text(screen, "待受理", 0);
    (void)screen_key_count(screen);
    screen_keys(screen, "n");
    screen_wait_text(screen, "1 咨询", 0);
    /* Without another look: candidates are waited for by the console, not by the person. */
    screen_type(screen, "13800001234");
    screen_keys(screen, "<Enter>");
    screen_type(screen, "李建国");
    screen_keys(screen, "<Enter>");
    screen_type(screen, "碧桂园11栋");
    screen_keys(screen, "<Enter>");
    screen_type(screen, words);
    screen_keys(screen, "<Enter>");
    screen_type(screen, "停水");
    screen_keys(screen, "<Enter>3");
    screen_wait_text(screen, "市自来水公司", 0); /* whose it will be, and why */
    screen_keys(screen, "<C-s>");
    screen_wait(screen, read_number, NULL, "the number to tell the citizen", 0);
    int keys = screen_key_count(screen);
    print_message("intake: %d keys beside what was typed\n", keys);
    assert_true(keys <= INTAKE_KEYS);

    cJSON *order = stage_order(s.stage, "operator", s.number);
    const cJSON *appeal = last_of(order, "appeals");
    assert_string_equal(json_text(order, "state", ""), "to_dispatch");
    assert_string_equal(json_text(order, "kind", ""), "complaint");
    assert_string_equal(json_text(order, "place", ""), "碧桂园11栋");
    assert_string_equal(json_text(member(order, "channel"), "code", ""), "hotline12345");
    assert_string_equal(json_text(member(order, "category"), "industry", "emergency"), "emergency");
    assert_string_equal(json_text(appeal, "words", ""), words);
    /* Masked by the platform, for the operator who typed it as for everybody. */
    assert_string_equal(json_text(member(appeal, "person"), "phone", ""), "138****1234");
    cJSON_Delete(order);
}

static void the_industry_sees_it_at_once_and_nothing_of_another(void)
{
    screen_wait_text(s.industry, shown(s.number), 0);
    assert_true(stage_sees(s.stage, "n_emergency", s.number));
    assert_int_equal(order_of_row(s.industry, s.other), -1);
    assert_false(stage_sees(s.stage, "n_emergency", s.other));
    assert_true(stage_sees(s.stage, "n_economy", s.other));
    assert_false(stage_sees(s.stage, "n_economy", s.number));
}

static void the_dispatcher_takes_the_suggestion(void)
{
    struct screen *screen = s.dispatcher;
    find_in_list(screen);
    (void)screen_key_count(screen);
    screen_keys(screen, "d<Enter>");
    wait_done(screen, "派发");
    int keys = screen_key_count(screen);
    print_message("dispatch: %d keys\n", keys);
    assert_true(keys <= DISPATCH_KEYS);
    stage_wait_state(s.stage, "dispatcher", s.number, "in_hand");
    assert_record("in_hand", 1, false, 1, 0);
    wait_assignment("offered", 1);
}

static void the_unit_signs_handles_and_replies(int round, const char *result, const char *reply)
{
    struct screen *screen = s.handler;
    wait_selected(screen);
    screen_keys(screen, "s");
    wait_done(screen, "签收");
    wait_assignment("signed", round);
    screen_keys(screen, "h");
    screen_wait_text(screen, "办理情况", 0);
    screen_type(screen, result);
    screen_keys(screen, "<Enter>");
    wait_done(screen, "记录办理");
    wait_assignment("handling", round);
    wait_selected(screen);
    screen_keys(screen, "R");
    screen_wait_text(screen, "回复内容", 0);
    screen_type(screen, reply);
    screen_keys(screen, "<Enter>");
    wait_done(screen, "回复");
    wait_assignment("replied", round);
}

static void the_supervisor_accepts_the_reply(int round, const char *reply)
{
    struct screen *screen = s.supervisor;
    go(screen);
    screen_wait_text(screen, reply, 0);
    screen_keys(screen, "a");
    screen_wait_text(screen, "通过回复", 0);
    screen_type(screen, "通过");
    screen_keys(screen, "<Enter>");
    screen_wait_text(screen, "备注", 0);
    screen_keys(screen, "<Enter>");
    wait_done(screen, "通过回复");
    stage_wait_state(s.stage, "supervisor", s.number, "callback");
    wait_assignment("accepted", round);
    screen_wait_text(screen, "待回访", 0);
    screen_keys(screen, "q");
}

/* y or n for each of reached, solved, satisfied, and a note. */
static void the_citizen_is_called_back(const char *facts, const char *note)
{
    struct screen *screen = s.callback;
    wait_selected(screen);
    (void)screen_key_count(screen);
    screen_keys(screen, "c");
    screen_keys(screen, facts);
    screen_keys(screen, "<Tab>");
    screen_type(screen, note);
    screen_keys(screen, "<Enter>");
    wait_done(screen, "回访");
    int keys = screen_key_count(screen);
    print_message("callback: %d keys and the note\n", keys);
    assert_true(keys <= CALLBACK_KEYS);
}

static void not_satisfied_is_a_second_assignment_in_the_bulletin(void)
{
    stage_wait_state(s.stage, "callback", s.number, "in_hand");
    assert_record("in_hand", 2, true, 2, 1);
    wait_assignment("offered", 2);
    assert_callback(false, false, "六楼以上仍然没有水。");
    assert_true(in_bulletin("n_emergency", s.number));
    assert_false(in_bulletin("n_economy", s.number));
    /* On the bulletin that is open at the industry's, without a key. */
    screen_wait_text(s.industry, shown(s.number), 0);
    int row = order_of_row(s.industry, s.number);
    assert_true(screen_column(s.industry, row, "市自来水公司") > 0);
    assert_true(screen_column(s.industry, row, " 2 ") > 0);
}

static void the_supervisor_archives_it(void)
{
    struct screen *screen = s.supervisor;
    go(screen);
    screen_wait_text(screen, "已办结", 0);
    screen_keys(screen, ":");
    screen_type(screen, "act archive");
    screen_keys(screen, "<Enter>");
    stage_wait_state(s.stage, "supervisor", s.number, "archived");
    screen_wait_text(screen, "已归档", 0);
}

static void the_record_tells_the_whole_story(void)
{
    static const char *const expected[] = {
        "receive", "submit",       "dispatch", "sign",    "handle",
        "reply",   "accept_reply", "callback", "sign",    "handle",
        "reply",   "accept_reply", "callback", "archive", NULL};
    assert_record("archived", 2, false, 2, 2);
    assert_callback(true, true, "水来了，谢谢。");
    assert_events(expected);
    /* The bulletin stays as it was published. */
    assert_true(in_bulletin("n_emergency", s.number));
}

/* ---- the story ------------------------------------------------------------------------------- */

static void open_consoles(void)
{
    s.operator= stage_console(s.stage, "operator", 24, 80, NULL);
    s.dispatcher = stage_console(s.stage, "dispatcher", 24, 80, NULL);
    s.handler = stage_console(s.stage, "handler", 24, 80, NULL);
    s.callback = stage_console(s.stage, "callback", 24, 80, NULL);
    s.supervisor = stage_console(s.stage, "supervisor", 24, 80, NULL);
    s.industry = stage_console(s.stage, "n_emergency", 40, 120, NULL);
    screen_wait_text(s.industry, "督办", 0);
    screen_keys(s.industry, ":");
    screen_type(s.industry, "view supervision");
    screen_keys(s.industry, "<Enter>");
    screen_wait_text(s.industry, "[督办", 0);
}

static void close_consoles(void)
{
    struct screen *const all[] = {s.operator, s.dispatcher, s.handler, s.callback, s.supervisor,
                                  s.industry};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int row, cell;
        if (!screen_cells_whole(all[i], &row, &cell)) {
            screen_dump(all[i], "a character is cut");
            fail_msg("row %d, cell %d", row, cell);
        }
        screen_close(all[i]);
    }
}

static void test_one_appeal_goes_from_the_callers_number_to_the_archive(void **state)
{
    (void)state;
    s.stage = stage_open();
    open_consoles();
    stage_appeal(s.stage, "operator2", "{\"words\":\"停电了\",\"category\":\"010201\"}", s.other);

    the_citizen_rings_and_the_operator_takes_it();
    the_industry_sees_it_at_once_and_nothing_of_another();
    screen_keys(s.industry, "L");
    the_dispatcher_takes_the_suggestion();
    find_in_list(s.handler);
    the_unit_signs_handles_and_replies(1, "已派抢修队到场，查明为门口主管爆裂。",
                                       "主管已修复，今日恢复供水。");
    the_supervisor_accepts_the_reply(1, "主管已修复");
    find_in_list(s.callback);
    the_citizen_is_called_back("ynn", "六楼以上仍然没有水。");
    not_satisfied_is_a_second_assignment_in_the_bulletin();
    the_unit_signs_handles_and_replies(2, "加压泵未重启，已现场重启并逐层检查。",
                                       "高层供水已恢复，已逐户确认。");
    the_supervisor_accepts_the_reply(2, "高层供水已恢复");
    the_citizen_is_called_back("yyy", "水来了，谢谢。");
    stage_wait_state(s.stage, "callback", s.number, "concluded");
    the_supervisor_archives_it();
    the_record_tells_the_whole_story();

    close_consoles();
    stage_close(s.stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_one_appeal_goes_from_the_callers_number_to_the_archive,
                                  stage_close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
