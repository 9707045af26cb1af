/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reference data, accounts, sessions, kept answers. */
#include "platform_store_fixture.h"

static enum status put_reference(struct db *db, void *user)
{
    (void)user;
    const struct region regions[] = {{"420281001", "金湖街道", 1}, {"420281", "大冶市", 0}};
    const struct unit units[] = {{15, 1, "住建局", "department", "/1/15/", "420281"},
                                 {1, 0, "市政府", "office", "/1/", ""}};
    const struct category category = {.code = "0102",
                                      .name = "供水",
                                      .industry = "housing",
                                      .limit = {3, LIMIT_DAYS},
                                      .dispatch_limit = {2, LIMIT_HOURS},
                                      .vital = true};
    const struct channel channel = {"12315", "12315热线", "sample"};
    const struct place place = {31, "湖滨路灯杆12号", "component", "420281001", "D12", 15, 7};
    enum status st = ST_OK;
    for (int i = 0; i < 2 && !st; i++)
        st = store_region_put(db, &regions[i]);
    for (int i = 0; i < 2 && !st; i++)
        st = store_unit_put(db, &units[i]);
    if (!st)
        st = store_category_put(db, &category);
    if (!st)
        st = store_channel_put(db, &channel);
    if (!st)
        st = store_place_put(db, &place);
    if (!st)
        st = store_holiday_put(db, 20000, true, "调休");
    return st ? st : store_holiday_put(db, 19999, false, "国庆");
}

static void count_place(void *user, const struct place *p)
{
    assert_string_equal(p->name, "湖滨路灯杆12号");
    assert_string_equal(p->component_code, "D12");
    assert_int_equal(p->owner_unit_id, 15);
    ++*(int *)user;
}

static void note_holiday(void *user, int32_t day, bool worked)
{
    int *seen = user;
    assert_int_equal(day, 19999 + *seen);
    assert_int_equal(worked, *seen == 1);
    ++*seen;
}

static void reference_data_come_back_in_order_and_are_replaced_by_key(void **state)
{
    struct fixture *f = *state;
    struct region *regions;
    struct unit *units;
    struct category *categories;
    struct channel *channels;
    int places = 0, holidays = 0;
    for (int i = 0; i < 2; i++)
        assert_int_equal(store_write_wait(f->store, put_reference, NULL), ST_OK);
    struct db *db = fixture_db(f);
    assert_int_equal(store_regions(db, f->arena, &regions), 2);
    assert_string_equal(regions[0].code, "420281");
    assert_string_equal(regions[1].name, "金湖街道");
    assert_int_equal(regions[1].level, 1);
    assert_int_equal(store_units(db, f->arena, &units), 2);
    assert_int_equal(units[1].id, 15);
    assert_int_equal(units[1].parent_id, 1);
    assert_string_equal(units[1].path, "/1/15/");
    assert_string_equal(units[1].kind, "department");
    assert_string_equal(units[1].region_code, "420281");
    assert_int_equal(store_categories(db, f->arena, &categories), 1);
    assert_string_equal(categories[0].industry, "housing");
    assert_int_equal(categories[0].limit.n, 3);
    assert_int_equal(categories[0].limit.unit, LIMIT_DAYS);
    assert_int_equal(categories[0].dispatch_limit.n, 2);
    assert_int_equal(categories[0].dispatch_limit.unit, LIMIT_HOURS);
    assert_true(categories[0].vital && !categories[0].life_safety);
    assert_int_equal(store_channels(db, f->arena, &channels), 1);
    assert_string_equal(channels[0].callback_policy, "sample");
    assert_int_equal(store_places_each(db, count_place, &places), ST_OK);
    assert_int_equal(places, 1);
    assert_int_equal(store_holidays_each(db, note_holiday, &holidays), ST_OK);
    assert_int_equal(holidays, 2);
    struct place *place = store_place(db, 31, f->arena);
    assert_string_equal(place->kind, "component");
    assert_string_equal(place->region_code, "420281001");
    assert_int_equal(place->popularity, 7);
    assert_null(store_place(db, 32, f->arena));
}

