/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the log of who looked at personal data. */
#include "platform/store/store_private.h"

/* The same parameters for all texts; which one is run decides which index leads. */
#define ACCESS_SELECT                                                                              \
    "select l.id, l.at, l.account_id, l.about_account_id, l.order_id, l.reason_statement_id,"      \
    " l.kind, coalesce(o.number, '') from access_log l left join orders o on o.id = l.order_id"    \
    " where "
#define ACCESS_REST                                                                                \
    "(l.at < $6 or (l.at = $6 and l.id < $7)) and l.at <= $6 and l.at >= $4"                       \
    " and ($5 = 0 or l.at < $5) and ($1 = '' or l.kind = $1)"                                      \
    " and ($2 = 0 or l.account_id = $2) and ($3 = 0 or l.order_id = $3)"                           \
    " order by l.at desc, l.id desc limit $8"

size_t store_access_list(struct db *db, const struct access_filter *filter, int64_t after_at,
                         int64_t after_id, size_t limit, struct arena *arena,
                         struct access_row **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    const struct db_value params[] = {
        db_text(filter->kind),
        db_int(filter->account_id),
        db_int(filter->order_id),
        db_int(filter->from),
        db_int(filter->to),
        db_int(after_at ? after_at : INT64_MAX),
        db_int(after_at ? after_id : INT64_MAX),
        db_int((int64_t)limit),
    };
    const char *sql = filter->order_id ? ACCESS_SELECT
                          "l.order_id = $3 and l.order_id <> 0 and " ACCESS_REST
                      : filter->account_id ? ACCESS_SELECT "l.account_id = $2 and " ACCESS_REST
                                           : ACCESS_SELECT ACCESS_REST;
    struct db_rows *rows = db_query(db, sql, params, sizeof params / sizeof params[0], NULL);
    while (rows && db_next(rows)) {
        struct access_row *row = &APPEND(arena, *out, count, capacity);
        row->id = db_get_int(rows, 0);
        row->at = db_get_int(rows, 1);
        row->account_id = db_get_int(rows, 2);
        row->about_account_id = db_get_int(rows, 3);
        row->order_id = db_get_int(rows, 4);
        row->reason_statement_id = db_get_int(rows, 5);
        row->kind = row_text(rows, 6, arena);
        row->number = row_text(rows, 7, arena);
    }
    return db_close(rows) ? 0 : count;
}
