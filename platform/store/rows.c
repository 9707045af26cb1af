/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small helps for reading columns. */
#include "platform/store/store_private.h"
#include <string.h>

const char *row_text(struct db_rows *rows, int column, struct arena *arena)
{
    const char *text = db_get_text(rows, column);
    return *text ? arena_strdup(arena, text) : "";
}

int row_word(struct db_rows *rows, int column, enum word_list list, int otherwise)
{
    int value = word_find(list, db_get_text(rows, column));
    return value < 0 ? otherwise : value;
}

void row_hash(struct db_rows *rows, int column, unsigned char *out, size_t size)
{
    size_t length = 0;
    const void *bytes = db_get_blob(rows, column, &length);
    memset(out, 0, size);
    memcpy(out, bytes, length < size ? length : size);
}

enum status db_number(struct db *db, const char *sql, const struct db_value *params, size_t count,
                      int64_t otherwise, int64_t *out, struct error *err)
{
    struct error mine = {ST_OK, ""};
    *out = otherwise;
    struct db_rows *rows = db_query(db, sql, params, count, &mine);
    if (rows && db_next(rows))
        *out = db_get_int(rows, 0);
    /* db_close gives ST_IO for a query that did not start; the reason is in `mine`. */
    enum status st = db_close(rows);
    if (st && err)
        *err = mine;
    return st;
}

struct db_value db_word(enum word_list list, int value)
{
    return db_text(word_name(list, value));
}
