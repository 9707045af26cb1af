/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forgetting: which orders may be forgotten, and the rows that go. Events stay as they are, so that
 * the chain still verifies. */
#include "platform/store/store_private.h"

/* When an order came into its present state; what only looked at it later does not count. */
#define ENDED_AT(order)                                                                            \
    " coalesce((select max(e.arrived_at) from event e where e.order_id = " order                   \
    ".id and e.subject = 'order' and e.from_state <> e.to_state), " order ".received_at) "

/* Takes $1 = ",archived,merged," and $2 = the moment. */
#define FORGETTABLE(order)                                                                         \
    " ($1 like '%,' || " order ".state || ',%' and " order ".open = 0 and" ENDED_AT(order) "< "    \
                                                                                           "$2) "

#define SOMETHING_LEFT                                                                             \
    " (exists (select 1 from appeal_order l join appeal p on p.id = l.appeal_id"                   \
    " join statement s on s.id = p.statement_id where l.order_id = o.id)"                          \
    " or exists (select 1 from event v join statement s on s.id = v.statement_id"                  \
    " where v.order_id = o.id)"                                                                    \
    " or exists (select 1 from former_citizen f where f.order_id = o.id)) "

/* An appeal that came into several orders is forgotten with the last of them, those among them that
 * it left again: their texts are masked with its citizen's name. */
#define NOT_SHARED                                                                                 \
    " not exists (select 1 from appeal_order a join appeal_order b on b.appeal_id = a.appeal_id"   \
    " join orders x on x.id = b.order_id where a.order_id = o.id and not" FORGETTABLE(             \
        "x") ")"                                                                                   \
             " and not exists (select 1 from appeal_order a join appeal p on p.id = a.appeal_id"   \
             " join former_citizen f on f.person_id = p.person_id join orders x on x.id = "        \
             "f.order_id"                                                                          \
             " where a.order_id = o.id and not" FORGETTABLE("x") ") "

static const char *state_list(uint32_t states, struct arena *arena)
{
    const char *list = ",";
    for (int i = 0; i < ORDER_STATE_COUNT; i++)
        if (states & BIT(i))
            list = arena_printf(arena, "%s%s,", list, word_name(WORDS_ORDER_STATE, i));
    return list;
}

enum status store_forgettable(struct db *db, uint32_t states, int64_t before, int64_t after_id,
                              size_t limit, struct arena *arena, int64_t **ids, size_t *count)
{
    size_t capacity = 0;
    *ids = NULL;
    *count = 0;
    struct db_rows *rows =
        db_query(db,
                 "select o.id from orders o where o.id > $3 and" FORGETTABLE(
                     "o") "and" NOT_SHARED "and" SOMETHING_LEFT "order by o.id limit $4",
                 DB_PARAMS(db_text(state_list(states, arena)), db_int(before), db_int(after_id),
                           db_int((int64_t)limit)),
                 NULL);
    while (rows && db_next(rows))
        APPEND(arena, *ids, *count, capacity) = db_get_int(rows, 0);
    return db_close(rows);
}

/* $1 is the order. A citizen who spoke in another order, too, goes with the last words of all. */
static const char *const FORGET[] = {
    "delete from statement where id in (select p.statement_id from appeal_order l"
    " join appeal p on p.id = l.appeal_id where l.order_id = $1"
    " union select statement_id from event where order_id = $1"
    " union select result_statement_id from assignment where order_id = $1"
    " union select reply_statement_id from assignment where order_id = $1"
    " union select reason_statement_id from objection where order_id = $1"
    " union select ruling_statement_id from objection where order_id = $1"
    " union select statement_id from callback where order_id = $1"
    " union select reason_statement_id from access_log where order_id = $1 and order_id <> 0)",

    "delete from person where id in (select p.person_id from appeal_order l"
    " join appeal p on p.id = l.appeal_id where l.order_id = $1"
    " union select person_id from former_citizen where order_id = $1)"
    " and not exists (select 1 from appeal q join statement s on s.id = q.statement_id"
    " where q.person_id = person.id)"
    " and not exists (select 1 from former_citizen f where f.person_id = person.id"
    " and f.order_id <> $1)",

    "delete from former_citizen where order_id = $1",

    "update appeal set place_text ="
    " coalesce((select name from place where place.id = appeal.place_id), '')"
    " where id in (select appeal_id from appeal_order where order_id = $1)",
};

enum status store_order_forget(struct db *db, int64_t order_id, struct error *err)
{
    enum status st = ST_OK;
    for (size_t i = 0; i < sizeof FORGET / sizeof FORGET[0] && !st; i++)
        st = db_run(db, FORGET[i], DB_PARAMS(db_int(order_id)), err);
    return st;
}
