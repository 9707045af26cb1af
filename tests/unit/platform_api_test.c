/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resources without HTTP: fields, versions, keys, lists, figures. */
#include "tests/unit/platform_api.h"

static void test_login(void **state)
{
    (void)state;
    struct answer a = ask(API_POST, "/sessions", NULL, NULL, -1,
                          "{\"login\":\"operator\",\"password\":\"wrong\"}");
    expect_problem(&a, 401, "login-wrong", NULL);
    a = ask(API_POST, "/sessions", NULL, NULL, -1, "{\"login\":\"nobody\",\"password\":\"x\"}");
    expect_problem(&a, 401, "login-wrong", NULL);
    a = get("/queues", NULL);
    expect_problem(&a, 401, "unauthenticated", NULL);
    a = get("/queues", "AAAAAAAAAAAAAAAAAAAAAA");
    expect_problem(&a, 401, "unauthenticated", NULL);
    a = get("/me", token_of("operator"));
    assert_int_equal(a.status, 200);
    assert_string_equal(json_text(cJSON_GetObjectItem(a.json, "account"), "login", ""), "operator");
    drop(&a);
}

static void test_bad_fields(void **state)
{
    (void)state;
    static const struct {
        const char *extra, *type, *field;
    } cases[] = {
        {"", "field-missing", "words"},
        {"\"words\":\"\"", "field-length", "words"},
        {"\"words\":7", "field-type", "words"},
        {"\"words\":\"好好\",\"urgent\":\"yes\"", "field-type", "urgent"},
        {"\"words\":\"好好\",\"colour\":1", "field-unknown", "colour"},
        {"\"words\":\"好好\",\"source_deadline\":\"tomorrow\"", "field-type", "source_deadline"},
        {"\"words\":\"好好\",\"source_no\":\"a\\nb\"", "field-type", "source_no"},
    };
    int64_t before = count_all();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer a = take("", cases[i].extra);
        expect_problem(&a, 422, cases[i].type, cases[i].field);
    }
    static const struct {
        const char *body, *type, *field;
        int status;
    } bodies[] = {
        {"[]", "malformed", NULL, 400},
        {"{\"a\":", "malformed", NULL, 400},
        {"{\"words\":\"\xff\"}", "malformed", NULL, 400},
        {"{\"a\":1,\"a\":2}", "malformed", NULL, 400},
        {"{\"channel\":\"nowhere\",\"kind\":\"complaint\",\"place\":100001,\"category\":\"010101\","
         "\"words\":\"停水\",\"next\":\"keep\"}",
         "field-reference", "channel", 422},
        {"{\"channel\":\"hotline12345\",\"kind\":\"rage\",\"place\":100001,\"category\":\"010101\","
         "\"words\":\"停水\",\"next\":\"keep\"}",
         "field-choice", "kind", 422},
        {"{\"channel\":\"hotline12345\",\"kind\":\"help\",\"place\":99,\"category\":\"010101\","
         "\"words\":\"停水\",\"next\":\"keep\"}",
         "field-reference", "place", 422},
        {"{\"channel\":\"hotline12345\",\"kind\":\"help\",\"place\":1.5,\"category\":\"010101\","
         "\"words\":\"停水\",\"next\":\"keep\"}",
         "field-type", "place", 422},
        {"{\"channel\":\"hotline12345\",\"kind\":\"help\",\"place\":100001,\"category\":\"01\","
         "\"words\":\"停水\",\"next\":\"keep\"}",
         "field-reference", "category", 422},
        {"{\"channel\":\"hotline12345\",\"kind\":\"help\",\"category\":\"010101\","
         "\"words\":\"停水\",\"next\":\"keep\"}",
         "field-missing", "place", 422},
        {"{\"channel\":\"hotline12345\",\"kind\":\"help\",\"category\":\"010101\",\"place\":100001,"
         "\"words\":\"停水\",\"next\":\"answer\"}",
         "field-missing", "answer", 422},
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct answer a = ask(API_POST, "/appeals", token_of("operator"), "", -1, bodies[i].body);
        expect_problem(&a, bodies[i].status, bodies[i].type, bodies[i].field);
    }
    assert_int_equal(count_all(), before); /* nothing was written */
}

