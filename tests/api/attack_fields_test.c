/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every field of every published action and of the other bodies, filled wrongly in every way its
 * declaration forbids; nothing
 * may change by it. */
#include "tests/api/attack.h"

static struct test_platform *platform;

static int setup(void **state)
{
    (void)state;
    platform = test_platform_start(ATTACK_CLOCK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return test_platform_stop(platform) ? 0 : -1;
}

/* --- bad values ------------------------------------------------------------------------------- */

#define TEXTS "7", "true", "[]", "{}", "[\"a\"]", "-1.5", "1e300"
#define NUMBERS                                                                                    \
    "\"x\"", "\"1\"", "\"\"", "true", "1.5", "[1]", "{}", "1e300", "-1e300", "9007199254740993"

/* What no field of the type may hold, as JSON; each list ends with NULL. */
static const struct {
    const char *type;
    const char *values[16];
} bad_values[] = {
    {"text", {TEXTS}},
    {"line", {TEXTS, "\"a\\nb\"", "\"a\\rb\""}},
    {"int", {NUMBERS}},
    {"bool", {"\"yes\"", "\"true\"", "1", "0", "[]", "{}", "\"\""}},
    {"choice", {TEXTS, "\"nonsense\"", "\"\"", "\" \"", "\"' or 1=1 --\""}},
    {"date",
     {TEXTS, "\"\"", "\"tomorrow\"", "\"2026-02-30\"", "\"2026-13-01\"", "\"2026-2-3\"",
      "\"9999-12-31\"", "\"2026-11-30 \"", "\"2026-11-30T00:00:00+08:00\""}},
    {"time",
     {TEXTS, "\"\"", "\"2026-11-30\"", "\"2026-11-30T17:30:00\"", "\"2026-11-30T25:00:00+08:00\"",
      "\"9999-11-30T17:30:00+08:00\"", "\"2026-11-30T17:30:00+99:99\""}},
    {"unit", {NUMBERS, "0", "-1", "999999999", "9007199254740991"}},
    {"place", {NUMBERS, "0", "-1", "999999999", "9007199254740991"}},
    {"units",
     {"5", "\"x\"", "{}", "true", "[\"a\"]", "[1.5]", "[null]", "[[201]]", "[999999999]", "[0]",
      "[-1]", "[102,102,102,102,102,102,102,102,102,102,102,102]"}},
    {"category", {TEXTS, "\"\"", "\"99\"", "\"0101010101\"", "\"x\"", "\"%\""}},
    {"order",
     {TEXTS, "\"\"", "\"12x\"", "\"0\"", "\"-5\"", "\"261118-9999-9\"", "\"999999999999\"",
      "\"99999999999999999999999\"", "\" \""}},
};

static void add_text_of(cJSON *list, int64_t points)
{
    struct {
        char bytes[3 * 3000 + 1];
    } *text = calloc(1, sizeof *text);
    assert_non_null(text);
    assert_true(points >= 0 && points <= 3000);
    for (int64_t i = 0; i < points; i++)
        memcpy(text->bytes + 3 * i, "长", 3);
    cJSON_AddItemToArray(list, cJSON_CreateString(text->bytes));
    free(text);
}

/* The values that the declaration (as published) forbids, in an array. */
static cJSON *bad_values_of(const cJSON *field)
{
    const char *type = json_text(field, "type", "");
    int64_t min = json_int(field, "min", 0), max = json_int(field, "max", 0);
    bool words = strcmp(type, "text") == 0 || strcmp(type, "line") == 0;
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < sizeof bad_values / sizeof bad_values[0]; i++) {
        if (strcmp(bad_values[i].type, type) != 0)
            continue;
        for (const char *const *value = bad_values[i].values; *value; value++)
            cJSON_AddItemToArray(list, json_parse(*value, strlen(*value)));
    }
    if (cJSON_GetArraySize(list) == 0)
        fail_msg("%s is a type that this test does not know", type);
    if (words) {
        add_text_of(list, (max ? max : 2000) + 1);
        if (min > 0)
            add_text_of(list, min - 1);
    } else if (strcmp(type, "int") == 0 && max > 0) {
        cJSON_AddItemToArray(list, cJSON_CreateNumber((double)(min - 1)));
        cJSON_AddItemToArray(list, cJSON_CreateNumber((double)(max + 1)));
    }
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(field, "required")))
        cJSON_AddItemToArray(list, cJSON_CreateNull());
    return list;
}

