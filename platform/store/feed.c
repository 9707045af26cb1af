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
    "select w.seq, w.order_id, case"
    " when exists (select 1 from orders o where o.id = w.order_id and" SCOPE_SQL ") then 1"
    " when exists (select 1 from event o where o.order_id = w.order_id and o.seq <= $3"
    " and o.seq >= coalesce((select max(p.seq) from event p where p.order_id = w.order_id"
    " and p.seq <= $2), 0) and" SCOPE_SQL ") then 2 else 0 end,"
    " coalesce((select v.version from orders v where v.id = w.order_id), 0)"
    " from (select max(e.seq) as seq, e.order_id as order_id from event e"
    " where e.seq > $2 and e.seq <= $3 group by e.order_id) w order by w.seq";
enum { SEES = 1, SAW = 2 };

/* The seq of the last of the next `window` events up to `last`; `cursor` when there is none. */
static enum status window_end(struct db *db, int64_t cursor, int64_t last, size_t window,
                              int64_t *end, size_t *n)
{
    struct db_rows *rows =
        db_query(db,
                 "select coalesce(max(w.seq), 0), count(*) from (select e.seq as seq from event e"
                 " where e.seq > $1 and e.seq <= $2 order by e.seq limit $3) w",
                 DB_PARAMS(db_int(cursor), db_int(last), db_int((int64_t)window)), NULL);
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
        int64_t sees = db_get_int(rows, 2);
        if (sees != SEES && sees != SAW)
            continue;
        *out = arena_grow(arena, *out, *count, capacity, sizeof **out);
        (*out)[(*count)++] = (struct change){.seq = db_get_int(rows, 0),
                                             .order_id = db_get_int(rows, 1),
                                             .version = sees == SEES ? db_get_int(rows, 3) : 0,
                                             .visible = sees == SEES};
    }
    return db_close(rows);
}

size_t store_changes(struct db *db, int64_t account_id, int64_t cursor, int64_t last, size_t limit,
                     struct arena *arena, struct change **out, int64_t *next)
{
    size_t count = 0, capacity = 0, looked_at = 0;
    size_t window = limit < 1 ? 1 : limit > WINDOW_MAX ? WINDOW_MAX : limit;
    *out = NULL;
    *next = cursor;
    /* One window gives the changes, so that an order is in a call once; windows without any are
     * passed over. */
    while (count == 0 && looked_at < LOOKED_AT_MAX && *next < last) {
        int64_t end = *next;
        size_t n = 0;
        if (window_end(db, *next, last, window, &end, &n) || n == 0)
            break;
        if (read_window(db, account_id, *next, end, arena, out, &count, &capacity))
            return 0;
        looked_at += n;
        *next = end;
    }
    return count;
}

size_t store_changed_orders(struct db *db, int64_t cursor, size_t limit, struct arena *arena,
                            struct order **out, int64_t *next)
{
    size_t count = 0, capacity = 0, n = 0;
    *out = NULL;
    if (window_end(db, cursor, INT64_MAX, limit, next, &n) || n == 0)
        return 0;
    struct db_rows *rows = db_query(
        db,
        "select" ORDER_COLUMNS "from (select max(e.seq) as seq, e.order_id as order_id from event e"
        " where e.seq > $1 and e.seq <= $2 group by e.order_id) w"
        " join orders o on o.id = w.order_id order by w.seq",
        DB_PARAMS(db_int(cursor), db_int(*next)), NULL);
    while (rows && db_next(rows))
        order_read(rows, 0, arena, &APPEND(arena, *out, count, capacity), NULL);
    return db_close(rows) ? 0 : count;
}

/* Two selects, so that each reads its own partial index. */
#define QUEUED_COLUMNS                                                                             \
    "select o.id, o.open, o.needs, o.unsatisfied, o.card, o.taken_by from orders o"
static const char QUEUED[] =
    QUEUED_COLUMNS " where o.open = 1 and" SCOPE_SQL "union all " QUEUED_COLUMNS
                   " where o.needs <> 0 and o.open = 0 and" SCOPE_SQL;

enum status store_queued(struct db *db, int64_t account_id,
                         void (*each)(void *user, int64_t order_id, const struct queued *facts),
                         void *user)
{
    struct db_rows *rows = db_query(db, QUEUED, DB_PARAMS(db_int(account_id)), NULL);
    while (rows && db_next(rows)) {
        const struct queued facts = {
            .open = db_get_int(rows, 1) != 0,
            .needs = (uint32_t)db_get_int(rows, 2),
            .unsatisfied = db_get_int(rows, 3) != 0,
            .card = (enum card)row_word(rows, 4, WORDS_CARD, CARD_NONE),
            .taken_by = db_get_int(rows, 5),
        };
        each(user, db_get_int(rows, 0), &facts);
    }
    return db_close(rows);
}

struct queued queued_of(const struct order *order)
{
    return (struct queued){.open = order_open(order->state),
                           .needs = order->needs,
                           .unsatisfied = order->unsatisfied,
                           .card = order->card,
                           .taken_by = order->taken_by};
}

int64_t store_last_seq(struct db *db)
{
    int64_t seq = 0;
    db_number(db, "select coalesce(max(seq), 0) from event", NULL, 0, 0, &seq, NULL);
    return seq;
}
