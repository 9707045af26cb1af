/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/version.h"
#include "platform/commands/command.h"
#include "platform/http/origin.h"
#include "platform/serve.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_PORT = 8042, THREADS_MAX = 64 };

static const char *listen_on = "127.0.0.1", *port_file, *holidays, *settings;
static const char *certificate, *key, *log_file;
static bool plain_http, log_requests;
static struct option_list proxies;
static char proxy_texts[OPTION_LIST_MAX][INET6_ADDRSTRLEN];
static const char *proxy_list[OPTION_LIST_MAX + 1];
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
    if (!certificate != !key)
        return command_wrong("--certificate and --key belong together");
    for (size_t i = 0; i < proxies.count; i++) {
        if (!origin_normalise(proxies.items[i], proxy_texts[i]))
            return command_wrong("--trusted-proxy takes an address in digits, not \"%s\"",
                                 proxies.items[i]);
        proxy_list[i] = proxy_texts[i];
    }
    const struct serve_options options = {
        .database = command_db,
        .listen = strcmp(listen_on, "localhost") == 0 ? "127.0.0.1" : listen_on,
        .port = (uint16_t)port,
        .port_file = port_file,
        .threads = threads ? threads : one_a_processor(),
        .holidays_file = holidays,
        .settings_file = settings,
        .certificate_file = certificate,
        .key_file = key,
        .plain_http = plain_http,
        .trusted_proxies = proxy_list,
        .log_file = log_file,
        .log_requests = log_requests,
        .keys_file = command_keys,
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
    {"settings", OPTION_TEXT, &settings, 0, 0, "FILE", "limits, windows and caps of the office; minqingd settings prints them"},
    {"certificate", OPTION_TEXT, &certificate, 0, 0, "FILE", "serve HTTPS with this chain of certificates (PEM)"},
    {"key", OPTION_TEXT, &key, 0, 0, "FILE", "the private key of the certificate (PEM, without a password)"},
    {"plain-http", OPTION_FLAG, &plain_http, 0, 0, NULL, "without HTTPS beyond this machine, behind a proxy or in a tunnel"},
    {"trusted-proxy", OPTION_LIST, &proxies, 0, 0, "ADDRESS", "believe its X-Forwarded-For and X-Request-Id; may be given again"},
    {"log", OPTION_TEXT, &log_file, 0, 0, "FILE", "append the log to this file; SIGHUP opens it anew"},
    {"log-requests", OPTION_FLAG, &log_requests, 0, 0, NULL, "a line in the log for every request"},
};
/* clang-format on */
const struct command command_serve = {
    "serve", "", "answer the consoles until SIGTERM or SIGINT", COMMAND_OPTIONS(options), 0,
    0,       run};
