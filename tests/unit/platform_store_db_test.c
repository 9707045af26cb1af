/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The driver. */
#include "platform_store_fixture.h"

static void dollar_2_before_dollar_1_in_the_text_binds_by_name(void **state)
{
    struct db *db = fixture_db(*state);
    struct db_rows *rows =
        db_query(db, "select $2, $1, $2 || $1", DB_PARAMS(db_text("one"), db_text("two")), NULL);
    assert_true(db_next(rows));
    assert_string_equal(db_get_text(rows, 0), "two");
    assert_string_equal(db_get_text(rows, 1), "one");
    assert_string_equal(db_get_text(rows, 2), "twoone");
    assert_false(db_next(rows));
    assert_int_equal(db_close(rows), ST_OK);
}

static void a_parameter_that_a_text_leaves_out_does_not_move_the_others(void **state)
{
    struct db *db = fixture_db(*state);
    struct db_rows *rows =
        db_query(db, "select $3, $12",
                 DB_PARAMS(db_int(1), db_int(2), db_int(3), db_int(4), db_int(5), db_int(6),
                           db_int(7), db_int(8), db_int(9), db_int(10), db_int(11), db_int(12)),
                 NULL);
    assert_true(db_next(rows));
    assert_int_equal(db_get_int(rows, 0), 3);
    assert_int_equal(db_get_int(rows, 1), 12);
    assert_int_equal(db_close(rows), ST_OK);
}

static void what_is_not_one_statement_with_numbered_parameters_is_refused(void **state)
{
    struct db *db = fixture_db(*state);
    struct error err = {ST_OK, ""};
    const struct db_value one = db_int(1);
    assert_int_equal(db_run(db, "select ?", &one, 1, &err), ST_INVALID);
    assert_int_equal(db_run(db, "select :name", &one, 1, &err), ST_INVALID);
    assert_int_equal(db_run(db, "select $0", &one, 1, &err), ST_INVALID);
    assert_int_equal(db_run(db, "select 1; select 2", NULL, 0, &err), ST_INVALID);
    assert_int_equal(db_run(db, "", NULL, 0, &err), ST_INVALID);
    assert_int_equal(db_run(db, "select $2", &one, 1, &err), ST_INVALID);
    assert_non_null(strstr(err.message, "missing"));
    assert_int_equal(db_run(db, "selec 1", NULL, 0, &err), ST_INVALID);
    assert_null(db_query(db, "selec 1", NULL, 0, &err));
    assert_int_equal(db_close(NULL), ST_IO);
    /* and the connection goes on */
    assert_int_equal(db_run(db, "select 1", NULL, 0, &err), ST_OK);
}

static void another_text_at_the_same_address_is_prepared_anew(void **state)
{
    struct db *db = fixture_db(*state);
    char sql[32];
    for (int i = 0; i < 2000; i++) {
        (void)snprintf(sql, sizeof sql, "select %d", i);
        struct db_rows *rows = db_query(db, sql, NULL, 0, NULL);
        assert_true(db_next(rows));
        assert_int_equal(db_get_int(rows, 0), i);
        assert_int_equal(db_close(rows), ST_OK);
    }
}

static void any_number_of_texts_can_be_used(void **state)
{
    enum { TEXTS = 1000 };
    struct db *db = fixture_db(*state);
    static char sql[TEXTS][24];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < TEXTS; i++) {
            (void)snprintf(sql[i], sizeof sql[i], "select %d", i);
            struct db_rows *rows = db_query(db, sql[i], NULL, 0, NULL);
            assert_true(db_next(rows));
            assert_int_equal(db_get_int(rows, 0), i);
            assert_int_equal(db_close(rows), ST_OK);
        }
}

static void a_query_can_run_inside_itself(void **state)
{
    static const char sql[] = "select $1 union all select $1 + 10";
    struct db *db = fixture_db(*state);
    int64_t sum = 0;
    struct db_rows *outer = db_query(db, sql, DB_PARAMS(db_int(1)), NULL);
    while (db_next(outer)) {
        struct db_rows *inner = db_query(db, sql, DB_PARAMS(db_int(db_get_int(outer, 0))), NULL);
        while (db_next(inner))
            sum += db_get_int(inner, 0);
        assert_int_equal(db_close(inner), ST_OK);
    }
    assert_int_equal(db_close(outer), ST_OK);
    assert_int_equal(sum, 1 + 11 + 11 + 21);
}

static void a_column_takes_its_type_only(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(run_sql(f, "insert into id_block(node, next) values(1, 'x')"), ST_INVALID);
    assert_int_equal(run_sql(f, "insert into id_block(node, next) values(1, null)"), ST_INVALID);
    assert_int_equal(run_sql(f, "insert into meta(key, value) values(\"a\", 'b')"), ST_INVALID);
}

