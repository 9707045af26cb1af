/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/buf.h"
#include "core/pinyin.h"
#include "core/text.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void readings_are_toneless_with_the_most_usual_first(void **state)
{
    (void)state;
    static const struct {
        const char *hanzi, *readings;
    } cases[] = {
        {"大", "da dai"},
        {"冶", "ye"},
        {"市", "shi"},
        {"长", "zhang chang"},
        {"重", "zhong chong"},
        {"厦", "sha xia"},
        {"行", "xing hang heng"},
        {"都", "dou du"},
        {"朝", "chao zhao"},
        {"乐", "le yue"},
        {"曾", "ceng zeng"},
        {"六", "liu lu"},
        {"堡", "bao bu pu"},
        {"泊", "po bo"},
        {"单", "dan chan shan"},
        {"女", "nv"},
        {"吕", "lv"},
        {"略", "lve"},
        {"绿", "lv lu"},
        {"鄂", "e"},
        {"洞", "dong tong"},
        {"湖", "hu"},
        {"家", "jia"},
        {"广", "guang"},
        {"谷", "gu yu"},
        {"街", "jie"},
        {"陂", "bei pi po"},
        {"〇", "ling"},
        {"嗯", "n ng"},
        {"長", "zhang chang"},
        {"𠀀", "he"},
        {"亍", "chu"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t c;
        utf8_decode(cases[i].hanzi, strlen(cases[i].hanzi), &c);
        const char *readings[PINYIN_READINGS_MAX];
        size_t n = pinyin_readings(c, readings);
        struct buf all = BUF_EMPTY;
        buf_add_text(&all, "");
        for (size_t k = 0; k < n; k++)
            buf_printf(&all, "%s%s", k ? " " : "", readings[k]);
        if (strcmp(all.data, cases[i].readings) != 0)
            print_message("%s reads %s, not %s\n", cases[i].hanzi, all.data, cases[i].readings);
        assert_string_equal(all.data, cases[i].readings);
        buf_free(&all);
    }
}

static void what_is_no_hanzi_has_no_reading(void **state)
{
    (void)state;
    static const uint32_t cases[] = {0,       'a',     '0',      0xE9,     0x3000,     0x3001,
                                     0x3042,  0xAC00,  0xFF21,   0xFFFD,   0x1F600,    0x323B0,
                                     0x3FFFF, 0x40000, 0x10FFFF, 0x110000, 0x80000000, 0xFFFFFFFF};
    const char *readings[PINYIN_READINGS_MAX];
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(pinyin_readings(cases[i], readings), 0);
}

static void every_reading_is_short_small_ascii_and_no_reading_comes_twice(void **state)
{
    (void)state;
    size_t hanzi = 0;
    for (uint32_t c = 0; c < 0x40000; c++) {
        const char *readings[PINYIN_READINGS_MAX];
        size_t n = pinyin_readings(c, readings);
        assert_true(n <= PINYIN_READINGS_MAX);
        assert_true(n == 0 || text_is_hanzi(c));
        hanzi += n > 0;
        for (size_t i = 0; i < n; i++) {
            size_t length = strlen(readings[i]);
            assert_in_range(length, 1, 6);
            assert_int_equal(strspn(readings[i], "abcdefghijklmnopqrstuvwxyz"), length);
            for (size_t k = 0; k < i; k++)
                assert_string_not_equal(readings[i], readings[k]);
        }
    }
    assert_true(hanzi > 40000);
}

static void the_hanzi_of_everyday_use_all_have_a_reading(void **state)
{
    (void)state;
    /* The block's first 20,902, which GB18030 asks of every system. */
    size_t without = 0;
    for (uint32_t c = 0x4E00; c <= 0x9FA5; c++) {
        const char *readings[PINYIN_READINGS_MAX];
        without += pinyin_readings(c, readings) == 0;
    }
    assert_true(without < 100);
}

static void the_usual_syllables_are_all_there(void **state)
{
    (void)state;
    static const struct {
        const char *hanzi, *reading;
    } cases[] = {
        {"阿", "a"},   {"爱", "ai"},  {"安", "an"},     {"昂", "ang"},    {"奥", "ao"},
        {"衣", "yi"},  {"五", "wu"},  {"鱼", "yu"},     {"月", "yue"},    {"元", "yuan"},
        {"云", "yun"}, {"二", "er"},  {"装", "zhuang"}, {"双", "shuang"}, {"窗", "chuang"},
        {"略", "lve"}, {"虐", "nve"}, {"旅", "lv"},     {"雄", "xiong"},  {"琼", "qiong"},
        {"区", "ou"},  {"仇", "qiu"}, {"查", "zha"},    {"解", "xie"},    {"盖", "ge"},
        {"尉", "yu"},  {"蔚", "yu"},  {"铅", "yan"},    {"番", "pan"},    {"浒", "xu"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t c;
        utf8_decode(cases[i].hanzi, strlen(cases[i].hanzi), &c);
        const char *readings[PINYIN_READINGS_MAX];
        size_t n = pinyin_readings(c, readings), k = 0;
        while (k < n && strcmp(readings[k], cases[i].reading) != 0)
            k++;
        if (k == n)
            fail_msg("%s is not read %s", cases[i].hanzi, cases[i].reading);
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_are_toneless_with_the_most_usual_first),
        cmocka_unit_test(what_is_no_hanzi_has_no_reading),
        cmocka_unit_test(every_reading_is_short_small_ascii_and_no_reading_comes_twice),
        cmocka_unit_test(the_hanzi_of_everyday_use_all_have_a_reading),
        cmocka_unit_test(the_usual_syllables_are_all_there),
    };
    return cmocka_run_group_tests_name("core/pinyin", tests, NULL, NULL);
}
