/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/commands/check.h"
#include "platform/commands/command.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool quick;
static const char *expect;

static void found(void *user, const char *where, const char *what)
{
    (void)user;
    (void)printf("%s: %s\n", where, what);
}

static void tell(const struct verify *v)
{
    char name[SEAL_NAME_SIZE];
    (void)printf("%zu orders, %zu events, %zu seals verified: ", v->orders, v->events, v->seals);
    if (v->findings)
        (void)printf("%zu findings\n", v->findings);
    else
        (void)puts("nothing found");
    if (v->unsealed)
        (void)printf("not yet sealed: %" PRId64 " events\n", v->unsealed);
    if (v->last.n == 0)
        return;
    seal_name(&v->last, name);
    (void)printf("%s\n", name);
}

static int run(int count, char **words)
{
    (void)count;
    (void)words;
    struct error err = {ST_OK, ""};
    struct check_options options = {.quick = quick};
    struct verify v = {.found = found, .progress = command_progress};
    struct store *store;
    if (expect &&
        (!seal_name_read(expect, &options.expect_n, options.expect_root) || options.expect_n == 0))
        return command_wrong("--expect takes what an earlier check printed last, a number, a colon"
                             " and 64 hex digits, not \"%s\"",
                             expect);
    if (command_db_exists(&err) || store_open_reading(command_db, command_keys, &store, &err))
        return command_failed(&err);
    enum status st = check_database(store, &options, &v, &err);
    store_close(store);
    tell(&v);
    if (fflush(stdout) != 0)
        return EXIT_FAILURE;
    return st ? command_failed(&err) : v.findings ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* clang-format off */
static const struct command_option options[] = {
    OPTION_DB,
    {"quick", OPTION_FLAG, &quick, 0, 0, NULL, "histories and seals alone"},
    {"expect", OPTION_TEXT, &expect, 0, 0, "N:ROOT", "what an earlier check printed last: finds a database that was put back"},
};
/* clang-format on */
const struct command command_check = {
    "check",
    "",
    "verify a whole database: its file, histories, seals, links and counts",
    COMMAND_OPTIONS(options),
    0,
    0,
    run};
