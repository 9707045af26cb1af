/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words as keyed hashes, and what is looked up by them. */
#include "core/text.h"
#include "core/words.h"
#include "platform/store/scope.h"
#include "platform/store/text_index.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* --- hashes ---------------------------------------------------------------------------------- */

uint64_t text_word(const struct db *db, const char *word, size_t length)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t bits = 0;
    crypto_shorthash(hash, (const unsigned char *)word, length, db->keys->text);
    for (size_t i = 0; i < WORD_BYTES; i++)
        bits = bits << 8 | hash[i];
    return bits;
}

/* No word begins so: a number is found whole only. */
uint64_t text_name(const struct db *db, const char *number)
{
    struct buf folded = BUF_EMPTY;
    buf_add_char(&folded, '#');
    text_fold(&folded, number);
    uint64_t hash = folded.failed ? 0 : text_word(db, folded.data, folded.length);
    buf_free(&folded);
    return hash;
}

struct collected {
    const struct db *db;
    struct arena *arena;
    uint64_t *words;
    size_t count, capacity;
};

static void collect(void *user, const char *word, size_t length)
{
    struct collected *c = user;
    APPEND(c->arena, c->words, c->count, c->capacity) = text_word(c->db, word, length);
}

static int rising(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Sorts them and leaves each once. */
static size_t settle(uint64_t *words, size_t count)
{
    if (count == 0)
        return 0;
    qsort(words, count, sizeof *words, rising);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++)
        if (words[i] != words[kept - 1])
            words[kept++] = words[i];
    return kept;
}

size_t text_words(const struct db *db, const char *const *texts, size_t count, struct arena *arena,
                  uint64_t **out)
{
    struct collected c = {.db = db, .arena = arena};
    for (size_t i = 0; i < count; i++)
        words_each(texts[i], collect, &c);
    *out = c.words;
    return settle(c.words, c.count);
}

const char *text_pattern(const struct db *db, const char *typed, const char *number, bool names,
                         struct arena *arena)
{
    uint64_t *words, whole[2];
    size_t count = text_words(db, &typed, 1, arena, &words), whole_count = 0;
    if (names)
        whole[whole_count++] = text_name(db, typed);
    if (names && number)
        whole[whole_count++] = text_name(db, number);
    struct buf pattern = BUF_EMPTY;
    text_index_pattern(&pattern, words, count, whole, whole_count);
    const char *copy = pattern.failed ? "" : arena_strdup(arena, pattern.data);
    buf_free(&pattern);
    return copy;
}

/* --- the index of orders --------------------------------------------------------------------- */

enum status store_search_put(struct db *db, int64_t order_id, const char *const *texts,
                             size_t count, const char *const *numbers, size_t number_count,
                             struct arena *arena)
{
    if (!db->keys || order_id <= 0)
        return ST_INVALID;
    struct collected c = {.db = db, .arena = arena};
    for (size_t i = 0; i < count; i++)
        words_each(texts[i], collect, &c);
    for (size_t i = 0; i < number_count; i++)
        if (*numbers[i])
            APPEND(arena, c.words, c.count, c.capacity) = text_name(db, numbers[i]);
    return text_index_put(db, TEXT_OF_ORDER, order_id, c.words, settle(c.words, c.count));
}

enum status store_search_delete(struct db *db, int64_t order_id)
{
    return text_index_put(db, TEXT_OF_ORDER, order_id, NULL, 0);
}

bool store_search_complete(struct db *db)
{
    int64_t missing = 0;
    enum status st = db_number(db,
                               "select count(*) from (select id from orders order by id limit 1) o"
                               " where not exists (select 1 from order_words w where w.order_id ="
                               " o.id)",
                               NULL, 0, 0, &missing, NULL);
    return !st && missing == 0;
}

size_t store_search_words(struct db *db, const char *const *texts, size_t count,
                          struct arena *arena, uint64_t **out)
{
    return text_words(db, texts, count, arena, out);
}

