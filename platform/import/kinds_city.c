/* SPDX-License-Identifier: GPL-3.0-or-later */
/* divisions, units, holidays, channels. */
#include "platform/import/import_private.h"
#include <inttypes.h>
#include <string.h>

enum { NAME_MOST = 100 };

static enum outcome stored(enum status st, bool fresh)
{
    return st ? OUTCOME_FAILED : fresh ? OUTCOME_NEW : OUTCOME_CHANGED;
}

/* The stronger of what became of two rows of one line. */
static enum outcome both_of(enum outcome a, enum outcome b)
{
    if (a == OUTCOME_FAILED || b == OUTCOME_FAILED)
        return OUTCOME_FAILED;
    if (a == OUTCOME_NEW || b == OUTCOME_NEW)
        return OUTCOME_NEW;
    return a == OUTCOME_CHANGED || b == OUTCOME_CHANGED ? OUTCOME_CHANGED : OUTCOME_UNCHANGED;
}

/* --- divisions -------------------------------------------------------------------------------- */

enum { D_CODE, D_NAME, D_STREET_CODE, D_STREET_NAME, D_VILLAGE_CODE, D_VILLAGE_NAME };
static const struct column division_columns[] = {
    {"code", "region|region_code|区划代码|代码|统计用区划代码", false,
     "6 city, 9 street or town, 12 community or village, 15 grid"},
    {"name", "region_name|名称|区划名称", false, ""},
    {"street_code", "town_code|街道代码|乡镇代码", false, "or two regions a line: the street"},
    {"street_name", "town_name|街道|乡镇|街道名称|乡镇名称", false, ""},
    {"village_code", "community_code|村代码|社区代码|村居代码", false, "… and what lies in it"},
    {"village_name", "community_name|村|社区|村居|村居名称", false, ""},
};

static const int code_lengths[] = {6, 9, 12, 15, 0};

/* Official tables write streets as 420281001000 and cities as 420281000000. */
static const char *plain_code(struct arena *arena, const char *code)
{
    size_t n = strlen(code);
    while (n > 6 && n % 3 == 0 && strcmp(code + n - 3, "000") == 0)
        code = arena_strndup(arena, code, n -= 3);
    return code;
}

/* Checks before anything is put: a line is taken whole or not at all. `above` is a code that the
 * same line brings, NULL none. */
static bool check_region(struct row *row, int code_column, int name_column, const char *above,
                         struct region *out)
{
    const char *code = plain_code(row->arena, cell(row, code_column));
    const char *name = cell(row, name_column);
    const char *code_name = division_columns[code_column].name;
    if (!*name || !*code) {
        reject(row, REASON_MISSING, *code ? division_columns[name_column].name : code_name, NULL);
        return false;
    }
    if (!code_good(code, code_lengths)) {
        reject(row, REASON_CODE, code_name, code);
        return false;
    }
    if (!cell_text(row, name_column, NAME_MOST, false, &name))
        return false;
    size_t n = strlen(code);
    const char *parent = n > 6 ? arena_strndup(row->arena, code, n - 3) : "";
    bool known = !*parent || (above && strcmp(above, parent) == 0) ||
                 store_region(row->db, parent, row->arena);
    if (!known) {
        reject(row, REASON_NO_PARENT, parent, NULL);
        return false;
    }
    *out = (struct region){code, name, (int32_t)(n - 6) / 3};
    return true;
}

static enum outcome put_region(struct row *row, const struct region *r)
{
    const struct region *there = store_region(row->db, r->code, row->arena);
    if (there && same_text(there->name, r->name) && there->level == r->level)
        return OUTCOME_UNCHANGED;
    enum status st = store_region_put(row->db, r);
    if (!st && r->level == 0 && !store_meta_get(row->db, "city_name", row->arena))
        st = store_meta_set(row->db, "city_name", r->name);
    return stored(st, !there);
}

static enum status begin_divisions(struct import *im, struct db *db, struct error *err)
{
    (void)db;
    bool one = im->at[D_CODE] >= 0 && im->at[D_NAME] >= 0;
    bool two = im->at[D_STREET_CODE] >= 0 && im->at[D_STREET_NAME] >= 0;
    if (one == two)
        return error_set(err, ST_INVALID,
                         "%s: divisions need the columns code and name, or street_code and "
                         "street_name (with village_code and village_name)",
                         im->options->file);
    return ST_OK;
}

