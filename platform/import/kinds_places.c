/* SPDX-License-Identifier: GPL-3.0-or-later */
/* places, components: the digital base. */
#include "platform/import/import_private.h"
#include <string.h>

enum { NAME_MOST = 100, CODE_MOST = 32, POPULARITY_MOST = 1000000 };

enum { P_ID, P_NAME, P_KIND, P_REGION, P_COMPONENT, P_OWNER, P_POPULARITY };
#define PLACE_COLUMNS(id_help, name_needed, code_needed)                                           \
    {"id", "place_id|编号|地点编号", false, id_help},                                              \
        {"name", "place|place_name|title|地点|名称|小区|小区名称|地址|部件名称", name_needed, ""}, \
        {"kind", "type|类型|类别", false,                                                          \
         "road, estate, building, business, component, village_group, public; or --kind"},         \
        {"region", "region_code|区划|区域|区划代码|village_code|street_code", false,               \
         "code or name; or --region"},                                                             \
        {"component_code", "component|部件编码|部件代码|标识码", code_needed, "GB/T 30428.2"},     \
        {"owner", "owner_unit|权属|权属单位", false, "unit, number or name"},                      \
        {"popularity", "weight|热度|户数", false,                                                  \
         "how often it is meant: what is more goes first"},

static const struct column place_columns[] = {
    PLACE_COLUMNS("a number; made from name and region where there is none", true, false)};
static const struct column component_columns[] = {
    PLACE_COLUMNS("a number; made from the code where there is none", true, true)};

static const struct {
    const char *name, *zh;
} kinds[] = {{"road", "道路"},      {"estate", "小区"},    {"building", "楼栋"},
             {"business", "单位"},  {"component", "部件"}, {"village_group", "村民小组"},
             {"public", "公共场所"}};

static const char *kind_named(const char *text)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(text, kinds[i].name) == 0 || strcmp(text, kinds[i].zh) == 0)
            return kinds[i].name;
    return NULL;
}

static enum status begin_places(struct import *im, struct db *db, struct error *err)
{
    const struct import_options *o = im->options;
    if (o->place_kind && !kind_named(o->place_kind))
        return error_set(err, ST_INVALID,
                         "--kind takes road, estate, building, business, component, village_group "
                         "or public, not \"%s\"",
                         o->place_kind);
    if (o->region && !store_region(db, o->region, im->arena))
        return error_set(err, ST_NOT_FOUND, "--region: there is no region %s here", o->region);
    bool components = im->kind == &kind_components;
    if (!components && im->at[P_KIND] < 0 && !o->place_kind)
        return error_set(err, ST_INVALID, "%s has no column kind: say it for all with --kind KIND",
                         o->file);
    if (im->at[P_REGION] < 0 && !o->region)
        return error_set(err, ST_INVALID,
                         "%s has no column region: say it for all with --region CODE", o->file);
    return ST_OK;
}

static bool fill_place(struct row *row, struct place *p)
{
    const struct import_options *o = row->im->options;
    int64_t popularity = 0;
    if (!cell_text(row, P_NAME, NAME_MOST, false, &p->name) ||
        !cell_number(row, P_ID, 1, (INT64_C(1) << 53) - 1, &p->id) ||
        !cell_region(row, P_REGION, &p->region_code) ||
        !cell_text(row, P_COMPONENT, CODE_MOST, false, &p->component_code) ||
        !cell_unit(row, P_OWNER, &p->owner_unit_id) ||
        !cell_number(row, P_POPULARITY, 0, POPULARITY_MOST, &popularity))
        return false;
    p->popularity = (int32_t)popularity;
    const char *kind = cell(row, P_KIND);
    if (!*kind)
        kind = row->im->kind == &kind_components ? "component" : o->place_kind ? o->place_kind : "";
    p->kind = kind_named(kind);
    if (!p->kind) {
        reject(row, *kind ? REASON_CHOICE : REASON_MISSING, "kind", kind);
        return false;
    }
    if (!*p->region_code && o->region)
        p->region_code = o->region;
    if (!*p->region_code)
        reject(row, REASON_MISSING, "region", NULL);
    return *p->region_code != '\0';
}

/* The place that the line means: by its number, its component's code, or its name where it lies. */
static const struct place *find_place(struct row *row, struct place *p)
{
    int64_t id = p->id;
    if (!id && *p->component_code)
        (void)store_components_coded(row->db, p->component_code, &id);
    else if (!id)
        (void)store_places_named(row->db, p->name, p->region_code, &id);
    if (!id)
        id = *p->component_code ? stable_id("component", p->component_code, "")
                                : stable_id("place", p->name, p->region_code);
    p->id = id;
    return store_place(row->db, id, row->arena);
}

static enum outcome take_place(struct row *row)
{
    struct place p = {0};
    if (!fill_place(row, &p))
        return OUTCOME_REJECTED;
    bool numbered = p.id != 0;
    const struct place *there = find_place(row, &p);
    if (!there)
        return store_place_put(row->db, &p) ? OUTCOME_FAILED : OUTCOME_NEW;
    /* A number that was made may, once in very long, have been made for another. */
    bool own = numbered || *p.component_code ||
               (same_text(p.name, there->name) && same_text(p.region_code, there->region_code));
    if (!own)
        return reject(row, REASON_TAKEN, arena_printf(row->arena, "%lld", (long long)p.id),
                      there->name);
    if (!column_given(row, P_KIND) && row->im->kind != &kind_components &&
        !row->im->options->place_kind)
        p.kind = there->kind;
    p.component_code = KEPT(row, P_COMPONENT, p.component_code, there->component_code);
    p.owner_unit_id = KEPT(row, P_OWNER, p.owner_unit_id, there->owner_unit_id);
    p.popularity = KEPT(row, P_POPULARITY, p.popularity, there->popularity);
    if (same_text(p.name, there->name) && same_text(p.kind, there->kind) &&
        same_text(p.region_code, there->region_code) &&
        same_text(p.component_code, there->component_code) &&
        p.owner_unit_id == there->owner_unit_id && p.popularity == there->popularity)
        return OUTCOME_UNCHANGED;
    return store_place_put(row->db, &p) ? OUTCOME_FAILED : OUTCOME_CHANGED;
}

const struct kind kind_places = {
    "places",
    place_columns,
    sizeof place_columns / sizeof place_columns[0],
    "Addresses, estates, buildings, businesses. The key is the number, or name and region.",
    begin_places,
    take_place};
const struct kind kind_components = {
    "components",
    component_columns,
    sizeof component_columns / sizeof component_columns[0],
    "City components: places with a code and an owner. The key is the number, or the code.",
    begin_places,
    take_place};
