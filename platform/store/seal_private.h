/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seal_private: what a seal's root is made of; for making (seal.c) and verifying (verify_seals.c).
 */
#ifndef PLATFORM_STORE_SEAL_PRIVATE_H
#define PLATFORM_STORE_SEAL_PRIVATE_H

#include "platform/store/merkle.h"

/* Adds an event: its leaf is order and n, eight bytes each, the highest first, and its hash. */
void seal_tree_add(struct merkle *tree, int64_t order_id, int64_t n,
                   const unsigned char hash[HASH_SIZE]);
/* The root of a seal: a hash over the root before it and the tree of its own events. */
void seal_root(const unsigned char previous[HASH_SIZE], const struct merkle *tree,
               unsigned char root[HASH_SIZE]);

#endif
