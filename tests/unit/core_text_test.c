/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define REPLACED     "\xEF\xBF\xBD"

/* --- UTF-8 ---------------------------------------------------------------------------------- */

static void every_code_point_survives_encoding_and_decoding(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c == 0xD800)
            c = 0xE000;
        char bytes[4];
        size_t n = utf8_encode(c, bytes);
        assert_int_equal(n, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
        uint32_t back = 1;
        assert_int_equal(utf8_decode(bytes, n, &back), n);
        assert_int_equal(back, c);
        /* Cut anywhere it is malformed: one byte at a time. */
        for (size_t cut = 1; cut < n; cut++) {
            assert_int_equal(utf8_decode(bytes, cut, &back), 1);
            assert_int_equal(back, 0xFFFD);
        }
    }
}

static void what_is_no_code_point_is_encoded_as_the_replacement(void **state)
{
    (void)state;
    static const uint32_t cases[] = {0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0x110000, 0xFFFFFFFF};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char bytes[4];
        assert_int_equal(utf8_encode(cases[i], bytes), 3);
        assert_memory_equal(bytes, REPLACED, 3);
    }
}

static void code_points_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(""), 0);
    assert_int_equal(utf8_count("a大é😀"), 4);
    assert_int_equal(utf8_count("e\xCC\x81"), 2);
    assert_int_equal(utf8_count("\xFF\xFF大"), 3);
}

/* --- cells ---------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    int cells;
} width_cases[] = {
    {"", 0},
    {"abc", 3},
    {"大冶市", 6},
    {"，。", 4},
    {"ＡＢ", 4},
    {"ｱｲ", 2}, /* half-width katakana */
    {"한", 2},
    {"かな", 4},
    {"é", 1},
    {"e\xCC\x81", 1}, /* e and a combining acute */
    {"\xCC\x81", 0},  /* alone */
    {"😀", 2},
    {"👍🏽", 4},
    {"🇨🇳", 2}, /* each half counts */
    {"…", 1},
    {"“”", 2},
    {"·", 1}, /* ambiguous: narrow in this locale */
    {"①", 1},
    {"𠮷", 2},
    {"\xE3\x80\x80", 2},  /* ideographic space */
    {"☎\xEF\xB8\x8F", 1}, /* variation selector 16 */
    {"\xEF\xBF\xBD", 1},
    {"\x01", 1},
    {"\xFF", 1},
};

static void cells_follow_the_locale(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(width_cases); i++)
        if (text_width(width_cases[i].text) != width_cases[i].cells)
            fail_msg("\"%s\" is %d cells", width_cases[i].text, text_width(width_cases[i].text));
    assert_int_equal(text_char_width(0x5927), 2);
    assert_int_equal(text_char_width(0x301), 0);
    assert_int_equal(text_char_width(0x1B), 1);
    assert_int_equal(text_char_width(0x7F), 1);
    assert_int_equal(text_char_width(0x10FFFF), 1);
    assert_int_equal(text_char_width(0xFFFFFFFF), 1);
}

static void cutting_never_halves_a_wide_character_or_loses_its_marks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int cells;
        const char *cut;
        int used;
    } cases[] = {
        {"abc", 2, "ab", 2},
        {"abc", 3, "abc", 3},
        {"abc", 9, "abc", 3},
        {"abc", 0, "", 0},
        {"abc", -1, "", 0},
        {"大冶市", 1, "", 0},
        {"大冶市", 2, "大", 2},
        {"大冶市", 3, "大", 2},
        {"大冶市", 5, "大冶", 4},
        {"a大", 2, "a", 1},
        {"e\xCC\x81\xCC\xA3x", 1, "e\xCC\x81\xCC\xA3", 1},
        {"大\xCC\x81冶", 2, "大\xCC\x81", 2},
        {"大\xCC\x81冶", 3, "大\xCC\x81", 2},
        {"👍🏽", 3, "👍", 2},
        {"a\xFF"
         "b",
         2, "a\xFF", 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int used = -1;
        size_t n = text_cut(cases[i].text, cases[i].cells, &used);
        if (n != strlen(cases[i].cut) || used != cases[i].used)
            fail_msg("\"%s\" in %d: %zu bytes, %d cells", cases[i].text, cases[i].cells, n, used);
        assert_int_equal(text_cut(cases[i].text, cases[i].cells, NULL), n);
    }
}

