/* SPDX-License-Identifier: GPL-3.0-or-later */
/* retention: how long citizens and their words are kept, and what is left of an order afterwards.
 */
#ifndef PLATFORM_DOMAIN_RETENTION_H
#define PLATFORM_DOMAIN_RETENTION_H

#include "core/arena.h"
#include "core/status.h"
#include "platform/model/model.h"

/* States from which an order goes nowhere any more, as BIT(ORDER_…). */
uint32_t retention_states(void);
/* The moment before which an order must have ended: an age as "2y" or "730d" counted back from
 * `now` (by whole days of the city), or a day as "2024-01-31". ST_INVALID when it is neither, or
 * when an order would be kept for less than `least_ms`. */
enum status retention_before(const char *text, int64_t now, int64_t least_ms, int64_t *before,
                             struct error *err);
/* Leaves in the order what points to nobody: the category for a title, the known place (NULL: none)
 * without what was typed; the next version, with an event that tells it. */
void retention_forget(struct order_case *c, const struct category *category,
                      const struct place *place, int64_t now, struct arena *arena);

#endif
