/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every GET address with everything that may stand in its query, and paths that name nothing. */
#include "core/buf.h"
#include "core/clock.h"
#include "tests/api/attack.h"
#include <sys/socket.h>
#include <unistd.h>

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

/* The parameters of an address as docs/api.yaml has them, with good values; '*' in the path stands
 * for an order. An optional parameter is sent only when it is the one that is attacked. */
struct parameter {
    const char *name, *good;
    bool required;
};
static struct address {
    const char *path;
    struct parameter parameters[20];
} addresses[] = {
    {"/health", {{0}}},
    {"/me", {{0}}},
    {"/actions", {{0}}},
    {"/channels", {{0}}},
    {"/kinds", {{0}}},
    {"/units", {{"q", "shui", false}, {"limit", "5", false}}},
    {"/categories", {{"q", "ts", false}, {"limit", "5", false}}},
    {"/addresses/complete", {{"q", "hb", true}, {"limit", "5", false}}},
    {"/addresses/1", {{0}}},
    {"/suggestions/unit",
     {{"category", "010101", true}, {"place", "100001", false}, {"region", "420281003001", false}}},
    {"/queues", {{0}}},
    {"/orders",
     {{"view", "all", false},
      {"after", "0.1", false},
      {"limit", "5", false},
      {"state", "in_hand", false},
      {"category", "010101", false},
      {"region", "420281003001", false},
      {"street", "420281003", false},
      {"industry", "emergency", false},
      {"channel", "hotline12345", false},
      {"unit", "201", false},
      {"lead", "201", false},
      {"card", "red", false},
      {"unsatisfied", "1", false},
      {"open", "1", false},
      {"concluded", "1", false},
      {"conclusion", "satisfied", false}}},
    {"/orders/*", {{0}}},
    {"/orders/*/events", {{0}}},
    {"/orders/*/why", {{"of", "action", true}, {"action", "dispatch", true}}},
    {"/board", {{"by", "state", true}}},
    {"/bulletin", {{"limit", "5", false}, {"before", "2026-11-18T09:00:00%2B08:00", false}}},
    /* The cursor is the account's, see below. */
    {"/changes", {{"cursor", "", true}, {"wait", "0", true}, {"zstd", "0", false}}},
};

static const char *const hostile[] = {
    "",
    "0",
    "-1",
    "x",
    "1.5",
    "1e9",
    "0x10",
    "%2B1",
    "%201",
    "1%20",
    "201",
    "61",
    "99999999",
    "9007199254740993",
    "-9223372036854775808",
    "99999999999999999999999999",
    "99999999999999999999.99999999999999999999",
    "-1.-1",
    ".",
    "1.",
    "true",
    "null",
    "%27%20or%201%3D1--",
    "%25",
    "_%25_",
    "%5B%5D",
    "%7B%7D",
    "..%2F..%2Fetc",
    "%0A",
    "a%0Ab",
    "%1B%5B2J",
    "%E2%80%AE",
    "%E6%B0%B4%E6%B0%B4",
    "%F0%9F%92%A7",
    "%00",
    "%FF",
    "%ED%A0%80",
    "%C0%AF",
    "%",
    "%4",
    "%zz",
    "2026-02-30T00:00:00Z",
    "1969-12-31T00:00:00Z",
    "dispatch",
    "state",
};

/* The address with its required parameters good, and `name` (unless NULL) as `value`. */
static char *target_of(const struct address *address, int64_t order, const char *name,
                       const char *value)
{
    struct buf out = BUF_EMPTY;
    const char *star = strchr(address->path, '*');
    char mark = '?';
    buf_add(&out, address->path, strcspn(address->path, "*"));
    if (star)
        buf_printf(&out, "%" PRId64 "%s", order, star + 1);
    for (const struct parameter *p = address->parameters; p->name; p++) {
        if (!p->required || (name && strcmp(p->name, name) == 0))
            continue;
        buf_printf(&out, "%c%s=%s", mark, p->name, p->good);
        mark = '&';
    }
    if (name)
        buf_printf(&out, "%c%s=%s", mark, name, value);
    char *text = buf_take(&out);
    assert_non_null(text);
    return text;
}

