/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calendar half of core/worktime.h. */
#include "core/clock.h"
#include "core/text.h"
#include "core/worktime.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One byte a day is 62 kB and answers without a search. */
enum day_kind { BY_WEEKDAY = 0, WORKED, FREE };

struct calendar {
    uint8_t kind[CALENDAR_DAYS];
};

struct calendar *calendar_new(void)
{
    return calloc(1, sizeof(struct calendar));
}

void calendar_free(struct calendar *calendar)
{
    free(calendar);
}

enum status calendar_add(struct calendar *calendar, int32_t day, bool worked)
{
    if (day < 0 || day >= CALENDAR_DAYS)
        return ST_INVALID;
    calendar->kind[day] = worked ? WORKED : FREE;
    return ST_OK;
}

bool calendar_is_worked(const struct calendar *calendar, int32_t day)
{
    if (day >= 0 && day < CALENDAR_DAYS && calendar->kind[day] != BY_WEEKDAY)
        return calendar->kind[day] == WORKED;
    /* 1970-01-01 was a Thursday: counted from Monday, 3. */
    int weekday = (day % 7 + 7 + 3) % 7;
    return weekday < 5;
}

/* --- the file ------------------------------------------------------------------------------- */

enum column { COLUMN_DATE, COLUMN_NAME, COLUMN_WORKED, COLUMNS };

static const char *const column_names[COLUMNS] = {"date", "name", "is_workday"};

/* Takes the next field off a line: plain, or quoted with doubled quotes inside (RFC 4180). The text
 * is changed in place. NULL when there is none, or its quotes are wrong. */
static char *take_field(char **rest)
{
    char *field = *rest;
    if (!field)
        return NULL;
    if (*field != '"') {
        char *comma = strchr(field, ',');
        *rest = comma ? comma + 1 : NULL;
        if (comma)
            *comma = '\0';
        return field;
    }
    char *out = ++field, *in = field;
    for (; *in && (*in != '"' || in[1] == '"'); in++) {
        if (*in == '"')
            in++;
        *out++ = *in;
    }
    if (*in != '"' || (in[1] != ',' && in[1] != '\0'))
        return NULL;
    *rest = in[1] == ',' ? in + 2 : NULL;
    *out = '\0';
    return field;
}

/* Finds which field of a line is which column. */
static bool read_header(char *line, int column_of[COLUMNS])
{
    for (int c = 0; c < COLUMNS; c++)
        column_of[c] = -1;
    char *rest = line;
    for (int at = 0; rest; at++) {
        const char *field = take_field(&rest);
        if (!field)
            return false;
        for (int c = 0; c < COLUMNS; c++) {
            if (strcmp(field, column_names[c]) != 0)
                continue;
            if (column_of[c] >= 0)
                return false;
            column_of[c] = at;
        }
    }
    return column_of[COLUMN_DATE] >= 0 && column_of[COLUMN_NAME] >= 0 &&
           column_of[COLUMN_WORKED] >= 0;
}

static bool read_day(struct calendar *calendar, char *line, const int column_of[COLUMNS])
{
    const char *date = NULL, *worked = NULL;
    bool named = false;
    char *rest = line;
    for (int at = 0; rest; at++) {
        const char *field = take_field(&rest);
        if (!field)
            return false;
        if (at == column_of[COLUMN_DATE])
            date = field;
        else if (at == column_of[COLUMN_WORKED])
            worked = field;
        else if (at == column_of[COLUMN_NAME])
            named = true;
    }
    int32_t day;
    return named && date && worked && clock_parse_day(date, &day) &&
           (strcmp(worked, "0") == 0 || strcmp(worked, "1") == 0) &&
           calendar_add(calendar, day, *worked == '1') == ST_OK;
}

static enum status read_lines(struct calendar *calendar, FILE *file, const char *path,
                              struct error *err)
{
    int column_of[COLUMNS];
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    enum status st = ST_OK;
    unsigned number = 0;
    while (st == ST_OK && (n = getline(&line, &size, file)) >= 0) {
        number++;
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
            line[--n] = '\0';
        char *text = number == 1 && strncmp(line, "\xEF\xBB\xBF", 3) == 0 ? line + 3 : line;
        if (strlen(line) != (size_t)n || !utf8_valid(line, (size_t)n))
            st = error_set(err, ST_INVALID, "%s:%u: not UTF-8 text", path, number);
        else if (number == 1 && !read_header(text, column_of))
            st = error_set(err, ST_INVALID,
                           "%s:1: the header must name the columns date, name and is_workday once",
                           path);
        else if (number > 1 && *text && !read_day(calendar, text, column_of))
            st = error_set(err, ST_INVALID,
                           "%s:%u: expected a date like 2026-10-01, a name, and 0 or 1", path,
                           number);
    }
    if (st == ST_OK && ferror(file))
        st = error_set(err, ST_IO, "%s: %s", path, strerror(errno));
    else if (st == ST_OK && number == 0)
        st = error_set(err, ST_INVALID, "%s:1: the file is empty", path);
    free(line);
    return st;
}

enum status calendar_load(struct calendar *calendar, const char *path, struct error *err)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(err, errno == ENOENT ? ST_NOT_FOUND : ST_IO, "%s: %s", path,
                         strerror(errno));
    /* The lines go into a copy, so that a file with a bad line changes nothing. */
    struct calendar *copy = malloc(sizeof *copy);
    enum status st = ST_NO_MEMORY;
    if (copy) {
        *copy = *calendar;
        st = read_lines(copy, file, path, err);
        if (st == ST_OK)
            *calendar = *copy;
    } else {
        (void)error_set(err, st, "%s: out of memory", path);
    }
    free(copy);
    (void)fclose(file);
    return st;
}
