/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of api/ share: the running platform, one call, and how answers are written. */
#ifndef PLATFORM_API_PRIVATE_H
#define PLATFORM_API_PRIVATE_H

#include "core/address.h"
#include "core/worktime.h"
#include "platform/api/api.h"
#include "platform/domain/lifecycle.h"
#include "platform/domain/settings.h"
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

struct hashing;  /* the password workers, see hashing.c */
struct watchers; /* who watches the changes, see watch_private.h */
struct rates;    /* who asked how often, see rate.c */
struct asked;    /* which numbers were searched lately, see asked.c */
struct learnt;   /* the model of categories, see learnt.h */
struct seen;     /* which sessions have asked, see seen.c */

struct api {
    struct store *store;
    int64_t swept_at;  /* when old keys were last forgotten; the timer thread's */
    int64_t sealed_at; /* when events were last sealed; the same thread's */
    struct reference reference;
    struct settings settings;
    struct hashing *hashing;
    struct seen *seen;
    struct rates *rates;
    struct asked *asked;
    struct learnt *learnt;
    struct watchers *watchers;
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
    struct session session;        /* by which it asks */
    const char *unit_path;         /* of the account, "" none */
    enum language language;
    int64_t now;
    const char *segments[6]; /* of the path; [0] is the first behind /api/v1 */
    size_t segment_count;
    struct field_values query, body;
    int64_t on; /* subject of an action, 0 none given */
    const struct action_schema *action;

    struct problem problem;
    int status;            /* of a good answer */
    cJSON *answer;         /* freed after it is printed */
    int64_t show_order;    /* > 0: the answer is this order's detail, read after the commit */
    bool show_current;     /* with a stale version: the problem carries the current order */
    cJSON *shown;          /* that detail; freed after it is printed */
    int64_t etag;          /* its version, -1 none */
    int64_t retry_after_s; /* with a problem: not to be tried before; 0 not said */

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
    ROUTE_UNCHANGED = 64,  /* open while the password has to be changed */
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
extern const struct route_table routes_sessions, routes_password, routes_accounts, routes_orders,
    routes_act, routes_appeals, routes_lookup, routes_articles, routes_hints, routes_board,
    routes_callers, routes_seals, routes_access;

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
/* Overwrites the body's secrets in memory. */
void body_forget_secrets(struct call *call);
/* Reads at most 18 digits, behind a '-' perhaps; false for anything else, spaces and '+' too. */
bool text_integer(const char *text, int64_t *number);

/* --- orders.c --------------------------------------------------------------------------------- */
/* Reads the parameter `after`, "KEY.ID" of the last row; 0 at the start. */
bool call_cursor(struct call *call, int64_t *key, int64_t *id);

/* --- articles.c ------------------------------------------------------------------------------- */
/* False with the problem filled when what was typed holds what no index can look up. */
bool call_searchable(struct call *call, const char *field, const char *typed);
/* An article as lists have it, and all of it. */
cJSON *render_article(struct call *call, const struct article *article, bool whole);

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
/* At most `queue` items wait. */
struct hashing *hashing_start(void (*work)(void *item), size_t queue);
/* False when the queue is full, or holds as many items of this login or address (NULL: not known)
 * as one may have. Both are borrowed until the work is done. */
bool hashing_queue(struct hashing *hashing, void *item, const char *login, const char *address);
void hashing_stop(struct hashing *hashing);
/* True if the password belongs to the hash; takes as long for NULL (no such account). */
bool hashing_verify(const char *hash, const char *password);

/* --- attempt.c: wrong passwords --------------------------------------------------------------- */
/* True when no password is taken for this login now; the problem says until when. */
bool attempt_locked(struct call *call, const char *login, enum problem_type type,
                    const char *field);
/* Counts a wrong password (`account_id` 0: for a login that nobody has) and fills the problem.
 * Always false. */
bool attempt_wrong(struct call *call, const char *login, int64_t account_id, enum problem_type type,
                   const char *field);

/* --- rate.c ----------------------------------------------------------------------------------- */
struct rates *rates_new(void);
void rates_free(struct rates *rates);
/* Takes one request from the bucket; false when it is empty. */
bool rates_take_account(struct rates *rates, const struct settings *settings, int64_t account_id);
bool rates_take_address(struct rates *rates, const struct settings *settings, const char *address);

/* --- seen.c: when a session was last used ----------------------------------------------------- */
struct seen *seen_new(void);
void seen_free(struct seen *seen);
/* Notes the request, at most once a minute and without a write. */
void seen_note(struct api *api, const struct session *session, const unsigned char hash[HASH_SIZE],
               int64_t now);
/* Writes down what was noted. */
void seen_write(struct api *api);

/* --- sessions.c ------------------------------------------------------------------------------- */
bool token_hash(const char *token, unsigned char hash[HASH_SIZE]);
/* The account's lines in the access log: by the call's account about this one. */
enum status account_log(struct call *call, const char *kind, int64_t about);

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
    const struct person *
        *former; /* who left with an unmerged order; of them only the names serve */
    size_t former_count;
    bool hidden; /* from this account altogether: of its names and numbers nothing is left */
};
struct citizens order_citizens(struct call *call, const struct order *order);
/* A confidential citizen is hidden from the unit altogether. */
bool citizen_hidden(const struct call *call, const struct order *order, const struct person *p);
/* A text as it may leave. */
const char *render_words(struct call *call, const char *text, const struct citizens *citizens);
/* NULL when there was none (id 0); words that are not kept any more say so. */
const char *render_statement(struct call *call, int64_t statement_id,
                             const struct citizens *citizens);
