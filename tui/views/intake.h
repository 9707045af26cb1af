/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The intake form's state, shared with the panel beside it. */
#ifndef TUI_VIEWS_INTAKE_H
#define TUI_VIEWS_INTAKE_H

#include "tui/form.h"

struct intake {
    struct view view;
    struct form form;
    struct mq_choice channels[32], kinds[16], nexts[3];
    struct mq_result *known;  /* what helps with what is typed so far; NULL nothing yet */
    char *asked;              /* the matter that it was asked for */
    struct intake *for_panel; /* its address marks the panel's request, to be dropped alone */
};

/* Asks what helps, once something else is known. `typing`: only when the typing pauses. */
void intake_ask(struct intake *intake, bool typing);
/* True when there is something to show beside the form. */
bool intake_has_panel(const struct intake *intake);
/* How many rows it would fill. */
int intake_panel_rows(const struct intake *intake);
void intake_draw_panel(struct intake *intake, struct rect area);
/* Takes what the panel shows under this number: a matter goes into its field, an order or an
 * article opens. False when there is no such number. */
bool intake_pick(struct intake *intake, int number);

#endif
