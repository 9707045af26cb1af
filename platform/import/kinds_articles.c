/* SPDX-License-Identifier: GPL-3.0-or-later */
/* articles: the knowledge base. */
#include "platform/import/import_private.h"
#include <string.h>

enum { TITLE_MOST = 200, BODY_MOST = 50000, SOURCE_MOST = 64 };

enum { A_SOURCE_NO, A_TITLE, A_BODY, A_CATEGORY, A_REGION, A_OWNER, A_STATE, A_REVIEW, A_VALID_TO };
static const struct column columns[] = {
    {"source_no", "id|number|编号|条目编号|来源编号", true, "its number where it comes from"},
    {"title", "question|标题|问题", true, ""},
    {"body", "answer|content|text|正文|内容|答案|答复", true, ""},
    {"category", "category_code|事项|分类|事项代码", false, "code, name, or names with / between"},
    {"region", "region_code|区域|区划|地区|区划代码", false, "code or name; empty: the whole city"},
    {"owner", "owner_unit|unit|单位|责任单位", false, "the unit that keeps it, number or name"},
    {"state", "状态", false, "draft, published, retired (published)"},
    {"review_on", "复核日期|下次复核", false, "a day"},
    {"valid_to", "失效日期|有效期至", false, "the first day on which it holds no more"},
};

static bool fill_article(struct row *row, struct article *a)
{
    int state = ARTICLE_PUBLISHED;
    if (!cell_text(row, A_SOURCE_NO, SOURCE_MOST, false, &a->source_no) ||
        !cell_text(row, A_TITLE, TITLE_MOST, false, &a->title) ||
        !cell_text(row, A_BODY, BODY_MOST, true, &a->body) ||
        !cell_category(row, A_CATEGORY, &a->category_code) ||
        !cell_region(row, A_REGION, &a->region_code) ||
        !cell_unit(row, A_OWNER, &a->owner_unit_id) ||
        !cell_word(row, A_STATE, WORDS_ARTICLE_STATE, &state) ||
        !cell_time(row, A_REVIEW, &a->review_on) || !cell_time(row, A_VALID_TO, &a->valid_to))
        return false;
    a->state = (enum article_state)state;
    return true;
}

/* What the file has no column for stays. */
static void keep(const struct row *row, const struct article *there, struct article *a)
{
    a->category_code = KEPT(row, A_CATEGORY, a->category_code, there->category_code);
    a->region_code = KEPT(row, A_REGION, a->region_code, there->region_code);
    a->owner_unit_id = KEPT(row, A_OWNER, a->owner_unit_id, there->owner_unit_id);
    a->state = KEPT(row, A_STATE, a->state, there->state);
    a->review_on = KEPT(row, A_REVIEW, a->review_on, there->review_on);
    a->valid_to = KEPT(row, A_VALID_TO, a->valid_to, there->valid_to);
}

static bool same_article(const struct article *a, const struct article *b)
{
    return same_text(a->title, b->title) && same_text(a->body, b->body) &&
           same_text(a->category_code, b->category_code) &&
           same_text(a->region_code, b->region_code) && a->owner_unit_id == b->owner_unit_id &&
           a->state == b->state && a->review_on == b->review_on && a->valid_to == b->valid_to;
}

static enum outcome take_article(struct row *row)
{
    struct article a = {0};
    if (!fill_article(row, &a))
        return OUTCOME_REJECTED;
    int64_t id = store_article_by_source(row->db, a.source_no);
    const struct article *there = id ? store_article(row->db, id, row->arena) : NULL;
    if (there)
        keep(row, there, &a);
    if (there && same_article(&a, there))
        return OUTCOME_UNCHANGED;
    a.id = there ? there->id : store_new_id(row->db, row->im->now);
    a.version = there ? there->version + 1 : 1;
    a.updated_at = row->im->now;
    if (!a.id || store_article_put(row->db, &a))
        return OUTCOME_FAILED;
    return there ? OUTCOME_CHANGED : OUTCOME_NEW;
}

const struct kind kind_articles = {"articles",
                                   columns,
                                   sizeof columns / sizeof columns[0],
                                   "What is answered to common questions. The key is source_no.",
                                   NULL,
                                   take_article,
                                   NULL};
