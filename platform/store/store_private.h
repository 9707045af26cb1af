/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_private: what the files of store/ share and nobody else sees. */
#ifndef PLATFORM_STORE_PRIVATE_H
#define PLATFORM_STORE_PRIVATE_H

#include "core/buf.h"
#include "platform/store/keys.h"
#include "platform/store/store.h"
#include <pthread.h>
#include <stdatomic.h>

struct sqlite3;
struct sequences;
struct writer;

/* --- the driver (sqlite.c) ------------------------------------------------------------------- */

enum { STATEMENTS_MAX = 512 }; /* slots of a connection's statement cache, a power of two */

struct db {
    struct sqlite3 *handle;
    char *path;
    struct db_rows *statements[STATEMENTS_MAX];
    size_t statement_count;
    struct db_rows *open; /* queries that are running */
    int64_t changes;
    int wal_pages;               /* pages in the log after the last commit */
    enum status failed;          /* the running job must not be kept, what was read not shown */
    bool serving;                /* opened well: failures are logged, callers may not ask */
    struct sequences *sequences; /* the writer's connection only */
    struct store *store;         /* readers: whose list they are in */
    const struct keys *keys;     /* the store's; all connections that read or write rows */
    struct db *next, *previous;  /* that list */
};

enum db_role { DB_WRITER, DB_READER, DB_CHECKPOINTER };

/* Opens a connection. A writer creates the file; nothing is written yet. */
struct db *db_open(const char *path, enum db_role role, struct error *err);
void db_free(struct db *db);
/* Puts the database into the mode that an answered write needs: a write-ahead log, synced at each
 * commit, never copied back by the commit itself. */
enum status db_make_durable(struct db *db, struct error *err);
/* Several statements without parameters or rows; for migrations, in the neutral words of
 * migrations.c. */
enum status db_script(struct db *db, const char *sql, struct error *err);
/* Notes, within a transaction, that what it deletes must not stay in any free page or log. */
enum status db_wipe_later(struct db *db, struct error *err);
/* Does what was noted: the file is written anew and the log emptied. Does nothing when nothing was
 * noted; outside of transactions, while no other connection is open. */
enum status db_wipe(struct db *db, struct error *err);
/* Tables of any kind in the database, or -1 on failure. */
int64_t db_table_count(struct db *db, struct error *err);
enum status db_begin(struct db *db, struct error *err);
enum status db_commit(struct db *db, struct error *err);
void db_rollback(struct db *db);
/* False when there is none, or when the engine has given it up by itself. */
bool db_in_transaction(const struct db *db);
/* Ends the queries that a job left open. Returns how many there were. */
size_t db_end_queries(struct db *db);
/* The engine's own findings about its file, a text a row, "ok" when there is none. Quick: without
 * comparing indexes with their tables. */
struct db_rows *db_integrity(struct db *db, bool quick, struct error *err);
/* Copies the log into the database; returns the pages copied so far, or -1. With `wait_ms` 0 as
 * much as is possible beside others; otherwise all of it, waiting so long for readers of old
 * states, after which the log begins anew. */
int db_checkpoint(struct db *db, int wait_ms);

/* --- keyring.c ------------------------------------------------------------------------------- */
/* Loads the key that the database says it has; one that has none yet gets its key file, a fresh one
 * unless there is one. `created` tells whether this call made it. Nothing in the database changes:
 * its migration notes the key's id. */
enum status keyring_open(struct db *db, const char *path, struct keys *keys, bool *created,
                         struct error *err);
/* Notes in the database which key is its own. */
enum status keyring_note(struct db *db, struct error *err);

/* --- personal.c ------------------------------------------------------------------------------ */
/* The second half of step 2 of the schema: notes the key, seals what lay open. */
enum status personal_convert(struct db *db, struct error *err);

/* --- migrations.c ---------------------------------------------------------------------------- */
enum status migrations_check(struct db *db, struct error *err); /* reads only */
enum status migrations_done(struct db *db, struct error *err);  /* ST_CONFLICT: not all */
enum status migrations_run(struct db *db, struct error *err);

/* --- writer.c, checkpoint.c ------------------------------------------------------------------ */
struct store {
    char *path;
    int lock;          /* descriptor that holds the lock of the database */
    struct keys *keys; /* in memory that is neither swapped nor dumped */
    struct writer *writer;
    pthread_key_t reader_key;
    pthread_mutex_t readers_lock;
    struct db *readers; /* all threads' connections */
};

struct writer *writer_start(struct db *db, struct db *checkpoint_db, struct error *err);
/* Commits what waits, stops both threads, closes both connections. NULL is allowed. */
void writer_stop(struct writer *writer);

