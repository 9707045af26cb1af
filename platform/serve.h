/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve: the running platform, from opening the database to its orderly end. */
#ifndef PLATFORM_SERVE_H
#define PLATFORM_SERVE_H

#include "core/status.h"
#include <stdbool.h>
#include <stdint.h>

struct serve_options {
    const char *database;      /* path */
    const char *keys_file;     /* NULL: beside the database */
    const char *listen;        /* address in digits */
    uint16_t port;             /* 0: any free one */
    const char *port_file;     /* gets the port once requests are answered; NULL none */
    unsigned threads;          /* that answer requests */
    const char *holidays_file; /* NULL: those in the database */
    const char *settings_file; /* NULL: the defaults */
    /* PEM files for HTTPS; NULL: plain HTTP, beyond this machine only when that is said. */
    const char *certificate_file, *key_file;
    bool plain_http;
    const char *const *trusted_proxies; /* addresses in digits, NULL-terminated; NULL none */
    const char *log_file;               /* NULL: standard error */
    bool log_requests;
    bool test_clock;     /* the clock may jump */
    const char *version; /* for the log */
};

/* Answers consoles and does what timers ask for until SIGTERM or SIGINT, then finishes what is
 * under way. A second signal ends the program at once. SIGHUP opens the log file and reads the
 * certificate anew where there is one of them, and otherwise ends it too, as a terminal that is
 * closed wants it. For the main thread, before any other is
 * started. */
enum status serve(const struct serve_options *options, struct error *err);

#endif