cJSON *render_suggestions(struct call *call, const struct matter *matter);
cJSON *render_account(struct call *call, const struct account *account);

/* --- changes.c, watch.c ------------------------------------------------------------------------
 */
/* Where the account's feed begins now; in the arena. */
const char *feed_cursor(struct call *call, const struct account *account);
struct watchers *watchers_new(struct api *api, struct error *err);
void watchers_free(struct watchers *feed);

/* --- act.c ------------------------------------------------------------------------------------ */
/* The context of a decision on this order for the call's account (or nobody). */
struct act_context call_context(struct call *call, const struct order *order);
/* Does the timers that are due; see api_tick. */
int64_t act_tick(struct api *api);

/* --- appeals.c -------------------------------------------------------------------------------- */
/* What the fields of `classify` name, and its typed place masked. False with the problem filled. */
bool appeal_name_facts(struct call *call, const struct order *order, struct act_context *ctx);

/* --- callers.c: citizens by whole numbers ------------------------------------------------------
 */
/* Earlier orders of a citizen with that whole, normalised number, newest first, within the
 * account's scope. Writes the line of the access log that each search costs; false with the problem
 * filled when that fails. Nothing is searched for "", and for accounts that do not take calls. */
bool caller_search(struct call *call, enum number_kind kind, const char *number,
                   int64_t **order_ids, size_t *count);
/* Fills the problem: the field `identity` holds no identity number. False. */
bool caller_identity_wrong(struct call *call);
/* The same for hints, which ask again with each word: of the same account's searches for the same
 * number within the settings' time the first alone has a line. */
bool caller_hint(struct call *call, enum number_kind kind, const char *number, int64_t **order_ids,
                 size_t *count);

/* --- asked.c: numbers that were searched lately ------------------------------------------------
 */
struct asked *asked_new(void);
void asked_free(struct asked *asked);
/* Stands for an account's search for a number; tells nothing of either. */
uint64_t asked_what(const struct api *api, int64_t account_id, enum number_kind kind,
                    const char *number);
bool asked_lately(struct asked *asked, uint64_t what, int64_t since);
void asked_note(struct asked *asked, uint64_t what, int64_t now);

void api_woken(struct api *api);

/* --- seals.c ---------------------------------------------------------------------------------- */
/* Seals the events when it is time. */
void seals_tick(struct api *api);

#endif
