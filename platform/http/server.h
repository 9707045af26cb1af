/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http: the platform's API over HTTP/1.1. Knows HTTP and nothing of what is asked: each request is
 * parsed, handed to api and its answer sent. */
#ifndef PLATFORM_HTTP_SERVER_H
#define PLATFORM_HTTP_SERVER_H

#include "core/status.h"
#include "platform/api/api.h"
#include <stddef.h>
#include <stdint.h>

struct http;

/* Zero and NULL take the default in brackets. */
struct http_options {
    const char *address;  /* IPv4 or IPv6 in digits [127.0.0.1] */
    uint16_t port;        /* 0: any free one, see http_port */
    unsigned threads;     /* that answer requests; half as many more follow the changes [2] */
    size_t body_limit;    /* bytes of a request's body [1 MiB] */
    unsigned connections; /* open at once [what the limit of descriptors allows, at most 16,000] */
    unsigned timeout_s;   /* of a connection on which nothing moves [60] */
    int64_t heartbeat_ms; /* of the change feed [60,000] */
};

/* Listens and answers until http_stop. `api` is borrowed; its change listener is taken. On failure
 * the message says what an administrator can do about it. */
enum status http_start(struct api *api, const struct http_options *options, struct http **http,
                       struct error *err);
/* Where it listens. */
uint16_t http_port(const struct http *http);
/* Refuses new requests, waits until every change under way is on disk and answered, ends the feeds
 * and closes all. NULL is allowed. Before api_close. */
void http_stop(struct http *http);

#endif
