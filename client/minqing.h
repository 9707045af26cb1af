/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libminqing: the platform's API as asynchronous typed calls.
 *
 * One thread owns a client. Every call returns at once; its answer arrives from within mq_poll as a
 * call of the given mq_done with an mq_result. Everything in a result lives in the result: it is
 * freed after the callback returns unless the callback took it with mq_result_keep.
 * A call that fails for want of a connection is repeated with the same idempotency key until
 * `give_up_ms`; reads likewise. docs/api.yaml is the contract. */
#ifndef CLIENT_MINQING_H
#define CLIENT_MINQING_H

#include "core/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mq;

struct mq_options {
    const char *url;      /* "http://127.0.0.1:8042" */
    const char *language; /* "zh" or "en", before login */
    int64_t stall_ms;     /* without a byte for so long a request is given up; 0 = 30,000 */
    int64_t give_up_ms;   /* how long an unreachable platform is tried again; 0 = 10,000 */
    const char *ca_file;  /* whose certificates alone are trusted, PEM; NULL or "": the system's */
    bool plain_http;      /* http:// beyond this machine too, where a tunnel protects it */
};

/* NULL with `err` when the URL is not http(s), or http:// leads beyond this machine, when the file
 * of certificates cannot be read, or memory is out. */
struct mq *mq_new(const struct mq_options *options, struct error *err);
/* Drops what is under way without calling back. */
void mq_free(struct mq *mq);

/* A further descriptor that mq_poll waits for, at most MQ_WAITS_MAX of them; one below 0 is
 * skipped. */
enum { MQ_WAITS_MAX = 16 };
struct mq_wait {
    int fd;
    bool readable; /* out */
    bool hangup;   /* out: closed at the other end, or no descriptor at all */
};
/* Waits for the sockets, `waits` and at most `timeout_ms` (-1 for ever), then calls back for all
 * that arrived. Returns false only when waiting itself failed. A callback may call everything here
 * but mq_poll and mq_free. */
bool mq_poll(struct mq *mq, struct mq_wait *waits, size_t count, int timeout_ms);
/* Requests under way (without the feed). */
size_t mq_pending(const struct mq *mq);
/* Milliseconds since the oldest request under way began, 0 none. */
int64_t mq_waiting_ms(const struct mq *mq);
/* Drops requests under way whose `user` is this, without calling back. The feed goes on. What was
 * sent already may still be done by the platform. */
void mq_cancel(struct mq *mq, const void *user);

/* ---- what the platform answers ----------------------------------------------------------- */

struct mq_ref { /* a unit, channel, region, category … */
    int64_t id;
    const char *code, *name, *path;
};

struct mq_order {
    int64_t id, version;
    const char *number, *state, *state_label, *kind, *kind_label;
    struct mq_ref channel, category, region;
    const char *place, *title;
    bool urgent, complex, confidential, unsatisfied;
    bool clock_runs; /* the deadline is still ahead of somebody */
    int64_t received_at, deadline_at, first_deadline_at; /* ms, 0 none */
    const char *card, *card_label;                       /* none, yellow, red */
    int round;
    struct mq_ref lead;      /* id 0 none */
    const char *promised_on; /* "" none */
    const char *conclusion, *conclusion_label;
    uint32_t need_count;
    const char **needs;
    const char *need_label;  /* what it waits for from this account; else the state's label */
    struct mq_ref suggested; /* id 0 none */
    const char *suggested_why;
    struct mq_order_detail *detail; /* NULL in lists */
};

struct mq_appeal {
    int64_t id;
    const char *channel, *source_no, *name, *phone, *identity, *words, *kind_label, *taken_by;
    int64_t received_at;
};
struct mq_assignment {
    int64_t id;
    struct mq_ref unit;
    bool lead, late;
    int round;
    const char *state, *state_label, *result, *reply, *return_reason, *return_reason_label;
    int64_t offered_at, sign_by, due_at, signed_at, replied_at;
};
struct mq_objection {
    int64_t id;
    struct mq_ref unit, proposed, ruled;
    const char *state, *state_label, *reason, *outcome, *ruling;
};
struct mq_callback { /* facts: -1 unknown, 0 no, 1 yes */
    int round, reached, solved, satisfied;
    const char *promised_on, *way_label, *by, *note;
    int64_t at;
};
struct mq_default { /* a proposed value of an action's field, as text */
    const char *field, *value;
};
struct mq_allowed {
    const char *name, *label;
    int64_t on;
    size_t default_count;
    const struct mq_default *defaults;
};
struct mq_order_detail {
    size_t appeal_count, assignment_count, objection_count, callback_count, action_count;
    const struct mq_appeal *appeals;
    const struct mq_assignment *assignments;
    const struct mq_objection *objections;
    const struct mq_callback *callbacks;
    const struct mq_allowed *actions;
};

