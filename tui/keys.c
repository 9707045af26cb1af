/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reading half of screen.h: what the terminal sends becomes keys. */
#include "core/buf.h"
#include "core/text.h"
#include "tui/screen.h"
#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

enum { PASTE_BEGIN = KEY_MAX + 1, PASTE_END, PASTE_MAX = 256 * 1024 };

static WINDOW *input; /* a pad: reading from it never repaints */
static bool pasting;
static struct buf pasted, pasted_clean;
static int pushed = -1;

static const struct {
    int curses, key;
} names[] = {
    {KEY_UP, K_UP},
    {KEY_DOWN, K_DOWN},
    {KEY_LEFT, K_LEFT},
    {KEY_RIGHT, K_RIGHT},
    {KEY_HOME, K_HOME},
    {KEY_END, K_END},
    {KEY_PPAGE, K_PAGE_UP},
    {KEY_NPAGE, K_PAGE_DOWN},
    {KEY_IC, K_INSERT},
    {KEY_DC, K_DELETE},
    {KEY_BTAB, K_BACK_TAB},
    {KEY_ENTER, K_ENTER},
    {KEY_BACKSPACE, K_BACKSPACE},
};

static void define_capability(const char *name, int code)
{
    char *copy = strdup(name);
    const char *value = copy ? tigetstr(copy) : NULL;
    free(copy);
    if (value && value != (const char *)-1)
        define_key(value, code);
}

static bool start_input(void)
{
    if (input)
        return true;
    input = newpad(1, 1);
    if (!input)
        return false;
    keypad(input, TRUE);
    nodelay(input, TRUE);
    define_capability("PS", PASTE_BEGIN);
    define_capability("PE", PASTE_END);
    return true;
}

/* One decoded event of curses as a key; 0 for what is none of ours. */
static int key_of(int kind, wint_t code)
{
    if (kind != KEY_CODE_YES) {
        if (code == '\n')
            return K_ENTER;
        return code == '\b' ? K_BACKSPACE : (int)code;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].curses == (int)code)
            return names[i].key;
    }
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return K_F1 + (int)code - KEY_F(1);
    return 0;
}

static void add_pasted(int key)
{
    if (pasted.length > PASTE_MAX)
        return;
    char utf8[4];
    if (key == K_ENTER)
        buf_add_char(&pasted, '\n');
    else if (key > 0 && key < KEY_BASE && key != K_ESC)
        buf_add(&pasted, utf8, utf8_encode((uint32_t)key, utf8));
}

bool screen_key(int *key)
{
    if (pushed >= 0) {
        *key = pushed;
        pushed = -1;
        return true;
    }
    if (!start_input())
        return false;
    for (;;) {
        wint_t code;
        int kind = wget_wch(input, &code);
        if (kind == ERR)
            return false;
        if (kind == KEY_CODE_YES && code == PASTE_BEGIN) {
            pasting = true;
            buf_clear(&pasted);
            continue;
        }
        if (kind == KEY_CODE_YES && code == PASTE_END) {
            pasting = false;
            *key = K_PASTE;
            return true;
        }
        int k = key_of(kind, code);
        if (k == 0)
            continue;
        if (pasting) {
            add_pasted(k);
            continue;
        }
        /* Curses has waited for what may follow an Esc: what is here now was typed with Meta. */
        if (k == K_ESC && (kind = wget_wch(input, &code)) != ERR) {
            int next = key_of(kind, code);
            if (next > 0 && next < KEY_BASE && next != K_ESC)
                k = next | K_META;
            else if (next > 0)
                pushed = next;
        }
        *key = k;
        return true;
    }
}

const char *screen_pasted(void)
{
    buf_clear(&pasted_clean);
    if (pasted.data)
        text_clean(&pasted_clean, pasted.data, pasted.length, true);
    return pasted_clean.data ? pasted_clean.data : "";
}
