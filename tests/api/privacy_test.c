/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Citizens over the wire: who finds them, who reads who looked, what is on the disk, and what is
 * left when they are forgotten. */
#include "tests/api/attack.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME         "欧阳查无"
#define PHONE        "13907230717"
#define SECRET       "司徒无名"
#define SECRET_PHONE "16612344321"
#define IDENTITY     "11010519491231002X"
#define SENTENCE     "楼下的水管裂了三天"

static struct test_platform *platform;

static int setup(void **state)
{
    (void)state;
    platform = test_platform_start(ATTACK_CLOCK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return test_platform_stop(platform) ? 0 : -1;
}

/* `more` goes on with the members of the body. */
static struct test_reply intake_of(const char *name, const char *phone, const char *more)
{
    return test_post(platform, test_login(platform, "operator"), "/appeals",
                     "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"%s\","
                     "\"name\":\"%s\",\"identity\":\"11010519491231002x\","
                     "\"region\":\"420281003001\",\"place_text\":\"后街%s家\","
                     "\"category\":\"010101\",\"words\":\"我是%"
                     "s，想问一问小区停水以后什么时候才能来水，" SENTENCE "，电话%s\",%s}",
                     phone, name, name, name, phone, more);
}

static struct test_reply intake(const char *more)
{
    return intake_of(NAME, PHONE, more);
}

static int64_t taken(struct test_reply reply, char number[24])
{
    if (reply.status != 201)
        fail_msg("%d %s", reply.status, reply.text);
    int64_t id = json_int(reply.json, "id", 0);
    (void)snprintf(number, 24, "%s", json_text(reply.json, "number", ""));
    test_reply_free(&reply);
    return id;
}

static int64_t take(const char *more, char number[24])
{
    return taken(intake(more), number);
}

static void expect(struct test_reply reply, int status, const char *problem)
{
    if (reply.status != status || strcmp(test_problem(&reply), problem) != 0)
        fail_msg("%d %s, not %d %s", reply.status, reply.text, status, problem);
    test_reply_free(&reply);
}

static const cJSON *items(const struct test_reply *reply)
{
    return cJSON_GetObjectItemCaseSensitive(reply->json, "items");
}

static int64_t access_lines(const char *query)
{
    struct test_reply reply =
        test_get(platform, test_login(platform, "auditor"), "/access?limit=200&%s", query);
    if (reply.status != 200)
        fail_msg("/access?%s gave %d %s", query, reply.status, reply.text);
    int64_t count = cJSON_GetArraySize(items(&reply));
    test_reply_free(&reply);
    return count;
}

static bool file_holds(const char *path, const char *text)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    assert_int_equal(fstat(fd, &st), 0);
    char *bytes = malloc((size_t)st.st_size + 1);
    assert_non_null(bytes);
    ssize_t n = read(fd, bytes, (size_t)st.st_size);
    close(fd);
    bool found = n > 0 && memmem(bytes, (size_t)n, text, strlen(text));
    free(bytes);
    return found;
}

static void nothing_in_files(const char *text)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock", ".key"};
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        char path[600];
        (void)snprintf(path, sizeof path, "%s%s", platform->database, ENDS[i]);
        if (file_holds(path, text))
            fail_msg("%s stands in %s", text, path);
    }
    if (file_holds(platform->log, text))
        fail_msg("%s stands in the log", text);
}

/* --- numbers ---------------------------------------------------------------------------------- */

static int64_t found(const char *login, const char *body)
{
    struct test_reply reply =
        test_post(platform, test_login(platform, login), "/callers/lookup", "%s", body);
    if (reply.status != 200)
        fail_msg("%s: %d %s", login, reply.status, reply.text);
    int64_t count = cJSON_GetArraySize(items(&reply));
    test_reply_free(&reply);
    return count;
}

