/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store: the database of the platform behind one interface. Knows rows and SQL, no rule. */
#ifndef PLATFORM_STORE_STORE_H
#define PLATFORM_STORE_STORE_H

#include "core/arena.h"
#include "core/status.h"
#include "platform/model/model.h"
#include "platform/store/db.h"

struct store;

/* Opens (and creates, and migrates) the database; SQLite: WAL, synchronous=FULL. Refuses a database
 * that another platform has open (lock), or of a newer version, with a clear message. Starts the
 * writer thread. */
enum status store_open(const char *path, struct store **store, struct error *err);
/* Commits what waits, stops the writer, closes all. No other thread may use the store any more.
 * NULL is allowed. */
void store_close(struct store *store);

/* The calling thread's own connection for reading, opened at first use. A consistent view of what
 * is committed: each query by itself. NULL with err on failure. */
struct db *store_reader(struct store *store, struct error *err);
/* Brackets several queries of store_reader into one snapshot. The end gives ST_IO when one of them
 * failed, whatever it answered ("none", mostly): what was read is not the whole then. */
enum status store_read_begin(struct db *db);
enum status store_read_end(struct db *db);

/* What is to be done inside a transaction, on the writer's thread and connection. Anything but
 * ST_OK rolls back this job alone (savepoint). Must be quick and touch nothing but its own data. */
typedef enum status (*store_job)(struct db *db, void *user);
/* Told once on the writer's thread after the group is on disk (or failed): the job's own status, or
 * ST_IO if the commit failed and nothing was kept. */
typedef void (*store_done)(void *user, enum status status);
/* Queues a job. ST_BUSY when the queue is full (then `done` is not called). Jobs run in order. */
enum status store_write(struct store *store, store_job job, store_done done, void *user);
/* The same, and waits. Not from the writer's thread. */
enum status store_write_wait(struct store *store, store_job job, void *user);

/* A fresh identifier of this month (`now`) on this node; inside a job only. */
int64_t store_new_id(struct db *db, int64_t now);
/* A fresh human number for orders of the day of `now`, from this node's block; inside a job only.
 */
enum status store_new_number(struct db *db, int64_t now, char out[20]);

/* Small facts: "node", "city_name", "demo" … Value is a copy in the arena, NULL when not set. */
const char *store_meta_get(struct db *db, const char *key, struct arena *arena);
enum status store_meta_set(struct db *db, const char *key, const char *value);

/* --- reference data: whole tables, in code or id order --------------------------------------- */
enum status store_region_put(struct db *db, const struct region *region);
enum status store_unit_put(struct db *db, const struct unit *unit);
enum status store_category_put(struct db *db, const struct category *category);
enum status store_channel_put(struct db *db, const struct channel *channel);
enum status store_place_put(struct db *db, const struct place *place);
enum status store_holiday_put(struct db *db, int32_t day, bool worked, const char *name);
enum status store_responsibility_put(struct db *db, const struct responsibility *row);
enum status store_account_put(struct db *db, const struct account *account, bool sees_orders);
/* ST_INVALID for a value that would restrict nothing or is no path, code or state. */
enum status store_scope_put(struct db *db, const struct scope_row *row);
/* Takes all restrictions of the account away; in a job with the ones that replace them. */
enum status store_scope_clear(struct db *db, int64_t account_id);
/* Grows with each change of the account's scope, rights or state, so that a feed can end then; 0
 * for an unknown account. */
int64_t store_scope_version(struct db *db, int64_t account_id);

size_t store_regions(struct db *db, struct arena *arena, struct region **out);
size_t store_units(struct db *db, struct arena *arena, struct unit **out);
size_t store_categories(struct db *db, struct arena *arena, struct category **out);
size_t store_channels(struct db *db, struct arena *arena, struct channel **out);
size_t store_accounts(struct db *db, struct arena *arena, struct account **out);
size_t store_scopes(struct db *db, int64_t account_id, struct arena *arena, struct scope_row **out);
/* Calls `each` for every place; for building the address index. */
enum status store_places_each(struct db *db, void (*each)(void *user, const struct place *place),
                              void *user);
enum status store_holidays_each(struct db *db, void (*each)(void *user, int32_t day, bool worked),
                                void *user);
