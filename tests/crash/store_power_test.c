/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The power fails. A killed process proves nothing (the system keeps what it wrote), so SQLite runs
 * on files of our own here. What was answered must be there, whole, and nothing half. */
#include "core/log.h"
#include "tests/lib/power.h"
#include "tests/unit/platform_store_fixture.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>

enum { JOBS = 60 };

/* --- a day of work --------------------------------------------------------------------------- */

struct work {
    struct fixture *f;
    int i;
    bool heavy;
    int64_t order_id;
    atomic_bool *answered;
    pthread_mutex_t *lock;
    pthread_cond_t *told;
    int *waiting;
};

/* An appeal's order and a mark that names it: both or neither. When heavy, so much beside them that
 * the log is copied back and begins anew within the round. */
static enum status work_job(struct db *db, void *user)
{
    struct work *w = user;
    struct arena *arena = arena_new();
    struct order_case *c = arena_alloc(arena, sizeof *c);
    char mark[32], id[32];
    c->order = (struct order){.id = store_new_id(db, NOW),
                              .version = 1,
                              .state = ORDER_RECEIVED,
                              .channel = "12345",
                              .category_code = "01",
                              .industry = "",
                              .region_code = "420281",
                              .place_text = "",
                              .title = "路灯不亮",
                              .conclusion = "",
                              .deadline_at = NOW};
    add_event(arena, c, "receive", "");
    w->order_id = c->order.id;
    enum status st = store_new_number(db, NOW, c->order.number);
    if (!st)
        st = store_case_save(db, c, true, NOW, NULL);
    (void)snprintf(mark, sizeof mark, "job%d", w->i);
    (void)snprintf(id, sizeof id, "%lld", (long long)w->order_id);
    if (!st)
        st = store_meta_set(db, mark, id);
    if (!st && w->heavy) {
        enum { SIZE = 100 * 1024 };
        char *much = arena_alloc(arena, SIZE);
        memset(much, 'x', SIZE - 1);
        st = store_meta_set(db, id, much);
    }
    arena_free(arena);
    return st;
}

static void work_done(void *user, enum status status)
{
    struct work *w = user;
    pthread_mutex_lock(w->lock);
    if (status == ST_OK)
        atomic_store(w->answered, true);
    --*w->waiting;
    pthread_cond_signal(w->told);
    pthread_mutex_unlock(w->lock);
}

/* Up to four jobs wait at a time, so that groups differ. */
static void work_all(struct fixture *f, atomic_bool answered[JOBS], int first, bool heavy)
{
    static struct work work[JOBS];
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t told = PTHREAD_COND_INITIALIZER;
    int waiting = 0;
    for (int i = 0; i < JOBS; i++) {
        work[i] = (struct work){.f = f,
                                .i = first + i,
                                .heavy = heavy,
                                .answered = &answered[i],
                                .lock = &lock,
                                .told = &told,
                                .waiting = &waiting};
        pthread_mutex_lock(&lock);
        while (waiting >= 4)
            pthread_cond_wait(&told, &lock);
        waiting++;
        pthread_mutex_unlock(&lock);
        assert_int_equal(store_write(f->store, work_job, work_done, &work[i]), ST_OK);
    }
    pthread_mutex_lock(&lock);
    while (waiting > 0)
        pthread_cond_wait(&told, &lock);
    pthread_mutex_unlock(&lock);
}

/* What a look after the failure finds. */
struct finding {
    int lost;    /* answered, but not there */
    bool broken; /* half a job, a broken chain, a damaged file, or it does not open */
};

static struct finding inspect(struct fixture *f, const atomic_bool answered[JOBS], int first)
{
    struct finding found = {0, true};
    struct error err = {ST_OK, ""};
    if (store_open(f->path, &f->store, &err) != ST_OK) {
        f->store = NULL;
        return found;
    }
    struct db *db = fixture_db(f);
    struct db_rows *rows = db_query(db, "pragma integrity_check", NULL, 0, &err);
    found.broken = !db_next(rows) || strcmp(db_get_text(rows, 0), "ok") != 0;
    found.broken |= db_close(rows) != ST_OK;
    int marks = 0;
    for (int i = 0; i < JOBS; i++) {
        char mark[32];
        (void)snprintf(mark, sizeof mark, "job%d", first + i);
        const char *id = store_meta_get(db, mark, f->arena);
        found.lost += atomic_load(&answered[i]) && !id;
        marks += id != NULL;
        if (id && store_chain_verify(db, strtoll(id, NULL, 10), &err) != ST_OK)
            found.broken = true;
    }
    if (first == 0 && one_number(f, "select count(*) from orders") != marks)
        found.broken = true;
    return found;
}

