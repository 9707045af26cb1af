/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock.h"
#include "core/log.h"
#include "core/status.h"
#include "core/text.h"
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void each_status_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int a = ST_OK; a <= ST_CORRUPT; a++) {
        assert_string_not_equal(status_name((enum status)a), "unknown");
        for (int b = ST_OK; b < a; b++)
            assert_string_not_equal(status_name((enum status)a), status_name((enum status)b));
    }
    assert_string_equal(status_name(ST_NOT_FOUND), "not_found");
    assert_string_equal(status_name((enum status)999), "unknown");
}

static void an_error_without_a_place_still_gives_its_status(void **state)
{
    (void)state;
    assert_int_equal(error_set(NULL, ST_BUSY, "%d", 1), ST_BUSY);
}

static void a_message_is_one_line(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(error_set(&err, ST_IO, "a\nb\tc\x1b[0m%s", "\r"), ST_IO);
    assert_int_equal(err.status, ST_IO);
    assert_string_equal(err.message, "a b c [0m ");
}

static void a_message_that_is_too_long_is_cut_on_a_character(void **state)
{
    (void)state;
    for (int shift = 0; shift < 8; shift++) {
        char text[600];
        memset(text, 'a', sizeof text);
        for (size_t i = (size_t)shift; i + 7 < sizeof text; i += 7)
            memcpy(text + i, "中😀", 7);
        text[sizeof text - 1] = '\0';
        struct error err;
        error_set(&err, ST_INVALID, "%s", text);
        size_t length = strlen(err.message);
        assert_in_range(length, sizeof err.message - 4, sizeof err.message - 1);
        assert_true(utf8_valid(err.message, length));
    }
}

/* What log_line writes to standard error while `call` runs. */
static size_t captured(void (*call)(void), char *out, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int saved = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    call();
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(ends[1]);
    size_t n = 0;
    for (ssize_t r; n < size && (r = read(ends[0], out + n, size - n)) > 0;)
        n += (size_t)r;
    close(ends[0]);
    assert_true(n < size);
    out[n] = '\0';
    return n;
}

static void log_hostile(void)
{
    log_line(LOG_INFO, "path %s", "/a\nb\x1b]0;\xC2\x9B\xFF\xE2\x80\xAE中");
}

static void log_levels(void)
{
    log_line(LOG_DEBUG, "no");
    log_set_level(LOG_ERROR);
    log_line(LOG_WARNING, "no");
    log_line(LOG_ERROR, "yes");
    log_set_level(LOG_DEBUG);
    log_line(LOG_DEBUG, "yes");
    log_set_level(LOG_INFO);
}

static void log_long(void)
{
    log_line(LOG_WARNING, "%*d", 9000, 1);
}

static void log_errno(void)
{
    errno = ENOSPC;
    log_line(LOG_ERROR, "%m");
    assert_int_equal(errno, ENOSPC);
}

static void a_log_line_has_time_and_level_and_steers_no_terminal(void **state)
{
    (void)state;
    char text[8192];
    captured(log_hostile, text, sizeof text);
    assert_string_equal(text, "2026-11-18T09:00:00.000+08:00 info path /a b?]0;??"
                              "????中\n");
}

static void lines_above_the_level_are_dropped(void **state)
{
    (void)state;
    char text[8192];
    captured(log_levels, text, sizeof text);
    assert_string_equal(text, "2026-11-18T09:00:00.000+08:00 error yes\n"
                              "2026-11-18T09:00:00.000+08:00 debug yes\n");
}

static void a_line_is_never_longer_than_a_pipe_writes_at_once(void **state)
{
    (void)state;
    char text[8192];
    assert_in_range(captured(log_long, text, sizeof text), 4000, 4096);
    assert_int_equal(text[strlen(text) - 1], '\n');
}

static void logging_keeps_errno_and_prints_it(void **state)
{
    (void)state;
    char text[8192];
    captured(log_errno, text, sizeof text);
    assert_non_null(strstr(text, "No space left on device\n"));
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    clock_init("start=2026-11-18T09:00:00+08:00,scale=0", NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_status_has_a_name_of_its_own),
        cmocka_unit_test(an_error_without_a_place_still_gives_its_status),
        cmocka_unit_test(a_message_is_one_line),
        cmocka_unit_test(a_message_that_is_too_long_is_cut_on_a_character),
        cmocka_unit_test(a_log_line_has_time_and_level_and_steers_no_terminal),
        cmocka_unit_test(lines_above_the_level_are_dropped),
        cmocka_unit_test(a_line_is_never_longer_than_a_pipe_writes_at_once),
        cmocka_unit_test(logging_keeps_errno_and_prints_it),
    };
    return cmocka_run_group_tests_name("core/status and core/log", tests, NULL, NULL);
}
