/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One HTTP request between its first byte and the end of its answer. Private to http/. */
#ifndef PLATFORM_HTTP_REQUEST_H
#define PLATFORM_HTTP_REQUEST_H

#include "core/buf.h"
#include "platform/api/api.h"
#include "platform/http/origin.h"
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>

struct http;
struct feed;

/* Who has the request: the connection's thread and api's `done` meet here from two sides. */
enum request_phase {
    PHASE_OPEN,      /* the connection's thread */
    PHASE_SUSPENDED, /* api, and the connection sleeps */
    PHASE_DONE,      /* the connection's thread again, for api_complete */
    PHASE_COMPLETE,  /* that was called */
};

struct http_request {
    struct http *http;
    struct MHD_Connection *connection;
    struct api_request api;
    struct origin origin;
    int64_t began_at; /* ticks */
    int status;       /* that it was answered with, 0 not yet */
    char *target;     /* as it came, in the arena; NULL none */
    bool begun;       /* its headers are parsed */
    bool counted;     /* among those that http_stop waits for */
    bool unframed;    /* nobody can say where its body ends: answer at once and close */
    /* What is wrong with it, to be said when all of it was read; PROBLEM_NONE nothing. */
    enum problem_type refusal;
    const char *refusal_argument;
    /* Its body. */
    bool body_is_json; /* by its Content-Type */
    bool expects_continue;
    int64_t content_length; /* -1 not said */
    struct buf body;
    uint64_t body_seen; /* bytes that came, kept or not */
    atomic_int phase;
    struct feed *feed; /* NULL but for GET /changes */
};

/* A new request with an arena of its own; `target` as it stands in the first line, may be NULL.
 * NULL without memory. */
struct http_request *request_new(struct http *http, struct MHD_Connection *connection,
                                 const char *target);
void request_free(struct http_request *request);

/* Fills request->api from method, target and headers; what cannot be accepted goes to
 * request->refusal. */
void request_parse(struct http_request *request, const char *method);
/* Notes why the request is refused; the first reason stays. */
void request_refuse(struct http_request *request, enum problem_type type, const char *argument);
/* The value of a query parameter, NULL when it is missing. */
const char *request_query(const struct http_request *request, const char *name);
/* Decimal digits only, at most 2^53; false otherwise. */
bool request_integer(const char *text, int64_t *value);

#endif
