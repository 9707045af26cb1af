/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The driver for SQLite: statements and their parameters. */
#include "platform/store/sqlite_private.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS_MAX = 64 };

/* A prepared statement, and the query that runs on it. */
struct db_rows {
    sqlite3_stmt *statement;
    struct db *db;
    const char *key; /* the caller's text, by address: how the statement is found again */
    char *sql;       /* a copy: an address can be used for another text later */
    unsigned char numbers[PARAMETERS_MAX]; /* SQLite's position - 1 → n of $n */
    int parameter_count;
    bool kept; /* in the cache; otherwise freed at the end of the query */
    bool running;
    enum status status;
    struct error *err;
    struct db_rows *next, *previous; /* the connection's running queries */
};

struct db_value db_int(int64_t number)
{
    return (struct db_value){.type = DB_INT, .number = number};
}

struct db_value db_text(const char *text)
{
    return (struct db_value){
        .type = DB_TEXT, .bytes = text ? text : "", .length = text ? strlen(text) : 0};
}

struct db_value db_blob(const void *bytes, size_t length)
{
    return (struct db_value){.type = DB_BLOB, .bytes = bytes, .length = length};
}

static void rows_free(struct db_rows *rows)
{
    sqlite3_finalize(rows->statement);
    free(rows->sql);
    free(rows);
}

static struct db_rows *statement_new(struct db *db, const char *sql, struct error *err)
{
    struct db_rows *rows = calloc(1, sizeof *rows);
    if (rows)
        rows->sql = strdup(sql);
    if (!rows || !rows->sql) {
        error_set(err, ST_NO_MEMORY, "out of memory");
        free(rows);
        return NULL;
    }
    rows->db = db;
    rows->key = sql;
    const char *rest = "";
    int code =
        sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &rows->statement, &rest);
    if (code != SQLITE_OK || !rows->statement) {
        if (code == SQLITE_OK)
            error_set(err, ST_INVALID, "an empty statement");
        else
            sqlite_fail(db, code, err);
        rows_free(rows);
        return NULL;
    }
    rest += strspn(rest, " \t\n;");
    rows->parameter_count = sqlite3_bind_parameter_count(rows->statement);
    bool good = *rest == '\0' && rows->parameter_count <= PARAMETERS_MAX;
    for (int i = 0; good && i < rows->parameter_count; i++) {
        const char *name = sqlite3_bind_parameter_name(rows->statement, i + 1);
        char *end = NULL;
        long n = name && name[0] == '$' ? strtol(name + 1, &end, 10) : 0;
        good = n >= 1 && n <= PARAMETERS_MAX && *end == '\0';
        rows->numbers[i] = (unsigned char)n;
    }
    if (!good) {
        error_set(err, ST_INVALID, "not one statement with $1 … $%d: %.120s", (int)PARAMETERS_MAX,
                  sql);
        rows_free(rows);
        return NULL;
    }
    return rows;
}

/* The statement of a text: kept, or fresh when the kept one is in use. */
static struct db_rows *statement_find(struct db *db, const char *sql, struct error *err)
{
    size_t slot = (size_t)(((uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15)) >> 40) % STATEMENTS_MAX;
    while (db->statements[slot] && db->statements[slot]->key != sql)
        slot = (slot + 1) % STATEMENTS_MAX;
    struct db_rows *found = db->statements[slot];
    if (found && found->running)
        return statement_new(db, sql, err);
    if (found && strcmp(found->sql, sql) == 0)
        return found;
    struct db_rows *fresh = statement_new(db, sql, err);
    if (!fresh)
        return NULL;
    if (found)
        rows_free(found);
    else if (db->statement_count >= STATEMENTS_MAX / 4 * 3)
        return fresh; /* not kept: somebody makes texts up */
    else
        db->statement_count++;
    fresh->kept = true;
    db->statements[slot] = fresh;
    return fresh;
}

