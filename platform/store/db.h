/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db: the driver. One SQL text for all engines: parameters are $1, $2 … (by name, whatever their
 * order in the text), typed by the value that is bound. */
#ifndef PLATFORM_STORE_DB_H
#define PLATFORM_STORE_DB_H

#include "core/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One connection; used by one thread at a time. */
struct db;

enum db_type { DB_INT, DB_TEXT, DB_BLOB };
struct db_value {
    enum db_type type;
    int64_t number;
    const void *bytes; /* borrowed until the call returns */
    size_t length;
};
struct db_value db_int(int64_t number);
struct db_value db_text(const char *text); /* NULL is stored as "" */
struct db_value db_blob(const void *bytes, size_t length);
#define DB_PARAMS(...)                                                                             \
    (const struct db_value[]){__VA_ARGS__},                                                        \
        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)

/* Runs one statement without rows; `params` may be NULL with 0. Statements are prepared once per
 * connection and kept. ST_CONFLICT for a violated unique key, ST_INVALID for a wrong text or a
 * value that its column does not take, ST_BUSY, ST_NO_MEMORY or ST_CORRUPT for what they say, ST_IO
 * otherwise (the disk). */
enum status db_run(struct db *db, const char *sql, const struct db_value *params, size_t count,
                   struct error *err);
/* Rows changed by the last db_run. */
int64_t db_changes(const struct db *db);

/* A running query. Any number can be open; `err` (may be NULL) must live until db_close. */
struct db_rows;
struct db_rows *db_query(struct db *db, const char *sql, const struct db_value *params,
                         size_t count, struct error *err);
/* Steps to the next row. False at the end or on failure; db_close tells which. */
bool db_next(struct db_rows *rows);
int64_t db_get_int(struct db_rows *rows, int column);
/* Valid until the next step; "" for an empty or null text. */
const char *db_get_text(struct db_rows *rows, int column);
const void *db_get_blob(struct db_rows *rows, int column, size_t *length);
/* Ends the query; NULL is allowed and gives ST_IO (db_query failed). */
enum status db_close(struct db_rows *rows);

#endif
