/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Citizens and their words are sealed: on the disk nothing of them can be read, and no row passes
 * for another. */
#include "core/log.h"
#include "platform/store/schema.h"
#include "platform/store/store_private.h"
#include "platform_store_fixture.h"
#include <fcntl.h>

static const char NAME[] = "欧阳查无此人", PHONE[] = "13907230717",
                  IDENTITY[] = "11010519491231002X", WORDS[] = "楼下的水管又裂了，地下室全是水";

static enum status job_person(struct db *db, void *user)
{
    return store_person_put(db, user);
}

static enum status job_statement(struct db *db, void *user)
{
    return store_statement_put(db, user);
}

static int64_t put_person(struct fixture *f, struct person p)
{
    p.id = new_id(f);
    assert_int_equal(store_write_wait(f->store, job_person, &p), ST_OK);
    return p.id;
}

static int64_t put_statement(struct fixture *f, const char *text)
{
    struct statement s = {.id = new_id(f), .text = text};
    assert_int_equal(store_write_wait(f->store, job_statement, &s), ST_OK);
    return s.id;
}

/* How often the bytes occur in all files of the database but its key. */
static size_t on_disk(struct fixture *f, const char *text)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock"};
    size_t found = 0;
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        char name[400];
        struct stat st;
        (void)snprintf(name, sizeof name, "%s%s", f->path, ENDS[i]);
        int fd = open(name, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        assert_int_equal(fstat(fd, &st), 0);
        char *bytes = malloc((size_t)st.st_size + 1);
        assert_non_null(bytes);
        assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
        close(fd);
        const char *at = bytes, *end = bytes + st.st_size;
        while ((at = memmem(at, (size_t)(end - at), text, strlen(text)))) {
            found++;
            at++;
        }
        free(bytes);
    }
    return found;
}

static void nothing_on_disk(struct fixture *f)
{
    assert_int_equal(on_disk(f, NAME), 0);
    assert_int_equal(on_disk(f, PHONE), 0);
    assert_int_equal(on_disk(f, IDENTITY), 0);
    assert_int_equal(on_disk(f, WORDS), 0);
    assert_int_equal(on_disk(f, "地下室"), 0);
}

/* --- rows ------------------------------------------------------------------------------------ */

static void a_person_is_found_by_the_whole_number_only(void **state)
{
    struct fixture *f = *state;
    int64_t *ids;
    int64_t a = put_person(
        f,
        (struct person){.name = NAME, .phone = PHONE, .identity = IDENTITY, .confidential = true});
    int64_t b = put_person(f, (struct person){.name = "匿名", .phone = "", .identity = ""});
    int64_t c = put_person(f, (struct person){.name = "x", .phone = PHONE});
    struct db *db = fixture_db(f);
    assert_int_equal(store_persons_by_number(db, NUMBER_PHONE, PHONE, f->arena, &ids), 2);
    assert_true(ids[0] == a && ids[1] == c);
    assert_int_equal(store_persons_by_number(db, NUMBER_IDENTITY, IDENTITY, f->arena, &ids), 1);
    assert_true(ids[0] == a);
    assert_int_equal(store_persons_by_number(db, NUMBER_PHONE, "1390723071", f->arena, &ids), 0);
    assert_int_equal(store_persons_by_number(db, NUMBER_PHONE, "", f->arena, &ids), 0);
    assert_int_equal(store_persons_by_number(db, NUMBER_IDENTITY, "", f->arena, &ids), 0);
    assert_int_equal(store_persons_by_number(db, NUMBER_PHONE, IDENTITY, f->arena, &ids), 0);
    assert_int_equal(store_persons_by_number(db, NUMBER_IDENTITY, PHONE, f->arena, &ids), 0);
    const struct person *p = store_person(db, a, f->arena);
    assert_string_equal(p->name, NAME);
    assert_string_equal(p->phone, PHONE);
    assert_string_equal(p->identity, IDENTITY);
    assert_true(p->confidential && p->id == a);
    p = store_person(db, b, f->arena);
    assert_string_equal(p->name, "匿名");
    assert_string_equal(p->phone, "");
    assert_string_equal(p->identity, "");
    assert_null(store_person(db, 1, f->arena));
}

