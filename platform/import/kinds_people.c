/* SPDX-License-Identifier: GPL-3.0-or-later */
/* accounts: who works with the platform. Passwords are not imported. */
#include "platform/domain/views.h"
#include "platform/import/import_private.h"
#include <stdlib.h>
#include <string.h>

enum { LOGIN_MOST = 64, NAME_MOST = 64, SCOPES_MOST = 100 };

enum { A_LOGIN, A_NAME, A_ROLES, A_UNIT, A_LANGUAGE, A_DISABLED, A_SCOPE };
static const struct column columns[] = {
    {"login", "account|user|账号|登录名|用户名", true, "letters, digits, . - _ @"},
    {"name", "full_name|姓名|名称", true, ""},
    {"roles", "role|角色", true,
     "one or more, with ; between: operator; dispatcher or 受理员；派单员"},
    {"unit", "unit_id|unit_name|单位|单位名称", false, "number or name"},
    {"language", "语言", false, "zh or en (zh)"},
    {"disabled", "停用|是否停用", false, "yes or no"},
    {"scope", "scopes|权限|权限范围|数据范围", false,
     "region:420281001; industry:water; unit … with ; between; empty: all"},
};

/* Takes the next item of a list; NULL at its end. */
static const char *next_item(struct row *row, const char **list)
{
    static const char *const separators[] = {";", "；", "、", ",", "，", "|"};
    const char *s = *list, *end = s + strlen(s), *behind = end;
    if (!*s)
        return NULL;
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        const char *at = strstr(s, separators[i]);
        if (at && at < end) {
            end = at;
            behind = at + strlen(separators[i]);
        }
    }
    *list = behind;
    s += strspn(s, " ");
    while (end > s && end[-1] == ' ')
        end--;
    return end > s ? arena_strndup(row->arena, s, (size_t)(end - s)) : next_item(row, list);
}

static bool fill_roles(struct row *row, uint32_t *roles)
{
    const char *list = cell(row, A_ROLES), *item;
    while ((item = next_item(row, &list))) {
        int role = 0;
        while (role < words_count(WORDS_ROLE) && strcmp(item, word_name(WORDS_ROLE, role)) != 0 &&
               strcmp(item, word_label(WORDS_ROLE, role).zh) != 0)
            role++;
        if (role == words_count(WORDS_ROLE)) {
            reject(row, REASON_CHOICE, columns[A_ROLES].name, item);
            return false;
        }
        *roles |= BIT(role);
    }
    if (!*roles)
        reject(row, REASON_MISSING, columns[A_ROLES].name, NULL);
    return *roles != 0;
}

static bool fill_language(struct row *row, enum language *language)
{
    const char *text = cell(row, A_LANGUAGE);
    *language = strcasecmp(text, "en") == 0 ? LANGUAGE_EN : LANGUAGE_ZH;
    if (!*text || *language == LANGUAGE_EN || strcasecmp(text, "zh") == 0)
        return true;
    reject(row, REASON_CHOICE, columns[A_LANGUAGE].name, text);
    return false;
}

static bool login_good(const char *text)
{
    size_t n = strlen(text);
    return n <= LOGIN_MOST &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@") == n;
}

/* --- scope ------------------------------------------------------------------------------------ */

struct scopes {
    struct scope_row rows[SCOPES_MOST];
    size_t count;
};

static const struct unit *unit_named(struct row *row, const char *name)
{
    int64_t id = strtoll(name, NULL, 10);
    if (!*name || strspn(name, "0123456789") != strlen(name))
        return store_units_named(row->db, name, &id) == 1 ? store_unit(row->db, id, row->arena)
                                                          : NULL;
    return store_unit(row->db, id, row->arena);
}

/* What it names must be there: a slip here hides orders from people, or shows them. */
static bool scope_value(struct row *row, const struct account *a, const char *item,
                        struct scope_row *scope)
{
    const char *value = strchr(item, ':');
    size_t n = value ? (size_t)(value - item) : strlen(item);
    value = value ? value + 1 : "";
    scope->value = value;
    if (n == 4 && strncmp(item, "unit", n) == 0) {
        const struct unit *unit =
            *value ? unit_named(row, value) : store_unit(row->db, a->unit_id, row->arena);
        scope->dimension = SCOPE_UNIT;
        scope->value = unit ? unit->path : "";
        return unit != NULL;
    }
    if (n == 6 && strncmp(item, "region", n) == 0) {
        scope->dimension = SCOPE_REGION;
        return store_region(row->db, value, row->arena) != NULL;
    }
    if (n == 8 && strncmp(item, "category", n) == 0) {
        scope->dimension = SCOPE_CATEGORY;
        return store_category(row->db, value, row->arena) != NULL;
    }
    if (n == 7 && strncmp(item, "channel", n) == 0) {
        scope->dimension = SCOPE_CHANNEL;
        return store_channel(row->db, value, row->arena) != NULL;
    }
    if (n == 5 && strncmp(item, "state", n) == 0) {
        scope->dimension = SCOPE_STATE;
        return word_find(WORDS_ORDER_STATE, value) >= 0;
    }
    scope->dimension = SCOPE_INDUSTRY;
    return n == 8 && strncmp(item, "industry", n) == 0 && *value;
}

