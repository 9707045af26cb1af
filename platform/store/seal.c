/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making seals, and reading them. */
#include "platform/store/seal.h"
#include "platform/store/merkle.h"
#include "platform/store/seal_private.h"
#include "platform/store/store_private.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A node that went away lets another seal in its place after this time. */
enum { LEASE_MS = 3 * 60 * 1000, SIGNED_TEXT_SIZE = 512 };

/* --- what is hashed and signed ---------------------------------------------------------------- */

static void put_number(unsigned char out[8], int64_t number)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)((uint64_t)number >> (56 - 8 * i));
}

void seal_tree_add(struct merkle *tree, int64_t order_id, int64_t n,
                   const unsigned char hash[HASH_SIZE])
{
    unsigned char leaf[8 + 8 + HASH_SIZE];
    put_number(leaf, order_id);
    put_number(leaf + 8, n);
    memcpy(leaf + 16, hash, HASH_SIZE);
    merkle_add(tree, leaf, sizeof leaf);
}

void seal_root(const unsigned char previous[HASH_SIZE], const struct merkle *tree,
               unsigned char root[HASH_SIZE])
{
    const unsigned char mark = 2; /* behind 0 for a leaf and 1 for a pair */
    unsigned char own[HASH_SIZE];
    merkle_root(tree, own);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    crypto_generichash_update(&state, &mark, 1);
    crypto_generichash_update(&state, previous, HASH_SIZE);
    crypto_generichash_update(&state, own, HASH_SIZE);
    crypto_generichash_final(&state, root, HASH_SIZE);
}

static size_t signed_text(const struct seal *seal, char out[SIGNED_TEXT_SIZE])
{
    char root[2 * HASH_SIZE + 1], previous[2 * HASH_SIZE + 1];
    sodium_bin2hex(root, sizeof root, seal->root, HASH_SIZE);
    sodium_bin2hex(previous, sizeof previous, seal->previous, HASH_SIZE);
    return (size_t)snprintf(out, SIGNED_TEXT_SIZE,
                            "minqing seal 1\nnumber %" PRId64 "\nfirst %" PRId64 "\nlast %" PRId64
                            "\nevents %" PRId64 "\nroot %s\nprevious %s\nat %" PRId64 "\nkey %s\n",
                            seal->n, seal->first_seq, seal->last_seq, seal->events, root, previous,
                            seal->at, seal->key_id);
}

static void sign(struct seal *seal, const struct keys *keys)
{
    char text[SIGNED_TEXT_SIZE];
    (void)snprintf(seal->key_id, sizeof seal->key_id, "%s", keys->id);
    size_t length = signed_text(seal, text);
    crypto_sign_detached(seal->signature, NULL, (const unsigned char *)text, length,
                         keys->sign_secret);
}

bool seal_signed_by(const struct seal *seal, const struct keys *keys)
{
    char text[SIGNED_TEXT_SIZE];
    size_t length = signed_text(seal, text);
    return crypto_sign_verify_detached(seal->signature, (const unsigned char *)text, length,
                                       keys->sign_public) == 0;
}

void seal_name(const struct seal *seal, char out[SEAL_NAME_SIZE])
{
    char root[2 * HASH_SIZE + 1];
    sodium_bin2hex(root, sizeof root, seal->root, HASH_SIZE);
    (void)snprintf(out, SEAL_NAME_SIZE, "%" PRId64 ":%s", seal->n, root);
}

bool seal_name_read(const char *text, int64_t *n, unsigned char root[HASH_SIZE])
{
    size_t digits = strspn(text, "0123456789"), length = 0;
    if (digits == 0 || digits > 18 || text[digits] != ':')
        return false;
    *n = strtoll(text, NULL, 10);
    const char *hex = text + digits + 1;
    return strlen(hex) == 2 * (size_t)HASH_SIZE &&
           sodium_hex2bin(root, HASH_SIZE, hex, 2 * HASH_SIZE, NULL, &length, NULL) == 0 &&
           length == HASH_SIZE;
}

/* --- reading ---------------------------------------------------------------------------------- */

#define SEAL_COLUMNS " n, first_seq, last_seq, events, root, previous, at, key_id, signature "

static void seal_read(struct db_rows *rows, struct seal *s)
{
    s->n = db_get_int(rows, 0);
    s->first_seq = db_get_int(rows, 1);
    s->last_seq = db_get_int(rows, 2);
    s->events = db_get_int(rows, 3);
    row_hash(rows, 4, s->root, HASH_SIZE);
    row_hash(rows, 5, s->previous, HASH_SIZE);
    s->at = db_get_int(rows, 6);
    (void)snprintf(s->key_id, sizeof s->key_id, "%s", db_get_text(rows, 7));
    row_hash(rows, 8, s->signature, sizeof s->signature);
}

