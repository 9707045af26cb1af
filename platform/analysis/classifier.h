/* SPDX-License-Identifier: GPL-3.0-or-later */
/* classifier: which category a citizen's words belong to, learnt from what the office decided. A
 * linear model (liblinear) over characters and pairs of neighbouring ones. It knows them by
 * their keyed hashes only, as the text index does. */
#ifndef PLATFORM_ANALYSIS_CLASSIFIER_H
#define PLATFORM_ANALYSIS_CLASSIFIER_H

#include "core/status.h"
#include "platform/store/keys.h"
#include <stddef.h>

struct classifier;

struct example {
    const char *title; /* counts more than the text; "" none */
    const char *text;
    const char *label; /* the category's code */
    int times;         /* how much it counts: 1, 2 … */
};

/* What is learnt and how; classifier_defaults() gives what was measured (docs/quality.md). */
struct classifier_options {
    double cost;      /* C of liblinear: how much a wrong example weighs against small weights */
    int title_times;  /* how often a title is counted */
    int least;        /* groups that stand in fewer examples are left out */
    int least_labels; /* labels with fewer examples are left out */
};
struct classifier_options classifier_defaults(void);

/* Learns from the examples; text is taken as it is, so give it masked. ST_NOT_FOUND when there are
 * not two labels with examples enough. */
enum status classifier_train(const struct example *examples, size_t count,
                             const struct classifier_options *options, const struct keys *keys,
                             struct classifier **out, struct error *err);
/* Mean accuracy in so many parts, each learnt from the others. */
enum status classifier_validate(const struct example *examples, size_t count,
                                const struct classifier_options *options, const struct keys *keys,
                                int parts, double *accuracy, struct error *err);
void classifier_free(struct classifier *classifier);

struct guess {
    const char *label; /* borrowed from the classifier */
    double share;      /* 0 … 1; all labels' together are 1 */
};
/* The best labels for a text, best first, at most `limit`. None for a text of which it knows
 * nothing. */
size_t classifier_guess(const struct classifier *classifier, const struct keys *keys,
                        const char *title, const char *text, size_t limit, struct guess *out);
size_t classifier_labels(const struct classifier *classifier);
size_t classifier_features(const struct classifier *classifier);

/* Writes the model to a temporary file beside `path`, syncs and renames it. */
enum status classifier_save(const struct classifier *classifier, const char *path,
                            const struct keys *keys, struct error *err);
/* Reads it back. ST_NOT_FOUND when there is none, ST_CORRUPT when it is damaged, ST_CONFLICT when
 * it was learnt with another database's key; the message says which. */
enum status classifier_load(const char *path, const struct keys *keys, struct classifier **out,
                            struct error *err);

#endif