static void a_citizen_is_found_by_a_whole_number_by_who_takes_calls(void **state)
{
    (void)state;
    char number[24];
    take("\"next\":\"dispatch\"", number);
    int64_t before = access_lines("kind=search");
    assert_int_equal(found("operator", "{\"phone\":\"139-0723-0717\"}"), 1);
    assert_int_equal(found("callback", "{\"identity\":\"11010519491231002x\"}"), 1);
    assert_int_equal(found("operator", "{\"phone\":\"1390723071\"}"), 0);
    assert_int_equal(found("operator", "{\"phone\":\"0723\"}"), 0);
    assert_int_equal(found("operator", "{\"identity\":\"440524188001010014\"}"), 0);
    assert_int_equal(access_lines("kind=search"), before + 5);
    expect(test_post(platform, test_login(platform, "operator"), "/callers/lookup", "{}"), 422,
           "field-missing");
    expect(test_post(platform, test_login(platform, "operator"), "/callers/lookup",
                     "{\"identity\":\"110105194912310021\"}"),
           422, "field-format");
    /* Nobody else learns even whether somebody is there; and it is no search. */
    static const char *const others[] = {"dispatcher", "handler", "supervisor",
                                         "conference", "auditor", "admin"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        expect(test_post(platform, test_login(platform, others[i]), "/callers/lookup",
                         "{\"phone\":\"" PHONE "\"}"),
               403, "forbidden");
    assert_int_equal(access_lines("kind=search"), before + 5);
}

static void an_identity_number_is_checked_masked_and_revealed(void **state)
{
    (void)state;
    char number[24], path[64];
    struct test_reply reply =
        test_post(platform, test_login(platform, "operator"), "/appeals",
                  "{\"channel\":\"hotline12345\",\"kind\":\"help\",\"identity\":\"123\","
                  "\"region\":\"420281003001\",\"category\":\"010101\",\"words\":\"停水\","
                  "\"next\":\"keep\"}");
    assert_string_equal(json_text(reply.json, "field", ""), "identity");
    expect(reply, 422, "field-format");
    int64_t id = take("\"next\":\"dispatch\"", number);
    (void)snprintf(path, sizeof path, "/orders/%" PRId64, id);
    reply = test_get(platform, test_login(platform, "supervisor"), "%s", path);
    assert_null(strstr(reply.text, IDENTITY));
    assert_null(strstr(reply.text, PHONE));
    assert_null(strstr(reply.text, NAME));
    assert_non_null(strstr(reply.text, "110*************2X"));
    test_reply_free(&reply);
    (void)snprintf(path, sizeof path, "/orders/%s/reveal", number);
    reply = test_post(platform, test_login(platform, "callback"), path,
                      "{\"reason\":\"核对" NAME "的身份证" IDENTITY "\"}");
    if (reply.status == 0 || !strstr(reply.text, IDENTITY))
        fail_msg("%d %s", reply.status, reply.text);
    test_reply_free(&reply);
}

/* --- who looked ------------------------------------------------------------------------------- */

static void the_auditor_alone_reads_who_looked(void **state)
{
    (void)state;
    char number[24], query[200];
    take("\"next\":\"dispatch\"", number);
    struct test_reply reply = test_http(platform, &(struct test_request){.path = "/access"});
    expect(reply, 401, "unauthenticated");
    static const char *const others[] = {"operator",   "dispatcher", "handler", "callback",
                                         "supervisor", "conference", "admin"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        expect(test_get(platform, test_login(platform, others[i]), "/access"), 403, "forbidden");
    char path[64];
    (void)snprintf(path, sizeof path, "/orders/%s/reveal", number);
    reply = test_post(platform, test_login(platform, "callback"), path,
                      "{\"reason\":\"" NAME "来电，号码" PHONE "\"}");
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
    (void)snprintf(query, sizeof query,
                   "kind=reveal&account=callback&order=%s&from=2026-11-18&to="
                   "2026-11-18",
                   number);
    reply = test_get(platform, test_login(platform, "auditor"), "/access?%s", query);
    assert_int_equal(cJSON_GetArraySize(items(&reply)), 1);
    const cJSON *line = cJSON_GetArrayItem(items(&reply), 0);
    assert_string_equal(json_text(line, "order", ""), number);
    assert_string_equal(json_text(line, "kind", ""), "reveal");
    assert_string_equal(json_text(line, "kind_label", ""), "查看个人信息");
    assert_string_equal(json_text(line, "reason", ""), "****来电，号码***********");
    assert_null(strstr(reply.text, NAME));
    assert_null(strstr(reply.text, PHONE));
    test_reply_free(&reply);
    (void)snprintf(query, sizeof query, "order=%s&to=2026-11-17", number);
    assert_int_equal(access_lines(query), 0);
    (void)snprintf(query, sizeof query, "order=%s&account=operator", number);
    assert_int_equal(access_lines(query), 0);
    /* The auditor sees the log, and no order. */
    expect(test_get(platform, test_login(platform, "auditor"), "/orders/%s", number), 404,
           "not-found");
    reply = test_get(platform, test_login(platform, "auditor"), "/me");
    assert_non_null(strstr(reply.text, "\"access\""));
    test_reply_free(&reply);
    reply = test_get(platform, test_login(platform, "supervisor"), "/me");
    assert_null(strstr(reply.text, "\"access\""));
    test_reply_free(&reply);
}

/* Page by page the same lines as at once, newest first, while more come in. */
static void the_log_is_read_in_pages(void **state)
{
    (void)state;
    char after[64] = "";
    int64_t seen = 0, all, last_at = INT64_MAX, last_id = INT64_MAX;
    for (int i = 0; i < 7; i++)
        found("operator", "{\"phone\":\"" PHONE "\"}");
    all = access_lines("kind=search");
    do {
        struct test_reply reply =
            test_get(platform, test_login(platform, "auditor"), "/access?kind=search&limit=3%s%s",
                     *after ? "&after=" : "", after);
        const cJSON *line;
        assert_true(cJSON_GetArraySize(items(&reply)) <= 3);
        cJSON_ArrayForEach(line, items(&reply))
        {
            int64_t at = json_time(line, "at"), id = json_int(line, "id", 0);
            assert_true(at < last_at || (at == last_at && id < last_id));
            last_at = at;
            last_id = id;
            seen++;
        }
        (void)snprintf(after, sizeof after, "%s", json_text(reply.json, "next", ""));
        test_reply_free(&reply);
        found("operator", "{\"phone\":\"" PHONE "\"}");
    } while (*after);
    assert_int_equal(seen, all);
}

static void a_wrong_question_to_the_log_is_refused(void **state)
{
    static const struct {
        const char *query, *field;
    } wrong[] = {{"kind=anything", "kind"},     {"account=nobody", "account"},
                 {"account=999999", "account"}, {"order=261118-9999-9", "order"},
                 {"order=x", "order"},          {"order=-", "order"},
                 {"from=yesterday", "from"},    {"to=2026-02-30", "to"},
                 {"after=x", "after"},          {"after=1.", "after"},
                 {"limit=0", "limit"},          {"limit=201", "limit"},
                 {"phone=" PHONE, "phone"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct test_reply reply =
            test_get(platform, test_login(platform, "auditor"), "/access?%s", wrong[i].query);
        if (reply.status != 422 || strcmp(json_text(reply.json, "field", ""), wrong[i].field) != 0)
            fail_msg("%s gave %d %s", wrong[i].query, reply.status, reply.text);
        test_reply_free(&reply);
    }
}

/* Of all check digits one makes a number: whether an order has it is not told. */
static void the_log_does_not_tell_which_orders_there_are(void **state)
{
    (void)state;
    int good = 0;
    for (int digit = 0; digit < 10; digit++) {
        struct test_reply reply = test_get(platform, test_login(platform, "auditor"),
                                           "/access?order=261118-9998-%d", digit);
        if (reply.status == 200) {
            good++;
            assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(reply.json, "items")), 0);
            assert_true(cJSON_IsNull(cJSON_GetObjectItem(reply.json, "next")));
        } else {
            assert_int_equal(reply.status, 422);
        }
        test_reply_free(&reply);
    }
    assert_int_equal(good, 1);
    struct test_reply reply =
        test_get(platform, test_login(platform, "auditor"), "/access?order=4711");
    assert_int_equal(reply.status, 200);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(reply.json, "items")), 0);
    test_reply_free(&reply);
}