static bool fill_scopes(struct row *row, const struct account *a, struct scopes *out)
{
    const char *list = cell(row, A_SCOPE), *item;
    while ((item = next_item(row, &list))) {
        struct scope_row scope = {.account_id = a->id};
        if (out->count == SCOPES_MOST || !scope_value(row, a, item, &scope)) {
            reject(row, REASON_SCOPE, item, NULL);
            return false;
        }
        out->rows[out->count++] = scope;
    }
    return true;
}

static bool has_scope(const struct scope_row *rows, size_t count, const struct scope_row *wanted)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].dimension == wanted->dimension && same_text(rows[i].value, wanted->value))
            return true;
    return false;
}

/* Whether anything changed; `st` gets a failure. */
static bool put_scopes(struct row *row, const struct account *a, const struct scopes *new,
                       enum status *st)
{
    struct scope_row *old;
    size_t count = store_scopes(row->db, a->id, row->arena, &old);
    bool same = true;
    for (size_t i = 0; i < new->count; i++)
        same = same && has_scope(old, count, &new->rows[i]);
    for (size_t i = 0; i < count; i++)
        same = same && has_scope(new->rows, new->count, &old[i]);
    if (same)
        return false;
    *st = store_scope_clear(row->db, a->id);
    for (size_t i = 0; i < new->count && !*st; i++)
        *st = store_scope_put(row->db, &new->rows[i]);
    return true;
}

/* --- accounts --------------------------------------------------------------------------------- */

static bool same_account(const struct account *a, const struct account *b)
{
    return same_text(a->name, b->name) && a->roles == b->roles && a->unit_id == b->unit_id &&
           a->language == b->language && a->disabled == b->disabled;
}

static enum outcome put_account(struct row *row, const struct account *there,
                                const struct account *a, const struct scopes *scopes)
{
    enum status st = ST_OK;
    bool changed = !there || !same_account(there, a);
    if (changed)
        st = store_account_put(row->db, a, roles_see_orders(a->roles));
    if (!st && !there)
        st = store_access_account(row->db, 0, "created", a->id, row->im->now);
    if (!st && there && there->disabled != a->disabled)
        st = store_access_account(row->db, 0, a->disabled ? "disabled" : "enabled", a->id,
                                  row->im->now);
    if (!st && there && a->disabled && !there->disabled)
        st = store_sessions_end(row->db, a->id, 0);
    if (!st && column_given(row, A_SCOPE))
        changed = put_scopes(row, a, scopes, &st) || changed;
    if (st)
        return OUTCOME_FAILED;
    return !there ? OUTCOME_NEW : changed ? OUTCOME_CHANGED : OUTCOME_UNCHANGED;
}

static enum outcome take_account(struct row *row)
{
    struct account a = {.must_change = true, .password_hash = ""};
    struct scopes scopes = {.count = 0};
    a.login = cell(row, A_LOGIN);
    if (!login_good(a.login))
        return reject(row, REASON_LOGIN, a.login, NULL);
    const struct account *there = store_account_by_login(row->db, a.login, row->arena);
    if (there)
        a = *there;
    uint32_t roles = 0;
    int64_t unit_id = 0;
    enum language language;
    bool disabled = there && there->disabled;
    if (!cell_text(row, A_NAME, NAME_MOST, false, &a.name) || !fill_roles(row, &roles) ||
        !cell_unit(row, A_UNIT, &unit_id) || !fill_language(row, &language) ||
        !cell_bool(row, A_DISABLED, &disabled))
        return OUTCOME_REJECTED;
    if (there && there->demo)
        return reject(row, REASON_DEMO, a.login, NULL);
    a.roles = roles;
    a.unit_id = KEPT(row, A_UNIT, unit_id, a.unit_id);
    a.language = KEPT(row, A_LANGUAGE, language, a.language);
    a.disabled = disabled;
    bool administers = (a.roles & BIT(ROLE_ADMINISTRATOR)) && !a.disabled;
    if (there && (there->roles & BIT(ROLE_ADMINISTRATOR)) && !there->disabled && !administers &&
        store_accounts_active(row->db, BIT(ROLE_ADMINISTRATOR), there->id) <= 0)
        return reject(row, REASON_LAST, a.login, NULL);
    if (!there && !(a.id = store_new_id(row->db, row->im->now)))
        return OUTCOME_FAILED;
    if (!there)
        a.password_at = row->im->now;
    if (!fill_scopes(row, &a, &scopes))
        return OUTCOME_REJECTED;
    return put_account(row, there, &a, &scopes);
}

const struct kind kind_accounts = {
    "accounts",
    columns,
    sizeof columns / sizeof columns[0],
    "People who work with the platform. The key is the login. A new account has no password: "
    "`minqingd account reset LOGIN` gives it an initial one.",
    NULL,
    take_account,
    NULL};
