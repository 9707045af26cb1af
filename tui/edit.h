/* SPDX-License-Identifier: GPL-3.0-or-later */
/* edit: a line of text with readline's editing. Only the focused one owns readline; the others hold
 * their text, point and undo list. */
#ifndef TUI_EDIT_H
#define TUI_EDIT_H

#include "tui/screen.h"
#include <stdbool.h>
#include <stddef.h>

struct edit {
    char *text;   /* UTF-8, owned; NULL empty. Current after each key */
    size_t point; /* bytes of `text` before the cursor */
    void *undo;   /* readline's list while not focused */
    int scroll;   /* first cell or row shown */
    bool secret;  /* a password: shown as dots, kept away from readline, overwritten when freed */
};

/* Starts readline without a terminal of its own; once, after the locale is set. */
void edit_start(void);
void edit_free(struct edit *edit);
/* Gives readline to this edit; NULL: to nobody. */
void edit_focus(struct edit *edit);
const struct edit *edit_focused(void);
/* "" when empty; valid until the next key. */
const char *edit_text(const struct edit *edit);
/* Replaces the text; the point goes to its end. */
void edit_set(struct edit *edit, const char *text);
/* Feeds one key to the focused edit. Returns true when its text changed. */
bool edit_key(int key);
/* Inserts text at the point of the focused edit, in one line or as it is. */
void edit_insert(const char *text, bool keep_lines);
/* Moves the focused edit's point. */
void edit_move(struct edit *edit, size_t point);
/* The previous (-1) or next (1) line of the history into the focused edit. */
void edit_history(int step);
void edit_remember(const char *line);

/* Draws in one row, scrolled so that the point shows; sets the cursor if focused. */
void edit_draw(struct edit *edit, int y, int x, int cells);
/* Draws wrapped in `area.rows` rows. */
void edit_draw_area(struct edit *edit, struct rect area);
/* Rows that the wrapped text takes, the cursor's included. */
int edit_area_rows(const struct edit *edit, int cells);
/* Moves the focused edit's point up or down by rows as wrapped; false at the edge. */
bool edit_area_move(struct edit *edit, int cells, int rows);

#endif
