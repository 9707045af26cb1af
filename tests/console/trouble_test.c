/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the console does when something goes wrong around it: the platform, the machine, the
 * session, somebody else. What a person typed is never lost by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/stage.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { ECHO_MS = 1000, SAVED_MS = 1000, AWAY_MS = 20000 };

static const char words[] = "楼上漏水三天了，没有人管。";

static struct stage *stage;
static char *home;

static int set_up(void **state)
{
    (void)state;
    stage = stage_open();
    home = screen_home_new();
    return 0;
}

static int tear_down(void **state)
{
    int code = stage_close_all(state);
    screen_home_free(home);
    home = NULL;
    return code;
}

/* ---- steps ----------------------------------------------------------------------------------- */

/* A console whose first list is there. */
static struct screen *console_of(const char *login)
{
    struct screen *screen = stage_console(stage, login, 24, 80, home);
    screen_wait_text(screen, "▌", 0);
    return screen;
}

/* Half an intake, without the matter; the cursor stays in the words. */
static void type_intake(struct screen *screen)
{
    screen_keys(screen, "n");
    screen_wait_text(screen, "1 咨询", 0);
    screen_type(screen, "13800001234");
    screen_keys(screen, "<Enter>");
    screen_type(screen, "李建国");
    screen_keys(screen, "<Enter>");
    screen_type(screen, "碧桂园11栋");
    screen_keys(screen, "<Enter>");
    screen_type(screen, words);
    screen_wait_text(screen, words, 0);
}

static void wait_intake(struct screen *screen)
{
    screen_wait_text(screen, words, 0);
    screen_wait_text(screen, "13800001234", 0);
    screen_wait_text(screen, "李建国", 0);
    screen_wait_text(screen, "碧桂园11栋", 0);
}

/* The rest of the intake, and sending it; `number` gets what the citizen is told. */
static void finish_intake(struct screen *screen)
{
    int64_t before = stage_count(stage, "operator2", "all");
    screen_keys(screen, "<Enter>");
    screen_type(screen, "停水");
    screen_keys(screen, "<Enter>3<C-s>");
    screen_wait_text(screen, "已受理：", 0);
    assert_int_equal(stage_count(stage, "operator2", "all"), before + 1);
}

/* True when a draft in the directory holds the text; one that is still being written does not. */
static bool is_on_disk(const char *directory, const char *text)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;
    bool found = false;
    while (entries && !found && (entry = readdir(entries))) {
        char path[4096], content[65536];
        (void)snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        const char *suffix = strrchr(entry->d_name, '.');
        FILE *file = suffix && strcmp(suffix, ".draft") == 0 ? fopen(path, "re") : NULL;
        if (!file)
            continue;
        size_t n = fread(content, 1, sizeof content - 1, file);
        content[n] = '\0';
        found = strstr(content, text) != NULL;
        (void)fclose(file);
    }
    if (entries)
        (void)closedir(entries);
    return found;
}

/* ---- drafts ---------------------------------------------------------------------------------- */

static void test_a_half_typed_intake_survives_kill_9_of_the_console(void **state)
{
    (void)state;
    char drafts[4096];
    (void)snprintf(drafts, sizeof drafts, "%s/state/minqing", home);
    struct screen *screen = console_of("operator");
    type_intake(screen);
    int64_t typed_at = screen_now_ms();
    assert_true(TEST_WAIT(is_on_disk(drafts, words)));
    assert_in_range(screen_now_ms() - typed_at, 0, SAVED_MS * SCREEN_SLOW);
    screen_signal(screen, SIGKILL);
    assert_int_equal(screen_exit_status(screen, 0), -SIGKILL);
    screen_close(screen);

    screen = console_of("operator");
    screen_keys(screen, "n");
    wait_intake(screen);
    screen_close(screen);
}

static void test_a_half_typed_intake_survives_a_hang_up_and_is_taken_once(void **state)
{
    (void)state;
    struct screen *screen = console_of("operator");
    type_intake(screen);
    screen_hangup(screen);
    (void)screen_exit_status(screen, 0);
    screen_close(screen);

    screen = console_of("operator");
    screen_keys(screen, "n");
    wait_intake(screen);
    screen_keys(screen, "<Tab><Tab><Tab>");
    finish_intake(screen);
    /* What was sent is no draft any more. */
    screen_keys(screen, "n");
    screen_wait_text(screen, "1 咨询", 0);
    screen_settle(screen, 200);
    assert_false(screen_shows(screen, words));
    screen_close(screen);
}

