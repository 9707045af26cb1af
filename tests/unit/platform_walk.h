/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A random walk of one order through the engine: people do what is offered to them with values that
 * the rules accept, and time passes. TEST_SEED sets the seed. */
#ifndef TESTS_UNIT_PLATFORM_WALK_H
#define TESTS_UNIT_PLATFORM_WALK_H

#include "tests/unit/platform_case.h"

struct walk {
    struct world w;
    uint64_t seed, random;
    bool one_co;   /* at most one co-handler and one open objection at a time */
    bool by_timer; /* the last step was a timer's */
};

static inline void walk_seed(struct walk *walk)
{
    const char *text = getenv("TEST_SEED");
    walk->seed = text ? strtoull(text, NULL, 10) : 20261118;
    walk->random = walk->seed * 2862933555777941757U + 3037000493U;
}

/* A number below n, 0 where there is none (xorshift64*, Vigna 2016). */
static inline int walk_random(struct walk *walk, int n)
{
    if (n <= 0)
        return 0;
    walk->random ^= walk->random >> 12;
    walk->random ^= walk->random << 25;
    walk->random ^= walk->random >> 27;
    return (int)((walk->random * 2685821657736338717U >> 33) % (uint64_t)n);
}

static inline void walk_open(struct walk *walk)
{
    static const struct region street = {.code = "420281001", .name = "东岳路街道", .level = 1};
    world_open(&walk->w);
    walk->w.ctx.named_region = &street;
    walk->w.ctx.target = &walk->w.target;
    walk->w.ctx.named_category = &walk->w.category;
    walk->w.c.order.kind = (enum appeal_kind)walk_random(walk, APPEAL_KIND_COUNT);
    if (walk_random(walk, 3) == 0)
        walk->w.c.order.category_code = "";
}

static inline void walk_close(struct walk *walk)
{
    world_close(&walk->w);
}

static inline const char *walk_pick(struct walk *walk, const struct field_choice *choices)
{
    int n = 0;
    while (choices[n].name)
        n++;
    return choices[walk_random(walk, n)].name;
}

static inline int64_t walk_unit_but(struct walk *walk, int64_t other)
{
    int64_t unit = 1 + walk_random(walk, UNIT_COUNT);
    return unit == other ? unit % UNIT_COUNT + 1 : unit;
}

static inline void walk_fill_callback(struct walk *walk, struct form *form)
{
    const char *action = "callback";
    bool promise_open = case_promise_open(&walk->w.c, walk->w.ctx.now);
    int kind = walk_random(walk, 8) - 3;
    form_number(form, action, "reached", kind > 0);
    if (kind == 1) {
        form_number(form, action, "promised_on",
                    clock_day(walk->w.ctx.now) + 1 + walk_random(walk, 5));
    } else if (kind == 2 || (kind > 2 && promise_open)) {
        form_number(form, action, "solved", 1);
        form_number(form, action, "satisfied", 1);
    } else if (kind > 2) {
        form_number(form, action, "solved", walk_random(walk, 2));
        form_number(form, action, "satisfied", 0);
    }
}

