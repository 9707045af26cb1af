/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merkle: the tree hash of RFC 9162, section 2.1, with BLAKE2b-256 in the place of SHA-256. A leaf
 * is hashed behind a byte 0, two roots behind a byte 1, so that neither can pass for the other. */
#ifndef PLATFORM_STORE_MERKLE_H
#define PLATFORM_STORE_MERKLE_H

#include "platform/model/model.h"
#include <stddef.h>
#include <stdint.h>

/* A tree that grows leaf by leaf: the roots of its complete subtrees. {0} is the empty one. */
struct merkle {
    uint64_t leaves;
    unsigned char roots[64][HASH_SIZE]; /* of 2^i leaves, where bit i of `leaves` is set */
};

void merkle_add(struct merkle *tree, const void *leaf, size_t length);
/* The root of what was added so far; of nothing it is the hash of nothing. */
void merkle_root(const struct merkle *tree, unsigned char root[HASH_SIZE]);

#endif
