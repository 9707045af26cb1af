/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the platform knows beside the intake form: the caller's orders, and whose order it will be.
 */
#include "core/clock.h"
#include "tui/app.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include "tui/views/intake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PHONE_DIGITS_MIN = 7, CALLER_SHOWN = 8 };

static void on_caller(void *user, struct mq_result *result)
{
    struct intake *t = *(struct intake *const *)user;
    if (result->status != ST_OK)
        return; /* no right to look up is no reason to disturb */
    mq_result_keep(result);
    mq_result_free(t->caller);
    t->caller = result;
    t->view.app->dirty = true;
}

static size_t digits_of(const char *phone)
{
    size_t n = 0;
    for (; *phone; phone++)
        n += *phone >= '0' && *phone <= '9';
    return n;
}

void intake_look_up_caller(struct intake *t)
{
    const char *phone = edit_text(&form_find(&t->form, "phone")->edit);
    if (digits_of(phone) < PHONE_DIGITS_MIN || strcmp(phone, t->looked_up) == 0)
        return;
    snprintf(t->looked_up, sizeof t->looked_up, "%s", phone);
    mq_result_free(t->caller);
    t->caller = NULL;
    mq_cancel(t->view.app->mq, &t->for_caller);
    mq_caller_orders(t->view.app->mq, phone, on_caller, &t->for_caller);
}

static void on_unit(void *user, struct mq_result *result)
{
    struct intake *t = *(struct intake *const *)user;
    if (result->status != ST_OK)
        return;
    mq_result_keep(result);
    mq_result_free(t->suggested);
    t->suggested = result;
    t->view.app->dirty = true;
}

void intake_ask_unit(struct intake *t)
{
    const struct field *category = form_find(&t->form, "category");
    const struct field *place = form_find(&t->form, "place");
    char matter[160];
    if (!category->value)
        return;
    snprintf(matter, sizeof matter, "%s %s %s", category->value, place->value ? place->value : "",
             place->region ? place->region : "");
    if (strcmp(matter, t->asked_unit) == 0)
        return;
    snprintf(t->asked_unit, sizeof t->asked_unit, "%s", matter);
    mq_result_free(t->suggested);
    t->suggested = NULL;
    int64_t id = place->value ? strtoll(place->value, NULL, 10) : 0;
    mq_cancel(t->view.app->mq, &t->for_unit);
    mq_suggest_unit(t->view.app->mq, category->value, id, place->region, on_unit, &t->for_unit);
}

bool intake_has_panel(const struct intake *t)
{
    return t->caller || (t->suggested && t->suggested->count > 0);
}

static void draw_suggestion(struct intake *t, struct rect *area)
{
    size_t count = t->suggested ? t->suggested->count : 0;
    if (count == 0)
        return;
    for (size_t i = 0; i < count && i < 2 && area->rows > 0; i++) {
        const struct mq_suggestion *s = &t->suggested->suggestions[i];
        int x = area->x + 1;
        x += 1 + screen_put(area->y, x, 12, STYLE_HEADING, i == 0 ? _("Suggested") : _("or"));
        x += 2 +
             screen_put(area->y, x, area->x + area->cells - x - 1, STYLE_SUGGESTION, s->unit.name);
        screen_put(area->y, x, area->x + area->cells - x - 1, STYLE_QUIET, s->reason);
        area->y++;
        area->rows--;
    }
}

static void draw_caller(struct intake *t, struct rect area)
{
    int64_t now = clock_now_ms();
    if (!t->caller || area.rows <= 0)
        return;
    screen_putf(area.y, area.x + 1, area.cells - 2, STYLE_HEADING,
                t->caller->count ? _("This caller's orders: %zu   F2 opens the first")
                                 : _("This caller has no open order."),
                t->caller->count);
    for (size_t i = 0; i < t->caller->count && (int)i + 1 < area.rows && i < CALLER_SHOWN; i++) {
        const struct mq_order *o = &t->caller->orders[i];
        int y = area.y + 1 + (int)i, x = area.x + 1;
        x += 2 + screen_put(y, x, 13, STYLE_TITLE, order_short_number(o->number, now));
        x += 2 + screen_put(y, x, 10, order_state_style(o), o->state_label);
        screen_put(y, x, area.x + area.cells - x - 1, STYLE_NORMAL, o->title);
    }
}

void intake_draw_panel(struct intake *t, struct rect area)
{
    draw_suggestion(t, &area);
    draw_caller(t, area);
}
