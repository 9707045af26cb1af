/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/clock.h"
#include "core/text.h"
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 32, FEW_KEYS = 12 };

/* Integers up to this one survive the double in which cJSON keeps numbers. */
#define EXACT_MAX 9007199254740992.0

void json_add_int(cJSON *object, const char *name, int64_t value)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    cJSON_AddRawToObject(object, name, digits);
}

void json_add_text(cJSON *object, const char *name, const char *text)
{
    if (text)
        cJSON_AddStringToObject(object, name, text);
    else
        cJSON_AddNullToObject(object, name);
}

void json_add_time(cJSON *object, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    if (ms)
        clock_format(ms, text);
    json_add_text(object, name, ms ? text : NULL);
}

void json_add_day(cJSON *object, const char *name, int64_t ms)
{
    char text[11];
    if (ms)
        clock_format_day(clock_day(ms), text);
    json_add_text(object, name, ms ? text : NULL);
}

/* --- strict reading: what cJSON lets pass -------------------------------------------------- */

/* True if "\\uXXXX" at `s` names a character: cJSON reads wrong digits as zero, and a zero would
 * end the C string early. */
static bool scan_unicode_escape(const char *s, size_t n)
{
    if (n < 6 || strncmp(s + 2, "0000", 4) == 0)
        return false;
    for (int i = 2; i < 6; i++)
        if (!isxdigit((unsigned char)s[i]))
            return false;
    return true;
}

/* Bytes of a string token that begins at `s[0] == '"'`, 0 when it is not one. */
static size_t scan_string(const char *s, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (s[i] == '"')
            return i + 1;
        if ((unsigned char)s[i] < 0x20)
            return 0;
        if (s[i] != '\\')
            continue;
        if (i + 1 < n && s[i + 1] == 'u' && !scan_unicode_escape(s + i, n - i))
            return 0;
        i++; /* cJSON checks the other escapes */
    }
    return 0;
}

static size_t scan_digits(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && s[i] >= '0' && s[i] <= '9')
        i++;
    return i;
}

/* Bytes of a number token by the grammar of RFC 8259 section 6, 0 when it is not one. */
static size_t scan_number(const char *s, size_t n)
{
    size_t i = s[0] == '-' ? 1 : 0;
    size_t digits = scan_digits(s + i, n - i);
    if (digits == 0 || (digits > 1 && s[i] == '0'))
        return 0;
    i += digits;
    if (i < n && s[i] == '.') {
        digits = scan_digits(s + i + 1, n - i - 1);
        if (digits == 0)
            return 0;
        i += 1 + digits;
    }
    if (i < n && (s[i] == 'e' || s[i] == 'E')) {
        i++;
        if (i < n && (s[i] == '+' || s[i] == '-'))
            i++;
        digits = scan_digits(s + i, n - i);
        if (digits == 0)
            return 0;
        i += digits;
    }
    return i;
}

/* True if the tokens are JSON's and nested at most DEPTH_MAX deep; their order is cJSON's job. */
static bool tokens_strict(const char *s, size_t n)
{
    int depth = 0;
    for (size_t i = 0; i < n;) {
        size_t taken = 1;
        switch (s[i]) {
        case '{':
        case '[':
            if (++depth > DEPTH_MAX)
                return false;
            break;
        case '}':
        case ']':
            depth--;
            break;
        case ',':
        case ':':
        case ' ':
        case '\t':
        case '\n':
        case '\r':
            break;
        case '"':
            taken = scan_string(s + i, n - i);
            break;
        case '-':
            taken = scan_number(s + i, n - i);
            break;
        default:
            if (s[i] >= '0' && s[i] <= '9')
                taken = scan_number(s + i, n - i);
            else if (s[i] < 'a' || s[i] > 'z')
                return false; /* true, false and null are left to cJSON */
        }
        if (taken == 0)
            return false;
        i += taken;
    }
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, because comparing each with each lets a body of many keys stall the platform. */
static bool keys_unique_sorted(const cJSON *object, size_t count)
{
    const char **keys = malloc(count * sizeof *keys);
    if (!keys)
        return false;
    size_t n = 0;
    for (const cJSON *item = object->child; item; item = item->next)
        keys[n++] = item->string;
    qsort(keys, n, sizeof *keys, compare_keys);
    bool unique = true;
    for (size_t i = 1; i < n && unique; i++)
        unique = strcmp(keys[i - 1], keys[i]) != 0;
    free(keys);
    return unique;
}

static bool keys_unique(const cJSON *object)
{
    size_t count = (size_t)cJSON_GetArraySize(object);
    if (count > FEW_KEYS)
        return keys_unique_sorted(object, count);
    for (const cJSON *item = object->child; item; item = item->next)
        for (const cJSON *other = item->next; other; other = other->next)
            if (strcmp(item->string, other->string) == 0)
                return false;
    return true;
}

/* True if no object below has a key twice and every number is finite. Depth is bounded by then. */
static bool tree_strict(const cJSON *value)
{
    if (cJSON_IsNumber(value))
        return isfinite(value->valuedouble);
    if (cJSON_IsObject(value) && !keys_unique(value))
        return false;
    for (const cJSON *item = value->child; item; item = item->next)
        if (!tree_strict(item))
            return false;
    return true;
}

cJSON *json_parse(const char *text, size_t n)
{
    if (!text || n == 0 || memchr(text, '\0', n) || !utf8_valid(text, n) || !tokens_strict(text, n))
        return NULL;
    /* cJSON of Debian 12 looks one byte past the length that it is given: parse a copy that ends
     * with a NUL. */
    char *copy = malloc(n + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, n);
    copy[n] = '\0';
    cJSON *value = cJSON_ParseWithOpts(copy, NULL, true);
    free(copy);
    if (value && !tree_strict(value)) {
        cJSON_Delete(value);
        return NULL;
    }
    return value;
}

/* --- typed members ------------------------------------------------------------------------- */

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

int64_t json_int(const cJSON *object, const char *name, int64_t otherwise)
{
    const cJSON *item = member(object, name);
    if (cJSON_IsRaw(item)) { /* of json_add_int */
        char *end;
        long long value = strtoll(item->valuestring, &end, 10);
        return end != item->valuestring && *end == '\0' ? value : otherwise;
    }
    if (!cJSON_IsNumber(item) || !(fabs(item->valuedouble) <= EXACT_MAX))
        return otherwise;
    int64_t value = (int64_t)item->valuedouble;
    return (double)value < item->valuedouble || (double)value > item->valuedouble ? otherwise
                                                                                  : value;
}

const char *json_text(const cJSON *object, const char *name, const char *otherwise)
{
    const cJSON *item = member(object, name);
    return cJSON_IsString(item) && item->valuestring ? item->valuestring : otherwise;
}

bool json_bool(const cJSON *object, const char *name, bool otherwise)
{
    const cJSON *item = member(object, name);
    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : otherwise;
}

int64_t json_time(const cJSON *object, const char *name)
{
    const char *text = json_text(object, name, NULL);
    int64_t ms = 0;
    return text && clock_parse(text, &ms) ? ms : 0;
}
