/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of the change feed in pieces of any size: frames or ST_CORRUPT, and the cursor is always
 * that of the last good frame. */
#include "client/client_private.h"
#include "tests/fuzz/fuzz.h"
#include <stdio.h>
#include <string.h>

static char cursor[CURSOR_MAX + 1];
static bool over;

static void on_frame(void *user, struct mq_result *result)
{
    (void)user;
    HOLDS(result->status == ST_OK || result->status == ST_CORRUPT ||
          result->status == ST_UNAVAILABLE || result->status == ST_STALE);
    over = over || result->status == ST_STALE;
    if (result->status == ST_OK)
        (void)snprintf(cursor, sizeof cursor, "%s", result->cursor);
}

/* The first byte is the coding. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mq *mq;
    const struct mq_options options = {.url = "http://127.0.0.1:9"};
    if (size == 0)
        return 0;
    if (!mq)
        mq = mq_new(&options, NULL);
    HOLDS(mq && mq_follow(mq, "7", on_frame, NULL));
    (void)snprintf(cursor, sizeof cursor, "7");
    over = false;
    mq->feed.state = FEED_OPEN;
    mq->feed.http_status = 200;
    mq->feed.coding = (enum frame_coding)(data[0] % FRAME_CODINGS);
    mq->feed.reader = frame_reader_new();
    HOLDS(mq->feed.reader);
    data++, size--;
    while (size > 0 && mq->feed.state == FEED_OPEN) {
        size_t n = (size_t)data[0] + 1 < size ? (size_t)data[0] + 1 : size;
        buf_add(&mq->feed.received, data + 1, n - 1);
        data += n;
        size -= n;
        feed_deliver(mq);
        HOLDS(strcmp(mq->feed.cursor, cursor) == 0);
        HOLDS(!over || mq->feed.state == FEED_OFF);
    }
    feed_stop(mq);
    return 0;
}