static int crash_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    fixture_directory(f);
    f->arena = arena_new();
    *state = f;
    return 0;
}

/* One round: opens, works, loses the power at the `fails_at`th operation, and looks. */
static struct finding round_of(struct fixture *f, uint32_t seed, long fails_at, bool heavy,
                               bool syncs_lie, uint32_t kept)
{
    atomic_bool answered[JOBS] = {0};
    fixture_remove(f);
    assert_int_equal(mkdir(f->directory, 0700), 0);
    power_begin(seed);
    if (syncs_lie)
        power_lie();
    fixture_open(f);
    power_fail_at(fails_at);
    work_all(f, answered, 0, heavy);
    power_cut(); /* now, if not before: closing must not save what working did not */
    store_close(f->store);
    f->store = NULL;
    power_lose(kept);
    struct finding found = inspect(f, answered, 0);
    if (f->store && !found.broken) {
        /* and work goes on */
        atomic_bool again[JOBS] = {0};
        work_all(f, again, 1000, false);
        store_close(f->store);
        found.broken = inspect(f, again, 1000).lost != 0;
    }
    store_close(f->store);
    f->store = NULL;
    return found;
}

static const uint32_t KEPT[] = {0, 50, 90, 100};

static void what_was_answered_survives_a_loss_of_power_and_nothing_is_half(void **state)
{
    enum { ROUNDS = 32 };
    for (uint32_t round = 0; round < ROUNDS; round++) {
        power_begin(77 + round);
        /* Some of the failures fall into the work, some behind it. */
        bool heavy = round / 4 % 2;
        long fails_at = 1 + (long)power_random(heavy ? 5000 : 500);
        struct finding found =
            round_of(*state, 77 + round, fails_at, heavy, false, KEPT[round % 4]);
        if (found.lost || found.broken)
            fail_msg("round %u, operation %ld: %d answered jobs are lost%s", (unsigned)round,
                     fails_at, found.lost, found.broken ? ", the database is damaged" : "");
    }
}

/* The database is made anew, and the power goes at every seventh of its operations. */
static void an_opening_that_loses_its_power_can_be_done_again(void **state)
{
    struct fixture *f = *state;
    bool finished = false;
    for (long at = 1; !finished; at += 7) {
        const atomic_bool none[JOBS] = {0};
        fixture_remove(f);
        assert_int_equal(mkdir(f->directory, 0700), 0);
        /* An empty file was there: then a failed opening does not take it away. */
        int fd = open(f->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        close(fd);
        power_begin(277 + (uint32_t)at);
        power_fail_at(at);
        struct error err;
        finished = store_open(f->path, &f->store, &err) == ST_OK;
        power_cut();
        store_close(f->store);
        f->store = NULL;
        power_lose(KEPT[at % 4]);
        struct finding found = inspect(f, none, 0);
        if (found.broken)
            fail_msg("operation %ld: the database cannot be opened again", at);
        assert_true(one_number(f, "select max(version) from schema_version") > 1);
        store_close(f->store);
        f->store = NULL;
    }
}

/* The same must fail where nothing is synced, as with synchronous=OFF; or the test above sees
 * nothing. */
static void without_syncs_the_loss_is_seen(void **state)
{
    int seen = 0;
    for (uint32_t round = 0; round < 8; round++) {
        struct finding found = round_of(*state, 177 + round, 0, false, true, round % 2 ? 50 : 0);
        seen += found.lost > 0 || found.broken;
    }
    assert_int_equal(seen, 8);
}

static int group_setup(void **state)
{
    (void)state;
    log_set_level((enum log_level) - 1);
    power_install();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, crash_setup, fixture_teardown)
        TEST(what_was_answered_survives_a_loss_of_power_and_nothing_is_half),
        TEST(an_opening_that_loses_its_power_can_be_done_again),
        TEST(without_syncs_the_loss_is_seen),
    };
    return cmocka_run_group_tests_name("store: loss of power", tests, group_setup, NULL);
}