static void test_queries(void **state)
{
    (void)state;
    const char *token = token_of("supervisor");
    static const struct {
        const char *target, *type, *field;
        int status;
    } cases[] = {
        {"/orders?colour=red", "field-unknown", "colour", 422},
        {"/orders?limit=0", "field-range", "limit", 422},
        {"/orders?limit=201", "field-range", "limit", 422},
        {"/orders?limit=x", "field-type", "limit", 422},
        {"/orders?state=asleep", "field-reference", "state", 422},
        {"/orders?after=zzz", "field-format", "after", 422},
        {"/orders?view=nowhere", "not-found", NULL, 404},
        {"/orders/12x", "not-found", NULL, 404},
        {"/orders/0", "not-found", NULL, 404},
        {"/orders/1118-0042-1", "not-found", NULL, 404},
        {"/board?by=mood", "field-choice", "by", 422},
        {"/board", "field-missing", "by", 422},
        {"/nowhere", "not-found", NULL, 404},
        {"/orders/1/2/3/4/5/6/7", "not-found", NULL, 404},
        {"/orders//events", "not-found", NULL, 404},
        {"/appeals", "method", NULL, 405},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer a = get(cases[i].target, token);
        expect_problem(&a, cases[i].status, cases[i].type, cases[i].field);
    }
}

static void test_versions(void **state)
{
    (void)state;
    int64_t version, id = fresh_order(&version);
    struct answer a = act("dispatcher", id, "dispatch", -1, "", "{\"unit\":1}");
    expect_problem(&a, 428, "version-needed", NULL);
    a = act("dispatcher", id, "dispatch", version, NULL, "{\"unit\":1}");
    expect_problem(&a, 400, "key-needed", NULL);
    a = act("dispatcher", id, "dispatch", version - 1, "", "{\"unit\":1}");
    const cJSON *current = cJSON_GetObjectItem(a.json, "current");
    assert_int_equal(json_int(current, "id", 0), id);
    assert_int_equal(json_int(current, "version", 0), version);
    assert_non_null(cJSON_GetObjectItem(current, "actions"));
    expect_problem(&a, 412, "stale", NULL);
}

static void test_keys(void **state)
{
    (void)state;
    int64_t before = count_all();
    struct answer a = take("once", "\"words\":\"停水了\"");
    assert_int_equal(a.status, 201);
    int64_t id = json_int(a.json, "id", 0);
    drop(&a);
    a = take("once", "\"words\":\"停水了\"");
    assert_int_equal(a.status, 201);
    assert_int_equal(json_int(a.json, "id", 0), id);
    drop(&a);
    assert_int_equal(count_all(), before + 1);
    a = take("once", "\"words\":\"停电了\"");
    expect_problem(&a, 422, "key-reused", NULL);
    assert_int_equal(count_all(), before + 1);
}

/* A key belongs to one account and one address, and is forgotten after 60 days. */
static void test_keys_belong(void **state)
{
    (void)state;
    int64_t version, id = fresh_order(&version);
    struct answer a = take("shared", "\"words\":\"停水了\"");
    assert_int_equal(a.status, 201);
    drop(&a);
    a = act("operator", id, "submit", version, "shared", "{}");
    expect_problem(&a, 422, "key-reused", NULL);
    a = act("dispatcher", id, "dispatch", version, "shared", "{\"unit\":201}");
    assert_int_equal(a.status, 200);
    drop(&a);
    a = take("old", "\"words\":\"停水了\"");
    drop(&a);
    tamper("update answer set at = at - 61 * 86400000 where key = 'old'");
    (void)api_tick(api);
    a = take("old", "\"words\":\"停电了\"");
    assert_int_equal(a.status, 201);
    drop(&a);
    a = take("shared", "\"words\":\"停电了\"");
    expect_problem(&a, 422, "key-reused", NULL);
}

