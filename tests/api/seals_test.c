/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seals of a running platform, as somebody else verifies them who has only docs/integrity.md, and
 * the check command as it is used. */
#include "core/clock.h"
#include "tests/lib/platform.h"
#include <setjmp.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { HASH = 32, MINUTE_MS = 60000 };

static struct test_platform *platform;

static int setup(void **state)
{
    (void)state;
    platform = test_platform_start("start=2026-11-18T23:50:00+08:00");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return test_platform_stop(platform) ? 0 : -1;
}

static void appeal(void)
{
    struct test_reply reply = test_post(
        platform, test_login(platform, "operator"), "/appeals",
        "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"region\":\"420281003001\","
        "\"category\":\"010101\",\"words\":\"小区停水三天\",\"next\":\"dispatch\"}");
    assert_int_equal(reply.status, 201);
    test_reply_free(&reply);
}

static struct test_reply seals(int after)
{
    struct test_reply reply =
        test_get(platform, test_login(platform, "auditor"), "/seals?after=%d", after);
    assert_int_equal(reply.status, 200);
    return reply;
}

static int seal_count(void)
{
    struct test_reply reply = seals(0);
    int count = cJSON_GetArraySize(cJSON_GetObjectItem(reply.json, "items"));
    test_reply_free(&reply);
    return count;
}

/* --- as docs/integrity.md has it -------------------------------------------------------------- */

static void hash(unsigned char out[HASH], unsigned char mark, const void *a, size_t n,
                 const void *b, size_t m)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH);
    crypto_generichash_update(&state, &mark, 1);
    crypto_generichash_update(&state, a, n);
    crypto_generichash_update(&state, b, m);
    crypto_generichash_final(&state, out, HASH);
}

static void tree(unsigned char (*leaves)[HASH], size_t n, unsigned char out[HASH])
{
    if (n == 1) {
        memcpy(out, leaves[0], HASH);
        return;
    }
    unsigned char left[HASH], right[HASH];
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    tree(leaves, k, left);
    tree(leaves + k, n - k, right);
    hash(out, 1, left, HASH, right, HASH);
}

/* The root over the events from `first` to `last`, behind `previous`. */
static int64_t root_of(sqlite3 *db, int64_t first, int64_t last, unsigned char previous[HASH],
                       unsigned char out[HASH])
{
    static unsigned char leaves[8192][HASH];
    unsigned char own[HASH];
    sqlite3_stmt *rows;
    size_t n = 0;
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "select order_id, n, hash from event where seq between ?1"
                                        " and ?2 order by seq",
                                        -1, &rows, NULL),
                     SQLITE_OK);
    sqlite3_bind_int64(rows, 1, first);
    sqlite3_bind_int64(rows, 2, last);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        unsigned char numbers[16];
        for (int i = 0; i < 16; i++)
            numbers[i] = (unsigned char)(sqlite3_column_int64(rows, i / 8) >> (56 - i % 8 * 8));
        assert_true(n < sizeof leaves / sizeof leaves[0]);
        hash(leaves[n++], 0, numbers, 16, sqlite3_column_blob(rows, 2), HASH);
    }
    sqlite3_finalize(rows);
    assert_true(n > 0);
    tree(leaves, n, own);
    hash(out, 2, previous, HASH, own, HASH);
    return (int64_t)n;
}

static void verify_seal(sqlite3 *db, const cJSON *item, const unsigned char *public,
                        unsigned char previous[HASH])
{
    unsigned char root[HASH], signature[crypto_sign_BYTES];
    char hex[2 * HASH + 1], before[2 * HASH + 1], text[600];
    size_t n = 0;
    int64_t events =
        root_of(db, json_int(item, "first", 0), json_int(item, "last", 0), previous, root);
    sodium_bin2hex(before, sizeof before, previous, HASH);
    sodium_bin2hex(hex, sizeof hex, root, HASH);
    assert_string_equal(json_text(item, "previous", ""), before);
    assert_string_equal(json_text(item, "root", ""), hex);
    assert_int_equal(json_int(item, "events", 0), events);
    const char *sign = json_text(item, "signature", "");
    assert_int_equal(
        sodium_hex2bin(signature, sizeof signature, sign, strlen(sign), NULL, &n, NULL), 0);
    (void)snprintf(text, sizeof text,
                   "minqing seal 1\nnumber %lld\nfirst %lld\nlast %lld\nevents %lld\nroot %s\n"
                   "previous %s\nat %lld\nkey %s\n",
                   (long long)json_int(item, "number", 0), (long long)json_int(item, "first", 0),
                   (long long)json_int(item, "last", 0), (long long)events, hex, before,
                   (long long)json_time(item, "at"), json_text(item, "key", ""));
    assert_int_equal(
        crypto_sign_verify_detached(signature, (unsigned char *)text, strlen(text), public), 0);
    memcpy(previous, root, HASH);
}

/* --- rules ------------------------------------------------------------------------------------ */

