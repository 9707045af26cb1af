/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leak_set: sets of the city's orders: what an account may see, what it was told. */
#ifndef TESTS_API_LEAK_SET_H
#define TESTS_API_LEAK_SET_H

#include "tests/api/leak.h"

static struct leak leak;
static const struct sight_city *city;
static unsigned seed;

enum { ORDERS_MAX = 1000 };
struct set {
    bool has[ORDERS_MAX]; /* as the city's orders */
    size_t count;
};

static inline int set_up(void **state)
{
    (void)state;
    seed = leak_seed();
    leak_start(&leak);
    city = leak.city;
    assert_true(city->order_count > 100 && city->order_count < ORDERS_MAX);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    return leak_stop(&leak) ? 0 : -1;
}

/* One of `n`, by chance. */
static inline bool one_of(unsigned n)
{
    return (unsigned)rand_r(&seed) % n == 0;
}

static inline void visible(const struct sight_account *account, struct set *set)
{
    set->count = 0;
    for (size_t i = 0; i < city->order_count; i++)
        set->count += set->has[i] = sight_sees(city, account, &city->orders[i]);
}

static inline void both(const struct set *a, const struct set *b, struct set *out)
{
    out->count = 0;
    for (size_t i = 0; i < city->order_count; i++)
        out->count += out->has[i] = a->has[i] && b->has[i];
}

static inline void add(struct set *set, int64_t id, const char *what)
{
    const struct sight_order *order = sight_find(city, id);
    if (!order)
        fail_msg("%s tells of %" PRId64 ", which is no order", what, id);
    else if (set->has[order - city->orders])
        fail_msg("%s tells of %s twice", what, order->number);
    else
        set->has[order - city->orders] = true;
    set->count++;
}

static inline void expect_same(const struct set *found, const struct set *wanted, const char *login,
                               const char *what)
{
    for (size_t i = 0; i < city->order_count; i++)
        if (found->has[i] != wanted->has[i])
            fail_msg("%s, %s: %s %s", login, what, city->orders[i].number,
                     found->has[i] ? "is there" : "is missing");
}

/* All pages of /orders with this query. False when the account has no such view. */
static inline bool list(const char *token, const char *query, int limit, struct set *set)
{
    char after[64] = "";
    memset(set, 0, sizeof *set);
    do {
        struct said said = talk_get(leak.talk, token, "/orders?limit=%d%s%s%s%s", limit,
                                    *query ? "&" : "", query, *after ? "&after=" : "", after);
        if (said.status == 404) {
            said_free(&said);
            return false;
        }
        const cJSON *row;
        (void)leak_expect(said, 200, query);
        cJSON_ArrayForEach(row, leak_items(&said)) add(set, json_int(row, "id", 0), query);
        (void)snprintf(after, sizeof after, "%s", json_text(said.json, "next", ""));
        said_free(&said);
    } while (*after);
    return true;
}

/* --- nothing names another -------------------------------------------------------------------- */

/* No identifier of an order outside, and no number of one. */
static inline void expect_ids_within(const cJSON *json, const struct set *seen, const char *what)
{
    const cJSON *item;
    const struct sight_order *order = NULL;
    if (cJSON_IsNumber(json) && json->valuedouble >= (double)city->orders[0].id)
        order = sight_find(city, (int64_t)json->valuedouble);
    if (order && !seen->has[order - city->orders])
        fail_msg("%s tells of order %" PRId64, what, order->id);
    cJSON_ArrayForEach(item, json) expect_ids_within(item, seen, what);
}

/* A number is six digits, a dash, four and more, a dash and one: found by its dashes. */
static inline void expect_numbers_within(const char *text, const struct set *seen, const char *what)
{
    for (const char *at = text; (at = strchr(at, '-')); at++) {
        char number[ORDER_NUMBER_SIZE];
        size_t digits = strspn(at + 1, "0123456789");
        if (at - text < 6 || digits < 4 || digits > 8 || at[digits + 1] != '-')
            continue;
        (void)snprintf(number, sizeof number, "%.*s", (int)(6 + digits + 3), at - 6);
        for (size_t i = 0; i < city->order_count; i++)
            if (!seen->has[i] && strcmp(city->orders[i].number, number) == 0)
                fail_msg("%s tells of %s: %s", what, number, text);
    }
}

static inline void expect_within(const struct said *said, const struct set *seen, const char *what)
{
    if (said->status < 200 || said->status > 499 || (said->length && !said->json))
        fail_msg("%s gave %d %s", what, said->status, said->text);
    if (seen->count == city->order_count)
        return;
    expect_ids_within(said->json, seen, what);
    expect_numbers_within(said->text, seen, what);
}

#endif
