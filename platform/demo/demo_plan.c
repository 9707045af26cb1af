/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who says what about which place, when, and by which channel. */
#include "core/buf.h"
#include "core/clock.h"
#include "platform/demo/demo_sim.h"
#include <inttypes.h>
#include <string.h>

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, OPENING_MINUTE = 8 * 60 + 30 };
enum { CITIZENS = 220 };

int64_t demo_between(struct demo_city *city, int64_t from, int64_t to)
{
    return to > from ? from + (int64_t)demo_random(city, (size_t)(to - from + 1)) : from;
}

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

static bool place_fits(const struct demo_script *script, const struct demo_text *text,
                       const struct place *place)
{
    return strcmp(place->kind, text->place_kind) == 0 &&
           has_prefix(place->region_code, script->region) && strstr(place->name, text->place_word);
}

/* --- matter and place ---------------------------------------------------------------------------
 */

static bool text_fits(const struct demo_city *city, const struct demo_script *script,
                      const struct demo_text *text)
{
    const struct category *category = demo_category(city, text->category_code);
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
    for (size_t i = 0; i < city->places.count; i++)
        if (place_fits(script, text, &city->places.items[i]))
            return true;
    return false;
}

/* The text that was said least often so far; any of them when several were. */
static const struct demo_text *choose_text(struct demo_sim *sim, const struct demo_script *script)
{
    const struct demo_text *best = NULL;
    size_t best_said = SIZE_MAX, equals = 0;
    for (size_t i = 0; i < sim->city->texts.count; i++) {
        const struct demo_text *text = &sim->city->texts.items[i];
        if (!text_fits(sim->city, script, text))
            continue;
        size_t said = 0;
        for (size_t k = 0; k < sim->order_count; k++)
            said += sim->orders[k].text == text;
        if (said < best_said)
            equals = 0;
        if (said > best_said)
            continue;
        best_said = said;
        if (demo_random(sim->city, ++equals) == 0)
            best = text;
    }
    return best;
}

static const struct place *choose_place(struct demo_city *city, const struct demo_script *script,
                                        const struct demo_text *text)
{
    const struct place *chosen = NULL;
    size_t seen = 0;
    for (size_t i = 0; i < city->places.count; i++) {
        const struct place *place = &city->places.items[i];
        if (place_fits(script, text, place) && demo_random(city, ++seen) == 0)
            chosen = place;
    }
    return chosen;
}

/* --- citizen and channel ------------------------------------------------------------------------
 */

