/* SPDX-License-Identifier: GPL-3.0-or-later */
/* board: where orders stand, as bars; each figure opens to its orders. */
#include "core/clock.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RELOAD_MS = 1000, RETRY_MS = 3000, FIGURES = 7, FIGURE_CELLS = 7, LABEL_MAX = 20 };

static const char *const sides[] = {"state", "unit", "street", "category", "channel"};
enum { SIDES = sizeof sides / sizeof *sides };

static const char *side_label(int side)
{
    switch (side) {
    case 0:
        return _("by state");
    case 1:
        return _("by unit");
    case 2:
        return _("by street");
    case 3:
        return _("by category");
    default:
        return _("by channel");
    }
}

/* What opens the orders behind each figure, beside the row's own query. */
static const char *const figure_queries[FIGURES] = {
    "",
    "open=1",
    "open=1&card=yellow",
    "open=1&card=red",
    "unsatisfied=1",
    "concluded=1",
    "conclusion=satisfied",
};

struct board {
    struct view view;
    int side;
    int figure; /* which one of the line Enter opens */
    struct mq_result *shown;
    struct list list;
    int rows;
};

static void on_board(void *user, struct mq_result *result)
{
    struct board *b = user;
    if (app_failed(b->view.app, result)) {
        if (result->status == ST_UNAVAILABLE)
            b->view.wake_at = clock_ticks_ms() + RETRY_MS;
        return;
    }
    mq_result_keep(result);
    mq_result_free(b->shown);
    b->shown = result;
}

static void load(struct view *view)
{
    struct board *b = (struct board *)view;
    mq_cancel(view->app->mq, b);
    mq_board(view->app->mq, sides[b->side], on_board, b);
}

static void set_side(struct board *b, int side)
{
    b->side = (side + SIDES) % SIDES;
    b->list = (struct list){0, 0};
    mq_result_free(b->shown);
    b->shown = NULL;
    load(&b->view);
}

static int side_by_name(const char *name)
{
    for (int i = 0; i < SIDES; i++) {
        if (strcmp(sides[i], name) == 0)
            return i;
    }
    return 0;
}

static bool open_board(struct view *view, const void *argument)
{
    struct board *b = (struct board *)view;
    b->side = argument ? side_by_name(argument) : 0;
    return true;
}

static void close_board(struct view *view)
{
    mq_result_free(((struct board *)view)->shown);
}

static void changed(struct view *view, const struct mq_result *frame)
{
    if (frame->count > 0 && view->wake_at == 0)
        view->wake_at = clock_ticks_ms() + RELOAD_MS;
}

static const int64_t *figures(const struct mq_board_row *row, int64_t out[FIGURES])
{
    out[0] = row->total;
    out[1] = row->open;
    out[2] = row->yellow;
    out[3] = row->red;
    out[4] = row->unsatisfied;
    out[5] = row->concluded;
    out[6] = row->satisfied;
    return out;
}

/* Of the open ones the late first, each kind with a sign of its own: colour is not for everybody.
 */
static void draw_bar(const struct mq_board_row *row, int y, int x, int cells, int64_t most)
{
    if (most <= 0 || cells < 4)
        return;
    const struct {
        int64_t count;
        int style;
        const char *sign;
    } parts[] = {{row->red, STYLE_BAR_OVERDUE, "!"},
                 {row->yellow, STYLE_BAR_SOON, "-"},
                 {row->open - row->red - row->yellow, STYLE_BAR, " "}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count <= 0)
            continue;
        int own = (int)(parts[i].count * cells / most);
        for (int k = 0; k < (own > 0 ? own : 1); k++)
            screen_put(y, x++, 1, parts[i].style, parts[i].sign);
    }
}

/* `chosen`: the figure that Enter opens, -1 none of this line. */
static void draw_figures(const struct mq_board_row *row, int y, int x, int chosen)
{
    int64_t values[FIGURES];
    static const int styles[FIGURES] = {STYLE_NORMAL,  STYLE_NORMAL,      STYLE_DUE_SOON,
                                        STYLE_OVERDUE, STYLE_UNSATISFIED, STYLE_NORMAL,
                                        STYLE_GOOD};
    figures(row, values);
    for (int i = 0; i < FIGURES; i++, x += FIGURE_CELLS) {
        int style = i == chosen ? STYLE_TITLE : values[i] ? styles[i] : STYLE_QUIET;
        screen_putf(y, x, FIGURE_CELLS, style, "%*" PRId64, FIGURE_CELLS - 2, values[i]);
        screen_put(y, x + FIGURE_CELLS - 2, 1, STYLE_TITLE, i == chosen ? "<" : " ");
    }
}

static const char *figure_label(int figure)
{
    static const char *const labels[FIGURES] = {N_("all"),      N_("open"),        N_("soon"),
                                                N_("late"),     N_("unsatisfied"), N_("concluded"),
                                                N_("satisfied")};
    return _(labels[figure]);
}

