/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store: the database of the platform behind one interface. Knows rows and SQL, no rule. */
#ifndef PLATFORM_STORE_STORE_H
#define PLATFORM_STORE_STORE_H

#include "core/arena.h"
#include "core/status.h"
#include "platform/model/model.h"
#include "platform/store/db.h"
#include "platform/store/keys.h"

struct store;

/* Opens (and creates, and migrates) the database; SQLite: WAL, synchronous=FULL. Refuses a database
 * that another platform has open (lock), or of a newer version, with a clear message. Starts the
 * writer thread. */
enum status store_open(const char *path, struct store **store, struct error *err);
/* The same with the key file at `key_path` instead of beside the database (PATH.key). A new
 * database makes it; one whose key is missing, another's or open to others is refused. */
enum status store_open_with(const char *path, const char *key_path, struct store **store,
                            struct error *err);
/* Opens it for reading alone, beside a platform that may be running on it: makes, migrates and
 * writes nothing, has no writer. ST_CONFLICT for a database that is not of the newest schema. */
enum status store_open_reading(const char *path, const char *key_path, struct store **store,
                               struct error *err);
/* Borrowed until store_close. Any thread. */
const struct keys *store_keys(const struct store *store);
/* Commits what waits, stops the writer, closes all. No other thread may use the store any more.
 * NULL is allowed. */
void store_close(struct store *store);

/* The calling thread's own connection for reading, opened at first use. A consistent view of what
 * is committed: each query by itself. NULL with err on failure. */
struct db *store_reader(struct store *store, struct error *err);
/* Brackets several queries of store_reader into one snapshot. The end gives ST_IO when one of them
 * failed, and ST_CORRUPT when a row was damaged or did not open, whatever they answered ("none",
 * mostly): what was read is not the whole then. */
enum status store_read_begin(struct db *db);
enum status store_read_end(struct db *db);

/* What is to be done inside a transaction, on the writer's thread and connection. Anything but
 * ST_OK rolls back this job alone (savepoint). Must be quick and touch nothing but its own data. */
typedef enum status (*store_job)(struct db *db, void *user);
/* Told once on the writer's thread after the group is on disk (or failed): the job's own status, or
 * ST_IO if the commit failed and nothing was kept, ST_BUSY if another program held the database. */
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
/* A city that is made in several transactions is marked until the last one is done. */
enum status store_city_mark(struct db *db, bool unfinished);
bool store_city_unfinished(struct db *db, struct arena *arena);

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
/* All that the scope is made of as one hash: accounts with the same hash see the same orders. */
enum status store_scope_hash(struct db *db, int64_t account_id, unsigned char out[HASH_SIZE]);

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

/* Single rows by what they are called, for imports. NULL, or a count of 0, where there is none; a
 * count of 2 stands for several, of which the first is given. */
struct region *store_region(struct db *db, const char *code, struct arena *arena);
size_t store_regions_named(struct db *db, const char *name, struct arena *arena, const char **code);
size_t store_cities(struct db *db, struct arena *arena, const char **code); /* level 0 */
struct unit *store_unit(struct db *db, int64_t id, struct arena *arena);
size_t store_units_named(struct db *db, const char *name, int64_t *id);
struct category *store_category(struct db *db, const char *code, struct arena *arena);
/* `parent` "" is the top, NULL anywhere. */
size_t store_categories_named(struct db *db, const char *parent, const char *name,
                              struct arena *arena, const char **code);
/* The last code right below `parent`. */
size_t store_category_last(struct db *db, const char *parent, struct arena *arena,
                           const char **code);
struct channel *store_channel(struct db *db, const char *code, struct arena *arena);
size_t store_places_named(struct db *db, const char *name, const char *region_code, int64_t *id);
size_t store_components_coded(struct db *db, const char *component_code, int64_t *id);
bool store_holiday(struct db *db, int32_t day, struct arena *arena, bool *worked,
                   const char **name);