/* --- confidential ----------------------------------------------------------------------------- */

static void does_not_read(const char *login, const char *path)
{
    static const char *const HIDDEN[] = {"司徒", "徒无", "无名", SECRET_PHONE, "166*", "4321"};
    struct test_reply reply = test_get(platform, test_login(platform, login), "%s", path);
    for (size_t i = 0; i < sizeof HIDDEN / sizeof HIDDEN[0]; i++)
        if (strstr(reply.text, HIDDEN[i]))
            fail_msg("%s reads %s in %s: %s", login, HIDDEN[i], path, reply.text);
    test_reply_free(&reply);
}

/* Nothing is left of a confidential citizen for a unit, wherever it looks. */
static void a_unit_reads_nothing_of_a_confidential_citizen(void **state)
{
    static const char *const paths[] = {"/orders/%s",
                                        "/orders/%s/events",
                                        "/orders/%s/why?of=mask",
                                        "/orders?view=handling&limit=200",
                                        "/orders?view=all&limit=200",
                                        "/orders?q=16612344321",
                                        "/orders?q=%%E5%%8F%%B8%%E5%%BE%%92",
                                        "/changes?wait=0&cursor=0",
                                        "/me"};
    (void)state;
    char number[24], path[120];
    int64_t id = taken(
        intake_of(SECRET, SECRET_PHONE, "\"next\":\"dispatch\",\"confidential\":true"), number);
    struct test_reply reply =
        test_act(platform, test_login(platform, "dispatcher"), id, 2, "dispatch", "{\"unit\":201}");
    if (reply.status != 200)
        fail_msg("%s", reply.text);
    int64_t version = reply.version;
    test_reply_free(&reply);
    reply = test_act(platform, test_login(platform, "handler"), id, version, "sign", "{}");
    version = reply.version;
    test_reply_free(&reply);
    expect(test_act(platform, test_login(platform, "handler"), id, version, "handle",
                    "{\"result\":\"已联系" SECRET "，" SECRET_PHONE "，" IDENTITY "\"}"),
           200, "");
    static const char *const units[] = {"handler", "conference"};
    for (size_t u = 0; u < 2; u++)
        for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            (void)snprintf(path, sizeof path, paths[i], number);
#pragma GCC diagnostic pop
            does_not_read(units[u], path);
        }
    (void)snprintf(path, sizeof path, "/orders/%s/reveal", number);
    expect(test_post(platform, test_login(platform, "handler"), path, "{\"reason\":\"核实\"}"), 403,
           "confidential");
    expect(test_get(platform, test_login(platform, "handler"), "/access"), 403, "forbidden");
}

