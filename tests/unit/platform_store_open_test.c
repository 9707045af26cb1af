/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening: the lock, migrations, and everything that can be wrong with a path. */
#include "platform_store_fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static int directory_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    fixture_directory(f);
    f->arena = arena_new();
    *state = f;
    return 0;
}

/* Opening `path` must fail so, saying each of the two words. */
static void refused(const char *path, enum status status, const char *word, const char *other)
{
    struct store *store = NULL;
    struct error err = {ST_OK, ""};
    assert_int_equal(store_open(path, &store, &err), status);
    assert_int_equal(err.status, status);
    assert_null(store);
    if (!strstr(err.message, word) || !strstr(err.message, other))
        fail_msg("“%s” does not say %s and %s", err.message, word, other);
}

static void write_file(const char *path, const char *text, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, n), n);
    close(fd);
}

static bool there(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static void a_second_platform_on_one_database_is_refused(void **state)
{
    struct fixture *f = *state;
    char pid[32], other_way[600];
    fixture_open(f);
    (void)snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    refused(f->path, ST_BUSY, f->path, pid);
    /* also by another name for it */
    (void)snprintf(other_way, sizeof other_way, "%s/../%s/city.db", f->directory,
                   strrchr(f->directory, '/') + 1);
    refused(other_way, ST_BUSY, "another platform", pid);
    (void)snprintf(other_way, sizeof other_way, "%s/link.db", f->directory);
    assert_int_equal(symlink(f->path, other_way), 0);
    refused(other_way, ST_BUSY, "another platform", pid);
    assert_int_equal(run_sql(f, "insert into meta(key, value) values('a', 'b')"), ST_OK);
}

static void the_lock_of_a_killed_platform_is_gone(void **state)
{
    struct fixture *f = *state;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *store;
        if (store_open(f->path, &store, NULL) == ST_OK)
            (void)!write(ready[1], "x", 1);
        for (;;)
            pause();
    }
    char byte;
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    refused(f->path, ST_BUSY, "another platform", "process");
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(ready[0]);
    fixture_open(f);
}

static void a_closed_database_can_be_opened_again(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    fixture_reopen(f);
    fixture_reopen(f);
    assert_int_equal(one_number(f, "select count(*) from schema_version where version = 1"), 1);
}

static void a_database_of_a_newer_program_is_refused_and_untouched(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    assert_int_equal(run_sql(f, "insert into schema_version(version, at) values(99, 0)"), ST_OK);
    store_close(f->store);
    f->store = NULL;
    refused(f->path, ST_CONFLICT, "newer", "schema 99");
    assert_true(there(f->path));
}

static void what_is_not_a_database_is_refused_and_untouched(void **state)
{
    struct fixture *f = *state;
    char text[5000], back[5000];
    memset(text, 'x', sizeof text);
    write_file(f->path, text, sizeof text);
    refused(f->path, ST_CORRUPT, f->path, "not a database");
    int fd = open(f->path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, back, sizeof back), sizeof back);
    close(fd);
    assert_memory_equal(text, back, sizeof back);
}

static void a_database_of_another_program_is_refused(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    assert_int_equal(run_sql(f, "drop table schema_version"), ST_OK);
    store_close(f->store);
    f->store = NULL;
    refused(f->path, ST_CORRUPT, f->path, "another program");
}

static void a_damaged_database_is_refused(void **state)
{
    struct fixture *f = *state;
    char rubbish[2000];
    fixture_open(f);
    store_close(f->store);
    f->store = NULL;
    memset(rubbish, 0x5a, sizeof rubbish);
    int fd = open(f->path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, rubbish, sizeof rubbish, 100), sizeof rubbish);
    close(fd);
    refused(f->path, ST_CORRUPT, f->path, "backup");
}

static void a_directory_that_is_not_there_is_named(void **state)
{
    struct fixture *f = *state;
    char path[600];
    (void)snprintf(path, sizeof path, "%s/none/city.db", f->directory);
    refused(path, ST_IO, path, "No such file");
    (void)snprintf(path, sizeof path, "%s/", f->directory);
    refused(path, ST_IO, f->directory, "");
    refused(f->directory, ST_IO, f->directory, "not a file");
    refused("", ST_IO, "", "");
}

static void a_directory_that_cannot_be_written_is_named(void **state)
{
    (void)state;
    refused("/proc/city.db", ST_IO, "/proc/city.db", "cannot be created");
}

/* What fails halfway leaves nothing that looks like a database. */
static void an_opening_that_fails_leaves_no_half_database(void **state)
{
    struct fixture *f = *state;
    char wal[400];
    /* A directory stands where the log must be. */
    (void)snprintf(wal, sizeof wal, "%s-wal", f->path);
    assert_int_equal(mkdir(wal, 0700), 0);
    struct store *store;
    struct error err = {ST_OK, ""};
    assert_int_not_equal(store_open(f->path, &store, &err), ST_OK);
    assert_non_null(strstr(err.message, f->path));
    assert_false(there(f->path));
    assert_int_equal(rmdir(wal), 0);
    fixture_open(f);
}

