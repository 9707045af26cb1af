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

/* Makes the city in an empty database, all of it or nothing: reference data, accounts, and the
 * orders of the last 60 days before clock_now_ms(), made by the life-cycle itself. ST_CONFLICT when
 * there is a city already. `calendar` NULL takes the holidays that come with the city. `progress`
 * may be NULL; it is called from another thread while this call waits. */
enum status demo_city_make(struct store *store, const struct calendar *calendar, struct error *err,
                           void (*progress)(void *user, const char *what, size_t done,
                                            size_t total),
                           void *user);

#endif
