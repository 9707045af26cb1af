/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/power.h"
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 512, FILES_MAX = 32 };

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

/* The world that loses its power. One lock: all threads' connections write. */
static struct {
    pthread_mutex_t lock;
    struct tracked files[FILES_MAX];
    long operations, fails_at; /* 0 never */
    bool off, syncs_lie, full;
    uint32_t seed;
} power = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct power_file {
    sqlite3_file base;
    struct tracked *tracked; /* NULL for what is not followed */
    sqlite3_file *real;
};

static sqlite3_vfs *system_vfs;

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    abort();
}

static struct tracked *track(const char *path)
{
    for (size_t i = 0; i < FILES_MAX; i++)
        if (strcmp(power.files[i].path, path) == 0)
            return &power.files[i];
    for (size_t i = 0; i < FILES_MAX; i++)
        if (power.files[i].path[0] == '\0') {
            must(snprintf(power.files[i].path, sizeof power.files[i].path, "%s", path) <
                     (int)sizeof power.files[i].path,
                 "a path is too long");
            return &power.files[i];
        }
    must(false, "too many files");
    return NULL;
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
    power.operations++;
    if (power.fails_at && power.operations >= power.fails_at)
        power.off = true;
    return power.off;
}

/* Notes what an operation from `offset` on is going to change. */
static struct pending *note(struct power_file *file, sqlite3_int64 offset, sqlite3_int64 length)
{
    struct tracked *t = file->tracked;
    if (t->count == t->capacity) {
        t->capacity = t->capacity ? 2 * t->capacity : 64;
        t->items = realloc(t->items, t->capacity * sizeof *t->items);
        must(t->items, "memory");
    }
    struct pending *p = &t->items[t->count++];
    *p = (struct pending){.offset = offset};
    (void)file->real->pMethods->xFileSize(file->real, &p->old_size);
    sqlite3_int64 end = offset + length < p->old_size ? offset + length : p->old_size;
    if (end > offset) {
        p->old_length = (size_t)(end - offset);
        p->old = malloc(p->old_length);
        must(p->old, "memory");
        (void)file->real->pMethods->xRead(file->real, p->old, (int)p->old_length, offset);
    }
    return p;
}

/* --- one file --------------------------------------------------------------------------------- */

#define REAL(file) (((struct power_file *)(file))->real)

static int file_close(sqlite3_file *file)
{
    int code = REAL(file)->pMethods->xClose(REAL(file));
    free(REAL(file));
    return code;
}

static int file_read(sqlite3_file *file, void *bytes, int n, sqlite3_int64 offset)
{
    pthread_mutex_lock(&power.lock);
    int code =
        power.off ? SQLITE_IOERR_READ : REAL(file)->pMethods->xRead(REAL(file), bytes, n, offset);
    pthread_mutex_unlock(&power.lock);
    return code;
}

static bool grows(const struct power_file *file, sqlite3_int64 end)
{
    sqlite3_int64 size = 0;
    (void)file->real->pMethods->xFileSize(file->real, &size);
    return end > size;
}

