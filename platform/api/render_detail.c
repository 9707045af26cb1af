/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One order with all its parts, as this account may see it. */
#include "platform/api/api_private.h"
#include "platform/domain/mask.h"
#include <string.h>

static void add_fact(cJSON *object, const char *name, int fact)
{
    cJSON_AddItemToObject(object, name, fact < 0 ? cJSON_CreateNull() : cJSON_CreateBool(fact));
}

static const char *account_name(struct call *call, int64_t id)
{
    const struct account *account = id ? store_account(call->db, id, call->arena) : NULL;
    return account ? account->name : NULL;
}

static cJSON *render_person(struct call *call, const struct order *order, const struct person *p)
{
    if (!p || citizen_hidden(call, order, p))
        return cJSON_CreateNull();
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "name", mask_name(p->name, call->arena));
    json_add_text(object, "phone", mask_phone(p->phone, call->arena));
    json_add_text(object, "identity", mask_identity(p->identity, call->arena));
    return object;
}

static cJSON *render_appeals(struct call *call, const struct order *order,
                             const struct citizens *citizens)
{
    cJSON *items = cJSON_CreateArray();
    for (size_t i = 0; i < citizens->count; i++) {
        const struct appeal *a = &citizens->appeals[i];
        const struct channel *channel = reference_channel(&call->api->reference, a->channel);
        cJSON *item = cJSON_CreateObject();
        json_add_int(item, "id", a->id);
        json_add_text(item, "channel", channel ? channel->name : a->channel);
        json_add_text(item, "source_no", a->source_no);
        json_add_time(item, "received_at", a->received_at);
        json_add_text(item, "taken_by", account_name(call, a->taken_by));
        json_add_text(item, "kind_label",
                      call_text(call, word_label(WORDS_APPEAL_KIND, (int)a->kind)));
        cJSON_AddItemToObject(item, "person", render_person(call, order, citizens->persons[i]));
        json_add_text(item, "words", render_statement(call, a->statement_id, citizens));
        cJSON_AddItemToArray(items, item);
    }
    return items;
}

/* As the form of the return says it. */
static const char *return_reason_label(const struct call *call, const char *reason)
{
    const struct action_schema *schema = action_find("ask_return");
    for (size_t f = 0; f < schema->field_count; f++)
        for (const struct field_choice *c = schema->fields[f].choices; c && c->name; c++)
            if (strcmp(c->name, reason) == 0)
                return call_text(call, c->label);
    return reason;
}

static cJSON *render_assignments(struct call *call, const struct order_case *c,
                                 const struct citizens *citizens)
{
    cJSON *items = cJSON_CreateArray();
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *a = &c->assignments[i];
        cJSON *item = cJSON_CreateObject();
        json_add_int(item, "id", a->id);
        cJSON_AddItemToObject(item, "unit", render_unit(call, a->unit_id));
        cJSON_AddBoolToObject(item, "lead", a->lead);
        json_add_int(item, "round", a->round);
        json_add_text(item, "state", word_name(WORDS_ASSIGNMENT_STATE, (int)a->state));
        json_add_text(item, "state_label",
                      call_text(call, word_label(WORDS_ASSIGNMENT_STATE, (int)a->state)));
        json_add_time(item, "offered_at", a->offered_at);
        json_add_time(item, "sign_by", a->sign_by);
        json_add_time(item, "due_at", a->due_at);
        json_add_time(item, "signed_at", a->signed_at);
        json_add_time(item, "replied_at", a->replied_at);
        json_add_text(item, "result", render_statement(call, a->result_statement_id, citizens));
        json_add_text(item, "reply", render_statement(call, a->reply_statement_id, citizens));
        json_add_text(item, "return_reason", a->return_reason);
        json_add_text(item, "return_reason_label", return_reason_label(call, a->return_reason));
        cJSON_AddBoolToObject(item, "late", a->late);
        cJSON_AddItemToArray(items, item);
    }
    return items;
}

static cJSON *render_objections(struct call *call, const struct order_case *c,
                                const struct citizens *citizens)
{
    cJSON *items = cJSON_CreateArray();
    for (size_t i = 0; i < c->objection_count; i++) {
        const struct objection *o = &c->objections[i];
        cJSON *item = cJSON_CreateObject();
        json_add_int(item, "id", o->id);
        cJSON_AddItemToObject(item, "unit", render_unit(call, o->unit_id));
        json_add_text(item, "state", word_name(WORDS_OBJECTION_STATE, (int)o->state));
        json_add_text(item, "state_label",
                      call_text(call, word_label(WORDS_OBJECTION_STATE, (int)o->state)));
        json_add_text(item, "reason", render_statement(call, o->reason_statement_id, citizens));
        cJSON_AddItemToObject(item, "proposed", render_unit(call, o->proposed_unit_id));
        json_add_text(item, "outcome", o->outcome);
        cJSON_AddItemToObject(item, "ruled", render_unit(call, o->ruled_unit_id));
        json_add_text(item, "ruling", render_statement(call, o->ruling_statement_id, citizens));
        cJSON_AddItemToArray(items, item);
    }
    return items;
}

static cJSON *render_callbacks(struct call *call, const struct order_case *c,
                               const struct citizens *citizens)
{
    cJSON *items = cJSON_CreateArray();
    for (size_t i = 0; i < c->callback_count; i++) {
        const struct callback *b = &c->callbacks[i];
        cJSON *item = cJSON_CreateObject();
        json_add_int(item, "round", b->round);
        add_fact(item, "reached", b->reached);
        add_fact(item, "solved", b->solved);
        add_fact(item, "satisfied", b->satisfied);
        json_add_day(item, "promised_on", b->promised_on);
        json_add_text(item, "way_label",
                      call_text(call, word_label(WORDS_CALLBACK_WAY, (int)b->way)));
        json_add_time(item, "at", b->at);
        json_add_text(item, "by", account_name(call, b->by));
        json_add_text(item, "note", render_statement(call, b->statement_id, citizens));
        cJSON_AddItemToArray(items, item);
    }
    return items;
}

