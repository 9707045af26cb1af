/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the crowd share. */
#ifndef TESTS_LIB_CROWD_PRIVATE_H
#define TESTS_LIB_CROWD_PRIVATE_H

#include "core/buf.h"
#include "tests/lib/crowd.h"

enum {
    UNITS_MAX = 90,
    HANDS = 4,           /* connections that change orders */
    DELAYS_MAX = 20000,  /* ms that are told apart */
    KNOWN_PAYLOADS = 64, /* the same bytes go to many: they are read once */
};

struct deed {
    int64_t order, version, unit;
    int64_t answered_at; /* ticks, 0 not yet */
};

struct login {
    const char *token;
    char *cursor;
    int64_t unit; /* sees what is dispatched to it; 0 sees all */
};

struct watcher {
    int fd;
    const struct login *login;
    bool headed;         /* the head of the answer has come */
    size_t chunk_left;   /* bytes of the chunk that is coming; then its end */
    struct buf raw;      /* as received, from where it is not read yet */
    struct buf stream;   /* out of its chunks */
    unsigned char *told; /* a byte a deed */
};

/* A payload and the deeds that it tells of. */
struct payload {
    char *bytes;
    size_t length;
    size_t *deeds;
    size_t deed_count, row_count;
};

/* A connection that changes orders, one at a time. */
struct hand {
    int fd;
    struct deed *deed; /* under way, NULL none */
    struct buf reply;
};

struct crowd {
    struct test_platform *platform;
    const struct crowd_options *options;
    struct crowd_result result;
    int epoll_fd;
    struct login *logins;
    size_t login_count;
    struct deed *deeds; /* by order */
    size_t begun, answered;
    struct watcher *watchers;
    struct hand hands[HANDS];
    struct payload known[KNOWN_PAYLOADS];
    size_t next_known;
    struct frame_reader *reader;
    size_t *delays; /* how many took so many ms */
    size_t expected, heard;
};

/* By order. */
int crowd_compare_deeds(const void *a, const void *b);
/* Takes what has come to the watcher. */
void crowd_hear(struct crowd *crowd, struct watcher *w);

#endif
