/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of api/ share: the running platform, one call, and how answers are written. */
#ifndef PLATFORM_API_PRIVATE_H
#define PLATFORM_API_PRIVATE_H

#include "core/address.h"
#include "core/worktime.h"
#include "platform/api/api.h"
#include "platform/domain/lifecycle.h"
#include "platform/domain/suggest.h"
#include "platform/domain/views.h"
#include "platform/model/field.h"
#include "platform/store/store.h"
#include <pthread.h>

/* Reference data as they were at the start, in code or id order; read by all threads. */
struct reference {
    struct arena *arena;
    struct region *regions;
    size_t region_count;
    struct unit *units;
    size_t unit_count;
    struct category *categories;
    size_t category_count;
    struct channel *channels;
    size_t channel_count;
    struct address_index *places, *unit_names, *category_names;
    struct calendar *calendar;
    const char *city;
};

struct hashing; /* the password workers, see hashing.c */

struct api {
    struct store *store;
    int64_t swept_at; /* when old keys were last forgotten; the timer thread's */
    struct reference reference;
    struct policy policy;
    struct hashing *hashing;
    unsigned char phone_key[HASH_SIZE];
    bool demo;
    pthread_mutex_t listener_lock;
    void (*wake)(void *user);
    void *wake_user;
};

/* One request on its way through a handler. */
struct call {
    struct api *api;
    struct api_request *request;
    const struct route *route;
    struct arena *arena;
    struct db *db;                 /* the thread's reader, or the writer inside a job */
    const struct account *account; /* NULL on public routes */
    const char *unit_path;         /* of the account, "" none */
    enum language language;
    int64_t now;
    const char *segments[6]; /* of the path; [0] is the first behind /api/v1 */
    size_t segment_count;
    struct field_values query, body;
    int64_t on; /* subject of an action, 0 none given */
    const struct action_schema *action;

    struct problem problem;
    int status;         /* of a good answer */
    cJSON *answer;      /* freed after it is printed */
    int64_t show_order; /* > 0: the answer is this order's detail, read after the commit */
    bool show_current;  /* with a stale version: the problem carries the current order */
    cJSON *shown;       /* that detail; freed after it is printed */
    int64_t etag;       /* its version, -1 none */

    void (*done)(void *user);
    void *done_user;
};

/* True when answered, false when `call->problem` was filled. */
typedef bool (*route_handler)(struct call *call);

enum route_flags {
    ROUTE_PUBLIC = 1,      /* no session needed */
    ROUTE_WRITE = 2,       /* runs on the writer, with an Idempotency-Key */
    ROUTE_VERSIONED = 4,   /* needs If-Match */
    ROUTE_HASHING = 8,     /* runs on the password workers */
    ROUTE_ACTION = 16,     /* body fields come from the action named in the path */
    ROUTE_REPEATABLE = 32, /* a write that may run twice: needs no key */
};

struct route {
    enum api_method method;
    const char *pattern; /* segments; "*" matches any one */
    unsigned flags;
    uint32_t roles; /* 0 any */
    const struct field_spec *query;
    size_t query_count;
    const struct field_spec *body;
    size_t body_count;
    route_handler handler;
};
#define FIELDS(array) (array), sizeof(array) / sizeof((array)[0])
#define NO_FIELDS     NULL, 0

/* Tables of routes, one per file. */
struct route_table {
    const struct route *routes;
    size_t count;
};
extern const struct route_table routes_sessions, routes_orders, routes_act, routes_appeals,
    routes_lookup, routes_board;

/* --- finish.c -------------------------------------------------------------------------------- */
/* Reads the order that the answer or the problem shows. */
void call_show(struct call *call);
/* Finishes the request from call->shown, call->answer or call->problem. */
void call_finish(struct call *call);
/* What was read or done cannot be told: the answer is PROBLEM_INTERNAL alone. */
void call_fail(struct call *call);
/* The order that the path's second segment names (id or number) within the scope; 0 none. */
int64_t call_order_id(struct call *call);
/* The same order with all its parts; NULL with the problem filled. */
struct order_case *call_order(struct call *call);
bool call_problem(struct call *call, enum problem_type type, const char *field, const char *a,
                  const char *b, const char *c);
