/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logging in as a person meets it at 24x80, in both languages: wrong and locked, a password that
 * must be changed, a session that goes on while somebody works and one that has ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/platform.h"
#include "tests/lib/screen.h"
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE = 60000, HOUR = 3600000 };
#define RIGHT "minqing-demo"
#define OWN   "seven-lamps-by-the-lake"

static struct test_platform *platform;
static char url[128], clock_entry[256];

static int setup(void **state)
{
    (void)state;
    platform = test_platform_start("start=2026-11-18T09:00:00+08:00");
    test_quick_passwords(platform);
    (void)snprintf(url, sizeof url, "MINQING_URL=%s", platform->url);
    (void)snprintf(clock_entry, sizeof clock_entry, "MINQING_CLOCK=%s", platform->clock);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return test_platform_stop(platform) ? 0 : -1;
}

/* --- steps ------------------------------------------------------------------------------------ */

/* A console that asks for the password of this account. */
static struct screen *console(const char *login, const char *language)
{
    const char *const env[] = {url, clock_entry, NULL};
    const struct screen_options options = {.rows = 24, .cells = 80, .env = env, .name = login};
    const char *const words[] = {"--lang", language, "--login", login, NULL};
    return screen_minqing(&options, words);
}

static void type_password(struct screen *screen, const char *password)
{
    screen_type(screen, password);
    screen_keys(screen, "<Enter>");
}

/* The login has gone, and the first list is there. */
static void wait_in(struct screen *screen)
{
    screen_wait_gone(screen, "http://", 0);
    screen_wait_text(screen, "▌", 0);
}

static struct screen *logged_in(const char *login, const char *language)
{
    struct screen *screen = console(login, language);
    screen_wait_text(screen, strcmp(language, "zh") == 0 ? "密码" : "Password", 0);
    type_password(screen, RIGHT);
    wait_in(screen);
    return screen;
}

