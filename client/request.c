/* SPDX-License-Identifier: GPL-3.0-or-later */
/* URLs and bodies of requests. */
#include "client/client_private.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- URLs -------------------------------------------------------------------------------- */

/* RFC 3986: all but the unreserved characters, and those of `also`, are encoded. */
static void encode(struct buf *url, const char *text, const char *also)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr("-._~", c) || strchr(also, c))
            buf_add_char(url, *text);
        else
            buf_printf(url, "%%%02X", c);
    }
}

void url_start(struct mq *mq, struct buf *url, const char *path)
{
    *url = (struct buf)BUF_EMPTY;
    buf_add_text(url, mq->base);
    buf_add_text(url, path);
}

void url_segment(struct buf *url, const char *segment)
{
    buf_add_char(url, '/');
    encode(url, segment, "");
}

static void param_start(struct buf *url)
{
    buf_add_char(url, url->data && strchr(url->data, '?') ? '&' : '?');
}

void url_param(struct buf *url, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    param_start(url);
    buf_add_text(url, name);
    buf_add_char(url, '=');
    encode(url, value, "");
}

void url_param_int(struct buf *url, const char *name, int64_t value)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    url_param(url, name, value ? digits : NULL);
}

void url_params(struct buf *url, const char *params)
{
    if (!params || !*params)
        return;
    param_start(url);
    encode(url, params, "%&=+,;:@/");
}

char *url_plain(struct mq *mq, const char *path)
{
    struct buf url;
    url_start(mq, &url, path);
    return buf_take(&url);
}

/* ---- bodies ------------------------------------------------------------------------------ */

void body_start(struct body *body)
{
    body->object = cJSON_CreateObject();
    body->failed = !body->object;
}

static void add(struct body *body, cJSON *to, const char *name, cJSON *item)
{
    bool added = item && !body->failed &&
                 (name ? cJSON_AddItemToObject(to, name, item) : cJSON_AddItemToArray(to, item));
    if (added)
        return;
    cJSON_Delete(item);
    body->failed = true;
}

static cJSON *integer(int64_t value)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    return cJSON_CreateRaw(digits);
}

void body_text(struct body *body, const char *name, const char *value)
{
    add(body, body->object, name, cJSON_CreateString(value ? value : ""));
}

void body_int(struct body *body, const char *name, int64_t value)
{
    add(body, body->object, name, integer(value));
}

/* An integer up to `end`, which is a NUL or comma; spaces around it are allowed. */
static bool integer_read(const char *text, const char **end, int64_t *value)
{
    char *stop;
    errno = 0;
    long long number = strtoll(text, &stop, 10);
    if (stop == text || errno)
        return false;
    stop += strspn(stop, " ");
    *end = stop;
    *value = number;
    return *stop == '\0' || *stop == ',';
}

static bool add_integer(struct body *body, const struct mq_value *value)
{
    int64_t number;
    const char *end;
    if (!integer_read(value->value, &end, &number) || *end)
        return false;
    body_int(body, value->name, number);
    return true;
}

static bool add_integers(struct body *body, const struct mq_value *value)
{
    cJSON *array = cJSON_CreateArray();
    const char *at = value->value;
    int64_t number;
    for (bool more = true; more;) {
        if (!integer_read(at, &at, &number)) {
            cJSON_Delete(array);
            return false;
        }
        if (array)
            add(body, array, NULL, integer(number));
        more = *at == ',';
        at += more;
    }
    add(body, body->object, value->name, array);
    return true;
}

static bool add_bool(struct body *body, const struct mq_value *value)
{
    static const char *const words[][2] = {{"false", "true"}, {"0", "1"}, {"no", "yes"}};
    for (size_t i = 0; i < 3; i++) {
        for (int yes = 0; yes < 2; yes++) {
            if (strcmp(value->value, words[i][yes]) == 0) {
                add(body, body->object, value->name, cJSON_CreateBool(yes));
                return true;
            }
        }
    }
    return false;
}

static bool type_is(const struct mq_value *value, const char *names)
{
    size_t length = strlen(value->type);
    const char *at = strstr(names, value->type);
    return length > 0 && at && at[length] == ' ' && (at == names || at[-1] == ' ');
}

void body_values(struct body *body, const struct mq_value *values, size_t count)
{
    for (const struct mq_value *value = values; value < values + count; value++) {
        bool added = false;
        if (!value->value || !*value->value)
            continue;
        if (type_is(value, "int unit place id "))
            added = add_integer(body, value);
        else if (type_is(value, "units "))
            added = add_integers(body, value);
        else if (type_is(value, "bool "))
            added = add_bool(body, value);
        if (!added)
            body_text(body, value->name, value->value);
    }
}

char *body_take(struct body *body)
{
    char *text = body->failed ? NULL : cJSON_PrintUnformatted(body->object);
    const cJSON *member;
    cJSON_ArrayForEach(member, body->object)
    {
        if (cJSON_IsString(member)) /* it may be a password */
            explicit_bzero(member->valuestring, strlen(member->valuestring));
    }
    cJSON_Delete(body->object);
    body->object = NULL;
    return text;
}
