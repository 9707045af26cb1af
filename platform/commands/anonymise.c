/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/commands/anonymise.h"
#include "core/clock.h"
#include "platform/analysis/indexing.h"
#include "platform/domain/retention.h"
#include <string.h>

enum { BATCH = 64 };

struct batch {
    const int64_t *ids;
    size_t count;
    const struct category *categories;
    size_t category_count;
    struct error err;
};

static const struct category *find_category(const struct batch *batch, const char *code)
{
    for (size_t i = 0; i < batch->category_count; i++)
        if (strcmp(batch->categories[i].code, code) == 0)
            return &batch->categories[i];
    return NULL;
}

/* All of one order, in the job's transaction: nobody ever sees half of it. */
static enum status forget(struct db *db, struct batch *batch, int64_t id, struct arena *arena)
{
    int64_t now = clock_now_ms();
    struct order_case *c = store_case_load(db, 0, id, arena);
    if (!c)
        return error_set(&batch->err, ST_NOT_FOUND, "an order cannot be read");
    const struct place *place =
        c->order.place_id ? store_place(db, c->order.place_id, arena) : NULL;
    retention_forget(c, find_category(batch, c->order.category_code), place, now, arena);
    enum status st = store_order_forget(db, id, &batch->err);
    if (!st)
        st = store_case_save(db, c, false, now, &batch->err);
    if (!st)
        st = store_access_put(db, 0, word_name(WORDS_ACCESS_KIND, ACCESS_ANONYMISE), id, 0, 0, now);
    return st ? st : index_order(db, id, arena);
}

static enum status forget_batch(struct db *db, void *user)
{
    struct batch *batch = user;
    struct arena *arena = arena_new();
    enum status st = arena ? ST_OK : ST_NO_MEMORY;
    for (size_t i = 0; i < batch->count && !st; i++) {
        st = forget(db, batch, batch->ids[i], arena);
        arena_reset(arena);
    }
    arena_free(arena);
    return st;
}

static enum status find(struct db *db, int64_t before, int64_t after, size_t limit,
                        struct arena *arena, int64_t **ids, size_t *count, struct error *err)
{
    enum status st = store_read_begin(db);
    if (!st)
        st = store_forgettable(db, retention_states(), before, after, limit, arena, ids, count);
    enum status whole = store_read_end(db);
    st = st ? st : whole;
    return st ? error_set(err, st, "the orders that ended cannot be read") : ST_OK;
}

static enum status
forget_all(struct store *store, const int64_t *ids, size_t count, struct batch *batch, size_t *done,
           struct error *err,
           void (*progress)(void *user, const char *what, size_t done, size_t total), void *user)
{
    enum status st = ST_OK;
    while (*done < count && !st) {
        batch->ids = ids + *done;
        batch->count = count - *done < BATCH ? count - *done : BATCH;
        batch->err = (struct error){ST_OK, ""};
        st = store_write_wait(store, forget_batch, batch);
        if (st)
            return error_set(err, st, "after %zu of %zu orders: %s", *done, count,
                             *batch->err.message ? batch->err.message : status_name(st));
        *done += batch->count;
        if (progress)
            progress(user, "anonymised", *done, count);
    }
    return ST_OK;
}

enum status anonymise(struct store *store, int64_t before, bool dry_run, size_t *count,
                      struct error *err,
                      void (*progress)(void *user, const char *what, size_t done, size_t total),
                      void *user)
{
    struct arena *arena = arena_new();
    struct db *db = arena ? store_reader(store, err) : NULL;
    *count = 0;
    if (!db) {
        arena_free(arena);
        return arena ? err->status : error_set(err, ST_NO_MEMORY, "out of memory");
    }
    int64_t *ids = NULL;
    size_t found = 0;
    struct batch batch = {0};
    struct category *categories = NULL;
    enum status st = find(db, before, 0, SIZE_MAX >> 1, arena, &ids, &found, err);
    batch.category_count = st ? 0 : store_categories(db, arena, &categories);
    batch.categories = categories;
    if (!st && dry_run)
        *count = found;
    else if (!st)
        st = forget_all(store, ids, found, &batch, count, err, progress, user);
    arena_free(arena);
    return st;
}
