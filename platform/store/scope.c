/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that restrict an account. What they mean: scope.h. */
#include "platform/store/scope.h"
#include "platform/store/store_private.h"
#include <sodium.h>
#include <string.h>

static const char *const DIMENSIONS[] = {
    [SCOPE_REGION] = "region",   [SCOPE_CATEGORY] = "category", [SCOPE_INDUSTRY] = "industry",
    [SCOPE_CHANNEL] = "channel", [SCOPE_UNIT] = "unit",         [SCOPE_STATE] = "state"};
static const int DIMENSION_COUNT = (int)(sizeof DIMENSIONS / sizeof DIMENSIONS[0]);

/* A value that would restrict nothing, or match what it does not name, is refused: a slip here
 * shows orders to people. */
static bool value_good(enum scope_dimension dimension, const char *value)
{
    size_t n = value ? strlen(value) : 0;
    switch (dimension) {
    case SCOPE_REGION:
    case SCOPE_CATEGORY:
        return n > 0 && strspn(value, "0123456789") == n;
    case SCOPE_UNIT: /* "/1/12/": whole ids, so that /1/1/ is not the beginning of /1/12/ */
        return n > 2 && value[0] == '/' && value[n - 1] == '/' &&
               strspn(value, "/0123456789") == n && !strstr(value, "//");
    case SCOPE_STATE:
        return n > 0 && word_find(WORDS_ORDER_STATE, value) >= 0;
    default:
        return n > 0;
    }
}

static enum status scope_moved(struct db *db, int64_t account_id)
{
    return db_run(db, "update account set scope_version = scope_version + 1 where id = $1",
                  DB_PARAMS(db_int(account_id)), NULL);
}

enum status store_scope_put(struct db *db, const struct scope_row *row)
{
    if ((int)row->dimension < 0 || (int)row->dimension >= DIMENSION_COUNT ||
        !value_good(row->dimension, row->value))
        return ST_INVALID;
    enum status st = db_run(
        db,
        "insert into scope(account_id, dimension, value) values($1, $2, $3) on conflict do nothing",
        DB_PARAMS(db_int(row->account_id), db_text(DIMENSIONS[row->dimension]),
                  db_text(row->value)),
        NULL);
    return st || db_changes(db) == 0 ? st : scope_moved(db, row->account_id);
}

enum status store_scope_clear(struct db *db, int64_t account_id)
{
    enum status st =
        db_run(db, "delete from scope where account_id = $1", DB_PARAMS(db_int(account_id)), NULL);
    return st ? st : scope_moved(db, account_id);
}

int64_t store_scope_version(struct db *db, int64_t account_id)
{
    int64_t version = 0;
    db_number(db, "select scope_version from account where id = $1", DB_PARAMS(db_int(account_id)),
              0, &version, NULL);
    return version;
}

/* Each text with its NUL, so that none runs into the next. */
static void hash_text(crypto_generichash_state *state, const char *text)
{
    crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1);
}

enum status store_scope_hash(struct db *db, int64_t account_id, unsigned char out[HASH_SIZE])
{
    int64_t sees = 0;
    crypto_generichash_state state;
    enum status st =
        db_number(db, "select 1 from account where id = $1 and sees_orders = 1 and disabled = 0",
                  DB_PARAMS(db_int(account_id)), 0, &sees, NULL);
    if (st)
        return st;
    crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    hash_text(&state, sees ? "sees" : "");
    struct db_rows *rows = db_query(
        db, "select dimension, value from scope where account_id = $1 order by dimension, value",
        DB_PARAMS(db_int(account_id)), NULL);
    while (rows && db_next(rows)) {
        hash_text(&state, db_get_text(rows, 0));
        hash_text(&state, db_get_text(rows, 1));
    }
    crypto_generichash_final(&state, out, HASH_SIZE);
    return db_close(rows);
}

size_t store_scopes(struct db *db, int64_t account_id, struct arena *arena, struct scope_row **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows = db_query(
        db, "select dimension, value from scope where account_id = $1 order by dimension, value",
        DB_PARAMS(db_int(account_id)), NULL);
    while (rows && db_next(rows)) {
        int dimension = 0;
        while (dimension < DIMENSION_COUNT &&
               strcmp(DIMENSIONS[dimension], db_get_text(rows, 0)) != 0)
            dimension++;
        if (dimension == DIMENSION_COUNT)
            continue;
        struct scope_row *row = &APPEND(arena, *out, count, capacity);
        row->account_id = account_id;
        row->dimension = (enum scope_dimension)dimension;
        row->value = row_text(rows, 1, arena);
    }
    return db_close(rows) ? 0 : count;
}
