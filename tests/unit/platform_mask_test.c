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
    masks("壹叁捌柒壹贰叁肆伍陆柒", "壹叁捌****肆伍陆柒");
    masks("1️⃣3️⃣8️⃣7️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣",
          "1️⃣3️⃣8️⃣*️⃣*️⃣*️⃣*️⃣4️⃣5️⃣6️⃣7️⃣");
    masks("13871234567/13971234567", "138****4567/139****4567");
    masks("13871234567 13971234567", "138****4567 139****4567");
    masks("13871234567、13971234567", "138****4567、139****4567");
    masks("11月18日13871234567打来", "11月18日138****4567打来");
    masks("2026-11-18 13871234567", "2026-11-18 138****4567");
    masks("138.7123.4567", "138.****.4567");
    masks("1387123456713971234567", "138***************4567");
}

static void test_mobile_numbers_are_hidden_whatever_parts_their_groups(void **state)
{
    static const char *const signs[] = {"\n", "，",  ",",    "/", "~", "、",
                                        ".",  " / ", "，\n", "-", "）"};
    static const size_t groups[][4] = {{3, 4, 4}, {3, 3, 5}, {4, 4, 3}, {2, 5, 4}, {2, 4, 5},
                                       {5, 3, 3}, {4, 3, 4}, {3, 8},    {7, 4}};
    (void)state;
    for (size_t s = 0; s < sizeof signs / sizeof signs[0]; s++)
        for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
            char text[100] = "请打", expected[100];
            size_t n = strlen(text), digit = 0;
            for (size_t part = 0; part < 4 && groups[g][part]; part++) {
                if (part)
                    n += (size_t)snprintf(text + n, sizeof text - n, "%s", signs[s]);
                for (size_t i = 0; i < groups[g][part]; i++, digit++)
                    text[n++] = "13871234567"[digit];
                text[n] = '\0';
            }
            /* The same with stars in the middle. */
            (void)snprintf(expected, sizeof expected, "%s", text);
            for (size_t i = 0, seen = 0; expected[i]; i++)
                if (expected[i] >= '0' && expected[i] <= '9' && ++seen > 3 && seen <= 7)
                    expected[i] = '*';
            masks(text, expected);
        }
    masks("138(7123)4567", "138(****)4567");
    masks("138（7123）4567", "138（****）4567");
    masks("1 38 7123 4567", "1 38 **** 4567");
    masks("13-8712-34567", "13-8***-*4567");
    masks("1-387-1234567", "1-38*-***4567");
    masks("①③⑧⑦①②③④⑤⑥⑦", "①③⑧****④⑤⑥⑦");
    masks("❶❸❽❼❶❷❸❹❺❻❼", "❶❸❽****❹❺❻❼");
    masks("①③⑧71234567", "①③⑧****4567");
    masks("①13871234567②停水", "①138****4567②停水");
    masks("⒈13871234567", "⒈138****4567");
    masks("一三八，七一二三，四五六七", "一三八，****，四五六七");
    masks("电话138、7123、4567号", "电话138、****、4567号");
    masks("138，7123，4567，3号楼", "138，****，4567，3号楼");
    masks("13871 23456 71397 12345", "***** ***** ***** *****");
    masks("6222 0212 3456 7890 1234", "**** **** **** **** ****");
    /* Which of the two it is nobody knows: neither is shown. */
    masks("1301、138 7123 4567", "****、*** **** ****");
    assert_string_equal(mask_text_whole("138，7123，4567", NULL, arena), "***，****，****");
}

