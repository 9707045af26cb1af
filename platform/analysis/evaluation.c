/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How good the classifier is: learnt from a part of the examples, asked for the others. */
#include "core/buf.h"
#include "core/text.h"
#include "platform/analysis/learning.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 5, GUESSES = 3 };

/* --- the two parts ---------------------------------------------------------------------------- */

struct keyed {
    unsigned char words[crypto_generichash_BYTES]; /* hash of title and text without spaces */
    size_t at;
};

static int by_words(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = memcmp(x->words, y->words, sizeof x->words);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static bool hash_words(const struct example *example, unsigned char *out)
{
    struct buf folded = BUF_EMPTY;
    text_fold(&folded, example->title);
    text_fold(&folded, example->text);
    if (!folded.failed)
        crypto_generichash(out, crypto_generichash_BYTES, (const unsigned char *)folded.data,
                           folded.length, NULL, 0);
    bool good = !folded.failed;
    buf_free(&folded);
    return good;
}

/* Marks every example whose words stand in an earlier one. */
static bool *find_repeated(const struct example *examples, size_t count, struct arena *arena)
{
    struct keyed *keyed = arena_alloc(arena, count * sizeof *keyed);
    bool *repeated = arena_alloc(arena, count * sizeof *repeated);
    for (size_t i = 0; i < count; i++) {
        keyed[i].at = i;
        if (!hash_words(&examples[i], keyed[i].words))
            return NULL;
    }
    if (count)
        qsort(keyed, count, sizeof *keyed, by_words);
    for (size_t i = 1; i < count; i++)
        repeated[keyed[i].at] =
            memcmp(keyed[i].words, keyed[i - 1].words, sizeof keyed[i].words) == 0;
    return repeated;
}

/* --- the cost --------------------------------------------------------------------------------- */

static enum status choose_cost(const struct example *learnt, struct evaluation *e,
                               struct classifier_options *options, const struct keys *keys,
                               struct error *err)
{
    static const double costs[] = {0.1, 0.3, 1, 3, 10};
    enum { COSTS = sizeof costs / sizeof costs[0] };
    double accuracy[COSTS], best = 0;
    for (size_t i = 0; i < COSTS; i++) {
        options->cost = costs[i];
        enum status st =
            classifier_validate(learnt, e->learnt, options, keys, PARTS, &accuracy[i], err);
        if (st)
            return st;
        best = accuracy[i] > best ? accuracy[i] : best;
    }
    double error = sqrt(best * (1 - best) / (double)e->learnt);
    for (size_t i = COSTS; i-- > 0;)
        if (accuracy[i] >= best - error) {
            options->cost = e->cost = costs[i];
            e->validated = accuracy[i];
        }
    return ST_OK;
}

/* --- counting --------------------------------------------------------------------------------- */

static struct label_result *result_of(struct evaluation *e, const char *label, struct arena *arena,
                                      size_t *capacity)
{
    for (size_t i = 0; i < e->label_count; i++)
        if (strcmp(e->labels[i].label, label) == 0)
            return &e->labels[i];
    e->labels = arena_grow(arena, e->labels, e->label_count, capacity, sizeof *e->labels);
    struct label_result *result = &e->labels[e->label_count++];
    *result = (struct label_result){.label = arena_strdup(arena, label)};
    return result;
}

static void ask(const struct classifier *model, const struct keys *keys,
                const struct example *held_out, struct evaluation *e, struct arena *arena)
{
    size_t capacity = 0;
    for (size_t i = 0; i < e->held_out; i++) {
        struct guess guesses[GUESSES];
        size_t count =
            classifier_guess(model, keys, held_out[i].title, held_out[i].text, GUESSES, guesses);
        bool right = count && strcmp(guesses[0].label, held_out[i].label) == 0;
        e->first += right;
        for (size_t g = 0; g < count; g++)
            e->first_three += strcmp(guesses[g].label, held_out[i].label) == 0;
        struct label_result *own = result_of(e, held_out[i].label, arena, &capacity);
        own->examples++;
        own->right += right;
        if (count)
            result_of(e, guesses[0].label, arena, &capacity)->said++;
    }
    size_t asked = 0;
    for (size_t i = 0; i < e->label_count; i++) {
        const struct label_result *l = &e->labels[i];
        asked += l->examples > 0;
        if (l->examples)
            e->macro_f1 += 2 * (double)l->right / (double)(l->examples + l->said);
    }
    e->macro_f1 /= asked ? (double)asked : 1;
    e->first /= e->held_out ? (double)e->held_out : 1;
    e->first_three /= e->held_out ? (double)e->held_out : 1;
}

enum status learning_evaluate(const struct example *examples, size_t count, size_t hold,
                              struct arena *arena, struct evaluation *out, struct error *err)
{
    *out = (struct evaluation){0};
    const struct keys keys = {.id = ""}; /* of no database */
    struct example *learnt = arena_alloc(arena, count * sizeof *learnt);
    struct example *held_out = arena_alloc(arena, count * sizeof *held_out);
    const bool *repeated = find_repeated(examples, count, arena);
    if (!repeated)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    for (size_t i = 0, kept = 0; i < count; i++) {
        if (repeated[i])
            out->repeated++;
        else if (++kept % hold == 0)
            held_out[out->held_out++] = examples[i];
        else
            learnt[out->learnt++] = examples[i];
    }
    struct classifier_options options = classifier_defaults();
    struct classifier *model = NULL;
    enum status st = choose_cost(learnt, out, &options, &keys, err);
    if (!st)
        st = classifier_train(learnt, out->learnt, &options, &keys, &model, err);
    if (!st)
        ask(model, &keys, held_out, out, arena);
    classifier_free(model);
    return st;
}