#define CANDIDATES                                                                                 \
    "select o.id, o.place_id, o.place_text, o.region_code, o.category_code, w.words"               \
    " from orders o join order_words w on w.order_id = o.id where"

static enum status read_candidates(struct db *db, const char *sql, int64_t account_id,
                                   int64_t since, size_t limit, struct arena *arena,
                                   void (*each)(void *user, const struct candidate *candidate),
                                   void *user)
{
    uint64_t *words = NULL;
    size_t capacity = 0;
    struct db_rows *rows = db_query(
        db, sql, DB_PARAMS(db_int(account_id), db_int(since), db_int((int64_t)limit)), NULL);
    while (rows && db_next(rows)) {
        size_t length = 0;
        const unsigned char *packed = db_get_blob(rows, 5, &length);
        if (length / WORD_BYTES >= capacity) {
            capacity = length / WORD_BYTES * 2 + 64;
            words = arena_alloc(arena, capacity * sizeof *words);
        }
        const struct candidate candidate = {.id = db_get_int(rows, 0),
                                            .place_id = db_get_int(rows, 1),
                                            .place_text = db_get_text(rows, 2),
                                            .region_code = db_get_text(rows, 3),
                                            .category_code = db_get_text(rows, 4),
                                            .words = words,
                                            .word_count = text_unpack(packed, length, words)};
        each(user, &candidate);
    }
    return db_close(rows);
}

enum status store_search_candidates(struct db *db, int64_t account_id, int64_t since, size_t limit,
                                    void (*each)(void *user, const struct candidate *candidate),
                                    void *user)
{
    struct arena *arena = arena_new();
    if (!arena)
        return ST_NO_MEMORY;
    enum status st = read_candidates(db,
                                     CANDIDATES " o.open = 1 and (o.concluded_at = 0 or"
                                                " o.concluded_at >= $2) and" SCOPE_SQL
                                                " order by o.id desc limit $3",
                                     account_id, since, limit, arena, each, user);
    if (!st)
        st = read_candidates(db,
                             CANDIDATES " o.concluded_at <> 0 and o.concluded_at >= $2 and"
                                        " o.open = 0 and o.state <> 'merged' and" SCOPE_SQL
                                        " order by o.concluded_at desc limit $3",
                             account_id, since, limit, arena, each, user);
    arena_free(arena);
    return st;
}

struct order *store_order(struct db *db, int64_t account_id, int64_t order_id, struct arena *arena)
{
    struct order *order = NULL;
    const char *sql = account_id ? "select" ORDER_COLUMNS
                                   "from orders o where o.id = $2 and" SCOPE_SQL
                                 : "select" ORDER_COLUMNS "from orders o where o.id = $2";
    struct db_rows *rows = db_query(db, sql, DB_PARAMS(db_int(account_id), db_int(order_id)), NULL);
    if (rows && db_next(rows)) {
        order = arena_alloc(arena, sizeof *order);
        order_read(rows, 0, arena, order, NULL);
    }
    return db_close(rows) ? NULL : order;
}

const char *store_category_name(struct db *db, const char *code, struct arena *arena)
{
    const char *name = "";
    struct db_rows *rows =
        db_query(db, "select name from category where code = $1", DB_PARAMS(db_text(code)), NULL);
    if (rows && db_next(rows))
        name = row_text(rows, 0, arena);
    return db_close(rows) ? "" : name;
}

bool store_order_reclassified(struct db *db, int64_t order_id)
{
    int64_t count = 0;
    enum status st = db_number(db,
                               "select count(*) from event where order_id = $1 and"
                               " action = 'classify' and category_code <> (select e.category_code"
                               " from event e where e.order_id = $1 order by e.n limit 1)",
                               DB_PARAMS(db_int(order_id)), 0, &count, NULL);
    return !st && count > 0;
}
