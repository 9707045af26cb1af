/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which words a text has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/words.h"
#include <stdlib.h>
#include <string.h>

static void note(void *user, const char *word, size_t length)
{
    struct buf *out = user;
    assert_true(length > 0 && length <= WORD_MAX);
    assert_null(memchr(word, '\0', length));
    buf_add_text(out, out->length ? " " : "");
    buf_add(out, word, length);
}

static void expect(const char *text, const char *words)
{
    struct buf out = BUF_EMPTY;
    buf_add(&out, "", 0);
    words_each(text, note, &out);
    assert_string_equal(out.data, words);
    buf_free(&out);
}

static void test_hanzi(void **state)
{
    (void)state;
    expect("停水", "停水");
    expect("小区停水", "小区 区停 停水");
    expect("停水，没水", "停水 没水");
    expect("停 水", "");
    expect("〇一", "〇一");
    expect("", "");
}

static void test_runs(void **state)
{
    (void)state;
    expect("12345", "12345");
    expect("DN200", "dn200");
    expect("ＤＮ２００", "dn200");
    expect("wifi router", "wifi router");
    expect("Ünïted", "ünïted");
    expect("3.5", "3 5");
}

static void test_mixtures(void **state)
{
    (void)state;
    expect("A3区", "a3 a3区");
    expect("5G基站", "5g 5g基 基站");
    expect("12345热线", "12345 12345热 热线");
    expect("在3号楼", "3 在3 3号 号楼");
}

/* Whatever is asked with the same letters finds what was said. */
static void test_question_is_part_of_text(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    words_each("A市A3区联丰路米兰春天G2栋320，5Ｇ基站", note, &out);
    static const char *const asked[] = {"a3区", "g2栋", "5g基", "基站", "栋320", "320", "米兰"};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        assert_non_null(strstr(out.data, asked[i]));
    buf_free(&out);
}

static void test_masked(void **state)
{
    (void)state;
    expect("138****4567", "");
    expect("电话138****4567请回", "电话 请回");
    expect("电话***********请回", "电话 请回");
    expect("鄂B***45停车", "停车");
    expect("a*", "");
    expect("*a", "");
    expect("＊12", "");
}

static void test_lost(void **state)
{
    (void)state;
    assert_int_equal(words_lost("水"), 1);
    assert_int_equal(words_lost("水 电"), 2);
    assert_int_equal(words_lost("停水 电"), 1);
    assert_int_equal(words_lost("停水"), 0);
    assert_int_equal(words_lost("a"), 0);
    assert_int_equal(words_lost("138****4567"), 2);
    assert_int_equal(words_lost("，。 ！"), 0);
    assert_int_equal(words_lost(""), 0);
}

static void test_foreign_bytes(void **state)
{
    (void)state;
    expect("停\xff水", "");
    expect("\xe5\x81", "");
    expect("停水\xf0\x9f", "停水");
    /* A long run is cut, whole characters of it, and its end is not a word of its own. */
    char run[400];
    memset(run, 'x', sizeof run - 1);
    run[sizeof run - 1] = '\0';
    char cut[WORD_UNIT_MAX + 1];
    memset(cut, 'x', WORD_UNIT_MAX);
    cut[WORD_UNIT_MAX] = '\0';
    expect(run, cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"hanzi are pairs of neighbours, and nothing joins over a sign or a space", test_hanzi,
         NULL, NULL, NULL},
        {"a run of letters or digits is one word, small and of ASCII where it can be", test_runs,
         NULL, NULL, NULL},
        {"a run and the hanzi beside it are a word", test_mixtures, NULL, NULL, NULL},
        {"whatever part of a text is asked for has words of that text",
         test_question_is_part_of_text, NULL, NULL, NULL},
        {"what a mask touches is no word, nor a part of one", test_masked, NULL, NULL, NULL},
        {"what cannot be looked up is counted", test_lost, NULL, NULL, NULL},
        {"malformed bytes part words; a run without end is cut", test_foreign_bytes, NULL, NULL,
         NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
