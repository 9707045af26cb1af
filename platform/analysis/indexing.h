/* SPDX-License-Identifier: GPL-3.0-or-later */
/* indexing: what of an order can be searched, namely the words of all its citizens (its title,
 * where they are not kept any more), its place and its category - masked altogether, so that
 * nothing which is hidden from anybody is ever found by anybody - and, typed whole, its number and
 * its source numbers. */
#ifndef PLATFORM_ANALYSIS_INDEXING_H
#define PLATFORM_ANALYSIS_INDEXING_H

#include "core/arena.h"
#include "core/status.h"
#include "platform/store/store.h"

/* Puts a stored order into the text index, or brings it up to date there. To be called in the job
 * that stores the order's appeals, and in each that changes what is searched: an appeal that joins,
 * a merge and its undoing, another category or place, citizens made anonymous. */
enum status index_order(struct db *db, int64_t order_id, struct arena *arena);
/* The same for an order that was just received with one appeal, of which the caller has all at
 * hand. `name` is the citizen's, "" none; `words` as they were said; `source_no` "" none. */
enum status index_received(struct db *db, const struct order *order, const char *words,
                           const char *name, const char *source_no, struct arena *arena);
/* All orders, some hundreds a job of the writer, so that the platform could go on meanwhile.
 * `progress` may be NULL. */
enum status index_all(struct store *store, struct error *err,
                      void (*progress)(void *user, const char *what, size_t done, size_t total),
                      void *user);

#endif
