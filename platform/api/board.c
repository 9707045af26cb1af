/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /queues, /board, /bulletin. */
#include "platform/api/watch_private.h"
#include <stdlib.h>
#include <string.h>

/* --- queues --------------------------------------------------------------------------------------
 */

/* One look at what waits serves all queues. */
static cJSON *render_queues(struct call *call)
{
    struct tallies tallies = {0};
    watchers_count(call->db, call->account->id, &tallies);
    const struct tally own = tallies_own(&tallies, call->account->id);
    cJSON *items = tallies.failed ? NULL : cJSON_CreateArray();
    for (size_t i = 0; items && i < view_count(); i++) {
        const struct view *view = view_at(i);
        if (!(view->roles & call->account->roles))
            continue;
        const struct tally *tally = view_is_personal(view) ? &own : &tallies.views[i];
        cJSON *item = cJSON_CreateObject();
        json_add_text(item, "name", view->name);
        json_add_text(item, "label", call_text(call, view->label));
        json_add_int(item, "count", tally->count);
        json_add_int(item, "red", tally->red);
        cJSON_AddItemToArray(items, item);
    }
    tallies_free(&tallies);
    return items;
}

static bool get_queues(struct call *call)
{
    cJSON *items = render_queues(call);
    if (!items)
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->answer = cJSON_CreateObject();
    json_add_text(call->answer, "cursor", feed_cursor(call, call->account));
    cJSON_AddItemToObject(call->answer, "items", items);
    return true;
}

/* --- the board -------------------------------------------------------------------------------- */

/* Name in the API, label, and the query that opens the orders behind a row's key. */
static const struct board_kind {
    enum board_group group;
    const char *name;
    struct bilingual label;
    const char *query;
} board_kinds[] = {
    {BOARD_STATE, "state", {"State", "状态"}, "state"},
    {BOARD_UNIT, "unit", {"Unit", "承办单位"}, "lead"},
    {BOARD_STREET, "street", {"Street or town", "街道乡镇"}, "street"},
    {BOARD_CATEGORY, "category", {"Matter", "事项"}, "category"},
    {BOARD_CHANNEL, "channel", {"Channel", "渠道"}, "channel"},
};

static const struct field_choice board_choices[] = {
    {"state", {"state", "状态"}},     {"unit", {"unit", "单位"}},
    {"street", {"street", "街道"}},   {"category", {"matter", "事项"}},
    {"channel", {"channel", "渠道"}}, {NULL, {NULL, NULL}}};
static const struct field_spec board_fields[] = {
    {"by", FIELD_CHOICE, true, 0, 0, {"by", "分组"}, board_choices},
};

static const char *board_label(struct call *call, enum board_group group,
                               const struct board_row *row)
{
    const struct reference *r = &call->api->reference;
    static const struct bilingual none = {"none yet", "未派单位"};
    switch (group) {
    case BOARD_STATE:
        return call_text(call,
                         word_label(WORDS_ORDER_STATE, word_find(WORDS_ORDER_STATE, row->key)));
    case BOARD_UNIT: {
        const struct unit *unit = reference_unit(r, strtoll(row->key, NULL, 10));
        return unit ? unit->name : call_text(call, none);
    }
    case BOARD_STREET: {
        const struct region *region = reference_region(r, row->key);
        return region ? region->name : row->key;
    }
    case BOARD_CATEGORY: {
        static const struct bilingual unclassified = {"none yet", "未分类"};
        const struct category *category = reference_category(r, row->key);
        if (!*row->key)
            return call_text(call, unclassified);
        return category ? category->name : row->key;
    }
    case BOARD_CHANNEL: {
        const struct channel *channel = reference_channel(r, row->key);
        return channel ? channel->name : row->key;
    }
    }
    return row->key;
}

static void add_counts(cJSON *item, const struct board_row *row)
{
    json_add_int(item, "total", row->total);
    json_add_int(item, "open", row->open);
    json_add_int(item, "yellow", row->yellow);
    json_add_int(item, "red", row->red);
    json_add_int(item, "unsatisfied", row->unsatisfied);
    json_add_int(item, "concluded", row->concluded);
    json_add_int(item, "satisfied", row->satisfied);
}

