/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /appeals and /callers: the intake. One appeal makes one order; the citizen and the words get rows
 * of their own. */
#include "core/clock.h"
#include "core/log.h"
#include "platform/api/api_private.h"
#include "platform/domain/mask.h"
#include <string.h>

static const struct field_choice kind_choices[] = {
#define X(id, name, en, zh) {name, {en, zh}},
    APPEAL_KINDS(X)
#undef X
        {NULL, {NULL, NULL}}};

static const struct field_choice next_choices[] = {{"keep", {"keep", "暂存"}},
                                                   {"dispatch", {"send to dispatch", "转派发"}},
                                                   {"answer", {"answer at once", "直接答复"}},
                                                   {NULL, {NULL, NULL}}};

static const struct field_spec intake_fields[] = {
    {"channel", FIELD_LINE, true, 1, 32, {"channel", "渠道"}, NULL},
    {"kind", FIELD_CHOICE, true, 0, 0, {"kind", "类型"}, kind_choices},
    {"phone", FIELD_LINE, false, 0, 32, {"phone", "来电号码"}, NULL},
    {"name", FIELD_LINE, false, 0, 40, {"name", "姓名"}, NULL},
    {"confidential", FIELD_BOOL, false, 0, 0, {"confidential", "隐匿"}, NULL},
    {"place", FIELD_PLACE, false, 0, 0, {"place", "地点"}, NULL},
    {"place_text", FIELD_LINE, false, 0, 100, {"place", "地点"}, NULL},
    {"region", FIELD_LINE, false, 6, 15, {"region", "区域"}, NULL},
    {"category", FIELD_CATEGORY, true, 0, 0, {"category", "事项"}, NULL},
    {"words", FIELD_TEXT, true, 2, 2000, {"the citizen's words", "诉求内容"}, NULL},
    {"urgent", FIELD_BOOL, false, 0, 0, {"urgent", "紧急"}, NULL},
    {"complex", FIELD_BOOL, false, 0, 0, {"complex", "复杂"}, NULL},
    {"source_no", FIELD_LINE, false, 1, 64, {"source number", "来源编号"}, NULL},
    {"source_deadline", FIELD_TIME, false, 0, 0, {"source deadline", "来源时限"}, NULL},
    {"next", FIELD_CHOICE, true, 0, 0, {"next", "下一步"}, next_choices},
    {"answer", FIELD_TEXT, false, 1, 2000, {"answer", "答复"}, NULL},
};

struct intake {
    struct order_case *c;
    struct person person;
    struct statement words;
    struct appeal appeal;
};

static bool missing(struct call *call, const char *name)
{
    const struct field_value *value = field_get(&call->body, name);
    return problem_set(&call->problem, PROBLEM_FIELD_MISSING, name, value->spec->label, both(NULL),
                       both(NULL));
}

static bool unknown_reference(struct call *call, const char *name)
{
    const struct field_value *value = field_get(&call->body, name);
    return problem_set(&call->problem, PROBLEM_FIELD_REFERENCE, name, value->spec->label,
                       both(NULL), both(NULL));
}

/* What stands outside the rows of citizens and statements holds no personal data: it is masked
 * before it is kept. */
static const char *public_text(const struct call *call, const struct intake *in, const char *field)
{
    const char *typed = field_text(&call->body, field);
    return (in->person.confidential ? mask_text_whole : mask_text)(typed, in->person.name,
                                                                   call->arena);
}

/* Where it is: a known place gives its region and owner; otherwise region and free text. */
static bool fill_place(struct call *call, const struct intake *in)
{
    const struct field_values *body = &call->body;
    struct order *order = &in->c->order;
    order->place_text = public_text(call, in, "place_text");
    order->region_code = field_text(body, "region");
    if (field_present(body, "place")) {
        const struct place *place =
            store_place(call->db, field_number(body, "place", 0), call->arena);
        if (!place)
            return unknown_reference(call, "place");
        order->place_id = place->id;
        order->component_owner_id = place->owner_unit_id;
        order->region_code = place->region_code;
        if (!*order->place_text)
            order->place_text = place->name;
    }
    if (!*order->region_code)
        return missing(call, *order->place_text ? "region" : "place");
    if (!reference_region(&call->api->reference, order->region_code))
        return unknown_reference(call, "region");
    return true;
}

static bool fill_person(struct call *call, struct intake *in)
{
    const char *typed = field_text(&call->body, "phone");
    const char *phone = phone_normalise(typed, call->arena);
    if (*typed && strlen(phone) < 3)
        return problem_set(&call->problem, PROBLEM_FIELD_FORMAT, "phone",
                           field_get(&call->body, "phone")->spec->label,
                           (struct bilingual){"digits, with or without +", "应为数字号码"},
                           both(NULL));
    in->person = (struct person){.phone = phone,
                                 .name = field_text(&call->body, "name"),
                                 .confidential = field_number(&call->body, "confidential", 0)};
    if (*in->person.phone || *in->person.name)
        in->person.id = store_new_id(call->db, call->now);
    return true;
}

static bool fill_order(struct call *call, struct intake *in)
{
    const struct field_values *body = &call->body;
    const struct reference *r = &call->api->reference;
    struct order *order = &in->c->order;
    const struct category *category = reference_category(r, field_text(body, "category"));
    if (!category || !reference_category_leaf(r, category))
        return unknown_reference(call, "category");
    if (!reference_channel(r, field_text(body, "channel")))
        return unknown_reference(call, "channel");
    *order = (struct order){
        .id = store_new_id(call->db, call->now),
        .kind = (enum appeal_kind)word_find(WORDS_APPEAL_KIND, field_text(body, "kind")),
        .channel = field_text(body, "channel"),
        .category_code = category->code,
        .industry = category->industry,
        .title = mask_title(public_text(call, in, "words"), in->person.name, call->arena),
        .urgent = field_number(body, "urgent", 0),
        .complex = field_number(body, "complex", 0),
        .confidential = in->person.confidential,
        .received_at = call->now,
        .taken_by = call->account->id,
        .source_deadline_at = field_number(body, "source_deadline", 0),
        .conclusion = "",
    };
    enum status st = store_new_number(call->db, call->now, order->number);
    if (st)
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    return fill_place(call, in);
}

