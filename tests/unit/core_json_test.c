/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/buf.h"
#include "core/json.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool accepts(const char *text, size_t n)
{
    cJSON *value = json_parse(text, n);
    cJSON_Delete(value);
    return value != NULL;
}

/* A literal with its length, so that NUL can be inside. */
#define CASE(text)                                                                                 \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

struct json_case {
    const char *text;
    size_t n;
};

static void well_formed_texts_are_read(void **state)
{
    (void)state;
    static const struct json_case cases[] = {
        CASE("null"),
        CASE("true"),
        CASE(" false "),
        CASE("0"),
        CASE("-0"),
        CASE("-12.5e+3"),
        CASE("1E2"),
        CASE("0.1"),
        CASE("\"\""),
        CASE("\"大冶\""),
        CASE("[]"),
        CASE("{}"),
        CASE("\t\r\n{\"a\" : [1, {\"a\":2}], \"A\":3}\n"),
        CASE("\"\\u5927\\ud83d\\ude00\""),
        CASE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
        CASE("\"\\\\u0000\""),
        CASE("\"\x7F\""),
        CASE("[\"{[\",\"]}\",\"\\\"[\"]"),
        CASE("{\"\":1}"),
        CASE("9007199254740993"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (!accepts(cases[i].text, cases[i].n))
            fail_msg("refused: %s", cases[i].text);
}

static void anything_else_is_refused(void **state)
{
    (void)state;
    static const struct json_case cases[] = {
        CASE(""),
        CASE(" "),
        CASE("{"),
        CASE("[1,]"),
        CASE("{\"a\":1,}"),
        CASE("{a:1}"),
        CASE("{'a':1}"),
        CASE("[1 2]"),
        CASE("{\"a\" 1}"),
        CASE("{\"a\":}"),
        CASE("nul"),
        CASE("nulll"),
        CASE("True"),
        CASE("NaN"),
        CASE("Infinity"),
        CASE("-"),
        CASE("+1"),
        CASE("01"),
        CASE("-01"),
        CASE("1."),
        CASE(".5"),
        CASE("1e"),
        CASE("1e+"),
        CASE("0x10"),
        CASE("1e999"),
        CASE("[-1e400]"),
        CASE("--1"),
        CASE("1-1"),
        /* something behind the value */
        CASE("1 2"),
        CASE("{} {}"),
        CASE("[]]"),
        CASE("null,"),
        CASE("{}x"),
        CASE("1//"),
        /* NUL, controls, and spaces that JSON does not know */
        CASE("1\0"),
        CASE("\"a\0b\""),
        CASE("{\"a\0\":1}"),
        CASE("\"\\u0000\""),
        CASE("{\"\\u0000a\":1}"),
        CASE("\"a\\u0000\""),
        CASE("\"\n\""),
        CASE("\"\t\""),
        CASE("\"\x1f\""),
        CASE("\x01"
             "1"),
        CASE("1\f"),
        CASE("\xEF\xBB\xBF{}"),
        CASE("\xC2\xA0"
             "1"),
        /* UTF-8 and escapes */
        CASE("\"\xFF\""),
        CASE("\"\xC0\x80\""),
        CASE("\"\xED\xA0\x80\""),
        CASE("\"\xE5\xA4\""),
        CASE("{\"\xF4\x90\x80\x80\":1}"),
        CASE("\"\\ud800\""),
        CASE("\"\\udc00\""),
        CASE("\"\\ud800\\u0041\""),
        CASE("\"\\u12g4\""),
        CASE("\"\\x41\""),
        CASE("\"\\u12\""),
        CASE("\"\\"),
        CASE("\"abc"),
        CASE("\"\\\""),
        /* a key twice, also when spelled otherwise */
        CASE("{\"a\":1,\"a\":1}"),
        CASE("[{\"x\":{\"a\":1,\"b\":2,\"a\":3}}]"),
        CASE("{\"a\":1,\"\\u0061\":2}"),
        CASE("{\"\":1,\"\":2}"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (accepts(cases[i].text, cases[i].n))
            fail_msg("accepted: %s", cases[i].text);
    assert_null(json_parse(NULL, 3));
}

static void reading_stops_at_the_given_length(void **state)
{
    (void)state;
    assert_true(accepts("12 rubbish", 2));
    assert_false(accepts("{\"a\":1}", 6));
    /* Each cut of a text is read from memory of exactly its size: the sanitizer watches. */
    static const char whole[] = "{\"a\":[1.5e1,\"\\u5927\",true,null],\"b\":{\"c\":-2}}";
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        char *cut = malloc(n + 1);
        memcpy(cut + 1, whole, n);
        assert_false(accepts(cut + 1, n));
        free(cut);
    }
    assert_true(accepts(whole, sizeof whole - 1));
}

static bool accepts_depth(size_t depth, const char *open, const char *close)
{
    struct buf buf = BUF_EMPTY;
    for (size_t i = 0; i < depth; i++)
        buf_add_text(&buf, open);
    buf_add_text(&buf, "1");
    for (size_t i = 0; i < depth; i++)
        buf_add_text(&buf, close);
    bool accepted = accepts(buf.data, buf.length);
    buf_free(&buf);
    return accepted;
}

static void nesting_ends_at_thirty_two(void **state)
{
    (void)state;
    assert_true(accepts_depth(32, "[", "]"));
    assert_true(accepts_depth(32, "{\"a\":", "}"));
    assert_true(accepts_depth(16, "[{\"a\":", "}]"));
    assert_false(accepts_depth(33, "[", "]"));
    assert_false(accepts_depth(33, "{\"a\":", "}"));
    assert_false(accepts_depth(1000000, "[", "]"));
}

static void many_keys_are_checked_quickly(void **state)
{
    (void)state;
    struct buf buf = BUF_EMPTY;
    buf_add_char(&buf, '{');
    for (int i = 0; i < 100000; i++)
        buf_printf(&buf, "\"k%d\":%d,", i, i);
    size_t length = buf.length;
    buf_add_text(&buf, "\"last\":1}");
    assert_true(accepts(buf.data, buf.length));
    buf.length = length;
    buf_add_text(&buf, "\"k77777\":1}");
    assert_false(accepts(buf.data, buf.length));
    buf_free(&buf);
}

static void integers_are_written_whole_whatever_their_size(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {
        {0, "{\"n\":0}"},
        {-1, "{\"n\":-1}"},
        {9007199254740993, "{\"n\":9007199254740993}"},
        {INT64_MAX, "{\"n\":9223372036854775807}"},
        {INT64_MIN, "{\"n\":-9223372036854775808}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *object = cJSON_CreateObject();
        json_add_int(object, "n", cases[i].value);
        char *text = cJSON_PrintUnformatted(object);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(json_int(object, "n", 42), cases[i].value);
        free(text);
        cJSON_Delete(object);
    }
}

static void texts_and_times_are_null_when_there_are_none(void **state)
{
    (void)state;
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "name", "王\"某\n");
    json_add_text(object, "none", NULL);
    json_add_time(object, "at", 1794963600000);
    json_add_time(object, "never", 0);
    char *text = cJSON_PrintUnformatted(object);
    assert_string_equal(text, "{\"name\":\"王\\\"某\\n\",\"none\":null,"
                              "\"at\":\"2026-11-18T09:00:00.000+08:00\",\"never\":null}");
    assert_int_equal(json_time(object, "at"), 1794963600000);
    assert_int_equal(json_time(object, "never"), 0);
    free(text);
    cJSON_Delete(object);
}

static void members_have_types_and_defaults(void **state)
{
    (void)state;
    static const char text[] =
        "{\"int\":-7,\"big\":9007199254740992,\"beyond\":9007199254740994,\"huge\":1e300,"
        "\"half\":1.5,\"whole\":2.0e3,\"text\":\"x\",\"empty\":\"\",\"true\":true,\"false\":false,"
        "\"null\":null,\"object\":{},\"at\":\"2026-11-18T01:00:00Z\",\"bad\":\"yesterday\"}";
    cJSON *o = json_parse(text, sizeof text - 1);
    assert_non_null(o);
    assert_int_equal(json_int(o, "int", 1), -7);
    assert_int_equal(json_int(o, "big", 1), 9007199254740992);
    assert_int_equal(json_int(o, "whole", 1), 2000);
    static const char *const no_int[] = {"beyond", "huge",   "half",    "text", "true",
                                         "null",   "object", "missing", "INT",  "at"};
    for (size_t i = 0; i < sizeof no_int / sizeof no_int[0]; i++)
        assert_int_equal(json_int(o, no_int[i], 1), 1);
    assert_string_equal(json_text(o, "text", "d"), "x");
    assert_string_equal(json_text(o, "empty", "d"), "");
    assert_string_equal(json_text(o, "int", "d"), "d");
    assert_string_equal(json_text(o, "null", "d"), "d");
    assert_null(json_text(o, "missing", NULL));
    assert_true(json_bool(o, "true", false));
    assert_false(json_bool(o, "false", true));
    assert_true(json_bool(o, "int", true));
    assert_true(json_bool(o, "null", true));
    assert_int_equal(json_time(o, "at"), 1794963600000);
    assert_int_equal(json_time(o, "bad"), 0);
    assert_int_equal(json_time(o, "int"), 0);
    assert_int_equal(json_int(NULL, "int", 5), 5);
    assert_int_equal(json_int(cJSON_GetObjectItem(o, "text"), "int", 5), 5);
    cJSON_Delete(o);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_texts_are_read),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(reading_stops_at_the_given_length),
        cmocka_unit_test(nesting_ends_at_thirty_two),
        cmocka_unit_test(many_keys_are_checked_quickly),
        cmocka_unit_test(integers_are_written_whole_whatever_their_size),
        cmocka_unit_test(texts_and_times_are_null_when_there_are_none),
        cmocka_unit_test(members_have_types_and_defaults),
    };
    return cmocka_run_group_tests_name("core/json", tests, NULL, NULL);
}
