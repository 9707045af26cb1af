/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resources without HTTP: who sees what, and what of it. */
#include "tests/unit/platform_api.h"

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

/* --- citizens that the unit must not know -------------------------------------------------------
 */

/* None of these stands in the order or in its events, as this account reads them. */
static void expect_without(const char *login, int64_t id, const char *const *hidden, size_t count)
{
    static const char *const addresses[] = {"/orders/%lld", "/orders/%lld/events"};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        char target[64];
        snprintf(target, sizeof target, addresses[i], (long long)id);
        struct answer a = get(target, token_of(login));
        assert_int_equal(a.status, 200);
        char *text = cJSON_PrintUnformatted(a.json);
        for (size_t h = 0; h < count; h++)
            if (strstr(text, hidden[h]))
                fail_msg("%s reads %s in %s", login, hidden[h], text);
        free(text);
        drop(&a);
    }
}

/* An appeal of this person, as its order. */
static int64_t order_of(const char *name, const char *extra, int64_t *version)
{
    char body[1024];
    snprintf(body, sizeof body,
             "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"13987654321\","
             "\"name\":\"%s\",\"category\":\"%s\",\"next\":\"dispatch\",\"words\":"
             "\"我是%s，电话13987654321，停水了\",%s}",
             name, category, name, extra);
    struct answer a = ask(API_POST, "/appeals", token_of("operator"), "", -1, body);
    assert_int_equal(a.status, 201);
    int64_t id = json_int(a.json, "id", 0);
    *version = json_int(a.json, "version", 0);
    drop(&a);
    return id;
}

static int64_t with_place(const char *name, bool confidential, int64_t *version)
{
    char extra[96];
    snprintf(extra, sizeof extra, "\"place\":%s,\"confidential\":%s", place,
             confidential ? "true" : "false");
    return order_of(name, extra, version);
}

static int64_t do_well(const char *login, int64_t id, const char *action, int64_t version,
                       const char *body)
{
    struct answer a = act(login, id, action, version, "", body);
    assert_int_equal(a.status, 200);
    version = json_int(a.json, "version", 0);
    drop(&a);
    return version;
}

static struct answer reveal(const char *login, int64_t id)
{
    char target[64];
    snprintf(target, sizeof target, "/orders/%lld/reveal", (long long)id);
    return ask(API_POST, target, token_of(login), NULL, -1, "{\"reason\":\"核实\"}");
}

static void test_confidential(void **state)
{
    (void)state;
    static const char *const hidden[] = {"欧", "139*", "4321"};
    int64_t version, id = with_place("欧阳小川", true, &version);
    version = do_well("dispatcher", id, "dispatch", version, "{\"unit\":201}");
    version = do_well("handler", id, "sign", version, "{}");
    do_well("handler", id, "handle", version, "{\"result\":\"已联系欧阳小川13987654321\"}");
    static const char *const units[] = {"handler", "handler9"};
    for (size_t i = 0; i < 2; i++) {
        expect_without(units[i], id, hidden, 3);
        struct answer a = reveal(units[i], id);
        expect_problem(&a, 403, "confidential", NULL);
    }
    static const char *const plain[] = {"欧阳小川", "13987654321"};
    expect_without("supervisor", id, plain, 2);
    struct answer a = reveal("callback", id);
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "appeals"), 0);
    assert_string_equal(json_text(first, "name", ""), "欧阳小川");
    drop(&a);
}

static void test_merged_confidential(void **state)
{
    (void)state;
    static const char *const hidden[] = {"欧", "阳"};
    int64_t version, merged_version, id = with_place("钱大山", false, &version);
    int64_t merged = with_place("欧阳小川", true, &merged_version);
    char body[64];
    snprintf(body, sizeof body, "{\"target\":\"%lld\"}", (long long)id);
    do_well("dispatcher", merged, "merge", merged_version, body);
    version = do_well("dispatcher", id, "dispatch", version, "{\"unit\":201}");
    version = do_well("handler", id, "sign", version, "{}");
    do_well("handler", id, "handle", version, "{\"result\":\"欧阳小川与钱大山均已答复\"}");
    expect_without("handler", id, hidden, 2);
    static const char *const plain[] = {"欧阳小川", "钱大山"};
    expect_without("supervisor", id, plain, 2); /* both citizens, not the first alone */
    struct answer a = reveal("handler", id);
    assert_int_equal(a.status, 200);
    const cJSON *appeal;
    int named = 0;
    cJSON_ArrayForEach(appeal, cJSON_GetObjectItem(a.json, "appeals"))
    {
        named += strcmp(json_text(appeal, "name", ""), "钱大山") == 0;
        assert_null(strstr(json_text(appeal, "name", ""), "欧"));
        assert_null(strstr(json_text(appeal, "words", ""), "欧"));
    }
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "appeals")), 2);
    assert_int_equal(named, 1);
    drop(&a);
}

static void test_place_text(void **state)
{
    (void)state;
    static const char *const plain[] = {"13987654321", "钱大山"};
    int64_t version,
        id = order_of("钱大山",
                      "\"region\":\"420281\",\"place_text\":\"后街钱大山家（13987654321）\"",
                      &version);
    expect_without("supervisor", id, plain, 2);
}

static void test_left_scope(void **state)
{
    (void)state;
    int64_t version, id = fresh_order(&version);
    for (int i = 0; i < 2; i++) { /* and again with the same key */
        struct answer a = act("dispatcher9", id, "dispatch", version, "leaves", "{\"unit\":201}");
        assert_null(cJSON_GetObjectItem(a.json, "current"));
        expect_problem(&a, 404, "left-scope", NULL);
    }
    struct answer a = act("dispatcher9", id, "withdraw", version, "", "{\"reason\":\"xx\"}");
    expect_problem(&a, 404, "not-found", NULL);
    char target[64];
    snprintf(target, sizeof target, "/orders/%lld", (long long)id);
    a = get(target, token_of("dispatcher"));
    assert_string_equal(json_text(a.json, "state", ""), "in_hand");
    assert_int_equal(json_int(a.json, "version", 0), version + 1);
    drop(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"out of scope reads as not found, by every address", test_scope, NULL, NULL, NULL},
        {"personal data are masked everywhere; a reveal has a reason and is an event", test_masks,
         NULL, NULL, NULL},
        {"a merge takes the citizen along and can be undone", test_merge, NULL, NULL, NULL},
        {"a confidential citizen is hidden from the unit altogether: nothing is left of name or "
         "number",
         test_confidential, NULL, NULL, NULL},
        {"a confidential citizen stays hidden in the order that goes on", test_merged_confidential,
         NULL, NULL, NULL},
        {"a place that was typed names nobody", test_place_text, NULL, NULL, NULL},
        {"who loses sight of an order by a change is told that it is done", test_left_scope, NULL,
         NULL, NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
