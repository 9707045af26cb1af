/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a login is locked, what a password must be, how long a session lasts, and what the store
 * keeps of all that. */
#include "platform/domain/settings.h"
#include "tests/unit/platform_store_fixture.h"
#include <sodium.h>

enum { MINUTE = 60000, HOUR = 3600000 };

static struct account_policy policy(void)
{
    return settings_default().account;
}

/* --- locks ------------------------------------------------------------------------------------ */

static void the_fifth_wrong_password_within_the_window_locks(void **state)
{
    (void)state;
    struct account_policy p = policy();
    struct login_guard guard = {0};
    for (int i = 0; i < 4; i++)
        assert_false(login_count_wrong(&guard, &p, NOW + i * MINUTE));
    assert_false(login_locked(&guard, NOW + 4 * MINUTE));
    assert_true(login_count_wrong(&guard, &p, NOW + 4 * MINUTE));
    assert_true(login_locked(&guard, NOW + 4 * MINUTE));
    assert_true(login_locked(&guard, NOW + 4 * MINUTE + p.lock_ms - 1));
    assert_false(login_locked(&guard, NOW + 4 * MINUTE + p.lock_ms));
}

static void wrong_passwords_of_another_window_do_not_count(void **state)
{
    (void)state;
    struct account_policy p = policy();
    struct login_guard guard = {0};
    for (int i = 0; i < 20; i++)
        assert_false(login_count_wrong(&guard, &p, NOW + i * (p.attempts_ms / 4 + 1)));
}

static void after_a_lock_one_begins_at_one(void **state)
{
    (void)state;
    struct account_policy p = policy();
    struct login_guard guard = {0};
    for (int i = 0; i < p.attempts; i++)
        (void)login_count_wrong(&guard, &p, NOW);
    int64_t later = guard.locked_until;
    for (int i = 1; i < p.attempts; i++)
        assert_false(login_count_wrong(&guard, &p, later));
    assert_true(login_count_wrong(&guard, &p, later));
}

/* --- passwords -------------------------------------------------------------------------------- */

static void bad_passwords_are_refused_by_the_rule_that_they_break(void **state)
{
    static const struct {
        const char *password;
        enum password_rule rule;
    } cases[] = {
        {"", PASSWORD_LENGTH},
        {"kx7-vq2-p", PASSWORD_LENGTH},
        {"九个字的密码也太短", PASSWORD_LENGTH},
        {"zhangwei-kx7q", PASSWORD_NAMES},
        {"kx7q-ZHANGWEI", PASSWORD_NAMES},
        {"ｚｈａｎｇｗｅｉ-kx7q", PASSWORD_NAMES}, /* full width */
        {"张伟的密码kx7qpm", PASSWORD_NAMES},
        {"1234567890", PASSWORD_SIMPLE},
        {"13800001234", PASSWORD_SIMPLE},
        {"0987654321abc", PASSWORD_SIMPLE},
        {"aaaaaaaaaaaa", PASSWORD_SIMPLE},
        {"aaaabbbbcccc", PASSWORD_SIMPLE},
        {"abcdefghijkl", PASSWORD_SIMPLE},
        {"lkjihgfedcba", PASSWORD_SIMPLE},
        {"qwertyuiop", PASSWORD_SIMPLE},
        {"poiuytrewq", PASSWORD_SIMPLE},
        {"1qaz2wsx3edc", PASSWORD_SIMPLE},
        {"qwer1234asdf", PASSWORD_SIMPLE},
        {"Password123", PASSWORD_SIMPLE},
        {"P@ssw0rd!!!", PASSWORD_SIMPLE},
        {"admin12345", PASSWORD_SIMPLE},
        {"woaini5201314", PASSWORD_SIMPLE},
        {"minqing2026", PASSWORD_SIMPLE},
        {"kx7kx7kx7kx7", PASSWORD_SIMPLE},
        {"kx7-vkx7-vkx7-v", PASSWORD_SIMPLE},
        {"abababababab", PASSWORD_SIMPLE},
    };
    (void)state;
    struct account_policy p = policy();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum password_rule rule = password_judge(cases[i].password, "zhangwei", "张伟", &p);
        if (rule != cases[i].rule)
            print_error("%s: %d\n", cases[i].password, (int)rule);
        assert_int_equal(rule, cases[i].rule);
    }
}

