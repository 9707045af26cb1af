/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text: something to read, below what it explains. */
#include "tui/app.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 14 };

struct text {
    struct view view;
    struct doc *doc;
    char *title;
    int rows;
};

static bool open_text(struct view *view, const void *argument)
{
    struct text *t = (struct text *)view;
    const struct text_args *args = argument;
    t->doc = args->doc;
    t->title = strdup(args->title);
    return t->title && t->doc;
}

static void close_text(struct view *view)
{
    struct text *t = (struct text *)view;
    if (t->doc)
        doc_free(t->doc);
    free(t->doc);
    free(t->title);
}

static int rows(struct view *view, int room)
{
    struct text *t = (struct text *)view;
    struct rect nowhere = {0, 0, 0, screen_cells() - 2};
    (void)room;
    int top = t->doc->top;
    doc_draw(t->doc, nowhere);
    t->doc->top = top;
    return t->doc->rows + 1 < ROWS_MAX ? t->doc->rows + 1 : ROWS_MAX;
}

static void draw(struct view *view, struct rect area)
{
    struct text *t = (struct text *)view;
    screen_put(area.y, 1, area.cells - 2, STYLE_TITLE, t->title);
    t->rows = area.rows - 1;
    doc_draw(t->doc, (struct rect){area.y + 1, 0, t->rows, area.cells - 1});
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct text *t = (struct text *)view;
    (void)argument;
    return doc_command(t->doc, t->rows, command);
}

static void hints(struct view *view, struct hints *h)
{
    (void)view;
    hint(h, "text", COMMAND_NEXT, NULL, _("down"));
    hint(h, "text", COMMAND_PREVIOUS, NULL, _("up"));
    hint(h, "text", COMMAND_BACK, NULL, _("close"));
}

const struct view_ops view_text = {
    .name = "text",
    .contexts = {"text", "global"},
    .size = sizeof(struct text),
    .open = open_text,
    .rows = rows,
    .draw = draw,
    .command = command,
    .hints = hints,
    .close = close_text,
};
