/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings a database to the newest schema, step by step, each in a transaction of its own. */
#include "core/clock.h"
#include "platform/store/schema.h"
#include "platform/store/store_private.h"
#include "platform/store/text_index.h"

/* A step is its script, then what SQL cannot say: the rows that are written anew. */
static const struct migration {
    const char *script;
    enum status (*convert)(struct db *db, struct error *err); /* NULL none */
} MIGRATIONS[] = {
    {schema_1_loop, NULL},     {schema_2_personal, personal_convert},
    {schema_3_accounts, NULL}, {schema_4_search, text_index_create},
    {schema_5_imports, NULL},
};
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

enum status migrations_done(struct db *db, struct error *err)
{
    int64_t version = schema_version(db, err);
    if (version < 0)
        return ST_CORRUPT;
    return version == NEWEST
               ? ST_OK
               : error_set(err, ST_CONFLICT,
                           "%s is of an older Minqing (schema %d, this program has %d): start the"
                           " platform on it once",
                           db->path, (int)version, (int)NEWEST);
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
            st = db_script(db, MIGRATIONS[version].script, err);
        if (!st && MIGRATIONS[version].convert)
            st = MIGRATIONS[version].convert(db, err);
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
