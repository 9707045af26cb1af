/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small city for the tests of the domain: units, people, a calendar, one order. No clock runs:
 * `now` is set by the test. */
#ifndef TESTS_UNIT_PLATFORM_CASE_H
#define TESTS_UNIT_PLATFORM_CASE_H

#include "core/clock.h"
#include "platform/domain/lifecycle_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The units of the city; the brigade is under the waterworks. */
enum { WATER = 1, BRIGADE = 2, ROADS = 3, GAS = 4, CENTRE = 5, UNIT_COUNT = 5 };

static const struct unit city_units[] = {
    {WATER, 0, "自来水公司", "utility", "/1/", ""},
    {BRIGADE, WATER, "抢修队", "utility", "/1/2/", ""},
    {ROADS, 0, "城管局", "department", "/3/", ""},
    {GAS, 0, "燃气公司", "utility", "/4/", ""},
    {CENTRE, 0, "诉求中心", "office", "/5/", ""},
};

/* Everybody who acts in the tests. */
static const struct actor operator_ = {101, BIT(ROLE_OPERATOR), CENTRE, "/5/"};
static const struct actor dispatcher = {102, BIT(ROLE_DISPATCHER), CENTRE, "/5/"};
static const struct actor caller = {103, BIT(ROLE_CALLBACK), CENTRE, "/5/"};
static const struct actor supervisor = {104, BIT(ROLE_SUPERVISOR), CENTRE, "/5/"};
static const struct actor chair = {105, BIT(ROLE_CONFERENCE), 0, ""};
static const struct actor water = {111, BIT(ROLE_HANDLER), WATER, "/1/"};
static const struct actor brigade = {112, BIT(ROLE_HANDLER), BRIGADE, "/1/2/"};
static const struct actor roads = {113, BIT(ROLE_HANDLER), ROADS, "/3/"};
static const struct actor gas = {114, BIT(ROLE_HANDLER), GAS, "/4/"};
static const struct actor analyst = {106, BIT(ROLE_ANALYST), CENTRE, "/5/"};
static const struct actor administrator = {107, BIT(ROLE_ADMINISTRATOR), 0, ""};

static const struct actor *const everybody[] = {
    &operator_, &dispatcher, &caller, &supervisor, &chair,         &water,
    &brigade,   &roads,      &gas,    &analyst,    &administrator,
};
enum { PEOPLE = sizeof everybody / sizeof everybody[0] };

struct world {
    struct arena *arena;
    struct calendar *calendar;
    struct policy policy;
    struct category category;
    struct order target; /* another open order, to merge into */
    struct order_case c;
    struct act_context ctx;
    struct problem problem; /* of the last act */
    int64_t ids;
};

/* The fields of one action as a test fills them. */
struct form {
    struct field_value items[8];
    int64_t ids[8];
    struct field_values values;
};

static inline int64_t at(const char *text)
{
    int64_t ms = 0;
    char full[40];
    snprintf(full, sizeof full, "%.10sT%.5s:00+08:00", text, text + 11);
    assert_true(clock_parse(full, &ms));
    return ms;
}

static inline int32_t day(const char *text)
{
    int32_t days = 0;
    assert_true(clock_parse_day(text, &days));
    return days;
}

static inline int64_t city_new_id(void *user)
{
    return ++*(int64_t *)user;
}

static inline const struct unit *city_find_unit(void *user, int64_t id)
{
    (void)user;
    return id >= 1 && id <= UNIT_COUNT ? &city_units[id - 1] : NULL;
}

