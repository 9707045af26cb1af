/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leak: what the leak tests share: the demonstration city with accounts of many scopes more, all of
 * them logged in, and what each of them may see, worked out from the rows. The clock stands. */
#ifndef TESTS_API_LEAK_H
#define TESTS_API_LEAK_H

#include "core/buf.h"
#include "core/clock.h"
#include "core/number.h"
#include "tests/lib/platform.h"
#include "tests/lib/sight.h"
#include "tests/lib/talk.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LEAK_CLOCK "start=2026-11-18T09:00:00+08:00,scale=0"

#if defined(__SANITIZE_ADDRESS__)
enum { SLOW = 1 };
#else
enum { SLOW = 0 };
#endif

enum { EVERY_ROLE = 127, ACCOUNTS_MAX = 200 };

/* Beside the demonstration's own: custom accounts as an administrator would make them. */
static const struct {
    const char *login, *like;
    unsigned roles;
    const char *scopes;
} leak_accounts[] = {
    {"x_all", "supervisor", EVERY_ROLE, ""}, /* what it lists is the whole */
    {"x_one", "supervisor", 16, "region:420281003 industry:emergency channel:hotline12345"},
    {"x_two", "supervisor", 16, "industry:ecology industry:consumer category:0101"},
    {"x_streets", "supervisor", 16, "region:420281003 region:420281108"},
    {"x_nothing", "supervisor", 16, "industry:nobody"},
    {"x_gone", "supervisor", 16, ""}, /* disabled */
    {"x_take", "operator", 1, "region:420281108"},
    {"x_take_state", "operator", 1, "state:received state:to_dispatch"},
    {"x_give", "dispatcher", 2, "region:420281108"},
    {"x_give_industry", "dispatcher", 2, "industry:consumer"},
    {"x_call", "callback", 8, "state:callback state:concluded state:archived"},
    {"x_sit", "conference", 32, "industry:ecology"},
    {"x_study", "analyst", 64, "category:01 category:0703"},
    {"x_units", "handler", 4, "unit:/1/102/ unit:/1/303/ channel:hotline12345"},
    {"x_below", "handler", 4, "unit:/1/102/1021/"},
    {"x_many", "handler", 4 + 64 + 128, "region:420281003"},
};

struct leak {
    struct test_platform *platform;
    struct talk *talk;
    struct sight_city *city;
    char *tokens[ACCOUNTS_MAX]; /* as the city's accounts; NULL not logged in */
};

/* The database of the city with these accounts, made once a program. */
static inline const char *leak_database(void)
{
    static char path[4096];
    char *directory, *output = NULL;
    if (*path)
        return path;
    directory = test_directory();
    (void)snprintf(path, sizeof path, "%s/city.db", directory);
    free(directory);
    const char *const words[] = {"init", "--demo", "--db", path, NULL};
    if (test_minqingd(words, LEAK_CLOCK, &output) != 0)
        fail_msg("no city: %s", output);
    free(output);
    for (size_t i = 0; i < sizeof leak_accounts / sizeof leak_accounts[0]; i++)
        sight_add_account(path, leak_accounts[i].like, 9000 + (int64_t)i, leak_accounts[i].login,
                          leak_accounts[i].roles, leak_accounts[i].scopes);
    sight_change(path, "update account set disabled = 1 where login = 'x_gone'");
    return path;
}

/* A platform on a copy of it that nobody can ask too often. */
static inline void leak_start(struct leak *leak)
{
    char *directory = test_directory(), path[4096];
    (void)snprintf(path, sizeof path, "%s/settings", directory);
    free(directory);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fprintf(file, "[rates]\naccount_burst = 1000000\naddress_burst = 1000000\n") > 0);
    assert_int_equal(fclose(file), 0);
    const char *const arguments[] = {"--settings", path, "--log-requests", NULL};
    const struct test_platform_options options = {
        .clock = LEAK_CLOCK, .database = leak_database(), .arguments = arguments};
    *leak = (struct leak){.platform = test_platform_start_with(&options)};
    test_quick_passwords(leak->platform);
    leak->talk = talk_open(leak->platform);
    leak->city = sight_read(leak->platform->database);
    assert_true(leak->city->account_count <= ACCOUNTS_MAX);
}

