/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders in lists, references and suggestions as JSON. */
#include "platform/api/api_private.h"
#include "platform/domain/mask.h"
#include "platform/domain/suggest.h"

cJSON *render_ref(int64_t id, const char *name)
{
    cJSON *ref = cJSON_CreateObject();
    json_add_int(ref, "id", id);
    json_add_text(ref, "name", name);
    return ref;
}

cJSON *render_unit(const struct call *call, int64_t unit_id)
{
    const struct unit *unit = reference_unit(&call->api->reference, unit_id);
    return unit ? render_ref(unit->id, unit->name) : cJSON_CreateNull();
}

static void add_label(struct call *call, cJSON *object, const char *name, const char *label_name,
                      enum word_list list, int i)
{
    json_add_text(object, name, word_name(list, i));
    json_add_text(object, label_name, call_text(call, word_label(list, i)));
}

static cJSON *render_code(const char *code, const char *name, const char *path)
{
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "code", code);
    json_add_text(object, "name", name);
    if (path)
        json_add_text(object, "path", path);
    return object;
}

static cJSON *render_needs(const struct order *order)
{
    cJSON *needs = cJSON_CreateArray();
    for (int i = 0; i < NEED_COUNT; i++)
        if (order->needs & BIT(i))
            cJSON_AddItemToArray(needs, cJSON_CreateString(word_name(WORDS_NEED, i)));
    return needs;
}

static const char *reason_of(struct call *call, const struct responsibility *row)
{
    const struct reference *r = &call->api->reference;
    const struct category *category = reference_category(r, row->category_code);
    const struct region *region = reference_region(r, row->region_code);
    const struct unit *owner = reference_unit(r, row->owner_unit_id);
    struct bilingual reason =
        suggest_reason(row, category ? category->name : "", region ? region->name : "",
                       owner ? owner->name : "", call->arena);
    return call_text(call, reason);
}

static size_t find_suggestions(struct call *call, const struct matter *matter,
                               struct suggestion out[SUGGESTIONS_MAX])
{
    struct responsibility *rows = NULL;
    size_t count =
        store_responsibilities(call->db, matter->category_code, matter->region_code,
                               matter->component_owner_id, matter->now, call->arena, &rows);
    return suggest_units(rows, count, matter, out);
}

cJSON *render_suggestions(struct call *call, const struct matter *matter)
{
    struct suggestion found[SUGGESTIONS_MAX];
    size_t count = find_suggestions(call, matter, found);
    cJSON *items = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddItemToObject(item, "unit", render_unit(call, found[i].unit_id));
        json_add_text(item, "reason", reason_of(call, found[i].row));
        json_add_text(item, "source", found[i].row->source);
        cJSON_AddBoolToObject(item, "boundary", found[i].boundary);
        cJSON_AddItemToArray(items, item);
    }
    return items;
}

static void add_suggestion(struct call *call, cJSON *row, const struct order *order)
{
    struct matter matter = {order->category_code, order->region_code, order->component_owner_id,
                            call->now};
    cJSON *items = order->needs & BIT(NEED_DISPATCH) ? render_suggestions(call, &matter) : NULL;
    cJSON *first = cJSON_DetachItemFromArray(items, 0);
    cJSON_Delete(items);
    cJSON_AddItemToObject(row, "suggestion", first ? first : cJSON_CreateNull());
}

