/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the city: all of it in memory first, then into the database in one transaction, so that an
 * init that is interrupted leaves nothing behind. */
#include "core/clock.h"
#include "platform/demo/demo_private.h"
#include "platform/domain/views.h"
#include <sodium.h>

struct making {
    struct demo_city *city;
    struct error *err;
    void (*progress)(void *user, const char *what, size_t done, size_t total);
    void *user;
};

static void tell(const struct making *m, const char *what, size_t done, size_t total)
{
    if (m->progress)
        m->progress(m->user, what, done, total);
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

static enum status write_places(struct db *db, const struct demo_city *city)
{
    enum status st = ST_OK;
    for (size_t i = 0; !st && i < city->places.count; i++)
        st = store_place_put(db, &city->places.items[i]);
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

static enum status write_city(struct db *db, void *user)
{
    const struct making *m = user;
    struct demo_city *city = m->city;
    struct region *there = NULL;
    if (store_regions(db, city->arena, &there) > 0)
        return error_set(m->err, ST_CONFLICT, "the database already holds the city %s",
                         there[0].name);
    enum status st = write_reference(db, city);
    tell(m, "reference", city->regions.count, city->regions.count);
    if (!st)
        st = write_places(db, city);
    tell(m, "places", city->places.count, city->places.count);
    if (!st)
        st = write_accounts(db, city);
    tell(m, "accounts", city->accounts.count, city->accounts.count);
    if (st)
        return error_set(m->err, st, "the demonstration city could not be stored");
    return demo_orders_make(city, db, clock_now_ms(), m->err, m->progress, m->user);
}

/* The holidays that come with the city, where the caller brings none. */
static enum status make_calendar(struct demo_city *city, const struct calendar *calendar)
{
    city->calendar = calendar;
    if (calendar)
        return ST_OK;
    city->own_calendar = calendar_new();
    if (!city->own_calendar)
        return ST_NO_MEMORY;
    enum status st = ST_OK;
    for (size_t i = 0; !st && i < city->holidays.count; i++)
        st = calendar_add(city->own_calendar, city->holidays.items[i].day,
                          city->holidays.items[i].worked);
    city->calendar = city->own_calendar;
    return st;
}

enum status demo_city_make(struct store *store, const struct calendar *calendar, struct error *err,
                           void (*progress)(void *user, const char *what, size_t done,
                                            size_t total),
                           void *user)
{
    struct error own;
    if (!err)
        err = &own;
    *err = (struct error){ST_OK, ""};
    if (sodium_init() < 0)
        return error_set(err, ST_IO, "libsodium could not be started");
    struct demo_city city = {.arena = arena_new(), .seed = 420281};
    if (!city.arena)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    demo_reference_make(&city);
    demo_places_make(&city);
    demo_texts_make(&city);
    enum status st = demo_accounts_make(&city);
    if (!st)
        st = make_calendar(&city, calendar);
    struct making making = {&city, err, progress, user};
    if (!st)
        st = store_write_wait(store, write_city, &making);
    if (st && !err->status)
        error_set(err, st, "the demonstration city could not be made: %s", status_name(st));
    calendar_free(city.own_calendar);
    arena_free(city.arena);
    return st;
}
