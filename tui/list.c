/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view.h"

bool list_move(struct list *list, int count, int lines)
{
    int before = list->selected;
    /* Not int overflow: FIRST and LAST move by more than any list holds. */
    long wanted = (long)list->selected + lines;
    if (wanted >= count)
        wanted = count - 1;
    list->selected = wanted < 0 ? 0 : (int)wanted;
    return list->selected != before;
}

void list_fit(struct list *list, int count, int rows)
{
    list_move(list, count, 0);
    if (list->top > list->selected)
        list->top = list->selected;
    if (rows > 0 && list->selected >= list->top + rows)
        list->top = list->selected - rows + 1;
    if (list->top > count - rows)
        list->top = count - rows;
    if (list->top < 0)
        list->top = 0;
}

bool list_command(struct list *list, int count, int rows, enum command command)
{
    int page = rows > 2 ? rows - 1 : 1;
    switch (command) {
    case COMMAND_NEXT:
        list_move(list, count, 1);
        return true;
    case COMMAND_PREVIOUS:
        list_move(list, count, -1);
        return true;
    case COMMAND_PAGE_DOWN:
        /* The page turns as a whole, so that the eye knows where it was. */
        list->top += page;
        list_move(list, count, page);
        list_fit(list, count, rows);
        return true;
    case COMMAND_PAGE_UP:
        list->top -= page;
        list_move(list, count, -page);
        list_fit(list, count, rows);
        return true;
    case COMMAND_FIRST:
        list_move(list, count, -count);
        return true;
    case COMMAND_LAST:
        list_move(list, count, count);
        return true;
    default:
        return false;
    }
}
