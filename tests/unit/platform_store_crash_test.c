/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The power fails. A killed process proves nothing (the system keeps what it wrote), so SQLite runs
 * on files of our own here: at the failure every write that was not synced is lost, kept or torn by
 * sectors, at random. What was answered must be there, whole, and nothing half. */
#include "core/log.h"
#include "platform_store_fixture.h"
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

enum { SECTOR = 512, FILES_MAX = 16, JOBS = 60 };

/* A write (or a cut) that is not yet durable. */
struct pending {
    sqlite3_int64 offset, old_size;
    size_t length;        /* 0: a cut at `offset` */
    unsigned char *fresh; /* NULL for a cut */
    unsigned char *old;   /* what was there, as far as the file went */
    size_t old_length;
};

struct tracked {
    char path[320];
    struct pending *items;
    size_t count, capacity;
};

/* The world that loses its power. One lock: writer and checkpointer both write. */
static struct {
    pthread_mutex_t lock;
    struct tracked files[FILES_MAX];
    long operations, fails_at; /* 0 never */
    bool off, syncs_lie;
} power = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct crash_file {
    sqlite3_file base;
    struct tracked *tracked; /* NULL for what is not followed (the wal index) */
    sqlite3_file *real;
};

static sqlite3_vfs *system_vfs;

static struct tracked *track(const char *path)
{
    for (size_t i = 0; i < FILES_MAX; i++)
        if (strcmp(power.files[i].path, path) == 0)
            return &power.files[i];
    for (size_t i = 0; i < FILES_MAX; i++)
        if (power.files[i].path[0] == '\0') {
            (void)snprintf(power.files[i].path, sizeof power.files[i].path, "%s", path);
            return &power.files[i];
        }
    abort();
}

static void forget(struct tracked *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->items[i].fresh);
        free(t->items[i].old);
    }
    t->count = 0;
}

/* Counts an operation; true when there is no power (any more). */
static bool fails(void)
{
    if (!power.off && power.fails_at && ++power.operations >= power.fails_at)
        power.off = true;
    return power.off;
}

/* Notes what an operation from `offset` on is going to change. */
static struct pending *note(struct crash_file *file, sqlite3_int64 offset, sqlite3_int64 length)
{
    struct tracked *t = file->tracked;
    if (t->count == t->capacity) {
        t->capacity = t->capacity ? 2 * t->capacity : 64;
        t->items = realloc(t->items, t->capacity * sizeof *t->items);
        if (!t->items)
            abort();
    }
    struct pending *p = &t->items[t->count++];
    *p = (struct pending){.offset = offset};
    (void)file->real->pMethods->xFileSize(file->real, &p->old_size);
    sqlite3_int64 end = offset + length < p->old_size ? offset + length : p->old_size;
    if (end > offset) {
        p->old_length = (size_t)(end - offset);
        p->old = malloc(p->old_length);
        if (!p->old)
            abort();
        (void)file->real->pMethods->xRead(file->real, p->old, (int)p->old_length, offset);
    }
    return p;
}

#define REAL(file) (((struct crash_file *)(file))->real)

static int crash_close(sqlite3_file *file)
{
    int code = REAL(file)->pMethods->xClose(REAL(file));
    free(REAL(file));
    return code;
}

static int crash_read(sqlite3_file *file, void *bytes, int n, sqlite3_int64 offset)
{
    pthread_mutex_lock(&power.lock);
    int code =
        power.off ? SQLITE_IOERR_READ : REAL(file)->pMethods->xRead(REAL(file), bytes, n, offset);
    pthread_mutex_unlock(&power.lock);
    return code;
}

static int crash_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
    struct crash_file *mine = (struct crash_file *)file;
    pthread_mutex_lock(&power.lock);
    int code = SQLITE_IOERR_WRITE;
    if (!power.off) {
        if (mine->tracked) {
            struct pending *p = note(mine, offset, n);
            p->length = (size_t)n;
            p->fresh = malloc((size_t)n);
            if (!p->fresh)
                abort();
            memcpy(p->fresh, bytes, (size_t)n);
        }
        code = mine->real->pMethods->xWrite(mine->real, bytes, n, offset);
        /* The power can go while the write is on its way: it may be there or not. */
        if (fails())
            code = SQLITE_IOERR_WRITE;
    }
    pthread_mutex_unlock(&power.lock);
    return code;
}

