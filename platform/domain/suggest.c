/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/domain/suggest.h"

#include <string.h>

enum source_rank { SOURCE_OTHER, SOURCE_HISTORY, SOURCE_LIST, SOURCE_RULING };

static int source_rank(const char *source)
{
    if (strcmp(source, "ruling") == 0)
        return SOURCE_RULING;
    if (strcmp(source, "list") == 0)
        return SOURCE_LIST;
    return strcmp(source, "history") == 0 ? SOURCE_HISTORY : SOURCE_OTHER;
}

static bool prefix_of(const char *prefix, const char *code)
{
    return strncmp(code, prefix, strlen(prefix)) == 0;
}

static bool applies(const struct responsibility *row, const struct matter *matter)
{
    if (row->owner_unit_id != 0 && row->owner_unit_id != matter->component_owner_id)
        return false;
    if (row->valid_from > matter->now || (row->valid_to != 0 && row->valid_to <= matter->now))
        return false;
    return prefix_of(row->category_code, matter->category_code) &&
           prefix_of(row->region_code, matter->region_code);
}

static int compare_lengths(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    return (la < lb) - (la > lb);
}

/* Below zero when `a` is the more specific. */
static int compare_specific(const struct responsibility *a, const struct responsibility *b)
{
    int order = (a->owner_unit_id == 0) - (b->owner_unit_id == 0);
    if (order == 0)
        order = compare_lengths(a->category_code, b->category_code);
    return order ? order : compare_lengths(a->region_code, b->region_code);
}

static int compare(const struct responsibility *a, const struct responsibility *b)
{
    int order = compare_specific(a, b);
    if (order == 0)
        order = source_rank(b->source) - source_rank(a->source);
    if (order == 0)
        order = (a->valid_from < b->valid_from) - (a->valid_from > b->valid_from);
    return order ? order : (a->id > b->id) - (a->id < b->id);
}

/* A ruling has settled whose it is: what is as specific but of a lesser source is no rival. */
static bool rivals(const struct responsibility *best, const struct responsibility *row)
{
    return compare_specific(best, row) == 0 && (source_rank(best->source) != SOURCE_RULING ||
                                                source_rank(row->source) == SOURCE_RULING);
}

static bool taken(const struct suggestion *out, size_t n, int64_t unit_id)
{
    for (size_t i = 0; i < n; i++)
        if (out[i].unit_id == unit_id)
            return true;
    return false;
}

size_t suggest_units(const struct responsibility *rows, size_t count, const struct matter *matter,
                     struct suggestion out[SUGGESTIONS_MAX])
{
    size_t n = 0;
    while (n < SUGGESTIONS_MAX) {
        const struct responsibility *best = NULL;
        for (size_t i = 0; i < count; i++) {
            const struct responsibility *row = &rows[i];
            if (applies(row, matter) && !taken(out, n, row->unit_id) &&
                (!best || compare(row, best) < 0))
                best = row;
        }
        if (!best)
            break;
        out[n++] = (struct suggestion){.unit_id = best->unit_id, .row = best};
    }
    for (size_t i = 1; i < n; i++)
        if (rivals(out[0].row, out[i].row))
            out[0].boundary = out[i].boundary = true;
    return n;
}

struct bilingual suggest_reason(const struct responsibility *row, const char *category_name,
                                const char *region_name, const char *owner_name,
                                struct arena *arena)
{
    static const struct bilingual sources[] = {
        [SOURCE_OTHER] = {"responsibility", "权责"},
        [SOURCE_HISTORY] = {"earlier orders", "历史工单"},
        [SOURCE_LIST] = {"responsibility list", "权责表"},
        [SOURCE_RULING] = {"conference ruling", "联席会裁定"},
    };
    struct bilingual source = sources[source_rank(row->source)];
    bool any_category = !category_name || !category_name[0];
    bool any_region = !region_name || !region_name[0];
    bool by_owner = row->owner_unit_id != 0 && owner_name && owner_name[0];
    return (struct bilingual){
        arena_printf(arena, "%s: %s × %s%s%s", source.en,
                     any_category ? "any matter" : category_name,
                     any_region ? "whole city" : region_name, by_owner ? " × owner " : "",
                     by_owner ? owner_name : ""),
        arena_printf(arena, "%s %s×%s%s%s", source.zh, any_category ? "全部事项" : category_name,
                     any_region ? "全市" : region_name, by_owner ? "×权属 " : "",
                     by_owner ? owner_name : ""),
    };
}
