/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console without a screen: what its verbs print, and with which status they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/stage.h"
#include "tests/lib/verb.h"
#include <signal.h>
#include <string.h>

static struct verb_run run;
static struct stage *stage;
static char *home;

/* Runs `minqing` with these words on the stage's platform. */
#define VERB(...) verb_run(&run, home, stage->env, (const char *const[]){__VA_ARGS__, NULL})

static bool has(const char *text, const char *part)
{
    if (strstr(text, part))
        return true;
    print_error("not found: %s\nin: %s\n", part, text);
    return false;
}

static int lines_of(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* The error is one clear line of the program's. */
static void assert_said(int status, const char *part)
{
    if (run.status != status)
        print_error("status %d, said: %s\n", run.status, run.err);
    assert_int_equal(run.status, status);
    assert_memory_equal(run.err, "minqing: ", 9);
    assert_true(has(run.err, part));
    assert_string_equal(run.out, "");
}

static void assert_done(void)
{
    if (run.status != 0)
        print_error("status %d, said: %s\n", run.status, run.err);
    assert_int_equal(run.status, 0);
    assert_string_equal(run.err, "");
}

static int set_up(void **state)
{
    (void)state;
    stage = stage_open();
    home = screen_home_new();
    return 0;
}

static int tear_down(void **state)
{
    screen_home_free(home);
    home = NULL;
    return stage_close_all(state);
}

/* ---- sessions -------------------------------------------------------------------------------- */

static void test_login_keeps_a_session_for_the_next_verbs_until_logout(void **state)
{
    (void)state;
    VERB("login", "operator");
    assert_done();
    assert_string_equal(run.out, "王芳 大冶市\n");
    VERB("queues");
    assert_done();
    assert_true(has(run.out, "intake"));
    VERB("logout");
    assert_done();
    VERB("queues");
    assert_int_equal(run.status, 1);
    assert_true(has(run.err, "minqing login"));
}

static void test_login_in_json_gives_the_account_and_its_views(void **state)
{
    (void)state;
    VERB("login", "dispatcher", "--json");
    assert_done();
    cJSON *answer = cJSON_Parse(run.out);
    assert_non_null(answer);
    const cJSON *account = cJSON_GetObjectItemCaseSensitive(answer, "account");
    assert_string_equal(json_text(account, "login", ""), "dispatcher");
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(answer, "views")) > 0);
    cJSON_Delete(answer);
}

static void test_a_wrong_password_is_refused_with_the_platforms_sentence(void **state)
{
    (void)state;
    const char *const wrong[] = {stage->env[0], "MINQING_PASSWORD=wrong", NULL};
    verb_run(&run, home, wrong, (const char *const[]){"login", "operator", NULL});
    assert_said(1, "密码");
    const char *const none[] = {stage->env[0], "MINQING_PASSWORD", NULL};
    verb_run(&run, home, none, (const char *const[]){"login", "operator", NULL});
    assert_said(1, "MINQING_PASSWORD");
}

static void test_a_session_that_the_platform_ended_is_said_to_have_ended(void **state)
{
    (void)state;
    VERB("login", "operator");
    assert_done();
    stage_end_sessions(stage, "operator");
    VERB("list");
    assert_int_equal(run.status, 1);
    assert_int_equal(lines_of(run.err), 1);
}

static void test_a_platform_that_is_not_there_is_said_in_one_line(void **state)
{
    (void)state;
    test_platform_kill(stage->platform);
    VERB("--login", "operator", "list");
    assert_int_equal(run.status, 1);
    assert_true(has(run.err, strstr(stage->platform->url, "127.")));
    assert_int_equal(lines_of(run.err), 1);
    assert_true(test_platform_restart(stage->platform));
}

/* ---- looking --------------------------------------------------------------------------------- */

