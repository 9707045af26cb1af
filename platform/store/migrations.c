/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema, as numbered steps that are never edited once released. The texts use the words that
 * each engine replaces: int8 (64-bit integer), text (compared byte by byte), bytes, feedkey (a
 * number that grows with each row), and "strict" at the end of a table. Times are integer ms, 0 =
 * none; no column is ever null. */
#include "core/clock.h"
#include "platform/store/store_private.h"

/* Identifiers begin with their month, so orders and events can be partitioned by RANGE of it, and
 * every unique key of such a table holds it. A number is unique in a table of its own for that
 * reason. */
static const char FIRST[] =
    "create table meta(key text not null primary key, value text not null) strict;"
    "create table id_block(node int8 not null primary key, next int8 not null) strict;"
    "create table number_block(day int8 not null primary key, next int8 not null) strict;"

    "create table region(code text not null primary key, name text not null, level int8 not null)"
    " strict;"
    "create table unit(id int8 not null primary key, parent_id int8 not null, name text not null,"
    " kind text not null, path text not null, region_code text not null) strict;"
    "create table category(code text not null primary key, name text not null,"
    " industry text not null, limit_n int8 not null, limit_unit int8 not null,"
    " dispatch_n int8 not null, dispatch_unit int8 not null, life_safety int8 not null,"
    " vital int8 not null) strict;"
    "create table channel(code text not null primary key, name text not null,"
    " callback_policy text not null) strict;"
    "create table place(id int8 not null primary key, name text not null, kind text not null,"
    " region_code text not null, component_code text not null, owner_unit_id int8 not null,"
    " popularity int8 not null) strict;"
    "create table holiday(day int8 not null primary key, worked int8 not null, name text not null)"
    " strict;"
    "create table responsibility(id int8 not null primary key, category_code text not null,"
    " region_code text not null, owner_unit_id int8 not null, unit_id int8 not null,"
    " source text not null, reason text not null, ruling_objection_id int8 not null,"
    " valid_from int8 not null, valid_to int8 not null) strict;"
    "create index responsibility_category on responsibility(category_code, region_code);"

    "create table account(id int8 not null primary key, login text not null, name text not null,"
    " password_hash text not null, roles int8 not null, unit_id int8 not null,"
    " language int8 not null, demo int8 not null, disabled int8 not null,"
    " sees_orders int8 not null, scope_version int8 not null, unique(login)) strict;"
    "create table scope(account_id int8 not null, dimension text not null, value text not null,"
    " primary key(account_id, dimension, value)) strict;"
    "create table session(hash bytes not null primary key, account_id int8 not null,"
    " created_at int8 not null, expires_at int8 not null) strict;"
    "create index session_account on session(account_id);"
    "create table answer(account_id int8 not null, key text not null, body_hash bytes not null,"
    " http_status int8 not null, object_id int8 not null, version int8 not null,"
    " problem text not null, at int8 not null, primary key(account_id, key)) strict;"
    "create index answer_at on answer(at);"
    "create table access_log(id int8 not null primary key, account_id int8 not null,"
    " kind text not null, order_id int8 not null, person_id int8 not null,"
    " reason_statement_id int8 not null, at int8 not null) strict;"
    "create index access_log_at on access_log(at);"

    "create table person(id int8 not null primary key, name text not null, phone text not null,"
    " phone_hash bytes not null, confidential int8 not null) strict;"
    "create index person_phone on person(phone_hash) where phone <> '';"
    "create table statement(id int8 not null primary key, content text not null,"
    " salt bytes not null, hash bytes not null) strict;"
    "create table appeal(id int8 not null primary key, channel text not null,"
    " source_no text not null, kind text not null, person_id int8 not null,"
    " statement_id int8 not null, place_id int8 not null, place_text text not null,"
    " region_code text not null, category_code text not null, received_at int8 not null,"
    " source_deadline_at int8 not null, taken_by int8 not null) strict;"
    "create unique index appeal_source on appeal(channel, source_no) where source_no <> '';"
    "create index appeal_person on appeal(person_id);"
    /* through: the merged order that brought the appeal, 0 when it is the order's own. */
    "create table appeal_order(order_id int8 not null, appeal_id int8 not null,"
    " through int8 not null, primary key(order_id, appeal_id, through)) strict;"
    "create index appeal_order_appeal on appeal_order(appeal_id, order_id);"

    /* What lists and scopes look at stands first: a row is read from its beginning. units, open and
     * sort_at are made by store from the rest, with every change. */
    "create table orders(id int8 not null primary key, state text not null,"
    " region_code text not null, category_code text not null, industry text not null,"
    " channel text not null, units text not null, open int8 not null, needs int8 not null,"
    " card text not null, unsatisfied int8 not null, round int8 not null,"
    " lead_unit_id int8 not null, taken_by int8 not null, sort_at int8 not null,"
    " concluded_at int8 not null, conclusion text not null, version int8 not null,"
    " number text not null, kind text not null, title text not null, place_id int8 not null,"
    " place_text text not null, component_owner_id int8 not null, urgent int8 not null,"
    " complex int8 not null, confidential int8 not null, received_at int8 not null,"
    " limit_n int8 not null, limit_unit int8 not null, deadline_at int8 not null,"
    " first_deadline_at int8 not null, source_deadline_at int8 not null,"
    " dispatch_by int8 not null, failed_dispatches int8 not null, designated int8 not null,"
    " suspended_from text not null, suspended_at int8 not null, review_on int8 not null,"
    " promised_on int8 not null, merged_into int8 not null, extended_days int8 not null,"
    " coordination_due int8 not null, event_n int8 not null, event_hash bytes not null) strict;"
    "create index orders_open on orders(sort_at, id) where open = 1;"
    "create index orders_needs on orders(sort_at, id) where needs <> 0;"
    "create index orders_unsatisfied on orders(sort_at, id) where unsatisfied = 1;"
    "create index orders_taken_by on orders(taken_by, id);"
    "create table order_number(number text not null primary key, order_id int8 not null) strict;"

    "create table assignment(id int8 not null primary key, order_id int8 not null,"
    " unit_id int8 not null, unit_path text not null, lead int8 not null, round int8 not null,"
    " state text not null, limit_n int8 not null, limit_unit int8 not null,"
    " offered_at int8 not null, sign_by int8 not null, due_at int8 not null,"
    " signed_at int8 not null, replied_at int8 not null, ended_at int8 not null,"
    " signed_by int8 not null, replied_by int8 not null, offered_by int8 not null,"
    " result_statement_id int8 not null, reply_statement_id int8 not null,"
    " return_reason text not null, return_asked_at int8 not null,"
    " extension_asked_at int8 not null, extension_days int8 not null, late int8 not null) strict;"
    "create index assignment_order on assignment(order_id);"
    "create index assignment_unit on assignment(unit_path, order_id)"
    " where state not in ('returned', 'withdrawn');"
    "create unique index assignment_lead on assignment(order_id, round)"
    " where lead = 1 and state not in ('returned', 'withdrawn');"
    "create index assignment_again on assignment(offered_at, id) where lead = 1 and round >= 2;"
    "create table objection(id int8 not null primary key, order_id int8 not null,"
    " assignment_id int8 not null, unit_id int8 not null, state text not null,"
    " reason_statement_id int8 not null, proposed_unit_id int8 not null, raised_at int8 not null,"
    " raised_by int8 not null, opinion_by int8 not null, rule_by int8 not null,"
    " outcome text not null, ruled_unit_id int8 not null, ruled_at int8 not null,"
    " ruled_by int8 not null, ruling_statement_id int8 not null) strict;"
    "create unique index objection_once on objection(order_id, unit_id)"
    " where state <> 'withdrawn';"
    "create index objection_order on objection(order_id);"
    "create table callback(id int8 not null primary key, order_id int8 not null,"
    " round int8 not null, reached int8 not null, solved int8 not null, satisfied int8 not null,"
    " promised_on int8 not null, way text not null, at int8 not null, by_account int8 not null,"
    " statement_id int8 not null) strict;"
    "create index callback_order on callback(order_id);"
    "create table timer(order_id int8 not null, kind text not null, subject_id int8 not null,"
    " due_at int8 not null, primary key(order_id, kind, subject_id)) strict;"
    "create index timer_due on timer(due_at);"

    /* The last six columns are the order's scope facts after the change: who could see it then. */
    "create table event(seq feedkey, order_id int8 not null, n int8 not null,"
    " action text not null, subject text not null, subject_id int8 not null,"
    " from_state text not null, to_state text not null, account_id int8 not null,"
    " done_at int8 not null, arrived_at int8 not null, statement_id int8 not null,"
    " version int8 not null, body text not null, hash bytes not null,"
    " region_code text not null, category_code text not null, industry text not null,"
    " channel text not null, state text not null, units text not null,"
    " unique(order_id, n)) strict;";

