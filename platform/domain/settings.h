/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings: what an office may set, from one file that documents itself. */
#ifndef PLATFORM_DOMAIN_SETTINGS_H
#define PLATFORM_DOMAIN_SETTINGS_H

#include "core/status.h"
#include "platform/domain/account.h"
#include "platform/domain/lifecycle.h"
#include "platform/domain/settings_table.h"
#include "platform/model/words.h"
#include <stddef.h>
#include <stdio.h>

#define SETTING_TYPE_LIMIT    struct limit
#define SETTING_TYPE_COUNT    int32_t
#define SETTING_TYPE_PERCENT  int32_t
#define SETTING_TYPE_DURATION int64_t
#define SETTING_TYPE_CHOICE   int32_t

struct settings {
    struct policy policy;
    struct account_policy account;
#define X(section, kind, member, ...) SETTING_TYPE_##kind member;
    PLATFORM_SETTINGS(X)
#undef X
};

/* All values as the table has them. */
struct settings settings_default(void);
/* Reads a file in the form that settings_write writes; what it does not name keeps its default.
 * The first thing that is wrong – no such name, a name given twice, a value of another kind, out of
 * its range or at odds with another one – is reported with file and line and what is allowed, and
 * *settings stays as it was. ST_NOT_FOUND or ST_IO when the file cannot be read, ST_INVALID for
 * what is in it. */
enum status settings_load(const char *path, struct settings *settings, struct error *err);
/* Writes the whole file with the defaults, each value with its meaning and range. */
void settings_write(FILE *out, enum language language);

size_t settings_count(void);
/* True when the value of row `i` is not the default; `line` then gets "section.name = value
 * (default)", as much as fits. */
bool settings_changed(const struct settings *settings, size_t i, char *line, size_t size);

#endif
