/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lifecycle_private: what the parts of the lifecycle share: the bits of the tables, the engine's
 * steps and the small operations on a case. For platform/domain and its tests alone. */
#ifndef PLATFORM_DOMAIN_LIFECYCLE_PRIVATE_H
#define PLATFORM_DOMAIN_LIFECYCLE_PRIVATE_H

#include "platform/domain/lifecycle.h"

/* --- guards: what must hold beside state and role -------------------------------------------- */
/* clang-format off */
#define GUARDS(X) \
    X(UNIT,           "the assignment is of the actor's unit") \
    X(NOT_OWN,        "the actor did not handle it") \
    X(CURRENT,        "of the current round") \
    X(LEAD,           "the lead") \
    X(CO,             "a co-handler") \
    X(CLASSIFIED,     "the category is known") \
    X(DESIGNATED,     "too many failed dispatches") \
    X(NOT_DESIGNATED, "not designated") \
    X(TARGET,         "the target is open and not merged") \
    X(TARGET_OPEN,    "the target is still open") \
    X(FROM_IN_HAND,   "was in hand") \
    X(FROM_CALLBACK,  "was in callback") \
    X(ATTEMPTS,       "enough attempts on enough days") \
    X(HEALED,         "not unsatisfied") \
    X(WINDOW,         "inside the return window") \
    X(FIRST_TIME,     "the unit has not handled it before") \
    X(NO_RETURN,      "no return is waiting") \
    X(RETURN_ASKED,   "a return was asked for") \
    X(RESULT,         "a handling result is recorded") \
    X(ONCE,           "the unit has not objected yet") \
    X(BEFORE_DUE,     "before the deadline") \
    X(NO_EXTENSION,   "no extension is waiting") \
    X(EXTENSION_LEFT, "the cap is not used up") \
    X(EXTENSION_ASKED, "an extension was asked for") \
    X(RULING_LATE,    "the chair's time is over")

#define EFFECTS(X) \
    X(ANSWER,           "conclusion: answered") \
    X(CONCLUDE,         "clock stops, archive timer") \
    X(CLOSE,            "open assignments withdrawn, timers removed") \
    X(CLASSIFY,         "limits, deadline, card and dispatch limit anew") \
    X(ASSIGN,           "lead and co-handlers offered") \
    X(MERGE,            "merged_into") \
    X(REOPEN,           "clocks as before") \
    X(SUSPEND,          "clocks stop") \
    X(RESUME,           "deadlines shifted") \
    X(FACTS,            "facts recorded") \
    X(PROMISE,          "promise timer") \
    X(SECOND,           "second assignment, round + 1") \
    X(NOTE,             "recorded") \
    X(SUPERVISE,        "recorded, coordination healed") \
    X(SIGN,             "signed") \
    X(RESULT,           "handling result") \
    X(REPLY,            "reply, accept timer") \
    X(FINISH,           "round over: order to callback") \
    X(REFUSE_REPLY,     "clock runs on") \
    X(ASK_RETURN,       "return waits") \
    X(RETURN_LEAD,      "failed dispatch: order to dispatch") \
    X(CLEAR_RETURN,     "return cleared") \
    X(OBJECT,           "objection raised") \
    X(ASK_EXTENSION,    "extension waits") \
    X(GRANT_EXTENSION,  "deadlines later, card cleared") \
    X(REFUSE_EXTENSION, "card counts from the deadline") \
    X(RULE,             "responsibility row") \
    X(MOVE,             "an unfinished assignment moves: failed dispatch") \
    X(CARD,             "card") \
    X(END_ASSIGNMENT,   "assignment ends")
/* clang-format on */

#define X(id, text) GUARD_BIT_##id,
enum { GUARDS(X) GUARD_COUNT };
#undef X
#define X(id, text) EFFECT_BIT_##id,
enum { EFFECTS(X) EFFECT_COUNT };
#undef X
#define G(id) BIT(GUARD_BIT_##id)
#define E(id) BIT(EFFECT_BIT_##id)

/* What a guard or an effect says, for docs. */
const char *lifecycle_guard_text(int bit);
const char *lifecycle_effect_text(int bit);

/* --- one move --------------------------------------------------------------------------------- */
/* One action on one subject of a case, from look-up to effect. */
struct move {
    struct order_case *c; /* only apply changes it */
    const struct act_context *ctx;
    const struct lifecycle_row *row;
    struct assignment *assignment; /* the subject, or the objection's; NULL for an order's action */
    struct objection *objection;   /* the subject, NULL otherwise */
    const struct field_values *values;
    const char *outcome;     /* NULL: any (values not known yet) */
    const struct unit *unit; /* found by the values' check: lead, ruled or proposed unit */
    const struct unit *co_units[8];
    size_t co_count;
    int64_t statement_id;      /* of the text that came with it */
    const struct timer *timer; /* NULL for a person's action */
};

/* The row by which `action` is possible on the subject for ctx->actor, or NULL with the most
 * helpful problem. `outcome` NULL accepts any. */
const struct lifecycle_row *lifecycle_find_row(const struct move *move, const char *action,
                                               struct problem *problem);
/* Like lifecycle_act without values and effects: is there a subject that the action fits? Problem
 * filled if not. `subject_id` may be NULL or point to 0 (search); gets the subject found. */
