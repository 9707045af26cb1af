/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text index on SQLite: two FTS5 tables without contents, positions or lengths. To take a row
 * out, FTS5 wants to be told its words: they stand packed in order_words and article_words, where
 * similar orders are found by them too. */
#include "platform/store/text_index.h"
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *read, *keep, *forget, *insert, *delete;
} SQL[] = {
    [TEXT_OF_ORDER] =
        {
            "select words from order_words where order_id = $1",
            "insert into order_words(order_id, words) values($1, $2)"
            " on conflict(order_id) do update set words = excluded.words",
            "delete from order_words where order_id = $1",
            "insert into text_order(rowid, words) values($1, $2)",
            "insert into text_order(text_order, rowid, words) values('delete', $1, $2)",
        },
    [TEXT_OF_ARTICLE] =
        {
            "select words from article_words where article_id = $1",
            "insert into article_words(article_id, words) values($1, $2)"
            " on conflict(article_id) do update set words = excluded.words",
            "delete from article_words where article_id = $1",
            "insert into text_article(rowid, words) values($1, $2)",
            "insert into text_article(text_article, rowid, words) values('delete', $1, $2)",
        },
};

enum status text_index_create(struct db *db, struct error *err)
{
    enum status st = db_run(db,
                            "create virtual table text_order using fts5(words, content='',"
                            " detail=none, columnsize=0, tokenize='ascii')",
                            NULL, 0, err);
    if (!st)
        st = db_run(db,
                    "create virtual table text_article using fts5(words, content='',"
                    " detail=none, columnsize=0, tokenize='ascii')",
                    NULL, 0, err);
    return st;
}

/* A word as FTS5 reads it: eight letters of five bits. */
static void add_word(struct buf *out, uint64_t word)
{
    char letters[9];
    for (int i = 0; i < 8; i++)
        letters[i] = "abcdefghijklmnopqrstuvwxyz234567"[word >> (35 - 5 * i) & 31];
    letters[8] = ' ';
    buf_add(out, letters, sizeof letters);
}

static void pack(struct buf *out, const uint64_t *words, size_t count)
{
    buf_add(out, "", 0);
    for (size_t i = 0; i < count; i++)
        for (int shift = 32; shift >= 0; shift -= 8)
            buf_add_char(out, (char)(words[i] >> shift));
}

size_t text_unpack(const unsigned char *packed, size_t length, uint64_t *words)
{
    size_t count = length / WORD_BYTES;
    for (size_t i = 0; i < count; i++, packed += WORD_BYTES)
        words[i] = (uint64_t)packed[0] << 32 | (uint64_t)packed[1] << 24 |
                   (uint64_t)packed[2] << 16 | (uint64_t)packed[3] << 8 | packed[4];
    return count;
}

static enum status take_out(struct db *db, enum text_of of, int64_t id, const struct buf *packed)
{
    uint64_t *words = malloc(packed->length / WORD_BYTES * sizeof *words + 1);
    struct buf text = BUF_EMPTY;
    if (!words)
        return ST_NO_MEMORY;
    size_t count = text_unpack((const unsigned char *)packed->data, packed->length, words);
    for (size_t i = 0; i < count; i++)
        add_word(&text, words[i]);
    enum status st =
        text.failed ? ST_NO_MEMORY
                    : db_run(db, SQL[of].delete, DB_PARAMS(db_int(id), db_text(text.data)), NULL);
    buf_free(&text);
    free(words);
    return st;
}

static enum status put_in(struct db *db, enum text_of of, int64_t id, const uint64_t *words,
                          size_t count, const struct buf *packed)
{
    struct buf text = BUF_EMPTY;
    for (size_t i = 0; i < count; i++)
        add_word(&text, words[i]);
    enum status st = text.failed || packed->failed ? ST_NO_MEMORY : ST_OK;
    if (!st)
        st = db_run(db, SQL[of].insert, DB_PARAMS(db_int(id), db_text(text.data)), NULL);
    if (!st)
        st = db_run(db, SQL[of].keep, DB_PARAMS(db_int(id), db_blob(packed->data, packed->length)),
                    NULL);
    buf_free(&text);
    return st;
}

enum status text_index_put(struct db *db, enum text_of of, int64_t id, const uint64_t *words,
                           size_t count)
{
    struct buf before = BUF_EMPTY, packed = BUF_EMPTY;
    pack(&packed, words, count);
    struct db_rows *rows = db_query(db, SQL[of].read, DB_PARAMS(db_int(id)), NULL);
    if (rows && db_next(rows)) {
        size_t length = 0;
        const void *bytes = db_get_blob(rows, 0, &length);
        buf_add(&before, bytes, length);
    }
    enum status st = db_close(rows);
    bool same = before.length == packed.length &&
                (packed.length == 0 || memcmp(before.data, packed.data, packed.length) == 0);
    if (!st && !same && before.length)
        st = before.failed ? ST_NO_MEMORY : take_out(db, of, id, &before);
    if (!st && !same)
        st = count ? put_in(db, of, id, words, count, &packed)
                   : db_run(db, SQL[of].forget, DB_PARAMS(db_int(id)), NULL);
    buf_free(&before);
    buf_free(&packed);
    return st;
}

void text_index_pattern(struct buf *out, const uint64_t *words, size_t count, const uint64_t *names,
                        size_t name_count)
{
    buf_add(out, "", 0);
    for (size_t i = 0; i < name_count; i++) {
        buf_add_text(out, i ? "OR " : "");
        add_word(out, names[i]);
    }
    if (count && name_count)
        buf_add_text(out, "OR ");
    buf_add_text(out, count ? "(" : "");
    for (size_t i = 0; i < count; i++)
        add_word(out, words[i]);
    buf_add_text(out, count ? ")" : "");
}

enum status text_index_articles(struct db *db, uint64_t word, void (*each)(void *user, int64_t id),
                                void *user)
{
    struct buf pattern = BUF_EMPTY;
    add_word(&pattern, word);
    struct db_rows *rows =
        pattern.failed ? NULL
                       : db_query(db, "select rowid from text_article where text_article match $1",
                                  DB_PARAMS(db_text(pattern.data)), NULL);
    while (rows && db_next(rows))
        each(user, db_get_int(rows, 0));
    buf_free(&pattern);
    return db_close(rows);
}
