/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/analysis/duplicates.h"

#include "core/text.h"
#include <math.h>
#include <string.h>

enum { WORDS_FEW = 4, SLOTS = 8192 }; /* fewer words say nothing yet */
enum { COMMUNITY_DIGITS = 12, STREET_DIGITS = 9 };
enum { POINTS_NUMBER = 15, POINTS_PLACE = 15, POINTS_ESTATE = 10, POINTS_COMMUNITY = 5 };
enum { POINTS_CATEGORY = 10, POINTS_WORDS_LEAST = 10 };
static const double order_only = 0.2; /* weight of words that only the order has */

/* An order that is compared: which of the query's words it has, and how many others. */
struct compared {
    int64_t id;
    uint32_t first, shared; /* in `hits` */
    uint32_t others;
    int points;
    unsigned why;
};

struct comparison {
    const struct duplicate_query *query;
    struct arena *arena;
    uint64_t *words;
    size_t word_count;
    uint32_t *orders_with; /* of each word */
    struct compared *orders;
    size_t count, capacity;
    uint16_t *hits; /* indexes of words */
    size_t hit_count, hit_capacity;
    bool slots[SLOTS]; /* whether a word of the query ends so: most words of orders do not */
};

/* "碧桂园3栋" and "碧桂园12栋" are of one estate, "大冶大道26号" and "大冶大道" one road: a name up
 * to its first digit. */
static size_t name_stem(const char *name)
{
    size_t n = strcspn(name, "0123456789");
    return n >= strlen("一二") ? n : 0;
}

static bool same_prefix(const char *a, const char *b, size_t digits)
{
    return strlen(a) >= digits && strlen(b) >= digits && strncmp(a, b, digits) == 0;
}

static int place_points(const struct duplicate_query *q, const struct candidate *c, unsigned *why)
{
    if (q->place_id && q->place_id == c->place_id) {
        *why |= SAME_PLACE;
        return POINTS_PLACE;
    }
    size_t stem = name_stem(q->place_name);
    bool estate = stem && same_prefix(q->region_code, c->region_code, STREET_DIGITS) &&
                  name_stem(c->place_text) == stem &&
                  strncmp(q->place_name, c->place_text, stem) == 0;
    if (!estate && !same_prefix(q->region_code, c->region_code, COMMUNITY_DIGITS))
        return 0;
    *why |= NEAR_PLACE;
    return estate ? POINTS_ESTATE : POINTS_COMMUNITY;
}

static int known_points(const struct duplicate_query *q, const struct candidate *c, unsigned *why)
{
    int points = place_points(q, c, why);
    if (*q->category_code && strcmp(q->category_code, c->category_code) == 0) {
        *why |= SAME_CATEGORY;
        points += POINTS_CATEGORY;
    }
    for (size_t i = 0; i < q->same_number_count; i++)
        if (q->same_number[i] == c->id) {
            *why |= SAME_NUMBER;
            return points + POINTS_NUMBER;
        }
    return points;
}

static const uint64_t *find_word(const struct comparison *m, uint64_t word)
{
    size_t low = 0, high = m->word_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->words[middle] < word)
            low = middle + 1;
        else
            high = middle;
    }
    return low < m->word_count && m->words[low] == word ? &m->words[low] : NULL;
}

static void compare(void *user, const struct candidate *c)
{
    struct comparison *m = user;
    m->orders = arena_grow(m->arena, m->orders, m->count, &m->capacity, sizeof *m->orders);
    struct compared *order = &m->orders[m->count++];
    *order = (struct compared){.id = c->id, .first = (uint32_t)m->hit_count};
    order->points = known_points(m->query, c, &order->why);
    for (size_t i = 0; m->word_count && i < c->word_count; i++) {
        size_t slot = c->words[i] % SLOTS;
        const uint64_t *word = m->slots[slot] ? find_word(m, c->words[i]) : NULL;
        if (!word)
            continue;
        m->hits = arena_grow(m->arena, m->hits, m->hit_count, &m->hit_capacity, sizeof *m->hits);
        m->hits[m->hit_count++] = (uint16_t)(word - m->words);
        m->orders_with[word - m->words]++;
        order->shared++;
    }
    order->others = (uint32_t)c->word_count - order->shared;
}

/* The likeness of words in hundredths, for every order. */
static void weigh(struct comparison *m)
{
    double *weights = arena_alloc(m->arena, m->word_count * sizeof *weights);
    double said = 0, usual = 0, seen = 0;
    for (size_t i = 0; i < m->word_count; i++) {
        double n = m->orders_with[i];
        weights[i] = log(1 + ((double)m->count + 1) / (n + 0.5));
        said += weights[i];
        usual += weights[i] * n;
        seen += n;
    }
    usual = seen > 0 ? usual / seen : 1; /* what a word of an order weighs in the mean */
    for (size_t i = 0; i < m->count; i++) {
        struct compared *order = &m->orders[i];
        double shared = 0;
        for (uint32_t h = 0; h < order->shared; h++)
            shared += weights[m->hits[order->first + h]];
        double whole = said + order_only * usual * order->others;
        int points = whole > 0 ? (int)(100 * shared / whole + 0.5) : 0;
        if (points < POINTS_WORDS_LEAST) {
            order->points = 0;
            continue;
        }
        order->points += points;
        order->why |= points >= m->query->least ? SIMILAR_WORDS : 0U;
    }
}

static bool better(const struct compared *a, const struct duplicate *b)
{
    return a->points > b->score || (a->points == b->score && a->id > b->order_id);
}

enum status duplicates_find(struct db *db, int64_t account_id, const struct duplicate_query *query,
                            struct arena *arena, size_t limit, struct duplicate *out, size_t *count)
{
    struct comparison *m = arena_alloc(arena, sizeof *m);
    *m = (struct comparison){.query = query, .arena = arena};
    m->word_count = store_search_words(db, &query->text, 1, arena, &m->words);
    if (m->word_count < WORDS_FEW)
        m->word_count = 0;
    if (m->word_count > UINT16_MAX)
        m->word_count = UINT16_MAX;
    for (size_t i = 0; i < m->word_count; i++)
        m->slots[m->words[i] % SLOTS] = true;
    m->orders_with = arena_alloc(arena, m->word_count * sizeof *m->orders_with);
    *count = 0;
    enum status st =
        store_search_candidates(db, account_id, query->since, query->compared, compare, m);
    if (st)
        return st;
    if (m->word_count)
        weigh(m);
    for (size_t i = 0; i < m->count; i++) {
        const struct compared *order = &m->orders[i];
        if (order->points < query->least)
            continue;
        size_t at = *count < limit ? (*count)++ : limit;
        for (; at > 0 && better(order, &out[at - 1]); at--)
            if (at < limit)
                out[at] = out[at - 1];
        if (at < limit)
            out[at] = (struct duplicate){order->id, order->points < 100 ? order->points : 100,
                                         order->why};
    }
    return ST_OK;
}
