/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array)   (sizeof(array) / sizeof(array)[0])
#define BYTES(literal) literal, sizeof literal - 1
#define REPLACED       "\xEF\xBF\xBD"

static const struct malformed_case {
    const char *what, *bytes;
    size_t n;
    size_t replaced; /* how many U+FFFD it becomes */
} malformed_cases[] = {
    {"lone continuation", BYTES("\x80"), 1},
    {"last continuation", BYTES("\xBF"), 1},
    {"raw C1 CSI", BYTES("\x9B"), 1},
    {"two continuations", BYTES("\xBF\x80"), 2},
    {"lead without continuation", BYTES("\xC3"), 1},
    {"lead before ASCII",
     BYTES("\xC3"
           "a"),
     1},
    {"three bytes cut after one", BYTES("\xE5"), 1},
    {"three bytes cut after two", BYTES("\xE5\xA4"), 2},
    {"four bytes cut after three", BYTES("\xF0\x9F\x98"), 3},
    {"overlong slash, two bytes", BYTES("\xC0\xAF"), 2},
    {"overlong NUL", BYTES("\xC0\x80"), 2},
    {"overlong DEL", BYTES("\xC1\xBF"), 2},
    {"overlong slash, three bytes", BYTES("\xE0\x80\xAF"), 3},
    {"greatest overlong, three bytes", BYTES("\xE0\x9F\xBF"), 3},
    {"overlong slash, four bytes", BYTES("\xF0\x80\x80\xAF"), 4},
    {"greatest overlong, four bytes", BYTES("\xF0\x8F\xBF\xBF"), 4},
    {"first surrogate", BYTES("\xED\xA0\x80"), 3},
    {"last surrogate", BYTES("\xED\xBF\xBF"), 3},
    {"surrogate pair", BYTES("\xED\xA0\xBD\xED\xB8\x80"), 6},
    {"past the end", BYTES("\xF4\x90\x80\x80"), 4},
    {"lead of the far past", BYTES("\xF5\x80\x80\x80"), 4},
    {"five bytes", BYTES("\xF8\x88\x80\x80\x80"), 5},
    {"six bytes", BYTES("\xFC\x84\x80\x80\x80\x80"), 6},
    {"FE", BYTES("\xFE"), 1},
    {"FF FE", BYTES("\xFF\xFE"), 2},
    {"good, bad, good", BYTES("\xE5\xA4\xA7\xA4\xE5\xA4\xA7"), 1},
    {"cut hanzi before a hanzi", BYTES("\xE5\xA4\xE5\xA4\xA7"), 2},
    {"GB18030 bytes of 大冶", BYTES("\xB4\xF3\xD2\xB1"), 2} /* D2 B1 is a letter */,
};

static void malformed_bytes_are_replaced_one_by_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(malformed_cases); i++) {
        const struct malformed_case *c = &malformed_cases[i];
        char *exact = malloc(c->n); /* so that the sanitizer sees a read too far */
        memcpy(exact, c->bytes, c->n);
        if (utf8_valid(exact, c->n))
            fail_msg("valid: %s", c->what);
        struct buf buf = BUF_EMPTY;
        text_clean(&buf, exact, c->n, false);
        assert_true(utf8_valid(buf.data, buf.length));
        size_t replaced = 0;
        for (const char *p = buf.data; (p = strstr(p, REPLACED)); p += 3)
            replaced++;
        if (replaced != c->replaced)
            fail_msg("%s: %zu replaced", c->what, replaced);
        buf_free(&buf);
        free(exact);
    }
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid(BYTES("a\0b")));
    assert_true(utf8_valid(BYTES(REPLACED "\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF")));
}

static void dangerous_characters_are_replaced(void **state)
{
    (void)state;
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x08},         {0x0B, 0x1F},     {0x7F, 0x9F},       {0x061C, 0x061C},
        {0x200B, 0x200F},     {0x2028, 0x202E}, {0x2060, 0x2064},   {0x2066, 0x2069},
        {0xFEFF, 0xFEFF},     {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}, {0xFFFE, 0xFFFF},
        {0x10FFFE, 0x10FFFF},
    };
    for (size_t i = 0; i < COUNT(ranges); i++)
        for (uint32_t c = ranges[i].first; c <= ranges[i].last; c++) {
            char bytes[6] = "a";
            size_t n = 1 + utf8_encode(c, bytes + 1);
            bytes[n++] = 'b';
            for (int keep_lines = 0; keep_lines < 2; keep_lines++) {
                struct buf buf = BUF_EMPTY;
                text_clean(&buf, bytes, n, keep_lines);
                if (strcmp(buf.data, "a" REPLACED "b") != 0)
                    fail_msg("U+%04X becomes %s", c, buf.data);
                buf_free(&buf);
            }
            assert_false(text_is_safe(c));
        }
    assert_false(text_is_safe('\n'));
    assert_false(text_is_safe(0xD800));
    assert_false(text_is_safe(0x110000));
    assert_false(text_is_safe(0xFFFFFFFF));
}