/* Fills the form with values that are right for the action on that subject now. */
static inline void walk_fill(struct walk *walk, const struct allowed_action *allowed,
                             struct form *form)
{
    const struct action_schema *schema = allowed->schema;
    const char *action = schema->name;
    const struct order_case *c = &walk->w.c;
    *form = (struct form){.ids = {0}};
    if (strcmp(action, "callback") == 0) {
        walk_fill_callback(walk, form);
        return;
    }
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_spec *spec = &schema->fields[i];
        if (spec->type == FIELD_TEXT || spec->type == FIELD_LINE || spec->type == FIELD_ORDER)
            form_text(form, action, spec->name, "甲");
        else if (spec->type == FIELD_CHOICE)
            form_text(form, action, spec->name, walk_pick(walk, spec->choices));
        else if (spec->type == FIELD_DATE)
            form_number(form, action, spec->name,
                        clock_day(walk->w.ctx.now) + 1 + walk_random(walk, 9));
    }
    if (strcmp(action, "classify") == 0) {
        if (walk_random(walk, 3) != 0)
            form_text(form, action, "category", walk->w.category.code);
        if (walk_random(walk, 4) == 0)
            form_number(form, action, "urgent", walk_random(walk, 2));
    } else if (strcmp(action, "dispatch") == 0) {
        int64_t unit = 1 + walk_random(walk, UNIT_COUNT), co = walk_unit_but(walk, unit);
        form_number(form, action, "unit", unit);
        if (walk_random(walk, 2) == 0) {
            int64_t third = co % UNIT_COUNT + 1;
            bool two = !walk->one_co && third != unit && walk_random(walk, 2) == 0;
            form_unit_list(form, action, "co_units", two ? 2 : 1, co, third);
        }
        if (walk_random(walk, 4) == 0)
            form_number(form, action, "complex", walk_random(walk, 2));
    } else if (strcmp(action, "citizen_says") == 0) {
        if (strcmp(field_text(&form->values, "what"), "solved") == 0 && walk_random(walk, 2) == 0)
            form_number(form, action, "satisfied", walk_random(walk, 2));
    } else if (strcmp(action, "ask_return") == 0) {
        if (strcmp(field_text(&form->values, "reason"), "not_our_duty") == 0)
            form_text(form, action, "reason", "wrong_place");
    } else if (strcmp(action, "rule") == 0) {
        form_number(form, action, "unit",
                    walk_unit_but(walk, case_objection(c, allowed->subject_id)->unit_id));
    } else if (strcmp(action, "ask_extension") == 0) {
        int left = walk->w.policy.extension_cap - c->order.extended_days;
        form_number(form, action, "days", 1 + walk_random(walk, left));
    } else if (strcmp(action, "grant_extension") == 0) {
        int left = walk->w.policy.extension_cap - c->order.extended_days;
        int asked = case_assignment(c, allowed->subject_id)->extension_days;
        form_number(form, action, "days", asked < left ? asked : left);
    }
}

static inline bool walk_would_leave(struct walk *walk, const char *action)
{
    static const char *const exits[] = {"withdraw",       "transfer",        "reject",
                                        "merge",          "answer",          "archive",
                                        "close_decision", "close_unreached", "citizen_says",
                                        "refuse_reply",   "supervise",       "classify"};
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++)
        if (strcmp(action, exits[i]) == 0)
            return walk_random(walk, 12) != 0;
    return false;
}

/* A second open objection, one of those that the proof does not follow. */
static inline bool walk_beyond(const struct walk *walk, const char *action)
{
    if (!walk->one_co || strcmp(action, "object") != 0)
        return false;
    for (size_t i = 0; i < walk->w.c.objection_count; i++)
        if (objection_open(&walk->w.c.objections[i]))
            return true;
    return false;
}

/* One step; the name of the action or timer that changed the case, NULL when nothing can happen any
 * more. What is offered must be accepted. */
static inline const char *walk_step(struct walk *walk)
{
    struct world *w = &walk->w;
    for (int attempt = 0; attempt < 200; attempt++) {
        w->ctx.category = w->c.order.category_code[0] ? &w->category : NULL;
        const struct timer *first = next_timer(&w->c);
        if (first && walk_random(walk, 5) == 0) {
            struct timer due = *first;
            w->ctx.now = due.due_at > w->ctx.now ? due.due_at : w->ctx.now;
            walk->by_timer = true;
            if (lifecycle_tick(&w->c, &w->ctx, &due))
                return word_name(WORDS_TIMER_KIND, (int)due.kind);
            fail_msg("a timer of the case did nothing (%s, seed %llu)",
                     word_name(WORDS_TIMER_KIND, (int)due.kind), (unsigned long long)walk->seed);
        }
        walk->by_timer = false;
        w->ctx.now += walk_random(walk, 3 * 60) * INT64_C(60000);
        if (first && w->ctx.now > first->due_at)
            w->ctx.now = first->due_at;
        w->ctx.actor = *everybody[walk_random(walk, PEOPLE)];
        struct allowed_action allowed[64];
        size_t n = lifecycle_allowed(&w->c, &w->ctx, allowed, 64);
        if (n == 0)
            continue;
        struct allowed_action one = allowed[walk_random(walk, (int)n)];
        if (walk_would_leave(walk, one.schema->name) || walk_beyond(walk, one.schema->name))
            continue;
        struct form form;
        walk_fill(walk, &one, &form);
        if (lifecycle_act(&w->c, &w->ctx, one.schema->name, one.subject_id, &form.values,
                          &w->problem))
            return one.schema->name;
        fail_msg("%s was offered and refused: %s (seed %llu)", one.schema->name, said(w),
                 (unsigned long long)walk->seed);
    }
    return NULL;
}

#endif
