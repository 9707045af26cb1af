/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that copies the log back into the database beside the writer, so that no answer waits
 * for it. */
#include "platform/store/store_private.h"
#include <stdlib.h>

enum { LOG_PAGES_WANTED = 1000 };

struct checkpointer {
    struct db *db;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t told;
    int log_pages; /* as of the last commit */
    int copied;    /* of them, by the last run */
    bool wanted, stopping;
};

static void *checkpointer_main(void *user)
{
    struct checkpointer *c = user;
    pthread_mutex_lock(&c->lock);
    while (!c->stopping) {
        if (!c->wanted) {
            pthread_cond_wait(&c->told, &c->lock);
            continue;
        }
        c->wanted = false;
        pthread_mutex_unlock(&c->lock);
        int copied = db_checkpoint(c->db, 0);
        pthread_mutex_lock(&c->lock);
        /* After a failure the next try comes with the next thousand pages. */
        c->copied = copied < 0 ? c->log_pages : copied;
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

struct checkpointer *checkpointer_start(struct db *db)
{
    struct checkpointer *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->db = db;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->told, NULL);
    if (pthread_create(&c->thread, NULL, checkpointer_main, c) != 0) {
        pthread_cond_destroy(&c->told);
        pthread_mutex_destroy(&c->lock);
        free(c);
        return NULL;
    }
    return c;
}

void checkpointer_note(struct checkpointer *c, int wal_pages)
{
    pthread_mutex_lock(&c->lock);
    if (wal_pages < c->log_pages)
        c->copied = 0; /* the log began anew */
    c->log_pages = wal_pages;
    if (!c->wanted && wal_pages - c->copied >= LOG_PAGES_WANTED) {
        c->wanted = true;
        pthread_cond_signal(&c->told);
    }
    pthread_mutex_unlock(&c->lock);
}

void checkpointer_stop(struct checkpointer *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_cond_signal(&c->told);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    pthread_cond_destroy(&c->told);
    pthread_mutex_destroy(&c->lock);
    db_free(c->db);
    free(c);
}