/* --- who is responsible ---------------------------------------------------------------------- */

static enum status put_responsibility(struct db *db, void *user)
{
    return store_responsibility_put(db, user);
}

static void only_responsibilities_that_could_apply_are_given(void **state)
{
    static const struct {
        const char *category, *region;
        int64_t owner, from, to;
        bool applies;
    } ROWS[] = {
        {"", "", 0, 0, 0, true},
        {"01", "", 0, 0, 0, true},
        {"010203", "420281001", 0, 0, 0, true},
        {"0103", "", 0, 0, 0, false},
        {"01020301", "", 0, 0, 0, false},
        {"", "420281002", 0, 0, 0, false},
        {"", "420281001002003", 0, 0, 0, false},
        {"", "", 15, 0, 0, true},
        {"", "", 16, 0, 0, false},
        {"", "", 0, NOW, 0, true},
        {"", "", 0, NOW + 1, 0, false},
        {"", "", 0, 0, NOW, false},
        {"", "", 0, 0, NOW + 1, true},
    };
    enum { COUNT = sizeof ROWS / sizeof ROWS[0] };
    struct fixture *f = *state;
    size_t expected = 0;
    for (size_t i = 0; i < COUNT; i++) {
        struct responsibility r = {.id = (int64_t)i + 1,
                                   .category_code = ROWS[i].category,
                                   .region_code = ROWS[i].region,
                                   .owner_unit_id = ROWS[i].owner,
                                   .unit_id = 100,
                                   .source = "list",
                                   .reason = "三定方案",
                                   .valid_from = ROWS[i].from,
                                   .valid_to = ROWS[i].to};
        assert_int_equal(store_write_wait(f->store, put_responsibility, &r), ST_OK);
        expected += ROWS[i].applies;
    }
    struct responsibility *found;
    size_t n =
        store_responsibilities(fixture_db(f), "010203", "420281001002", 15, NOW, f->arena, &found);
    assert_int_equal(n, expected);
    for (size_t i = 0; i < n; i++)
        assert_true(ROWS[found[i].id - 1].applies);
    assert_string_equal(found[0].reason, "三定方案");
}

static void a_responsibility_without_an_id_gets_one(void **state)
{
    struct fixture *f = *state;
    struct responsibility r = {.category_code = "",
                               .region_code = "",
                               .unit_id = 1,
                               .source = "list",
                               .reason = ""},
                          *found;
    assert_int_equal(store_write_wait(f->store, put_responsibility, &r), ST_OK);
    assert_int_equal(store_write_wait(f->store, put_responsibility, &r), ST_OK);
    assert_int_equal(store_responsibilities(fixture_db(f), "", "", 0, NOW, f->arena, &found), 2);
    assert_true(found[0].id > 0);
}

/* --- accounts and sessions ------------------------------------------------------------------- */

static void accounts_come_back_by_login_and_id(void **state)
{
    struct fixture *f = *state;
    struct job_account job = {{.id = 9,
                               .login = "wang",
                               .name = "王某",
                               .password_hash = "$argon2id$x",
                               .roles = BIT(ROLE_OPERATOR) | BIT(ROLE_ADMINISTRATOR),
                               .unit_id = 15,
                               .language = LANGUAGE_EN,
                               .demo = true},
                              true};
    assert_int_equal(store_write_wait(f->store, job_account, &job), ST_OK);
    struct account *a = store_account_by_login(fixture_db(f), "wang", f->arena);
    assert_int_equal(a->id, 9);
    assert_string_equal(a->password_hash, "$argon2id$x");
    assert_int_equal(a->roles, BIT(ROLE_OPERATOR) | BIT(ROLE_ADMINISTRATOR));
    assert_int_equal(a->unit_id, 15);
    assert_int_equal(a->language, LANGUAGE_EN);
    assert_true(a->demo && !a->disabled);
    assert_null(store_account_by_login(fixture_db(f), "Wang", f->arena));
    assert_null(store_account(fixture_db(f), 10, f->arena));
    job.account.id = 10; /* a login is one person's */
    assert_int_equal(store_write_wait(f->store, job_account, &job), ST_CONFLICT);
    job.account.id = 0;
    assert_int_equal(store_write_wait(f->store, job_account, &job), ST_INVALID);
    struct account *all;
    assert_int_equal(store_accounts(fixture_db(f), f->arena, &all), 1);
}

