/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every account's lists, search, counts, board and bulletin: exactly the orders of its scope,
 * worked out from the rows by other code than the platform's. */
#include "tests/api/leak_set.h"

/* --- lists, search, counts -------------------------------------------------------------------- */

/* Views, filters and words: everybody finds what the one who sees all finds, of his own. */
static const char *const queries[] = {
    "view=intake",
    "view=dispatch",
    "view=handling",
    "view=callback",
    "view=decision",
    "view=objections",
    "view=supervision",
    "view=unsatisfied",
    "view=overdue",
    "view=archive",
    "view=all",
    "",
    "open=1",
    "state=in_hand",
    "category=01",
    "region=420281108",
    "street=420281003",
    "industry=consumer",
    "channel=hotline12345",
    "unit=102",
    "lead=0",
    "lead=303",
    "card=red",
    "unsatisfied=1",
    "concluded=1&conclusion=satisfied",
    "from=2026-11-01&to=2026-11-10",
    "q=%E5%81%9C%E6%B0%B4",                /* 停水 */
    "q=%E5%99%AA%E9%9F%B3",                /* 噪音 */
    "q=%E5%B0%8F%E5%8C%BA&view=all",       /* 小区 */
    "q=%E8%BD%A6%E4%BD%8D&state=archived", /* 车位 */
};
enum { QUERIES = sizeof queries / sizeof queries[0], VIEWS = 11 };
static struct set whole[QUERIES];

static void expect_lists(const struct sight_account *account, const struct set *seen, size_t step)
{
    static struct set found, wanted;
    const char *token = leak_token(&leak, account);
    size_t first = step > 1 ? (size_t)rand_r(&seed) % step : 0;
    for (size_t i = first; i < QUERIES; i += step) {
        if (!list(token, queries[i], 200, &found))
            continue;
        both(&whole[i], seen, &wanted);
        expect_same(&found, &wanted, account->login, queries[i]);
    }
    if (!list(token, "view=mine", 7, &found))
        return;
    wanted.count = 0;
    for (size_t i = 0; i < city->order_count; i++)
        wanted.has[i] = seen->has[i] && city->orders[i].taken_by == account->id;
    expect_same(&found, &wanted, account->login, "view=mine");
}

/* A queue counts what waits; `all` and `mine` what is open. */
static void expect_queues(const struct sight_account *account, const struct set *seen)
{
    struct said said = talk_get(leak.talk, leak_token(&leak, account), "/queues");
    const cJSON *queue;
    (void)leak_expect(said, 200, "/queues");
    cJSON_ArrayForEach(queue, leak_items(&said))
    {
        const char *name = json_text(queue, "name", "");
        bool mine = strcmp(name, "mine") == 0, open = mine || strcmp(name, "all") == 0;
        int64_t count = 0, red = 0;
        size_t view = 0;
        while (!mine && strcmp(queries[view] + 5, name) != 0)
            assert_true(++view < VIEWS);
        for (size_t i = 0; i < city->order_count; i++) {
            const struct sight_order *o = &city->orders[i];
            bool in = seen->has[i] && (mine ? o->taken_by == account->id : whole[view].has[i]);
            if (!in || (open && !o->open))
                continue;
            count++;
            red += strcmp(o->card, "red") == 0;
        }
        if (json_int(queue, "count", -1) != count || json_int(queue, "red", -1) != red)
            fail_msg("%s, queue %s: %s; it has %" PRId64 ", %" PRId64 " red", account->login, name,
                     said.text, count, red);
    }
    expect_within(&said, seen, "/queues");
    said_free(&said);
}

/* --- the board -------------------------------------------------------------------------------- */

static const struct {
    const char *name, *query;
} figures[] = {{"total", ""},
               {"open", "&open=1"},
               {"yellow", "&open=1&card=yellow"},
               {"red", "&open=1&card=red"},
               {"unsatisfied", "&unsatisfied=1"},
               {"concluded", "&concluded=1"},
               {"satisfied", "&concluded=1&conclusion=satisfied"}};
enum { FIGURES = sizeof figures / sizeof figures[0] };

static bool counts_in(const struct sight_order *o, size_t figure)
{
    switch (figure) {
    case 0:
        return true;
    case 1:
        return o->open;
    case 2:
        return o->open && strcmp(o->card, "yellow") == 0;
    case 3:
        return o->open && strcmp(o->card, "red") == 0;
    case 4:
        return o->unsatisfied;
    case 5:
        return o->concluded;
    default:
        return o->concluded && strcmp(o->conclusion, "satisfied") == 0;
    }
}

static bool of_group(const struct sight_order *o, const char *by, const char *key)
{
    if (strcmp(by, "state") == 0)
        return strcmp(o->now.state, key) == 0;
    if (strcmp(by, "unit") == 0)
        return o->lead == strtoll(key, NULL, 10);
    if (strcmp(by, "channel") == 0)
        return strcmp(o->now.channel, key) == 0;
    bool street = strcmp(by, "street") == 0;
    const char *code = street ? o->now.region : o->now.category;
    size_t n = street ? 9 : 2;
    return strncmp(code, key, n) == 0 && strlen(key) == (strlen(code) < n ? strlen(code) : n);
}