/* --- on the disk ------------------------------------------------------------------------------ */

static void change_city(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(platform->database, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void a_row_that_does_not_open_answers_500_and_nothing_of_it(void **state)
{
    (void)state;
    char number[24], sql[300];
    int64_t id = take("\"next\":\"dispatch\"", number);
    (void)snprintf(sql, sizeof sql,
                   "create table kept as select * from person; update person set sealed ="
                   " cast(substr(sealed, 1, length(sealed) - 4) || x'00000000' as blob) where id = "
                   "(select p.person_id from appeal p join appeal_order l on"
                   " l.appeal_id = p.id where l.order_id = %" PRId64 ")",
                   id);
    change_city(sql);
    expect(test_get(platform, test_login(platform, "operator"), "/orders/%s", number), 500,
           "internal");
    expect(test_get(platform, test_login(platform, "operator"), "/orders/%s/events", number), 500,
           "internal");
    char path[64];
    (void)snprintf(path, sizeof path, "/orders/%s/reveal", number);
    int64_t before = access_lines("kind=reveal");
    expect(test_post(platform, test_login(platform, "callback"), path, "{\"reason\":\"核实\"}"),
           500, "internal");
    assert_int_equal(access_lines("kind=reveal"), before);
    assert_true(file_holds(platform->log, "does not open"));
    change_city("update person set sealed = (select k.sealed from kept k where k.id = person.id);"
                "drop table kept");
    /* The rest of the city goes on. */
    take("\"next\":\"dispatch\"", number);
    struct test_reply reply =
        test_get(platform, test_login(platform, "operator"), "/orders/%s", number);
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
}

static void neither_files_nor_log_hold_personal_data(void **state)
{
    (void)state;
    char number[24];
    take("\"next\":\"dispatch\",\"source_no\":\"HB-1\"", number);
    test_reply_free(
        &(struct test_reply[]){intake("\"next\":\"dispatch\",\"source_no\":\"HB-1\"")}[0]);
    test_reply_free(&(struct test_reply[]){intake("\"next\":\"" PHONE "\"")}[0]);
    test_reply_free(&(struct test_reply[]){intake(PHONE)}[0]);
    static const char *const paths[] = {"/orders/" PHONE, "/" PHONE, "/orders?q=" PHONE,
                                        "/addresses/complete?q=" PHONE, "/orders?" PHONE "=1"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        test_reply_free(&(struct test_reply[]){
            test_get(platform, test_login(platform, "operator"), "%s", paths[i])}[0]);
    nothing_in_files(PHONE);
    nothing_in_files(NAME);
    nothing_in_files(IDENTITY);
    nothing_in_files(SENTENCE);
}

/* --- forgotten -------------------------------------------------------------------------------- */

static void what_is_anonymised_still_opens_and_tells_that_it_is(void **state)
{
    (void)state;
    char number[24], path[64];
    char *output = NULL;
    int64_t id = take("\"next\":\"answer\",\"answer\":\"" NAME "，已答复\"", number);
    (void)snprintf(path, sizeof path, "/orders/%s/reveal", number);
    expect(test_post(platform, test_login(platform, "callback"), path, "{\"reason\":\"核实\"}"),
           200, "");
    struct test_reply reply =
        test_get(platform, test_login(platform, "supervisor"), "/orders/%s", number);
    int64_t version = reply.version;
    test_reply_free(&reply);
    expect(test_act(platform, test_login(platform, "supervisor"), id, version, "archive", "{}"),
           200, "");
    test_platform_kill(platform);
    const char *const dry[] = {"anonymise", "--db", platform->database, "--older-than", "2y",
                               "--dry-run", NULL};
    const char *const anonymise[] = {"anonymise",    "--db", platform->database,
                                     "--older-than", "2y",   NULL};
    /* Two years and a day later, but for the one that ended at the end. */
    assert_int_equal(test_minqingd(anonymise, "start=2028-11-18T09:00:00+08:00", &output), 0);
    free(output);
    assert_int_equal(test_minqingd(dry, "start=2028-11-19T09:00:00+08:00", &output), 0);
    assert_null(strstr(output, "\n0 orders"));
    char *would = strstr(output, " would be");
    assert_non_null(would);
    *would = '\0';
    char expected[64];
    (void)snprintf(expected, sizeof expected, "%s anonymised\n", output);
    free(output);
    assert_int_equal(test_minqingd(anonymise, "start=2028-11-19T09:00:00+08:00", &output), 0);
    assert_non_null(strstr(output, expected));
    free(output);
    assert_int_equal(test_minqingd(anonymise, "start=2028-11-19T09:00:00+08:00", &output), 0);
    assert_non_null(strstr(output, "0 orders anonymised"));
    free(output);
    assert_true(test_platform_check(platform));
    assert_true(test_platform_restart(platform));
    reply = test_get(platform, test_login(platform, "operator"), "/orders/%s", number);
    assert_int_equal(reply.status, 200);
    assert_string_equal(json_text(reply.json, "state", ""), "archived");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(
        cJSON_GetArrayItem(cJSON_GetObjectItem(reply.json, "appeals"), 0), "person")));
    assert_non_null(strstr(reply.text, "不再保存"));
    assert_null(strstr(reply.text, "欧"));
    assert_null(strstr(reply.text, "后街"));
    test_reply_free(&reply);
    reply = test_get(platform, test_login(platform, "operator"), "/orders/%s/events", number);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(reply.text, "\"anonymise\""));
    test_reply_free(&reply);
    expect(test_post(platform, test_login(platform, "callback"), path, "{\"reason\":\"核实\"}"),
           404, "no-person");
    char query[64];
    (void)snprintf(query, sizeof query, "order=%s&kind=anonymise", number);
    assert_int_equal(access_lines(query), 1);
    /* The log still tells that somebody looked, but not the words of the reason. */
    reply =
        test_get(platform, test_login(platform, "auditor"), "/access?kind=reveal&order=%s", number);
    assert_non_null(strstr(reply.text, "不再保存"));
    test_reply_free(&reply);
}

