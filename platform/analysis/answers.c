/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/analysis/answers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A word of more articles than COMMON says nothing; so many words of a text are looked up; so many
 * of the best articles are read. */
enum { COMMON = 200, WORDS_MOST = 200, READ_MOST = 20, TOP_DIGITS = 2 };
/* What the category makes of an article's score: its own, of the same branch, of another one. And
 * which part of the best score is good enough to be shown. */
static const double own_category = 3, same_branch = 1, other_branch = 0.2, good_enough = 0.4;

struct hit {
    int64_t article_id;
    size_t word;
};

struct search {
    struct arena *arena;
    struct hit *hits;
    size_t count, capacity;
    size_t word, first; /* the word that is looked up, where its hits begin */
};

static void note(void *user, size_t word, int64_t article_id)
{
    struct search *s = user;
    if (word != s->word) {
        s->word = word;
        s->first = s->count;
    }
    if (s->count - s->first > COMMON)
        return;
    s->hits = arena_grow(s->arena, s->hits, s->count, &s->capacity, sizeof *s->hits);
    s->hits[s->count++] = (struct hit){article_id, word};
}

static int by_article(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->article_id != y->article_id)
        return (x->article_id > y->article_id) - (x->article_id < y->article_id);
    return (x->word > y->word) - (x->word < y->word);
}

struct found {
    int64_t id;
    double score;
    struct article *article;
};

static int best_first(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->score != y->score)
        return (x->score < y->score) - (x->score > y->score);
    return (x->id < y->id) - (x->id > y->id);
}

/* Articles by the rarity of the words that they share with the text, best first. */
static struct found *rank(struct search *s, size_t word_count, size_t *count)
{
    double *rarity = arena_alloc(s->arena, word_count * sizeof *rarity);
    struct found *found = arena_alloc(s->arena, s->count * sizeof *found);
    *count = 0;
    for (size_t i = 0; i < s->count; i++)
        rarity[s->hits[i].word]++;
    for (size_t i = 0; i < word_count; i++)
        rarity[i] = rarity[i] > COMMON || rarity[i] < 1 ? 0 : log(1 + COMMON / rarity[i]);
    if (s->count)
        qsort(s->hits, s->count, sizeof *s->hits, by_article);
    for (size_t i = 0, end; i < s->count; i = end) {
        struct found *one = &found[*count];
        *one = (struct found){.id = s->hits[i].article_id};
        for (end = i; end < s->count && s->hits[end].article_id == one->id; end++)
            one->score += rarity[s->hits[end].word];
        *count += one->score > 0;
    }
    if (*count)
        qsort(found, *count, sizeof *found, best_first);
    return found;
}

static bool prefix_of(const char *prefix, const char *code)
{
    return strncmp(code, prefix, strlen(prefix)) == 0;
}

static bool holds(const struct article *a, const struct question *q)
{
    return a && a->state == ARTICLE_PUBLISHED && (a->valid_to == 0 || a->valid_to > q->now) &&
           (!*q->region_code || prefix_of(a->region_code, q->region_code));
}

/* Which part of the title's words was said. */
static double title_share(struct db *db, const char *title, const uint64_t *words, size_t count,
                          struct arena *arena)
{
    uint64_t *own;
    size_t own_count = store_search_words(db, &title, 1, arena, &own), shared = 0;
    for (size_t a = 0, b = 0; a < own_count && b < count;) {
        shared += own[a] == words[b];
        if (own[a] == words[b])
            a++, b++;
        else if (own[a] < words[b])
            a++;
        else
            b++;
    }
    return own_count ? (double)shared / (double)own_count : 0;
}

static double category_weight(const struct article *a, const struct question *q)
{
    if (!*q->category_code || !*a->category_code)
        return same_branch;
    if (prefix_of(a->category_code, q->category_code) ||
        prefix_of(q->category_code, a->category_code))
        return own_category;
    return strncmp(a->category_code, q->category_code, TOP_DIGITS) == 0 ? same_branch
                                                                        : other_branch;
}

static enum status of_category(struct db *db, const struct question *q, struct arena *arena,
                               size_t limit, struct article **out, size_t *count)
{
    const struct article_filter filter = {.now = q->now, .category_code = q->category_code};
    struct article *articles = NULL;
    size_t found = 0;
    enum status st = *q->category_code
                         ? store_articles(db, &filter, 0, 0, READ_MOST, arena, &articles, &found)
                         : ST_OK;
    for (size_t i = 0; i < found && *count < limit; i++)
        if (holds(&articles[i], q))
            out[(*count)++] = &articles[i];
    return st;
}

enum status answers_find(struct db *db, const struct question *q, struct arena *arena, size_t limit,
                         struct article **out, size_t *count)
{
    struct search search = {.arena = arena, .word = SIZE_MAX};
    uint64_t *words;
    size_t word_count = store_search_words(db, &q->text, 1, arena, &words), found_count = 0;
    *count = 0;
    if (word_count == 0)
        return of_category(db, q, arena, limit, out, count);
    /* The hashes are in no order that means anything: the first of them are a fair choice. */
    size_t looked_up = word_count < WORDS_MOST ? word_count : WORDS_MOST;
    enum status st = store_article_words(db, words, looked_up, note, &search);
    if (st)
        return st;
    struct found *found = rank(&search, looked_up, &found_count);
    size_t read = found_count < READ_MOST ? found_count : READ_MOST;
    for (size_t i = 0; i < read; i++) {
        struct article *a = store_article(db, found[i].id, arena);
        found[i].article = holds(a, q) ? a : NULL;
        found[i].score *= found[i].article
                              ? category_weight(a, q) *
                                    (1 + 3 * title_share(db, a->title, words, word_count, arena))
                              : 0;
    }
    if (read)
        qsort(found, read, sizeof *found, best_first);
    for (size_t i = 0; i < read && *count < limit && found[i].article &&
                       found[i].score >= good_enough * found[0].score;
         i++)
        out[(*count)++] = found[i].article;
    return *count ? ST_OK : of_category(db, q, arena, limit, out, count);
}