static void fitting_fills_exactly_the_cells(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int cells;
        const char *fitted;
    } cases[] = {
        {"ab", 4, "ab  "},
        {"abcd", 4, "abcd"},
        {"abcde", 4, "abc…"},
        {"", 3, "   "},
        {"abc", 0, ""},
        {"abc", -3, ""},
        {"abc", 1, "…"},
        {"大", 1, "…"},
        {"大冶", 4, "大冶"},
        {"大冶市", 5, "大冶…"},
        {"大冶市", 4, "大… "},
        {"大冶市", 3, "大…"},
        {"大冶市", 2, "… "},
        {"大冶市", 7, "大冶市 "},
        {"a大冶", 4, "a大…"},
        {"e\xCC\x81"
         "ab",
         2, "e\xCC\x81…"},
        {"ab   ", 2, "ab"},
        {"ab\n", 3, "ab "},
        {"ab  c", 3, "ab…"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf buf = BUF_EMPTY;
        buf_add_text(&buf, "<");
        text_fit(&buf, cases[i].text, cases[i].cells);
        assert_string_equal(buf.data + 1, cases[i].fitted);
        assert_int_equal(text_width(buf.data + 1), cases[i].cells < 0 ? 0 : cases[i].cells);
        buf_free(&buf);
    }
}

/* The lines of `text`, joined by "|". */
static void wrapped(const char *text, int cells, struct buf *out)
{
    buf_clear(out);
    buf_add_text(out, "");
    while (*text) {
        size_t n = text_wrap(text, cells);
        assert_true(n > 0 && n <= strlen(text));
        buf_add(out, text, n);
        buf_add_char(out, '|');
        text += n;
    }
}

static void lines_end_at_newlines_spaces_and_between_hanzi(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int cells;
        const char *lines;
    } cases[] = {
        {"", 5, ""},
        {"hello", 5, "hello|"},
        {"hello world", 5, "hello |world|"},
        {"hello world", 6, "hello |world|"},
        {"hello world", 10, "hello |world|"},
        {"hello world", 11, "hello world|"},
        {"a b c d", 3, "a b |c d|"},
        {"ab   cd", 2, "ab   |cd|"},
        {"ab  \xCC\x81 cd", 3, "ab  \xCC\x81 |cd|"}, /* a mark on a space that hangs over */
        {"abcdefgh", 3, "abc|def|gh|"},
        {"x abcdefgh", 4, "x |abcd|efgh|"},
        {"ab\ncd", 5, "ab\n|cd|"},
        {"ab\ncd", 2, "ab\n|cd|"},
        {"ab  \ncd", 2, "ab  \n|cd|"},
        {"\n\nab", 4, "\n|\n|ab|"},
        {"   ", 2, "   |"},
        {"大冶市金湖", 4, "大冶|市金|湖|"},
        {"大冶市金湖", 5, "大冶|市金|湖|"},
        {"大冶市", 1, "大|冶|市|"},
        {"大e\xCC\x81", 1, "大|e\xCC\x81|"},
        {"e\xCC\x81"
         "f",
         1, "e\xCC\x81|f|"},
        {"ab大冶", 4, "ab大|冶|"},
        {"大冶abc", 6, "大冶|abc|"},
        /* no line begins with what closes, or ends with what opens */
        {"路灯不亮，请修", 8, "路灯不|亮，请修|"},
        {"路灯不亮，请修", 10, "路灯不亮，|请修|"},
        {"在“金湖”路", 3, "在|“金|湖”|路|"},
        {"请修（急）路", 6, "请修|（急）|路|"},
        {"见《条例》", 4, "见|《条|例》|"},
    };
    struct buf out = BUF_EMPTY;
    for (size_t i = 0; i < COUNT(cases); i++) {
        wrapped(cases[i].text, cases[i].cells, &out);
        if (strcmp(out.data, cases[i].lines) != 0)
            fail_msg("\"%s\" in %d: %s", cases[i].text, cases[i].cells, out.data);
    }
    buf_free(&out);
    assert_int_equal(text_wrap("", 5), 0);
    assert_int_equal(text_wrap("abc", 0), 0);
    assert_int_equal(text_wrap("abc", -1), 0);
}

