/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What forms are filled from: actions, channels, kinds, units, categories, addresses, suggestions.
 */
#include "platform/api/api_private.h"
#include "platform/domain/suggest.h"
#include <stdlib.h>
#include <string.h>

enum { COMPLETE_MAX = 50, ALL_MAX = 200 };

/* --- published actions ------------------------------------------------------------------------ */

static const char *const type_names[] = {
    [FIELD_TEXT] = "text",   [FIELD_LINE] = "line",   [FIELD_SECRET] = "secret",
    [FIELD_INT] = "int",     [FIELD_BOOL] = "bool",   [FIELD_CHOICE] = "choice",
    [FIELD_DATE] = "date",   [FIELD_TIME] = "time",   [FIELD_UNIT] = "unit",
    [FIELD_UNITS] = "units", [FIELD_PLACE] = "place", [FIELD_CATEGORY] = "category",
    [FIELD_ORDER] = "order", [FIELD_ID] = "id",
};
static const char *const subject_names[] = {
    [SUBJECT_ORDER] = "order",
    [SUBJECT_ASSIGNMENT] = "assignment",
    [SUBJECT_OBJECTION] = "objection",
};

static cJSON *render_field(struct call *call, const struct field_spec *spec)
{
    cJSON *field = cJSON_CreateObject();
    json_add_text(field, "name", spec->name);
    json_add_text(field, "label", call_text(call, spec->label));
    json_add_text(field, "type", type_names[spec->type]);
    cJSON_AddBoolToObject(field, "required", spec->required);
    json_add_int(field, "min", spec->min);
    json_add_int(field, "max", spec->max);
    cJSON *choices = cJSON_AddArrayToObject(field, "choices");
    for (const struct field_choice *c = spec->choices; c && c->name; c++) {
        cJSON *choice = cJSON_CreateObject();
        json_add_text(choice, "name", c->name);
        json_add_text(choice, "label", call_text(call, c->label));
        cJSON_AddItemToArray(choices, choice);
    }
    return field;
}

static bool get_actions(struct call *call)
{
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "actions");
    for (size_t i = 0; i < action_count(); i++) {
        const struct action_schema *schema = action_at(i);
        cJSON *action = cJSON_CreateObject();
        json_add_text(action, "name", schema->name);
        json_add_text(action, "subject", subject_names[schema->subject]);
        json_add_text(action, "label", call_text(call, schema->label));
        json_add_text(action, "confirm",
                      schema->confirm.en ? call_text(call, schema->confirm) : NULL);
        cJSON *fields = cJSON_AddArrayToObject(action, "fields");
        for (size_t f = 0; f < schema->field_count; f++)
            cJSON_AddItemToArray(fields, render_field(call, &schema->fields[f]));
        cJSON_AddItemToArray(items, action);
    }
    return true;
}

/* --- small lists ------------------------------------------------------------------------------ */

static cJSON *start_items(struct call *call)
{
    call->answer = cJSON_CreateObject();
    return cJSON_AddArrayToObject(call->answer, "items");
}

static bool get_channels(struct call *call)
{
    const struct reference *r = &call->api->reference;
    cJSON *items = start_items(call);
    for (size_t i = 0; i < r->channel_count; i++) {
        cJSON *item = cJSON_CreateObject();
        json_add_text(item, "code", r->channels[i].code);
        json_add_text(item, "name", r->channels[i].name);
        cJSON_AddItemToArray(items, item);
    }
    return true;
}

static bool get_kinds(struct call *call)
{
    cJSON *items = start_items(call);
    for (int i = 0; i < APPEAL_KIND_COUNT; i++) {
        cJSON *item = cJSON_CreateObject();
        json_add_text(item, "name", word_name(WORDS_APPEAL_KIND, i));
        json_add_text(item, "label", call_text(call, word_label(WORDS_APPEAL_KIND, i)));
        cJSON_AddItemToArray(items, item);
    }
    return true;
}

/* --- completion ------------------------------------------------------------------------------- */

static const struct field_spec complete_fields[] = {
    {"q", FIELD_LINE, false, 0, 100, {"q", "输入"}, NULL},
    {"limit", FIELD_INT, false, 1, ALL_MAX, {"limit", "条数"}, NULL},
};

static size_t complete(struct call *call, const struct address_index *index,
                       struct address_match matches[COMPLETE_MAX])
{
    int64_t limit = field_number(&call->query, "limit", call->api->settings.page_candidates);
    return address_complete(index, field_text(&call->query, "q"),
                            (size_t)(limit < COMPLETE_MAX ? limit : COMPLETE_MAX), matches);
}

static cJSON *render_unit_item(struct call *call, const struct unit *unit)
{
    const struct unit *parent = reference_unit(&call->api->reference, unit->parent_id);
    cJSON *item = render_ref(unit->id, unit->name);
    json_add_text(item, "kind", unit->kind);
    json_add_text(item, "path_name", parent ? parent->name : "");
    return item;
}

static bool get_units(struct call *call)
{
    const struct reference *r = &call->api->reference;
    cJSON *items = start_items(call);
    if (!*field_text(&call->query, "q")) {
        size_t limit =
            (size_t)field_number(&call->query, "limit", call->api->settings.page_candidates);
        for (size_t i = 0; i < r->unit_count && i < limit; i++)
            cJSON_AddItemToArray(items, render_unit_item(call, &r->units[i]));
        return true;
    }
    struct address_match matches[COMPLETE_MAX];
    size_t count = complete(call, r->unit_names, matches);
    for (size_t i = 0; i < count; i++) {
        const struct unit *unit = reference_unit(r, matches[i].id);
        if (unit)
            cJSON_AddItemToArray(items, render_unit_item(call, unit));
    }
    return true;
}

