/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the emulator shows. */
#include "tests/lib/screen_private.h"
#include <stdio.h>
#include <string.h>

/* The second half of a double-width character. */
static const uint32_t second_half = UINT32_MAX;

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct screen *screen = user;
    if (property == VTERM_PROP_TITLE)
        (void)snprintf(screen->title, sizeof screen->title, "%s", value->string);
    else if (property == VTERM_PROP_CURSORVISIBLE)
        screen->cursor_visible = value->boolean;
    return 1;
}

static int on_bell(void *user)
{
    ((struct screen *)user)->bells++;
    return 1;
}

static void on_answer(const char *bytes, size_t n, void *user)
{
    screen_send(user, bytes, n);
}

void screen_emulator_new(struct screen *screen)
{
    static const VTermScreenCallbacks callbacks = {.settermprop = on_property, .bell = on_bell};
    screen->vterm = screen_must(vterm_new(screen->rows, screen->columns));
    vterm_set_utf8(screen->vterm, 1);
    vterm_output_set_callback(screen->vterm, on_answer, screen);
    screen->cells = vterm_obtain_screen(screen->vterm);
    vterm_screen_enable_altscreen(screen->cells, 1);
    vterm_screen_set_callbacks(screen->cells, &callbacks, screen);
    vterm_screen_reset(screen->cells, 1);
    screen->cursor_visible = true;
}

static VTermScreenCell cell_at(const struct screen *screen, int row, int column)
{
    VTermScreenCell cell;
    memset(&cell, 0, sizeof cell);
    if (!vterm_screen_get_cell(screen->cells, (VTermPos){row, column}, &cell))
        cell.width = 1;
    return cell;
}

static size_t put_utf8(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead[n] | c);
    return n;
}

size_t screen_read_row(struct screen *screen, int row, char *text, size_t size, short *at)
{
    size_t length = 0, used = 0; /* used: up to the last that is not blank */
    for (int column = 0; column < screen->columns; column++) {
        VTermScreenCell cell = cell_at(screen, row, column);
        if (cell.chars[0] == second_half)
            continue;
        uint32_t blank[] = {' ', 0};
        const uint32_t *c = cell.chars[0] ? cell.chars : blank;
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && c[i]; i++) {
            char bytes[4];
            size_t n = put_utf8(c[i], bytes);
            if (length + n >= size)
                return used;
            for (size_t b = 0; b < n; b++) {
                if (at)
                    at[length] = (short)column;
                text[length++] = bytes[b];
            }
        }
        if (c[0] != ' ')
            used = length;
    }
    text[length] = '\0';
    return used;
}

int screen_rows_of(const struct screen *screen)
{
    return screen->rows;
}

int screen_cells_of(const struct screen *screen)
{
    return screen->columns;
}

const char *screen_row(struct screen *screen, int row)
{
    char *text = screen->texts[screen->next_text++ % SCREEN_TEXTS];
    text[screen_read_row(screen, row, text, SCREEN_TEXT_SIZE, NULL)] = '\0';
    return text;
}

const char *screen_cell(struct screen *screen, int row, int column)
{
    char *text = screen->texts[screen->next_text++ % SCREEN_TEXTS];
    VTermScreenCell cell = cell_at(screen, row, column);
    size_t n = 0;
    text[0] = '\0';
    if (cell.chars[0] == second_half)
        return text;
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
        n += put_utf8(cell.chars[i], text + n);
    if (n == 0)
        text[n++] = ' ';
    text[n] = '\0';
    return text;
}

bool screen_find_from(struct screen *screen, int from_row, const char *text, int *row, int *cell)
{
    for (int r = from_row < 0 ? 0 : from_row; r < screen->rows; r++) {
        char line[SCREEN_TEXT_SIZE];
        short at[SCREEN_TEXT_SIZE];
        /* Blanks at the end are kept: a text may end with one. */
        (void)screen_read_row(screen, r, line, sizeof line, at);
        const char *found = strstr(line, text);
        if (!found)
            continue;
        if (row)
            *row = r;
        if (cell)
            *cell = at[found - line];
        return true;
    }
    return false;
}

bool screen_find(struct screen *screen, const char *text, int *row, int *cell)
{
    return screen_find_from(screen, 0, text, row, cell);
}

int screen_column(struct screen *screen, int row, const char *text)
{
    int found, cell;
    return screen_find_from(screen, row, text, &found, &cell) && found == row ? cell : -1;
}

bool screen_shows(struct screen *screen, const char *text)
{
    return screen_find(screen, text, NULL, NULL);
}

bool screen_cells_whole(struct screen *screen, int *row, int *cell)
{
    for (int r = 0; r < screen->rows; r++) {
        for (int c = 0; c < screen->columns; c++) {
            VTermScreenCell here = cell_at(screen, r, c);
            bool half = here.chars[0] == second_half;
            bool whole = true;
            if (half)
                whole = c > 0 && cell_at(screen, r, c - 1).width == 2;
            else if (here.width == 2)
                whole =
                    c + 1 < screen->columns && cell_at(screen, r, c + 1).chars[0] == second_half;
            if (whole)
                continue;
            if (row)
                *row = r;
            if (cell)
                *cell = c;
            return false;
        }
    }
    return true;
}

void screen_cursor_at(struct screen *screen, int *row, int *cell)
{
    VTermPos at;
    vterm_state_get_cursorpos(vterm_obtain_state(screen->vterm), &at);
    *row = at.row;
    *cell = at.col;
}

bool screen_cursor_visible(const struct screen *screen)
{
    return screen->cursor_visible;
}

const char *screen_title(const struct screen *screen)
{
    return screen->title;
}

int screen_bells(const struct screen *screen)
{
    return screen->bells;
}

size_t screen_bytes(const struct screen *screen)
{
    return screen->bytes;
}

static uint64_t colour(struct screen *screen, VTermColor of)
{
    vterm_screen_convert_color_to_rgb(screen->cells, &of);
    return (uint64_t)of.rgb.red << 16 | (uint64_t)of.rgb.green << 8 | of.rgb.blue;
}

uint64_t screen_look(struct screen *screen, int row, int column)
{
    VTermScreenCell cell = cell_at(screen, row, column);
    uint64_t bits =
        (uint64_t)(cell.attrs.bold | cell.attrs.underline << 1 | cell.attrs.italic << 3 |
                   cell.attrs.blink << 4 | cell.attrs.reverse << 5 | cell.attrs.strike << 6);
    return bits << 48 | colour(screen, cell.fg) << 24 | colour(screen, cell.bg);
}

void screen_dump(struct screen *screen, const char *why)
{
    int row, cell;
    screen_cursor_at(screen, &row, &cell);
    (void)fprintf(stderr, "%s: %s (%dx%d, cursor at row %d, cell %d%s)\n", screen->name, why,
                  screen->columns, screen->rows, row, cell,
                  screen->ended ? ", the program has ended" : "");
    for (int r = 0; r < screen->rows; r++)
        (void)fprintf(stderr, "%3d|%s\n", r, screen_row(screen, r));
}
