/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/commands/command.h"
#include "platform/import/import.h"
#include <stdio.h>
#include <stdlib.h>

static int run(int count, char **words)
{
    (void)count;
    (void)words;
    import_print(stdout);
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

const struct command command_columns = {
    "columns", "", "print what import takes: each kind with its columns, as Markdown", NULL, 0, 0,
    0,         run};
