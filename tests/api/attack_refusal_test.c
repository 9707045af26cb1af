/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every action where it is not possible: refused with the reason and with what is possible. */
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

/* What this account may do with the order now, by name; the labels are in the order. */
static bool may(const struct test_reply *order, const char *action)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(order->json, "actions"))
    {
        if (strcmp(json_text(item, "name", ""), action) == 0)
            return true;
    }
    return false;
}

static void expect_explained(const struct test_reply *order, const struct test_reply *reply,
                             const struct deed *deed)
{
    const char *title = json_text(reply->json, "title", "");
    const char *problem = test_problem(reply);
    const cJSON *item, *actions = cJSON_GetObjectItemCaseSensitive(order->json, "actions");
    if (reply->status == 403 && strcmp(problem, "forbidden") == 0)
        return; /* possible, but somebody else's */
    if (reply->status != 409 || strlen(title) < 12)
        fail_msg("%s in state %s gave %d %s", deed->name, json_text(order->json, "state", ""),
                 reply->status, reply->text);
    if (strcmp(problem, "not-allowed") != 0 && strcmp(problem, "no-subject") != 0)
        return; /* a rule in words of its own */
    if (cJSON_GetArraySize(actions) == 0)
        assert_non_null(strstr(title, "无"));
    cJSON_ArrayForEach(item, actions)
    {
        if (!strstr(title, json_text(item, "label", "?")))
            fail_msg("%s is possible, but not said in: %s", json_text(item, "name", ""), title);
    }
}

static void what_is_not_possible_is_refused_with_what_is(void **state)
{
    static const char *const situations[] = {"submit",  "dispatch", "sign",    "object",
                                             "unmerge", "resume",   "archive", "callback"};
    size_t refused = 0;
    (void)state;
    for (size_t s = 0; s < sizeof situations / sizeof situations[0]; s++) {
        struct subject subject =
            deed_order(platform, deed_find(situations[s], strlen(situations[s])));
        char *before = order_picture(platform, subject.id);
        for (size_t i = 0; i < DEEDS; i++) {
            const char *token = deed_token(platform, &deeds[i]);
            struct test_reply order = test_get(platform, token, "/orders/%" PRId64, subject.id);
            if (order.status == 200 && !may(&order, deeds[i].action)) {
                char *body = deed_body(platform, &deeds[i]);
                struct test_reply reply = test_act(platform, token, subject.id, subject.version,
                                                   deeds[i].action, "%s", body);
                expect_explained(&order, &reply, &deeds[i]);
                test_reply_free(&reply);
                free(body);
                refused++;
            }
            test_reply_free(&order);
        }
        char *after = order_picture(platform, subject.id);
        assert_string_equal(after, before);
        free(before);
        free(after);
    }
    assert_true(refused > 100);
}

static void what_nobody_has_heard_of_is_not_found(void **state)
{
    static const char *const names[] = {"approve", "Submit", "submit%20", "%E6%B4%BE%E5%8F%91",
                                        ".."};
    struct subject order = attack_order(platform);
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct test_reply reply = test_act(platform, attack_token(platform, "operator", false),
                                           order.id, order.version, names[i], "{}");
        assert_int_equal(reply.status, 404);
        assert_string_equal(test_problem(&reply), "no-such-action");
        test_reply_free(&reply);
    }
    assert_int_equal(order_version(platform, order.id), order.version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_possible_is_refused_with_what_is),
        cmocka_unit_test(what_nobody_has_heard_of_is_not_found),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
