/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/model/field.h"

#include <string.h>

static const struct field_value absent = {.text = ""};

const struct field_value *field_get(const struct field_values *values, const char *name)
{
    for (size_t i = 0; values && i < values->count; i++)
        if (values->items[i].spec && strcmp(values->items[i].spec->name, name) == 0)
            return &values->items[i];
    return &absent;
}

const char *field_text(const struct field_values *values, const char *name)
{
    const struct field_value *value = field_get(values, name);
    return value->present && value->text ? value->text : "";
}

int64_t field_number(const struct field_values *values, const char *name, int64_t otherwise)
{
    const struct field_value *value = field_get(values, name);
    return value->present ? value->number : otherwise;
}

bool field_present(const struct field_values *values, const char *name)
{
    return field_get(values, name)->present;
}