static void test_esc_leaves_a_form_and_keeps_its_draft_for_its_account_alone(void **state)
{
    (void)state;
    struct screen *screen = console_of("operator");
    type_intake(screen);
    screen_keys(screen, "<Esc>");
    screen_wait_gone(screen, words, 0);
    screen_keys(screen, "n");
    wait_intake(screen);
    screen_close(screen);

    screen = console_of("operator2");
    screen_keys(screen, "n");
    screen_wait_text(screen, "1 咨询", 0);
    screen_settle(screen, 200);
    assert_false(screen_shows(screen, words));
    screen_close(screen);
}

/* ---- the platform ---------------------------------------------------------------------------- */

static void test_a_killed_platform_is_said_and_work_goes_on_when_it_is_back(void **state)
{
    (void)state;
    struct screen *screen = console_of("operator");
    type_intake(screen);
    screen_keys(screen, "<Enter>");
    screen_type(screen, "停水");
    screen_keys(screen, "<Enter>3");
    screen_wait_text(screen, "市自来水公司", 0);
    int64_t before = stage_count(stage, "operator2", "all");
    test_platform_kill(stage->platform);
    screen_wait_text(screen, "离线", 0);
    screen_keys(screen, "<C-s>");
    screen_wait_text(screen, "连不上平台", AWAY_MS);
    wait_intake(screen);
    assert_true(test_platform_restart(stage->platform));
    screen_wait_gone(screen, "离线", AWAY_MS);
    screen_keys(screen, "<C-s>");
    screen_wait_text(screen, "已受理：", AWAY_MS);
    assert_int_equal(stage_count(stage, "operator2", "all"), before + 1);
    screen_close(screen);
}

static void
test_an_appeal_sent_while_the_platform_is_away_is_taken_once_when_it_returns(void **state)
{
    (void)state;
    struct screen *screen = console_of("operator");
    type_intake(screen);
    screen_keys(screen, "<Enter>");
    screen_type(screen, "停水");
    screen_keys(screen, "<Enter>3");
    screen_wait_text(screen, "市自来水公司", 0);
    int64_t before = stage_count(stage, "operator2", "all");
    test_platform_kill(stage->platform);
    screen_keys(screen, "<C-s>");
    assert_true(test_platform_restart(stage->platform));
    screen_wait_text(screen, "已受理：", AWAY_MS);
    assert_int_equal(stage_count(stage, "operator2", "all"), before + 1);
    screen_close(screen);
}

static void test_lists_are_current_again_after_the_platform_was_away(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    struct screen *screen = console_of("dispatcher");
    test_platform_kill(stage->platform);
    screen_wait_text(screen, "离线", 0);
    assert_true(test_platform_restart(stage->platform));
    stage_appeal(stage, "operator", "{\"words\":\"停水了\"}", number);
    screen_wait_text(screen, number + 2, 3 * SCREEN_LIMIT_MS);
    screen_wait_gone(screen, "离线", 3 * SCREEN_LIMIT_MS);
    screen_close(screen);
}

static void test_keys_echo_at_once_while_the_platform_answers_nothing(void **state)
{
    (void)state;
    struct screen *screen = console_of("operator");
    screen_keys(screen, "n");
    screen_wait_text(screen, "1 咨询", 0);
    stage_freeze(stage);
    int64_t from = screen_now_ms();
    screen_type(screen, "13800001234");
    screen_wait_text(screen, "13800001234", 0);
    screen_keys(screen, "<Enter>");
    screen_type(screen, "李建国");
    screen_wait_text(screen, "李建国", 0);
    screen_keys(screen, "<Enter>");
    screen_type(screen, "碧桂园");
    screen_wait_text(screen, "碧桂园", 0);
    assert_in_range(screen_now_ms() - from, 0, ECHO_MS * SCREEN_SLOW);
    /* What waits says so. */
    screen_wait_text(screen, "等待平台", 0);
    stage_thaw(stage);
    screen_wait_text(screen, "碧桂园社区", 0);
    screen_close(screen);
}

static void test_esc_stops_a_wait_and_the_console_goes_on(void **state)
{
    (void)state;
    struct screen *screen = console_of("dispatcher");
    stage_freeze(stage);
    screen_keys(screen, "d");
    screen_wait_text(screen, "等待平台", 0);
    screen_keys(screen, "<Esc>");
    screen_keys(screen, ":");
    screen_type(screen, "hel");
    screen_wait_text(screen, ":hel", 0);
    screen_keys(screen, "<Esc>");
    stage_thaw(stage);
    screen_keys(screen, "<Enter>");
    screen_wait_text(screen, "群众诉求", 0);
    screen_close(screen);
}