/* An answer, or a problem that names the parameter; 0 as `status` takes either. */
static void expect_sane(const char *target, const char *name, int status, const char *token)
{
    struct test_reply reply =
        test_http(platform, &(struct test_request){.path = target, .token = token});
    bool named = strcmp(json_text(reply.json, "field", ""), name ? name : "") == 0;
    bool sane = reply.status == 200
                    ? reply.json && strcmp(reply.type, "application/json") == 0
                    : reply.status >= 400 && reply.status < 500 && *test_problem(&reply) &&
                          strlen(json_text(reply.json, "title", "")) > 5;
    if (!sane || (status && reply.status != status) || (reply.status == 422 && !named))
        fail_msg("%.300s gave %d %s", target, reply.status, reply.text);
    test_reply_free(&reply);
}

static void attack_parameter(const struct address *address, int64_t order, const char *name,
                             const char *token)
{
    static char longer[4001];
    memset(longer, 'a', sizeof longer - 1);
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        char *target = target_of(address, order, name, hostile[i]);
        expect_sane(target, name, 0, token);
        free(target);
    }
    char *target = target_of(address, order, name, longer);
    expect_sane(target, name, 0, token);
    free(target);
}

static void attack_address(const struct address *address, int64_t order, const char *token)
{
    char *target = target_of(address, order, NULL, NULL);
    expect_sane(target, NULL, strcmp(address->path, "/addresses/1") == 0 ? 0 : 200, token);
    free(target);
    target = target_of(address, order, "colour", "red");
    expect_sane(target, "colour", 422, token);
    free(target);
    for (const struct parameter *p = address->parameters; p->name; p++) {
        char twice[64];
        target = target_of(address, order, p->name, p->good);
        expect_sane(target, NULL, 200, token);
        free(target);
        (void)snprintf(twice, sizeof twice, "%s&%s=%s", p->good, p->name, p->good);
        target = target_of(address, order, p->name, twice);
        expect_sane(target, NULL, 400, token);
        free(target);
        attack_parameter(address, order, p->name, token);
    }
}

static void no_query_breaks_an_address(void **state)
{
    const char *token = attack_token(platform, "supervisor", false);
    (void)state;
    struct subject order = deed_order(platform, deed_find("object", 6));
    char *cursor = test_cursor(platform, token);
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
        if (strcmp(addresses[i].path, "/changes") == 0)
            addresses[i].parameters[0].good = cursor;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
        attack_address(&addresses[i], order.id, token);
    free(cursor);
}