/* --- one body --------------------------------------------------------------------------------- */

/* Where a body is sent to. */
struct target {
    const char *path, *token;
    int64_t version;
    const char *body; /* a good one */
};

static void expect_refused(const struct target *target, const char *body, const char *field)
{
    struct test_reply reply = test_http(platform, &(struct test_request){.path = target->path,
                                                                         .token = target->token,
                                                                         .version = target->version,
                                                                         .body = body});
    const char *title = json_text(reply.json, "title", "");
    if (reply.status < 400 || reply.status > 499 || *test_problem(&reply) == '\0' ||
        json_int(reply.json, "status", 0) != reply.status || strlen(title) < 6 ||
        strchr(title, '%') || strcmp(json_text(reply.json, "field", ""), field) != 0)
        fail_msg("%s %s gave %d %s", target->path, body, reply.status, reply.text);
    test_reply_free(&reply);
}

/* The good body with one member replaced; NULL for none takes it out. */
static void expect_member_refused(const struct target *target, const char *name, const cJSON *value)
{
    cJSON *body = json_parse(target->body, strlen(target->body));
    cJSON_DeleteItemFromObjectCaseSensitive(body, name);
    if (value)
        cJSON_AddItemToObject(body, name, cJSON_Duplicate(value, true));
    char *text = cJSON_PrintUnformatted(body);
    expect_refused(target, text, name);
    free(text);
    cJSON_Delete(body);
}

static void expect_field_guarded(const struct target *target, const cJSON *field)
{
    const char *name = json_text(field, "name", "");
    cJSON *values = bad_values_of(field);
    const cJSON *value;
    cJSON_ArrayForEach(value, values) expect_member_refused(target, name, value);
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(field, "required")))
        expect_member_refused(target, name, NULL);
    cJSON_Delete(values);
}

static void expect_unknown_refused(const struct target *target)
{
    static const char *const names[] = {"colour", "Unit", "", "字段", "__proto__", "id"};
    cJSON *value = cJSON_CreateNumber(1);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        expect_member_refused(target, names[i], value);
    cJSON_Delete(value);
}

