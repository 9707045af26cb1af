/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders, from a row of a list to the whole record. */
#include "client/client_private.h"

static int fact(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : -1;
}

static void appeals_read(struct arena *arena, const cJSON *json, struct mq_order_detail *detail)
{
    const cJSON *array = part_array(json, "appeals", &detail->appeal_count), *item;
    struct mq_appeal *rows = arena_alloc(arena, detail->appeal_count * sizeof *rows);
    detail->appeals = rows;
    cJSON_ArrayForEach(item, array)
    {
        *rows++ = part_appeal(arena, item);
    }
}

static void assignments_read(struct arena *arena, const cJSON *json, struct mq_order_detail *detail)
{
    const cJSON *array = part_array(json, "assignments", &detail->assignment_count), *item;
    struct mq_assignment *rows = arena_alloc(arena, detail->assignment_count * sizeof *rows);
    detail->assignments = rows;
    cJSON_ArrayForEach(item, array)
    {
        *rows++ = (struct mq_assignment){
            .id = json_int(item, "id", 0),
            .unit = part_ref(arena, item, "unit"),
            .lead = json_bool(item, "lead", false),
            .late = json_bool(item, "late", false),
            .round = part_small(item, "round", 0),
            .state = part_text(arena, item, "state"),
            .state_label = part_text(arena, item, "state_label"),
            .result = part_text(arena, item, "result"),
            .reply = part_text(arena, item, "reply"),
            .return_reason = part_text(arena, item, "return_reason"),
            .return_reason_label = part_text(arena, item, "return_reason_label"),
            .offered_at = json_time(item, "offered_at"),
            .sign_by = json_time(item, "sign_by"),
            .due_at = json_time(item, "due_at"),
            .signed_at = json_time(item, "signed_at"),
            .replied_at = json_time(item, "replied_at"),
        };
    }
}

static void objections_read(struct arena *arena, const cJSON *json, struct mq_order_detail *detail)
{
    const cJSON *array = part_array(json, "objections", &detail->objection_count), *item;
    struct mq_objection *rows = arena_alloc(arena, detail->objection_count * sizeof *rows);
    detail->objections = rows;
    cJSON_ArrayForEach(item, array)
    {
        *rows++ = (struct mq_objection){
            .id = json_int(item, "id", 0),
            .unit = part_ref(arena, item, "unit"),
            .proposed = part_ref(arena, item, "proposed"),
            .ruled = part_ref(arena, item, "ruled"),
            .state = part_text(arena, item, "state"),
            .state_label = part_text(arena, item, "state_label"),
            .reason = part_text(arena, item, "reason"),
            .outcome = part_text(arena, item, "outcome"),
            .ruling = part_text(arena, item, "ruling"),
        };
    }
}

static void callbacks_read(struct arena *arena, const cJSON *json, struct mq_order_detail *detail)
{
    const cJSON *array = part_array(json, "callbacks", &detail->callback_count), *item;
    struct mq_callback *rows = arena_alloc(arena, detail->callback_count * sizeof *rows);
    detail->callbacks = rows;
    cJSON_ArrayForEach(item, array)
    {
        *rows++ = (struct mq_callback){
            .round = part_small(item, "round", 0),
            .reached = fact(item, "reached"),
            .solved = fact(item, "solved"),
            .satisfied = fact(item, "satisfied"),
            .promised_on = part_text(arena, item, "promised_on"),
            .way_label = part_text(arena, item, "way_label"),
            .by = part_name(arena, item, "by"),
            .note = part_text(arena, item, "note"),
            .at = json_time(item, "at"),
        };
    }
}

static void allowed_read(struct arena *arena, const cJSON *json, struct mq_order_detail *detail)
{
    const cJSON *array = part_array(json, "actions", &detail->action_count), *item, *value;
    struct mq_allowed *rows = arena_alloc(arena, detail->action_count * sizeof *rows);
    detail->actions = rows;
    cJSON_ArrayForEach(item, array)
    {
        const cJSON *defaults = cJSON_GetObjectItemCaseSensitive(item, "defaults");
        size_t count = cJSON_IsObject(defaults) ? (size_t)cJSON_GetArraySize(defaults) : 0;
        struct mq_default *values = arena_alloc(arena, count * sizeof *values);
        *rows++ = (struct mq_allowed){
            .name = part_text(arena, item, "name"),
            .label = part_text(arena, item, "label"),
            .on = json_int(item, "on", 0),
            .default_count = count,
            .defaults = values,
        };
        if (count == 0)
            continue;
        cJSON_ArrayForEach(value, defaults)
        {
            values->field = arena_strdup(arena, value->string);
            values->value = part_value(arena, value);
            values++;
        }
    }
}

static struct mq_order_detail *detail_read(struct arena *arena, const cJSON *json)
{
    struct mq_order_detail *detail = arena_alloc(arena, sizeof *detail);
    appeals_read(arena, json, detail);
    assignments_read(arena, json, detail);
    objections_read(arena, json, detail);
    callbacks_read(arena, json, detail);
    allowed_read(arena, json, detail);
    return detail;
}