struct mq_event {
    int64_t n, at, version;
    const char *action, *label, *from, *to, *to_label, *by, *text, *unit,
        *detail; /* detail: JSON text */
};
struct mq_choice {
    const char *name, *label;
};
struct mq_field {
    const char *name, *label, *type; /* text line int bool choice date time unit units place … */
    bool required;
    int64_t min, max;
    size_t choice_count;
    const struct mq_choice *choices;
};
struct mq_action {                                /* as published: the form of an action */
    const char *name, *subject, *label, *confirm; /* confirm "" none */
    size_t field_count;
    const struct mq_field *fields;
};
struct mq_queue {
    const char *name, *label;
    int64_t count, red;
};
struct mq_place {
    int64_t id;
    const char *name, *path, *region, *kind;
};
struct mq_suggestion {
    struct mq_ref unit;
    const char *reason, *source;
    bool boundary;
};
struct mq_article { /* knowledge; what is not in lists: body, source_no, valid_to */
    int64_t id, version;
    const char *title, *summary, *body, *source_no, *state, *state_label;
    struct mq_ref category, region, unit; /* code or id empty: any, the whole city, nobody's */
    const char *review_on, *valid_to;     /* days, "" none */
    int64_t updated_at;
};
struct mq_duplicate { /* an order that may be the same matter */
    struct mq_order order;
    int score; /* 0 … 100 */
    size_t why_count;
    const char **why; /* labels: "same number", "near place" … */
};
struct mq_category_hint {
    const char *code, *path;
    int score; /* 0 … 100 */
};
struct mq_hints {
    bool caller_known;  /* somebody rang from that number before */
    int64_t open_count; /* of the caller's orders within the scope, those not concluded */
    size_t caller_count, duplicate_count, article_count, category_count, unit_count;
    const struct mq_order *caller_orders;
    const struct mq_duplicate *duplicates;
    const struct mq_article *articles;
    const struct mq_category_hint *categories;
    const struct mq_suggestion *units;
};
struct mq_board_row {
    const char *key, *label, *query;
    int64_t total, open, yellow, red, unsatisfied, concluded, satisfied;
};
struct mq_bulletin_row {
    int64_t at;
    int round;
    struct mq_ref unit;
    const struct mq_order *order;
};
/* A line of the access log. */
struct mq_access_row {
    int64_t id, at;
    const char *kind, *kind_label;
    struct mq_ref account, about; /* who did it; to which account, id 0 none */
    const char *order, *reason;   /* the order's number; "" none */
};
struct mq_change {
    int64_t id, version;
    bool gone;
    const struct mq_order *order; /* NULL when gone */
};
struct mq_account {
    int64_t id;
    const char *login, *name, *language;
    struct mq_ref unit;
    size_t role_count;
    const char **roles, **role_labels;
    /* In the list of accounts: active, locked, must_change, disabled. */
    const char *state, *state_label;
    int64_t locked_until, last_login_at; /* 0 none */
};
struct mq_session { /* one login of the account */
    int64_t created_at, seen_at, expires_at;
    bool this_one;
};

