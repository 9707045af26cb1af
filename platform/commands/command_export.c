/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock.h"
#include "platform/api/export.h"
#include "platform/commands/command.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *login, *out, *from, *to, *view;
static bool csv, bom;

/* Where it goes: the file is whole or not there. A device or a pipe is written to as it is, and
 * never replaced. */
struct output {
    char draft[4096]; /* "" where there is none */
    FILE *file;
};

static FILE *begin(void *user, struct error *err)
{
    struct output *output = user;
    if (!out)
        return output->file = stdout;
    struct stat there;
    bool plain = stat(out, &there) != 0 || S_ISREG(there.st_mode);
    if (plain &&
        snprintf(output->draft, sizeof output->draft, "%s.new", out) >= (int)sizeof output->draft) {
        error_set(err, ST_INVALID, "the path %.60s… is too long", out);
        return NULL;
    }
    output->file = fopen(plain ? output->draft : out, "we");
    if (!output->file)
        error_set(err, ST_IO, "%s cannot be written: %s", out, strerror(errno));
    return output->file;
}

static enum status end(struct output *output, enum status st, struct error *err)
{
    if (!output->file || !out)
        return st;
    bool draft = *output->draft != '\0';
    bool good = fflush(output->file) == 0 && (!draft || fsync(fileno(output->file)) == 0);
    good = fclose(output->file) == 0 && good;
    if (!st && (!good || (draft && rename(output->draft, out) != 0)))
        st = error_set(err, ST_IO, "%s cannot be written: %s", out, strerror(errno));
    if (st && draft)
        (void)unlink(output->draft);
    return st;
}

/* The first moment of the day, or of the one after it. */
static bool day(const char *name, const char *text, int32_t more, int64_t *at)
{
    int32_t number;
    if (!text)
        return true;
    if (!clock_parse_day(text, &number)) {
        (void)command_wrong("--%s takes a day such as 2026-11-18, not \"%s\"", name, text);
        return false;
    }
    *at = clock_day_start(number + more);
    return true;
}

static int export(const struct export_options *options)
{
    struct error err = {ST_OK, ""};
    struct api *api;
    struct output output = {.file = NULL};
    uint64_t rows = 0;
    const struct api_options open_as = {.database = command_db, .keys_file = command_keys};
    if (command_db_exists(&err) || api_open(&open_as, &api, &err))
        return command_failed(&err);
    enum status st = api_export(api, options, begin, &output, &rows, &err);
    st = end(&output, st, &err);
    api_close(api);
    if (st)
        return command_failed(&err);
    (void)fprintf(stderr, "%" PRIu64 " %s exported as %s sees them\n", rows,
                  options->events ? "events" : "orders", options->login);
    return EXIT_SUCCESS;
}

static int run(int count, char **words)
{
    (void)count;
    bool events = strcmp(words[0], "events") == 0;
    struct export_options options = {.events = events, .login = login, .view = view, .bom = bom};
    if (!events && strcmp(words[0], "orders") != 0)
        return command_wrong("export: orders or events, not \"%s\"", words[0]);
    if (!login)
        return command_wrong("export needs --as LOGIN: it holds what that account may see");
    if (!csv)
        return command_wrong("export needs --csv, the form that it can write");
    if (!day("from", from, 0, &options.from) || !day("to", to, 1, &options.to))
        return EXIT_USAGE;
    return export(&options);
}

/* clang-format off */
static const struct command_option options[] = {
    OPTION_DB,
    {"as", OPTION_TEXT, &login, 0, 0, "LOGIN", "the account whose scope and masks hold"},
    {"csv", OPTION_FLAG, &csv, 0, 0, NULL, "as CSV in UTF-8"},
    {"out", OPTION_TEXT, &out, 0, 0, "FILE", "into a file, whole or not at all (standard output)"},
    {"from", OPTION_TEXT, &from, 0, 0, "DAY", "orders received, events done on this day or later"},
    {"to", OPTION_TEXT, &to, 0, 0, "DAY", "… on this day or before"},
    {"view", OPTION_TEXT, &view, 0, 0, "NAME", "only what stands in this queue of the account (all)"},
    {"bom", OPTION_FLAG, &bom, 0, 0, NULL, "with the mark by which some spreadsheets know UTF-8"},
};
/* clang-format on */
const struct command command_export = {"export",
                                       "orders|events",
                                       "write what an account sees, noted in the access log",
                                       COMMAND_OPTIONS(options),
                                       1,
                                       1,
                                       run};