bool part_order(struct arena *arena, const cJSON *json, bool detail, struct mq_order *order)
{
    const cJSON *needs = cJSON_GetObjectItemCaseSensitive(json, "needs");
    const cJSON *suggestion = cJSON_GetObjectItemCaseSensitive(json, "suggestion");
    size_t need_count;
    const char **need_names = part_texts(arena, needs, &need_count);
    *order = (struct mq_order){
        .id = json_int(json, "id", 0),
        .version = json_int(json, "version", -1),
        .number = part_text(arena, json, "number"),
        .state = part_text(arena, json, "state"),
        .state_label = part_text(arena, json, "state_label"),
        .kind = part_text(arena, json, "kind"),
        .kind_label = part_text(arena, json, "kind_label"),
        .channel = part_ref(arena, json, "channel"),
        .category = part_ref(arena, json, "category"),
        .region = part_ref(arena, json, "region"),
        .place = part_name(arena, json, "place"),
        .title = part_text(arena, json, "title"),
        .urgent = json_bool(json, "urgent", false),
        .complex = json_bool(json, "complex", false),
        .confidential = json_bool(json, "confidential", false),
        .unsatisfied = json_bool(json, "unsatisfied", false),
        .clock_runs = json_bool(json, "clock_runs", false),
        .received_at = json_time(json, "received_at"),
        .deadline_at = json_time(json, "deadline_at"),
        .first_deadline_at = json_time(json, "first_deadline_at"),
        .card = part_text(arena, json, "card"),
        .card_label = part_text(arena, json, "card_label"),
        .round = part_small(json, "round", 0),
        .lead = part_ref(arena, json, "lead"),
        .promised_on = part_text(arena, json, "promised_on"),
        .conclusion = part_text(arena, json, "conclusion"),
        .conclusion_label = part_text(arena, json, "conclusion_label"),
        .need_count = (uint32_t)need_count,
        .needs = need_names,
        .need_label = part_text(arena, json, "need_label"),
        .suggested = part_ref(arena, suggestion, "unit"),
        .suggested_why = part_text(arena, suggestion, "reason"),
    };
    /* Without these nothing can be done with it, not even shown. */
    if (order->id <= 0 || order->version < 0 || !*order->number || !*order->state)
        return false;
    if (detail)
        order->detail = detail_read(arena, json);
    return true;
}

bool decode_order(struct answer *answer, const cJSON *json)
{
    struct mq_order *order = arena_alloc(answer->arena, sizeof *order);
    answer->result.order = order;
    return part_order(answer->arena, json, true, order);
}

/* The array's orders, or NULL when one of them is none. */
static const struct mq_order *orders_read(struct arena *arena, const cJSON *array, size_t count)
{
    struct mq_order *orders = arena_alloc(arena, count * sizeof *orders);
    size_t i = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        if (!part_order(arena, item, false, &orders[i++]))
            return NULL;
    }
    return orders;
}

bool decode_orders(struct answer *answer, const cJSON *json)
{
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count);
    if (!array)
        return false;
    r->next = part_value(answer->arena, cJSON_GetObjectItemCaseSensitive(json, "next"));
    r->orders = orders_read(answer->arena, array, r->count);
    return r->orders != NULL;
}

bool decode_bulletin(struct answer *answer, const cJSON *json)
{
    struct arena *arena = answer->arena;
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count), *item;
    if (!array)
        return false;
    struct mq_bulletin_row *rows = arena_alloc(arena, r->count * sizeof *rows);
    r->bulletin = rows;
    cJSON_ArrayForEach(item, array)
    {
        struct mq_order *order = arena_alloc(arena, sizeof *order);
        if (!part_order(arena, cJSON_GetObjectItemCaseSensitive(item, "order"), false, order))
            return false;
        *rows++ = (struct mq_bulletin_row){
            .at = json_time(item, "at"),
            .round = part_small(item, "round", 0),
            .unit = part_ref(arena, item, "unit"),
            .order = order,
        };
    }
    return true;
}

bool decode_access(struct answer *answer, const cJSON *json)
{
    struct arena *arena = answer->arena;
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count), *item;
    if (!array)
        return false;
    struct mq_access_row *rows = arena_alloc(arena, r->count * sizeof *rows);
    r->access = rows;
    r->next = part_value(arena, cJSON_GetObjectItemCaseSensitive(json, "next"));
    cJSON_ArrayForEach(item, array)
    {
        *rows++ = (struct mq_access_row){
            .id = json_int(item, "id", 0),
            .at = json_time(item, "at"),
            .kind = part_text(arena, item, "kind"),
            .kind_label = part_text(arena, item, "kind_label"),
            .account = part_ref(arena, item, "account"),
            .about = part_ref(arena, item, "about"),
            .order = part_text(arena, item, "order"),
            .reason = part_text(arena, item, "reason"),
        };
    }
    return true;
}

bool decode_frame(struct answer *answer, const cJSON *json)
{
    struct arena *arena = answer->arena;
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count), *item;
    answer->reset = json_bool(json, "reset", false);
    if (answer->reset)
        return true;
    r->cursor = part_cursor(arena, json);
    if (!array || !*r->cursor)
        return false;
    struct mq_change *changes = arena_alloc(arena, r->count * sizeof *changes);
    r->changes = changes;
    cJSON_ArrayForEach(item, array)
    {
        struct mq_change *change = changes++;
        change->id = json_int(item, "id", 0);
        change->version = json_int(item, "version", 0);
        change->gone = json_bool(item, "gone", false);
        if (change->gone && change->id > 0)
            continue;
        struct mq_order *order = arena_alloc(arena, sizeof *order);
        if (!part_order(arena, cJSON_GetObjectItemCaseSensitive(item, "row"), false, order) ||
            order->id != change->id)
            return false;
        change->order = order;
    }
    const cJSON *queues = cJSON_GetObjectItemCaseSensitive(json, "queues");
    if (cJSON_IsArray(queues))
        r->queues = part_queues(arena, queues, &r->queue_count);
    return true;
}
