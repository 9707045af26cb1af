/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a queue looks: columns by cells, the preview below or beside. */
#include "core/clock.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/l10n.h"
#include "tui/views/queue.h"
#include <stdio.h>
#include <string.h>

enum {
    NUMBER_CELLS = 13,
    CHANNEL_CELLS = 9,
    MATTER_CELLS = 14,
    LEFT_CELLS = 8,
    STATE_CELLS = 8,
    WIDE_MIN = 110,
    PREVIEW_ROWS = 2,
    PREVIEW_MIN_ROWS = 16,
    CLASS_MIN = 20, /* a column of this width names the class, too */
    NARROW = 70,    /* below this the channel gives way */
};

/* Where the columns stand in `cells`. */
struct columns {
    int number, channel, matter, place, left, state; /* cells of each; 0 not shown */
};

static struct columns columns_for(int cells)
{
    struct columns c = {NUMBER_CELLS, CHANNEL_CELLS, MATTER_CELLS, 0, LEFT_CELLS, STATE_CELLS};
    if (cells < NARROW)
        c.channel = 0;
    if (cells < 50)
        c.matter = 0;
    int used = 3 + c.number + c.left + c.state + 3;
    used += c.channel ? c.channel + 1 : 0;
    used += c.matter ? c.matter + 1 : 0;
    c.place = cells - used;
    /* What is wide has room for the whole path of the matter. */
    if (c.place > 40 && c.matter) {
        int more = (c.place - 30) / 2;
        c.matter += more;
        c.place -= more;
    }
    if (c.place < 0)
        c.place = 0;
    return c;
}

static int column(int y, int x, int cells, int style, const char *text, bool fill)
{
    if (cells <= 0)
        return x;
    if (fill)
        screen_field(y, x, cells, style, text);
    else
        screen_put(y, x, cells, style, text);
    return x + cells + 1;
}

void queue_draw_head(int y, int x, int cells)
{
    struct columns c = columns_for(cells);
    x += 3;
    x = column(y, x, c.number, STYLE_HEADING, _("Number"), false);
    x = column(y, x, c.channel, STYLE_HEADING, _("Channel"), false);
    x = column(y, x, c.matter, STYLE_HEADING, _("Matter"), false);
    x = column(y, x, c.place, STYLE_HEADING, _("Place"), false);
    x = column(y, x, c.left, STYLE_HEADING, _("Due"), false);
    column(y, x, c.state, STYLE_HEADING, _("State"), false);
}

/* The matter, with the class above it where there is room: "供水·管道漏水". */
static const char *short_matter(const struct mq_ref *category, int cells, char *out, size_t size)
{
    static const char between[] = " / ";
    const char *path = category->path, *above = path, *last = NULL;
    for (const char *p = strstr(path, between); p; p = strstr(p + 1, between)) {
        above = last ? last + sizeof between - 1 : path;
        last = p;
    }
    if (!last || cells < CLASS_MIN)
        return category->name;
    snprintf(out, size, "%.*s·%s", (int)(last - above), above, last + sizeof between - 1);
    return text_width(out) <= cells ? out : category->name;
}

void queue_draw_row(const struct mq_order *o, int y, int x, int cells, bool selected, bool slow,
                    int64_t now_ms)
{
    struct columns c = columns_for(cells);
    /* On a slow line only the mark moves. */
    int here = selected && !slow ? STYLE_SELECTED : 0;
    char left[32], matter[128];
    int left_style = order_left(o, now_ms, left, sizeof left);
    screen_put(y, x, 1, STYLE_TITLE | here, selected ? screen_marker() : " ");
    screen_field(y, x + 1, 2, STYLE_URGENT | here,
                 o->urgent         ? "!"
                 : o->unsatisfied  ? "x"
                 : o->confidential ? "#"
                                   : "");
    int at = x + 3;
    at = column(y, at, c.number, STYLE_NORMAL | here, order_short_number(o->number, now_ms), here);
    at = column(y, at, c.channel, STYLE_NORMAL | here, o->channel.name, here);
    bool sorted = *o->category.code != '\0';
    at = column(y, at, c.matter, (sorted ? STYLE_NORMAL : STYLE_QUIET) | here,
                sorted ? short_matter(&o->category, c.matter, matter, sizeof matter)
                       : _("to complete"),
                here);
    at = column(y, at, c.place, STYLE_NORMAL | here, *o->place ? o->place : o->region.name, here);
    at = column(y, at, c.left, left_style | here, left, here);
    at = column(y, at, c.state, order_state_style(o) | here,
                *o->need_label ? o->need_label : o->state_label, here);
    if (!here)
        return;
    /* The gaps belong to the bar. */
    const int widths[] = {c.number, c.channel, c.matter, c.place, c.left};
    at = x + 3;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        if (widths[i] <= 0)
            continue;
        at += widths[i];
        screen_put(y, at++, 1, STYLE_SELECTED, " ");
    }
}

