/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every account on every address: nothing answers with 500, and an order that the account may not
 * see appears nowhere: no list, count, board, bulletin, feed, event or refusal. */
#include "core/buf.h"
#include "tests/api/attack.h"

static struct test_platform *platform;

static int setup(void **state)
{
    (void)state;
    /* The clock stands, so that what is counted stays what is listed. */
    platform = test_platform_start(ATTACK_CLOCK ",scale=0");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return test_platform_stop(platform) ? 0 : -1;
}

/* --- who sees what ---------------------------------------------------------------------------- */

enum sight { ALL, NONE, UNIT, FILTER };
static const struct account {
    const char *login;
    enum sight sight;
    const char *filter; /* what a supervisor asks for to get the same list; the units */
    bool board;
} accounts[] = {
    {"operator", ALL, "", false},
    {"dispatcher", ALL, "", false},
    {"handler", UNIT, ",201,2011,", false},
    {"callback", ALL, "", false},
    {"supervisor", ALL, "", true},
    {"conference", ALL, "", false},
    {"analyst", ALL, "", true},
    {"librarian", NONE, "", false},
    {"auditor", NONE, "", false},
    {"admin", NONE, "", false},
    {"n_emergency", FILTER, "&industry=emergency", true},
    {"n_economy", FILTER, "&industry=economy_it", true},
    {"town_chengui", FILTER, "&region=420281108", true},
};
enum { ACCOUNTS = sizeof accounts / sizeof accounts[0], ORDERS_MAX = 1000 };

/* Orders, sorted by id. */
struct set {
    size_t count;
    struct {
        int64_t id;
        char number[24];
    } items[ORDERS_MAX];
};

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool has(const struct set *set, int64_t id)
{
    return set->count && bsearch(&id, set->items, set->count, sizeof set->items[0], by_id);
}

static void add(struct set *set, const cJSON *row)
{
    assert_true(set->count < ORDERS_MAX);
    set->items[set->count].id = json_int(row, "id", 0);
    (void)snprintf(set->items[set->count].number, sizeof set->items[0].number, "%s",
                   json_text(row, "number", ""));
    set->count++;
}

static const cJSON *items_of(const struct test_reply *reply)
{
    return cJSON_GetObjectItemCaseSensitive(reply->json, "items");
}

/* All pages of /orders with this query; none when the account has no such view. */
static void list(const char *token, const char *query, struct set *set)
{
    char after[64] = "";
    bool more = true;
    set->count = 0;
    while (more) {
        struct test_reply reply = test_get(platform, token, "/orders?limit=200&%s%s%s", query,
                                           *after ? "&after=" : "", after);
        if (reply.status != 200 && reply.status != 404)
            fail_msg("/orders?%s gave %d %s", query, reply.status, reply.text);
        const cJSON *row;
        cJSON_ArrayForEach(row, items_of(&reply)) add(set, row);
        (void)snprintf(after, sizeof after, "%s", json_text(reply.json, "next", ""));
        more = *after != '\0';
        test_reply_free(&reply);
    }
    qsort(set->items, set->count, sizeof set->items[0], by_id);
    for (size_t i = 1; i < set->count; i++)
        assert_true(set->items[i - 1].id < set->items[i].id); /* each once */
}

static struct set all; /* orders of the city */

/* Has one of the units (",201,2011,") a duty on the order? `ever`: or had it one. */
static bool of_units(int64_t id, const char *units, bool ever)
{
    struct test_reply reply = order_get(platform, id);
    const cJSON *hand;
    bool found = false;
    cJSON_ArrayForEach(hand, cJSON_GetObjectItemCaseSensitive(reply.json, "assignments"))
    {
        const char *state = json_text(hand, "state", "");
        bool duty = strcmp(state, "returned") != 0 && strcmp(state, "withdrawn") != 0;
        char unit[24];
        (void)snprintf(unit, sizeof unit, ",%" PRId64 ",",
                       json_int(cJSON_GetObjectItemCaseSensitive(hand, "unit"), "id", 0));
        if (strstr(units, unit))
            found = found || duty || ever;
    }
    test_reply_free(&reply);
    return found;
}

/* What the account ought to see, by a way of its own; `ever` adds what it saw before. */
static void expected(const struct account *account, bool ever, struct set *set)
{
    char query[64];
    set->count = 0;
    (void)snprintf(query, sizeof query, "view=all%s", account->filter);
    if (account->sight == ALL)
        *set = all;
    else if (account->sight == FILTER)
        list(attack_token(platform, "supervisor", false), query, set);
    for (size_t i = 0; account->sight == UNIT && i < all.count; i++)
        if (of_units(all.items[i].id, account->filter, ever))
            set->items[set->count++] = all.items[i];
}

/* --- nothing else ----------------------------------------------------------------------------- */

static void expect_ids_in(const cJSON *json, const struct set *seen, const char *what)
{
    const cJSON *item;
    if (cJSON_IsNumber(json)) {
        int64_t id = (int64_t)json->valuedouble;
        if (has(&all, id) && !has(seen, id))
            fail_msg("%s tells of order %" PRId64, what, id);
    }
    cJSON_ArrayForEach(item, json) expect_ids_in(item, seen, what);
}