/* "None" and "it could not be read" are not the same answer. */
static void test_failed_reads(void **state)
{
    (void)state;
    int64_t version, id = fresh_order(&version);
    char targets[5][64] = {"", "", "/queues", "/orders?view=all", "/board?by=state"};
    snprintf(targets[0], sizeof targets[0], "/orders/%lld", (long long)id);
    snprintf(targets[1], sizeof targets[1], "/orders/%lld/events", (long long)id);
    tamper("alter table appeal_order rename to appeal_order_away");
    for (size_t i = 0; i < 2; i++) {
        struct answer a = get(targets[i], token_of("supervisor"));
        expect_problem(&a, 500, "internal", NULL);
    }
    tamper("alter table appeal_order_away rename to appeal_order");
    tamper("alter table scope rename to scope_away");
    for (size_t i = 0; i < 5; i++) {
        struct answer a = get(targets[i], token_of("supervisor"));
        expect_problem(&a, 500, "internal", NULL);
    }
    tamper("alter table scope_away rename to scope");
    for (size_t i = 0; i < 5; i++) {
        struct answer a = get(targets[i], token_of("supervisor"));
        assert_int_equal(a.status, 200);
        drop(&a);
    }
}

static void test_source_number(void **state)
{
    (void)state;
    struct answer a = take("", "\"words\":\"停水了\",\"source_no\":\"S-77\"");
    assert_int_equal(a.status, 201);
    const char *number = json_text(a.json, "number", "");
    struct answer b = take("", "\"words\":\"停水了\",\"source_no\":\"S-77\"");
    assert_non_null(strstr(json_text(b.json, "title", ""), number));
    expect_problem(&b, 409, "duplicate-source", "source_no");
    drop(&a);
}

static void test_refusals(void **state)
{
    (void)state;
    int64_t version, id = fresh_order(&version);
    struct answer a = act("supervisor", id, "archive", version, "", "{}");
    assert_non_null(strstr(json_text(a.json, "title", ""), "待派发")); /* where it is */
    assert_non_null(strstr(json_text(a.json, "title", ""), "移交"));   /* what could be done */
    expect_problem(&a, 409, "not-allowed", NULL);
    a = act("operator", id, "dispatch", version, "", "{\"unit\":11}");
    expect_problem(&a, 403, "forbidden", NULL);
    a = act("dispatcher", id, "fly", version, "", "{}");
    expect_problem(&a, 404, "no-such-action", NULL);
    a = act("dispatcher", id, "dispatch", version, "", "{\"unit\":123456}");
    expect_problem(&a, 422, "field-reference", "unit");
    a = act("dispatcher", id, "dispatch", version, "", "{}");
    expect_problem(&a, 422, "field-missing", "unit");
    a = ask(API_POST, "/appeals", token_of("callback"), "", -1, "{}");
    expect_problem(&a, 403, "forbidden", NULL);
    a = get("/board?by=state", token_of("handler"));
    expect_problem(&a, 403, "forbidden", NULL);
    char target[64];
    snprintf(target, sizeof target, "/orders/%lld", (long long)id);
    a = get(target, token_of("dispatcher"));
    assert_int_equal(json_int(a.json, "version", 0), version); /* nothing changed */
    drop(&a);
}

static void test_lookups(void **state)
{
    (void)state;
    const char *token = token_of("operator");
    struct answer a = get("/addresses/complete?q=bgy&limit=3", token);
    assert_int_equal(a.status, 200);
    assert_in_range(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "items")), 1, 3);
    drop(&a);
    a = get("/addresses/complete?q=%", token);
    assert_int_equal(a.status, 200);
    drop(&a);
    char target[128];
    snprintf(target, sizeof target, "/suggestions/unit?category=%s&place=%s", category, place);
    a = get(target, token);
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "items"), 0);
    assert_string_equal(json_text(cJSON_GetObjectItem(first, "unit"), "name", ""), "市自来水公司");
    assert_true(strlen(json_text(first, "reason", "")) > 3);
    drop(&a);
    struct answer taken = take("", "\"words\":\"水压低\"");
    a = ask(API_POST, "/callers/lookup", token, NULL, -1, "{\"phone\":\"138 0000-5678\"}");
    assert_int_equal(a.status, 200);
    const cJSON *order = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "items"), 0);
    assert_int_equal(json_int(order, "id", 0), json_int(taken.json, "id", -1));
    drop(&taken);
    drop(&a);
    a = ask(API_POST, "/callers/lookup", token, NULL, -1, "{\"phone\":\"1380000567\"}");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "items")), 0);
    drop(&a);
    a = ask(API_POST, "/callers/lookup", token_of("handler"), NULL, -1,
            "{\"phone\":\"13800005678\"}");
    expect_problem(&a, 403, "forbidden", NULL);
}