static void no_line_is_wider_than_asked(void **state)
{
    (void)state;
    static const char text[] =
        "市民反映：金湖街道湖滨路 12 号（近第三小学）路灯 3 天不亮，“请尽快修好”！\n"
        "long-word-without-any-place-to-break e\xCC\x81\xCC\x81 😀😀\xFF 大";
    for (int cells = 2; cells < 90; cells++)
        for (const char *p = text; *p;) {
            size_t n = text_wrap(p, cells), shown = n;
            assert_true(n > 0);
            while (shown > 0 && (p[shown - 1] == ' ' || p[shown - 1] == '\n'))
                shown--;
            assert_true(text_cut(p, cells, NULL) >= shown);
            p += n;
        }
}

/* --- matching ------------------------------------------------------------------------------- */

static void hanzi_are_ideographs_of_all_blocks_and_nothing_else(void **state)
{
    (void)state;
    static const uint32_t hanzi[] = {0x3007,  0x3400,  0x4DBF,  0x4E00,  0x51B6,
                                     0x9FFF,  0xF900,  0xFAD9,  0x20000, 0x2A6DF,
                                     0x2EBF0, 0x2F800, 0x2FA1D, 0x30000, 0x323AF};
    static const uint32_t others[] = {0,      'a',    0x3001,  0x3005,  0x3006,
                                      0x3042, 0x30A2, 0x4DC0,  0xAC00,  0xFF21,
                                      0xFFFD, 0xE000, 0x1F600, 0x2FFFE, 0x40000};
    for (size_t i = 0; i < COUNT(hanzi); i++)
        assert_true(text_is_hanzi(hanzi[i]));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(text_is_hanzi(others[i]));
}

static void folding_evens_out_width_case_and_spaces(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded;
    } cases[] = {
        {"", ""},
        {"Hu Bin Lu", "hubinlu"},
        {"ＡＢＣ１２３（ｘ）～", "abc123(x)~"},
        {"金湖\xE3\x80\x80街道 12 号", "金湖街道12号"},
        {" \t\r\n\xC2\xA0\xE2\x80\x83", ""},
        {"É", "É"},
        {"\xFFZ", REPLACED "z"},
        {"！＂＠Ｚ［", "!\"@z["},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf buf = BUF_EMPTY;
        buf_add_text(&buf, "<");
        text_fold(&buf, cases[i].text);
        assert_string_equal(buf.data + 1, cases[i].folded);
        buf_free(&buf);
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_survives_encoding_and_decoding),
        cmocka_unit_test(what_is_no_code_point_is_encoded_as_the_replacement),
        cmocka_unit_test(code_points_are_counted_not_bytes),
        cmocka_unit_test(cells_follow_the_locale),
        cmocka_unit_test(cutting_never_halves_a_wide_character_or_loses_its_marks),
        cmocka_unit_test(fitting_fills_exactly_the_cells),
        cmocka_unit_test(lines_end_at_newlines_spaces_and_between_hanzi),
        cmocka_unit_test(no_line_is_wider_than_asked),
        cmocka_unit_test(hanzi_are_ideographs_of_all_blocks_and_nothing_else),
        cmocka_unit_test(folding_evens_out_width_case_and_spaces),
    };
    return cmocka_run_group_tests_name("core/text", tests, NULL, NULL);
}
