/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A demonstration city in a database of its own, for tests. */
#ifndef TESTS_UNIT_PLATFORM_DEMO_H
#define TESTS_UNIT_PLATFORM_DEMO_H

#include "core/clock.h"
#include "core/text.h"
#include "platform/demo/demo_sim.h"
#include "platform/domain/suggest.h"
#include <locale.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A city of its own in a directory of its own, at a moment of its own, as large as is said (NULL:
 * as small as it comes). */
struct made {
    char dir[512], path[544];
    struct store *store;
    struct db *db;
    struct arena *arena;
};

static inline void open_sized(struct made *m, const char *moment, const struct demo_size *size)
{
    struct error err = {0};
    char spec[96];
    snprintf(spec, sizeof spec, "start=%s,scale=0", moment);
    assert_int_equal(clock_init(spec, &err), ST_OK);
    snprintf(m->dir, sizeof m->dir, "%s/demo_city_XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(m->dir));
    snprintf(m->path, sizeof m->path, "%s/city.db", m->dir);
    m->store = NULL;
    if (store_open(m->path, &m->store, &err) != ST_OK)
        fail_msg("the store does not open: %s", err.message);
    const struct demo_options options = {.size = size};
    if (demo_city_make(m->store, &options, &err) != ST_OK)
        fail_msg("the city is not made: %s", err.message);
    m->db = store_reader(m->store, &err);
    assert_non_null(m->db);
    m->arena = arena_new();
}

static inline void open_city(struct made *m, const char *moment)
{
    open_sized(m, moment, NULL);
}

static inline void close_city(struct made *m)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock", ".key"};
    arena_free(m->arena);
    store_close(m->store);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char path[560];
        snprintf(path, sizeof path, "%s%s", m->path, ends[i]);
        unlink(path);
    }
    rmdir(m->dir);
}

static struct made city;

static inline int set_up(void **state)
{
    (void)state;
    open_city(&city, "2026-11-18T09:30:00+08:00");
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    close_city(&city);
    return 0;
}

static inline int64_t number_of(struct db *db, const char *sql)
{
    struct db_rows *rows = db_query(db, sql, NULL, 0, NULL);
    int64_t n = rows && db_next(rows) ? db_get_int(rows, 0) : -1;
    assert_int_equal(db_close(rows), ST_OK);
    return n;
}

static inline size_t list_all(const struct made *m, int64_t account_id, struct order **out)
{
    DEMO_LIST(struct order) list = {0};
    struct order_filter filter = {0};
    struct order_page page = {0};
    int64_t key = 0, id = 0;
    do {
        assert_int_equal(
            store_orders(m->db, account_id, &filter, true, key, id, 100, m->arena, &page), ST_OK);
        for (size_t i = 0; i < page.count; i++)
            *DEMO_ADD(m->arena, list) = page.orders[i];
        key = page.next_key;
        id = page.next_id;
    } while (page.more);
    *out = list.items;
    return list.count;
}

#endif
