/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change feed of a city with 20,000 orders under a crowd: feed_bench [WATCHERS [SECONDS
 * [RATE]]].
 */
#include "core/clock.h"
#include "tests/lib/crowd.h"
#include "tests/lib/platform_private.h"
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { ORDERS = 20000 };

/* --- a large city ----------------------------------------------------------------------------- */

static int64_t number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    int64_t n = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        n = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return n;
}

/* Doubles the orders until there are enough; what belongs to an order stays with the first. */
static void multiply(const char *path)
{
    sqlite3 *db;
    int failed = sqlite3_open(path, &db);
    while (!failed && number_of(db, "select count(*) from orders") < ORDERS)
        failed = sqlite3_exec(
            db,
            "begin; create temp table more as select * from orders limit max(0, 20000 -"
            " (select count(*) from orders));"
            "update more set id = id + (select max(id) - min(id) + 1 from orders),"
            " number = number || '+';"
            "insert into orders select * from more; drop table more; commit",
            NULL, NULL, NULL);
    if (failed)
        test_die(NULL, "%s: %s", path, sqlite3_errmsg(db));
    printf("feed_city orders=%" PRId64 " open=%" PRId64 "\n",
           number_of(db, "select count(*) from orders"),
           number_of(db, "select count(*) from orders where open = 1"));
    (void)sqlite3_close(db);
}

static char *large_city(void)
{
    char *directory = test_directory(), *path = test_text("%s/city.db", directory);
    char *output = NULL;
    const char *const words[] = {"init", "--demo", "--db", path, NULL};
    if (test_minqingd(words, NULL, &output) != 0)
        test_die(NULL, "no city: %s", output);
    multiply(path);
    free(output);
    free(directory);
    return path;
}

/* How long one account waits for its counts, on a platform that nobody else asks. */
static void time_counts(const char *city)
{
    enum { TIMES = 20 };
    static const char *const logins[] = {"supervisor", "unit101"};
    struct test_platform *platform =
        test_platform_start_with(&(struct test_platform_options){.database = city});
    for (size_t i = 0; i < sizeof logins / sizeof logins[0]; i++) {
        const char *token = test_login(platform, logins[i]);
        int64_t slowest = 0, from = clock_ticks_ms();
        for (int k = 0; k < TIMES; k++) {
            int64_t began = clock_ticks_ms();
            struct test_reply reply = test_get(platform, token, "/queues");
            if (clock_ticks_ms() - began > slowest)
                slowest = clock_ticks_ms() - began;
            test_reply_free(&reply);
        }
        printf("feed_counts_%s ms=%.1f slowest_ms=%" PRId64 "\n", logins[i],
               (double)(clock_ticks_ms() - from) / TIMES, slowest);
    }
    (void)test_platform_stop(platform);
}

/* --- the crowds ------------------------------------------------------------------------------- */

static void print(const char *name, const struct crowd_options *options,
                  const struct crowd_result *r)
{
    double seconds = (double)r->run_ms / 1000;
    double watchers = (double)options->watchers;
    printf("feed_%s watchers=%zu accounts=%zu changes_per_s=%zu told=%zu missed=%zu p50_ms=%" PRId64
           " p99_ms=%" PRId64 " max_ms=%" PRId64 "\n",
           name, options->watchers, r->accounts, options->rate, r->told, r->missed, r->p50_ms,
           r->p99_ms, r->max_ms);
    printf("feed_%s_cost cpu_percent_of_a_core=%.0f kib_per_watcher=%.1f frames_per_s=%.0f "
           "bytes_per_row=%.0f bytes_per_watcher_s=%.0f\n",
           name, (double)r->cpu_ms / 10 / seconds,
           (double)(r->rss_after_kib - r->rss_before_kib) / watchers, (double)r->frames / seconds,
           r->rows ? (double)r->bytes / (double)r->rows : 0, (double)r->bytes / watchers / seconds);
    printf("feed_%s_gone descriptors_before=%zu with=%zu after=%zu ms=%" PRId64 "\n", name,
           r->descriptors_before, r->descriptors_with, r->descriptors_after, r->gone_ms);
    (void)fflush(stdout);
}

static size_t word(int argc, char **argv, int i, size_t otherwise)
{
    return argc > i ? (size_t)strtoull(argv[i], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        size_t accounts;
        enum frame_coding coding;
    } crowds[] = {
        {"many_views", 100, FRAME_DICTIONARY},
        {"one_view", 1, FRAME_DICTIONARY},
        {"one_view_zstd", 1, FRAME_ZSTD},
        {"one_view_plain", 1, FRAME_PLAIN},
    };
    size_t watchers = word(argc, argv, 1, 1000), seconds = word(argc, argv, 2, 20);
    size_t rate = word(argc, argv, 3, 50);
    bool good = true;
    char *city = large_city();
    time_counts(city);
    for (size_t i = 0; i < sizeof crowds / sizeof crowds[0]; i++) {
        const struct crowd_options options = {.watchers = watchers,
                                              .accounts = crowds[i].accounts,
                                              .coding = crowds[i].coding,
                                              .changes = (i < 2 ? seconds : 5) * rate,
                                              .rate = rate};
        struct test_platform *platform =
            test_platform_start_with(&(struct test_platform_options){.database = city});
        struct crowd_result result = crowd_run(platform, &options);
        print(crowds[i].name, &options, &result);
        bool stopped = test_platform_stop(platform);
        if (result.missed || result.strange || !stopped ||
            result.descriptors_after > result.descriptors_before) {
            (void)fprintf(stderr, "feed_bench: %s is not as it must be%s%s\n", crowds[i].name,
                          result.strange ? ", watchers heard of what they do not see" : "",
                          stopped ? "" : ", the platform did not end well");
            good = false;
        }
    }
    free(city);
    return good ? 0 : 1;
}
