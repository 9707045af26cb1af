/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Learning: texts become rows of liblinear, its answer becomes a model. */
#include "platform/analysis/classifier_private.h"
#include <linear.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All weights together take at most 64 MiB. */
enum { WEIGHTS_MAX = 16 * 1024 * 1024 };

struct training {
    const struct example *examples;
    const struct classifier_options *options;
    size_t count;
    struct grams *texts;
    int *label_of; /* index of each example's label, -1: left out */
    const char **labels;
    size_t label_count;
    struct classifier *model;
    struct feature_node **rows;
    double *targets;
    size_t row_count;
};

struct classifier_options classifier_defaults(void)
{
    return (struct classifier_options){.cost = 3, .title_times = 2, .least = 2, .least_labels = 3};
}

static void training_free(struct training *t)
{
    for (size_t i = 0; t->texts && i < t->count; i++)
        free(t->texts[i].items);
    /* A row that counts twice stands twice in the list. */
    for (size_t i = 0; t->rows && i < t->row_count; i++)
        if (i == 0 || t->rows[i] != t->rows[i - 1])
            free(t->rows[i]);
    free(t->rows);
    free(t->targets);
    free(t->texts);
    free(t->label_of);
    free(t->labels);
    classifier_free(t->model);
}

/* --- labels ---------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool find_labels(struct training *t)
{
    t->labels = calloc(t->count + 1, sizeof *t->labels);
    t->label_of = calloc(t->count + 1, sizeof *t->label_of);
    if (!t->labels || !t->label_of)
        return false;
    for (size_t i = 0; i < t->count; i++)
        t->labels[i] = t->examples[i].label;
    qsort(t->labels, t->count, sizeof *t->labels, by_text);
    for (size_t i = 0, end; i < t->count; i = end) {
        for (end = i + 1; end < t->count && strcmp(t->labels[i], t->labels[end]) == 0; end++) {
        }
        if (end - i >= (size_t)t->options->least_labels)
            t->labels[t->label_count++] = t->labels[i];
    }
    for (size_t i = 0; i < t->count; i++) {
        const char *const *found =
            bsearch(&t->examples[i].label, t->labels, t->label_count, sizeof *t->labels, by_text);
        t->label_of[i] = found ? (int)(found - t->labels) : -1;
    }
    return true;
}

/* --- features -------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

struct seen_gram {
    uint32_t hash, texts;
};

static int by_texts(const void *a, const void *b)
{
    const struct seen_gram *x = a, *y = b;
    if (x->texts != y->texts)
        return (x->texts < y->texts) - (x->texts > y->texts);
    return (x->hash > y->hash) - (x->hash < y->hash);
}

static int by_hash(const void *a, const void *b)
{
    const struct seen_gram *x = a, *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

/* Every group of every text, in order. */
static uint32_t *all_grams(const struct training *t, size_t *count)
{
    size_t n = 0;
    for (size_t i = 0; i < t->count; i++)
        n += t->texts[i].count;
    uint32_t *all = malloc(n * sizeof *all + 1);
    *count = 0;
    for (size_t i = 0; all && i < t->count; i++)
        for (size_t k = 0; t->label_of[i] >= 0 && k < t->texts[i].count; k++)
            all[(*count)++] = t->texts[i].items[k].hash;
    if (all)
        qsort(all, *count, sizeof *all, by_number);
    return all;
}

/* The groups that stand in examples enough; the commonest where there are too many. */
static struct seen_gram *choose(const struct training *t, size_t *count)
{
    size_t n, kept = 0, most = WEIGHTS_MAX / t->label_count;
    uint32_t *all = all_grams(t, &n);
    struct seen_gram *seen = all ? malloc(n * sizeof *seen + 1) : NULL;
    for (size_t i = 0, end; seen && i < n; i = end) {
        for (end = i + 1; end < n && all[end] == all[i]; end++) {
        }
        if (end - i >= (size_t)t->options->least)
            seen[kept++] = (struct seen_gram){all[i], (uint32_t)(end - i)};
    }
    free(all);
    if (seen && kept > most) {
        qsort(seen, kept, sizeof *seen, by_texts);
        kept = most;
        qsort(seen, kept, sizeof *seen, by_hash);
    }
    *count = kept;
    return seen;
}

static bool find_features(struct training *t)
{
    size_t count, used = 0;
    for (size_t i = 0; i < t->count; i++)
        used += t->label_of[i] >= 0;
    struct seen_gram *seen = choose(t, &count);
    t->model = seen ? classifier_new((uint32_t)count, (uint32_t)t->label_count) : NULL;
    for (size_t i = 0; t->model && i < count; i++) {
        t->model->features[i] = seen[i].hash;
        t->model->rarity[i] = (float)(log((1.0 + (double)used) / (1.0 + seen[i].texts)) + 1);
    }
    free(seen);
    for (size_t i = 0; t->model && i < t->label_count; i++)
        if (!(t->model->labels[i] = strdup(t->labels[i])))
            return false;
    if (t->model)
        t->model->title_times = t->options->title_times;
    return t->model != NULL;
}

/* --- rows ------------------------------------------------------------------------------------ */