enum { IDLE_MS = 1000, SESSIONS_MOST = 3 };

struct job_session {
    unsigned char hash[HASH_SIZE];
    struct session session;
};

static struct job_session session_of(unsigned char token, int64_t from, int64_t until)
{
    return (struct job_session){.hash = {token},
                                .session = {.id = token,
                                            .account_id = 9,
                                            .created_at = from,
                                            .issued_at = from,
                                            .expires_at = until,
                                            .seen_at = from}};
}

static enum status put_session(struct db *db, void *user)
{
    const struct job_session *job = user;
    return store_session_put(db, job->hash, &job->session, SESSIONS_MOST, IDLE_MS);
}

static enum status end_session(struct db *db, void *user)
{
    const struct job_session *job = user;
    return store_session_end(db, &job->session);
}

static enum status see_session(struct db *db, void *user)
{
    const struct job_session *job = user;
    return store_session_seen(db, job->hash, NOW + 900);
}

static bool lives(struct fixture *f, const struct job_session *job, int64_t now)
{
    struct session found;
    return store_session(fixture_db(f), job->hash, now, IDLE_MS, &found) && found.account_id == 9;
}

static void a_session_lasts_until_it_expires_ends_or_its_account_is_disabled(void **state)
{
    struct fixture *f = *state;
    struct job_session a = session_of(1, NOW, NOW + 10), b = session_of(2, NOW + 20, NOW + 30),
                       none = session_of(0, NOW, NOW);
    put_account(f, 9, true, false);
    assert_int_equal(store_write_wait(f->store, put_session, &a), ST_OK);
    assert_true(lives(f, &a, NOW + 9));
    assert_false(lives(f, &a, NOW + 10));
    assert_false(lives(f, &none, NOW));
    assert_int_equal(store_write_wait(f->store, put_session, &b), ST_OK);
    assert_int_equal(one_number(f, "select count(*) from session"), 1); /* the dead one went */
    put_account(f, 9, true, true);
    assert_false(lives(f, &b, NOW + 25));
    put_account(f, 9, true, false);
    assert_true(lives(f, &b, NOW + 25));
    assert_int_equal(store_write_wait(f->store, end_session, &b), ST_OK);
    assert_false(lives(f, &b, NOW + 25));
}

static void a_session_that_nobody_uses_ends(void **state)
{
    struct fixture *f = *state;
    struct job_session a = session_of(1, NOW, NOW + 10000);
    put_account(f, 9, true, false);
    assert_int_equal(store_write_wait(f->store, put_session, &a), ST_OK);
    assert_true(lives(f, &a, NOW + 999));
    assert_false(lives(f, &a, NOW + 1000));
    assert_int_equal(store_write_wait(f->store, see_session, &a), ST_OK);
    assert_true(lives(f, &a, NOW + 1899));
    assert_false(lives(f, &a, NOW + 1900));
}

static void the_oldest_session_ends_for_one_too_many(void **state)
{
    struct fixture *f = *state;
    struct job_session jobs[SESSIONS_MOST + 1];
    struct session *listed;
    put_account(f, 9, true, false);
    for (unsigned char i = 0; i <= SESSIONS_MOST; i++) {
        jobs[i] = session_of((unsigned char)(i + 1), NOW + i, NOW + 500);
        assert_int_equal(store_write_wait(f->store, put_session, &jobs[i]), ST_OK);
    }
    assert_false(lives(f, &jobs[0], NOW + 10));
    for (size_t i = 1; i <= SESSIONS_MOST; i++)
        assert_true(lives(f, &jobs[i], NOW + 10));
    assert_int_equal(store_sessions(fixture_db(f), 9, NOW + 10, IDLE_MS, f->arena, &listed),
                     SESSIONS_MOST);
    assert_int_equal(listed[0].id, SESSIONS_MOST + 1); /* the newest first */
}

