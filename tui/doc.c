/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/doc.h"
#include "core/buf.h"
#include "core/text.h"
#include "tui/command.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_CELLS = 10 };

void doc_clear(struct doc *doc)
{
    for (size_t i = 0; i < doc->count; i++) {
        free(doc->lines[i].label);
        free(doc->lines[i].text);
    }
    doc->count = 0;
}

void doc_free(struct doc *doc)
{
    doc_clear(doc);
    free(doc->lines);
    *doc = (struct doc){0};
}

static void add(struct doc *doc, int style, int indent, const char *label, const char *text)
{
    if (doc->count == doc->capacity) {
        size_t capacity = doc->capacity ? doc->capacity * 2 : 32;
        struct doc_line *more = realloc(doc->lines, capacity * sizeof *more);
        if (!more)
            return;
        doc->lines = more;
        doc->capacity = capacity;
    }
    /* Cleaned here, so that wrapping counts what will be shown. */
    struct buf clean = BUF_EMPTY;
    buf_add_text(&clean, "");
    text_clean(&clean, text, strlen(text), true);
    struct doc_line line = {style, indent, label ? strdup(label) : NULL, buf_take(&clean)};
    if (!line.text || (label && !line.label)) {
        free(line.label);
        free(line.text);
        return;
    }
    doc->lines[doc->count++] = line;
}

void doc_add(struct doc *doc, int style, int indent, const char *text)
{
    add(doc, style, indent, NULL, text);
}

void doc_addf(struct doc *doc, int style, int indent, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(doc, style, indent, NULL, text);
}

void doc_pair(struct doc *doc, const char *label, int style, const char *text)
{
    if (*text)
        add(doc, style, 1, label, text);
}

/* Draws one line from row `row` on; returns the rows it takes. */
static int draw_line(const struct doc_line *line, struct rect area, int row)
{
    int x = line->indent;
    int rows = 0;
    if (line->label) {
        if (row >= 0 && row < area.rows)
            screen_put(area.y + row, area.x + x, LABEL_CELLS - 1, STYLE_HEADING, line->label);
        x += LABEL_CELLS;
    }
    int cells = area.cells - x > 8 ? area.cells - x : 8;
    const char *text = line->text;
    do {
        size_t n = text_wrap(text, cells);
        size_t shown = n > 0 && text[n - 1] == '\n' ? n - 1 : n;
        int y = row + rows;
        if (y >= 0 && y < area.rows && shown > 0)
            screen_put_n(area.y + y, area.x + x, cells, line->style, text, shown);
        text += n;
        rows++;
    } while (*text);
    return rows;
}

void doc_draw(struct doc *doc, struct rect area)
{
    struct rect nowhere = area;
    nowhere.rows = 0;
    doc->rows = 0;
    for (size_t i = 0; i < doc->count; i++)
        doc->rows += draw_line(&doc->lines[i], nowhere, 0);
    if (doc->top > doc->rows - area.rows)
        doc->top = doc->rows - area.rows;
    if (doc->top < 0)
        doc->top = 0;
    int row = -doc->top;
    for (size_t i = 0; i < doc->count && row < area.rows; i++)
        row += draw_line(&doc->lines[i], area, row);
}

bool doc_command(struct doc *doc, int rows, enum command command)
{
    int page = rows > 2 ? rows - 1 : 1;
    switch (command) {
    case COMMAND_NEXT:
        doc->top++;
        return true;
    case COMMAND_PREVIOUS:
        doc->top--;
        return true;
    case COMMAND_PAGE_DOWN:
        doc->top += page;
        return true;
    case COMMAND_PAGE_UP:
        doc->top -= page;
        return true;
    case COMMAND_FIRST:
        doc->top = 0;
        return true;
    case COMMAND_LAST:
        doc->top = doc->rows;
        return true;
    default:
        return false;
    }
}
