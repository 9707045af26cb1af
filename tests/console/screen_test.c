/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the console's screen must always be: aligned, whole, harmless, and gone when its terminal
 * is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/stage.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct stage *stage;

static int set_up(void **state)
{
    (void)state;
    stage = stage_open();
    return 0;
}

/* ---- columns --------------------------------------------------------------------------------- */

/* Why the columns are not aligned; "" they are. */
static char misaligned[256];

/* The row of the heads: the one that holds all of them. */
static int head_row(struct screen *screen, const char *const heads[])
{
    int row = -1;
    while (screen_find_from(screen, row + 1, heads[0], &row, NULL)) {
        size_t i = 0;
        while (heads[i] && screen_column(screen, row, heads[i]) >= 0)
            i++;
        if (!heads[i])
            return row;
    }
    return -1;
}

static bool is_blank(struct screen *screen, int row, int cell)
{
    return strcmp(screen_cell(screen, row, cell), " ") == 0;
}

/* In a row of the list every column begins under its head, behind a gap. */
static bool row_aligned(struct screen *screen, int head, int row, const char *const heads[])
{
    for (size_t i = 0; heads[i]; i++) {
        int cell = screen_column(screen, head, heads[i]);
        if (!is_blank(screen, row, cell - 1) || is_blank(screen, row, cell) ||
            !*screen_cell(screen, row, cell)) {
            (void)snprintf(misaligned, sizeof misaligned, "row %d under “%s” (cell %d)", row,
                           heads[i], cell);
            return false;
        }
    }
    return true;
}

/* A row of the list begins with a number, under its head. */
static bool is_list_row(struct screen *screen, int head, int row, const char *const heads[])
{
    const char *first = screen_cell(screen, row, screen_column(screen, head, heads[0]));
    return *first >= '0' && *first <= '9';
}

static bool columns_aligned(struct screen *screen, void *user)
{
    const char *const *heads = user;
    int head = head_row(screen, heads), row, cell;
    misaligned[0] = '\0';
    if (head < 0) {
        (void)snprintf(misaligned, sizeof misaligned, "the heads are not all there");
        return false;
    }
    for (row = head + 1; is_list_row(screen, head, row, heads); row++)
        if (!row_aligned(screen, head, row, heads))
            return false;
    if (!screen_cells_whole(screen, &row, &cell)) {
        (void)snprintf(misaligned, sizeof misaligned, "row %d, cell %d: a character is cut", row,
                       cell);
        return false;
    }
    return is_list_row(screen, head, head + 4, heads);
}

static void wait_aligned(struct screen *screen, const char **heads)
{
    if (screen_waited(screen, columns_aligned, heads, 0))
        return;
    screen_dump(screen, misaligned);
    fail_msg("not aligned at %dx%d: %s", screen_cells_of(screen), screen_rows_of(screen),
             misaligned);
}

/* Those that are there in every width from 70 on. */
static const char *heads_zh[] = {"编号", "渠道", "事项", "地点", "期限", "状态", NULL};
static const char *heads_en[] = {"Number", "Channel", "Matter", "Place", "Due", "State", NULL};
static const char *heads_narrow[] = {"编号", "地点", "期限", "状态", NULL};

static void test_columns_stand_under_their_heads_in_every_size(void **state)
{
    (void)state;
    static const int sizes[][2] = {{40, 120}, {24, 80}, {30, 133}, {24, 81}, {50, 200}, {24, 70}};
    struct screen *screen = stage_console(stage, "dispatcher", 24, 80, NULL);
    wait_aligned(screen, heads_zh);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        screen_resize_to(screen, sizes[i][0], sizes[i][1]);
        wait_aligned(screen, heads_zh);
    }
    screen_close(screen);
    screen = stage_console(stage, "dispatcher", 40, 120, NULL);
    wait_aligned(screen, heads_zh);
    screen_close(screen);
}

static void test_columns_stand_under_their_heads_in_english(void **state)
{
    (void)state;
    const struct screen_options options = {.env = stage->env};
    const char *const words[] = {"--lang", "en", "--login", "dispatcher", NULL};
    struct screen *screen = screen_minqing(&options, words);
    wait_aligned(screen, heads_en);
    screen_wait_text(screen, "actions", 0);
    assert_false(screen_shows(screen, "打开"));
    screen_close(screen);
}

static void test_the_language_can_be_changed_while_working(void **state)
{
    (void)state;
    struct screen *screen = stage_console(stage, "dispatcher", 24, 80, NULL);
    wait_aligned(screen, heads_zh);
    screen_keys(screen, ":language<Space>en<Enter>");
    wait_aligned(screen, heads_en);
    screen_keys(screen, ":language<Space>zh<Enter>");
    wait_aligned(screen, heads_zh);
    screen_close(screen);
}

