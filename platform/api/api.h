/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api: the platform's resources without HTTP. http parses a request into an api_request, asks
 * api_run for the answer and sends it. */
#ifndef PLATFORM_API_API_H
#define PLATFORM_API_API_H

#include "core/arena.h"
#include "core/frame.h"
#include "core/json.h"
#include "core/status.h"
#include "platform/model/model.h"
#include "platform/model/problem.h"

/* The running platform: store, indexes, caches, clockwork. */
struct api;

struct api_options {
    const char *database;      /* path */
    const char *keys_file;     /* NULL: beside the database */
    const char *holidays_file; /* NULL: those in the database */
    const char *settings_file; /* NULL: the defaults */
};
enum status api_open(const struct api_options *options, struct api **api, struct error *err);
void api_close(struct api *api);
/* What the office has set; borrowed. */
struct settings;
const struct settings *api_settings(const struct api *api);
/* The demonstration city is inside: such a platform serves loopback only. */
bool api_is_demo(const struct api *api);
/* Does the actions of all timers that are due; returns the moment of the next one (0 none). Called
 * by the timer thread of main. */
int64_t api_tick(struct api *api);
/* Seals what was written since the last seal. By api_tick each minute (settings), and at an orderly
 * end, when nothing is under way any more. */
void api_seal(struct api *api);

enum api_method { API_GET, API_POST, API_DELETE };
const char *api_method_name(enum api_method method); /* "GET" */

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
    const char *address; /* whose requests without a login are counted together; NULL: nobody's */
    const char *id;      /* by which people find it in the log; NULL none */
    size_t query_count;
    const char **query_names, **query_values; /* decoded, valid UTF-8 */

    /* the answer */
    int http_status;
    bool is_problem; /* application/problem+json */
    char *answer;    /* in the arena; NULL for an empty body */
    size_t answer_length;
    int64_t etag;          /* order version, -1 none */
    const char *route;     /* what it asked for, as its table has it; NULL unknown */
    int64_t account_id;    /* who asked, 0 unknown */
    const char *allow;     /* for 405, e.g. "GET, POST" */
    int64_t retry_after_s; /* for Retry-After, 0: as the status has it */

    void *private_data; /* api's own between the two steps */
};

/* Looks the request up, checks the caller, fields and versions. Reads are answered at once: returns
 * true. A write is queued: returns false, and `done(user)` is called on another thread after the
 * change is on disk (or refused); api_complete then fills the answer in. */
bool api_run(struct api *api, struct api_request *request, void (*done)(void *user), void *user);
/* Writes the answer of a queued request after `done`, on the connection's own thread, so that the
 * writer does not spend its time on JSON. Must be called exactly once before the answer is sent. */
void api_complete(struct api_request *request);
/* Counts a request of that account, or without one (0) of its address. False: it comes too soon and
 * is to be refused with PROBLEM_TOO_MANY; api_run does so itself. */
bool api_may_ask(struct api *api, const struct api_request *request, int64_t account_id);
enum { API_RETRY_S = 1 }; /* after that a refused one may come again */
/* Fills the answer with a problem; for http's own refusals (413, 400 …). The argument of a problem
 * with a field is the field's name. */
void api_refuse(struct api_request *request, enum problem_type type, const char *argument);

/* --- change feed ------------------------------------------------------------------------------ */
/* The account behind a token, 0 none; its language in *language. */
int64_t api_session(struct api *api, const char *token, enum language *language);
/* Begins to follow the changes behind a cursor: `once` for a single frame that says all. A watch is
 * used by one thread at a time. Problems:
 * FIELD_REFERENCE for what is no cursor, FEED_GONE for one too old, not yet reached, or of a view
 * that the account has no more: all is to be read again; BUSY. */
struct watch;
enum problem_type api_watch(struct api *api, int64_t account_id, const char *cursor,
                            enum frame_coding coding, bool once, struct watch **watch);
/* NULL is allowed. */
void api_watch_end(struct watch *watch);
/* True when api_watch_next has something, or may find something. Quick. */
bool api_watch_has(struct watch *watch);
/* The next frame, NULL when there is none for the time being; the caller releases it. `*over` tells
 * that it is the last one: all is to be read again. */
struct feed_frame;
struct feed_frame *api_watch_next(struct watch *watch, bool *over);
/* Where the watch stands. */
enum { API_CURSOR_SIZE = 33 };
void api_watch_cursor(const struct watch *watch, char out[API_CURSOR_SIZE]);
/* A frame as JSON text, and as it goes over the wire in the watch's coding; borrowed. */
const char *api_frame_text(const struct feed_frame *frame, size_t *length);
const char *api_frame_bytes(const struct feed_frame *frame, enum frame_coding coding,
                            size_t *length);
void api_frame_release(struct feed_frame *frame); /* NULL is allowed */
/* Looks for what has changed on behalf of all watches; by one thread at a time. */
enum api_round {
    API_ROUND_DONE,
    API_ROUND_MORE,  /* there is more to be looked at, at once */
    API_ROUND_FAILED /* to be tried again in a while */
};
enum api_round api_feed_round(struct api *api);
/* Calls `wake(user)` (from the writer's thread; quick, no locks of its own held) after each commit
 * that wrote events, and when a round is wanted for another reason. One listener. */
void api_on_change(struct api *api, void (*wake)(void *user), void *user);

#endif
