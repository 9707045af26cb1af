/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api: the platform's resources without HTTP. http parses a request into an api_request, asks
 * api_run for the answer and sends it. */
#ifndef PLATFORM_API_API_H
#define PLATFORM_API_API_H

#include "core/arena.h"
#include "core/json.h"
#include "core/status.h"
#include "platform/model/model.h"
#include "platform/model/problem.h"

/* The running platform: store, indexes, caches, clockwork. */
struct api;

struct api_options {
    const char *database;      /* path */
    const char *holidays_file; /* NULL: those in the database */
};
enum status api_open(const struct api_options *options, struct api **api, struct error *err);
void api_close(struct api *api);
/* The demonstration city is inside: such a platform serves loopback only. */
bool api_is_demo(const struct api *api);
/* Does the actions of all timers that are due; returns the moment of the next one (0 none). Called
 * by the timer thread of main. */
int64_t api_tick(struct api *api);

enum api_method { API_GET, API_POST, API_DELETE };

/* One request as http has parsed it. Strings belong to the request's arena. */
struct api_request {
    struct arena *arena;
    enum api_method method;
    const char *path;            /* behind /api/v1, decoded, e.g. "/orders/12/events" */
    const char *token;           /* of Authorization: Bearer; NULL none */
    const char *idempotency_key; /* NULL none */
    int64_t if_match;            /* -1 none */
    enum language language;      /* of Accept-Language, before login */
    const char *body;            /* NULL none */
    size_t body_length;
    size_t query_count;
    const char **query_names, **query_values; /* decoded, valid UTF-8 */

    /* the answer */
    int http_status;
    bool is_problem; /* application/problem+json */
    char *answer;    /* in the arena; NULL for an empty body */
    size_t answer_length;
    int64_t etag;      /* order version, -1 none */
    const char *allow; /* for 405, e.g. "GET, POST" */

    void *private_data; /* api's own between the two steps */
};

/* Looks the request up, checks the caller, fields and versions. Reads are answered at once: returns
 * true. A write is queued: returns false, and `done(user)` is called on another thread after the
 * change is on disk (or refused); api_complete then fills the answer in. */
bool api_run(struct api *api, struct api_request *request, void (*done)(void *user), void *user);
/* Writes the answer of a queued request after `done`, on the connection's own thread, so that the
 * writer does not spend its time on JSON. Must be called exactly once before the answer is sent. */
void api_complete(struct api_request *request);
/* Fills the answer with a problem; for http's own refusals (413, 400 …). The argument of a problem
 * with a field is the field's name. */
void api_refuse(struct api_request *request, enum problem_type type, const char *argument);

/* --- change feed ------------------------------------------------------------------------------ */
/* The account behind a token, 0 none; its language in *language. */
int64_t api_session(struct api *api, const char *token, enum language *language);
/* One feed frame (JSON text, malloc'ed, caller frees) with what changed for the account after
 * `*cursor`, which moves on. NULL when nothing did. */
char *api_changes(struct api *api, int64_t account_id, enum language language, int64_t *cursor);
/* Calls `wake(user)` (from the writer's thread; quick, no locks of its own held) after each commit
 * that wrote events. One listener. */
void api_on_change(struct api *api, void (*wake)(void *user), void *user);
int64_t api_last_cursor(struct api *api);

#endif