static struct feature_node *make_row(const struct classifier *m, const struct grams *text)
{
    struct feature_node *row = malloc((text->count + 1) * sizeof *row);
    size_t n = 0, at = 0;
    double square = 0;
    for (size_t i = 0; row && i < text->count; i++) {
        while (at < m->feature_count && m->features[at] < text->items[i].hash)
            at++;
        if (at == m->feature_count || m->features[at] != text->items[i].hash)
            continue;
        double value = (1 + log(text->items[i].count)) * m->rarity[at];
        row[n++] = (struct feature_node){(int)at + 1, value};
        square += value * value;
    }
    for (size_t i = 0; i < n; i++)
        row[i].value /= sqrt(square);
    if (row)
        row[n].index = -1;
    return row;
}

static bool make_rows(struct training *t)
{
    size_t most = 0;
    for (size_t i = 0; i < t->count; i++)
        most += t->examples[i].times > 0 ? (size_t)t->examples[i].times : 0;
    t->rows = calloc(most + 1, sizeof *t->rows);
    t->targets = calloc(most + 1, sizeof *t->targets);
    for (size_t i = 0; t->rows && t->targets && i < t->count; i++) {
        if (t->label_of[i] < 0 || t->examples[i].times < 1)
            continue;
        struct feature_node *row = make_row(t->model, &t->texts[i]);
        if (!row)
            return false;
        for (int k = 0; k < t->examples[i].times; k++) {
            t->targets[t->row_count] = t->label_of[i];
            t->rows[t->row_count++] = row;
        }
    }
    return t->rows && t->targets;
}

static bool read_texts(struct training *t, const struct keys *keys)
{
    t->texts = calloc(t->count + 1, sizeof *t->texts);
    for (size_t i = 0; t->texts && i < t->count; i++)
        if (!grams_read(t->examples[i].title, t->options->title_times, t->examples[i].text, keys,
                        &t->texts[i]))
            return false;
    return t->texts != NULL;
}

static enum status prepare(struct training *t, const struct keys *keys, struct error *err)
{
    if (!find_labels(t))
        return error_set(err, ST_NO_MEMORY, "out of memory");
    if (t->label_count < 2)
        return error_set(err, ST_NOT_FOUND,
                         "there are not two categories with at least %d orders each to learn from",
                         t->options->least_labels);
    if (!read_texts(t, keys) || !find_features(t) || !make_rows(t))
        return error_set(err, ST_NO_MEMORY, "out of memory");
    return ST_OK;
}

/* --- liblinear ------------------------------------------------------------------------------- */

static void say_nothing(const char *text)
{
    (void)text;
}

static struct problem problem_of(const struct training *t)
{
    return (struct problem){.l = (int)t->row_count,
                            .n = (int)t->model->feature_count,
                            .y = t->targets,
                            .x = t->rows,
                            .bias = -1};
}

static struct parameter parameter_of(const struct classifier_options *options)
{
    set_print_string_function(say_nothing);
    srand(1); /* liblinear shuffles by rand(): the same examples give the same model */
    return (struct parameter){
        .solver_type = L2R_L2LOSS_SVC_DUAL, .eps = 0.1, .C = options->cost, .p = 0.1};
}

enum status classifier_train(const struct example *examples, size_t count,
                             const struct classifier_options *options, const struct keys *keys,
                             struct classifier **out, struct error *err)
{
    struct training t = {.examples = examples, .count = count, .options = options};
    *out = NULL;
    enum status st = prepare(&t, keys, err);
    if (!st) {
        struct problem problem = problem_of(&t);
        struct parameter parameter = parameter_of(options);
        struct model *learnt = train(&problem, &parameter);
        int *order = learnt ? malloc(t.label_count * sizeof *order) : NULL;
        if (order) {
            get_labels(learnt, order);
            for (uint32_t f = 0; f < t.model->feature_count; f++)
                for (size_t l = 0; l < t.label_count; l++)
                    t.model->weights[f * t.label_count + (size_t)order[l]] =
                        (float)get_decfun_coef(learnt, (int)f + 1, (int)l);
            *out = t.model;
            t.model = NULL;
        } else {
            st = error_set(err, ST_NO_MEMORY, "out of memory");
        }
        free(order);
        if (learnt)
            free_and_destroy_model(&learnt);
    }
    training_free(&t);
    return st;
}

enum status classifier_validate(const struct example *examples, size_t count,
                                const struct classifier_options *options, const struct keys *keys,
                                int parts, double *accuracy, struct error *err)
{
    struct training t = {.examples = examples, .count = count, .options = options};
    enum status st = prepare(&t, keys, err);
    double *guessed = st ? NULL : malloc(t.row_count * sizeof *guessed + 1);
    if (guessed) {
        struct problem problem = problem_of(&t);
        struct parameter parameter = parameter_of(options);
        size_t right = 0;
        cross_validation(&problem, &parameter, parts, guessed);
        for (size_t i = 0; i < t.row_count; i++)
            right += guessed[i] == t.targets[i];
        *accuracy = t.row_count ? (double)right / (double)t.row_count : 0;
    } else if (!st) {
        st = error_set(err, ST_NO_MEMORY, "out of memory");
    }
    free(guessed);
    training_free(&t);
    return st;
}
