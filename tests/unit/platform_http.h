/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the tests of platform/http: an api in its place that does what a test tells it. Included by
 * one file a program: it defines the functions of api.h. */
#ifndef TESTS_UNIT_PLATFORM_HTTP_H
#define TESTS_UNIT_PLATFORM_HTTP_H

#include "core/buf.h"
#include "core/clock.h"
#include "core/json.h"
#include "platform/api/api.h"
#include "platform/http/server.h"
#include "tests/lib/wire.h"
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* --- the api in its place --------------------------------------------------------------------- */

/* A queued request whose `done` the test calls. */
struct held {
    void (*done)(void *user);
    void *user;
};

struct api {
    pthread_mutex_t lock;
    struct held held[256];
    size_t held_count;
    void (*wake)(void *user);
    void *wake_user;
    atomic_llong cursor;      /* of the last change */
    atomic_size_t frame_size; /* filler in each frame */
    atomic_bool logged_out;
    atomic_int queued, completed; /* requests that api_run left over; calls of api_complete */
    atomic_bool reset;            /* every feed is to begin again */
    atomic_int watches;           /* that are open */
    atomic_int frames, rounds;    /* that were made */
};

static inline void answer_json(struct api_request *r, int status, cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);
    r->http_status = status;
    r->answer = arena_strdup(r->arena, text);
    r->answer_length = strlen(r->answer);
    free(text);
    cJSON_Delete(object);
}

/* The request as the server understood it. */
static inline void answer_echo(struct api_request *r)
{
    static const char *const methods[] = {"GET", "POST", "DELETE"};
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "method", methods[r->method]);
    json_add_text(object, "path", r->path);
    json_add_text(object, "token", r->token);
    json_add_text(object, "key", r->idempotency_key);
    json_add_int(object, "if_match", r->if_match);
    json_add_text(object, "language", r->language == LANGUAGE_EN ? "en" : "zh");
    json_add_int(object, "body_length", (int64_t)r->body_length);
    json_add_text(object, "body", r->body_length < 1000 ? r->body : "long");
    for (size_t i = 0; i < r->query_count; i++)
        json_add_text(object, r->query_names[i], r->query_values[i]);
    answer_json(r, 200, object);
    r->etag = r->if_match;
}

static inline void *call_done(void *user)
{
    struct held *held = user;
    held->done(held->user);
    free(held);
    return NULL;
}

/* POST /held waits for the test, POST /thread is done on another thread at once, POST /within
 * before api_run returns; GET /empty is 204; all else is an echo. */
bool api_run(struct api *api, struct api_request *r, void (*done)(void *user), void *user)
{
    if (strcmp(r->path, "/empty") == 0) {
        r->http_status = 204;
        return true;
    }
    bool held = strcmp(r->path, "/held") == 0, within = strcmp(r->path, "/within") == 0;
    if (!held && !within && strcmp(r->path, "/thread") != 0) {
        answer_echo(r);
        return true;
    }
    atomic_fetch_add(&api->queued, 1);
    r->private_data = api;
    if (held) {
        pthread_mutex_lock(&api->lock);
        assert_true(api->held_count < 256);
        api->held[api->held_count++] = (struct held){done, user};
        pthread_mutex_unlock(&api->lock);
    } else if (within) {
        done(user);
    } else {
        struct held *copy = malloc(sizeof *copy);
        pthread_t thread;
        assert_non_null(copy);
        *copy = (struct held){done, user};
        assert_int_equal(pthread_create(&thread, NULL, call_done, copy), 0);
        pthread_detach(thread);
    }
    return false;
}

void api_complete(struct api_request *r)
{
    struct api *api = r->private_data;
    assert_non_null(api); /* once only */
    r->private_data = NULL;
    atomic_fetch_add(&api->completed, 1);
    answer_echo(r);
}

void api_refuse(struct api_request *r, enum problem_type type, const char *argument)
{
    cJSON *object = cJSON_CreateObject();
    struct problem problem;
    problem_set(&problem, type, NULL, both(argument), both(NULL), both(NULL));
    json_add_text(object, "type", problem_name(type));
    json_add_text(object, "title", problem_text(&problem, r->language, r->arena));
    answer_json(r, problem_status(type), object);
    r->is_problem = true;
}

bool api_may_ask(struct api *api, const struct api_request *request, int64_t account_id)
{
    (void)api, (void)request, (void)account_id;
    return true;
}

const char *api_method_name(enum api_method method)
{
    static const char *const names[] = {"GET", "POST", "DELETE"};
    return (size_t)method < sizeof names / sizeof names[0] ? names[method] : "?";
}

int64_t api_session(struct api *api, const char *token, enum language *language)
{
    bool english = strcmp(token, "english") == 0;
    if (atomic_load(&api->logged_out) || (!english && strcmp(token, "good") != 0))
        return 0;
    *language = english ? LANGUAGE_EN : LANGUAGE_ZH;
    return english ? 8 : 7;
}

/* --- its feed: a cursor is a number, each frame tells all up to the last change */

struct watch {
    struct api *api;
    int64_t account;
    enum frame_coding coding;
    long long cursor;
};
struct feed_frame {
    struct buf text, coded;
};

