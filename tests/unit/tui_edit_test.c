/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Line editing without a terminal: readline belongs to one field at a time. */
#include "tui/edit.h"
#include "tui/l10n.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka wants the headers above before it */
#include <cmocka.h>

enum { C_A = 1, C_D = 4, C_O = 15, C_UNDERSCORE = 31, C_W = 23, C_Y = 25 };

static void type(const char *ascii)
{
    for (; *ascii; ascii++)
        edit_key((unsigned char)*ascii);
}

static void keys_change_only_the_focused_field(void **state)
{
    (void)state;
    struct edit a = {0}, b = {0};
    edit_focus(&a);
    type("one");
    edit_key(0x6C34); /* 水 */
    edit_focus(&b);
    type("two");
    assert_string_equal(edit_text(&a), "one水");
    assert_string_equal(edit_text(&b), "two");
    edit_focus(&a);
    edit_key(K_BACKSPACE);
    edit_key(C_A);
    type("x");
    assert_string_equal(edit_text(&a), "xone");
    assert_int_equal(a.point, 1);
    edit_free(&a);
    edit_free(&b);
}

static void each_field_undoes_its_own(void **state)
{
    (void)state;
    struct edit a = {0}, b = {0};
    edit_focus(&a);
    type("one two");
    edit_key(C_W);
    assert_string_equal(edit_text(&a), "one ");
    edit_focus(&b);
    type("x");
    edit_focus(&a);
    edit_key(C_UNDERSCORE);
    assert_string_equal(edit_text(&a), "one two");
    assert_string_equal(edit_text(&b), "x");
    edit_free(&a);
    edit_free(&b);
}

static void what_was_killed_can_be_put_elsewhere(void **state)
{
    (void)state;
    struct edit a = {0}, b = {0};
    edit_focus(&a);
    type("one two");
    edit_key(C_W);
    edit_focus(&b);
    edit_key(C_Y);
    assert_string_equal(edit_text(&b), "two");
    edit_free(&a);
    edit_free(&b);
}

static void no_key_takes_the_text_away(void **state)
{
    (void)state;
    struct edit a = {0};
    edit_focus(&a);
    edit_key(C_D); /* the end of input, in a shell */
    type("one");
    edit_key('\r');
    edit_key('\n');
    edit_key(C_O); /* operate-and-get-next, in a shell */
    assert_string_equal(edit_text(&a), "one");
    type("!");
    assert_string_equal(edit_text(&a), "one!");
    edit_free(&a);
}

static void pasted_text_is_cleaned(void **state)
{
    (void)state;
    struct edit a = {0};
    edit_focus(&a);
    edit_insert("a\nb\033[2Jc", false);
    assert_null(strchr(edit_text(&a), '\033'));
    assert_null(strchr(edit_text(&a), '\n'));
    edit_set(&a, "");
    edit_insert("a\nb", true);
    assert_string_equal(edit_text(&a), "a\nb");
    edit_free(&a);
}

static void up_and_down_go_by_wrapped_rows(void **state)
{
    (void)state;
    struct edit a = {0};
    edit_focus(&a);
    /* Eight cells hold four hanzi. */
    edit_set(&a, "停水两天了没有人来");
    assert_int_equal(edit_area_rows(&a, 8), 3);
    assert_true(edit_area_move(&a, 8, -1));
    assert_int_equal(a.point, strlen("停水两天了"));
    assert_true(edit_area_move(&a, 8, -1));
    assert_false(edit_area_move(&a, 8, -1));
    assert_int_equal(a.point, strlen("停"));
    edit_key('x');
    assert_string_equal(edit_text(&a), "停x水两天了没有人来");
    edit_free(&a);
}

static void a_full_last_row_puts_the_cursor_on_the_next(void **state)
{
    (void)state;
    struct edit a = {0};
    edit_focus(&a);
    edit_set(&a, "停水两天");
    assert_int_equal(edit_area_rows(&a, 8), 2);
    edit_set(&a, "停水\n");
    assert_int_equal(edit_area_rows(&a, 8), 2);
    edit_free(&a);
}

int main(void)
{
    l10n_start();
    edit_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_change_only_the_focused_field),
        cmocka_unit_test(each_field_undoes_its_own),
        cmocka_unit_test(what_was_killed_can_be_put_elsewhere),
        cmocka_unit_test(no_key_takes_the_text_away),
        cmocka_unit_test(pasted_text_is_cleaned),
        cmocka_unit_test(up_and_down_go_by_wrapped_rows),
        cmocka_unit_test(a_full_last_row_puts_the_cursor_on_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
