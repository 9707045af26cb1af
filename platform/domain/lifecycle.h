/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lifecycle: the three declared tables (order, assignment, objection) and the one place where an
 * order changes. Works on a loaded case; loading and storing belong to api. */
#ifndef PLATFORM_DOMAIN_LIFECYCLE_H
#define PLATFORM_DOMAIN_LIFECYCLE_H

#include "core/arena.h"
#include "core/worktime.h"
#include "platform/model/field.h"
#include "platform/model/model.h"
#include "platform/model/problem.h"
#include <stdio.h>

enum subject { SUBJECT_ORDER, SUBJECT_ASSIGNMENT, SUBJECT_OBJECTION };

/* Policy values, a part of the settings; policy_default() gives the table's. Nothing here is a
 * rule.
 */
struct policy {
    struct limit by_kind[APPEAL_KIND_COUNT];
    struct limit complex_limit; /* complaints and reports that are complex */
    struct limit dispatch_default, dispatch_vital, dispatch_life;
    struct limit return_window, return_window_complex;
    struct limit accept_reply;    /* a reply nobody judged is accepted by rule */
    struct limit archive_after;   /* concluded or answered, then archived by rule */
    struct limit opinion, ruling; /* objection: members, then the chair */
    int32_t unreached_attempts, unreached_days;
    int32_t notice_after, coordination_after; /* the n-th "not satisfied" */
    int32_t designate_after;                  /* failed dispatches */
    int32_t extension_cap;                    /* working days in all */
    int32_t ahead_days;                       /* of a promise or a review date */
    int32_t yellow_days;                      /* working days before a deadline in working days */
    int32_t yellow_share;                     /* percent of a limit in hours, its last part */
};
struct policy policy_default(void);

/* Who acts. account_id 0 is nobody: a timer. */
struct actor {
    int64_t account_id;
    uint32_t roles;        /* BIT(ROLE_…) */
    int64_t unit_id;       /* 0 none */
    const char *unit_path; /* "" none */
};

/* Everything a decision may depend on beside the case. */
struct act_context {
    int64_t now;
    const struct calendar *calendar;
    const struct policy *policy;
    const struct category *category; /* of the order */
    struct actor actor;
    struct arena *arena;           /* for all that the action adds to the case */
    int64_t (*new_id)(void *user); /* a fresh identifier */
    void *new_id_user;
    /* The unit with that id (name, path), or NULL. The case names units only by id. */
    const struct unit *(*find_unit)(void *user, int64_t unit_id);
    void *find_unit_user;
    /* For merge: the order that the field `target` names (already resolved by api). For unmerge,
     * also when asking what is allowed: the order that merged_into names; NULL refuses. */
    const struct order *target;
    /* For classify: what its fields `category`, `place` and `region` name (already resolved by
     * api), NULL none. */
    const struct category *named_category;
    const struct place *named_place;
    const struct region *named_region;
};

/* One action as it is published: name, label, fields. The same for every account. */
struct action_schema {
    const char *name;
    enum subject subject;
    struct bilingual label;   /* "Dispatch" / "派发" */
    struct bilingual confirm; /* question before it is done; en NULL: none is asked */
    const struct field_spec *fields;
    size_t field_count;
};
size_t action_count(void);
const struct action_schema *action_at(size_t i);
/* NULL when there is none. */
const struct action_schema *action_find(const char *name);

/* One action that this actor may take now on this subject of the case. */
struct allowed_action {
    const struct action_schema *schema;
    int64_t subject_id; /* order, assignment or objection */
};
/* Fills `out` (room for `max`) with what is allowed now, in table order; returns the number. Uses
 * the same check as lifecycle_act, so that what is offered is exactly what is accepted (but for the
 * fields' values). */
size_t lifecycle_allowed(const struct order_case *c, const struct act_context *ctx,
                         struct allowed_action *out, size_t max);

/* Does `action` on the case: changes it in place (rows, timers, events, needs, version + 1), or
 * returns false with `problem` filled and the case unchanged. `subject_id` 0 = find the only
 * fitting subject. */
bool lifecycle_act(struct order_case *c, const struct act_context *ctx, const char *action,
                   int64_t subject_id, const struct field_values *values, struct problem *problem);

/* A timer of the case is due: does its action of nobody and removes it. A timer that no longer fits
 * the state is only removed. Returns true if anything but the timer changed. */
bool lifecycle_tick(struct order_case *c, const struct act_context *ctx, const struct timer *timer);

/* Turns a case whose order is filled as far as the intake knows (kind, channel, category, region,
 * place, title, urgent, received_at, taken_by …) into a received one: state, limits, timers, first
 * event. */
void lifecycle_receive(struct order_case *c, const struct act_context *ctx);

/* Says of a stored case each thing that the rules never leave behind; nothing when all is well. */
void lifecycle_verify(const struct order_case *c, void (*each)(void *user, const char *what),
                      void *user);

/* Writes the tables as Graphviz dot or as Markdown, for docs. */
void lifecycle_print(FILE *out, bool markdown);

/* --- for the proof of tests/unit: the tables as data ---------------------------------------- */
struct lifecycle_row {
    enum subject subject;
    uint32_t from;      /* BIT(state) of the subject's life-cycle */
    const char *action; /* action or timer name */
    bool by_timer;
    uint32_t roles;      /* who may; 0 for timers */
    const char *outcome; /* "" or which outcome of the action this row is */
    int to;              /* next state of the subject; -1 stays */
    uint32_t
        order_states; /* BIT(order state) in which it is possible; 0 any (order rows: unused) */
    uint32_t guards;  /* private bits, see lifecycle_private.h */
    uint32_t effects;
};
size_t lifecycle_row_count(void);
const struct lifecycle_row *lifecycle_row_at(size_t i);
bool order_state_final(enum order_state state);
/* True while the promise to the citizen is running: not before receipt, not while suspended, not
 * once it is kept or gone. */
bool order_clock_runs(enum order_state state);

#endif
