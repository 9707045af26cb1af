/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The auditor's console: who looked at personal data, as a view and as a verb. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/stage.h"
#include "tests/lib/verb.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct stage *stage;

static int set_up(void **state)
{
    (void)state;
    stage = stage_open();
    return 0;
}

static void reveal(const char *number, const char *reason)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/orders/%s/reveal", number);
    struct test_reply reply = test_post(stage->platform, test_login(stage->platform, "callback"),
                                        path, "{\"reason\":\"%s\"}", reason);
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
}

/* Each page comes while one waits at the end of the one before. */
static bool at_the_end(struct screen *screen, void *user)
{
    (void)user;
    if (screen_shows(screen, "回访核实第1次"))
        return true;
    screen_keys(screen, "G");
    return false;
}

static void the_auditor_reads_who_looked_and_pages_through_all_of_it(void **state)
{
    enum { LOOKS = 110 };
    (void)state;
    char number[STAGE_NUMBER_SIZE], reason[32];
    stage_appeal(stage, "operator", "{\"words\":\"小区停水两天\"}", number);
    for (int i = 1; i <= LOOKS; i++) {
        (void)snprintf(reason, sizeof reason, "回访核实第%d次", i);
        reveal(number, reason);
    }
    struct screen *screen = stage_console(stage, "auditor", 24, 80, NULL);
    screen_wait_text(screen, "访问记录", 0);
    screen_wait_text(screen, "回访核实第110次", 0);
    screen_wait_text(screen, "查看个人信息", 0);
    /* To the end, over the ends of pages. */
    screen_wait(screen, at_the_end, NULL, "the first line of all", 0);
    screen_keys(screen, "<Enter>");
    screen_wait_text(screen, number, 0);
    screen_close(screen);
    stage_close(stage);
}

static void the_verb_prints_the_log_to_the_auditor_alone(void **state)
{
    (void)state;
    static struct verb_run run;
    char number[STAGE_NUMBER_SIZE], order[64];
    stage_appeal(stage, "operator", "{\"words\":\"小区停水两天\"}", number);
    reveal(number, "回访核实");
    (void)snprintf(order, sizeof order, "order=%s", number);
    char *home = screen_home_new();
    const char *const words[] = {"--login", "auditor", "access", "kind=reveal", order, NULL};
    verb_run(&run, home, stage->env, words);
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, number));
    assert_non_null(strstr(run.out, "回访核实"));
    assert_ptr_equal(strchr(run.out, '\n'), strrchr(run.out, '\n')); /* one line */
    const char *const json[] = {"--login", "auditor", "--json", "access", order, NULL};
    verb_run(&run, home, stage->env, json);
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "\"kind\":\"reveal\""));
    const char *const wrong[] = {"--login", "auditor", "access", "phone=1", NULL};
    verb_run(&run, home, stage->env, wrong);
    assert_int_equal(run.status, 2);
    const char *const other[] = {"--login", "supervisor", "access", NULL};
    verb_run(&run, home, stage->env, other);
    assert_int_equal(run.status, 1);
    assert_string_equal(run.out, "");
    screen_home_free(home);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_auditor_reads_who_looked_and_pages_through_all_of_it,
                                        set_up, stage_close_all),
        cmocka_unit_test_setup_teardown(the_verb_prints_the_log_to_the_auditor_alone, set_up,
                                        stage_close_all),
    };
    return cmocka_run_group_tests_name("console: access log", tests, NULL, NULL);
}
