/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several people at once on one order, and a platform that is killed while they work. */
#include "core/clock.h"
#include "tests/api/attack.h"
#include <stdatomic.h>

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

/* --- at once ---------------------------------------------------------------------------------- */

enum { CROWD = 16 };

struct racer {
    pthread_barrier_t *start;
    const char *token, *key, *action, *body;
    struct subject order;
    struct test_reply reply;
};

static void *run_racer(void *user)
{
    struct racer *racer = user;
    char path[80];
    (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/actions/%s", racer->order.id,
                   racer->action);
    struct test_request request = {.path = path,
                                   .token = racer->token,
                                   .key = racer->key,
                                   .version = racer->order.version,
                                   .body = racer->body};
    (void)pthread_barrier_wait(racer->start);
    racer->reply = test_http(platform, &request);
    return NULL;
}

static void race(struct racer *racers, size_t count)
{
    pthread_barrier_t start;
    pthread_t threads[CROWD];
    assert_int_equal(pthread_barrier_init(&start, NULL, (unsigned)count), 0);
    for (size_t i = 0; i < count; i++) {
        racers[i].start = &start;
        assert_int_equal(pthread_create(&threads[i], NULL, run_racer, &racers[i]), 0);
    }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    (void)pthread_barrier_destroy(&start);
}

/* One change was made; whoever came second is shown what the first left. */
static void expect_one_winner(struct racer *racers, size_t count)
{
    size_t winners = 0;
    for (size_t i = 0; i < count; i++) {
        const struct racer *r = &racers[i];
        const cJSON *current = cJSON_GetObjectItemCaseSensitive(r->reply.json, "current");
        winners += r->reply.status == 200;
        if (r->reply.status != 200 &&
            (r->reply.status != 412 || strcmp(test_problem(&r->reply), "stale") != 0))
            fail_msg("%s %s gave %d %s", r->action, r->body, r->reply.status, r->reply.text);
        const cJSON *shown = r->reply.status == 200 ? r->reply.json : current;
        assert_true(json_int(shown, "id", 0) == r->order.id);
        assert_int_equal(json_int(shown, "version", 0), r->order.version + 1);
        assert_true(cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(shown, "actions")));
    }
    assert_int_equal(winners, 1);
    assert_int_equal(order_version(platform, racers[0].order.id), racers[0].order.version + 1);
    for (size_t i = 0; i < count; i++)
        test_reply_free(&racers[i].reply);
}

static void race_two(const struct deed *one, const struct deed *other, const struct subject *order)
{
    char *bodies[2] = {deed_body(platform, one), deed_body(platform, other)};
    struct racer racers[2] = {
        {.token = deed_token(platform, one),
         .action = one->action,
         .body = bodies[0],
         .order = *order},
        {.token = attack_token(platform, other->login, true),
         .action = other->action,
         .body = bodies[1],
         .order = *order},
    };
    race(racers, 2);
    expect_one_winner(racers, 2);
    free(bodies[0]);
    free(bodies[1]);
}

static void of_two_people_at_once_one_wins_and_the_other_sees_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < DEEDS; i++) {
        struct subject order = deed_order(platform, &deeds[i]);
        race_two(&deeds[i], &deeds[i], &order);
    }
}

static void every_published_action_was_raced_for(void **state)
{
    (void)state;
    struct test_reply reply =
        test_get(platform, attack_token(platform, "admin", false), "/actions");
    const cJSON *action;
    size_t count = 0;
    cJSON_ArrayForEach(action, cJSON_GetObjectItemCaseSensitive(reply.json, "actions"))
    {
        const char *name = json_text(action, "name", "");
        (void)deed_find(name, strlen(name));
        count++;
    }
    assert_true(count > 25);
    test_reply_free(&reply);
}

