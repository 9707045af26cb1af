/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: a program in a real pseudo-terminal, seen through a terminal emulator (libvterm).
 *
 * The program is `minqing` of MINQING_BIN_DIR (default build/release) or any other. It runs with a
 * locale, a HOME and XDG directories of its own, TERM=xterm-256color and a fixed time zone; what
 * the sanitizers say about it is kept and fails the test when the screen is closed.
 *
 * Nothing here sleeps: a test types and then waits until the screen shows what it should, for at
 * most a limit. What is waited for is looked at each time after the program has written; all open
 * screens are read meanwhile, so that none stands still for another's sake. When the limit is over,
 * the screen is printed and the cmocka test fails. A test program must have screen_close_all in the
 * teardown of each test: a failure leaves the test by a jump.
 *
 * Rows and columns count from 0; a column is a cell, a double-width character takes two. */
#ifndef TESTS_LIB_SCREEN_H
#define TESTS_LIB_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The usual limit of a wait: 15 s, and SCREEN_SLOW times that under the sanitizers. Every
 * `limit_ms` below is multiplied alike; 0 stands for the usual one. */
enum { SCREEN_LIMIT_MS = 15000 };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SCREEN_SLOW = 4 };
#else
enum { SCREEN_SLOW = 1 };
#endif

struct screen;

struct screen_options {
    int rows, cells;        /* 0: 24 rows, 80 cells */
    const char *term;       /* NULL: xterm-256color */
    const char *home;       /* NULL: one of its own, removed with it; else of screen_home_new */
    const char *const *env; /* "NAME=VALUE" more, "NAME" not; ends with NULL. NULL: none */
    const char *name;       /* how messages call it; NULL: the program */
};

/* Starts a program; argv[0] is its path. Fails the test when it cannot be started. */
struct screen *screen_run(const struct screen_options *options, const char *const argv[]);
/* Starts `minqing` with these words (ends with NULL; NULL: none). */
struct screen *screen_minqing(const struct screen_options *options, const char *const words[]);
/* Path of a program of MINQING_BIN_DIR; valid for the program's life. */
const char *screen_program(const char *name);
/* Closes the terminal, ends the program (by SIGKILL when a hang-up does not end it in time, which
 * fails the test), and frees. A sanitizer's report about it fails the test, too. */
void screen_close(struct screen *screen);
/* Kills and frees what is still open, without judging it: for teardowns. Always returns 0. */
int screen_close_all(void **state);

/* A directory for HOME and the XDG directories of several runs; removed by screen_home_free. */
char *screen_home_new(void);
void screen_home_free(char *home);
/* The environment that a program started with `home` gets, as for execve, to run it without a
 * terminal; `term` and `more` as in the options. Free it with screen_environment_free. */
char **screen_environment(const char *home, const char *term, const char *const *more);
void screen_environment_free(char **environment);
/* Prints what the sanitizers wrote below `home` and takes it away. True when they did. */
bool screen_sanitizer_spoke(const char *home);

/* ---- keys ------------------------------------------------------------------------------------ */

/* Types keys: UTF-8 characters stand for themselves, names for keys: <Enter> <Tab> <S-Tab> <Esc>
 * <Space> <BS> <Del> <Up> <Down> <Left> <Right> <Home> <End> <PgUp> <PgDn> <F1>…<F12> <C-s> <M-x>
 * <M-Enter>, and <lt> for "<". Each counts as one key (screen_key_count). After <Esc> the program
 * is given the moment in which a terminal's sequence would have gone on. */
void screen_keys(struct screen *screen, const char *keys);
/* Types a text as a person types words: nothing in it is a name, nothing is counted. */
void screen_type(struct screen *screen, const char *text);
/* Sends a text as a bracketed paste. */
void screen_paste(struct screen *screen, const char *text);
/* Keys of screen_keys since the last call of this function. */
int screen_key_count(struct screen *screen);

/* ---- what is shown --------------------------------------------------------------------------- */

int screen_rows_of(const struct screen *screen);
int screen_cells_of(const struct screen *screen);
/* A row as UTF-8 without the blanks at its end. Valid until the eighth call after it. */
const char *screen_row(struct screen *screen, int row);
/* One cell as UTF-8: " " when it is blank, "" for the second half of a double-width character.
 * Valid until the eighth call after it or of screen_row. */
const char *screen_cell(struct screen *screen, int row, int cell);
/* Finds a text: the first row at or below `from_row` that holds it, and the cell where it begins.
 * Either may be NULL. */
bool screen_find_from(struct screen *screen, int from_row, const char *text, int *row, int *cell);
bool screen_find(struct screen *screen, const char *text, int *row, int *cell);
/* The cell where the text begins in a row; -1 when it is not there. */
int screen_column(struct screen *screen, int row, const char *text);
bool screen_shows(struct screen *screen, const char *text);
/* True when no double-width character is cut in two or hangs over the edge; otherwise `row` and
 * `cell` get the place. */
bool screen_cells_whole(struct screen *screen, int *row, int *cell);
void screen_cursor_at(struct screen *screen, int *row, int *cell);
bool screen_cursor_visible(const struct screen *screen);
/* What the program called the terminal's window; "" never. */
const char *screen_title(const struct screen *screen);
int screen_bells(const struct screen *screen);
/* A cell's look as one number: equal numbers look alike (colours, bold, reverse …). */
uint64_t screen_look(struct screen *screen, int row, int cell);
/* Bytes that the program has written so far. */
size_t screen_bytes(const struct screen *screen);
/* The whole screen to standard error. */
void screen_dump(struct screen *screen, const char *why);

/* ---- waiting --------------------------------------------------------------------------------- */

void screen_wait_text(struct screen *screen, const char *text, int limit_ms);
/* Until any of the texts (ends with NULL) shows; returns which. */
int screen_wait_any(struct screen *screen, const char *const texts[], int limit_ms);
void screen_wait_gone(struct screen *screen, const char *text, int limit_ms);
/* Until `holds` says so; `what` is said when it never does. */
typedef bool (*screen_condition)(struct screen *screen, void *user);
void screen_wait(struct screen *screen, screen_condition holds, void *user, const char *what,
                 int limit_ms);
/* The same without failing: whether it came to hold. */
bool screen_waited(struct screen *screen, screen_condition holds, void *user, int limit_ms);
/* Reads what the program writes until it has been quiet for `quiet_ms`: for what must NOT happen.
 */
void screen_settle(struct screen *screen, int quiet_ms);

/* ---- the terminal and the program ------------------------------------------------------------ */

/* The window gets another size, and the program its SIGWINCH. */
void screen_resize_to(struct screen *screen, int rows, int cells);
/* The terminal is gone: its descriptor is closed, the program gets its SIGHUP. What was shown stays
 * readable. */
void screen_hangup(struct screen *screen);
pid_t screen_pid(const struct screen *screen);
void screen_signal(struct screen *screen, int number);
/* Waits for the program's end: its exit status, or -N when signal N ended it. */
int screen_exit_status(struct screen *screen, int limit_ms);
bool screen_running(struct screen *screen);

/* Milliseconds of a steady clock: to hold a wait against a bound. */
int64_t screen_now_ms(void);

#endif
