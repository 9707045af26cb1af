/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/serve.h"
#include "core/clock.h"
#include "core/log.h"
#include "platform/api/api.h"
#include "platform/domain/settings.h"
#include "platform/http/server.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Does what is due when it is due. */
struct clockwork {
    struct api *api;
    bool test_clock; /* it may jump, so it is looked at more often */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

/* How long until the next look: the clock may run at another pace than the thread's sleep. */
static int64_t clockwork_pause(const struct clockwork *clockwork, int64_t next_at)
{
    enum { LEAST_MS = 10, TEST_MS = 100, MOST_MS = 1000 };
    int64_t most = clockwork->test_clock ? TEST_MS : MOST_MS;
    int64_t left = next_at ? next_at - clock_now_ms() : most;
    if (left > most)
        return most;
    return left < LEAST_MS ? LEAST_MS : left;
}

static void *clockwork_run(void *user)
{
    struct clockwork *clockwork = user;
    pthread_mutex_lock(&clockwork->lock);
    while (!clockwork->stopping) {
        pthread_mutex_unlock(&clockwork->lock);
        int64_t end_ms = clock_ticks_ms() + clockwork_pause(clockwork, api_tick(clockwork->api));
        struct timespec end = {.tv_sec = (time_t)(end_ms / 1000),
                               .tv_nsec = end_ms % 1000 * 1000000};
        pthread_mutex_lock(&clockwork->lock);
        int over = 0;
        while (!clockwork->stopping && !over)
            over = pthread_cond_timedwait(&clockwork->wake, &clockwork->lock, &end);
    }
    pthread_mutex_unlock(&clockwork->lock);
    return NULL;
}

static bool clockwork_start(struct clockwork *clockwork, struct api *api, bool test_clock)
{
    *clockwork = (struct clockwork){.api = api, .test_clock = test_clock};
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&clockwork->lock, NULL);
    pthread_cond_init(&clockwork->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    return pthread_create(&clockwork->thread, NULL, clockwork_run, clockwork) == 0;
}

static void clockwork_stop(struct clockwork *clockwork)
{
    pthread_mutex_lock(&clockwork->lock);
    clockwork->stopping = true;
    pthread_cond_signal(&clockwork->wake);
    pthread_mutex_unlock(&clockwork->lock);
    (void)pthread_join(clockwork->thread, NULL);
}

static bool is_loopback(const char *address)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, address, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, address, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* Whole or not at all: who waits for the file must not read half of it. */
static enum status write_port(const char *path, uint16_t port, struct error *err)
{
    char name[4096];
    if (snprintf(name, sizeof name, "%s.new", path) >= (int)sizeof name)
        return error_set(err, ST_INVALID, "the path of the port file is too long");
    FILE *file = fopen(name, "we");
    bool good = file && fprintf(file, "%u\n", port) > 0;
    if (file)
        good = fclose(file) == 0 && good;
    if (good && rename(name, path) == 0)
        return ST_OK;
    enum status st =
        error_set(err, ST_IO, "the port file %s cannot be written: %s", path, strerror(errno));
    (void)unlink(name);
    return st;
}

/* What differs from the defaults is part of every figure's explanation. */
static void log_settings(const struct settings *settings)
{
    char line[256];
    for (size_t i = 0; i < settings_count(); i++)
        if (settings_changed(settings, i, line, sizeof line))
            log_line(LOG_INFO, "setting %s", line);
    log_set_level((enum log_level)settings->log_level);
}

/* Standard error goes to the file from here on: what libraries have to say too. */
static enum status open_log(const char *path, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    bool good = fd >= 0 && dup2(fd, STDERR_FILENO) >= 0;
    enum status st =
        good ? ST_OK
             : error_set(err, ST_IO, "the log %s cannot be opened: %s", path, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    return st;
}

/* What failed stays as it was. */
static void take_up_anew(struct http *http, const struct serve_options *options)
{
    struct error err;
    if (options->log_file && open_log(options->log_file, &err))
        log_line(LOG_ERROR, "%s", err.message);
    if (http_reload(http, &err))
        log_line(LOG_ERROR, "the earlier certificate stays: %s", err.message);
    else
        log_line(LOG_INFO, "%s%s%s taken up anew", options->log_file ? "log" : "",
                 options->log_file && options->certificate_file ? " and " : "",
                 options->certificate_file ? "certificate" : "");
}

/* The signal that ends it. */
static int wait_for_end(struct http *http, const struct serve_options *options,
                        const sigset_t *ending)
{
    int number = 0;
    for (;;) {
        (void)sigwait(ending, &number);
        if (number != SIGHUP || (!options->log_file && !options->certificate_file))
            return number;
        take_up_anew(http, options);
    }
}

/* Answers until a signal comes. The order of the end matters: first no more is begun, then what is
 * under way is finished, and the store goes last. */
static enum status serve_api(struct api *api, const struct serve_options *options,
                             const sigset_t *ending, struct error *err)
{
    const struct settings *settings = api_settings(api);
    const struct http_options http_options = {
        .address = options->listen,
        .port = options->port,
        .threads = options->threads,
        .body_limit = (size_t)settings->body_kib * 1024,
        .timeout_s = (unsigned)(settings->connection_timeout_ms / 1000),
        .heartbeat_ms = settings->feed_heartbeat_ms,
        .wait_max_s = settings->feed_wait_ms / 1000,
        .certificate_file = options->certificate_file,
        .key_file = options->key_file,
        .trusted_proxies = options->trusted_proxies,
        .log_requests = options->log_requests,
    };
    struct http *http;
    struct clockwork clockwork;
    enum status st = http_start(api, &http_options, &http, err);
    if (st)
        return st;
    bool ticking = clockwork_start(&clockwork, api, options->test_clock);
    if (!ticking)
        st = error_set(err, ST_IO, "the timer thread cannot be started");
    else if (options->port_file)
        st = write_port(options->port_file, http_port(http), err);
    if (st == ST_OK) {
        log_line(LOG_INFO, "minqingd %s answers at http%s://%s%s%s:%u/api/v1", options->version,
                 options->certificate_file ? "s" : "", strchr(options->listen, ':') ? "[" : "",
                 options->listen, strchr(options->listen, ':') ? "]" : "", http_port(http));
        int number = wait_for_end(http, options, ending);
        log_line(LOG_INFO, "stopping (%s): finishing what is under way", strsignal(number));
        /* Who sends it again wants to wait no longer; what was answered is on disk. */
        (void)pthread_sigmask(SIG_UNBLOCK, ending, NULL);
    }
    if (ticking)
        clockwork_stop(&clockwork);
    http_stop(http);
    api_seal(api);
    if (options->port_file)
        (void)unlink(options->port_file);
    return st;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* with fewer it serves fewer */
}

/* With the signals blocked and the log open. */
static enum status serve_database(const struct serve_options *options, const sigset_t *ending,
                                  struct error *err)
{
    struct api *api = NULL;
    const struct api_options api_options = {.database = options->database,
                                            .keys_file = options->keys_file,
                                            .holidays_file = options->holidays_file,
                                            .settings_file = options->settings_file};
    enum status st = api_open(&api_options, &api, err);
    if (st)
        return st;
    log_settings(api_settings(api));
    if (api_is_demo(api) && !is_loopback(options->listen))
        st = error_set(err, ST_DENIED,
                       "%s holds the demonstration city, whose passwords everybody knows: it is "
                       "served on this machine only (--listen 127.0.0.1), not on %s",
                       options->database, options->listen);
    else if (!is_loopback(options->listen) && !options->certificate_file && !options->plain_http)
        st =
            error_set(err, ST_DENIED,
                      "on %s passwords and names would cross the network in the clear: give "
                      "--certificate and --key, or --plain-http where a proxy or a tunnel protects "
                      "them",
                      options->listen);
    else
        st = serve_api(api, options, ending, err);
    api_close(api);
    return st;
}

enum status serve(const struct serve_options *options, struct error *err)
{
    sigset_t ending;
    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGTERM);
    (void)sigaddset(&ending, SIGINT);
    (void)sigaddset(&ending, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &ending, NULL); /* in all threads that are still to come */
    (void)signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    int before = options->log_file ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0) : -1;
    enum status st = options->log_file ? open_log(options->log_file, err) : ST_OK;
    if (!st)
        st = serve_database(options, &ending, err);
    if (st && before >= 0) { /* who started it wants to know, too */
        log_line(LOG_ERROR, "%s", err->message);
        (void)dup2(before, STDERR_FILENO);
    }
    if (before >= 0)
        (void)close(before);
    return st;
}
