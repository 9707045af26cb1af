/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text index and knowledge articles. */
#include "platform/store/schema.h"

/* The index itself is made by text_index_create: each engine has its own. The words beside it are
 * packed hashes, five bytes each, in rising order. */
const char schema_4_search[] =
    "create table order_words(order_id int8 not null primary key, words bytes not null) strict;"
    "create index orders_live on orders(id) where open = 1;"
    "create index orders_concluded on orders(concluded_at) where concluded_at <> 0;"

    "create table article(id int8 not null primary key, source_no text not null,"
    " title text not null, body text not null, category_code text not null,"
    " region_code text not null, owner_unit_id int8 not null, state text not null,"
    " review_on int8 not null, valid_to int8 not null, updated_at int8 not null,"
    " version int8 not null) strict;"
    "create unique index article_source on article(source_no) where source_no <> '';"
    "create index article_updated on article(updated_at, id);"
    "create table article_words(article_id int8 not null primary key, words bytes not null)"
    " strict;";