struct place *store_place(struct db *db, int64_t id, struct arena *arena);
/* Rows whose category, region and owner could apply to this matter (prefixes of the codes), valid
 * at `now`. */
size_t store_responsibilities(struct db *db, const char *category_code, const char *region_code,
                              int64_t owner_unit_id, int64_t now, struct arena *arena,
                              struct responsibility **out);

/* --- accounts and sessions ------------------------------------------------------------------- */
struct account *store_account_by_login(struct db *db, const char *login, struct arena *arena);
struct account *store_account(struct db *db, int64_t id, struct arena *arena);
/* Sessions are kept by the hash of their token. */
enum status store_session_put(struct db *db, const unsigned char hash[HASH_SIZE],
                              int64_t account_id, int64_t created_at, int64_t expires_at);
/* The account of an unexpired session, or 0. */
int64_t store_session_account(struct db *db, const unsigned char hash[HASH_SIZE], int64_t now);
enum status store_session_delete(struct db *db, const unsigned char hash[HASH_SIZE]);

/* --- idempotency: the answer to a key, as identifiers only ----------------------------------- */
struct kept_answer {
    unsigned char body_hash[HASH_SIZE];
    int32_t http_status;
    int64_t object_id; /* the order (or appeal) that the answer showed; 0 none */
    int64_t version;
    const char *problem; /* type name when it was refused, "" otherwise */
};
/* NULL when the key is new for the account. */
struct kept_answer *store_answer(struct db *db, int64_t account_id, const char *key,
                                 struct arena *arena);
enum status store_answer_put(struct db *db, int64_t account_id, const char *key,
                             const struct kept_answer *answer, int64_t now);
/* Forgets keys older than `before`. */
enum status store_answers_expire(struct db *db, int64_t before);

/* --- cases ----------------------------------------------------------------------------------- */
/* Loads an order with everything its rules look at. `account_id` > 0 applies that account's scope
 * (the one predicate); 0 is nobody: timers. NULL when there is none or it is out of scope. */
struct order_case *store_case_load(struct db *db, int64_t account_id, int64_t order_id,
                                   struct arena *arena);
/* Stores what is marked new or changed, the new statements, responsibilities and timers, and
 * appends the events to the order's chain (n, previous hash, hash; order.event_n/_hash move on).
 * `arrived_at` stamps the events. `is_new` inserts the order row, otherwise it is updated where
 * version = order.version - 1, else ST_STALE. Afterwards the marks are clean and the events,
 * statements and responsibilities are none, so that the case can be changed and saved again in the
 * same job. After a failure the case is of no use; let the job fail. */
enum status store_case_save(struct db *db, struct order_case *c, bool is_new, int64_t arrived_at,
                            struct error *err);
/* Stores the timers alone, without a new version: for a timer that changed nothing but itself. */
enum status store_case_timers(struct db *db, struct order_case *c, struct error *err);
/* Appends the drafted events (a reveal, say) to the order's chain and leaves the order and its
 * version as they are, so that nobody's form becomes stale by it. */
enum status store_case_note(struct db *db, struct order_case *c, int64_t arrived_at,
                            struct error *err);
/* The order with that human number, within the account's scope; 0 none. */
int64_t store_order_by_number(struct db *db, int64_t account_id, const char *number);

enum status store_person_put(struct db *db, const struct person *person,
                             const unsigned char phone_hash[HASH_SIZE]);
struct person *store_person(struct db *db, int64_t id, struct arena *arena);
/* Persons with that keyed phone hash. */
size_t store_persons_by_phone(struct db *db, const unsigned char phone_hash[HASH_SIZE],
                              struct arena *arena, int64_t **ids);
/* Fills salt and hash and stores it. */
enum status store_statement_put(struct db *db, struct statement *statement);
struct statement *store_statement(struct db *db, int64_t id, struct arena *arena);
/* Stores the appeal and joins it to the order (0: to none yet). ST_CONFLICT when the channel
 * already sent that source number; *existing_order gets its order. */
enum status store_appeal_put(struct db *db, const struct appeal *appeal, int64_t order_id,
                             int64_t *existing_order);
