/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /orders/N/actions/NAME and the timers: load the case, let the domain decide, store it. */
#include "core/clock.h"
#include "core/log.h"
#include "platform/analysis/indexing.h"
#include "platform/api/api_private.h"
#include "platform/domain/views.h"
#include <string.h>

static int64_t new_id(void *user)
{
    const struct call *call = user;
    return store_new_id(call->db, call->now);
}

static const struct unit *find_unit(void *user, int64_t id)
{
    return reference_unit(user, id);
}

/* What is merged looks at the order that it went into. */
static const struct order *merged_target(struct call *call, const struct order *order)
{
    const struct order_case *target =
        order->state == ORDER_MERGED ? store_case_load(call->db, 0, order->merged_into, call->arena)
                                     : NULL;
    return target ? &target->order : NULL;
}

struct act_context call_context(struct call *call, const struct order *order)
{
    struct act_context ctx = {
        .now = call->now,
        .calendar = call->api->reference.calendar,
        .policy = &call->api->settings.policy,
        .category = reference_category(&call->api->reference, order->category_code),
        .arena = call->arena,
        .new_id = new_id,
        .new_id_user = call,
        .find_unit = find_unit,
        .find_unit_user = &call->api->reference,
        .target = merged_target(call, order),
        .actor = {.unit_path = ""},
    };
    if (call->account)
        ctx.actor = (struct actor){call->account->id, call->account->roles, call->account->unit_id,
                                   call->unit_path};
    return ctx;
}

/* An action may name another order (merge): its state is part of the decision. */
static bool load_target(struct call *call, struct act_context *ctx)
{
    for (size_t i = 0; i < call->body.count; i++) {
        const struct field_value *value = &call->body.items[i];
        if (value->spec->type != FIELD_ORDER || !value->present)
            continue;
        const struct order_case *target =
            store_case_load(call->db, call->account->id, value->number, call->arena);
        if (!target)
            return problem_set(&call->problem, PROBLEM_FIELD_REFERENCE, value->spec->name,
                               value->spec->label, both(NULL), both(NULL));
        if (!ctx->target) /* of a merged order it is the one that it went into */
            ctx->target = &target->order;
    }
    return true;
}

static bool save(struct call *call, struct order_case *c)
{
    struct error err;
    enum status st = store_case_save(call->db, c, false, call->now, &err);
    if (st == ST_OK)
        return true;
    log_line(LOG_ERROR, "order %s was not stored: %s", c->order.number, err.message);
    return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
}

/* What the action changed of what is searched: the order's own facts, the citizens of the order
 * that it was or is merged into. */
static bool reindex(struct call *call, const struct order_case *c, int64_t merged_into)
{
    enum status st = ST_OK;
    if (strcmp(call->action->name, "classify") == 0)
        st = index_order(call->db, c->order.id, call->arena);
    if (!st && c->order.merged_into != merged_into) {
        if (merged_into)
            st = index_order(call->db, merged_into, call->arena);
        if (!st && c->order.merged_into)
            st = index_order(call->db, c->order.merged_into, call->arena);
    }
    return st == ST_OK;
}

static bool post_action(struct call *call)
{
    struct order_case *c = call_order(call);
    if (!c)
        return false;
    if (call->request->if_match != c->order.version) {
        call->show_current = true;
        call->show_order = c->order.id;
        return call_problem(call, PROBLEM_STALE, NULL, c->order.number, NULL, NULL);
    }
    struct act_context ctx = call_context(call, &c->order);
    int64_t merged_into = c->order.merged_into;
    bool completes = strcmp(call->action->name, "classify") == 0;
    if (!load_target(call, &ctx) || (completes && !appeal_name_facts(call, &c->order, &ctx)) ||
        !lifecycle_act(c, &ctx, call->action->name, call->on, &call->body, &call->problem))
        return false;
    if (!save(call, c))
        return false;
    /* Every citizen of a merged order is called back with the order that goes on. */
    if (c->order.merged_into != merged_into &&
        store_order_join(call->db, c->order.id, merged_into, c->order.merged_into))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    if (!reindex(call, c, merged_into))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->show_order = c->order.id;
    return true;
}

/* --- reveal ----------------------------------------------------------------------------------- */

static const struct field_spec reveal_fields[] = {
    {"reason", FIELD_TEXT, true, 2, 200, {"reason", "查看理由"}, NULL},
};

/* Each citizen who is revealed is a line in the log; without the line nothing is told. */
static bool reveal(struct call *call, const struct order *order, const struct citizens *citizens,
                   int64_t reason_id, cJSON *items)
{
    for (size_t i = 0; i < citizens->count; i++) {
        const struct appeal *appeal = &citizens->appeals[i];
        const struct person *person = citizens->persons[i];
        const struct statement *words =
            store_statement(call->db, appeal->statement_id, call->arena);
        /* Of a merged order one may be confidential and another not. */
        bool hidden = citizen_hidden(call, order, person);
        if (!hidden && store_access_put(call->db, call->account->id, "reveal", order->id,
                                        appeal->person_id, reason_id, call->now))
            return false;
        cJSON *item = cJSON_CreateObject();
        json_add_int(item, "id", appeal->id);
        json_add_text(item, "name", person && !hidden ? person->name : NULL);
        json_add_text(item, "phone", person && !hidden ? person->phone : NULL);
        json_add_text(item, "identity", person && !hidden ? person->identity : NULL);
        json_add_text(item, "words",
                      words && !hidden ? words->text
                                       : render_statement(call, appeal->statement_id, citizens));
        cJSON_AddItemToArray(items, item);
    }
    return true;
}