static cJSON *render_category_item(struct call *call, const struct category *category)
{
    const struct reference *r = &call->api->reference;
    cJSON *item = cJSON_CreateObject();
    json_add_text(item, "code", category->code);
    json_add_text(item, "name", category->name);
    json_add_text(item, "path", reference_category_path(r, category->code, call->arena));
    cJSON_AddBoolToObject(item, "leaf", reference_category_leaf(r, category));
    json_add_text(item, "industry", category->industry);
    return item;
}

/* A matched branch of the tree stands for its leaves, as far as there is room. */
static void add_leaves(struct call *call, cJSON *items, const char *code, int limit)
{
    const struct reference *r = &call->api->reference;
    for (size_t i = 0; i < r->category_count && cJSON_GetArraySize(items) < limit; i++) {
        const struct category *c = &r->categories[i];
        if (strncmp(c->code, code, strlen(code)) != 0 || !reference_category_leaf(r, c))
            continue;
        const cJSON *item;
        bool there = false;
        cJSON_ArrayForEach(item, items) there |= strcmp(json_text(item, "code", ""), c->code) == 0;
        if (!there)
            cJSON_AddItemToArray(items, render_category_item(call, c));
    }
}

static bool get_categories(struct call *call)
{
    const struct reference *r = &call->api->reference;
    int limit = (int)field_number(&call->query, "limit", call->api->settings.page_candidates);
    cJSON *items = start_items(call);
    if (!*field_text(&call->query, "q")) {
        for (size_t i = 0; i < r->category_count && i < (size_t)limit; i++)
            cJSON_AddItemToArray(items, render_category_item(call, &r->categories[i]));
        return true;
    }
    struct address_match matches[COMPLETE_MAX];
    size_t count = complete(call, r->category_names, matches);
    for (size_t i = 0; i < count; i++)
        add_leaves(call, items,
                   matches[i].id ? r->categories[matches[i].id - 1].code : matches[i].region_code,
                   limit);
    return true;
}

/* --- addresses
 * -----------------------------------------------------------------------------------------------
 */

static const struct field_spec address_fields[] = {
    {"q", FIELD_LINE, true, 0, 100, {"q", "输入"}, NULL},
    {"limit", FIELD_INT, false, 1, COMPLETE_MAX, {"limit", "条数"}, NULL},
};

static bool get_complete(struct call *call)
{
    const struct reference *r = &call->api->reference;
    struct address_match matches[COMPLETE_MAX];
    size_t count = complete(call, r->places, matches);
    cJSON *items = start_items(call);
    for (size_t i = 0; i < count; i++) {
        cJSON *item = render_ref(matches[i].id, matches[i].name);
        json_add_text(item, "path", reference_region_path(r, matches[i].region_code, call->arena));
        json_add_text(item, "region", matches[i].region_code);
        json_add_text(item, "kind", matches[i].id ? "place" : "region");
        cJSON_AddItemToArray(items, item);
    }
    return true;
}

static bool get_address(struct call *call)
{
    const struct reference *r = &call->api->reference;
    int64_t id;
    const struct place *place =
        text_integer(call->segments[1], &id) ? store_place(call->db, id, call->arena) : NULL;
    if (!place)
        return call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL, NULL);
    call->answer = render_ref(place->id, place->name);
    json_add_text(call->answer, "kind", place->kind);
    json_add_text(call->answer, "path", reference_region_path(r, place->region_code, call->arena));
    json_add_text(call->answer, "region", place->region_code);
    json_add_text(call->answer, "component_code", place->component_code);
    cJSON_AddItemToObject(call->answer, "owner", render_unit(call, place->owner_unit_id));
    return true;
}

static const struct field_spec suggestion_fields[] = {
    {"category", FIELD_CATEGORY, true, 0, 0, {"category", "事项"}, NULL},
    {"place", FIELD_PLACE, false, 0, 0, {"place", "地点"}, NULL},
    {"region", FIELD_LINE, false, 6, 15, {"region", "区域"}, NULL},
};

static bool get_suggestion(struct call *call)
{
    struct matter matter = {.category_code = field_text(&call->query, "category"),
                            .region_code = field_text(&call->query, "region"),
                            .now = call->now};
    if (field_present(&call->query, "place")) {
        const struct place *place =
            store_place(call->db, field_number(&call->query, "place", 0), call->arena);
        if (place) {
            matter.region_code = place->region_code;
            matter.component_owner_id = place->owner_unit_id;
        }
    }
    call->answer = cJSON_CreateObject();
    cJSON_AddItemToObject(call->answer, "items", render_suggestions(call, &matter));
    return true;
}

static const struct route routes[] = {
    {API_GET, "actions", 0, 0, NO_FIELDS, NO_FIELDS, get_actions},
    {API_GET, "channels", 0, 0, NO_FIELDS, NO_FIELDS, get_channels},
    {API_GET, "kinds", 0, 0, NO_FIELDS, NO_FIELDS, get_kinds},
    {API_GET, "units", 0, 0, FIELDS(complete_fields), NO_FIELDS, get_units},
    {API_GET, "categories", 0, 0, FIELDS(complete_fields), NO_FIELDS, get_categories},
    {API_GET, "addresses/complete", 0, 0, FIELDS(address_fields), NO_FIELDS, get_complete},
    {API_GET, "addresses/*", 0, 0, NO_FIELDS, NO_FIELDS, get_address},
    {API_GET, "suggestions/unit", 0, 0, FIELDS(suggestion_fields), NO_FIELDS, get_suggestion},
};
const struct route_table routes_lookup = {FIELDS(routes)};