static void draw_head(struct board *b, struct rect area, int labels)
{
    int x = 1 + screen_put(area.y, 1, area.cells - 2, STYLE_TITLE, _("Board")) + 2;
    for (int i = 0; i < SIDES; i++)
        x += 2 + screen_put(area.y, x, area.cells - x, i == b->side ? STYLE_TITLE : STYLE_QUIET,
                            side_label(i));
    x = 2 + labels;
    for (int i = 0; i < FIGURES; i++, x += FIGURE_CELLS) {
        const char *head = figure_label(i);
        int width = text_width(head);
        int own = width < FIGURE_CELLS - 1 ? width : FIGURE_CELLS - 1;
        screen_put(area.y + 1, x + FIGURE_CELLS - (own > FIGURE_CELLS - 2 ? 1 : 2) - own, own,
                   STYLE_HEADING, head);
    }
}

static void draw(struct view *view, struct rect area)
{
    struct board *b = (struct board *)view;
    int labels = area.cells - FIGURES * FIGURE_CELLS - 4;
    labels = labels > LABEL_MAX ? LABEL_MAX : labels < 8 ? 8 : labels;
    int bar_x = 2 + labels + FIGURES * FIGURE_CELLS + 1;
    draw_head(b, area, labels);
    if (!b->shown) {
        screen_put(area.y + 3, 3, area.cells - 4, STYLE_QUIET, _("Counting …"));
        return;
    }
    int64_t most = 0;
    for (size_t i = 0; i < b->shown->count; i++) {
        if (b->shown->board[i].open > most)
            most = b->shown->board[i].open;
    }
    int count = (int)b->shown->count;
    b->rows = area.rows - 4;
    list_fit(&b->list, count + 1, b->rows); /* the last line is all together */
    for (int i = 0; i < b->rows && b->list.top + i < count; i++) {
        const struct mq_board_row *row = &b->shown->board[b->list.top + i];
        int y = area.y + 2 + i;
        bool here = b->list.top + i == b->list.selected;
        screen_put(y, 0, 1, STYLE_TITLE, here ? screen_marker() : " ");
        screen_put(y, 2, labels, here ? STYLE_TITLE : STYLE_NORMAL, row->label);
        draw_figures(row, y, 2 + labels, here ? b->figure : -1);
        draw_bar(row, y, bar_x, area.cells - bar_x - 2, most);
    }
    int y = area.y + area.rows - 1;
    screen_rule(y - 1, 0, area.cells);
    bool here = b->list.selected == count;
    screen_put(y, 0, 1, STYLE_TITLE, here ? screen_marker() : " ");
    screen_put(y, 2, labels, STYLE_TITLE, _("Together"));
    draw_figures(&b->shown->totals, y, 2 + labels, here ? b->figure : -1);
}

static void open_selected(struct board *b)
{
    if (!b->shown)
        return;
    bool together = b->list.selected >= (int)b->shown->count;
    const struct mq_board_row *row = &b->shown->board[b->list.selected];
    char query[160], title[96];
    snprintf(query, sizeof query, "%s%s%s", together ? "" : row->query,
             together || b->figure == 0 ? "" : "&", figure_queries[b->figure]);
    snprintf(title, sizeof title, "%s · %s", together ? _("Together") : row->label,
             figure_label(b->figure));
    struct queue_args args = {"all", title, query};
    app_push(b->view.app, &view_queue, &args);
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct board *b = (struct board *)view;
    if (list_command(&b->list, b->shown ? (int)b->shown->count + 1 : 0, b->rows, command))
        return true;
    switch (command) {
    case COMMAND_OPEN:
        open_selected(b);
        return true;
    case COMMAND_FIGURE:
        b->figure = (b->figure + (strcmp(argument, "previous") == 0 ? FIGURES - 1 : 1)) % FIGURES;
        return true;
    case COMMAND_TURN:
        set_side(b, strcmp(argument, "back") == 0 ? b->side - 1 : b->side + 1);
        return true;
    case COMMAND_BOARD:
        set_side(b, *argument ? side_by_name(argument) : 0);
        return true;
    default:
        return false;
    }
}

static void hints(struct view *view, struct hints *h)
{
    (void)view;
    hint(h, "list", COMMAND_OPEN, NULL, _("the orders behind it"));
    hint(h, "board", COMMAND_FIGURE, "next", _("another figure"));
    hint(h, "board", COMMAND_TURN, NULL, _("another side"));
    hint(h, "global", COMMAND_BACK, NULL, _("back"));
    hint(h, "global", COMMAND_HELP, NULL, _("help"));
}

const struct view_ops view_board = {
    .name = "board",
    .contexts = {"board", "list", "global"},
    .size = sizeof(struct board),
    .open = open_board,
    .load = load,
    .draw = draw,
    .command = command,
    .tick = load,
    .changed = changed,
    .hints = hints,
    .close = close_board,
};
