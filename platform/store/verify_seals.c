/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second level of the chain: seals against the events that they cover. */
#include "platform/store/seal_private.h"
#include "platform/store/store_private.h"
#include "platform/store/verify.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SEALS_AT_ONCE = 256 };

/* The events in commit order, read once beside the seals. */
struct cursor {
    struct db_rows *rows;
    bool more;
};

static int64_t cursor_seq(const struct cursor *c)
{
    return c->more ? db_get_int(c->rows, 0) : INT64_MAX;
}

static void compare_events(struct verify *v, struct cursor *c, const struct seal *seal,
                           const char *where)
{
    struct merkle tree = {.leaves = 0};
    unsigned char root[HASH_SIZE], hash[HASH_SIZE];
    for (; cursor_seq(c) <= seal->last_seq; c->more = db_next(c->rows)) {
        row_hash(c->rows, 3, hash, HASH_SIZE);
        seal_tree_add(&tree, db_get_int(c->rows, 1), db_get_int(c->rows, 2), hash);
    }
    seal_root(seal->previous, &tree, root);
    if ((int64_t)tree.leaves != seal->events)
        verify_found(v, where,
                     "it covers %" PRId64 " events, %" PRIu64
                     " are there: events were %s after they were sealed",
                     seal->events, tree.leaves,
                     (int64_t)tree.leaves < seal->events ? "deleted" : "put in");
    else if (memcmp(root, seal->root, HASH_SIZE) != 0)
        verify_found(v, where,
                     "its root is not that of its events: one of them was changed after "
                     "it was sealed");
}

static void verify_one(struct verify *v, struct cursor *c, const struct seal *seal,
                       const struct keys *keys)
{
    const struct seal *before = &v->last;
    char where[64];
    (void)snprintf(where, sizeof where, "seal %" PRId64, seal->n);
    if (seal->n != before->n + 1)
        verify_found(v, where, "seal %" PRId64 " is missing before it: seals were deleted",
                     before->n + 1);
    else if (memcmp(seal->previous, before->root, HASH_SIZE) != 0)
        verify_found(v, where, "it does not follow from the seal before it: one was replaced");
    if (seal->first_seq != before->last_seq + 1 || seal->last_seq < seal->first_seq)
        verify_found(v, where,
                     "it begins at event %" PRId64 " of the feed, the one before ended at %" PRId64
                     ": what lies between is not covered",
                     seal->first_seq, before->last_seq);
    if (strcmp(seal->key_id, keys->id) != 0)
        verify_found(v, where, "it was signed with another key (%s; this database has %s)",
                     seal->key_id, keys->id);
    else if (!seal_signed_by(seal, keys))
        verify_found(v, where,
                     "its signature does not fit: the seal was changed, or another made "
                     "it");
    compare_events(v, c, seal, where);
}

enum status verify_seals(struct db *db, struct verify *v, const struct keys *keys,
                         struct error *err)
{
    struct arena *arena = arena_new();
    if (!arena)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    struct cursor cursor = {
        .rows =
            db_query(db, "select seq, order_id, n, hash from event order by seq", NULL, 0, err)};
    cursor.more = cursor.rows && db_next(cursor.rows);
    for (bool more = cursor.rows; more;) {
        struct seal *seals;
        size_t count = store_seals(db, v->last.n, SEALS_AT_ONCE, arena, &seals);
        for (size_t i = 0; i < count; i++) {
            verify_one(v, &cursor, &seals[i], keys);
            v->last = seals[i];
            v->seals++;
        }
        if (v->progress && v->seals)
            v->progress(v->user, "seals", v->seals, v->seals + (count == SEALS_AT_ONCE));
        more = count == SEALS_AT_ONCE;
        arena_reset(arena);
    }
    for (; cursor.more; cursor.more = db_next(cursor.rows))
        v->unsealed++;
    arena_free(arena);
    return db_close(cursor.rows);
}

enum status verify_expected(struct db *db, struct verify *v, int64_t n,
                            const unsigned char root[HASH_SIZE], struct error *err)
{
    struct arena *arena = arena_new();
    struct seal *seals = NULL, last;
    if (!arena)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    size_t count = n > 0 ? store_seals(db, n - 1, 1, arena, &seals) : 0;
    char where[64];
    (void)snprintf(where, sizeof where, "seal %" PRId64, n);
    enum status st = store_seal_last(db, &last, err);
    if (!st && (count == 0 || seals[0].n != n))
        verify_found(v, where,
                     "it was expected and is not there, the newest is %" PRId64
                     ": the database was put back to an earlier state, or is another one",
                     last.n);
    else if (!st && memcmp(seals[0].root, root, HASH_SIZE) != 0)
        verify_found(v, where,
                     "its root is not the expected one: the history up to it was "
                     "rewritten, or the database is another one");
    arena_free(arena);
    return st;
}
