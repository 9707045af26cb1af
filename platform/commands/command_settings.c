/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/commands/command.h"
#include "platform/domain/settings.h"
#include <stdlib.h>
#include <string.h>

static const char *file, *language = "en";

/* What the file changes, then that it is good. */
static int check(void)
{
    struct error err = {ST_OK, ""};
    struct settings settings;
    char line[256];
    if (settings_load(file, &settings, &err))
        return command_failed(&err);
    for (size_t i = 0; i < settings_count(); i++)
        if (settings_changed(&settings, i, line, sizeof line))
            (void)puts(line);
    (void)printf("%s is good\n", file);
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(int count, char **words)
{
    (void)count;
    (void)words;
    bool zh = strcmp(language, "zh") == 0;
    if (!zh && strcmp(language, "en") != 0)
        return command_wrong("--language takes zh or en, not \"%s\"", language);
    if (file)
        return check();
    settings_write(stdout, zh ? LANGUAGE_ZH : LANGUAGE_EN);
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* clang-format off */
static const struct command_option options[] = {
    {"check", OPTION_TEXT, &file, 0, 0, "FILE", "check a file instead, and say what it changes"},
    {"language", OPTION_TEXT, &language, 0, 0, "zh|en", "of the comments (en)"},
};
/* clang-format on */
const struct command command_settings = {"settings",
                                         "",
                                         "print the settings with their defaults, as a file",
                                         COMMAND_OPTIONS(options),
                                         0,
                                         0,
                                         run};