/* --- kept answers ---------------------------------------------------------------------------- */

struct job_answer {
    int64_t account_id;
    const char *key;
    struct kept_answer answer;
    int64_t at;
};

static enum status put_answer(struct db *db, void *user)
{
    const struct job_answer *job = user;
    return store_answer_put(db, job->account_id, job->key, &job->answer, job->at);
}

static enum status expire_answers(struct db *db, void *user)
{
    return store_answers_expire(db, *(int64_t *)user);
}

static void an_idempotency_key_is_scoped_to_the_account(void **state)
{
    struct fixture *f = *state;
    struct job_answer a = {1, "key", {{5}, 201, 42, 3, ""}, NOW};
    struct job_answer b = {2, "key", {{6}, 409, 0, 0, "stale"}, NOW + 10};
    assert_int_equal(store_write_wait(f->store, put_answer, &a), ST_OK);
    assert_int_equal(store_write_wait(f->store, put_answer, &b), ST_OK);
    assert_int_equal(store_write_wait(f->store, put_answer, &a), ST_CONFLICT);
    struct db *db = fixture_db(f);
    struct kept_answer *kept = store_answer(db, 1, "key", f->arena);
    assert_int_equal(kept->http_status, 201);
    assert_int_equal(kept->object_id, 42);
    assert_int_equal(kept->version, 3);
    assert_memory_equal(kept->body_hash, a.answer.body_hash, HASH_SIZE);
    assert_string_equal(kept->problem, "");
    assert_string_equal(store_answer(db, 2, "key", f->arena)->problem, "stale");
    assert_null(store_answer(db, 3, "key", f->arena));
    assert_null(store_answer(db, 1, "Key", f->arena));
    int64_t before = NOW + 10;
    assert_int_equal(store_write_wait(f->store, expire_answers, &before), ST_OK);
    assert_null(store_answer(db, 1, "key", f->arena));
    assert_non_null(store_answer(db, 2, "key", f->arena));
}

static enum status put_access(struct db *db, void *user)
{
    (void)user;
    return store_access_put(db, 1, "reveal", 2, 3, 4, NOW);
}

static enum status put_meta(struct db *db, void *user)
{
    return store_meta_set(db, "city_name", user);
}

static void small_facts_and_the_access_log_are_kept(void **state)
{
    struct fixture *f = *state;
    char first[] = "大冶", second[] = "大冶市";
    assert_null(store_meta_get(fixture_db(f), "city_name", f->arena));
    assert_int_equal(store_write_wait(f->store, put_meta, first), ST_OK);
    assert_int_equal(store_write_wait(f->store, put_meta, second), ST_OK);
    assert_string_equal(store_meta_get(fixture_db(f), "city_name", f->arena), "大冶市");
    assert_int_equal(store_write_wait(f->store, put_access, NULL), ST_OK);
    assert_int_equal(store_write_wait(f->store, put_access, NULL), ST_OK);
    assert_int_equal(one_number(f, "select count(*) from access_log where kind='reveal' and"
                                   " account_id=1 and order_id=2 and person_id=3 and"
                                   " reason_statement_id=4"),
                     2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(reference_data_come_back_in_order_and_are_replaced_by_key),
        TEST(only_responsibilities_that_could_apply_are_given),
        TEST(a_responsibility_without_an_id_gets_one),
        TEST(accounts_come_back_by_login_and_id),
        TEST(a_session_lasts_until_it_expires_ends_or_its_account_is_disabled),
        TEST(a_session_that_nobody_uses_ends),
        TEST(the_oldest_session_ends_for_one_too_many),
        TEST(an_idempotency_key_is_scoped_to_the_account),
        TEST(small_facts_and_the_access_log_are_kept),
    };
    return cmocka_run_group_tests_name("store: reference data", tests, NULL, NULL);
}
