/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/platform.h"
#include "core/clock.h"
#include "tests/lib/platform_private.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* All that live, for the program's end. */
static struct test_platform *live;
static char *own_cities[8]; /* databases made here, each for one clock */
static char *own_clocks[8];

int64_t test_deadline(int64_t ms)
{
    return clock_ticks_ms() + (ms ? ms : TEST_LIMIT_MS);
}

bool test_look_again(int64_t deadline)
{
    (void)poll(NULL, 0, 2);
    return clock_ticks_ms() < deadline;
}

/* --- the city that is copied ------------------------------------------------------------------ */

/* A city for this clock, made once a program. */
static const char *own_city(const char *clock)
{
    size_t i = 0;
    while (own_cities[i] && strcmp(own_clocks[i], clock ? clock : "") != 0)
        if (++i == sizeof own_cities / sizeof own_cities[0] - 1)
            test_die(NULL, "more than %zu clocks in one program", i);
    if (own_cities[i])
        return own_cities[i];
    char *directory = test_directory();
    own_cities[i] = test_text("%s/city.db", directory);
    own_clocks[i] = test_text("%s", clock ? clock : "");
    free(directory);
    char *output = NULL;
    const char *const words[] = {"init", "--demo", "--db", own_cities[i], NULL};
    if (test_minqingd(words, clock, &output) != 0)
        test_die(NULL, "the demonstration city could not be made: %s", output);
    free(output);
    return own_cities[i];
}

static const char *city_to_copy(const struct test_platform_options *options)
{
    const char *given = getenv("MINQING_TEST_CITY");
    if (options->database)
        return options->database;
    if (options->clock && strstr(options->clock, "start="))
        return own_city(options->clock);
    return given && *given && access(given, R_OK) == 0 ? given : own_city(NULL);
}

/* --- start and end ---------------------------------------------------------------------------- */

static void end_all(void)
{
    while (live) {
        struct test_platform *platform = live;
        test_platform_kill(platform);
        live = platform->private_data->next;
        platform->private_data->next = NULL;
    }
}

/* The port, once the platform has written it; 0 while it has not. */
static uint16_t read_port(const struct test_platform *platform)
{
    unsigned port = 0;
    FILE *file = fopen(platform->private_data->port_file, "re");
    if (file && fscanf(file, "%u", &port) != 1)
        port = 0;
    if (file)
        (void)fclose(file);
    return (uint16_t)port;
}

static void launch(struct test_platform *platform)
{
    struct test_platform_private *own = platform->private_data;
    enum { WORDS_MAX = 32 };
    const char *words[WORDS_MAX] = {"serve",    "--db",        platform->database,
                                    "--listen", "127.0.0.1",   "--port",
                                    NULL,       "--port-file", own->port_file};
    char port[8];
    size_t n = 9;
    (void)snprintf(port, sizeof port, "%u", platform->port);
    words[6] = port;
    for (size_t i = 0; own->arguments[i] && n < WORDS_MAX - 1; i++)
        words[n++] = own->arguments[i];
    (void)unlink(own->port_file);
    platform->pid = test_spawn(words, platform->clock, platform->log);
    int64_t deadline = test_deadline(0);
    while (!(platform->port = read_port(platform))) {
        if (test_wait_child(platform->pid, 0) != -1)
            test_die(platform, "the platform ended before it answered");
        if (!test_look_again(deadline))
            test_die(platform, "the platform does not answer");
    }
}

static void copy_arguments(struct test_platform_private *own, const char *const *arguments)
{
    size_t n = 0;
    while (arguments && arguments[n])
        n++;
    own->arguments = test_must(calloc(n + 1, sizeof *own->arguments));
    for (size_t i = 0; i < n; i++)
        own->arguments[i] = test_text("%s", arguments[i]);
}

