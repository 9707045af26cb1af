/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block of 16 bytes – the number of the event, the view, random – under a keyed permutation, in
 * hex. The permutation is the four rounds of Luby and Rackoff over SipHash-2-4 with a key for each:
 * any change of the text changes all of the block, so that the view and the few numbers that are in
 * use prove what is genuine, and no tag is needed: each frame carries a cursor, and is small. */
#include "platform/api/cursor.h"
#include <string.h>

enum { SEQ_BYTES = 6, HALF = CURSOR_BYTES / 2 };
_Static_assert((int)HALF == (int)crypto_shorthash_BYTES, "a half is what SipHash gives");

/* One half by the other, in turns; the same again undoes it. */
static void turn(const struct keys *keys, int round, unsigned char block[CURSOR_BYTES])
{
    unsigned char hash[HALF];
    unsigned char *changed = block + (round % 2 ? HALF : 0),
                  *other = block + (round % 2 ? 0 : HALF);
    (void)crypto_shorthash(hash, other, HALF, keys->cursor[round]);
    for (int i = 0; i < HALF; i++)
        changed[i] ^= hash[i];
}

void cursor_seal(const struct keys *keys, const struct cursor *cursor, char out[CURSOR_SIZE])
{
    unsigned char block[CURSOR_BYTES];
    for (int i = 0; i < SEQ_BYTES; i++)
        block[i] = (unsigned char)((uint64_t)cursor->seq >> (8 * i));
    memcpy(block + SEQ_BYTES, cursor->view, CURSOR_VIEW_BYTES);
    randombytes_buf(block + SEQ_BYTES + CURSOR_VIEW_BYTES,
                    CURSOR_BYTES - SEQ_BYTES - CURSOR_VIEW_BYTES);
    for (int round = 0; round < KEYS_CURSOR_ROUNDS; round++)
        turn(keys, round, block);
    sodium_bin2hex(out, CURSOR_SIZE, block, sizeof block);
}

bool cursor_open(const struct keys *keys, const char *text, struct cursor *cursor)
{
    unsigned char block[CURSOR_BYTES];
    size_t n = strspn(text, "0123456789abcdef");
    if (n != CURSOR_SIZE - 1 || text[n] ||
        sodium_hex2bin(block, sizeof block, text, n, NULL, NULL, NULL) != 0)
        return false;
    for (int round = KEYS_CURSOR_ROUNDS; round-- > 0;)
        turn(keys, round, block);
    cursor->seq = 0;
    for (int i = SEQ_BYTES; i-- > 0;)
        cursor->seq = cursor->seq << 8 | block[i];
    memcpy(cursor->view, block + SEQ_BYTES, CURSOR_VIEW_BYTES);
    return true;
}
