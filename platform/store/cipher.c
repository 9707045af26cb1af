/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/store/cipher.h"
#include "core/log.h"
#include "platform/store/store_private.h"
#include <inttypes.h>
#include <string.h>

enum {
    VERSION = 1,
    NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    NONCE_AT = 1,
    CONTENT_AT = NONCE_AT + NONCE_SIZE,
    OVERHEAD = CONTENT_AT + TAG_SIZE,
    BOUND_SIZE = 1 + 16 + 8, /* version, table, id */
};

static const char *const TABLES[] = {[CIPHER_PERSON] = "person", [CIPHER_STATEMENT] = "statement"};

/* What the tag covers beside the content; the id's lowest byte comes first. */
static void bind_to(unsigned char out[BOUND_SIZE], enum cipher_table table, int64_t id)
{
    memset(out, 0, BOUND_SIZE);
    out[0] = VERSION;
    memcpy(out + 1, TABLES[table], strlen(TABLES[table]));
    for (size_t i = 0; i < 8; i++)
        out[BOUND_SIZE - 8 + i] = (unsigned char)((uint64_t)id >> (8 * i));
}

void cipher_seal(const struct db *db, enum cipher_table table, int64_t id, const void *content,
                 size_t length, struct buf *out)
{
    static const unsigned char ROOM[TAG_SIZE];
    unsigned char head[CONTENT_AT] = {VERSION}, bound[BOUND_SIZE];
    bind_to(bound, table, id);
    randombytes_buf(head + NONCE_AT, NONCE_SIZE);
    buf_clear(out);
    buf_add(out, head, sizeof head);
    buf_add(out, content, length);
    buf_add(out, ROOM, sizeof ROOM);
    if (out->failed)
        return;
    unsigned char *inside = (unsigned char *)out->data + CONTENT_AT;
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        inside, NULL, inside, length, bound, sizeof bound, NULL, head + NONCE_AT, db->keys->seal);
}

const unsigned char *cipher_open(struct db *db, enum cipher_table table, int64_t id,
                                 const void *sealed, size_t sealed_length, struct arena *arena,
                                 size_t *length)
{
    const unsigned char *bytes = sealed;
    unsigned char bound[BOUND_SIZE];
    bind_to(bound, table, id);
    bool good = sealed_length >= OVERHEAD && bytes[0] == VERSION;
    *length = good ? sealed_length - OVERHEAD : 0;
    unsigned char *content = arena_alloc(arena, *length + 1);
    if (good && crypto_aead_xchacha20poly1305_ietf_decrypt(
                    content, NULL, NULL, bytes + CONTENT_AT, sealed_length - CONTENT_AT, bound,
                    sizeof bound, bytes + NONCE_AT, db->keys->seal) == 0)
        return content;
    *length = 0;
    db->failed = ST_CORRUPT;
    log_line(LOG_ERROR,
             "%s: %s %" PRId64 " does not open: its row was changed, or it was sealed with another"
             " key; restore the database from a backup",
             db->path, TABLES[table], id);
    return NULL;
}

void cipher_hash_number(const struct db *db, char kind, const char *number,
                        unsigned char out[HASH_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, db->keys->number, sizeof db->keys->number, HASH_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)&kind, 1);
    crypto_generichash_update(&state, (const unsigned char *)number, strlen(number));
    crypto_generichash_final(&state, out, HASH_SIZE);
}
