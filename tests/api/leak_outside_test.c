/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An order outside the scope is, byte for byte and by the clock, one that never was, in whatever
 * part of a request it is named. */
#include "tests/api/leak.h"
#include <time.h>

static struct leak leak;
static unsigned seed;

static int setup(void **state)
{
    (void)state;
    seed = leak_seed();
    leak_start(&leak);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return leak_stop(&leak) ? 0 : -1;
}

#define TOWN   "420281108001" /* what x_take and x_give work on */
#define STREET "420281003001"
#define APPEAL(region, category, words, more)                                                      \
    "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"region\":\"" region                    \
    "\",\"place_text\":\"路口\",\"category\":\"" category "\",\"words\":\"" words "\"," more "}"
#define DISPATCH "\"next\":\"dispatch\""

/* --- as if it never was ----------------------------------------------------------------------- */

/* How an order may be named. */
struct name {
    char text[24];
};

static const struct {
    const char *method, *part, *body;
    int64_t version;
} requests[] = {
    {"GET", "", NULL, 0},
    {"GET", "/events", NULL, 0},
    {"GET", "/why?of=deadline", NULL, 0},
    {"GET", "/why?of=state", NULL, 0},
    {"GET", "/why?of=suggestion", NULL, 0},
    {"GET", "/why?of=mask", NULL, 0},
    {"GET", "/why?of=action&action=dispatch", NULL, 0},
    {"GET", "/why?of=action&action=nothing", NULL, 0},
    {"POST", "/reveal", "{\"reason\":\"好奇\"}", 0},
    {"POST", "/reveal", "{}", 0},
    {"POST", "/actions/supervise", "{\"form\":\"notice\",\"text\":\"越权\"}", 1},
    {"POST", "/actions/supervise", "{\"form\":\"notice\",\"text\":\"越权\"}", 999},
    {"POST", "/actions/supervise", "{\"form\":\"notice\",\"text\":\"越权\"}", 0},
    {"POST", "/actions/sign", "{}", 2},
    {"POST", "/actions/dispatch", "{\"unit\":201}", 2},
    {"POST", "/actions/merge", "{\"target\":\"1\"}", 2},
    {"POST", "/actions/classify", "{\"category\":\"010101\"}", 2},
    {"POST", "/actions/citizen_says", "{\"what\":\"urge\"}", 2},
    {"POST", "/actions/nothing", "{}", 2},
    {"DELETE", "", NULL, 0},
};
enum { REQUESTS = sizeof requests / sizeof requests[0] };

static struct said ask_about(const char *token, size_t request, const char *name)
{
    char path[120];
    (void)snprintf(path, sizeof path, "/orders/%s%s", name, requests[request].part);
    return talk_ask(leak.talk, &(struct test_request){.method = requests[request].method,
                                                      .path = path,
                                                      .token = token,
                                                      .version = requests[request].version,
                                                      .body = requests[request].body});
}

static void expect_alike(const struct said *outside, const struct said *never, const char *login,
                         const char *what)
{
    if (strcmp(outside->head, never->head) != 0 || strcmp(outside->text, never->text) != 0)
        fail_msg("%s, %s: what is outside gave %s%s, what never was %s%s", login, what,
                 outside->head, outside->text, never->head, never->text);
}

/* An id and a number like those of the order, of which there was none. */
static void never_was(const struct sight_order *like, struct name *id, struct name *number)
{
    char whole[ORDER_NUMBER_SIZE];
    (void)snprintf(id->text, sizeof id->text, "%" PRId64, like->id + 5000000);
    order_number_format(clock_day(INT64_C(1794963600000)), 7000 + (int64_t)rand_r(&seed) % 999,
                        whole); /* 2026-11-18 */
    (void)snprintf(number->text, sizeof number->text, "%s", whole);
}

static void expect_never_was(const struct sight_account *account, const struct sight_order *order)
{
    const char *token = leak_token(&leak, account);
    struct name id, never_id, never_number;
    (void)snprintf(id.text, sizeof id.text, "%" PRId64, order->id);
    never_was(order, &never_id, &never_number);
    for (size_t r = 0; r < REQUESTS; r++) {
        struct said outside = ask_about(token, r, id.text);
        struct said never = ask_about(token, r, never_id.text);
        if (outside.status < 400)
            fail_msg("%s, %s: %d %s", account->login, requests[r].part, outside.status,
                     outside.text);
        expect_alike(&outside, &never, account->login, requests[r].part);
        said_free(&outside);
        said_free(&never);
        outside = ask_about(token, r, order->number);
        never = ask_about(token, r, never_number.text);
        expect_alike(&outside, &never, account->login, requests[r].part);
        said_free(&outside);
        said_free(&never);
    }
    struct said outside = talk_get(leak.talk, token, "/orders?q=%s", order->number);
    struct said never = talk_get(leak.talk, token, "/orders?q=%s", never_number.text);
    expect_alike(&outside, &never, account->login, "q=NUMBER");
    said_free(&outside);
    said_free(&never);
}

