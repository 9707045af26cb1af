/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/commands/check.h"
#include "core/arena.h"
#include "platform/domain/lifecycle.h"

enum { ORDERS_AT_ONCE = 256 };

struct case_place {
    struct verify *v;
    const char *where;
};

static void case_found(void *user, const char *what)
{
    const struct case_place *place = user;
    verify_found(place->v, place->where, "%s", what);
}

static enum status check_case(struct db *db, struct verify *v, int64_t id, struct arena *arena,
                              struct error *err)
{
    const struct order_case *c = store_case_load(db, 0, id, arena);
    if (!c)
        return error_set(err, ST_IO, "order %lld cannot be read", (long long)id);
    char where[64];
    verify_order(c->order.number, id, where);
    struct case_place place = {v, where};
    lifecycle_verify(c, case_found, &place);
    return verify_derived(db, v, c, where, err);
}

/* Each order by the rules: what is kept with it so that nobody need compute it. */
static enum status check_cases(struct db *db, struct verify *v, struct error *err)
{
    struct arena *ids_arena = arena_new(), *arena = arena_new();
    enum status st = ids_arena && arena ? ST_OK : error_set(err, ST_NO_MEMORY, "out of memory");
    int64_t *ids = NULL;
    size_t count = st ? 0 : store_order_ids(db, ids_arena, &ids);
    for (size_t i = 0; i < count && !st; i++) {
        st = check_case(db, v, ids[i], arena, err);
        if (i % ORDERS_AT_ONCE == 0 || i + 1 == count) {
            arena_reset(arena);
            if (v->progress)
                v->progress(v->user, "orders", i + 1, count);
        }
    }
    arena_free(arena);
    arena_free(ids_arena);
    return st;
}

static enum status check_all(struct db *db, const struct keys *keys,
                             const struct check_options *options, struct verify *v,
                             struct error *err)
{
    enum status st = verify_file(db, v, options->quick, err);
    if (!st)
        st = verify_chains(db, v, err);
    if (!st)
        st = verify_seals(db, v, keys, err);
    if (!st && options->expect_n)
        st = verify_expected(db, v, options->expect_n, options->expect_root, err);
    if (st || options->quick)
        return st;
    st = verify_links(db, v, err);
    if (!st)
        st = check_cases(db, v, err);
    return st ? st : verify_personal(db, v, err);
}

enum status check_database(struct store *store, const struct check_options *options,
                           struct verify *v, struct error *err)
{
    struct db *db = store_reader(store, err);
    if (!db)
        return ST_IO;
    enum status st = store_read_begin(db);
    if (st)
        return error_set(err, st, "the database cannot be read");
    st = check_all(db, store_keys(store), options, v, err);
    enum status whole = store_read_end(db);
    return !st && whole ? error_set(err, whole, "the database cannot be read to its end") : st;
}
