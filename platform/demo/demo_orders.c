/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Playing the scripts: all orders, their steps and their timers on one clock, in the order in which
 * they would have happened. What the life-cycle makes of them is what is stored. */
#include "core/clock.h"
#include "core/log.h"
#include "platform/analysis/indexing.h"
#include "platform/demo/demo_sim.h"
#include "platform/domain/reception.h"
#include <stdlib.h>
#include <string.h>

enum {
    MINUTE = 60 * 1000,
    DAY = 24 * 60 * MINUTE,
    LAST_STEPS_APART = 20 * MINUTE,
    LATEST = 3 * MINUTE
};

/* --- when the next step is done --------------------------------------------------------------- */

static int64_t timer_due(const struct order_case *c, enum timer_kind kind)
{
    for (size_t i = 0; i < c->timer_count; i++)
        if (c->timers[i].kind == kind)
            return c->timers[i].due_at;
    return 0;
}

static const struct assignment *open_lead(const struct order_case *c)
{
    for (size_t i = c->assignment_count; i-- > 0;)
        if (c->assignments[i].lead && c->assignments[i].round == c->order.round)
            return &c->assignments[i];
    return NULL;
}

/* `from` .. `to` per cent of the way to `until`; some minutes when that has passed. */
static int64_t part_of(struct demo_sim *sim, int64_t until, const struct demo_step *step)
{
    int64_t left = until - sim->now;
    if (step->pace == PACE_ORDER && left > DAY)
        left = DAY;
    if (left <= 0)
        return sim->now + demo_between(sim->city, 30, 200) * MINUTE;
    return sim->now + demo_between(sim->city, left / 100 * step->from, left / 100 * step->to);
}

static int64_t soonest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t paced(struct demo_sim *sim, const struct order_case *c, const struct demo_step *step)
{
    const struct assignment *lead = open_lead(c);
    int64_t minutes = demo_between(sim->city, step->from, step->to) * MINUTE, base = sim->now;
    switch (step->pace) {
    case PACE_DISPATCH:
        return part_of(sim, c->order.dispatch_by, step);
    case PACE_SIGN:
        return part_of(sim, lead ? soonest(lead->sign_by, lead->due_at) : 0, step);
    case PACE_DUE:
        return part_of(sim, lead ? lead->due_at : 0, step);
    case PACE_ORDER:
        return part_of(sim, c->order.deadline_at, step);
    case PACE_LATE:
        base = lead && lead->due_at > base ? lead->due_at : base;
        break;
    case PACE_AFTER_SIGN:
        base = timer_due(c, TIMER_SIGN_BY);
        break;
    case PACE_AFTER_ACCEPT:
        base = timer_due(c, TIMER_ACCEPT_BY);
        break;
    case PACE_AFTER_PROMISE:
        base = timer_due(c, TIMER_PROMISE_ON);
        break;
    case PACE_MINUTES:
        break;
    }
    return (base > sim->now ? base : sim->now) + minutes;
}

/* Office hours for most; what is promised within hours has people every day, and crews at night. */
static int64_t at_work(struct demo_sim *sim, const struct demo_order *order,
                       const struct order_case *c, const struct demo_step *step, int64_t at)
{
    bool hurry = c->order.limit.unit == LIMIT_HOURS || order->text->category->vital ||
                 order->text->category->life_safety;
    if (!step->office || (hurry && strcmp(step->actor, "lead") == 0))
        return at;
    return hurry ? demo_shift_time(sim->city, at) : demo_office_time(sim->city, at);
}

