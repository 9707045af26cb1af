/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections that sleep until there is something for them, their time has come or their client is
 * gone. libmicrohttpd does not look at a suspended connection at all, so a thread of our own does:
 * it makes the feed's rounds, wakes those who have something to say, and watches the descriptors.
 * That way the connections' own threads are free for requests, however many consoles follow the
 * changes. Private to http/. */
#ifndef PLATFORM_HTTP_SLEEPERS_H
#define PLATFORM_HTTP_SLEEPERS_H

#include "core/status.h"
#include "platform/api/api.h"
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

struct sleepers;

/* One connection, part of what sleeps. Awake it belongs to the connection's thread, asleep to the
 * sleepers'. */
struct sleeper {
    struct MHD_Connection *connection;
    int64_t until; /* clock_ticks_ms: when to wake it in any case */
    /* Looks whether there is something for it, on the sleepers' thread; true: wake it. Quick. */
    bool (*look)(struct sleeper *sleeper);
    /* The rest belongs to sleepers.c. */
    struct sleepers *sleepers;
    uint64_t seen; /* the last round it has looked in, 0 none */
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

/* Has the sleeper's connection watched; the first three members are set by the
 * caller. False when memory or descriptors are out. */
bool sleepers_enter(struct sleepers *sleepers, struct sleeper *sleeper);
/* Before the connection is closed; only after sleepers_enter gave true. */
void sleepers_leave(struct sleeper *sleeper);
/* Suspends the connection, on its own thread; what changed since its last look is looked at first
 * of all. False, and nothing is done, when the client is gone or the platform stops. */
bool sleepers_sleep(struct sleeper *sleeper);
/* False when the client is gone or the platform stops. */
bool sleepers_may_go_on(struct sleeper *sleeper);

#endif
