/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows below an order: assignments, objections, callbacks, timers. */
#include "platform/store/store_private.h"
#include <string.h>

/* A unit whose assignment was returned or withdrawn has no duty there any more. */
static bool has_duty(const struct assignment *a)
{
    return a->state != ASSIGNMENT_RETURNED && a->state != ASSIGNMENT_WITHDRAWN;
}

void case_units(const struct order_case *c, struct buf *out)
{
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *a = &c->assignments[i];
        bool seen = !has_duty(a) || !a->unit_path || a->unit_path[0] == '\0';
        for (size_t j = 0; j < i && !seen; j++)
            seen = has_duty(&c->assignments[j]) && c->assignments[j].unit_id == a->unit_id;
        if (!seen)
            buf_printf(out, ",%s", a->unit_path);
    }
    if (out->length)
        buf_add_char(out, ',');
}

static enum status load_assignments(struct db *db, struct order_case *c, struct arena *arena)
{
    struct db_rows *rows =
        db_query(db,
                 "select id, unit_id, unit_path, lead, round, state, limit_n, limit_unit, "
                 "offered_at, sign_by,"
                 " due_at, signed_at, replied_at, ended_at, signed_by, replied_by, offered_by,"
                 " result_statement_id, reply_statement_id, return_reason, return_asked_at,"
                 " extension_asked_at, extension_days, late"
                 " from assignment where order_id = $1 order by id",
                 DB_PARAMS(db_int(c->order.id)), NULL);
    while (rows && db_next(rows)) {
        struct assignment *a =
            &APPEND(arena, c->assignments, c->assignment_count, c->assignment_capacity);
        a->id = db_get_int(rows, 0);
        a->unit_id = db_get_int(rows, 1);
        a->unit_path = row_text(rows, 2, arena);
        a->lead = db_get_int(rows, 3) != 0;
        a->round = (int32_t)db_get_int(rows, 4);
        a->state =
            (enum assignment_state)row_word(rows, 5, WORDS_ASSIGNMENT_STATE, ASSIGNMENT_OFFERED);
        a->limit.n = (int32_t)db_get_int(rows, 6);
        a->limit.unit = (enum limit_unit)db_get_int(rows, 7);
        a->offered_at = db_get_int(rows, 8);
        a->sign_by = db_get_int(rows, 9);
        a->due_at = db_get_int(rows, 10);
        a->signed_at = db_get_int(rows, 11);
        a->replied_at = db_get_int(rows, 12);
        a->ended_at = db_get_int(rows, 13);
        a->signed_by = db_get_int(rows, 14);
        a->replied_by = db_get_int(rows, 15);
        a->offered_by = db_get_int(rows, 16);
        a->result_statement_id = db_get_int(rows, 17);
        a->reply_statement_id = db_get_int(rows, 18);
        a->return_reason = row_text(rows, 19, arena);
        a->return_asked_at = db_get_int(rows, 20);
        a->extension_asked_at = db_get_int(rows, 21);
        a->extension_days = (int32_t)db_get_int(rows, 22);
        a->late = db_get_int(rows, 23) != 0;
    }
    return db_close(rows);
}

static enum status load_objections(struct db *db, struct order_case *c, struct arena *arena)
{
    struct db_rows *rows =
        db_query(db,
                 "select id, assignment_id, unit_id, state, reason_statement_id, proposed_unit_id, "
                 "raised_at,"
                 " raised_by, opinion_by, rule_by, outcome, ruled_unit_id, ruled_at, ruled_by,"
                 " ruling_statement_id from objection where order_id = $1 order by id",
                 DB_PARAMS(db_int(c->order.id)), NULL);
    while (rows && db_next(rows)) {
        struct objection *o =
            &APPEND(arena, c->objections, c->objection_count, c->objection_capacity);
        o->id = db_get_int(rows, 0);
        o->assignment_id = db_get_int(rows, 1);
        o->unit_id = db_get_int(rows, 2);
        o->state = (enum objection_state)row_word(rows, 3, WORDS_OBJECTION_STATE, OBJECTION_RAISED);
        o->reason_statement_id = db_get_int(rows, 4);
        o->proposed_unit_id = db_get_int(rows, 5);
        o->raised_at = db_get_int(rows, 6);
        o->raised_by = db_get_int(rows, 7);
        o->opinion_by = db_get_int(rows, 8);
        o->rule_by = db_get_int(rows, 9);
        o->outcome = row_text(rows, 10, arena);
        o->ruled_unit_id = db_get_int(rows, 11);
        o->ruled_at = db_get_int(rows, 12);
        o->ruled_by = db_get_int(rows, 13);
        o->ruling_statement_id = db_get_int(rows, 14);
    }
    return db_close(rows);
}

