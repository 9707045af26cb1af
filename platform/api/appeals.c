/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /appeals: the intake. One appeal makes one order; the citizen and the words get rows of their
 * own. And what completes an order of which the intake did not know all. */
#include "core/clock.h"
#include "core/log.h"
#include "platform/analysis/indexing.h"
#include "platform/api/api_private.h"
#include "platform/domain/mask.h"
#include "platform/domain/reception.h"
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
    {"identity", FIELD_LINE, false, 0, 40, {"identity number", "身份证号"}, NULL},
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

/* Where it is: a known place gives its region and owner; otherwise region and free text. */
static bool fill_place(struct call *call, struct reception *in)
{
    const struct field_values *body = &call->body;
    in->place_text = field_text(body, "place_text");
    in->region_code = field_text(body, "region");
    if (field_present(body, "place")) {
        in->place = store_place(call->db, field_number(body, "place", 0), call->arena);
        if (!in->place)
            return unknown_reference(call, "place");
        in->region_code = in->place->region_code;
    }
    if (!*in->region_code)
        return missing(call, *in->place_text ? "region" : "place");
    if (!reference_region(&call->api->reference, in->region_code))
        return unknown_reference(call, "region");
    return true;
}

static bool fill_person(struct call *call, struct person *person)
{
    const char *typed = field_text(&call->body, "phone");
    const char *phone = phone_normalise(typed, call->arena);
    if (*typed && strlen(phone) < 3)
        return problem_set(&call->problem, PROBLEM_FIELD_FORMAT, "phone",
                           field_get(&call->body, "phone")->spec->label,
                           (struct bilingual){"digits, with or without +", "应为数字号码"},
                           both(NULL));
    const char *identity = identity_normalise(field_text(&call->body, "identity"), call->arena);
    if (*field_text(&call->body, "identity") && !*identity)
        return caller_identity_wrong(call);
    *person = (struct person){.phone = phone,
                              .name = field_text(&call->body, "name"),
                              .identity = identity,
                              .confidential = field_number(&call->body, "confidential", 0)};
    return true;
}

static bool fill_reception(struct call *call, struct reception *in)
{
    const struct field_values *body = &call->body;
    const struct reference *r = &call->api->reference;
    const struct category *category = reference_category(r, field_text(body, "category"));
    if (!category || !reference_category_leaf(r, category))
        return unknown_reference(call, "category");
    if (!reference_channel(r, field_text(body, "channel")))
        return unknown_reference(call, "channel");
    *in = (struct reception){
        .kind = (enum appeal_kind)word_find(WORDS_APPEAL_KIND, field_text(body, "kind")),
        .channel = field_text(body, "channel"),
        .source_no = field_text(body, "source_no"),
        .category = category,
        .words = field_text(body, "words"),
        .urgent = field_number(body, "urgent", 0),
        .complex = field_number(body, "complex", 0),
        .source_deadline_at = field_number(body, "source_deadline", 0),
        .taken_by = call->account->id,
    };
    return fill_person(call, &in->person) && fill_place(call, in);
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

static bool put_received(struct call *call, struct received *received)
{
    int64_t existing = 0;
    struct error err = {0};
    enum status st = store_received_put(call->db, received, call->now, &existing, &err);
    if (!st)
        st = index_received(call->db, &received->c->order, received->words.text,
                            received->person.name, received->appeal.source_no, call->arena);
    if (st == ST_CONFLICT && existing) {
        const struct order_case *c =
            store_case_load(call->db, call->account->id, existing, call->arena);
        return call_problem(call, PROBLEM_DUPLICATE_SOURCE, "source_no", received->appeal.source_no,
                            c ? c->order.number : "?", NULL);
    }
    if (st)
        log_line(LOG_ERROR, "an appeal was not stored: %s", err.message);
    return st == ST_OK || call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
}

static bool post_appeal(struct call *call)
{
    struct reception in;
    struct received received;
    if (!fill_reception(call, &in))
        return false;
    struct order none = {.category_code = in.category->code};
    struct act_context ctx = call_context(call, &none);
    reception_receive(&in, &ctx, &received);
    if (!act_next(call, received.c) || !put_received(call, &received))
        return false;
    call->status = 201;
    call->show_order = received.c->order.id;
    return true;
}

/* --- completing a case ------------------------------------------------------------------------ */

/* The checked values with one text replaced. */
static void replace_text(struct call *call, const char *name, const char *text)
{
    struct field_value *items = arena_alloc(call->arena, call->body.count * sizeof *items);
    for (size_t i = 0; i < call->body.count; i++) {
        items[i] = call->body.items[i];
        if (strcmp(items[i].spec->name, name) == 0)
            items[i].text = text;
    }
    call->body.items = items;
}

bool appeal_name_facts(struct call *call, const struct order *order, struct act_context *ctx)
{
    const struct field_values *body = &call->body;
    const struct reference *r = &call->api->reference;
    if (field_present(body, "category")) {
        ctx->named_category = reference_category(r, field_text(body, "category"));
        if (!ctx->named_category || !reference_category_leaf(r, ctx->named_category))
            return unknown_reference(call, "category");
    }
    if (field_present(body, "place"))
        ctx->named_place = store_place(call->db, field_number(body, "place", 0), call->arena);
    if (field_present(body, "region"))
        ctx->named_region = reference_region(r, field_text(body, "region"));
    if (field_present(body, "place_text")) {
        /* Like the typed place of an intake, with the names of all who speak in the order. */
        const struct citizens citizens = order_citizens(call, order);
        const struct person nobody = {.name = "", .confidential = order->confidential};
        const char *text = field_text(body, "place_text");
        for (size_t i = 0; i < citizens.count; i++)
            if (citizens.persons[i])
                text = reception_public_text(text, citizens.persons[i], call->arena);
        for (size_t i = 0; i < citizens.former_count; i++)
            text = reception_public_text(text, citizens.former[i], call->arena);
        replace_text(call, "place_text", reception_public_text(text, &nobody, call->arena));
    }
    return true;
}

#define TAKERS BIT(ROLE_OPERATOR)
static const struct route routes[] = {
    {API_POST, "appeals", ROUTE_WRITE, TAKERS, NO_FIELDS, FIELDS(intake_fields), post_appeal},
};
const struct route_table routes_appeals = {FIELDS(routes)};
