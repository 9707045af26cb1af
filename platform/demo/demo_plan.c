/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who says what about which place, when, and by which channel. */
#include "core/clock.h"
#include "platform/demo/demo_sim.h"
#include <string.h>

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, OPENING_MINUTE = 8 * 60 + 30 };
enum {
    CITIZENS_LEAST = 220,
    CITIZENS_MOST = 9000, /* fewer than there are numbers for them */
    TRIES = 400,
    ORDERS_A_COPY = 10000, /* of what goes on now there is one copy more for so many orders */
    AGAIN_ONE_IN = 16,
    AGAIN_DAYS = 90
};

int64_t demo_office_time(struct demo_city *city, int64_t at)
{
    int32_t day = clock_day(at);
    int64_t minute = (at - clock_day_start(day)) / MINUTE;
    if (calendar_is_worked(city->calendar, day)) {
        if (minute >= OPENING_MINUTE && minute < WORKTIME_CLOSING_MINUTE)
            return at;
        if (minute < OPENING_MINUTE)
            day--;
    }
    do
        day++;
    while (!calendar_is_worked(city->calendar, day) && day < CALENDAR_DAYS);
    return clock_day_start(day) + (OPENING_MINUTE + demo_between(city, 0, 120)) * (int64_t)MINUTE +
           demo_between(city, 0, MINUTE - 1);
}

int64_t demo_shift_time(struct demo_city *city, int64_t at)
{
    int32_t day = clock_day(at);
    int64_t minute = (at - clock_day_start(day)) / MINUTE;
    if (minute >= 7 * 60 && minute < 22 * 60)
        return at;
    if (minute >= 22 * 60)
        day++;
    return clock_day_start(day) + 7 * HOUR + demo_between(city, 0, 60 * MINUTE);
}

/* True if the code begins with one of the prefixes; "" has all. */
static bool has_prefix(const char *code, const char *prefixes)
{
    if (!*prefixes)
        return true;
    while (*prefixes) {
        size_t n = strcspn(prefixes, " ");
        if (strncmp(code, prefixes, n) == 0)
            return true;
        prefixes += n + (prefixes[n] == ' ');
    }
    return false;
}

/* --- matter and place ---------------------------------------------------------------------------
 */

static bool text_fits(const struct demo_script *script, const struct demo_text *text)
{
    const struct category *category = text->category;
    bool ask =
        text->kind == KIND_CONSULT || text->kind == KIND_SUGGESTION || text->kind == KIND_PRAISE;
    if (!category || !has_prefix(text->category_code, script->categories))
        return false;
    if ((script->traits & TRAIT_ASK) ? !ask : text->kind == KIND_PRAISE)
        return false;
    /* A question's one working day is too short for what takes its time. */
    if ((script->traits & TRAIT_DAYS) &&
        (text->kind == KIND_CONSULT || category->life_safety || category->vital ||
         (category->limit.n > 0 && category->limit.unit == LIMIT_HOURS)))
        return false;
    for (size_t i = 0; i < text->sites->places.count; i++)
        if (has_prefix(text->sites->places.items[i]->region_code, script->region))
            return true;
    return false;
}

/* One of the texts that fit, what has its season more often. */
static const struct demo_text *choose_text(struct demo_sim *sim, const struct demo_script *script,
                                           int64_t at)
{
    struct demo_city *city = sim->city;
    size_t season = demo_season(clock_day(at)), total = 0;
    const struct demo_text *chosen = NULL;
    for (size_t i = 0; i < city->texts.count; i++) {
        const struct demo_text *text = &city->texts.items[i];
        size_t weight = text->weights[season];
        if (weight == 0 || !text_fits(script, text))
            continue;
        total += weight;
        if (demo_random(city, total) < weight)
            chosen = text;
    }
    return chosen;
}

static const struct place *choose_place(struct demo_city *city, const struct demo_script *script,
                                        const struct demo_text *text)
{
    size_t count = text->sites->places.count, seen = 0;
    const struct place *const *places = text->sites->places.items, *chosen = NULL;
    for (int try = 0; try < TRIES; try++) {
        const struct place *place = places[demo_skewed(city, count)];
        if (has_prefix(place->region_code, script->region))
            return place;
    }
    for (size_t i = 0; i < count; i++)
        if (has_prefix(places[i]->region_code, script->region) && demo_random(city, ++seen) == 0)
            chosen = places[i];
    return chosen;
}

