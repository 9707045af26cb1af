/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answers: the knowledge articles that may answer what a citizen asks. */
#ifndef PLATFORM_ANALYSIS_ANSWERS_H
#define PLATFORM_ANALYSIS_ANSWERS_H

#include "platform/store/store.h"

struct question {
    const char *text; /* "" nothing was said yet: then those of the category, the latest first */
    const char *category_code, *region_code; /* "" unknown */
    int64_t now;                             /* published and valid at this moment */
};
/* Fills at most `limit` articles, best first: those that share the rarest words, in their title
 * rather than in their body, and of the same category rather than of another; where no word is
 * shared, those of the category. */
enum status answers_find(struct db *db, const struct question *question, struct arena *arena,
                         size_t limit, struct article **out, size_t *count);

#endif
