/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The driver for SQLite: connections, transactions, errors, scripts. */
#include "core/log.h"
#include "platform/store/sqlite_private.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_WAIT_MS = 2000, LOG_SIZE_KEPT = 64 * 1024 * 1024 };

static enum status status_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return ST_OK;
    case SQLITE_CONSTRAINT:
        return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                       code == SQLITE_CONSTRAINT_ROWID
                   ? ST_CONFLICT
                   : ST_INVALID;
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
        return ST_INVALID;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ST_BUSY;
    case SQLITE_NOMEM:
        return ST_NO_MEMORY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ST_CORRUPT;
    default:
        return ST_IO;
    }
}

static enum status describe(const struct db *db, int code, struct error *err)
{
    const char *said = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_FULL:
        return error_set(err, ST_IO, "%s: the disk is full; make room (%s)", db->path, said);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return error_set(err, ST_IO,
                         "%s cannot be written; check its owner and the file system (%s)", db->path,
                         said);
    case SQLITE_CANTOPEN:
        return error_set(err, ST_IO,
                         "%s cannot be opened; check that the directory exists and may be"
                         " written (%s)",
                         db->path, said);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(err, ST_BUSY,
                         "%s is locked by another program; end that, or wait for it (%s)", db->path,
                         said);
    case SQLITE_NOTADB:
        return error_set(err, ST_CORRUPT, "%s is not a database; nothing was changed", db->path);
    case SQLITE_CORRUPT:
        return error_set(err, ST_CORRUPT, "%s is damaged; restore it from a backup (%s)", db->path,
                         said);
    default:
        return error_set(err, status_of(code), "%s: %s", db->path, said);
    }
}

enum status sqlite_fail(struct db *db, int code, struct error *err)
{
    struct error mine = {ST_OK, ""};
    enum status st = describe(db, code, &mine);
    /* Lists answer "none" when they fail; somebody must learn why. Keys are refused every day. */
    if ((code & 0xff) != SQLITE_CONSTRAINT)
        db->failed = st == ST_CORRUPT ? ST_CORRUPT : ST_IO;
    if (db->serving && st != ST_CONFLICT && st != ST_BUSY)
        log_line(LOG_ERROR, "%s", mine.message);
    if (err)
        *err = mine;
    return st;
}

/* --- connections ----------------------------------------------------------------------------- */

static int note_log_size(void *user, sqlite3 *handle, const char *name, int pages)
{
    (void)handle;
    (void)name;
    ((struct db *)user)->wal_pages = pages;
    return SQLITE_OK;
}

/* SQLite counts its memory under one lock of the whole process; nobody reads the count, and threads
 * wait for it. Refused when SQLite was started before: then it just counts. */
static void configure(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

struct db *db_open(const char *path, enum db_role role, struct error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, configure);
    struct db *db = calloc(1, sizeof *db);
    if (db)
        db->path = strdup(path);
    if (!db || !db->path) {
        error_set(err, ST_NO_MEMORY, "out of memory");
        free(db);
        return NULL;
    }
    int flags =
        SQLITE_OPEN_NOMUTEX | (role == DB_WRITER   ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                               : role == DB_READER ? SQLITE_OPEN_READONLY
                                                   : SQLITE_OPEN_READWRITE);
    int code = sqlite3_open_v2(path, &db->handle, flags, NULL);
    if (code != SQLITE_OK) {
        sqlite_fail(db, code, err);
        db_free(db);
        return NULL;
    }
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_WAIT_MS);
    /* "x" is a column and never a text, as in PostgreSQL. */
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    if (role == DB_WRITER)
        sqlite3_wal_hook(db->handle, note_log_size, db);
    code = sqlite3_exec(db->handle,
                        role == DB_WRITER ? "pragma temp_store=memory;pragma cache_size=-32000"
                                          : "pragma temp_store=memory;pragma cache_size=-8000",
                        NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        sqlite_fail(db, code, err);
        db_free(db);
        return NULL;
    }
    return db;
}

void db_free(struct db *db)
{
    if (!db)
        return;
    sqlite_forget(db);
    sqlite3_close_v2(db->handle);
    free(db->path);
    free(db);
}

