/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Playing the scripts: all orders, their steps and their timers on one clock, in the order in which
 * they would have happened. What the life-cycle makes of them is what is stored. */
#include "core/log.h"
#include "platform/demo/demo_sim.h"
#include "platform/domain/mask.h"
#include <sodium.h>
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
    bool hurry = c->order.limit.unit == LIMIT_HOURS || order->category->vital ||
                 order->category->life_safety;
    if (!step->office || (hurry && strcmp(step->actor, "lead") == 0))
        return at;
    return hurry ? demo_shift_time(sim->city, at) : demo_office_time(sim->city, at);
}

/* Plans the next step behind `sim->now`, so that all that are left can be done in time. */
static void plan_step(struct demo_sim *sim, struct demo_order *order, const struct order_case *c)
{
    order->step_at = 0;
    if (order->steps_left == 0)
        return;
    const struct demo_step *step = demo_step_find(order->rest, strcspn(order->rest, " "));
    if (!step)
        return;
    int64_t at = at_work(sim, order, c, step, paced(sim, c, step)), end = sim->end - LATEST;
    const struct assignment *lead = open_lead(c);
    bool settles = order->script->settle_to > 0;
    int64_t last = settles && order->last_at < end ? order->last_at : end;
    int64_t latest = last - (int64_t)(order->steps_left - 1) * LAST_STEPS_APART;
    if (step->pace == PACE_DUE && lead && at > lead->due_at && lead->due_at > sim->now)
        at = lead->due_at - demo_between(sim->city, 0, (lead->due_at - sim->now) / 4);
    if (at > latest && step->pace < PACE_LATE)
        at = sim->now + (last > sim->now ? last - sim->now : end - sim->now) /
                            (int64_t)(order->steps_left + 1);
    if (settles && order->steps_left == 1 && order->last_at > sim->now)
        at = order->last_at;
    order->step_at = at;
}

static void note_timer(struct demo_order *order, const struct order_case *c)
{
    order->timer_at = 0;
    for (size_t i = 0; i < c->timer_count; i++)
        if (order->timer_at == 0 || c->timers[i].due_at < order->timer_at)
            order->timer_at = c->timers[i].due_at;
}

/* --- intake ----------------------------------------------------------------------------------- */

static enum status put_citizen(struct demo_sim *sim, struct demo_order *order)
{
    struct person person = {.id = store_new_id(sim->db, sim->now),
                            .name = order->name,
                            .phone = order->phone,
                            .confidential = order->confidential};
    unsigned char hash[HASH_SIZE];
    crypto_generichash(hash, HASH_SIZE, (const unsigned char *)order->phone, strlen(order->phone),
                       sim->phone_key, HASH_SIZE);
    order->person_id = person.id;
    return store_person_put(sim->db, &person, hash);
}

static enum status put_appeal(struct demo_sim *sim, const struct demo_order *order,
                              const struct order *o)
{
    struct statement words = {.id = store_new_id(sim->db, sim->now), .text = order->words};
    enum status st = store_statement_put(sim->db, &words);
    /* The hotline counts its calls itself; what others send has their number. */
    bool numbered = strcmp(o->channel, "hotline12345") != 0 && strcmp(o->channel, "visit") != 0;
    struct appeal appeal = {
        .id = store_new_id(sim->db, sim->now),
        .channel = o->channel,
        .source_no =
            numbered ? arena_printf(sim->arena, "%.6s-%04zu", o->number, order->index + 1) : "",
        .kind = o->kind,
        .person_id = order->person_id,
        .statement_id = words.id,
        .place_id = o->place_id,
        .place_text = o->place_text,
        .region_code = o->region_code,
        .category_code = o->category_code,
        .received_at = o->received_at,
        .source_deadline_at = o->source_deadline_at,
        .taken_by = o->taken_by};
    int64_t existing = 0;
    return st ? st : store_appeal_put(sim->db, &appeal, o->id, &existing);
}

static enum status take(struct demo_sim *sim, struct demo_order *order, struct error *err)
{
    struct order_case *c = arena_alloc(sim->arena, sizeof *c);
    struct order *o = &c->order;
    order->id = store_new_id(sim->db, sim->now);
    *o = (struct order){
        .id = order->id,
        .kind = order->text->kind,
        .channel = order->channel->code,
        .category_code = order->category->code,
        .industry = order->category->industry,
        .region_code = order->place->region_code,
        .place_id = order->place->id,
        .place_text = order->place->name,
        .component_owner_id = order->place->owner_unit_id,
        .title = mask_title(order->words, order->name, sim->arena),
        .urgent = order->urgent,
        .confidential = order->confidential,
        .received_at = sim->now,
        .taken_by = demo_account(sim->city, order->index % 2 ? "operator2" : "operator")->id,
        .conclusion = ""};
    enum status st = store_new_number(sim->db, sim->now, o->number);
    struct act_context ctx = demo_context(sim, c);
    ctx.actor = (struct actor){o->taken_by, BIT(ROLE_OPERATOR), 0, ""};
    lifecycle_receive(c, &ctx);
    if (!st)
        st = put_citizen(sim, order);
    if (!st)
        st = store_case_save(sim->db, c, true, sim->now, err);
    if (!st)
        st = put_appeal(sim, order, o);
    plan_step(sim, order, c);
    note_timer(order, c);
    return st;
}

