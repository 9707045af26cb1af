/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Identifiers, order numbers, and the small facts of table meta. A node takes blocks, so that it
 * asks the database once for many, and a restart never repeats one; what is left of a block is a
 * gap. */
#include "core/clock.h"
#include "core/log.h"
#include "core/number.h"
#include "platform/store/store_private.h"
#include <stdlib.h>
#include <string.h>

enum { ID_BLOCK = 1024, NUMBER_BLOCK = 64, NODE_MAX = 255 };
static const int64_t SEQUENCE_MAX = (INT64_C(1) << 34) - 1;

enum status node_read(struct db *db, int32_t *node)
{
    *node = 0;
    struct db_rows *rows = db_query(db, "select value from meta where key='node'", NULL, 0, NULL);
    if (rows && db_next(rows)) {
        char *end;
        const char *text = db_get_text(rows, 0);
        long n = strtol(text, &end, 10);
        *node = end != text && *end == '\0' && n >= 0 && n <= NODE_MAX ? (int32_t)n : -1;
    }
    enum status st = db_close(rows);
    if (st == ST_OK && *node < 0)
        st = ST_INVALID;
    return st;
}

static enum status take_ids(struct db *db, struct sequences *s)
{
    int64_t end = 0;
    enum status st = node_read(db, &s->node);
    if (!st)
        st = db_number(db,
                       "insert into id_block(node, next) values($1, $2) on conflict(node)"
                       " do update set next = id_block.next + $3 returning next",
                       DB_PARAMS(db_int(s->node), db_int(1 + ID_BLOCK), db_int(ID_BLOCK)), 0, &end,
                       NULL);
    if (!st && end - 1 > SEQUENCE_MAX)
        st = ST_CONFLICT;
    if (st)
        return st;
    s->id_next = end - ID_BLOCK;
    s->id_end = end;
    return ST_OK;
}

int64_t store_new_id(struct db *db, int64_t now)
{
    struct sequences *s = db->sequences;
    if (!s)
        return 0;
    if (s->id_next == s->id_end) {
        enum status st = take_ids(db, s);
        if (st) {
            log_line(LOG_ERROR, "no identifiers could be taken: %s", status_name(st));
            db->failed = ST_IO;
            return 0;
        }
    }
    return id_make(clock_month(now), s->node, s->id_next++);
}

/* Without RETURNING, for which SQLite makes the text index write out what it holds back: an import
 * takes a block for nearly each order. Nobody else writes in between. */
static enum status take_numbers(struct db *db, int32_t day, int64_t *end)
{
    enum status st = db_run(db, "update number_block set next = next + $2 where day = $1",
                            DB_PARAMS(db_int(day), db_int(NUMBER_BLOCK)), NULL);
    if (!st && db_changes(db) == 0)
        st = db_run(db, "insert into number_block(day, next) values($1, $2)",
                    DB_PARAMS(db_int(day), db_int(1 + NUMBER_BLOCK)), NULL);
    return st ? st
              : db_number(db, "select next from number_block where day = $1",
                          DB_PARAMS(db_int(day)), 0, end, NULL);
}

enum status store_new_number(struct db *db, int64_t now, char out[20])
{
    struct sequences *s = db->sequences;
    if (!s)
        return ST_INVALID;
    int32_t day = clock_day(now);
    size_t i = 0;
    while (i < NUMBER_DAYS_KEPT && !(s->days[i].day == day && s->days[i].next < s->days[i].end))
        i++;
    if (i == NUMBER_DAYS_KEPT) {
        int64_t end = 0;
        enum status st = take_numbers(db, day, &end);
        if (st)
            return st;
        i = s->day_slot++ % NUMBER_DAYS_KEPT;
        s->days[i].day = day;
        s->days[i].next = end - NUMBER_BLOCK;
        s->days[i].end = end;
    }
    order_number_format(day, s->days[i].next++, out);
    return ST_OK;
}

const char *store_meta_get(struct db *db, const char *key, struct arena *arena)
{
    const char *value = NULL;
    struct db_rows *rows =
        db_query(db, "select value from meta where key=$1", DB_PARAMS(db_text(key)), NULL);
    if (rows && db_next(rows))
        value = row_text(rows, 0, arena);
    db_close(rows);
    return value;
}

enum status store_meta_set(struct db *db, const char *key, const char *value)
{
    /* Another node has another block. */
    if (db->sequences && strcmp(key, "node") == 0)
        db->sequences->id_next = db->sequences->id_end = 0;
    return db_run(db,
                  "insert into meta(key, value) values($1, $2) on conflict(key)"
                  " do update set value = excluded.value",
                  DB_PARAMS(db_text(key), db_text(value)), NULL);
}

enum status store_city_mark(struct db *db, bool unfinished)
{
    return store_meta_set(db, "unfinished", unfinished ? "1" : "");
}

bool store_city_unfinished(struct db *db, struct arena *arena)
{
    const char *mark = store_meta_get(db, "unfinished", arena);
    return mark && *mark;
}
