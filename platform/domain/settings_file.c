/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of settings: libinih takes the lines apart, what they mean is said by the table. */
#include "platform/domain/settings_private.h"
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SHOWN = 80, LINE_MAX_BYTES = 160 };

/* One reading of one file. */
struct reading {
    FILE *file;
    const char *path; /* its end, where it is long */
    int line;         /* the one that was read last, from 1 */
    char *buffer;     /* getline's */
    size_t buffer_size;
    struct settings settings;
    int *given; /* by row: the line that gave it, 0 none */
    int bad_line;
    struct error error; /* of bad_line */
};

static void blame(struct reading *reading, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first thing that is wrong stays. */
static void blame(struct reading *reading, int line, const char *format, ...)
{
    char what[sizeof reading->error.message];
    if (reading->bad_line)
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    reading->bad_line = line;
    (void)error_set(&reading->error, ST_INVALID, "%s:%d: %s", reading->path, line, what);
}

static void blame_value(struct reading *reading, const struct setting *setting, const char *value)
{
    static const char *const forms[] = {
        [SETTING_LIMIT] = "24h natural hours or 3d working days",
        [SETTING_COUNT] = "a number",
        [SETTING_PERCENT] = "a percentage like 25%",
        [SETTING_DURATION] = "a duration like 90s, 15m, 12h or 60d",
    };
    if (setting->kind == SETTING_CHOICE)
        blame(reading, reading->line, "%s.%s is one of %s, not \"%.20s\"", setting->section,
              setting->name, setting->least, value);
    else
        blame(reading, reading->line, "%s.%s is %s, from %s to %s, not \"%.20s\"", setting->section,
              setting->name, forms[setting->kind], setting->least, setting->most, value);
}

static int find_row(const char *section, const char *name)
{
    for (size_t i = 0; i < settings_count(); i++)
        if (strcmp(setting_at(i)->section, section) == 0 && strcmp(setting_at(i)->name, name) == 0)
            return (int)i;
    return -1;
}

static int take(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    int i = find_row(section, name);
    if (i < 0) {
        blame(reading, reading->line,
              "there is no setting \"%.40s\" in [%.40s]; `minqingd settings` prints all", name,
              section);
        return 1;
    }
    const struct setting *setting = setting_at((size_t)i);
    if (reading->given[i]) {
        blame(reading, reading->line, "%s.%s was given in line %d already", setting->section,
              setting->name, reading->given[i]);
        return 1;
    }
    struct setting_value parsed;
    reading->given[i] = reading->line;
    if (setting_parse(setting, value, &parsed) && setting_in_range(setting, &parsed))
        setting_put(setting, &parsed, &reading->settings);
    else
        blame_value(reading, setting, value);
    return 1;
}

/* What steers a terminal, or ends a string early, is no part of such a file. */
static bool is_text(const char *line, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)line[i] < ' ' && !strchr("\t\r\n", line[i]))
            return false;
    return memchr(line, '\0', n) == NULL && memchr(line, 0x7f, n) == NULL;
}

/* Gives libinih a line; comments of any length are left out, and a line is never continued. */
static char *read_line(char *out, int size, void *user)
{
    struct reading *reading = user;
    ssize_t n = getline(&reading->buffer, &reading->buffer_size, reading->file);
    if (n < 0)
        return NULL;
    reading->line++;
    const char *line = reading->buffer;
    size_t length = (size_t)n;
    if (reading->line == 1 && length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
        line += 3;
        length -= 3;
    }
    bool clean = is_text(line, length);
    size_t blank = clean ? strspn(line, " \t") : 0;
    line += blank;
    length -= blank;
    if (!clean)
        blame(reading, reading->line, "the line holds a character that is no text");
    else if (*line != '#' && *line != ';' && (length > LINE_MAX_BYTES || (int)length >= size))
        blame(reading, reading->line, "the line is longer than %d bytes", LINE_MAX_BYTES);
    bool skipped = !clean || *line == '#' || *line == ';' || reading->bad_line == reading->line;
    (void)snprintf(out, (size_t)size, "%s", skipped ? "\n" : line);
    return out;
}

