/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc: a text of styled lines to be read, wrapped for a width and scrolled. */
#ifndef TUI_DOC_H
#define TUI_DOC_H

#include "client/minqing.h"
#include "tui/command.h"
#include "tui/screen.h"

struct doc_line {
    int style;
    int indent;  /* cells before the text */
    char *label; /* before the text, quiet; NULL none */
    char *text;  /* UTF-8, may have line ends */
};
struct doc {
    struct doc_line *lines;
    size_t count, capacity;
    int top;  /* first row shown */
    int rows; /* as wrapped at the last doc_draw */
};

void doc_free(struct doc *doc);
void doc_clear(struct doc *doc);
void doc_add(struct doc *doc, int style, int indent, const char *text);
void doc_addf(struct doc *doc, int style, int indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "label  text", the text hanging behind its label. Nothing when the text is empty. */
void doc_pair(struct doc *doc, const char *label, int style, const char *text);
void doc_draw(struct doc *doc, struct rect area);
/* Scrolls by NEXT, PAGE_DOWN …; false for any other command. */
bool doc_command(struct doc *doc, int rows, enum command command);

/* What is to be said about an order: head, words, assignments, objections, callbacks. */
void doc_order(struct doc *doc, const struct mq_order *order, int64_t now_ms);
void doc_events(struct doc *doc, const struct mq_event *events, size_t count, int64_t now_ms);

/* The order's number without the century and year when it is of this year. */
const char *order_short_number(const char *number, int64_t now_ms);
/* Deadline as time left with its style; "" when no clock runs. */
int order_left(const struct mq_order *order, int64_t now_ms, char *out, size_t size);
int order_state_style(const struct mq_order *order);

#endif
