/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of the table as texts and back, and what they must not say together. */
#include "platform/domain/settings_private.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000, MINUTE_MS = 60000, HOUR_MS = 3600000, DAY_MS = 86400000, DIGITS_MAX = 9 };

#define X(section, kind, member, name, value, least, most, en, zh)                                 \
    {#section, name,  SETTING_##kind, offsetof(struct settings, member),                           \
     value,    least, most,           {en, zh}},
static const struct setting rows[] = {SETTINGS(X)};
#undef X
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

/* A member of another type than its row says does not compile. */
#define X(section, kind, member, ...)                                                              \
    _Static_assert(_Generic(((struct settings *)0)->member, SETTING_TYPE_##kind : 1, default : 0), \
                   #member " is not of the kind " #kind);
SETTINGS(X)
#undef X

size_t settings_count(void)
{
    return ROW_COUNT;
}

const struct setting *setting_at(size_t i)
{
    return &rows[i];
}

/* --- one value ---------------------------------------------------------------------------------*/

/* Decimal digits at the beginning; what follows them in *rest. */
static bool take_number(const char *text, int64_t *number, const char **rest)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > DIGITS_MAX)
        return false;
    *number = strtoll(text, NULL, 10);
    *rest = text + n;
    return true;
}

static bool parse_choice(const char *choices, const char *text, int64_t *value)
{
    size_t length = strlen(text);
    int64_t place = 0;
    for (const char *p = choices; *p; place++) {
        size_t n = strcspn(p, "|");
        if (n == length && strncmp(p, text, n) == 0) {
            *value = place;
            return true;
        }
        p += n + (p[n] == '|');
    }
    return false;
}

static int64_t unit_ms(const char *unit)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"s", SECOND_MS}, {"m", MINUTE_MS}, {"h", HOUR_MS}, {"d", DAY_MS}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(unit, units[i].unit) == 0)
            return units[i].ms;
    return 0;
}

bool setting_parse(const struct setting *setting, const char *text, struct setting_value *value)
{
    const char *rest = "";
    *value = (struct setting_value){0};
    if (setting->kind == SETTING_CHOICE)
        return parse_choice(setting->least, text, &value->number);
    if (!take_number(text, &value->number, &rest))
        return false;
    switch (setting->kind) {
    case SETTING_LIMIT:
        value->unit = strcmp(rest, "d") == 0 ? LIMIT_DAYS : LIMIT_HOURS;
        return strcmp(rest, "d") == 0 || strcmp(rest, "h") == 0;
    case SETTING_DURATION:
        value->number *= unit_ms(rest);
        return unit_ms(rest) > 0;
    case SETTING_PERCENT:
        return strcmp(rest, "%") == 0;
    case SETTING_COUNT:
    case SETTING_CHOICE:
        break;
    }
    return *rest == '\0';
}

/* For ranges and cross-checks a working day is a day. */
static int64_t size_of(const struct setting_value *value)
{
    return value->unit == LIMIT_DAYS ? value->number * 24 : value->number;
}

bool setting_in_range(const struct setting *setting, const struct setting_value *value)
{
    struct setting_value least, most;
    if (setting->kind == SETTING_CHOICE)
        return true;
    return setting_parse(setting, setting->least, &least) &&
           setting_parse(setting, setting->most, &most) && size_of(value) >= size_of(&least) &&
           size_of(value) <= size_of(&most);
}

void setting_put(const struct setting *setting, const struct setting_value *value,
                 struct settings *settings)
{
    char *at = (char *)settings + setting->offset;
    int32_t number = (int32_t)value->number;
    struct limit limit = {number, value->unit};
    switch (setting->kind) {
    case SETTING_LIMIT:
        memcpy(at, &limit, sizeof limit);
        break;
    case SETTING_DURATION:
        memcpy(at, &value->number, sizeof value->number);
        break;
    case SETTING_COUNT:
    case SETTING_PERCENT:
    case SETTING_CHOICE:
        memcpy(at, &number, sizeof number);
        break;
    }
}

static struct setting_value get(const struct setting *setting, const struct settings *settings)
{
    const char *at = (const char *)settings + setting->offset;
    struct setting_value value = {0};
    int32_t number = 0;
    struct limit limit;
    if (setting->kind == SETTING_LIMIT) {
        memcpy(&limit, at, sizeof limit);
        return (struct setting_value){limit.n, limit.unit};
    }
    if (setting->kind == SETTING_DURATION) {
        memcpy(&value.number, at, sizeof value.number);
        return value;
    }
    memcpy(&number, at, sizeof number);
    value.number = number;
    return value;
}

static void print_choice(const char *choices, int64_t place, char *text, size_t size)
{
    for (; place > 0 && *choices; place--) {
        choices += strcspn(choices, "|");
        choices += *choices == '|';
    }
    (void)snprintf(text, size, "%.*s", (int)strcspn(choices, "|"), choices);
}

