/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many threads at once: writers that contend for the same orders, readers beside them. */
#include "platform_store_fixture.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { ME = 7, ORDERS = 4, WRITERS = 3, READERS = 3, CHANGES = 40 };

struct town {
    struct fixture *f;
    int64_t orders[ORDERS];
    atomic_int stored, stale;
    atomic_bool done;
};

struct change_job {
    int64_t order_id;
    struct arena *arena;
    bool reads_inside; /* the platform's way: load, decide and save in one job */
    struct order_case *c;
};

static enum status change_one(struct db *db, void *user)
{
    struct change_job *job = user;
    struct order_case *c = job->c;
    if (job->reads_inside)
        c = store_case_load(db, 0, job->order_id, job->arena);
    if (!c)
        return ST_NOT_FOUND;
    c->order.version++;
    c->order.urgent = !c->order.urgent;
    c->order.round = (int32_t)c->order.version;
    c->assignments[0].round = c->order.round;
    c->assignments[0].mark = ROW_CHANGED;
    add_event(job->arena, c, "change", "\"by\":\"thread\"");
    return store_case_save(db, c, false, NOW, NULL);
}

static void *write_main(void *user)
{
    struct town *town = user;
    for (int i = 0; i < CHANGES; i++) {
        struct arena *arena = arena_new();
        struct change_job job = {town->orders[i % ORDERS], arena, i % 2 == 0, NULL};
        if (!job.reads_inside)
            job.c = store_case_load(store_reader(town->f->store, NULL), ME, job.order_id, arena);
        enum status st = store_write_wait(town->f->store, change_one, &job);
        if (st == ST_OK)
            atomic_fetch_add(&town->stored, 1);
        else if (st == ST_STALE && !job.reads_inside)
            atomic_fetch_add(&town->stale, 1);
        else
            fail_msg("%s", status_name(st));
        arena_free(arena);
    }
    return NULL;
}

static void *read_main(void *user)
{
    struct town *town = user;
    const struct order_filter all = {.open_only = true};
    int64_t cursor = 0, seen[ORDERS] = {0};
    bool last = false;
    while (!last) {
        last = atomic_load(&town->done); /* once more after the last change */
        struct arena *arena = arena_new();
        struct db *db = store_reader(town->f->store, NULL);
        struct order_page page;
        struct change *changes;
        int64_t count, red, next;
        assert_int_equal(store_orders(db, ME, &all, true, 0, 0, 50, arena, &page), ST_OK);
        assert_int_equal(page.count, ORDERS);
        assert_int_equal(store_orders_count(db, ME, &all, &count, &red), ST_OK);
        assert_int_equal(count, ORDERS);
        for (int i = 0; i < ORDERS; i++) {
            struct error err;
            assert_int_equal(store_chain_verify(db, town->orders[i], &err), ST_OK);
            /* an order and its rows are of one moment */
            struct order_case *c = store_case_load(db, ME, town->orders[i], arena);
            assert_int_equal(c->order.round, c->assignments[0].round);
        }
        size_t n = store_changes(db, ME, cursor, INT64_MAX, 7, arena, &changes, &next);
        assert_true(next >= cursor);
        last = last && next == cursor;
        cursor = next;
        for (size_t i = 0; i < n; i++)
            for (int j = 0; j < ORDERS; j++)
                if (town->orders[j] == changes[i].order_id) {
                    assert_true(changes[i].version >= seen[j]);
                    seen[j] = changes[i].version;
                }
        arena_free(arena);
    }
    int64_t sum = 0;
    for (int i = 0; i < ORDERS; i++)
        sum += seen[i];
    assert_int_equal(sum, ORDERS + atomic_load(&town->stored));
    return NULL;
}