struct checkpointer;
struct checkpointer *checkpointer_start(struct db *db);
/* Told after each commit how long the log is. */
void checkpointer_note(struct checkpointer *checkpointer, int wal_pages);
void checkpointer_stop(struct checkpointer *checkpointer);

/* --- sequences.c ----------------------------------------------------------------------------- */
/* Blocks of identifiers and numbers that this node took from the database. They are part of the
 * transaction that took them: the writer copies them before a job and puts them back when it is
 * rolled back. */
/* An import brings the days of years in any sequence; a block for each of them leaves few gaps. */
enum { NUMBER_DAYS_KEPT = 1024 };
struct sequences {
    int32_t node;
    int64_t id_next, id_end;
    struct {
        int32_t day;
        int64_t next, end;
    } days[NUMBER_DAYS_KEPT];
    unsigned day_slot; /* which of them is replaced next */
};
/* The number of this node. */
enum status node_read(struct db *db, int32_t *node);

/* --- rows ------------------------------------------------------------------------------------ */
/* A copy of a column's text in the arena; "" takes no memory. */
const char *row_text(struct db_rows *rows, int column, struct arena *arena);
/* The value of a column that holds a word's name; `otherwise` for an unknown one. */
int row_word(struct db_rows *rows, int column, enum word_list list, int otherwise);
void row_hash(struct db_rows *rows, int column, unsigned char *out, size_t size);
/* Appends an item to an array in the arena. */
#define APPEND(arena, items, count, capacity)                                                      \
    (*((items) = arena_grow((arena), (items), (count), &(capacity), sizeof *(items)),              \
       &(items)[(count)++]))

/* One number from a query of one row; `otherwise` when there is no row. */
enum status db_number(struct db *db, const char *sql, const struct db_value *params, size_t count,
                      int64_t otherwise, int64_t *out, struct error *err);
struct db_value db_word(enum word_list list, int value);

/* The columns of table orders in the sequence of order_read(); alias o. */
#define ORDER_COLUMNS                                                                              \
    " o.id,o.number,o.state,o.version,o.kind,o.channel,o.category_code,o.industry,o.region_code,"  \
    "o.place_id,o.place_text,o.component_owner_id,o.title,o.urgent,o.complex,o.confidential,"      \
    "o.received_at,o.taken_by,o.limit_n,o.limit_unit,o.deadline_at,o.first_deadline_at,"           \
    "o.source_deadline_at,o.dispatch_by,o.card,o.round,o.failed_dispatches,o.designated,"          \
    "o.lead_unit_id,o.suspended_from,o.suspended_at,o.review_on,o.promised_on,o.merged_into,"      \
    "o.concluded_at,o.conclusion,o.extended_days,o.coordination_due,o.unsatisfied,o.needs,o."      \
    "event_n,o.event_hash,o.sort_at "
enum { ORDER_COLUMN_COUNT = 43 };
/* Reads them from the columns at `at`; `sort_at` may be NULL. */
void order_read(struct db_rows *rows, int at, struct arena *arena, struct order *order,
                int64_t *sort_at);
/* True for the states that order_filter.open_only leaves. */
bool order_open(enum order_state state);
/* Where orders without a deadline sort: behind all that have one. */
#define SORT_LAST INT64_C(9007199254740991)
int64_t order_sort_at(const struct order *order);

/* Paths of the units that have a duty on the order: ",/1/12/,/1/15/,". */
void case_units(const struct order_case *c, struct buf *out);
enum status case_rows_load(struct db *db, struct order_case *c, struct arena *arena);
enum status case_rows_save(struct db *db, struct order_case *c, struct error *err);
enum status timers_replace(struct db *db, const struct order_case *c, struct error *err);
/* Appends the case's events to its chain. ST_STALE when somebody else has. */
enum status events_append(struct db *db, struct order_case *c, const char *units,
                          int64_t arrived_at, struct error *err);
enum status statement_insert(struct db *db, struct statement *statement, struct error *err);

/* What an event's row and its body both say; texts may be NULL, which is "". */
struct event_facts {
    int64_t order_id, n;
    const char *action, *subject;
    int64_t subject_id;
    const char *from, *to;
    int64_t account_id, done_at, arrived_at, version, statement_id;
    const char *region_code, *category_code, *industry, *channel, *state, *units;
};
/* The body up to the statement's hash, and from behind it into the detail. */
void event_body_head(struct buf *out, const struct event_facts *facts);
void event_body_tail(struct buf *out, const struct event_facts *facts);
/* True for the same paths in whatever order, as case_units writes them. */
bool units_same(const char *a, const char *b);
/* Moves the hash of a chain on by one body. */
void event_chain(unsigned char hash[HASH_SIZE], const char *body, size_t length);

#endif