static int64_t number(const char *sql, const char *login)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    int64_t value = -1;
    if (sqlite3_open(platform->database, &db) == SQLITE_OK &&
        sqlite3_busy_timeout(db, TEST_LIMIT_MS) == SQLITE_OK &&
        sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_bind_text(statement, 1, login, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return value;
}

static int64_t sessions_of(const char *login)
{
    return number("select count(*) from session s join account a on a.id = s.account_id"
                  " where a.login = ?1 and s.replaced = 0",
                  login);
}

static int64_t renewals_of(const char *login)
{
    return number("select count(*) from session s join account a on a.id = s.account_id"
                  " where a.login = ?1 and s.replaced = 1",
                  login);
}

/* The initial password that an administrator has made for the account. */
static void reset(const char *login, char initial[64])
{
    char path[64];
    (void)snprintf(path, sizeof path, "/accounts/%" PRId64 "/reset",
                   number("select id from account where login = ?1", login));
    struct test_reply reply = test_post(platform, test_login(platform, "admin"), path, "%s", "");
    assert_int_equal(reply.status, 200);
    (void)snprintf(initial, 64, "%s", json_text(reply.json, "password", ""));
    test_reply_free(&reply);
}

static void expect_whole(struct screen *screen)
{
    int row, cell;
    if (!screen_cells_whole(screen, &row, &cell)) {
        screen_dump(screen, "a character is cut in two");
        fail_msg("row %d, cell %d", row, cell);
    }
    assert_false(screen_shows(screen, RIGHT));
    assert_false(screen_shows(screen, OWN));
}

/* --- wrong, and locked ------------------------------------------------------------------------ */

static void lock_out(const char *login, const char *language, const char *wrong, const char *until)
{
    struct screen *screen = console(login, language);
    screen_wait_text(screen, login, 0);
    type_password(screen, "not-this-one");
    screen_wait_text(screen, wrong, 0);
    assert_false(screen_shows(screen, "not-this-one"));
    assert_false(screen_shows(screen, until));
    for (int i = 0; i < 4; i++) {
        screen_type(screen, "not-this-one");
        screen_wait_gone(screen, wrong, 0);
        screen_keys(screen, "<Enter>");
        screen_wait_text(screen, wrong, 0);
    }
    screen_wait_text(screen, until, 0);
    expect_whole(screen);
    test_platform_advance(platform, 16 * MINUTE);
    type_password(screen, RIGHT);
    wait_in(screen);
    screen_close(screen);
}

static void a_locked_login_says_when_it_opens_in_chinese(void **state)
{
    (void)state;
    lock_out("callback", "zh", "账号或密码不正确", "错误次数过多，09:");
}

static void a_locked_login_says_when_it_opens_in_english(void **state)
{
    (void)state;
    lock_out("analyst", "en", "Name or password is wrong", "closed until 09:");
}

/* --- a password that must be changed ---------------------------------------------------------- */

struct words {
    const char *language, *title, *new, *not_same, *rule, *welcome;
};

static void change_first(const char *login, const struct words *words)
{
    char initial[64];
    reset(login, initial);
    struct screen *screen = console(login, words->language);
    screen_wait_text(screen, login, 0);
    type_password(screen, initial);
    screen_wait_text(screen, words->title, 0);
    screen_wait_text(screen, words->new, 0);
    screen_wait_text(screen, "10", 0); /* the rules are shown */
    expect_whole(screen);

    type_password(screen, OWN);
    type_password(screen, "another");
    screen_wait_text(screen, words->not_same, 0);
    screen_type(screen, OWN);
    screen_keys(screen, "<Enter>");
    screen_wait_text(screen, words->welcome, 0);
    wait_in(screen);
    expect_whole(screen);
    screen_close(screen);
    assert_int_equal(number("select must_change from account where login = ?1", login), 0);
}

static void a_password_to_begin_with_is_changed_in_the_same_view_in_chinese(void **state)
{
    static const struct words words = {"zh",           "设置新密码", "再输一次", "两次输入不一致",
                                       "不得包含您的", "周敏"};
    (void)state;
    change_first("operator2", &words);
}

static void a_password_to_begin_with_is_changed_in_the_same_view_in_english(void **state)
{
    static const struct words words = {"en",
                                       "Choose a new password",
                                       "Once more",
                                       "The two are not the same",
                                       "not part of it",
                                       "Welcome"};
    (void)state;
    change_first("handler2", &words);
}

/* Among the rules, and beside the field. */
static bool is_said_twice(struct screen *screen, void *text)
{
    int row;
    return screen_find(screen, text, &row, NULL) &&
           screen_find_from(screen, row + 1, text, NULL, NULL);
}

static void a_password_that_breaks_a_rule_is_refused_beside_its_field(void **state)
{
    static char rule[] = "不得全为数字，也不得主要由";
    char initial[64];
    (void)state;
    reset("handler3", initial);
    struct screen *screen = console("handler3", "zh");
    screen_wait_text(screen, "handler3", 0);
    type_password(screen, initial);
    screen_wait_text(screen, "设置新密码", 0);
    type_password(screen, "1234567890");
    type_password(screen, "1234567890");
    screen_wait(screen, is_said_twice, rule, "the rule at the field", 0);
    expect_whole(screen);
    /* Esc gives up: the login is there again, and nobody is logged in. */
    screen_keys(screen, "<Esc>");
    screen_wait_gone(screen, "设置新密码", 0);
    assert_true(TEST_WAIT(sessions_of("handler3") == 0));
    screen_close(screen);
}

/* --- at work ---------------------------------------------------------------------------------- */

static void a_session_is_renewed_while_somebody_works(void **state)
{
    (void)state;
    struct screen *screen = logged_in("dispatcher", "zh");
    assert_int_equal(renewals_of("dispatcher"), 0);
    test_platform_advance(platform, 2 * HOUR + MINUTE);
    screen_keys(screen, "j");
    assert_true(TEST_WAIT(renewals_of("dispatcher") == 1));
    assert_int_equal(sessions_of("dispatcher"), 1);
    test_platform_advance(platform,
                          INT64_C(3) * HOUR); /* longer than the first token was good for */
    screen_keys(screen, "<C-r>k");
    screen_settle(screen, 300);
    assert_true(screen_shows(screen, "▌"));
    assert_false(screen_shows(screen, "请重新登录"));
    screen_close(screen);
}

static void after_an_idle_time_one_logs_in_over_what_was_typed(void **state)
{
    static const char words[] = "楼上漏水三天了，没有人管。";
    (void)state;
    struct screen *screen = logged_in("operator", "zh");
    screen_keys(screen, "n");
    screen_wait_text(screen, "1 咨询", 0);
    screen_keys(screen, "<Enter><Enter><Enter>");
    screen_type(screen, words);
    screen_wait_text(screen, words, 0);
    test_platform_advance(platform, INT64_C(5) * HOUR);
    screen_keys(screen, "<Enter>"); /* asks the platform what helps with these words */
    screen_wait_text(screen, "登录已过期", 0);
    screen_wait_text(screen, "operator", 0);
    assert_true(screen_shows(screen, words)); /* below the login */
    type_password(screen, RIGHT);
    screen_wait_gone(screen, "登录已过期", 0);
    screen_wait_text(screen, words, 0);
    screen_close(screen);
}

static void a_password_is_changed_by_command_and_other_sessions_end(void **state)
{
    (void)state;
    struct screen *here = logged_in("supervisor", "zh"), *there = logged_in("supervisor", "zh");
    assert_int_equal(sessions_of("supervisor"), 2);
    screen_keys(here, ":password<Enter>");
    screen_wait_text(here, "原密码", 0);
    type_password(here, "not-this-one");
    type_password(here, OWN);
    type_password(here, OWN);
    screen_wait_text(here, "原密码不正确", 0);
    type_password(here, RIGHT); /* what else was typed is still there */
    screen_wait_text(here, "密码已修改", 0);
    expect_whole(here);
    assert_int_equal(sessions_of("supervisor"), 1);
    screen_keys(there, "<C-r>");
    screen_wait_text(there, "登录已过期", 0);
    screen_close(there);
    screen_close(here);
}

static void logging_out_leads_to_the_login_and_everywhere_ends_all(void **state)
{
    (void)state;
    struct screen *here = logged_in("conference2", "zh"), *there = logged_in("conference2", "zh");
    screen_keys(here, ":logout<Enter>");
    screen_wait_text(here, "已退出登录", 0);
    screen_wait_text(here, "密码", 0);
    assert_int_equal(sessions_of("conference2"), 1);
    type_password(here, RIGHT);
    wait_in(here);
    screen_keys(here, ":logout everywhere<Enter>");
    screen_wait_text(here, "已退出登录", 0);
    assert_int_equal(sessions_of("conference2"), 0);
    screen_keys(there, "<C-r>");
    screen_wait_text(there, "登录已过期", 0);
    screen_close(there);
    screen_close(here);
}

#define TEST(f) cmocka_unit_test_teardown(f, screen_close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_locked_login_says_when_it_opens_in_chinese),
        TEST(a_locked_login_says_when_it_opens_in_english),
        TEST(a_password_to_begin_with_is_changed_in_the_same_view_in_chinese),
        TEST(a_password_to_begin_with_is_changed_in_the_same_view_in_english),
        TEST(a_password_that_breaks_a_rule_is_refused_beside_its_field),
        TEST(a_session_is_renewed_while_somebody_works),
        TEST(after_an_idle_time_one_logs_in_over_what_was_typed),
        TEST(a_password_is_changed_by_command_and_other_sessions_end),
        TEST(logging_out_leads_to_the_login_and_everywhere_ends_all),
    };
    return cmocka_run_group_tests_name("login", tests, setup, teardown);
}