/* ---- session --------------------------------------------------------------------------------- */

static void test_a_session_that_ends_in_the_middle_of_a_form_leaves_the_form(void **state)
{
    (void)state;
    int64_t before = stage_count(stage, "operator2", "all");
    struct screen *screen = console_of("operator");
    type_intake(screen);
    stage_end_sessions(stage, "operator");
    screen_keys(screen, "<Enter>");
    screen_type(screen, "停水");
    screen_wait_text(screen, "密码", 0);
    screen_type(screen, "minqing-demo");
    screen_keys(screen, "<Enter>");
    screen_wait_gone(screen, "密码", 0);
    wait_intake(screen);
    screen_keys(screen, "<C-s>");
    screen_settle(screen, 300);
    wait_intake(screen);
    assert_int_equal(stage_count(stage, "operator2", "all"), before);
    screen_close(screen);
}

/* ---- somebody else --------------------------------------------------------------------------- */

/* Opens the order in this console and its dispatch form with a note. */
static void begin_dispatch(struct screen *screen, const char *number, const char *note)
{
    screen_keys(screen, ":");
    screen_type(screen, "go ");
    screen_type(screen, number);
    screen_keys(screen, "<Enter>");
    screen_wait_text(screen, "群众诉求", 0);
    screen_keys(screen, "d");
    screen_wait_text(screen, "主办单位", 0);
    screen_keys(screen, "<Tab><Tab><Tab>");
    screen_type(screen, note);
    screen_wait_text(screen, note, 0);
}

static void test_of_two_consoles_on_one_order_one_wins_and_the_other_keeps_its_text(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", "{\"words\":\"停水了\"}", number);
    struct screen *first = stage_console(stage, "dispatcher", 24, 80, NULL);
    struct screen *second = stage_console(stage, "dispatcher", 24, 80, NULL);
    screen_wait_text(first, "▌", 0);
    screen_wait_text(second, "▌", 0);
    begin_dispatch(first, number, "第一个人的话");
    begin_dispatch(second, number, "第二个人的话");
    screen_keys(first, "<C-s>");
    stage_wait_state(stage, "dispatcher", number, "in_hand");
    screen_keys(second, "<C-s>");
    screen_wait_text(second, "工单已被他人更新", 0);
    assert_true(screen_shows(second, "第二个人的话"));
    cJSON *order = stage_order(stage, "dispatcher", number);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(order, "assignments")), 1);
    cJSON_Delete(order);
    /* Sent again for the new state, it is the rule that refuses; the text is still there. */
    screen_keys(second, "<C-s>");
    screen_wait_gone(second, "工单已被他人更新", 0);
    screen_settle(second, 300);
    assert_true(screen_shows(second, "第二个人的话"));
    screen_close(first);
    screen_close(second);
}

static void test_a_change_that_does_not_matter_is_sent_over_by_one_more_key(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", "{\"words\":\"停水了\"}", number);
    struct screen *screen = console_of("dispatcher");
    begin_dispatch(screen, number, "请尽快");
    stage_act(stage, "supervisor", number, "supervise",
              "{\"form\":\"notice\",\"text\":\"请注意时限\"}");
    screen_keys(screen, "<C-s>");
    screen_wait_text(screen, "工单已被他人更新", 0);
    screen_keys(screen, "<C-s>");
    stage_wait_state(stage, "dispatcher", number, "in_hand");
    screen_wait_text(screen, "办理中", 0);
    screen_close(screen);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_half_typed_intake_survives_kill_9_of_the_console),
        TEST(test_a_half_typed_intake_survives_a_hang_up_and_is_taken_once),
        TEST(test_esc_leaves_a_form_and_keeps_its_draft_for_its_account_alone),
        TEST(test_a_killed_platform_is_said_and_work_goes_on_when_it_is_back),
        TEST(test_an_appeal_sent_while_the_platform_is_away_is_taken_once_when_it_returns),
        TEST(test_lists_are_current_again_after_the_platform_was_away),
        TEST(test_keys_echo_at_once_while_the_platform_answers_nothing),
        TEST(test_esc_stops_a_wait_and_the_console_goes_on),
        TEST(test_a_session_that_ends_in_the_middle_of_a_form_leaves_the_form),
        TEST(test_of_two_consoles_on_one_order_one_wins_and_the_other_keeps_its_text),
        TEST(test_a_change_that_does_not_matter_is_sent_over_by_one_more_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