/* The line that gave a row, or where none did that of the other one. */
static void check_together(struct reading *reading)
{
    const struct setting *one, *other;
    struct error err;
    if (reading->bad_line || settings_agree(&reading->settings, &one, &other, &err))
        return;
    int a = reading->given[one - setting_at(0)], b = reading->given[other - setting_at(0)];
    blame(reading, a > b ? a : b, "%s", err.message);
}

static enum status read_all(struct reading *reading, struct error *err)
{
    int bad = ini_parse_stream(read_line, reading, take, reading);
    if (bad < 0)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    if (ferror(reading->file))
        return error_set(err, ST_IO, "%s cannot be read: %s", reading->path, strerror(errno));
    if (bad > 0 && (!reading->bad_line || bad < reading->bad_line)) {
        reading->bad_line = 0;
        blame(reading, bad, "the line is neither \"[section]\" nor \"name = value\"");
    }
    check_together(reading);
    if (reading->bad_line)
        return error_set(err, ST_INVALID, "%s", reading->error.message);
    return ST_OK;
}

enum status settings_load(const char *path, struct settings *settings, struct error *err)
{
    size_t length = strlen(path);
    struct reading reading = {.path = length > PATH_SHOWN ? path + length - PATH_SHOWN : path,
                              .settings = settings_default()};
    reading.file = fopen(path, "re");
    if (!reading.file)
        return error_set(err, errno == ENOENT ? ST_NOT_FOUND : ST_IO, "%s cannot be read: %s",
                         reading.path, strerror(errno));
    reading.given = calloc(settings_count(), sizeof *reading.given);
    enum status st =
        reading.given ? read_all(&reading, err) : error_set(err, ST_NO_MEMORY, "out of memory");
    if (!st)
        *settings = reading.settings;
    (void)fclose(reading.file);
    free(reading.buffer);
    free(reading.given);
    return st;
}

/* --- written ---------------------------------------------------------------------------------- */

static void write_head(FILE *out, bool zh)
{
    (void)fputs(
        zh ? "# 民情通平台设置。所列均为默认值；未列出的取默认值。\n"
             "# 24h 自然小时，3d 工作日；期限可写 90s 15m 12h 60d（每日 24 小时）；比例写 25%。\n"
             "# 用 minqingd settings --check 文件 检查，用 minqingd serve --settings 文件 启用。\n"
           : "# Settings of the platform. All values here are the defaults; what is left out keeps "
             "its default.\n"
             "# Limits: 24h natural hours, 3d working days. Durations: 90s 15m 12h 60d (days of "
             "24 hours). Parts: 25%.\n"
             "# minqingd settings --check FILE checks one, minqingd serve --settings FILE uses "
             "it.\n",
        out);
}

void settings_write(FILE *out, enum language language)
{
    static const struct bilingual kinds[] = {
        [SETTING_LIMIT] = {"natural hours h or working days d", "自然小时 h 或工作日 d"},
        [SETTING_COUNT] = {"number", "数值"},
        [SETTING_PERCENT] = {"percentage", "比例"},
        [SETTING_DURATION] = {"duration: s m h d", "时长：s 秒 m 分 h 时 d 日"},
        [SETTING_CHOICE] = {"one of", "可选"},
    };
    const bool zh = language == LANGUAGE_ZH;
    const char *section = "";
    write_head(out, zh);
    for (size_t i = 0; i < settings_count(); i++) {
        const struct setting *s = setting_at(i);
        if (strcmp(section, s->section) != 0)
            (void)fprintf(out, "\n[%s]\n", s->section);
        section = s->section;
        const char *kind = bilingual_text(kinds[s->kind], language);
        const char *meaning = bilingual_text(s->meaning, language);
        if (s->kind == SETTING_CHOICE)
            (void)fprintf(out, zh ? "# %s。%s：%s；默认 %s\n" : "# %s. %s %s; default %s\n",
                          meaning, kind, s->least, s->value);
        else
            (void)fprintf(out,
                          zh ? "# %s。%s，%s 至 %s；默认 %s\n" : "# %s. %s, %s to %s; default %s\n",
                          meaning, kind, s->least, s->most, s->value);
        (void)fprintf(out, "%s = %s\n", s->name, s->value);
    }
}