static void good_passwords_are_taken(void **state)
{
    static const char *const good[] = {
        "correct horse battery", "kx7-vq2-pm9",        "湖滨社区的灯今晚亮了吗",
        "Tr0ub4dor&3x",          "我家门前有两棵枣树", "zhang-and-wei-77",
        "7mJ#qa!2Lwz",           "ǅǆ水-kx7-vq2p",
    };
    (void)state;
    struct account_policy p = policy();
    p.password_least = 9;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        enum password_rule rule = password_judge(good[i], "zhangwei", "张伟", &p);
        if (rule != PASSWORD_RULE_COUNT)
            print_error("%s: %d\n", good[i], (int)rule);
        assert_int_equal(rule, PASSWORD_RULE_COUNT);
    }
    /* A login of two letters is in nearly every password. */
    assert_int_equal(password_judge("kx7-vq2-pm9", "vq", "", &p), PASSWORD_RULE_COUNT);
}

/* Nothing that is sent makes the judge read or write beside what it has. */
static void any_bytes_are_judged(void **state)
{
    (void)state;
    struct account_policy p = policy();
    char bytes[600];
    for (int i = 0; i < 300; i++) {
        size_t n = randombytes_uniform(sizeof bytes - 1);
        randombytes_buf(bytes, n);
        for (size_t k = 0; k < n; k++)
            bytes[k] = bytes[k] ? bytes[k] : 'x';
        bytes[n] = '\0';
        assert_in_range(password_judge(bytes, "zhangwei", bytes + n / 2, &p), 0,
                        PASSWORD_RULE_COUNT);
    }
}

static void an_initial_password_is_good_and_another_each_time(void **state)
{
    (void)state;
    struct account_policy p = policy();
    char one[INITIAL_PASSWORD_SIZE], other[INITIAL_PASSWORD_SIZE];
    for (int i = 0; i < 200; i++) {
        password_initial(one);
        password_initial(other);
        assert_string_not_equal(one, other);
        assert_int_equal(strlen(one), INITIAL_PASSWORD_SIZE - 1);
        assert_int_equal(password_judge(one, "zhangwei", "张伟", &p), PASSWORD_RULE_COUNT);
    }
}

static void each_rule_is_told_in_both_languages(void **state)
{
    (void)state;
    struct account_policy p = policy();
    struct arena *arena = arena_new();
    p.password_least = 14;
    for (int rule = 0; rule < PASSWORD_RULE_COUNT; rule++) {
        struct bilingual text = password_rule_text((enum password_rule)rule, &p, arena);
        assert_true(strlen(text.en) > 10 && strlen(text.zh) > 10);
    }
    assert_non_null(strstr(password_rule_text(PASSWORD_LENGTH, &p, arena).zh, "14"));
    arena_free(arena);
}

static void a_password_is_changed_when_it_is_initial_or_old(void **state)
{
    (void)state;
    struct account_policy p = policy();
    struct account account = {.password_at = NOW};
    assert_false(password_must_change(&account, &p, NOW + 3650 * DAY_MS)); /* no age is set */
    p.password_ms = 90 * DAY_MS;
    assert_false(password_must_change(&account, &p, NOW + 90 * DAY_MS - 1));
    assert_true(password_must_change(&account, &p, NOW + 90 * DAY_MS));
    account.demo = true; /* everybody knows it anyway */
    assert_false(password_must_change(&account, &p, NOW + 90 * DAY_MS));
    account.must_change = true;
    assert_true(password_must_change(&account, &p, NOW));
}

/* --- sessions --------------------------------------------------------------------------------- */

static void a_session_ends_however_often_it_is_renewed(void **state)
{
    (void)state;
    struct account_policy p = policy();
    struct session s = {.created_at = NOW, .issued_at = NOW};
    s.expires_at = session_end(&p, NOW, NOW);
    assert_int_equal(s.expires_at, NOW + p.token_ms);
    int64_t now = NOW;
    int renewals = 0;
    for (int64_t in; (in = session_renew_in(&p, &s, now)) >= 0; renewals++) {
        assert_in_range(in, 0, p.idle_ms); /* before it is idle */
        now += in;
        s.issued_at = now;
        s.expires_at = session_end(&p, s.created_at, now);
        assert_true(renewals < 1000);
    }
    assert_true(renewals > 2);
    assert_int_equal(s.expires_at, NOW + p.session_ms);
}

/* --- what is kept ----------------------------------------------------------------------------- */

struct guard_job {
    const char *login;
    struct login_guard guard;
};

static enum status put_guard(struct db *db, void *user)
{
    const struct guard_job *job = user;
    return store_login_guard_put(db, job->login, &job->guard, NOW - HOUR, NOW);
}