static void test_list_prints_every_order_of_a_view_over_all_pages(void **state)
{
    (void)state;
    VERB("--login", "dispatcher", "list", "dispatch");
    assert_done();
    assert_int_equal(lines_of(run.out), stage_count(stage, "dispatcher", "dispatch"));
    cJSON *board = stage_get(stage, "supervisor", "/board?by=state");
    int64_t total = json_int(cJSON_GetObjectItemCaseSensitive(board, "totals"), "total", 0);
    cJSON_Delete(board);
    assert_true(total > 200); /* the platform's longest page */
    VERB("--login", "dispatcher", "list");
    assert_done();
    assert_int_equal(lines_of(run.out), total);
}

static void test_list_narrows_by_what_is_given_as_key_and_value(void **state)
{
    (void)state;
    VERB("--login", "supervisor", "--json", "list", "all", "state=archived", "unsatisfied=0");
    assert_done();
    cJSON *page = cJSON_Parse(run.out), *row;
    assert_non_null(page);
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(page, "items")) > 0);
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(page, "items"))
    {
        assert_string_equal(json_text(row, "state", ""), "archived");
    }
    cJSON_Delete(page);
    VERB("--login", "supervisor", "list", "all", "nonsense=1");
    assert_said(1, "nonsense");
}

static void test_a_view_that_the_account_has_not_is_refused(void **state)
{
    (void)state;
    VERB("--login", "handler", "list", "dispatch");
    assert_said(1, "[view]");
}

static void test_show_prints_the_parts_and_in_json_the_platforms_record(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", "{\"words\":\"水管爆了，电话13912345678\",\"name\":\"李建国\"}",
                 number);
    VERB("--login", "dispatcher", "show", number);
    assert_done();
    assert_true(has(run.out, number));
    assert_true(has(run.out, "待派发"));
    assert_true(has(run.out, "水管爆了"));
    assert_true(has(run.out, "市自来水公司"));
    assert_true(has(run.out, "dispatch(派发)"));
    assert_null(strstr(run.out, "13912345678"));
    assert_null(strstr(run.out, "李建国"));
    VERB("--login", "dispatcher", "show", number, "--json");
    assert_done();
    cJSON *shown = cJSON_Parse(run.out), *record = stage_order(stage, "dispatcher", number);
    assert_true(cJSON_Compare(shown, record, true));
    cJSON_Delete(shown);
    cJSON_Delete(record);
}

static void test_an_order_outside_the_scope_is_not_found(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", "{\"words\":\"电梯停了\"}", number);
    VERB("--login", "n_business", "show", number);
    assert_said(1, "");
    VERB("--login", "n_emergency", "show", number);
    assert_done();
}

static void test_words_of_a_citizen_reach_the_terminal_without_control_characters(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator",
                 "{\"words\":\"红\\u001b[31m字\\u001b]2;盗\\u0007 \\u202e反 \\u200b零\\u009b2J\"}",
                 number);
    VERB("--login", "dispatcher", "show", number);
    assert_done();
    assert_true(has(run.out, "红"));
    for (const char *c = run.out; *c; c++)
        assert_true((unsigned char)*c >= ' ' || *c == '\n');
    assert_null(strstr(run.out, "\342\200\256")); /* U+202E */
    assert_null(strstr(run.out, "\302\233"));     /* U+009B */
}

/* ---- doing ----------------------------------------------------------------------------------- */

/* The order's number, which is the first word that was printed. */
static void take_number(char number[STAGE_NUMBER_SIZE])
{
    size_t n = strcspn(run.out, " \n");
    assert_true(n > 0 && n < STAGE_NUMBER_SIZE);
    memcpy(number, run.out, n);
    number[n] = '\0';
}

static void test_intake_finds_place_and_matter_by_name(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    VERB("--login", "operator", "intake", "phone=13800001234", "name=李建国", "kind=help",
         "place=碧桂园11栋", "category=停水", "words=停水两天了", "urgent=yes", "next=dispatch");
    assert_done();
    take_number(number);
    cJSON *order = stage_order(stage, "operator", number);
    assert_string_equal(json_text(order, "state", ""), "to_dispatch");
    assert_string_equal(json_text(order, "place", ""), "碧桂园11栋");
    assert_string_equal(json_text(order, "kind", ""), "help");
    assert_true(json_bool(order, "urgent", false));
    assert_string_equal(json_text(cJSON_GetObjectItemCaseSensitive(order, "category"), "code", ""),
                        "010101");
    cJSON_Delete(order);
}