static void a_statement_is_salted_and_never_replaced(void **state)
{
    struct fixture *f = *state;
    struct statement a = {.id = new_id(f), .text = "没有水"},
                     b = {.id = new_id(f), .text = "没有水"}, empty = {.id = new_id(f)};
    assert_int_equal(store_write_wait(f->store, job_statement, &a), ST_OK);
    assert_int_equal(store_write_wait(f->store, job_statement, &b), ST_OK);
    assert_int_equal(store_write_wait(f->store, job_statement, &empty), ST_OK);
    assert_memory_not_equal(a.salt, b.salt, SALT_SIZE);
    assert_memory_not_equal(a.hash, b.hash, HASH_SIZE);
    struct statement *found = store_statement(fixture_db(f), a.id, f->arena);
    assert_string_equal(found->text, "没有水");
    assert_memory_equal(found->salt, a.salt, SALT_SIZE);
    assert_memory_equal(found->hash, a.hash, HASH_SIZE);
    assert_string_equal(store_statement(fixture_db(f), empty.id, f->arena)->text, "");
    b.id = a.id;
    b.text = "有水";
    assert_int_equal(store_write_wait(f->store, job_statement, &b), ST_CONFLICT);
    assert_string_equal(store_statement(fixture_db(f), a.id, f->arena)->text, "没有水");
}

static void the_same_content_is_never_sealed_the_same(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 20; i++)
        put_person(f, (struct person){.name = NAME, .phone = PHONE});
    assert_int_equal(one_number(f, "select count(distinct substr(sealed, 1, 25)) from person"), 20);
    assert_int_equal(
        one_number(f, "select count(*) from person where substr(sealed, 1, 1) = x'01'"), 20);
}

static void nothing_of_a_citizen_can_be_read_in_the_files(void **state)
{
    struct fixture *f = *state;
    put_person(f, (struct person){.name = NAME, .phone = PHONE, .identity = IDENTITY});
    put_statement(f, WORDS);
    nothing_on_disk(f);
    fixture_reopen(f);
    nothing_on_disk(f);
    /* and this would see it: */
    assert_int_equal(run_sql(f, "insert into meta(key, value) values('x', '13907230717')"), ST_OK);
    assert_true(on_disk(f, PHONE) > 0);
    assert_int_equal(run_sql(f, "delete from meta where key = 'x'"), ST_OK);
    fixture_reopen(f);
    assert_int_equal(on_disk(f, PHONE), 0);
}

/* --- rows that were tampered with --------------------------------------------------------------
 */

static void does_not_open(struct fixture *f, bool person, int64_t id)
{
    struct db *db = fixture_db(f);
    assert_int_equal(store_read_begin(db), ST_OK);
    if (person)
        assert_null(store_person(db, id, f->arena));
    else
        assert_null(store_statement(db, id, f->arena));
    assert_int_equal(store_read_end(db), ST_CORRUPT);
    /* The next snapshot begins clean. */
    assert_int_equal(store_read_begin(db), ST_OK);
    assert_int_equal(store_read_end(db), ST_OK);
}

static void change(struct fixture *f, const char *format, int64_t a, int64_t b)
{
    char sql[300];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(sql, sizeof sql, format, (long long)a, (long long)b);
#pragma GCC diagnostic pop
    assert_int_equal(run_sql(f, sql), ST_OK);
}

static void a_row_that_was_changed_does_not_open(void **state)
{
    struct fixture *f = *state;
    log_set_level((enum log_level) - 1);
    int64_t person = put_person(f, (struct person){.name = NAME, .phone = PHONE});
    int64_t statement = put_statement(f, WORDS);
    int64_t size = one_number(f, "select length(sealed) from statement");
    /* every byte counts: version, nonce, content, tag */
    for (int64_t at = 1; at <= size; at += 7) {
        change(f,
               "update statement set sealed = cast(substr(sealed, 1, %lld - 1) ||"
               " case substr(sealed, %2$lld, 1) when x'00' then x'01' else x'00' end ||"
               " substr(sealed, %2$lld + 1) as blob)",
               at, at);
        does_not_open(f, false, statement);
        change(f, "delete from statement where id <> %lld + %lld", 0, 0);
        statement = put_statement(f, WORDS);
    }
    assert_int_equal(run_sql(f, "update statement set sealed = x''"), ST_OK);
    does_not_open(f, false, statement);
    assert_int_equal(run_sql(f, "update statement set sealed = x'01'"), ST_OK);
    does_not_open(f, false, statement);
    assert_int_equal(run_sql(f, "update person set sealed = substr(sealed, 1, 40)"), ST_OK);
    does_not_open(f, true, person);
    log_set_level(LOG_INFO);
}