/* The row of that category, region, owner, unit and source. */
struct responsibility *store_responsibility_of(struct db *db, const struct responsibility *key,
                                               struct arena *arena);
/* The order of the appeal that the channel sent under that number, and its words; 0 none. */
int64_t store_appeal_by_source(struct db *db, const char *channel, const char *source_no,
                               int64_t *statement_id);

/* --- accounts and sessions ------------------------------------------------------------------- */
struct account *store_account_by_login(struct db *db, const char *login, struct arena *arena);
struct account *store_account(struct db *db, int64_t id, struct arena *arena);
/* Accounts whose login or name holds `text` ("" all), by id from behind `after`, at most `limit`;
 * `locked` (may be NULL) gets until when each is locked, 0 not. */
size_t store_accounts_find(struct db *db, const char *text, int64_t after, size_t limit,
                           struct arena *arena, struct account **out, int64_t **locked);
/* Accounts with any of these roles that are not disabled, without `except`. -1 on failure. */
int64_t store_accounts_active(struct db *db, uint32_t roles, int64_t except);
/* Puts another password in the place of the one with the hash `old` (NULL: whatever it is), of
 * which the last `kept` are remembered. ST_STALE when that is not the password any more. */
enum status store_password_set(struct db *db, int64_t account_id, const char *old, const char *hash,
                               bool must_change, int32_t kept, int64_t now);
/* Hashes of the passwords before the present one, newest first. */
size_t store_passwords(struct db *db, int64_t account_id, struct arena *arena, const char ***out);
enum status store_account_login_at(struct db *db, int64_t account_id, int64_t at);
enum status store_account_disable(struct db *db, int64_t account_id, bool disabled);

/* The wrong passwords for a login so far; all zero when there were none. */
struct login_guard store_login_guard(struct db *db, const char *login);
/* Keeps them. Of logins that nobody has only so many are kept; the oldest go. `over_before`:
 * guards of unknown logins that began earlier and lock nothing at `now` are of no use. */
enum status store_login_guard_put(struct db *db, const char *login, const struct login_guard *guard,
                                  int64_t over_before, int64_t now);
enum status store_login_guard_clear(struct db *db, const char *login);

/* Keeps a token by its hash. Dead ones of the account go; the oldest sessions go for more than
 * `most`. */
enum status store_session_put(struct db *db, const unsigned char hash[HASH_SIZE],
                              const struct session *session, int32_t most, int64_t idle_ms);
/* The session of a token that is neither over nor idle, of an account that is not disabled; false
 * when there is none. */
bool store_session(struct db *db, const unsigned char hash[HASH_SIZE], int64_t now, int64_t idle_ms,
                   struct session *out);
/* Keeps the next token of a session; the old one serves until `until`. */
enum status store_session_renew(struct db *db, const unsigned char old[HASH_SIZE],
                                const unsigned char hash[HASH_SIZE], const struct session *next,
                                int64_t until);
enum status store_session_seen(struct db *db, const unsigned char hash[HASH_SIZE], int64_t at);
enum status store_session_end(struct db *db, const struct session *session);
/* Ends the account's sessions but `keep` (0 none), and the feeds with them: the scope's version
 * grows when there was one. */
enum status store_sessions_end(struct db *db, int64_t account_id, int64_t keep);
/* The account's sessions, each by its newest token, newest login first. */
size_t store_sessions(struct db *db, int64_t account_id, int64_t now, int64_t idle_ms,
                      struct arena *arena, struct session **out);

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

/* Citizens and statements are sealed with the database's key. One that does not open is NULL, and
 * makes the snapshot or the job fail with ST_CORRUPT; one that was anonymised is just NULL. */
enum status store_person_put(struct db *db, const struct person *person);
struct person *store_person(struct db *db, int64_t id, struct arena *arena);
/* Persons with that whole, normalised number; none for "". */
enum number_kind { NUMBER_PHONE, NUMBER_IDENTITY };
size_t store_persons_by_number(struct db *db, enum number_kind kind, const char *number,
                               struct arena *arena, int64_t **ids);
