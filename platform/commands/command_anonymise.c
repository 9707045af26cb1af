/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock.h"
#include "platform/commands/anonymise.h"
#include "platform/commands/command.h"
#include "platform/domain/retention.h"
#include "platform/domain/settings.h"
#include <stdio.h>
#include <stdlib.h>

static const char *older_than, *settings_file;
static bool dry_run;

static enum status read_before(int64_t *before, struct error *err)
{
    struct settings settings = settings_default();
    enum status st = settings_file ? settings_load(settings_file, &settings, err) : ST_OK;
    return st ? st
              : retention_before(older_than, clock_now_ms(), settings.anonymise_least_ms, before,
                                 err);
}

static int run(int count, char **words)
{
    (void)count;
    (void)words;
    struct error err = {ST_OK, ""};
    struct store *store;
    int64_t before;
    size_t done = 0;
    if (!older_than)
        return command_wrong("anonymise needs --older-than AGE");
    if (read_before(&before, &err) || command_db_exists(&err) || command_open(&store, &err))
        return command_failed(&err);
    enum status st = anonymise(store, before, dry_run, &done, &err, command_progress, NULL);
    if (!st && !dry_run)
        st = command_seal(store, &err);
    store_close(store);
    if (st)
        return command_failed(&err);
    (void)printf(dry_run ? "%zu orders would be anonymised\n" : "%zu orders anonymised\n", done);
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* clang-format off */
static const struct command_option options[] = {
    OPTION_DB,
    {"older-than", OPTION_TEXT, &older_than, 0, 0, "AGE", "ended so long ago (2y, 730d) or before a day (2024-01-31)"},
    {"dry-run", OPTION_FLAG, &dry_run, 0, 0, NULL, "say how many orders it would be, change nothing"},
    {"settings", OPTION_TEXT, &settings_file, 0, 0, "FILE", "as for serve: how long citizens are kept at least"},
};
/* clang-format on */
const struct command command_anonymise = {
    "anonymise",
    "",
    "forget citizens and their words of orders that ended long ago",
    COMMAND_OPTIONS(options),
    0,
    0,
    run};
