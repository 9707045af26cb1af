/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing the platform: store, reference data, workers. */
#include "core/clock.h"
#include "core/log.h"
#include "platform/api/api_private.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct hashing *call_hashing_start(void);

/* The key of the phone hashes is made with the database and never leaves it. */
static enum status make_phone_key(struct db *db, void *user)
{
    struct api *api = user;
    char hex[HASH_SIZE * 2 + 1];
    struct arena *arena = arena_new();
    if (!arena)
        return ST_NO_MEMORY;
    const char *kept = store_meta_get(db, "phone_key", arena);
    enum status st = ST_OK;
    if (kept) {
        size_t n = 0;
        if (sodium_hex2bin(api->phone_key, HASH_SIZE, kept, strlen(kept), NULL, &n, NULL) ||
            n != HASH_SIZE)
            st = ST_CORRUPT;
    } else {
        randombytes_buf(api->phone_key, HASH_SIZE);
        sodium_bin2hex(hex, sizeof hex, api->phone_key, HASH_SIZE);
        st = store_meta_set(db, "phone_key", hex);
    }
    arena_free(arena);
    return st;
}

static enum status load(struct api *api, const char *holidays_file, struct error *err)
{
    struct db *db = store_reader(api->store, err);
    if (!db)
        return err->status;
    enum status st = store_read_begin(db);
    if (st)
        return error_set(err, st, "the reference data cannot be read");
    st = reference_load(&api->reference, db, holidays_file, err);
    enum status whole = store_read_end(db);
    if (!st && whole)
        st = error_set(err, whole, "the reference data cannot be read");
    if (st)
        return st;
    if (api->reference.region_count == 0)
        return error_set(err, ST_NOT_FOUND,
                         "the database holds no city yet: run `minqingd init` first");
    const char *demo = store_meta_get(db, "demo", api->reference.arena);
    api->demo = demo && strcmp(demo, "1") == 0;
    if (store_write_wait(api->store, make_phone_key, api))
        return error_set(err, ST_CORRUPT, "the key of the phone search cannot be read");
    return ST_OK;
}

enum status api_open(const struct api_options *options, struct api **out, struct error *err)
{
    if (sodium_init() < 0)
        return error_set(err, ST_IO, "libsodium could not be started");
    struct api *api = calloc(1, sizeof *api);
    if (!api)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    pthread_mutex_init(&api->listener_lock, NULL);
    api->policy = policy_default();
    enum status st = store_open(options->database, &api->store, err);
    if (!st)
        st = load(api, options->holidays_file, err);
    if (!st && !(api->hashing = call_hashing_start()))
        st = error_set(err, ST_NO_MEMORY, "the password workers could not be started");
    if (st) {
        api_close(api);
        return st;
    }
    *out = api;
    return ST_OK;
}

void api_close(struct api *api)
{
    if (!api)
        return;
    hashing_stop(api->hashing);
    if (api->store)
        store_close(api->store);
    reference_free(&api->reference);
    pthread_mutex_destroy(&api->listener_lock);
    free(api);
}

bool api_is_demo(const struct api *api)
{
    return api->demo;
}

int64_t api_tick(struct api *api)
{
    return act_tick(api);
}

void api_on_change(struct api *api, void (*wake)(void *user), void *user)
{
    pthread_mutex_lock(&api->listener_lock);
    api->wake = wake;
    api->wake_user = user;
    pthread_mutex_unlock(&api->listener_lock);
}

void api_woken(struct api *api)
{
    pthread_mutex_lock(&api->listener_lock);
    if (api->wake)
        api->wake(api->wake_user);
    pthread_mutex_unlock(&api->listener_lock);
}
