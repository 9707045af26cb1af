/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the screen harness share. */
#ifndef TESTS_LIB_SCREEN_PRIVATE_H
#define TESTS_LIB_SCREEN_PRIVATE_H

#include "tests/lib/screen.h"
#include <vterm.h>

enum { SCREEN_TEXTS = 8, SCREEN_TEXT_SIZE = 4096, SCREEN_TITLE_SIZE = 256 };

struct screen {
    struct screen *next; /* of all that are open */
    char *name, *home;
    bool own_home;
    pid_t pid;
    int pidfd, master;     /* -1 closed */
    bool ended, signalled; /* signalled: the test meant its death */
    int status;
    VTerm *vterm;
    VTermScreen *cells;
    int rows, columns;
    char title[SCREEN_TITLE_SIZE];
    bool cursor_visible;
    int bells, key_count;
    size_t bytes;
    char texts[SCREEN_TEXTS][SCREEN_TEXT_SIZE]; /* what screen_row gave out */
    unsigned next_text;
};

/* Says why and fails the cmocka test; ends the program where there is no cmocka (a benchmark). */
void screen_fail(struct screen *screen, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));
void *screen_must(void *memory);
/* Reads what has been written, waiting at most this long for something. */
void screen_pump(int wait_ms);
/* Writes to the program, reading meanwhile what it writes. */
void screen_send(struct screen *screen, const char *bytes, size_t n);
/* Waits for the program's end. */
bool screen_wait_end(struct screen *screen, int limit_ms);
/* Makes the emulator. */
void screen_emulator_new(struct screen *screen);
/* A row as UTF-8 with, for each byte and the end, the cell where it stands (`at` may be NULL). */
size_t screen_read_row(struct screen *screen, int row, char *text, size_t size, short *at);

#endif
