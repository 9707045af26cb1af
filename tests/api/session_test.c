/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logins as an outsider, a person at work and an administrator meet them, on a running platform
 * whose clock the tests move. */
#include "core/clock.h"
#include "tests/lib/platform.h"
#include "tests/lib/wire.h"
#include <inttypes.h>
#include <pthread.h>
#include <sqlite3.h>

enum { MINUTE = 60000, HOUR = 3600000, TOKEN_SIZE = 64 };
#define RIGHT "minqing-demo"
#define OWN   "seven-lamps-by-the-lake"

static struct test_platform *platform;

static int setup(void **state)
{
    (void)state;
    platform = test_platform_start("start=2026-11-18T09:00:00+08:00");
    test_quick_passwords(platform);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return test_platform_stop(platform) ? 0 : -1;
}

/* --- steps ------------------------------------------------------------------------------------ */

static struct test_reply log_in(const char *login, const char *password)
{
    return test_post(platform, NULL, "/sessions", "{\"login\":\"%s\",\"password\":\"%s\"}", login,
                     password);
}

/* A session of its own; the token goes to `token`. */
static void enter(const char *login, const char *password, char token[TOKEN_SIZE])
{
    struct test_reply reply = log_in(login, password);
    if (reply.status != 201)
        fail_msg("%s: %d %s", login, reply.status, reply.text);
    (void)snprintf(token, TOKEN_SIZE, "%s", json_text(reply.json, "token", ""));
    test_reply_free(&reply);
}

static void expect(struct test_reply reply, int status, const char *problem)
{
    if (reply.status != status || strcmp(test_problem(&reply), problem) != 0)
        fail_msg("%d %s, expected %d %s", reply.status, reply.text, status, problem);
    test_reply_free(&reply);
}

static void expect_open(const char *token)
{
    expect(test_get(platform, token, "/queues"), 200, "");
}

static void expect_closed(const char *token)
{
    expect(test_get(platform, token, "/queues"), 401, "unauthenticated");
}

static struct test_reply without_body(const char *method, const char *token, const char *path)
{
    const struct test_request request = {.method = method, .path = path, .token = token};
    return test_http(platform, &request);
}

static struct test_reply change_password(const char *token, const char *old, const char *new)
{
    return test_post(platform, token, "/me/password", "{\"old\":\"%s\",\"new\":\"%s\"}", old, new);
}

static void lock(const char *login)
{
    for (int i = 0; i < 5; i++)
        expect(log_in(login, "wrong"), 401, "login-wrong");
}

/* What an administrator does with the account of that login. */
static struct test_reply administer(const char *administrator, const char *login,
                                    const char *action)
{
    struct test_reply reply = test_get(platform, administrator, "/accounts?q=%s", login);
    const cJSON *item = NULL;
    int64_t id = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(reply.json, "items"))
    {
        if (strcmp(json_text(item, "login", ""), login) == 0)
            id = json_int(item, "id", 0);
    }
    test_reply_free(&reply);
    assert_true(id > 0);
    char path[64];
    (void)snprintf(path, sizeof path, "/accounts/%" PRId64 "/%s", id, action);
    return test_post(platform, administrator, path, "%s", "");
}

/* --- locks ------------------------------------------------------------------------------------ */

static void a_login_is_locked_alike_whether_anybody_has_it_or_not(void **state)
{
    (void)state;
    for (int i = 1; i <= 7; i++) {
        struct test_reply known = log_in("callback", "wrong"), unknown = log_in("nobody", "wrong");
        assert_int_equal(known.status, 401);
        assert_string_equal(test_problem(&known), "login-wrong");
        int64_t left = json_int(known.json, "retry_after", 0);
        assert_int_equal(left > 0, i >= 5);
        assert_in_range(left - json_int(unknown.json, "retry_after", 0) + 1, 0, 2);
        cJSON_DeleteItemFromObject(known.json, "retry_after");
        cJSON_DeleteItemFromObject(unknown.json, "retry_after");
        if (!cJSON_Compare(known.json, unknown.json, true))
            fail_msg("%s\n%s", known.text, unknown.text);
        test_reply_free(&known);
        test_reply_free(&unknown);
    }
    expect(log_in("callback", RIGHT), 401, "login-wrong");
    test_platform_advance(platform, 14 * MINUTE);
    expect(log_in("callback", RIGHT), 401, "login-wrong");
    test_platform_advance(platform, 2 * MINUTE);
    char token[TOKEN_SIZE];
    enter("callback", RIGHT, token);
    expect_open(token);
}

