/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of settings: it documents itself, takes all or nothing, and says what is wrong where. */
#include "platform/domain/settings_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Loads `text` as a file; the message without the path in front. */
static enum status load(const char *text, size_t length, struct settings *settings, char *message,
                        size_t size)
{
    char path[] = "/tmp/minqing-settings-XXXXXX";
    int fd = mkstemp(path);
    struct error err = {ST_OK, ""};
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    (void)close(fd);
    enum status st = settings_load(path, settings, &err);
    (void)unlink(path);
    const char *said =
        strncmp(err.message, path, strlen(path)) == 0 ? err.message + strlen(path) : err.message;
    (void)snprintf(message, size, "%s", said);
    return st;
}

static void refused(const char *text, const char *wanted)
{
    struct settings before, settings;
    char message[256];
    memset(&before, 7, sizeof before);
    settings = before;
    assert_int_equal(load(text, strlen(text), &settings, message, sizeof message), ST_INVALID);
    if (!strstr(message, wanted))
        print_message("%s\n", message);
    assert_non_null(strstr(message, wanted));
    assert_memory_equal(&settings, &before, sizeof settings);
}

static struct settings accepted(const char *text)
{
    struct settings settings;
    char message[256];
    enum status st = load(text, strlen(text), &settings, message, sizeof message);
    if (st)
        print_message("%s\n", message);
    assert_int_equal(st, ST_OK);
    return settings;
}

static void assert_same(const struct settings *a, const struct settings *b)
{
    /* Both were cleared before they were filled, so that padding is equal too. */
    assert_memory_equal(a, b, sizeof *a);
}

static void test_every_default_is_a_value_of_its_kind_inside_its_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < settings_count(); i++) {
        const struct setting *s = setting_at(i);
        struct setting_value value, least, most;
        if (!setting_parse(s, s->value, &value) || !setting_in_range(s, &value))
            fail_msg("%s.%s: the default %s", s->section, s->name, s->value);
        if (s->kind != SETTING_CHOICE &&
            !(setting_parse(s, s->least, &least) && setting_parse(s, s->most, &most) &&
              setting_in_range(s, &least) && setting_in_range(s, &most)))
            fail_msg("%s.%s: from %s to %s", s->section, s->name, s->least, s->most);
        if (!s->meaning.en[0] || !s->meaning.zh[0])
            fail_msg("%s.%s has no meaning", s->section, s->name);
        for (size_t j = 0; j < i; j++) {
            const struct setting *other = setting_at(j);
            if (strcmp(s->section, other->section) == 0 && strcmp(s->name, other->name) == 0)
                fail_msg("%s.%s is in the table twice", s->section, s->name);
            if (s->offset == other->offset)
                fail_msg("%s.%s and %s.%s are one value", s->section, s->name, other->section,
                         other->name);
        }
    }
}

static void test_the_defaults_agree_with_each_other_and_differ_from_nothing(void **state)
{
    (void)state;
    const struct setting *one, *other;
    struct error err;
    char line[128];
    struct settings settings = settings_default();
    assert_true(settings_agree(&settings, &one, &other, &err));
    for (size_t i = 0; i < settings_count(); i++)
        assert_false(settings_changed(&settings, i, line, sizeof line));
    assert_int_equal(settings.policy.by_kind[KIND_COMPLAINT].n, 5);
    assert_int_equal(settings.policy.by_kind[KIND_COMPLAINT].unit, LIMIT_DAYS);
    assert_int_equal(settings.answers_kept_ms, INT64_C(60) * 86400000);
}

static void test_what_is_printed_loads_to_the_same_settings_in_both_languages(void **state)
{
    (void)state;
    for (int language = 0; language < 2; language++) {
        char *text = NULL, message[256];
        size_t length = 0;
        FILE *out = open_memstream(&text, &length);
        assert_non_null(out);
        settings_write(out, language ? LANGUAGE_ZH : LANGUAGE_EN);
        assert_int_equal(fclose(out), 0);
        struct settings settings;
        enum status st = load(text, length, &settings, message, sizeof message);
        if (st)
            print_message("%s\n", message);
        assert_int_equal(st, ST_OK);
        const struct settings plain = settings_default();
        assert_same(&settings, &plain);
        for (size_t i = 0; i < settings_count(); i++) {
            const struct setting *s = setting_at(i);
            assert_non_null(strstr(text, language ? s->meaning.zh : s->meaning.en));
        }
        free(text);
    }
}

static void test_a_value_that_is_named_changes_and_the_others_keep_their_defaults(void **state)
{
    (void)state;
    char line[128] = "";
    size_t changed = 0;
    struct settings settings = accepted("\xEF\xBB\xBF; ours\n[limits]\n  complaint = 4d ; agreed\n"
                                        "[cards]\r\nyellow_share=50%\r\n[log]\nlevel: debug");
    assert_int_equal(settings.policy.by_kind[KIND_COMPLAINT].n, 4);
    assert_int_equal(settings.policy.yellow_share, 50);
    assert_int_equal(settings.log_level, 3);
    for (size_t i = 0; i < settings_count(); i++)
        changed += settings_changed(&settings, i, line, sizeof line);
    assert_int_equal(changed, 3);
    assert_string_equal(line, "log.level = debug (info)");
}

