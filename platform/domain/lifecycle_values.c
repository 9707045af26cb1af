/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules about what is typed into an action, and the outcome that follows from it. The shape of
 * the values (type, length, choice) was checked where they were parsed. */
#include "core/clock.h"
#include "platform/domain/lifecycle_private.h"

#include <string.h>

static const struct bilingual none = {NULL, NULL};

static struct bilingual day_label(int32_t day, struct arena *arena)
{
    char text[11];
    clock_format_day(day, text);
    return both(arena_printf(arena, "%s", text));
}

static const struct unit *find_unit(const struct move *m, int64_t id)
{
    return m->ctx->find_unit && id > 0 ? m->ctx->find_unit(m->ctx->find_unit_user, id) : NULL;
}

static bool unknown_reference(const struct action_schema *schema, const char *field,
                              struct problem *problem)
{
    struct bilingual label = both(field);
    for (size_t i = 0; i < schema->field_count; i++)
        if (strcmp(schema->fields[i].name, field) == 0)
            label = schema->fields[i].label;
    return problem_set(problem, PROBLEM_FIELD_REFERENCE, field, label, none, none);
}

static bool missing(const struct action_schema *schema, const char *field, struct problem *problem)
{
    for (size_t i = 0; i < schema->field_count; i++)
        if (strcmp(schema->fields[i].name, field) == 0)
            return problem_set(problem, PROBLEM_FIELD_MISSING, field, schema->fields[i].label, none,
                               none);
    return problem_set(problem, PROBLEM_FIELD_MISSING, field, both(field), none, none);
}

/* A day that lies in the future, and not too far. */
static bool day_ahead(const struct move *m, const char *field, enum problem_type type,
                      struct problem *problem)
{
    int64_t day = field_number(m->values, field, 0), today = clock_day(m->ctx->now);
    int32_t ahead = m->ctx->policy->ahead_days;
    return (day > today && day <= today + ahead) ||
           problem_set(problem, type, field, both(arena_printf(m->ctx->arena, "%d", ahead)), none,
                       none);
}

/* What is named must have been found; saying nothing completes nothing. */
static bool check_classify(struct move *m, const struct action_schema *schema,
                           struct problem *problem)
{
    bool said = false;
    for (size_t i = 0; i < schema->field_count; i++)
        said = said || field_present(m->values, schema->fields[i].name);
    if (!said)
        return missing(schema, "category", problem);
    if (field_present(m->values, "category") && !m->ctx->named_category)
        return unknown_reference(schema, "category", problem);
    if (field_present(m->values, "place") && !m->ctx->named_place)
        return unknown_reference(schema, "place", problem);
    if (field_present(m->values, "region") && !m->ctx->named_region)
        return unknown_reference(schema, "region", problem);
    return true;
}

static bool check_dispatch(struct move *m, const struct action_schema *schema,
                           struct problem *problem)
{
    m->unit = find_unit(m, field_number(m->values, "unit", 0));
    if (!m->unit)
        return unknown_reference(schema, "unit", problem);
    const struct field_value *co = field_get(m->values, "co_units");
    for (size_t i = 0; co->present && i < co->id_count; i++) {
        const struct unit *unit = find_unit(m, co->ids[i]);
        if (!unit || m->co_count == sizeof m->co_units / sizeof m->co_units[0])
            return unknown_reference(schema, "co_units", problem);
        bool twice = unit->id == m->unit->id;
        for (size_t j = 0; j < m->co_count; j++)
            twice = twice || m->co_units[j]->id == unit->id;
        if (twice)
            return problem_set(problem, PROBLEM_SAME_UNIT, "co_units", both(unit->name), none,
                               none);
        m->co_units[m->co_count++] = unit;
    }
    return true;
}

static bool check_suspend(struct move *m, const struct action_schema *schema,
                          struct problem *problem)
{
    (void)schema;
    return day_ahead(m, "review_on", PROBLEM_REVIEW_PAST, problem);
}

/* Rule 3: which of the four answers the three facts make. */
static bool check_callback(struct move *m, const struct action_schema *schema,
                           struct problem *problem)
{
    (void)schema;
    const struct field_values *v = m->values;
    bool promised = field_present(v, "promised_on");
    int64_t solved = field_number(v, "solved", -1), satisfied = field_number(v, "satisfied", -1);
    if (!field_number(v, "reached", 0)) {
        m->outcome = "unreached";
        if (solved >= 0 || satisfied >= 0 || promised)
            return problem_set(
                problem, PROBLEM_FACTS_CONTRADICT, "reached",
                (struct bilingual){"Who was not reached has said nothing: leave the other facts "
                                   "empty.",
                                   "未接通时，是否解决、是否满意、承诺日期应留空。"},
                none, none);
        return true;
    }
    if (promised) {
        m->outcome = "promised";
        if (solved == 1)
            return problem_set(problem, PROBLEM_FACTS_CONTRADICT, "promised_on",
                               (struct bilingual){"What is solved needs no promise.",
                                                  "已解决的事项无需承诺日期。"},
                               none, none);
        return day_ahead(m, "promised_on", PROBLEM_PROMISE_PAST, problem);
    }
    if (solved < 0 || satisfied < 0)
        return problem_set(problem, PROBLEM_FACTS_INCOMPLETE, solved < 0 ? "solved" : "satisfied",
                           none, none, none);
    m->outcome = solved && satisfied ? "satisfied" : "unsatisfied";
    if (strcmp(m->outcome, "unsatisfied") == 0 && case_promise_open(m->c, m->ctx->now))
        return problem_set(problem, PROBLEM_PROMISE_OPEN, "promised_on",
                           day_label(clock_day(m->c->order.promised_on), m->ctx->arena), none,
                           none);
    return true;
}