static const struct sight_order *some_outside(const struct sight_account *account)
{
    size_t count = leak.city->order_count, from = (size_t)rand_r(&seed) % count;
    for (size_t i = 0; i < count; i++) {
        const struct sight_order *order = &leak.city->orders[(from + i) % count];
        if (!sight_sees(leak.city, account, order))
            return order;
    }
    return NULL;
}

static void an_order_outside_is_answered_like_one_that_never_was(void **state)
{
    static const char *const logins[] = {
        "n_ecology", "n_labour", "x_one",  "x_give",    "x_take",    "x_call",  "x_sit",
        "x_study",   "handler2", "x_many", "librarian", "auditor",   "admin",   "unit303",
        "handler3",  "x_below",  "x_two",  "x_streets", "x_nothing", "x_units",
    };
    (void)state;
    for (size_t i = 0; i < sizeof logins / sizeof logins[0]; i += SLOW ? 2 : 1) {
        if (strcmp(logins[i], "unit303") == 0)
            continue; /* handler3 is of that unit */
        const struct sight_account *account = sight_account(leak.city, logins[i]);
        const struct sight_order *order = some_outside(account);
        assert_non_null(order);
        expect_never_was(account, order);
    }
}

/* --- what a body names ------------------------------------------------------------------------ */

static struct said merge_into(const char *login, int64_t order, int64_t version, const char *target)
{
    char path[96], body[96];
    (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/actions/merge", order);
    (void)snprintf(body, sizeof body, "{\"target\":\"%s\"}", target);
    return talk_ask(leak.talk, &(struct test_request){.path = path,
                                                      .token = leak_as(&leak, login),
                                                      .version = version,
                                                      .body = body});
}

static void a_body_that_names_an_order_outside_is_refused_like_one_that_names_none(void **state)
{
    (void)state;
    int64_t mine = leak_take(&leak, "x_take", NULL, APPEAL(TOWN, "010101", "停水了", DISPATCH));
    const struct sight_account *account = sight_account(leak.city, "x_give");
    const struct sight_order *order = some_outside(account);
    struct name id, never_id, never_number;
    (void)snprintf(id.text, sizeof id.text, "%" PRId64, order->id);
    never_was(order, &never_id, &never_number);
    for (int64_t version = 1; version <= 2; version++) {
        struct said outside = merge_into("x_give", mine, version, id.text);
        struct said never = merge_into("x_give", mine, version, never_id.text);
        assert_true(outside.status == (version == 2 ? 422 : 412));
        expect_alike(&outside, &never, "x_give", "merge into an id");
        said_free(&outside);
        said_free(&never);
        outside = merge_into("x_give", mine, version, order->number);
        never = merge_into("x_give", mine, version, never_number.text);
        expect_alike(&outside, &never, "x_give", "merge into a number");
        said_free(&outside);
        said_free(&never);
    }
    assert_int_equal(leak_version(&leak, mine), 2);
}

static void a_source_number_taken_outside_names_no_order(void **state)
{
    char outside[24], inside[24];
    (void)state;
    leak_take(&leak, "operator", outside,
              APPEAL(STREET, "010101", "停水了", "\"source_no\":\"S-1\"," DISPATCH));
    leak_take(&leak, "operator", inside,
              APPEAL(TOWN, "010101", "停水了", "\"source_no\":\"S-2\"," DISPATCH));
    for (int i = 1; i <= 2; i++) {
        struct said said =
            talk_post(leak.talk, leak_as(&leak, "x_take"), "/appeals",
                      APPEAL(TOWN, "010101", "又停水了", "\"source_no\":\"S-%d\"," DISPATCH), i);
        assert_int_equal(said.status, 409);
        assert_null(strstr(said.text, outside));
        assert_true((strstr(said.text, inside) != NULL) == (i == 2));
        said_free(&said);
    }
    struct said said = talk_get(leak.talk, leak_as(&leak, "x_take"), "/orders?q=S-1");
    assert_int_equal(cJSON_GetArraySize(leak_items(&said)), 0);
    said_free(&said);
}

/* A key of somebody else is nobody's. */
static void a_key_of_another_account_answers_nothing_of_his(void **state)
{
    static const char *const logins[] = {"operator", "x_take", "x_take", "operator2"};
    int64_t ids[4];
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct said said =
            talk_ask(leak.talk,
                     &(struct test_request){.path = "/appeals",
                                            .token = leak_as(&leak, logins[i]),
                                            .key = "the-same-key",
                                            .body = APPEAL(TOWN, "010101", "水管裂了", DISPATCH)});
        assert_int_equal(said.status, 201);
        ids[i] = json_int(said.json, "id", 0);
        said_free(&said);
    }
    assert_true(ids[0] != ids[1] && ids[1] == ids[2] && ids[3] != ids[0] && ids[3] != ids[1]);
    char path[96];
    (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/actions/submit",
                   leak_take(&leak, "operator", NULL,
                             APPEAL(STREET, "010101", "停水了", "\"next\":\"keep\"")));
    for (int i = 0; i < 2; i++) {
        struct said said =
            talk_ask(leak.talk, &(struct test_request){.path = path,
                                                       .token = leak_as(&leak, logins[i]),
                                                       .key = "another-key",
                                                       .version = 1,
                                                       .body = "{}"});
        assert_int_equal(said.status, i == 0 ? 200 : 404);
        said_free(&said);
    }
}