/* Fills salt and hash and stores it. */
enum status store_statement_put(struct db *db, struct statement *statement);
struct statement *store_statement(struct db *db, int64_t id, struct arena *arena);
/* Stores the appeal and joins it to the order (0: to none yet). ST_CONFLICT when the channel
 * already sent that source number; *existing_order gets its order. */
enum status store_appeal_put(struct db *db, const struct appeal *appeal, int64_t order_id,
                             int64_t *existing_order);
/* Stores what was received: citizen (where there is one), words, order with its number and first
 * events, appeal. ST_CONFLICT as store_appeal_put; let the job fail after any failure. */
enum status store_received_put(struct db *db, struct received *received, int64_t arrived_at,
                               int64_t *existing_order, struct error *err);
/* Joins a stored appeal to one more order; nothing happens when it is joined already. */
enum status store_appeal_join(struct db *db, int64_t appeal_id, int64_t order_id);
/* The appeals of an order, oldest first. */
size_t store_appeals(struct db *db, int64_t order_id, struct arena *arena, struct appeal **out);
/* Moves an order's membership of a merge: its appeals leave the order `from_target` (0 none) and
 * join `to_target` (0 none) as well, so that every citizen is called back there. An appeal that is
 * the target's own stays with it. Whose appeals leave `from_target` is its former citizen. */
enum status store_order_join(struct db *db, int64_t order_id, int64_t from_target,
                             int64_t to_target);
/* The citizens whose appeals left the order again: its texts may still name them. */
size_t store_former_citizens(struct db *db, int64_t order_id, struct arena *arena,
                             int64_t **person_ids);
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

/* --- the text index -------------------------------------------------------------------------- */
/* What of an order can be found: the words of `texts`, which hold no personal data (the index masks
 * nothing), and `numbers`, which are found whole. Replaces what was known of it. In a job. */
enum status store_search_put(struct db *db, int64_t order_id, const char *const *texts,
                             size_t count, const char *const *numbers, size_t number_count,
                             struct arena *arena);
enum status store_search_delete(struct db *db, int64_t order_id);
/* False where the oldest order is not in the index: the database is from before it. */
bool store_search_complete(struct db *db);
/* The hashed words of texts, in rising order, each once. */
size_t store_search_words(struct db *db, const char *const *texts, size_t count,
                          struct arena *arena, uint64_t **out);
/* An order that a new appeal may repeat. What it points to is valid during the call. */
struct candidate {
    int64_t id, place_id;
    const char *place_text, *region_code, *category_code;
    const uint64_t *words; /* hashed, in rising order */
    size_t word_count;
};
/* Calls `each` with the account's open orders (the newest `limit` of them) and those concluded
 * since `since` (likewise), without the ones that were merged. */
enum status store_search_candidates(struct db *db, int64_t account_id, int64_t since, size_t limit,
                                    void (*each)(void *user, const struct candidate *candidate),
                                    void *user);
/* The order alone, without its parts; NULL when it is out of the account's scope. Account 0 is
 * nobody, who sees all. */
struct order *store_order(struct db *db, int64_t account_id, int64_t order_id, struct arena *arena);
/* True when somebody gave the order another category than it was received with. */
bool store_order_reclassified(struct db *db, int64_t order_id);
/* The name of a category, "" for an unknown one. */
const char *store_category_name(struct db *db, const char *code, struct arena *arena);

/* --- knowledge ------------------------------------------------------------------------------- */
/* Stores an article under its id and puts its words into the index. ST_CONFLICT for another's
 * source number; ST_STALE unless its version follows the stored one (a new one's is 1). */
