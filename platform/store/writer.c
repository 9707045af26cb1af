/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thread that writes. What waits goes into one transaction with a savepoint a job, so that
 * one sync serves all; each is told after the commit. */
#include "core/log.h"
#include "platform/store/store_private.h"
#include <stdlib.h>

enum {
    QUEUE_SIZE = 4096,
    GROUP_SIZE = 256,
    /* Pages of log from where the writer makes it begin anew, between two groups: under a load
     * without a pause, beside readers without a pause, the checkpointer never finds the moment. */
    LOG_PAGES_MAX = 16 * 1024,
    LOG_PAGES_AGAIN =
        1024, /* so many more before the next try, when a long reader was in the way */
    LOG_WAIT_MS = 50,
};

struct task {
    store_job job;
    store_done done;
    void *user;
    enum status status;
};

struct writer {
    struct db *db;
    struct checkpointer *checkpointer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct task queue[QUEUE_SIZE]; /* a ring */
    size_t first, count;
    bool stopping;
    int log_limit;                 /* the thread's own: when the log is next made to begin anew */
    struct task group[GROUP_SIZE]; /* the thread's own */
};

static enum status run_job(struct db *db, struct task *task, struct error *err)
{
    struct sequences before = *db->sequences;
    enum status st = db_run(db, "savepoint job", NULL, 0, err);
    if (st)
        return st;
    db->failed = ST_OK;
    st = task->job(db, task->user);
    size_t left = db_end_queries(db);
    if (left)
        log_line(LOG_WARNING, "a job left %zu queries open", left);
    if (st == ST_OK)
        st = db->failed;
    if (st) {
        *db->sequences = before;
        if (db_in_transaction(db))
            db_run(db, "rollback to job", NULL, 0, NULL);
    }
    if (db_in_transaction(db)) {
        enum status released = db_run(db, "release job", NULL, 0, err);
        if (st == ST_OK)
            st = released;
    }
    return st;
}

/* Runs the group in one transaction. ST_OK when it was committed. */
static enum status run_group(struct db *db, struct task *tasks, size_t count, struct error *err)
{
    enum status st = db_begin(db, err);
    for (size_t i = 0; i < count && st == ST_OK; i++) {
        tasks[i].status = run_job(db, &tasks[i], err);
        /* A full disk makes the engine give up the whole transaction. */
        if (!db_in_transaction(db))
            st = error_set(err, ST_IO, "%s: the transaction was given up", db->path);
    }
    return st ? st : db_commit(db, err);
}

/* After the answers are out. */
static void trim_log(struct writer *writer)
{
    int pages = writer->db->wal_pages;
    checkpointer_note(writer->checkpointer, pages);
    if (pages < LOG_PAGES_MAX)
        writer->log_limit = LOG_PAGES_MAX;
    if (pages < writer->log_limit)
        return;
    db_checkpoint(writer->db, LOG_WAIT_MS);
    writer->log_limit = pages + LOG_PAGES_AGAIN;
}

static void write_group(struct writer *writer, struct task *tasks, size_t count)
{
    struct error err = {ST_OK, ""};
    struct sequences before = *writer->db->sequences;
    for (size_t i = 0; i < count; i++)
        tasks[i].status = ST_OK;
    enum status st = run_group(writer->db, tasks, count, &err);
    if (st) {
        log_line(LOG_ERROR, "nothing of %zu changes was kept: %s", count, err.message);
        db_rollback(writer->db);
        *writer->db->sequences = before;
    }
    for (size_t i = 0; i < count; i++) {
        if (st && tasks[i].status == ST_OK)
            tasks[i].status = st == ST_BUSY ? ST_BUSY : ST_IO;
        if (tasks[i].done)
            tasks[i].done(tasks[i].user, tasks[i].status);
    }
    if (st == ST_OK)
        trim_log(writer);
}

