/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /orders: lists, one order, its events, why. */
#include "core/clock.h"
#include "core/number.h"
#include "platform/api/api_private.h"
#include "platform/domain/why.h"
#include <inttypes.h>
#include <string.h>

enum { PAGE_MAX = 200 };

static const struct field_spec list_fields[] = {
    {"view", FIELD_LINE, false, 1, 32, {"view", "视图"}, NULL},
    {"after", FIELD_LINE, false, 1, 48, {"after", "起点"}, NULL},
    {"limit", FIELD_INT, false, 1, PAGE_MAX, {"limit", "条数"}, NULL},
    {"state", FIELD_LINE, false, 1, 32, {"state", "状态"}, NULL},
    {"category", FIELD_CATEGORY, false, 0, 0, {"category", "事项"}, NULL},
    {"unclassified", FIELD_BOOL, false, 0, 0, {"without a category", "未分类"}, NULL},
    {"region", FIELD_LINE, false, 6, 15, {"region", "区域"}, NULL},
    {"street", FIELD_LINE, false, 6, 9, {"street or town", "街道乡镇"}, NULL},
    {"industry", FIELD_LINE, false, 1, 32, {"industry", "行业"}, NULL},
    {"channel", FIELD_LINE, false, 1, 32, {"channel", "渠道"}, NULL},
    {"unit", FIELD_UNIT, false, 0, 0, {"unit", "单位"}, NULL},
    {"lead", FIELD_ID, false, 0, INT64_C(1) << 53, {"lead unit", "主办单位"}, NULL},
    {"card", FIELD_LINE, false, 1, 16, {"card", "时限牌"}, NULL},
    {"unsatisfied", FIELD_BOOL, false, 0, 0, {"unsatisfied", "不满意"}, NULL},
    {"open", FIELD_BOOL, false, 0, 0, {"open", "未办结"}, NULL},
    {"concluded", FIELD_BOOL, false, 0, 0, {"concluded", "已办结"}, NULL},
    {"conclusion", FIELD_LINE, false, 1, 16, {"conclusion", "办结方式"}, NULL},
    {"q", FIELD_LINE, false, 1, 100, {"words", "检索词"}, NULL},
    {"place", FIELD_PLACE, false, 0, 0, {"place", "地点"}, NULL},
    {"from", FIELD_DATE, false, 0, 0, {"received from", "受理起"}, NULL},
    {"to", FIELD_DATE, false, 0, 0, {"received to", "受理止"}, NULL},
};

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

/* Narrows it by words, place and days of receipt. */
static bool narrow_found(struct call *call, struct order_filter *filter)
{
    const struct field_values *q = &call->query;
    char number[ORDER_NUMBER_SIZE];
    filter->place_id = field_number(q, "place", 0);
    if (field_present(q, "from"))
        filter->received_from = clock_day_start((int32_t)field_number(q, "from", 0));
    if (field_present(q, "to"))
        filter->received_to = clock_day_start((int32_t)field_number(q, "to", 0) + 1);
    if (!field_present(q, "q"))
        return true;
    filter->text = field_text(q, "q");
    if (order_number_complete(filter->text, call->now, number))
        filter->number = arena_strdup(call->arena, number);
    return call_searchable(call, "q", filter->text);
}

/* Narrows the view's filter by what the query asks for. */
static bool narrow(struct call *call, struct order_filter *filter)
{
    const struct field_values *q = &call->query;
    if (field_present(q, "state")) {
        int state = word_find(WORDS_ORDER_STATE, field_text(q, "state"));
        if (state < 0)
            return call_problem(call, PROBLEM_FIELD_REFERENCE, "state", "state", NULL, NULL);
        filter->states = filter->states ? filter->states & BIT(state) : BIT(state);
        if (filter->states == 0)
            filter->states = BIT(31); /* no such state: an empty list */
    }
    if (field_present(q, "card")) {
        int card = word_find(WORDS_CARD, field_text(q, "card"));
        if (card < 0)
            return call_problem(call, PROBLEM_FIELD_REFERENCE, "card", "card", NULL, NULL);
        filter->card = 1 + card;
    }
    if (field_present(q, "category"))
        filter->category_code = or_null(field_text(q, "category"));
    if (field_number(q, "unclassified", 0))
        filter->category_code = "-";
    if (field_present(q, "region"))
        filter->region_code = or_null(field_text(q, "region"));
    if (field_present(q, "street"))
        filter->street_code = or_null(field_text(q, "street"));
    if (field_present(q, "industry"))
        filter->industry = or_null(field_text(q, "industry"));
    if (field_present(q, "channel"))
        filter->channel = or_null(field_text(q, "channel"));
    filter->unit_id = field_number(q, "unit", filter->unit_id);
    if (field_present(q, "lead")) {
        int64_t lead = field_number(q, "lead", 0);
        if (lead && !reference_unit(&call->api->reference, lead))
            return call_problem(call, PROBLEM_FIELD_REFERENCE, "lead", "lead", NULL, NULL);
        filter->lead_unit_id = lead ? lead : -1;
    }
    filter->unsatisfied = filter->unsatisfied || field_number(q, "unsatisfied", 0);
    filter->concluded = field_number(q, "concluded", 0) != 0;
    filter->conclusion = or_null(field_text(q, "conclusion"));
    filter->open_only = filter->open_only || field_number(q, "open", 0);
    return narrow_found(call, filter);
}

