/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/keymap.h"
#include "tui/screen.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants the headers above before it */
#include <cmocka.h>

static const char *const queue[] = {"order", "queue", "list", "global"};

static enum keymap_match find(const struct keymap *map, const int *keys, int count,
                              const struct binding **b)
{
    *b = NULL;
    return keymap_find(map, queue, 4, keys, count, b);
}

static void the_built_in_keys_are_valid(void **state)
{
    (void)state;
    struct keymap map = {0};
    struct error err = {0};
    assert_int_equal(keymap_add(&map, keymap_builtin, "default.keys", &err), ST_OK);
    const struct binding *b;
    assert_int_equal(find(&map, (int[]){'d'}, 1, &b), KEYMAP_FOUND);
    assert_int_equal(b->command, COMMAND_ACT);
    assert_string_equal(b->argument, "dispatch");
    assert_int_equal(find(&map, (int[]){K_PAGE_DOWN}, 1, &b), KEYMAP_FOUND);
    assert_int_equal(b->command, COMMAND_PAGE_DOWN);
    keymap_free(&map);
}

static void refused(const char *text, const char *message)
{
    struct keymap map = {0};
    struct error err = {0};
    assert_int_equal(keymap_add(&map, text, "my.keys", &err), ST_INVALID);
    assert_string_equal(err.message, message);
    assert_int_equal(map.count, 0);
    keymap_free(&map);
}

static void a_mistake_is_told_with_file_and_line(void **state)
{
    (void)state;
    refused("\n[lst]\n", "my.keys:2: unknown section [lst]");
    refused("[list]\nj = nxt\n", "my.keys:2: unknown command \"nxt\"");
    refused("[list]\n# fine\n<Ctrl-j> = next\n", "my.keys:3: unknown key \"<Ctrl-j>\"");
    refused("j = next\n", "my.keys:1: a [section] must come first");
    refused("[list]\nj\n", "my.keys:2: \"keys = command\" expected");
    refused("[list]\nj = next\nk = previous\nj = previous\n",
            "my.keys:4: \"j\" is already bound in line 2");
    refused("[list]\ng = first\ngg = first\n", "my.keys:3: \"gg\" and line 2 begin alike");
    /* A file must mean the same when a command is added: short forms are for the `:` line. */
    refused("[list]\nj = nex\n", "my.keys:2: unknown command \"nex\"");
}

static void a_later_file_wins_and_none_unbinds(void **state)
{
    (void)state;
    struct keymap map = {0};
    struct error err = {0};
    const struct binding *b;
    assert_int_equal(keymap_add(&map, keymap_builtin, "default.keys", &err), ST_OK);
    assert_int_equal(keymap_add(&map, "[list]\nj = last\n[order]\nd = none\n", "user", &err),
                     ST_OK);
    assert_int_equal(find(&map, (int[]){'j'}, 1, &b), KEYMAP_FOUND);
    assert_int_equal(b->command, COMMAND_LAST);
    assert_int_equal(find(&map, (int[]){'d'}, 1, &b), KEYMAP_UNBOUND);
    assert_null(keymap_for(&map, "order", COMMAND_ACT, "dispatch"));
    keymap_free(&map);
}

static void a_sequence_hides_its_beginning(void **state)
{
    (void)state;
    struct keymap map = {0};
    struct error err = {0};
    const struct binding *b;
    char text[16];
    assert_int_equal(keymap_add(&map, keymap_builtin, "default.keys", &err), ST_OK);
    assert_int_equal(keymap_add(&map, "[list]\ngg = first\n<C-x><C-c> = last\n", "user", &err),
                     ST_OK);
    assert_int_equal(find(&map, (int[]){'g'}, 1, &b), KEYMAP_MORE);
    assert_int_equal(find(&map, (int[]){'g', 'g'}, 2, &b), KEYMAP_FOUND);
    assert_int_equal(b->command, COMMAND_FIRST);
    assert_int_equal(find(&map, (int[]){0x18, 3}, 2, &b), KEYMAP_FOUND);
    keymap_text(b, text, sizeof text);
    assert_string_equal(text, "C-xC-c");
    keymap_free(&map);
}

static void one_of_several_actions_finds_its_key(void **state)
{
    (void)state;
    struct keymap map = {0};
    struct error err = {0};
    assert_int_equal(keymap_add(&map, "[order]\nA = act accept_reply|accept_return\n", "f", &err),
                     ST_OK);
    assert_non_null(keymap_for(&map, "order", COMMAND_ACT, "accept_return"));
    assert_null(keymap_for(&map, "order", COMMAND_ACT, "accept"));
    keymap_free(&map);
}

static void the_other_keymaps_are_valid(void **state)
{
    (void)state;
    static const char *const files[] = {"keymaps/vim.keys", "keymaps/emacs.keys"};
    for (size_t i = 0; i < 2; i++) {
        struct keymap map = {0};
        struct error err = {0};
        if (access(files[i], R_OK) != 0) /* run from elsewhere */
            skip();
        assert_int_equal(keymap_add(&map, keymap_builtin, "default.keys", &err), ST_OK);
        if (keymap_add_file(&map, files[i], &err))
            fail_msg("%s", err.message);
        keymap_free(&map);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_keys_are_valid),
        cmocka_unit_test(a_mistake_is_told_with_file_and_line),
        cmocka_unit_test(a_later_file_wins_and_none_unbinds),
        cmocka_unit_test(a_sequence_hides_its_beginning),
        cmocka_unit_test(one_of_several_actions_finds_its_key),
        cmocka_unit_test(the_other_keymaps_are_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
