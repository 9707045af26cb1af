/* SPDX-License-Identifier: GPL-3.0-or-later */
/* classifier_private: a model in memory, and texts as rows of hashed groups. */
#ifndef PLATFORM_ANALYSIS_CLASSIFIER_PRIVATE_H
#define PLATFORM_ANALYSIS_CLASSIFIER_PRIVATE_H

#include "platform/analysis/classifier.h"
#include <stdbool.h>
#include <stdint.h>

struct classifier {
    uint32_t feature_count, label_count;
    int32_t title_times;
    uint32_t *features; /* hashes, in rising order */
    float *rarity;      /* of each feature: its weight in a text */
    float *weights;     /* [feature][label] */
    char **labels;
};
/* Room for so many; NULL without memory. */
struct classifier *classifier_new(uint32_t feature_count, uint32_t label_count);

/* One group of a text and how often it stands there. */
struct gram {
    uint32_t hash;
    float count;
};
struct grams {
    struct gram *items; /* in rising order of hash, each once */
    size_t count;
};
/* The groups of a text; the caller frees `items`. False without memory. */
bool grams_read(const char *title, int title_times, const char *text, const struct keys *keys,
                struct grams *out);

#endif
