/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/arena.h"
#include "platform/commands/command.h"
#include "platform/store/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static enum status read_order_ids(struct db *db, struct arena *arena, int64_t **ids, size_t *count,
                                  struct error *err)
{
    enum status st = store_read_begin(db);
    if (!st) {
        *count = store_order_ids(db, arena, ids);
        st = store_read_end(db);
    }
    return st ? error_set(err, st, "the orders cannot be read") : ST_OK;
}

static enum status check_orders(struct db *db, size_t *good, size_t *bad, struct error *err)
{
    struct arena *arena = arena_new();
    int64_t *ids = NULL;
    size_t count = 0;
    enum status st = arena ? read_order_ids(db, arena, &ids, &count, err)
                           : error_set(err, ST_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < count && !st; i++) {
        if (store_chain_verify(db, ids[i], err)) {
            (void)fprintf(stderr, "order %" PRId64 ": %s\n", ids[i], err->message);
            ++*bad;
        } else {
            ++*good;
        }
    }
    arena_free(arena);
    return st;
}

static int run(int count, char **words)
{
    (void)count;
    (void)words;
    struct error err = {ST_OK, ""};
    struct store *store;
    size_t good = 0, bad = 0;
    if (command_db_exists(&err) || store_open(command_db, &store, &err))
        return command_failed(&err);
    struct db *db = store_reader(store, &err);
    enum status st = db ? check_orders(db, &good, &bad, &err) : err.status;
    store_close(store);
    if (st)
        return command_failed(&err);
    (void)printf("%zu orders verified, %zu broken\n", good, bad);
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const struct command_option options[] = {OPTION_DB};
const struct command command_check = {
    "check", "", "verify the chain of events of every order", COMMAND_OPTIONS(options), 0, 0, run};
