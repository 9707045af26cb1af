/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An order with all that its rules look at: loading and storing. */
#include "platform/store/scope.h"
#include "platform/store/store_private.h"
#include <string.h>

bool order_open(enum order_state state)
{
    const uint32_t closed = BIT(ORDER_ANSWERED) | BIT(ORDER_ARCHIVED) | BIT(ORDER_TRANSFERRED) |
                            BIT(ORDER_MERGED) | BIT(ORDER_REJECTED) | BIT(ORDER_WITHDRAWN);
    return !(closed & BIT(state));
}

int64_t order_sort_at(const struct order *order)
{
    return order->deadline_at ? order->deadline_at : SORT_LAST;
}

static struct limit read_limit(struct db_rows *rows, int column)
{
    return (struct limit){(int32_t)db_get_int(rows, column),
                          db_get_int(rows, column + 1) == LIMIT_DAYS ? LIMIT_DAYS : LIMIT_HOURS};
}

void order_read(struct db_rows *rows, int at, struct arena *arena, struct order *o,
                int64_t *sort_at)
{
    int i = at;
    o->id = db_get_int(rows, i++);
    const char *number = db_get_text(rows, i++);
    size_t n = strnlen(number, sizeof o->number - 1);
    memcpy(o->number, number, n);
    o->number[n] = '\0';
    o->state = (enum order_state)row_word(rows, i++, WORDS_ORDER_STATE, ORDER_DRAFT);
    o->version = db_get_int(rows, i++);
    o->kind = (enum appeal_kind)row_word(rows, i++, WORDS_APPEAL_KIND, KIND_CONSULT);
    o->channel = row_text(rows, i++, arena);
    o->category_code = row_text(rows, i++, arena);
    o->industry = row_text(rows, i++, arena);
    o->region_code = row_text(rows, i++, arena);
    o->place_id = db_get_int(rows, i++);
    o->place_text = row_text(rows, i++, arena);
    o->component_owner_id = db_get_int(rows, i++);
    o->title = row_text(rows, i++, arena);
    o->urgent = db_get_int(rows, i++) != 0;
    o->complex = db_get_int(rows, i++) != 0;
    o->confidential = db_get_int(rows, i++) != 0;
    o->received_at = db_get_int(rows, i++);
    o->taken_by = db_get_int(rows, i++);
    o->limit = read_limit(rows, i);
    i += 2;
    o->deadline_at = db_get_int(rows, i++);
    o->first_deadline_at = db_get_int(rows, i++);
    o->source_deadline_at = db_get_int(rows, i++);
    o->dispatch_by = db_get_int(rows, i++);
    o->card = (enum card)row_word(rows, i++, WORDS_CARD, CARD_NONE);
    o->round = (int32_t)db_get_int(rows, i++);
    o->failed_dispatches = (int32_t)db_get_int(rows, i++);
    o->designated = db_get_int(rows, i++) != 0;
    o->lead_unit_id = db_get_int(rows, i++);
    o->suspended_from = (enum order_state)row_word(rows, i++, WORDS_ORDER_STATE, ORDER_DRAFT);
    o->suspended_at = db_get_int(rows, i++);
    o->review_on = db_get_int(rows, i++);
    o->promised_on = db_get_int(rows, i++);
    o->merged_into = db_get_int(rows, i++);
    o->concluded_at = db_get_int(rows, i++);
    o->conclusion = row_text(rows, i++, arena);
    o->extended_days = (int32_t)db_get_int(rows, i++);
    o->coordination_due = db_get_int(rows, i++) != 0;
    o->unsatisfied = db_get_int(rows, i++) != 0;
    o->needs = (uint32_t)db_get_int(rows, i++);
    o->event_n = db_get_int(rows, i++);
    row_hash(rows, i++, o->event_hash, HASH_SIZE);
    if (sort_at)
        *sort_at = db_get_int(rows, i);
}

