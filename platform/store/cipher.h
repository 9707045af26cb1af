/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cipher: rows that nobody reads without the key file. A sealed value is a version byte, a random
 * nonce of 24 bytes, and XChaCha20-Poly1305 (libsodium, IETF form) of the content; the version, the
 * table's name and the row's id go into its tag, so that no row passes for another. */
#ifndef PLATFORM_STORE_CIPHER_H
#define PLATFORM_STORE_CIPHER_H

#include "core/arena.h"
#include "core/buf.h"
#include "platform/store/db.h"

/* Which table a value lies in; its number is part of the format. */
enum cipher_table { CIPHER_PERSON, CIPHER_STATEMENT };

/* Puts `length` bytes, sealed for the row `id`, into the buffer instead of what was there. Out of
 * memory shows in the buffer. */
void cipher_seal(const struct db *db, enum cipher_table table, int64_t id, const void *content,
                 size_t length, struct buf *out);
/* What was sealed, with a zero byte behind it, in the arena. NULL when it does not open: it was
 * changed, belongs to another row or to another key. That is logged, and the connection remembers
 * it: what it read is not shown and its job not kept. */
const unsigned char *cipher_open(struct db *db, enum cipher_table table, int64_t id,
                                 const void *sealed, size_t sealed_length, struct arena *arena,
                                 size_t *length);
/* The keyed hash by which a row is found again by a whole number. `kind` is 'P' for a phone, 'I'
 * for an identity number: the same digits are not found as the other. */
void cipher_hash_number(const struct db *db, char kind, const char *number, unsigned char out[32]);

#endif