/* A received complaint of Wednesday 2026-11-18, 09:00. */
static inline void world_open(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->arena = arena_new();
    w->calendar = calendar_new();
    w->policy = policy_default();
    w->category = (struct category){.code = "0102", .name = "供水", .industry = "water"};
    w->ids = 1000;
    w->target = (struct order){.id = 900, .state = ORDER_TO_DISPATCH};
    w->ctx = (struct act_context){
        .now = at("2026-11-18 09:00"),
        .calendar = w->calendar,
        .policy = &w->policy,
        .category = &w->category,
        .actor = operator_,
        .arena = w->arena,
        .new_id = city_new_id,
        .new_id_user = &w->ids,
        .find_unit = city_find_unit,
    };
    w->c = (struct order_case){.order = {.id = 500,
                                         .number = "261118-0001-9",
                                         .kind = KIND_COMPLAINT,
                                         .channel = "12345",
                                         .category_code = "0102",
                                         .region_code = "420281001",
                                         .place_text = "湖滨路 12 号",
                                         .title = "停水",
                                         .conclusion = "",
                                         .taken_by = 101}};
    lifecycle_receive(&w->c, &w->ctx);
}

static inline void world_close(struct world *w)
{
    arena_free(w->arena);
    calendar_free(w->calendar);
}

/* --- forms ------------------------------------------------------------------------------------ */

static inline struct field_value *form_field(struct form *form, const char *action,
                                             const char *name)
{
    const struct action_schema *schema = action_find(action);
    assert_non_null(schema);
    for (size_t i = 0; i < schema->field_count; i++) {
        if (strcmp(schema->fields[i].name, name) != 0)
            continue;
        struct field_value *value = &form->items[i];
        form->values = (struct field_values){form->items, schema->field_count};
        for (size_t j = 0; j < schema->field_count; j++) {
            form->items[j].spec = &schema->fields[j];
            if (!form->items[j].text)
                form->items[j].text = "";
        }
        value->present = true;
        return value;
    }
    fail_msg("%s has no field %s", action, name);
    return NULL;
}

static inline void form_text(struct form *form, const char *action, const char *name,
                             const char *text)
{
    form_field(form, action, name)->text = text;
}

static inline void form_number(struct form *form, const char *action, const char *name, int64_t n)
{
    form_field(form, action, name)->number = n;
}

static inline void form_unit_list(struct form *form, const char *action, const char *name,
                                  size_t count, int64_t a, int64_t b)
{
    struct field_value *value = form_field(form, action, name);
    form->ids[0] = a;
    form->ids[1] = b;
    value->ids = form->ids;
    value->id_count = count;
}

/* Fills a form from "name=value" pairs; numbers, dates, true/false and unit lists by the field's
 * type. */
static inline void form_fill(struct form *form, const char *action, const char *const *pairs,
                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[32];
        const char *equals = strchr(pairs[i], '=');
        assert_non_null(equals);
        snprintf(name, sizeof name, "%.*s", (int)(equals - pairs[i]), pairs[i]);
        struct field_value *value = form_field(form, action, name);
        switch (value->spec->type) {
        case FIELD_BOOL:
            value->number = strcmp(equals + 1, "yes") == 0;
            break;
        case FIELD_DATE:
            value->number = day(equals + 1);
            break;
        case FIELD_INT:
        case FIELD_UNIT:
        case FIELD_PLACE:
            value->number = strtoll(equals + 1, NULL, 10);
            break;
        case FIELD_UNITS: {
            char *end;
            form->ids[0] = strtoll(equals + 1, &end, 10);
            form->ids[1] = *end ? strtoll(end + 1, NULL, 10) : 0;
            value->ids = form->ids;
            value->id_count = *end ? 2 : 1;
            break;
        }
        default:
            value->text = equals + 1;
        }
    }
}

/* --- acting ------------------------------------------------------------------------------------
 */

static inline bool act_pairs(struct world *w, const struct actor *who, const char *action,
                             int64_t on, const char *const *pairs, size_t count)
{
    struct form form = {.ids = {0}};
    form_fill(&form, action, pairs, count);
    w->ctx.actor = *who;
    w->ctx.target = &w->target;
    return lifecycle_act(&w->c, &w->ctx, action, on, &form.values, &w->problem);
}

#define PAIRS(...)                                                                                 \
    (const char *const[]){__VA_ARGS__},                                                            \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)