/* A text in the caller's language. */
const char *call_text(const struct call *call, struct bilingual text);
/* A name for people: "3" etc. in the arena. */
const char *arena_int(struct arena *arena, int64_t n);

/* --- body.c: declared fields -------------------------------------------------------------------
 */
bool body_check(struct call *call, const struct field_spec *specs, size_t count,
                const cJSON *object, struct field_values *out);
bool query_check(struct call *call, const struct field_spec *specs, size_t count,
                 struct field_values *out);
/* Reads at most 18 digits, behind a '-' perhaps; false for anything else, spaces and '+' too. */
bool text_integer(const char *text, int64_t *number);

/* --- reference.c ------------------------------------------------------------------------------ */
enum status reference_load(struct reference *r, struct db *db, const char *holidays_file,
                           struct error *err);
void reference_free(struct reference *r);
const struct region *reference_region(const struct reference *r, const char *code);
const struct unit *reference_unit(const struct reference *r, int64_t id);
const struct category *reference_category(const struct reference *r, const char *code);
bool reference_category_leaf(const struct reference *r, const struct category *category);
const struct channel *reference_channel(const struct reference *r, const char *code);
/* "城乡建设 / 供水 / 停水"; "金湖街道 湖滨社区". In the arena. */
const char *reference_category_path(const struct reference *r, const char *code, struct arena *a);
const char *reference_region_path(const struct reference *r, const char *code, struct arena *a);

/* --- hashing.c -------------------------------------------------------------------------------- */
struct hashing *hashing_start(void (*work)(void *item));
/* False when the queue is full. */
bool hashing_queue(struct hashing *hashing, void *item);
void hashing_stop(struct hashing *hashing);
/* True if the password belongs to the hash; takes as long for NULL (no such account). */
bool hashing_verify(const char *hash, const char *password);

/* --- render.c: orders as JSON ----------------------------------------------------------------- */
cJSON *render_ref(int64_t id, const char *name);
cJSON *render_unit(const struct call *call, int64_t unit_id); /* JSON null for 0 */
cJSON *render_row(struct call *call, const struct order *order);
/* NULL when the order is out of scope by now. */
cJSON *render_detail(struct call *call, int64_t order_id, int64_t *version);
cJSON *render_events(struct call *call, const struct order_case *c);
/* The citizens of an order, whose names are masked in all its texts. */
struct citizens {
    const struct person **persons; /* as the appeals; NULL where an appeal has none */
    struct appeal *appeals;
    size_t count;
    bool hidden; /* from this account altogether: of its names and numbers nothing is left */
};
struct citizens order_citizens(struct call *call, const struct order *order);
/* A confidential citizen is hidden from the unit altogether. */
bool citizen_hidden(const struct call *call, const struct order *order, const struct person *p);
/* A text as it may leave. */
const char *render_words(struct call *call, const char *text, const struct citizens *citizens);
/* NULL when there is no such statement. */
const char *render_statement(struct call *call, int64_t statement_id,
                             const struct citizens *citizens);
cJSON *render_suggestions(struct call *call, const struct matter *matter);
cJSON *render_account(struct call *call, const struct account *account);
cJSON *render_queues(struct call *call);

/* --- act.c ------------------------------------------------------------------------------------ */
/* The context of a decision on this order for the call's account (or nobody). */
struct act_context call_context(struct call *call, const struct order *order);
/* Does the timers that are due; see api_tick. */
int64_t act_tick(struct api *api);
/* Keyed hash of a normalised phone number. */
void phone_hash(const struct api *api, const char *phone, unsigned char out[HASH_SIZE]);

void api_woken(struct api *api);

#endif
