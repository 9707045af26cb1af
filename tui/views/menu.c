/* SPDX-License-Identifier: GPL-3.0-or-later */
/* menu: a list to choose from, searched by typing. */
#include "core/text.h"
#include "tui/app.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_CELLS = 9, ROWS_MAX = 14 };

struct menu {
    struct view view;
    struct menu_args args;
    char *title;
    struct edit search;
    struct list list;
    size_t *shown;
    int shown_count, rows;
};

static bool item_matches(const struct menu_item *item, const char *folded)
{
    struct buf text = BUF_EMPTY;
    text_fold(&text, item->label);
    text_fold(&text, item->key);
    text_fold(&text, item->note);
    bool found = !*folded || (text.data && strstr(text.data, folded));
    buf_free(&text);
    return found;
}

static void refilter(struct menu *m)
{
    struct buf folded = BUF_EMPTY;
    text_fold(&folded, edit_text(&m->search));
    m->shown_count = 0;
    for (size_t i = 0; i < m->args.count; i++) {
        if (item_matches(&m->args.items[i], folded.data ? folded.data : ""))
            m->shown[m->shown_count++] = i;
    }
    buf_free(&folded);
    list_move(&m->list, m->shown_count, 0);
}

static bool open_menu(struct view *view, const void *argument)
{
    struct menu *m = (struct menu *)view;
    m->args = *(const struct menu_args *)argument;
    m->title = strdup(m->args.title);
    m->shown = calloc(m->args.count + 1, sizeof *m->shown);
    if (!m->title || !m->shown)
        return false;
    refilter(m);
    return true;
}

static void close_menu(struct view *view)
{
    struct menu *m = (struct menu *)view;
    for (size_t i = 0; i < m->args.count; i++) {
        free(m->args.items[i].key);
        free(m->args.items[i].label);
        free(m->args.items[i].note);
    }
    free(m->args.items);
    free(m->title);
    free(m->shown);
    edit_free(&m->search);
    if (m->args.closed)
        m->args.closed(m->args.user);
}

static void focus(struct view *view)
{
    edit_focus(&((struct menu *)view)->search);
}

static int rows(struct view *view, int room)
{
    struct menu *m = (struct menu *)view;
    int wanted = (int)m->args.count + 1;
    (void)room;
    return wanted < ROWS_MAX ? wanted : ROWS_MAX;
}

static void draw(struct view *view, struct rect area)
{
    struct menu *m = (struct menu *)view;
    int x = 1 + screen_put(area.y, 1, area.cells - 12, STYLE_TITLE, m->title) + 2;
    edit_draw(&m->search, area.y, x, area.cells - x - 1);
    m->rows = area.rows - 1;
    int label_cells = 8;
    for (size_t i = 0; i < m->args.count; i++) {
        int own = text_width(m->args.items[i].label);
        if (own > label_cells && own <= 28)
            label_cells = own;
    }
    list_fit(&m->list, m->shown_count, m->rows);
    for (int i = 0; i < m->rows && m->list.top + i < m->shown_count; i++) {
        const struct menu_item *item = &m->args.items[m->shown[m->list.top + i]];
        bool here = m->list.top + i == m->list.selected;
        int y = area.y + 1 + i;
        screen_put(y, 0, 1, STYLE_TITLE, here ? screen_marker() : " ");
        screen_put(y, 2, KEY_CELLS - 1, STYLE_KEY, item->key);
        screen_put(y, 2 + KEY_CELLS, label_cells, here ? STYLE_TITLE : STYLE_NORMAL, item->label);
        screen_put(y, 4 + KEY_CELLS + label_cells, area.cells - KEY_CELLS - label_cells - 5,
                   here ? STYLE_NORMAL : STYLE_QUIET, item->note);
    }
    if (m->shown_count == 0)
        screen_put(area.y + 1, 2 + KEY_CELLS, area.cells - KEY_CELLS - 3, STYLE_QUIET,
                   _("Nothing holds this text."));
}

static void typed(struct view *view, int key)
{
    if (key == K_PASTE)
        edit_insert(screen_pasted(), false);
    else
        edit_key(key);
    refilter((struct menu *)view);
}

static void choose(struct menu *m)
{
    if (m->shown_count == 0)
        return;
    struct app *app = m->view.app;
    struct menu_args args = m->args;
    size_t index = m->shown[m->list.selected];
    /* The user's state outlives the menu until it was told. */
    m->args.closed = NULL;
    app_pop(app, &m->view);
    args.chosen(app, args.user, index);
    if (args.closed)
        args.closed(args.user);
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct menu *m = (struct menu *)view;
    (void)argument;
    if (list_command(&m->list, m->shown_count, m->rows, command))
        return true;
    if (command == COMMAND_ACCEPT) {
        choose(m);
        return true;
    }
    return false;
}

static void hints(struct view *view, struct hints *h)
{
    (void)view;
    hint(h, "popup", COMMAND_ACCEPT, NULL, _("do it"));
    hint(h, "popup", COMMAND_NEXT, NULL, _("next"));
    hint(h, "popup", COMMAND_BACK, NULL, _("close"));
    screen_put(screen_rows() - 2, screen_cells() / 2 + 2, screen_cells() / 2 - 2, STYLE_QUIET,
               _("letters search"));
}

const struct view_ops view_menu = {
    .name = "menu",
    .contexts = {"popup"},
    .typing = true,
    .size = sizeof(struct menu),
    .open = open_menu,
    .rows = rows,
    .draw = draw,
    .command = command,
    .typed = typed,
    .hints = hints,
    .focus = focus,
    .close = close_menu,
};
