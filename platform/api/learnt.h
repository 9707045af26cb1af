/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learnt: the model of categories that lies beside the database, read again when it was replaced.
 */
#ifndef PLATFORM_API_LEARNT_H
#define PLATFORM_API_LEARNT_H

#include "core/arena.h"
#include "platform/analysis/classifier.h"

struct learnt;

/* `database` is its path; the model is DATABASE.model and may be absent. NULL without memory. */
struct learnt *learnt_new(const char *database, const struct keys *keys);
void learnt_free(struct learnt *learnt);
/* The best categories for the text, with labels in the arena; 0 without a model. Looks whether the
 * file was replaced; one that is damaged or another database's is logged and counts as none. Any
 * thread. */
size_t learnt_guess(struct learnt *learnt, const char *text, size_t limit, struct arena *arena,
                    struct guess *out);

#endif