static void test_pages(void **state)
{
    (void)state;
    const char *token = token_of("supervisor");
    char target[128] = "/orders?view=all&limit=7";
    int64_t seen = 0, last = INT64_MAX;
    for (;;) {
        struct answer a = get(target, token);
        assert_int_equal(a.status, 200);
        const cJSON *item;
        cJSON_ArrayForEach(item, cJSON_GetObjectItem(a.json, "items"))
        {
            assert_true(json_int(item, "id", 0) < last); /* newest first, none twice */
            last = json_int(item, "id", 0);
            seen++;
        }
        const char *next = json_text(a.json, "next", "");
        snprintf(target, sizeof target, "/orders?view=all&limit=7&after=%s", next);
        bool end = !*next;
        drop(&a);
        if (end)
            break;
    }
    assert_int_equal(seen, count_all());
}

static int64_t list_length(const char *query)
{
    char target[256];
    int64_t length = 0;
    snprintf(target, sizeof target, "/orders?view=all&limit=200&%s", query);
    for (;;) {
        struct answer a = get(target, token_of("n_emergency"));
        assert_int_equal(a.status, 200);
        length += cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "items"));
        const char *next = json_text(a.json, "next", "");
        bool end = !*next;
        snprintf(target, sizeof target, "/orders?view=all&limit=200&%s&after=%s", query, next);
        drop(&a);
        if (end)
            return length;
    }
}

static void test_board(void **state)
{
    (void)state;
    static const char *const sides[] = {"state", "unit", "street", "category", "channel"};
    static const char *const figures[][2] = {
        {"total", ""},
        {"open", "&open=1"},
        {"yellow", "&open=1&card=yellow"},
        {"red", "&open=1&card=red"},
        {"unsatisfied", "&unsatisfied=1"},
        {"concluded", "&concluded=1"},
        {"satisfied", "&conclusion=satisfied"},
    };
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        char target[160];
        snprintf(target, sizeof target, "/board?by=%s", sides[i]);
        struct answer a = get(target, token_of("n_emergency"));
        const cJSON *item;
        int64_t total = 0;
        cJSON_ArrayForEach(item, cJSON_GetObjectItem(a.json, "items"))
        {
            for (size_t f = 0; f < sizeof figures / sizeof figures[0]; f++) {
                snprintf(target, sizeof target, "%s%s", json_text(item, "query", ""),
                         figures[f][1]);
                assert_int_equal(list_length(target), json_int(item, figures[f][0], -1));
            }
            total += json_int(item, "total", 0);
        }
        assert_int_equal(total, json_int(cJSON_GetObjectItem(a.json, "totals"), "total", -1));
        assert_true(total > 0);
        drop(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"a wrong password and an unknown name read the same; no session is no answer", test_login,
         NULL, NULL, NULL},
        {"a bad field is refused by name and nothing is written", test_bad_fields, NULL, NULL,
         NULL},
        {"a bad query or address is refused by name", test_queries, NULL, NULL, NULL},
        {"a change needs the version it was made from; a stale one gets the current record",
         test_versions, NULL, NULL, NULL},
        {"the same key does it once; with another body it is refused", test_keys, NULL, NULL, NULL},
        {"a key belongs to one account and one address, for 60 days", test_keys_belong, NULL, NULL,
         NULL},
        {"what cannot be read is not told as nothing", test_failed_reads, NULL, NULL, NULL},
        {"the same source number twice names the order", test_source_number, NULL, NULL, NULL},
        {"what is not allowed is refused in words and changes nothing", test_refusals, NULL, NULL,
         NULL},
        {"completion, suggestion, and a caller's orders by the whole number", test_lookups, NULL,
         NULL, NULL},
        {"pages hold every order once, newest first", test_pages, NULL, NULL, NULL},
        {"each figure of the board opens to exactly its orders", test_board, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
