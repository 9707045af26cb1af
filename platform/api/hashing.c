/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Password checks take 60 ms and 64 MB each: two workers and a bounded queue, never a connection's
 * thread. */
#include "platform/api/api_private.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS = 2, OF_ONE_LOGIN = 2 };

struct hashing_item {
    void *item;
    const char *login, *address; /* NULL: not known */
};

struct hashing {
    void (*work)(void *item);
    pthread_t threads[WORKERS];
    size_t thread_count;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    size_t first, count;
    bool stop;
    size_t queue; /* items that have room */
    struct hashing_item items[];
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
        void *item = h->items[h->first].item;
        h->first = (h->first + 1) % h->queue;
        h->count--;
        pthread_mutex_unlock(&h->lock);
        h->work(item);
        pthread_mutex_lock(&h->lock);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

struct hashing *hashing_start(void (*work)(void *item), size_t queue)
{
    struct hashing *h = calloc(1, sizeof *h + queue * sizeof h->items[0]);
    if (!h)
        return NULL;
    h->work = work;
    h->queue = queue;
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

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Neither one login nor one address keeps all others waiting. */
static bool has_room(const struct hashing *h, const char *login, const char *address)
{
    size_t of_login = 0, of_address = 0;
    for (size_t i = 0; i < h->count; i++) {
        const struct hashing_item *item = &h->items[(h->first + i) % h->queue];
        of_login += same(item->login, login);
        of_address += same(item->address, address);
    }
    return h->count < h->queue && of_login < OF_ONE_LOGIN && of_address < (h->queue + 1) / 2;
}

bool hashing_queue(struct hashing *h, void *item, const char *login, const char *address)
{
    pthread_mutex_lock(&h->lock);
    bool room = !h->stop && has_room(h, login, address);
    if (room) {
        h->items[(h->first + h->count++) % h->queue] = (struct hashing_item){item, login, address};
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
