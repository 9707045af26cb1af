/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model: the plain structs that domain decides on and store keeps. No functions, no rules.
 * Strings are never NULL unless said so; they belong to the arena that the struct was loaded into.
 * Times are ms since 1970 UTC, 0 = none. */
#ifndef PLATFORM_MODEL_MODEL_H
#define PLATFORM_MODEL_MODEL_H

#include "core/worktime.h"
#include "platform/model/words.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH_SIZE = 32, SALT_SIZE = 16 };

/* What store has to do with a row of a case. */
enum row_mark { ROW_CLEAN, ROW_NEW, ROW_CHANGED };

struct region {
    const char *code; /* official division code; a prefix is an ancestor */
    const char *name;
    int32_t level; /* 0 city, 1 street or town, 2 community or village, 3 grid */
};

struct unit {
    int64_t id;
    int64_t parent_id; /* 0 at the top */
    const char *name;
    const char *kind;        /* department, street, community, utility, office */
    const char *path;        /* "/1/12/": ids from the top, for prefix matches */
    const char *region_code; /* "" or the region whose business it does */
};

struct category {
    const char *code; /* two digits a level: 01, 0102, 010203; a prefix is an ancestor */
    const char *name;
    const char *industry;        /* code of the N that supervises it, "" none; leaves only */
    struct limit limit;          /* n = 0: the kind's default */
    struct limit dispatch_limit; /* n = 0: the default */
    bool life_safety;            /* life or safety at stake: dispatch within one hour */
    bool vital;                  /* water, power, gas, heating: dispatch within two hours */
};

struct channel {
    const char *code;
    const char *name;
    const char *callback_policy; /* all, sample, elsewhere */
};

struct place {
    int64_t id;
    const char *name;
    const char *kind; /* road, estate, building, entrance, room, business, component, village_group,
                         house, public */
    const char *region_code;
    const char *component_code; /* "" unless a city component */
    int64_t owner_unit_id;      /* of a component; 0 none */
    int32_t popularity;
};

struct responsibility {
    int64_t id;
    const char *category_code; /* a prefix of the order's category; "" any */
    const char *region_code;   /* a prefix of the order's region; "" the whole city */
    int64_t owner_unit_id;     /* only for components of this owner; 0 any */
    int64_t unit_id;           /* who is responsible */
    const char *source;        /* list, ruling, history */
    const char *reason;
    int64_t ruling_objection_id;  /* 0 unless source is ruling */
    int64_t valid_from, valid_to; /* valid_to 0 = no end */
};

struct account {
    int64_t id;
    const char *login;
    const char *name;
    const char *password_hash; /* crypto_pwhash_str form */
    uint32_t roles;            /* BIT(ROLE_…) */
    int64_t unit_id;           /* 0 none */
    enum language language;
    bool demo;
    bool disabled;
    bool must_change;      /* the password is an initial one */
    int64_t password_at;   /* when it was set */
    int64_t last_login_at; /* 0 never */
};

/* Wrong passwords for one login, whether there is such an account or not. */
struct login_guard {
    int64_t account_id; /* 0 unknown */
    int32_t wrong;
    int64_t since;        /* the first of them */
    int64_t locked_until; /* 0 not locked */
};

/* One token of a session. A renewal gives the session a further one. */
struct session {
    int64_t id, account_id;
    int64_t created_at; /* the login */
    int64_t issued_at, expires_at;
    int64_t seen_at; /* its last request, about a minute late */
    bool replaced;   /* by a renewal */
};

/* One restriction of an account's scope. Rows of one dimension are alternatives, dimensions are
 * combined; category and industry are one dimension. No row of a dimension = no restriction. */
enum scope_dimension {
    SCOPE_REGION,
    SCOPE_CATEGORY,
    SCOPE_INDUSTRY,
    SCOPE_CHANNEL,
    SCOPE_UNIT,
    SCOPE_STATE
};
struct scope_row {
    int64_t account_id;
    enum scope_dimension dimension;
    const char
        *value; /* region or category code (a prefix), industry, channel, unit path, state name */
};