static int file_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
    struct power_file *mine = (struct power_file *)file;
    pthread_mutex_lock(&power.lock);
    int code = SQLITE_IOERR_WRITE;
    if (!power.off && power.full && grows(mine, offset + n)) {
        code = SQLITE_FULL;
    } else if (!power.off) {
        if (mine->tracked) {
            struct pending *p = note(mine, offset, n);
            p->length = (size_t)n;
            p->fresh = malloc((size_t)n);
            must(p->fresh, "memory");
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

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct power_file *mine = (struct power_file *)file;
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

static int file_sync(sqlite3_file *file, int flags)
{
    struct power_file *mine = (struct power_file *)file;
    (void)flags;
    pthread_mutex_lock(&power.lock);
    int code = fails() ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    if (code == SQLITE_OK && mine->tracked && !power.syncs_lie)
        forget(mine->tracked);
    pthread_mutex_unlock(&power.lock);
    return code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return REAL(file)->pMethods->xFileSize(REAL(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return REAL(file)->pMethods->xLock(REAL(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return REAL(file)->pMethods->xUnlock(REAL(file), level);
}

static int file_reserved(sqlite3_file *file, int *out)
{
    return REAL(file)->pMethods->xCheckReservedLock(REAL(file), out);
}

static int file_control(sqlite3_file *file, int op, void *argument)
{
    return REAL(file)->pMethods->xFileControl(REAL(file), op, argument);
}

static int file_sector(sqlite3_file *file)
{
    (void)file;
    return SECTOR;
}

static int file_device(sqlite3_file *file)
{
    return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

/* The wal index is memory that the processes share; no power keeps it, and it needs none. */
static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return REAL(file)->pMethods->xShmLock(REAL(file), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
    return REAL(file)->pMethods->xShmUnmap(REAL(file), remove);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_device,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* --- all files -------------------------------------------------------------------------------- */

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    struct power_file *mine = (struct power_file *)file;
    (void)vfs;
    mine->base.pMethods = NULL;
    if (power_is_off())
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

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
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

void power_install(void)
{
    static sqlite3_vfs vfs;
    if (system_vfs)
        return;
    system_vfs = sqlite3_vfs_find(NULL);
    vfs = *system_vfs;
    vfs.zName = "power";
    vfs.szOsFile = (int)sizeof(struct power_file);
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    must(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK, "the files that lose their power");
}

/* --- what happens to them --------------------------------------------------------------------- */

static void forget_all(void)
{
    for (size_t i = 0; i < FILES_MAX; i++) {
        forget(&power.files[i]);
        free(power.files[i].items);
        power.files[i] = (struct tracked){.count = 0};
    }
    power.operations = power.fails_at = 0;
    power.off = power.syncs_lie = power.full = false;
}

void power_begin(uint32_t seed)
{
    pthread_mutex_lock(&power.lock);
    forget_all();
    power.seed = seed;
    pthread_mutex_unlock(&power.lock);
}

void power_fail_at(long operation)
{
    pthread_mutex_lock(&power.lock);
    power.operations = 0;
    power.fails_at = operation;
    pthread_mutex_unlock(&power.lock);
}

void power_cut(void)
{
    pthread_mutex_lock(&power.lock);
    power.off = true;
    pthread_mutex_unlock(&power.lock);
}

bool power_is_off(void)
{
    pthread_mutex_lock(&power.lock);
    bool off = power.off;
    pthread_mutex_unlock(&power.lock);
    return off;
}

long power_operations(void)
{
    pthread_mutex_lock(&power.lock);
    long operations = power.operations;
    pthread_mutex_unlock(&power.lock);
    return operations;
}

void power_lie(void)
{
    pthread_mutex_lock(&power.lock);
    power.syncs_lie = true;
    pthread_mutex_unlock(&power.lock);
}

void power_full(bool full)
{
    pthread_mutex_lock(&power.lock);
    power.full = full;
    pthread_mutex_unlock(&power.lock);
}

uint32_t power_random(uint32_t below)
{
    power.seed = power.seed * 1664525U + 1013904223U;
    return (power.seed >> 8) % below;
}

/* First back to what was synced, then each pending write again as chance has it. */
static void lose(struct tracked *t, uint32_t kept)
{
    int fd = open(t->path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return; /* it was deleted */
    for (size_t i = t->count; i-- > 0;) {
        const struct pending *p = &t->items[i];
        if (p->old_length)
            must(pwrite(fd, p->old, p->old_length, p->offset) == (ssize_t)p->old_length, t->path);
        must(ftruncate(fd, p->old_size) == 0, t->path);
    }
    for (size_t i = 0; i < t->count; i++) {
        const struct pending *p = &t->items[i];
        if (!p->fresh && power_random(100) < kept)
            must(ftruncate(fd, p->offset) == 0, t->path);
        for (size_t at = 0; at < p->length; at += SECTOR) {
            size_t n = p->length - at < SECTOR ? p->length - at : SECTOR;
            if (power_random(100) < kept)
                must(pwrite(fd, p->fresh + at, n, p->offset + (sqlite3_int64)at) == (ssize_t)n,
                     t->path);
        }
    }
    close(fd);
}

void power_lose(uint32_t kept)
{
    pthread_mutex_lock(&power.lock);
    for (size_t i = 0; i < FILES_MAX; i++)
        if (power.files[i].path[0])
            lose(&power.files[i], kept);
    forget_all();
    pthread_mutex_unlock(&power.lock);
}