/* Two rows under the list: what, and whose. It is painted anew with every step, so it is short. */
static void draw_preview_below(const struct mq_order *o, struct rect area)
{
    int y = area.y;
    screen_put(y, 1, area.cells - 2, STYLE_NORMAL, o->title);
    if (o->suggested.id) {
        int x = 1 + screen_put(y + 1, 1, area.cells - 2, STYLE_HEADING, _("Suggested")) + 1;
        x += screen_put(y + 1, x, area.cells - x, STYLE_SUGGESTION, o->suggested.name) + 1;
        screen_put(y + 1, x, area.cells - x - 1, STYLE_NORMAL, o->suggested_why);
    } else if (o->lead.id) {
        int x = 1 + screen_put(y + 1, 1, area.cells - 2, STYLE_HEADING, _("Lead")) + 1;
        screen_put(y + 1, x, area.cells - x - 1, STYLE_NORMAL, o->lead.name);
    } else {
        screen_put(y + 1, 1, area.cells - 2, STYLE_NORMAL,
                   *o->region.path ? o->region.path : o->region.name);
    }
}

static void draw_preview_beside(struct queue *q, const struct mq_order *o, struct rect area)
{
    doc_order(&q->preview, q->detail ? q->detail->order : o, clock_now_ms());
    q->preview.top = 0;
    doc_draw(&q->preview, area);
}

static void draw_empty(struct queue *q, struct rect area)
{
    const char *text = !q->loaded     ? _("Loading …")
                       : q->filtering ? _("Nothing here holds this text. Esc shows all.")
                       : q->extra     ? _("No order is like that.")
                                      : _("Nothing is waiting here.");
    screen_put(area.y + 1, area.x + 3, area.cells - 4, STYLE_QUIET, text);
}

void queue_draw(struct view *view, struct rect area)
{
    struct queue *q = (struct queue *)view;
    bool slow = view->app->options.low_bandwidth;
    int64_t now = clock_now_ms();
    const struct mq_order *here = queue_row(q, q->list.selected);
    struct rect list = area;
    bool wide = area.cells >= WIDE_MIN && q->with_preview;
    bool below = !wide && q->with_preview && area.rows >= PREVIEW_MIN_ROWS;
    if (wide && !q->wide && here && !q->detail && view->wake_at == 0)
        view->wake_at = clock_ticks_ms() + 1;
    q->wide = wide;
    if (wide)
        list.cells = area.cells * 3 / 5;
    if (below)
        list.rows -= PREVIEW_ROWS + 1;
    if (q->extra || q->filtering) {
        screen_putf(list.y, 1, list.cells - 2, STYLE_TITLE, "%s  %s%s", q->label,
                    q->filtering ? "/" : "", q->filtering ? edit_text(&q->filter) : "");
        list.y++;
        list.rows--;
    }
    if (q->loaded)
        queue_draw_head(list.y, list.x, list.cells);
    list.y++;
    q->rows = --list.rows;
    list_fit(&q->list, q->shown_count, q->rows);
    for (int i = 0; i < q->rows && q->list.top + i < q->shown_count; i++) {
        const struct mq_order *o = queue_row(q, q->list.top + i);
        queue_draw_row(o, list.y + i, list.x, list.cells, q->list.top + i == q->list.selected, slow,
                       now);
    }
    if (q->shown_count == 0)
        draw_empty(q, list);
    if (wide) {
        screen_bar(area.y, list.cells, area.rows);
        if (here)
            draw_preview_beside(
                q, here,
                (struct rect){area.y, list.cells + 1, area.rows, area.cells - list.cells - 2});
    } else if (below && q->loaded) {
        int y = area.y + area.rows - PREVIEW_ROWS;
        screen_rule(y - 1, 0, area.cells);
        if (here)
            draw_preview_below(here, (struct rect){y, 0, PREVIEW_ROWS, area.cells});
    }
}