/* Of an anonymised order there is nothing that could be told. */
static bool anything_kept(struct call *call, const struct citizens *citizens)
{
    for (size_t i = 0; i < citizens->count; i++)
        if (citizens->persons[i] ||
            store_statement(call->db, citizens->appeals[i].statement_id, call->arena))
            return true;
    return citizens->count == 0;
}

static bool post_reveal(struct call *call)
{
    struct order_case *c = call_order(call);
    if (!c)
        return false;
    if (!roles_reveal(call->account->roles))
        return problem_set(&call->problem, PROBLEM_FORBIDDEN, NULL,
                           word_label(WORDS_ROLE, ROLE_CALLBACK), both(NULL), both(NULL));
    if (citizen_hidden(call, &c->order, NULL))
        return call_problem(call, PROBLEM_CONFIDENTIAL, NULL, NULL, NULL, NULL);
    const struct citizens citizens = order_citizens(call, &c->order);
    if (!anything_kept(call, &citizens))
        return call_problem(call, PROBLEM_NO_PERSON, NULL, NULL, NULL, NULL);
    struct statement reason = {.id = store_new_id(call->db, call->now),
                               .text = field_text(&call->body, "reason")};
    if (store_statement_put(call->db, &reason))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    c->events =
        arena_grow(call->arena, c->events, c->event_count, &c->event_capacity, sizeof *c->events);
    const char *state = word_name(WORDS_ORDER_STATE, (int)c->order.state);
    c->events[c->event_count++] = (struct event_draft){.action = "reveal",
                                                       .subject = "order",
                                                       .subject_id = c->order.id,
                                                       .from = state,
                                                       .to = state,
                                                       .account_id = call->account->id,
                                                       .done_at = call->now,
                                                       .statement_id = reason.id,
                                                       .detail = ""};
    struct error err;
    if (store_case_note(call->db, c, call->now, &err))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "appeals");
    return reveal(call, &c->order, &citizens, reason.id, items) ||
           call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
}

/* --- timers ----------------------------------------------------------------------------------- */

struct tick {
    struct api *api;
    struct arena *arena;
    struct due_timer *due;
};

static enum status tick_job(struct db *db, void *user)
{
    struct tick *tick = user;
    struct call call = {
        .api = tick->api, .arena = tick->arena, .db = db, .unit_path = "", .now = clock_now_ms()};
    struct order_case *c = store_case_load(db, 0, tick->due->order_id, tick->arena);
    if (!c)
        return ST_NOT_FOUND;
    struct act_context ctx = call_context(&call, &c->order);
    const struct timer *due = &tick->due->timer;
    for (size_t i = 0; i < c->timer_count; i++) {
        const struct timer timer = c->timers[i];
        if (timer.kind != due->kind || timer.subject_id != due->subject_id ||
            timer.due_at > call.now)
            continue;
        struct error err;
        enum status st = lifecycle_tick(c, &ctx, &timer)
                             ? store_case_save(db, c, false, call.now, &err)
                             : store_case_timers(db, c, &err); /* only the timer goes */
        if (st)
            log_line(LOG_ERROR, "timer of order %s: %s", c->order.number, err.message);
        return st;
    }
    return ST_NOT_FOUND; /* somebody else was quicker */
}

static enum status sweep_job(struct db *db, void *user)
{
    const int64_t *before = user;
    return store_answers_expire(db, *before);
}

/* Forgets the keys that are older than the settings say. */
static void sweep(struct api *api, int64_t now)
{
    enum { HOUR_MS = 3600000 };
    int64_t before = now - api->settings.answers_kept_ms;
    if (api->swept_at && now >= api->swept_at && now - api->swept_at < HOUR_MS)
        return;
    if (store_write_wait(api->store, sweep_job, &before) == ST_OK)
        api->swept_at = now;
}

int64_t act_tick(struct api *api)
{
    enum { TIMERS_MAX = 200, AGAIN_MS = 1000 };
    struct error err;
    struct db *db = store_reader(api->store, &err);
    struct arena *arena = arena_new();
    int64_t next = 0;
    if (db && arena) {
        struct due_timer *due = NULL;
        int64_t now = clock_now_ms();
        size_t done = 0, count = store_timers_due(db, now, TIMERS_MAX, arena, &due);
        for (size_t i = 0; i < count; i++) {
            struct tick tick = {api, arena, &due[i]};
            done += store_write_wait(api->store, tick_job, &tick) == ST_OK;
        }
        if (done)
            api_woken(api);
        next = store_timer_next(db);
        if (count && !done) /* it fails: again, but not at once and for ever */
            next = now + AGAIN_MS;
        sweep(api, now);
    }
    arena_free(arena);
    return next;
}

static const struct route routes[] = {
    {API_POST, "orders/*/actions/*", ROUTE_WRITE | ROUTE_VERSIONED | ROUTE_ACTION, 0, NO_FIELDS,
     NO_FIELDS, post_action},
    {API_POST, "orders/*/reveal", ROUTE_WRITE | ROUTE_REPEATABLE, 0, NO_FIELDS,
     FIELDS(reveal_fields), post_reveal},
};
const struct route_table routes_act = {FIELDS(routes)};
