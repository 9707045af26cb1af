/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The days of the demonstration orders: scripts, the orders that follow them, and the one clock on
 * which they and the timers run. */
#ifndef PLATFORM_DEMO_SIM_H
#define PLATFORM_DEMO_SIM_H

#include "core/buf.h"
#include "platform/demo/demo_private.h"
#include "platform/domain/lifecycle.h"

/* How the moment of a step follows from the one before. */
enum demo_pace {
    PACE_MINUTES,      /* from .. to minutes later */
    PACE_DISPATCH,     /* from .. to per cent of the time left for dispatch */
    PACE_SIGN,         /* … for signing */
    PACE_DUE,          /* … for the reply */
    PACE_ORDER,        /* … for the order's promise, a day at most */
    PACE_LATE,         /* from .. to minutes after the reply was due */
    PACE_AFTER_SIGN,   /* … after it is signed by rule */
    PACE_AFTER_ACCEPT, /* … after the reply is accepted by rule */
    PACE_AFTER_PROMISE /* … after the promised day has come */
};

/* One step: an action, by whom, when, with which values (see demo_step.c). */
struct demo_step {
    const char *token, *action, *actor;
    enum demo_pace pace;
    int from, to;
    bool office; /* in office hours only */
    const char *values;
};
/* NULL for an unknown token. */
const struct demo_step *demo_step_find(const char *token, size_t length);

enum demo_trait {
    TRAIT_ASK = 1,     /* questions, suggestions, praise */
    TRAIT_DAYS = 2,    /* a limit in working days */
    TRAIT_YELLOW = 4,  /* received so that its card is yellow now */
    TRAIT_FOLLOWS = 8, /* says the same as another that goes on: they are merged */
    TRAIT_LEADS = 16,  /* … that other */
    TRAIT_OVER = 32,   /* nothing of it waits for anybody now */
};

/* What becomes of orders that came `age_from` .. `age_to` hours ago. With `settle_to` their last
 * step was done `settle_from` .. `settle_to` minutes ago, and the age counts from there. `count` of
 * them are in every city; what a large city has more follows `share`, and goes back further. */
struct demo_script {
    const char *name;
    int count, share, age_from, age_to, settle_from, settle_to;
    unsigned traits;
    const char *categories, *region; /* prefixes, space separated; "" any */
    const char *steps;
};
extern const struct demo_script demo_scripts[];
extern const size_t demo_script_count;

struct demo_order {
    const struct demo_script *script;
    const struct demo_text *text;
    const struct place *place;
    const struct channel *channel;
    size_t citizen, index;
    const struct demo_order *target; /* of a merge; NULL none */
    bool again;                      /* the citizen has said so before */
    bool urgent, confidential;
    bool settles;                 /* last_at is meant; otherwise it only must not be later */
    bool amended;                 /* a rule refused a step, and it goes on another way */
    int64_t received_at, last_at; /* when its last step is to be done */
    /* while it runs */
    int64_t id;
    const char *name;
    const char *rest; /* steps to come */
    size_t steps_left;
    int64_t step_at, timer_at; /* 0 none */
    struct arena *arena;       /* of the case; NULL before and after */
    struct order_case *loaded; /* as it was saved last */
};

struct demo_sim {
    struct demo_city *city;
    struct db *db;
    int64_t now, end; /* the moment that is played, and the real one */
    struct policy policy;
    struct demo_order *orders;
    size_t order_count, taken;
    struct demo_order **queue; /* a heap: what happens next stands first */
    size_t queue_count;
    struct demo_days *days;
    DEMO_LIST(const struct demo_order *) leads; /* planned orders that others may follow */
    size_t abandoned;                           /* steps that a rule refused */
};

/* --- demo_plan.c ------------------------------------------------------------------------------ */
/* Chooses matter, place, citizen and moment of every order. */
void demo_plan(struct demo_sim *sim);
/* The moment itself in office hours, otherwise a time in the next working morning. */
int64_t demo_office_time(struct demo_city *city, int64_t at);
/* The same for those who work every day from seven to ten. */
int64_t demo_shift_time(struct demo_city *city, int64_t at);
size_t demo_count_steps(const char *steps);

/* --- demo_season.c ---------------------------------------------------------------------------- */
struct demo_days;
/* How many appeals each of the last city->size.days days brings, in proportion. */
struct demo_days *demo_days_new(struct demo_city *city);
/* A moment between two others, on a day that more is said on more often, at an hour that is. */
int64_t demo_days_choose(struct demo_city *city, const struct demo_days *days, int64_t from,
                         int64_t to);

/* --- demo_words.c ----------------------------------------------------------------------------- */
/* What the citizen says, as a citizen would; in `arena`. Sets order->name. */
const char *demo_words(struct demo_city *city, struct demo_order *order, struct arena *arena);
/* What an official says: the phrase with its slots filled. */
const char *demo_says(struct demo_city *city, const struct demo_order *order, const char *phrase,
                      struct arena *arena);
const char *demo_citizen_name(struct demo_city *city, size_t citizen, struct arena *arena);
/* As the city shows them: never a number that somebody has. */
const char *demo_citizen_phone(size_t citizen, struct arena *arena);

/* --- demo_queue.c ----------------------------------------------------------------------------- */
/* The moment at which something happens to the order next; INT64_MAX for never. */
int64_t demo_next_of(const struct demo_order *order);
void demo_queue_fill(struct demo_sim *sim);
/* The first order's moment has changed. */
void demo_queue_settle(struct demo_sim *sim);

/* --- demo_step.c ------------------------------------------------------------------------------ */
struct act_context demo_context(struct demo_sim *sim, const struct demo_order *order);
/* Does the step on the order's case; false when a rule forbids it now. */
bool demo_step_do(struct demo_sim *sim, struct demo_order *order, const struct demo_step *step);

#endif