static void test_what_is_wrong_is_named_with_its_line_and_what_is_allowed(void **state)
{
    (void)state;
    refused("[limits]\n# a comment\nhelp = 3\n", ":3: limits.help is 24h natural hours or 3d");
    refused("[limits]\nhelp = 0d\n", ":2: limits.help is");
    refused("[limits]\nhelp = 61d\n", "from 1h to 60d, not \"61d\"");
    refused("[limits]\nhelp =\n", ":2: limits.help");
    refused("[limits]\nhelp = 99999999999999999999d\n", ":2: limits.help");
    refused("[limits]\nhelp = -3d\n", ":2: limits.help");
    refused("[cards]\nyellow_share = 100%\n", "a percentage like 25%, from 1% to 99%");
    refused("[http]\nfeed_heartbeat = 60\n", "a duration like");
    refused("[callback]\nunreached_attempts = 2.5\n", "a number, from 1 to 20");
    refused("[log]\nlevel = loud\n", "log.level is one of error|warning|info|debug, not \"loud\"");
    refused("[log]\nlevel = error|warning\n", ":2: log.level is one of");
    refused("[limits]\nhlep = 3d\n", ":2: there is no setting \"hlep\" in [limits]");
    refused("help = 3d\n", ":1: there is no setting \"help\" in []");
    refused("[limits]\nhelp = 3d\n\nhelp = 3d\n", ":4: limits.help was given in line 2 already");
    refused("[limits]\nhelp 3d\n", ":2: the line is neither");
    refused("[limits\nhelp = 3d\n", ":1: the line is neither");
    refused("[limits]\nhelp = 3d\n    4d\n", ":3: the line is neither");
    refused("[limits]\nnonsense\nhelp = x\n", ":2: the line is neither");
    refused("[limits]\nhelp = x\nnonsense\n", ":2: limits.help");
    refused("[limits]\nhelp = \x1b[2J\n", ":2: the line holds a character that is no text");
}

static void test_a_line_that_no_editor_makes_is_refused(void **state)
{
    (void)state;
    struct settings settings;
    char message[256], text[600];
    assert_int_equal(load("[limits]\nhelp = 3d\0x\n", 22, &settings, message, sizeof message),
                     ST_INVALID);
    assert_string_equal(message, ":2: the line holds a character that is no text");
    memset(text, 'a', sizeof text);
    memcpy(text, "[limits]\n", 9);
    text[sizeof text - 1] = '\0';
    refused(text, ":2: the line is longer than");
    text[9] = '#'; /* a comment may be as long as it likes */
    (void)accepted(text);
}

static void test_values_that_contradict_each_other_are_refused(void **state)
{
    (void)state;
    refused("[limits]\ncomplaint = 20d\n", ":2: limits.complaint (20d) must not be more than "
                                           "limits.complex (15d)");
    refused("[limits]\ncomplex = 4d\n", ":2: limits.");
    refused("[limits]\ndispatch_life = 3h\n", "dispatch_vital (2h)");
    refused("[cards]\nyellow_days = 2\n", "limits.consult has only 1");
    refused("[callback]\n\nunreached_days = 4\n", ":3: callback.unreached_days (4)");
    refused("[rates]\naccount_burst = 20\n", "rates.account_rate (200)");
    (void)accepted("[cards]\nyellow_days = 2\n[limits]\nconsult = 8h\n");
}

static void test_a_file_that_cannot_be_read_is_said_so(void **state)
{
    (void)state;
    struct settings settings;
    struct error err = {ST_OK, ""};
    assert_int_equal(settings_load("/nonexistent/settings", &settings, &err), ST_NOT_FOUND);
    assert_non_null(strstr(err.message, "/nonexistent/settings cannot be read"));
    assert_int_equal(settings_load("/tmp", &settings, &err), ST_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_default_is_a_value_of_its_kind_inside_its_range),
        cmocka_unit_test(test_the_defaults_agree_with_each_other_and_differ_from_nothing),
        cmocka_unit_test(test_what_is_printed_loads_to_the_same_settings_in_both_languages),
        cmocka_unit_test(test_a_value_that_is_named_changes_and_the_others_keep_their_defaults),
        cmocka_unit_test(test_what_is_wrong_is_named_with_its_line_and_what_is_allowed),
        cmocka_unit_test(test_a_line_that_no_editor_makes_is_refused),
        cmocka_unit_test(test_values_that_contradict_each_other_are_refused),
        cmocka_unit_test(test_a_file_that_cannot_be_read_is_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
