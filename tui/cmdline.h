/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmdline: the `:` line with history and completion. */
#ifndef TUI_CMDLINE_H
#define TUI_CMDLINE_H

#include "tui/app.h"

/* Opens it with a beginning. */
void cmdline_open(struct app *app, const char *text);
void cmdline_key(struct app *app, int key);
void cmdline_draw(struct app *app, int y, int cells);
/* What the words typed so far may go on as: the `i`-th candidate of the last word, false past the
 * last. `from` gets where that word begins. */
bool cmdline_candidate(const struct app *app, const char *text, size_t i, char *out, size_t size,
                       size_t *from);

#endif
