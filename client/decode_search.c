/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Knowledge articles, and the hints of the intake. */
#include "client/client_private.h"

const struct mq_suggestion *part_suggestions(struct arena *arena, const cJSON *array, size_t count)
{
    struct mq_suggestion *rows = arena_alloc(arena, count * sizeof *rows), *row = rows;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        *row++ = (struct mq_suggestion){
            .unit = part_ref(arena, item, "unit"),
            .reason = part_text(arena, item, "reason"),
            .source = part_text(arena, item, "source"),
            .boundary = json_bool(item, "boundary", false),
        };
    }
    return rows;
}

static struct mq_article article_read(struct arena *arena, const cJSON *json)
{
    return (struct mq_article){
        .id = json_int(json, "id", 0),
        .version = json_int(json, "version", 0),
        .title = part_text(arena, json, "title"),
        .summary = part_text(arena, json, "summary"),
        .body = part_text(arena, json, "body"),
        .source_no = part_text(arena, json, "source_no"),
        .state = part_text(arena, json, "state"),
        .state_label = part_text(arena, json, "state_label"),
        .category = part_ref(arena, json, "category"),
        .region = part_ref(arena, json, "region"),
        .unit = part_ref(arena, json, "unit"),
        .review_on = part_text(arena, json, "review_on"),
        .valid_to = part_text(arena, json, "valid_to"),
        .updated_at = json_time(json, "updated_at"),
    };
}

/* NULL where one of them has no id. */
static const struct mq_article *articles_read(struct arena *arena, const cJSON *array, size_t count)
{
    struct mq_article *articles = arena_alloc(arena, count * sizeof *articles), *a = articles;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        *a = article_read(arena, item);
        if (a++->id <= 0)
            return NULL;
    }
    return articles;
}

bool decode_articles(struct answer *answer, const cJSON *json)
{
    struct mq_result *r = &answer->result;
    const cJSON *array = part_array(json, "items", &r->count);
    r->articles = articles_read(answer->arena, array, r->count);
    r->next = part_text(answer->arena, json, "next");
    return array && r->articles;
}

bool decode_article(struct answer *answer, const cJSON *json)
{
    struct mq_article *article = arena_alloc(answer->arena, sizeof *article);
    *article = article_read(answer->arena, json);
    answer->result.articles = article;
    answer->result.count = 1;
    return article->id > 0;
}

static bool caller_read(struct arena *arena, const cJSON *json, struct mq_hints *hints)
{
    const cJSON *array = part_array(json, "orders", &hints->caller_count), *item;
    struct mq_order *orders = arena_alloc(arena, hints->caller_count * sizeof *orders);
    hints->caller_known = json_bool(json, "known", false);
    hints->open_count = json_int(json, "open", 0);
    hints->caller_orders = orders;
    cJSON_ArrayForEach(item, array)
    {
        if (!part_order(arena, item, false, orders++))
            return false;
    }
    return array != NULL;
}

static bool duplicates_read(struct arena *arena, const cJSON *array, struct mq_hints *hints)
{
    struct mq_duplicate *duplicates =
        arena_alloc(arena, hints->duplicate_count * sizeof *duplicates);
    const cJSON *item;
    hints->duplicates = duplicates;
    cJSON_ArrayForEach(item, array)
    {
        const cJSON *why = cJSON_GetObjectItemCaseSensitive(item, "why");
        duplicates->score = part_small(item, "score", 0);
        duplicates->why = part_texts(arena, why, &duplicates->why_count);
        if (!part_order(arena, cJSON_GetObjectItemCaseSensitive(item, "order"), false,
                        &duplicates->order))
            return false;
        duplicates++;
    }
    return array != NULL;
}

static const struct mq_category_hint *categories_read(struct arena *arena, const cJSON *array,
                                                      size_t count)
{
    struct mq_category_hint *hints = arena_alloc(arena, count * sizeof *hints), *hint = hints;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        *hint++ = (struct mq_category_hint){.code = part_text(arena, item, "code"),
                                            .path = part_text(arena, item, "path"),
                                            .score = part_small(item, "score", 0)};
    }
    return hints;
}

bool decode_hints(struct answer *answer, const cJSON *json)
{
    struct arena *arena = answer->arena;
    struct mq_hints *hints = arena_alloc(arena, sizeof *hints);
    *hints = (struct mq_hints){0};
    const cJSON *duplicates = part_array(json, "duplicates", &hints->duplicate_count);
    const cJSON *articles = part_array(json, "articles", &hints->article_count);
    const cJSON *categories = part_array(json, "categories", &hints->category_count);
    const cJSON *units = part_array(json, "units", &hints->unit_count);
    hints->articles = articles_read(arena, articles, hints->article_count);
    hints->categories = categories_read(arena, categories, hints->category_count);
    hints->units = part_suggestions(arena, units, hints->unit_count);
    answer->result.hints = hints;
    return articles && hints->articles && categories && units &&
           caller_read(arena, cJSON_GetObjectItemCaseSensitive(json, "caller"), hints) &&
           duplicates_read(arena, duplicates, hints);
}
