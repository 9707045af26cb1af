/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The painting half of form.h. */
#include "core/text.h"
#include "tui/app.h"
#include "tui/form.h"
#include "tui/l10n.h"
#include <stdio.h>
#include <string.h>

enum { ERROR_ROWS_MAX = 3, LABEL_MIN = 8, LABEL_MAX = 18, AREA_ROWS_MIN = 4, AREA_ROWS_MAX = 8 };

static int label_cells(const struct form *form)
{
    int cells = LABEL_MIN;
    for (size_t i = 0; i < form->count; i++) {
        const struct field *f = &form->fields[i];
        int own = f->hidden || !f->label ? 0 : text_width(f->label);
        if (own > cells)
            cells = own;
    }
    return cells < LABEL_MAX ? cells : LABEL_MAX;
}

static int error_rows(const struct field *f, int cells)
{
    int rows = 0;
    for (const char *p = f->error; p && *p && rows < ERROR_ROWS_MAX; rows++)
        p += text_wrap(p, cells);
    return rows;
}

/* Draws what of it lies in the area. */
static void draw_error(const struct field *f, struct rect area, int y, int x, int cells)
{
    const char *p = f->error;
    for (int row = 0, rows = error_rows(f, cells); row < rows; row++) {
        /* What is too long even so ends in an ellipsis. */
        size_t n = row + 1 < rows ? text_wrap(p, cells) : strlen(p);
        if (y + row >= area.y && y + row < area.y + area.rows)
            screen_put_n(y + row, x, cells, STYLE_ERROR, p, n);
        p += n;
    }
}

/* Rows of the field itself and of its error. */
static int field_rows(const struct field *f, int cells)
{
    int rows = 1;
    if (f->hidden)
        return 0;
    if (f->kind == FIELD_TEXT) {
        /* A short note needs no wall of blank rows; the words of a citizen get their room. */
        int least = f->max > 0 && f->max <= 500 ? 2 : AREA_ROWS_MIN;
        rows = edit_area_rows(&f->edit, cells);
        rows = rows < least ? least : rows > AREA_ROWS_MAX ? AREA_ROWS_MAX : rows;
    }
    return rows + error_rows(f, cells);
}

static int value_cells(const struct form *form, int cells)
{
    return cells - label_cells(form) - 5;
}

int form_rows(const struct form *form, int cells)
{
    int rows = 0;
    for (size_t i = 0; i < form->count; i++)
        rows += field_rows(&form->fields[i], value_cells(form, cells));
    const struct field *last = form->count ? &form->fields[form->count - 1] : NULL;
    /* Room for candidates under a field near the end, so that the form does not jump. */
    bool completes = false;
    for (size_t i = 0; i < form->count; i++)
        completes = completes || (field_completes(&form->fields[i]) && !form->fields[i].hidden);
    if (last && completes && rows < FORM_CANDIDATES + 2)
        rows = FORM_CANDIDATES + 2;
    return rows;
}

/* Cells of one choice with its key and the room behind it. */
static int choice_cells(const struct mq_choice *choice, bool keyed)
{
    return text_width(choice->label) + (keyed ? 4 : 3);
}

static void draw_choices(const struct field *f, int y, int x, int end)
{
    const struct mq_choice yes_no[] = {{"true", _("yes")}, {"false", _("no")}};
    const struct mq_choice *choices = f->kind == FIELD_BOOL ? yes_no : f->choices;
    size_t count = f->kind == FIELD_BOOL ? 2 : f->choice_count, first = 0, chosen = 0;
    int used = 0;
    for (size_t i = 0; i < count; i++) {
        if (f->value && strcmp(f->value, choices[i].name) == 0)
            chosen = i;
    }
    /* Where not all have room, the row begins so that the chosen one is seen. */
    for (size_t i = 0; i <= chosen && i < count; i++)
        used += choice_cells(&choices[i], i < 9);
    while (first < chosen && used > end - x - 2)
        used -= choice_cells(&choices[first++], true);
    if (first > 0)
        x += screen_put(y, x, 2, STYLE_QUIET, "< ");
    for (size_t i = first; i < count; i++) {
        bool here = f->value && strcmp(f->value, choices[i].name) == 0;
        char key[2] = {f->kind == FIELD_BOOL ? "yn"[i] : (char)('1' + (int)i), '\0'};
        if (x + choice_cells(&choices[i], i < 9) > end) {
            screen_put(y, x, 1, STYLE_QUIET, ">");
            return;
        }
        if (i < 9)
            x += screen_put(y, x, 1, STYLE_QUIET, key);
        x += 1 + screen_putf(y, x, end - x, here ? STYLE_TITLE | STYLE_SELECTED : STYLE_NORMAL,
                             " %s ", choices[i].label);
    }
}

