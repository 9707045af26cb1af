/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has changed for an account since a cursor. */
#include "platform/store/scope.h"
#include "platform/store/store_private.h"

/* Events that are looked at in one query, and in one call at most: an account that sees little
 * comes back with the cursor rather than hold its thread. */
enum { WINDOW_MAX = 1024, LOOKED_AT_MAX = 16 * 1024 };

/* Visible = the order as it is now. Gone = not visible now, but it was by what one of its events
 * recorded: the last one before the window (what the account had when it took the cursor), or a
 * later one (what it may have read since). Neither: the account never learns of it. The version of
 * what is gone is not told. */
static const char CHANGES[] =
    "select w.seq, w.order_id,"
    " coalesce((select o.version from orders o where o.id = w.order_id and" SCOPE_SQL "), 0),"
    " case when exists (select 1 from event o where o.order_id = w.order_id and o.seq <= $3"
    " and o.seq >= coalesce((select max(p.seq) from event p where p.order_id = w.order_id"
    " and p.seq <= $2), 0) and" SCOPE_SQL ") then 1 else 0 end"
    " from (select max(e.seq) as seq, e.order_id as order_id from event e"
    " where e.seq > $2 and e.seq <= $3 group by e.order_id) w order by w.seq";

/* The seq of the last of the next `window` events; `cursor` when there is none. */
static enum status window_end(struct db *db, int64_t cursor, size_t window, int64_t *end, size_t *n)
{
    struct db_rows *rows =
        db_query(db,
                 "select coalesce(max(w.seq), 0), count(*) from (select e.seq as seq from event e"
                 " where e.seq > $1 order by e.seq limit $2) w",
                 DB_PARAMS(db_int(cursor), db_int((int64_t)window)), NULL);
    *end = cursor;
    *n = 0;
    if (rows && db_next(rows)) {
        *n = (size_t)db_get_int(rows, 1);
        if (*n)
            *end = db_get_int(rows, 0);
    }
    return db_close(rows);
}

/* Appends the changes of one window. */
static enum status read_window(struct db *db, int64_t account_id, int64_t from, int64_t to,
                               struct arena *arena, struct change **out, size_t *count,
                               size_t *capacity)
{
    struct db_rows *rows =
        db_query(db, CHANGES, DB_PARAMS(db_int(account_id), db_int(from), db_int(to)), NULL);
    while (rows && db_next(rows)) {
        int64_t version = db_get_int(rows, 2);
        if (version == 0 && db_get_int(rows, 3) == 0)
            continue;
        *out = arena_grow(arena, *out, *count, capacity, sizeof **out);
        (*out)[(*count)++] = (struct change){.seq = db_get_int(rows, 0),
                                             .order_id = db_get_int(rows, 1),
                                             .version = version,
                                             .visible = version != 0};
    }
    return db_close(rows);
}

size_t store_changes(struct db *db, int64_t account_id, int64_t cursor, size_t limit,
                     struct arena *arena, struct change **out, int64_t *next)
{
    size_t count = 0, capacity = 0, looked_at = 0;
    size_t window = limit < 1 ? 1 : limit > WINDOW_MAX ? WINDOW_MAX : limit;
    *out = NULL;
    *next = cursor;
    /* One window gives the changes, so that an order is in a call once; windows without any are
     * passed over. */
    while (count == 0 && looked_at < LOOKED_AT_MAX) {
        int64_t end = *next;
        size_t n = 0;
        if (window_end(db, *next, window, &end, &n) || n == 0)
            break;
        if (read_window(db, account_id, *next, end, arena, out, &count, &capacity))
            return 0;
        looked_at += n;
        *next = end;
    }
    return count;
}

int64_t store_last_seq(struct db *db)
{
    int64_t seq = 0;
    db_number(db, "select coalesce(max(seq), 0) from event", NULL, 0, 0, &seq, NULL);
    return seq;
}
