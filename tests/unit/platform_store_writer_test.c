/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer: groups, savepoints, and what an answer promises. */
#include "core/log.h"
#include "core/number.h"
#include "platform_store_fixture.h"
#include <pthread.h>

/* Jobs that were queued together, and what each was told. */
struct batch {
    pthread_mutex_t lock;
    pthread_cond_t told;
    size_t answered;
    enum status status[5000];
    size_t order[5000]; /* which was answered as the nth */
};

struct entry {
    struct batch *batch;
    size_t i;
    bool fails;
    bool leaves_query_open;
};

static struct batch *batch_new(void)
{
    struct batch *batch = calloc(1, sizeof *batch);
    assert_non_null(batch);
    pthread_mutex_init(&batch->lock, NULL);
    pthread_cond_init(&batch->told, NULL);
    return batch;
}

static void batch_wait(struct batch *batch, size_t count)
{
    pthread_mutex_lock(&batch->lock);
    while (batch->answered < count)
        pthread_cond_wait(&batch->told, &batch->lock);
    pthread_mutex_unlock(&batch->lock);
}

static void batch_free(struct batch *batch)
{
    pthread_cond_destroy(&batch->told);
    pthread_mutex_destroy(&batch->lock);
    free(batch);
}

static enum status insert_entry(struct db *db, void *user)
{
    const struct entry *entry = user;
    if (entry->leaves_query_open)
        (void)db_next(db_query(db, "select key from meta", NULL, 0, NULL));
    enum status st = db_run(db, "insert into number_block(day, next) values($1, 0)",
                            DB_PARAMS(db_int((int64_t)entry->i)), NULL);
    return entry->fails ? ST_DENIED : st;
}

static void note_answer(void *user, enum status status)
{
    struct entry *entry = user;
    struct batch *batch = entry->batch;
    pthread_mutex_lock(&batch->lock);
    batch->status[entry->i] = status;
    batch->order[batch->answered++] = entry->i;
    pthread_cond_signal(&batch->told);
    pthread_mutex_unlock(&batch->lock);
}

/* A job that holds the writer until it is let go, so that others queue behind it. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool inside, open;
};

static enum status wait_at_gate(struct db *db, void *user)
{
    struct gate *gate = user;
    (void)db;
    pthread_mutex_lock(&gate->lock);
    gate->inside = true;
    pthread_cond_broadcast(&gate->moved);
    while (!gate->open)
        pthread_cond_wait(&gate->moved, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
    return ST_OK;
}

static void gate_close(struct fixture *f, struct gate *gate)
{
    *gate = (struct gate){PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false};
    assert_int_equal(store_write(f->store, wait_at_gate, NULL, gate), ST_OK);
    pthread_mutex_lock(&gate->lock);
    while (!gate->inside)
        pthread_cond_wait(&gate->moved, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static void gate_open(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->open = true;
    pthread_cond_broadcast(&gate->moved);
    pthread_mutex_unlock(&gate->lock);
}

static void a_job_that_fails_rolls_back_alone(void **state)
{
    struct fixture *f = *state;
    struct batch *batch = batch_new();
    struct entry entries[30];
    struct gate gate;
    gate_close(f, &gate);
    for (size_t i = 0; i < 30; i++) {
        entries[i] = (struct entry){.batch = batch, .i = i, .fails = i % 3 == 1};
        assert_int_equal(store_write(f->store, insert_entry, note_answer, &entries[i]), ST_OK);
    }
    gate_open(&gate);
    batch_wait(batch, 30);
    for (size_t i = 0; i < 30; i++) {
        assert_int_equal(batch->status[i], i % 3 == 1 ? ST_DENIED : ST_OK);
        assert_int_equal(batch->order[i], i);
    }
    assert_int_equal(one_number(f, "select count(*) from number_block"), 20);
    assert_int_equal(one_number(f, "select count(*) from number_block where day % 3 = 1"), 0);
    batch_free(batch);
}

static void a_query_left_open_harms_nobody(void **state)
{
    struct fixture *f = *state;
    struct batch *batch = batch_new();
    log_set_level((enum log_level) - 1);
    assert_int_equal(run_sql(f, "insert into meta(key, value) values('a', 'b'), ('c', 'd')"),
                     ST_OK);
    struct entry left = {.batch = batch, .i = 1, .leaves_query_open = true};
    struct entry failing = {.batch = batch, .i = 2, .leaves_query_open = true, .fails = true};
    assert_int_equal(store_write_wait(f->store, insert_entry, &left), ST_OK);
    assert_int_equal(store_write_wait(f->store, insert_entry, &failing), ST_DENIED);
    assert_int_equal(one_number(f, "select count(*) from number_block"), 1);
    log_set_level(LOG_INFO);
    batch_free(batch);
}

static void an_answered_write_is_there_after_reopening(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 10; i++) {
        char sql[80];
        (void)snprintf(sql, sizeof sql, "insert into number_block(day, next) values(%d, 0)", i);
        assert_int_equal(run_sql(f, sql), ST_OK);
        fixture_reopen(f);
        assert_int_equal(one_number(f, "select count(*) from number_block"), i + 1);
    }
}

static void an_answered_write_can_be_read_at_once(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 50; i++) {
        char sql[80];
        (void)snprintf(sql, sizeof sql, "insert into number_block(day, next) values(%d, 0)", i);
        assert_int_equal(run_sql(f, sql), ST_OK);
        assert_int_equal(one_number(f, "select count(*) from number_block"), i + 1);
    }
}

static void what_waits_is_committed_at_closing(void **state)
{
    struct fixture *f = *state;
    struct batch *batch = batch_new();
    static struct entry entries[1000];
    struct gate gate;
    gate_close(f, &gate);
    for (size_t i = 0; i < 1000; i++) {
        entries[i] = (struct entry){.batch = batch, .i = i};
        assert_int_equal(store_write(f->store, insert_entry, note_answer, &entries[i]), ST_OK);
    }
    gate_open(&gate);
    fixture_reopen(f);
    assert_int_equal(batch->answered, 1000);
    assert_int_equal(one_number(f, "select count(*) from number_block"), 1000);
    batch_free(batch);
}

static void a_full_queue_is_busy_and_calls_nobody(void **state)
{
    struct fixture *f = *state;
    struct batch *batch = batch_new();
    static struct entry entries[5000];
    struct gate gate;
    size_t taken = 0;
    enum status st = ST_OK;
    gate_close(f, &gate);
    while (st == ST_OK && taken < 5000) {
        entries[taken] = (struct entry){.batch = batch, .i = taken};
        st = store_write(f->store, insert_entry, note_answer, &entries[taken]);
        taken += st == ST_OK;
    }
    assert_int_equal(st, ST_BUSY);
    assert_int_equal(store_write_wait(f->store, insert_entry, &entries[0]), ST_BUSY);
    gate_open(&gate);
    batch_wait(batch, taken);
    assert_int_equal(one_number(f, "select count(*) from number_block"), taken);
    batch_free(batch);
}

static enum status waits_for_itself(struct db *db, void *user)
{
    struct fixture *f = user;
    (void)db;
    return store_write_wait(f->store, waits_for_itself, f) == ST_INVALID ? ST_OK : ST_IO;
}

static void waiting_on_the_writers_own_thread_is_refused(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(store_write_wait(f->store, waits_for_itself, f), ST_OK);
}

/* --- a full disk ----------------------------------------------------------------------------- */