static enum status load_callbacks(struct db *db, struct order_case *c, struct arena *arena)
{
    struct db_rows *rows =
        db_query(db,
                 "select id, round, reached, solved, satisfied, promised_on, way, at, by_account,"
                 " statement_id from callback where order_id = $1 order by id",
                 DB_PARAMS(db_int(c->order.id)), NULL);
    while (rows && db_next(rows)) {
        struct callback *b = &APPEND(arena, c->callbacks, c->callback_count, c->callback_capacity);
        b->id = db_get_int(rows, 0);
        b->round = (int32_t)db_get_int(rows, 1);
        b->reached = (int)db_get_int(rows, 2);
        b->solved = (int)db_get_int(rows, 3);
        b->satisfied = (int)db_get_int(rows, 4);
        b->promised_on = db_get_int(rows, 5);
        b->way = (enum callback_way)row_word(rows, 6, WORDS_CALLBACK_WAY, WAY_PHONE);
        b->at = db_get_int(rows, 7);
        b->by = db_get_int(rows, 8);
        b->statement_id = db_get_int(rows, 9);
    }
    return db_close(rows);
}

static enum status load_timers(struct db *db, struct order_case *c, struct arena *arena)
{
    struct db_rows *rows = db_query(db,
                                    "select kind, subject_id, due_at from timer where order_id = $1"
                                    " order by due_at, kind, subject_id",
                                    DB_PARAMS(db_int(c->order.id)), NULL);
    while (rows && db_next(rows)) {
        int kind = word_find(WORDS_TIMER_KIND, db_get_text(rows, 0));
        if (kind < 0)
            continue;
        struct timer *t = &APPEND(arena, c->timers, c->timer_count, c->timer_capacity);
        t->kind = (enum timer_kind)kind;
        t->subject_id = db_get_int(rows, 1);
        t->due_at = db_get_int(rows, 2);
    }
    return db_close(rows);
}

enum status case_rows_load(struct db *db, struct order_case *c, struct arena *arena)
{
    enum status st = load_assignments(db, c, arena);
    if (!st)
        st = load_objections(db, c, arena);
    if (!st)
        st = load_callbacks(db, c, arena);
    return st ? st : load_timers(db, c, arena);
}

/* A row that is there must be changed, a new one must not be there: anything else would lose it. */
static enum status run_one(struct db *db, const char *sql, const struct db_value *params,
                           size_t count, const char *what, struct error *err)
{
    enum status st = db_run(db, sql, params, count, err);
    if (st == ST_OK && db_changes(db) != 1)
        return error_set(err, ST_CONFLICT,
                         "%s cannot be stored: it is there already, or not at all", what);
    return st;
}

static enum status save_assignment(struct db *db, int64_t order_id, const struct assignment *a,
                                   struct error *err)
{
    const struct db_value params[] = {
        db_int(a->id),
        db_int(order_id),
        db_int(a->unit_id),
        db_text(a->unit_path),
        db_int(a->lead),
        db_int(a->round),
        db_word(WORDS_ASSIGNMENT_STATE, (int)a->state),
        db_int(a->limit.n),
        db_int(a->limit.unit),
        db_int(a->offered_at),
        db_int(a->sign_by),
        db_int(a->due_at),
        db_int(a->signed_at),
        db_int(a->replied_at),
        db_int(a->ended_at),
        db_int(a->signed_by),
        db_int(a->replied_by),
        db_int(a->offered_by),
        db_int(a->result_statement_id),
        db_int(a->reply_statement_id),
        db_text(a->return_reason),
        db_int(a->return_asked_at),
        db_int(a->extension_asked_at),
        db_int(a->extension_days),
        db_int(a->late),
    };
    const size_t count = sizeof params / sizeof params[0];
    if (a->mark == ROW_NEW)
        return run_one(
            db,
            "insert into assignment(id, order_id, unit_id, unit_path, lead, round, state,"
            " limit_n, limit_unit, offered_at, sign_by, due_at, signed_at, replied_at,"
            " ended_at, signed_by, replied_by, offered_by, result_statement_id,"
            " reply_statement_id, return_reason, return_asked_at, extension_asked_at,"
            " extension_days, late) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
            " $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)"
            " on conflict do nothing",
            params, count, "an assignment", err);
    return run_one(db,
                   "update assignment set unit_id = $3, unit_path = $4, lead = $5, round = $6,"
                   " state = $7, limit_n = $8, limit_unit = $9, offered_at = $10, sign_by = $11,"
                   " due_at = $12, signed_at = $13, replied_at = $14, ended_at = $15,"
                   " signed_by = $16, replied_by = $17, offered_by = $18,"
                   " result_statement_id = $19, reply_statement_id = $20, return_reason = $21,"
                   " return_asked_at = $22, extension_asked_at = $23, extension_days = $24,"
                   " late = $25 where id = $1 and order_id = $2",
                   params, count, "an assignment", err);
}