static void expect_malformed_refused(const struct target *target)
{
    static const char *const bodies[] = {
        "{",
        "[]",
        "null",
        "{} {}",
        "{\"a\":1,}",
        "{\"note\":\"\xff\"}",
        "{\"note\":\"\xed\xa0\x80\"}",
        "\"",
        "{\"note\":\"\\ud800\"}",
        "{\"note\":\"a\",\"note\":\"b\"}",
        "{\"note\":\"\\u0000\"}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        expect_refused(target, bodies[i], "");
}

/* --- actions ---------------------------------------------------------------------------------- */

/* `on` names the part of the order that is meant. */
static void expect_on_guarded(const struct target *target)
{
    static const char on[] = "{\"name\":\"on\",\"type\":\"unit\"}";
    cJSON *field = json_parse(on, sizeof on - 1);
    expect_field_guarded(target, field);
    cJSON_Delete(field);
}

static void attack_action(const cJSON *action, const struct deed *deed)
{
    char path[80];
    const cJSON *field;
    struct subject order = deed_order(platform, deed);
    char *body = deed_body(platform, deed), *before = order_picture(platform, order.id);
    (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/actions/%s", order.id, deed->action);
    struct target target = {path, deed_token(platform, deed), order.version, body};
    cJSON_ArrayForEach(field, cJSON_GetObjectItemCaseSensitive(action, "fields"))
        expect_field_guarded(&target, field);
    expect_on_guarded(&target);
    expect_unknown_refused(&target);
    expect_malformed_refused(&target);
    char *after = order_picture(platform, order.id);
    assert_string_equal(after, before);
    deed_do(platform, deed, &order); /* it was the fields alone that were wrong */
    free(before);
    free(after);
    free(body);
}

static void every_field_of_every_action_is_checked_and_nothing_changes(void **state)
{
    (void)state;
    struct test_reply reply =
        test_get(platform, attack_token(platform, "admin", false), "/actions");
    const cJSON *actions = cJSON_GetObjectItemCaseSensitive(reply.json, "actions"), *action;
    const cJSON *last = NULL; /* its story ends all sessions */
    cJSON_ArrayForEach(action, actions)
    {
        const char *name = json_text(action, "name", "");
        if (strcmp(name, "close_unreached") == 0)
            last = action;
        else
            attack_action(action, deed_find(name, strlen(name)));
    }
    assert_non_null(last);
    attack_action(last, deed_find("close_unreached", 15));
    test_reply_free(&reply);
}

static void a_merge_needs_exactly_a_number_or_an_id(void **state)
{
    static const struct {
        const char *before, *behind;
    } around[] = {{"", "x"}, {"", "-"}, {" ", ""}, {"+", ""}, {"", ".0"}, {"0x", ""}};
    (void)state;
    const struct deed *deed = deed_find("merge", 5);
    struct subject order = deed_order(platform, deed), other = attack_order(platform);
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
        char path[80], body[80];
        (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/actions/merge", order.id);
        (void)snprintf(body, sizeof body, "{\"target\":\"%s%" PRId64 "%s\"}", around[i].before,
                       other.id, around[i].behind);
        struct target target = {path, deed_token(platform, deed), order.version, body};
        expect_refused(&target, body, "target");
    }
}

static void a_body_over_the_limit_changes_nothing(void **state)
{
    enum { SIZE = 1024 * 1024 + 64 };
    char path[80], *body = malloc(SIZE + 1);
    (void)state;
    assert_non_null(body);
    const struct deed *deed = deed_find("submit", 6);
    struct subject order = deed_order(platform, deed);
    (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/actions/submit", order.id);
    memset(body, ' ', SIZE);
    body[0] = '{';
    body[SIZE - 1] = '}';
    body[SIZE] = '\0';
    struct test_reply reply =
        test_http(platform, &(struct test_request){.path = path,
                                                   .token = deed_token(platform, deed),
                                                   .version = order.version,
                                                   .body = body});
    assert_int_equal(reply.status, 413);
    assert_string_equal(test_problem(&reply), "too-large");
    assert_int_equal(order_version(platform, order.id), order.version);
    test_reply_free(&reply);
    free(body);
}

/* --- the other bodies ------------------------------------------------------------------------- */

static int64_t order_count(void)
{
    struct test_reply reply =
        test_get(platform, attack_token(platform, "analyst", false), "/board?by=state");
    int64_t total = json_int(cJSON_GetObjectItemCaseSensitive(reply.json, "totals"), "total", -1);
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
    return total;
}

/* Their fields as docs/api.yaml has them. */
#define FIELD(name, type, required, min, max)                                                      \
    "{\"name\":\"" name "\",\"type\":\"" type "\",\"required\":" required ",\"min\":" min          \
    ",\"max\":" max "}"

static void attack_body(const struct target *target, const char *fields)
{
    cJSON *list = json_parse(fields, strlen(fields));
    const cJSON *field;
    assert_non_null(list);
    cJSON_ArrayForEach(field, list) expect_field_guarded(target, field);
    cJSON_Delete(list);
    expect_unknown_refused(target);
    expect_malformed_refused(target);
}

static void every_field_of_the_intake_is_checked_and_nothing_is_taken(void **state)
{
    static const char fields[] = "[" FIELD("channel", "choice", "true", "0", "0") "," FIELD(
        "kind", "choice",
        "true", "0", "0") "," FIELD("phone", "line", "false", "0", "32") "," FIELD("name", "line",
                                                                                   "false", "0", "40") "," FIELD("confidential", "bool", "false", "0", "0") "," FIELD("place", "place", "false", "0", "0") "," FIELD("place_text", "line", "false", "0", "100") "," FIELD("region", "line", "true", "6", "15") "," FIELD("category",
                                                                                                                                                                                                                                                                                                                         "category", "true", "0", "0") "," FIELD("words",
                                                                                                                                                                                                                                                                                                                                                                 "text", "true", "2", "2000") "," FIELD("urgent",
                                                                                                                                                                                                                                                                                                                                                                                                        "bool",
                                                                                                                                                                                                                                                                                                                                                                                                        "false", "0", "0") "," FIELD("complex",
                                                                                                                                                                                                                                                                                                                                                                                                                                     "bool",
                                                                                                                                                                                                                                                                                                                                                                                                                                     "false",
                                                                                                                                                                                                                                                                                                                                                                                                                                     "0",
                                                                                                                                                                                                                                                                                                                                                                                                                                     "0") "," FIELD("source_no",
                                                                                                                                                                                                                                                                                                                                                                                                                                                    "line", "false", "1", "64") "," FIELD("source_deadline",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "time", "false", "0", "0") "," FIELD("next", "choice", "true", "0",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                               "0") "," FIELD("answer", "text", "false",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "1",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "2000") "]";
    static const struct {
        const char *name, *value;
    } more[] = {{"region", "\"999999999999\""},
                {"region", "\"42028%\""},
                {"category", "\"01\""},
                {"phone", "\"abc\""},
                {"phone", "\"++\""}};
    struct target target = {
        "/appeals", attack_token(platform, "operator", false), 0,
        "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"region\":\"420281003001\","
        "\"place_text\":\"水塔旁\",\"category\":\"010101\",\"words\":\"小区停水\",\"next\":"
        "\"keep\"}"};
    int64_t before = order_count();
    (void)state;
    attack_body(&target, fields);
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        cJSON *value = json_parse(more[i].value, strlen(more[i].value));
        expect_member_refused(&target, more[i].name, value);
        cJSON_Delete(value);
    }
    assert_int_equal(order_count(), before);
}

static void every_field_of_the_other_bodies_is_checked(void **state)
{
    char path[64];
    (void)state;
    struct subject order = attack_order(platform);
    struct target login = {"/sessions", NULL, 0, "{\"login\":\"operator\",\"password\":\"x\"}"};
    attack_body(&login, "[" FIELD("login", "line", "true", "1",
                                  "64") "," FIELD("password", "line", "true", "1", "128") "]");
    struct target lookup = {"/callers/lookup", attack_token(platform, "operator", false), 0,
                            "{\"phone\":\"13800001111\"}"};
    attack_body(&lookup, "[" FIELD("phone", "line", "true", "3", "32") "]");
    (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/reveal", order.id);
    struct target reveal = {path, attack_token(platform, "operator", false), 0,
                            "{\"reason\":\"回拨核实\"}"};
    attack_body(&reveal, "[" FIELD("reason", "text", "true", "2", "200") "]");
    assert_int_equal(order_version(platform, order.id), order.version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_merge_needs_exactly_a_number_or_an_id),
        cmocka_unit_test(a_body_over_the_limit_changes_nothing),
        cmocka_unit_test(every_field_of_the_intake_is_checked_and_nothing_is_taken),
        cmocka_unit_test(every_field_of_the_other_bodies_is_checked),
        cmocka_unit_test(every_field_of_every_action_is_checked_and_nothing_changes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