static int bind(struct db_rows *rows, const struct db_value *params, size_t count, bool copy)
{
    sqlite3_destructor_type lifetime = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
    int code = SQLITE_OK;
    for (int i = 0; code == SQLITE_OK && i < rows->parameter_count; i++) {
        size_t n = rows->numbers[i];
        if (n > count)
            return SQLITE_RANGE;
        const struct db_value *v = &params[n - 1];
        const void *bytes = v->bytes ? v->bytes : "";
        if (v->type == DB_INT)
            code = sqlite3_bind_int64(rows->statement, i + 1, v->number);
        else if (v->type == DB_TEXT)
            code = sqlite3_bind_text64(rows->statement, i + 1, bytes, v->length, lifetime,
                                       SQLITE_UTF8);
        else
            code = sqlite3_bind_blob64(rows->statement, i + 1, bytes, v->length, lifetime);
    }
    return code;
}

static struct db_rows *start(struct db *db, const char *sql, const struct db_value *params,
                             size_t count, bool copy, struct error *err)
{
    struct db_rows *rows = statement_find(db, sql, err);
    if (!rows)
        return NULL;
    int code = bind(rows, params, count, copy);
    if (code != SQLITE_OK) {
        if (code == SQLITE_RANGE)
            error_set(err, ST_INVALID, "a parameter is missing: %.120s", sql);
        else
            sqlite_fail(db, code, err);
        sqlite3_clear_bindings(rows->statement);
        if (!rows->kept)
            rows_free(rows);
        return NULL;
    }
    rows->running = true;
    rows->status = ST_OK;
    rows->err = err;
    rows->previous = NULL;
    rows->next = db->open;
    if (db->open)
        db->open->previous = rows;
    db->open = rows;
    return rows;
}

struct db_rows *db_query(struct db *db, const char *sql, const struct db_value *params,
                         size_t count, struct error *err)
{
    return start(db, sql, params, count, true, err);
}

bool db_next(struct db_rows *rows)
{
    if (rows->status)
        return false;
    int code = sqlite3_step(rows->statement);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        rows->status = sqlite_fail(rows->db, sqlite3_extended_errcode(rows->db->handle), rows->err);
    return false;
}

int64_t db_get_int(struct db_rows *rows, int column)
{
    return sqlite3_column_int64(rows->statement, column);
}

const char *db_get_text(struct db_rows *rows, int column)
{
    const char *text = (const char *)sqlite3_column_text(rows->statement, column);
    return text ? text : "";
}

const void *db_get_blob(struct db_rows *rows, int column, size_t *length)
{
    const void *bytes = sqlite3_column_blob(rows->statement, column);
    *length = (size_t)sqlite3_column_bytes(rows->statement, column);
    return bytes ? bytes : "";
}

enum status db_close(struct db_rows *rows)
{
    if (!rows)
        return ST_IO;
    enum status st = rows->status;
    struct db *db = rows->db;
    if (rows->next)
        rows->next->previous = rows->previous;
    if (rows->previous)
        rows->previous->next = rows->next;
    else
        db->open = rows->next;
    rows->running = false;
    rows->err = NULL;
    if (rows->kept) {
        sqlite3_reset(rows->statement);
        sqlite3_clear_bindings(rows->statement);
    } else {
        rows_free(rows);
    }
    return st;
}

enum status db_run(struct db *db, const char *sql, const struct db_value *params, size_t count,
                   struct error *err)
{
    struct error mine = {ST_OK, ""};
    struct db_rows *rows = start(db, sql, params, count, false, &mine);
    if (rows) {
        while (db_next(rows))
            ;
        db->changes = sqlite3_changes64(db->handle);
        if (db_close(rows) == ST_OK)
            return ST_OK;
    }
    if (err)
        *err = mine;
    return mine.status;
}

int64_t db_changes(const struct db *db)
{
    return db->changes;
}

void sqlite_forget(struct db *db)
{
    db_end_queries(db);
    for (size_t i = 0; i < STATEMENTS_MAX; i++)
        if (db->statements[i])
            rows_free(db->statements[i]);
}

size_t db_end_queries(struct db *db)
{
    size_t n = 0;
    for (; db->open; n++)
        db_close(db->open);
    return n;
}
