/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Identity numbers: GB 11643, whose own example is 11010519491231002X. */
#include "platform/domain/mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

static void is(const char *typed, const char *number)
{
    assert_string_equal(identity_normalise(typed, arena), number);
}

static void a_number_is_understood_however_it_is_written(void **state)
{
    (void)state;
    is("11010519491231002X", "11010519491231002X");
    is("11010519491231002x", "11010519491231002X");
    is("110105 19491231 002X", "11010519491231002X");
    is("110105-19491231-002X", "11010519491231002X");
    is("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X");
    is("440524188001010014", "440524188001010014");
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const WRONG[] = {
        "",
        "X",
        "11010519491231002",
        "11010519491231002XX",
        "110105194912310021", /* its check character */
        "11010519491231X02X", /* X elsewhere */
        "110105194913310021", /* no such month */
        "010105194912310026", /* no such region */
        "13800001111",
        "一一〇一〇五一九四九一二三一〇〇二X",
        "11010519491231002X；",
    };
    (void)state;
    assert_string_equal(identity_normalise(NULL, arena), "");
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        if (*identity_normalise(WRONG[i], arena))
            fail_msg("%s is taken for a number", WRONG[i]);
}

/* Every other character at every place is another number: none of them passes. */
static void one_wrong_character_is_always_found(void **state)
{
    static const char GOOD[] = "11010519491231002X";
    (void)state;
    for (size_t at = 0; at < 18; at++)
        for (const char *c = "0123456789X"; *c; c++) {
            char typed[19];
            memcpy(typed, GOOD, sizeof typed);
            typed[at] = *c;
            if (*c != GOOD[at] && *identity_normalise(typed, arena))
                fail_msg("%s passes", typed);
        }
}

static void two_digits_that_changed_places_are_found(void **state)
{
    static const char GOOD[] = "440524188001010014";
    (void)state;
    for (size_t at = 0; at + 1 < 18; at++) {
        char typed[19];
        memcpy(typed, GOOD, sizeof typed);
        typed[at] = GOOD[at + 1];
        typed[at + 1] = GOOD[at];
        if (GOOD[at] != GOOD[at + 1] && *identity_normalise(typed, arena))
            fail_msg("%s passes", typed);
    }
}

static void a_birthday_that_never_was_is_refused(void **state)
{
    (void)state;
    is("420281200002290018", "420281200002290018"); /* a leap year */
    is("420281190002290011", "");                   /* none, though the check is right */
}

static void a_masked_number_keeps_three_and_two(void **state)
{
    (void)state;
    assert_string_equal(mask_identity("11010519491231002X", arena), "110*************2X");
    assert_string_equal(mask_identity("", arena), "");
    assert_string_equal(mask_identity("1101", arena), "****");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_understood_however_it_is_written),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(one_wrong_character_is_always_found),
        cmocka_unit_test(two_digits_that_changed_places_are_found),
        cmocka_unit_test(a_birthday_that_never_was_is_refused),
        cmocka_unit_test(a_masked_number_keeps_three_and_two),
    };
    return cmocka_run_group_tests_name("identity numbers", tests, open_arena, close_arena);
}