static int crash_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct crash_file *mine = (struct crash_file *)file;
    pthread_mutex_lock(&power.lock);
    int code = SQLITE_IOERR_TRUNCATE;
    if (!fails()) {
        if (mine->tracked)
            note(mine, size, INT32_MAX);
        code = mine->real->pMethods->xTruncate(mine->real, size);
    }
    pthread_mutex_unlock(&power.lock);
    return code;
}

static int crash_sync(sqlite3_file *file, int flags)
{
    struct crash_file *mine = (struct crash_file *)file;
    (void)flags;
    pthread_mutex_lock(&power.lock);
    int code = fails() ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    if (code == SQLITE_OK && mine->tracked && !power.syncs_lie)
        forget(mine->tracked);
    pthread_mutex_unlock(&power.lock);
    return code;
}

static int crash_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return REAL(file)->pMethods->xFileSize(REAL(file), size);
}

static int crash_lock(sqlite3_file *file, int level)
{
    return REAL(file)->pMethods->xLock(REAL(file), level);
}

static int crash_unlock(sqlite3_file *file, int level)
{
    return REAL(file)->pMethods->xUnlock(REAL(file), level);
}

static int crash_reserved(sqlite3_file *file, int *out)
{
    return REAL(file)->pMethods->xCheckReservedLock(REAL(file), out);
}

static int crash_control(sqlite3_file *file, int op, void *argument)
{
    return REAL(file)->pMethods->xFileControl(REAL(file), op, argument);
}

static int crash_sector(sqlite3_file *file)
{
    (void)file;
    return SECTOR;
}

static int crash_device(sqlite3_file *file)
{
    return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static int crash_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, out);
}

static int crash_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return REAL(file)->pMethods->xShmLock(REAL(file), offset, n, flags);
}

static void crash_shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int crash_shm_unmap(sqlite3_file *file, int remove)
{
    return REAL(file)->pMethods->xShmUnmap(REAL(file), remove);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = crash_close,
    .xRead = crash_read,
    .xWrite = crash_write,
    .xTruncate = crash_truncate,
    .xSync = crash_sync,
    .xFileSize = crash_size,
    .xLock = crash_lock,
    .xUnlock = crash_unlock,
    .xCheckReservedLock = crash_reserved,
    .xFileControl = crash_control,
    .xSectorSize = crash_sector,
    .xDeviceCharacteristics = crash_device,
    .xShmMap = crash_shm_map,
    .xShmLock = crash_shm_lock,
    .xShmBarrier = crash_shm_barrier,
    .xShmUnmap = crash_shm_unmap,
};

static int crash_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    struct crash_file *mine = (struct crash_file *)file;
    (void)vfs;
    mine->base.pMethods = NULL;
    if (power.off)
        return SQLITE_CANTOPEN;
    mine->real = calloc(1, (size_t)system_vfs->szOsFile);
    if (!mine->real)
        return SQLITE_NOMEM;
    int code = system_vfs->xOpen(system_vfs, name, mine->real, flags, out);
    if (code != SQLITE_OK) {
        free(mine->real);
        return code;
    }
    pthread_mutex_lock(&power.lock);
    mine->tracked = name ? track(name) : NULL;
    pthread_mutex_unlock(&power.lock);
    mine->base.pMethods = &METHODS;
    return SQLITE_OK;
}

static int crash_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    (void)vfs;
    pthread_mutex_lock(&power.lock);
    int code = SQLITE_IOERR_DELETE;
    if (!fails()) {
        forget(track(name));
        code = system_vfs->xDelete(system_vfs, name, sync_directory);
    }
    pthread_mutex_unlock(&power.lock);
    return code;
}

/* --- the failure
 * ------------------------------------------------------------------------------------ */

static uint32_t seed;

static uint32_t any(uint32_t below)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % below;
}

static void must(bool good)
{
    if (!good)
        fail_msg("the files cannot be put into their state after the failure");
}

