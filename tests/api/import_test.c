/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minqingd import and export as people run them, and what the platform makes of imported orders.
 * The whole of the real appeals where MINQING_TEST_DATA names the directory that holds them. */
#include "tests/lib/platform.h"
#include "tests/lib/platform_private.h"
#include <fcntl.h>
#include <iconv.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct test_platform *platform; /* between the tests it does not run */
static char *output;                   /* of the last command */

static int setup(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    platform = test_platform_start(NULL);
    test_platform_kill(platform);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(output);
    return test_platform_stop(platform) ? 0 : -1;
}

/* The path of a file beside the database; freed with the test's directory, in memory never. */
static const char *beside(const char *name)
{
    static char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", platform->directory, name);
    return path;
}

static char *put(const char *name, const char *text)
{
    char *path = test_text("%s", beside(name));
    test_write_file(path, text);
    return path;
}

/* Runs "import KIND FILE" with more words; the exit status. */
static int import(const char *kind, const char *file, const char *const *more)
{
    const char *words[24] = {"import", kind, file, "--db", platform->database};
    for (size_t n = 5; more && *more && n < 23; n++)
        words[n] = *more++;
    free(output);
    return test_minqingd(words, NULL, &output);
}
#define MORE(...) ((const char *const[]){__VA_ARGS__, NULL})
#define BOARD     MORE("--channel", "people_board")

static bool said(const char *part)
{
    if (strstr(output, part))
        return true;
    print_error("\"%s\" is not in: %s\n", part, output);
    return false;
}