static bool check_citizen(struct move *m, const struct action_schema *schema,
                          struct problem *problem)
{
    (void)schema;
    bool solved = strcmp(field_text(m->values, "what"), "solved") == 0;
    if (!solved && field_present(m->values, "satisfied"))
        return problem_set(problem, PROBLEM_FACTS_CONTRADICT, "satisfied",
                           (struct bilingual){"“Satisfied” belongs to “it is solved” alone.",
                                              "仅在“已解决”时填写是否满意。"},
                           none, none);
    m->outcome = "noted";
    if (solved && m->c->order.state == ORDER_CALLBACK)
        m->outcome = field_number(m->values, "satisfied", 1) ? "solved" : "unsatisfied";
    return true;
}

static bool check_return(struct move *m, const struct action_schema *schema,
                         struct problem *problem)
{
    (void)schema;
    return strcmp(field_text(m->values, "reason"), "not_our_duty") != 0 ||
           problem_set(problem, PROBLEM_RETURN_NOT_OUR_DUTY, "reason", none, none, none);
}

static bool check_object(struct move *m, const struct action_schema *schema,
                         struct problem *problem)
{
    if (!field_present(m->values, "proposed_unit"))
        return true;
    m->unit = find_unit(m, field_number(m->values, "proposed_unit", 0));
    if (!m->unit)
        return unknown_reference(schema, "proposed_unit", problem);
    return m->unit->id != m->assignment->unit_id ||
           problem_set(problem, PROBLEM_SAME_UNIT, "proposed_unit", both(m->unit->name), none,
                       none);
}

static bool check_rule(struct move *m, const struct action_schema *schema, struct problem *problem)
{
    m->outcome = field_text(m->values, "outcome");
    if (strcmp(m->outcome, "moved") != 0)
        return true;
    if (!field_present(m->values, "unit"))
        return missing(schema, "unit", problem);
    m->unit = find_unit(m, field_number(m->values, "unit", 0));
    if (!m->unit)
        return unknown_reference(schema, "unit", problem);
    return m->unit->id != m->objection->unit_id ||
           problem_set(problem, PROBLEM_SAME_UNIT, "unit", both(m->unit->name), none, none);
}

static bool check_ask_extension(struct move *m, const struct action_schema *schema,
                                struct problem *problem)
{
    (void)schema;
    int32_t cap = m->ctx->policy->extension_cap, left = cap - m->c->order.extended_days;
    int64_t days = field_number(m->values, "days", 0);
    return (days >= 1 && days <= left) ||
           problem_set(problem, PROBLEM_EXTENSION_CAP, "days",
                       both(arena_printf(m->ctx->arena, "%d", cap)),
                       both(arena_printf(m->ctx->arena, "%d", left)), none);
}

static bool check_grant_extension(struct move *m, const struct action_schema *schema,
                                  struct problem *problem)
{
    /* Another unit's grant may have used up the cap since this one asked. */
    int32_t cap = m->ctx->policy->extension_cap, left = cap - m->c->order.extended_days;
    int32_t most = m->assignment->extension_days < left ? m->assignment->extension_days : left;
    int64_t days = field_number(m->values, "days", m->assignment->extension_days);
    if (days >= 1 && days <= most)
        return true;
    if (left < 1 || days > left)
        return problem_set(problem, PROBLEM_EXTENSION_CAP, "days",
                           both(arena_printf(m->ctx->arena, "%d", cap)),
                           both(arena_printf(m->ctx->arena, "%d", left)), none);
    return problem_set(problem, PROBLEM_FIELD_RANGE, "days", schema->fields[0].label, both("1"),
                       both(arena_printf(m->ctx->arena, "%d", most)));
}

static const struct {
    const char *action;
    bool (*check)(struct move *m, const struct action_schema *schema, struct problem *problem);
} checks[] = {
    {"classify", check_classify},
    {"dispatch", check_dispatch},
    {"suspend", check_suspend},
    {"callback", check_callback},
    {"citizen_says", check_citizen},
    {"ask_return", check_return},
    {"object", check_object},
    {"rule", check_rule},
    {"ask_extension", check_ask_extension},
    {"grant_extension", check_grant_extension},
};

/* Names of choices go into events, so they are looked at here too. */
static bool known_choice(const struct field_value *value, struct problem *problem)
{
    const struct field_choice *choice = value->spec->choices;
    while (choice && choice->name && strcmp(choice->name, value->text) != 0)
        choice++;
    return (choice && choice->name) ||
           problem_set(problem, PROBLEM_FIELD_REFERENCE, value->spec->name, value->spec->label,
                       none, none);
}

bool lifecycle_check_values(struct move *move, const struct action_schema *schema,
                            struct problem *problem)
{
    move->outcome = "";
    for (size_t i = 0; i < schema->field_count; i++)
        if (schema->fields[i].required && !field_present(move->values, schema->fields[i].name))
            return missing(schema, schema->fields[i].name, problem);
    for (size_t i = 0; i < move->values->count; i++) {
        const struct field_value *value = &move->values->items[i];
        if (value->present && value->spec && value->spec->type == FIELD_CHOICE &&
            !known_choice(value, problem))
            return false;
    }
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (strcmp(checks[i].action, schema->name) == 0)
            return checks[i].check(move, schema, problem);
    return true;
}
