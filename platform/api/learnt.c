/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/api/learnt.h"

#include "core/log.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct learnt {
    char *path;
    const struct keys *keys;
    pthread_rwlock_t lock;
    struct classifier *model; /* NULL none */
    struct stat file;         /* the file that was read, all zero when there was none */
};

struct learnt *learnt_new(const char *database, const struct keys *keys)
{
    struct learnt *learnt = calloc(1, sizeof *learnt);
    if (!learnt || asprintf(&learnt->path, "%s.model", database) < 0) {
        free(learnt);
        return NULL;
    }
    learnt->keys = keys;
    pthread_rwlock_init(&learnt->lock, NULL);
    return learnt;
}

void learnt_free(struct learnt *learnt)
{
    if (!learnt)
        return;
    pthread_rwlock_destroy(&learnt->lock);
    classifier_free(learnt->model);
    free(learnt->path);
    free(learnt);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* With the lock for writing. */
static void read_again(struct learnt *learnt, const struct stat *file)
{
    struct error err = {ST_OK, ""};
    if (same_file(file, &learnt->file))
        return; /* another thread was quicker */
    learnt->file = *file;
    classifier_free(learnt->model);
    learnt->model = NULL;
    enum status st = classifier_load(learnt->path, learnt->keys, &learnt->model, &err);
    if (st && st != ST_NOT_FOUND)
        log_line(LOG_WARNING, "no categories are proposed: %s", err.message);
    else if (!st)
        log_line(LOG_INFO, "%s knows %zu categories", learnt->path,
                 classifier_labels(learnt->model));
}

/* Leaves the lock taken for reading. */
static void bring_up_to_date(struct learnt *learnt)
{
    struct stat file;
    if (stat(learnt->path, &file) != 0)
        memset(&file, 0, sizeof file);
    pthread_rwlock_rdlock(&learnt->lock);
    if (same_file(&file, &learnt->file))
        return;
    pthread_rwlock_unlock(&learnt->lock);
    pthread_rwlock_wrlock(&learnt->lock);
    read_again(learnt, &file);
    pthread_rwlock_unlock(&learnt->lock);
    pthread_rwlock_rdlock(&learnt->lock);
}

size_t learnt_guess(struct learnt *learnt, const char *text, size_t limit, struct arena *arena,
                    struct guess *out)
{
    bring_up_to_date(learnt);
    size_t count =
        learnt->model ? classifier_guess(learnt->model, learnt->keys, "", text, limit, out) : 0;
    for (size_t i = 0; i < count; i++)
        out[i].label = arena_strdup(arena, out[i].label);
    pthread_rwlock_unlock(&learnt->lock);
    return count;
}
