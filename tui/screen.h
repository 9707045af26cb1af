/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: the terminal. The only file beside theme.c that knows curses; everything that is shown
 * passes screen_put, which makes it harmless. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "core/status.h"
#include "tui/theme.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct rect {
    int y, x, rows, cells;
};

/* Takes the terminal over. ST_IO with a message when there is none that can be used; ST_OK with a
 * message when another kind of terminal was assumed. `slow`: fewer bytes, a longer wait for what
 * follows an Esc. */
enum status screen_start(bool slow, struct error *err);
/* The same without a terminal, for `minqing screen`: nothing is written and no key comes. The size
 * is COLUMNS x LINES of the environment, else 80x24. */
enum status screen_start_unseen(struct error *err);
/* The descriptor that keys come from. */
int screen_input(void);
/* Gives the terminal back as it was. Harmless when it was not taken. */
void screen_end(void);
int screen_rows(void);
int screen_cells(void);

/* ---- keys -------------------------------------------------------------------------------------
 */
/* A key: a code point, a control character, or one of these. */
enum {
    KEY_BASE = 0x200000, /* past Unicode */
    K_UP = KEY_BASE,
    K_DOWN,
    K_LEFT,
    K_RIGHT,
    K_HOME,
    K_END,
    K_PAGE_UP,
    K_PAGE_DOWN,
    K_INSERT,
    K_DELETE,
    K_BACK_TAB,
    K_PASTE,
    K_F1,
    K_F12 = K_F1 + 11,
    K_ENTER = '\r',
    K_TAB = '\t',
    K_ESC = 27,
    K_BACKSPACE = 127,
    K_META = 0x400000, /* or-ed in */
};
/* The next key that was typed; false when there is none now. K_PASTE: a pasted text, to be had with
 * screen_pasted. */
bool screen_key(int *key);
/* UTF-8, cleaned, line ends kept; valid until the next screen_key. */
const char *screen_pasted(void);

/* ---- painting: only between screen_begin and screen_show ------------------------------------- */
void screen_begin(void);
/* Puts foreign or own text at a place in at most `cells`, cut with an ellipsis. Returns the cells
 * used. */
int screen_put(int y, int x, int cells, int style, const char *text);
/* The same in exactly `cells`, filled with spaces of the style. */
void screen_field(int y, int x, int cells, int style, const char *text);
/* The first `n` bytes of the text, no ellipsis. */
int screen_put_n(int y, int x, int cells, int style, const char *text, size_t n);
/* A printf of own words and foreign text. */
int screen_putf(int y, int x, int cells, int style, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void screen_blank(struct rect area);
/* A horizontal or a vertical line. */
void screen_rule(int y, int x, int cells);
void screen_bar(int y, int x, int rows);
/* The mark before the selected line. */
const char *screen_marker(void);
/* Where the terminal's cursor stands after the paint; not called: hidden. */
void screen_cursor(int y, int x);
void screen_show(void);

/* ---- the terminal itself ----------------------------------------------------------------------
 */
/* The window changed its size: reads it anew. */
void screen_resize(void);
/* Everything is painted again at the next screen_show. */
void screen_repaint(void);
/* Gives the terminal to the shell until it is brought back. */
void screen_suspend(void);
/* Puts text into the terminal's clipboard (OSC 52). */
void screen_copy(const char *text);
/* Writes what is shown as UTF-8 text. */
void screen_print(FILE *out);
/* The same into a file. */
enum status screen_save(const char *path, struct error *err);

#endif
