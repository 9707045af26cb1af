/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key file, and which database takes it. */
#include "platform_store_fixture.h"
#include <fcntl.h>

static char key_path[400];

static int directory_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    fixture_directory(f);
    f->arena = arena_new();
    (void)snprintf(key_path, sizeof key_path, "%s.key", f->path);
    *state = f;
    return 0;
}

static void close_store(struct fixture *f)
{
    store_close(f->store);
    f->store = NULL;
}

static void write_key(const char *text, mode_t mode)
{
    (void)unlink(key_path);
    int fd = open(key_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static char *read_whole(const char *path, size_t *length)
{
    static char bytes[4 << 20];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ssize_t n = read(fd, bytes, sizeof bytes - 1);
    assert_true(n >= 0 && n < (ssize_t)sizeof bytes - 1);
    close(fd);
    bytes[n] = '\0';
    if (length)
        *length = (size_t)n;
    return bytes;
}

/* Opening fails so, and neither the database nor the key file has another byte afterwards. */
static void refused(struct fixture *f, enum status status, const char *word, const char *other)
{
    struct store *store = NULL;
    struct error err = {ST_OK, ""};
    size_t before_length, after_length;
    char *before = read_whole(f->path, &before_length);
    before = memcpy(arena_alloc(f->arena, before_length + 1), before, before_length);
    bool there = access(key_path, F_OK) == 0;
    assert_int_equal(store_open(f->path, &store, &err), status);
    assert_null(store);
    if (!strstr(err.message, word) || !strstr(err.message, other))
        fail_msg("“%s” does not say %s and %s", err.message, word, other);
    const char *after = read_whole(f->path, &after_length);
    assert_int_equal(after_length, before_length);
    assert_memory_equal(after, before, before_length);
    assert_int_equal(access(key_path, F_OK) == 0, there);
}

/* --- the file -------------------------------------------------------------------------------- */

static void a_key_file_is_text_for_its_owner_alone(void **state)
{
    struct keys keys;
    struct stat st;
    (void)state;
    mode_t before = umask(0);
    assert_int_equal(keys_create(key_path, &keys, NULL), ST_OK);
    umask(before);
    assert_int_equal(stat(key_path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_nlink, 1);
    const char *text = read_whole(key_path, NULL);
    assert_int_equal(text[0], '#');
    assert_null(strstr(text, keys.id));
}

static void the_same_file_gives_the_same_keys_and_another_gives_others(void **state)
{
    struct keys a, b, c;
    (void)state;
    assert_int_equal(keys_create(key_path, &a, NULL), ST_OK);
    assert_int_equal(keys_load(key_path, &b, NULL), ST_OK);
    assert_memory_equal(a.seal, b.seal, sizeof a.seal);
    assert_memory_equal(a.number, b.number, sizeof a.number);
    assert_memory_equal(a.text, b.text, sizeof a.text);
    assert_memory_equal(a.cursor, b.cursor, sizeof a.cursor);
    assert_memory_equal(a.sign_public, b.sign_public, sizeof a.sign_public);
    assert_memory_equal(a.sign_secret, b.sign_secret, sizeof a.sign_secret);
    assert_string_equal(a.id, b.id);
    assert_int_equal(strlen(a.id), 16);
    assert_int_equal(unlink(key_path), 0);
    assert_int_equal(keys_create(key_path, &c, NULL), ST_OK);
    assert_memory_not_equal(a.seal, c.seal, sizeof a.seal);
    assert_memory_not_equal(a.cursor, c.cursor, sizeof a.cursor);
    assert_string_not_equal(a.id, c.id);
    keys_forget(&c);
    assert_int_equal(c.seal[0] | c.seal[1] | c.id[0], 0);
    assert_memory_not_equal(a.seal, a.number, sizeof a.seal);
}

/* What was sealed once must open for ever: the derivation is part of the format. */
static void the_derivation_never_changes(void **state)
{
    struct keys keys;
    char hex[2 * sizeof keys.cursor + 1];
    (void)state;
    write_key("# a comment\n\n"
              "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\r\n",
              0400);
    assert_int_equal(keys_load(key_path, &keys, NULL), ST_OK);
    assert_string_equal(keys.id, "26decfb3a1fb8bcb");
    assert_string_equal(sodium_bin2hex(hex, sizeof hex, keys.seal, sizeof keys.seal),
                        "a23c1387f8890a53606ff255d006710ac24e5b4d4d10d3d74d96f1aac7c01618");
    assert_string_equal(sodium_bin2hex(hex, sizeof hex, keys.number, sizeof keys.number),
                        "2029616ac80b2745f1a149a9ff61f6651f22913747a9b4edc34ba946716db61c");
    assert_string_equal(sodium_bin2hex(hex, sizeof hex, keys.sign_public, sizeof keys.sign_public),
                        "d8f09ad7b659894bbaeec609f89a6f59da90951adcf6d1b1a90353c438bc83dd");
    assert_string_equal(sodium_bin2hex(hex, sizeof hex, keys.text, sizeof keys.text),
                        "e452001bd619191872f7daaeb2160fd3");
    assert_string_equal(sodium_bin2hex(hex, sizeof hex, keys.cursor[0], sizeof keys.cursor),
                        "138dba719387cddcbfabf229efde1d23b3255ab39c850b84f2ae10df50599969"
                        "1e4cfeac48e5006320658a809808b721ae1e0e9d411ea969087cfed079c4e4b3");
}

static void what_is_no_key_file_is_refused(void **state)
{
#define DIGITS "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1"
    static const char *const WRONG[] = {
        "",
        "# nothing but a comment\n",
        DIGITS "\n",
        DIGITS "f0\n",
        DIGITS "g\n",
        DIGITS "f \n",
        DIGITS "f\n" DIGITS "f\n",
        "key=" DIGITS "f\n",
    };
    struct keys keys;
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        write_key(WRONG[i], 0600);
        assert_int_equal(keys_load(key_path, &keys, &err), ST_INVALID);
        assert_non_null(strstr(err.message, key_path));
        assert_null(strstr(err.message, "0001020304"));
    }
    char much[3000];
    memset(much, '#', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    write_key(much, 0600);
    assert_int_equal(keys_load(key_path, &keys, &err), ST_INVALID);
    assert_int_equal(unlink(key_path), 0);
    assert_int_equal(mkdir(key_path, 0700), 0);
    assert_int_equal(keys_load(key_path, &keys, &err), ST_INVALID);
    assert_int_equal(rmdir(key_path), 0);
    assert_int_equal(mkfifo(key_path, 0600), 0);
    assert_int_equal(keys_load(key_path, &keys, &err), ST_INVALID);
}

static void a_key_file_that_others_may_read_is_refused(void **state)
{
    static const mode_t OPEN[] = {0640, 0604, 0620, 0666, 0610};
    struct keys keys;
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof OPEN / sizeof OPEN[0]; i++) {
        write_key(DIGITS "f\n", OPEN[i]);
        assert_int_equal(keys_load(key_path, &keys, &err), ST_INVALID);
        assert_non_null(strstr(err.message, "chmod 600"));
    }
}

static void a_key_file_is_never_replaced(void **state)
{
    struct keys keys;
    struct error err;
    (void)state;
    write_key("mine\n", 0600);
    assert_int_equal(keys_create(key_path, &keys, &err), ST_CONFLICT);
    assert_string_equal(read_whole(key_path, NULL), "mine\n");
    assert_int_equal(keys_create("/nonexistent/a.key", &keys, &err), ST_IO);
    assert_non_null(strstr(err.message, "/nonexistent/a.key"));
}

/* --- the database ---------------------------------------------------------------------------- */

static void a_database_opens_with_its_own_key_only(void **state)
{
    struct fixture *f = *state;
    char away[420], second[420], second_key[440];
    fixture_open(f);
    assert_string_equal(store_keys(f->store)->id,
                        store_meta_get(fixture_db(f), "key_id", f->arena));
    close_store(f);
    (void)snprintf(away, sizeof away, "%s/away", f->directory);
    assert_int_equal(rename(key_path, away), 0);
    refused(f, ST_NOT_FOUND, key_path, "No such file");

    (void)snprintf(second, sizeof second, "%s/second.db", f->directory);
    (void)snprintf(second_key, sizeof second_key, "%s.key", second);
    struct store *other;
    assert_int_equal(store_open(second, &other, NULL), ST_OK);
    store_close(other);
    assert_int_equal(rename(second_key, key_path), 0);
    refused(f, ST_CONFLICT, key_path, "another database");

    write_key("rubbish\n", 0600);
    refused(f, ST_INVALID, key_path, "not the key file");
    assert_int_equal(rename(away, key_path), 0);
    assert_int_equal(chmod(key_path, 0644), 0);
    refused(f, ST_INVALID, key_path, "chmod 600");
    assert_int_equal(chmod(key_path, 0400), 0);
    fixture_open(f);
}

static void a_sealed_database_without_its_key_s_id_gets_no_other_key(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    assert_int_equal(run_sql(f, "delete from meta where key = 'key_id'"), ST_OK);
    close_store(f);
    assert_int_equal(unlink(key_path), 0);
    refused(f, ST_CORRUPT, f->path, "which key");
}

static void a_key_file_can_lie_elsewhere(void **state)
{
    struct fixture *f = *state;
    char elsewhere[420];
    struct error err;
    (void)snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", f->directory);
    assert_int_equal(store_open_with(f->path, elsewhere, &f->store, &err), ST_OK);
    close_store(f);
    assert_int_equal(access(key_path, F_OK), -1);
    refused(f, ST_NOT_FOUND, key_path, "No such file");
    assert_int_equal(store_open_with(f->path, elsewhere, &f->store, &err), ST_OK);
}

/* An opening that was cut short after the key was made is done again with that key. */
static void a_new_database_takes_the_key_that_lies_there(void **state)
{
    struct fixture *f = *state;
    write_key(DIGITS "f\n", 0600);
    fixture_open(f);
    assert_string_equal(read_whole(key_path, NULL), DIGITS "f\n");
    struct keys keys;
    assert_int_equal(keys_load(key_path, &keys, NULL), ST_OK);
    assert_string_equal(store_keys(f->store)->id, keys.id);
}

static void a_new_database_is_not_made_beside_rubbish(void **state)
{
    struct fixture *f = *state;
    struct store *store;
    struct error err;
    write_key("rubbish\n", 0600);
    assert_int_equal(store_open(f->path, &store, &err), ST_INVALID);
    assert_int_equal(access(f->path, F_OK), -1);
    assert_string_equal(read_whole(key_path, NULL), "rubbish\n");
}

static void an_opening_that_fails_takes_its_key_back(void **state)
{
    struct fixture *f = *state;
    char wal[400];
    struct store *store;
    (void)snprintf(wal, sizeof wal, "%s-wal", f->path);
    assert_int_equal(mkdir(wal, 0700), 0);
    assert_int_not_equal(store_open(f->path, &store, NULL), ST_OK);
    assert_int_equal(access(key_path, F_OK), -1);
    assert_int_equal(rmdir(wal), 0);
    fixture_open(f);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, directory_setup, fixture_teardown)
        TEST(a_key_file_is_text_for_its_owner_alone),
        TEST(the_same_file_gives_the_same_keys_and_another_gives_others),
        TEST(the_derivation_never_changes),
        TEST(what_is_no_key_file_is_refused),
        TEST(a_key_file_that_others_may_read_is_refused),
        TEST(a_key_file_is_never_replaced),
        TEST(a_database_opens_with_its_own_key_only),
        TEST(a_sealed_database_without_its_key_s_id_gets_no_other_key),
        TEST(a_key_file_can_lie_elsewhere),
        TEST(a_new_database_takes_the_key_that_lies_there),
        TEST(a_new_database_is_not_made_beside_rubbish),
        TEST(an_opening_that_fails_takes_its_key_back),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
