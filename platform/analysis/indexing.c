/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/analysis/indexing.h"

#include "platform/domain/mask.h"
#include <string.h>

/* What an order is searched by: what was typed, which is masked, with the names that stand in it;
 * what the city itself wrote; whole numbers. */
struct texts {
    struct arena *arena;
    const char **typed, **names, **written, **numbers;
    size_t typed_count, name_count, written_count, number_count;
    size_t typed_capacity, name_capacity, written_capacity, number_capacity;
};

static void add(struct arena *arena, const char ***items, size_t *count, size_t *capacity,
                const char *text)
{
    if (!text || !*text)
        return;
    *items = arena_grow(arena, *items, *count, capacity, sizeof **items);
    (*items)[(*count)++] = text;
}

static void add_typed(struct texts *t, const char *text)
{
    add(t->arena, &t->typed, &t->typed_count, &t->typed_capacity, text);
}

static void add_written(struct texts *t, const char *text)
{
    add(t->arena, &t->written, &t->written_count, &t->written_capacity, text);
}

static void add_name(struct texts *t, const char *name)
{
    add(t->arena, &t->names, &t->name_count, &t->name_capacity, name);
}

static void add_number(struct texts *t, const char *number)
{
    add(t->arena, &t->numbers, &t->number_count, &t->number_capacity, number);
}

static void add_place(struct texts *t, struct db *db, int64_t place_id, const char *place_text)
{
    const struct place *place = place_id ? store_place(db, place_id, t->arena) : NULL;
    add_written(t, place ? place->name : NULL);
    if (!place || strcmp(place->name, place_text) != 0)
        add_typed(t, place_text);
}

static void add_order(struct texts *t, struct db *db, const struct order *order)
{
    add_place(t, db, order->place_id, order->place_text);
    add_written(t, store_category_name(db, order->category_code, t->arena));
    add_number(t, order->number);
}

static enum status put(struct texts *t, struct db *db, int64_t order_id)
{
    for (size_t i = 0; i < t->typed_count; i++) {
        const char *text =
            mask_text_whole(t->typed[i], t->name_count ? t->names[0] : NULL, t->arena);
        for (size_t n = 1; n < t->name_count; n++)
            text = mask_text_whole(text, t->names[n], t->arena);
        add_written(t, text);
    }
    return store_search_put(db, order_id, t->written, t->written_count, t->numbers, t->number_count,
                            t->arena);
}

enum status index_order(struct db *db, int64_t order_id, struct arena *arena)
{
    struct texts t = {.arena = arena};
    struct appeal *appeals;
    bool said = false; /* the title is the beginning of what was said */
    const struct order *order = store_order(db, 0, order_id, arena);
    if (!order)
        return ST_NOT_FOUND;
    add_order(&t, db, order);
    size_t count = store_appeals(db, order_id, arena, &appeals);
    for (size_t i = 0; i < count; i++) {
        const struct appeal *a = &appeals[i];
        const struct person *person = a->person_id ? store_person(db, a->person_id, arena) : NULL;
        const struct statement *words =
            a->statement_id ? store_statement(db, a->statement_id, arena) : NULL;
        add_typed(&t, words ? words->text : NULL);
        said = said || words;
        if (a->place_id != order->place_id || strcmp(a->place_text, order->place_text) != 0)
            add_place(&t, db, a->place_id, a->place_text);
        if (person)
            add_name(&t, person->name);
        add_number(&t, a->source_no);
    }
    int64_t *former;
    size_t former_count = store_former_citizens(db, order_id, arena, &former);
    for (size_t i = 0; i < former_count; i++) {
        const struct person *person = store_person(db, former[i], arena);
        add_name(&t, person ? person->name : NULL);
    }
    if (!said)
        add_typed(&t, order->title);
    return put(&t, db, order_id);
}

enum status index_received(struct db *db, const struct order *order, const char *words,
                           const char *name, const char *source_no, struct arena *arena)
{
    struct texts t = {.arena = arena};
    add_order(&t, db, order);
    add_typed(&t, words);
    add_name(&t, name);
    add_number(&t, source_no);
    return put(&t, db, order->id);
}

/* --- all of them ------------------------------------------------------------------------------ */

enum { ORDERS_A_JOB = 200 };

struct batch {
    const int64_t *ids;
    size_t count;
    struct arena *arena;
};

static enum status index_batch(struct db *db, void *user)
{
    struct batch *batch = user;
    enum status st = ST_OK;
    for (size_t i = 0; i < batch->count && !st; i++) {
        arena_reset(batch->arena);
        st = index_order(db, batch->ids[i], batch->arena);
    }
    return st;
}

static enum status read_ids(struct store *store, struct arena *arena, int64_t **ids, size_t *count,
                            struct error *err)
{
    struct db *db = store_reader(store, err);
    if (!db)
        return err->status;
    enum status st = store_read_begin(db);
    if (!st) {
        *count = store_order_ids(db, arena, ids);
        st = store_read_end(db);
    }
    return st ? error_set(err, st, "the orders cannot be read") : ST_OK;
}

enum status index_all(struct store *store, struct error *err,
                      void (*progress)(void *user, const char *what, size_t done, size_t total),
                      void *user)
{
    struct arena *arena = arena_new(), *one = arena_new();
    int64_t *ids = NULL;
    size_t count = 0;
    enum status st = arena && one ? read_ids(store, arena, &ids, &count, err)
                                  : error_set(err, ST_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < count && !st; i += ORDERS_A_JOB) {
        size_t n = count - i < ORDERS_A_JOB ? count - i : ORDERS_A_JOB;
        struct batch batch = {ids + i, n, one};
        st = store_write_wait(store, index_batch, &batch);
        if (st)
            error_set(err, st, "the text index could not be written: %s", status_name(st));
        else if (progress)
            progress(user, "orders indexed", i + n, count);
    }
    arena_free(one);
    arena_free(arena);
    return st;
}
