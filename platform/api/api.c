/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing the platform: store, reference data, workers. */
#include "core/clock.h"
#include "core/log.h"
#include "platform/api/api_private.h"
#include "platform/api/learnt.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct hashing *call_hashing_start(const struct api *api);

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
    if (store_city_unfinished(db, api->reference.arena))
        return error_set(err, ST_CONFLICT,
                         "the making of this city was interrupted: remove the database with its "
                         "key file and run `minqingd init` again");
    const char *demo = store_meta_get(db, "demo", api->reference.arena);
    api->demo = demo && strcmp(demo, "1") == 0;
    if (!store_search_complete(db))
        log_line(LOG_WARNING, "older orders are not in the text index: run `minqingd reindex`");
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
    api->settings = settings_default();
    enum status st =
        options->settings_file ? settings_load(options->settings_file, &api->settings, err) : ST_OK;
    if (!st)
        st = store_open_with(options->database, options->keys_file, &api->store, err);
    if (!st)
        st = load(api, options->holidays_file, err);
    if (!st && (!(api->asked = asked_new()) ||
                !(api->learnt = learnt_new(options->database, store_keys(api->store)))))
        st = error_set(err, ST_NO_MEMORY, "out of memory");
    if (!st && (!(api->seen = seen_new()) || !(api->rates = rates_new())))
        st = error_set(err, ST_NO_MEMORY, "out of memory");
    if (!st && !(api->watchers = watchers_new(api, err)))
        st = ST_NO_MEMORY;
    if (!st && !(api->hashing = call_hashing_start(api)))
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
    watchers_free(api->watchers);
    if (api->seen && api->store)
        seen_write(api);
    seen_free(api->seen);
    rates_free(api->rates);
    asked_free(api->asked);
    learnt_free(api->learnt);
    if (api->store)
        store_close(api->store);
    reference_free(&api->reference);
    pthread_mutex_destroy(&api->listener_lock);
    free(api);
}

const struct settings *api_settings(const struct api *api)
{
    return &api->settings;
}

bool api_is_demo(const struct api *api)
{
    return api->demo;
}

int64_t api_tick(struct api *api)
{
    seen_write(api);
    seals_tick(api);
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
