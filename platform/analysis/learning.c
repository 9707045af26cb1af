/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/analysis/learning.h"

#include "platform/domain/mask.h"
#include <limits.h>
#include <stdio.h>

enum { TIMES_CHANGED = 2 };

struct gathering {
    struct arena *arena;
    struct example *examples;
    size_t count, capacity;
};

/* What is still to be decided, or was dropped, teaches nothing. */
static bool decided(const struct order *order)
{
    switch (order->state) {
    case ORDER_DRAFT:
    case ORDER_RECEIVED:
    case ORDER_TO_DISPATCH:
    case ORDER_MERGED:
    case ORDER_REJECTED:
    case ORDER_WITHDRAWN:
        return false;
    default:
        return *order->category_code != '\0';
    }
}

/* The first citizen's words, masked as they are in the text index. */
static const char *words_of(struct db *db, int64_t order_id, struct arena *arena)
{
    struct appeal *appeals;
    size_t count = store_appeals(db, order_id, arena, &appeals);
    if (count == 0)
        return "";
    const struct statement *words = store_statement(db, appeals[0].statement_id, arena);
    const struct person *person =
        appeals[0].person_id ? store_person(db, appeals[0].person_id, arena) : NULL;
    return words ? mask_text_whole(words->text, person ? person->name : NULL, arena) : "";
}

static void gather(struct gathering *g, struct db *db, int64_t order_id, struct arena *scratch)
{
    const struct order *order = store_order(db, 0, order_id, scratch);
    const char *words = order && decided(order) ? words_of(db, order_id, scratch) : "";
    if (!*words)
        return;
    g->examples = arena_grow(g->arena, g->examples, g->count, &g->capacity, sizeof *g->examples);
    g->examples[g->count++] =
        (struct example){.title = "",
                         .text = arena_strdup(g->arena, words),
                         .label = arena_strdup(g->arena, order->category_code),
                         .times = store_order_reclassified(db, order_id) ? TIMES_CHANGED : 1};
}

static enum status gather_all(struct gathering *g, struct db *db, size_t most, struct error *err)
{
    struct arena *scratch = arena_new();
    int64_t *ids = NULL;
    if (!scratch)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    enum status st = store_read_begin(db);
    if (!st) {
        size_t count = store_order_ids(db, g->arena, &ids);
        for (size_t i = count > most ? count - most : 0; i < count; i++) {
            gather(g, db, ids[i], scratch);
            arena_reset(scratch);
        }
        st = store_read_end(db);
    }
    arena_free(scratch);
    return st ? error_set(err, st, "the orders cannot be read") : ST_OK;
}

enum status learning_from_orders(struct store *store, size_t most, struct classifier **out,
                                 size_t *used, struct error *err)
{
    struct db *db = store_reader(store, err);
    struct gathering g = {.arena = db ? arena_new() : NULL};
    const struct classifier_options options = classifier_defaults();
    *out = NULL;
    if (!g.arena)
        return db ? error_set(err, ST_NO_MEMORY, "out of memory") : err->status;
    enum status st = gather_all(&g, db, most, err);
    if (!st)
        st = classifier_train(g.examples, g.count, &options, store_keys(store), out, err);
    *used = g.count;
    arena_free(g.arena);
    return st;
}

enum status learning_model(struct store *store, const char *database, size_t most, size_t *used,
                           size_t *labels, struct error *err)
{
    char path[PATH_MAX];
    struct classifier *model = NULL;
    if (snprintf(path, sizeof path, "%s.model", database) >= (int)sizeof path)
        return error_set(err, ST_INVALID, "the path of the database is too long");
    enum status st = learning_from_orders(store, most, &model, used, err);
    if (!st) {
        *labels = classifier_labels(model);
        st = classifier_save(model, path, store_keys(store), err);
    }
    classifier_free(model);
    return st;
}
