/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of a script as an action of the life-cycle: who does it, on what, with which values. */
#include "core/clock.h"
#include "core/log.h"
#include "platform/demo/demo_sim.h"
#include "platform/domain/suggest.h"
#include <inttypes.h>
#include <string.h>

enum { FIELDS_MAX = 8 };

static int64_t new_id(void *user)
{
    const struct demo_sim *sim = user;
    return store_new_id(sim->db, sim->now);
}

static const struct unit *find_unit(void *user, int64_t id)
{
    return demo_unit(user, id);
}

struct act_context demo_context(struct demo_sim *sim, const struct demo_order *order)
{
    return (struct act_context){.now = sim->now,
                                .calendar = sim->city->calendar,
                                .policy = &sim->policy,
                                .category = order->text->category,
                                .actor = {.unit_path = ""},
                                .arena = order->arena,
                                .new_id = new_id,
                                .new_id_user = sim,
                                .find_unit = find_unit,
                                .find_unit_user = sim->city};
}

/* --- units ------------------------------------------------------------------------------------ */

/* Whose order it is by the responsibilities, with the rulings made so far. */
static int64_t right_unit(const struct demo_sim *sim, const struct demo_order *order)
{
    const struct order *o = &order->loaded->order;
    struct matter matter = {o->category_code, o->region_code, o->component_owner_id, sim->now};
    struct responsibility *rows = NULL;
    size_t count = store_responsibilities(sim->db, o->category_code, o->region_code,
                                          o->component_owner_id, sim->now, order->arena, &rows);
    struct suggestion found[SUGGESTIONS_MAX];
    return suggest_units(rows, count, &matter, found) ? found[0].unit_id : 0;
}

/* Another that might be meant: the street or town first, then departments that are often asked. */
static int64_t other_unit(const struct demo_sim *sim, const struct demo_order *order)
{
    const struct order *o = &order->loaded->order;
    const int64_t others[] = {0, 102, 109, 101};
    int64_t right = right_unit(sim, order), street = 0;
    for (size_t i = 0; i < sim->city->units.count; i++) {
        const struct unit *unit = &sim->city->units.items[i];
        if (strcmp(unit->kind, "street") == 0 &&
            strncmp(o->region_code, unit->region_code, strlen(unit->region_code)) == 0)
            street = unit->id;
    }
    size_t nth = (size_t)o->failed_dispatches;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        int64_t unit = i == 0 ? street : others[i];
        if (unit != 0 && unit != right && nth-- == 0)
            return unit;
    }
    return 130;
}

/* --- actors and subjects ---------------------------------------------------------------------- */

/* The current round's lead or co-handler that the step is about. */
static const struct assignment *find_assignment(const struct order_case *c, bool lead)
{
    for (size_t i = c->assignment_count; i-- > 0;) {
        const struct assignment *a = &c->assignments[i];
        if (a->lead == lead && a->round == c->order.round && a->state != ASSIGNMENT_RETURNED &&
            a->state != ASSIGNMENT_WITHDRAWN)
            return a;
    }
    return NULL;
}

/* The account of the N that supervises the order's industry, or the 1's. */
static const struct account *find_n(const struct demo_city *city, const struct order_case *c)
{
    for (size_t i = 0; i < city->scopes.count; i++)
        if (city->scopes.items[i].dimension == SCOPE_INDUSTRY &&
            strcmp(city->scopes.items[i].value, c->order.industry) == 0)
            for (size_t k = 0; k < city->accounts.count; k++)
                if (city->accounts.items[k].id == city->scopes.items[i].account_id)
                    return &city->accounts.items[k];
    return demo_account(city, "supervisor");
}

static const struct account *find_actor(const struct demo_sim *sim, const struct demo_order *order,
                                        const char *who)
{
    bool lead = strcmp(who, "lead") == 0;
    if (lead || strcmp(who, "co") == 0) {
        const struct assignment *a = find_assignment(order->loaded, lead);
        return a ? demo_handler(sim->city, a->unit_id) : NULL;
    }
    if (strcmp(who, "n") == 0)
        return find_n(sim->city, order->loaded);
    size_t n = strcspn(who, "*"); /* several take turns */
    return who[n] ? demo_staff(sim->city, arena_strndup(order->arena, who, n), order->index)
                  : demo_account(sim->city, who);
}

