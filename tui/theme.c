/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/theme.h"
#include <curses.h>
#include <stdlib.h>

struct look {
    short c256, c16, c8; /* foreground, -1 the terminal's own */
    attr_t colour;       /* beside the colour */
    attr_t mono;         /* instead of a colour */
};

/* Foregrounds only: whether the terminal is dark or light is not ours to guess. The first eight
 * colours cost five bytes each time, the later ones eleven. */
static const struct look looks[STYLE_COUNT] = {
    [STYLE_NORMAL] = {-1, -1, -1, A_NORMAL, A_NORMAL},
    [STYLE_QUIET] = {244, 8, -1, A_NORMAL, A_NORMAL},
    [STYLE_HEADING] = {6, 6, COLOR_CYAN, A_NORMAL, A_NORMAL},
    [STYLE_TITLE] = {-1, -1, -1, A_BOLD, A_BOLD},
    [STYLE_KEY] = {-1, -1, -1, A_BOLD, A_BOLD},
    [STYLE_OVERDUE] = {1, 9, COLOR_RED, A_BOLD, A_BOLD},
    [STYLE_DUE_SOON] = {3, 3, COLOR_YELLOW, A_NORMAL, A_UNDERLINE},
    [STYLE_UNSATISFIED] = {5, 13, COLOR_MAGENTA, A_NORMAL, A_BOLD},
    [STYLE_URGENT] = {1, 9, COLOR_RED, A_BOLD, A_BOLD},
    [STYLE_GOOD] = {2, 2, COLOR_GREEN, A_NORMAL, A_NORMAL},
    [STYLE_SUGGESTION] = {2, 2, COLOR_GREEN, A_NORMAL, A_NORMAL},
    [STYLE_ERROR] = {1, 9, COLOR_RED, A_BOLD, A_BOLD},
    [STYLE_QUESTION] = {3, 3, COLOR_YELLOW, A_BOLD, A_BOLD},
    [STYLE_FOCUS] = {-1, -1, -1, A_BOLD, A_BOLD},
    [STYLE_BAR] = {6, 6, COLOR_CYAN, A_REVERSE, A_REVERSE},
    [STYLE_BAR_SOON] = {3, 3, COLOR_YELLOW, A_REVERSE, A_REVERSE},
    [STYLE_BAR_OVERDUE] = {1, 9, COLOR_RED, A_REVERSE, A_REVERSE},
};

static bool coloured;

static short colour_of(const struct look *look)
{
    return COLORS >= 256 ? look->c256 : COLORS >= 16 ? look->c16 : look->c8;
}

void theme_start(void)
{
    const char *refused = getenv("NO_COLOR");
    coloured = !(refused && *refused) && has_colors() && start_color() == OK &&
               use_default_colors() == OK && COLORS >= 8;
    for (short i = 1; coloured && i < STYLE_COUNT; i++)
        init_pair(i, colour_of(&looks[i]), -1);
}

unsigned theme_attributes(int style)
{
    const struct look *look = &looks[style & ~STYLE_SELECTED];
    if (style & STYLE_SELECTED)
        return A_REVERSE;
    return (unsigned)(coloured ? look->colour : look->mono);
}

short theme_pair(int style)
{
    /* One even bar: a colour that was chosen for the terminal's ground need not suit its reverse.
     */
    if (!coloured || style & STYLE_SELECTED || colour_of(&looks[style]) < 0)
        return 0;
    return (short)style;
}
