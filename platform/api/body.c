/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declared fields against what was sent: type, length, range, reference; nothing unknown. */
#include "core/clock.h"
#include "core/number.h"
#include "core/text.h"
#include "platform/api/api_private.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 2000, LINE_MAX_POINTS = 200 };
static const int64_t id_max = (INT64_C(1) << 53) - 1;

static const struct bilingual type_names[] = {
    [FIELD_TEXT] = {"a text", "文字"},
    [FIELD_LINE] = {"one line of text", "单行文字"},
    [FIELD_SECRET] = {"one line of text", "单行文字"},
    [FIELD_INT] = {"a whole number", "整数"},
    [FIELD_BOOL] = {"true or false", "是或否"},
    [FIELD_CHOICE] = {"one of the names offered", "所列选项之一"},
    [FIELD_DATE] = {"a date such as 2026-11-30", "日期（如 2026-11-30）"},
    [FIELD_TIME] = {"a time such as 2026-11-30T17:30:00+08:00",
                    "时间（如 2026-11-30T17:30:00+08:00）"},
    [FIELD_UNIT] = {"the number of a unit", "单位编号"},
    [FIELD_UNITS] = {"a list of unit numbers", "单位编号列表"},
    [FIELD_PLACE] = {"the number of a place", "地点编号"},
    [FIELD_CATEGORY] = {"the code of a category", "事项代码"},
    [FIELD_ORDER] = {"an order number", "工单编号"},
    [FIELD_ID] = {"a number", "编号"},
};

bool text_integer(const char *text, int64_t *number)
{
    const char *digits = text + (*text == '-');
    size_t n = strspn(digits, "0123456789");
    *number = strtoll(text, NULL, 10);
    return n > 0 && n <= 18 && digits[n] == '\0';
}

static bool refuse(struct call *call, const struct field_spec *spec, enum problem_type type,
                   struct bilingual b, struct bilingual c)
{
    return problem_set(&call->problem, type, spec->name, spec->label, b, c);
}

static bool refuse_type(struct call *call, const struct field_spec *spec)
{
    return refuse(call, spec, PROBLEM_FIELD_TYPE, type_names[spec->type], both(NULL));
}

static bool refuse_reference(struct call *call, const struct field_spec *spec)
{
    return refuse(call, spec, PROBLEM_FIELD_REFERENCE, both(NULL), both(NULL));
}

static bool check_text(struct call *call, const struct field_value *value)
{
    const struct field_spec *spec = value->spec;
    int64_t max = spec->max ? spec->max : spec->type == FIELD_TEXT ? TEXT_MAX : LINE_MAX_POINTS;
    int64_t points = (int64_t)utf8_count(value->text);
    if (points < spec->min || points > max)
        return refuse(call, spec, PROBLEM_FIELD_LENGTH, both(arena_int(call->arena, spec->min)),
                      both(arena_int(call->arena, max)));
    if (spec->type != FIELD_TEXT && strpbrk(value->text, "\r\n"))
        return refuse_type(call, spec);
    return true;
}

static bool check_choice(struct call *call, const struct field_value *value)
{
    const struct field_spec *spec = value->spec;
    const char *names = "";
    for (const struct field_choice *choice = spec->choices; choice && choice->name; choice++) {
        if (strcmp(choice->name, value->text) == 0)
            return true;
        names = arena_printf(call->arena, "%s%s%s", names, *names ? ", " : "", choice->name);
    }
    return refuse(call, spec, PROBLEM_FIELD_CHOICE, both(names), both(NULL));
}

static bool check_number(struct call *call, const struct field_value *value)
{
    const struct field_spec *spec = value->spec;
    if (spec->min == 0 && spec->max == 0)
        return true;
    if (value->number >= spec->min && value->number <= spec->max)
        return true;
    return refuse(call, spec, PROBLEM_FIELD_RANGE, both(arena_int(call->arena, spec->min)),
                  both(arena_int(call->arena, spec->max)));
}

static bool check_order(struct call *call, struct field_value *value)
{
    char number[ORDER_NUMBER_SIZE];
    int64_t account = call->account ? call->account->id : 0;
    if (strchr(value->text, '-') && order_number_complete(value->text, call->now, number))
        value->number = store_order_by_number(call->db, account, number);
    else if (!text_integer(value->text, &value->number))
        value->number = 0;
    return value->number > 0 || refuse_reference(call, value->spec);
}

/* References must exist; formats must be right. The value has the JSON type that the field wants.
 */
static bool check_value(struct call *call, struct field_value *value)
{
    const struct reference *r = &call->api->reference;
    int32_t day;
    switch (value->spec->type) {
    case FIELD_TEXT:
    case FIELD_LINE:
    case FIELD_SECRET:
        return check_text(call, value);
    case FIELD_CHOICE:
        return check_choice(call, value);
    case FIELD_INT:
    case FIELD_ID:
        return check_number(call, value);
    case FIELD_DATE:
        if (!clock_parse_day(value->text, &day))
            return refuse_type(call, value->spec);
        value->number = day;
        return true;
    case FIELD_TIME:
        return clock_parse(value->text, &value->number) || refuse_type(call, value->spec);
    case FIELD_UNIT:
        return reference_unit(r, value->number) || refuse_reference(call, value->spec);
    case FIELD_UNITS:
        if ((int64_t)value->id_count > value->spec->max)
            return refuse(call, value->spec, PROBLEM_FIELD_RANGE, both("0"),
                          both(arena_int(call->arena, value->spec->max)));
        for (size_t i = 0; i < value->id_count; i++)
            if (!reference_unit(r, value->ids[i]))
                return refuse_reference(call, value->spec);
        return true;
    case FIELD_PLACE:
        return store_place(call->db, value->number, call->arena) ||
               refuse_reference(call, value->spec);
    case FIELD_CATEGORY:
        return reference_category(r, value->text) || refuse_reference(call, value->spec);
    case FIELD_ORDER:
        return check_order(call, value);
    case FIELD_BOOL:
        break;
    }
    return true;
}