/* An order that went into one outside: where it went is not told. */
static void an_order_merged_outside_does_not_name_it(void **state)
{
    static const char *const parts[] = {"", "/events", "/why?of=state",
                                        "/why?of=action&action=unmerge"};
    static const char *const logins[] = {"town_chengui", "x_give", "x_take"};
    char number[24], id[24], body[64], path[96];
    (void)state;
    int64_t mine = leak_take(&leak, "operator", NULL, APPEAL(TOWN, "010101", "停水了", DISPATCH));
    int64_t other =
        leak_take(&leak, "operator", number, APPEAL(STREET, "010101", "停水了", DISPATCH));
    (void)snprintf(id, sizeof id, "%" PRId64, other);
    (void)snprintf(body, sizeof body, "{\"target\":\"%s\"}", number);
    leak_act(&leak, "dispatcher", mine, "merge", body, 200);
    for (size_t l = 0; l < 3; l++) {
        for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
            (void)snprintf(path, sizeof path, "/orders/%" PRId64 "%s", mine, parts[p]);
            struct said said = talk_get(leak.talk, leak_as(&leak, logins[l]), "%s", path);
            (void)leak_expect(said, 200, path);
            if (strstr(said.text, id) || strstr(said.text, number))
                fail_msg("%s, %s: %s", logins[l], path, said.text);
            said_free(&said);
        }
    }
    struct said said = merge_into("x_give", mine, leak_version(&leak, mine), "1");
    assert_null(strstr(said.text, id));
    assert_null(strstr(said.text, number));
    said_free(&said);
}

/* --- time ------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

enum { ROUNDS = SLOW ? 41 : 121 };

/* By turns, so that what else the machine does meets both. */
static void expect_as_fast(const struct sight_account *account, size_t request, const char *outside,
                           const char *never)
{
    int64_t times[2][ROUNDS];
    const char *token = leak_token(&leak, account);
    for (size_t round = 0; round < ROUNDS; round++)
        for (int i = 0; i < 2; i++) {
            int64_t from = now_us();
            struct said said = ask_about(token, request, i == 0 ? outside : never);
            times[i][round] = now_us() - from;
            assert_int_equal(said.status, 404);
            said_free(&said);
        }
    for (int i = 0; i < 2; i++)
        qsort(times[i], ROUNDS, sizeof times[i][0], by_size);
    int64_t a = times[0][ROUNDS / 2], b = times[1][ROUNDS / 2];
    int64_t more = a > b ? a : b, less = a > b ? b : a;
    if (more > 3 * less && more - less > 2000)
        fail_msg("%s, %s: outside takes %" PRId64 " us, what never was %" PRId64 " us",
                 account->login, requests[request].part, a, b);
}

static void an_order_outside_takes_no_longer_than_one_that_never_was(void **state)
{
    static const size_t asked[] = {0, 1, 8}; /* the order, its events, a reveal */
    (void)state;
    const struct sight_account *account = sight_account(leak.city, "x_one");
    const struct sight_order *order = some_outside(account);
    struct name id, never_id, never_number;
    (void)snprintf(id.text, sizeof id.text, "%" PRId64, order->id);
    never_was(order, &never_id, &never_number);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        expect_as_fast(account, asked[i], id.text, never_id.text);
    expect_as_fast(account, 0, order->number, never_number.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_outside_is_answered_like_one_that_never_was),
        cmocka_unit_test(a_body_that_names_an_order_outside_is_refused_like_one_that_names_none),
        cmocka_unit_test(a_source_number_taken_outside_names_no_order),
        cmocka_unit_test(a_key_of_another_account_answers_nothing_of_his),
        cmocka_unit_test(an_order_merged_outside_does_not_name_it),
        cmocka_unit_test(an_order_outside_takes_no_longer_than_one_that_never_was),
    };
    return cmocka_run_group_tests_name("outside", tests, setup, teardown);
}
