/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/http/server.h"
#include "core/clock.h"
#include "core/log.h"
#include "platform/http/answer.h"
#include "platform/http/feed.h"
#include "platform/http/listen.h"
#include "platform/http/request.h"
#include "platform/http/tls.h"
#include <pthread.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    DEFAULT_THREADS = 2,
    DEFAULT_BODY_LIMIT = 1024 * 1024,
    /* Also how long a client is remembered whose farewell came together with half a request: with
     * epoll, libmicrohttpd 0.9.75 reads the half and does not look again. */
    DEFAULT_TIMEOUT_S = 60,
    DEFAULT_HEARTBEAT_MS = 60 * 1000,
    DEFAULT_WAIT_S = 60,
    CONNECTIONS_MAX = 16000,
    DESCRIPTORS_KEPT = 128,        /* of the process's limit, for the store and the rest */
    CONNECTION_MEMORY = 32 * 1024, /* what headers may take, and then the answer's */
    DRAIN_FACTOR = 8,              /* so many times the limit of a body is read and thrown away */
    STOP_PATIENCE_MS = 3000,       /* for clients to take the answers that are on their way */
};

struct http {
    struct api *api;
    struct MHD_Daemon *daemon;
    struct feed_options feeds;
    uint16_t port;
    size_t body_limit;
    const char *certificate_file, *key_file; /* NULL: plain HTTP */
    struct proxies proxies;
    bool log_requests;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t quiet; /* one of the numbers below went down to zero */
    unsigned running;     /* requests between their last byte and the end of their answer */
    unsigned writing;     /* of them, those that api has */
    bool stopping;
};

/* --- the two counts that http_stop waits for -------------------------------------------------- */

/* False when the platform stops: nothing new is begun then. */
static bool count_request(struct http *http, struct http_request *request)
{
    pthread_mutex_lock(&http->lock);
    request->counted = !http->stopping;
    http->running += request->counted;
    pthread_mutex_unlock(&http->lock);
    return request->counted;
}

static void count_writing(struct http *http)
{
    pthread_mutex_lock(&http->lock);
    http->writing++;
    pthread_mutex_unlock(&http->lock);
}

static void uncount(struct http *http, unsigned *number)
{
    pthread_mutex_lock(&http->lock);
    if (--*number == 0)
        pthread_cond_broadcast(&http->quiet);
    pthread_mutex_unlock(&http->lock);
}

/* --- from the request to api ------------------------------------------------------------------ */

/* api's `done`, on a thread of its own: the work is. The connection may sleep already, or its
 * thread may still be on its way into sleep; then that one sees the phase and goes on. */
static void request_done(void *user)
{
    struct http_request *request = user;
    struct http *http = request->http;
    struct MHD_Connection *connection = request->connection;
    if (atomic_exchange(&request->phase, PHASE_DONE) == PHASE_SUSPENDED)
        MHD_resume_connection(connection);
    uncount(http, &http->writing); /* the request may be gone by now, `http` waits for this */
}

/* The second half of what api_run left over; `done` came before. Also for a client that is gone. */
static void complete(struct http_request *request)
{
    int done = PHASE_DONE;
    if (atomic_compare_exchange_strong(&request->phase, &done, PHASE_COMPLETE))
        api_complete(&request->api);
}

static enum MHD_Result run(struct http *http, struct http_request *request)
{
    count_writing(http); /* before, because `done` may come before api_run returns */
    if (api_run(http->api, &request->api, request_done, request)) {
        uncount(http, &http->writing);
        return answer_send(request);
    }
    if (atomic_load(&request->phase) == PHASE_DONE) {
        complete(request);
        return answer_send(request);
    }
    MHD_suspend_connection(request->connection);
    int open = PHASE_OPEN;
    if (!atomic_compare_exchange_strong(&request->phase, &open, PHASE_SUSPENDED))
        MHD_resume_connection(request->connection); /* done was faster: we are called again */
    return MHD_YES;
}

static enum MHD_Result run_feed(struct http *http, struct http_request *request)
{
    switch (feed_step(&http->feeds, request)) {
    case FEED_REFUSED:
        return answer_refusal(http->api, request);
    case FEED_ANSWERED:
        return answer_send(request);
    case FEED_STREAM:
        return answer_with(request, MHD_HTTP_OK, feed_response(request->feed));
    case FEED_WAITS:
        break;
    }
    return MHD_YES;
}

/* The whole request is here. Called again after a connection slept. */
static enum MHD_Result handle_complete(struct http *http, struct http_request *request)
{
    if (request->feed)
        return run_feed(http, request);
    if (atomic_load(&request->phase) == PHASE_DONE) {
        complete(request);
        return answer_send(request);
    }
    struct api_request *api = &request->api;
    if (request->body_seen > http->body_limit)
        request_refuse(request, PROBLEM_TOO_LARGE,
                       arena_printf(api->arena, "%zu", http->body_limit));
    if (request->body_seen > 0 && !request->body_is_json)
        request_refuse(request, PROBLEM_UNSUPPORTED, NULL);
    if (request->body.failed || !count_request(http, request))
        request_refuse(request, PROBLEM_BUSY, NULL);
    if (request->refusal != PROBLEM_NONE)
        return answer_refusal(http->api, request);
    api->body = request->body.data;
    api->body_length = request->body.length;
    return strcmp(api->path, "/changes") == 0 ? run_feed(http, request) : run(http, request);
}