/* Plans the next step behind `sim->now`, so that all that are left can be done in time. */
static void plan_step(struct demo_sim *sim, struct demo_order *order)
{
    const struct order_case *c = order->loaded;
    order->step_at = 0;
    if (order->steps_left == 0)
        return;
    const struct demo_step *step = demo_step_find(order->rest, strcspn(order->rest, " "));
    if (!step)
        return;
    int64_t at = at_work(sim, order, c, step, paced(sim, c, step)), end = sim->end - LATEST;
    const struct assignment *lead = open_lead(c);
    int64_t last = order->settles && order->last_at < end ? order->last_at : end;
    int64_t latest = last - (int64_t)(order->steps_left - 1) * LAST_STEPS_APART;
    if (step->pace == PACE_DUE && lead && at > lead->due_at && lead->due_at > sim->now)
        at = lead->due_at - demo_between(sim->city, 0, (lead->due_at - sim->now) / 4);
    if (at > latest && step->pace < PACE_LATE)
        at = sim->now + (last > sim->now ? last - sim->now : end - sim->now) /
                            (int64_t)(order->steps_left + 1);
    if (order->settles && order->steps_left == 1 && order->last_at > sim->now)
        at = order->last_at;
    order->step_at = at;
}

static void note_timer(struct demo_order *order)
{
    const struct order_case *c = order->loaded;
    order->timer_at = 0;
    for (size_t i = 0; i < c->timer_count; i++)
        if (order->timer_at == 0 || c->timers[i].due_at < order->timer_at)
            order->timer_at = c->timers[i].due_at;
}

/* --- intake ----------------------------------------------------------------------------------- */

/* Calls are counted by the hotline itself; what other channels send has their number. */
static const char *source_number(const struct demo_sim *sim, const struct demo_order *order)
{
    char day[11];
    const char *channel = order->channel->code;
    if (strcmp(channel, "hotline12345") == 0 || strcmp(channel, "visit") == 0)
        return "";
    clock_format_day(clock_day(sim->now), day);
    return arena_printf(order->arena, "%.4s%.2s%.2s-%05zu", day, day + 5, day + 8,
                        order->index + 1);
}

static enum status take(struct demo_sim *sim, struct demo_order *order, struct error *err)
{
    order->arena = arena_new();
    if (!order->arena)
        return ST_NO_MEMORY;
    const char *words = demo_words(sim->city, order, order->arena);
    const struct reception in = {
        .kind = order->text->kind,
        .channel = order->channel->code,
        .source_no = source_number(sim, order),
        .category = order->text->category,
        .place = order->place,
        .place_text = "",
        .region_code = order->place->region_code,
        .person = {.name = order->name,
                   .phone = demo_citizen_phone(order->citizen, order->arena),
                   .identity = "",
                   .confidential = order->confidential},
        .words = words,
        .urgent = order->urgent,
        .taken_by = demo_staff(sim->city, "operator", order->index)->id};
    struct act_context ctx = demo_context(sim, order);
    ctx.actor = (struct actor){in.taken_by, BIT(ROLE_OPERATOR), 0, ""};
    struct received received;
    reception_receive(&in, &ctx, &received);
    order->loaded = received.c;
    order->id = received.c->order.id;
    int64_t existing = 0;
    enum status st = store_received_put(sim->db, &received, sim->now, &existing, err);
    if (!st)
        st = index_received(sim->db, &received.c->order, words, order->name, in.source_no,
                            order->arena);
    sim->taken++;
    plan_step(sim, order);
    return st;
}

/* --- what happens next ------------------------------------------------------------------------ */

static enum status play_timer(struct demo_sim *sim, struct demo_order *order, struct error *err)
{
    struct order_case *c = order->loaded;
    const struct timer *due = NULL;
    for (size_t i = 0; i < c->timer_count; i++)
        if (c->timers[i].due_at <= sim->now && (!due || c->timers[i].due_at < due->due_at))
            due = &c->timers[i];
    if (!due)
        return ST_OK;
    const struct timer timer = *due;
    struct act_context ctx = demo_context(sim, order);
    if (!lifecycle_tick(c, &ctx, &timer))
        c->order.version++; /* only the timer goes, which is a change of its own */
    return store_case_save(sim->db, c, false, sim->now, err);
}

/* What is over shall not wait for ever because a rule refused a step of its script: it is ended as
 * the state that it is in allows, once. */
