/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files under SQLite that lose their power: every write is noted until it is synced; at the failure
 * each noted write is lost, kept or torn by sectors, at random. One test program includes it. */
#ifndef TESTS_UNIT_PLATFORM_STORE_POWER_H
#define TESTS_UNIT_PLATFORM_STORE_POWER_H

#include "core/log.h"
#include "platform_store_fixture.h"
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>

enum { SECTOR = 512, FILES_MAX = 16 };

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

static inline struct tracked *track(const char *path)
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

static inline void forget(struct tracked *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->items[i].fresh);
        free(t->items[i].old);
    }
    t->count = 0;
}

/* Counts an operation; true when there is no power (any more). */
static inline bool fails(void)
{
    if (!power.off && power.fails_at && ++power.operations >= power.fails_at)
        power.off = true;
    return power.off;
}

/* Notes what an operation from `offset` on is going to change. */
static inline struct pending *note(struct crash_file *file, sqlite3_int64 offset,
                                   sqlite3_int64 length)
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

/* --- the failure ----------------------------------------------------------------------------- */

static uint32_t seed;

static inline uint32_t any(uint32_t below)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % below;
}

static inline void must(bool good)
{
    if (!good)
        fail_msg("the files cannot be put into their state after the failure");
}

/* First back to what was synced, then each pending write again as chance has it: `kept` of 100. */
static inline void lose(struct tracked *t, uint32_t kept)
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

static inline void power_reset(void)
{
    for (size_t i = 0; i < FILES_MAX; i++) {
        forget(&power.files[i]);
        free(power.files[i].items);
        power.files[i] = (struct tracked){0};
    }
    power.operations = power.fails_at = 0;
    power.off = power.syncs_lie = false;
}

static inline int group_setup(void **state)
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

#endif
