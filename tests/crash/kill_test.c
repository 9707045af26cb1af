/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program is killed (SIGKILL) at a random moment under 8 clients, again and again on one
 * database. What was answered is there once, what is sent again is answered the same. CRASH_KILLS
 * and CRASH_SEED set how often and where chance begins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/platform.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 8, REQUESTS = 60 };

struct client {
    const struct test_platform *platform;
    const char *token;
    int round, number;
    int64_t ids[REQUESTS]; /* of what was answered */
    int answered;
    pthread_t thread;
};

static char category[32];
static atomic_int answered; /* of the round */

static struct test_reply send_appeal(const struct client *c, int i)
{
    char key[64], body[512];
    (void)snprintf(key, sizeof key, "r%d-c%d-a%d", c->round, c->number, i);
    (void)snprintf(body, sizeof body,
                   "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"region\":\"420281\","
                   "\"place_text\":\"湖滨路\",\"category\":\"%s\",\"source_no\":\"%s\","
                   "\"words\":\"停水两天了，没有人管。\",\"next\":\"dispatch\"}",
                   category, key);
    const struct test_request request = {
        .path = "/appeals", .token = c->token, .key = key, .body = body};
    return test_http(c->platform, &request);
}

/* Until there is no answer any more. */
static void *client_run(void *user)
{
    struct client *c = user;
    for (c->answered = 0; c->answered < REQUESTS;) {
        struct test_reply reply = send_appeal(c, c->answered);
        int status = reply.status;
        c->ids[c->answered] = json_int(reply.json, "id", 0);
        test_reply_free(&reply);
        if (status != 201)
            return NULL;
        c->answered++;
        atomic_fetch_add(&answered, 1);
    }
    return NULL;
}

static void find_category(const struct test_platform *platform, const char *token)
{
    /* 停水 */
    struct test_reply reply = test_get(platform, token, "/categories?q=%%E5%%81%%9C%%E6%%B0%%B4");
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(reply.json, "items"), 0);
    (void)snprintf(category, sizeof category, "%s", json_text(first, "code", ""));
    test_reply_free(&reply);
    assert_true(*category);
}

/* All that was answered, and the one that was under way, once more. */
static void send_again(struct client *c)
{
    for (int i = 0; i <= c->answered && i < REQUESTS; i++) {
        struct test_reply reply = send_appeal(c, i);
        if (reply.status != 201 || (i < c->answered && json_int(reply.json, "id", 0) != c->ids[i]))
            fail_msg("round %d, client %d, appeal %d of %d: %d %s", c->round, c->number, i,
                     c->answered, reply.status, reply.text);
        test_reply_free(&reply);
    }
}

static uint32_t number_from(const char *name, uint32_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? (uint32_t)strtoul(text, NULL, 10) : otherwise;
}

static void what_was_answered_is_there_once_after_a_kill(void **state)
{
    (void)state;
    static struct client clients[CLIENTS];
    uint32_t kills = number_from("CRASH_KILLS", 3), chance = number_from("CRASH_SEED", 4711);
    (void)signal(SIGPIPE, SIG_IGN);
    struct test_platform *platform = test_platform_start(NULL);
    const char *token = test_login(platform, "operator");
    find_category(platform, token);
    for (uint32_t round = 0; round < kills; round++) {
        chance = chance * 1664525U + 1013904223U;
        int until = 1 + (int)((chance >> 8) % 80);
        atomic_store(&answered, 0);
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = (struct client){
                .platform = platform, .token = token, .round = (int)round, .number = i};
            assert_int_equal(pthread_create(&clients[i].thread, NULL, client_run, &clients[i]), 0);
        }
        assert_true(TEST_WAIT(atomic_load(&answered) >= until));
        test_platform_kill(platform);
        for (int i = 0; i < CLIENTS; i++)
            pthread_join(clients[i].thread, NULL);
        if (!test_platform_check(platform))
            fail_msg("round %u: the database does not verify", (unsigned)round);
        assert_true(test_platform_restart(platform));
        for (int i = 0; i < CLIENTS; i++)
            send_again(&clients[i]);
    }
    test_platform_kill(platform);
    assert_true(test_platform_check(platform));
    assert_true(test_platform_stop(platform));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_answered_is_there_once_after_a_kill),
    };
    return cmocka_run_group_tests_name("platform: killed", tests, NULL, NULL);
}