/* --city NAME stands for a line that the file does not have. */
static enum outcome put_city(struct row *row, const char *code)
{
    const char *name = row->im->options->city;
    if (!name || strlen(code) < 6)
        return OUTCOME_UNCHANGED;
    const struct region city = {arena_strndup(row->arena, code, 6), name, 0};
    return put_region(row, &city);
}

static enum outcome take_division(struct row *row)
{
    struct region first, second;
    bool two = column_given(row, D_STREET_CODE) && !column_given(row, D_CODE);
    int code = two ? D_STREET_CODE : D_CODE, name = two ? D_STREET_NAME : D_NAME;
    bool below = two && column_given(row, D_VILLAGE_CODE) && *cell(row, D_VILLAGE_CODE);
    const char *plain = plain_code(row->arena, cell(row, code));
    const char *city = row->im->options->city && code_good(plain, code_lengths)
                           ? arena_strndup(row->arena, plain, 6)
                           : NULL;
    if (!check_region(row, code, name, city, &first) ||
        (below && !check_region(row, D_VILLAGE_CODE, D_VILLAGE_NAME, first.code, &second)))
        return OUTCOME_REJECTED;
    enum outcome outcome = city ? put_city(row, city) : OUTCOME_UNCHANGED;
    if (outcome != OUTCOME_FAILED)
        outcome = both_of(outcome, put_region(row, &first));
    if (below && outcome != OUTCOME_FAILED)
        outcome = both_of(outcome, put_region(row, &second));
    return outcome;
}

const struct kind kind_divisions = {"divisions",
                                    division_columns,
                                    sizeof division_columns / sizeof division_columns[0],
                                    "Regions: the city, its streets and towns, communities and "
                                    "villages, grids. The key is the code.",
                                    begin_divisions,
                                    take_division};

/* --- units ------------------------------------------------------------------------------------ */

enum { U_ID, U_NAME, U_PARENT, U_KIND, U_REGION };
static const struct column unit_columns[] = {
    {"id", "unit_id|编号|单位编号", false,
     "a number; made from parent and name where there is none"},
    {"name", "unit|unit_name|单位|单位名称|名称|承办单位", true, ""},
    {"parent", "parent_id|parent_name|上级|上级单位|主管单位", false,
     "number or name; it stands before"},
    {"kind", "type|类型|类别|单位类型", false,
     "department, street, community, utility, office (department)"},
    {"region", "region_code|区划|辖区|区划代码", false, "code or name of what it is in charge of"},
};

static const struct {
    const char *name, *zh;
} unit_kinds[] = {{"department", "部门"},
                  {"street", "街道"},
                  {"community", "社区"},
                  {"utility", "公用企业"},
                  {"office", "办公室"}};

static bool unit_kind(struct row *row, const char **kind)
{
    const char *text = cell(row, U_KIND);
    *kind = "department";
    if (!*text)
        return true;
    for (size_t i = 0; i < sizeof unit_kinds / sizeof unit_kinds[0]; i++)
        if (strcmp(text, unit_kinds[i].name) == 0 || strcmp(text, unit_kinds[i].zh) == 0) {
            *kind = unit_kinds[i].name;
            return true;
        }
    reject(row, REASON_CHOICE, "kind", text);
    return false;
}

static bool fill_unit(struct row *row, struct unit *u)
{
    if (!cell_text(row, U_NAME, NAME_MOST, false, &u->name) ||
        !cell_number(row, U_ID, 1, (INT64_C(1) << 53) - 1, &u->id) ||
        !cell_unit(row, U_PARENT, &u->parent_id) || !cell_region(row, U_REGION, &u->region_code) ||
        !unit_kind(row, &u->kind))
        return false;
    const struct unit *parent = u->parent_id ? store_unit(row->db, u->parent_id, row->arena) : NULL;
    if (u->id == 0)
        u->id = stable_id("unit", u->name, parent ? parent->path : "");
    u->path = arena_printf(row->arena, "%s%" PRId64 "/", parent ? parent->path : "/", u->id);
    return true;
}