/* --- what happens next ------------------------------------------------------------------------ */

static enum status play_timer(struct demo_sim *sim, struct demo_order *order, struct error *err)
{
    struct order_case *c = store_case_load(sim->db, 0, order->id, sim->arena);
    if (!c)
        return error_set(err, ST_NOT_FOUND, "an order of the demonstration is gone");
    const struct timer *due = NULL;
    for (size_t i = 0; i < c->timer_count; i++)
        if (c->timers[i].due_at <= sim->now && (!due || c->timers[i].due_at < due->due_at))
            due = &c->timers[i];
    enum status st = ST_OK;
    if (due) {
        const struct timer timer = *due;
        struct act_context ctx = demo_context(sim, c);
        if (!lifecycle_tick(c, &ctx, &timer))
            c->order.version++; /* only the timer goes, which is a change of its own */
        st = store_case_save(sim->db, c, false, sim->now, err);
    }
    note_timer(order, c);
    return st;
}

static enum status play_step(struct demo_sim *sim, struct demo_order *order, struct error *err)
{
    size_t length = strcspn(order->rest, " ");
    const struct demo_step *step = demo_step_find(order->rest, length);
    struct order_case *c = store_case_load(sim->db, 0, order->id, sim->arena);
    if (!c)
        return error_set(err, ST_NOT_FOUND, "an order of the demonstration is gone");
    if (!demo_step_do(sim, order, c, step)) {
        order->step_at = 0; /* it stays as it is, which is true to life as well */
        sim->abandoned++;
        return ST_OK;
    }
    enum status st = store_case_save(sim->db, c, false, sim->now, err);
    if (!st && c->order.merged_into)
        st = store_order_join(sim->db, order->id, 0, c->order.merged_into);
    order->rest += length + (order->rest[length] == ' ');
    order->steps_left--;
    plan_step(sim, order, c);
    note_timer(order, c);
    return st;
}

/* The moment at which something happens to the order next; INT64_MAX for never. */
static int64_t next_of(const struct demo_order *order)
{
    if (order->id == 0)
        return order->received_at;
    int64_t at = order->step_at ? order->step_at : INT64_MAX;
    return order->timer_at && order->timer_at <= at ? order->timer_at : at;
}

static struct demo_order *find_next(struct demo_sim *sim)
{
    struct demo_order *next = NULL;
    for (size_t i = 0; i < sim->order_count; i++)
        if (!next || next_of(&sim->orders[i]) < next_of(next))
            next = &sim->orders[i];
    return next;
}

static enum status play(struct demo_sim *sim, struct error *err,
                        void (*progress)(void *user, const char *what, size_t done, size_t total),
                        void *user)
{
    enum status st = ST_OK;
    size_t taken = 0;
    for (;;) {
        struct demo_order *order = find_next(sim);
        if (st || !order || next_of(order) > sim->end)
            return st;
        arena_reset(sim->arena);
        bool timer = order->timer_at && next_of(order) == order->timer_at;
        /* A timer can be set for a moment that has passed: it is played now. */
        if (next_of(order) > sim->now)
            sim->now = next_of(order);
        if (order->id == 0) {
            st = take(sim, order, err);
            if (progress && ++taken % 10 == 0)
                progress(user, "orders", taken, sim->order_count);
        } else if (timer) {
            st = play_timer(sim, order, err);
        } else {
            st = play_step(sim, order, err);
        }
    }
}

/* The platform looks citizens up by this key; it is made with the database, as the platform does.
 */
static enum status make_phone_key(struct demo_sim *sim)
{
    char hex[HASH_SIZE * 2 + 1];
    size_t n = 0;
    const char *kept = store_meta_get(sim->db, "phone_key", sim->arena);
    if (kept)
        return sodium_hex2bin(sim->phone_key, HASH_SIZE, kept, strlen(kept), NULL, &n, NULL) ||
                       n != HASH_SIZE
                   ? ST_CORRUPT
                   : ST_OK;
    randombytes_buf(sim->phone_key, HASH_SIZE);
    sodium_bin2hex(hex, sizeof hex, sim->phone_key, HASH_SIZE);
    return store_meta_set(sim->db, "phone_key", hex);
}

enum status demo_orders_make(struct demo_city *city, struct db *db, int64_t now, struct error *err,
                             void (*progress)(void *user, const char *what, size_t done,
                                              size_t total),
                             void *user)
{
    struct demo_sim *sim = calloc(1, sizeof *sim);
    if (!sim || !(sim->arena = arena_new())) {
        free(sim);
        return error_set(err, ST_NO_MEMORY, "out of memory");
    }
    sim->city = city;
    sim->db = db;
    sim->end = now;
    sim->policy = policy_default();
    enum status st = make_phone_key(sim);
    if (!st) {
        demo_plan(sim);
        st = play(sim, err, progress, user);
    }
    if (sim->abandoned)
        log_line(LOG_DEBUG, "demo: %zu scripts ended early", sim->abandoned);
    if (st && err->status == ST_OK)
        error_set(err, st, "the demonstration orders could not be stored: %s", status_name(st));
    arena_free(sim->arena);
    free(sim);
    return st;
}
