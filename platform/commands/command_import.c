/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/commands/command.h"
#include "platform/domain/settings.h"
#include "platform/import/import.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct option_list maps;
static const char *channel, *region, *kind, *city, *rejected, *settings_file, *language = "en";
static bool dry_run;

static void tell(const char *file, const struct import_result *r)
{
    if (*r->unused)
        (void)fprintf(stderr, "columns of %s that are not used: %s\n", file, r->unused);
    if (*r->rejected_file)
        (void)fprintf(stderr, "the rejected lines are in %s, each with its reason\n",
                      r->rejected_file);
    (void)printf("%" PRIu64 " rows: %" PRIu64 " new, %" PRIu64 " changed, %" PRIu64
                 " unchanged, %" PRIu64 " rejected%s\n",
                 r->rows, r->fresh, r->changed, r->unchanged, r->rejected,
                 dry_run ? " (dry run: nothing was written)" : "");
}

static int import(const struct import_options *options)
{
    struct error err = {ST_OK, ""};
    struct store *store;
    struct import_result result;
    if (command_db_exists(&err) || command_open(&store, &err))
        return command_failed(&err);
    enum status st = import_run(store, options, &result, &err);
    if (!st && !options->dry_run)
        st = command_seal(store, &err);
    store_close(store);
    if (st && result.rows)
        tell(options->file, &result);
    if (st)
        return command_failed(&err);
    tell(options->file, &result);
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(int count, char **words)
{
    (void)count;
    struct error err = {ST_OK, ""};
    struct settings settings = settings_default();
    bool zh = strcmp(language, "zh") == 0, appeals = strcmp(words[0], "appeals") == 0;
    if (!zh && strcmp(language, "en") != 0)
        return command_wrong("--language takes zh or en, not \"%s\"", language);
    if (!import_kind_known(words[0]))
        return command_wrong("import: there is no kind \"%s\" (%s)", words[0], import_kinds());
    if (settings_file && settings_load(settings_file, &settings, &err))
        return command_failed(&err);
    const struct import_options options = {
        .kind = words[0],
        .file = words[1],
        .rejected = rejected,
        .maps = maps.items,
        .map_count = maps.count,
        .channel = channel,
        .region = region,
        .place_kind = appeals ? NULL : kind,
        .appeal_kind = appeals ? kind : NULL,
        .city = city,
        .policy = settings.policy,
        .dry_run = dry_run,
        .language = zh ? LANGUAGE_ZH : LANGUAGE_EN,
        .progress = stderr,
    };
    return import(&options);
}

/* clang-format off */
static const struct command_option options[] = {
    OPTION_DB,
    {"map", OPTION_LIST, &maps, 0, 0, "THEIRS=OURS", "their column is ours; THEIRS= leaves it out"},
    {"dry-run", OPTION_FLAG, &dry_run, 0, 0, NULL, "check everything, write nothing"},
    {"channel", OPTION_TEXT, &channel, 0, 0, "CODE", "appeals: the channel of all of them"},
    {"kind", OPTION_TEXT, &kind, 0, 0, "WORD", "of appeals (complaint) or places that do not say it"},
    {"region", OPTION_TEXT, &region, 0, 0, "CODE", "of appeals (the city) or places that do not say it"},
    {"city", OPTION_TEXT, &city, 0, 0, "NAME", "divisions: the city's own name, where no line has it"},
    {"rejected", OPTION_TEXT, &rejected, 0, 0, "FILE", "where bad lines go (FILE.rejected)"},
    {"settings", OPTION_TEXT, &settings_file, 0, 0, "FILE", "as for serve: the limits of appeals"},
    {"language", OPTION_TEXT, &language, 0, 0, "zh|en", "of the reasons (en)"},
};
/* clang-format on */
const struct command command_import = {"import",
                                       "KIND FILE",
                                       "take a CSV file into the database (docs/import.md)",
                                       COMMAND_OPTIONS(options),
                                       2,
                                       2,
                                       run};
