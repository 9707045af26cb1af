/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resources without HTTP: fields, scope, versions, keys, masks. In process, on a demonstration
 * city of its own. */
#include "core/clock.h"
#include "core/json.h"
#include "platform/api/api.h"
#include "platform/demo/demo.h"
#include "platform/store/store.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct api *api;
static char directory[64], path[96];

/* One request and its parsed answer. */
struct answer {
    struct arena *arena;
    int status;
    cJSON *json;
    int64_t etag;
};
struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
};

static void on_done(void *user)
{
    struct waiting *w = user;
    pthread_mutex_lock(&w->lock);
    w->done = true;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static const char *get_part(char *text, const char *separator, char **rest)
{
    char *end = text + strcspn(text, separator);
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return text;
}

/* `target` is "PATH?name=value&…"; key "" makes a fresh one, NULL sends none. */
static struct answer ask(enum api_method method, const char *target, const char *token,
                         const char *key, int64_t version, const char *body)
{
    static int keys;
    struct answer answer = {.arena = arena_new()};
    struct api_request request = {.arena = answer.arena,
                                  .method = method,
                                  .token = token,
                                  .idempotency_key = key,
                                  .if_match = version,
                                  .language = LANGUAGE_EN,
                                  .body = body,
                                  .body_length = body ? strlen(body) : 0};
    const char *names[16], *values[16];
    char *rest, *copy = arena_strdup(answer.arena, target);
    request.path = get_part(copy, "?", &rest);
    while (*rest) {
        char *value, *next, *pair = rest;
        (void)get_part(pair, "&", &next);
        names[request.query_count] = get_part(pair, "=", &value);
        values[request.query_count++] = value;
        rest = next;
    }
    request.query_names = names;
    request.query_values = values;
    if (key && !*key)
        request.idempotency_key = arena_printf(answer.arena, "key-%d", ++keys);
    struct waiting w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    if (!api_run(api, &request, on_done, &w)) {
        pthread_mutex_lock(&w.lock);
        while (!w.done)
            pthread_cond_wait(&w.changed, &w.lock);
        pthread_mutex_unlock(&w.lock);
        api_complete(&request);
    }
    answer.status = request.http_status;
    answer.etag = request.etag;
    answer.json = request.answer_length ? json_parse(request.answer, request.answer_length) : NULL;
    if (request.answer_length)
        assert_non_null(answer.json);
    return answer;
}

static void drop(struct answer *answer)
{
    cJSON_Delete(answer->json);
    arena_free(answer->arena);
    *answer = (struct answer){0};
}

static struct answer get(const char *target, const char *token)
{
    return ask(API_GET, target, token, NULL, -1, NULL);
}

static const char *token_of(const char *login)
{
    static struct {
        char login[32], token[64];
    } kept[16];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(kept[i].login, login) == 0)
            return kept[i].token;
    char body[128];
    snprintf(body, sizeof body, "{\"login\":\"%s\",\"password\":\"minqing-demo\"}", login);
    struct answer a = ask(API_POST, "/sessions", NULL, NULL, -1, body);
    assert_int_equal(a.status, 201);
    snprintf(kept[count].login, sizeof kept[count].login, "%s", login);
    snprintf(kept[count].token, sizeof kept[count].token, "%s", json_text(a.json, "token", ""));
    drop(&a);
    return kept[count++].token;
}

static void expect_problem(struct answer *a, int status, const char *type, const char *field)
{
    if (a->status != status || strcmp(json_text(a->json, "type", ""), type) != 0)
        print_error("%d %s: %s\n", a->status, json_text(a->json, "type", "?"),
                    json_text(a->json, "title", "?"));
    assert_int_equal(a->status, status);
    assert_string_equal(json_text(a->json, "type", ""), type);
    assert_true(strlen(json_text(a->json, "title", "")) > 5);
    if (field)
        assert_string_equal(json_text(a->json, "field", ""), field);
    drop(a);
}

static char place[32], category[32];

#define WORDS "家里停水两天，我的电话13812345678，身份证420281199001011234。"

/* An appeal with these members changed or added ("\"words\":\"…\""); the order is dispatched next.
 */