static void what_is_written_is_sealed_each_minute_and_can_be_verified_by_others(void **state)
{
    (void)state;
    int before = seal_count();
    assert_true(before >= 1); /* the city's own */
    for (int i = 1; i <= 2; i++) {
        appeal();
        test_platform_advance(platform, MINUTE_MS + 1000);
        assert_true(TEST_WAIT(seal_count() == before + i));
    }
    test_platform_advance(platform, 5 * MINUTE_MS); /* nothing new, no seal */
    struct test_reply reply = seals(0);
    unsigned char public[crypto_sign_PUBLICKEYBYTES], previous[HASH] = {0};
    const cJSON *key = cJSON_GetObjectItem(reply.json, "key"), *item;
    const char *hex = json_text(key, "public", "");
    size_t n = 0;
    assert_int_equal(sodium_hex2bin(public, sizeof public, hex, strlen(hex), NULL, &n, NULL), 0);
    assert_int_equal(n, sizeof public);
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(platform->database, &db, SQLITE_OPEN_READONLY, NULL),
                     SQLITE_OK);
    int count = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(reply.json, "items"))
    {
        assert_int_equal(json_int(item, "number", 0), ++count);
        assert_string_equal(json_text(item, "key", ""), json_text(key, "id", "?"));
        verify_seal(db, item, public, previous);
    }
    assert_int_equal(count, before + 2);
    sqlite3_close(db);
    test_reply_free(&reply);
    reply = seals(count - 1);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(reply.json, "items")), 1);
    test_reply_free(&reply);
}

static bool log_has(const char *text)
{
    static char log[1 << 20];
    FILE *file = fopen(platform->log, "re");
    assert_non_null(file);
    size_t n = fread(log, 1, sizeof log - 1, file);
    log[n] = '\0';
    (void)fclose(file);
    return strstr(log, text) != NULL;
}

static void the_last_root_of_a_day_is_in_the_log(void **state)
{
    (void)state;
    char line[200];
    appeal();
    test_platform_advance(platform, 2 * MINUTE_MS);
    int count = 0;
    assert_true(TEST_WAIT((count = seal_count()) >= 2));
    struct test_reply reply = seals(count - 1);
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(reply.json, "items"), 0);
    (void)snprintf(line, sizeof line, "the last seal of 2026-11-18 is %d:%s", count,
                   json_text(item, "root", "?"));
    test_reply_free(&reply);
    assert_false(log_has("the last seal of 2026-11-18"));
    test_platform_advance(platform, 15 * MINUTE_MS); /* past midnight */
    appeal();
    test_platform_advance(platform, 2 * MINUTE_MS);
    assert_true(TEST_WAIT(log_has(line)));
}

static void seals_are_for_auditors(void **state)
{
    (void)state;
    static const char *const OTHERS[] = {"operator", "supervisor", "handler"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        struct test_reply reply = test_get(platform, test_login(platform, OTHERS[i]), "/seals");
        assert_int_equal(reply.status, 403);
        test_reply_free(&reply);
    }
    struct test_reply reply = test_get(platform, NULL, "/seals");
    assert_int_equal(reply.status, 401);
    test_reply_free(&reply);
    reply = test_get(platform, test_login(platform, "auditor"), "/seals?after=-1");
    assert_int_equal(reply.status, 422);
    test_reply_free(&reply);
}

/* Runs `minqingd check` with at most two more words; what it printed, malloc'ed. */
static char *check(int status, const char *one, const char *two)
{
    const char *const words[] = {"check", "--db", platform->database, one, two, NULL};
    char *output = NULL;
    int ended = test_minqingd(words, NULL, &output);
    if (ended != status)
        fail_msg("it ended with %d, not %d: %s", ended, status, output);
    return output;
}

/* Its last line. */
static char *newest(void)
{
    char *output = check(0, NULL, NULL);
    size_t n = strlen(output);
    while (n > 0 && output[n - 1] == '\n')
        output[--n] = '\0';
    const char *line = strrchr(output, '\n');
    char *copy = strdup(line ? line + 1 : output);
    free(output);
    return copy;
}

static void says(char *output, const char *text)
{
    if (!strstr(output, text))
        fail_msg("“%s” does not say %s", output, text);
    free(output);
}

static void a_check_runs_beside_the_platform_and_tells_the_root_to_keep(void **state)
{
    (void)state;
    char *before = newest();
    says(check(0, "--expect", before), "nothing found");
    says(check(0, "--quick", NULL), "nothing found");
    appeal();
    says(check(0, NULL, NULL), "not yet sealed: 2 events");
    assert_true(test_platform_restart(platform)); /* its end seals what is left */
    char *after = newest();
    assert_string_not_equal(before, after);
    says(check(0, "--expect", before), "nothing found");
    /* As if it had been put back to before the appeal. */
    char later[100];
    (void)snprintf(later, sizeof later, "%d%s", 999, strchr(after, ':'));
    says(check(1, "--expect", later), "put back to an earlier state");
    says(check(2, "--expect", "17"), "--expect takes");
    says(check(2, "--expect", "0:00"), "--expect takes");
    free(before);
    free(after);
}

static void what_a_check_finds_is_a_line_and_an_exit_status(void **state)
{
    (void)state;
    sqlite3 *db;
    test_platform_kill(platform);
    assert_int_equal(sqlite3_open(platform->database, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "update event set done_at = done_at + 1 where seq = 5;"
                                  "update seal set events = events + 1 where n = 1",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    char *output = check(1, NULL, NULL);
    assert_non_null(strstr(output, "done_at is not what its body says"));
    assert_non_null(strstr(output, "\nseal 1: its signature does not fit"));
    says(output, "findings\n");
}

static int stop_whatever(void **state)
{
    (void)state;
    (void)test_platform_stop(platform);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(what_is_written_is_sealed_each_minute_and_can_be_verified_by_others),
        TEST(the_last_root_of_a_day_is_in_the_log),
        TEST(seals_are_for_auditors),
        TEST(a_check_runs_beside_the_platform_and_tells_the_root_to_keep),
        cmocka_unit_test_setup_teardown(what_a_check_finds_is_a_line_and_an_exit_status, setup,
                                        stop_whatever),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("seals", tests, NULL, NULL);
}