static struct order_case *load(struct db *db, int64_t account_id, int64_t order_id,
                               struct arena *arena)
{
    struct order_case *c = NULL;
    struct db_rows *rows =
        account_id == 0
            ? db_query(db, "select" ORDER_COLUMNS "from orders o where o.id = $2",
                       DB_PARAMS(db_int(account_id), db_int(order_id)), NULL)
            : db_query(db, "select" ORDER_COLUMNS "from orders o where o.id = $2 and" SCOPE_SQL,
                       DB_PARAMS(db_int(account_id), db_int(order_id)), NULL);
    if (rows && db_next(rows)) {
        c = arena_alloc(arena, sizeof *c);
        order_read(rows, 0, arena, &c->order, NULL);
    }
    if (db_close(rows) || !c || case_rows_load(db, c, arena))
        return NULL;
    return c;
}

struct order_case *store_case_load(struct db *db, int64_t account_id, int64_t order_id,
                                   struct arena *arena)
{
    /* Several queries, one moment: the order and its rows must belong together. */
    bool own = !db_in_transaction(db) && store_read_begin(db) == ST_OK;
    struct order_case *c = load(db, account_id, order_id, arena);
    if (own)
        (void)store_read_end(db);
    return c;
}

int64_t store_order_by_number(struct db *db, int64_t account_id, const char *number)
{
    const struct db_value params[] = {db_int(account_id), db_text(number)};
    int64_t id = 0;
    enum status st =
        account_id == 0
            ? db_number(db, "select order_id from order_number where number = $2", params, 2, 0,
                        &id, NULL)
            : db_number(db,
                        "select o.id from order_number n join orders o on o.id = n.order_id"
                        " where n.number = $2 and" SCOPE_SQL,
                        params, 2, 0, &id, NULL);
    return st ? 0 : id;
}

/* Both texts take the same parameters, so that one list serves. */
#define ORDER_INSERT                                                                               \
    "insert into orders(id, number, state, version, kind, channel, category_code, industry,"       \
    " region_code, place_id, place_text, component_owner_id, title, urgent, complex,"              \
    " confidential, received_at, taken_by, limit_n, limit_unit, deadline_at, first_deadline_at,"   \
    " source_deadline_at, dispatch_by, card, round, failed_dispatches, designated, lead_unit_id,"  \
    " suspended_from, suspended_at, review_on, promised_on, merged_into, concluded_at,"            \
    " conclusion, extended_days, coordination_due, unsatisfied, needs, event_n, event_hash,"       \
    " units, open, sort_at) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"   \
    " $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32,"   \
    " $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45) on conflict do nothing"
/* The number never changes. */
#define ORDER_UPDATE                                                                               \
    "update orders set state = $3, version = $4, kind = $5, channel = $6, category_code = $7,"     \
    " industry = $8, region_code = $9, place_id = $10, place_text = $11,"                          \
    " component_owner_id = $12, title = $13, urgent = $14, complex = $15, confidential = $16,"     \
    " received_at = $17, taken_by = $18, limit_n = $19, limit_unit = $20, deadline_at = $21,"      \
    " first_deadline_at = $22, source_deadline_at = $23, dispatch_by = $24, card = $25,"           \
    " round = $26, failed_dispatches = $27, designated = $28, lead_unit_id = $29,"                 \
    " suspended_from = $30, suspended_at = $31, review_on = $32, promised_on = $33,"               \
    " merged_into = $34, concluded_at = $35, conclusion = $36, extended_days = $37,"               \
    " coordination_due = $38, unsatisfied = $39, needs = $40, event_n = $41, event_hash = $42,"    \
    " units = $43, open = $44, sort_at = $45 where id = $1 and version = $4 - 1"