/* The same place, or one beside it: who calls about one incident stands here or there. */
static const struct place *near_place(struct demo_city *city, const struct demo_order *other)
{
    size_t count = other->text->sites->places.count;
    const struct place *const *places = other->text->sites->places.items;
    for (size_t i = 0; i < count; i++) {
        if (places[i] != other->place)
            continue;
        size_t next = i + demo_random(city, 3);
        bool near =
            next < count && strncmp(places[next]->region_code, other->place->region_code, 12) == 0;
        return near ? places[next] : other->place;
    }
    return other->place;
}

/* --- citizen and channel ------------------------------------------------------------------------
 */

static size_t choose_citizen(struct demo_city *city)
{
    size_t citizens = city->size.orders / 2;
    if (citizens < CITIZENS_LEAST)
        citizens = CITIZENS_LEAST;
    return demo_skewed(city, citizens < CITIZENS_MOST ? citizens : CITIZENS_MOST);
}

static const struct channel *choose_channel(struct demo_city *city, const struct category *category)
{
    static const struct {
        const char *code;
        size_t weight;
    } weights[] = {{"hotline12345", 52}, {"wechat_today", 10}, {"app_cloud", 8},
                   {"mini_yehaoban", 8}, {"hotline12315", 4},  {"supervision_net", 4},
                   {"province", 3},      {"police110", 3},     {"mayor_mail", 2},
                   {"people_board", 2},  {"letter", 2},        {"visit", 2}};
    const char *code = "";
    size_t total = 0;
    for (size_t i = 0; i < sizeof weights / sizeof weights[0]; i++) {
        total += weights[i].weight;
        if (demo_random(city, total) < weights[i].weight)
            code = weights[i].code;
    }
    if (strcmp(category->industry, "consumer") == 0 && demo_random(city, 3) == 0)
        code = "hotline12315";
    for (size_t i = 0; i < city->channels.count; i++)
        if (strcmp(city->channels.items[i].code, code) == 0)
            return &city->channels.items[i];
    return &city->channels.items[0];
}

/* --- moments ---------------------------------------------------------------------------------- */

/* The latest moment, at least six hours ago, from which the limit is yellow now. */
static int64_t yellow_since(const struct demo_sim *sim, const struct demo_text *text)
{
    enum { LONGEST = 40 * 24 };
    const struct calendar *calendar = sim->city->calendar;
    struct limit limit =
        text->category->limit.n > 0 ? text->category->limit : sim->policy.by_kind[text->kind];
    for (int hours = 6; hours < LONGEST; hours++) {
        int64_t at = sim->end - hours * (int64_t)HOUR;
        int64_t deadline = worktime_deadline(calendar, at, limit);
        if (sim->end < deadline && sim->end >= worktime_days_before(calendar, deadline, 1))
            return at;
    }
    return sim->end - 24 * (int64_t)HOUR;
}

static int64_t choose_moment(struct demo_sim *sim, const struct demo_order *order, bool whole)
{
    const struct demo_script *script = order->script;
    struct demo_city *city = sim->city;
    int64_t youngest = order->last_at - script->age_from * (int64_t)HOUR - 5 * MINUTE;
    int64_t oldest = order->last_at - script->age_to * (int64_t)HOUR - 5 * MINUTE;
    if (whole)
        oldest = sim->end - city->size.days * (int64_t)24 * HOUR;
    return script->age_from >= 48 || whole ? demo_days_choose(city, sim->days, oldest, youngest)
                                           : demo_between(city, oldest, youngest);
}

/* --- all orders ------------------------------------------------------------------------------- */

size_t demo_count_steps(const char *steps)
{
    size_t count = *steps != '\0';
    for (; *steps; steps++)
        count += *steps == ' ';
    return count;
}

/* An order that another one follows: two follow each of those that wait now, and of those that are
 * over some have many. */
static const struct demo_order *find_target(struct demo_sim *sim, int nth, bool whole)
{
    int seen = 0;
    if (whole && sim->leads.count > 0) {
        size_t span = sim->leads.count < 40 ? sim->leads.count : 40;
        return sim->leads.items[sim->leads.count - 1 - demo_skewed(sim->city, span)];
    }
    for (size_t i = 0; i < sim->order_count; i++)
        if (strcmp(sim->orders[i].script->name, "signed") == 0 && seen++ == nth / 2)
            return &sim->orders[i];
    return NULL;
}