static inline bool leak_stop(struct leak *leak)
{
    bool good = test_platform_stop(leak->platform);
    talk_close(leak->talk);
    sight_free(leak->city);
    for (size_t i = 0; i < ACCOUNTS_MAX; i++)
        free(leak->tokens[i]);
    return good;
}

/* After changes: what everybody may see now. */
static inline void leak_look_again(struct leak *leak)
{
    sight_free(leak->city);
    leak->city = sight_read(leak->platform->database);
}

static inline const char *leak_token(struct leak *leak, const struct sight_account *account)
{
    size_t i = (size_t)(account - leak->city->accounts);
    if (!leak->tokens[i])
        leak->tokens[i] = talk_login(leak->talk, account->login);
    return leak->tokens[i];
}

static inline const char *leak_as(struct leak *leak, const char *login)
{
    return leak_token(leak, sight_account(leak->city, login));
}

static inline const cJSON *leak_member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static inline const cJSON *leak_items(const struct said *said)
{
    return leak_member(said->json, "items");
}

/* Takes out of the text where the feed stands, which is another text in each answer. */
static inline void leak_drop_cursors(char *text)
{
    static const char name[] = "\"cursor\":\"";
    for (char *at = text; (at = strstr(at, name));) {
        at += sizeof name - 1;
        size_t n = strcspn(at, "\"");
        memmove(at, at + n, strlen(at + n) + 1);
    }
}

static inline struct said leak_expect(struct said said, int status, const char *what)
{
    if (said.status != status)
        fail_msg("%s gave %d %s", what, said.status, said.text);
    return said;
}

/* Takes an appeal; `body` as for printf. The order's id, and its number unless NULL. */
__attribute__((format(printf, 4, 5))) static inline int64_t
leak_take(struct leak *leak, const char *login, char number[24], const char *body, ...)
{
    va_list args;
    char *text = NULL;
    va_start(args, body);
    assert_true(vasprintf(&text, body, args) > 0);
    va_end(args);
    struct said said = talk_post(leak->talk, leak_as(leak, login), "/appeals", "%s", text);
    if (said.status != 201)
        fail_msg("%s: %s gave %d %s", login, text, said.status, said.text);
    int64_t id = json_int(said.json, "id", 0);
    if (number)
        (void)snprintf(number, 24, "%s", json_text(said.json, "number", ""));
    said_free(&said);
    free(text);
    return id;
}

static inline int64_t leak_version(struct leak *leak, int64_t order)
{
    struct said said = talk_get(leak->talk, leak_as(leak, "x_all"), "/orders/%" PRId64, order);
    int64_t version = json_int(leak_expect(said, 200, "x_all").json, "version", 0);
    said_free(&said);
    return version;
}

/* Does it, from the version that the order has. Status as given. */
static inline void leak_act(struct leak *leak, const char *login, int64_t order, const char *action,
                            const char *body, int status)
{
    char path[96];
    (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/actions/%s", order, action);
    struct said said =
        talk_ask(leak->talk, &(struct test_request){.method = "POST",
                                                    .path = path,
                                                    .token = leak_as(leak, login),
                                                    .version = leak_version(leak, order),
                                                    .body = body});
    if (said.status != status)
        fail_msg("%s %s %s gave %d %s", login, path, body, said.status, said.text);
    said_free(&said);
}

static inline unsigned leak_seed(void)
{
    const char *given = getenv("LEAK_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)clock_ticks_ms();
    print_message("# LEAK_SEED=%u\n", seed);
    return seed;
}

#endif
