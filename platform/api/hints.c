/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /hints: what helps while a citizen still speaks, in one answer: who calls, whether it is known
 * already, what may answer it, what it is about and whose it is. */
#include "platform/analysis/answers.h"
#include "platform/analysis/duplicates.h"
#include "platform/api/api_private.h"
#include "platform/api/learnt.h"
#include "platform/domain/mask.h"
#include <string.h>

enum { DUPLICATES_MAX = 5, ARTICLES_MAX = 5, CATEGORIES_MAX = 3 };
/* A guess that is surer than not tells whose matter it is, until the operator has chosen. */
static const double sure = 0.5;

static const struct field_spec hint_fields[] = {
    {"phone", FIELD_LINE, false, 0, 32, {"phone", "来电号码"}, NULL},
    {"identity", FIELD_LINE, false, 0, 40, {"identity number", "身份证号"}, NULL},
    {"place", FIELD_PLACE, false, 0, 0, {"place", "地点"}, NULL},
    {"region", FIELD_LINE, false, 0, 15, {"region", "区域"}, NULL},
    {"category", FIELD_CATEGORY, false, 0, 0, {"category", "事项"}, NULL},
    {"text", FIELD_TEXT, false, 0, 2000, {"the citizen's words", "诉求内容"}, NULL},
};

/* What is known so far. */
struct said {
    const char *text; /* masked */
    const struct place *place;
    const char *region_code, *category_code;
    int64_t *caller_orders;
    size_t caller_count;
};

static void read_said(struct call *call, struct said *said)
{
    const struct field_values *body = &call->body;
    said->text = mask_text_whole(field_text(body, "text"), NULL, call->arena);
    said->region_code = field_text(body, "region");
    said->category_code = field_text(body, "category");
    if (field_present(body, "place"))
        said->place = store_place(call->db, field_number(body, "place", 0), call->arena);
    if (said->place)
        said->region_code = said->place->region_code;
}

/* --- who calls -------------------------------------------------------------------------------- */

static bool add_caller(struct call *call, struct said *said)
{
    const char *identity = identity_normalise(field_text(&call->body, "identity"), call->arena);
    const char *phone = phone_normalise(field_text(&call->body, "phone"), call->arena);
    if (*identity
            ? !caller_hint(call, NUMBER_IDENTITY, identity, &said->caller_orders,
                           &said->caller_count)
            : !caller_hint(call, NUMBER_PHONE, phone, &said->caller_orders, &said->caller_count))
        return false;
    cJSON *caller = cJSON_AddObjectToObject(call->answer, "caller");
    cJSON_AddBoolToObject(caller, "known", said->caller_count > 0);
    cJSON *orders = cJSON_CreateArray();
    int64_t open = 0;
    for (size_t i = 0; i < said->caller_count; i++) {
        const struct order *order =
            store_order(call->db, call->account->id, said->caller_orders[i], call->arena);
        if (!order)
            continue;
        open += order_clock_runs(order->state);
        cJSON_AddItemToArray(orders, render_row(call, order));
    }
    json_add_int(caller, "open", open);
    cJSON_AddItemToObject(caller, "orders", orders);
    return true;
}

/* --- is it known already? --------------------------------------------------------------------- */

static cJSON *render_why(const struct call *call, unsigned why)
{
    static const struct {
        unsigned reason;
        struct bilingual label;
    } labels[] = {
        {SAME_NUMBER, {"same number", "同一号码"}},
        {SAME_PLACE, {"same place", "同一地点"}},
        {NEAR_PLACE, {"near place", "地点相近"}},
        {SIMILAR_WORDS, {"similar words", "内容相似"}},
        {SAME_CATEGORY, {"same category", "同类事项"}},
    };
    cJSON *items = cJSON_CreateArray();
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (why & labels[i].reason)
            cJSON_AddItemToArray(items, cJSON_CreateString(call_text(call, labels[i].label)));
    return items;
}

