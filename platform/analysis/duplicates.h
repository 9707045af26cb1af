/* SPDX-License-Identifier: GPL-3.0-or-later */
/* duplicates: which orders may be the matter that a citizen reports just now.
 *
 * Words: how much of what is said stands in the order as well. Each shared word counts by its
 * rarity among the orders compared, log(1 + (N + 1) / (n + 1/2)) for a word in n of N. With s the
 * weight of the shared words, q of those that only the citizen said and c of those that only the
 * order has, the likeness is s / (s + q + c / 5): Tversky's index (Psychological Review 84, 1977),
 * uneven because an appeal that has just begun shares all it has with an order that says much more.
 *
 * Score: 100 × likeness, + 15 for the same number, + 15 for the same place, 10 for the same estate
 * or road, 5 for the same community or village, + 10 for the same category; at most 100. What has
 * no likeness (below 0.1) is not proposed however near it is; before anything was said, what else
 * is known must suffice. */
#ifndef PLATFORM_ANALYSIS_DUPLICATES_H
#define PLATFORM_ANALYSIS_DUPLICATES_H

#include "platform/store/store.h"

/* Why an order is proposed. */
enum duplicate_reason {
    SAME_NUMBER = 1,
    SAME_PLACE = 2,
    NEAR_PLACE = 4,
    SIMILAR_WORDS = 8,
    SAME_CATEGORY = 16,
};

struct duplicate_query {
    const char *text; /* what was said so far, masked; "" nothing */
    int64_t place_id;
    const char *place_name;  /* "" none */
    const char *region_code; /* "" unknown */
    const char *category_code;
    const int64_t *same_number; /* orders of the caller */
    size_t same_number_count;
    int64_t since;   /* orders concluded earlier are over */
    size_t compared; /* at most so many open orders, the newest, and so many concluded ones */
    int least;       /* score from which an order is proposed */
};

struct duplicate {
    int64_t order_id;
    int score;
    unsigned why; /* of enum duplicate_reason */
};

/* Fills at most `limit` orders within the account's scope, best first. Nothing outside the scope
 * has any influence. */
enum status duplicates_find(struct db *db, int64_t account_id, const struct duplicate_query *query,
                            struct arena *arena, size_t limit, struct duplicate *out,
                            size_t *count);

#endif
