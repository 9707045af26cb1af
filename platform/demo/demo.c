/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the city: places, words and plans in memory first, then into the database in steps that
 * each fit one transaction. The first marks the database as unfinished, the last takes the mark
 * away, so that an init that is interrupted leaves nothing that would be served. */
#include "core/clock.h"
#include "platform/demo/demo_private.h"
#include "platform/domain/views.h"
#include <sodium.h>

/* What one transaction takes: some tenths of a second, some megabytes of log. */
enum { PLACES_A_JOB = 20000, STEPS_A_JOB = 4000 };

const struct demo_size demo_small = {.places = 2000, .orders = 300, .days = 60},
                       demo_large = {.places = 200000, .orders = 20000, .days = 731};

struct making {
    struct demo_city *city;
    struct demo_sim *sim;
    struct error *err;
    const struct demo_options *options;
    size_t places_done;
};

static void tell(const struct making *m, const char *what, size_t done, size_t total)
{
    if (m->options->progress)
        m->options->progress(m->options->user, what, done, total);
}

static enum status write_reference(struct db *db, const struct demo_city *city)
{
    enum status st = store_meta_set(db, "city_name", city->regions.items[0].name);
    if (!st)
        st = store_meta_set(db, "demo", "1");
    for (size_t i = 0; !st && i < city->regions.count; i++)
        st = store_region_put(db, &city->regions.items[i]);
    for (size_t i = 0; !st && i < city->units.count; i++)
        st = store_unit_put(db, &city->units.items[i]);
    for (size_t i = 0; !st && i < city->categories.count; i++)
        st = store_category_put(db, &city->categories.items[i]);
    for (size_t i = 0; !st && i < city->channels.count; i++)
        st = store_channel_put(db, &city->channels.items[i]);
    for (size_t i = 0; !st && i < city->holidays.count; i++) {
        const struct demo_holiday *h = &city->holidays.items[i];
        st = store_holiday_put(db, h->day, h->worked, h->name);
    }
    for (size_t i = 0; !st && i < city->responsibilities.count; i++)
        st = store_responsibility_put(db, &city->responsibilities.items[i]);
    return st;
}

static enum status write_accounts(struct db *db, const struct demo_city *city)
{
    enum status st = ST_OK;
    for (size_t i = 0; !st && i < city->accounts.count; i++) {
        const struct account *account = &city->accounts.items[i];
        st = store_account_put(db, account, roles_see_orders(account->roles));
    }
    for (size_t i = 0; !st && i < city->scopes.count; i++)
        st = store_scope_put(db, &city->scopes.items[i]);
    return st;
}

/* Nothing of a city may be there, not even a beginning. */
static enum status refuse_second(struct db *db, const struct making *m)
{
    struct region *there = NULL;
    if (store_regions(db, m->city->arena, &there) > 0)
        return error_set(m->err, ST_CONFLICT, "the database already holds the city %s",
                         there[0].name);
    return ST_OK;
}

static enum status begin_city(struct db *db, void *user)
{
    const struct making *m = user;
    struct demo_city *city = m->city;
    enum status st = refuse_second(db, m);
    if (!st)
        st = store_city_mark(db, true);
    if (!st)
        st = write_reference(db, city);
    if (!st)
        st = demo_articles_write(db, city);
    if (!st)
        st = write_accounts(db, city);
    return st;
}

static enum status write_places(struct db *db, void *user)
{
    struct making *m = user;
    const struct demo_city *city = m->city;
    enum status st = ST_OK;
    for (size_t n = 0; !st && n < PLACES_A_JOB && m->places_done < city->places.count; n++)
        st = store_place_put(db, &city->places.items[m->places_done++]);
    return st;
}

static enum status play_orders(struct db *db, void *user)
{
    struct making *m = user;
    return demo_sim_play(m->sim, db, STEPS_A_JOB, m->err);
}

static enum status end_city(struct db *db, void *user)
{
    (void)user;
    return store_city_mark(db, false);
}

static enum status write_city(struct store *store, struct making *m)
{
    struct demo_city *city = m->city;
    enum status st = store_write_wait(store, begin_city, m);
    if (!st)
        tell(m, "reference", city->regions.count, city->regions.count);
    while (!st && m->places_done < city->places.count) {
        st = store_write_wait(store, write_places, m);
        tell(m, "places", m->places_done, city->places.count);
    }
    size_t orders = demo_sim_orders(m->sim);
    while (!st && !demo_sim_over(m->sim)) {
        st = store_write_wait(store, play_orders, m);
        /* What is left when all were taken is a part of them. */
        size_t taken = demo_sim_taken(m->sim);
        if (taken < orders)
            tell(m, "orders", taken, orders);
    }
    if (!st)
        tell(m, "orders", orders, orders);
    return st ? st : store_write_wait(store, end_city, m);
}

static enum status make(struct demo_city *city, struct making *m, struct store *store)
{
    demo_reference_make(city);
    demo_phrases_make(city);
    demo_places_make(city);
    demo_texts_make(city);
    enum status st = demo_accounts_make(city);
    if (!st)
        st = demo_calendar_make(city, m->options->calendar);
    if (!st && !(m->sim = demo_sim_new(city)))
        st = ST_NO_MEMORY;
    if (!st)
        st = write_city(store, m);
    if (st && !m->err->status)
        error_set(m->err, st, "the demonstration city could not be made: %s", status_name(st));
    return st;
}

enum status demo_city_make(struct store *store, const struct demo_options *options,
                           struct error *err)
{
    static const struct demo_options usual = {0};
    struct error own;
    if (!err)
        err = &own;
    if (!options)
        options = &usual;
    *err = (struct error){ST_OK, ""};
    if (sodium_init() < 0)
        return error_set(err, ST_IO, "libsodium could not be started");
    struct demo_city city = {.arena = arena_new(),
                             .size = options->size ? *options->size : demo_small,
                             .seed = 420281,
                             .now = clock_now_ms()};
    if (!city.arena)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    struct making making = {.city = &city, .err = err, .options = options};
    enum status st = make(&city, &making, store);
    demo_sim_free(making.sim);
    calendar_free(city.own_calendar);
    arena_free(city.arena);
    return st;
}