/* Numbers outside their range and words in their place never pass. */
static void what_is_out_of_range_is_refused_by_name(void **state)
{
    static const struct {
        const char *target, *field;
    } cases[] = {
        {"/orders?limit=0", "limit"},
        {"/orders?limit=201", "limit"},
        {"/orders?limit=-1", "limit"},
        {"/orders?limit=+5", "limit"},
        {"/orders?limit=%205", "limit"},
        {"/orders?limit=5%20", "limit"},
        {"/orders?open=2", "open"},
        {"/orders?unsatisfied=true", "unsatisfied"},
        {"/orders?unit=-1", "unit"},
        {"/orders?card=blue", "card"},
        {"/orders?after=5", "after"},
        {"/orders?region=4202", "region"},
        {"/units?limit=201", "limit"},
        {"/categories?limit=0", "limit"},
        {"/addresses/complete", "q"},
        {"/addresses/complete?q=x&limit=51", "limit"},
        {"/suggestions/unit", "category"},
        {"/suggestions/unit?category=010101&place=0", "place"},
        {"/board?by=mood", "by"},
        {"/bulletin?before=yesterday", "before"},
        {"/bulletin?limit=201", "limit"},
        {"/changes", "cursor"},
        {"/changes?cursor=5&wait=0", "cursor"},
        {"/changes?cursor=1201.0a1b2c3d&wait=0", "cursor"},
        {"/changes?cursor=-000000000000000000000000000000f&wait=0", "cursor"},
        {"/changes?cursor=000000000000000000000000000000f&wait=0", "cursor"},
        {"/changes?cursor=00000000000000000000000000000000f&wait=0", "cursor"},
        {"/changes?cursor=0000000000000000000000000000000F&wait=0", "cursor"},
        {"/changes?cursor=000000000000000000000000000000%200&wait=0", "cursor"},
        {"/changes?cursor=00000000000000000000000000000000&wait=x", "wait"},
        {"/changes?cursor=00000000000000000000000000000000&wait=61", "wait"},
        {"/changes?cursor=00000000000000000000000000000000&wait=0&zstd=1", "zstd"},
        {"/changes?cursor=00000000000000000000000000000000&wait=0&zstd=-1", "zstd"},
        {"/changes?cursor=00000000000000000000000000000000&wait=0&zstd=", "zstd"},
        {"/changes?cursor=00000000000000000000000000000000&wait=0&colour=red", "colour"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_sane(cases[i].target, cases[i].field, 422,
                    attack_token(platform, "supervisor", false));
}

static void only_an_order_answers_to_its_address(void **state)
{
    static const struct {
        const char *before, *behind;
    } around[] = {{"%20", ""}, {"", "%20"}, {"%2B", ""}, {"", ".0"}, {"0x", ""},  {"-", ""},
                  {"", "-"},   {"", "%0A"}, {"", "x"},   {"'", "'"}, {"", "%2F"}, {"", ","}};
    (void)state;
    struct subject order = attack_order(platform);
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
        struct test_reply reply =
            test_get(platform, attack_token(platform, "supervisor", false),
                     "/orders/%s%" PRId64 "%s", around[i].before, order.id, around[i].behind);
        if (reply.status != 404 && reply.status != 400)
            fail_msg("%s…%s gave %d", around[i].before, around[i].behind, reply.status);
        test_reply_free(&reply);
    }
}

/* --- what is hardly HTTP ---------------------------------------------------------------------- */

/* A good request with some bytes changed, taken out or doubled; its length. */
static size_t spoil(char *bytes, size_t n, unsigned *seed)
{
    for (int i = rand_r(seed) % 4; i >= 0 && n > 2; i--) {
        size_t at = (size_t)rand_r(seed) % (n - 1);
        switch (rand_r(seed) % 3) {
        case 0:
            bytes[at] = (char)rand_r(seed);
            break;
        case 1:
            memmove(bytes + at, bytes + at + 1, n - at - 1);
            n--;
            break;
        default:
            n = at;
        }
    }
    return n;
}

static void spoilt_requests_neither_stop_it_nor_leave_a_half(void **state)
{
    const char *given = getenv("ATTACK_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)clock_ticks_ms();
    const char *token = attack_token(platform, "operator", false);
    char bytes[1024];
    (void)state;
    print_message("# ATTACK_SEED=%u\n", seed);
    for (int i = 0; i < (SLOW ? 300 : 1000); i++) {
        int n = snprintf(bytes, sizeof bytes,
                         "POST /api/v1/appeals HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\n"
                         "Content-Type: application/json\r\nIdempotency-Key: spoilt-%d\r\n"
                         "Content-Length: %zu\r\n\r\n%s",
                         token, i, strlen(ATTACK_APPEAL), ATTACK_APPEAL);
        assert_true(n > 0 && (size_t)n < sizeof bytes);
        int fd = test_platform_dial(platform);
        (void)send(fd, bytes, spoil(bytes, (size_t)n, &seed), MSG_NOSIGNAL);
        (void)close(fd);
    }
    struct test_reply reply = test_get(platform, token, "/health");
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
    assert_true(test_platform_restart(platform)); /* a sanitizer would have had its say */
    test_platform_kill(platform);
    assert_true(test_platform_check(platform));
    assert_true(test_platform_restart(platform));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_an_order_answers_to_its_address),
        cmocka_unit_test(what_is_out_of_range_is_refused_by_name),
        cmocka_unit_test(no_query_breaks_an_address),
        cmocka_unit_test(spoilt_requests_neither_stop_it_nor_leave_a_half),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