static void test_intake_in_json_gives_the_new_order(void **state)
{
    (void)state;
    VERB("--login", "operator", "--json", "intake", "place=碧桂园", "category=停水", "words=没有水",
         "next=keep");
    assert_done();
    cJSON *order = cJSON_Parse(run.out);
    assert_string_equal(json_text(order, "state", ""), "received");
    cJSON_Delete(order);
}

static void test_an_appeal_without_words_is_refused_with_the_field(void **state)
{
    (void)state;
    int64_t before = stage_count(stage, "operator", "all");
    VERB("--login", "operator", "intake", "place=碧桂园", "category=停水");
    assert_said(1, "[words]");
    assert_int_equal(stage_count(stage, "operator", "all"), before);
}

static void test_a_name_that_fits_nothing_or_several_is_said_and_nothing_is_taken(void **state)
{
    (void)state;
    int64_t before = stage_count(stage, "operator", "all");
    VERB("--login", "operator", "intake", "place=zzzzqqq", "category=停水", "words=没有水");
    assert_int_equal(run.status, 2);
    assert_true(has(run.err, "zzzzqqq"));
    VERB("--login", "operator", "intake", "place=碧桂园", "category=水", "words=没有水");
    assert_int_equal(run.status, 2);
    assert_true(has(run.err, "停水"));
    assert_int_equal(stage_count(stage, "operator", "all"), before);
}

static void test_act_does_what_the_form_would_with_its_proposals(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", "{\"words\":\"停水两天了\"}", number);
    VERB("--login", "dispatcher", "act", number, "dispatch", "note=请尽快");
    assert_done();
    assert_true(has(run.out, "办理中"));
    cJSON *order = stage_order(stage, "dispatcher", number);
    assert_string_equal(json_text(order, "state", ""), "in_hand");
    assert_string_equal(json_text(cJSON_GetObjectItemCaseSensitive(order, "lead"), "name", ""),
                        "市自来水公司");
    cJSON_Delete(order);
    VERB("--login", "handler", "act", number, "sign", "--json");
    assert_done();
    order = cJSON_Parse(run.out);
    const cJSON *assignment =
        cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(order, "assignments"), 0);
    assert_string_equal(json_text(assignment, "state", ""), "signed");
    cJSON_Delete(order);
}

static void test_what_a_rule_forbids_is_refused_with_the_rules_sentence(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", "{\"words\":\"停水两天了\"}", number);
    VERB("--login", "dispatcher", "act", number, "archive");
    assert_int_equal(run.status, 1);
    assert_int_equal(lines_of(run.err), 1);
    assert_true(strlen(run.err) > strlen("minqing: \n") + 6);
    cJSON *order = stage_order(stage, "dispatcher", number);
    assert_string_equal(json_text(order, "state", ""), "to_dispatch");
    cJSON_Delete(order);
}

static void test_watch_prints_a_line_for_what_changes_and_ends_on_a_signal(void **state)
{
    (void)state;
    const struct screen_options options = {.cells = 200, .env = stage->env};
    const char *const kinds[][5] = {{"--login", "dispatcher", "watch", NULL},
                                    {"--login", "dispatcher", "watch", "--json", NULL}};
    for (size_t i = 0; i < 2; i++) {
        struct screen *screen = screen_minqing(&options, kinds[i]);
        char number[STAGE_NUMBER_SIZE];
        /* When it has begun to follow is not to be seen: an order is taken until one is. */
        for (int tries = 0; tries < 20; tries++) {
            stage_appeal(stage, "operator", "{\"words\":\"停水两天了\"}", number);
            screen_settle(screen, 500);
            if (screen_shows(screen, number))
                break;
        }
        screen_wait_text(screen, number, 0);
        screen_signal(screen, SIGTERM);
        assert_int_equal(screen_exit_status(screen, 0), 0);
        screen_close(screen);
    }
}

/* ---- wrong use ------------------------------------------------------------------------------- */