struct person {
    int64_t id;
    const char *name;
    const char *phone;    /* as typed, digits and + only */
    const char *identity; /* number of GB 11643: 18 characters, a capital X; "" none */
    bool confidential;    /* 隐匿: hidden from the unit altogether */
};

/* Free text of a citizen or an official, in a row of its own. */
struct statement {
    int64_t id;
    const char *text;
    unsigned char salt[SALT_SIZE]; /* random; events carry BLAKE2b(salt, text) */
    unsigned char hash[HASH_SIZE];
};

struct appeal {
    int64_t id;
    const char *channel;
    const char *source_no; /* unique in its channel; "" none */
    enum appeal_kind kind;
    int64_t person_id, statement_id;
    int64_t place_id;       /* 0: place_text only */
    const char *place_text; /* as shown; no house owner's name */
    const char *region_code, *category_code;
    int64_t received_at, source_deadline_at;
    int64_t taken_by; /* account */
};

struct order {
    int64_t id;
    char number[20];
    enum order_state state;
    int64_t version; /* grows by one with each change */
    enum appeal_kind kind;
    const char *channel, *category_code, *industry, *region_code;
    int64_t place_id;
    const char *place_text;
    int64_t component_owner_id; /* the place's owner unit, 0 none */
    const char *title;          /* masked first words of the citizen */
    bool urgent, complex, confidential;
    int64_t received_at;
    int64_t taken_by;
    struct limit limit; /* the promise to the citizen */
    int64_t deadline_at, first_deadline_at, source_deadline_at;
    int64_t dispatch_by;
    enum card card;
    int32_t round; /* 0 before the first dispatch */
    int32_t failed_dispatches;
    bool designated; /* too many failed dispatches: the platform names the unit, and what it names
                        stands */
    int64_t lead_unit_id;            /* of the current round, 0 none */
    enum order_state suspended_from; /* DRAFT when not suspended */
    int64_t suspended_at, review_on, promised_on;
    int64_t merged_into;
    int64_t concluded_at;
    const char *conclusion; /* "", satisfied, unreached, decision, citizen, answered */
    int32_t extended_days;  /* working days granted so far (rule 4) */
    bool coordination_due;  /* a third "not satisfied" waits for a coordination (rule 3) */
    bool unsatisfied; /* the last reached callback said not solved or not satisfied, not yet healed
                       */
    uint32_t needs;   /* BIT(NEED_…) */
    int64_t event_n;  /* events written so far */
    unsigned char event_hash[HASH_SIZE];
};

struct assignment {
    enum row_mark mark;
    int64_t id;
    int64_t unit_id;
    const char *unit_path; /* for the scope */
    bool lead;
    int32_t round;
    enum assignment_state state;
    struct limit limit;
    int64_t offered_at, sign_by, due_at, signed_at, replied_at, ended_at;
    int64_t signed_by, replied_by; /* accounts; 0 by rule */
    int64_t offered_by;
    int64_t result_statement_id; /* first recorded handling result, 0 none */
    int64_t reply_statement_id;
    const char *return_reason; /* "" unless a return was asked for */
    int64_t return_asked_at;
    int64_t extension_asked_at; /* 0 unless an extension waits for a decision */
    int32_t extension_days;     /* working days asked for */
    bool late;                  /* replied or still open after due_at */
};

struct objection {
    enum row_mark mark;
    int64_t id;
    int64_t assignment_id, unit_id;
    enum objection_state state;
    int64_t reason_statement_id;
    int64_t proposed_unit_id; /* whose it is in the raiser's view, 0 none */
    int64_t raised_at, raised_by, opinion_by, rule_by;
    const char *outcome; /* "", upheld (the assignment stands), moved */
    int64_t ruled_unit_id, ruled_at, ruled_by, ruling_statement_id;
};

/* One attempt to learn the three facts. -1 unknown, 0 no, 1 yes. */
struct callback {
    enum row_mark mark;
    int64_t id;
    int32_t round;
    int reached, solved, satisfied;
    int64_t promised_on;
    enum callback_way way;
    int64_t at, by;
    int64_t statement_id;
};

