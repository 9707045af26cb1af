/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view: one thing to look at or fill in = a state + one table of operations. A new view is a new
 * file in views/ and a line in views.h. */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include "client/minqing.h"
#include "tui/command.h"
#include "tui/screen.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;
struct view;
struct hints;

struct view_ops {
    const char *name;
    /* Sections of the keymap in which a key is looked up, "global" last where it applies. */
    const char *contexts[4];
    /* Plain characters are text, not commands: they go to typed(). */
    bool typing;
    size_t size; /* of the state, which begins with a struct view */
    /* Any of these but draw may be NULL. */
    bool (*open)(struct view *view, const void *argument); /* false: it does not open */
    void (*load)(struct view *view);                       /* asks the platform (again) */
    /* Rows wanted of `room`: the view stands below the one under it. NULL: it takes all. */
    int (*rows)(struct view *view, int room);
    void (*draw)(struct view *view, struct rect area);
    bool (*command)(struct view *view, enum command command, const char *argument);
    void (*typed)(struct view *view, int key);
    void (*tick)(struct view *view); /* wake_at has come */
    void (*changed)(struct view *view, const struct mq_result *frame);
    void (*hints)(struct view *view, struct hints *hints);
    const struct mq_order *(*order)(struct view *view); /* the one that commands are about */
    void (*focus)(struct view *view); /* it is the topmost (again): takes the line editor */
    void (*close)(struct view *view); /* frees what the state holds */
};

struct view {
    const struct view_ops *ops;
    struct app *app;
    bool busy;       /* waits for an answer: keys wait with it */
    int64_t wake_at; /* clock_ticks_ms of the next tick; 0 none */
};

/* The hint line as it is filled: what is most useful now comes first. */
void hint(struct hints *hints, const char *context, enum command command, const char *argument,
          const char *label);

/* What follows begins at this cell or later, so that it stays in its place. */
void hint_gap(struct hints *hints, int cells);

/* A selection in a list of lines, of which some are on the screen. */
struct list {
    int selected, top;
};
/* Moves by lines and stays within `count`. Returns true when the selection moved. */
bool list_move(struct list *list, int count, int lines);
/* Scrolls so that the selection is among `rows`. */
void list_fit(struct list *list, int count, int rows);
/* NEXT, PREVIOUS, PAGE_*, FIRST, LAST on the list; false for any other command. */
bool list_command(struct list *list, int count, int rows, enum command command);

#endif