static void what_is_stored_is_seen_once_by_every_reader_and_nothing_is_lost(void **state)
{
    struct fixture *f = *state;
    struct town town = {.f = f};
    pthread_t writers[WRITERS], readers[READERS];
    put_account(f, ME, true, false);
    for (int i = 0; i < ORDERS; i++) {
        struct order_case *c = make_case(f);
        add_assignment(f, c, 12, "/1/12/", true, 1);
        town.orders[i] = put_case(f, c);
    }
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_main, &town), 0);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&writers[i], NULL, write_main, &town), 0);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i], NULL);
    atomic_store(&town.done, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(atomic_load(&town.stored) + atomic_load(&town.stale), WRITERS * CHANGES);
    int64_t versions = 0;
    for (int i = 0; i < ORDERS; i++) {
        struct order_case *c = load_case(f, 0, town.orders[i]);
        assert_int_equal(c->order.version, c->order.event_n);
        versions += c->order.version;
    }
    assert_int_equal(versions, ORDERS + atomic_load(&town.stored));
}

static void *open_reader(void *user)
{
    struct fixture *f = user;
    return store_reader(f->store, NULL) ? f : NULL;
}

static void a_threads_connection_ends_with_the_thread(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 300; i++) {
        pthread_t thread;
        void *good = NULL;
        assert_int_equal(pthread_create(&thread, NULL, open_reader, f), 0);
        pthread_join(thread, &good);
        assert_non_null(good);
    }
    size_t open_files = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory && readdir(directory))
        open_files++;
    if (directory)
        (void)closedir(directory);
    assert_true(open_files < 60);
}

/* Enough to make the log begin anew several times while others read. */
static enum status write_much(struct db *db, void *user)
{
    int64_t from = *(int64_t *)user;
    enum status st = ST_OK;
    char value[8000];
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    for (int64_t i = 0; i < 200 && !st; i++) {
        char key[40];
        (void)snprintf(key, sizeof key, "k%lld", (long long)(from + i));
        st = store_meta_set(db, key, value);
    }
    return st;
}

static void *count_main(void *user)
{
    struct town *town = user;
    int64_t before = 0;
    while (!atomic_load(&town->done)) {
        struct db *db = store_reader(town->f->store, NULL);
        struct db_rows *rows =
            db_query(db, "select count(*) from meta where key <> 'key_id'", NULL, 0, NULL);
        assert_true(db_next(rows));
        int64_t n = db_get_int(rows, 0);
        assert_int_equal(db_close(rows), ST_OK);
        assert_int_equal(n % 200, 0); /* a job is seen whole or not at all */
        assert_true(n >= before);
        before = n;
    }
    return NULL;
}

static void the_log_does_not_grow_without_end_beside_readers(void **state)
{
    struct fixture *f = *state;
    struct town town = {.f = f};
    pthread_t readers[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, count_main, &town), 0);
    for (int64_t i = 0; i < 70; i++) {
        int64_t from = i * 200;
        assert_int_equal(store_write_wait(f->store, write_much, &from), ST_OK);
    }
    atomic_store(&town.done, true);
    for (int i = 0; i < 2; i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(one_number(f, "select count(*) from meta where key <> 'key_id'"), 70 * 200);
    char wal[400];
    struct stat st;
    (void)snprintf(wal, sizeof wal, "%s-wal", f->path);
    assert_int_equal(stat(wal, &st), 0);
    assert_true(st.st_size < 80 * 1024 * 1024);
}

static void the_log_is_copied_back_while_nobody_waits(void **state)
{
    struct fixture *f = *state;
    struct stat st = {0};
    for (int64_t i = 0; i < 5; i++) {
        int64_t from = i * 200;
        assert_int_equal(store_write_wait(f->store, write_much, &from), ST_OK);
    }
    for (int tries = 0; st.st_size < 1000 * 1000 && tries < 1000; tries++) {
        assert_int_equal(stat(f->path, &st), 0);
        const struct timespec pause = {0, 10 * 1000 * 1000};
        (void)nanosleep(&pause, NULL);
    }
    assert_true(st.st_size >= 1000 * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(what_is_stored_is_seen_once_by_every_reader_and_nothing_is_lost),
        TEST(a_threads_connection_ends_with_the_thread),
        TEST(the_log_does_not_grow_without_end_beside_readers),
        TEST(the_log_is_copied_back_while_nobody_waits),
    };
    return cmocka_run_group_tests_name("store: threads", tests, NULL, NULL);
}
