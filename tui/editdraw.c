/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The painting half of edit.h: one row that scrolls, or wrapped rows. */
#include "core/buf.h"
#include "core/text.h"
#include "tui/edit.h"
#include <string.h>

static int width_n(const char *text, size_t n)
{
    int width = 0;
    for (size_t i = 0; i < n;) {
        uint32_t code_point;
        i += utf8_decode(text + i, n - i, &code_point);
        width += text_char_width(code_point);
    }
    return width;
}

void edit_draw(struct edit *edit, int y, int x, int cells)
{
    const char *text = edit_text(edit);
    struct buf dots = BUF_EMPTY;
    size_t point = edit->point;
    if (edit->secret) {
        size_t count = utf8_count(text);
        for (size_t i = 0; i < count; i++)
            buf_add_char(&dots, '*');
        point = count - utf8_count(text + point);
        text = dots.data ? dots.data : "";
    }
    if (edit == edit_focused()) {
        int column = width_n(text, point);
        /* Scrolled by half a field at a time: a shift repaints the whole field. */
        if (column < edit->scroll)
            edit->scroll = column - cells / 2;
        if (column >= edit->scroll + cells)
            edit->scroll = column - cells / 2;
        if (edit->scroll < 0)
            edit->scroll = 0;
        screen_cursor(y, x + column - edit->scroll);
    }
    int skipped = 0;
    size_t from = text_cut(text, edit->scroll, &skipped);
    edit->scroll = skipped;
    size_t n = text_cut(text + from, cells, NULL);
    screen_put_n(y, x, cells, STYLE_NORMAL, text + from, n);
    buf_free(&dots);
}

/* Calls back for each wrapped row: its number, its text and how many bytes it has. */
struct wrap {
    const char *text;
    size_t at, n; /* of the present row */
    int row;
};

static bool wrap_next(struct wrap *w, int cells)
{
    if (w->row >= 0) {
        w->at += w->n;
        bool ended_line = w->n > 0 && w->text[w->at - 1] == '\n';
        if (!w->text[w->at] && !ended_line)
            return false;
        if (!w->text[w->at] && w->n == 0)
            return false;
    }
    w->row++;
    w->n = text_wrap(w->text + w->at, cells);
    return true;
}

/* Where the point stands as wrapped. */
static void find_point(const struct edit *edit, int cells, int *row, int *column)
{
    struct wrap w = {edit_text(edit), 0, 0, -1};
    *row = *column = 0;
    while (wrap_next(&w, cells)) {
        bool last = !w.text[w.at + w.n] && !(w.n > 0 && w.text[w.at + w.n - 1] == '\n');
        if (edit->point < w.at + w.n || last) {
            *row = w.row;
            *column = width_n(w.text + w.at, edit->point - w.at);
            if (*column >= cells && last) {
                *row += 1;
                *column = 0;
            }
            return;
        }
    }
}

int edit_area_rows(const struct edit *edit, int cells)
{
    struct wrap w = {edit_text(edit), 0, 0, -1};
    int rows = 0, row, column;
    while (wrap_next(&w, cells))
        rows = w.row + 1;
    find_point(edit, cells, &row, &column);
    return row + 1 > rows ? row + 1 : rows;
}

bool edit_area_move(struct edit *edit, int cells, int rows)
{
    int row, column;
    find_point(edit, cells, &row, &column);
    int wanted = row + rows;
    struct wrap w = {edit_text(edit), 0, 0, -1};
    while (wanted >= 0 && wrap_next(&w, cells)) {
        if (w.row != wanted)
            continue;
        size_t n = w.n;
        if (n > 0 && w.text[w.at + n - 1] == '\n')
            n--;
        char line[1024];
        if (n >= sizeof line)
            n = sizeof line - 1;
        memcpy(line, w.text + w.at, n);
        line[n] = '\0';
        size_t point = w.at + text_cut(line, column, NULL);
        edit_move(edit, point);
        return true;
    }
    return false;
}

void edit_draw_area(struct edit *edit, struct rect area)
{
    int row, column;
    find_point(edit, area.cells, &row, &column);
    if (edit == edit_focused()) {
        if (row < edit->scroll)
            edit->scroll = row;
        if (row >= edit->scroll + area.rows)
            edit->scroll = row - area.rows + 1;
        /* Blanks may hang over the edge. */
        screen_cursor(area.y + row - edit->scroll,
                      area.x + (column < area.cells ? column : area.cells - 1));
    }
    struct wrap w = {edit_text(edit), 0, 0, -1};
    while (wrap_next(&w, area.cells)) {
        int y = w.row - edit->scroll;
        size_t n = w.n;
        if (n > 0 && w.text[w.at + n - 1] == '\n')
            n--;
        if (y >= 0 && y < area.rows && n > 0)
            screen_put_n(area.y + y, area.x, area.cells, STYLE_NORMAL, w.text + w.at, n);
    }
}