static void a_second_row_of_a_key_is_a_conflict(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(run_sql(f, "insert into meta(key, value) values('a', 'b')"), ST_OK);
    assert_int_equal(run_sql(f, "insert into meta(key, value) values('a', 'c')"), ST_CONFLICT);
}

static void texts_and_blobs_come_back_byte_for_byte(void **state)
{
    static const unsigned char bytes[] = {0, 255, 0, 10};
    struct db *db = fixture_db(*state);
    size_t length = 99;
    struct db_rows *rows = db_query(db, "select $1, $2, $3, $4, length($4), $5",
                                    DB_PARAMS(db_blob(bytes, sizeof bytes), db_text("民情'\";--"),
                                              db_text(NULL), db_blob(NULL, 0), db_int(INT64_MIN)),
                                    NULL);
    assert_true(db_next(rows));
    const void *blob = db_get_blob(rows, 0, &length);
    assert_int_equal(length, sizeof bytes);
    assert_memory_equal(blob, bytes, sizeof bytes);
    assert_string_equal(db_get_text(rows, 1), "民情'\";--");
    assert_string_equal(db_get_text(rows, 2), "");
    assert_non_null(db_get_blob(rows, 3, &length));
    assert_int_equal(length, 0);
    assert_int_equal(db_get_int(rows, 4), 0); /* an empty blob, not null */
    assert_true(db_get_int(rows, 5) == INT64_MIN);
    assert_int_equal(db_close(rows), ST_OK);
}

static enum status three_words(struct db *db, void *user)
{
    (void)user;
    enum status st = store_meta_set(db, "b", "");
    if (!st)
        st = store_meta_set(db, "a", "");
    return st ? st : store_meta_set(db, "B", "");
}

static void texts_sort_byte_by_byte(void **state)
{
    struct fixture *f = *state;
    char seen[8] = "";
    assert_int_equal(store_write_wait(f->store, three_words, NULL), ST_OK);
    struct db_rows *rows = db_query(
        fixture_db(f), "select key from meta where key <> 'key_id' order by key", NULL, 0, NULL);
    for (size_t i = 0; db_next(rows) && i < 7; i++)
        seen[i] = db_get_text(rows, 0)[0];
    assert_int_equal(db_close(rows), ST_OK);
    assert_string_equal(seen, "Bab");
}

static void a_reader_cannot_write(void **state)
{
    struct fixture *f = *state;
    struct error err = {ST_OK, ""};
    assert_int_equal(
        db_run(fixture_db(f), "insert into meta(key, value) values('a', 'b')", NULL, 0, &err),
        ST_IO);
    assert_non_null(strstr(err.message, f->path));
    assert_int_equal(store_new_id(fixture_db(f), NOW), 0);
}

static void a_snapshot_does_not_move(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_db(f);
    assert_int_equal(store_read_begin(db), ST_OK);
    assert_int_equal(one_number(f, "select count(*) from meta where key <> 'key_id'"), 0);
    assert_int_equal(run_sql(f, "insert into meta(key, value) values('a', 'b')"), ST_OK);
    assert_int_equal(one_number(f, "select count(*) from meta where key <> 'key_id'"), 0);
    store_read_end(db);
    assert_int_equal(one_number(f, "select count(*) from meta where key <> 'key_id'"), 1);
}

/* But for the tables of the text index (text_…), which are the engine's own. */
static void a_column_holds_no_null_anywhere(void **state)
{
    assert_int_equal(
        one_number(*state,
                   "select count(*) from sqlite_schema t,"
                   " pragma_table_info(t.name) c where t.type = 'table'"
                   " and t.name not like 'sqlite%' and t.name not like 'text\\_%' escape '\\'"
                   " and c.\"notnull\" = 0"
                   " and c.pk = 0"),
        0);
    assert_int_equal(
        one_number(*state, "select count(*) from pragma_table_list where strict = 0"
                           " and name not like 'sqlite%' and name not like 'text\\_%' escape '\\'"),
        0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(dollar_2_before_dollar_1_in_the_text_binds_by_name),
        TEST(a_parameter_that_a_text_leaves_out_does_not_move_the_others),
        TEST(what_is_not_one_statement_with_numbered_parameters_is_refused),
        TEST(another_text_at_the_same_address_is_prepared_anew),
        TEST(any_number_of_texts_can_be_used),
        TEST(a_query_can_run_inside_itself),
        TEST(a_column_takes_its_type_only),
        TEST(a_second_row_of_a_key_is_a_conflict),
        TEST(texts_and_blobs_come_back_byte_for_byte),
        TEST(texts_sort_byte_by_byte),
        TEST(a_reader_cannot_write),
        TEST(a_snapshot_does_not_move),
        TEST(a_column_holds_no_null_anywhere),
    };
    return cmocka_run_group_tests_name("store: driver", tests, NULL, NULL);
}