static enum outcome take_unit(struct row *row)
{
    struct unit u = {0};
    if (!fill_unit(row, &u))
        return OUTCOME_REJECTED;
    int64_t same = 0;
    const struct unit *there = store_unit(row->db, u.id, row->arena);
    if (!there && !column_given(row, U_ID) && store_units_named(row->db, u.name, &same) == 1) {
        there = store_unit(row->db, same, row->arena);
        if (there && there->parent_id != u.parent_id && column_given(row, U_PARENT))
            there = NULL;
    }
    if (!there)
        return stored(store_unit_put(row->db, &u), true);
    if (column_given(row, U_PARENT) && there->parent_id != u.parent_id)
        return reject(row, REASON_MOVED, u.name, NULL);
    struct unit kept = *there;
    kept.name = u.name;
    kept.kind = KEPT(row, U_KIND, u.kind, there->kind);
    kept.region_code = KEPT(row, U_REGION, u.region_code, there->region_code);
    if (same_text(kept.name, there->name) && same_text(kept.kind, there->kind) &&
        same_text(kept.region_code, there->region_code))
        return OUTCOME_UNCHANGED;
    return stored(store_unit_put(row->db, &kept), false);
}

const struct kind kind_units = {
    "units",
    unit_columns,
    sizeof unit_columns / sizeof unit_columns[0],
    "Units that handle orders, parents before those below them. The key is the number, or else "
    "the name under its parent.",
    NULL,
    take_unit};

/* --- holidays --------------------------------------------------------------------------------- */

enum { H_DATE, H_NAME, H_WORKED };
static const struct column holiday_columns[] = {
    {"date", "day|日期", true, "2026-10-01"},
    {"name", "holiday|节日|名称|说明", false, ""},
    {"is_workday", "worked|workday|是否上班|上班", true, "1: worked though a weekend, 0: free"},
};

static enum outcome take_holiday(struct row *row)
{
    int32_t day = 0;
    bool worked = false, was = false;
    const char *name, *named = "";
    if (!cell_day(row, H_DATE, &day) || !cell_text(row, H_NAME, NAME_MOST, false, &name) ||
        !cell_bool(row, H_WORKED, &worked))
        return OUTCOME_REJECTED;
    bool there = store_holiday(row->db, day, row->arena, &was, &named);
    name = KEPT(row, H_NAME, name, named);
    if (there && was == worked && same_text(name, named))
        return OUTCOME_UNCHANGED;
    return stored(store_holiday_put(row->db, day, worked, name), !there);
}

const struct kind kind_holidays = {"holidays",
                                   holiday_columns,
                                   sizeof holiday_columns / sizeof holiday_columns[0],
                                   "Days that differ from Monday to Friday. The key is the date.",
                                   NULL,
                                   take_holiday};

/* --- channels --------------------------------------------------------------------------------- */

enum { C_CODE, C_NAME, C_POLICY };
static const struct column channel_columns[] = {
    {"code", "channel|渠道代码|代码", true, "at most 32 characters"},
    {"name", "channel_name|渠道|渠道名称|名称", true, ""},
    {"callback_policy", "policy|回访|回访方式", false,
     "who is called back: all, sample, elsewhere (all)"},
};

static bool policy_good(struct row *row, const char **policy)
{
    static const struct {
        const char *name, *zh;
    } policies[] = {{"all", "全部"}, {"sample", "抽样"}, {"elsewhere", "来源渠道"}};
    const char *text = cell(row, C_POLICY);
    *policy = policies[0].name;
    for (size_t i = 0; *text && i < sizeof policies / sizeof policies[0]; i++)
        if (strcmp(text, policies[i].name) == 0 || strcmp(text, policies[i].zh) == 0) {
            *policy = policies[i].name;
            return true;
        }
    if (*text)
        reject(row, REASON_CHOICE, "callback_policy", text);
    return !*text;
}

static enum outcome take_channel(struct row *row)
{
    struct channel c;
    if (!cell_text(row, C_CODE, 32, false, &c.code) ||
        !cell_text(row, C_NAME, NAME_MOST, false, &c.name) || !policy_good(row, &c.callback_policy))
        return OUTCOME_REJECTED;
    const struct channel *there = store_channel(row->db, c.code, row->arena);
    if (there)
        c.callback_policy = KEPT(row, C_POLICY, c.callback_policy, there->callback_policy);
    if (there && same_text(c.name, there->name) &&
        same_text(c.callback_policy, there->callback_policy))
        return OUTCOME_UNCHANGED;
    return stored(store_channel_put(row->db, &c), !there);
}

const struct kind kind_channels = {"channels",
                                   channel_columns,
                                   sizeof channel_columns / sizeof channel_columns[0],
                                   "Ways by which appeals come. The key is the code.",
                                   NULL,
                                   take_channel};