static enum status save_objection(struct db *db, int64_t order_id, const struct objection *o,
                                  struct error *err)
{
    const struct db_value params[] = {
        db_int(o->id),
        db_int(order_id),
        db_int(o->assignment_id),
        db_int(o->unit_id),
        db_word(WORDS_OBJECTION_STATE, (int)o->state),
        db_int(o->reason_statement_id),
        db_int(o->proposed_unit_id),
        db_int(o->raised_at),
        db_int(o->raised_by),
        db_int(o->opinion_by),
        db_int(o->rule_by),
        db_text(o->outcome),
        db_int(o->ruled_unit_id),
        db_int(o->ruled_at),
        db_int(o->ruled_by),
        db_int(o->ruling_statement_id),
    };
    const size_t count = sizeof params / sizeof params[0];
    if (o->mark == ROW_NEW)
        return run_one(db,
                       "insert into objection(id, order_id, assignment_id, unit_id, state,"
                       " reason_statement_id, proposed_unit_id, raised_at, raised_by, opinion_by,"
                       " rule_by, outcome, ruled_unit_id, ruled_at, ruled_by, ruling_statement_id)"
                       " values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
                       " $16) on conflict do nothing",
                       params, count, "an objection (one for each unit and order)", err);
    return run_one(db,
                   "update objection set assignment_id = $3, unit_id = $4, state = $5,"
                   " reason_statement_id = $6, proposed_unit_id = $7, raised_at = $8,"
                   " raised_by = $9, opinion_by = $10, rule_by = $11, outcome = $12,"
                   " ruled_unit_id = $13, ruled_at = $14, ruled_by = $15,"
                   " ruling_statement_id = $16 where id = $1 and order_id = $2",
                   params, count, "an objection", err);
}

static enum status save_callback(struct db *db, int64_t order_id, const struct callback *b,
                                 struct error *err)
{
    const struct db_value params[] = {
        db_int(b->id),           db_int(order_id),
        db_int(b->round),        db_int(b->reached),
        db_int(b->solved),       db_int(b->satisfied),
        db_int(b->promised_on),  db_word(WORDS_CALLBACK_WAY, (int)b->way),
        db_int(b->at),           db_int(b->by),
        db_int(b->statement_id),
    };
    const size_t count = sizeof params / sizeof params[0];
    if (b->mark == ROW_NEW)
        return run_one(db,
                       "insert into callback(id, order_id, round, reached, solved, satisfied,"
                       " promised_on, way, at, by_account, statement_id) values($1, $2, $3, $4, $5,"
                       " $6, $7, $8, $9, $10, $11) on conflict do nothing",
                       params, count, "a callback", err);
    return run_one(db,
                   "update callback set round = $3, reached = $4, solved = $5, satisfied = $6,"
                   " promised_on = $7, way = $8, at = $9, by_account = $10, statement_id = $11"
                   " where id = $1 and order_id = $2",
                   params, count, "a callback", err);
}

enum status case_rows_save(struct db *db, struct order_case *c, struct error *err)
{
    enum status st = ST_OK;
    /* Changed rows first: a unique key that an old row gives up must be free for a new one. */
    for (enum row_mark mark = ROW_CHANGED;; mark = ROW_NEW) {
        for (size_t i = 0; i < c->assignment_count && !st; i++)
            if (c->assignments[i].mark == mark)
                st = save_assignment(db, c->order.id, &c->assignments[i], err);
        for (size_t i = 0; i < c->objection_count && !st; i++)
            if (c->objections[i].mark == mark)
                st = save_objection(db, c->order.id, &c->objections[i], err);
        for (size_t i = 0; i < c->callback_count && !st; i++)
            if (c->callbacks[i].mark == mark)
                st = save_callback(db, c->order.id, &c->callbacks[i], err);
        if (mark == ROW_NEW || st)
            return st;
    }
}
