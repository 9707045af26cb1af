/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning: the classifier's examples from what the office decided, and how good it is. */
#ifndef PLATFORM_ANALYSIS_LEARNING_H
#define PLATFORM_ANALYSIS_LEARNING_H

#include "core/arena.h"
#include "platform/analysis/classifier.h"
#include "platform/store/store.h"

/* Learns from the orders of the database that were answered or sent on under their category, the
 * newest `most` of them; one whose category somebody changed counts twice. `*used` gets how many
 * there were. ST_NOT_FOUND when they are too few. */
enum status learning_from_orders(struct store *store, size_t most, struct classifier **out,
                                 size_t *used, struct error *err);
/* Learns from the newest `most` orders and writes the model that belongs to the database
 * ("DATABASE.model"). LEARNING_MOST is what a whole city needs at most. */
enum { LEARNING_MOST = 50000 };
enum status learning_model(struct store *store, const char *database, size_t most, size_t *used,
                           size_t *labels, struct error *err);

/* How a model does on examples that it has not seen. */
struct label_result {
    const char *label;
    size_t examples, right, said; /* held out; of them guessed so; guessed so altogether */
};
struct evaluation {
    size_t learnt, held_out, repeated; /* repeated: left out, another example has the same words */
    double cost, validated;            /* chosen on the learnt part alone, and its accuracy there */
    double first, first_three, macro_f1;
    struct label_result *labels; /* in the arena */
    size_t label_count;
};
/* Every `hold`-th example is held out after repeated ones were dropped; the cost is chosen by
 * five-fold validation among the others: the smallest within one standard error of the best. */
enum status learning_evaluate(const struct example *examples, size_t count, size_t hold,
                              struct arena *arena, struct evaluation *out, struct error *err);

#endif