/* Somebody calls again about what was over, or so the unit had thought. */
static void make_again(struct demo_sim *sim, struct demo_order *order)
{
    for (int try = 0; try < TRIES; try++) {
        const struct demo_order *before = &sim->orders[demo_random(sim->city, sim->order_count)];
        int64_t apart = order->received_at - before->received_at;
        if (apart < 24 * (int64_t)HOUR || apart > AGAIN_DAYS * (int64_t)24 * HOUR ||
            !(before->script->traits & TRAIT_OVER) || before->text->kind == KIND_PRAISE ||
            !text_fits(order->script, before->text))
            continue;
        order->text = before->text;
        order->place = before->place;
        order->citizen = before->citizen;
        order->again = true;
        return;
    }
}

static void choose_matter(struct demo_sim *sim, struct demo_order *order, bool whole)
{
    struct demo_city *city = sim->city;
    if (order->target) {
        order->text = order->target->text;
        order->place = near_place(city, order->target);
        order->received_at = order->target->received_at + demo_between(city, 12, 90) * MINUTE;
        return;
    }
    if (order->script->traits & TRAIT_YELLOW)
        order->text = choose_text(sim, order->script, sim->end);
    else
        order->received_at = choose_moment(sim, order, whole);
    if (!order->text)
        order->text = choose_text(sim, order->script, order->received_at);
    if (!order->text)
        return;
    order->place = choose_place(city, order->script, order->text);
    if (order->script->traits & TRAIT_YELLOW)
        order->received_at = yellow_since(sim, order->text) - demo_between(city, 0, 20) * MINUTE;
}

/* `whole`: it may have come at any time, not only in the ages that the script tells. */
static void plan_order(struct demo_sim *sim, const struct demo_script *script, int nth, bool whole)
{
    struct demo_city *city = sim->city;
    struct demo_order order = {.script = script, .index = sim->order_count, .name = ""};
    order.settles = script->settle_to > 0 && !whole;
    order.last_at = sim->end;
    if (order.settles)
        order.last_at -= demo_between(city, script->settle_from, script->settle_to) * MINUTE;
    if (script->traits & TRAIT_FOLLOWS) {
        order.target = find_target(sim, nth, whole);
        if (!order.target)
            return;
    }
    order.citizen = choose_citizen(city);
    choose_matter(sim, &order, whole);
    if (!order.text || !order.place)
        return;
    if (whole && !order.target && demo_random(city, AGAIN_ONE_IN) == 0)
        make_again(sim, &order);
    order.channel = choose_channel(city, order.text->category);
    /* Who reports somebody may ask not to be named. */
    order.confidential = order.text->kind == KIND_REPORT && demo_random(city, 4) == 0;
    order.urgent = order.text->category->life_safety && demo_random(city, 3) == 0;
    order.rest = script->steps;
    order.steps_left = demo_count_steps(order.rest);
    struct demo_order *kept = &sim->orders[sim->order_count++];
    *kept = order;
    if (script->traits & TRAIT_LEADS)
        *DEMO_ADD(city->arena, sim->leads) = kept;
}

static const struct demo_script *choose_script(struct demo_city *city)
{
    const struct demo_script *chosen = NULL;
    size_t total = 0;
    for (size_t i = 0; i < demo_script_count; i++) {
        size_t share = (size_t)demo_scripts[i].share;
        total += share;
        if (share && demo_random(city, total) < share)
            chosen = &demo_scripts[i];
    }
    return chosen;
}

void demo_plan(struct demo_sim *sim)
{
    size_t most = sim->city->size.orders;
    int copies = 1 + (int)(most / ORDERS_A_COPY);
    for (size_t i = 0; i < demo_script_count; i++) {
        const struct demo_script *script = &demo_scripts[i];
        int count = script->count * (script->traits & TRAIT_OVER ? 1 : copies);
        for (int n = 0; n < count && sim->order_count < most; n++)
            plan_order(sim, script, n, false);
    }
    for (size_t tries = 2 * most; sim->order_count < most && tries > 0; tries--)
        plan_order(sim, choose_script(sim->city), 0, true);
}
