/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cell as a value. */
#include "core/clock.h"
#include "core/text.h"
#include "platform/import/import_private.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum outcome reject(struct row *row, enum reason reason, const char *a, const char *b)
{
    if (row->reason == REASON_NONE) {
        row->reason = reason;
        row->a = a;
        row->b = b;
    }
    return OUTCOME_REJECTED;
}

static const char *name_of(const struct row *row, int column)
{
    return row->im->kind->columns[column].name;
}

static bool refuse(struct row *row, int column, enum reason reason)
{
    reject(row, reason, name_of(row, column), cell(row, column));
    return false;
}

bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

const char *cell(const struct row *row, int column)
{
    return row->cells[column];
}

bool cell_text(struct row *row, int column, size_t most, bool lines, const char **out)
{
    *out = cell(row, column);
    if (!**out && row->im->kind->columns[column].required) {
        reject(row, REASON_MISSING, name_of(row, column), NULL);
        return false;
    }
    if (utf8_count(*out) > most) {
        reject(row, REASON_LENGTH, name_of(row, column), arena_printf(row->arena, "%zu", most));
        return false;
    }
    return lines || !strpbrk(*out, "\r\n") || refuse(row, column, REASON_LINES);
}

bool cell_number(struct row *row, int column, int64_t least, int64_t most, int64_t *out)
{
    const char *text = cell(row, column);
    char *end;
    if (!*text)
        return true;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (*end || errno || end == text || number < least || number > most)
        return refuse(row, column, REASON_NUMBER);
    *out = number;
    return true;
}

static bool among(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(text, *words) == 0)
            return true;
    return false;
}

bool cell_bool(struct row *row, int column, bool *out)
{
    static const char *const yes[] = {"1", "yes", "true", "y", "是", "√", NULL};
    static const char *const no[] = {"0", "no", "false", "n", "否", NULL};
    const char *text = cell(row, column);
    if (!*text)
        return true;
    *out = among(text, yes);
    return *out || among(text, no) || refuse(row, column, REASON_BOOL);
}

/* --- time ------------------------------------------------------------------------------------- */

/* Reads one to `most` digits. */
static bool digits(const char **s, size_t least, size_t most, int *value)
{
    size_t n = 0;
    *value = 0;
    for (; n < most && **s >= '0' && **s <= '9'; n++, (*s)++)
        *value = *value * 10 + (**s - '0');
    return n >= least;
}

/* Skips one of the texts, "" included when it is listed. */
static bool skip(const char **s, const char *const *texts)
{
    for (; *texts; texts++)
        if (strncmp(*s, *texts, strlen(*texts)) == 0) {
            *s += strlen(*texts);
            return true;
        }
    return false;
}

struct moment {
    int year, month, day, hour, minute, second;
};

static bool read_day(const char **s, struct moment *m)
{
    static const char *const after_year[] = {"-", "/", ".", "年", NULL};
    static const char *const after_month[] = {"-", "/", ".", "月", NULL};
    static const char *const after_day[] = {"日", "", NULL};
    if (strspn(*s, "0123456789") >= 8)
        return digits(s, 4, 4, &m->year) && digits(s, 2, 2, &m->month) && digits(s, 2, 2, &m->day);
    return digits(s, 4, 4, &m->year) && skip(s, after_year) && digits(s, 1, 2, &m->month) &&
           skip(s, after_month) && digits(s, 1, 2, &m->day) && skip(s, after_day);
}

static bool read_clock(const char **s, struct moment *m)
{
    static const char *const after_hour[] = {":", "：", "时", "点", "", NULL};
    static const char *const after_minute[] = {":", "：", "分", "", NULL};
    static const char *const after_second[] = {"秒", "", NULL};
    bool joined = strspn(*s, "0123456789") >= 4;
    if (!digits(s, joined ? 2 : 1, 2, &m->hour) || !skip(s, after_hour) ||
        !digits(s, joined ? 2 : 1, 2, &m->minute) || !skip(s, after_minute))
        return false;
    if (**s >= '0' && **s <= '9' && (!digits(s, 1, 2, &m->second) || !skip(s, after_second)))
        return false;
    if (**s == '.') /* less than a second is of no use to anybody */
        *s += 1 + strspn(*s + 1, "0123456789");
    return true;
}

static bool parse_time(const char *text, int64_t *ms)
{
    char plain[64];
    struct moment m = {0};
    const char *s = text;
    if (!read_day(&s, &m))
        return false;
    bool t = *s == 'T' || *s == 't';
    s += t ? 1 : strspn(s, " ");
    if (*s && !read_clock(&s, &m))
        return false;
    int written = snprintf(plain, sizeof plain, "%04d-%02d-%02dT%02d:%02d:%02d%s", m.year, m.month,
                           m.day, m.hour, m.minute, m.second, *s ? s : "+08:00");
    return written < (int)sizeof plain && clock_parse(plain, ms);
}

bool cell_time(struct row *row, int column, int64_t *out)
{
    const char *text = cell(row, column);
    return !*text || parse_time(text, out) || refuse(row, column, REASON_TIME);
}

bool cell_day(struct row *row, int column, int32_t *out)
{
    const char *text = cell(row, column);
    int64_t ms;
    if (!*text)
        return true;
    struct moment m = {0};
    const char *s = text;
    if (!read_day(&s, &m) || *s || !parse_time(text, &ms))
        return refuse(row, column, REASON_DAY);
    *out = clock_day(ms);
    return true;
}

/* --- words ------------------------------------------------------------------------------------ */

bool cell_limit(struct row *row, int column, struct limit *out)
{
    enum { MOST = 365 };
    static const char *const hours[] = {"h", "hours", "hour", "小时", "个小时", NULL};
    static const char *const days[] = {"d",      "days",     "day",          "日", "天",
                                       "工作日", "个工作日", "working days", NULL};
    const char *s = cell(row, column);
    int n = 0;
    *out = (struct limit){0, LIMIT_HOURS};
    if (!*s)
        return true;
    bool good = digits(&s, 1, 3, &n) && n > 0 && n <= MOST;
    s += strspn(s, " ");
    if (!good || (!among(s, hours) && !among(s, days)))
        return refuse(row, column, REASON_LIMIT);
    *out = (struct limit){n, among(s, hours) ? LIMIT_HOURS : LIMIT_DAYS};
    return true;
}

bool cell_word(struct row *row, int column, enum word_list list, int *out)
{
    const char *text = cell(row, column);
    if (!*text)
        return true;
    for (int i = 0; i < words_count(list); i++) {
        struct bilingual label = word_label(list, i);
        if (strcasecmp(text, word_name(list, i)) == 0 || strcasecmp(text, label.en) == 0 ||
            strcmp(text, label.zh) == 0) {
            *out = i;
            return true;
        }
    }
    return refuse(row, column, REASON_CHOICE);
}

bool code_good(const char *code, const int *lengths)
{
    size_t n = strspn(code, "0123456789");
    for (; *lengths; lengths++)
        if (n == (size_t)*lengths && code[n] == '\0')
            return true;
    return false;
}

int64_t stable_id(const char *kind, const char *a, const char *b)
{
    unsigned char hash[16];
    crypto_generichash_state state;
    const char *const parts[] = {kind, a, b};
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        crypto_generichash_update(&state, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
    crypto_generichash_final(&state, hash, sizeof hash);
    /* 53 bits, the highest of them set: what counts up from 1 never comes near. */
    uint64_t bits = 0;
    for (size_t i = 0; i < 7; i++)
        bits = bits << 8 | hash[i];
    return (int64_t)((bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52);
}
