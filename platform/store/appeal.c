/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Appeals: what citizens said, through which channel, and which orders came of it. */
#include "platform/store/scope.h"
#include "platform/store/store_private.h"
#include <stdlib.h>

/* The first order of the appeal that holds the channel's source number. */
static enum status find_source(struct db *db, const struct appeal *a, int64_t *order_id)
{
    return db_number(db,
                     "select l.order_id from appeal p join appeal_order l on l.appeal_id = p.id"
                     " where p.channel = $1 and p.source_no = $2 and p.source_no <> ''"
                     " order by l.through, l.order_id limit 1",
                     DB_PARAMS(db_text(a->channel), db_text(a->source_no)), 0, order_id, NULL);
}

enum status store_appeal_put(struct db *db, const struct appeal *a, int64_t order_id,
                             int64_t *existing_order)
{
    if (existing_order)
        *existing_order = 0;
    if (a->id <= 0)
        return ST_INVALID;
    enum status st = db_run(
        db,
        "insert into appeal(id, channel, source_no, kind, person_id, statement_id, place_id,"
        " place_text, region_code, category_code, received_at, source_deadline_at, taken_by)"
        " values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing",
        DB_PARAMS(db_int(a->id), db_text(a->channel), db_text(a->source_no),
                  db_word(WORDS_APPEAL_KIND, (int)a->kind), db_int(a->person_id),
                  db_int(a->statement_id), db_int(a->place_id), db_text(a->place_text),
                  db_text(a->region_code), db_text(a->category_code), db_int(a->received_at),
                  db_int(a->source_deadline_at), db_int(a->taken_by)),
        NULL);
    if (st == ST_OK && db_changes(db) == 0) {
        int64_t found = 0;
        st = find_source(db, a, &found);
        if (existing_order)
            *existing_order = found;
        return st ? st : ST_CONFLICT;
    }
    return st || order_id == 0 ? st : store_appeal_join(db, a->id, order_id);
}

size_t store_appeals(struct db *db, int64_t order_id, struct arena *arena, struct appeal **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows = db_query(
        db,
        "select distinct p.id, p.channel, p.source_no, p.kind, p.person_id, p.statement_id, "
        "p.place_id,"
        " p.place_text, p.region_code, p.category_code, p.received_at, p.source_deadline_at,"
        " p.taken_by from appeal_order l join appeal p on p.id = l.appeal_id where l.order_id = $1"
        " order by p.received_at, p.id",
        DB_PARAMS(db_int(order_id)), NULL);
    while (rows && db_next(rows)) {
        struct appeal *a = &APPEND(arena, *out, count, capacity);
        a->id = db_get_int(rows, 0);
        a->channel = row_text(rows, 1, arena);
        a->source_no = row_text(rows, 2, arena);
        a->kind = (enum appeal_kind)row_word(rows, 3, WORDS_APPEAL_KIND, KIND_CONSULT);
        a->person_id = db_get_int(rows, 4);
        a->statement_id = db_get_int(rows, 5);
        a->place_id = db_get_int(rows, 6);
        a->place_text = row_text(rows, 7, arena);
        a->region_code = row_text(rows, 8, arena);
        a->category_code = row_text(rows, 9, arena);
        a->received_at = db_get_int(rows, 10);
        a->source_deadline_at = db_get_int(rows, 11);
        a->taken_by = db_get_int(rows, 12);
    }
    return db_close(rows) ? 0 : count;
}

static int newest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

size_t store_orders_of_persons(struct db *db, int64_t account_id, const int64_t *person_ids,
                               size_t count, size_t limit, struct arena *arena, int64_t **order_ids)
{
    size_t found = 0, capacity = 0;
    *order_ids = NULL;
    for (size_t i = 0; i < count; i++) {
        struct db_rows *rows = db_query(
            db,
            "select distinct o.id from appeal p join appeal_order l on l.appeal_id = p.id"
            " join orders o on o.id = l.order_id where p.person_id = $2 and" SCOPE_SQL
            " order by o.id desc limit $3",
            DB_PARAMS(db_int(account_id), db_int(person_ids[i]), db_int((int64_t)limit)), NULL);
        while (rows && db_next(rows))
            APPEND(arena, *order_ids, found, capacity) = db_get_int(rows, 0);
        if (db_close(rows))
            return 0;
    }
    if (found == 0)
        return 0;
    int64_t *ids = *order_ids;
    qsort(ids, found, sizeof *ids, newest_first);
    size_t kept = 0;
    for (size_t i = 0; i < found; i++)
        if (kept == 0 || ids[kept - 1] != ids[i])
            ids[kept++] = ids[i];
    return kept < limit ? kept : limit;
}
