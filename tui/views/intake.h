/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The intake form's state, shared with the panel beside it. */
#ifndef TUI_VIEWS_INTAKE_H
#define TUI_VIEWS_INTAKE_H

#include "tui/form.h"

struct intake {
    struct view view;
    struct form form;
    struct mq_choice channels[32], kinds[16], nexts[3];
    struct mq_result *caller, *suggested;
    char looked_up[40];   /* the phone of `caller` */
    char asked_unit[160]; /* the matter of `suggested` */
    /* Their addresses mark the requests of the panel, to be dropped alone. */
    struct intake *for_caller, *for_unit;
};

/* Asks for the caller's orders, once their number is whole and another one. */
void intake_look_up_caller(struct intake *intake);
/* Asks whose order it will be, once the matter is known and another one. */
void intake_ask_unit(struct intake *intake);
/* True when there is something to show beside the form. */
bool intake_has_panel(const struct intake *intake);
void intake_draw_panel(struct intake *intake, struct rect area);

#endif
