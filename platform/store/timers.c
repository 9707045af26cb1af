/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes due without anybody pressing a key. */
#include "platform/store/store_private.h"

enum status timers_replace(struct db *db, const struct order_case *c, struct error *err)
{
    enum status st =
        db_run(db, "delete from timer where order_id = $1", DB_PARAMS(db_int(c->order.id)), err);
    for (size_t i = 0; i < c->timer_count && !st; i++) {
        const struct timer *t = &c->timers[i];
        /* Of two timers of one kind for one subject the earlier one counts. */
        st =
            db_run(db,
                   "insert into timer(order_id, kind, subject_id, due_at) values($1, $2, $3, $4)"
                   " on conflict(order_id, kind, subject_id) do update set due_at = excluded.due_at"
                   " where excluded.due_at < timer.due_at",
                   DB_PARAMS(db_int(c->order.id), db_word(WORDS_TIMER_KIND, (int)t->kind),
                             db_int(t->subject_id), db_int(t->due_at)),
                   err);
    }
    return st;
}

size_t store_timers_due(struct db *db, int64_t now, size_t limit, struct arena *arena,
                        struct due_timer **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows =
        db_query(db,
                 "select order_id, kind, subject_id, due_at from timer where due_at <= $1"
                 " order by due_at, order_id, kind, subject_id limit $2",
                 DB_PARAMS(db_int(now), db_int((int64_t)limit)), NULL);
    while (rows && db_next(rows)) {
        int kind = word_find(WORDS_TIMER_KIND, db_get_text(rows, 1));
        if (kind < 0)
            continue;
        struct due_timer *due = &APPEND(arena, *out, count, capacity);
        due->order_id = db_get_int(rows, 0);
        due->timer.kind = (enum timer_kind)kind;
        due->timer.subject_id = db_get_int(rows, 2);
        due->timer.due_at = db_get_int(rows, 3);
    }
    return db_close(rows) ? 0 : count;
}

int64_t store_timer_next(struct db *db)
{
    int64_t at = 0;
    db_number(db, "select due_at from timer order by due_at limit 1", NULL, 0, 0, &at, NULL);
    return at;
}