/* Sends the received order on its way as `next` says, by the same rules as everybody's actions. */
static bool act_next(struct call *call, struct order_case *c)
{
    const char *next = field_text(&call->body, "next");
    if (strcmp(next, "keep") == 0)
        return true;
    const char *name = strcmp(next, "answer") == 0 ? "answer" : "submit";
    struct act_context ctx = call_context(call, &c->order);
    if (strcmp(name, "answer") == 0 && !field_present(&call->body, "answer"))
        return missing(call, "answer");
    /* The action's own fields, of which only `answer` can come from the intake. */
    const struct action_schema *schema = action_find(name);
    struct field_value *items = arena_alloc(call->arena, (schema->field_count + 1) * sizeof *items);
    for (size_t i = 0; i < schema->field_count; i++) {
        items[i] = *field_get(&call->body, schema->fields[i].name);
        items[i].spec = &schema->fields[i];
    }
    struct field_values values = {items, schema->field_count};
    return lifecycle_act(c, &ctx, name, c->order.id, &values, &call->problem);
}

static bool put_appeal(struct call *call, struct intake *in)
{
    const struct order *order = &in->c->order;
    in->appeal = (struct appeal){.id = store_new_id(call->db, call->now),
                                 .channel = order->channel,
                                 .source_no = field_text(&call->body, "source_no"),
                                 .kind = order->kind,
                                 .person_id = in->person.id,
                                 .statement_id = in->words.id,
                                 .place_id = order->place_id,
                                 .place_text = order->place_text,
                                 .region_code = order->region_code,
                                 .category_code = order->category_code,
                                 .received_at = order->received_at,
                                 .source_deadline_at = order->source_deadline_at,
                                 .taken_by = order->taken_by};
    int64_t existing = 0;
    enum status st = store_appeal_put(call->db, &in->appeal, order->id, &existing);
    if (st == ST_CONFLICT) {
        const struct order_case *c =
            store_case_load(call->db, call->account->id, existing, call->arena);
        return call_problem(call, PROBLEM_DUPLICATE_SOURCE, "source_no", in->appeal.source_no,
                            c ? c->order.number : "?", NULL);
    }
    return st == ST_OK || call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
}

static bool put_rows(struct call *call, struct intake *in)
{
    unsigned char hash[HASH_SIZE] = {0};
    if (*in->person.phone)
        phone_hash(call->api, in->person.phone, hash);
    enum status st = in->person.id ? store_person_put(call->db, &in->person, hash) : ST_OK;
    in->words = (struct statement){.id = store_new_id(call->db, call->now),
                                   .text = field_text(&call->body, "words")};
    if (!st)
        st = store_statement_put(call->db, &in->words);
    struct error err = {0};
    if (!st)
        st = store_case_save(call->db, in->c, true, call->now, &err);
    if (st) {
        log_line(LOG_ERROR, "an appeal was not stored: %s", err.message);
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    }
    return put_appeal(call, in);
}

static bool post_appeal(struct call *call)
{
    struct intake in = {.c = arena_alloc(call->arena, sizeof *in.c)};
    if (!fill_person(call, &in) || !fill_order(call, &in))
        return false;
    struct act_context ctx = call_context(call, &in.c->order);
    lifecycle_receive(in.c, &ctx);
    if (!act_next(call, in.c) || !put_rows(call, &in))
        return false;
    call->status = 201;
    call->show_order = in.c->order.id;
    return true;
}

/* --- the caller's earlier orders -------------------------------------------------------------- */

static const struct field_spec lookup_fields[] = {
    {"phone", FIELD_LINE, true, 3, 32, {"phone", "来电号码"}, NULL},
};

static bool post_lookup(struct call *call)
{
    enum { ORDERS_MAX = 10 };
    const char *phone = phone_normalise(field_text(&call->body, "phone"), call->arena);
    unsigned char hash[HASH_SIZE];
    int64_t *persons = NULL, *orders = NULL;
    size_t person_count = 0, order_count = 0;
    if (strlen(phone) >= 3) {
        phone_hash(call->api, phone, hash);
        person_count = store_persons_by_phone(call->db, hash, call->arena, &persons);
    }
    if (person_count)
        order_count = store_orders_of_persons(call->db, call->account->id, persons, person_count,
                                              ORDERS_MAX, call->arena, &orders);
    if (store_access_put(call->db, call->account->id, "search", 0, person_count ? persons[0] : 0, 0,
                         call->now))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "items");
    for (size_t i = 0; i < order_count; i++) {
        const struct order_case *c =
            store_case_load(call->db, call->account->id, orders[i], call->arena);
        if (c)
            cJSON_AddItemToArray(items, render_row(call, &c->order));
    }
    return true;
}

#define TAKERS BIT(ROLE_OPERATOR)
static const struct route routes[] = {
    {API_POST, "appeals", ROUTE_WRITE, TAKERS, NO_FIELDS, FIELDS(intake_fields), post_appeal},
    {API_POST, "callers/lookup", ROUTE_WRITE | ROUTE_REPEATABLE, TAKERS | BIT(ROLE_CALLBACK),
     NO_FIELDS, FIELDS(lookup_fields), post_lookup},
};
const struct route_table routes_appeals = {FIELDS(routes)};
