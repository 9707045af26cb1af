/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The platform loses its power at a random moment under 32 clients. What was answered is there
 * afterwards, once; what is sent again is answered the same; nothing is half, and the whole
 * database verifies. CRASH_ROUNDS and CRASH_SEED set how many rounds there are and where chance
 * begins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "platform/commands/check.h"
#include "tests/lib/power.h"
#include "tests/lib/small_city.h"
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CLIENTS = 32, ORDERS_A_CLIENT = 1 };

static char directory[64], city[128], path[128];

/* --- clients ---------------------------------------------------------------------------------- */

/* A request and what was answered. Zero status: it was never answered, or not with a success. */
struct sent {
    int status;
    int64_t id, version;
};

struct client {
    struct api *api;
    int number;
    struct sent sent[ORDERS_A_CLIENT][SMALL_STEPS];
    pthread_t thread;
};

/* The i-th request about the order: the same words and the same key whenever it is sent. */
static struct small_answer send_request(struct client *c, int order, int step)
{
    char key[48], words[80];
    (void)snprintf(key, sizeof key, "c%d-o%d-s%d", c->number, order, step);
    (void)snprintf(words, sizeof words, "停水了，第%d户第%d次来电。", c->number, order);
    if (step == 0)
        return small_appeal(c->api, key, words);
    const struct sent *before = &c->sent[order][step - 1];
    return small_step(c->api, step, before->id, before->version, key);
}

static bool good(const struct small_answer *answer)
{
    return answer->status == 200 || answer->status == 201;
}

/* Works until an answer is no success, as it is once the power is gone. */
static void *client_run(void *user)
{
    struct client *c = user;
    for (int order = 0; order < ORDERS_A_CLIENT; order++)
        for (int step = 0; step < SMALL_STEPS; step++) {
            struct small_answer answer = send_request(c, order, step);
            if (!good(&answer))
                return NULL;
            c->sent[order][step] = (struct sent){answer.status, answer.id, answer.version};
        }
    return NULL;
}

struct sealer {
    struct api *api;
    atomic_bool stop;
};

/* Seals without a pause, so that the power goes while one is made. */
static void *sealer_run(void *user)
{
    struct sealer *s = user;
    while (!s->stop && !power_is_off()) {
        (void)api_tick(s->api);
        api_seal(s->api);
        usleep(500);
    }
    return NULL;
}

/* --- a round ---------------------------------------------------------------------------------- */

struct outcome {
    int answered;   /* successes before the failure */
    int lost;       /* of them: not there, or not the same when they are sent again */
    int twice;      /* things that are there more than once */
    size_t damaged; /* findings of the check, or it does not open */
    char first[400];
};

__attribute__((format(printf, 2, 3))) static void tell(struct outcome *o, const char *format, ...)
{
    if (*o->first)
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(o->first, sizeof o->first, format, args);
    va_end(args);
}

static void copy_file(const char *from, const char *to)
{
    char bytes[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(in >= 0 && out >= 0);
    for (ssize_t n; (n = read(in, bytes, sizeof bytes)) > 0;)
        assert_int_equal(write(out, bytes, (size_t)n), n);
    close(in);
    close(out);
}

static void remove_database(const char *name)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock", ".key"};
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        char file[160];
        (void)snprintf(file, sizeof file, "%s%s", name, ENDS[i]);
        (void)unlink(file);
    }
}

static void fresh_city(void)
{
    char from[160], to[160];
    remove_database(path);
    copy_file(city, path);
    (void)snprintf(from, sizeof from, "%s.key", city);
    (void)snprintf(to, sizeof to, "%s.key", path);
    copy_file(from, to);
}

static void found(void *user, const char *where, const char *what)
{
    tell(user, "%s: %s", where, what);
}

