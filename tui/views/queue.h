/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue's state, shared by what loads it, what draws it and its filter line. */
#ifndef TUI_VIEWS_QUEUE_H
#define TUI_VIEWS_QUEUE_H

#include "tui/doc.h"
#include "tui/edit.h"
#include "tui/view.h"

enum { QUEUE_PAGES = 40 };

struct queue {
    struct view view;
    char name[32], label[48];
    char *extra;
    struct mq_result *pages[QUEUE_PAGES]; /* as loaded, in order */
    int page_count;
    uint32_t *shown; /* which loaded rows pass the filter */
    int shown_count;
    struct list list;
    int64_t selected_id;
    struct edit filter;
    bool filtering;
    bool loaded, loading, fresh, reload;
    int64_t loaded_at, reload_at; /* ticks: when it was last asked for, and is to be again */
    bool with_preview, wide;
    int rows;                 /* of the list at the last paint */
    struct mq_result *detail; /* of the selected order, for the wide preview */
    struct doc preview;
    struct queue *self; /* its address marks the detail's request, so that it is dropped alone */
};

/* The `i`-th shown row; NULL none. */
const struct mq_order *queue_row(const struct queue *queue, int i);
void queue_draw(struct view *view, struct rect area);
/* The filter line has another text; `keep` false: it was left without. */
void queue_filter_changed(struct queue *queue, bool keep);
/* One order as a row of a list with `cells`; used wherever orders are listed. */
void queue_draw_row(const struct mq_order *order, int y, int x, int cells, bool selected, bool slow,
                    int64_t now_ms);
void queue_draw_head(int y, int x, int cells);

extern const struct view_ops view_filter; /* argument: struct queue * */

#endif