static void a_lock_says_in_a_header_when_to_come_back(void **state)
{
    static const char body[] = "{\"login\":\"conference\",\"password\":\"wrong\"}";
    (void)state;
    lock("conference");
    char request[300];
    (void)snprintf(request, sizeof request,
                   "POST /api/v1/sessions HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                   "Content-Length: %zu\r\n\r\n%s",
                   sizeof body - 1, body);
    int fd = test_platform_dial(platform);
    assert_true(say(fd, request));
    struct reply reply = hear_reply(fd, false);
    assert_int_equal(reply.status, 401);
    assert_in_range(strtol(reply_header(&reply, "Retry-After"), NULL, 10), 1, 15 * 60);
    reply_free(&reply);
    close(fd);
}

static void a_restart_does_not_forget_wrong_passwords(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        expect(log_in("supervisor", "wrong"), 401, "login-wrong");
    test_platform_kill(platform);
    assert_true(test_platform_restart(platform));
    expect(log_in("supervisor", "wrong"), 401, "login-wrong");
    expect(log_in("supervisor", RIGHT), 401, "login-wrong");
    test_platform_advance(platform, 16 * MINUTE);
    char token[TOKEN_SIZE];
    enter("supervisor", RIGHT, token);
}

static void the_right_password_begins_the_count_anew(void **state)
{
    char token[TOKEN_SIZE];
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++)
            expect(log_in("analyst", "wrong"), 401, "login-wrong");
        enter("analyst", RIGHT, token);
    }
}

static void an_administrator_ends_a_lock(void **state)
{
    char administrator[TOKEN_SIZE], token[TOKEN_SIZE];
    (void)state;
    enter("admin", RIGHT, administrator);
    lock("librarian");
    struct test_reply reply = test_get(platform, administrator, "/accounts?q=librarian");
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(reply.json, "items"), 0);
    assert_string_equal(json_text(item, "state", ""), "locked");
    assert_true(json_time(item, "locked_until") > 0);
    test_reply_free(&reply);
    reply = administer(administrator, "librarian", "unlock");
    assert_int_equal(reply.status, 200);
    assert_string_equal(json_text(reply.json, "state", ""), "active");
    test_reply_free(&reply);
    enter("librarian", RIGHT, token);
}

/* --- sessions --------------------------------------------------------------------------------- */

static int64_t seen_at(const char *token)
{
    struct test_reply reply = test_get(platform, token, "/sessions");
    const cJSON *item = NULL;
    int64_t at = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(reply.json, "items"))
    {
        if (json_bool(item, "this", false))
            at = json_time(item, "seen_at");
    }
    test_reply_free(&reply);
    return at;
}

static void a_session_ends_after_its_time(void **state)
{
    char token[TOKEN_SIZE];
    (void)state;
    enter("operator", RIGHT, token);
    for (int hours = 0; hours < 9; hours += 3) {
        int64_t before = seen_at(token);
        test_platform_advance(platform, INT64_C(3) * HOUR);
        assert_true(TEST_WAIT(seen_at(token) > before));
    }
    test_platform_advance(platform, INT64_C(3) * HOUR);
    expect_closed(token);
}

static void an_idle_session_ends_and_a_used_one_does_not(void **state)
{
    char used[TOKEN_SIZE], idle[TOKEN_SIZE];
    (void)state;
    enter("operator", RIGHT, used);
    enter("operator", RIGHT, idle);
    int64_t before = seen_at(used);
    test_platform_advance(platform, INT64_C(3) * HOUR);
    assert_true(TEST_WAIT(seen_at(used) >= before + INT64_C(3) * HOUR));
    test_platform_advance(platform, HOUR + MINUTE);
    expect_open(used);
    expect_closed(idle);
}