static void check(struct outcome *o)
{
    struct store *store;
    struct error err = {ST_OK, ""};
    const struct check_options options = {.quick = false};
    struct verify v = {.found = found, .user = o};
    if (store_open(path, &store, &err)) {
        o->damaged++;
        tell(o, "it does not open: %s", err.message);
        return;
    }
    if (check_database(store, &options, &v, &err)) {
        o->damaged++;
        tell(o, "it cannot be checked: %s", err.message);
    }
    o->damaged += v.findings;
    store_close(store);
}

static int64_t count(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

/* Everything that was answered is sent again and must be answered the same; then each client goes
 * on where it was: what had been done without an answer is not done again. */
static void send_again(struct client *c, struct outcome *o)
{
    for (int order = 0; order < ORDERS_A_CLIENT; order++)
        for (int step = 0; step < SMALL_STEPS; step++) {
            struct sent *before = &c->sent[order][step];
            struct small_answer answer = send_request(c, order, step);
            bool same = good(&answer) && (!before->status || (answer.status == before->status &&
                                                              answer.id == before->id &&
                                                              answer.version >= before->version));
            if (before->status && !same) {
                o->lost++;
                tell(o, "client %d, order %d, step %d: answered %d, then %d %s", c->number, order,
                     step, before->status, answer.status, answer.type);
            } else if (!same) {
                o->damaged++;
                tell(o, "client %d, order %d, step %d cannot go on: %d %s", c->number, order, step,
                     answer.status, answer.type);
            }
            if (!before->status)
                *before = (struct sent){answer.status, answer.id, answer.version};
            else /* what came behind was made from the version then */
                before->id = answer.id;
        }
}

/* Each appeal and each step is there exactly once by now. */
static void count_all(struct outcome *o)
{
    const int64_t wanted = CLIENTS * ORDERS_A_CLIENT;
    static const char *const COUNTS[] = {"select count(*) from orders",
                                         "select count(*) from appeal",
                                         "select count(*) from assignment",
                                         "select count(*) from event where action = 'receive'",
                                         "select count(*) from event where action = 'dispatch'",
                                         "select count(*) from event where action = 'sign'",
                                         "select count(*) from event where action = 'handle'",
                                         "select count(*) from event where action = 'reply'"};
    for (size_t i = 0; i < sizeof COUNTS / sizeof COUNTS[0]; i++) {
        int64_t there = count(COUNTS[i]);
        if (there != wanted) {
            o->twice++;
            tell(o, "%s: %lld, not %lld", COUNTS[i], (long long)there, (long long)wanted);
        }
    }
}

static struct api *open_platform(struct outcome *o)
{
    struct api *api = NULL;
    struct error err = {ST_OK, ""};
    const struct api_options options = {.database = path};
    if (api_open(&options, &api, &err)) {
        o->damaged++;
        tell(o, "it does not open: %s", err.message);
        return NULL;
    }
    return api;
}

static void work_until_the_power_goes(struct client *clients, long fails_at)
{
    struct outcome none = {.answered = 0};
    struct api *api = open_platform(&none);
    if (!api)
        fail_msg("%s", none.first);
    struct sealer sealer = {.api = api};
    pthread_t sealing;
    power_fail_at(fails_at);
    assert_int_equal(pthread_create(&sealing, NULL, sealer_run, &sealer), 0);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].api = api;
        assert_int_equal(pthread_create(&clients[i].thread, NULL, client_run, &clients[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(clients[i].thread, NULL);
    sealer.stop = true;
    pthread_join(sealing, NULL);
    power_cut(); /* now, if not before: closing must not save what working did not */
    api_close(api);
}

static struct outcome round_of(uint32_t seed, long fails_at, uint32_t kept)
{
    static struct client clients[CLIENTS];
    struct outcome o = {.answered = 0};
    memset(clients, 0, sizeof clients);
    for (int i = 0; i < CLIENTS; i++)
        clients[i].number = i;
    power_begin(seed);
    fresh_city();
    work_until_the_power_goes(clients, fails_at);
    for (int i = 0; i < CLIENTS; i++)
        for (int order = 0; order < ORDERS_A_CLIENT; order++)
            for (int step = 0; step < SMALL_STEPS; step++)
                o.answered += clients[i].sent[order][step].status != 0;
    power_lose(kept);
    check(&o);
    struct api *api = o.damaged ? NULL : open_platform(&o);
    if (!api)
        return o;
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].api = api;
        send_again(&clients[i], &o);
    }
    api_seal(api);
    api_close(api);
    count_all(&o);
    check(&o);
    return o;
}

/* --- rules ------------------------------------------------------------------------------------ */

static uint32_t number_from(const char *name, uint32_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? (uint32_t)strtoul(text, NULL, 10) : otherwise;
}

static const uint32_t KEPT[] = {0, 50, 90, 100};

static void what_was_answered_is_there_once_after_a_loss_of_power(void **state)
{
    (void)state;
    enum { OPERATIONS = 900 }; /* about as many as all clients together need */
    uint32_t rounds = number_from("CRASH_ROUNDS", 20), seed = number_from("CRASH_SEED", 4711);
    long answered = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        power_begin(seed + round);
        long fails_at = 1 + (long)power_random(OPERATIONS);
        struct outcome o = round_of(seed + round, fails_at, KEPT[round % 4]);
        answered += o.answered;
        if (o.lost || o.twice || o.damaged)
            fail_msg("seed %u, operation %ld: of %d answered %d are lost, %d are there twice, %zu "
                     "findings; %s",
                     (unsigned)(seed + round), fails_at, o.answered, o.lost, o.twice, o.damaged,
                     o.first);
    }
    print_message("%u rounds, %ld requests answered before the failures, seed %u\n",
                  (unsigned)rounds, answered, (unsigned)seed);
    assert_true(answered > 0);
}