/* The headers are here. A body that is known to be too large is not asked for; otherwise an answer
 * has to wait for the end of the body, because a connection that is closed with unread bytes loses
 * the answer on its way. */
static enum MHD_Result handle_headers(struct http *http, struct http_request *request,
                                      const char *method)
{
    request->begun = true;
    origin_find(&request->origin, request->connection, &http->proxies);
    request_parse(request, method);
    bool too_large = request->content_length > (int64_t)http->body_limit;
    bool hopeless = request->content_length / DRAIN_FACTOR > (int64_t)http->body_limit;
    if (too_large && (request->expects_continue || hopeless)) {
        request_refuse(request, PROBLEM_TOO_LARGE,
                       arena_printf(request->api.arena, "%zu", http->body_limit));
        return answer_refusal(http->api, request);
    }
    return request->unframed ? answer_refusal(http->api, request) : MHD_YES;
}

static enum MHD_Result handle_body(struct http *http, struct http_request *request,
                                   const char *bytes, size_t n)
{
    request->body_seen += n;
    if (request->body_seen / DRAIN_FACTOR > http->body_limit)
        return MHD_NO;
    if (request->refusal == PROBLEM_NONE && request->body_seen <= http->body_limit)
        buf_add(&request->body, bytes, n);
    else
        buf_free(&request->body);
    return MHD_YES;
}

/* --- what libmicrohttpd calls ----------------------------------------------------------------- */

/* The first line is here: the target is kept as it came, because libmicrohttpd's decoding would
 * hide what is wrong with it. */
static void *on_target(void *user, const char *target, struct MHD_Connection *connection)
{
    return request_new(user, connection, target);
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *target,
                                  const char *method, const char *version, const char *upload_data,
                                  size_t *upload_size, void **state)
{
    struct http *http = user;
    struct http_request *request = *state;
    (void)connection, (void)target, (void)version;
    if (!request)
        return MHD_NO;
    if (!request->begun)
        return handle_headers(http, request, method);
    if (*upload_size == 0)
        return handle_complete(http, request);
    size_t n = *upload_size;
    *upload_size = 0;
    return handle_body(http, request, upload_data, n);
}

/* Never what was asked for in words: the route says enough. */
static void log_request(const struct http_request *request, enum MHD_RequestTerminationCode code)
{
    const struct api_request *api = &request->api;
    const char *route = api->route ? api->route : "-";
    log_line(LOG_INFO,
             "request id=%s method=%s route=/%s status=%d ms=%lld bytes=%zu account=%lld "
             "address=%s%s",
             request->origin.id, api_method_name(api->method), route, request->status,
             (long long)(clock_ticks_ms() - request->began_at), api->answer_length,
             (long long)api->account_id, request->origin.address,
             code == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : " end=broken");
}

static void on_completed(void *user, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct http *http = user;
    struct http_request *request = *state;
    (void)connection;
    if (!request)
        return;
    *state = NULL;
    if (http->log_requests && request->begun)
        log_request(request, code);
    bool counted = request->counted;
    complete(request);
    feed_free(request->feed);
    request_free(request);
    if (counted)
        uncount(http, &http->running);
}

static void on_log(void *user, const char *format, va_list args)
{
    char line[512];
    (void)user;
    if (vsnprintf(line, sizeof line, format, args) < 0)
        return;
    line[strcspn(line, "\n")] = '\0';
    log_line(LOG_DEBUG, "http: %s", line);
}

/* It decodes for itself, and we from `on_target`. */
static size_t keep_escapes(void *user, struct MHD_Connection *connection, char *s)
{
    (void)user, (void)connection;
    return strlen(s);
}

/* --- start and stop --------------------------------------------------------------------------- */

static unsigned connection_limit(unsigned wanted)
{
    struct rlimit limit;
    rlim_t room = CONNECTIONS_MAX;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        limit.rlim_cur < room + DESCRIPTORS_KEPT)
        room = limit.rlim_cur > 2 * DESCRIPTORS_KEPT ? limit.rlim_cur - DESCRIPTORS_KEPT
                                                     : limit.rlim_cur / 2;
    return wanted && wanted < room ? wanted : (unsigned)room;
}

static unsigned threads_of(const struct http_options *options)
{
    return options->threads ? options->threads : DEFAULT_THREADS;
}