enum status store_article_put(struct db *db, const struct article *article);
struct article *store_article(struct db *db, int64_t id, struct arena *arena);
/* 0 when there is none. */
int64_t store_article_by_source(struct db *db, const char *source_no);
struct article_filter {
    int64_t now;               /* only what is published and valid then; 0: drafts and all */
    const char *category_code; /* a prefix; NULL any */
    const char *text;          /* words, all of which are in it; NULL none */
};
/* The latest change first; `before_at`/`before_id` 0 start at the top. Bodies included. */
enum status store_articles(struct db *db, const struct article_filter *filter, int64_t before_at,
                           int64_t before_id, size_t limit, struct arena *arena,
                           struct article **out, size_t *count);
/* Calls `each` for each word (of `words`) with the ids of the articles that hold it. */
enum status store_article_words(struct db *db, const uint64_t *words, size_t count,
                                void (*each)(void *user, size_t word, int64_t article_id),
                                void *user);

/* --- events, feed, timers -------------------------------------------------------------------- */
/* An order's events, oldest first (the caller has checked the scope). */
size_t store_events(struct db *db, int64_t order_id, struct arena *arena, struct event **out);
/* Changes after `cursor` and up to `last` that concern this account: order ids in feed order, one
 * per order and call (its last change), `visible` false = it left the scope ("gone": it was visible
 * before by the event's recorded scope facts). *next gets the cursor behind all that was looked at.
 */
struct change {
    int64_t seq, order_id, version;
    bool visible;
};
size_t store_changes(struct db *db, int64_t account_id, int64_t cursor, int64_t last, size_t limit,
                     struct arena *arena, struct change **out, int64_t *next);
/* The orders of the next `limit` events after `cursor`, whoever may see them, as they are now, in
 * feed order. *next gets the seq of the last of those events, `cursor` when there is none. */
size_t store_changed_orders(struct db *db, int64_t cursor, size_t limit, struct arena *arena,
                            struct order **out, int64_t *next);
struct queued queued_of(const struct order *order);
/* Calls `each` for all orders within the account's scope that are open or wait for somebody. */
enum status store_queued(struct db *db, int64_t account_id,
                         void (*each)(void *user, int64_t order_id, const struct queued *facts),
                         void *user);
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
/* One line about an account in the same log, by that account, another, or nobody (0). */
enum status store_access_account(struct db *db, int64_t account_id, const char *kind,
                                 int64_t about_account_id, int64_t at);
/* The log's lines, newest first (`at`, then `id`), behind `after_at`/`after_id` (0: from the top),
 * at most `limit`. */
struct access_filter {
    const char *kind;             /* "" any */
    int64_t account_id, order_id; /* 0 any */
    int64_t from, to;             /* at >= from, and at < to unless that is 0 */
};
struct access_row {
    int64_t id, at, account_id, about_account_id, order_id, reason_statement_id;
    const char *kind, *number; /* of the order, "" none */
};
size_t store_access_list(struct db *db, const struct access_filter *filter, int64_t after_at,
                         int64_t after_id, size_t limit, struct arena *arena,
                         struct access_row **out);
/* --- forgetting ------------------------------------------------------------------------------ */
/* Orders behind `after_id`, by id, at most `limit`, that have been in one of these states since
 * before `before`, as all orders have that share an appeal with them, and of whose words something
 * is left. */
enum status store_forgettable(struct db *db, uint32_t states, int64_t before, int64_t after_id,
                              size_t limit, struct arena *arena, int64_t **ids, size_t *count);
/* Deletes the order's words and citizens, and what was typed for the place of its appeals. Its own
 * row and its events stay; inside a job, with the event that tells it. */
enum status store_order_forget(struct db *db, int64_t order_id, struct error *err);

/* All orders, oldest first, whoever may see them; for checks of the whole database. */
size_t store_order_ids(struct db *db, struct arena *arena, int64_t **out);
/* Recomputes the order's chain. ST_CORRUPT with the place in `err`. */
enum status store_chain_verify(struct db *db, int64_t order_id, struct error *err);

#endif
