/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which appeals belong to which orders: several of either to one of the other. */
#include "platform/store/store_private.h"

enum status store_appeal_join(struct db *db, int64_t appeal_id, int64_t order_id)
{
    if (appeal_id <= 0 || order_id <= 0)
        return ST_INVALID;
    return db_run(db,
                  "insert into appeal_order(order_id, appeal_id, through) values($1, $2, 0)"
                  " on conflict do nothing",
                  DB_PARAMS(db_int(order_id), db_int(appeal_id)), NULL);
}

enum status store_order_join(struct db *db, int64_t order_id, int64_t from_target,
                             int64_t to_target)
{
    enum status st = ST_OK;
    /* Only what came through this order goes: an appeal that was split can be the target's own. */
    if (from_target)
        st = db_run(db,
                    "insert into former_citizen(order_id, person_id)"
                    " select distinct l.order_id, q.id from appeal_order l"
                    " join appeal p on p.id = l.appeal_id join person q on q.id = p.person_id"
                    " where l.order_id = $1 and l.through = $2 on conflict do nothing",
                    DB_PARAMS(db_int(from_target), db_int(order_id)), NULL);
    if (!st && from_target)
        st = db_run(db, "delete from appeal_order where order_id = $1 and through = $2",
                    DB_PARAMS(db_int(from_target), db_int(order_id)), NULL);
    if (!st && to_target)
        st = db_run(db,
                    "insert into appeal_order(order_id, appeal_id, through)"
                    " select distinct $1, appeal_id, $2 from appeal_order where order_id = $2"
                    " on conflict do nothing",
                    DB_PARAMS(db_int(to_target), db_int(order_id)), NULL);
    return st;
}

size_t store_former_citizens(struct db *db, int64_t order_id, struct arena *arena,
                             int64_t **person_ids)
{
    size_t count = 0, capacity = 0;
    *person_ids = NULL;
    struct db_rows *rows =
        db_query(db, "select person_id from former_citizen where order_id = $1 order by person_id",
                 DB_PARAMS(db_int(order_id)), NULL);
    while (rows && db_next(rows))
        APPEND(arena, *person_ids, count, capacity) = db_get_int(rows, 0);
    return db_close(rows) ? 0 : count;
}
