/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Password checks take 60 ms and 64 MB each: two workers and a bounded queue, never a connection's
 * thread. */
#include "platform/api/api_private.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS = 2, QUEUE_MAX = 64 };

struct hashing {
    void (*work)(void *item);
    pthread_t threads[WORKERS];
    size_t thread_count;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    void *items[QUEUE_MAX];
    size_t first, count;
    bool stop;
};

static void *worker(void *user)
{
    struct hashing *h = user;
    pthread_mutex_lock(&h->lock);
    for (;;) {
        while (h->count == 0 && !h->stop)
            pthread_cond_wait(&h->filled, &h->lock);
        if (h->count == 0)
            break;
        void *item = h->items[h->first];
        h->first = (h->first + 1) % QUEUE_MAX;
        h->count--;
        pthread_mutex_unlock(&h->lock);
        h->work(item);
        pthread_mutex_lock(&h->lock);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

struct hashing *hashing_start(void (*work)(void *item))
{
    struct hashing *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    h->work = work;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->filled, NULL);
    for (size_t i = 0; i < WORKERS; i++)
        if (pthread_create(&h->threads[h->thread_count], NULL, worker, h) == 0)
            h->thread_count++;
    if (h->thread_count == 0) {
        hashing_stop(h);
        return NULL;
    }
    return h;
}

bool hashing_queue(struct hashing *h, void *item)
{
    pthread_mutex_lock(&h->lock);
    bool room = h->count < QUEUE_MAX && !h->stop;
    if (room) {
        h->items[(h->first + h->count++) % QUEUE_MAX] = item;
        pthread_cond_signal(&h->filled);
    }
    pthread_mutex_unlock(&h->lock);
    return room;
}

void hashing_stop(struct hashing *h)
{
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_cond_broadcast(&h->filled);
    pthread_mutex_unlock(&h->lock);
    for (size_t i = 0; i < h->thread_count; i++)
        pthread_join(h->threads[i], NULL);
    pthread_cond_destroy(&h->filled);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

bool hashing_verify(const char *hash, const char *password)
{
    /* Of no password: only so that an unknown account takes as long as a known one. */
    static const char dummy[] = "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    bool right = crypto_pwhash_str_verify(hash ? hash : dummy, password, strlen(password)) == 0;
    return right && hash;
}