/* Joins a stored appeal to one more order; nothing happens when it is joined already. */
enum status store_appeal_join(struct db *db, int64_t appeal_id, int64_t order_id);
/* The appeals of an order, oldest first. */
size_t store_appeals(struct db *db, int64_t order_id, struct arena *arena, struct appeal **out);
/* Moves an order's membership of a merge: its appeals leave the order `from_target` (0 none) and
 * join `to_target` (0 none) as well, so that every citizen is called back there. An appeal that is
 * the target's own stays with it. */
enum status store_order_join(struct db *db, int64_t order_id, int64_t from_target,
                             int64_t to_target);
/* Orders of a person's appeals in the scope, newest first, at most `limit`. */
size_t store_orders_of_persons(struct db *db, int64_t account_id, const int64_t *person_ids,
                               size_t count, size_t limit, struct arena *arena,
                               int64_t **order_ids);

/* --- lists, counts, board (all within the account's scope) ----------------------------------- */
struct order_page {
    struct order *orders; /* rows only, no events */
    size_t count;
    bool more;
    int64_t next_key, next_id; /* where the next page begins */
};
/* Sorted by (deadline, id), or newest first by (id). `after_key`/`after_id` 0 start at the top. */
enum status store_orders(struct db *db, int64_t account_id, const struct order_filter *filter,
                         bool newest_first, int64_t after_key, int64_t after_id, size_t limit,
                         struct arena *arena, struct order_page *page);
/* How many orders match, and how many of them carry a red card. */
enum status store_orders_count(struct db *db, int64_t account_id, const struct order_filter *filter,
                               int64_t *count, int64_t *red);

enum board_group { BOARD_STATE, BOARD_UNIT, BOARD_STREET, BOARD_CATEGORY, BOARD_CHANNEL };
struct board_row {
    const char
        *key; /* state name, lead unit id, street code (9 digits), category code (2), channel */
    const char *label; /* "" where the caller knows better (states) */
    int64_t total, open, yellow, red, unsatisfied, concluded, satisfied;
};
size_t store_board(struct db *db, int64_t account_id, enum board_group group, struct arena *arena,
                   struct board_row **out);

/* Orders that had a second assignment, newest first: the bulletin of unsatisfied orders. */
struct bulletin_row {
    struct order order;
    int64_t at; /* when the second assignment was made */
    int32_t round;
    int64_t unit_id;
};
size_t store_bulletin(struct db *db, int64_t account_id, int64_t before_at, size_t limit,
                      struct arena *arena, struct bulletin_row **out);

/* --- events, feed, timers -------------------------------------------------------------------- */
/* An order's events, oldest first (the caller has checked the scope). */
size_t store_events(struct db *db, int64_t order_id, struct arena *arena, struct event **out);
/* Changes after `cursor` that concern this account: order ids in feed order, one per order and call
 * (its last change), `visible` false = it left the scope ("gone": it was visible before by the
 * event's recorded scope facts). *next gets the cursor behind all that was looked at. */
struct change {
    int64_t seq, order_id, version;
    bool visible;
};
size_t store_changes(struct db *db, int64_t account_id, int64_t cursor, size_t limit,
                     struct arena *arena, struct change **out, int64_t *next);
int64_t store_last_seq(struct db *db);
/* Orders that have a timer due at or before `now`, with their timers, at most `limit`. */
struct due_timer {
    int64_t order_id;
    struct timer timer;
};
size_t store_timers_due(struct db *db, int64_t now, size_t limit, struct arena *arena,
                        struct due_timer **out);
/* When the next timer is due; 0 none. */
int64_t store_timer_next(struct db *db);
/* One line in the log of personal data: reveals, exports, searches. */
enum status store_access_put(struct db *db, int64_t account_id, const char *kind, int64_t order_id,
                             int64_t person_id, int64_t reason_statement_id, int64_t at);
/* All orders, oldest first, whoever may see them; for checks of the whole database. */
size_t store_order_ids(struct db *db, struct arena *arena, int64_t **out);
/* Recomputes the order's chain. ST_CORRUPT with the place in `err`. */
enum status store_chain_verify(struct db *db, int64_t order_id, struct error *err);

#endif
