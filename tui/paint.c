/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The painting half of app.h: title with the views' counts, the views, hints, message. */
#include "core/clock.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/cmdline.h"
#include "tui/l10n.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_MIN = 10, CELLS_MIN = 40, UNDER_MIN = 3 };

/* ---- title ------------------------------------------------------------------------------------
 */

static void tab_text(const struct tab *tab, char *out, size_t size)
{
    if (tab->count > 0)
        snprintf(out, size, "%s %" PRId64, tab->label, tab->count);
    else
        snprintf(out, size, "%s", tab->label);
}

/* Cells of a tab with the room around it. */
static int tab_cells(const struct tab *tab)
{
    char text[80];
    tab_text(tab, text, sizeof text);
    return text_width(text) + 2;
}

/* The first tab to show so that the present one fits in. */
static int first_tab(const struct app *app, int cells)
{
    int first = 0;
    for (;;) {
        int used = 0;
        for (int i = first; i <= app->tab && i < app->tab_count; i++)
            used += tab_cells(&app->tabs[i]);
        if (used <= cells - (first > 0 ? 2 : 0) || first >= app->tab)
            return first;
        first++;
    }
}

static void draw_tabs(struct app *app, int x, int end)
{
    int first = first_tab(app, end - x);
    if (first > 0)
        x += screen_put(0, x, end - x, STYLE_QUIET, "<");
    for (int i = first; i < app->tab_count; i++) {
        char text[80];
        tab_text(&app->tabs[i], text, sizeof text);
        if (x + tab_cells(&app->tabs[i]) > end) {
            screen_put(0, x < end ? x : end - 1, 1, STYLE_QUIET, ">");
            return;
        }
        bool here = i == app->tab;
        int style = here ? STYLE_TITLE : app->tabs[i].red > 0 ? STYLE_OVERDUE : STYLE_NORMAL;
        screen_put(0, x, 1, STYLE_TITLE, here ? "[" : " ");
        x += 1 + screen_put(0, x + 1, end - x - 1, style, text);
        screen_put(0, x++, 1, STYLE_TITLE, here ? "]" : " ");
    }
}

static void draw_title(struct app *app, int cells)
{
    char right[128] = "", clock[CLOCK_TEXT_SIZE];
    clock_format(clock_now_ms(), clock);
    bool lost = app->feed_seen && !mq_following(app->mq);
    snprintf(right, sizeof right, "%s%s%s%.5s ", lost ? _("offline ") : "", app_account_name(app),
             app->options.low_bandwidth ? "" : " ", app->options.low_bandwidth ? "" : clock + 11);
    int right_cells = text_width(right);
    int x = screen_put(0, 1, cells, STYLE_TITLE, _("Minqing")) + 2;
    if (cells >= 100 && app->session)
        x += screen_put(0, x, 20, STYLE_TITLE, app->session->city) + 1;
    if (cells >= 60) {
        screen_put(0, cells - right_cells, right_cells, lost ? STYLE_ERROR : STYLE_NORMAL, right);
        cells -= right_cells + 1;
    }
    draw_tabs(app, x, cells);
}

/* ---- hints and message -------------------------------------------------------------------------
 */

struct hints {
    struct app *app;
    int y, x, cells;
};

void hint(struct hints *hints, const char *context, enum command command, const char *argument,
          const char *label)
{
    const struct binding *binding = keymap_for(&hints->app->keys, context, command, argument);
    char key[24];
    if (!binding)
        return;
    keymap_text(binding, key, sizeof key);
    static const char *const arrows[][2] = {
        {"Left", "←"}, {"Right", "→"}, {"Up", "↑"}, {"Down", "↓"}};
    for (size_t i = 0; i < sizeof arrows / sizeof arrows[0]; i++)
        if (strcmp(key, arrows[i][0]) == 0)
            snprintf(key, sizeof key, "%s", arrows[i][1]);
    int wanted = text_width(key) + 1 + text_width(label) + 2;
    if (hints->x + wanted > hints->cells) {
        hints->x = hints->cells; /* what is less useful does not slip in */
        return;
    }
    hints->x += screen_put(hints->y, hints->x, hints->cells, STYLE_KEY, key) + 1;
    hints->x += screen_put(hints->y, hints->x, hints->cells, STYLE_NORMAL, label) + 2;
}

void hint_gap(struct hints *hints, int cells)
{
    if (hints->x < cells && hints->cells >= 3 * cells)
        hints->x = cells;
}

static void draw_hints(struct app *app, int y, int cells)
{
    struct hints hints = {app, y, 1, cells};
    struct view *top = app_top(app);
    if (top && top->ops->hints)
        top->ops->hints(top, &hints);
}

static void draw_message(struct app *app, int y, int cells)
{
    if (app->command_line) {
        cmdline_draw(app, y, cells);
    } else if (app->question[0]) {
        int x = 1 + screen_put(y, 1, cells - 2, STYLE_QUESTION, app->question);
        screen_put(y, x + 2, cells - x - 2, STYLE_KEY, _("y yes   any other key no"));
    } else if (app->message[0]) {
        screen_put(y, 1, cells - 2, app->message_style, app->message);
    } else if (app->waiting_shown) {
        struct view *top = app_top(app);
        screen_put(y, 1, cells - 2, STYLE_QUIET,
                   top && top->busy ? _("Waiting for the platform …  Esc stops waiting")
                                    : _("Waiting for the platform …"));
    }
}

/* ---- the views ---------------------------------------------------------------------------------
 */

/* The views above the lowest that is seen stand below it, each under a rule. */
static void draw_views(struct app *app, struct rect area)
{
    int base = app->depth - 1;
    int rows[APP_VIEWS];
    int room = area.rows;
    while (base > 0 && app->stack[base]->ops->rows) {
        int most = room - UNDER_MIN - 1;
        int wanted = app->stack[base]->ops->rows(app->stack[base], room - 1);
        if (most < UNDER_MIN || wanted > most) {
            /* No room for two: the upper one takes all of it. */
            rows[base] = room;
            break;
        }
        rows[base] = wanted;
        room -= wanted + 1;
        base--;
    }
    for (int i = base; i < app->depth; i++) {
        struct view *view = app->stack[i];
        struct rect part = area;
        part.rows = i == base ? room : rows[i];
        if (i > base) {
            screen_rule(area.y, area.x, area.cells);
            area.y++;
            part.y++;
        }
        view->ops->draw(view, part);
        area.y += part.rows;
    }
}

void app_paint(struct app *app)
{
    int rows = screen_rows(), cells = screen_cells();
    app->dirty = false;
    screen_begin();
    if (rows < ROWS_MIN || cells < CELLS_MIN) {
        screen_putf(0, 0, cells, STYLE_ERROR, _("too small: %dx%d are needed"), CELLS_MIN,
                    ROWS_MIN);
        screen_show();
        return;
    }
    /* Where hands move the cursor, the last writer wins: the command line comes last. */
    draw_title(app, cells);
    if (app->depth > 0)
        draw_views(app, (struct rect){1, 0, rows - 3, cells});
    if (!app->command_line)
        draw_hints(app, rows - 2, cells);
    draw_message(app, rows - 1, cells);
    screen_show();
}
