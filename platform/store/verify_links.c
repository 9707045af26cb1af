/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one row says of another: that it is there, and that what is kept twice is the same. */
#include "platform/store/store_private.h"
#include "platform/store/verify.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Words and citizens may be gone where an event says that the order was anonymised. */
#define NOT_ANONYMISED(order)                                                                      \
    " not exists (select 1 from event z where z.order_id = " order " and z.action = 'anonymise') "
#define NOT_ANONYMISED_APPEAL                                                                      \
    " not exists (select 1 from appeal_order y join event z on z.order_id = y.order_id"            \
    " where y.appeal_id = p.id and z.action = 'anonymise') "

/* Whose citizens and words were forgotten has an event that says so. */
#define ORDER_FORGOTTEN(row)                                                                       \
    " exists (select 1 from event f where f.order_id = " row ".order_id and f.action ="            \
    " 'anonymise') "
#define APPEAL_FORGOTTEN                                                                           \
    " exists (select 1 from appeal_order l join event f on f.order_id = l.order_id"                \
    " where l.appeal_id = p.id and f.action = 'anonymise') "

/* Each gives rows that should not be: what kind of row, its id, its order's number ("" none). */
static const struct link {
    const char *sql, *what;
} LINKS[] = {
    {"select 'order', o.id, o.number from orders o where not exists (select 1 from order_number n"
     " where n.number = o.number and n.order_id = o.id) and o.number <> ''",
     "its number does not lead to it: nobody finds it by its number"},
    {"select 'order', n.order_id, n.number from order_number n where not exists"
     " (select 1 from orders o where o.id = n.order_id and o.number = n.number)",
     "its number is known, the order is not there: it was deleted"},
    {"select 'order', o.id, o.number from orders o where not exists"
     " (select 1 from appeal_order l where l.order_id = o.id)",
     "no appeal belongs to it: nobody would be called back"},
    {"select 'appeal', p.id, '' from appeal p where not exists"
     " (select 1 from appeal_order l join orders o on o.id = l.order_id where l.appeal_id = p.id)",
     "it belongs to no order: its order was deleted"},
    {"select 'appeal', l.appeal_id, coalesce(o.number, '') from appeal_order l"
     " left join orders o on o.id = l.order_id"
     " where o.id is null or not exists (select 1 from appeal p where p.id = l.appeal_id)",
     "an order and an appeal are joined of which one is not there: a row was deleted"},
    {"select 'order', l.order_id, coalesce(o.number, '') from appeal_order l"
     " left join orders o on o.id = l.order_id where l.through <> 0 and not exists"
     " (select 1 from orders m where m.id = l.through and m.merged_into = l.order_id)",
     "an appeal came to it through an order that is not merged into it"},
    {"select 'order', m.id, m.number from orders m join appeal_order l on l.order_id = m.id"
     " where m.merged_into <> 0 and not exists (select 1 from appeal_order t"
     " where t.order_id = m.merged_into and t.appeal_id = l.appeal_id and t.through = m.id)",
     "it is merged, but not all of its appeals went on: somebody would not be called back"},
    {"select 'order', f.order_id, coalesce(o.number, '') from former_citizen f"
     " left join orders o on o.id = f.order_id"
     " where o.id is null or not exists (select 1 from person q where q.id = f.person_id)",
     "it and a citizen who spoke in it are joined of which one is not there: a row was deleted"},
    {"select 'assignment', a.id, '' from assignment a where not exists"
     " (select 1 from orders o where o.id = a.order_id)",
     "its order is not there: it was deleted"},
    {"select 'objection', a.id, '' from objection a where not exists"
     " (select 1 from assignment h where h.id = a.assignment_id and h.order_id = a.order_id)",
     "the assignment that it is about is not there: it was deleted"},
    {"select 'callback', b.id, '' from callback b where not exists"
     " (select 1 from orders o where o.id = b.order_id)",
     "its order is not there: it was deleted"},
    {"select 'order', t.order_id, '' from timer t where not exists"
     " (select 1 from orders o where o.id = t.order_id)",
     "a timer waits for an order that is not there"},
    {"select 'order', a.order_id, coalesce(o.number, '') from assignment a"
     " left join orders o on o.id = a.order_id"
     " where a.lead = 1 and a.state not in ('returned', 'withdrawn')"
     " group by a.order_id, a.round, o.number having count(*) > 1",
     "two units lead in one round: nobody is answerable"},
    {"select 'appeal', p.id, '' from appeal p where p.person_id <> 0 and not exists"
     " (select 1 from person q where q.id = p.person_id) and not" APPEAL_FORGOTTEN,
     "its citizen's row is not there, though it was not anonymised: it was deleted"},
    {"select 'appeal', p.id, '' from appeal p where p.statement_id <> 0 and not exists"
     " (select 1 from statement s where s.id = p.statement_id) and not" APPEAL_FORGOTTEN,
     "its words are not there, though it was not anonymised: the row was deleted"},
    {"select 'order', e.order_id, coalesce(o.number, '') from event e"
     " left join orders o on o.id = e.order_id where e.statement_id <> 0 and not exists"
     " (select 1 from statement s where s.id = e.statement_id) and not" ORDER_FORGOTTEN("e"),
     "the words of one of its events are not there, though it was not anonymised: the row was"
     " deleted"},
    {"select 'assignment', a.id, '' from assignment a where"
     " ((a.result_statement_id <> 0 and not exists"
     " (select 1 from statement s where s.id = a.result_statement_id)) or"
     " (a.reply_statement_id <> 0 and not exists"
     " (select 1 from statement s where s.id = a.reply_statement_id))) and not" ORDER_FORGOTTEN(
         "a"),
     "its result or reply is not there, though it was not anonymised: the row was deleted"},
};