static void *writer_main(void *user)
{
    struct writer *writer = user;
    for (;;) {
        pthread_mutex_lock(&writer->lock);
        while (writer->count == 0 && !writer->stopping)
            pthread_cond_wait(&writer->filled, &writer->lock);
        size_t n = 0;
        while (writer->count > 0 && n < GROUP_SIZE) {
            writer->group[n++] = writer->queue[writer->first];
            writer->first = (writer->first + 1) % QUEUE_SIZE;
            writer->count--;
        }
        pthread_mutex_unlock(&writer->lock);
        if (n == 0)
            return NULL;
        write_group(writer, writer->group, n);
    }
}

struct writer *writer_start(struct db *db, struct db *checkpoint_db, struct error *err)
{
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        error_set(err, ST_NO_MEMORY, "out of memory");
        return NULL;
    }
    writer->checkpointer = checkpointer_start(checkpoint_db);
    if (!writer->checkpointer) {
        error_set(err, ST_NO_MEMORY, "no thread could be started");
        free(writer);
        return NULL;
    }
    writer->db = db;
    writer->log_limit = LOG_PAGES_MAX;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->filled, NULL);
    if (pthread_create(&writer->thread, NULL, writer_main, writer) != 0) {
        error_set(err, ST_NO_MEMORY, "no thread could be started");
        checkpointer_stop(writer->checkpointer);
        pthread_cond_destroy(&writer->filled);
        pthread_mutex_destroy(&writer->lock);
        free(writer);
        return NULL;
    }
    return writer;
}

void writer_stop(struct writer *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->filled);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    checkpointer_stop(writer->checkpointer);
    pthread_cond_destroy(&writer->filled);
    pthread_mutex_destroy(&writer->lock);
    free(writer->db->sequences);
    db_free(writer->db);
    free(writer);
}

enum status store_write(struct store *store, store_job job, store_done done, void *user)
{
    struct writer *writer = store->writer;
    enum status st = ST_OK;
    if (!writer)
        return ST_INVALID; /* opened for reading */
    pthread_mutex_lock(&writer->lock);
    if (writer->stopping) {
        st = ST_UNAVAILABLE;
    } else if (writer->count == QUEUE_SIZE) {
        st = ST_BUSY;
    } else {
        writer->queue[(writer->first + writer->count++) % QUEUE_SIZE] =
            (struct task){.job = job, .done = done, .user = user};
        pthread_cond_signal(&writer->filled);
    }
    pthread_mutex_unlock(&writer->lock);
    return st;
}

/* A job whose caller waits for it. */
struct waiting {
    store_job job;
    void *user;
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool done;
    enum status status;
};

static enum status waiting_job(struct db *db, void *user)
{
    struct waiting *waiting = user;
    return waiting->job(db, waiting->user);
}

static void waiting_done(void *user, enum status status)
{
    struct waiting *waiting = user;
    pthread_mutex_lock(&waiting->lock);
    waiting->status = status;
    waiting->done = true;
    pthread_cond_signal(&waiting->told);
    pthread_mutex_unlock(&waiting->lock);
}

enum status store_write_wait(struct store *store, store_job job, void *user)
{
    if (store->writer && pthread_equal(pthread_self(), store->writer->thread))
        return ST_INVALID; /* it would wait for itself */
    struct waiting waiting = {.job = job,
                              .user = user,
                              .lock = PTHREAD_MUTEX_INITIALIZER,
                              .told = PTHREAD_COND_INITIALIZER};
    enum status st = store_write(store, waiting_job, waiting_done, &waiting);
    if (st == ST_OK) {
        pthread_mutex_lock(&waiting.lock);
        while (!waiting.done)
            pthread_cond_wait(&waiting.told, &waiting.lock);
        pthread_mutex_unlock(&waiting.lock);
        st = waiting.status;
    }
    pthread_cond_destroy(&waiting.told);
    pthread_mutex_destroy(&waiting.lock);
    return st;
}
