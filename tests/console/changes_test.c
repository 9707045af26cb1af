/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change feed on the screen: counts and lists follow, the selection stays on its order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/stage.h"
#include <stdio.h>
#include <string.h>

static struct stage *stage;

static int set_up(void **state)
{
    (void)state;
    stage = stage_open();
    return 0;
}

static int tear_down(void **state)
{
    return stage_close_all(state);
}

/* ---- the list -------------------------------------------------------------------------------- */

/* As this year's lists show it: 1118-0042-7. */
static const char *shown(const char *number)
{
    return number + 2;
}

static int selected_row(struct screen *screen)
{
    for (int row = 0; screen_find_from(screen, row, "▌", &row, NULL); row++)
        if (screen_column(screen, row, "▌") == 0)
            return row;
    return -1;
}

/* What stands under the cursor. */
static bool selects(struct screen *screen, const char *number)
{
    int row = selected_row(screen);
    return row >= 0 && screen_column(screen, row, shown(number)) >= 0;
}

static bool selects_it(struct screen *screen, void *user)
{
    return selects(screen, user);
}

/* Not the order, but another one. */
static bool selects_another(struct screen *screen, void *user)
{
    return selected_row(screen) >= 0 && !selects(screen, user);
}

/* Nowhere but in the message below. */
static bool is_unlisted(struct screen *screen, void *user)
{
    int row;
    return !screen_find(screen, shown(user), &row, NULL) || row == screen_rows_of(screen) - 1;
}

/* Moves the cursor down to the order. */
static void go_to(struct screen *screen, char *number)
{
    screen_wait_text(screen, shown(number), 0);
    for (int i = 0; i < 60 && !selects(screen, number); i++) {
        int row = selected_row(screen);
        screen_keys(screen, "j");
        for (int look = 0; look < 50 && selected_row(screen) == row; look++)
            screen_settle(screen, 20);
    }
    screen_wait(screen, selects_it, number, "the cursor is on the order", 0);
}

static struct screen *console_of(const char *login)
{
    struct screen *screen = stage_console(stage, login, 50, 100, NULL);
    screen_wait_text(screen, "▌", 0);
    return screen;
}

/* The number behind a tab's name, -1 none. */
static bool tab_counts(struct screen *screen, void *user)
{
    return screen_column(screen, 0, user) >= 0;
}

/* ---- what follows ---------------------------------------------------------------------------- */

static void test_the_selection_stays_on_its_order_while_the_list_changes(void **state)
{
    (void)state;
    char first[STAGE_NUMBER_SIZE], mine[STAGE_NUMBER_SIZE], later[STAGE_NUMBER_SIZE], count[40];
    stage_appeal(stage, "operator", "{\"words\":\"停水了一\"}", first);
    stage_appeal(stage, "operator", "{\"words\":\"停水了二\"}", mine);
    struct screen *screen = console_of("dispatcher");
    go_to(screen, mine);
    stage_appeal(stage, "operator", "{\"words\":\"停水了三\"}", later);
    screen_wait_text(screen, shown(later), 0); /* appears */
    assert_true(selects(screen, mine));
    stage_act(stage, "dispatcher", first, "dispatch", "{\"unit\":201}");
    screen_wait_gone(screen, shown(first), 0); /* vanishes above it */
    assert_true(selects(screen, mine));
    (void)snprintf(count, sizeof count, "派发审核 %lld",
                   (long long)stage_count(stage, "dispatcher", "dispatch"));
    screen_wait(screen, tab_counts, count, "the tab counts what waits", 0);
    screen_close(screen);
}

static void test_an_order_that_is_gone_gives_the_cursor_to_its_neighbour(void **state)
{
    (void)state;
    char above[STAGE_NUMBER_SIZE], number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", "{\"words\":\"停水了一\"}", above);
    stage_act(stage, "dispatcher", above, "dispatch", "{\"unit\":201}");
    stage_appeal(stage, "operator", "{\"words\":\"停水了二\"}", number);
    stage_act(stage, "dispatcher", number, "dispatch", "{\"unit\":201}");
    struct screen *screen = console_of("handler");
    go_to(screen, number);
    stage_act(stage, "handler", number, "ask_return", "{\"reason\":\"wrong_place\"}");
    stage_act(stage, "dispatcher", number, "accept_return", "{}");
    screen_wait_text(screen, "已不在您的范围内", 0);
    screen_wait(screen, is_unlisted, number, "the list goes on without the order", 0);
    screen_wait(screen, selects_another, number, "the cursor is on the neighbour", 0);
    screen_close(screen);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_selection_stays_on_its_order_while_the_list_changes),
        TEST(test_an_order_that_is_gone_gives_the_cursor_to_its_neighbour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