static enum status limit_pages(struct db *db, void *user)
{
    return db_run(db, *(bool *)user ? "pragma max_page_count=120" : "pragma max_page_count=1000000",
                  NULL, 0, NULL);
}

static enum status insert_big(struct db *db, void *user)
{
    const char *key = user;
    enum status st = ST_OK;
    for (int i = 0; i < 100 && !st; i++) {
        char name[80], value[4000];
        (void)snprintf(name, sizeof name, "%s%d", key, i);
        memset(value, 'x', sizeof value - 1);
        value[sizeof value - 1] = '\0';
        st = db_run(db, "insert into meta(key, value) values($1, $2)",
                    DB_PARAMS(db_text(name), db_text(value)), NULL);
    }
    return st;
}

static void a_full_disk_keeps_nothing_half_and_the_next_write_works(void **state)
{
    struct fixture *f = *state;
    bool small = true;
    char big[] = "big";
    log_set_level((enum log_level) - 1);
    assert_int_equal(run_sql(f, "insert into meta(key, value) values('before', '')"), ST_OK);
    assert_int_equal(store_write_wait(f->store, limit_pages, &small), ST_OK);
    assert_int_equal(store_write_wait(f->store, insert_big, big), ST_IO);
    assert_int_equal(one_number(f, "select count(*) from meta where key <> 'key_id'"), 1);
    small = false;
    assert_int_equal(store_write_wait(f->store, limit_pages, &small), ST_OK);
    assert_int_equal(store_write_wait(f->store, insert_big, big), ST_OK);
    assert_int_equal(one_number(f, "select count(*) from meta where key <> 'key_id'"), 101);
    log_set_level(LOG_INFO);
}

