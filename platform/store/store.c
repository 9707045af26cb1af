/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing, the lock, and the readers' connections. */
#include "core/log.h"
#include "platform/store/store_private.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The absolute path of a file that may not exist yet, free of links, so that one database has one
 * lock whatever it is called. NULL with errno on failure; the caller frees it. */
static char *absolute(const char *path)
{
    char *whole = realpath(path, NULL);
    if (whole || errno != ENOENT)
        return whole;
    char *copy = strdup(path);
    if (!copy)
        return NULL;
    char *slash = strrchr(copy, '/');
    const char *name = slash ? slash + 1 : copy;
    if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        free(copy);
        errno = EISDIR;
        return NULL;
    }
    char *name_copy = strdup(name);
    if (slash)
        *(slash == copy ? slash + 1 : slash) = '\0';
    char *directory = realpath(slash ? copy : ".", NULL);
    int saved = errno;
    if (directory && name_copy) {
        size_t room = strlen(directory) + strlen(name_copy) + 2;
        whole = malloc(room);
        if (whole)
            (void)snprintf(whole, room, "%s%s%s", directory, strcmp(directory, "/") == 0 ? "" : "/",
                           name_copy);
        saved = ENOMEM;
    }
    free(directory);
    free(name_copy);
    free(copy);
    errno = saved;
    return whole;
}

/* The lock is the kernel's, on an open file: it ends with the process, however that ends. */
static int lock_take(const char *path, struct error *err)
{
    char name[PATH_MAX];
    if (snprintf(name, sizeof name, "%s.lock", path) >= (int)sizeof name) {
        error_set(err, ST_INVALID, "the path of the database is too long");
        return -1;
    }
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        error_set(err, ST_IO, "%s cannot be created: %s", name, strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int why = errno;
        char pid[32] = "";
        if (why == EWOULDBLOCK && pread(fd, pid, sizeof pid - 1, 0) > 0)
            pid[strspn(pid, "0123456789")] = '\0';
        close(fd);
        if (why == EWOULDBLOCK)
            error_set(err, ST_BUSY,
                      "%s is open in another platform (process %s); one database is for "
                      "one platform",
                      path, *pid ? pid : "unknown");
        else
            error_set(err, ST_IO, "%s cannot be locked: %s", name, strerror(why));
        return -1;
    }
    /* For the message above only; a failure to write it costs nothing. */
    if (ftruncate(fd, 0) == 0)
        (void)!dprintf(fd, "%ld\n", (long)getpid());
    return fd;
}

static void reader_done(void *connection)
{
    struct db *db = connection;
    struct store *store = db->store;
    pthread_mutex_lock(&store->readers_lock);
    if (db->next)
        db->next->previous = db->previous;
    if (db->previous)
        db->previous->next = db->next;
    else
        store->readers = db->next;
    pthread_mutex_unlock(&store->readers_lock);
    db_free(db);
}

struct db *store_reader(struct store *store, struct error *err)
{
    struct db *db = pthread_getspecific(store->reader_key);
    if (db)
        return db;
    db = db_open(store->path, DB_READER, err);
    if (!db)
        return NULL;
    db->store = store;
    db->keys = store->keys;
    db->serving = true;
    if (pthread_setspecific(store->reader_key, db) != 0) {
        db_free(db);
        error_set(err, ST_NO_MEMORY, "out of memory");
        return NULL;
    }
    pthread_mutex_lock(&store->readers_lock);
    db->next = store->readers;
    if (db->next)
        db->next->previous = db;
    store->readers = db;
    pthread_mutex_unlock(&store->readers_lock);
    return db;
}

enum status store_read_begin(struct db *db)
{
    db->failed = ST_OK;
    return db_run(db, "begin", NULL, 0, NULL);
}

enum status store_read_end(struct db *db)
{
    db_rollback(db);
    return db->failed;
}

/* Makes the file if it is not there, for this user's eyes alone: it will hold citizens' names.
 * SQLite gives its other files the same rights. */
static bool make_private(const char *path, bool *created, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    *created = fd >= 0;
    if (fd >= 0)
        close(fd);
    else if (errno != EEXIST)
        return error_set(err, ST_IO, "%s cannot be created: %s", path, strerror(errno)) == ST_OK;
    return true;
}

/* Opens, checks and migrates; the writer's connection, or NULL. */
static struct db *open_database(struct store *store, const char *key_path, bool *key_created,
                                struct error *err)
{
    struct db *db = db_open(store->path, DB_WRITER, err);
    if (!db)
        return NULL;
    /* A file that is not ours, or whose key is not there, is looked at before anything is written
     * to it. */
    if (migrations_check(db, err) || keyring_open(db, key_path, store->keys, key_created, err)) {
        db_free(db);
        return NULL;
    }
    db->keys = store->keys;
    if (db_make_durable(db, err) || migrations_run(db, err) || db_wipe(db, err)) {
        db_free(db);
        return NULL;
    }
    return db;
}

