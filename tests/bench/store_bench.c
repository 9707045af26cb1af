/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many appeals a second the store takes, each with all its rows and answered only when it is on
 * disk, while 64 are queued. Prints one line.
 * store_bench [DIRECTORY [SECONDS]]: the directory of the database, on the disk to be measured. */
#include "core/clock.h"
#include "platform/analysis/indexing.h"
#include "platform/store/store.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { QUEUED = 64, SECONDS = 5 };

struct run {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    int waiting;
    long done, failed;
};

struct request {
    struct run *run;
    long n;
};

static void fill(struct order_case *c, struct arena *arena, int64_t now, long n)
{
    static const char *const REGIONS[] = {"420281001002003", "420281002001001", "420281003004002"};
    struct order *o = &c->order;
    o->version = 1;
    o->state = ORDER_TO_DISPATCH;
    o->kind = KIND_HELP;
    o->channel = "12345";
    o->category_code = "010203";
    o->industry = "housing";
    o->region_code = REGIONS[n % 3];
    o->place_text = "金湖街道湖滨社区第三网格";
    o->title = "小区停水三天无人处理请尽快派人来修";
    o->conclusion = "";
    o->received_at = now;
    o->taken_by = 1;
    o->limit = (struct limit){3, LIMIT_DAYS};
    o->deadline_at = o->first_deadline_at = now + 3 * INT64_C(86400000);
    o->dispatch_by = now + 2 * INT64_C(3600000);
    o->needs = BIT(NEED_DISPATCH);
    struct timer timers[] = {{TIMER_DISPATCH_BY, o->id, o->dispatch_by},
                             {TIMER_YELLOW_ON, o->id, o->deadline_at - INT64_C(86400000)},
                             {TIMER_RED_ON, o->id, o->deadline_at}};
    c->timers = arena_alloc(arena, sizeof timers);
    memcpy(c->timers, timers, sizeof timers);
    c->timer_count = c->timer_capacity = 3;
    c->timers_changed = true;
}

/* What one POST /appeals writes: person, statement, appeal, order, event, timers, kept answer. */
static enum status take(struct db *db, void *user)
{
    struct request *request = user;
    struct arena *arena = arena_new();
    int64_t now = clock_now_ms();
    struct order_case c = {0};
    struct person person = {.id = store_new_id(db, now),
                            .name = "王小芳",
                            .phone = arena_printf(arena, "138%08ld", request->n)};
    struct statement words = {.id = store_new_id(db, now),
                              .text =
                                  "我们小区已经停水三天了，打了几次电话都没有人来处理，家里有老人"
                                  "和小孩，生活很不方便，请尽快派人来修。"};
    enum status st = store_person_put(db, &person);
    if (!st)
        st = store_statement_put(db, &words);
    c.order.id = store_new_id(db, now);
    if (!st)
        st = store_new_number(db, now, c.order.number);
    fill(&c, arena, now, request->n);
    struct event_draft event = {.action = "receive",
                                .subject = "order",
                                .subject_id = c.order.id,
                                .from = "draft",
                                .to = "to_dispatch",
                                .account_id = 1,
                                .done_at = now,
                                .statement_id = words.id,
                                .detail = "\"limit\":\"3 days\""};
    c.events = &event;
    c.event_count = 1;
    struct appeal appeal = {.id = store_new_id(db, now),
                            .channel = "12345",
                            .source_no = "",
                            .kind = KIND_HELP,
                            .person_id = person.id,
                            .statement_id = words.id,
                            .place_text = c.order.place_text,
                            .region_code = c.order.region_code,
                            .category_code = c.order.category_code,
                            .received_at = now,
                            .taken_by = 1};
    if (!st)
        st = store_appeal_put(db, &appeal, c.order.id, NULL);
    if (!st)
        st = store_case_save(db, &c, true, now, NULL);
    if (!st)
        st = index_received(db, &c.order, words.text, person.name, "", arena);
    char key[40];
    (void)snprintf(key, sizeof key, "00000000-0000-4000-8000-%012ld", request->n);
    struct kept_answer answer = {
        .http_status = 201, .object_id = c.order.id, .version = 1, .problem = ""};
    if (!st)
        st = store_answer_put(db, 1, key, &answer, now);
    arena_free(arena);
    return st;
}

static void told(void *user, enum status status)
{
    struct request *request = user;
    struct run *run = request->run;
    pthread_mutex_lock(&run->lock);
    run->waiting--;
    run->done += status == ST_OK;
    run->failed += status != ST_OK;
    pthread_cond_signal(&run->answered);
    pthread_mutex_unlock(&run->lock);
    free(request);
}

static bool push(struct store *store, struct run *run, long n)
{
    struct request *request = malloc(sizeof *request);
    if (!request)
        return false;
    *request = (struct request){run, n};
    pthread_mutex_lock(&run->lock);
    while (run->waiting >= QUEUED)
        pthread_cond_wait(&run->answered, &run->lock);
    run->waiting++;
    pthread_mutex_unlock(&run->lock);
    if (store_write(store, take, told, request) == ST_OK)
        return true;
    free(request);
    return false;
}

static void remove_files(const char *directory, const char *path)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock", ".key"};
    char name[4200];
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        (void)unlink(name);
    }
    (void)rmdir(directory);
}

int main(int argc, char **argv)
{
    char directory[4096], path[4128];
    struct store *store;
    struct error err;
    int64_t seconds = argc > 2 ? strtol(argv[2], NULL, 10) : SECONDS;
    (void)snprintf(directory, sizeof directory, "%s/store_bench.XXXXXX",
                   argc > 1 ? argv[1] : "/tmp");
    if (!mkdtemp(directory)) {
        perror(directory);
        return 1;
    }
    (void)snprintf(path, sizeof path, "%s/bench.db", directory);
    if (store_open(path, &store, &err)) {
        (void)fprintf(stderr, "store_bench: %s\n", err.message);
        return 1;
    }
    struct run run = {.lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    int64_t start = clock_ticks_ms();
    bool good = true;
    for (long n = 0; good && clock_ticks_ms() - start < seconds * 1000; n++)
        good = push(store, &run, n);
    pthread_mutex_lock(&run.lock);
    while (run.waiting > 0)
        pthread_cond_wait(&run.answered, &run.lock);
    pthread_mutex_unlock(&run.lock);
    int64_t took = clock_ticks_ms() - start;
    printf("store: %ld appeals/s with %d queued (%ld in %lld ms, %ld failed, synchronous=FULL)\n",
           took ? (long)(run.done * 1000 / took) : 0, (int)QUEUED, run.done, (long long)took,
           run.failed);
    store_close(store);
    remove_files(directory, path);
    return good && run.failed == 0 ? 0 : 1;
}
