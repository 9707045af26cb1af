/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the platform's JSON that more than one answer has. A member of a wrong type counts
 * as missing: the platform is another machine, and a newer one may know more than we do. */
#include "client/client_private.h"
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const char *part_text(struct arena *arena, const cJSON *object, const char *name)
{
    const char *text = json_text(object, name, "");
    return *text ? arena_strdup(arena, text) : "";
}

const char *part_name(struct arena *arena, const cJSON *object, const char *name)
{
    const cJSON *item = member(object, name);
    return cJSON_IsObject(item) ? part_text(arena, item, "name") : part_text(arena, object, name);
}

/* It goes into a URL as it is. */
const char *part_cursor(struct arena *arena, const cJSON *object)
{
    const char *cursor = json_text(object, "cursor", "");
    size_t n = strspn(cursor, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-");
    return n > 0 && n <= CURSOR_MAX && !cursor[n] ? arena_strdup(arena, cursor) : "";
}

/* The number in digits: cJSON prints every tenth identifier as 3.00033001234567e+15. False when it
 * is no integer. */
static bool number_digits(const cJSON *number, char digits[24])
{
    double value = number->valuedouble;
    if (!(fabs(value) <= 9007199254740992.0) || floor(value) < value)
        return false;
    (void)snprintf(digits, 24, "%" PRId64, (int64_t)value);
    return true;
}

static void numbers_to_digits(cJSON *value)
{
    char digits[24];
    if (cJSON_IsNumber(value) && number_digits(value, digits)) {
        char *raw = cJSON_malloc(sizeof digits);
        if (!raw)
            return; /* the number is right as it is, only hard to read */
        memcpy(raw, digits, sizeof digits);
        value->valuestring = raw;
        value->type = cJSON_Raw;
        return;
    }
    for (cJSON *item = value->child; item; item = item->next)
        numbers_to_digits(item);
}

const char *part_json(struct arena *arena, const cJSON *value)
{
    cJSON *readable = cJSON_Duplicate(value, true);
    if (readable)
        numbers_to_digits(readable);
    char *text = readable ? cJSON_PrintUnformatted(readable) : NULL;
    const char *copy = text ? arena_strdup(arena, text) : "";
    cJSON_free(text);
    cJSON_Delete(readable);
    return copy;
}

static const char *scalar(struct arena *arena, const cJSON *value)
{
    if (cJSON_IsString(value))
        return arena_strdup(arena, value->valuestring);
    if (cJSON_IsObject(value)) {
        const cJSON *id = member(value, "id");
        return scalar(arena, cJSON_IsNumber(id) ? id : member(value, "code"));
    }
    if (cJSON_IsNumber(value) || cJSON_IsBool(value))
        return part_json(arena, value);
    return "";
}

const char *part_value(struct arena *arena, const cJSON *value)
{
    if (!cJSON_IsArray(value))
        return scalar(arena, value);
    struct buf list = BUF_EMPTY;
    const cJSON *item;
    cJSON_ArrayForEach(item, value)
    {
        if (list.length)
            buf_add_char(&list, ',');
        buf_add_text(&list, scalar(arena, item));
    }
    const char *text =
        list.length && !list.failed ? arena_strndup(arena, list.data, list.length) : "";
    buf_free(&list);
    return text;
}

int part_small(const cJSON *object, const char *name, int otherwise)
{
    int64_t value = json_int(object, name, otherwise);
    return value < INT_MIN || value > INT_MAX ? otherwise : (int)value;
}

/* NULL for what is no array, or so long that our memory would not hold it. */
static const cJSON *array_checked(const cJSON *array, size_t *count)
{
    *count = cJSON_IsArray(array) ? (size_t)cJSON_GetArraySize(array) : 0;
    if (cJSON_IsArray(array) && *count <= ITEMS_MAX)
        return array;
    *count = 0;
    return NULL;
}

const cJSON *part_array(const cJSON *object, const char *name, size_t *count)
{
    return array_checked(member(object, name), count);
}

struct mq_ref part_ref_of(struct arena *arena, const cJSON *value)
{
    struct mq_ref ref = {
        .id = json_int(value, "id", 0),
        .code = part_text(arena, value, "code"),
        .name = part_text(arena, value, "name"),
        .path = part_text(arena, value, "path"),
    };
    return ref;
}

struct mq_ref part_ref(struct arena *arena, const cJSON *object, const char *name)
{
    return part_ref_of(arena, member(object, name));
}

const char **part_texts(struct arena *arena, const cJSON *array, size_t *count)
{
    array = array_checked(array, count);
    const char **texts = arena_alloc(arena, *count * sizeof *texts);
    size_t i = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        texts[i++] = scalar(arena, item);
    }
    return texts;
}

struct mq_appeal part_appeal(struct arena *arena, const cJSON *json)
{
    const cJSON *person = member(json, "person");
    if (!cJSON_IsObject(person))
        person = json; /* what is revealed has no such level */
    struct mq_appeal appeal = {
        .id = json_int(json, "id", 0),
        .channel = part_name(arena, json, "channel"),
        .source_no = part_text(arena, json, "source_no"),
        .name = part_text(arena, person, "name"),
        .phone = part_text(arena, person, "phone"),
        .identity = part_text(arena, person, "identity"),
        .words = part_text(arena, json, "words"),
        .kind_label = part_text(arena, json, "kind_label"),
        .taken_by = part_name(arena, json, "taken_by"),
        .received_at = json_time(json, "received_at"),
    };
    return appeal;
}

const struct mq_queue *part_queues(struct arena *arena, const cJSON *array, size_t *count)
{
    array = array_checked(array, count);
    struct mq_queue *queues = arena_alloc(arena, *count * sizeof *queues);
    size_t i = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        queues[i++] = (struct mq_queue){
            .name = part_text(arena, item, "name"),
            .label = part_text(arena, item, "label"),
            .count = json_int(item, "count", 0),
            .red = json_int(item, "red", 0),
        };
    }
    return queues;
}

const struct mq_choice *part_choices(struct arena *arena, const cJSON *array, size_t *count)
{
    array = array_checked(array, count);
    struct mq_choice *choices = arena_alloc(arena, *count * sizeof *choices);
    size_t i = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        choices[i++] = (struct mq_choice){
            .name = part_text(arena, item, "name"),
            .label = part_text(arena, item, "label"),
        };
    }
    return choices;
}
