/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /articles: the knowledge that questions are answered from. */
#include "core/text.h"
#include "core/words.h"
#include "platform/api/api_private.h"
#include <inttypes.h>
#include <string.h>

enum { PAGE_MAX = 200, SUMMARY_CHARACTERS = 60 };

bool call_searchable(struct call *call, const char *field, const char *typed)
{
    return words_lost(typed) == 0 ||
           call_problem(call, PROBLEM_SEARCH_SHORT, field, typed, NULL, NULL);
}

/* Who keeps the articles sees them all, others what is published and valid. */
static bool keeps_articles(const struct call *call)
{
    return (call->account->roles & BIT(ROLE_LIBRARIAN)) != 0;
}

static bool may_read(const struct call *call, const struct article *a)
{
    return keeps_articles(call) ||
           (a->state == ARTICLE_PUBLISHED && (a->valid_to == 0 || a->valid_to > call->now));
}

/* The body's beginning on one line. */
static const char *summary_of(struct call *call, const struct article *a)
{
    struct buf out = BUF_EMPTY;
    size_t n = strlen(a->body), taken = 0;
    for (int i = 0; i < SUMMARY_CHARACTERS && taken < n; i++) {
        uint32_t code;
        taken += utf8_decode(a->body + taken, n - taken, &code);
    }
    text_clean(&out, a->body, taken, false);
    buf_add_text(&out, taken < n ? "…" : "");
    const char *summary = arena_strdup(call->arena, out.failed ? "" : out.data);
    buf_free(&out);
    return summary;
}

static cJSON *render_coded(const char *code, const char *name, const char *path)
{
    cJSON *ref = cJSON_CreateObject();
    json_add_text(ref, "code", code);
    json_add_text(ref, "name", name);
    json_add_text(ref, "path", *code ? path : "");
    return ref;
}

cJSON *render_article(struct call *call, const struct article *a, bool whole)
{
    const struct reference *r = &call->api->reference;
    const struct category *category = reference_category(r, a->category_code);
    const struct region *region = reference_region(r, a->region_code);
    cJSON *item = cJSON_CreateObject();
    json_add_int(item, "id", a->id);
    json_add_int(item, "version", a->version);
    json_add_text(item, "title", a->title);
    json_add_text(item, "summary", summary_of(call, a));
    cJSON_AddItemToObject(item, "category",
                          render_coded(a->category_code, category ? category->name : "",
                                       reference_category_path(r, a->category_code, call->arena)));
    cJSON_AddItemToObject(item, "region",
                          render_coded(a->region_code, region ? region->name : "",
                                       reference_region_path(r, a->region_code, call->arena)));
    cJSON_AddItemToObject(item, "unit", render_unit(call, a->owner_unit_id));
    json_add_text(item, "state", word_name(WORDS_ARTICLE_STATE, (int)a->state));
    json_add_text(item, "state_label",
                  call_text(call, word_label(WORDS_ARTICLE_STATE, (int)a->state)));
    json_add_day(item, "review_on", a->review_on);
    json_add_time(item, "updated_at", a->updated_at);
    if (whole) {
        json_add_text(item, "body", a->body);
        json_add_text(item, "source_no", a->source_no);
        json_add_day(item, "valid_to", a->valid_to);
    }
    return item;
}

static const struct field_spec list_fields[] = {
    {"q", FIELD_LINE, false, 1, 100, {"words", "检索词"}, NULL},
    {"category", FIELD_CATEGORY, false, 0, 0, {"category", "事项"}, NULL},
    {"limit", FIELD_INT, false, 1, PAGE_MAX, {"limit", "条数"}, NULL},
    {"after", FIELD_LINE, false, 1, 48, {"after", "起点"}, NULL},
};

static bool get_articles(struct call *call)
{
    const struct field_values *q = &call->query;
    const struct article_filter filter = {
        .now = keeps_articles(call) ? 0 : call->now,
        .category_code = field_text(q, "category"),
        .text = field_present(q, "q") ? field_text(q, "q") : NULL,
    };
    int64_t at, id;
    if ((filter.text && !call_searchable(call, "q", filter.text)) || !call_cursor(call, &at, &id))
        return false;
    size_t limit = (size_t)field_number(q, "limit", call->api->settings.page_orders), count = 0;
    struct article *articles = NULL;
    if (store_articles(call->db, &filter, at, id, limit + 1, call->arena, &articles, &count))
        return call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "items");
    const char *next = NULL;
    for (size_t i = 0; i < count && i < limit; i++) {
        cJSON_AddItemToArray(items, render_article(call, &articles[i], false));
        if (i + 1 == limit && count > limit)
            next = arena_printf(call->arena, "%" PRId64 ".%" PRId64, articles[i].updated_at,
                                articles[i].id);
    }
    json_add_text(call->answer, "next", next);
    return true;
}

static bool get_article(struct call *call)
{
    int64_t id;
    const struct article *a =
        text_integer(call->segments[1], &id) ? store_article(call->db, id, call->arena) : NULL;
    if (!a || !may_read(call, a))
        return call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL, NULL);
    call->answer = render_article(call, a, true);
    return true;
}

static const struct route routes[] = {
    {API_GET, "articles", 0, 0, FIELDS(list_fields), NO_FIELDS, get_articles},
    {API_GET, "articles/*", 0, 0, NO_FIELDS, NO_FIELDS, get_article},
};
const struct route_table routes_articles = {FIELDS(routes)};
