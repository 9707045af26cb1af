/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The articles that operators answer from: how to …, what the rule is, who is in charge. */
#include "core/clock.h"
#include "platform/demo/demo_private.h"

enum { FIRST_ID = 1, REVIEW_DAYS = 30, REVIEW_EVERY = 11, CHANGED_DAYS = 400 };

/* Each was changed some time ago, and is to be looked at again some time from now. */
static struct article read_article(struct demo_city *city, const char *line, int64_t id)
{
    const char *f[4];
    demo_split(city->arena, line, f, 4);
    int32_t today = clock_day(city->now);
    int64_t ago = demo_between(city, 1, CHANGED_DAYS);
    return (struct article){
        .id = id,
        .source_no = "",
        .title = f[2],
        .body = f[3],
        .category_code = f[0],
        .region_code = "",
        .owner_unit_id = demo_number(f[1]),
        .state = ARTICLE_PUBLISHED,
        .review_on = clock_day_start(today + REVIEW_DAYS + (int32_t)id * REVIEW_EVERY),
        .updated_at = clock_day_start(today - (int32_t)ago) + demo_between(city, 0, 8) * 3600000,
        .version = 1};
}

enum status demo_articles_write(struct db *db, struct demo_city *city)
{
    enum status st = ST_OK;
    int64_t id = FIRST_ID;
    for (const char *const *line = demo_csv_articles; *line && !st; line++) {
        const struct article article = read_article(city, *line, id++);
        st = store_article_put(db, &article);
    }
    return st;
}