static bool add_duplicates(struct call *call, const struct said *said)
{
    const struct settings *settings = &call->api->settings;
    const struct duplicate_query query = {
        .text = said->text,
        .place_id = said->place ? said->place->id : 0,
        .place_name = said->place ? said->place->name : "",
        .region_code = said->region_code,
        .category_code = said->category_code,
        .same_number = said->caller_orders,
        .same_number_count = said->caller_count,
        .since = call->now - settings->hints_concluded_ms,
        .compared = (size_t)settings->hints_compared,
        .least = settings->hints_score,
    };
    struct duplicate found[DUPLICATES_MAX];
    size_t count;
    if (duplicates_find(call->db, call->account->id, &query, call->arena, DUPLICATES_MAX, found,
                        &count))
        return false;
    cJSON *items = cJSON_AddArrayToObject(call->answer, "duplicates");
    for (size_t i = 0; i < count; i++) {
        const struct order *order =
            store_order(call->db, call->account->id, found[i].order_id, call->arena);
        if (!order)
            continue;
        cJSON *item = cJSON_CreateObject();
        cJSON_AddItemToObject(item, "order", render_row(call, order));
        json_add_int(item, "score", found[i].score);
        cJSON_AddItemToObject(item, "why", render_why(call, found[i].why));
        cJSON_AddItemToArray(items, item);
    }
    return true;
}

/* --- what answers it, what it is, whose it is ------------------------------------------------- */

static bool add_articles(struct call *call, const struct said *said, const char *category_code)
{
    const struct question question = {said->text, category_code, said->region_code, call->now};
    struct article *found[ARTICLES_MAX];
    size_t count;
    if (answers_find(call->db, &question, call->arena, ARTICLES_MAX, found, &count))
        return false;
    cJSON *items = cJSON_AddArrayToObject(call->answer, "articles");
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(items, render_article(call, found[i], false));
    return true;
}

/* The category for the next step: the operator's, else the guess that is sure. */
static const char *add_categories(struct call *call, const struct said *said)
{
    const struct reference *r = &call->api->reference;
    struct guess guesses[CATEGORIES_MAX];
    size_t count =
        learnt_guess(call->api->learnt, said->text, CATEGORIES_MAX, call->arena, guesses);
    const char *code = said->category_code;
    cJSON *items = cJSON_AddArrayToObject(call->answer, "categories");
    for (size_t i = 0; i < count; i++) {
        const struct category *category = reference_category(r, guesses[i].label);
        if (!category || !reference_category_leaf(r, category))
            continue; /* learnt before the tree was changed */
        cJSON *item = cJSON_CreateObject();
        json_add_text(item, "code", category->code);
        json_add_text(item, "path", reference_category_path(r, category->code, call->arena));
        json_add_int(item, "score", (int64_t)(100 * guesses[i].share + 0.5));
        cJSON_AddItemToArray(items, item);
        if (!*code && guesses[i].share >= sure)
            code = category->code;
    }
    return code;
}

static void add_units(struct call *call, const struct said *said, const char *category_code)
{
    const struct matter matter = {.category_code = category_code,
                                  .region_code = said->region_code,
                                  .component_owner_id =
                                      said->place ? said->place->owner_unit_id : 0,
                                  .now = call->now};
    cJSON *items = *category_code ? render_suggestions(call, &matter) : cJSON_CreateArray();
    cJSON_AddItemToObject(call->answer, "units", items);
}

static bool post_hints(struct call *call)
{
    struct said said = {.text = ""};
    read_said(call, &said);
    call->answer = cJSON_CreateObject();
    if (!add_caller(call, &said))
        return false;
    const char *category_code = add_categories(call, &said);
    if (!add_duplicates(call, &said) || !add_articles(call, &said, category_code))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    add_units(call, &said, category_code);
    return true;
}

static const struct route routes[] = {
    {API_POST, "hints", 0, BIT(ROLE_OPERATOR), NO_FIELDS, FIELDS(hint_fields), post_hints},
};
const struct route_table routes_hints = {FIELDS(routes)};
