/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_index: which orders and articles hold which words, in the engine's own way. A word is kept
 * as its keyed hash (SipHash of the database's key, 40 bits), so that a copy of the database tells
 * nobody what citizens said. */
#ifndef PLATFORM_STORE_TEXT_INDEX_H
#define PLATFORM_STORE_TEXT_INDEX_H

#include "core/buf.h"
#include "platform/store/store_private.h"

enum text_of { TEXT_OF_ORDER, TEXT_OF_ARTICLE };

/* Parts of a query: the orders whose words fit the pattern in $38. */
#define ORDER_TEXT         "text_order"
#define ORDER_TEXT_MATCHES " text_order match $38 "
#define ORDER_TEXT_ID      "text_order.rowid"
/* Likewise for articles, in $6. */
#define ARTICLE_TEXT       " and a.id in (select rowid from text_article where text_article match $6)"

/* Makes the index's own tables; part of schema 4. */
enum status text_index_create(struct db *db, struct error *err);
/* Replaces what is known of the row: `words` sorted, each once; none takes it out. */
enum status text_index_put(struct db *db, enum text_of of, int64_t id, const uint64_t *words,
                           size_t count);
/* The pattern of a query: all of `words`, or one of `names` (whole numbers); "" when there is
 * neither. */
void text_index_pattern(struct buf *out, const uint64_t *words, size_t count, const uint64_t *names,
                        size_t name_count);
/* Calls `each` with the articles that hold the word. */
enum status text_index_articles(struct db *db, uint64_t word, void (*each)(void *user, int64_t id),
                                void *user);

/* --- search.c -------------------------------------------------------------------------------- */

/* The hash of a word, and of a number that is searched whole. */
uint64_t text_word(const struct db *db, const char *word, size_t length);
uint64_t text_name(const struct db *db, const char *number);
/* The hashed words of the texts, sorted, each once; in the arena. */
size_t text_words(const struct db *db, const char *const *texts, size_t count, struct arena *arena,
                  uint64_t **out);
/* The pattern for all words of what was typed or, with `names`, for the number that it is as a
 * whole and the order number `number` (NULL none). In the arena; "" when nothing can fit. */
const char *text_pattern(const struct db *db, const char *typed, const char *number, bool names,
                         struct arena *arena);
/* As they are kept beside the index: five bytes each. */
enum { WORD_BYTES = 5 };
size_t text_unpack(const unsigned char *packed, size_t length, uint64_t *words);

#endif
