/* SPDX-License-Identifier: GPL-3.0-or-later */
/* categories, responsibility: what there is to do, and whose it is. */
#include "platform/import/import_private.h"
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 100, REASON_MOST = 200 };

static enum outcome stored(enum status st, bool fresh)
{
    return st ? OUTCOME_FAILED : fresh ? OUTCOME_NEW : OUTCOME_CHANGED;
}

/* --- categories ------------------------------------------------------------------------------- */

enum {
    C_CODE,
    C_NAME,
    C_LEVEL1,
    C_LEVEL2,
    C_LEVEL3,
    C_INDUSTRY,
    C_LIMIT,
    C_DISPATCH,
    C_LIFE,
    C_VITAL
};
static const struct column category_columns[] = {
    {"code", "category|category_code|代码|事项代码", false, "two digits a level: 01, 0102, 010203"},
    {"name", "category_name|名称|事项|事项名称", false, ""},
    {"level1", "一级|一级分类|一级事项", false,
     "or the names level by level; codes are given in order"},
    {"level2", "二级|二级分类|二级事项", false, ""},
    {"level3", "三级|三级分类|三级事项", false, ""},
    {"industry", "行业|行业主管", false, "who supervises it"},
    {"limit", "时限|办理时限", false, "24h or 5d (working days); empty: by the kind of appeal"},
    {"dispatch_limit", "dispatch|派发时限", false, "likewise, until it is dispatched"},
    {"life_safety", "生命安全", false, "life or safety at stake: yes or no"},
    {"vital", "民生", false, "water, power, gas, heating: yes or no"},
};

enum { LEVELS = 3 };

static enum status begin_categories(struct import *im, struct db *db, struct error *err)
{
    (void)db;
    bool coded = im->at[C_CODE] >= 0 && im->at[C_NAME] >= 0;
    bool named = im->at[C_LEVEL1] >= 0;
    if (coded == named)
        return error_set(
            err, ST_INVALID,
            "%s: categories need the columns code and name, or level1 (level2, level3)",
            im->options->file);
    return ST_OK;
}

/* What the line says about the category, over what is known of it. */
static bool fill_category(struct row *row, const struct category *there, struct category *c)
{
    const char *industry;
    struct limit limit, dispatch;
    bool life = there && there->life_safety, vital = there && there->vital;
    if (!cell_text(row, C_INDUSTRY, NAME_MOST, false, &industry) ||
        !cell_limit(row, C_LIMIT, &limit) || !cell_limit(row, C_DISPATCH, &dispatch) ||
        !cell_bool(row, C_LIFE, &life) || !cell_bool(row, C_VITAL, &vital))
        return false;
    static const struct limit none = {0, LIMIT_HOURS};
    c->industry = KEPT(row, C_INDUSTRY, industry, there ? there->industry : "");
    c->limit = KEPT(row, C_LIMIT, limit, there ? there->limit : none);
    c->dispatch_limit = KEPT(row, C_DISPATCH, dispatch, there ? there->dispatch_limit : none);
    c->life_safety = life;
    c->vital = vital;
    return true;
}

static bool same_limit(struct limit a, struct limit b)
{
    return a.n == b.n && (a.n == 0 || a.unit == b.unit);
}

static bool same_category(const struct category *a, const struct category *b)
{
    return same_text(a->name, b->name) && same_text(a->industry, b->industry) &&
           same_limit(a->limit, b->limit) && same_limit(a->dispatch_limit, b->dispatch_limit) &&
           a->life_safety == b->life_safety && a->vital == b->vital;
}

static enum outcome put_category(struct row *row, const struct category *there,
                                 const struct category *c)
{
    if (there && same_category(there, c))
        return OUTCOME_UNCHANGED;
    return stored(store_category_put(row->db, c), !there);
}

static enum outcome take_coded(struct row *row)
{
    static const int lengths[] = {2, 4, 6, 8, 10, 0};
    struct category c = {.code = cell(row, C_CODE)};
    const char *name = category_columns[C_CODE].name;
    if (!*c.code || !*cell(row, C_NAME))
        return reject(row, REASON_MISSING, *c.code ? category_columns[C_NAME].name : name, NULL);
    if (!code_good(c.code, lengths))
        return reject(row, REASON_CODE, name, c.code);
    const char *parent = arena_strndup(row->arena, c.code, strlen(c.code) - 2);
    if (*parent && !store_category(row->db, parent, row->arena))
        return reject(row, REASON_NO_PARENT, parent, NULL);
    const struct category *there = store_category(row->db, c.code, row->arena);
    if (!cell_text(row, C_NAME, NAME_MOST, false, &c.name) || !fill_category(row, there, &c))
        return OUTCOME_REJECTED;
    return put_category(row, there, &c);
}