static void test_the_screen_survives_every_size_down_to_40x10_and_less(void **state)
{
    (void)state;
    struct screen *screen = stage_console(stage, "dispatcher", 24, 80, NULL);
    wait_aligned(screen, heads_zh);
    for (int cells = 79; cells >= 40; cells -= 3) {
        screen_resize_to(screen, 24 - (79 - cells) * 14 / 39, cells);
        screen_settle(screen, 20);
    }
    screen_resize_to(screen, 10, 40);
    wait_aligned(screen, heads_narrow);
    screen_resize_to(screen, 4, 20);
    screen_wait_text(screen, "窗口太小", 0);
    screen_resize_to(screen, 1, 1);
    screen_settle(screen, 100);
    screen_resize_to(screen, 24, 80);
    wait_aligned(screen, heads_zh);
    screen_keys(screen, "<Enter>");
    screen_wait_text(screen, "群众诉求", 0);
    screen_resize_to(screen, 10, 40);
    screen_wait_text(screen, "期限", 0);
    screen_resize_to(screen, 24, 80);
    screen_wait_text(screen, "群众诉求", 0);
    assert_true(screen_cells_whole(screen, NULL, NULL));
    screen_close(screen);
}

static void test_a_form_keeps_what_was_typed_through_a_resize(void **state)
{
    (void)state;
    struct screen *screen = stage_console(stage, "operator", 24, 80, NULL);
    screen_wait_text(screen, "待受理", 0);
    screen_keys(screen, "n");
    screen_wait_text(screen, "来电号码", 0);
    screen_type(screen, "13800001234");
    screen_keys(screen, "<Enter>");
    screen_type(screen, "欧阳建国");
    screen_wait_text(screen, "欧阳建国", 0);
    screen_resize_to(screen, 10, 40);
    screen_wait_text(screen, "欧阳建国", 0);
    screen_type(screen, "先生");
    screen_wait_text(screen, "欧阳建国先生", 0);
    screen_resize_to(screen, 40, 120);
    screen_wait_text(screen, "欧阳建国先生", 0);
    screen_wait_text(screen, "13800001234", 0);
    int row, cell, cursor_row, cursor_cell;
    assert_true(screen_find(screen, "欧阳建国先生", &row, &cell));
    screen_settle(screen, 50);
    screen_cursor_at(screen, &cursor_row, &cursor_cell);
    assert_int_equal(cursor_row, row);
    assert_int_equal(cursor_cell, cell + 12);
    screen_close(screen);
}

/* ---- foreign words --------------------------------------------------------------------------- */

static void test_a_citizens_words_can_do_nothing_to_the_terminal(void **state)
{
    (void)state;
    static const char hostile[] =
        "{\"words\":\"甲\\u001b]2;盗题\\u0007乙\\u001b[2J\\u001b[1;1H丙\\u001b[31;44m丁"
        "\\u009b5A\\u0008\\u202e反\\u202c\\u200b戊\\u0007末\",\"name\":\"王\\u001b[7m五\"}";
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", hostile, number);
    struct screen *screen = stage_console(stage, "dispatcher", 24, 80, NULL);
    screen_wait_text(screen, number + 2, 0);
    int bells = screen_bells(screen);
    screen_keys(screen, ":go<Space>");
    screen_type(screen, number);
    screen_keys(screen, "<Enter>");
    screen_wait_text(screen, "末", 0);
    screen_wait_text(screen, "经过", 0);
    int row, cell;
    /* All of it in one place, in one look, below the head that nothing wiped out. */
    assert_true(screen_find(screen, "群众诉求", &row, NULL));
    assert_true(screen_find_from(screen, row, "甲", &row, &cell));
    assert_true(screen_column(screen, row, "末") > cell);
    assert_true(screen_column(screen, 0, "民情通") >= 0);
    assert_true(screen_column(screen, 1, number) >= 0);
    static const char *const parts[] = {"乙", "丙", "丁", "反", "戊", "末"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        int at = screen_column(screen, row, parts[i]);
        assert_true(at > cell);
        assert_int_equal(screen_look(screen, row, at), screen_look(screen, row, cell));
    }
    assert_null(strstr(screen_title(screen), "盗"));
    assert_int_equal(screen_bells(screen), bells);
    assert_true(screen_cells_whole(screen, NULL, NULL));
    screen_close(screen);
}