static void of_two_opposite_decisions_one_stands(void **state)
{
    static const char *const pairs[][2] = {
        {"accept_return", "refuse_return"}, {"grant_extension", "refuse_extension"},
        {"accept_reply", "refuse_reply"},   {"rule", "opinion"},
        {"dispatch", "withdraw"},           {"sign", "ask_return"},
        {"callback", "close_decision"},     {"answer", "reject"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const struct deed *one = deed_find(pairs[i][0], strlen(pairs[i][0]));
        const struct deed *other = deed_find(pairs[i][1], strlen(pairs[i][1]));
        struct subject order = deed_order(platform, one);
        race_two(i % 2 ? other : one, i % 2 ? one : other, &order);
    }
}

static void of_sixteen_at_once_one_wins(void **state)
{
    static const char *const names[] = {"dispatch", "sign", "reply", "callback", "citizen_says"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct deed *deed = deed_find(names[i], strlen(names[i]));
        struct racer racers[CROWD];
        struct subject order = deed_order(platform, deed);
        for (size_t r = 0; r < CROWD; r++)
            racers[r] = (struct racer){.token = attack_token(platform, deed->login, r % 2),
                                       .action = deed->action,
                                       .body = deed->body,
                                       .order = order};
        race(racers, CROWD);
        expect_one_winner(racers, CROWD);
    }
}

static void sixteen_with_one_key_are_one_change_and_all_hear_of_it(void **state)
{
    struct racer racers[CROWD];
    const struct deed *deed = deed_find("supervise", 9);
    struct subject order = deed_order(platform, deed);
    (void)state;
    for (size_t r = 0; r < CROWD; r++)
        racers[r] = (struct racer){.token = deed_token(platform, deed),
                                   .key = "one-key-for-all",
                                   .action = deed->action,
                                   .body = deed->body,
                                   .order = order};
    race(racers, CROWD);
    for (size_t r = 0; r < CROWD; r++) {
        assert_int_equal(racers[r].reply.status, 200);
        assert_int_equal(racers[r].reply.version, order.version + 1);
        test_reply_free(&racers[r].reply);
    }
    assert_int_equal(order_version(platform, order.id), order.version + 1);
}

/* --- killed ----------------------------------------------------------------------------------- */

enum { CLIENTS = 32, SENT_MAX = 64 };

struct client {
    unsigned round;
    int number;
    const char *token;
    atomic_int *answered;  /* of all clients */
    int64_t ids[SENT_MAX]; /* the orders that were answered; 0: sent, but there was no answer */
    int sent;
    int wrong; /* an answer that is neither 201 nor none */
};

static struct test_reply take(const struct client *client, int n)
{
    char key[64], body[400];
    (void)snprintf(key, sizeof key, "killed-%u-%d-%d", client->round, client->number, n);
    (void)snprintf(body, sizeof body,
                   "{\"channel\":\"hotline12345\",\"kind\":\"complaint\","
                   "\"phone\":\"1380000%04d\",\"region\":\"420281003001\",\"category\":\"010101\","
                   "\"words\":\"第 %d 次停水\",\"source_no\":\"%s\",\"next\":\"dispatch\"}",
                   client->number, n, key);
    return test_http(platform,
                     &(struct test_request){
                         .path = "/appeals", .token = client->token, .key = key, .body = body});
}

static void *take_until_killed(void *user)
{
    struct client *client = user;
    bool going_on = true;
    while (going_on && client->sent < SENT_MAX) {
        struct test_reply reply = take(client, client->sent);
        going_on = reply.status == 201;
        client->wrong |= reply.status != 201 && reply.status != 0 ? reply.status : 0;
        client->ids[client->sent++] = going_on ? json_int(reply.json, "id", 0) : 0;
        atomic_fetch_add(client->answered, going_on);
        test_reply_free(&reply);
    }
    return NULL;
}

static int64_t order_count(void)
{
    struct test_reply reply =
        test_get(platform, attack_token(platform, "analyst", false), "/board?by=state");
    assert_int_equal(reply.status, 200);
    int64_t total = json_int(cJSON_GetObjectItemCaseSensitive(reply.json, "totals"), "total", -1);
    test_reply_free(&reply);
    return total;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Everything is sent once more with its key: what was answered is answered the same way, what was
 * not is there now, and nothing is there twice. */
static void send_all_again(struct client *clients, int64_t before)
{
    static int64_t ids[CLIENTS * SENT_MAX];
    int64_t sent = 0;
    for (int c = 0; c < CLIENTS; c++) {
        for (int n = 0; n < clients[c].sent; n++) {
            struct test_reply reply = take(&clients[c], n);
            if (reply.status != 201)
                fail_msg("sent again: %d %s", reply.status, reply.text);
            int64_t id = json_int(reply.json, "id", 0);
            if (clients[c].ids[n] && clients[c].ids[n] != id)
                fail_msg("answered as %" PRId64 ", then as %" PRId64, clients[c].ids[n], id);
            ids[sent++] = id;
            test_reply_free(&reply);
        }
    }
    qsort(ids, (size_t)sent, sizeof ids[0], by_value);
    for (int64_t i = 1; i < sent; i++)
        assert_true(ids[i - 1] < ids[i]);
    assert_int_equal(order_count(), before + sent);
}

static void kill_at(unsigned round, int moment)
{
    static struct client clients[CLIENTS];
    pthread_t threads[CLIENTS];
    atomic_int answered = 0;
    int64_t before = order_count();
    for (int c = 0; c < CLIENTS; c++) {
        clients[c] = (struct client){
            .round = round,
            .number = c,
            .token = attack_token(platform, c % 2 ? "operator" : "operator2", false),
            .answered = &answered};
        assert_int_equal(pthread_create(&threads[c], NULL, take_until_killed, &clients[c]), 0);
    }
    bool busy = TEST_WAIT(atomic_load(&answered) >= moment);
    test_platform_kill(platform);
    for (int c = 0; c < CLIENTS; c++)
        assert_int_equal(pthread_join(threads[c], NULL), 0);
    assert_true(busy);
    for (int c = 0; c < CLIENTS; c++)
        assert_int_equal(clients[c].wrong, 0);
    assert_true(test_platform_check(platform));
    assert_true(test_platform_restart(platform));
    send_all_again(clients, before);
}

static void what_was_answered_is_there_once_after_a_kill(void **state)
{
    const char *given = getenv("ATTACK_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)clock_ticks_ms();
    (void)state;
    print_message("# ATTACK_SEED=%u\n", seed);
    for (unsigned round = 0; round < (SLOW ? 2 : 4); round++)
        kill_at(round, rand_r(&seed) % 300);
    test_platform_kill(platform);
    assert_true(test_platform_check(platform));
    assert_true(test_platform_restart(platform));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_action_was_raced_for),
        cmocka_unit_test(of_two_opposite_decisions_one_stands),
        cmocka_unit_test(of_sixteen_at_once_one_wins),
        cmocka_unit_test(sixteen_with_one_key_are_one_change_and_all_hear_of_it),
        cmocka_unit_test(what_was_answered_is_there_once_after_a_kill),
        cmocka_unit_test(of_two_people_at_once_one_wins_and_the_other_sees_it),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
