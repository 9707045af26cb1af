/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections that sleep until something changed, their time has come or their client is gone.
 * libmicrohttpd does not look at a suspended connection at all, so one thread here does all three:
 * it wakes them by time and by change, and watches their descriptors. Private to http/. */
#ifndef PLATFORM_HTTP_SLEEPERS_H
#define PLATFORM_HTTP_SLEEPERS_H

#include "core/status.h"
#include "platform/api/api.h"
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

struct sleepers;

/* One connection, part of what sleeps. */
struct sleeper {
    struct MHD_Connection *connection;
    int64_t until; /* clock_ticks_ms: when to wake it; changed only while it is awake */
    /* The rest belongs to sleepers.c. */
    int fd;
    uint32_t slot;
    bool asleep, gone;
};

/* Starts the thread and becomes api's listener. NULL with `err` filled on failure. */
struct sleepers *sleepers_start(struct api *api, struct error *err);
/* Ends the listening and the thread and wakes everyone; from now on none falls asleep. While the
 * connections' threads still run. */
void sleepers_stop(struct sleepers *sleepers);
/* When they have ended. NULL is allowed. */
void sleepers_free(struct sleepers *sleepers);

/* Has the sleeper's connection watched; `connection` is set by the caller. False when memory or
 * descriptors are out. */
bool sleepers_enter(struct sleepers *sleepers, struct sleeper *sleeper);
/* Before the connection is closed; only after sleepers_enter gave true. */
void sleepers_leave(struct sleepers *sleepers, struct sleeper *sleeper);

enum outlook { OUTLOOK_GOOD, OUTLOOK_GONE, OUTLOOK_STOPPING };
/* How the sleeper stands, and the number of the round before it looks for changes: what is
 * committed after this call makes another one. */
enum outlook sleepers_look(struct sleepers *sleepers, const struct sleeper *sleeper,
                           uint64_t *round);
/* Suspends the connection, on its own thread, until there is reason to look again. False when there
 * is one already since sleepers_look gave `round`. */
bool sleepers_sleep(struct sleepers *sleepers, struct sleeper *sleeper, uint64_t round);

#endif