static int64_t count(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(platform->database, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    int64_t number =
        sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

/* --- imported orders in the platform ---------------------------------------------------------- */

static cJSON *get(const char *login, const char *path)
{
    struct test_reply reply = test_get(platform, test_login(platform, login), "%s", path);
    if (reply.status != 200)
        fail_msg("%s: %d %s", path, reply.status, reply.text);
    cJSON *json = reply.json;
    reply.json = NULL;
    test_reply_free(&reply);
    return json;
}

static void act(const char *login, int64_t id, int64_t *version, const char *action,
                const char *body, const char *problem)
{
    struct test_reply reply =
        test_act(platform, test_login(platform, login), id, *version, action, "%s", body);
    assert_string_equal(test_problem(&reply), problem);
    if (!*problem)
        *version = json_int(reply.json, "version", 0);
    test_reply_free(&reply);
}

static void an_imported_order_is_listed_opened_completed_and_dispatched(void **state)
{
    (void)state;
    char *file = put("three.csv", "id,user,title,time,detail\n"
                                  "1,A001,路灯不亮,2019-02-28 11:25:05,路口的灯坏了\n"
                                  "2,A002,停水,2026-01-05 08:00:00,\"停水两天\n电话13812345678\"\n"
                                  "3,A003,噪声,2026-01-06 08:00:00,夜里施工\n");
    assert_int_equal(import("appeals", file, BOARD), 0);
    assert_true(said("3 rows: 3 new, 0 changed, 0 unchanged, 0 rejected\n"));
    assert_true(test_platform_restart(platform));
    cJSON *list = get("operator", "/orders?view=intake&unclassified=1&channel=people_board");
    const cJSON *items = cJSON_GetObjectItem(list, "items"), *row;
    assert_int_equal(cJSON_GetArraySize(items), 3);
    int64_t id = 0, version = 0;
    cJSON_ArrayForEach(row, items)
    {
        assert_string_equal(json_text(cJSON_GetObjectItem(row, "category"), "code", "?"), "");
        assert_string_equal(json_text(cJSON_GetObjectItem(row, "region"), "code", "?"), "420281");
        if (strstr(json_text(row, "title", ""), "停水"))
            id = json_int(row, "id", 0);
    }
    cJSON_Delete(list);
    char path[64];
    (void)snprintf(path, sizeof path, "/orders/%" PRId64, id);
    /* Overdue for long: the timers of its own time run now. */
    assert_true(TEST_WAIT(count("select count(*) from orders where channel = 'people_board' and"
                                " category_code = '' and card = 'red'") == 3));
    cJSON *order = get("operator", path);
    version = json_int(order, "version", 0);
    const cJSON *appeal = cJSON_GetArrayItem(cJSON_GetObjectItem(order, "appeals"), 0);
    assert_string_equal(json_text(appeal, "source_no", ""), "2");
    assert_string_equal(json_text(appeal, "words", ""), "停水\n停水两天\n电话138****5678");
    assert_string_equal(json_text(cJSON_GetObjectItem(appeal, "person"), "name", ""), "A***");
    cJSON_Delete(order);
    static const char *const whys[] = {"deadline", "state", "suggestion", "mask"};
    for (size_t i = 0; i < sizeof whys / sizeof whys[0]; i++) {
        (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/why?of=%s", id, whys[i]);
        cJSON_Delete(get("operator", path));
    }
    act("operator", id, &version, "submit", "{}", "unclassified");
    act("operator", id, &version, "classify", "{}", "field-missing");
    act("operator", id, &version, "classify", "{\"category\":\"01\"}", "field-reference");
    act("handler", id, &version, "classify", "{\"category\":\"010101\"}", "not-found");
    act("operator", id, &version, "classify",
        "{\"category\":\"010101\",\"place_text\":\"湖滨路，A002家，13812345678\"}", "");
    act("operator", id, &version, "submit", "{}", "");
    act("dispatcher", id, &version, "classify", "{\"complex\":true}", "");
    act("dispatcher", id, &version, "dispatch", "{\"unit\":201}", "");
    (void)snprintf(path, sizeof path, "/orders/%" PRId64, id);
    order = get("dispatcher", path);
    assert_string_equal(json_text(order, "state", ""), "in_hand");
    assert_string_equal(json_text(cJSON_GetObjectItem(order, "category"), "code", ""), "010101");
    assert_null(strstr(json_text(order, "place", ""), "A002"));
    assert_null(strstr(json_text(order, "place", ""), "13812345678"));
    cJSON_Delete(order);
    (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/events", id);
    cJSON_Delete(get("dispatcher", path));
    cJSON *board = get("supervisor", "/board?by=category");
    bool found = false;
    cJSON_ArrayForEach(row,
                       cJSON_GetObjectItem(board, "items")) if (strcmp(json_text(row, "query", ""),
                                                                       "unclassified=1") == 0)
    {
        found = true;
        assert_int_equal(json_int(row, "total", 0), 2);
        assert_true(*json_text(row, "label", ""));
    }
    assert_true(found);
    cJSON_Delete(board);
    cJSON_Delete(get("supervisor", "/board?by=street"));
    /* Beside a running platform nothing is imported. */
    assert_int_equal(import("appeals", file, BOARD), 1);
    assert_true(said("is open in another platform"));
    test_platform_kill(platform);
    assert_true(test_platform_check(platform));
    free(file);
}

/* --- broken off ------------------------------------------------------------------------------- */

static void a_run_that_is_killed_is_run_again_and_repeats_nothing(void **state)
{
    (void)state;
    enum { LINES = 3000, FIRST = 1700 };
    char *fifo = test_text("%s", beside("fifo")), *whole = test_text("%s", beside("whole.csv"));
    char *log = test_text("%s", beside("killed.log"));
    int64_t before = count("select count(*) from place");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    FILE *file = fopen(whole, "we");
    assert_non_null(file);
    (void)fputs("name\n", file);
    for (int i = 0; i < LINES; i++)
        (void)fprintf(file, "导入小区%d\n", i);
    assert_int_equal(fclose(file), 0);
    const char *const words[] = {"import", "places", fifo,   "--region",         "420281",
                                 "--kind", "estate", "--db", platform->database, NULL};
    pid_t pid = test_spawn(words, NULL, log);
    /* Open for both, so that neither end waits for the other. */
    int fd = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    assert_true(fd >= 0);
    char line[64] = "name\n";
    for (int i = 0; i < LINES * 8; i++) { /* the reader waits for a block */
        assert_true(TEST_WAIT(write(fd, line, strlen(line)) > 0));
        (void)snprintf(line, sizeof line, "导入小区%d\n", i % FIRST);
    }
    assert_true(TEST_WAIT(count("select count(*) from place") > before));
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(test_wait_child(pid, TEST_LIMIT_MS), 128 + SIGKILL);
    (void)close(fd);
    int64_t kept = count("select count(*) from place") - before;
    assert_true(kept > 0 && kept <= FIRST);
    const char *const more[] = {"--region", "420281", "--kind", "estate", NULL};
    char expected[128];
    (void)snprintf(expected, sizeof expected,
                   "%d rows: %d new, 0 changed, %d unchanged, 0 rejected\n", LINES,
                   LINES - (int)kept, (int)kept);
    assert_int_equal(import("places", whole, more), 0);
    assert_true(said(expected));
    assert_int_equal(count("select count(*) from place"), before + LINES);
    free(fifo);
    free(whole);
    free(log);
}

static void an_endless_line_needs_no_memory(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* they take all address space for themselves */
#else
    char *path = put("endless.csv", "name,region,kind\n甲路,420281,road\n");
    FILE *file = fopen(path, "r+e");
    assert_non_null(file);
    assert_int_equal(fseek(file, 600L << 20, SEEK_SET), 0);
    assert_true(fputs("\n乙路,420281,road\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    struct rlimit old, low;
    assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
    low = (struct rlimit){.rlim_cur = 512UL << 20, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &low), 0);
    int status = import("places", path, NULL);
    assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
    assert_int_equal(status, 0);
    assert_true(said("3 rows: 2 new, 0 changed, 0 unchanged, 1 rejected\n"));
    free(path);
#endif
}

static void wrong_usage_and_wrong_files_end_with_their_status(void **state)
{
    (void)state;
    assert_int_equal(import("castles", "x", NULL), 2);
    assert_int_equal(import("places", "/nowhere", NULL), 1);
    assert_true(said("/nowhere cannot be read: No such file or directory"));
    char *path = put("x.csv", "name\n甲\n");
    assert_int_equal(import("places", path, NULL), 1);
    assert_true(said("--kind"));
    assert_int_equal(import("places", path, MORE("--language", "fr")), 2);
    const char *const words[] = {"import", "places", path, "--db", beside("none.db"), NULL};
    free(output);
    assert_int_equal(test_minqingd(words, NULL, &output), 1);
    assert_true(said("minqingd init"));
    free(path);
}

/* --- export ----------------------------------------------------------------------------------- */

static int export(const char *what, const char *login, const char *const *more)
{
    const char *words[24] = {"export", what, "--csv", "--as", login, "--db", platform->database};
    for (size_t n = 7; more && *more && n < 23; n++)
        words[n] = *more++;
    free(output);
    return test_minqingd(words, NULL, &output);
}

static char *file_text(const char *path)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    char *text = calloc(1, (size_t)info.st_size + 1);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fread(text, 1, (size_t)info.st_size, file), info.st_size);
    (void)fclose(file);
    return text;
}

static void an_export_is_what_the_account_sees_and_is_noted_first(void **state)
{
    (void)state;
    char *file =
        put("formula.csv", "id,user,time,detail\n"
                           "f1,李小龙,2019-03-01 08:00:00,\"=cmd()|李小龙，13900001111\"\n");
    char *out = test_text("%s", beside("out.csv"));
    assert_int_equal(import("appeals", file, BOARD), 0);
    int64_t noted = count("select count(*) from access_log where kind = 'export'");
    assert_int_equal(
        export("orders", "supervisor",
               MORE("--out", out, "--from", "2019-03-01", "--to", "2019-03-01", "--bom")),
        0);
    char *text = file_text(out);
    assert_int_equal(strncmp(text, "\xEF\xBB\xBF\"number\",\"state\"", 19), 0);
    assert_non_null(strstr(text, "\"'=cmd()|李**，139****1111\""));
    assert_non_null(strstr(text, "\"190301-"));
    assert_null(strstr(text, "李小龙"));
    free(text);
    struct stat info;
    assert_int_equal(stat(out, &info), 0);
    assert_int_equal(info.st_mode & 077, 0);
    assert_int_equal(count("select count(*) from access_log where kind = 'export'"), noted + 1);
    /* A unit sees its own orders alone. */
    assert_int_equal(export("orders", "handler", MORE("--out", out)), 0);
    text = file_text(out);
    assert_null(strstr(text, "190301-"));
    free(text);
    assert_int_equal(export("events", "supervisor", MORE("--out", out, "--to", "2019-03-01")), 0);
    text = file_text(out);
    assert_non_null(strstr(text, "\"1\",\"2019-03-01T08:00:00.000+08:00\""));
    free(text);
    /* Whoever sees no orders gets none, nor a file, nor a line in the log. */
    noted = count("select count(*) from access_log where kind = 'export'");
    assert_int_equal(unlink(out), 0);
    assert_int_equal(export("orders", "auditor", MORE("--out", out)), 1);
    assert_true(said("sees no orders"));
    assert_int_equal(export("orders", "nobody", MORE("--out", out)), 1);
    assert_int_equal(export("orders", "handler", MORE("--out", out, "--view", "intake")), 1);
    assert_int_equal(access(out, F_OK), -1);
    assert_int_equal(count("select count(*) from access_log where kind = 'export'"), noted);
    assert_int_equal(export("orders", "supervisor", MORE("--out", "/nowhere/out.csv")), 1);
    assert_int_equal(export("orders", "supervisor", MORE("--out", "/dev/full")), 1);
    assert_true(said("No space left"));
    assert_int_equal(stat("/dev/full", &info), 0);
    assert_true(S_ISCHR(info.st_mode)); /* it is still what it was */
    assert_int_equal(export("orders", "supervisor", MORE("--from", "soon")), 2);
    assert_int_equal(export("castles", "supervisor", NULL), 2);
    free(file);
    free(out);
}

/* --- the real appeals ------------------------------------------------------------------------- */

static char *real_file(const char *name)
{
    const char *root = getenv("MINQING_TEST_DATA");
    if (root && *root)
        return test_text("%s/%s", root, name);
    print_message("MINQING_TEST_DATA is not set: the real files are not tried\n");
    skip();
    return NULL;
}

/* A copy of the file in GB18030. */
static char *in_gb18030(const char *path)
{
    char *text = file_text(path), *from = text;
    size_t left = strlen(text), room = 2 * left;
    char *bytes = malloc(room), *to = bytes;
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    assert_int_equal(iconv(cd, &from, &left, &to, &room), 0);
    (void)iconv_close(cd);
    char *copy = test_text("%s", beside("gb18030.csv"));
    FILE *file = fopen(copy, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, (size_t)(to - bytes), file), to - bytes);
    assert_int_equal(fclose(file), 0);
    free(bytes);
    free(text);
    return copy;
}

/* A copy with 50 lines broken in five ways, and another channel's worth of good ones. */
static char *broken(const char *path)
{
    char *text = file_text(path), *line = text, *copy = test_text("%s", beside("broken.csv"));
    FILE *file = fopen(copy, "we");
    assert_non_null(file);
    for (int n = 1; *line; n++) {
        size_t length = strcspn(line, "\n");
        bool bad = n > 1 && n % 80 == 0 && n <= 4000;
        int way = n / 80 % 5;
        if (bad && way == 0)
            (void)fprintf(file, "%d,\"%.*s\n", n, (int)length, line); /* never closed */
        else if (bad && way == 1)
            (void)fprintf(file, "%.*s,one more\n", (int)length, line);
        else if (bad && way == 2)
            (void)fprintf(file, "\xFF\xFE%.*s\n", (int)length, line);
        else if (bad && way == 3)
            (void)fprintf(file, "%d\n", n);
        else if (bad)
            (void)fprintf(file, ",%.*s\n", (int)length - 7, line + 7); /* no number */
        else
            (void)fprintf(file, "%.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    assert_int_equal(fclose(file), 0);
    free(text);
    return copy;
}

static void all_real_appeals_are_received_once(void **state)
{
    (void)state;
    char *file = real_file("appeals/appeals_hot.csv");
    assert_int_equal(import("appeals", file, BOARD), 0);
    assert_true(said("4326 rows: 4326 new, 0 changed, 0 unchanged, 0 rejected\n"));
    char *gb = in_gb18030(file);
    assert_int_equal(import("appeals", gb, BOARD), 0);
    assert_true(said("4326 rows: 0 new, 0 changed, 4326 unchanged, 0 rejected\n"));
    char *bad = broken(file);
    assert_int_equal(import("appeals", bad, MORE("--channel", "letter")), 0);
    assert_true(said("4326 rows: 4276 new, 0 changed, 0 unchanged, 50 rejected\n"));
    char *rejected = test_text("%s.rejected", bad), *text = file_text(rejected);
    for (int n = 80; n <= 4000; n += 80) {
        char mark[16];
        (void)snprintf(mark, sizeof mark, "\n%d,\"", n);
        if (!strstr(text, mark))
            fail_msg("line %d is not named", n);
    }
    assert_true(test_platform_check(platform));
    free(text);
    free(rejected);
    free(bad);
    free(gb);
    free(file);
}

static void the_real_tables_come_and_stay(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *file, *first, *more[5];
    } tables[] = {
        {"places",
         "addresses/huangshi_estates.csv",
         "705 rows: 705 new",
         {"--region", "420281", "--kind", "estate", NULL}},
        {"divisions", "addresses/daye_divisions.csv", "431 rows: ", {NULL}},
        {"holidays", "calendar/holidays.csv", "255 rows: ", {NULL}},
        {"categories", "appeals/categories.csv", "517 rows: 517 new", {NULL}},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char *file = real_file(tables[i].file);
        assert_int_equal(import(tables[i].kind, file, tables[i].more), 0);
        assert_true(said(tables[i].first) && said(" 0 rejected\n"));
        assert_int_equal(import(tables[i].kind, file, tables[i].more), 0);
        assert_true(said(" rows: 0 new, 0 changed, "));
        free(file);
    }
}

/* Each test begins without a platform, whatever became of the one before. */
static int stop(void **state)
{
    (void)state;
    test_platform_kill(platform);
    return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, stop)
    const struct CMUnitTest tests[] = {
        TEST(an_imported_order_is_listed_opened_completed_and_dispatched),
        TEST(a_run_that_is_killed_is_run_again_and_repeats_nothing),
        TEST(an_endless_line_needs_no_memory),
        TEST(wrong_usage_and_wrong_files_end_with_their_status),
        TEST(an_export_is_what_the_account_sees_and_is_noted_first),
        TEST(all_real_appeals_are_received_once),
        TEST(the_real_tables_come_and_stay),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