static void no_row_passes_for_another(void **state)
{
    struct fixture *f = *state;
    log_set_level((enum log_level) - 1);
    int64_t a = put_person(f, (struct person){.name = NAME, .phone = PHONE});
    int64_t b = put_person(f, (struct person){.name = "王小芳", .phone = "13800000000"});
    int64_t s = put_statement(f, WORDS);
    change(f,
           "update person set sealed = (select sealed from person where id = %lld) where id = %lld",
           a, b);
    does_not_open(f, true, b);
    assert_non_null(store_person(fixture_db(f), a, f->arena));
    change(f,
           "insert into person select %lld + 1, sealed, hash, hash, 0 from statement where id ="
           " %lld",
           b, s);
    does_not_open(f, true, b + 1);
    change(f, "update statement set id = id + 1 where id = %lld or id = %lld", s, s);
    does_not_open(f, false, s + 1);
    log_set_level(LOG_INFO);
}

static enum status job_looks(struct db *db, void *user)
{
    struct arena *arena = arena_new();
    (void)store_person(db, *(int64_t *)user, arena);
    arena_free(arena);
    return db_run(db, "insert into meta(key, value) values('looked', '1')", NULL, 0, NULL);
}

static void a_job_that_met_a_changed_row_is_not_kept(void **state)
{
    struct fixture *f = *state;
    log_set_level((enum log_level) - 1);
    int64_t id = put_person(f, (struct person){.name = NAME, .phone = PHONE});
    assert_int_equal(run_sql(f, "update person set sealed = x'0102'"), ST_OK);
    assert_int_equal(store_write_wait(f->store, job_looks, &id), ST_CORRUPT);
    assert_int_equal(one_number(f, "select count(*) from meta where key = 'looked'"), 0);
    log_set_level(LOG_INFO);
}

/* --- a database of the first schema ------------------------------------------------------------
 */

static void run_plain(struct db *db, const char *sql)
{
    struct error err = {ST_OK, ""};
    if (db_script(db, sql, &err) != ST_OK)
        fail_msg("%s", err.message);
}

enum { OLD_PERSONS = 2000, OLD_STATEMENTS = 2500 };

/* As the first release left it: plain rows, a row deleted, and a log that was not copied back. */
static struct db *make_old(struct fixture *f)
{
    struct error err = {ST_OK, ""};
    store_close(f->store);
    f->store = NULL;
    fixture_remove(f);
    assert_int_equal(mkdir(f->directory, 0700), 0);
    struct db *db = db_open(f->path, DB_WRITER, &err);
    assert_non_null(db);
    assert_int_equal(db_make_durable(db, &err), ST_OK);
    run_plain(db, "pragma secure_delete=off;"
                  "create table schema_version(version int8 not null primary key, at int8 not null)"
                  " strict;insert into schema_version values(1, 0)");
    run_plain(db, schema_1_loop);
    run_plain(db, "insert into meta values('phone_key', 'abcdef');"
                  "insert into answer values(1, 'k', x'aabb', 201, 5, 1, '', 0);begin");
    for (int i = 1; i <= OLD_PERSONS; i++)
        assert_int_equal(
            db_run(db, "insert into person values($1, $2, $3, x'1234', $4)",
                   DB_PARAMS(db_int(i), db_text(NAME), db_text(i % 2 ? PHONE : ""), db_int(i == 7)),
                   &err),
            ST_OK);
    for (int i = 1; i <= OLD_STATEMENTS; i++)
        assert_int_equal(
            db_run(db, "insert into statement values($1, $2, $3, $4)",
                   DB_PARAMS(db_int(1000 + i), db_text(WORDS), db_blob("0123456789abcdef", 16),
                             db_blob("0123456789abcdef0123456789abcdef", 32)),
                   &err),
            ST_OK);
    run_plain(db, "commit;delete from statement where id > 3000");
    return db;
}