static struct answer take(const char *key, const char *extra)
{
    char body[2048];
    snprintf(body, sizeof body,
             "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"13800005678\","
             "\"name\":\"赵小川\",\"place\":%s,\"category\":\"%s\",\"next\":\"dispatch\"%s%s}",
             place, category, *extra ? "," : "", extra);
    return ask(API_POST, "/appeals", token_of("operator"), key, -1, body);
}

static struct answer act(const char *login, int64_t order, const char *action, int64_t version,
                         const char *key, const char *body)
{
    char target[96];
    snprintf(target, sizeof target, "/orders/%lld/actions/%s", (long long)order, action);
    return ask(API_POST, target, token_of(login), key, version, body);
}

static int64_t fresh_order(int64_t *version)
{
    struct answer a = take("", "\"words\":\"" WORDS "\"");
    assert_int_equal(a.status, 201);
    int64_t id = json_int(a.json, "id", 0);
    *version = json_int(a.json, "version", 0);
    drop(&a);
    return id;
}

static int64_t count_all(void)
{
    struct answer a = get("/board?by=state", token_of("supervisor"));
    int64_t count = json_int(cJSON_GetObjectItem(a.json, "totals"), "total", -1);
    drop(&a);
    return count;
}

/* --- tests ---------------------------------------------------------------------------------------
 */

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

/* An order that the account may not see is not there: by no address. */
static void test_scope(void **state)
{
    (void)state;
    int64_t version, id = fresh_order(&version); /* water: the emergency N's */
    static const char *const outside[] = {"n_economy", "handler", "admin", "auditor"};
    static const char *const addresses[] = {"/orders/%lld", "/orders/%lld/events",
                                            "/orders/%lld/why?of=state"};
    char target[96];
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        for (size_t j = 0; j < sizeof addresses / sizeof addresses[0]; j++) {
            snprintf(target, sizeof target, addresses[j], (long long)id);
            struct answer a = get(target, token_of(outside[i]));
            expect_problem(&a, 404, "not-found", NULL);
        }
        struct answer a = act(outside[i], id, "withdraw", version, "", "{\"reason\":\"xx\"}");
        expect_problem(&a, 404, "not-found", NULL);
    }
    snprintf(target, sizeof target, "/orders/%lld", (long long)id);
    struct answer a = get(target, token_of("n_emergency"));
    assert_int_equal(a.status, 200);
    assert_int_equal(a.etag, version);
    drop(&a);
}

static void test_masks(void **state)
{
    (void)state;
    int64_t version, id = fresh_order(&version);
    char target[64];
    snprintf(target, sizeof target, "/orders/%lld", (long long)id);
    static const char *const readers[] = {"operator", "dispatcher", "supervisor", "callback"};
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        struct answer a = get(target, token_of(readers[i]));
        char *text = cJSON_PrintUnformatted(a.json);
        assert_null(strstr(text, "13812345678"));
        assert_null(strstr(text, "13800005678"));
        assert_null(strstr(text, "420281199001011234"));
        assert_null(strstr(text, "赵小川"));
        assert_non_null(strstr(text, "停水两天"));
        free(text);
        drop(&a);
    }
    snprintf(target, sizeof target, "/orders/%lld/reveal", (long long)id);
    struct answer a = ask(API_POST, target, token_of("callback"), NULL, -1, "{}");
    expect_problem(&a, 422, "field-missing", "reason");
    a = ask(API_POST, target, token_of("callback"), NULL, -1, "{\"reason\":\"回访\"}");
    assert_int_equal(a.status, 200);
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "appeals"), 0);
    assert_string_equal(json_text(first, "phone", ""), "13800005678");
    assert_string_equal(json_text(first, "words", ""), WORDS);
    drop(&a);
    /* It is an event, and nobody's form is stale by it. */
    snprintf(target, sizeof target, "/orders/%lld/events", (long long)id);
    a = get(target, token_of("supervisor"));
    const cJSON *items = cJSON_GetObjectItem(a.json, "items");
    const cJSON *last = cJSON_GetArrayItem(items, cJSON_GetArraySize(items) - 1);
    assert_string_equal(json_text(last, "action", ""), "reveal");
    assert_int_equal(json_int(last, "version", 0), version);
    drop(&a);
}