struct test_platform *test_platform_start_with(const struct test_platform_options *options)
{
    struct test_platform *platform = test_must(calloc(1, sizeof *platform));
    struct test_platform_private *own = test_must(calloc(1, sizeof *own));
    platform->private_data = own;
    pthread_mutex_init(&own->lock, NULL);
    platform->directory = test_directory();
    platform->database = test_text("%s/city.db", platform->directory);
    platform->log = test_text("%s/log", platform->directory);
    own->port_file = test_text("%s/port", platform->directory);
    copy_arguments(own, options->arguments);
    if (options->ca_file)
        platform->ca_file = test_text("%s", options->ca_file);
    if (options->clock) {
        own->clock_file = test_text("%s/clock", platform->directory);
        platform->clock = test_text("%s,file=%s", options->clock, own->clock_file);
        test_write_file(own->clock_file, "0\n");
    }
    const char *city = city_to_copy(options);
    if (*city)
        test_copy_database(city, platform->database);
    static bool prepared;
    if (!prepared)
        (void)atexit(end_all); /* after test_directory has its own: it comes before that one */
    prepared = true;
    own->next = live;
    live = platform;
    launch(platform);
    platform->url = test_text("http%s://127.0.0.1:%u", options->ca_file ? "s" : "", platform->port);
    return platform;
}

struct test_platform *test_platform_start(const char *clock)
{
    return test_platform_start_with(&(struct test_platform_options){.clock = clock});
}

void test_platform_kill(struct test_platform *platform)
{
    if (platform->pid <= 0)
        return;
    (void)kill(platform->pid, SIGKILL);
    (void)test_wait_child(platform->pid, TEST_LIMIT_MS);
    platform->pid = 0;
}

/* Ends the process in order; true when it went well. */
static bool end(struct test_platform *platform)
{
    if (platform->pid <= 0)
        return true;
    (void)kill(platform->pid, SIGTERM);
    int status = test_wait_child(platform->pid, TEST_LIMIT_MS);
    if (status == -1)
        test_platform_kill(platform);
    platform->pid = 0;
    if (status != 0) {
        test_print_file(platform->log);
        (void)fprintf(stderr, "the platform ended with %d\n", status);
    }
    return status == 0;
}

bool test_platform_restart(struct test_platform *platform)
{
    bool good = end(platform);
    launch(platform);
    return good;
}

bool test_platform_stop(struct test_platform *platform)
{
    if (!platform)
        return true;
    struct test_platform_private *own = platform->private_data;
    bool good = end(platform);
    for (struct test_platform **p = &live; *p; p = &(*p)->private_data->next) {
        if (*p == platform) {
            *p = own->next;
            break;
        }
    }
    test_remove_tree(platform->directory);
    for (size_t i = 0; own->arguments[i]; i++)
        free(own->arguments[i]);
    for (size_t i = 0; i < own->session_count; i++) {
        free(own->sessions[i].login);
        free(own->sessions[i].token);
    }
    pthread_mutex_destroy(&own->lock);
    free(own->arguments);
    free(own->port_file);
    free(own->clock_file);
    free(own);
    free(platform->directory);
    free(platform->database);
    free(platform->log);
    free(platform->clock);
    free(platform->url);
    free(platform->ca_file);
    free(platform);
    return good;
}

static int64_t platform_time(const struct test_platform *platform)
{
    struct test_reply reply = test_get(platform, NULL, "/health");
    int64_t time = json_time(reply.json, "time");
    test_reply_free(&reply);
    return time;
}

void test_platform_advance(struct test_platform *platform, int64_t ms)
{
    struct test_platform_private *own = platform->private_data;
    if (!own->clock_file)
        test_die(platform, "only a test clock can be moved");
    int64_t before = platform->pid > 0 ? platform_time(platform) : 0;
    own->clock_ms += ms;
    char *text = test_text("%lld\n", (long long)own->clock_ms);
    test_write_file(own->clock_file, text);
    free(text);
    int64_t deadline = test_deadline(0);
    while (platform->pid > 0 && ms > 0 && platform_time(platform) - before < ms)
        if (!test_look_again(deadline))
            test_die(platform, "the platform does not follow its clock");
}

bool test_platform_check(const struct test_platform *platform)
{
    char *output = NULL;
    const char *const words[] = {"check", "--db", platform->database, NULL};
    int status = test_minqingd(words, platform->clock, &output);
    if (status != 0)
        (void)fprintf(stderr, "minqingd check: %d %s\n", status, output);
    free(output);
    return status == 0;
}

int test_platform_dial(const struct test_platform *platform)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(platform->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        test_die(platform, "no connection to the platform: %s", strerror(errno));
    return fd;
}