/* --- values ----------------------------------------------------------------------------------- */

/* An official answer: what was found, and what goes before and behind it. */
static const char *answer_text(struct demo_sim *sim, const struct demo_order *order,
                               const char *text, const char *open, const char *close)
{
    const char *before = demo_random(sim->city, 2) ? demo_phrase(sim->city, open) : "",
               *after = demo_random(sim->city, 2) ? demo_phrase(sim->city, close) : "";
    return demo_says(sim->city, order, arena_printf(order->arena, "%s%s%s", before, text, after),
                     order->arena);
}

/* "$kind" a phrase, "@reply" of the matter's text, "%right" a unit, "+5" a day ahead, else itself.
 */
static void set_value(struct demo_sim *sim, const struct demo_order *order, const char *source,
                      struct field_value *value)
{
    value->present = true;
    value->text = source;
    if (source[0] == '$')
        value->text = demo_says(sim->city, order, demo_phrase(sim->city, source + 1), order->arena);
    else if (strcmp(source, "@result") == 0)
        value->text = answer_text(sim, order, order->text->result, "result_open", "result_close");
    else if (strcmp(source, "@reply") == 0)
        value->text = answer_text(sim, order, order->text->reply, "reply_open", "reply_close");
    else if (strcmp(source, "%right") == 0)
        value->number = right_unit(sim, order);
    else if (strcmp(source, "%other") == 0)
        value->number = other_unit(sim, order);
    else if (strcmp(source, "%target") == 0)
        value->number = order->target ? order->target->id : 0;
    else if (source[0] == '+')
        value->number = clock_day(sim->now) + demo_number(source + 1);
    else
        value->number = demo_number(source);
    if (value->spec->type == FIELD_UNITS) {
        int64_t *ids = arena_alloc(order->arena, sizeof *ids);
        ids[0] = value->number;
        value->ids = ids;
        value->id_count = 1;
    }
}

/* The values of "name=source name=source", in the order of the action's fields. */
static void fill_values(struct demo_sim *sim, const struct demo_order *order,
                        const struct action_schema *schema, const char *values,
                        struct field_value items[])
{
    for (size_t i = 0; i < schema->field_count; i++) {
        const char *name = schema->fields[i].name;
        size_t n = strlen(name);
        items[i] = (struct field_value){.spec = &schema->fields[i], .text = ""};
        for (const char *p = values; *p;) {
            size_t length = strcspn(p, " ");
            if (strncmp(p, name, n) == 0 && p[n] == '=')
                set_value(sim, order, arena_strndup(order->arena, p + n + 1, length - n - 1),
                          &items[i]);
            p += length + (p[length] == ' ');
        }
    }
}

/* The order that this one is merged into, as it stands now. */
static const struct order *find_target(struct demo_sim *sim, const struct demo_order *order)
{
    if (!order->target)
        return NULL;
    const struct order_case *target = order->target->loaded;
    if (!target)
        target = store_case_load(sim->db, 0, order->target->id, order->arena);
    return target ? &target->order : NULL;
}

bool demo_step_do(struct demo_sim *sim, struct demo_order *order, const struct demo_step *step)
{
    const struct action_schema *schema = action_find(step->action);
    const struct account *account = find_actor(sim, order, step->actor);
    if (!schema || !account || schema->field_count > FIELDS_MAX)
        return false;
    struct act_context ctx = demo_context(sim, order);
    const struct unit *unit = demo_unit(sim->city, account->unit_id);
    ctx.actor =
        (struct actor){account->id, account->roles, account->unit_id, unit ? unit->path : ""};
    ctx.target = find_target(sim, order);
    struct field_value items[FIELDS_MAX];
    fill_values(sim, order, schema, step->values, items);
    const struct field_values values = {items, schema->field_count};
    int64_t subject = 0;
    if (schema->subject == SUBJECT_ASSIGNMENT) {
        const struct assignment *a = find_assignment(order->loaded, strcmp(step->actor, "co") != 0);
        subject = a ? a->id : 0;
    }
    struct problem problem;
    if (lifecycle_act(order->loaded, &ctx, step->action, subject, &values, &problem))
        return true;
    log_line(LOG_DEBUG, "demo: %s of script %s is refused: %s", step->token, order->script->name,
             problem_name(problem.type));
    return false;
}
