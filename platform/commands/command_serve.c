/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/version.h"
#include "platform/commands/command.h"
#include "platform/serve.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_PORT = 8042, THREADS_MAX = 64 };

static const char *listen_on = "127.0.0.1", *port_file, *holidays;
static unsigned port = DEFAULT_PORT, threads;

static unsigned one_a_processor(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 2 ? 2 : processors > THREADS_MAX ? THREADS_MAX : (unsigned)processors;
}

static int run(int count, char **words)
{
    (void)count;
    (void)words;
    struct error err = {ST_OK, ""};
    const char *clock = getenv("MINQING_CLOCK");
    const struct serve_options options = {
        .database = command_db,
        .listen = strcmp(listen_on, "localhost") == 0 ? "127.0.0.1" : listen_on,
        .port = (uint16_t)port,
        .port_file = port_file,
        .threads = threads ? threads : one_a_processor(),
        .holidays_file = holidays,
        .test_clock = clock && *clock,
        .version = MINQING_VERSION,
    };
    if (command_db_exists(&err) || serve(&options, &err))
        return command_failed(&err);
    return EXIT_SUCCESS;
}

/* clang-format off */
static const struct command_option options[] = {
    OPTION_DB,
    {"listen", OPTION_TEXT, &listen_on, 0, 0, "ADDRESS", "IPv4 or IPv6 address to listen on (127.0.0.1)"},
    {"port", OPTION_NUMBER, &port, 0, UINT16_MAX, "N", "port, 0 for any free one (8042)"},
    {"port-file", OPTION_TEXT, &port_file, 0, 0, "FILE", "write the port there once requests are answered"},
    {"threads", OPTION_NUMBER, &threads, 1, THREADS_MAX, "N", "threads that answer requests (one a processor)"},
    {"holidays", OPTION_TEXT, &holidays, 0, 0, "FILE", "days that differ from Monday to Friday: CSV with date,name,is_workday"},
};
/* clang-format on */
const struct command command_serve = {
    "serve", "", "answer the consoles until SIGTERM or SIGINT", COMMAND_OPTIONS(options), 0,
    0,       run};
