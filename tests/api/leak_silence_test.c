/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing that happens outside a scope changes an answer: all that an account can read before and
 * after is the same, letter by letter. */
#include "tests/api/leak.h"

static struct leak leak;

static int setup(void **state)
{
    (void)state;
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

/* --- nothing that happens outside ------------------------------------------------------------- */

/* To these everything that happens below lies outside. */
static const char *const watchers[] = {"n_ecology", "town_chengui", "x_give", "x_take",    "x_sit",
                                       "x_study",   "x_one",        "x_two",  "n_consumer"};
enum { WATCHERS = sizeof watchers / sizeof watchers[0] };

static void look_at(struct buf *out, const char *token, const char *path)
{
    struct said said = talk_get(leak.talk, token, "%s", path);
    leak_drop_cursors(said.text);
    buf_printf(out, "%s\n%s%s\n", path, said.status == 200 ? "" : said.head, said.text);
    said_free(&said);
}

/* All that the account can read, but for where the feed stands: see below. */
static char *picture(const char *login, const char *cursor)
{
    static const char *const paths[] = {
        "/me",
        "/queues",
        "/orders?view=all&limit=200",
        "/orders?view=supervision&limit=200",
        "/orders?view=dispatch&limit=5",
        "/orders?view=objections&limit=200",
        "/orders?q=%E6%8B%96%E6%AC%A0%E5%B7%A5%E8%B5%84", /* 拖欠工资 */
        "/orders?q=OUT-1",
        "/orders?unit=103",
        "/orders?lead=103",
        "/orders?category=0401&limit=200",
        "/board?by=state",
        "/board?by=unit",
        "/board?by=street",
        "/board?by=category",
        "/board?by=channel",
        "/bulletin?limit=200",
        "/units?q=s",
        "/categories?q=t",
        "/addresses/complete?q=h",
        "/articles?limit=200",
        "/suggestions/unit?category=070303&region=420281108",
        "/access?limit=200",
        "/accounts",
        "/seals",
        "/sessions",
    };
    const struct sight_account *account = sight_account(leak.city, login);
    const char *token = leak_token(&leak, account);
    struct buf out = BUF_EMPTY;
    char path[120];
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        look_at(&out, token, paths[i]);
    (void)snprintf(path, sizeof path, "/changes?wait=0&cursor=%s", cursor);
    struct said said = talk_get(leak.talk, token, "%s", path);
    buf_printf(&out, "%d items\n", cJSON_GetArraySize(leak_items(&said)));
    said_free(&said);
    for (size_t i = 0, shown = 0; i < leak.city->order_count && shown < 3; i++) {
        if (!sight_sees(leak.city, account, &leak.city->orders[i]))
            continue;
        static const char *const parts[] = {"", "/events", "/why?of=state", "/why?of=suggestion"};
        for (size_t p = 0; p < 4; p++) {
            (void)snprintf(path, sizeof path, "/orders/%s%s", leak.city->orders[i].number,
                           parts[p]);
            look_at(&out, token, path);
        }
        shown++;
    }
    said = talk_post(leak.talk, token, "/hints",
                     "{\"phone\":\"13987650000\",\"text\":\"拖欠工资三个月，老板不接电话\","
                     "\"region\":\"" TOWN "\"}");
    buf_add_text(&out, said.text);
    said_free(&said);
    return buf_take(&out);
}

/* A whole case about wages in the street, with a conference, a citizen known by his number, and
 * what goes on around. */
static void much_happens(void)
{
    char number[24], body[96];
    int64_t id = leak_take(&leak, "operator", number,
                           APPEAL(STREET, "040102", "拖欠工资三个月，老板不接电话",
                                  "\"phone\":\"13987650000\",\"name\":\"郑工\","
                                  "\"source_no\":\"OUT-1\"," DISPATCH));
    int64_t twin =
        leak_take(&leak, "operator", NULL, APPEAL(STREET, "040102", "拖欠工资三个月了", DISPATCH));
    (void)snprintf(body, sizeof body, "{\"target\":\"%s\"}", number);
    leak_act(&leak, "dispatcher", twin, "merge", body, 200);
    leak_act(&leak, "dispatcher", id, "dispatch", "{\"unit\":103,\"co_units\":[303]}", 200);
    leak_act(&leak, "unit103", id, "sign", "{}", 200);
    leak_act(&leak, "unit103", id, "handle", "{\"result\":\"已约谈\"}", 200);
    leak_act(&leak, "unit103", id, "object", "{\"reason\":\"不属我单位\",\"proposed_unit\":303}",
             200);
    leak_act(&leak, "conference", id, "opinion", "{\"opinion\":\"应由街道\"}", 200);
    leak_act(&leak, "conference", id, "rule",
             "{\"outcome\":\"moved\",\"unit\":104,\"reason\":\"按清单\"}", 200);
    leak_act(&leak, "supervisor", id, "supervise", "{\"form\":\"notice\",\"text\":\"限期\"}", 200);
    struct said said = talk_post(leak.talk, leak_as(&leak, "operator"), "/callers/lookup",
                                 "{\"phone\":\"13987650000\"}");
    assert_int_equal(cJSON_GetArraySize(leak_items(&said)), 1);
    said_free(&said);
    (void)snprintf(body, sizeof body, "/orders/%s/reveal", number);
    said = talk_post(leak.talk, leak_as(&leak, "callback"), body, "{\"reason\":\"核对\"}");
    said_free(&said);
}

static void nothing_that_happens_outside_changes_an_answer(void **state)
{
    char *before[WATCHERS], *cursors[WATCHERS];
    (void)state;
    for (size_t i = 0; i < WATCHERS; i++) {
        cursors[i] = test_cursor(leak.platform, leak_as(&leak, watchers[i]));
        free(picture(watchers[i], cursors[i])); /* its own first look is in the log */
        before[i] = picture(watchers[i], cursors[i]);
    }
    much_happens();
    for (size_t i = 0; i < WATCHERS; i++) {
        char *after = picture(watchers[i], cursors[i]);
        size_t at = 0;
        while (after[at] && after[at] == before[i][at])
            at++;
        size_t from = at > 200 ? at - 200 : 0;
        if (after[at] || before[i][at])
            fail_msg("%s read %.400s\nand reads %.400s", watchers[i], before[i] + from,
                     after + from);
        free(after);
        free(before[i]);
        free(cursors[i]);
    }
}

/* --- what is of each answer ------------------------------------------------------------------- */

enum { LOOKS = 24, ID_SIZE = 80 };

/* Not in order, as what counts something would be: of so many random texts all rise or all fall
 * once in 10^23 times. */
static void expect_no_order(const char *what, char texts[LOOKS][ID_SIZE])
{
    int rises = 0;
    for (size_t i = 0; i < LOOKS; i++) {
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(texts[i], texts[k]);
        assert_int_equal(strlen(texts[i]), strlen(texts[0]));
        rises += i > 0 && strcmp(texts[i], texts[i - 1]) > 0;
    }
    if (rises == 0 || rises == LOOKS - 1)
        fail_msg("%s: %s … %s are in order", what, texts[0], texts[LOOKS - 1]);
}

static void expect_digits_of(const char *text, const char *digits, size_t length)
{
    assert_int_equal(strlen(text), length);
    if (strspn(text, digits) != length)
        fail_msg("%s is more than %s", text, digits);
}

/* While others work, and while nothing happens. */
static void where_the_feed_stands_and_numbers_of_requests_count_nothing(void **state)
{
    static const char *const paths[] = {"/me", "/queues"};
    static char cursors[LOOKS][ID_SIZE], ids[LOOKS][ID_SIZE];
    (void)state;
    for (size_t p = 0; p < sizeof paths / sizeof paths[0]; p++) {
        for (int busy = 0; busy < 2; busy++) {
            for (size_t i = 0; i < LOOKS; i++) {
                struct test_reply reply =
                    test_get(leak.platform, leak_as(&leak, "n_ecology"), "%s", paths[p]);
                assert_int_equal(reply.status, 200);
                (void)snprintf(cursors[i], ID_SIZE, "%s", json_text(reply.json, "cursor", ""));
                (void)snprintf(ids[i], ID_SIZE, "%s", reply.request_id);
                expect_digits_of(cursors[i], "0123456789abcdef", 32);
                expect_digits_of(ids[i], "0123456789", 12);
                test_reply_free(&reply);
                if (busy)
                    (void)leak_take(&leak, "operator", NULL,
                                    APPEAL(STREET, "040102", "拖欠工资", DISPATCH));
            }
            expect_no_order("cursors", cursors);
            expect_no_order("numbers of requests", ids);
        }
    }
    /* What the first one leads to is nothing, and so is what the last one leads to. */
    for (size_t i = 0; i < LOOKS; i += LOOKS - 1) {
        struct said said = talk_get(leak.talk, leak_as(&leak, "n_ecology"),
                                    "/changes?wait=0&cursor=%s", cursors[i]);
        (void)leak_expect(said, 200, "/changes");
        expect_digits_of(json_text(said.json, "cursor", ""), "0123456789abcdef", 32);
        leak_drop_cursors(said.text);
        assert_string_equal(said.text, "{\"cursor\":\"\",\"items\":[]}");
        said_free(&said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_that_happens_outside_changes_an_answer),
        cmocka_unit_test(where_the_feed_stands_and_numbers_of_requests_count_nothing),
    };
    return cmocka_run_group_tests_name("silence", tests, setup, teardown);
}
