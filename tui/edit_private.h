/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of edit.h share. */
#ifndef TUI_EDIT_PRIVATE_H
#define TUI_EDIT_PRIVATE_H

#include "tui/edit.h"

/* As edit_set, edit_insert and edit_key, for an edit that is secret. */
void secret_set(struct edit *edit, const char *text);
void secret_insert(struct edit *edit, const char *text);
bool secret_key(struct edit *edit, int key);

#endif
