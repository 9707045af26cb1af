/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cursor: a place in the change feed as text that tells nothing. Events are numbered for the whole
 * city; who could read the number, or compare two places, would count what he may not see. */
#ifndef PLATFORM_API_CURSOR_H
#define PLATFORM_API_CURSOR_H

#include "platform/store/keys.h"
#include <stdbool.h>
#include <stdint.h>

/* So much of a view's hash tells a changed view from the one before; who may share is decided by
 * all of it. */
enum { CURSOR_VIEW_BYTES = 4, CURSOR_BYTES = 16, CURSOR_SIZE = 2 * CURSOR_BYTES + 1 };

struct cursor {
    int64_t seq; /* 0 to 2^48 - 1: told up to this event */
    unsigned char view[CURSOR_VIEW_BYTES];
};

/* Another text each time, also for the same place. */
void cursor_seal(const struct keys *keys, const struct cursor *cursor, char out[CURSOR_SIZE]);
/* False for what has not the form of a cursor. What was made up, changed or sealed with other keys
 * opens as a place that is nowhere: of no view, and far from all events. */
bool cursor_open(const struct keys *keys, const char *text, struct cursor *cursor);

#endif