enum problem_type api_watch(struct api *api, int64_t account, const char *cursor,
                            enum frame_coding coding, bool once, struct watch **out)
{
    (void)once;
    char *end;
    long long from = strtoll(cursor, &end, 10);
    if (!*cursor || *end || from < 0)
        return PROBLEM_FIELD_REFERENCE;
    if (from > atomic_load(&api->cursor))
        return PROBLEM_FEED_GONE;
    struct watch *watch = malloc(sizeof *watch);
    assert_non_null(watch);
    *watch = (struct watch){api, account, coding, from};
    atomic_fetch_add(&api->watches, 1);
    *out = watch;
    return PROBLEM_NONE;
}

void api_watch_end(struct watch *watch)
{
    if (watch)
        atomic_fetch_sub(&watch->api->watches, 1);
    free(watch);
}

bool api_watch_has(struct watch *watch)
{
    return atomic_load(&watch->api->reset) || watch->cursor < atomic_load(&watch->api->cursor);
}

struct feed_frame *api_watch_next(struct watch *watch, bool *over)
{
    struct api *api = watch->api;
    long long last = atomic_load(&api->cursor);
    size_t size = atomic_load(&api->frame_size);
    *over = atomic_load(&api->reset);
    if (!*over && watch->cursor >= last)
        return NULL;
    struct feed_frame *frame = calloc(1, sizeof *frame);
    struct frame_writer *writer = frame_writer_new();
    char *filler = malloc(size + 1);
    assert_true(frame && writer && filler);
    memset(filler, 'x', size);
    if (*over) {
        buf_add_text(&frame->text, "{\"reset\":true}");
    } else {
        buf_printf(&frame->text, "{\"cursor\":\"%lld\",\"account\":%lld,\"filler\":\"", last,
                   (long long)watch->account);
        buf_add(&frame->text, filler, size);
        buf_add_text(&frame->text, "\"}");
    }
    assert_true(
        frame_write(writer, watch->coding, frame->text.data, frame->text.length, &frame->coded));
    free(filler);
    frame_writer_free(writer);
    watch->cursor = last;
    atomic_fetch_add(&api->frames, 1);
    return frame;
}

void api_watch_cursor(const struct watch *watch, char out[API_CURSOR_SIZE])
{
    (void)snprintf(out, API_CURSOR_SIZE, "%lld", watch->cursor);
}

const char *api_frame_text(const struct feed_frame *frame, size_t *length)
{
    *length = frame->text.length;
    return frame->text.data;
}

const char *api_frame_bytes(const struct feed_frame *frame, enum frame_coding coding,
                            size_t *length)
{
    (void)coding;
    *length = frame->coded.length;
    return frame->coded.data;
}

void api_frame_release(struct feed_frame *frame)
{
    if (!frame)
        return;
    buf_free(&frame->text);
    buf_free(&frame->coded);
    free(frame);
}

enum api_round api_feed_round(struct api *api)
{
    atomic_fetch_add(&api->rounds, 1);
    return API_ROUND_DONE;
}

void api_on_change(struct api *api, void (*wake)(void *user), void *user)
{
    pthread_mutex_lock(&api->lock);
    api->wake = wake;
    api->wake_user = user;
    pthread_mutex_unlock(&api->lock);
}

/* A change is on disk. */
static inline void change(struct api *api)
{
    atomic_fetch_add(&api->cursor, 1);
    pthread_mutex_lock(&api->lock);
    if (api->wake)
        api->wake(api->wake_user);
    pthread_mutex_unlock(&api->lock);
}

static inline size_t held_count(struct api *api)
{
    pthread_mutex_lock(&api->lock);
    size_t n = api->held_count;
    pthread_mutex_unlock(&api->lock);
    return n;
}

static inline void release_held(struct api *api)
{
    struct held held[256];
    pthread_mutex_lock(&api->lock);
    size_t count = api->held_count;
    memcpy(held, api->held, count * sizeof *held);
    api->held_count = 0;
    pthread_mutex_unlock(&api->lock);
    for (size_t i = 0; i < count; i++)
        held[i].done(held[i].user);
}

/* --- server and descriptors ------------------------------------------------------------------- */

struct server {
    struct api api;
    struct http *http;
    size_t descriptors; /* open once it listens */
};

static inline size_t count_descriptors(void)
{
    size_t n = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static inline void server_start(struct server *server, struct http_options options)
{
    struct error err = {ST_OK, ""};
    (void)signal(SIGPIPE, SIG_IGN);
    memset(server, 0, sizeof *server);
    pthread_mutex_init(&server->api.lock, NULL);
    if (http_start(&server->api, &options, &server->http, &err))
        fail_msg("%s", err.message);
    server->descriptors = count_descriptors();
}

static inline void server_stop(struct server *server)
{
    http_stop(server->http);
    assert_int_equal(server->api.queued, server->api.completed);
    pthread_mutex_destroy(&server->api.lock);
}

/* Waits until `condition` holds; a pause between two looks is no guess at how long it takes. */
#define WAIT_FOR(condition)                                                                        \
    do {                                                                                           \
        int64_t wait_end = clock_ticks_ms() + WIRE_LIMIT_MS;                                       \
        while (!(condition)) {                                                                     \
            if (clock_ticks_ms() > wait_end)                                                       \
                fail_msg("waited in vain for: %s", #condition);                                    \
            poll(NULL, 0, 1);                                                                      \
        }                                                                                          \
    } while (0)

static inline int dial(const struct server *server)
{
    return wire_dial(http_port(server->http));
}

#endif