static void test_pasted_text_is_text_and_never_a_command(void **state)
{
    (void)state;
    struct screen *screen = stage_console(stage, "operator", 24, 80, NULL);
    wait_aligned(screen, heads_zh);
    /* Where no field has the cursor it does nothing. */
    screen_paste(screen, "nqq:quit\r");
    screen_settle(screen, 200);
    assert_true(screen_running(screen));
    assert_false(screen_shows(screen, "来电号码"));
    screen_keys(screen, "n<Tab>");
    screen_wait_text(screen, "来电号码", 0);
    screen_paste(screen, "李\033[31m四\r");
    screen_wait_text(screen, "李", 0);
    screen_wait_text(screen, "来电号码", 0);
    assert_true(screen_running(screen));
    screen_close(screen);
}

/* ---- terminals ------------------------------------------------------------------------------- */

static void test_a_closed_terminal_ends_the_console_at_once(void **state)
{
    (void)state;
    struct screen *screen = stage_console(stage, "operator", 24, 80, NULL);
    wait_aligned(screen, heads_zh);
    screen_keys(screen, "n");
    screen_wait_text(screen, "来电号码", 0);
    screen_hangup(screen);
    int status = screen_exit_status(screen, 2000);
    assert_true(status == 0 || status == -SIGHUP);
    screen_close(screen);
}

static void test_quit_gives_the_terminal_back(void **state)
{
    (void)state;
    struct screen *screen = stage_console(stage, "dispatcher", 24, 80, NULL);
    wait_aligned(screen, heads_zh);
    screen_keys(screen, "q");
    screen_wait_text(screen, "y", 0);
    screen_keys(screen, "y");
    assert_int_equal(screen_exit_status(screen, 0), 0);
    assert_true(screen_cursor_visible(screen));
    assert_false(screen_shows(screen, "编号"));
    screen_close(screen);
}

static void test_sigterm_ends_the_console_in_order(void **state)
{
    (void)state;
    struct screen *screen = stage_console(stage, "dispatcher", 24, 80, NULL);
    wait_aligned(screen, heads_zh);
    screen_signal(screen, SIGTERM);
    assert_int_equal(screen_exit_status(screen, 2000), 0);
    assert_true(screen_cursor_visible(screen));
    screen_close(screen);
}

static void test_a_terminal_that_cannot_place_its_cursor_is_refused_clearly(void **state)
{
    (void)state;
    const struct screen_options options = {.term = "dumb", .env = stage->env};
    const char *const words[] = {"--login", "dispatcher", NULL};
    struct screen *screen = screen_minqing(&options, words);
    screen_wait_text(screen, "\"dumb\"", 0);
    assert_int_equal(screen_exit_status(screen, 0), 1);
    screen_close(screen);
}

static void test_an_unknown_terminal_is_said_to_be_and_works_on(void **state)
{
    (void)state;
    const struct screen_options options = {.term = "no-such-terminal", .env = stage->env};
    const char *const words[] = {"--login", "dispatcher", NULL};
    struct screen *screen = screen_minqing(&options, words);
    wait_aligned(screen, heads_zh);
    screen_wait_text(screen, "no-such-terminal", 0);
    screen_close(screen);
}

static void test_without_a_terminal_the_console_says_so(void **state)
{
    (void)state;
    const struct screen_options options = {.env = stage->env};
    const char *const argv[] = {"/bin/sh", "-c", "\"$0\" --login dispatcher </dev/null",
                                screen_program("minqing"), NULL};
    struct screen *screen = screen_run(&options, argv);
    screen_wait_text(screen, "minqing: ", 0);
    assert_int_not_equal(screen_exit_status(screen, 0), 0);
    screen_close(screen);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, stage_close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_columns_stand_under_their_heads_in_every_size),
        TEST(test_columns_stand_under_their_heads_in_english),
        TEST(test_the_language_can_be_changed_while_working),
        TEST(test_the_screen_survives_every_size_down_to_40x10_and_less),
        TEST(test_a_form_keeps_what_was_typed_through_a_resize),
        TEST(test_a_citizens_words_can_do_nothing_to_the_terminal),
        TEST(test_pasted_text_is_text_and_never_a_command),
        TEST(test_a_closed_terminal_ends_the_console_at_once),
        TEST(test_quit_gives_the_terminal_back),
        TEST(test_sigterm_ends_the_console_in_order),
        TEST(test_a_terminal_that_cannot_place_its_cursor_is_refused_clearly),
        TEST(test_an_unknown_terminal_is_said_to_be_and_works_on),
        TEST(test_without_a_terminal_the_console_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
