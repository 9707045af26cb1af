/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/store/merkle.h"
#include <sodium.h>
#include <string.h>

static void hash_leaf(unsigned char out[HASH_SIZE], const void *leaf, size_t length)
{
    const unsigned char mark = 0;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    crypto_generichash_update(&state, &mark, 1);
    crypto_generichash_update(&state, leaf, length);
    crypto_generichash_final(&state, out, HASH_SIZE);
}

/* `right` becomes the root above both. */
static void hash_pair(const unsigned char left[HASH_SIZE], unsigned char right[HASH_SIZE])
{
    const unsigned char mark = 1;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    crypto_generichash_update(&state, &mark, 1);
    crypto_generichash_update(&state, left, HASH_SIZE);
    crypto_generichash_update(&state, right, HASH_SIZE);
    crypto_generichash_final(&state, right, HASH_SIZE);
}

void merkle_add(struct merkle *tree, const void *leaf, size_t length)
{
    unsigned char root[HASH_SIZE];
    unsigned level = 0;
    hash_leaf(root, leaf, length);
    for (; tree->leaves >> level & 1; level++)
        hash_pair(tree->roots[level], root);
    memcpy(tree->roots[level], root, HASH_SIZE);
    tree->leaves++;
}

void merkle_root(const struct merkle *tree, unsigned char root[HASH_SIZE])
{
    unsigned level = 0;
    if (tree->leaves == 0) {
        crypto_generichash(root, HASH_SIZE, NULL, 0, NULL, 0);
        return;
    }
    while (!(tree->leaves >> level & 1))
        level++;
    memcpy(root, tree->roots[level], HASH_SIZE);
    for (level++; level < 64; level++)
        if (tree->leaves >> level & 1)
            hash_pair(tree->roots[level], root);
}
