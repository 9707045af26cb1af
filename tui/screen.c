/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/screen.h"
#include "core/buf.h"
#include "core/text.h"
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

enum { ESC_WAIT_MS = 25, ESC_WAIT_SLOW_MS = 150, LINE_MAX_CELLS = 1024 };

static bool started;
static SCREEN *terminal;
/* Of a screen that nobody sees: where its bytes go, and the pipe that no key comes from. */
static FILE *unseen_out, *unseen_in;
static int unseen_pipe[2] = {-1, -1};
static bool cursor_wanted, cursor_shown;
static int cursor_y, cursor_x;

/* An extended string capability, written as it is; nothing where the terminal has none. */
static void write_capability(const char *name)
{
    if (unseen_out)
        return;
    char *copy = strdup(name);
    const char *value = copy ? tigetstr(copy) : NULL;
    free(copy);
    if (value && value != (const char *)-1)
        putp(value);
}

static void take_over(bool slow)
{
    started = true;
    /* raw: C-s is a key of ours, and no key reaches the shell behind the program's back. */
    raw();
    noecho();
    nonl();
    set_escdelay(slow ? ESC_WAIT_SLOW_MS : ESC_WAIT_MS);
    theme_start();
    leaveok(stdscr, FALSE);
    curs_set(0);
    write_capability("BE");
    fflush(stdout);
}

enum status screen_start(bool slow, struct error *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(err, ST_IO, "the console needs a terminal; without one use a verb");
    const char *term = getenv("TERM");
    terminal = newterm(NULL, stdout, stdin);
    if (!terminal) {
        (void)error_set(err, ST_IO, "terminal \"%s\" is unknown here, taken as vt100",
                        term ? term : "");
        setenv("TERM", "vt100", 1);
        terminal = newterm(NULL, stdout, stdin);
    }
    if (!terminal)
        return error_set(err, ST_IO, "the terminal cannot be used");
    const char *place = tigetstr("cup");
    if (!place || place == (const char *)-1) {
        endwin();
        delscreen(terminal);
        return error_set(
            err, ST_IO,
            "terminal \"%s\" cannot place its cursor: set TERM to what it is, or use a "
            "verb",
            term ? term : "");
    }
    take_over(slow);
    return ST_OK;
}

enum status screen_start_unseen(struct error *err)
{
    unseen_out = fopen("/dev/null", "w");
    if (unseen_out && pipe2(unseen_pipe, O_CLOEXEC) == 0)
        unseen_in = fdopen(unseen_pipe[0], "r");
    if (unseen_in)
        terminal = newterm("xterm-256color", unseen_out, unseen_in);
    if (!terminal)
        return error_set(err, ST_IO, "no screen could be made: %s", strerror(errno));
    take_over(false);
    return ST_OK;
}

int screen_input(void)
{
    return unseen_in ? unseen_pipe[0] : STDIN_FILENO;
}

void screen_end(void)
{
    if (!started)
        return;
    started = false;
    write_capability("BD");
    fflush(stdout);
    curs_set(1);
    endwin();
    delscreen(terminal);
    terminal = NULL;
}

int screen_rows(void)
{
    return LINES;
}

int screen_cells(void)
{
    return COLS < LINE_MAX_CELLS ? COLS : LINE_MAX_CELLS;
}

void screen_begin(void)
{
    cursor_wanted = false;
    erase();
}

static void set_style(int style)
{
    attr_set((attr_t)theme_attributes(style), theme_pair(style), NULL);
}

/* Text that is harmless and fits goes through wide characters: the library knows the locale. */
static void put_clean(int y, int x, const char *text, size_t n)
{
    wchar_t wide[LINE_MAX_CELLS + 1];
    size_t count = 0;
    for (size_t i = 0; i < n && count < LINE_MAX_CELLS;) {
        uint32_t code_point;
        i += utf8_decode(text + i, n - i, &code_point);
        wide[count++] = (wchar_t)code_point;
    }
    mvaddnwstr(y, x, wide, (int)count);
}

static int put(int y, int x, int cells, int style, const char *text, size_t n, bool fill)
{
    if (y < 0 || y >= LINES || x < 0 || x >= COLS)
        return 0;
    if (cells > COLS - x)
        cells = COLS - x;
    if (cells <= 0)
        return 0;
    struct buf clean = BUF_EMPTY, fit = BUF_EMPTY;
    text_clean(&clean, text, n, false);
    int used = clean.data ? text_width(clean.data) : 0;
    const char *shown = clean.data ? clean.data : "";
    if (fill || used > cells) {
        text_fit(&fit, shown, cells);
        shown = fit.data ? fit.data : "";
        used = cells;
    }
    /* A blank looks the same in every colour, and a change of colour costs a dozen bytes. */
    bool blank = strspn(shown, " ") == strlen(shown) && !(theme_attributes(style) & A_REVERSE);
    set_style(blank ? STYLE_NORMAL : style);
    put_clean(y, x, shown, strlen(shown));
    set_style(STYLE_NORMAL);
    buf_free(&clean);
    buf_free(&fit);
    return used;
}