enum status verify_links(struct db *db, struct verify *v, struct error *err)
{
    const size_t count = sizeof LINKS / sizeof LINKS[0];
    enum status st = ST_OK;
    for (size_t i = 0; i < count && !st; i++) {
        struct db_rows *rows = db_query(db, LINKS[i].sql, NULL, 0, err);
        while (rows && db_next(rows)) {
            char where[64];
            const char *number = db_get_text(rows, 2);
            if (*number && strcmp(db_get_text(rows, 0), "order") == 0)
                verify_order(number, db_get_int(rows, 1), where);
            else
                (void)snprintf(where, sizeof where, "%s %" PRId64, db_get_text(rows, 0),
                               db_get_int(rows, 1));
            verify_found(v, where, "%s", LINKS[i].what);
        }
        st = db_close(rows);
        if (v->progress)
            v->progress(v->user, "links", i + 1, count);
    }
    return st;
}

enum status verify_derived(struct db *db, struct verify *v, const struct order_case *c,
                           const char *where, struct error *err)
{
    const struct order *o = &c->order;
    struct buf units = BUF_EMPTY;
    case_units(c, &units);
    struct db_rows *rows =
        units.failed ? NULL
                     : db_query(db, "select units, open, sort_at from orders where id = $1",
                                DB_PARAMS(db_int(o->id)), err);
    if (rows && db_next(rows)) {
        if (!units_same(units.data ? units.data : "", db_get_text(rows, 0)))
            verify_found(v, where,
                         "its units are \"%s\", by its assignments \"%s\": it is seen by the wrong"
                         " units",
                         db_get_text(rows, 0), units.data ? units.data : "");
        if (db_get_int(rows, 1) != order_open(o->state))
            verify_found(v, where, "it is %s, but counted as %s: lists and counts are wrong",
                         word_name(WORDS_ORDER_STATE, (int)o->state),
                         db_get_int(rows, 1) ? "open" : "closed");
        if (db_get_int(rows, 2) != order_sort_at(o))
            verify_found(v, where, "its place in lists is not that of its deadline");
    }
    buf_free(&units);
    return db_close(rows);
}

/* --- the engine's file ------------------------------------------------------------------------ */

enum status verify_file(struct db *db, struct verify *v, bool quick, struct error *err)
{
    struct error mine = {ST_OK, ""};
    struct db_rows *rows = db_integrity(db, quick, &mine);
    while (rows && db_next(rows))
        if (strcmp(db_get_text(rows, 0), "ok") != 0)
            verify_found(v, "database file", "%.300s: it is damaged; restore it from a backup",
                         db_get_text(rows, 0));
    enum status st = db_close(rows);
    if (st == ST_CORRUPT || mine.status == ST_CORRUPT) {
        verify_found(v, "database file", "%s", mine.message);
        return ST_OK;
    }
    if (st && err)
        *err = mine;
    return st;
}