static void choose_citizen(struct demo_city *city, struct demo_order *order)
{
    static const char *const families[] = {"王", "李", "张", "刘", "陈", "杨", "黄",
                                           "赵", "吴", "周", "徐", "孙", "马", "朱",
                                           "胡", "林", "郭", "何", "高", "罗"};
    static const char *const given[] = {"秀英", "建华", "国强", "丽娟", "志刚", "玉兰",
                                        "海波", "晓燕", "德明", "春梅", "文斌", "桂香",
                                        "永福", "小红", "长江", "金花"};
    size_t citizen = demo_random(city, CITIZENS);
    order->name =
        arena_printf(city->arena, "%s%s", families[citizen % 20], given[citizen * 7 / 20 % 16]);
    order->phone = arena_printf(city->arena, "1380000%04zu", 1000 + citizen * 37);
    /* Who reports somebody may ask not to be named. */
    order->confidential = order->text->kind == KIND_REPORT && demo_random(city, 4) == 0;
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

/* The citizen's words with the slots filled: {place}, {name}, {phone}. */
static const char *fill_words(struct demo_city *city, const struct demo_order *order)
{
    struct buf out = BUF_EMPTY;
    for (const char *p = order->text->words; *p;) {
        size_t n = strcspn(p, "{");
        buf_add(&out, p, n);
        p += n;
        if (strncmp(p, "{place}", 7) == 0)
            buf_add_text(&out, order->place->name), p += 7;
        else if (strncmp(p, "{name}", 6) == 0)
            buf_add_text(&out, order->name), p += 6;
        else if (strncmp(p, "{phone}", 7) == 0)
            buf_printf(&out, "1380000%04zu", demo_random(city, 1000)), p += 7;
        else if (*p)
            buf_add(&out, p++, 1);
    }
    const char *words = arena_strdup(city->arena, out.data ? out.data : "");
    buf_free(&out);
    return words;
}

/* --- moments ---------------------------------------------------------------------------------- */

/* The latest moment, at least six hours ago, from which the limit is yellow now. */
static int64_t yellow_since(const struct demo_sim *sim, const struct demo_order *order)
{
    enum { LONGEST = 40 * 24 };
    const struct calendar *calendar = sim->city->calendar;
    struct limit limit = order->category->limit.n > 0 ? order->category->limit
                                                      : sim->policy.by_kind[order->text->kind];
    for (int hours = 6; hours < LONGEST; hours++) {
        int64_t at = sim->end - hours * (int64_t)HOUR;
        int64_t deadline = worktime_deadline(calendar, at, limit);
        if (sim->end < deadline && sim->end >= worktime_days_before(calendar, deadline, 1))
            return at;
    }
    return sim->end - 24 * (int64_t)HOUR;
}

static int64_t choose_moment(struct demo_sim *sim, const struct demo_order *order)
{
    const struct demo_script *script = order->script;
    struct demo_city *city = sim->city;
    if (order->target)
        return order->target->received_at + demo_between(city, 20, 90) * MINUTE;
    if (script->traits & TRAIT_YELLOW)
        return yellow_since(sim, order) - demo_between(city, 0, 20) * MINUTE;
    int64_t youngest = script->age_from * (int64_t)HOUR + 5 * MINUTE;
    int64_t at = order->last_at -
                 demo_between(city, youngest,
                              youngest + (script->age_to - script->age_from) * (int64_t)HOUR);
    /* Long ago it was between seven in the morning and ten in the evening. */
    if (script->age_from >= 48)
        at = clock_day_start(clock_day(at)) + demo_between(city, 7 * HOUR, 22 * HOUR);
    return at;
}

/* --- all orders ------------------------------------------------------------------------------- */

static size_t count_steps(const char *steps)
{
    size_t count = *steps != '\0';
    for (; *steps; steps++)
        count += *steps == ' ';
    return count;
}

/* The orders that say the same as one of the script "signed", two to each. */
static const struct demo_order *find_target(const struct demo_sim *sim, int nth)
{
    int seen = 0;
    for (size_t i = 0; i < sim->order_count; i++)
        if (strcmp(sim->orders[i].script->name, "signed") == 0 && seen++ == nth / 2)
            return &sim->orders[i];
    return NULL;
}

static void plan_order(struct demo_sim *sim, const struct demo_script *script, int nth)
{
    struct demo_city *city = sim->city;
    struct demo_order order = {.script = script, .index = sim->order_count};
    if (script->traits & TRAIT_FOLLOWS)
        order.target = find_target(sim, nth);
    order.text = order.target ? order.target->text : choose_text(sim, script);
    if (!order.text)
        return;
    order.place = order.target ? order.target->place : choose_place(city, script, order.text);
    order.category = demo_category(city, order.text->category_code);
    choose_citizen(city, &order);
    order.channel = choose_channel(city, order.category);
    order.words = fill_words(city, &order);
    order.urgent = order.category->life_safety && demo_random(city, 3) == 0;
    order.last_at = sim->end - demo_between(city, script->settle_from, script->settle_to) * MINUTE;
    order.received_at = choose_moment(sim, &order);
    order.rest = script->steps;
    while (order.rest[0] && order.rest[strlen(order.rest) - 1] == ' ')
        order.rest = arena_strndup(city->arena, order.rest, strlen(order.rest) - 1);
    order.steps_left = count_steps(order.rest);
    sim->orders[sim->order_count++] = order;
}

void demo_plan(struct demo_sim *sim)
{
    for (size_t i = 0; i < demo_script_count; i++)
        for (int n = 0; n < demo_scripts[i].count && sim->order_count < DEMO_ORDERS; n++)
            plan_order(sim, &demo_scripts[i], n);
}