static void expect_row(const struct sight_account *account, const struct set *seen, const char *by,
                       const cJSON *row, bool total, bool follow)
{
    static struct set found;
    char query[160];
    for (size_t f = 0; f < FIGURES; f++) {
        int64_t wanted = 0, said = json_int(row, figures[f].name, -1);
        for (size_t i = 0; i < city->order_count; i++)
            wanted += seen->has[i] && counts_in(&city->orders[i], f) &&
                      (total || of_group(&city->orders[i], by, json_text(row, "key", "")));
        if (said != wanted)
            fail_msg("%s, board by %s, %s: %s is %" PRId64 ", not %" PRId64, account->login, by,
                     json_text(row, "key", "the sum"), figures[f].name, wanted, said);
        if (!follow || total)
            continue;
        (void)snprintf(query, sizeof query, "view=all&%s%s", json_text(row, "query", ""),
                       figures[f].query);
        assert_true(list(leak_token(&leak, account), query, 200, &found));
        if ((int64_t)found.count != said)
            fail_msg("%s: %s lists %zu, the board by %s says %" PRId64, account->login, query,
                     found.count, by, said);
    }
}

static void expect_board(const struct sight_account *account, const struct set *seen, bool follow)
{
    static const char *const sides[] = {"state", "unit", "street", "category", "channel"};
    for (size_t s = 0; s < sizeof sides / sizeof sides[0]; s++) {
        struct said said =
            talk_get(leak.talk, leak_token(&leak, account), "/board?by=%s", sides[s]);
        const cJSON *row;
        bool reads = (account->roles & (16 | 64)) != 0;
        (void)leak_expect(said, reads ? 200 : 403, "/board");
        cJSON_ArrayForEach(row, leak_items(&said))
            expect_row(account, seen, sides[s], row, false, follow);
        if (reads)
            expect_row(account, seen, sides[s], leak_member(said.json, "totals"), true, false);
        expect_within(&said, seen, "/board");
        said_free(&said);
    }
}

static void expect_bulletin(const struct sight_account *account, const struct set *seen)
{
    static struct set found, wanted;
    struct said said = talk_get(leak.talk, leak_token(&leak, account), "/bulletin?limit=200");
    const cJSON *item;
    bool reads = (account->roles & (2 | 16 | 64)) != 0;
    memset(&found, 0, sizeof found);
    (void)leak_expect(said, reads ? 200 : 403, "/bulletin");
    cJSON_ArrayForEach(item, leak_items(&said))
        add(&found, json_int(leak_member(item, "order"), "id", 0), "/bulletin");
    for (size_t i = 0; i < city->order_count; i++)
        wanted.has[i] = reads && seen->has[i] && city->orders[i].round >= 2;
    expect_same(&found, &wanted, account->login, "/bulletin");
    expect_within(&said, seen, "/bulletin");
    said_free(&said);
}

/* --- all together ----------------------------------------------------------------------------- */

static void lists_and_counts_hold_exactly_the_scope(void **state)
{
    static struct set seen;
    size_t some = 0, looked = 0;
    (void)state;
    for (size_t q = 0; q < QUERIES; q++)
        assert_true(list(leak_as(&leak, "x_all"), queries[q], 200, &whole[q]));
    for (size_t i = 0; i < city->account_count; i++) {
        const struct sight_account *account = &city->accounts[i];
        /* Unit by unit the same code runs: of them a few, another few each time. */
        bool unit = strncmp(account->login, "unit", 4) == 0;
        if (account->disabled || (unit && !one_of(SLOW ? 20 : 8)))
            continue;
        bool wide = !unit && account->scope_count == 0;
        visible(account, &seen);
        some += seen.count > 0 && seen.count < city->order_count;
        expect_lists(account, &seen, wide ? 10 : unit || SLOW ? 4 : 1);
        expect_queues(account, &seen);
        expect_board(account, &seen, strcmp(account->login, "n_ecology") == 0);
        expect_bulletin(account, &seen);
        looked++;
    }
    print_message("# %zu accounts, %zu of them see a part\n", looked, some);
    assert_true(some > 20);
}

/* The roles' ends: who sees nothing and who sees all, so that the loops above are not empty. */
static void scopes_are_as_the_city_made_them(void **state)
{
    static const struct {
        const char *login;
        bool none, all;
    } cases[] = {{"x_all", false, true},    {"operator", false, true},  {"librarian", true, false},
                 {"auditor", true, false},  {"admin", true, false},     {"x_nothing", true, false},
                 {"handler", false, false}, {"n_labour", false, false}, {"x_one", false, false},
                 {"x_below", false, false}, {"x_call", false, false},   {"x_give", false, false},
                 {"x_study", false, false}, {"x_units", false, false},  {"x_two", false, false}};
    static struct set seen;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        visible(sight_account(city, cases[i].login), &seen);
        if ((seen.count == 0) != cases[i].none || (seen.count == city->order_count) != cases[i].all)
            fail_msg("%s sees %zu of %zu", cases[i].login, seen.count, city->order_count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scopes_are_as_the_city_made_them),
        cmocka_unit_test(lists_and_counts_hold_exactly_the_scope),
    };
    return cmocka_run_group_tests_name("lists and scope", tests, set_up, tear_down);
}