/* States as the life-cycle has them; everything else with the most open orders first. */
static int compare_states(const void *a, const void *b)
{
    return word_find(WORDS_ORDER_STATE, ((const struct board_row *)a)->key) -
           word_find(WORDS_ORDER_STATE, ((const struct board_row *)b)->key);
}

static int compare_open(const void *a, const void *b)
{
    const struct board_row *x = a, *y = b;
    int by_open = (x->open < y->open) - (x->open > y->open);
    return by_open ? by_open : strcmp(x->key, y->key);
}

static bool get_board(struct call *call)
{
    const struct board_kind *kind = board_kinds;
    while (strcmp(kind->name, field_text(&call->query, "by")) != 0)
        kind++;
    struct board_row *rows = NULL, sum = {0};
    size_t count = store_board(call->db, call->account->id, kind->group, call->arena, &rows);
    if (count > 1)
        qsort(rows, count, sizeof *rows,
              kind->group == BOARD_STATE ? compare_states : compare_open);
    call->answer = cJSON_CreateObject();
    json_add_text(call->answer, "by", kind->name);
    json_add_text(call->answer, "label", call_text(call, kind->label));
    cJSON *items = cJSON_AddArrayToObject(call->answer, "items");
    for (size_t i = 0; i < count; i++) {
        const struct board_row *row = &rows[i];
        cJSON *item = cJSON_CreateObject();
        json_add_text(item, "key", row->key);
        json_add_text(item, "label", board_label(call, kind->group, row));
        add_counts(item, row);
        json_add_text(item, "query",
                      kind->group == BOARD_CATEGORY && !*row->key
                          ? "unclassified=1"
                          : arena_printf(call->arena, "%s=%s", kind->query, row->key));
        cJSON_AddItemToArray(items, item);
        sum.total += row->total;
        sum.open += row->open;
        sum.yellow += row->yellow;
        sum.red += row->red;
        sum.unsatisfied += row->unsatisfied;
        sum.concluded += row->concluded;
        sum.satisfied += row->satisfied;
    }
    cJSON *totals = cJSON_AddObjectToObject(call->answer, "totals");
    add_counts(totals, &sum);
    return true;
}

/* --- the bulletin ----------------------------------------------------------------------------- */

static const struct field_spec bulletin_fields[] = {
    {"limit", FIELD_INT, false, 1, 200, {"limit", "条数"}, NULL},
    {"before", FIELD_TIME, false, 0, 0, {"before", "截止"}, NULL},
};

static bool get_bulletin(struct call *call)
{
    struct bulletin_row *rows = NULL;
    size_t count =
        store_bulletin(call->db, call->account->id, field_number(&call->query, "before", INT64_MAX),
                       (size_t)field_number(&call->query, "limit", 50), call->arena, &rows);
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "items");
    for (size_t i = 0; i < count; i++) {
        cJSON *item = cJSON_CreateObject();
        json_add_time(item, "at", rows[i].at);
        json_add_int(item, "round", rows[i].round);
        cJSON_AddItemToObject(item, "unit", render_unit(call, rows[i].unit_id));
        cJSON_AddItemToObject(item, "order", render_row(call, &rows[i].order));
        cJSON_AddItemToArray(items, item);
    }
    return true;
}

#define BOARD_READERS (BIT(ROLE_SUPERVISOR) | BIT(ROLE_ANALYST))
static const struct route routes[] = {
    {API_GET, "queues", 0, 0, NO_FIELDS, NO_FIELDS, get_queues},
    {API_GET, "board", 0, BOARD_READERS, FIELDS(board_fields), NO_FIELDS, get_board},
    {API_GET, "bulletin", 0, BOARD_READERS | BIT(ROLE_DISPATCHER), FIELDS(bulletin_fields),
     NO_FIELDS, get_bulletin},
};
const struct route_table routes_board = {FIELDS(routes)};
