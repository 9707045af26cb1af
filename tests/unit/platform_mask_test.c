/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rule 9: what points to a person is hidden, and nothing else. */
#include "platform/domain/mask.h"

#include "core/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void masks(const char *text, const char *expected)
{
    assert_string_equal(mask_text(text, NULL, arena), expected);
}

static void keeps(const char *text)
{
    masks(text, text);
}

static void test_a_phone_keeps_its_first_three_and_last_four_digits(void **state)
{
    (void)state;
    assert_string_equal(mask_phone("13871234567", arena), "138****4567");
    assert_string_equal(mask_phone("+8613871234567", arena), "+861******4567");
    assert_string_equal(mask_phone("8761234", arena), "*******");
    assert_string_equal(mask_phone("110", arena), "***");
    assert_string_equal(mask_phone("", arena), "");
    assert_string_equal(mask_phone("王小芳13", arena), "*****");
}

static void test_a_name_keeps_its_first_character(void **state)
{
    (void)state;
    assert_string_equal(mask_name("王小芳", arena), "王**");
    assert_string_equal(mask_name("王芳", arena), "王*");
    assert_string_equal(mask_name("王", arena), "*");
    assert_string_equal(mask_name("", arena), "");
    assert_string_equal(mask_name("Ann Lee", arena), "A******");
}

static void test_mobile_numbers_are_hidden_however_they_are_written(void **state)
{
    (void)state;
    masks("请打13871234567。", "请打138****4567。");
    masks("138 7123 4567", "138 **** 4567");
    masks("138-7123-4567,", "138-****-4567,");
    masks("１３８７１２３４５６７", "１３８****４５６７");
    masks("１３８－７１２３－４５６７", "１３８－****－４５６７");
    masks("1 3 8 7 1 2 3 4 5 6 7", "1 3 8 * * * * 4 5 6 7");
    masks("138\u200b7123\u200b4567", "138\u200b****\u200b4567");
    masks("1387-123-4567", "138*-***-4567");
    masks("+86 138 7123 4567", "+86 138 **** 4567");
    masks("8613871234567", "86138****4567");
    masks("0086-138-7123-4567", "0086-138-****-4567");
    masks("013871234567", "0138****4567");
    masks("微信wx13871234567同号", "微信wx138****4567同号");
    masks("一三八七一二三四五六七", "一三八****四五六七");
    masks("幺三八七幺二三四五六七", "幺三八****四五六七");
    masks("13871234567/13971234567", "138****4567/139****4567");
    masks("13871234567 13971234567", "138****4567 139****4567");
    masks("13871234567、13971234567", "138****4567、139****4567");
    masks("11月18日13871234567打来", "11月18日138****4567打来");
    masks("2026-11-18 13871234567", "2026-11-18 138****4567");
    masks("138.7123.4567", "138.****.4567");
    masks("1387123456713971234567", "138***************4567");
}

static void test_fixed_lines_are_hidden(void **state)
{
    (void)state;
    masks("0714-8761234", "071*-*****34");
    masks("07148761234", "071******34");
    masks("(0714)8761234", "(071*)*****34");
    masks("（0714）8761234", "（071*）*****34");
    masks("010-8761-2345", "010-****-**45");
    masks("027 87612345", "027 ******45");
    masks("家里电话8761234", "家里电话*******");
    masks("联系电话：8761234", "联系电话：*******");
    masks("电话8761234号", "电话*******号");
    masks("座机 876-1234", "座机 ***-****");
}

static void test_identity_numbers_are_hidden(void **state)
{
    (void)state;
    masks("身份证420281194910011234。", "身份证420*************34。");
    masks("42028119491001123X", "420*************3X");
    masks("42028119491001123x", "420*************3x");
    masks("４２０２８１１９４９１００１１２３４", "４２０*************３４");
    masks("420281 19491001 1234", "420*** ******** **34");
    masks("420281-1949-1001-123X", "420***-****-****-**3X");
    masks("420281491001123", "420**********23");
}

static void test_bank_cards_are_hidden(void **state)
{
    (void)state;
    masks("6222021234567890123", "***************0123");
    masks("6222 0212 3456 7890", "**** **** **** 7890");
    masks("6222 0212 3456 7890 123", "**** **** **** ***0 123");
    masks("622202-1234567890", "******-******7890");
    masks("卡号4512893456789012", "卡号************9012");
}

static void test_plates_are_hidden(void **state)
{
    (void)state;
    masks("鄂B12345占道", "鄂B***45占道");
    masks("鄂B·12A45", "鄂B·***45");
    masks("鄂 B12345", "鄂 B12345"); /* a space inside the head is no plate */
    masks("鄂bD12345", "鄂b****45");
    masks("鄂Ｂ１２３４５", "鄂Ｂ***４５");
    masks("鄂B1234学", "鄂B***4学");
    keeps("川B座12楼");
    keeps("新A区");
    keeps("鄂BABCDE");
}