static void assert_wrong_use(const char *part)
{
    if (run.status != 2)
        print_error("status %d, said: %s\n", run.status, run.err);
    assert_int_equal(run.status, 2);
    assert_true(has(run.err, part));
    assert_string_equal(run.out, "");
}

static void test_wrong_use_ends_with_2_and_says_what_is_wrong(void **state)
{
    (void)state;
    VERB("frobnicate");
    assert_wrong_use("frobnicate");
    assert_true(has(run.err, "minqing intake"));
    VERB("--nonsense", "list");
    assert_wrong_use("usage");
    VERB("--lang", "xx", "list");
    assert_wrong_use("usage");
    VERB("login");
    assert_wrong_use("minqing login");
    VERB("--login", "operator", "show");
    assert_wrong_use("");
    VERB("--login", "operator", "act", "261118-0042-7");
    assert_wrong_use("minqing act");
    VERB("--login", "operator", "reveal", "261118-0042-7");
    assert_wrong_use("minqing reveal");
    VERB("--login", "operator", "intake", "words");
    assert_wrong_use("words");
    VERB("--login", "operator", "find", "place");
    assert_wrong_use("minqing find");
    VERB("--login", "operator", "find", "nonsense", "碧桂园");
    assert_wrong_use("nonsense");
}

static void test_an_action_that_there_is_not_is_wrong_use(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", "{\"words\":\"停水两天了\"}", number);
    VERB("--login", "operator", "act", number, "frobnicate");
    assert_wrong_use("frobnicate");
}

static void test_help_and_version_go_to_standard_output(void **state)
{
    (void)state;
    VERB("--help");
    assert_done();
    assert_true(has(run.out, "minqing"));
    VERB("--version");
    assert_done();
    assert_true(has(run.out, "minqing"));
}

static bool is_ascii(const char *text)
{
    while ((unsigned char)*text - 1U < 0x7F)
        text++;
    return !*text;
}

static void test_the_console_speaks_the_language_given_or_the_accounts(void **state)
{
    (void)state;
    VERB("--lang", "en", "list");
    assert_int_equal(run.status, 1);
    assert_true(is_ascii(run.err));
    VERB("--lang", "zh", "list");
    assert_int_equal(run.status, 1);
    assert_false(is_ascii(run.err));
    VERB("--login", "supervisor", "board");
    assert_done();
    assert_true(has(run.out, "未结"));
    VERB("--lang", "en", "--login", "supervisor", "board");
    assert_done();
    assert_true(has(run.out, "open"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_login_keeps_a_session_for_the_next_verbs_until_logout),
        TEST(test_login_in_json_gives_the_account_and_its_views),
        TEST(test_a_wrong_password_is_refused_with_the_platforms_sentence),
        TEST(test_a_session_that_the_platform_ended_is_said_to_have_ended),
        TEST(test_a_platform_that_is_not_there_is_said_in_one_line),
        TEST(test_list_prints_every_order_of_a_view_over_all_pages),
        TEST(test_list_narrows_by_what_is_given_as_key_and_value),
        TEST(test_a_view_that_the_account_has_not_is_refused),
        TEST(test_show_prints_the_parts_and_in_json_the_platforms_record),
        TEST(test_an_order_outside_the_scope_is_not_found),
        TEST(test_words_of_a_citizen_reach_the_terminal_without_control_characters),
        TEST(test_intake_finds_place_and_matter_by_name),
        TEST(test_intake_in_json_gives_the_new_order),
        TEST(test_an_appeal_without_words_is_refused_with_the_field),
        TEST(test_a_name_that_fits_nothing_or_several_is_said_and_nothing_is_taken),
        TEST(test_act_does_what_the_form_would_with_its_proposals),
        TEST(test_what_a_rule_forbids_is_refused_with_the_rules_sentence),
        TEST(test_watch_prints_a_line_for_what_changes_and_ends_on_a_signal),
        TEST(test_wrong_use_ends_with_2_and_says_what_is_wrong),
        TEST(test_an_action_that_there_is_not_is_wrong_use),
        TEST(test_help_and_version_go_to_standard_output),
        TEST(test_the_console_speaks_the_language_given_or_the_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