static struct MHD_Daemon *start_daemon(struct http *http, const struct http_options *options,
                                       int listener)
{
    unsigned threads = threads_of(options);
    unsigned limit = connection_limit(options->connections);
    unsigned timeout_s = options->timeout_s ? options->timeout_s : DEFAULT_TIMEOUT_S;
    /* One thread is a pool to nobody: the option would only be complained of. */
    static char priorities[] = TLS_PRIORITIES; /* libmicrohttpd's type is not const */
    struct MHD_OptionItem more[4] = {{MHD_OPTION_END, 0, NULL}};
    size_t n = 0;
    if (threads > 1)
        more[n++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL};
    if (http->certificate_file) {
        more[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, priorities};
        more[n++] =
            (struct MHD_OptionItem){MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)tls_retrieve};
    }
    more[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    /* With epoll, libmicrohttpd 0.9.75 turns round and round while a TLS handshake waits for its
     * client: one who sends half a greeting would take a processor. Those who sleep are in neither
     * set, so that poll looks at few. */
    unsigned loop = http->certificate_file ? MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_TLS
                                           : MHD_USE_EPOLL_INTERNAL_THREAD;
    return MHD_start_daemon(
        loop | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ERROR_LOG, 0,
        NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_URI_LOG_CALLBACK, on_target, http,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        http, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_TIMEOUT, timeout_s,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

static void http_free(struct http *http)
{
    if (http->certificate_file)
        tls_forget();
    sleepers_free(http->feeds.sleepers);
    pthread_cond_destroy(&http->quiet);
    pthread_mutex_destroy(&http->lock);
    free(http);
}

/* Waits on the clock that never jumps. */
static void init_lock(struct http *http)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&http->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&http->quiet, &attributes);
    pthread_condattr_destroy(&attributes);
}

enum status http_start(struct api *api, const struct http_options *options, struct http **out,
                       struct error *err)
{
    *out = NULL;
    if (sodium_init() < 0)
        return error_set(err, ST_IO, "http: this system has no source of random numbers");
    const char *address = options->address ? options->address : "127.0.0.1";
    uint16_t port;
    int listener;
    if (options->certificate_file) {
        enum status tls = tls_use(options->certificate_file, options->key_file, err);
        if (tls)
            return tls;
    }
    enum status st = listen_open(address, options->port, &listener, &port, err);
    if (st)
        return st;
    struct http *http = calloc(1, sizeof *http);
    if (!http) {
        (void)close(listener);
        return error_set(err, ST_NO_MEMORY, "http: out of memory");
    }
    init_lock(http);
    http->api = api;
    http->port = port;
    http->body_limit = options->body_limit ? options->body_limit : DEFAULT_BODY_LIMIT;
    http->certificate_file = options->certificate_file;
    http->key_file = options->key_file;
    http->proxies.addresses = options->trusted_proxies;
    http->log_requests = options->log_requests;
    http->feeds.api = api;
    http->feeds.heartbeat_ms =
        options->heartbeat_ms > 0 ? options->heartbeat_ms : DEFAULT_HEARTBEAT_MS;
    http->feeds.wait_max_s = options->wait_max_s > 0 ? options->wait_max_s : DEFAULT_WAIT_S;
    http->feeds.sleepers = sleepers_start(api, err);
    if (!http->feeds.sleepers) {
        (void)close(listener);
        http_free(http);
        return ST_IO;
    }
    http->daemon = start_daemon(http, options, listener);
    if (!http->daemon) {
        (void)close(listener);
        sleepers_stop(http->feeds.sleepers);
        http_free(http);
        return error_set(err, ST_IO, "http: cannot start: too many threads, or out of memory");
    }
    *out = http;
    return ST_OK;
}

enum status http_reload(struct http *http, struct error *err)
{
    return http->certificate_file ? tls_use(http->certificate_file, http->key_file, err) : ST_OK;
}

uint16_t http_port(const struct http *http)
{
    return http->port;
}

/* Waits for *number to become zero; for ever when `patience_ms` is 0. */
static void wait_quiet(struct http *http, const unsigned *number, int64_t patience_ms)
{
    int64_t end_ms = clock_ticks_ms() + patience_ms;
    struct timespec end = {.tv_sec = (time_t)(end_ms / 1000), .tv_nsec = end_ms % 1000 * 1000000};
    int failed = 0;
    while (*number > 0 && !failed) {
        if (patience_ms)
            failed = pthread_cond_timedwait(&http->quiet, &http->lock, &end);
        else
            failed = pthread_cond_wait(&http->quiet, &http->lock);
    }
}

void http_stop(struct http *http)
{
    if (!http)
        return;
    pthread_mutex_lock(&http->lock);
    http->stopping = true;
    pthread_mutex_unlock(&http->lock);
    sleepers_stop(http->feeds.sleepers);
    /* libmicrohttpd must not be stopped with a connection suspended, nor while `done` may come. */
    pthread_mutex_lock(&http->lock);
    wait_quiet(http, &http->writing, 0);
    wait_quiet(http, &http->running, STOP_PATIENCE_MS);
    pthread_mutex_unlock(&http->lock);
    MHD_stop_daemon(http->daemon); /* closes the listener too */
    http_free(http);
}