/* What the console may put into the form before anybody types: the suggested unit. */
static cJSON *render_defaults(struct call *call, const struct order *order,
                              const struct action_schema *schema)
{
    cJSON *defaults = cJSON_CreateObject();
    if (strcmp(schema->name, "dispatch") == 0) {
        struct matter matter = {order->category_code, order->region_code, order->component_owner_id,
                                call->now};
        cJSON *items = render_suggestions(call, &matter);
        const cJSON *unit = cJSON_GetObjectItem(cJSON_GetArrayItem(items, 0), "unit");
        if (cJSON_IsObject(unit))
            json_add_int(defaults, "unit", json_int(unit, "id", 0));
        cJSON_Delete(items);
    }
    return defaults;
}

static cJSON *render_allowed(struct call *call, const struct order_case *c)
{
    enum { ALLOWED_MAX = 64 };
    struct allowed_action allowed[ALLOWED_MAX];
    struct act_context ctx = call_context(call, &c->order);
    size_t count = lifecycle_allowed(c, &ctx, allowed, ALLOWED_MAX);
    cJSON *items = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++) {
        cJSON *item = cJSON_CreateObject();
        json_add_text(item, "name", allowed[i].schema->name);
        json_add_text(item, "label", call_text(call, allowed[i].schema->label));
        json_add_int(item, "on", allowed[i].subject_id);
        cJSON_AddItemToObject(item, "defaults",
                              render_defaults(call, &c->order, allowed[i].schema));
        cJSON_AddItemToArray(items, item);
    }
    return items;
}

cJSON *render_detail(struct call *call, int64_t order_id, int64_t *version)
{
    const struct order_case *c =
        store_case_load(call->db, call->account->id, order_id, call->arena);
    if (!c)
        return NULL;
    const struct citizens citizens = order_citizens(call, &c->order);
    cJSON *detail = render_row(call, &c->order);
    int conclusion = word_find(WORDS_CONCLUSION, c->order.conclusion);
    json_add_text(detail, "conclusion", c->order.conclusion);
    json_add_text(detail, "conclusion_label",
                  call_text(call, word_label(WORDS_CONCLUSION, conclusion)));
    cJSON_AddItemToObject(detail, "appeals", render_appeals(call, &c->order, &citizens));
    cJSON_AddItemToObject(detail, "assignments", render_assignments(call, c, &citizens));
    cJSON_AddItemToObject(detail, "objections", render_objections(call, c, &citizens));
    cJSON_AddItemToObject(detail, "callbacks", render_callbacks(call, c, &citizens));
    cJSON_AddItemToObject(detail, "actions", render_allowed(call, c));
    *version = c->order.version;
    return detail;
}

/* The label of the action, timer or occurrence that an event names. */
static const char *event_label(const struct call *call, const char *action)
{
    const struct action_schema *schema = action_find(action);
    if (schema)
        return call_text(call, schema->label);
    static const enum word_list lists[] = {WORDS_TIMER_KIND, WORDS_OCCURRENCE};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        int word = word_find(lists[i], action);
        if (word >= 0)
            return call_text(call, word_label(lists[i], word));
    }
    return action;
}

static enum word_list state_words(const char *subject)
{
    if (strcmp(subject, "assignment") == 0)
        return WORDS_ASSIGNMENT_STATE;
    return strcmp(subject, "objection") == 0 ? WORDS_OBJECTION_STATE : WORDS_ORDER_STATE;
}

/* The order that this one went into may lie outside: then it is not named. */
static void drop_outside(struct call *call, cJSON *detail)
{
    int64_t into = json_int(detail, "into", 0);
    if (into && !store_order(call->db, call->account->id, into, call->arena))
        cJSON_DeleteItemFromObjectCaseSensitive(detail, "into");
}

cJSON *render_events(struct call *call, const struct order_case *c)
{
    struct event *events = NULL;
    size_t count = store_events(call->db, c->order.id, call->arena, &events);
    const struct citizens citizens = order_citizens(call, &c->order);
    cJSON *items = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++) {
        const struct event *e = &events[i];
        cJSON *item = cJSON_CreateObject();
        enum word_list words = state_words(e->subject);
        int to = word_find(words, e->to);
        json_add_int(item, "n", e->n);
        json_add_time(item, "at", e->done_at);
        json_add_time(item, "arrived_at", e->arrived_at);
        json_add_text(item, "action", e->action);
        json_add_text(item, "label", event_label(call, e->action));
        json_add_text(item, "from", e->from);
        json_add_text(item, "to", e->to);
        json_add_text(item, "to_label", to >= 0 ? call_text(call, word_label(words, to)) : "");
        const char *by = account_name(call, e->account_id);
        cJSON_AddItemToObject(item, "by", by ? render_ref(e->account_id, by) : cJSON_CreateNull());
        /* The words of the first event stand with the appeal. */
        json_add_text(item, "text",
                      e->n == 1 ? NULL : render_statement(call, e->statement_id, &citizens));
        cJSON *body = cJSON_Parse(e->body);
        cJSON *detail = cJSON_DetachItemFromObjectCaseSensitive(body, "detail");
        drop_outside(call, detail);
        cJSON_AddItemToObject(item, "unit", render_unit(call, json_int(detail, "unit", 0)));
        cJSON_AddItemToObject(item, "detail", detail ? detail : cJSON_CreateObject());
        cJSON_Delete(body);
        json_add_int(item, "version", e->version);
        cJSON_AddItemToArray(items, item);
    }
    return items;
}
