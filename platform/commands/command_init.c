/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/worktime.h"
#include "platform/commands/command.h"
#include "platform/demo/demo.h"
#include "platform/store/store.h"
#include <stdio.h>
#include <stdlib.h>

static bool demo;
static const char *holidays;

static enum status has_no_city(struct store *store, const char *path, struct error *err)
{
    struct db *db = store_reader(store, err);
    struct arena *arena = db ? arena_new() : NULL;
    if (!arena)
        return db ? error_set(err, ST_NO_MEMORY, "out of memory") : err->status;
    struct region *regions;
    enum status st = store_read_begin(db);
    size_t count = st ? 0 : store_regions(db, arena, &regions);
    if (!st)
        st = store_read_end(db);
    arena_free(arena);
    if (st)
        return error_set(err, st, "%s cannot be read", path);
    return count == 0
               ? ST_OK
               : error_set(err, ST_CONFLICT, "%s holds a city already; nothing was changed", path);
}

static enum status make_demo(struct store *store, struct error *err)
{
    struct calendar *calendar = NULL;
    enum status st = ST_OK;
    if (holidays) {
        calendar = calendar_new();
        st = calendar ? calendar_load(calendar, holidays, err)
                      : error_set(err, ST_NO_MEMORY, "out of memory");
    }
    if (st == ST_OK)
        st = demo_city_make(store, calendar, err, command_progress, NULL);
    calendar_free(calendar);
    if (st == ST_OK)
        (void)fprintf(stderr,
                      "%s holds the demonstration city; the password of all its accounts is %s\n"
                      "minqingd serve --db %s starts the platform\n",
                      command_db, demo_password, command_db);
    return st;
}

static int run(int count, char **words)
{
    (void)count;
    (void)words;
    struct error err = {ST_OK, ""};
    struct store *store;
    if (store_open(command_db, &store, &err))
        return command_failed(&err);
    enum status st = has_no_city(store, command_db, &err);
    if (st == ST_OK && demo)
        st = make_demo(store, &err);
    else if (st == ST_OK)
        (void)fprintf(stderr, "%s is made, without a city; --demo puts one in\n", command_db);
    store_close(store);
    return st ? command_failed(&err) : EXIT_SUCCESS;
}

/* clang-format off */
static const struct command_option options[] = {
    OPTION_DB,
    {"demo", OPTION_FLAG, &demo, 0, 0, NULL, "with the demonstration city: accounts, places, 60 days of orders"},
    {"holidays", OPTION_TEXT, &holidays, 0, 0, "FILE", "as for serve, for the city's orders"},
};
/* clang-format on */
const struct command command_init = {"init", "", "make a new database", COMMAND_OPTIONS(options), 0,
                                     0,      run};