bool lifecycle_check(const struct order_case *c, const struct act_context *ctx, const char *action,
                     int64_t *subject_id, struct problem *problem);
/* True if all guards of the row hold; otherwise the problem of the first that does not. */
bool lifecycle_guards_hold(const struct move *move, uint32_t guards, struct problem *problem);
/* Checks the values against the schema and the rules about them, finds units and the outcome. */
bool lifecycle_check_values(struct move *move, const struct action_schema *schema,
                            struct problem *problem);
/* Does what the row declares: cannot fail. */
void lifecycle_apply(struct move *move);
/* The effects alone; `from` is the order's state before. */
void lifecycle_order_effects(struct move *move, enum order_state from);
void lifecycle_hand_effects(struct move *move);

/* --- actors ------------------------------------------------------------------------------------
 */
/* True if the actor's unit is the unit with that path or above it. */
bool actor_covers(const struct actor *actor, int64_t unit_id, const char *unit_path);
/* True if the actor, or the actor's unit, handled this order (rule 2). */
bool actor_handled(const struct order_case *c, const struct actor *actor);
/* The labels of the roles in `roles`, joined. */
struct bilingual roles_label(uint32_t roles, struct arena *arena);

/* --- facts of a case ---------------------------------------------------------------------------
 */
bool assignment_unfinished(const struct assignment *a); /* offered, signed, handling */
bool assignment_open(const struct assignment *a);       /* those and replied */
bool objection_open(const struct objection *o);
/* The lead of the current round that is neither returned nor withdrawn, or NULL. */
struct assignment *case_lead(const struct order_case *c);
struct assignment *case_assignment(const struct order_case *c, int64_t id);
struct objection *case_objection(const struct order_case *c, int64_t id);
/* Attempts since the citizen was last reached (what ends a round is a citizen who was reached), and
 * on how many days. */
void case_attempts(const struct order_case *c, int32_t *attempts, int32_t *days);
/* How often the citizen was not satisfied so far. */
int32_t case_unsatisfied_times(const struct order_case *c);
bool case_promise_open(const struct order_case *c, int64_t now);
bool case_extension_pending(const struct order_case *c);
/* What the order waits for, given the policy's numbers. */
uint32_t case_needs(const struct order_case *c, const struct policy *policy);

/* --- changes of a case (lifecycle_case.c) ----------------------------------------------------- */
void timer_set(struct order_case *c, struct arena *arena, enum timer_kind kind, int64_t subject_id,
               int64_t due_at);
void timer_cancel(struct order_case *c, enum timer_kind kind, int64_t subject_id);
/* Removes all timers of one subject. */
void timer_cancel_all(struct order_case *c, int64_t subject_id);
/* Keeps only the objections' timers (or none at all). */
void timers_clear(struct order_case *c, bool keep_objections);
struct event_draft *event_add(struct order_case *c, const struct act_context *ctx,
                              const char *action, enum subject subject, int64_t subject_id,
                              const char *from, const char *to, bool by_rule);
int64_t statement_add(struct order_case *c, const struct act_context *ctx, const char *text);
/* Sets the order's state and writes the event of a rule that brought it there. */
void order_move_by_rule(struct order_case *c, const struct act_context *ctx, enum order_state state,
                        const char *action);
/* Offers a new assignment in the current round; timers only while the order is in hand. */
struct assignment *assignment_offer(struct order_case *c, const struct act_context *ctx,
                                    int64_t unit_id, const char *unit_path, bool lead);
/* Ends an open assignment in `state`, by a rule, with an event. */
void assignment_end(struct order_case *c, const struct act_context *ctx, struct assignment *a,
                    enum assignment_state state, const char *action);
/* When the lead's reply is accepted and each co-handler has replied or was released, the round is
 * over: the order goes to callback, and replies that nobody judged are accepted by rule. */
void round_finish(struct order_case *c, const struct act_context *ctx);
void assignment_touch(struct assignment *a);
void objection_touch(struct objection *o);

/* --- limits (limits.c) -------------------------------------------------------------------------
 */
/* The order's promise by kind, category and complexity. */
struct limit limit_of_order(const struct order *order, const struct act_context *ctx);
struct limit limit_of_dispatch(const struct order *order, const struct act_context *ctx);
struct limit limit_of_return(const struct order *order, const struct act_context *ctx);
/* Sets limit and deadline of the order from its receipt and extensions. */
void order_set_deadline(struct order *order, const struct act_context *ctx);
/* Sets the order's card and its yellow and red timers from its deadline. */
void order_set_card(struct order_case *c, const struct act_context *ctx);
/* What has become of an order is known better: its limits and clocks follow. `ctx->category` is the
 * new one, `before` the order as it was, of category `category_before`. */
void order_reclassify(struct order_case *c, const struct act_context *ctx,
                      const struct order *before, const struct category *category_before);
/* Starts the dispatcher's clock anew. */
void order_set_dispatch_by(struct order_case *c, const struct act_context *ctx);
/* Sets all timers of an assignment from its dates. */
void assignment_set_timers(struct order_case *c, const struct act_context *ctx,
                           struct assignment *a);

#endif
