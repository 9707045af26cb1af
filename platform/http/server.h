/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http: the platform's API over HTTP/1.1. Knows HTTP and nothing of what is asked: each request is
 * parsed, handed to api and its answer sent. */
#ifndef PLATFORM_HTTP_SERVER_H
#define PLATFORM_HTTP_SERVER_H

#include "core/status.h"
#include "platform/api/api.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http;

/* Zero and NULL take the default in brackets. */
struct http_options {
    const char *address;  /* IPv4 or IPv6 in digits [127.0.0.1] */
    uint16_t port;        /* 0: any free one, see http_port */
    unsigned threads;     /* that answer requests; one more follows the changes [2] */
    size_t body_limit;    /* bytes of a request's body [1 MiB] */
    unsigned connections; /* open at once [what the limit of descriptors allows, at most 16,000] */
    unsigned timeout_s;   /* of a connection on which nothing moves [60] */
    int64_t heartbeat_ms; /* of the change feed [60,000] */
    int64_t wait_max_s;   /* of a long poll of the changes [60] */
    /* Both or none: files of a chain of certificates and its key in PEM, for HTTPS; borrowed until
     * http_stop [plain HTTP] */
    const char *certificate_file, *key_file;
    /* Addresses in digits, NULL-terminated, whose X-Forwarded-For and X-Request-Id are believed;
     * borrowed until http_stop [none] */
    const char *const *trusted_proxies;
    bool log_requests; /* a line in the log for each */
};

/* Listens and answers until http_stop. `api` is borrowed; its change listener is taken. On failure
 * the message says what an administrator can do about it. */
enum status http_start(struct api *api, const struct http_options *options, struct http **http,
                       struct error *err);
/* Reads the certificate and its key anew; connections that are open keep theirs. On failure the
 * earlier ones stay. ST_OK without HTTPS. */
enum status http_reload(struct http *http, struct error *err);
/* Where it listens. */
uint16_t http_port(const struct http *http);
/* Refuses new requests, waits until every change under way is on disk and answered, ends the feeds
 * and closes all. NULL is allowed. Before api_close. */
void http_stop(struct http *http);

#endif
