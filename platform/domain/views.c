/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/domain/views.h"

#include <string.h>

/* clang-format off */
#define R(id) BIT(ROLE_##id)
#define N(id) BIT(NEED_##id)
#define SEES_ORDERS (R(OPERATOR) | R(DISPATCHER) | R(HANDLER) | R(CALLBACK) | R(SUPERVISOR) | R(CONFERENCE) | R(ANALYST))
#define ALL_STATES ((uint32_t)0)

static const struct view views[] = {
    {"intake",      {"Intake", "待受理"},          R(OPERATOR),   {.needs = N(INTAKE)}, false},
    {"dispatch",    {"To dispatch", "派发审核"},   R(DISPATCHER), {.needs = N(DISPATCH) | N(RETURN) | N(REVIEW)}, false},
    {"handling",    {"To handle", "待办理"},       R(HANDLER),    {.needs = N(SIGN) | N(HANDLE)}, false},
    {"callback",    {"To call back", "待回访"},    R(CALLBACK),   {.needs = N(CALLBACK)}, false},
    {"decision",    {"To decide", "待决定"},       R(SUPERVISOR), {.needs = N(DECISION)}, false},
    {"objections",  {"Objections", "派单异议"},    R(CONFERENCE) | R(SUPERVISOR), {.needs = N(RULING)}, false},
    {"supervision", {"Supervision", "督办"},       R(SUPERVISOR), {.open_only = true}, false},
    {"unsatisfied", {"Unsatisfied", "不满意"},     R(SUPERVISOR) | R(DISPATCHER), {.unsatisfied = true, .open_only = true}, false},
    {"overdue",     {"Overdue", "超期"},           R(SUPERVISOR) | R(DISPATCHER), {.card = 1 + CARD_RED, .open_only = true}, false},
    {"archive",     {"To archive", "待归档"},      R(CALLBACK) | R(SUPERVISOR), {.needs = N(ARCHIVE)}, false},
    {"mine",        {"Taken by me", "我受理的"},   R(OPERATOR),   {.states = ALL_STATES}, true},
    {"all",         {"All orders", "全部工单"},    SEES_ORDERS,   {.states = ALL_STATES}, true},
};
/* clang-format on */

size_t view_count(void)
{
    return sizeof views / sizeof views[0];
}

const struct view *view_at(size_t i)
{
    return i < view_count() ? &views[i] : NULL;
}

const struct view *view_find(const char *name, uint32_t roles)
{
    for (size_t i = 0; name && i < view_count(); i++)
        if (strcmp(views[i].name, name) == 0)
            return views[i].roles & roles ? &views[i] : NULL;
    return NULL;
}

bool view_is_personal(const struct view *view)
{
    return strcmp(view->name, "mine") == 0;
}

bool view_counts(const struct view *view, const struct queued *order)
{
    const struct order_filter *filter = &view->filter;
    return (filter->needs ? (order->needs & filter->needs) != 0 : order->open) &&
           (!filter->unsatisfied || order->unsatisfied) &&
           (filter->card == 0 || filter->card == 1 + (int32_t)order->card);
}

bool roles_see_orders(uint32_t roles)
{
    return (roles & SEES_ORDERS) != 0;
}

bool roles_take_appeals(uint32_t roles)
{
    return (roles & R(OPERATOR)) != 0;
}

#define SPEAKS_WITH_CITIZENS (R(OPERATOR) | R(CALLBACK) | R(SUPERVISOR))

bool roles_reveal(uint32_t roles)
{
    return (roles & (SPEAKS_WITH_CITIZENS | R(HANDLER))) != 0;
}

bool roles_unit_alone(uint32_t roles)
{
    return (roles & (R(HANDLER) | R(CONFERENCE))) && !(roles & SPEAKS_WITH_CITIZENS);
}

bool roles_see_board(uint32_t roles)
{
    return (roles & (R(SUPERVISOR) | R(ANALYST))) != 0;
}

bool roles_see_bulletin(uint32_t roles)
{
    return roles_see_board(roles) || (roles & R(DISPATCHER));
}

bool roles_see_access(uint32_t roles)
{
    return (roles & R(AUDITOR)) != 0;
}

struct bilingual view_need_label(const struct order *order, uint32_t roles)
{
    static const uint32_t who[NEED_COUNT] = {
        [NEED_INTAKE] = BIT(ROLE_OPERATOR),
        [NEED_DISPATCH] = BIT(ROLE_DISPATCHER),
        [NEED_RETURN] = BIT(ROLE_DISPATCHER),
        [NEED_SIGN] = BIT(ROLE_HANDLER),
        [NEED_HANDLE] = BIT(ROLE_HANDLER),
        [NEED_REVIEW] = BIT(ROLE_DISPATCHER) | BIT(ROLE_SUPERVISOR),
        [NEED_CALLBACK] = BIT(ROLE_CALLBACK),
        [NEED_RULING] = BIT(ROLE_CONFERENCE),
        [NEED_DECISION] = BIT(ROLE_SUPERVISOR),
        [NEED_ARCHIVE] = BIT(ROLE_SUPERVISOR) | BIT(ROLE_CALLBACK),
    };
    for (int i = 0; i < NEED_COUNT; i++)
        if ((order->needs & BIT(i)) && (who[i] & roles))
            return word_label(WORDS_NEED, i);
    return word_label(WORDS_ORDER_STATE, (int)order->state);
}
