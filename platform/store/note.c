/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events that change nothing of the order, only what is known to have happened around it. */
#include "platform/store/store_private.h"

enum status store_case_note(struct db *db, struct order_case *c, int64_t arrived_at,
                            struct error *err)
{
    struct buf units = BUF_EMPTY;
    case_units(c, &units);
    enum status st = units.failed ? error_set(err, ST_NO_MEMORY, "out of memory") : ST_OK;
    if (!st)
        st = events_append(db, c, units.data ? units.data : "", arrived_at, err);
    buf_free(&units);
    if (!st)
        st = db_run(
            db, "update orders set event_n = $2, event_hash = $3 where id = $1 and version = $4",
            DB_PARAMS(db_int(c->order.id), db_int(c->order.event_n),
                      db_blob(c->order.event_hash, HASH_SIZE), db_int(c->order.version)),
            err);
    if (!st && db_changes(db) == 0)
        st = error_set(err, ST_STALE, "order %s was changed meanwhile", c->order.number);
    if (!st)
        c->event_count = 0;
    return st;
}
