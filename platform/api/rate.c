/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks too often: a bucket of requests an account, and one an address for those who are not
 * logged in. There is room for so many buckets and no more; where it is short the fullest goes,
 * which says the least. */
#include "core/clock.h"
#include "platform/api/api_private.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 1024, WAYS = 4, MILLI = 1000 };

struct bucket {
    uint64_t key;  /* keyed, so that nobody can choose whom to meet in a set; 0: free */
    int64_t at_ms; /* ticks, of `level` */
    int64_t level; /* thousandths of a request */
};

struct table {
    struct bucket sets[SETS][WAYS];
};

struct rates {
    unsigned char key[crypto_shorthash_KEYBYTES];
    pthread_mutex_t lock; /* guards the tables */
    struct table accounts, addresses;
};

struct rates *rates_new(void)
{
    struct rates *rates = calloc(1, sizeof *rates);
    if (!rates)
        return NULL;
    crypto_shorthash_keygen(rates->key);
    pthread_mutex_init(&rates->lock, NULL);
    return rates;
}

void rates_free(struct rates *rates)
{
    if (!rates)
        return;
    pthread_mutex_destroy(&rates->lock);
    free(rates);
}

/* What has run into the bucket by now, at most all that it holds. */
static int64_t level_at(const struct bucket *bucket, int64_t now_ms, int32_t rate, int32_t burst)
{
    int64_t most = (int64_t)burst * MILLI, ms = now_ms - bucket->at_ms;
    if (bucket->key == 0 || ms >= most / rate)
        return most;
    int64_t level = bucket->level + ms * rate;
    return level < most ? level : most;
}

static struct bucket *find(struct table *table, uint64_t key, int64_t now_ms, int32_t rate,
                           int32_t burst)
{
    struct bucket *set = table->sets[key % SETS], *fullest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (level_at(&set[i], now_ms, rate, burst) > level_at(fullest, now_ms, rate, burst))
            fullest = &set[i];
    }
    *fullest = (struct bucket){key, now_ms, (int64_t)burst * MILLI};
    return fullest;
}

static bool take(struct table *table, uint64_t key, int32_t rate, int32_t burst)
{
    int64_t now_ms = clock_ticks_ms();
    struct bucket *bucket = find(table, key, now_ms, rate, burst);
    int64_t level = level_at(bucket, now_ms, rate, burst);
    bool enough = level >= MILLI;
    bucket->level = enough ? level - MILLI : level;
    bucket->at_ms = now_ms;
    return enough;
}

static uint64_t key_of(const struct rates *rates, const void *bytes, size_t n)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t key;
    crypto_shorthash(hash, bytes, n, rates->key);
    memcpy(&key, hash, sizeof key);
    return key ? key : 1;
}

bool rates_take_account(struct rates *rates, const struct settings *settings, int64_t account_id)
{
    uint64_t key = key_of(rates, &account_id, sizeof account_id);
    pthread_mutex_lock(&rates->lock);
    bool enough = take(&rates->accounts, key, settings->account_rate, settings->account_burst);
    pthread_mutex_unlock(&rates->lock);
    return enough;
}

bool rates_take_address(struct rates *rates, const struct settings *settings, const char *address)
{
    uint64_t key = key_of(rates, address, strlen(address));
    pthread_mutex_lock(&rates->lock);
    bool enough = take(&rates->addresses, key, settings->address_rate, settings->address_burst);
    pthread_mutex_unlock(&rates->lock);
    return enough;
}

bool api_may_ask(struct api *api, const struct api_request *request, int64_t account_id)
{
    if (account_id > 0)
        return rates_take_account(api->rates, &api->settings, account_id);
    return !request->address || rates_take_address(api->rates, &api->settings, request->address);
}
