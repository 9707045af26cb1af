/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/buf.h"
#include "core/clock.h"
#include "tui/draft.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka wants the headers above before it */
#include <cmocka.h>

static char home[] = "/tmp/minqing-draft-XXXXXX";

static int start(void **state)
{
    struct error err;
    (void)state;
    return draft_start(&err) == ST_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    draft_put("intake-1", NULL);
    draft_stop();
    return 0;
}

static void what_was_put_is_there_after_a_restart(void **state)
{
    (void)state;
    struct error err;
    draft_put("intake-1", "words=停水两天\n");
    draft_stop();
    assert_int_equal(draft_start(&err), ST_OK);
    char *text = draft_get("intake-1");
    assert_string_equal(text, "words=停水两天\n");
    free(text);
}

static void the_newest_text_wins(void **state)
{
    (void)state;
    char text[32];
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "words=%d\n", i);
        draft_put("intake-1", text);
    }
    char *got = draft_get("intake-1");
    assert_string_equal(got, "words=999\n");
    free(got);
}

static void putting_never_waits_for_the_disk(void **state)
{
    (void)state;
    int64_t before = clock_ticks_ms();
    for (int i = 0; i < 1000; i++)
        draft_put("intake-1", "words=a\n");
    assert_true(clock_ticks_ms() - before < 100);
}

static void a_forgotten_draft_is_gone(void **state)
{
    (void)state;
    draft_put("intake-1", "words=a\n");
    draft_flush();
    draft_put("intake-1", NULL);
    assert_null(draft_get("intake-1"));
}

static void only_the_owner_may_read(void **state)
{
    (void)state;
    char path[PATH_MAX];
    struct stat st;
    draft_put("../intake 1/x", "words=a\n");
    draft_flush();
    snprintf(path, sizeof path, "%s/_._intake_1_x.draft", draft_directory());
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(draft_directory(), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    unlink(path);
}

static void a_failed_write_is_told_once(void **state)
{
    (void)state;
    struct error err;
    char path[PATH_MAX + 32];
    assert_false(draft_problem(&err));
    /* Where a directory stands, no draft can be written. */
    snprintf(path, sizeof path, "%s/intake-1.draft", draft_directory());
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    draft_put("intake-1", "words=a\n");
    draft_flush();
    assert_true(draft_problem(&err));
    assert_false(draft_problem(&err));
    rmdir(path);
}

static void values_keep_their_lines(void **state)
{
    (void)state;
    struct buf text = BUF_EMPTY;
    draft_write(&text, "words", "one\ntwo \\ three=4");
    draft_write(&text, "word", "x");
    char *words = draft_read(text.data, "words"), *word = draft_read(text.data, "word");
    assert_string_equal(words, "one\ntwo \\ three=4");
    assert_string_equal(word, "x");
    assert_null(draft_read(text.data, "wor"));
    free(words);
    free(word);
    buf_free(&text);
}

int main(void)
{
    if (!mkdtemp(home))
        return 1;
    setenv("XDG_STATE_HOME", home, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_put_is_there_after_a_restart, start, stop),
        cmocka_unit_test_setup_teardown(the_newest_text_wins, start, stop),
        cmocka_unit_test_setup_teardown(putting_never_waits_for_the_disk, start, stop),
        cmocka_unit_test_setup_teardown(a_forgotten_draft_is_gone, start, stop),
        cmocka_unit_test_setup_teardown(only_the_owner_may_read, start, stop),
        cmocka_unit_test_setup_teardown(a_failed_write_is_told_once, start, stop),
        cmocka_unit_test(values_keep_their_lines),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/minqing", home);
    rmdir(path);
    rmdir(home);
    return failed;
}
