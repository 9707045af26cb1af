/* SPDX-License-Identifier: GPL-3.0-or-later */
/* field: the declared shape of what an action or a request body takes. One declaration validates
 * the body, is published to the console as the form, and documents itself. */
#ifndef PLATFORM_MODEL_FIELD_H
#define PLATFORM_MODEL_FIELD_H

#include "platform/model/words.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
    FIELD_TEXT,   /* one or more lines; min..max code points */
    FIELD_LINE,   /* text without line ends */
    FIELD_SECRET, /* the same, overwritten in memory after the request */
    FIELD_INT,    /* min..max */
    FIELD_BOOL,
    FIELD_CHOICE,   /* one of choices, by name */
    FIELD_DATE,     /* "2026-11-30" in the city's zone; value: days since 1970 */
    FIELD_TIME,     /* RFC 3339; value: ms */
    FIELD_UNIT,     /* id of a unit */
    FIELD_UNITS,    /* up to max ids of units */
    FIELD_PLACE,    /* id of a place */
    FIELD_CATEGORY, /* code of a leaf category */
    FIELD_ORDER,    /* order number or id, as text */
    FIELD_ID,       /* any identifier */
};

struct field_choice {
    const char *name;
    struct bilingual label;
};

struct field_spec {
    const char *name;
    enum field_type type;
    bool required;
    int64_t min, max; /* code points, value or count; max 0 = the type's own limit */
    struct bilingual label;
    const struct field_choice *choices; /* ends with name NULL; FIELD_CHOICE only */
};

/* A checked value; `present` is false when the member was absent or null. */
struct field_value {
    const struct field_spec *spec;
    bool present;
    int64_t number;     /* INT, BOOL, DATE, TIME, UNIT, PLACE, ID */
    const char *text;   /* TEXT, LINE, CHOICE, CATEGORY, ORDER; "" when absent */
    const int64_t *ids; /* UNITS */
    size_t id_count;
};

/* The checked values of one body, in the order of its specs. */
struct field_values {
    const struct field_value *items;
    size_t count;
};

/* The value named so; a value with present = false when the specs do not have it. Never NULL. */
const struct field_value *field_get(const struct field_values *values, const char *name);
/* Short forms of the above. */
const char *field_text(const struct field_values *values, const char *name);
int64_t field_number(const struct field_values *values, const char *name, int64_t otherwise);
bool field_present(const struct field_values *values, const char *name);

#endif
