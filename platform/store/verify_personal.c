/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is sealed with the key: that it opens, and that words are those that were hashed. */
#include "platform/store/store_private.h"
#include "platform/store/verify.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { STEP = 1024 };

static void verify_statement(struct db *db, struct verify *v, int64_t id, struct arena *arena)
{
    char where[64];
    unsigned char hash[HASH_SIZE];
    (void)snprintf(where, sizeof where, "statement %" PRId64, id);
    const struct statement *s = store_statement(db, id, arena);
    if (!s) {
        verify_found(v, where,
                     "its words do not open with the database's key: the row was changed");
        return;
    }
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    crypto_generichash_update(&state, s->salt, SALT_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)s->text, strlen(s->text));
    crypto_generichash_final(&state, hash, HASH_SIZE);
    if (memcmp(hash, s->hash, HASH_SIZE) != 0)
        verify_found(v, where, "its words are not those that were hashed: the row was changed");
}

static void verify_person(struct db *db, struct verify *v, int64_t id, struct arena *arena)
{
    char where[64];
    (void)snprintf(where, sizeof where, "citizen %" PRId64, id);
    if (!store_person(db, id, arena))
        verify_found(v, where, "the row does not open with the database's key: it was changed");
}

static enum status each_row(struct db *db, struct verify *v, const char *stage, const char *count,
                            const char *ids,
                            void (*one)(struct db *, struct verify *, int64_t, struct arena *),
                            struct error *err)
{
    struct arena *arena = arena_new();
    if (!arena)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    int64_t total = 0;
    size_t done = 0;
    enum status st = db_number(db, count, NULL, 0, 0, &total, err);
    struct db_rows *rows = st ? NULL : db_query(db, ids, NULL, 0, err);
    while (rows && db_next(rows)) {
        enum status failed = db->failed;
        one(db, v, db_get_int(rows, 0), arena);
        /* A row that does not open is a finding, and no reason to call the reading a failure. */
        if (db->failed == ST_CORRUPT)
            db->failed = failed;
        if (++done % STEP == 0 || done == (size_t)total) {
            arena_reset(arena);
            if (v->progress)
                v->progress(v->user, stage, done, (size_t)total);
        }
    }
    enum status closed = st ? ST_OK : db_close(rows);
    arena_free(arena);
    return st ? st : closed;
}

enum status verify_personal(struct db *db, struct verify *v, struct error *err)
{
    enum status st = each_row(db, v, "words", "select count(*) from statement",
                              "select id from statement order by id", verify_statement, err);
    if (st)
        return st;
    return each_row(db, v, "citizens", "select count(*) from person",
                    "select id from person order by id", verify_person, err);
}
