/* SPDX-License-Identifier: GPL-3.0-or-later */
/* why: where a deadline, a card, a need or a refusal comes from, in words (domain rule 11). */
#ifndef PLATFORM_DOMAIN_WHY_H
#define PLATFORM_DOMAIN_WHY_H

#include "platform/domain/lifecycle.h"

enum { WHY_LINES_MAX = 16 };

/* The explanation of one thing, line by line. */
struct why {
    struct bilingual lines[WHY_LINES_MAX];
    size_t count;
};

/* deadline: the order's promise (kind or category limit, from when, which days were skipped, source
 * deadline, suspension), and each open assignment's own clock. */
void why_deadline(const struct order_case *c, const struct act_context *ctx, struct why *out);
/* state: how it came to its state, what it waits for and who can move it. */
void why_state(const struct order_case *c, const struct act_context *ctx, struct why *out);
/* action: why the named action is not possible now for this actor (the rule), or that it is. */
void why_action(const struct order_case *c, const struct act_context *ctx, const char *action,
                struct why *out);
/* mask: why the citizen's data are masked here. */
void why_mask(const struct order_case *c, const struct act_context *ctx, struct why *out);

#endif
