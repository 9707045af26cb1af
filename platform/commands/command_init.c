/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/worktime.h"
#include "platform/analysis/learning.h"
#include "platform/commands/command.h"
#include "platform/demo/demo.h"
#include "platform/store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool demo;
static const char *holidays, *size_name;

static enum status has_no_city(struct store *store, const char *path, struct error *err)
{
    struct db *db = store_reader(store, err);
    struct arena *arena = db ? arena_new() : NULL;
    if (!arena)
        return db ? error_set(err, ST_NO_MEMORY, "out of memory") : err->status;
    struct region *regions;
    enum status st = store_read_begin(db);
    size_t count = st ? 0 : store_regions(db, arena, &regions);
    bool begun = !st && store_city_unfinished(db, arena);
    if (!st)
        st = store_read_end(db);
    arena_free(arena);
    if (st)
        return error_set(err, st, "%s cannot be read", path);
    if (begun)
        return error_set(err, ST_CONFLICT,
                         "%s holds the beginning of a city: its making was interrupted. Remove it "
                         "with %s.key and start again",
                         path, path);
    return count == 0
               ? ST_OK
               : error_set(err, ST_CONFLICT, "%s holds a city already; nothing was changed", path);
}

static const struct demo_size *find_size(void)
{
    if (!size_name || strcmp(size_name, "small") == 0)
        return &demo_small;
    return strcmp(size_name, "large") == 0 ? &demo_large : NULL;
}

/* Enough for hints, and learnt within two seconds. */
enum { LEARNT_MOST = 3000 };

static enum status make_demo(struct store *store, struct error *err)
{
    struct calendar *calendar = NULL;
    enum status st = ST_OK;
    size_t learnt, categories;
    if (holidays) {
        calendar = calendar_new();
        st = calendar ? calendar_load(calendar, holidays, err)
                      : error_set(err, ST_NO_MEMORY, "out of memory");
    }
    const struct demo_options making = {
        .size = find_size(), .calendar = calendar, .progress = command_progress};
    if (st == ST_OK)
        st = demo_city_make(store, &making, err);
    calendar_free(calendar);
    if (st == ST_OK)
        (void)fputs("learning from the orders what a text is about\n", stderr);
    if (st == ST_OK)
        st = learning_model(store, command_db, LEARNT_MOST, &learnt, &categories, err);
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
    if (!find_size())
        return command_wrong("--city takes small or large, not \"%s\"", size_name);
    if (size_name && !demo)
        return command_wrong("--city goes with --demo");
    if (command_open(&store, &err))
        return command_failed(&err);
    enum status st = has_no_city(store, command_db, &err);
    if (st == ST_OK && demo)
        st = make_demo(store, &err);
    else if (st == ST_OK)
        (void)fprintf(stderr, "%s is made, without a city; --demo puts one in\n", command_db);
    if (st == ST_OK)
        st = command_seal(store, &err);
    store_close(store);
    return st ? command_failed(&err) : EXIT_SUCCESS;
}

/* clang-format off */
static const struct command_option options[] = {
    OPTION_DB,
    {"demo", OPTION_FLAG, &demo, 0, 0, NULL, "with the demonstration city: accounts, 2,000 places, 300 orders of 60 days"},
    {"city", OPTION_TEXT, &size_name, 0, 0, "SIZE", "large: 200,000 places and 20,000 orders of two years; small"},
    {"holidays", OPTION_TEXT, &holidays, 0, 0, "FILE", "as for serve, for the city's orders"},
};
/* clang-format on */
const struct command command_init = {"init", "", "make a new database", COMMAND_OPTIONS(options), 0,
                                     0,      run};
