/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forms, queues, completions and figures. */
#include "client/client_private.h"

bool decode_nothing(struct answer *answer, const cJSON *json)
{
    (void)answer;
    (void)json;
    return true;
}

bool decode_health(struct answer *answer, const cJSON *json)
{
    answer->result.city = part_text(answer->arena, json, "city");
    return cJSON_IsObject(json);
}

static const struct mq_field *fields_read(struct arena *arena, const cJSON *array, size_t count)
{
    struct mq_field *fields = arena_alloc(arena, count * sizeof *fields), *field = fields;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        *field = (struct mq_field){
            .name = part_text(arena, item, "name"),
            .label = part_text(arena, item, "label"),
            .type = part_text(arena, item, "type"),
            .required = json_bool(item, "required", false),
            .min = json_int(item, "min", 0),
            .max = json_int(item, "max", 0),
        };
        field->choices = part_choices(arena, cJSON_GetObjectItemCaseSensitive(item, "choices"),
                                      &field->choice_count);
        if (!*field->name || !*field->type)
            return NULL; /* a form that could not be filled in */
        field++;
    }
    return fields;
}

bool decode_actions(struct answer *answer, const cJSON *json)
{
    struct arena *arena = answer->arena;
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "actions", &r->count), *item;
    if (!array)
        return false;
    struct mq_action *actions = arena_alloc(arena, r->count * sizeof *actions), *action = actions;
    r->actions = actions;
    cJSON_ArrayForEach(item, array)
    {
        *action = (struct mq_action){
            .name = part_text(arena, item, "name"),
            .subject = part_text(arena, item, "subject"),
            .label = part_text(arena, item, "label"),
            .confirm = part_text(arena, item, "confirm"),
        };
        const cJSON *fields = part_array(item, "fields", &action->field_count);
        action->fields = fields_read(arena, fields, action->field_count);
        if (!*action->name || !action->fields)
            return false;
        action++;
    }
    return true;
}

bool decode_queues(struct answer *answer, const cJSON *json)
{
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count);
    r->queues = part_queues(answer->arena, array, &r->queue_count);
    r->cursor = part_cursor(answer->arena, json);
    return array != NULL;
}

bool decode_events(struct answer *answer, const cJSON *json)
{
    struct arena *arena = answer->arena;
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count), *item;
    if (!array)
        return false;
    struct mq_event *events = arena_alloc(arena, r->count * sizeof *events);
    r->events = events;
    cJSON_ArrayForEach(item, array)
    {
        const cJSON *detail = cJSON_GetObjectItemCaseSensitive(item, "detail");
        *events++ = (struct mq_event){
            .n = json_int(item, "n", 0),
            .at = json_time(item, "at"),
            .version = json_int(item, "version", 0),
            .action = part_text(arena, item, "action"),
            .label = part_text(arena, item, "label"),
            .from = part_text(arena, item, "from"),
            .to = part_text(arena, item, "to"),
            .to_label = part_text(arena, item, "to_label"),
            .by = part_name(arena, item, "by"),
            .text = part_text(arena, item, "text"),
            .unit = part_name(arena, item, "unit"),
            .detail = cJSON_IsObject(detail) ? part_json(arena, detail) : "",
        };
    }
    return true;
}

bool decode_why(struct answer *answer, const cJSON *json)
{
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "lines", &r->count);
    r->lines = part_texts(answer->arena, array, &r->count);
    return array != NULL;
}

bool decode_reveal(struct answer *answer, const cJSON *json)
{
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "appeals", &r->count), *item;
    struct mq_appeal *appeals = arena_alloc(answer->arena, r->count * sizeof *appeals);
    r->appeals = appeals;
    cJSON_ArrayForEach(item, array)
    {
        *appeals++ = part_appeal(answer->arena, item);
    }
    return array != NULL;
}

bool decode_places(struct answer *answer, const cJSON *json)
{
    struct arena *arena = answer->arena;
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count), *item;
    struct mq_place *places = arena_alloc(arena, r->count * sizeof *places);
    r->places = places;
    cJSON_ArrayForEach(item, array)
    {
        const cJSON *region = cJSON_GetObjectItemCaseSensitive(item, "region");
        *places++ = (struct mq_place){
            .id = json_int(item, "id", 0), /* 0: a region */
            .name = part_text(arena, item, "name"),
            .path = part_text(arena, item, "path"),
            .region = part_value(arena, region),
            .kind = part_text(arena, item, "kind"),
        };
    }
    return array != NULL;
}

/* Lists of refs differ only in what the members are called. */
static bool refs_read(struct answer *answer, const cJSON *json, const char *code, const char *name,
                      const char *path)
{
    struct arena *arena = answer->arena;
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count), *item;
    struct mq_ref *refs = arena_alloc(arena, r->count * sizeof *refs);
    r->refs = refs;
    cJSON_ArrayForEach(item, array)
    {
        *refs++ = (struct mq_ref){
            .id = json_int(item, "id", 0),
            .code = part_text(arena, item, code),
            .name = part_text(arena, item, name),
            .path = part_text(arena, item, path),
        };
    }
    return array != NULL;
}

bool decode_units(struct answer *answer, const cJSON *json)
{
    return refs_read(answer, json, "kind", "name", "path_name");
}

bool decode_categories(struct answer *answer, const cJSON *json)
{
    return refs_read(answer, json, "code", "name", "path");
}

bool decode_channels(struct answer *answer, const cJSON *json)
{
    return refs_read(answer, json, "code", "name", "path");
}

bool decode_kinds(struct answer *answer, const cJSON *json)
{
    return refs_read(answer, json, "name", "label", "path");
}

bool decode_suggestions(struct answer *answer, const cJSON *json)
{
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count);
    r->suggestions = part_suggestions(answer->arena, array, r->count);
    return array != NULL;
}

static struct mq_board_row board_row_read(struct arena *arena, const cJSON *json)
{
    struct mq_board_row row = {
        .key = part_value(arena, cJSON_GetObjectItemCaseSensitive(json, "key")),
        .label = part_text(arena, json, "label"),
        .query = part_text(arena, json, "query"),
        .total = json_int(json, "total", 0),
        .open = json_int(json, "open", 0),
        .yellow = json_int(json, "yellow", 0),
        .red = json_int(json, "red", 0),
        .unsatisfied = json_int(json, "unsatisfied", 0),
        .concluded = json_int(json, "concluded", 0),
        .satisfied = json_int(json, "satisfied", 0),
    };
    return row;
}

bool decode_board(struct answer *answer, const cJSON *json)
{
    struct arena *arena = answer->arena;
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count), *item;
    struct mq_board_row *rows = arena_alloc(arena, r->count * sizeof *rows);
    r->board = rows;
    cJSON_ArrayForEach(item, array)
    {
        *rows++ = board_row_read(arena, item);
    }
    r->totals = board_row_read(arena, cJSON_GetObjectItemCaseSensitive(json, "totals"));
    return array != NULL;
}
