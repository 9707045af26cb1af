/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check: everything that can be verified of a database, once over; docs/integrity.md. */
#ifndef PLATFORM_COMMANDS_CHECK_H
#define PLATFORM_COMMANDS_CHECK_H

#include "platform/store/verify.h"

struct check_options {
    bool quick;                           /* histories and seals alone */
    int64_t expect_n;                     /* a seal that must be there, 0 none */
    unsigned char expect_root[HASH_SIZE]; /* with this root */
};

/* Verifies one state of the database beside whatever else goes on in it. The caller sets `found`,
 * `progress` and `user` in `v`; what was counted and found is there afterwards. A failure means
 * that the database could not be read to its end, beside what was found until then. */
enum status check_database(struct store *store, const struct check_options *options,
                           struct verify *v, struct error *err);

#endif
