/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft: what is being typed, safe on disk within a second. A thread of its own writes, because an
 * fsync must not hold a key. */
#ifndef TUI_DRAFT_H
#define TUI_DRAFT_H

#include "core/status.h"
#include <stdbool.h>
#include <stddef.h>

/* Takes $XDG_STATE_HOME/minqing (else ~/.local/state/minqing) and starts the thread. Without a
 * place to write it fails with a message, and the calls below do nothing. */
enum status draft_start(struct error *err);
/* Writes what waits, and ends. */
void draft_stop(void);
/* The directory; "" none. */
const char *draft_directory(void);

/* Keeps `text` under a name of letters, digits, '-' and '.' (others are replaced); the newest text
 * of a name wins. NULL: forgets the draft. Never waits for the disk. */
void draft_put(const char *name, const char *text);
/* What was kept, to be freed; NULL none. Sees what is not yet written, too. */
char *draft_get(const char *name);
/* Waits until all is on disk. */
void draft_flush(void);
/* Why the last write failed, once; false when all is well. */
bool draft_problem(struct error *err);

/* A draft's text is lines "name=value"; these write one value and read it again (to be freed). */
struct buf;
void draft_write(struct buf *out, const char *name, const char *value);
char *draft_read(const char *text, const char *name);

#endif
