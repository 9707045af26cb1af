/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/commands/command.h"
#include "platform/domain/lifecycle.h"
#include <stdio.h>
#include <stdlib.h>

static bool markdown;

static int run(int count, char **words)
{
    (void)count;
    (void)words;
    lifecycle_print(stdout, markdown);
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static const struct command_option options[] = {
    {"markdown", OPTION_FLAG, &markdown, 0, 0, NULL, "as Markdown instead"},
};
const struct command command_lifecycle = {
    "lifecycle", "", "print the life-cycles as Graphviz dot", COMMAND_OPTIONS(options), 0, 0, run};