struct timer {
    enum timer_kind kind;
    int64_t subject_id; /* order, assignment or objection */
    int64_t due_at;
};

/* An event to be written; store adds n, hashes and version. `detail` is the inside of a JSON object
 * ("\"round\":2,\"due_at\":…") without personal data, or "". */
struct event_draft {
    const char *action;
    const char *subject; /* order, assignment, objection */
    int64_t subject_id;
    const char *from, *to; /* state names */
    int64_t account_id;    /* 0: a timer or a rule */
    int64_t done_at;       /* when it was done; arrival is stamped by store */
    int64_t statement_id;  /* 0 none */
    const char *detail;
};

/* An order with all that its rules look at. Arrays belong to the arena; domain appends. */
struct order_case {
    struct order order;
    struct assignment *assignments;
    size_t assignment_count, assignment_capacity;
    struct objection *objections;
    size_t objection_count, objection_capacity;
    struct callback *callbacks;
    size_t callback_count, callback_capacity;
    struct timer *timers; /* the whole set; store replaces it when timers_changed */
    size_t timer_count, timer_capacity;
    bool timers_changed;
    /* Made by an action, to be stored with it. */
    struct event_draft *events;
    size_t event_count, event_capacity;
    struct statement *statements; /* new ones; store fills salt and hash */
    size_t statement_count, statement_capacity;
    struct responsibility *responsibilities; /* new ones, by a ruling */
    size_t responsibility_count, responsibility_capacity;
};

/* An appeal on its way in, with the order that comes of it. */
struct received {
    struct order_case *c;
    struct person person; /* id 0: nobody is known */
    struct statement words;
    struct appeal appeal;
};

/* A stored event as it is read back. */
struct event {
    int64_t seq; /* position in the change feed */
    int64_t order_id, n;
    const char *action, *subject;
    int64_t subject_id;
    const char *from, *to;
    int64_t account_id;
    int64_t done_at, arrived_at;
    int64_t statement_id;
    int64_t version;
    const char *body; /* the exact text that is hashed */
};

/* What the queues count of an order. */
struct queued {
    bool open, unsatisfied;
    uint32_t needs;
    enum card card;
    int64_t taken_by;
};

/* Which orders a list is about; zero or "" restricts nothing. The asking account's scope always
 * applies as well. */
struct order_filter {
    uint32_t states;    /* BIT(ORDER_…) */
    uint32_t needs;     /* any of BIT(NEED_…) */
    int32_t card;       /* 1 + CARD_…, 0 any */
    bool open_only;     /* not answered, archived, transferred, merged, rejected, withdrawn */
    bool unsatisfied;   /* only those marked so */
    int32_t round_from; /* at least this round */
    const char *region_code, *category_code; /* prefixes; NULL none; category "-": none yet */
    const char *street_code;                 /* exactly: what lies in no street is in none */
    const char *industry, *channel;          /* NULL none */
    int64_t unit_id;                         /* lead or co-handler now, with the units below it */
    int64_t lead_unit_id;                    /* exactly the lead now; -1: none yet */
    bool concluded;                          /* only those that were concluded */
    const char *conclusion;                  /* NULL none */
    int64_t taken_by;
    int64_t place_id;
    int64_t received_from, received_to; /* from this moment, to before that one */
    const char *text;                   /* words, all of which are in it; NULL none */
    const char *number;                 /* or, with a text, this order number; NULL none */
};

/* An entry of the knowledge base: what is answered to a question, by whom it is kept. */
struct article {
    int64_t id;
    const char *source_no; /* its number where it came from, "" none; unique */
    const char *title, *body;
    const char *category_code, *region_code; /* "" any, the whole city */
    int64_t owner_unit_id;                   /* 0 none */
    enum article_state state;
    int64_t review_on, valid_to; /* valid_to: to before this moment; 0 without end */
    int64_t updated_at;
    int64_t version; /* grows by one with each change */
};

#endif