static void amend(struct demo_order *order)
{
    order->step_at = 0;
    order->steps_left = 0;
    if (order->amended || !(order->script->traits & (TRAIT_OVER | TRAIT_FOLLOWS)))
        return; /* it stays as it is, which is true to life as well */
    order->amended = true;
    switch (order->loaded->order.state) {
    case ORDER_TO_DISPATCH:
        order->rest = "dispatch sign handle reply accept ok archive";
        break;
    case ORDER_IN_HAND:
    case ORDER_CALLBACK:
        order->rest = "decision archive";
        break;
    case ORDER_CONCLUDED:
        order->rest = "archive";
        break;
    default:
        return;
    }
    order->steps_left = demo_count_steps(order->rest);
}

/* The citizens of a merged order are called back with the one that goes on. */
static enum status join(struct demo_sim *sim, const struct demo_order *order)
{
    int64_t target = order->loaded->order.merged_into;
    enum status st = store_order_join(sim->db, order->id, 0, target);
    if (!st)
        st = index_order(sim->db, order->id, order->arena);
    return st ? st : index_order(sim->db, target, order->arena);
}

static enum status play_step(struct demo_sim *sim, struct demo_order *order, struct error *err)
{
    size_t length = strcspn(order->rest, " ");
    const struct demo_step *step = demo_step_find(order->rest, length);
    struct order_case *c = order->loaded;
    if (!step || !demo_step_do(sim, order, step)) {
        sim->abandoned++;
        amend(order);
        plan_step(sim, order);
        return ST_OK;
    }
    enum status st = store_case_save(sim->db, c, false, sim->now, err);
    if (!st && c->order.merged_into)
        st = join(sim, order);
    order->rest += length + (order->rest[length] == ' ');
    order->steps_left--;
    plan_step(sim, order);
    return st;
}

static void let_go(struct demo_order *order)
{
    arena_free(order->arena);
    order->arena = NULL;
    order->loaded = NULL;
}

static enum status play_next(struct demo_sim *sim, struct demo_order *order, struct error *err)
{
    int64_t at = demo_next_of(order);
    bool timer = order->timer_at && at == order->timer_at;
    /* A timer can be set for a moment that has passed: it is played now. */
    if (at > sim->now)
        sim->now = at;
    enum status st = order->id == 0 ? take(sim, order, err)
                     : timer        ? play_timer(sim, order, err)
                                    : play_step(sim, order, err);
    if (!st)
        note_timer(order);
    if (!st && demo_next_of(order) == INT64_MAX)
        let_go(order);
    demo_queue_settle(sim);
    return st;
}

enum status demo_sim_play(struct demo_sim *sim, struct db *db, size_t steps, struct error *err)
{
    enum status st = ST_OK;
    sim->db = db;
    while (!st && steps-- > 0 && !demo_sim_over(sim))
        st = play_next(sim, sim->queue[0], err);
    if (st && err->status == ST_OK)
        error_set(err, st, "the demonstration orders could not be stored: %s", status_name(st));
    if (demo_sim_over(sim) && sim->abandoned)
        log_line(LOG_DEBUG, "demo: %zu steps were refused", sim->abandoned);
    return st;
}

bool demo_sim_over(const struct demo_sim *sim)
{
    return sim->queue_count == 0 || demo_next_of(sim->queue[0]) > sim->end;
}

size_t demo_sim_taken(const struct demo_sim *sim)
{
    return sim->taken;
}

size_t demo_sim_orders(const struct demo_sim *sim)
{
    return sim->order_count;
}

struct demo_sim *demo_sim_new(struct demo_city *city)
{
    struct demo_sim *sim = calloc(1, sizeof *sim);
    if (!sim)
        return NULL;
    sim->city = city;
    sim->end = city->now;
    sim->policy = policy_default();
    sim->orders = calloc(city->size.orders + 1, sizeof *sim->orders);
    sim->queue = calloc(city->size.orders + 1, sizeof *sim->queue);
    if (!sim->orders || !sim->queue) {
        demo_sim_free(sim);
        return NULL;
    }
    sim->days = demo_days_new(city);
    demo_plan(sim);
    demo_queue_fill(sim);
    return sim;
}

void demo_sim_free(struct demo_sim *sim)
{
    if (!sim)
        return;
    for (size_t i = 0; i < sim->order_count; i++)
        arena_free(sim->orders[i].arena);
    free(sim->orders);
    free(sim->queue);
    free(sim);
}