/* Every citizen of a merged order is called back with the one that goes on, until it is undone. */
static void test_merge(void **state)
{
    (void)state;
    int64_t version, target = fresh_order(&version), merged = fresh_order(&version);
    char body[64], path_of_target[64];
    snprintf(path_of_target, sizeof path_of_target, "/orders/%lld", (long long)target);
    snprintf(body, sizeof body, "{\"target\":\"%lld\"}", (long long)target);
    struct answer a = act("dispatcher", merged, "merge", version, "", body);
    assert_int_equal(a.status, 200);
    assert_string_equal(json_text(a.json, "state", ""), "merged");
    version = json_int(a.json, "version", 0);
    drop(&a);
    a = get(path_of_target, token_of("dispatcher"));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "appeals")), 2);
    drop(&a);
    a = act("dispatcher", merged, "unmerge", version, "", "{}");
    assert_int_equal(a.status, 200);
    assert_string_equal(json_text(a.json, "state", ""), "to_dispatch");
    drop(&a);
    a = get(path_of_target, token_of("dispatcher"));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "appeals")), 1);
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

static void test_feed(void **state)
{
    (void)state;
    int64_t cursor = api_last_cursor(api);
    enum language language = LANGUAGE_EN;
    int64_t inside = api_session(api, token_of("n_emergency"), &language);
    int64_t outside = api_session(api, token_of("n_economy"), &language);
    assert_int_equal(language, LANGUAGE_ZH);
    int64_t version, id = fresh_order(&version), at = cursor;
    char *frame = api_changes(api, inside, LANGUAGE_ZH, &at);
    assert_non_null(frame);
    cJSON *json = json_parse(frame, strlen(frame));
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "items"), 0);
    assert_int_equal(json_int(item, "id", 0), id);
    assert_int_equal(json_int(cJSON_GetObjectItem(item, "row"), "version", 0), version);
    assert_int_equal(json_int(json, "cursor", 0), at);
    cJSON_Delete(json);
    free(frame);
    assert_null(api_changes(api, inside, LANGUAGE_ZH, &at));
    at = cursor;
    assert_null(api_changes(api, outside, LANGUAGE_ZH, &at));
    assert_int_equal(at, api_last_cursor(api));
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

/* The orders that a list holds, over all its pages. */
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

/* --- the city
 * ---------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    struct error err;
    struct store *store;
    snprintf(directory, sizeof directory, "/tmp/minqing-api-XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/city.db", directory);
    if (clock_init(NULL, &err) || store_open(path, &store, &err))
        return -1;
    enum status st = demo_city_make(store, NULL, &err, NULL, NULL);
    store_close(store);
    struct api_options options = {.database = path};
    if (st || api_open(&options, &api, &err)) {
        print_error("%s\n", err.message);
        return -1;
    }
    struct answer a = get("/addresses/complete?q=碧桂园&limit=5", token_of("operator"));
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(a.json, "items"))
    {
        if (json_int(item, "id", 0))
            snprintf(place, sizeof place, "%lld", (long long)json_int(item, "id", 0));
    }
    drop(&a);
    a = get("/categories?q=停水", token_of("operator"));
    item = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "items"), 0);
    snprintf(category, sizeof category, "%s", json_text(item, "code", ""));
    drop(&a);
    return *place && *category ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    api_close(api);
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char file[112];
        snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
        unlink(file);
    }
    return rmdir(directory);
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
        {"the same source number twice names the order", test_source_number, NULL, NULL, NULL},
        {"what is not allowed is refused in words and changes nothing", test_refusals, NULL, NULL,
         NULL},
        {"out of scope reads as not found, by every address", test_scope, NULL, NULL, NULL},
        {"personal data are masked everywhere; a reveal has a reason and is an event", test_masks,
         NULL, NULL, NULL},
        {"a merge takes the citizen along and can be undone", test_merge, NULL, NULL, NULL},
        {"completion, suggestion, and a caller's orders by the whole number", test_lookups, NULL,
         NULL, NULL},
        {"the feed tells who may see it, and nobody else", test_feed, NULL, NULL, NULL},
        {"pages hold every order once, newest first", test_pages, NULL, NULL, NULL},
        {"each figure of the board opens to exactly its orders", test_board, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