static void a_renewed_token_serves_for_a_moment_more(void **state)
{
    char old[TOKEN_SIZE], token[TOKEN_SIZE];
    (void)state;
    enter("dispatcher", RIGHT, old);
    struct test_reply reply = without_body("POST", old, "/sessions/renew");
    assert_int_equal(reply.status, 201);
    (void)snprintf(token, sizeof token, "%s", json_text(reply.json, "token", ""));
    assert_string_not_equal(token, old);
    assert_true(json_int(reply.json, "renew_in", -1) > 0);
    test_reply_free(&reply);
    expect_open(old);
    expect_open(token);
    test_platform_advance(platform, 2 * MINUTE);
    expect_closed(old);
    expect(without_body("POST", old, "/sessions/renew"), 401, "unauthenticated");
    expect_open(token);
    /* The old one went with the session: it is one in the list, and one to be ended. */
    expect(without_body("DELETE", token, "/sessions/current"), 204, "");
    expect_closed(token);
}

static void ending_a_session_ends_its_replaced_token_too(void **state)
{
    char old[TOKEN_SIZE], token[TOKEN_SIZE];
    (void)state;
    enter("dispatcher", RIGHT, old);
    struct test_reply reply = without_body("POST", old, "/sessions/renew");
    (void)snprintf(token, sizeof token, "%s", json_text(reply.json, "token", ""));
    test_reply_free(&reply);
    expect(without_body("DELETE", token, "/sessions/current"), 204, "");
    expect_closed(old);
}

static void renewals_do_not_reach_beyond_a_day(void **state)
{
    char token[TOKEN_SIZE];
    (void)state;
    enter("dispatcher", RIGHT, token);
    int hours = 0;
    for (; hours < 30; hours += 3) {
        struct test_reply reply = without_body("POST", token, "/sessions/renew");
        bool open = reply.status == 201;
        if (open)
            (void)snprintf(token, sizeof token, "%s", json_text(reply.json, "token", ""));
        test_reply_free(&reply);
        if (!open)
            break;
        test_platform_advance(platform, INT64_C(3) * HOUR);
    }
    assert_int_equal(hours, 24);
}

static void sessions_outlive_the_platform(void **state)
{
    char token[TOKEN_SIZE];
    (void)state;
    enter("dispatcher", RIGHT, token);
    test_platform_kill(platform);
    assert_true(test_platform_restart(platform));
    expect_open(token);
}

static void logging_out_everywhere_leaves_no_session(void **state)
{
    char here[TOKEN_SIZE], there[TOKEN_SIZE];
    (void)state;
    enter("handler", RIGHT, here);
    enter("handler", RIGHT, there);
    struct test_reply reply = test_get(platform, here, "/sessions");
    const cJSON *items = cJSON_GetObjectItem(reply.json, "items"), *item;
    int these = 0;
    assert_int_equal(cJSON_GetArraySize(items), 2);
    cJSON_ArrayForEach(item, items)
    {
        these += json_bool(item, "this", false);
    }
    assert_int_equal(these, 1);
    test_reply_free(&reply);
    expect(without_body("DELETE", here, "/sessions"), 204, "");
    expect_closed(here);
    expect_closed(there);
}

/* --- passwords -------------------------------------------------------------------------------- */