/* Takes back a file that this call made and could not finish. */
static void remove_unfinished(const char *path)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", "-journal"};
    char name[PATH_MAX];
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++)
        if (snprintf(name, sizeof name, "%s%s", path, ENDS[i]) < (int)sizeof name)
            (void)unlink(name);
}

enum status store_open(const char *path, struct store **out, struct error *err)
{
    return store_open_with(path, NULL, out, err);
}

const struct keys *store_keys(const struct store *store)
{
    return store->keys;
}

static struct store *store_new(void)
{
    struct store *store = sodium_init() < 0 ? NULL : calloc(1, sizeof *store);
    if (store)
        store->keys = sodium_malloc(sizeof *store->keys);
    if (!store || !store->keys) {
        free(store);
        return NULL;
    }
    store->lock = -1;
    return store;
}

static void store_free(struct store *store)
{
    if (store->lock >= 0)
        close(store->lock);
    sodium_free(store->keys); /* overwrites it */
    free(store->path);
    free(store);
}

/* Where the key file is; the caller frees it. */
static char *key_file(const struct store *store, const char *given)
{
    char *path = NULL;
    if (given)
        return strdup(given);
    return asprintf(&path, "%s.key", store->path) < 0 ? NULL : path;
}

enum status store_open_with(const char *path, const char *key_path, struct store **out,
                            struct error *err)
{
    struct error mine = {ST_OK, ""};
    *out = NULL;
    struct store *store = store_new();
    if (!store)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    bool key = false;
    bool created = false, key_created = false;
    char *keys = NULL;
    struct stat known;
    struct db *db = NULL, *checkpoint_db = NULL;
    store->path = absolute(path);
    if (!store->path) {
        error_set(&mine, ST_IO, "%s cannot be opened: %s", path, strerror(errno));
        goto fail;
    }
    if (stat(store->path, &known) == 0 && !S_ISREG(known.st_mode)) {
        error_set(&mine, ST_IO, "%s is not a file", path);
        goto fail;
    }
    store->lock = lock_take(store->path, &mine);
    if (store->lock < 0)
        goto fail;
    if (!make_private(store->path, &created, &mine))
        goto fail;
    keys = key_file(store, key_path);
    if (!keys)
        goto fail;
    db = open_database(store, keys, &key_created, &mine);
    if (!db)
        goto fail;
    db->sequences = calloc(1, sizeof *db->sequences);
    checkpoint_db = db_open(store->path, DB_CHECKPOINTER, &mine);
    if (!db->sequences || !checkpoint_db)
        goto fail;
    key = pthread_key_create(&store->reader_key, reader_done) == 0;
    if (!key)
        goto fail;
    pthread_mutex_init(&store->readers_lock, NULL);
    db->serving = checkpoint_db->serving = true;
    store->writer = writer_start(db, checkpoint_db, &mine);
    if (!store->writer) {
        pthread_mutex_destroy(&store->readers_lock);
        goto fail;
    }
    free(keys);
    *out = store;
    return ST_OK;
fail:
    if (mine.status == ST_OK)
        error_set(&mine, ST_NO_MEMORY, "out of memory");
    if (key)
        pthread_key_delete(store->reader_key);
    db_free(checkpoint_db);
    if (db)
        free(db->sequences);
    db_free(db);
    if (created)
        remove_unfinished(store->path);
    if (created && key_created)
        (void)unlink(keys);
    free(keys);
    store_free(store);
    if (err)
        *err = mine;
    return mine.status;
}

/* A look at the database before a thread has its own connection. */
static enum status look(struct store *store, const char *key_path, struct error *err)
{
    bool key_created = false;
    struct db *db = db_open(store->path, DB_READER, err);
    if (!db)
        return ST_IO;
    enum status st = migrations_check(db, err);
    if (!st)
        st = migrations_done(db, err);
    /* Of the newest schema each has its key; none is made. */
    if (!st)
        st = keyring_open(db, key_path, store->keys, &key_created, err);
    db_free(db);
    return st;
}

enum status store_open_reading(const char *path, const char *key_path, struct store **out,
                               struct error *err)
{
    *out = NULL;
    struct store *store = store_new();
    if (!store)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    store->path = absolute(path);
    char *keys = store->path ? key_file(store, key_path) : NULL;
    enum status st = store->path
                         ? ST_OK
                         : error_set(err, ST_IO, "%s cannot be opened: %s", path, strerror(errno));
    if (!st)
        st = keys ? look(store, keys, err) : error_set(err, ST_NO_MEMORY, "out of memory");
    if (!st && pthread_key_create(&store->reader_key, reader_done) != 0)
        st = error_set(err, ST_NO_MEMORY, "out of memory");
    free(keys);
    if (st) {
        store_free(store);
        return st;
    }
    pthread_mutex_init(&store->readers_lock, NULL);
    *out = store;
    return ST_OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    pthread_key_delete(store->reader_key);
    while (store->readers) {
        struct db *db = store->readers;
        store->readers = db->next;
        db_free(db);
    }
    pthread_mutex_destroy(&store->readers_lock);
    /* Last, so that the connection that goes last copies the whole log back. */
    writer_stop(store->writer);
    store_free(store);
}
