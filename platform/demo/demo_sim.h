/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sixty days of the demonstration orders: scripts, the orders that follow them, and the one
 * clock on which they and the timers run. */
#ifndef PLATFORM_DEMO_SIM_H
#define PLATFORM_DEMO_SIM_H

#include "platform/demo/demo_private.h"
#include "platform/domain/lifecycle.h"

enum { DEMO_ORDERS = 300 };

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
    TRAIT_FOLLOWS = 8, /* says the same as an order of the script "signed" */
};

/* What becomes of `count` orders that came `age_from` .. `age_to` hours ago. With `settle_to` their
 * last step was done `settle_from` .. `settle_to` minutes ago, and the age counts from there. */
struct demo_script {
    const char *name;
    int count, age_from, age_to, settle_from, settle_to;
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
    const struct category *category;
    const struct channel *channel;
    const char *name, *phone, *words;
    const struct demo_order *target; /* of a merge; NULL none */
    size_t index;
    bool urgent, confidential;
    int64_t received_at, last_at; /* when its last step is to be done */
    /* while it runs */
    int64_t id, person_id;
    const char *rest; /* steps to come */
    size_t steps_left;
    int64_t step_at, timer_at; /* 0 none */
};

struct demo_sim {
    struct demo_city *city;
    struct db *db;
    int64_t now, end; /* the moment that is played, and the real one */
    struct policy policy;
    struct arena *arena; /* of one step */
    unsigned char phone_key[HASH_SIZE];
    struct demo_order orders[DEMO_ORDERS];
    size_t order_count;
    size_t abandoned; /* scripts that a rule stopped */
};

/* --- demo_plan.c ------------------------------------------------------------------------------ */
/* Chooses matter, place, citizen and moment of every order. */
void demo_plan(struct demo_sim *sim);
/* Between `from` and `to`, both included. */
int64_t demo_between(struct demo_city *city, int64_t from, int64_t to);
/* The moment itself in office hours, otherwise a time in the next working morning. */
int64_t demo_office_time(struct demo_city *city, int64_t at);
/* The same for those who work every day from seven to ten. */
int64_t demo_shift_time(struct demo_city *city, int64_t at);

/* --- demo_step.c ------------------------------------------------------------------------------ */
struct act_context demo_context(struct demo_sim *sim, const struct order_case *c);
/* Does the step on the loaded case; false when a rule forbids it now. */
bool demo_step_do(struct demo_sim *sim, struct demo_order *order, struct order_case *c,
                  const struct demo_step *step);

#endif
