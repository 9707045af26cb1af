/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place in the change feed is a text that tells nothing and cannot be made up. */
#include "platform/api/cursor.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 4000, BITS = 8 * CURSOR_BYTES };
static const int64_t SEQ_MAX = (INT64_C(1) << 48) - 1;
static const unsigned char VIEW[CURSOR_VIEW_BYTES] = {0x0a, 0x1b, 0x2c, 0x3d};
static struct keys keys;

static struct cursor place(int64_t seq)
{
    struct cursor cursor = {.seq = seq};
    memcpy(cursor.view, VIEW, sizeof VIEW);
    return cursor;
}

static void seal(int64_t seq, char text[CURSOR_SIZE])
{
    const struct cursor cursor = place(seq);
    cursor_seal(&keys, &cursor, text);
}

/* What the platform would take for one of its own: the view, and one of the newest million. */
static bool passes(const struct keys *with, const char *text, int64_t newest)
{
    struct cursor cursor;
    return cursor_open(with, text, &cursor) && memcmp(cursor.view, VIEW, sizeof VIEW) == 0 &&
           cursor.seq <= newest && cursor.seq >= newest - 1000000;
}

static void block_of(const char *text, unsigned char block[CURSOR_BYTES])
{
    size_t n;
    assert_int_equal(sodium_hex2bin(block, CURSOR_BYTES, text, strlen(text), NULL, &n, NULL), 0);
    assert_int_equal(n, CURSOR_BYTES);
}

static void what_is_sealed_opens_as_the_same_place(void **state)
{
    (void)state;
    for (int64_t i = 0; i < MANY; i++) {
        const int64_t seq = i < 48 ? (INT64_C(1) << i) : i == 48 ? 0 : i == 49 ? SEQ_MAX : i * 7919;
        char text[CURSOR_SIZE];
        struct cursor cursor;
        seal(seq, text);
        assert_int_equal(strlen(text), CURSOR_SIZE - 1);
        assert_true(cursor_open(&keys, text, &cursor));
        assert_true(cursor.seq == seq);
        assert_memory_equal(cursor.view, VIEW, sizeof VIEW);
    }
}

static void one_place_never_has_the_same_text_twice(void **state)
{
    static char texts[200][CURSOR_SIZE];
    (void)state;
    for (size_t i = 0; i < 200; i++) {
        seal(1201, texts[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(texts[i], texts[k]);
    }
}

/* Between neighbours, and between texts of one place, half of the bits differ, wherever they are;
 * bounds of more than seven standard deviations. */
static void neighbours_are_as_far_apart_as_strangers(void **state)
{
    (void)state;
    for (int64_t step = 0; step < 2; step++) {
        int differ[BITS] = {0}, set[BITS] = {0}, rises = 0;
        unsigned char before[CURSOR_BYTES], block[CURSOR_BYTES];
        char text[CURSOR_SIZE];
        seal(5000, text);
        block_of(text, before);
        for (int64_t i = 1; i <= MANY; i++) {
            seal(5000 + i * step, text);
            block_of(text, block);
            rises += memcmp(block, before, sizeof block) > 0;
            for (int bit = 0; bit < BITS; bit++) {
                differ[bit] += (block[bit / 8] ^ before[bit / 8]) >> (bit % 8) & 1;
                set[bit] += block[bit / 8] >> (bit % 8) & 1;
            }
            memcpy(before, block, sizeof block);
        }
        for (int bit = 0; bit < BITS; bit++) {
            assert_in_range(differ[bit], MANY / 2 - 250, MANY / 2 + 250);
            assert_in_range(set[bit], MANY / 2 - 250, MANY / 2 + 250);
        }
        assert_in_range(rises, MANY / 2 - 250, MANY / 2 + 250);
    }
}

static void what_is_made_up_or_changed_is_nowhere(void **state)
{
    unsigned char block[CURSOR_BYTES];
    char text[CURSOR_SIZE], other[CURSOR_SIZE];
    (void)state;
    seal(1201, text);
    assert_true(passes(&keys, text, 1201));
    block_of(text, block);
    for (int bit = 0; bit < BITS; bit++) {
        block[bit / 8] ^= (unsigned char)(1U << (bit % 8));
        sodium_bin2hex(other, sizeof other, block, sizeof block);
        assert_false(passes(&keys, other, 1201));
        block[bit / 8] ^= (unsigned char)(1U << (bit % 8));
    }
    for (int i = 0; i < MANY; i++) {
        randombytes_buf(block, sizeof block);
        sodium_bin2hex(other, sizeof other, block, sizeof block);
        assert_false(passes(&keys, other, 1000000));
    }
    /* Halves of two genuine ones. */
    for (int i = 0; i < 200; i++) {
        seal(1200, other);
        memcpy(other, text, CURSOR_SIZE / 2);
        assert_false(passes(&keys, other, 1201));
    }
}

static void each_round_has_its_own_key(void **state)
{
    char text[CURSOR_SIZE];
    (void)state;
    seal(1201, text);
    for (int round = 0; round < KEYS_CURSOR_ROUNDS; round++) {
        struct keys changed = keys;
        changed.cursor[round][3] ^= 1;
        assert_false(passes(&changed, text, 1201));
    }
}

static void what_has_not_the_form_is_no_cursor(void **state)
{
    static const char *const none[] = {"",
                                       "5",
                                       "1201.0a1b2c3d",
                                       "00000000000000000000000000000000 ",
                                       "0000000000000000000000000000000",
                                       "000000000000000000000000000000000",
                                       "0000000000000000000000000000000g",
                                       "0000000000000000000000000000000A",
                                       "0000:0000000000000000000000000000",
                                       "-0000000000000000000000000000000"};
    struct cursor cursor;
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(cursor_open(&keys, none[i], &cursor));
    assert_true(cursor_open(&keys, "00000000000000000000000000000000", &cursor));
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    randombytes_buf(&keys, sizeof keys);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_opens_as_the_same_place),
        cmocka_unit_test(one_place_never_has_the_same_text_twice),
        cmocka_unit_test(neighbours_are_as_far_apart_as_strangers),
        cmocka_unit_test(what_is_made_up_or_changed_is_nowhere),
        cmocka_unit_test(each_round_has_its_own_key),
        cmocka_unit_test(what_has_not_the_form_is_no_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
