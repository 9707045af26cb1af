/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anonymise: citizens and their words of orders that ended long ago are deleted; the cases stay. */
#ifndef PLATFORM_COMMANDS_ANONYMISE_H
#define PLATFORM_COMMANDS_ANONYMISE_H

#include "platform/store/store.h"

/* Anonymises the orders that ended before `before`, some a transaction, so that it can be cut short
 * and begun again at any time. With `dry_run` they are only counted. `count` gets how many. */
enum status anonymise(struct store *store, int64_t before, bool dry_run, size_t *count,
                      struct error *err,
                      void (*progress)(void *user, const char *what, size_t done, size_t total),
                      void *user);

#endif