static const char *const MIGRATIONS[] = {FIRST};
enum { NEWEST = sizeof MIGRATIONS / sizeof MIGRATIONS[0] };

/* The number of the last step done, 0 for an empty database, -1 on failure. */
static int64_t schema_version(struct db *db, struct error *err)
{
    int64_t version = 0, tables = db_table_count(db, err);
    if (tables <= 0)
        return tables;
    if (db_number(db, "select max(version) from schema_version", NULL, 0, -1, &version, NULL)) {
        error_set(err, ST_CORRUPT, "%s belongs to another program: it has tables, but none of ours",
                  db->path);
        return -1;
    }
    return version;
}

enum status migrations_check(struct db *db, struct error *err)
{
    struct error mine = {ST_OK, ""};
    int64_t version = schema_version(db, &mine);
    if (version < 0) {
        if (err)
            *err = mine;
        return mine.status ? mine.status : ST_CORRUPT;
    }
    if (version > NEWEST)
        return error_set(err, ST_CONFLICT,
                         "%s was written by a newer Minqing (schema %d, this program knows %d): "
                         "start the newer program",
                         db->path, (int)version, (int)NEWEST);
    return ST_OK;
}

enum status migrations_run(struct db *db, struct error *err)
{
    int64_t version = schema_version(db, err);
    if (version < 0)
        return ST_CORRUPT;
    for (; version < NEWEST; version++) {
        enum status st = db_begin(db, err);
        if (!st && version == 0)
            st = db_script(db,
                           "create table schema_version(version int8 not null primary key,"
                           " at int8 not null) strict",
                           err);
        if (!st)
            st = db_script(db, MIGRATIONS[version], err);
        if (!st)
            st = db_run(db, "insert into schema_version(version, at) values($1, $2)",
                        DB_PARAMS(db_int(version + 1), db_int(clock_now_ms())), err);
        if (!st)
            st = db_commit(db, err);
        if (st) {
            db_rollback(db);
            return st;
        }
    }
    return ST_OK;
}