/* SQLite's own switch: every connection begins with it and does not take another word for it. */
static int refuse_synchronous(void *user, int action, const char *a, const char *b, const char *c,
                              const char *d)
{
    (void)user, (void)b, (void)c, (void)d;
    return action == SQLITE_PRAGMA && strcmp(a, "synchronous") == 0 ? SQLITE_IGNORE : SQLITE_OK;
}

static int synchronous_off(sqlite3 *db, char **message, const struct sqlite3_api_routines *api)
{
    (void)message, (void)api;
    int code = sqlite3_exec(db, "pragma synchronous = off", NULL, NULL, NULL);
    return code == SQLITE_OK ? sqlite3_set_authorizer(db, refuse_synchronous, NULL) : code;
}

/* Or the test above sees nothing. */
static void with_synchronous_off_the_loss_is_seen(void **state)
{
    (void)state;
    enum { ROUNDS = 2, LATE = 1000000 };
    assert_int_equal(sqlite3_auto_extension((void (*)(void))synchronous_off), SQLITE_OK);
    int seen = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct outcome o = round_of(100 + round, LATE, round ? 50 : 0);
        seen += o.answered > 0 && (o.lost || o.damaged);
    }
    sqlite3_cancel_auto_extension((void (*)(void))synchronous_off);
    assert_int_equal(seen, ROUNDS);
}

static int group_setup(void **state)
{
    (void)state;
    struct error err = {ST_OK, ""};
    (void)snprintf(directory, sizeof directory, "/tmp/minqing-power-XXXXXX");
    if (!mkdtemp(directory) || clock_init(NULL, &err))
        return -1;
    log_set_level((enum log_level) - 1);
    power_install();
    (void)snprintf(city, sizeof city, "%s/small.db", directory);
    (void)snprintf(path, sizeof path, "%s/city.db", directory);
    if (small_city_make(city, &err) == ST_OK)
        return 0;
    print_error("%s\n", err.message);
    return -1;
}

static int group_teardown(void **state)
{
    (void)state;
    remove_database(path);
    remove_database(city);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_answered_is_there_once_after_a_loss_of_power),
        cmocka_unit_test(with_synchronous_off_the_loss_is_seen),
    };
    return cmocka_run_group_tests_name("platform: loss of power", tests, group_setup,
                                       group_teardown);
}
