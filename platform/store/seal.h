/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seal: the second level of the chain. A seal covers the events since the one before it with one
 * root, signed with the database's key: what it covers can be neither changed nor taken away
 * without being seen. docs/integrity.md tells it byte by byte. */
#ifndef PLATFORM_STORE_SEAL_H
#define PLATFORM_STORE_SEAL_H

#include "platform/store/store.h"

struct seal {
    int64_t n;                   /* 1, 2, 3 …; 0 none */
    int64_t first_seq, last_seq; /* of the feed; the next seal begins behind it */
    int64_t events;              /* that it covers */
    int64_t at;
    unsigned char root[HASH_SIZE];     /* stands for all events up to here, not for its own alone */
    unsigned char previous[HASH_SIZE]; /* the root before it, zeros at first */
    char key_id[17];
    unsigned char signature[crypto_sign_BYTES];
};

/* Seals all events that no seal covers. `made->n` is 0 when there are none, or when another node
 * holds the lease; `before` (may be NULL) gets the seal that was the last until now. Not from the
 * writer's thread. */
enum status store_seal(struct store *store, int64_t now, struct seal *made, struct seal *before,
                       struct error *err);

/* The newest seal; `n` 0 when there is none. */
enum status store_seal_last(struct db *db, struct seal *out, struct error *err);
/* Seals behind number `after`, in order, at most `limit`. */
size_t store_seals(struct db *db, int64_t after, size_t limit, struct arena *arena,
                   struct seal **out);

/* The root as it is told to people: "N:" and 64 hex digits. */
enum { SEAL_NAME_SIZE = 20 + 1 + 2 * HASH_SIZE + 1 };
void seal_name(const struct seal *seal, char out[SEAL_NAME_SIZE]);
/* False when the text is no such name. */
bool seal_name_read(const char *text, int64_t *n, unsigned char root[HASH_SIZE]);
/* True when the signature is that key's, and of what the seal says. */
bool seal_signed_by(const struct seal *seal, const struct keys *keys);

#endif