static void draw_units(struct field *f, int y, int x, int cells)
{
    char chosen[256];
    snprintf(chosen, sizeof chosen, "%s", f->note ? f->note : "");
    for (char *p = chosen; (p = strchr(p, '|')) != NULL;)
        *p = ' ';
    int used = *chosen ? screen_put(y, x, cells - 10, STYLE_TITLE, chosen) + 1 : 0;
    edit_draw(&f->edit, y, x + used, cells - used);
}

static void draw_value(struct form *form, struct field *f, int y, int x, int cells)
{
    switch (f->kind) {
    case FIELD_BOOL:
    case FIELD_CHOICE:
        draw_choices(f, y, x, x + cells);
        if (f == &form->fields[form->focus])
            screen_cursor(y, x);
        break;
    case FIELD_UNITS:
        draw_units(f, y, x, cells);
        break;
    default:
        edit_draw(&f->edit, y, x, cells);
        int used = text_width(edit_text(&f->edit));
        if (f->note && f->value && used + 4 < cells)
            screen_put(y, x + used + 2, cells - used - 2, STYLE_QUIET, f->note);
        /* How a day is typed is said before it is typed wrong. */
        if (f->kind == FIELD_DATE && used == 0 && !f->error && f == &form->fields[form->focus])
            screen_put(y, x + 2, cells - 2, STYLE_QUIET,
                       _("A day: 2026-11-30, 30, +3 (days from now), eom (end of month)."));
    }
}

/* Draws field `i` at row `y` of the area (which may lie outside); returns the rows it took. */
static int draw_field(struct form *form, size_t i, struct rect area, int y)
{
    struct field *f = &form->fields[i];
    int labels = label_cells(form), x = area.x + labels + 4;
    int cells = value_cells(form, area.cells);
    int rows = field_rows(f, cells), bottom = area.y + area.rows;
    bool here = i == form->focus;
    if (rows == 0)
        return 0;
    if (y >= area.y && y < bottom) {
        screen_put(y, area.x, 1, STYLE_TITLE, here ? screen_marker() : " ");
        int width = f->label ? text_width(f->label) : 0;
        if (width > labels)
            width = labels;
        if (width > 0)
            screen_put(y, area.x + 1 + labels - width, width, here ? STYLE_FOCUS : STYLE_HEADING,
                       f->label);
        if (f->required)
            screen_put(y, area.x + 2 + labels, 1, STYLE_URGENT, field_empty(f) ? "*" : " ");
    }
    int own = rows - error_rows(f, cells);
    if (f->kind == FIELD_TEXT) {
        int from = y < area.y ? area.y : y, to = y + own < bottom ? y + own : bottom;
        if (here)
            form->area_cells = cells;
        if (to > from)
            edit_draw_area(&f->edit, (struct rect){from, x, to - from, cells});
    } else if (y >= area.y && y < bottom) {
        draw_value(form, f, y, x, cells);
    }
    draw_error(f, area, y + own, x, cells);
    return rows;
}

void form_draw(struct form *form, struct rect area)
{
    int cells = value_cells(form, area.cells);
    /* The focused field and its candidates are always to be seen. */
    int y = 0, focus_y = 0, focus_rows = 1;
    for (size_t i = 0; i < form->count; i++) {
        int rows = field_rows(&form->fields[i], cells);
        if (i == form->focus) {
            focus_y = y;
            focus_rows = rows;
        }
        y += rows;
    }
    if (y <= area.rows)
        form->top = 0;
    else if (form->top > y - area.rows)
        form->top = y - area.rows;
    if (focus_y < form->top)
        form->top = focus_y;
    if (focus_y + focus_rows > form->top + area.rows)
        form->top = focus_y + focus_rows - area.rows;
    int row = area.y - form->top;
    for (size_t i = 0; i < form->count; i++) {
        row += draw_field(form, i, area, row);
        if (i == form->focus && form->found_count > 0) {
            int x = area.x + label_cells(form) + 2;
            struct rect list = area;
            list.x = x;
            list.cells = area.cells - (x - area.x);
            row = form_draw_found(form, list, row);
        }
    }
}

void form_hints(struct form *form, struct hints *hints)
{
    const struct field *f = form->count ? &form->fields[form->focus] : NULL;
    bool found = form->found_count > 0;
    bool sends = !found && form_enter_sends(form);
    hint(hints, "form", COMMAND_ACCEPT, NULL, found ? _("take") : sends ? _("send") : _("go on"));
    if (found)
        hint(hints, "form", COMMAND_NEXT, NULL, _("next candidate"));
    if (!sends)
        hint(hints, "form", COMMAND_SUBMIT, NULL, _("send"));
    hint(hints, "form", COMMAND_NEXT_FIELD, NULL, _("next field"));
    if (f && f->kind == FIELD_TEXT)
        hint(hints, "form", COMMAND_NEWLINE, NULL, _("new line"));
    hint(hints, "form", COMMAND_BACK, NULL,
         found ? _("close the list") : _("leave, kept as draft"));
    hint(hints, "form", COMMAND_HELP, NULL, _("help"));
}
