/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A password is edited without readline, which would keep copies in its line, its undo list and its
 * kill ring. What was typed is in one place and is overwritten there. */
#include "core/text.h"
#include "tui/edit_private.h"
#include <stdlib.h>
#include <string.h>

enum { ROOM_LEAST = 64, C_A = 1, C_B = 2, C_D = 4, C_E = 5, C_F = 6, C_K = 11, C_U = 21, C_W = 23 };

void secret_set(struct edit *edit, const char *text)
{
    size_t n = strlen(text), room = ROOM_LEAST;
    while (room <= n)
        room *= 2;
    char *copy = *text ? malloc(room) : NULL;
    if (*text && !copy)
        return;
    if (copy)
        memcpy(copy, text, n + 1);
    if (edit->text)
        explicit_bzero(edit->text, strlen(edit->text));
    free(edit->text);
    edit->text = copy;
    edit->point = n;
    edit->scroll = 0;
}

/* Puts `n` bytes of `text` in the place of those from `from` to `to`. */
static void replace(struct edit *edit, size_t from, size_t to, const char *text, size_t n)
{
    const char *before = edit_text(edit);
    size_t length = strlen(before);
    char *after = malloc(length - (to - from) + n + 1);
    if (!after)
        return;
    memcpy(after, before, from);
    memcpy(after + from, text, n);
    memcpy(after + from + n, before + to, length - to + 1);
    int scroll = edit->scroll;
    secret_set(edit, after);
    edit->point = from + n;
    edit->scroll = scroll;
    explicit_bzero(after, strlen(after));
    free(after);
}

void secret_insert(struct edit *edit, const char *text)
{
    struct buf clean = BUF_EMPTY;
    text_clean(&clean, text, strlen(text), false);
    if (clean.data)
        replace(edit, edit->point, edit->point, clean.data, clean.length);
    if (clean.data)
        explicit_bzero(clean.data, clean.length);
    buf_free(&clean);
}

static size_t left_of(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[--at] & 0xC0) == 0x80)
        ;
    return at;
}

static size_t right_of(const char *text, size_t at)
{
    if (text[at])
        at++;
    while (((unsigned char)text[at] & 0xC0) == 0x80)
        at++;
    return at;
}

bool secret_key(struct edit *edit, int key)
{
    const char *text = edit_text(edit);
    size_t at = edit->point, end = strlen(text);
    char bytes[4];
    switch (key) {
    case K_LEFT:
    case C_B:
        edit->point = left_of(text, at);
        return false;
    case K_RIGHT:
    case C_F:
        edit->point = right_of(text, at);
        return false;
    case K_HOME:
    case C_A:
        edit->point = 0;
        return false;
    case K_END:
    case C_E:
        edit->point = end;
        return false;
    case K_BACKSPACE:
        replace(edit, left_of(text, at), at, "", 0);
        return at > 0;
    case K_DELETE:
    case C_D:
        replace(edit, at, right_of(text, at), "", 0);
        return at < end;
    case C_U:
    case C_W:
        replace(edit, 0, at, "", 0);
        return at > 0;
    case C_K:
        replace(edit, at, end, "", 0);
        return at < end;
    default:
        break;
    }
    if (key < ' ' || key >= KEY_BASE || !text_is_safe((uint32_t)key))
        return false;
    replace(edit, at, at, bytes, utf8_encode((uint32_t)key, bytes));
    explicit_bzero(bytes, sizeof bytes);
    return true;
}
