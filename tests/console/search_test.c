/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operator finds while somebody speaks: orders by words and filters, and what stands beside
 * the intake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/stage.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct stage *stage;

static int set_up(void **state)
{
    (void)state;
    stage = stage_open();
    return 0;
}

/* As the console shows a number of this year: without the year. */
static const char *short_number(const char *number)
{
    return number + 2;
}

static void test_words_find_an_order_that_the_queue_does_not_show(void **state)
{
    (void)state;
    char heron[STAGE_NUMBER_SIZE], other[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", "{\"words\":\"湖边有人用网捕捉白鹭，请来管一管\"}", heron);
    stage_appeal(stage, "operator", "{\"words\":\"楼下麻将馆天天吵到半夜\"}", other);
    struct screen *screen = stage_console(stage, "operator", 24, 80, NULL);
    screen_wait_text(screen, "待受理", 0);
    screen_keys(screen, "F");
    screen_wait_text(screen, "关键词", 0);
    screen_type(screen, "捕捉 白鹭");
    screen_keys(screen, "<Enter>");
    screen_wait_text(screen, short_number(heron), 0);
    screen_wait_gone(screen, short_number(other), 0);
    screen_keys(screen, "q:search 麻将馆<Enter>");
    screen_wait_text(screen, short_number(other), 0);
    screen_wait_gone(screen, short_number(heron), 0);
    screen_close(screen);
}

static void test_a_filter_narrows_what_the_words_find(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(stage, "operator", "{\"words\":\"河堤上的白鹭保护牌被人拆掉了\"}", number);
    struct screen *screen = stage_console(stage, "operator", 24, 80, NULL);
    screen_wait_text(screen, "待受理", 0);
    screen_keys(screen, "F");
    screen_wait_text(screen, "关键词", 0);
    screen_type(screen, "保护牌");
    screen_keys(screen, "<Tab>5<C-s>"); /* in hand, which it is not */
    screen_wait_text(screen, "保护牌 · 办理中", 0);
    screen_wait_text(screen, "没有符合条件的工单。", 0);
    screen_keys(screen, "qF");
    screen_wait_text(screen, "关键词", 0);
    screen_type(screen, "保护牌");
    screen_keys(screen, "<Tab>4<C-s>");
    screen_wait_text(screen, short_number(number), 0);
    screen_close(screen);
}

static void test_the_same_matter_shows_beside_the_intake_while_the_words_are_typed(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE];
    stage_appeal(
        stage, "operator",
        "{\"words\":\"小区门口的窨井盖不见了，晚上有人差点摔进去\",\"phone\":\"13800000123\"}",
        number);
    struct screen *screen = stage_console(stage, "operator2", 40, 120, NULL);
    screen_wait_text(screen, "待受理", 0);
    screen_keys(screen, "n");
    screen_wait_text(screen, "来电号码", 0);
    screen_type(screen, "13800000123");
    screen_keys(screen, "<Tab>");
    screen_wait_text(screen, "此来电人", 0);
    screen_wait_text(screen, short_number(number), 0);
    screen_keys(screen, "<Tab><Tab>");
    screen_type(screen, "门口窨井盖不见了，有人差点摔进去");
    screen_wait_text(screen, "可能是同一件事", 0);
    screen_close(screen);
}

static void test_a_matter_is_taken_by_its_number(void **state)
{
    (void)state;
    struct screen *screen = stage_console(stage, "operator", 40, 120, NULL);
    screen_wait_text(screen, "待受理", 0);
    screen_keys(screen, "n");
    screen_wait_text(screen, "来电号码", 0);
    screen_keys(screen, "<Tab><Tab><Tab>");
    screen_type(screen, "从昨天开始停水，到现在都没有水用，打自来水公司电话没人接");
    screen_wait_text(screen, "按内容推荐的事项", 0);
    screen_keys(screen, "<M-1>");
    screen_wait_gone(screen, "按内容推荐的事项", 0);
    screen_wait_text(screen, "建议", 0);
    screen_keys(screen, "<M-9>");
    screen_wait_text(screen, "没有这个编号的提示。", 0);
    screen_close(screen);
}

/* ---- what nobody here wrote -------------------------------------------------------------------
 */

