/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/analysis/indexing.h"
#include "platform/commands/command.h"
#include <stdlib.h>

static int run(int count, char **words)
{
    (void)count;
    (void)words;
    struct error err = {ST_OK, ""};
    struct store *store;
    if (command_db_exists(&err) || command_open(&store, &err))
        return command_failed(&err);
    enum status st = index_all(store, &err, command_progress, NULL);
    store_close(store);
    return st ? command_failed(&err) : EXIT_SUCCESS;
}

static const struct command_option options[] = {OPTION_DB};
const struct command command_reindex = {
    "reindex", "", "make the text index of all orders anew", COMMAND_OPTIONS(options), 0, 0, run};
