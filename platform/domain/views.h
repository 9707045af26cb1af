/* SPDX-License-Identifier: GPL-3.0-or-later */
/* views: the queues that exist, which roles have them, and what each role may read. */
#ifndef PLATFORM_DOMAIN_VIEWS_H
#define PLATFORM_DOMAIN_VIEWS_H

#include "platform/model/model.h"

/* A queue is a saved filter. */
struct view {
    const char *name; /* intake, dispatch, handling, callback, supervision, unsatisfied, overdue,
                         objections, all, bulletin … */
    struct bilingual label;
    uint32_t roles;
    struct order_filter filter;
    bool newest_first; /* otherwise by deadline, earliest first */
};
size_t view_count(void);
const struct view *view_at(size_t i);
/* NULL when there is none or `roles` has no right to it. */
const struct view *view_find(const char *name, uint32_t roles);

/* Holds what the account itself has taken, whoever else sees the same orders. */
bool view_is_personal(const struct view *view);
/* Whether the order counts in the view's queue (a personal one: if it is the account's, which is
 * the caller's to say): what waits, not what lies in the archive; a need waits in whatever state.
 */
bool view_counts(const struct view *view, const struct queued *order);

/* What the order waits for from somebody with these roles; otherwise its state. */
struct bilingual view_need_label(const struct order *order, uint32_t roles);

/* Rights that are not actions on an order. */
bool roles_see_orders(uint32_t roles);   /* not administrator or auditor alone */
bool roles_take_appeals(uint32_t roles); /* operator */
bool roles_reveal(uint32_t roles);       /* operator, callback officer, supervisor, handler */
/* Sees an order as a unit that handles it or sits in the conference on it, not as one who speaks
 * with the citizens: to such an account a confidential citizen is hidden altogether. */
bool roles_unit_alone(uint32_t roles);
bool roles_see_board(uint32_t roles);    /* supervisor, analyst */
bool roles_see_bulletin(uint32_t roles); /* these and the dispatcher */
bool roles_see_access(uint32_t roles);   /* the auditor: who looked at personal data */

#endif