/* One answer. Only the members that the call is about are filled. */
struct mq_result {
    enum status status;           /* ST_OK, or why not (ST_UNAVAILABLE: platform not reached) */
    int http_status;              /* 0 when not reached */
    const char *problem;          /* stable type ("return-window"), "" none */
    const char *message;          /* for people, in the account's language; "" when ST_OK */
    const char *field;            /* offending field, "" none */
    const char *json;             /* the body as it came */
    const struct mq_order *order; /* show, act, appeal; with ST_STALE the current record */
    size_t count;                 /* of the list that the call is about */
    const struct mq_order *orders;
    const char *next; /* cursor of the next page, "" at the end */
    const struct mq_event *events;
    const struct mq_action *actions;
    const struct mq_queue *queues;
    size_t queue_count;           /* of queues, which a frame of the feed has beside its changes */
    const struct mq_queue *views; /* login, me: name and label */
    size_t view_count;
    const struct mq_choice *states, *cards; /* login, me: what a search can ask for */
    size_t state_count, card_count;
    const struct mq_place *places;
    const struct mq_ref *refs; /* units, categories (code, name, path), channels, kinds */
    const struct mq_suggestion *suggestions;
    const struct mq_article *articles; /* articles; article: the one */
    const struct mq_hints *hints;
    const struct mq_board_row *board;
    struct mq_board_row totals;
    const struct mq_bulletin_row *bulletin;
    const struct mq_access_row *access;
    const struct mq_change *changes;
    const char **lines;               /* why; password rules */
    const struct mq_appeal *appeals;  /* reveal */
    const struct mq_account *account; /* login, me */
    int64_t expires_at;               /* login, me, renew: of the token */
    int64_t renew_in_s;        /* … when it should be renewed, 0 now, -1 it cannot be any more */
    bool must_change_password; /* login, me, password rules: nothing else is open */
    int64_t retry_after_s;     /* a login that is closed: how long; 0 it is not */
    const struct mq_session *sessions;
    const struct mq_account *accounts;
    const char *password; /* the one that a reset has made */
    const char *token, *city;
    const char *cursor; /* a place in the change feed, for mq_follow */
};
typedef void (*mq_done)(void *user, struct mq_result *result);
/* From within mq_done: the result is the caller's now, to be freed with mq_result_free. */
void mq_result_keep(struct mq_result *result);
void mq_result_free(struct mq_result *result);

/* ---- calls: each returns false (and never calls back) only without memory ---------------- */

bool mq_health(struct mq *mq, mq_done done, void *user);
/* After success the client carries the token. */
bool mq_login(struct mq *mq, const char *login, const char *password, mq_done done, void *user);
/* Forgets the token and ends the feed once the platform has ended the session. */
bool mq_logout(struct mq *mq, mq_done done, void *user);
bool mq_me(struct mq *mq, mq_done done, void *user);
/* The same for every session of the account. */
bool mq_logout_everywhere(struct mq *mq, mq_done done, void *user);
/* Puts a new token in the place of the present one, in the client too. */
bool mq_renew(struct mq *mq, mq_done done, void *user);
/* The account's own sessions. */
bool mq_sessions(struct mq *mq, mq_done done, void *user);
/* What a password must be: result.lines. */
bool mq_password_rules(struct mq *mq, mq_done done, void *user);
/* Ends the account's other sessions. */
bool mq_password(struct mq *mq, const char *old_password, const char *new_password, mq_done done,
                 void *user);
/* A token kept from an earlier session; NULL forgets it. */
void mq_set_token(struct mq *mq, const char *token);

/* For administrators. */
bool mq_accounts(struct mq *mq, const char *q, const char *after, int limit, mq_done done,
                 void *user);
/* "unlock", "disable", "enable", or "reset", whose result.password is told once. */
bool mq_account(struct mq *mq, int64_t account_id, const char *action, mq_done done, void *user);
bool mq_account_log_out(struct mq *mq, int64_t account_id, mq_done done, void *user);

bool mq_actions(struct mq *mq, mq_done done, void *user);
bool mq_queues(struct mq *mq, mq_done done, void *user);
struct mq_list_query {
    const char *view;      /* "dispatch" … */
    const char *extra;     /* further parameters as in a board row's query; NULL none */
    const char *q;         /* words, all of which are in the order, or its number; NULL none */
    const char *from, *to; /* days of receipt, both included ("2026-11-30"); NULL any */
    const char *after;     /* cursor, NULL or "" at the top */
    int limit;             /* 0: the platform's default */
};
bool mq_orders(struct mq *mq, const struct mq_list_query *query, mq_done done, void *user);
/* `ref` is an id or a human number. */
bool mq_order(struct mq *mq, const char *ref, mq_done done, void *user);
bool mq_events(struct mq *mq, int64_t order_id, mq_done done, void *user);
bool mq_why(struct mq *mq, int64_t order_id, const char *of, const char *action, mq_done done,
            void *user);

