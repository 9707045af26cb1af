/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/buf.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

/* Makes room for `n` more bytes and the NUL. */
static bool reserve(struct buf *buf, size_t n)
{
    if (buf->failed)
        return false;
    if (n >= SIZE_MAX - buf->length) {
        buf->failed = true;
        return false;
    }
    size_t needed = buf->length + n + 1;
    if (needed <= buf->capacity)
        return true;
    size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    char *data = realloc(buf->data, capacity);
    if (!data) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

void buf_add(struct buf *buf, const void *bytes, size_t n)
{
    if (!reserve(buf, n))
        return;
    if (n)
        memcpy(buf->data + buf->length, bytes, n);
    buf->length += n;
    buf->data[buf->length] = '\0';
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    if (!reserve(buf, 0))
        return;
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    /* Most lines fit what is there: measuring and writing are one pass then. */
    size_t room = buf->capacity - buf->length;
    int n = vsnprintf(buf->data + buf->length, room, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n >= room) {
        buf->data[buf->length] = '\0'; /* as before, should reserve fail */
        if (reserve(buf, (size_t)n))
            (void)vsnprintf(buf->data + buf->length, (size_t)n + 1, format, again);
    }
    va_end(again);
    if (n < 0)
        buf->failed = true;
    if (buf->failed)
        buf->data[buf->length] = '\0';
    else
        buf->length += (size_t)n;
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->failed = false;
    if (buf->data)
        buf->data[0] = '\0';
}

void buf_free(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf)BUF_EMPTY;
}

char *buf_take(struct buf *buf)
{
    buf_add(buf, "", 0);
    char *text = buf->data;
    if (buf->failed) {
        free(buf->data);
        text = NULL;
    }
    *buf = (struct buf)BUF_EMPTY;
    return text;
}