static void an_age_that_the_settings_forbid_is_refused(void **state)
{
    (void)state;
    char *output = NULL;
    const char *const lately[] = {"anonymise",    "--db", platform->database,
                                  "--older-than", "30d",  NULL};
    const char *const none[] = {"anonymise", "--db", platform->database, NULL};
    const char *const running[] = {"anonymise",    "--db", platform->database,
                                   "--older-than", "9y",   NULL};
    assert_int_equal(test_minqingd(lately, NULL, &output), 1);
    assert_non_null(strstr(output, "365 days"));
    free(output);
    assert_int_equal(test_minqingd(none, NULL, &output), 2);
    assert_non_null(strstr(output, "--older-than"));
    free(output);
    assert_int_equal(test_minqingd(running, NULL, &output), 1);
    assert_non_null(strstr(output, "another platform"));
    free(output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_citizen_is_found_by_a_whole_number_by_who_takes_calls),
        cmocka_unit_test(an_identity_number_is_checked_masked_and_revealed),
        cmocka_unit_test(the_auditor_alone_reads_who_looked),
        cmocka_unit_test(the_log_is_read_in_pages),
        cmocka_unit_test(a_wrong_question_to_the_log_is_refused),
        cmocka_unit_test(the_log_does_not_tell_which_orders_there_are),
        cmocka_unit_test(a_unit_reads_nothing_of_a_confidential_citizen),
        cmocka_unit_test(neither_files_nor_log_hold_personal_data),
        cmocka_unit_test(a_row_that_does_not_open_answers_500_and_nothing_of_it),
        cmocka_unit_test(an_age_that_the_settings_forbid_is_refused),
        cmocka_unit_test_setup_teardown(what_is_anonymised_still_opens_and_tells_that_it_is, NULL,
                                        NULL),
    };
    return cmocka_run_group_tests_name("personal data", tests, setup, teardown);
}