static void after_a_reset_nothing_is_open_but_a_new_password(void **state)
{
    char administrator[TOKEN_SIZE], before[TOKEN_SIZE], token[TOKEN_SIZE], other[TOKEN_SIZE],
        initial[64];
    (void)state;
    enter("admin", RIGHT, administrator);
    enter("operator2", RIGHT, before);
    struct test_reply reply = administer(administrator, "operator2", "reset");
    assert_int_equal(reply.status, 200);
    (void)snprintf(initial, sizeof initial, "%s", json_text(reply.json, "password", ""));
    test_reply_free(&reply);
    expect_closed(before);
    expect(log_in("operator2", RIGHT), 401, "login-wrong");

    reply = log_in("operator2", initial);
    assert_int_equal(reply.status, 201);
    assert_true(json_bool(reply.json, "must_change_password", false));
    test_reply_free(&reply);
    test_quick_passwords(platform); /* from here on that is the initial one */
    enter("operator2", RIGHT, token);
    enter("operator2", RIGHT, other);
    static const char *const closed[] = {"/queues", "/orders", "/sessions",
                                         "/addresses/complete?q=x"};
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        expect(test_get(platform, token, "%s", closed[i]), 403, "password-change-needed");
    expect(without_body("POST", token, "/sessions/renew"), 403, "password-change-needed");
    expect(test_get(platform, token, "/me"), 200, "");
    reply = test_get(platform, token, "/me/password");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(reply.json, "rules")), 4);
    test_reply_free(&reply);

    expect(change_password(token, "wrong", OWN), 403, "password-wrong");
    expect(change_password(token, RIGHT, "short"), 422, "password-rule");
    expect(change_password(token, RIGHT, "operator2-lamps"), 422, "password-rule");
    expect(change_password(token, RIGHT, "1234567890abc"), 422, "password-rule");
    expect(change_password(token, RIGHT, ""), 422, "field-length");
    expect(change_password(token, RIGHT, OWN), 204, "");
    expect(change_password(token, RIGHT, OWN), 204, ""); /* its answer was lost */
    expect(change_password(token, OWN, OWN), 422, "password-rule");
    expect_open(token);
    expect_closed(other);
    expect(log_in("operator2", RIGHT), 401, "login-wrong");
    enter("operator2", OWN, other);
    expect_open(other);
    /* One and two changes ago. */
    expect(change_password(token, OWN, "a-second-row-of-lamps"), 204, "");
    expect(change_password(token, "a-second-row-of-lamps", OWN), 422, "password-rule");
}

struct racer {
    const char *token, *new;
    int status;
};

static void *race(void *user)
{
    struct racer *racer = user;
    struct test_reply reply = change_password(racer->token, RIGHT, racer->new);
    racer->status = reply.status;
    test_reply_free(&reply);
    return NULL;
}

static void of_two_changes_at_once_one_is_done(void **state)
{
    char token[TOKEN_SIZE];
    (void)state;
    enter("handler3", RIGHT, token);
    struct racer racers[] = {{token, "first-of-two-lamps", 0}, {token, "other-of-two-lamps", 0}};
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (size_t i = 0; i < 2; i++)
        (void)pthread_join(threads[i], NULL);
    size_t won = racers[0].status == 204 ? 0 : 1;
    assert_int_equal(racers[won].status, 204);
    assert_int_equal(racers[1 - won].status, 403);
    enter("handler3", racers[won].new, token);
}

static void guessing_the_present_password_locks_as_well(void **state)
{
    char token[TOKEN_SIZE];
    (void)state;
    enter("n_economy", RIGHT, token);
    for (int i = 0; i < 5; i++)
        expect(change_password(token, "wrong", OWN), 403, "password-wrong");
    expect(change_password(token, RIGHT, OWN), 403, "password-wrong");
    expect(log_in("n_economy", RIGHT), 401, "login-wrong");
}

/* --- administrators --------------------------------------------------------------------------- */

static void a_disabled_account_is_out_at_once(void **state)
{
    char administrator[TOKEN_SIZE], token[TOKEN_SIZE];
    (void)state;
    enter("admin", RIGHT, administrator);
    enter("n_business", RIGHT, token);
    expect(administer(administrator, "n_business", "disable"), 200, "");
    expect_closed(token);
    expect(log_in("n_business", RIGHT), 401, "login-wrong");
    expect(administer(administrator, "n_business", "enable"), 200, "");
    expect_closed(token); /* it has ended */
    enter("n_business", RIGHT, token);
}