static void nobody_of_a_group_that_is_given_up_is_told_that_it_is_kept(void **state)
{
    struct fixture *f = *state;
    struct batch *batch = batch_new();
    struct gate gate;
    bool small = true;
    char big[] = "big";
    struct entry before = {.batch = batch, .i = 0}, after = {.batch = batch, .i = 1};
    log_set_level((enum log_level) - 1);
    assert_int_equal(store_write_wait(f->store, limit_pages, &small), ST_OK);
    gate_close(f, &gate);
    assert_int_equal(store_write(f->store, insert_entry, note_answer, &before), ST_OK);
    assert_int_equal(store_write(f->store, insert_big, NULL, big), ST_OK);
    assert_int_equal(store_write(f->store, insert_entry, note_answer, &after), ST_OK);
    gate_open(&gate);
    batch_wait(batch, 2);
    for (int i = 0; i < 2; i++) {
        char sql[80];
        (void)snprintf(sql, sizeof sql, "select count(*) from number_block where day = %d", i);
        assert_int_equal(one_number(f, sql), batch->status[i] == ST_OK);
    }
    assert_int_equal(one_number(f, "select count(*) from meta where key <> 'key_id'"), 0);
    log_set_level(LOG_INFO);
    batch_free(batch);
}

/* --- identifiers and numbers ----------------------------------------------------------------- */

struct taking {
    int64_t ids[3000];
    char numbers[200][20];
    bool fails;
};

static enum status take_many(struct db *db, void *user)
{
    struct taking *t = user;
    for (size_t i = 0; i < 3000; i++)
        t->ids[i] = store_new_id(db, NOW);
    enum status st = ST_OK;
    for (size_t i = 0; i < 200 && !st; i++)
        st = store_new_number(db, NOW + (int64_t)(i % 5) * DAY_MS, t->numbers[i]);
    return st ? st : t->fails ? ST_DENIED : ST_OK;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void identifiers_and_numbers_never_repeat(void **state)
{
    enum { ROUNDS = 6 };
    struct fixture *f = *state;
    static struct taking taking[ROUNDS];
    static int64_t ids[ROUNDS * 3000];
    static char numbers[ROUNDS * 200][20];
    for (size_t r = 0; r < ROUNDS; r++) {
        /* After a job that took blocks and was rolled back with them, and after a restart. */
        struct taking failing = {.fails = true};
        assert_int_equal(store_write_wait(f->store, take_many, &failing), ST_DENIED);
        assert_int_equal(store_write_wait(f->store, take_many, &taking[r]), ST_OK);
        if (r % 2)
            fixture_reopen(f);
        memcpy(ids + r * 3000, taking[r].ids, sizeof taking[r].ids);
        memcpy(numbers + r * 200, taking[r].numbers, sizeof taking[r].numbers);
    }
    qsort(ids, ROUNDS * 3000, sizeof ids[0], by_id);
    qsort(numbers, ROUNDS * 200, sizeof numbers[0], by_text);
    for (size_t i = 1; i < ROUNDS * 3000; i++)
        assert_true(ids[i] > 0 && ids[i] != ids[i - 1]);
    for (size_t i = 1; i < ROUNDS * 200; i++)
        assert_string_not_equal(numbers[i], numbers[i - 1]);
}

static enum status set_node(struct db *db, void *user)
{
    return store_meta_set(db, "node", user);
}

static void nodes_share_the_days_counter_and_no_identifier(void **state)
{
    struct fixture *f = *state;
    static struct taking a, b;
    char three[] = "3", bad[] = "300";
    assert_int_equal(store_write_wait(f->store, take_many, &a), ST_OK);
    assert_int_equal(store_write_wait(f->store, set_node, three), ST_OK);
    assert_int_equal(store_write_wait(f->store, take_many, &b), ST_OK);
    assert_int_equal(id_node(a.ids[0]), 0);
    for (size_t i = 0; i < 3000; i++)
        assert_int_equal(id_node(b.ids[i]), 3);
    for (size_t i = 0; i < 200; i++)
        for (size_t j = 0; j < 200; j++)
            assert_string_not_equal(a.numbers[i], b.numbers[j]);
    assert_int_equal(store_write_wait(f->store, set_node, bad), ST_OK);
    int64_t id;
    log_set_level((enum log_level) - 1);
    assert_int_equal(store_write_wait(f->store, job_new_id, &id), ST_IO);
    log_set_level(LOG_INFO);
}

static void an_identifier_begins_with_its_month(void **state)
{
    struct fixture *f = *state;
    int64_t id = new_id(f);
    assert_int_equal(id_month(id), (2026 - 1970) * 12 + 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(a_job_that_fails_rolls_back_alone),
        TEST(a_query_left_open_harms_nobody),
        TEST(an_answered_write_is_there_after_reopening),
        TEST(an_answered_write_can_be_read_at_once),
        TEST(what_waits_is_committed_at_closing),
        TEST(a_full_queue_is_busy_and_calls_nobody),
        TEST(waiting_on_the_writers_own_thread_is_refused),
        TEST(a_full_disk_keeps_nothing_half_and_the_next_write_works),
        TEST(nobody_of_a_group_that_is_given_up_is_told_that_it_is_kept),
        TEST(identifiers_and_numbers_never_repeat),
        TEST(nodes_share_the_days_counter_and_no_identifier),
        TEST(an_identifier_begins_with_its_month),
    };
    return cmocka_run_group_tests_name("store: writer", tests, NULL, NULL);
}
