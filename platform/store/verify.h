/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify: reads a whole database and tells what in it cannot be as it was written. Changes nothing.
 * What only the rules of the life-cycle know is added by platform/commands/check.h. */
#ifndef PLATFORM_STORE_VERIFY_H
#define PLATFORM_STORE_VERIFY_H

#include "platform/store/seal.h"

/* One run over one database. */
struct verify {
    /* Told of each finding: where it is, and in one sentence what it is and what that means. Valid
     * until it returns. */
    void (*found)(void *user, const char *where, const char *what);
    /* May be NULL. */
    void (*progress)(void *user, const char *stage, size_t done, size_t total);
    void *user;

    size_t findings, orders, events, seals;
    int64_t unsealed; /* events behind the last seal */
    struct seal last; /* the newest; n 0 none */
};
/* Reports a finding. */
__attribute__((format(printf, 3, 4))) void verify_found(struct verify *v, const char *where,
                                                        const char *format, ...);
/* "order 261118-0004-7 (123)". */
void verify_order(const char *number, int64_t id, char out[64]);

/* Each of them reads on `db` inside the caller's snapshot. ST_IO when the database could not be
 * read to the end; a file that the engine finds damaged is a finding. */

/* The engine's own view of its file. Quick: without comparing the indexes with their tables. */
enum status verify_file(struct db *db, struct verify *v, bool quick, struct error *err);
/* Every order's chain of events, and that the order's row is what its last event says. */
enum status verify_chains(struct db *db, struct verify *v, struct error *err);
/* Every seal: roots, signatures, the chain of seals. `keys` are those of the database. */
enum status verify_seals(struct db *db, struct verify *v, const struct keys *keys,
                         struct error *err);
/* The seal `n` must be there with that root: otherwise the database is an earlier or another one.
 */
enum status verify_expected(struct db *db, struct verify *v, int64_t n,
                            const unsigned char root[HASH_SIZE], struct error *err);
/* Rows that name rows which are not there, and the like. */
enum status verify_links(struct db *db, struct verify *v, struct error *err);
/* Citizens' rows open, and words against their salted hashes. */
enum status verify_personal(struct db *db, struct verify *v, struct error *err);
/* The columns of an order that store makes from the rest. */
enum status verify_derived(struct db *db, struct verify *v, const struct order_case *c,
                           const char *where, struct error *err);

#endif