bool call_cursor(struct call *call, int64_t *key, int64_t *id)
{
    const char *text = field_text(&call->query, "after");
    *key = *id = 0;
    if (!*text)
        return true;
    size_t n = strcspn(text, ".");
    if (text[n] == '.' && text_integer(arena_strndup(call->arena, text, n), key) &&
        text_integer(text + n + 1, id))
        return true;
    return call_problem(call, PROBLEM_FIELD_FORMAT, "after", "after", text, NULL);
}

static bool get_orders(struct call *call)
{
    const char *name =
        field_present(&call->query, "view") ? field_text(&call->query, "view") : "all";
    const struct view *view = view_find(name, call->account->roles);
    if (!view)
        return call_problem(call, PROBLEM_NOT_FOUND, "view", NULL, NULL, NULL);
    struct order_filter filter = view->filter;
    if (strcmp(view->name, "mine") == 0)
        filter.taken_by = call->account->id;
    int64_t key, id;
    if (!narrow(call, &filter) || !call_cursor(call, &key, &id))
        return false;
    struct order_page page = {0};
    size_t limit = (size_t)field_number(&call->query, "limit", call->api->settings.page_orders);
    if (store_orders(call->db, call->account->id, &filter, view->newest_first, key, id, limit,
                     call->arena, &page))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "items");
    for (size_t i = 0; i < page.count; i++)
        cJSON_AddItemToArray(items, render_row(call, &page.orders[i]));
    const char *next = NULL;
    if (page.more)
        next = arena_printf(call->arena, "%" PRId64 ".%" PRId64, page.next_key, page.next_id);
    json_add_text(call->answer, "next", next);
    return true;
}

static bool get_order(struct call *call)
{
    call->show_order = call_order_id(call);
    return call->show_order > 0 || call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL, NULL);
}

static bool get_events(struct call *call)
{
    const struct order_case *c = call_order(call);
    if (!c)
        return false;
    call->answer = cJSON_CreateObject();
    cJSON_AddItemToObject(call->answer, "items", render_events(call, c));
    return true;
}

static const struct field_choice why_choices[] = {
    {"deadline", {"deadline", "时限"}},     {"state", {"state", "状态"}},
    {"suggestion", {"suggestion", "建议"}}, {"mask", {"mask", "脱敏"}},
    {"action", {"action", "操作"}},         {NULL, {NULL, NULL}}};
static const struct field_spec why_fields[] = {
    {"of", FIELD_CHOICE, true, 0, 0, {"of", "对象"}, why_choices},
    {"action", FIELD_LINE, false, 1, 40, {"action", "操作"}, NULL},
};

static void why_suggestion(struct call *call, const struct order *order, cJSON *lines)
{
    struct matter matter = {order->category_code, order->region_code, order->component_owner_id,
                            call->now};
    cJSON *found = render_suggestions(call, &matter);
    const cJSON *item;
    cJSON_ArrayForEach(item, found)
    {
        const char *unit = json_text(cJSON_GetObjectItem(item, "unit"), "name", "");
        const char *reason = json_text(item, "reason", "");
        const struct bilingual said = {arena_printf(call->arena, "%s: %s", unit, reason),
                                       arena_printf(call->arena, "%s：%s", unit, reason)};
        const char *line = call_text(call, said);
        cJSON_AddItemToArray(lines, cJSON_CreateString(line));
        if (json_bool(item, "boundary", false))
            cJSON_AddItemToArray(
                lines, cJSON_CreateString(call_text(
                           call, (struct bilingual){"Another unit is as specific: a boundary case.",
                                                    "另有单位同等对应：属交界事项。"})));
    }
    if (cJSON_GetArraySize(found) == 0)
        cJSON_AddItemToArray(
            lines, cJSON_CreateString(call_text(
                       call, (struct bilingual){"No responsibility row fits this matter and place.",
                                                "没有与此事项和地点对应的权责条目。"})));
    cJSON_Delete(found);
}

static bool get_why(struct call *call)
{
    const struct order_case *c = call_order(call);
    if (!c)
        return false;
    const char *of = field_text(&call->query, "of");
    const char *action = field_text(&call->query, "action");
    struct act_context ctx = call_context(call, &c->order);
    struct why why = {.count = 0};
    call->answer = cJSON_CreateObject();
    cJSON *lines = cJSON_AddArrayToObject(call->answer, "lines");
    if (strcmp(of, "deadline") == 0)
        why_deadline(c, &ctx, &why);
    else if (strcmp(of, "state") == 0)
        why_state(c, &ctx, &why);
    else if (strcmp(of, "mask") == 0)
        why_mask(c, &ctx, &why);
    else if (strcmp(of, "action") == 0 && !*action)
        return call_problem(call, PROBLEM_FIELD_MISSING, "action", "action", NULL, NULL);
    else if (strcmp(of, "action") == 0 && !action_find(action))
        return call_problem(call, PROBLEM_NO_SUCH_ACTION, "action", action, NULL, NULL);
    else if (strcmp(of, "action") == 0)
        why_action(c, &ctx, action, &why);
    else
        why_suggestion(call, &c->order, lines);
    for (size_t i = 0; i < why.count; i++)
        cJSON_AddItemToArray(lines, cJSON_CreateString(call_text(call, why.lines[i])));
    return true;
}

static const struct route routes[] = {
    {API_GET, "orders", 0, 0, FIELDS(list_fields), NO_FIELDS, get_orders},
    {API_GET, "orders/*", 0, 0, NO_FIELDS, NO_FIELDS, get_order},
    {API_GET, "orders/*/events", 0, 0, NO_FIELDS, NO_FIELDS, get_events},
    {API_GET, "orders/*/why", 0, 0, FIELDS(why_fields), NO_FIELDS, get_why},
};
const struct route_table routes_orders = {FIELDS(routes)};