cJSON *render_row(struct call *call, const struct order *order)
{
    const struct reference *r = &call->api->reference;
    const struct category *category = reference_category(r, order->category_code);
    const struct region *region = reference_region(r, order->region_code);
    const struct channel *channel = reference_channel(r, order->channel);
    cJSON *row = cJSON_CreateObject();
    json_add_int(row, "id", order->id);
    json_add_text(row, "number", order->number);
    json_add_int(row, "version", order->version);
    add_label(call, row, "state", "state_label", WORDS_ORDER_STATE, (int)order->state);
    cJSON_AddItemToObject(row, "needs", render_needs(order));
    json_add_text(row, "need_label", call_text(call, view_need_label(order, call->account->roles)));
    add_label(call, row, "kind", "kind_label", WORDS_APPEAL_KIND, (int)order->kind);
    cJSON_AddItemToObject(row, "channel",
                          render_code(order->channel, channel ? channel->name : "", NULL));
    cJSON_AddItemToObject(
        row, "category",
        render_code(order->category_code, category ? category->name : "",
                    reference_category_path(r, order->category_code, call->arena)));
    cJSON_AddItemToObject(row, "region",
                          render_code(order->region_code, region ? region->name : "",
                                      reference_region_path(r, order->region_code, call->arena)));
    json_add_text(row, "place", order->place_text);
    json_add_text(row, "title", order->title);
    cJSON_AddBoolToObject(row, "urgent", order->urgent);
    cJSON_AddBoolToObject(row, "complex", order->complex);
    cJSON_AddBoolToObject(row, "confidential", order->confidential);
    json_add_time(row, "received_at", order->received_at);
    json_add_time(row, "deadline_at", order->deadline_at);
    json_add_time(row, "first_deadline_at", order->first_deadline_at);
    cJSON_AddBoolToObject(row, "clock_runs", order_clock_runs(order->state));
    add_label(call, row, "card", "card_label", WORDS_CARD, (int)order->card);
    json_add_int(row, "round", order->round);
    cJSON_AddBoolToObject(row, "unsatisfied", order->unsatisfied);
    cJSON_AddItemToObject(row, "lead", render_unit(call, order->lead_unit_id));
    json_add_day(row, "promised_on", order->promised_on);
    add_suggestion(call, row, order);
    return row;
}

cJSON *render_account(struct call *call, const struct account *account)
{
    cJSON *object = render_ref(account->id, account->name);
    json_add_text(object, "login", account->login);
    json_add_text(object, "language", account->language == LANGUAGE_EN ? "en" : "zh");
    cJSON *roles = cJSON_AddArrayToObject(object, "roles");
    cJSON *labels = cJSON_AddArrayToObject(object, "role_labels");
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (!(account->roles & BIT(i)))
            continue;
        cJSON_AddItemToArray(roles, cJSON_CreateString(word_name(WORDS_ROLE, i)));
        cJSON_AddItemToArray(labels,
                             cJSON_CreateString(call_text(call, word_label(WORDS_ROLE, i))));
    }
    cJSON_AddItemToObject(object, "unit", render_unit(call, account->unit_id));
    return object;
}

/* --- texts and whom they may name ------------------------------------------------------------- */

bool citizen_hidden(const struct call *call, const struct order *order, const struct person *p)
{
    return roles_unit_alone(call->account->roles) &&
           (order->confidential || (p && p->confidential));
}

static void add_former(struct call *call, const struct order *order, struct citizens *out)
{
    int64_t *ids;
    size_t count = store_former_citizens(call->db, order->id, call->arena, &ids);
    out->former = arena_alloc(call->arena, count * sizeof *out->former);
    for (size_t i = 0; i < count; i++) {
        const struct person *person = store_person(call->db, ids[i], call->arena);
        out->hidden = out->hidden || citizen_hidden(call, order, person);
        if (person)
            out->former[out->former_count++] = person;
    }
}

struct citizens order_citizens(struct call *call, const struct order *order)
{
    struct citizens out = {.hidden = citizen_hidden(call, order, NULL)};
    out.count = store_appeals(call->db, order->id, call->arena, &out.appeals);
    out.persons = arena_alloc(call->arena, out.count * sizeof *out.persons);
    for (size_t i = 0; i < out.count; i++) {
        int64_t id = out.appeals[i].person_id;
        out.persons[i] = id ? store_person(call->db, id, call->arena) : NULL;
        out.hidden = out.hidden || citizen_hidden(call, order, out.persons[i]);
    }
    add_former(call, order, &out);
    return out;
}

const char *render_words(struct call *call, const char *text, const struct citizens *citizens)
{
    const char *(*mask)(const char *, const char *, struct arena *) =
        citizens->hidden ? mask_text_whole : mask_text;
    const char *words = mask(text, NULL, call->arena);
    for (size_t i = 0; i < citizens->count; i++)
        if (citizens->persons[i] && *citizens->persons[i]->name)
            words = mask(words, citizens->persons[i]->name, call->arena);
    for (size_t i = 0; i < citizens->former_count; i++)
        words = mask(words, citizens->former[i]->name, call->arena);
    return words;
}

const char *render_statement(struct call *call, int64_t statement_id,
                             const struct citizens *citizens)
{
    static const struct bilingual not_kept = {"(The words are not kept any more.)",
                                              "（内容已匿名化，不再保存）"};
    if (!statement_id)
        return NULL;
    const struct statement *statement = store_statement(call->db, statement_id, call->arena);
    return statement ? render_words(call, statement->text, citizens) : call_text(call, not_kept);
}
