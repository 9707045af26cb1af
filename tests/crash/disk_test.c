/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that is full, cannot be written, or is held by another program: each is said, nothing is
 * half done, reading goes on, and so does writing as soon as it can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "platform/commands/check.h"
#include "tests/lib/power.h"
#include "tests/lib/small_city.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[64], path[128];

static struct api *open_platform(void)
{
    struct api *api;
    struct error err = {ST_OK, ""};
    const struct api_options options = {.database = path};
    if (api_open(&options, &api, &err))
        fail_msg("%s", err.message);
    return api;
}

static void found(void *user, const char *where, const char *what)
{
    (void)user;
    print_error("%s: %s\n", where, what);
}

static void check(int64_t orders)
{
    struct store *store;
    struct error err = {ST_OK, ""};
    const struct check_options options = {.quick = false};
    struct verify v = {.found = found};
    if (store_open(path, &store, &err) || check_database(store, &options, &v, &err))
        fail_msg("%s", err.message);
    assert_int_equal(v.findings, 0);
    assert_int_equal(v.orders, orders);
    store_close(store);
}

/* --- full ------------------------------------------------------------------------------------- */

static void a_full_disk_refuses_changes_and_serves_readers_until_there_is_room(void **state)
{
    (void)state;
    struct api *api = open_platform();
    char order[64];
    struct small_answer a = small_appeal(api, "before", "停水两天了。");
    assert_int_equal(a.status, 201);
    (void)snprintf(order, sizeof order, "/orders/%lld", (long long)a.id);
    power_full(true);
    int refused = 0;
    for (int i = 0; i < 40; i++) { /* the first may still find room that the log has */
        char key[32];
        (void)snprintf(key, sizeof key, "full-%d", i);
        struct small_answer b = small_appeal(api, key, "停水三天了。");
        if (b.status == 201)
            continue;
        assert_int_equal(b.status, 503);
        assert_string_equal(b.type, "storage");
        refused++;
        b = small_ask(api, SMALL_SUPERVISOR, API_GET, order, NULL, -1, NULL);
        assert_int_equal(b.status, 200);
        assert_int_equal(b.id, a.id);
    }
    assert_true(refused >= 30);
    struct small_answer b = small_step(api, 1, a.id, a.version, "full-step");
    assert_string_equal(b.type, "storage");
    api_seal(api); /* cannot either, and nothing comes of it */
    power_full(false);
    for (int i = 0; i < 40; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "full-%d", i);
        assert_int_equal(small_appeal(api, key, "停水三天了。").status, 201);
    }
    b = small_step(api, 1, a.id, a.version, "full-step");
    assert_int_equal(b.status, 200);
    assert_int_equal(b.version, a.version + 1);
    api_seal(api);
    api_close(api);
    check(41);
}

static void a_database_that_cannot_be_made_for_want_of_room_leaves_nothing_behind(void **state)
{
    (void)state;
    struct error err = {ST_OK, ""};
    char other[128];
    struct store *store;
    (void)snprintf(other, sizeof other, "%s/other.db", directory);
    power_full(true);
    assert_int_equal(store_open(other, &store, &err), ST_IO);
    power_full(false);
    assert_non_null(strstr(err.message, "full"));
    assert_int_not_equal(access(other, F_OK), 0);
    (void)snprintf(other, sizeof other, "%s/other.db.lock", directory);
    (void)unlink(other);
}

/* --- held by another -------------------------------------------------------------------------- */

static void what_another_program_holds_is_said_and_taken_up_again_later(void **state)
{
    (void)state;
    struct api *api = open_platform();
    struct small_answer a = small_appeal(api, "before", "停水两天了。");
    assert_int_equal(a.status, 201);
    sqlite3 *other;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    struct small_answer b = small_step(api, 1, a.id, a.version, "held");
    assert_int_equal(b.status, 503);
    assert_string_equal(b.type, "busy");
    b = small_ask(api, SMALL_SUPERVISOR, API_GET, "/queues", NULL, -1, NULL);
    assert_int_equal(b.status, 200);
    assert_int_equal(sqlite3_exec(other, "rollback", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    b = small_step(api, 1, a.id, a.version, "held");
    assert_int_equal(b.status, 200);
    api_close(api);
    check(1);
}

/* --- may not be written ------------------------------------------------------------------------
 */

/* In a child without a super-user's rights: 0 when opening is refused with both words. */
static int refused_to_nobody(const char *word, const char *other_word)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        enum { NOBODY = 65534 };
        struct store *store;
        struct error err = {ST_OK, ""};
        if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(2);
        if (store_open(path, &store, &err) == ST_OK)
            _exit(3);
        if (strstr(err.message, word) && strstr(err.message, other_word))
            _exit(0);
        (void)fprintf(stderr, "%s\n", err.message);
        _exit(4);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void a_database_that_may_not_be_written_is_refused_with_its_name(void **state)
{
    (void)state;
    char key[160], lock[160];
    (void)snprintf(key, sizeof key, "%s.key", path);
    (void)snprintf(lock, sizeof lock, "%s.lock", path);
    (void)unlink(lock);
    /* A directory in which nothing can be made. */
    assert_int_equal(chmod(directory, 0555), 0);
    assert_int_equal(refused_to_nobody(path, "Permission denied"), 0);
    /* A file that can only be read. */
    assert_int_equal(chmod(directory, 0777), 0);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(refused_to_nobody(path, "cannot be"), 0);
    (void)unlink(lock);
    /* One that cannot even be read. */
    assert_int_equal(chmod(path, 0000), 0);
    assert_int_equal(refused_to_nobody(path, "cannot be"), 0);
    (void)unlink(lock);
    assert_int_equal(chmod(directory, 0700), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

/* --- around them ------------------------------------------------------------------------------ */

static void remove_database(void)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock", ".key"};
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        char file[160];
        (void)snprintf(file, sizeof file, "%s%s", path, ENDS[i]);
        (void)unlink(file);
    }
}

static int setup(void **state)
{
    (void)state;
    struct error err = {ST_OK, ""};
    (void)snprintf(directory, sizeof directory, "/tmp/minqing-disk-XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    (void)snprintf(path, sizeof path, "%s/city.db", directory);
    power_begin(1);
    if (small_city_make(path, &err) == ST_OK)
        return 0;
    print_error("%s\n", err.message);
    return -1;
}

static int teardown(void **state)
{
    (void)state;
    remove_database();
    return rmdir(directory);
}

static int group_setup(void **state)
{
    (void)state;
    struct error err;
    log_set_level((enum log_level) - 1);
    power_install();
    return clock_init(NULL, &err) == ST_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(a_full_disk_refuses_changes_and_serves_readers_until_there_is_room),
        TEST(a_database_that_cannot_be_made_for_want_of_room_leaves_nothing_behind),
        TEST(what_another_program_holds_is_said_and_taken_up_again_later),
        TEST(a_database_that_may_not_be_written_is_refused_with_its_name),
    };
    return cmocka_run_group_tests_name("platform: bad disks", tests, group_setup, NULL);
}
