/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo: the demonstration city of `minqingd init --demo`: Daye's real divisions and holidays, and
 * invented units, matters, places, accounts and orders. */
#ifndef PLATFORM_DEMO_DEMO_H
#define PLATFORM_DEMO_DEMO_H

#include "core/status.h"
#include "core/worktime.h"
#include "platform/store/store.h"
#include <stddef.h>

/* The password of all demonstration accounts. */
extern const char demo_password[];

/* How large a city, and how far back its orders reach. */
struct demo_size {
    size_t places, orders;
    int32_t days;
};
/* 2,000 places and 300 orders of 60 days; 200,000 places and 20,000 orders of two years. */
extern const struct demo_size demo_small, demo_large;

struct demo_options {
    const struct demo_size *size;    /* NULL: demo_small */
    const struct calendar *calendar; /* NULL: the holidays that come with the city */
    /* May be NULL; called from another thread while demo_city_make waits. */
    void (*progress)(void *user, const char *what, size_t done, size_t total);
    void *user;
};

/* Makes the city in an empty database: reference data, articles, accounts, and the orders of the
 * days before clock_now_ms(), made by the life-cycle itself; the same seed and the same moment make
 * the same city. `options` NULL makes the small one. It is written in several transactions; until
 * the last one the database is marked as unfinished (store_city_unfinished), and nobody serves it.
 * ST_CONFLICT when there is a city, or the beginning of one, already. */
enum status demo_city_make(struct store *store, const struct demo_options *options,
                           struct error *err);

#endif