static bool is_text_type(enum field_type type)
{
    return type == FIELD_TEXT || type == FIELD_LINE || type == FIELD_SECRET ||
           type == FIELD_CHOICE || type == FIELD_DATE || type == FIELD_TIME ||
           type == FIELD_CATEGORY || type == FIELD_ORDER;
}

static bool whole(const cJSON *item, int64_t *number)
{
    double d = cJSON_GetNumberValue(item);
    if (!cJSON_IsNumber(item) || !(d >= (double)-id_max && d <= (double)id_max))
        return false;
    *number = (int64_t)d;
    return (double)*number == d;
}

static bool read_ids(struct call *call, struct field_value *value, const cJSON *item)
{
    size_t count = (size_t)cJSON_GetArraySize(item);
    if (!cJSON_IsArray(item) || count > 100)
        return refuse_type(call, value->spec);
    int64_t *ids = arena_alloc(call->arena, (count + 1) * sizeof *ids);
    const cJSON *element;
    cJSON_ArrayForEach(element, item)
    {
        if (!whole(element, &ids[value->id_count++]))
            return refuse_type(call, value->spec);
    }
    value->ids = ids;
    return true;
}

static bool read_json(struct call *call, struct field_value *value, const cJSON *item)
{
    enum field_type type = value->spec->type;
    if (is_text_type(type)) {
        if (!cJSON_IsString(item))
            return refuse_type(call, value->spec);
        value->text = arena_strdup(call->arena, item->valuestring);
        if (type == FIELD_SECRET)
            explicit_bzero(item->valuestring, strlen(item->valuestring));
    } else if (type == FIELD_BOOL) {
        if (!cJSON_IsBool(item))
            return refuse_type(call, value->spec);
        value->number = cJSON_IsTrue(item);
    } else if (type == FIELD_UNITS) {
        if (!read_ids(call, value, item))
            return false;
    } else if (!whole(item, &value->number)) {
        return refuse_type(call, value->spec);
    }
    value->present = true;
    return check_value(call, value);
}

static struct field_value *new_values(struct call *call, const struct field_spec *specs,
                                      size_t count, struct field_values *out)
{
    struct field_value *items = arena_alloc(call->arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct field_value){.spec = &specs[i], .text = ""};
    *out = (struct field_values){items, count};
    return items;
}

static bool known(const struct field_spec *specs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(specs[i].name, name) == 0)
            return true;
    return false;
}

static bool refuse_unknown(struct call *call, const char *name)
{
    const char *copy = arena_strndup(call->arena, name, text_cut(name, 40, NULL));
    return call_problem(call, PROBLEM_FIELD_UNKNOWN, copy, copy, NULL, NULL);
}

static bool refuse_missing(struct call *call, const struct field_spec *spec)
{
    return refuse(call, spec, PROBLEM_FIELD_MISSING, both(NULL), both(NULL));
}

bool body_check(struct call *call, const struct field_spec *specs, size_t count,
                const cJSON *object, struct field_values *out)
{
    struct field_value *items = new_values(call, specs, count, out);
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        if (!known(specs, count, member->string))
            return refuse_unknown(call, member->string);
    }
    for (size_t i = 0; i < count; i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, specs[i].name);
        if (item && !cJSON_IsNull(item)) {
            if (!read_json(call, &items[i], item))
                return false;
        } else if (specs[i].required) {
            return refuse_missing(call, &specs[i]);
        }
    }
    return true;
}

static bool read_query(struct call *call, struct field_value *value, const char *text)
{
    enum field_type type = value->spec->type;
    value->present = *text != '\0' || value->spec->required;
    if (!value->present)
        return true;
    if (is_text_type(type)) {
        value->text = text;
    } else if (type == FIELD_BOOL) {
        if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
            return refuse_type(call, value->spec);
        value->number = *text == '1';
    } else {
        if (!text_integer(text, &value->number))
            return refuse_type(call, value->spec);
    }
    return check_value(call, value);
}

bool query_check(struct call *call, const struct field_spec *specs, size_t count,
                 struct field_values *out)
{
    struct field_value *items = new_values(call, specs, count, out);
    const struct api_request *request = call->request;
    for (size_t q = 0; q < request->query_count; q++) {
        size_t i = 0;
        while (i < count && strcmp(specs[i].name, request->query_names[q]) != 0)
            i++;
        if (i == count)
            return refuse_unknown(call, request->query_names[q]);
        if (!read_query(call, &items[i], request->query_values[q]))
            return false;
    }
    for (size_t i = 0; i < count; i++)
        if (specs[i].required && !items[i].present)
            return refuse_missing(call, &specs[i]);
    return true;
}

void body_forget_secrets(struct call *call)
{
    for (size_t i = 0; i < call->body.count; i++) {
        const struct field_value *value = &call->body.items[i];
        if (value->spec->type != FIELD_SECRET || !value->present)
            continue;
        union {
            const char *kept;
            char *overwritten; /* the arena's */
        } text = {value->text};
        explicit_bzero(text.overwritten, strlen(value->text));
    }
}
