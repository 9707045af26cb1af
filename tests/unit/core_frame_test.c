/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of the change feed: lengths, codings, and what no platform writes. */
#include "core/frame.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

static struct frame_writer *writer;
static struct frame_reader *reader;

static int setup(void **state)
{
    (void)state;
    writer = frame_writer_new();
    reader = frame_reader_new();
    return writer && reader ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    frame_writer_free(writer);
    frame_reader_free(reader);
    return 0;
}

static void expect_back(enum frame_coding coding, const char *text, size_t length)
{
    struct buf out = BUF_EMPTY;
    size_t head, payload, got;
    char *back;
    assert_true(frame_write(writer, coding, text, length, &out));
    for (size_t n = 0; n < out.length && n < 200; n++)
        assert_int_equal(frame_find(out.data, n, &head, &payload), FRAME_PART);
    buf_add_text(&out, "the next one");
    assert_int_equal(frame_find(out.data, out.length, &head, &payload), FRAME_WHOLE);
    assert_int_equal(head + payload + strlen("the next one"), out.length);
    assert_int_equal(frame_read(reader, coding, out.data + head, payload, &back, &got), ST_OK);
    assert_int_equal(got, length);
    assert_memory_equal(back, text, length);
    assert_int_equal(back[length], '\0');
    free(back);
    buf_free(&out);
}

static void every_text_comes_back_in_every_coding(void **state)
{
    static const size_t lengths[] = {1,   2,     126,   127,     128,
                                     129, 16383, 16384, 2097152, FRAME_TEXT_MAX};
    (void)state;
    char *even = malloc(FRAME_TEXT_MAX), *noise = malloc(FRAME_TEXT_MAX);
    assert_true(even && noise);
    uint32_t random = 1;
    for (size_t i = 0; i < FRAME_TEXT_MAX; i++) {
        even[i] = (char)('a' + i % 23);
        random = random * 1664525u + 1013904223u;
        noise[i] = (char)(random >> 24);
    }
    for (int coding = 0; coding < FRAME_CODINGS; coding++) {
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            expect_back((enum frame_coding)coding, even, lengths[i]);
            expect_back((enum frame_coding)coding, noise, lengths[i]);
        }
    }
    struct buf out = BUF_EMPTY;
    assert_false(frame_write(writer, FRAME_PLAIN, "", 0, &out)); /* that would be a heartbeat */
    assert_false(frame_write(writer, FRAME_ZSTD, even, FRAME_TEXT_MAX + 1, &out));
    assert_int_equal(out.length, 0);
    free(even);
    free(noise);
}

static void a_heartbeat_is_one_byte(void **state)
{
    size_t head, length;
    (void)state;
    assert_int_equal(frame_find("\0", 1, &head, &length), FRAME_WHOLE);
    assert_int_equal(head, 1);
    assert_int_equal(length, 0);
}

static void a_length_that_nobody_writes_is_broken(void **state)
{
    static const char *const lengths[] = {"\x80\x80\x80\x80\x01", "\xff\xff\xff\x7f",
                                          "\xff\xff\xff\xff", "\x81\x80\x80\x04"};
    size_t head, length;
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        assert_int_equal(frame_find(lengths[i], strlen(lengths[i]), &head, &length), FRAME_BROKEN);
    assert_int_equal(frame_find("\x80\0", 2, &head, &length), FRAME_BROKEN); /* 0 in two bytes */
    assert_int_equal(frame_find("\x81\0", 2, &head, &length), FRAME_BROKEN);
    assert_int_equal(frame_find("\x81", 1, &head, &length), FRAME_PART);
}

static void expect_corrupt(enum frame_coding coding, const char *payload, size_t n)
{
    char *text;
    size_t length;
    assert_int_equal(frame_read(reader, coding, payload, n, &text, &length), ST_CORRUPT);
    assert_null(text);
}

static void what_bursts_or_is_no_zstd_is_refused(void **state)
{
    static char zeros[FRAME_TEXT_MAX + 1], out[8192];
    (void)state;
    for (int coding = FRAME_ZSTD; coding < FRAME_CODINGS; coding++) {
        enum frame_coding c = (enum frame_coding)coding;
        expect_corrupt(c, "", 0);
        expect_corrupt(c, "{\"items\":[]}", 12);
        size_t n = ZSTD_compress(out, sizeof out, zeros, sizeof zeros, 1);
        expect_corrupt(c, out, n); /* says itself that it is too large */
        n = ZSTD_compress(out, sizeof out, zeros, 5000, 1);
        expect_corrupt(c, out, n - 1);
        size_t twice = ZSTD_compress(out + n, sizeof out - n, zeros, 5000, 1);
        expect_corrupt(c, out, n + twice); /* says half of what it is */
    }
    /* What does not say how large it becomes is not tried. */
    ZSTD_CCtx *context = ZSTD_createCCtx();
    assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)));
    size_t n = ZSTD_compress2(context, out, sizeof out, "{}", 2);
    assert_false(ZSTD_isError(n));
    (void)ZSTD_freeCCtx(context);
    expect_corrupt(FRAME_ZSTD, out, n);
}

static void a_coding_is_asked_for_by_number(void **state)
{
    enum frame_coding coding = FRAME_PLAIN;
    (void)state;
    assert_true(frame_dictionary() > 0);
    assert_true(frame_coding_of(0, &coding));
    assert_int_equal(coding, FRAME_ZSTD);
    assert_true(frame_coding_of(frame_dictionary(), &coding));
    assert_int_equal(coding, FRAME_DICTIONARY);
    assert_false(frame_coding_of((int64_t)frame_dictionary() + 1, &coding));
    assert_false(frame_coding_of(-1, &coding));
}

/* A frame under the dictionary is of no use without it. */
static void the_dictionary_is_worth_its_bytes(void **state)
{
    static const char row[] =
        "{\"cursor\":\"1201.0a1b2c3d\",\"items\":[{\"id\":3000330012345670,\"version\":3,\"row\":"
        "{\"id\":3000330012345670,\"number\":\"241118-0042-7\",\"version\":3,\"state\":\"in_hand\","
        "\"state_label\":\"办理中\",\"needs\":[\"sign\"],\"need_label\":\"待签收\",\"kind\":"
        "\"complaint\",\"kind_label\":\"投诉\",\"place\":\"湖滨社区\",\"urgent\":false}}]}";
    struct buf with = BUF_EMPTY, without = BUF_EMPTY;
    size_t head, length;
    (void)state;
    assert_true(frame_write(writer, FRAME_DICTIONARY, row, strlen(row), &with));
    assert_true(frame_write(writer, FRAME_ZSTD, row, strlen(row), &without));
    assert_true(with.length < without.length / 2);
    assert_int_equal(frame_find(with.data, with.length, &head, &length), FRAME_WHOLE);
    expect_corrupt(FRAME_ZSTD, with.data + head, length);
    buf_free(&with);
    buf_free(&without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_comes_back_in_every_coding),
        cmocka_unit_test(a_heartbeat_is_one_byte),
        cmocka_unit_test(a_length_that_nobody_writes_is_broken),
        cmocka_unit_test(what_bursts_or_is_no_zstd_is_refused),
        cmocka_unit_test(a_coding_is_asked_for_by_number),
        cmocka_unit_test(the_dictionary_is_worth_its_bytes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
