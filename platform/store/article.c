/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Knowledge articles. */
#include "platform/store/text_index.h"

#define ARTICLE_COLUMNS                                                                            \
    " a.id, a.source_no, a.title, a.body, a.category_code, a.region_code, a.owner_unit_id,"        \
    " a.state, a.review_on, a.valid_to, a.updated_at, a.version "

static enum status write_row(struct db *db, const struct article *a, const char *sql)
{
    return db_run(db, sql,
                  DB_PARAMS(db_int(a->id), db_text(a->source_no), db_text(a->title),
                            db_text(a->body), db_text(a->category_code), db_text(a->region_code),
                            db_int(a->owner_unit_id), db_word(WORDS_ARTICLE_STATE, (int)a->state),
                            db_int(a->review_on), db_int(a->valid_to), db_int(a->updated_at),
                            db_int(a->version)),
                  NULL);
}

/* ST_STALE when the version is not the next one. */
static enum status write_article(struct db *db, const struct article *a)
{
    if (a->version == 1) {
        enum status st = write_row(db, a,
                                   "insert into article(id, source_no, title, body, category_code,"
                                   " region_code, owner_unit_id, state, review_on, valid_to,"
                                   " updated_at, version) values($1, $2, $3, $4, $5, $6, $7, $8,"
                                   " $9, $10, $11, $12) on conflict(id) do nothing");
        return !st && db_changes(db) == 0 ? ST_STALE : st;
    }
    enum status st =
        write_row(db, a,
                  "update article set source_no = $2, title = $3, body = $4, category_code = $5,"
                  " region_code = $6, owner_unit_id = $7, state = $8, review_on = $9,"
                  " valid_to = $10, updated_at = $11, version = $12"
                  " where id = $1 and version = $12 - 1");
    return !st && db_changes(db) == 0 ? ST_STALE : st;
}

enum status store_article_put(struct db *db, const struct article *a)
{
    if (a->id <= 0 || a->version <= 0 || !a->title || !*a->title)
        return ST_INVALID;
    struct arena *arena = arena_new();
    if (!arena)
        return ST_NO_MEMORY;
    const char *texts[] = {
        a->title, a->body ? a->body : "",
        store_category_name(db, a->category_code ? a->category_code : "", arena)};
    uint64_t *words;
    size_t count = text_words(db, texts, sizeof texts / sizeof texts[0], arena, &words);
    enum status st = write_article(db, a);
    if (!st)
        st = text_index_put(db, TEXT_OF_ARTICLE, a->id, words, count);
    arena_free(arena);
    return st;
}

static void article_read(struct db_rows *rows, struct arena *arena, struct article *a)
{
    *a = (struct article){
        .id = db_get_int(rows, 0),
        .source_no = row_text(rows, 1, arena),
        .title = row_text(rows, 2, arena),
        .body = row_text(rows, 3, arena),
        .category_code = row_text(rows, 4, arena),
        .region_code = row_text(rows, 5, arena),
        .owner_unit_id = db_get_int(rows, 6),
        .state = (enum article_state)row_word(rows, 7, WORDS_ARTICLE_STATE, ARTICLE_DRAFT),
        .review_on = db_get_int(rows, 8),
        .valid_to = db_get_int(rows, 9),
        .updated_at = db_get_int(rows, 10),
        .version = db_get_int(rows, 11),
    };
}

struct article *store_article(struct db *db, int64_t id, struct arena *arena)
{
    struct article *a = NULL;
    struct db_rows *rows = db_query(db, "select" ARTICLE_COLUMNS "from article a where a.id = $1",
                                    DB_PARAMS(db_int(id)), NULL);
    if (rows && db_next(rows))
        article_read(rows, arena, a = arena_alloc(arena, sizeof *a));
    return db_close(rows) ? NULL : a;
}

int64_t store_article_by_source(struct db *db, const char *source_no)
{
    int64_t id = 0;
    enum status st =
        db_number(db, "select id from article where source_no = $1 and source_no <> ''",
                  DB_PARAMS(db_text(source_no)), 0, &id, NULL);
    return st ? 0 : id;
}

#define LIST "select" ARTICLE_COLUMNS "from article a"
#define WHERE                                                                                      \
    " where ($1 = 0 or (a.state = 'published' and (a.valid_to = 0 or a.valid_to > $1)))"           \
    " and ($2 = '' or substr(a.category_code, 1, length($2)) = $2)"                                \
    " and ($3 = 0 or (a.updated_at, a.id) < ($3, $4))"
#define SORTED " order by a.updated_at desc, a.id desc limit $5"

enum status store_articles(struct db *db, const struct article_filter *filter, int64_t before_at,
                           int64_t before_id, size_t limit, struct arena *arena,
                           struct article **out, size_t *count)
{
    const char *pattern = filter->text ? text_pattern(db, filter->text, NULL, false, arena) : NULL;
    size_t capacity = 0;
    *out = NULL;
    *count = 0;
    if (pattern && !*pattern)
        return ST_OK;
    struct db_rows *rows =
        db_query(db, pattern ? LIST WHERE ARTICLE_TEXT SORTED : LIST WHERE SORTED,
                 DB_PARAMS(db_int(filter->now), db_text(filter->category_code), db_int(before_at),
                           db_int(before_id), db_int((int64_t)limit), db_text(pattern)),
                 NULL);
    while (rows && db_next(rows))
        article_read(rows, arena, &APPEND(arena, *out, *count, capacity));
    return db_close(rows);
}

struct found {
    void (*each)(void *user, size_t word, int64_t article_id);
    void *user;
    size_t word;
};

static void found_one(void *user, int64_t id)
{
    const struct found *f = user;
    f->each(f->user, f->word, id);
}

enum status store_article_words(struct db *db, const uint64_t *words, size_t count,
                                void (*each)(void *user, size_t word, int64_t article_id),
                                void *user)
{
    enum status st = ST_OK;
    for (size_t i = 0; i < count && !st; i++) {
        struct found f = {each, user, i};
        st = text_index_articles(db, words[i], found_one, &f);
    }
    return st;
}