static void print(const struct setting *setting, const struct settings *settings, char *text,
                  size_t size)
{
    const struct setting_value value = get(setting, settings);
    const int64_t n = value.number;
    switch (setting->kind) {
    case SETTING_LIMIT:
        (void)snprintf(text, size, "%" PRId64 "%s", n, value.unit == LIMIT_DAYS ? "d" : "h");
        break;
    case SETTING_COUNT:
        (void)snprintf(text, size, "%" PRId64, n);
        break;
    case SETTING_PERCENT:
        (void)snprintf(text, size, "%" PRId64 "%%", n);
        break;
    case SETTING_DURATION:
        if (n % DAY_MS == 0)
            (void)snprintf(text, size, "%" PRId64 "d", n / DAY_MS);
        else if (n % HOUR_MS == 0)
            (void)snprintf(text, size, "%" PRId64 "h", n / HOUR_MS);
        else if (n % MINUTE_MS == 0)
            (void)snprintf(text, size, "%" PRId64 "m", n / MINUTE_MS);
        else
            (void)snprintf(text, size, "%" PRId64 "s", n / SECOND_MS);
        break;
    case SETTING_CHOICE:
        print_choice(setting->least, n, text, size);
        break;
    }
}

/* --- all of them ------------------------------------------------------------------------------ */

struct settings settings_default(void)
{
    struct settings settings;
    memset(&settings, 0, sizeof settings);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        struct setting_value value;
        if (setting_parse(&rows[i], rows[i].value, &value))
            setting_put(&rows[i], &value, &settings);
    }
    return settings;
}

struct policy policy_default(void)
{
    return settings_default().policy;
}

bool settings_changed(const struct settings *settings, size_t i, char *line, size_t size)
{
    const struct settings plain = settings_default();
    const struct setting_value was = get(&rows[i], &plain), is = get(&rows[i], settings);
    if (was.number == is.number && was.unit == is.unit)
        return false;
    char text[SETTING_TEXT_SIZE];
    print(&rows[i], settings, text, sizeof text);
    (void)snprintf(line, size, "%s.%s = %s (%s)", rows[i].section, rows[i].name, text,
                   rows[i].value);
    return true;
}

/* --- what they must not say together ---------------------------------------------------------- */

/* The row that fills the member at `offset`. */
static const struct setting *row_of(size_t offset)
{
    size_t i = 0;
    while (i + 1 < ROW_COUNT && rows[i].offset != offset)
        i++;
    return &rows[i];
}

#define AT(member) offsetof(struct settings, member)

/* The first of each pair is at most the second. */
static const struct {
    size_t less, more;
} orders[] = {
    {AT(policy.by_kind[KIND_COMPLAINT]), AT(policy.complex_limit)},
    {AT(policy.by_kind[KIND_REPORT]), AT(policy.complex_limit)},
    {AT(policy.dispatch_life), AT(policy.dispatch_vital)},
    {AT(policy.dispatch_vital), AT(policy.dispatch_default)},
    {AT(policy.return_window), AT(policy.return_window_complex)},
    {AT(policy.return_window), AT(policy.by_kind[KIND_COMPLAINT])},
    {AT(policy.return_window_complex), AT(policy.complex_limit)},
    {AT(policy.unreached_days), AT(policy.unreached_attempts)},
    {AT(policy.notice_after), AT(policy.coordination_after)},
    {AT(account.token_ms), AT(account.session_ms)},
    {AT(account.idle_ms), AT(account.session_ms)},
    {AT(account_rate), AT(account_burst)},
    {AT(address_rate), AT(address_burst)},
};

bool settings_agree(const struct settings *settings, const struct setting **one,
                    const struct setting **other, struct error *err)
{
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        *one = row_of(orders[i].less);
        *other = row_of(orders[i].more);
        const struct setting_value less = get(*one, settings), more = get(*other, settings);
        char a[SETTING_TEXT_SIZE], b[SETTING_TEXT_SIZE];
        print(*one, settings, a, sizeof a);
        print(*other, settings, b, sizeof b);
        if (size_of(&less) > size_of(&more)) {
            (void)error_set(err, ST_INVALID, "%s.%s (%s) must not be more than %s.%s (%s)",
                            (*one)->section, (*one)->name, a, (*other)->section, (*other)->name, b);
            return false;
        }
    }
    /* Yellow comes before red: not before the limit has begun. */
    *one = row_of(AT(policy.yellow_days));
    for (int kind = 0; kind < APPEAL_KIND_COUNT; kind++) {
        struct limit limit = settings->policy.by_kind[kind];
        if (limit.unit == LIMIT_HOURS || settings->policy.yellow_days <= limit.n)
            continue;
        *other = row_of(AT(policy.by_kind[0]) + (size_t)kind * sizeof limit);
        (void)error_set(err, ST_INVALID,
                        "%s.%s: yellow would begin %d working days before red, and %s.%s has "
                        "only %d",
                        (*one)->section, (*one)->name, settings->policy.yellow_days,
                        (*other)->section, (*other)->name, limit.n);
        return false;
    }
    return true;
}