static void an_empty_file_becomes_a_database(void **state)
{
    struct fixture *f = *state;
    write_file(f->path, "", 0);
    fixture_open(f);
    assert_true(one_number(f, "select max(version) from schema_version") > 1);
}

static void nobody_else_may_read_the_files(void **state)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock", ".key"};
    struct fixture *f = *state;
    mode_t before = umask(0);
    fixture_open(f);
    umask(before);
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        char name[400];
        struct stat st;
        (void)snprintf(name, sizeof name, "%s%s", f->path, ENDS[i]);
        assert_int_equal(stat(name, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
}

static void an_answered_write_is_synced(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    struct db_rows *rows = db_query(fixture_db(f), "pragma journal_mode", NULL, 0, NULL);
    assert_true(db_next(rows));
    assert_string_equal(db_get_text(rows, 0), "wal");
    assert_int_equal(db_close(rows), ST_OK);
}

static enum status read_synchronous(struct db *db, void *user)
{
    int64_t *out = user;
    struct db_rows *rows = db_query(db, "pragma synchronous", NULL, 0, NULL);
    if (rows && db_next(rows))
        *out = db_get_int(rows, 0);
    return db_close(rows);
}

static void the_writer_is_synchronous_full(void **state)
{
    struct fixture *f = *state;
    int64_t level = -1;
    fixture_open(f);
    assert_int_equal(store_write_wait(f->store, read_synchronous, &level), ST_OK);
    assert_int_equal(level, 2);
}

/* --- for reading alone ----------------------------------------------------------------------- */

static void a_database_is_read_beside_its_platform_and_not_written(void **state)
{
    struct fixture *f = *state;
    struct store *reading;
    struct error err = {ST_OK, ""};
    char sql[] = "insert into meta(key, value) values('a', 'b')";
    fixture_open(f);
    if (store_open_reading(f->path, NULL, &reading, &err))
        fail_msg("%s", err.message);
    struct db *db = store_reader(reading, &err);
    assert_non_null(db);
    assert_int_equal(store_write_wait(reading, job_sql, sql), ST_INVALID);
    assert_int_equal(db_run(db, sql, NULL, 0, NULL), ST_IO);
    assert_int_equal(run_sql(f, sql), ST_OK);
    const char *value = store_meta_get(db, "a", f->arena);
    assert_string_equal(value, "b"); /* what is committed meanwhile is seen */
    store_close(reading);
    assert_int_equal(run_sql(f, "delete from meta where key = 'a'"), ST_OK);
}

static void what_cannot_be_read_is_refused_and_nothing_is_made(void **state)
{
    struct fixture *f = *state;
    struct store *reading;
    struct error err = {ST_OK, ""};
    char key[320];
    assert_int_not_equal(store_open_reading(f->path, NULL, &reading, &err), ST_OK);
    assert_non_null(strstr(err.message, f->path));
    assert_false(there(f->path));
    fixture_open(f);
    assert_int_equal(run_sql(f, "delete from schema_version where version > 1"), ST_OK);
    assert_int_equal(store_open_reading(f->path, NULL, &reading, &err), ST_CONFLICT);
    assert_non_null(strstr(err.message, "older Minqing"));
    store_close(f->store);
    f->store = NULL;
    (void)snprintf(key, sizeof key, "%s.key", f->path);
    assert_int_equal(unlink(key), 0);
    assert_int_not_equal(store_open_reading(f->path, NULL, &reading, &err), ST_OK);
    assert_false(there(key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, directory_setup, fixture_teardown)
        TEST(a_second_platform_on_one_database_is_refused),
        TEST(the_lock_of_a_killed_platform_is_gone),
        TEST(a_closed_database_can_be_opened_again),
        TEST(a_database_of_a_newer_program_is_refused_and_untouched),
        TEST(what_is_not_a_database_is_refused_and_untouched),
        TEST(a_database_of_another_program_is_refused),
        TEST(a_damaged_database_is_refused),
        TEST(a_directory_that_is_not_there_is_named),
        TEST(a_directory_that_cannot_be_written_is_named),
        TEST(an_opening_that_fails_leaves_no_half_database),
        TEST(an_empty_file_becomes_a_database),
        TEST(nobody_else_may_read_the_files),
        TEST(an_answered_write_is_synced),
        TEST(the_writer_is_synchronous_full),
        TEST(a_database_is_read_beside_its_platform_and_not_written),
        TEST(what_cannot_be_read_is_refused_and_nothing_is_made),
    };
    return cmocka_run_group_tests_name("store: opening", tests, NULL, NULL);
}
