/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme: what a cell means decides how it looks; one table, four kinds of terminal. */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <stdbool.h>

enum style {
    STYLE_NORMAL,
    STYLE_QUIET,   /* secondary: paths, times, help */
    STYLE_HEADING, /* column heads, section titles, labels */
    STYLE_TITLE,   /* the city's name, the active view */
    STYLE_KEY,     /* a key in the hint line */
    STYLE_OVERDUE,
    STYLE_DUE_SOON,
    STYLE_UNSATISFIED,
    STYLE_URGENT,
    STYLE_GOOD, /* done, satisfied */
    STYLE_SUGGESTION,
    STYLE_ERROR,
    STYLE_QUESTION,
    STYLE_FOCUS, /* label of the field with the cursor */
    STYLE_BAR,   /* bars of the board: open, due soon, overdue */
    STYLE_BAR_SOON,
    STYLE_BAR_OVERDUE,
    STYLE_COUNT,
    STYLE_SELECTED = 64, /* or-ed in: the line under the selection marker */
};

/* After the screen began: takes the best colours that the terminal has (NO_COLOR: none). */
void theme_start(void);
/* The curses attributes (attr_t) of a style. */
unsigned theme_attributes(int style);
/* The colour pair of a style. */
short theme_pair(int style);

#endif