static void wrong_passwords_outlive_a_restart(void **state)
{
    struct fixture *f = *state;
    struct guard_job job = {"wang", {9, 4, NOW, 0}};
    assert_int_equal(store_write_wait(f->store, put_guard, &job), ST_OK);
    fixture_reopen(f);
    struct login_guard guard = store_login_guard(fixture_db(f), "wang");
    assert_int_equal(guard.account_id, 9);
    assert_int_equal(guard.wrong, 4);
    assert_int_equal(guard.since, NOW);
    assert_int_equal(store_login_guard(fixture_db(f), "Wang").wrong, 0);
}

static void unknown_logins_take_bounded_room_and_push_no_known_one_out(void **state)
{
    struct fixture *f = *state;
    struct guard_job known = {"wang", {9, 5, NOW - 2 * HOUR, NOW + HOUR}};
    struct guard_job unknown = {"x", {0, 1, NOW, 0}}, newest = {"y", {0, 1, NOW + 1, 0}};
    assert_int_equal(store_write_wait(f->store, put_guard, &known), ST_OK);
    assert_int_equal(store_write_wait(f->store, put_guard, &unknown), ST_OK);
    /* 9,999 more, somewhat later. */
    assert_int_equal(run_sql(f, "with recursive n(i) as (select 1 union all select i + 1 from n"
                                " where i < 9999) insert into login_guard select"
                                " cast(printf('%032d', i) as blob), 0, 1, 1795050000001, 0 from n"),
                     ST_OK);
    assert_int_equal(store_login_guard(fixture_db(f), "x").wrong, 1);
    assert_int_equal(store_write_wait(f->store, put_guard, &newest), ST_OK);
    assert_int_equal(store_login_guard(fixture_db(f), "wang").wrong, 5);
    assert_int_equal(store_login_guard(fixture_db(f), "x").wrong, 0); /* the oldest went */
    assert_int_equal(store_login_guard(fixture_db(f), "y").wrong, 1);
    assert_int_equal(one_number(f, "select count(*) from login_guard where account_id = 0"), 10000);
}

struct password_job {
    const char *old, *hash;
    int64_t at;
};

static enum status set_password(struct db *db, void *user)
{
    const struct password_job *job = user;
    return store_password_set(db, 9, job->old, job->hash, false, 3, job->at);
}

static enum status put_wang(struct db *db, void *user)
{
    const struct account account = {
        .id = 9, .login = "wang", .name = "王", .password_hash = "h0", .roles = 1};
    (void)user;
    return store_account_put(db, &account, true);
}

static void a_password_is_changed_from_the_one_it_was_made_from(void **state)
{
    struct fixture *f = *state;
    const char **old;
    struct password_job first = {"h0", "h1", NOW}, again = {"h0", "h2", NOW + 1},
                        others[] = {{"h1", "h2", NOW + 2}, {NULL, "h3", NOW + 3}};
    assert_int_equal(store_write_wait(f->store, put_wang, NULL), ST_OK);
    assert_int_equal(store_write_wait(f->store, set_password, &first), ST_OK);
    assert_int_equal(store_write_wait(f->store, set_password, &again), ST_STALE);
    assert_string_equal(store_account(fixture_db(f), 9, f->arena)->password_hash, "h1");
    assert_int_equal(store_passwords(fixture_db(f), 9, f->arena, &old), 1);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(store_write_wait(f->store, set_password, &others[i]), ST_OK);
    assert_int_equal(store_passwords(fixture_db(f), 9, f->arena, &old), 2); /* three with its own */
    assert_string_equal(old[0], "h2");
    assert_string_equal(old[1], "h1");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fifth_wrong_password_within_the_window_locks),
        cmocka_unit_test(wrong_passwords_of_another_window_do_not_count),
        cmocka_unit_test(after_a_lock_one_begins_at_one),
        cmocka_unit_test(bad_passwords_are_refused_by_the_rule_that_they_break),
        cmocka_unit_test(good_passwords_are_taken),
        cmocka_unit_test(any_bytes_are_judged),
        cmocka_unit_test(an_initial_password_is_good_and_another_each_time),
        cmocka_unit_test(each_rule_is_told_in_both_languages),
        cmocka_unit_test(a_password_is_changed_when_it_is_initial_or_old),
        cmocka_unit_test(a_session_ends_however_often_it_is_renewed),
        TEST(wrong_passwords_outlive_a_restart),
        TEST(unknown_logins_take_bounded_room_and_push_no_known_one_out),
        TEST(a_password_is_changed_from_the_one_it_was_made_from),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("accounts", tests, NULL, NULL);
}
