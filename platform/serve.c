/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/serve.h"
#include "core/clock.h"
#include "core/log.h"
#include "platform/api/api.h"
#include "platform/http/server.h"
#include <arpa/inet.h>
#include <errno.h>
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

/* Answers until a signal comes. The order of the end matters: first no more is begun, then what is
 * under way is finished, and the store goes last. */
static enum status serve_api(struct api *api, const struct serve_options *options,
                             const sigset_t *ending, struct error *err)
{
    const struct http_options http_options = {
        .address = options->listen, .port = options->port, .threads = options->threads};
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
        int number = 0;
        log_line(LOG_INFO, "minqingd %s answers at http://%s%s%s:%u/api/v1", options->version,
                 strchr(options->listen, ':') ? "[" : "", options->listen,
                 strchr(options->listen, ':') ? "]" : "", http_port(http));
        (void)sigwait(ending, &number);
        log_line(LOG_INFO, "stopping (%s): finishing what is under way", strsignal(number));
        /* Who sends it again wants to wait no longer; what was answered is on disk. */
        (void)pthread_sigmask(SIG_UNBLOCK, ending, NULL);
    }
    if (ticking)
        clockwork_stop(&clockwork);
    http_stop(http);
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

enum status serve(const struct serve_options *options, struct error *err)
{
    struct api *api = NULL;
    sigset_t ending;
    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGTERM);
    (void)sigaddset(&ending, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &ending, NULL); /* in all threads that are still to come */
    (void)signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    const struct api_options api_options = {.database = options->database,
                                            .holidays_file = options->holidays_file};
    enum status st = api_open(&api_options, &api, err);
    if (st)
        return st;
    if (api_is_demo(api) && !is_loopback(options->listen))
        st = error_set(err, ST_DENIED,
                       "%s holds the demonstration city, whose passwords everybody knows: it is "
                       "served on this machine only (--listen 127.0.0.1), not on %s",
                       options->database, options->listen);
    else
        st = serve_api(api, options, &ending, err);
    api_close(api);
    return st;
}
