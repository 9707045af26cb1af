/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minqingd: the platform's program, that is its commands. */
#include "core/clock.h"
#include "core/version.h"
#include "platform/commands/command.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct command *const commands[] = {
    &command_serve,   &command_init,      &command_account,   &command_import,
    &command_columns, &command_export,    &command_check,     &command_reindex,
    &command_train,   &command_anonymise, &command_lifecycle, &command_settings,
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static int no_command(const char *given)
{
    char names[512] = "";
    size_t n = 0;
    for (size_t i = 0; i < COMMAND_COUNT && n < sizeof names; i++)
        n +=
            (size_t)snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "", commands[i]->name);
    return given ? command_wrong("there is no command \"%s\" (%s)", given, names)
                 : command_wrong("what is to be done? (%s)", names);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct error err = {ST_OK, ""};
    if (clock_init(getenv("MINQING_CLOCK"), &err))
        return command_wrong("MINQING_CLOCK: %s", err.message);
    (void)umask(0077); /* what is kept here is personal */
    return command_run(command, argc, argv);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return no_command(NULL);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        command_help(commands, COMMAND_COUNT);
        return fflush(stdout) != 0;
    }
    if (strcmp(argv[1], "--version") == 0)
        return printf("minqingd %s\n", MINQING_VERSION) < 0 || fflush(stdout) != 0;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return run(commands[i], argc - 1, argv + 1);
    return no_command(argv[1]);
}
