/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf: a byte buffer that grows. `data` is always NUL-terminated once anything, be it "", was
 * added. Nothing that is added may point into the buffer itself. */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* owned; NULL while empty and never added to */
    size_t length;
    size_t capacity;
    bool failed; /* an allocation failed: later additions are ignored */
};

#define BUF_EMPTY                                                                                  \
    {                                                                                              \
        NULL, 0, 0, false                                                                          \
    }

void buf_add(struct buf *buf, const void *bytes, size_t n);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Empties it and keeps the memory; `failed` is forgotten with what was added. */
void buf_clear(struct buf *buf);
/* Frees the memory; the buffer is empty and usable again. */
void buf_free(struct buf *buf);
/* Hands the string to the caller, who frees it with free(); "" when empty, NULL when failed. */
char *buf_take(struct buf *buf);

#endif