static void test_lists_dates_amounts_and_houses_stay(void **state)
{
    (void)state;
    keeps("1、3、5、7、9、11、13、15栋");
    keeps("1 3 5 7 9 11 13 15栋");
    keeps("电话通知1、3、5、7、9、11、13、15栋");
    keeps("13、15、17、19、21、2栋停水");
    keeps("131、1302、1303室");
    keeps("1501、1502、201、202室");
    keeps("138、1390、1402号");
    keeps("补贴150、2000、3000元");
    keeps("13,871,234,567元");
    keeps("1380，20241118");
    keeps("138，20241118");
    keeps("15/11/2024 10:30");
    keeps("15/11/2024，103");
    keeps("2024/11/18，13:30~14:30");
    keeps("2019 2020 2021 2022 2023年");
    keeps("12345、12315、12333、12328");
    keeps("①②③④⑤⑥⑦⑧⑨");
    keeps("①停水，②停电，③138户");
    keeps("一、三、五、七栋");
    keeps("新A区3栋 川B座 12楼");
    keeps("川B 2024年1月");
    keeps("18~19/20，21（22）23");
    keeps("18.5、19.3、20.7、21.6度");
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
    masks("鄂 B12345", "鄂 B***45");
    masks("鄂 B 12345", "鄂 B ***45");
    masks("鄂B-123 45", "鄂B-*** 45");
    masks("鄂B 12345 6号门", "鄂B ***45 6号门");
    masks("鄂BD 123 45", "鄂B* *** 45");
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
    /* What else was typed with it does not uncover it. */
    static const char *const typed[] = {"王小芳（户主）", "王小芳女士", "王小芳 女士",
                                        " 王小芳",        "王小芳(代)", "李四、王小芳"};
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
        assert_string_equal(mask_text("户主王小芳来电", typed[i], arena), "户主王**来电");
    assert_string_equal(mask_text("户主王女士、王府井", "王女士", arena), "户主王**、王府井");
    assert_string_equal(mask_text("Ann asks Ann Lee", "Ann Lee", arena), "Ann asks A** ***");
}

static void whole(const char *text, const char *name, const char *expected)
{
    assert_string_equal(mask_text_whole(text, name, arena), expected);
}

static void test_nothing_is_left_of_a_name_that_is_hidden_altogether(void **state)
{
    (void)state;
    whole("欧阳先生来电，我姓欧阳，欧阳小川", "欧阳小川", "**先生来电，我姓**，****");
    whole("王女士，免贵姓王，王 先生，王某某和王氏，我叫王", "王芳",
          "*女士，免贵姓*，* 先生，*某某和*氏，我叫*");
    whole("王师傅王老师王同志王小姐", "王芳", "*师傅*老师*同志*小姐");
    whole("姓名：王，姓是王", "王芳", "姓名：*，姓是*");
    whole("王女士", "王芳（户主）", "*女士");
    whole("王女士", "李四、王芳", "*女士");
    whole("阿卜杜拉先生", "阿卜杜拉·买买提", "****先生");
    whole("王家反映，王家的门", "王芳", "*家反映，*家的门");
    /* A village is everybody's: without its name nobody finds the burst pipe, and half of those who
     * live there are called so. It tells no more than the order's own place. */
    whole("王家庄停水，王家大湾、王家上湾", "王芳", "王家庄停水，王家大湾、王家上湾");
    whole("王府井，国王，大王", "王芳", "王府井，国王，大王");
    /* Surnames that are words: the word is left where it is one. */
    whole("老百姓和政府，和家人，叫和平的人，和女士", "和平",
          "老百姓和政府，和家人，叫**的人，*女士");
    whole("漏水于家中，向家属说明", "于芳", "漏水于家中，向家属说明");
    whole("于某日停水，于某来电", "于芳", "于某日停水，*某来电");
    whole("商家占道，商女士", "商芳", "商家占道，*女士");
    whole("尾号4567，尾号：4567，尾号为 45 67，后四位是4567", NULL,
          "尾号****，尾号：****，尾号为 ** **，后四位是****");
    whole("尾号那户3楼漏水", NULL, "尾号那户3楼漏水");
    /* Whom everybody may know is called by his surname. */
    assert_string_equal(mask_text("王女士，姓王，尾号4567", "王芳", arena),
                        "王女士，姓王，尾号4567");
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
        cmocka_unit_test(test_mobile_numbers_are_hidden_whatever_parts_their_groups),
        cmocka_unit_test(test_lists_dates_amounts_and_houses_stay),
        cmocka_unit_test(test_fixed_lines_are_hidden),
        cmocka_unit_test(test_identity_numbers_are_hidden),
        cmocka_unit_test(test_bank_cards_are_hidden),
        cmocka_unit_test(test_plates_are_hidden),
        cmocka_unit_test(test_dates_amounts_and_order_numbers_stay),
        cmocka_unit_test(test_the_persons_own_name_is_hidden_where_it_is_known),
        cmocka_unit_test(test_nothing_is_left_of_a_name_that_is_hidden_altogether),
        cmocka_unit_test(test_a_title_is_one_masked_line_of_twenty_four_characters),
        cmocka_unit_test(test_a_phone_number_is_kept_as_digits),
        cmocka_unit_test(test_noise_around_a_number_does_not_uncover_it),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