static void the_last_administrator_stays(void **state)
{
    char administrator[TOKEN_SIZE];
    (void)state;
    enter("admin", RIGHT, administrator);
    expect(administer(administrator, "admin", "disable"), 409, "last-administrator");
    expect_closed("no-token-of-anybody");
    expect(test_get(platform, administrator, "/me"), 200, "");
}

static void accounts_are_an_administrators_business(void **state)
{
    char token[TOKEN_SIZE];
    (void)state;
    enter("dispatcher", RIGHT, token);
    expect(test_get(platform, token, "/accounts"), 403, "forbidden");
    expect(test_post(platform, token, "/accounts/1/reset", "%s", ""), 403, "forbidden");
    expect(without_body("DELETE", token, "/accounts/1/sessions"), 403, "forbidden");
    enter("admin", RIGHT, token);
    expect(test_get(platform, token, "/accounts/1"), 404, "not-found");
    expect(test_post(platform, token, "/accounts/999999/unlock", "%s", ""), 404, "not-found");
    expect(test_post(platform, token, "/accounts/x/reset", "%s", ""), 404, "not-found");
    expect(test_get(platform, token, "/accounts?q=%%25"), 200, "");
    expect(test_get(platform, token, "/accounts?after=x"), 422, "field-reference");
}

static void accounts_are_listed_page_by_page(void **state)
{
    char token[TOKEN_SIZE], after[32] = "";
    int count = 0;
    int64_t last = 0;
    (void)state;
    enter("admin", RIGHT, token);
    do {
        struct test_reply reply = test_get(platform, token, "/accounts?limit=7&after=%s", after);
        const cJSON *item;
        assert_int_equal(reply.status, 200);
        assert_null(strstr(reply.text, "argon2"));
        cJSON_ArrayForEach(item, cJSON_GetObjectItem(reply.json, "items"))
        {
            assert_true(json_int(item, "id", 0) > last);
            last = json_int(item, "id", 0);
            count++;
        }
        (void)snprintf(after, sizeof after, "%s", json_text(reply.json, "next", ""));
        test_reply_free(&reply);
    } while (*after);
    assert_true(count > 14);
}

static int64_t log_lines(const char *kind)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    int64_t count = -1;
    if (sqlite3_open(platform->database, &db) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "select count(*) from access_log where kind = ?1", -1, &statement,
                           NULL) == SQLITE_OK &&
        sqlite3_bind_text(statement, 1, kind, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        count = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return count;
}

static void what_happens_to_logins_is_in_the_access_log(void **state)
{
    static const char *const kinds[] = {"login_failed",   "locked",   "unlocked", "password_reset",
                                        "sessions_ended", "disabled", "enabled"};
    char administrator[TOKEN_SIZE];
    int64_t before[sizeof kinds / sizeof kinds[0]];
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        before[i] = log_lines(kinds[i]);
    enter("admin", RIGHT, administrator);
    lock("n_justice");
    static const char *const actions[] = {"unlock", "reset", "disable", "enable"};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        expect(administer(administrator, "n_justice", actions[i]), 200, "");
    expect(without_body("DELETE", administrator, "/sessions"), 204, "");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        assert_int_equal(log_lines(kinds[i]) - before[i], i == 0 ? 5 : 1);
}

/* --- storms ----------------------------------------------------------------------------------- */

static void *storm(void *status)
{
    struct test_reply reply = log_in("somebody", "wrong");
    *(int *)status = reply.status;
    test_reply_free(&reply);
    return NULL;
}

static void a_storm_on_one_login_leaves_the_others_their_turn(void **state)
{
    enum { MANY = 8 };
    pthread_t threads[MANY];
    int status[MANY], busy = 0;
    char token[TOKEN_SIZE];
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, storm, &status[i]), 0);
    enter("dispatcher", RIGHT, token);
    for (size_t i = 0; i < MANY; i++) {
        (void)pthread_join(threads[i], NULL);
        if (status[i] != 401)
            assert_int_equal(status[i], 503);
        busy += status[i] == 503;
    }
    assert_true(busy > 0);
}

/* --- the one who runs the machine ------------------------------------------------------------- */