static void harmless_text_stays_as_it_is(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "abc ~",
        "大冶市：“路灯”不亮！",
        "e\xCC\x81",
        "😀👍🏽",
        "한글かな",
        "½①㎡℃",
        REPLACED,
        "\xC2\xA0",
        "\xE3\x80\x80",
        "☎\xEF\xB8\x8F",
        "𠮷\xF3\xA0\x84\x80",
        "\xF0\xAE\xAF\xB0",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf buf = BUF_EMPTY;
        text_clean(&buf, cases[i], strlen(cases[i]), false);
        assert_string_equal(buf.data, cases[i]);
        buf_free(&buf);
    }
}

static void cleaning_mixes_and_keeps_lines_when_asked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        const char *one_line, *lines;
    } cases[] = {
        {BYTES("a\nb\tc"), "a b c", "a\nb c"},
        {BYTES("a\r\nb"), "a b", "a\nb"},
        {BYTES("a\rb"), "a" REPLACED "b", "a" REPLACED "b"},
        {BYTES("a\r\r\n"), "a" REPLACED " ", "a" REPLACED "\n"},
        {BYTES("\r"), REPLACED, REPLACED},
        {BYTES("\x1b[2J\x1b]0;x\x07"), REPLACED "[2J" REPLACED "]0;x" REPLACED,
         REPLACED "[2J" REPLACED "]0;x" REPLACED},
        {BYTES("\xC2\x9B"
               "31m\x9B"
               "31m"),
         REPLACED "31m" REPLACED "31m", REPLACED "31m" REPLACED "31m"},
        {BYTES("大\0冶"), "大" REPLACED "冶", "大" REPLACED "冶"},
        {BYTES("\xE2\x80\xAE"
               "gpj.exe"),
         REPLACED "gpj.exe", REPLACED "gpj.exe"},
        {BYTES("\xE5\xA4\nx"), REPLACED REPLACED " x", REPLACED REPLACED "\nx"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf buf = BUF_EMPTY;
        text_clean(&buf, cases[i].text, cases[i].n, false);
        assert_string_equal(buf.data, cases[i].one_line);
        buf_clear(&buf);
        text_clean(&buf, cases[i].text, cases[i].n, true);
        assert_string_equal(buf.data, cases[i].lines);
        buf_free(&buf);
    }
}

static void any_bytes_come_out_clean_and_cleaning_again_changes_nothing(void **state)
{
    (void)state;
    uint32_t seed = 20261118; /* the same bytes at each run */
    for (int round = 0; round < 3000; round++) {
        char bytes[64];
        size_t n = (size_t)round % sizeof bytes;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            static const char leads[] = "\xE2\x80\xC2\xF3\xA0\xE5\x1b\n";
            bytes[i] = (char)(seed & 0x10000 ? seed >> 24 : (uint32_t)leads[seed >> 24 & 7]);
        }
        struct buf once = BUF_EMPTY, twice = BUF_EMPTY;
        text_clean(&once, bytes, n, round & 1);
        assert_true(utf8_valid(once.data, once.length));
        for (size_t i = 0; i < once.length;) {
            uint32_t c;
            i += utf8_decode(once.data + i, once.length - i, &c);
            assert_true(text_is_safe(c) || (c == '\n' && (round & 1)));
        }
        text_clean(&twice, once.data, once.length, round & 1);
        assert_string_equal(once.data, twice.data);
        buf_free(&once);
        buf_free(&twice);
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_bytes_are_replaced_one_by_one),
        cmocka_unit_test(dangerous_characters_are_replaced),
        cmocka_unit_test(harmless_text_stays_as_it_is),
        cmocka_unit_test(cleaning_mixes_and_keeps_lines_when_asked),
        cmocka_unit_test(any_bytes_come_out_clean_and_cleaning_again_changes_nothing),
    };
    return cmocka_run_group_tests_name("core/text: hostile text", tests, NULL, NULL);
}
