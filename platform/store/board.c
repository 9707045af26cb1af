/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The board and the bulletin of unsatisfied orders, within a scope. */
#include "platform/store/scope.h"
#include "platform/store/store_private.h"

#define BOARD(key, label)                                                                          \
    "select b.key, " label ", b.total, b.open, b.yellow, b.red, b.unsatisfied, b.concluded,"       \
    " b.satisfied from (select " key " as key, count(*) as total, sum(o.open) as open,"            \
    " sum(case when o.open = 1 and o.card = 'yellow' then 1 else 0 end) as yellow,"                \
    " sum(case when o.open = 1 and o.card = 'red' then 1 else 0 end) as red,"                      \
    " sum(o.unsatisfied) as unsatisfied,"                                                          \
    " sum(case when o.concluded_at <> 0 then 1 else 0 end) as concluded,"                          \
    " sum(case when o.concluded_at <> 0 and o.conclusion = 'satisfied' then 1 else 0 end)"         \
    " as satisfied from orders o where" SCOPE_SQL "group by " key ") b order by b.key"
#define NAME_OF(table, column)                                                                     \
    "coalesce((select t.name from " table " t where t." column " = b.key), '')"

static const char *const BOARD_SQL[] = {
    [BOARD_STATE] = BOARD("o.state", "''"),
    [BOARD_UNIT] = BOARD("o.lead_unit_id", NAME_OF("unit", "id")),
    [BOARD_STREET] = BOARD("substr(o.region_code, 1, 9)", NAME_OF("region", "code")),
    [BOARD_CATEGORY] = BOARD("substr(o.category_code, 1, 2)", NAME_OF("category", "code")),
    [BOARD_CHANNEL] = BOARD("o.channel", NAME_OF("channel", "code")),
};

size_t store_board(struct db *db, int64_t account_id, enum board_group group, struct arena *arena,
                   struct board_row **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows = db_query(db, BOARD_SQL[group], DB_PARAMS(db_int(account_id)), NULL);
    while (rows && db_next(rows)) {
        struct board_row *row = &APPEND(arena, *out, count, capacity);
        row->key = row_text(rows, 0, arena);
        row->label = row_text(rows, 1, arena);
        row->total = db_get_int(rows, 2);
        row->open = db_get_int(rows, 3);
        row->yellow = db_get_int(rows, 4);
        row->red = db_get_int(rows, 5);
        row->unsatisfied = db_get_int(rows, 6);
        row->concluded = db_get_int(rows, 7);
        row->satisfied = db_get_int(rows, 8);
    }
    return db_close(rows) ? 0 : count;
}

size_t store_bulletin(struct db *db, int64_t account_id, int64_t before_at, size_t limit,
                      struct arena *arena, struct bulletin_row **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    /* An order stands there once, with its last assignment as the lead. */
    struct db_rows *rows =
        db_query(db,
                 "select" ORDER_COLUMNS ", m.offered_at, m.round, m.unit_id"
                 " from assignment m join orders o on o.id = m.order_id"
                 " where m.lead = 1 and m.round >= 2 and m.offered_at < $2 and not exists"
                 " (select 1 from assignment l where l.order_id = m.order_id and l.lead = 1"
                 " and (l.round, l.offered_at, l.id) > (m.round, m.offered_at, m.id)) and" SCOPE_SQL
                 "order by m.offered_at desc, m.id desc",
                 DB_PARAMS(db_int(account_id), db_int(before_at ? before_at : INT64_MAX)), NULL);
    while (rows && db_next(rows)) {
        int64_t at = db_get_int(rows, ORDER_COLUMN_COUNT);
        /* The next page begins before a moment: those of one moment stay together. */
        if (count >= limit && (limit == 0 || (*out)[count - 1].at != at))
            break;
        struct bulletin_row *row = &APPEND(arena, *out, count, capacity);
        order_read(rows, 0, arena, &row->order, NULL);
        row->at = at;
        row->round = (int32_t)db_get_int(rows, ORDER_COLUMN_COUNT + 1);
        row->unit_id = db_get_int(rows, ORDER_COLUMN_COUNT + 2);
    }
    return db_close(rows) ? 0 : count;
}
