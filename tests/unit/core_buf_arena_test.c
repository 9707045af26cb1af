/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/arena.h"
#include "core/buf.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool all_zero(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i])
            return false;
    return true;
}

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    unsigned char *pieces[300];
    for (size_t i = 0; i < 300; i++) {
        size_t size = i * i % 6000; /* small ones, large ones, and none */
        pieces[i] = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        assert_true(all_zero(pieces[i], size));
        memset(pieces[i], (int)(i % 251) + 1, size);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t k = 0; k < i * i % 6000; k++)
            assert_int_equal(pieces[i][k], i % 251 + 1);
    arena_free(arena);
}

static void memory_used_again_after_a_reset_is_zeroed(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int round = 0; round < 4; round++) {
        for (size_t i = 0; i < 200; i++) {
            unsigned char *piece = arena_alloc(arena, 500);
            assert_true(all_zero(piece, 500));
            memset(piece, 0xEE, 500);
        }
        memset(arena_alloc(arena, 100000), 0xEE, 100000);
        arena_reset(arena);
    }
    arena_free(arena);
    arena_free(NULL);
}

static void nothing_takes_a_pointer_of_its_own(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_ptr_not_equal(arena_alloc(arena, 0), arena_alloc(arena, 0));
    arena_free(arena);
}

static void strings_are_copied_whole_in_part_and_as_null(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char word[] = "金湖街道";
    char *copy = arena_strdup(arena, word);
    char *part = arena_strndup(arena, word, 6);
    word[0] = 'x';
    assert_string_equal(copy, "金湖街道");
    assert_string_equal(part, "金湖");
    assert_null(arena_strdup(arena, NULL));
    assert_string_equal(arena_strndup(arena, NULL, 0), "");
    arena_free(arena);
}

static void printf_into_the_arena_has_no_size_limit(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_string_equal(arena_printf(arena, "%s-%04d", "大冶", 42), "大冶-0042");
    assert_string_equal(arena_printf(arena, "%s", ""), "");
    char *wide = arena_printf(arena, "%*d", 30000, 7);
    assert_int_equal(strlen(wide), 30000);
    assert_int_equal(wide[29999], '7');
    arena_free(arena);
}

static void a_growing_array_keeps_its_items_and_zeroes_new_ones(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    int64_t *items = NULL;
    size_t capacity = 0;
    for (size_t count = 0; count < 5000; count++) {
        items = arena_grow(arena, items, count, &capacity, sizeof *items);
        assert_true(capacity > count);
        assert_int_equal(items[count], 0);
        items[count] = (int64_t)count + 1;
    }
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(items[i], i + 1);
    /* Room for an index far ahead at once. */
    items = arena_grow(arena, items, 100000, &capacity, sizeof *items);
    assert_int_equal(items[100000], 0);
    assert_int_equal(items[4999], 5000);
    arena_free(arena);
}

static void a_buffer_is_terminated_after_each_addition(void **state)
{
    (void)state;
    struct buf buf = BUF_EMPTY;
    buf_add_text(&buf, "");
    assert_non_null(buf.data);
    assert_string_equal(buf.data, "");
    size_t length = 0;
    for (int i = 0; i < 3000; i++) {
        switch (i % 3) {
        case 0:
            buf_add(&buf, "a\0b", 3);
            length += 3;
            break;
        case 1:
            buf_add_char(&buf, 'c');
            length += 1;
            break;
        default:
            buf_printf(&buf, "%d", i);
            length += (size_t)(i < 10 ? 1 : i < 100 ? 2 : i < 1000 ? 3 : 4);
        }
        assert_int_equal(buf.length, length);
        assert_int_equal(buf.data[length], '\0');
        assert_true(buf.capacity > length);
    }
    assert_memory_equal(buf.data, "a\0bc2a\0bc5", 10);
    buf_free(&buf);
    assert_null(buf.data);
    buf_add_text(&buf, "again");
    assert_string_equal(buf.data, "again");
    buf_free(&buf);
}

static void printf_of_every_length_around_the_capacity_is_whole(void **state)
{
    (void)state;
    for (int n = 0; n < 300; n++) {
        struct buf buf = BUF_EMPTY;
        buf_add_text(&buf, "x");
        buf_printf(&buf, "%0*d|", n + 1, 0);
        assert_int_equal(buf.length, n + 3);
        assert_int_equal(buf.data[0], 'x');
        assert_int_equal(buf.data[n + 1], '0');
        assert_string_equal(buf.data + n + 2, "|");
        buf_free(&buf);
    }
}

static void clearing_keeps_the_memory(void **state)
{
    (void)state;
    struct buf buf = BUF_EMPTY;
    buf_clear(&buf);
    buf_printf(&buf, "%0*d", 1000, 0);
    size_t capacity = buf.capacity;
    buf_clear(&buf);
    assert_int_equal(buf.length, 0);
    assert_string_equal(buf.data, "");
    assert_int_equal(buf.capacity, capacity);
    buf_free(&buf);
}

static void taking_hands_over_the_string(void **state)
{
    (void)state;
    struct buf buf = BUF_EMPTY;
    char *empty = buf_take(&buf);
    assert_string_equal(empty, "");
    free(empty);
    buf_add_text(&buf, "whole");
    char *text = buf_take(&buf);
    assert_string_equal(text, "whole");
    assert_null(buf.data);
    assert_int_equal(buf.length, 0);
    free(text);
}

static void a_failed_buffer_ignores_additions_and_gives_null(void **state)
{
    (void)state;
    struct buf buf = BUF_EMPTY;
    buf_add_text(&buf, "before");
    buf_add(&buf, "", SIZE_MAX); /* cannot be held, so it is not read either */
    assert_true(buf.failed);
    buf_add_text(&buf, "after");
    buf_printf(&buf, "%d", 1);
    buf_add_char(&buf, 'c');
    assert_string_equal(buf.data, "before");
    assert_null(buf_take(&buf));
    assert_false(buf.failed);
    buf_add(&buf, "", SIZE_MAX);
    buf_clear(&buf);
    buf_add_text(&buf, "anew");
    assert_string_equal(buf.data, "anew");
    buf_free(&buf);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(memory_used_again_after_a_reset_is_zeroed),
        cmocka_unit_test(nothing_takes_a_pointer_of_its_own),
        cmocka_unit_test(strings_are_copied_whole_in_part_and_as_null),
        cmocka_unit_test(printf_into_the_arena_has_no_size_limit),
        cmocka_unit_test(a_growing_array_keeps_its_items_and_zeroes_new_ones),
        cmocka_unit_test(a_buffer_is_terminated_after_each_addition),
        cmocka_unit_test(printf_of_every_length_around_the_capacity_is_whole),
        cmocka_unit_test(clearing_keeps_the_memory),
        cmocka_unit_test(taking_hands_over_the_string),
        cmocka_unit_test(a_failed_buffer_ignores_additions_and_gives_null),
    };
    return cmocka_run_group_tests_name("core/buf and core/arena", tests, NULL, NULL);
}