static enum status order_write(struct db *db, const struct order *o, const char *units, bool is_new,
                               struct error *err)
{
    const struct db_value params[] = {
        db_int(o->id),
        db_text(o->number),
        db_word(WORDS_ORDER_STATE, (int)o->state),
        db_int(o->version),
        db_word(WORDS_APPEAL_KIND, (int)o->kind),
        db_text(o->channel),
        db_text(o->category_code),
        db_text(o->industry),
        db_text(o->region_code),
        db_int(o->place_id),
        db_text(o->place_text),
        db_int(o->component_owner_id),
        db_text(o->title),
        db_int(o->urgent),
        db_int(o->complex),
        db_int(o->confidential),
        db_int(o->received_at),
        db_int(o->taken_by),
        db_int(o->limit.n),
        db_int(o->limit.unit),
        db_int(o->deadline_at),
        db_int(o->first_deadline_at),
        db_int(o->source_deadline_at),
        db_int(o->dispatch_by),
        db_word(WORDS_CARD, (int)o->card),
        db_int(o->round),
        db_int(o->failed_dispatches),
        db_int(o->designated),
        db_int(o->lead_unit_id),
        db_word(WORDS_ORDER_STATE, (int)o->suspended_from),
        db_int(o->suspended_at),
        db_int(o->review_on),
        db_int(o->promised_on),
        db_int(o->merged_into),
        db_int(o->concluded_at),
        db_text(o->conclusion),
        db_int(o->extended_days),
        db_int(o->coordination_due),
        db_int(o->unsatisfied),
        db_int(o->needs),
        db_int(o->event_n),
        db_blob(o->event_hash, HASH_SIZE),
        db_text(units),
        db_int(order_open(o->state)),
        db_int(order_sort_at(o)),
    };
    const size_t count = sizeof params / sizeof params[0];
    enum status st = db_run(db, is_new ? ORDER_INSERT : ORDER_UPDATE, params, count, err);
    if (st)
        return st;
    if (db_changes(db) == 0)
        return is_new ? error_set(err, ST_CONFLICT, "order %s is there already", o->number)
                      : error_set(err, ST_STALE, "order %s was changed meanwhile", o->number);
    if (!is_new || o->number[0] == '\0')
        return ST_OK;
    st = db_run(db,
                "insert into order_number(number, order_id) values($1, $2) on conflict do nothing",
                DB_PARAMS(db_text(o->number), db_int(o->id)), err);
    return st == ST_OK && db_changes(db) == 0
               ? error_set(err, ST_CONFLICT, "the number %s is taken", o->number)
               : st;
}

enum status store_case_save(struct db *db, struct order_case *c, bool is_new, int64_t arrived_at,
                            struct error *err)
{
    if (c->order.id <= 0 || c->order.version <= 0)
        return error_set(err, ST_INVALID, "an order needs an identifier and a version");
    struct buf units = BUF_EMPTY;
    case_units(c, &units);
    enum status st = units.failed ? error_set(err, ST_NO_MEMORY, "out of memory") : ST_OK;
    const char *paths = units.data ? units.data : "";
    for (size_t i = 0; i < c->statement_count && !st; i++)
        st = statement_insert(db, &c->statements[i], err);
    /* The events come before the order's row, which holds the head of their chain. */
    if (!st)
        st = events_append(db, c, paths, arrived_at, err);
    if (!st)
        st = order_write(db, &c->order, paths, is_new, err);
    if (!st)
        st = case_rows_save(db, c, err);
    for (size_t i = 0; i < c->responsibility_count && !st; i++)
        if ((st = store_responsibility_put(db, &c->responsibilities[i])))
            error_set(err, st, "a responsibility of order %s cannot be stored", c->order.number);
    if (!st && c->timers_changed)
        st = timers_replace(db, c, err);
    buf_free(&units);
    if (st)
        return st;
    for (size_t i = 0; i < c->assignment_count; i++)
        c->assignments[i].mark = ROW_CLEAN;
    for (size_t i = 0; i < c->objection_count; i++)
        c->objections[i].mark = ROW_CLEAN;
    for (size_t i = 0; i < c->callback_count; i++)
        c->callbacks[i].mark = ROW_CLEAN;
    c->event_count = c->statement_count = c->responsibility_count = 0;
    c->timers_changed = false;
    return ST_OK;
}

enum status store_case_timers(struct db *db, struct order_case *c, struct error *err)
{
    enum status st = timers_replace(db, c, err);
    if (!st)
        c->timers_changed = false;
    return st;
}