/* Neither an id nor a number of what is not to be seen. */
static void expect_only(const struct test_reply *reply, const struct set *seen, const char *what)
{
    if (reply->status < 200 || reply->status > 499)
        fail_msg("%s gave %d %s", what, reply->status, reply->text);
    if (reply->length && !reply->json)
        fail_msg("%s gave no JSON: %s", what, reply->text);
    if (seen->count == all.count)
        return;
    expect_ids_in(reply->json, seen, what);
    for (size_t i = 0; i < all.count; i++)
        if (!has(seen, all.items[i].id) && strstr(reply->text, all.items[i].number))
            fail_msg("%s tells of %s: %s", what, all.items[i].number, reply->text);
}

static void expect_get_only(const char *token, const struct set *seen, const char *path)
{
    struct test_reply reply = test_get(platform, token, "%s", path);
    expect_only(&reply, seen, path);
    test_reply_free(&reply);
}

static void walk_addresses(const char *token, const struct set *seen)
{
    static const char *const paths[] = {
        "/health",
        "/me",
        "/actions",
        "/channels",
        "/kinds",
        "/units?q=s",
        "/categories?q=t",
        "/addresses/complete?q=h",
        "/addresses/1",
        "/suggestions/unit?category=010101&region=420281003001",
        "/queues",
        "/orders",
        "/bulletin?limit=200",
        "/board?by=state",
        "/board?by=unit",
        "/nothing",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        expect_get_only(token, seen, paths[i]);
    struct test_reply reply =
        test_post(platform, token, "/callers/lookup", "{\"phone\":\"13800001111\"}");
    expect_only(&reply, seen, "/callers/lookup");
    test_reply_free(&reply);
    reply = test_post(platform, token, "/appeals", "{}");
    assert_true(reply.status == 403 || reply.status == 422);
    test_reply_free(&reply);
}

/* What may be seen is seen with all its parts, and its parts tell of nothing else. */
static void walk_seen(const char *token, const struct set *seen)
{
    static const char *const parts[] = {
        "",
        "/events",
        "/why?of=deadline",
        "/why?of=state",
        "/why?of=suggestion",
        "/why?of=mask",
        "/why?of=action&action=dispatch",
    };
    char path[96];
    size_t step = seen->count / (SLOW ? 10 : 30) + 1;
    for (size_t i = 0; i < seen->count; i += step) {
        for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
            (void)snprintf(path, sizeof path, "/orders/%" PRId64 "%s", seen->items[i].id, parts[p]);
            struct test_reply reply = test_get(platform, token, "%s", path);
            assert_int_equal(reply.status, 200);
            expect_only(&reply, seen, path);
            test_reply_free(&reply);
        }
    }
}

static void expect_not_found(const char *token, const struct set *seen, const char *path,
                             const char *body)
{
    struct test_reply reply = test_http(
        platform, &(struct test_request){.path = path, .token = token, .version = 1, .body = body});
    if (reply.status != 404)
        fail_msg("%s gave %d %s", path, reply.status, reply.text);
    expect_only(&reply, seen, path);
    test_reply_free(&reply);
}

/* What may not be seen is not there. */
static void walk_unseen(const char *token, const struct set *seen)
{
    static const struct {
        const char *part, *body;
    } parts[] = {{"", NULL},
                 {"/events", NULL},
                 {"/why?of=state", NULL},
                 {"/reveal", "{\"reason\":\"好奇\"}"},
                 {"/actions/supervise", "{\"form\":\"notice\",\"text\":\"越权\"}"},
                 {"/actions/sign", "{}"}};
    char path[96];
    size_t step = (all.count - seen->count) / 6 + 1, at = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (has(seen, all.items[i].id) || at++ % step != 0)
            continue;
        for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
            (void)snprintf(path, sizeof path, "/orders/%" PRId64 "%s", all.items[i].id,
                           parts[p].part);
            expect_not_found(token, seen, path, parts[p].body);
        }
        (void)snprintf(path, sizeof path, "/orders/%s", all.items[i].number);
        expect_not_found(token, seen, path, NULL);
    }
}

/* --- lists, counts, feed ---------------------------------------------------------------------- */

static void expect_counts_are_lists(const char *token, const struct set *seen)
{
    static struct set set;
    struct test_reply reply = test_get(platform, token, "/queues");
    const cJSON *queue;
    assert_int_equal(reply.status, 200);
    cJSON_ArrayForEach(queue, items_of(&reply))
    {
        char query[64];
        const char *name = json_text(queue, "name", "");
        /* What waits for the archive need not be open: an answer at once closes an order. */
        (void)snprintf(query, sizeof query, "view=%s%s", name,
                       strcmp(name, "archive") == 0 ? "" : "&open=1");
        list(token, query, &set);
        if (json_int(queue, "count", -1) != (int64_t)set.count)
            fail_msg("queue %s counts %" PRId64 ", lists %zu", name, json_int(queue, "count", -1),
                     set.count);
        for (size_t i = 0; i < set.count; i++)
            assert_true(has(seen, set.items[i].id));
    }
    test_reply_free(&reply);
}