static int account_command(const char *const words[8], char **output)
{
    const char *all[16] = {"account"};
    size_t n = 1;
    for (size_t i = 0; i < 8 && words[i]; i++)
        all[n++] = words[i];
    all[n++] = "--db";
    all[n] = platform->database;
    return test_minqingd(all, platform->clock, output);
}

static void the_first_administrator_comes_from_the_command(void **state)
{
    char *output, token[TOKEN_SIZE];
    (void)state;
    assert_int_equal(account_command((const char *[8]){"list"}, &output), 1); /* it is running */
    free(output);
    test_platform_kill(platform);
    assert_int_equal(account_command((const char *[8]){"create", "li.na", "--name", "李娜",
                                                       "--role", "administrator"},
                                     &output),
                     0);
    char *end = strrchr(output, '\n'), initial[64];
    assert_non_null(end);
    *end = '\0';
    char *line = strrchr(output, '\n');
    (void)snprintf(initial, sizeof initial, "%s", line ? line + 1 : output);
    free(output);
    static const struct {
        const char *words[8];
        int status;
    } cases[] = {
        {{"create", "li.na", "--name", "李娜", "--role", "administrator"}, 1},
        {{"create", "li na", "--name", "李娜", "--role", "administrator"}, 1},
        {{"create", "other", "--name", "李", "--role", "emperor"}, 1},
        {{"create", "other", "--role", "operator"}, 1},
        {{"disable", "admin"}, 0},
        {{"disable", "li.na"}, 1}, /* the last one */
        {{"unlock", "nobody"}, 1},
        {{"frobnicate", "li.na"}, 2},
        {{"reset"}, 2},
        {{"enable", "admin"}, 0},
        {{"unlock", "admin"}, 0},
        {{"list"}, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int status = account_command(cases[i].words, &output);
        if (status != cases[i].status)
            print_error("%s %s: %s\n", cases[i].words[0], cases[i].words[1], output);
        assert_int_equal(status, cases[i].status);
        free(output);
    }
    assert_true(test_platform_restart(platform));
    enter("li.na", initial, token);
    expect(test_get(platform, token, "/accounts"), 403, "password-change-needed");
    expect(change_password(token, initial, OWN), 204, "");
    expect(test_get(platform, token, "/accounts"), 200, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_login_is_locked_alike_whether_anybody_has_it_or_not),
        cmocka_unit_test(a_lock_says_in_a_header_when_to_come_back),
        cmocka_unit_test(a_restart_does_not_forget_wrong_passwords),
        cmocka_unit_test(the_right_password_begins_the_count_anew),
        cmocka_unit_test(an_administrator_ends_a_lock),
        cmocka_unit_test(a_session_ends_after_its_time),
        cmocka_unit_test(an_idle_session_ends_and_a_used_one_does_not),
        cmocka_unit_test(a_renewed_token_serves_for_a_moment_more),
        cmocka_unit_test(ending_a_session_ends_its_replaced_token_too),
        cmocka_unit_test(renewals_do_not_reach_beyond_a_day),
        cmocka_unit_test(sessions_outlive_the_platform),
        cmocka_unit_test(logging_out_everywhere_leaves_no_session),
        cmocka_unit_test(after_a_reset_nothing_is_open_but_a_new_password),
        cmocka_unit_test(of_two_changes_at_once_one_is_done),
        cmocka_unit_test(guessing_the_present_password_locks_as_well),
        cmocka_unit_test(a_disabled_account_is_out_at_once),
        cmocka_unit_test(the_last_administrator_stays),
        cmocka_unit_test(accounts_are_an_administrators_business),
        cmocka_unit_test(accounts_are_listed_page_by_page),
        cmocka_unit_test(what_happens_to_logins_is_in_the_access_log),
        cmocka_unit_test(a_storm_on_one_login_leaves_the_others_their_turn),
        cmocka_unit_test(the_first_administrator_comes_from_the_command),
    };
    return cmocka_run_group_tests_name("sessions", tests, setup, teardown);
}
