/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guessing by a model. */
#include "platform/analysis/classifier_private.h"
#include <math.h>
#include <stdlib.h>

struct classifier *classifier_new(uint32_t feature_count, uint32_t label_count)
{
    struct classifier *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->feature_count = feature_count;
    c->label_count = label_count;
    c->features = calloc((size_t)feature_count + 1, sizeof *c->features);
    c->rarity = calloc((size_t)feature_count + 1, sizeof *c->rarity);
    c->weights = calloc((size_t)feature_count * label_count + 1, sizeof *c->weights);
    c->labels = calloc((size_t)label_count + 1, sizeof *c->labels);
    if (!c->features || !c->rarity || !c->weights || !c->labels) {
        classifier_free(c);
        return NULL;
    }
    return c;
}

void classifier_free(struct classifier *c)
{
    if (!c)
        return;
    for (uint32_t i = 0; c->labels && i < c->label_count; i++)
        free(c->labels[i]);
    free(c->labels);
    free(c->features);
    free(c->rarity);
    free(c->weights);
    free(c);
}

size_t classifier_labels(const struct classifier *c)
{
    return c->label_count;
}

size_t classifier_features(const struct classifier *c)
{
    return c->feature_count;
}

static const uint32_t *find(const struct classifier *c, uint32_t hash)
{
    size_t low = 0, high = c->feature_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->features[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->feature_count && c->features[low] == hash ? &c->features[low] : NULL;
}

/* The value of each label's plane; false when the text holds nothing that is known. */
static bool decide(const struct classifier *c, const struct grams *text, double *values)
{
    double square = 0;
    for (uint32_t l = 0; l < c->label_count; l++)
        values[l] = 0;
    for (size_t i = 0; i < text->count; i++) {
        const uint32_t *found = find(c, text->items[i].hash);
        if (!found)
            continue;
        size_t f = (size_t)(found - c->features);
        double value = (1 + log(text->items[i].count)) * c->rarity[f];
        const float *weights = c->weights + f * c->label_count;
        square += value * value;
        for (uint32_t l = 0; l < c->label_count; l++)
            values[l] += value * weights[l];
    }
    for (uint32_t l = 0; square > 0 && l < c->label_count; l++)
        values[l] /= sqrt(square);
    return square > 0;
}

size_t classifier_guess(const struct classifier *c, const struct keys *keys, const char *title,
                        const char *text, size_t limit, struct guess *out)
{
    /* Distances from the planes as shares: a softmax, of that steepness which foretold best how
     * often the first guess is right (smallest log-loss in the validation of docs/quality.md). */
    const double steep = 5;
    struct grams grams;
    double *values = malloc(c->label_count * sizeof *values + 1), whole = 0, best = -HUGE_VAL;
    if (!values || !grams_read(title, c->title_times, text, keys, &grams)) {
        free(values);
        return 0;
    }
    size_t count = 0;
    if (decide(c, &grams, values)) {
        for (uint32_t l = 0; l < c->label_count; l++)
            best = values[l] > best ? values[l] : best;
        for (uint32_t l = 0; l < c->label_count; l++)
            whole += values[l] = exp(steep * (values[l] - best));
        for (; count < limit && count < c->label_count; count++) {
            uint32_t top = 0;
            for (uint32_t l = 1; l < c->label_count; l++)
                if (values[l] > values[top])
                    top = l;
            out[count] = (struct guess){c->labels[top], values[top] / whole};
            values[top] = -1;
        }
    }
    free(grams.items);
    free(values);
    return count;
}