/* First back to what was synced, then each pending write again as chance has it: `kept` of 100. */
static void lose(struct tracked *t, uint32_t kept)
{
    int fd = open(t->path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return; /* it was deleted */
    for (size_t i = t->count; i-- > 0;) {
        const struct pending *p = &t->items[i];
        if (p->old_length)
            must(pwrite(fd, p->old, p->old_length, p->offset) == (ssize_t)p->old_length);
        must(ftruncate(fd, p->old_size) == 0);
    }
    for (size_t i = 0; i < t->count; i++) {
        const struct pending *p = &t->items[i];
        if (!p->fresh && any(100) < kept)
            must(ftruncate(fd, p->offset) == 0);
        for (size_t at = 0; at < p->length; at += SECTOR) {
            size_t n = p->length - at < SECTOR ? p->length - at : SECTOR;
            if (any(100) < kept)
                must(pwrite(fd, p->fresh + at, n, p->offset + (sqlite3_int64)at) == (ssize_t)n);
        }
    }
    close(fd);
}

static void power_reset(void)
{
    for (size_t i = 0; i < FILES_MAX; i++) {
        forget(&power.files[i]);
        free(power.files[i].items);
        power.files[i] = (struct tracked){0};
    }
    power.operations = power.fails_at = 0;
    power.off = power.syncs_lie = false;
}

/* --- a day of work
 * ------------------------------------------------------------------------------------ */

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
static struct finding round_of(struct fixture *f, long fails_at, bool heavy, bool syncs_lie,
                               uint32_t kept)
{
    atomic_bool answered[JOBS] = {0};
    fixture_remove(f);
    assert_int_equal(mkdir(f->directory, 0700), 0);
    power_reset();
    power.syncs_lie = syncs_lie;
    fixture_open(f);
    power.operations = 0;
    power.fails_at = fails_at;
    work_all(f, answered, 0, heavy);
    power.fails_at = 1; /* now, if not before: closing must not save what working did not */
    store_close(f->store);
    f->store = NULL;
    for (size_t i = 0; i < FILES_MAX; i++)
        if (power.files[i].path[0])
            lose(&power.files[i], kept);
    power_reset();
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
    enum { ROUNDS = 64 };
    for (uint32_t round = 0; round < ROUNDS; round++) {
        seed = 77 + round;
        /* Some of the failures fall into the work, some behind it. */
        bool heavy = round / 4 % 2;
        long fails_at = 1 + (long)any(heavy ? 5000 : 500);
        struct finding found = round_of(*state, fails_at, heavy, false, KEPT[round % 4]);
        if (found.lost || found.broken)
            fail_msg("round %u, operation %ld: %d answered jobs are lost%s", (unsigned)round,
                     fails_at, found.lost, found.broken ? ", the database is damaged" : "");
    }
}

/* The database is made anew, and the power goes at each of the operations in turn. */
static void an_opening_that_loses_its_power_can_be_done_again(void **state)
{
    struct fixture *f = *state;
    bool finished = false;
    for (long at = 1; !finished; at += 3) {
        const atomic_bool none[JOBS] = {0};
        seed = 277 + (uint32_t)at;
        fixture_remove(f);
        assert_int_equal(mkdir(f->directory, 0700), 0);
        /* An empty file was there: then a failed opening does not take it away. */
        int fd = open(f->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        close(fd);
        power_reset();
        power.fails_at = at;
        struct error err;
        finished = store_open(f->path, &f->store, &err) == ST_OK;
        power.fails_at = 1;
        power.operations = 1;
        power.off = true;
        store_close(f->store);
        f->store = NULL;
        for (size_t i = 0; i < FILES_MAX; i++)
            if (power.files[i].path[0])
                lose(&power.files[i], KEPT[at % 4]);
        power_reset();
        struct finding found = inspect(f, none, 0);
        if (found.broken)
            fail_msg("operation %ld: the database cannot be opened again", at);
        assert_int_equal(one_number(f, "select max(version) from schema_version"), 1);
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
        seed = 177 + round;
        struct finding found = round_of(*state, 0, false, true, round % 2 ? 50 : 0);
        seen += found.lost > 0 || found.broken;
    }
    assert_int_equal(seen, 8);
}

static int group_setup(void **state)
{
    static sqlite3_vfs vfs;
    (void)state;
    log_set_level((enum log_level) - 1);
    system_vfs = sqlite3_vfs_find(NULL);
    vfs = *system_vfs;
    vfs.zName = "power";
    vfs.szOsFile = (int)sizeof(struct crash_file);
    vfs.xOpen = crash_open;
    vfs.xDelete = crash_delete;
    return sqlite3_vfs_register(&vfs, 1) == SQLITE_OK ? 0 : -1;
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
