/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json: the few things that cJSON leaves to its users: 64-bit integers printed as integers, strict
 * reading, and typed look-ups. Not for tui/. */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Adds "name": value as an integer literal, whatever its size. */
void json_add_int(cJSON *object, const char *name, int64_t value);
/* Adds the text, or null for NULL. */
void json_add_text(cJSON *object, const char *name, const char *text);
/* Adds RFC 3339 text of a moment in ms, or null for 0. */
void json_add_time(cJSON *object, const char *name, int64_t ms);
/* Adds the local day "2026-11-30" of a moment in ms, or null for 0. */
void json_add_day(cJSON *object, const char *name, int64_t ms);
/* Parses exactly one JSON value of `n` bytes: valid UTF-8 without a BOM, no NUL and no
 * \u0000, numbers finite and by the grammar, nothing but white space around it, nesting at most 32,
 * no key twice in one object. NULL if it is not. The caller frees with cJSON_Delete. */
cJSON *json_parse(const char *text, size_t n);

/* Typed members of an object, names by exact case; the default when missing, null or of another
 * type. An integer is a number without a fraction of at most 2^53, which cJSON holds exactly; what
 * json_add_int added is read back whatever its size. */
int64_t json_int(const cJSON *object, const char *name, int64_t otherwise);
const char *json_text(const cJSON *object, const char *name, const char *otherwise);
bool json_bool(const cJSON *object, const char *name, bool otherwise);
/* RFC 3339 member as ms, 0 when missing. */
int64_t json_time(const cJSON *object, const char *name);

#endif