enum status store_seal_last(struct db *db, struct seal *out, struct error *err)
{
    *out = (struct seal){0};
    struct error mine = {ST_OK, ""};
    struct db_rows *rows =
        db_query(db, "select" SEAL_COLUMNS "from seal order by n desc limit 1", NULL, 0, &mine);
    if (rows && db_next(rows))
        seal_read(rows, out);
    enum status st = db_close(rows);
    if (st && err)
        *err = mine;
    return st;
}

size_t store_seals(struct db *db, int64_t after, size_t limit, struct arena *arena,
                   struct seal **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows =
        db_query(db, "select" SEAL_COLUMNS "from seal where n > $1 order by n limit $2",
                 DB_PARAMS(db_int(after), db_int((int64_t)limit)), NULL);
    while (rows && db_next(rows))
        seal_read(rows, &APPEND(arena, *out, count, capacity));
    return db_close(rows) ? 0 : count;
}

/* --- making ----------------------------------------------------------------------------------- */

/* Fills in what a seal behind `last` would cover, in commit order; `events` 0 when nothing. */
static enum status gather(struct db *db, const struct seal *last, struct seal *out,
                          struct error *err)
{
    struct merkle tree = {.leaves = 0};
    *out = (struct seal){
        .n = last->n + 1, .first_seq = last->last_seq + 1, .last_seq = last->last_seq};
    memcpy(out->previous, last->root, HASH_SIZE);
    struct db_rows *rows =
        db_query(db, "select seq, order_id, n, hash from event where seq > $1 order by seq",
                 DB_PARAMS(db_int(last->last_seq)), err);
    while (rows && db_next(rows)) {
        unsigned char hash[HASH_SIZE];
        out->last_seq = db_get_int(rows, 0);
        row_hash(rows, 3, hash, HASH_SIZE);
        seal_tree_add(&tree, db_get_int(rows, 1), db_get_int(rows, 2), hash);
        out->events++;
    }
    seal_root(out->previous, &tree, out->root);
    return db_close(rows);
}

/* True when this node may seal, and goes on to. */
static enum status take_lease(struct db *db, int64_t now, bool *ours, struct error *err)
{
    int32_t node = 0;
    enum status st = node_read(db, &node);
    if (!st)
        st = db_run(db,
                    "insert into lease(name, node, until) values('seal', $1, $2)"
                    " on conflict(name) do update set node = excluded.node, until = excluded.until"
                    " where lease.node = excluded.node or lease.until <= $3",
                    DB_PARAMS(db_int(node), db_int(now + LEASE_MS), db_int(now)), err);
    *ours = !st && db_changes(db) > 0;
    return st;
}

struct sealing {
    struct seal seal;
    bool made;
    struct error err;
};

static enum status seal_job(struct db *db, void *user)
{
    struct sealing *s = user;
    const struct seal *seal = &s->seal;
    struct seal last;
    bool ours = false;
    enum status st = take_lease(db, seal->at, &ours, &s->err);
    if (!st)
        st = store_seal_last(db, &last, &s->err);
    /* Somebody else was quicker. */
    if (st || !ours || last.n != seal->n - 1)
        return st;
    st = db_run(db,
                "insert into seal(n, first_seq, last_seq, events, root, previous, at, key_id,"
                " signature) values($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                DB_PARAMS(db_int(seal->n), db_int(seal->first_seq), db_int(seal->last_seq),
                          db_int(seal->events), db_blob(seal->root, HASH_SIZE),
                          db_blob(seal->previous, HASH_SIZE), db_int(seal->at),
                          db_text(seal->key_id), db_blob(seal->signature, sizeof seal->signature)),
                &s->err);
    s->made = st == ST_OK;
    return st;
}

enum status store_seal(struct store *store, int64_t now, struct seal *made, struct seal *before,
                       struct error *err)
{
    struct seal last = {0};
    struct sealing sealing = {.made = false, .err = {ST_OK, ""}};
    *made = (struct seal){0};
    struct db *db = store_reader(store, err);
    if (!db)
        return ST_IO;
    /* The events are read beside the writer, who only puts the row in. */
    enum status st = store_read_begin(db);
    if (!st)
        st = store_seal_last(db, &last, &sealing.err);
    if (!st)
        st = gather(db, &last, &sealing.seal, &sealing.err);
    enum status whole = store_read_end(db);
    if (st || whole)
        return error_set(err, st ? st : whole, "the events cannot be read for a seal: %s",
                         sealing.err.message);
    if (before)
        *before = last;
    if (sealing.seal.events == 0)
        return ST_OK;
    sealing.seal.at = now;
    sign(&sealing.seal, store_keys(store));
    st = store_write_wait(store, seal_job, &sealing);
    if (st)
        return error_set(err, st, "a seal cannot be stored: %s", sealing.err.message);
    if (sealing.made)
        *made = sealing.seal;
    return ST_OK;
}