static void test_dates_amounts_and_order_numbers_stay(void **state)
{
    (void)state;
    keeps("2026-11-18 09:30 停水");
    keeps("2026年11月18日");
    keeps("20261118");
    keeps("欠薪138712.50元，共12人");
    keeps("1,387,123.45元");
    keeps("8761234元");
    keeps("工单261118-0042-7");
    keeps("来源编号202411180000123456");
    keeps("DH20241118000123");
    keeps("湖滨路12号3栋2单元1801");
    keeps("2024年1月至9月15200件");
    keeps("12345热线、12315");
    keeps("电费1234567元");
    keeps("1949-10-01 123");
    keeps("18-19-20号楼");
    keeps("面积13000平方米");
    keeps("");
}

static void test_the_persons_own_name_is_hidden_where_it_is_known(void **state)
{
    (void)state;
    assert_string_equal(mask_text("我叫王小芳，王小芳住这里", "王小芳", arena),
                        "我叫王**，王**住这里");
    assert_string_equal(mask_text("王 小 芳", "王小芳", arena), "王 * *");
    assert_string_equal(mask_text("王小芳", "", arena), "王小芳");
    assert_string_equal(mask_text("王府井", "王", arena), "王府井");
    assert_string_equal(mask_text("王小", "王小芳", arena), "王小");
    assert_string_equal(mask_text("阿卜杜拉买买提来电", "阿卜杜拉·买买提", arena), "阿******来电");
}

static void test_a_title_is_one_masked_line_of_twenty_four_characters(void **state)
{
    (void)state;
    assert_string_equal(mask_title("  停水\n三天\t了  ", NULL, arena), "停水 三天 了");
    assert_string_equal(
        mask_title("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳", NULL, arena),
        "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯…");
    assert_string_equal(mask_title("王小芳13871234567", "王小芳", arena), "王**138****4567");
    assert_string_equal(mask_title("停\u202e水\x1b[31m", NULL, arena), "停 水 [31m");
    /* Cut after masking: the hidden digits stay hidden when the end falls inside a number. */
    assert_string_equal(mask_title("甲乙丙丁戊己庚辛壬癸甲乙丙丁戊己庚辛13871234567", NULL, arena),
                        "甲乙丙丁戊己庚辛壬癸甲乙丙丁戊己庚辛138***…");
}

static void test_a_phone_number_is_kept_as_digits(void **state)
{
    (void)state;
    assert_string_equal(phone_normalise("138 7123-4567", arena), "13871234567");
    assert_string_equal(phone_normalise("１３８７１２３４５６７", arena), "13871234567");
    assert_string_equal(phone_normalise("+86 (714) 8761234", arena), "+867148761234");
    assert_string_equal(phone_normalise("不详", arena), "");
    assert_string_equal(phone_normalise("13871234567转3", arena), "");
    assert_string_equal(phone_normalise("12", arena), "");
    assert_string_equal(phone_normalise("", arena), "");
    assert_string_equal(phone_normalise("138+71234567", arena), "");
    assert_string_equal(phone_normalise("1234567890123456", arena), "");
}

/* Whatever the text is, the result is valid UTF-8 with as many characters, and none of the mobile
 * number's middle digits survives anywhere. */
static void test_noise_around_a_number_does_not_uncover_it(void **state)
{
    (void)state;
    static const char *const pieces[] = {"水",   " ",  "-",       "2026", "元",
                                         "X",    "，", "12",      "\xff", "鄂B",
                                         "电话", "\n", "8761234", "+",    "第3号"};
    uint64_t random = 20261118;
    for (int i = 0; i < 20000; i++) {
        char text[256] = "";
        size_t n = 0;
        for (int j = 0; j < 6; j++) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            const char *piece = pieces[(random >> 33) % (sizeof pieces / sizeof pieces[0])];
            /* Digits directly before or behind make it another number. */
            if (j == 3)
                n += (size_t)snprintf(text + n, sizeof text - n, "，13871234567，");
            n += (size_t)snprintf(text + n, sizeof text - n, "%s", piece);
        }
        const char *masked = mask_text(text, "王小芳", arena);
        assert_true(utf8_valid(masked, strlen(masked)));
        assert_int_equal(utf8_count(masked), utf8_count(text));
        if (strstr(masked, "7123"))
            fail_msg("%s -> %s", text, masked);
        arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_phone_keeps_its_first_three_and_last_four_digits),
        cmocka_unit_test(test_a_name_keeps_its_first_character),
        cmocka_unit_test(test_mobile_numbers_are_hidden_however_they_are_written),
        cmocka_unit_test(test_fixed_lines_are_hidden),
        cmocka_unit_test(test_identity_numbers_are_hidden),
        cmocka_unit_test(test_bank_cards_are_hidden),
        cmocka_unit_test(test_plates_are_hidden),
        cmocka_unit_test(test_dates_amounts_and_order_numbers_stay),
        cmocka_unit_test(test_the_persons_own_name_is_hidden_where_it_is_known),
        cmocka_unit_test(test_a_title_is_one_masked_line_of_twenty_four_characters),
        cmocka_unit_test(test_a_phone_number_is_kept_as_digits),
        cmocka_unit_test(test_noise_around_a_number_does_not_uncover_it),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
