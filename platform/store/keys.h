/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys: the secrets of one database, in a file beside it (DATABASE.key, mode 0600). Without that
 * file nobody reads who a citizen is; with a copy of the database alone neither. */
#ifndef PLATFORM_STORE_KEYS_H
#define PLATFORM_STORE_KEYS_H

#include "core/status.h"
#include <sodium.h>

enum { KEYS_CURSOR_ROUNDS = 4 };

/* All derived from the file's one key (libsodium crypto_kdf). */
struct keys {
    unsigned char seal[crypto_aead_xchacha20poly1305_ietf_KEYBYTES]; /* rows of citizens, texts */
    unsigned char number[crypto_generichash_KEYBYTES]; /* hashes of phone and identity numbers */
    unsigned char text[crypto_shorthash_KEYBYTES];     /* words of the text index */
    /* places in the change feed, a key for each round of platform/api/cursor.c */
    unsigned char cursor[KEYS_CURSOR_ROUNDS][crypto_shorthash_KEYBYTES];
    unsigned char sign_public[crypto_sign_PUBLICKEYBYTES]; /* Ed25519, roots of the events */
    unsigned char sign_secret[crypto_sign_SECRETKEYBYTES];
    char id[17]; /* which key it is, in hex: kept in the database, tells nothing of the key */
};

/* Reads the key file. ST_NOT_FOUND when there is none, ST_INVALID when it is no key file or others
 * may read it, with a message that says what to do. */
enum status keys_load(const char *path, struct keys *keys, struct error *err);
/* Makes a new one, synced to the disk before it returns. ST_CONFLICT when there is one already. */
enum status keys_create(const char *path, struct keys *keys, struct error *err);
/* Overwrites what is in memory. */
void keys_forget(struct keys *keys);

#endif