static void look_at_migrated(struct fixture *f)
{
    int64_t *ids;
    struct db *db = fixture_db(f);
    assert_int_equal(one_number(f, "select count(*) from person"), OLD_PERSONS);
    assert_int_equal(one_number(f, "select count(*) from statement"), 2000);
    assert_int_equal(one_number(f, "select count(*) from meta where key in ('phone_key', 'wipe')"),
                     0);
    assert_int_equal(
        one_number(f, "select count(*) from answer where object_id = 5 and body_hash = x''"), 1);
    const struct person *p = store_person(db, 7, f->arena);
    assert_string_equal(p->name, NAME);
    assert_string_equal(p->phone, PHONE);
    assert_string_equal(p->identity, "");
    assert_true(p->confidential);
    assert_int_equal(store_persons_by_number(db, NUMBER_PHONE, PHONE, f->arena, &ids),
                     OLD_PERSONS / 2);
    const struct statement *s = store_statement(db, 3000, f->arena);
    assert_string_equal(s->text, WORDS);
    assert_memory_equal(s->salt, "0123456789abcdef", 16);
    assert_memory_equal(s->hash, "0123456789abcdef0123456789abcdef", 32);
}

static void an_old_database_is_sealed_and_nothing_stays_behind(void **state)
{
    struct fixture *f = *state;
    struct db *old = make_old(f);
    assert_true(on_disk(f, PHONE) > 0 && on_disk(f, WORDS) > 0);
    db_free(old);
    assert_true(on_disk(f, WORDS) > 2000); /* the deleted ones too */
    fixture_open(f);
    nothing_on_disk(f);
    look_at_migrated(f);
    fixture_reopen(f);
    nothing_on_disk(f);
    look_at_migrated(f);
}

/* The old program was killed: its log lies beside the file. */
static void the_log_of_an_old_database_is_sealed_too(void **state)
{
    struct fixture *f = *state;
    struct db *old = make_old(f);
    char from[400], to[400], command[900];
    static const char *const ENDS[] = {"", "-wal"};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(from, sizeof from, "%s%s", f->path, ENDS[i]);
        (void)snprintf(to, sizeof to, "%s/copy.db%s", f->directory, ENDS[i]);
        (void)snprintf(command, sizeof command, "cp %s %s", from, to);
        assert_int_equal(system(command), 0);
    }
    db_free(old);
    (void)snprintf(f->path, sizeof f->path, "%.256s/copy.db", f->directory);
    assert_true(on_disk(f, PHONE) > 0);
    fixture_open(f);
    nothing_on_disk(f);
    look_at_migrated(f);
}

/* The power went between the step and the cleaning. */
static void cleaning_that_was_cut_short_is_done_at_the_next_start(void **state)
{
    struct fixture *f = *state;
    struct error err = {ST_OK, ""};
    struct keys keys;
    char key_path[400];
    struct db *old = make_old(f);
    (void)snprintf(key_path, sizeof key_path, "%s.key", f->path);
    assert_int_equal(keys_create(key_path, &keys, &err), ST_OK);
    old->keys = &keys;
    assert_int_equal(migrations_run(old, &err), ST_OK);
    db_free(old);
    assert_true(on_disk(f, WORDS) > 0); /* in free pages */
    fixture_open(f);
    nothing_on_disk(f);
    look_at_migrated(f);
}

static void a_fresh_database_is_not_written_twice(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(one_number(f, "select count(*) from meta where key = 'wipe'"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(a_person_is_found_by_the_whole_number_only),
        TEST(a_statement_is_salted_and_never_replaced),
        TEST(the_same_content_is_never_sealed_the_same),
        TEST(nothing_of_a_citizen_can_be_read_in_the_files),
        TEST(a_row_that_was_changed_does_not_open),
        TEST(no_row_passes_for_another),
        TEST(a_job_that_met_a_changed_row_is_not_kept),
        TEST(an_old_database_is_sealed_and_nothing_stays_behind),
        TEST(the_log_of_an_old_database_is_sealed_too),
        TEST(cleaning_that_was_cut_short_is_done_at_the_next_start),
        TEST(a_fresh_database_is_not_written_twice),
    };
    return cmocka_run_group_tests_name("store: personal data", tests, NULL, NULL);
}