/* A field of a body, with its value as text; `type` as in mq_field decides how it is sent ("units":
 * ids separated by commas, "bool": true or false). An empty value is not sent; one that is not of
 * its type is sent as text, so that the platform tells what is wrong with it. */
struct mq_value {
    const char *name, *type, *value;
};
bool mq_act(struct mq *mq, int64_t order_id, int64_t version, const char *action, int64_t on,
            const struct mq_value *values, size_t count, mq_done done, void *user);
/* The intake; fields as in the contract ("channel","kind","phone",…). `key` is the idempotency key,
 * made with mq_new_key and kept with the draft so that a draft is never sent twice. */
bool mq_appeal(struct mq *mq, const char *key, const struct mq_value *values, size_t count,
               mq_done done, void *user);
bool mq_reveal(struct mq *mq, int64_t order_id, const char *reason, mq_done done, void *user);
bool mq_caller_orders(struct mq *mq, const char *phone, mq_done done, void *user);
/* Writes a fresh random key of 22 characters and a NUL. */
void mq_new_key(char out[23]);

/* Completion. At most one request is in flight and one (the newest) waits; an answer that a newer
 * query has overtaken is dropped, so `done` is called for the newest query only. */
bool mq_complete_place(struct mq *mq, const char *q, int limit, mq_done done, void *user);
bool mq_complete_unit(struct mq *mq, const char *q, int limit, mq_done done, void *user);
bool mq_complete_category(struct mq *mq, const char *q, int limit, mq_done done, void *user);
bool mq_channels(struct mq *mq, mq_done done, void *user);
bool mq_kinds(struct mq *mq, mq_done done, void *user);
bool mq_suggest_unit(struct mq *mq, const char *category, int64_t place, const char *region,
                     mq_done done, void *user);
struct mq_hint_query {
    const char *phone, *identity; /* NULL or "": not known yet, as for all of these */
    int64_t place;
    const char *region, *category, *text;
};
/* What helps while a citizen still speaks. As with completion, `done` is called for the newest
 * query only; what nothing is known for stays empty. */
bool mq_hints(struct mq *mq, const struct mq_hint_query *query, mq_done done, void *user);
/* Knowledge articles that hold all the words; without words the newest. */
bool mq_articles(struct mq *mq, const char *q, const char *category, const char *after, int limit,
                 mq_done done, void *user);
bool mq_article(struct mq *mq, int64_t id, mq_done done, void *user);
bool mq_board(struct mq *mq, const char *by, mq_done done, void *user);
bool mq_bulletin(struct mq *mq, mq_done done, void *user);
/* The access log, newest first, for the auditor. NULL or "" restricts nothing. */
struct mq_access_query {
    const char *kind;      /* "reveal", "search" … */
    const char *account;   /* its login or number */
    const char *order;     /* its number */
    const char *from, *to; /* days, both included ("2026-11-30") */
    const char *after;     /* cursor */
    int limit;             /* 0: the platform's default */
};
bool mq_access(struct mq *mq, const struct mq_access_query *query, mq_done done, void *user);

/* Follows the change feed on a connection of its own from `cursor` (copied) on; `done` is called
 * for each frame (result.changes, result.queues of those whose counts moved, result.cursor),
 * without changes each time the line is up, and with ST_UNAVAILABLE each time it is lost; it
 * connects again by itself with growing pauses (1 s to 30 s). A frame that cannot be read gives
 * ST_CORRUPT and is asked for again. When the platform refuses (http_status 410 or 422: read
 * everything again and follow from the cursor of mq_me; 401: log in), `done` hears it and the feed
 * is over; the same with 410 when the platform says so in the middle. Replaces the feed before;
 * `done` NULL only ends it. False only for a cursor that is none, or without memory. */
bool mq_follow(struct mq *mq, const char *cursor, mq_done done, void *user);
/* True while the feed is connected. */
bool mq_following(const struct mq *mq);

#endif