int screen_put(int y, int x, int cells, int style, const char *text)
{
    return put(y, x, cells, style, text, strlen(text), false);
}

int screen_put_n(int y, int x, int cells, int style, const char *text, size_t n)
{
    return put(y, x, cells, style, text, n, false);
}

void screen_field(int y, int x, int cells, int style, const char *text)
{
    put(y, x, cells, style, text, strlen(text), true);
}

int screen_putf(int y, int x, int cells, int style, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return screen_put(y, x, cells, style, text);
}

void screen_blank(struct rect area)
{
    set_style(STYLE_NORMAL);
    for (int i = 0; i < area.rows; i++)
        mvhline(area.y + i, area.x, ' ', area.cells);
}

void screen_rule(int y, int x, int cells)
{
    /* As a line of the alternate set it costs a dozen bytes, as text three a cell. */
    set_style(STYLE_NORMAL);
    mvhline(y, x, ACS_HLINE, cells);
}

void screen_bar(int y, int x, int rows)
{
    set_style(STYLE_NORMAL);
    mvvline(y, x, ACS_VLINE, rows);
}

const char *screen_marker(void)
{
    return text_width("▌") == 1 ? "▌" : ">";
}

void screen_cursor(int y, int x)
{
    cursor_wanted = true;
    cursor_y = y;
    cursor_x = x < COLS ? x : COLS - 1;
}

void screen_show(void)
{
    if (cursor_wanted)
        move(cursor_y, cursor_x);
    else
        move(LINES - 1, 0);
    if (cursor_wanted != cursor_shown) {
        cursor_shown = cursor_wanted;
        curs_set(cursor_shown ? 1 : 0);
    }
    wnoutrefresh(stdscr);
    doupdate();
}

void screen_resize(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resizeterm(size.ws_row, size.ws_col);
    clearok(curscr, TRUE);
}

void screen_repaint(void)
{
    clearok(curscr, TRUE);
}

void screen_suspend(void)
{
    write_capability("BD");
    fflush(stdout);
    endwin();
    struct sigaction by_default = {0}, before;
    by_default.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &by_default, &before);
    /* Without a shell that waits for it the system ignores this signal, as it should. */
    raise(SIGTSTP);
    sigaction(SIGTSTP, &before, NULL);
    refresh();
    write_capability("BE");
    fflush(stdout);
    cursor_shown = !cursor_wanted;
    screen_resize();
}

void screen_copy(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buf out = BUF_EMPTY;
    const unsigned char *s = (const unsigned char *)text;
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i += 3) {
        unsigned bits = (unsigned)s[i] << 16 | (i + 1 < n ? (unsigned)s[i + 1] << 8 : 0) |
                        (i + 2 < n ? (unsigned)s[i + 2] : 0);
        buf_add_char(&out, digits[bits >> 18 & 63]);
        buf_add_char(&out, digits[bits >> 12 & 63]);
        buf_add_char(&out, i + 1 < n ? digits[bits >> 6 & 63] : '=');
        buf_add_char(&out, i + 2 < n ? digits[bits & 63] : '=');
    }
    if (out.data) {
        printf("\033]52;c;%s\a", out.data);
        fflush(stdout);
    }
    buf_free(&out);
}

void screen_print(FILE *f)
{
    for (int y = 0; y < LINES; y++) {
        struct buf line = BUF_EMPTY;
        for (int x = 0; x < COLS;) {
            cchar_t cell;
            wchar_t wide[CCHARW_MAX + 1] = {0};
            attr_t attrs;
            short pair;
            if (mvwin_wch(curscr, y, x, &cell) == ERR)
                break;
            if (getcchar(&cell, wide, &attrs, &pair, NULL) == ERR)
                break;
            if (attrs & A_ALTCHARSET)
                wide[0] = (wide[0] & 0xFF) == 'x' ? L'│' : L'─';
            for (size_t i = 0; wide[i] && i < CCHARW_MAX; i++) {
                char utf8[4];
                buf_add(&line, utf8, utf8_encode((uint32_t)wide[i], utf8));
            }
            int width = wide[0] ? text_char_width((uint32_t)wide[0]) : 1;
            x += width > 1 ? width : 1;
        }
        size_t n = line.length;
        while (n > 0 && line.data[n - 1] == ' ')
            n--;
        if (n > 0)
            fwrite(line.data, 1, n, f);
        fputc('\n', f);
        buf_free(&line);
    }
}

enum status screen_save(const char *path, struct error *err)
{
    FILE *f = fopen(path, "w");
    if (!f)
        return error_set(err, ST_IO, "%s: %s", path, strerror(errno));
    screen_print(f);
    if (fclose(f) != 0)
        return error_set(err, ST_IO, "%s: %s", path, strerror(errno));
    return ST_OK;
}
