/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merged orders: their citizens join the order that goes on. */
#include "platform/store/store.h"

enum status store_order_join(struct db *db, int64_t order_id, int64_t from_target,
                             int64_t to_target)
{
    enum status st = ST_OK;
    if (from_target)
        st = db_run(db,
                    "delete from appeal_order where order_id = $1 and appeal_id in"
                    " (select appeal_id from appeal_order where order_id = $2)",
                    DB_PARAMS(db_int(from_target), db_int(order_id)), NULL);
    if (!st && to_target)
        st = db_run(db,
                    "insert into appeal_order(order_id, appeal_id) select $1, appeal_id"
                    " from appeal_order where order_id = $2 on conflict do nothing",
                    DB_PARAMS(db_int(to_target), db_int(order_id)), NULL);
    return st;
}