enum status db_make_durable(struct db *db, struct error *err)
{
    struct db_rows *rows = db_query(db, "pragma journal_mode=wal", NULL, 0, err);
    bool wal = rows && db_next(rows) && strcmp(db_get_text(rows, 0), "wal") == 0;
    enum status st = db_close(rows);
    if (st)
        return st;
    if (!wal)
        return error_set(err, ST_IO, "%s: this file system cannot hold a write-ahead log",
                         db->path);
    /* What is deleted is overwritten: rows that are anonymised must be gone from the file. */
    char *sql = sqlite3_mprintf("pragma synchronous=full;pragma wal_autocheckpoint=0;"
                                "pragma secure_delete=on;pragma journal_size_limit=%d",
                                (int)LOG_SIZE_KEPT);
    int code = sql ? sqlite3_exec(db->handle, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    /* wal_autocheckpoint=0 takes the hook away. */
    sqlite3_wal_hook(db->handle, note_log_size, db);
    return code == SQLITE_OK ? ST_OK : sqlite_fail(db, code, err);
}

enum status db_wipe_later(struct db *db, struct error *err)
{
    return db_run(db, "insert into meta(key, value) values('wipe', 'due') on conflict do nothing",
                  NULL, 0, err);
}

enum status db_wipe(struct db *db, struct error *err)
{
    int64_t due = 0;
    enum status st =
        db_number(db, "select count(*) from meta where key = 'wipe'", NULL, 0, 0, &due, err);
    if (st || !due)
        return st;
    /* The copy that VACUUM makes can be larger than the memory. It holds what is kept, no more. */
    int code = sqlite3_exec(db->handle, "pragma temp_store=file;vacuum;pragma temp_store=memory",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (code != SQLITE_OK)
        return sqlite_fail(db, code, err);
    return db_run(db, "delete from meta where key = 'wipe'", NULL, 0, err);
}

int64_t db_table_count(struct db *db, struct error *err)
{
    int64_t n = -1;
    if (db_number(db, "select count(*) from sqlite_schema where type='table'", NULL, 0, 0, &n, err))
        return -1;
    return n;
}

struct db_rows *db_integrity(struct db *db, bool quick, struct error *err)
{
    return db_query(db, quick ? "pragma quick_check" : "pragma integrity_check", NULL, 0, err);
}

/* --- transactions ---------------------------------------------------------------------------- */

enum status db_begin(struct db *db, struct error *err)
{
    return db_run(db, "begin immediate", NULL, 0, err);
}

enum status db_commit(struct db *db, struct error *err)
{
    return db_run(db, "commit", NULL, 0, err);
}

void db_rollback(struct db *db)
{
    if (db_in_transaction(db))
        db_run(db, "rollback", NULL, 0, NULL);
}

bool db_in_transaction(const struct db *db)
{
    return !sqlite3_get_autocommit(db->handle);
}

int db_checkpoint(struct db *db, int wait_ms)
{
    int pages = 0, copied = 0;
    sqlite3_busy_timeout(db->handle, wait_ms);
    int code = sqlite3_wal_checkpoint_v2(
        db->handle, NULL, wait_ms ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, &pages,
        &copied);
    sqlite3_busy_timeout(db->handle, BUSY_WAIT_MS);
    if (code == SQLITE_OK)
        return copied;
    if (code != SQLITE_BUSY)
        log_line(LOG_WARNING, "%s: the log could not be copied back: %s", db->path,
                 sqlite3_errmsg(db->handle));
    return -1;
}

/* Migrations say int8, bytes and feedkey; SQLite's words for them are these. */
static const struct {
    const char *neutral, *sqlite;
} WORDS[] = {
    {"int8", "INTEGER"}, {"bytes", "BLOB"}, {"feedkey", "INTEGER PRIMARY KEY AUTOINCREMENT"}};

static bool in_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

enum status db_script(struct db *db, const char *sql, struct error *err)
{
    struct buf text = BUF_EMPTY;
    while (*sql) {
        size_t n = 0;
        while (in_word(sql[n]))
            n++;
        const char *word = NULL;
        for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
            if (n == strlen(WORDS[i].neutral) && strncmp(sql, WORDS[i].neutral, n) == 0)
                word = WORDS[i].sqlite;
        if (word)
            buf_add_text(&text, word);
        else
            buf_add(&text, sql, n ? n : 1);
        sql += n ? n : 1;
    }
    int code = text.failed ? SQLITE_NOMEM : sqlite3_exec(db->handle, text.data, NULL, NULL, NULL);
    enum status st = code == SQLITE_OK ? ST_OK : sqlite_fail(db, code, err);
    buf_free(&text);
    return st;
}
