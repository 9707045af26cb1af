/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of the change feed in pieces of any size: frames or ST_CORRUPT, and the cursor is always
 * that of the last good frame. */
#include "client/client_private.h"
#include "tests/fuzz/fuzz.h"

static int64_t cursor;

static void on_frame(void *user, struct mq_result *result)
{
    (void)user;
    HOLDS(result->status == ST_OK || result->status == ST_CORRUPT ||
          result->status == ST_UNAVAILABLE);
    if (result->status == ST_OK)
        cursor = result->cursor;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mq *mq;
    const struct mq_options options = {.url = "http://127.0.0.1:9"};
    if (!mq)
        mq = mq_new(&options, NULL);
    HOLDS(mq && mq_follow(mq, 7, on_frame, NULL));
    cursor = 7;
    mq->feed.state = FEED_OPEN;
    mq->feed.http_status = 200;
    while (size > 0 && mq->feed.state == FEED_OPEN) {
        size_t n = (size_t)data[0] + 1 < size ? (size_t)data[0] + 1 : size;
        buf_add(&mq->feed.received, data + 1, n - 1);
        data += n;
        size -= n;
        feed_deliver(mq);
        HOLDS(mq->feed.cursor == cursor);
    }
    feed_stop(mq);
    return 0;
}