/* try_act: true if it was accepted. must: it is. refused: it is not, and for that reason. */
#define try_act(w, who, action, ...) act_pairs(w, &(who), action, 0, PAIRS(__VA_ARGS__))
#define try_plain(w, who, action)    act_pairs(w, &(who), action, 0, NULL, 0)
#define must(w, who, action, ...)                                                                  \
    do {                                                                                           \
        if (!try_act(w, who, action, __VA_ARGS__))                                                 \
            fail_msg("%s: %s", action, said(w));                                                   \
    } while (0)
#define must_plain(w, who, action)                                                                 \
    do {                                                                                           \
        if (!try_plain(w, who, action))                                                            \
            fail_msg("%s: %s", action, said(w));                                                   \
    } while (0)
#define refused(w, who, expected, action, ...)                                                     \
    do {                                                                                           \
        assert_false(try_act(w, who, action, __VA_ARGS__));                                        \
        assert_string_equal(problem_name((w)->problem.type), problem_name(expected));              \
    } while (0)
#define refused_plain(w, who, expected, action)                                                    \
    do {                                                                                           \
        assert_false(try_plain(w, who, action));                                                   \
        assert_string_equal(problem_name((w)->problem.type), problem_name(expected));              \
    } while (0)

static inline const char *said(struct world *w)
{
    return problem_text(&w->problem, LANGUAGE_EN, w->arena);
}

static inline bool has_timer(const struct order_case *c, enum timer_kind kind, int64_t subject_id)
{
    for (size_t i = 0; i < c->timer_count; i++)
        if (c->timers[i].kind == kind && c->timers[i].subject_id == subject_id)
            return true;
    return false;
}

/* The timer that is due first, or NULL. */
static inline const struct timer *next_timer(const struct order_case *c)
{
    const struct timer *first = NULL;
    for (size_t i = 0; i < c->timer_count; i++)
        if (!first || c->timers[i].due_at < first->due_at)
            first = &c->timers[i];
    return first;
}

/* Lets time pass until `text`: everything that falls due happens on the way. */
static inline void pass_until(struct world *w, const char *text)
{
    int64_t end = at(text);
    for (;;) {
        const struct timer *first = next_timer(&w->c);
        if (!first || first->due_at > end)
            break;
        struct timer due = *first;
        if (due.due_at > w->ctx.now)
            w->ctx.now = due.due_at;
        lifecycle_tick(&w->c, &w->ctx, &due);
    }
    w->ctx.now = end;
}

/* The last event with that action, or NULL. */
static inline const struct event_draft *last_event(const struct world *w, const char *action)
{
    for (size_t i = w->c.event_count; i-- > 0;)
        if (strcmp(w->c.events[i].action, action) == 0)
            return &w->c.events[i];
    return NULL;
}

static inline size_t count_events(const struct world *w, const char *action)
{
    size_t n = 0;
    for (size_t i = 0; i < w->c.event_count; i++)
        n += strcmp(w->c.events[i].action, action) == 0;
    return n;
}

static inline struct assignment *last_assignment(const struct world *w)
{
    assert_true(w->c.assignment_count > 0);
    return &w->c.assignments[w->c.assignment_count - 1];
}

/* --- short ways to a state ----------------------------------------------------------------------
 */

static inline void to_hand(struct world *w)
{
    must_plain(w, operator_, "submit");
    must(w, dispatcher, "dispatch", "unit=1");
}

static inline void to_handling(struct world *w)
{
    to_hand(w);
    must_plain(w, water, "sign");
    must(w, water, "handle", "result=已到现场");
}

static inline void reply_and_accept(struct world *w)
{
    must(w, water, "reply", "reply=已修复");
    must_plain(w, dispatcher, "accept_reply");
}

static inline void to_callback(struct world *w)
{
    to_handling(w);
    reply_and_accept(w);
    assert_int_equal(w->c.order.state, ORDER_CALLBACK);
}

#endif