/* The whole table of real appeals into the stage's city, which stands still meanwhile. False, with
 * a line, where it is not here. */
static bool import_real_appeals(void)
{
    const char *data = getenv("MINQING_TEST_DATA");
    if (!data || !*data) {
        print_message("skipped: MINQING_TEST_DATA does not name the real inputs\n");
        return false;
    }
    struct test_platform *p = stage->platform;
    char file[4096];
    (void)snprintf(file, sizeof file, "%s/appeals/appeals_hot.csv", data);
    const char *const words[] = {"import",       "appeals", file,        "--channel",
                                 "hotline12345", "--db",    p->database, NULL};
    test_platform_kill(p);
    char *output = NULL;
    assert_int_equal(test_minqingd(words, NULL, &output), 0);
    assert_non_null(strstr(output, "4326 new"));
    free(output);
    assert_true(test_platform_restart(p));
    return true;
}

static bool is_sorted(struct screen *screen, void *user)
{
    (void)screen;
    cJSON *order = stage_order(stage, "operator", user);
    const char *code = json_text(cJSON_GetObjectItemCaseSensitive(order, "category"), "code", "");
    bool sorted = *code != '\0';
    cJSON_Delete(order);
    return sorted;
}

static bool second_is_selected(struct screen *screen, void *user)
{
    int row;
    (void)user;
    return screen_find(screen, "▌", &row, NULL) && row == 4;
}

/* The number of the selected row, whole. */
static void selected_number(struct screen *screen, char number[STAGE_NUMBER_SIZE])
{
    int row = 0;
    assert_true(screen_find(screen, "▌", &row, NULL));
    char shown[16];
    assert_int_equal(sscanf(screen_row(screen, row) + strlen("▌"), " %15[0-9-]", shown), 1);
    (void)snprintf(number, STAGE_NUMBER_SIZE, "%s", shown);
}

static void test_real_appeals_are_found_completed_and_dispatched(void **state)
{
    (void)state;
    char number[STAGE_NUMBER_SIZE], go[64];
    if (!import_real_appeals()) {
        skip();
        return;
    }
    struct screen *screen = stage_console(stage, "operator", 24, 80, NULL);
    screen_wait_text(screen, "待受理 4331", 0);
    screen_keys(screen, "F");
    screen_wait_text(screen, "关键词", 0);
    screen_type(screen, "垃圾 小区");
    screen_keys(screen, "<Tab>2<C-s>j"); /* received */
    screen_wait_text(screen, "垃圾 小区 · 已受理", 0);
    screen_wait(screen, second_is_selected, NULL, "the second row is selected", 0);
    selected_number(screen, number);
    screen_keys(screen, "i");
    screen_type(screen, "垃圾清运");
    screen_wait_text(screen, "垃圾清运不及时", 0);
    screen_keys(screen, "<Tab>");
    screen_type(screen, "富民小区");
    screen_wait_text(screen, "富民小区", 0);
    screen_keys(screen, "<C-s>");
    screen_wait(screen, is_sorted, number, "the order has a category", 0);
    screen_keys(screen, "b<Enter>");
    stage_wait_state(stage, "operator", number, "to_dispatch");
    screen_close(screen);
    screen = stage_console(stage, "dispatcher", 24, 80, NULL);
    screen_wait_text(screen, "派发审核", 0);
    (void)snprintf(go, sizeof go, ":go %s<Enter>", number);
    screen_keys(screen, go);
    screen_wait_text(screen, "垃圾清运不及时", 0);
    screen_keys(screen, "d");
    screen_wait_text(screen, "主办单位", 0);
    screen_keys(screen, "<Enter>");
    stage_wait_state(stage, "dispatcher", number, "in_hand");
    screen_close(screen);
}

int main(void)
{
#define STORY(test) cmocka_unit_test_setup_teardown(test, set_up, stage_close_all)
    const struct CMUnitTest tests[] = {
        STORY(test_words_find_an_order_that_the_queue_does_not_show),
        STORY(test_a_filter_narrows_what_the_words_find),
        STORY(test_the_same_matter_shows_beside_the_intake_while_the_words_are_typed),
        STORY(test_a_matter_is_taken_by_its_number),
        STORY(test_real_appeals_are_found_completed_and_dispatched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