/* The code behind the last one below `parent`; NULL when there are 99. */
static const char *next_code(struct row *row, const char *parent)
{
    const char *last;
    int number = 0;
    if (store_category_last(row->db, parent, row->arena, &last))
        number = (last[strlen(parent)] - '0') * 10 + (last[strlen(parent) + 1] - '0');
    return number < 99 ? arena_printf(row->arena, "%s%02d", parent, number + 1) : NULL;
}

static enum outcome take_levels(struct row *row)
{
    const char *names[LEVELS], *code = "", *found = "";
    size_t depth = 0, known = 0;
    for (size_t i = 0; i < LEVELS; i++) {
        if (!cell_text(row, C_LEVEL1 + (int)i, NAME_MOST, false, &names[i]))
            return OUTCOME_REJECTED;
        if (*names[i] && depth < i)
            return reject(row, REASON_MISSING, category_columns[C_LEVEL1 + (int)depth].name, NULL);
        depth += *names[i] != '\0';
    }
    if (depth == 0)
        return reject(row, REASON_MISSING, category_columns[C_LEVEL1].name, NULL);
    while (known < depth &&
           store_categories_named(row->db, code, names[known], row->arena, &found)) {
        code = found;
        known++;
    }
    struct category leaf = {.name = names[depth - 1]};
    const struct category *there =
        known == depth ? store_category(row->db, code, row->arena) : NULL;
    if (!fill_category(row, there, &leaf))
        return OUTCOME_REJECTED;
    if (known < depth && !next_code(row, code))
        return reject(row, REASON_FULL, known ? names[known - 1] : "", NULL);
    for (; known < depth; known++) {
        const struct category branch = {
            .code = next_code(row, code), .name = names[known], .industry = ""};
        if (known + 1 < depth && store_category_put(row->db, &branch))
            return OUTCOME_FAILED;
        code = branch.code;
    }
    leaf.code = code;
    return put_category(row, there, &leaf);
}

static enum outcome take_category(struct row *row)
{
    return column_given(row, C_CODE) && column_given(row, C_NAME) ? take_coded(row)
                                                                  : take_levels(row);
}

const struct kind kind_categories = {
    "categories",
    category_columns,
    sizeof category_columns / sizeof category_columns[0],
    "The tree of matters, branches before what lies below them. The key is the code, or the names "
    "of all levels. More than 99 matters under one are refused.",
    begin_categories,
    take_category};

/* --- responsibility --------------------------------------------------------------------------- */

enum { R_CATEGORY, R_REGION, R_OWNER, R_UNIT, R_REASON, R_FROM, R_TO };
static const struct column responsibility_columns[] = {
    {"category", "category_code|事项|事项代码", false,
     "code, name, or names with / between; empty: any"},
    {"region", "region_code|区域|区划|地区|区划代码", false, "code or name; empty: the whole city"},
    {"owner", "owner_unit|权属|权属单位", false,
     "for what belongs to this unit alone; number or name"},
    {"unit", "unit_id|单位|责任单位|承办单位", true, "who is responsible: number or name"},
    {"reason", "依据|说明", false, ""},
    {"valid_from", "from|起|生效日期", false, "a day; empty: always"},
    {"valid_to", "to|止|失效日期", false,
     "the first day on which it holds no more; empty: without end"},
};

static enum outcome take_responsibility(struct row *row)
{
    struct responsibility r = {.source = "list"};
    if (!cell_category(row, R_CATEGORY, &r.category_code) ||
        !cell_region(row, R_REGION, &r.region_code) || !cell_unit(row, R_OWNER, &r.owner_unit_id) ||
        !cell_unit(row, R_UNIT, &r.unit_id) ||
        !cell_text(row, R_REASON, REASON_MOST, false, &r.reason) ||
        !cell_time(row, R_FROM, &r.valid_from) || !cell_time(row, R_TO, &r.valid_to))
        return OUTCOME_REJECTED;
    if (!r.unit_id)
        return reject(row, REASON_MISSING, responsibility_columns[R_UNIT].name, NULL);
    const struct responsibility *there = store_responsibility_of(row->db, &r, row->arena);
    if (!there) {
        r.id = store_new_id(row->db, row->im->now);
        return stored(r.id ? store_responsibility_put(row->db, &r) : ST_IO, true);
    }
    r.id = there->id;
    r.reason = KEPT(row, R_REASON, r.reason, there->reason);
    r.valid_from = KEPT(row, R_FROM, r.valid_from, there->valid_from);
    r.valid_to = KEPT(row, R_TO, r.valid_to, there->valid_to);
    if (same_text(r.reason, there->reason) && r.valid_from == there->valid_from &&
        r.valid_to == there->valid_to)
        return OUTCOME_UNCHANGED;
    return stored(store_responsibility_put(row->db, &r), false);
}

const struct kind kind_responsibility = {
    "responsibility",
    responsibility_columns,
    sizeof responsibility_columns / sizeof responsibility_columns[0],
    "Whose it is: category × region (× owner) → unit. The key is all four.",
    NULL,
    take_responsibility,
    NULL};
