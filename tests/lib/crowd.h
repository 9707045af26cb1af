/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crowd: many consoles that follow the change feed of one platform, as sockets of one epoll loop,
 * while orders change; what each of them was told, and after how long. */
#ifndef TESTS_LIB_CROWD_H
#define TESTS_LIB_CROWD_H

#include "core/frame.h"
#include "tests/lib/platform.h"

struct crowd_options {
    size_t watchers;
    /* That they are spread over: the platform's own people first, then the units, as far as there
     * are; 1: all of one account, and the orders go to one unit. */
    size_t accounts;
    enum frame_coding coding;
    size_t changes; /* orders that are dispatched, each to one of the units */
    size_t rate;    /* of them a second */
};

struct crowd_result {
    size_t accounts;                /* that were logged in */
    size_t told;                    /* times that a watcher heard of a change it sees */
    size_t missed;                  /* times that it did not, within the limit */
    size_t strange;                 /* times that it heard of one it does not see */
    int64_t p50_ms, p99_ms, max_ms; /* from the change's answer to the last byte of its frame */
    size_t frames, bytes;           /* to all watchers, on the wire without HTTP's own */
    size_t rows;                    /* in these frames */
    int64_t run_ms;
    int64_t rss_before_kib, rss_after_kib; /* of the platform, without and with the watchers */
    int64_t cpu_ms;                        /* of the platform during the run */
    size_t descriptors_before, descriptors_with, descriptors_after;
    int64_t gone_ms; /* until the descriptors were back after all had closed without a word */
};

/* Makes the orders, lets the watchers in, changes the orders and closes all watchers' sockets.
 * What belongs to the surroundings ends the program. */
struct crowd_result crowd_run(struct test_platform *platform, const struct crowd_options *options);

#endif