static void expect_board_is_lists(const char *token, const struct set *seen, const char *by)
{
    static struct set set;
    struct test_reply reply = test_get(platform, token, "/board?by=%s", by);
    const cJSON *row;
    assert_int_equal(reply.status, 200);
    assert_int_equal(json_int(cJSON_GetObjectItemCaseSensitive(reply.json, "totals"), "total", -1),
                     seen->count);
    cJSON_ArrayForEach(row, items_of(&reply))
    {
        char query[96];
        (void)snprintf(query, sizeof query, "view=all&%s", json_text(row, "query", ""));
        list(token, query, &set);
        if (json_int(row, "total", -1) != (int64_t)set.count)
            fail_msg("board by %s, %s: counts %" PRId64 ", lists %zu", by, query,
                     json_int(row, "total", -1), set.count);
        for (size_t i = 0; i < set.count; i++)
            assert_true(has(seen, set.items[i].id));
    }
    test_reply_free(&reply);
}

/* The feed from its beginning: all that is seen, nothing that never was. */
static void expect_feed_is_seen(const char *token, const struct set *seen, const struct set *ever)
{
    static struct set told;
    char *last = test_cursor(platform, token), *cursor = test_cursor_at(platform, last, 0);
    told.count = 0;
    for (bool over = false; !over;) {
        struct test_reply reply = test_get(platform, token, "/changes?cursor=%s&wait=0", cursor);
        const cJSON *item;
        assert_int_equal(reply.status, 200);
        expect_only(&reply, ever, "/changes");
        cJSON_ArrayForEach(item, items_of(&reply))
        {
            const cJSON *row = cJSON_GetObjectItemCaseSensitive(item, "row");
            assert_true(has(seen, json_int(item, "id", 0)) == (row != NULL));
            if (row)
                add(&told, row);
        }
        char *next = strdup(json_text(reply.json, "cursor", ""));
        assert_non_null(next);
        assert_true(test_cursor_seq(platform, next) >= test_cursor_seq(platform, cursor));
        over = cJSON_GetArraySize(items_of(&reply)) == 0;
        free(cursor);
        cursor = next;
        test_reply_free(&reply);
        qsort(told.items, told.count, sizeof told.items[0], by_id);
        size_t kept = 0; /* an order comes once a frame */
        for (size_t i = 0; i < told.count; i++)
            if (kept == 0 || told.items[kept - 1].id != told.items[i].id)
                told.items[kept++] = told.items[i];
        told.count = kept;
    }
    free(cursor);
    free(last);
    assert_int_equal(told.count, seen->count);
}

static void attack_account(const struct account *account)
{
    static const char *const groups[] = {"state", "unit", "street", "category", "channel"};
    static struct set seen, ever, listed;
    const char *token = attack_token(platform, account->login, false);
    expected(account, false, &seen);
    expected(account, true, &ever);
    list(token, "view=all", &listed);
    print_message("# %s sees %zu of %zu\n", account->login, seen.count, all.count);
    assert_int_equal(listed.count, seen.count);
    for (size_t i = 0; i < seen.count; i++)
        assert_true(listed.items[i].id == seen.items[i].id);
    assert_true(account->sight == NONE ? seen.count == 0 : seen.count > 0);
    walk_addresses(token, &seen);
    walk_seen(token, &seen);
    walk_unseen(token, &seen);
    expect_counts_are_lists(token, &seen);
    for (size_t i = 0; account->board && i < sizeof groups / sizeof groups[0]; i++)
        expect_board_is_lists(token, &seen, groups[i]);
    expect_feed_is_seen(token, &seen, &ever);
}

static void each_account_sees_its_orders_everywhere_and_no_other_anywhere(void **state)
{
    (void)state;
    /* What a citizen's call may leave behind: a place that is known as the whole city only. */
    struct test_reply reply =
        test_post(platform, attack_token(platform, "operator", false), "/appeals",
                  "{\"channel\":\"hotline12345\",\"kind\":\"report\",\"region\":\"420281\","
                  "\"place_text\":\"全市\",\"category\":\"010101\",\"words\":\"多处停水\",\"next\":"
                  "\"keep\"}");
    assert_true(reply.status == 201 || reply.status == 422);
    test_reply_free(&reply);
    list(attack_token(platform, "supervisor", false), "view=all", &all);
    assert_true(all.count > 100);
    for (size_t i = 0; i < ACCOUNTS; i++)
        attack_account(&accounts[i]);
}

static void who_has_logged_out_is_nobody(void **state)
{
    (void)state;
    for (size_t i = 0; i < ACCOUNTS; i++) {
        const char *token = attack_token(platform, accounts[i].login, true);
        struct test_reply reply = test_http(
            platform, &(struct test_request){
                          .method = "DELETE", .path = "/sessions/current", .token = token});
        assert_int_equal(reply.status, 204);
        test_reply_free(&reply);
        reply = test_get(platform, token, "/orders");
        assert_int_equal(reply.status, 401);
        test_reply_free(&reply);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_account_sees_its_orders_everywhere_and_no_other_anywhere),
        cmocka_unit_test(who_has_logged_out_is_nobody),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
