/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of store/ share: a database in a directory of its own, and an order to put in. */
#ifndef TESTS_UNIT_PLATFORM_STORE_FIXTURE_H
#define TESTS_UNIT_PLATFORM_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform/store/store.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW    INT64_C(1795050000000) /* 2026-11-19, a Thursday */
#define DAY_MS INT64_C(86400000)

struct fixture {
    char directory[256];
    char path[300];
    struct store *store;
    struct arena *arena;
};

static inline void fixture_directory(struct fixture *f)
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(f->directory, sizeof f->directory, "%.200s/minqing-store.XXXXXX",
                   tmp && *tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(f->directory));
    (void)snprintf(f->path, sizeof f->path, "%s/city.db", f->directory);
}

static inline void fixture_remove(struct fixture *f)
{
    DIR *directory = opendir(f->directory);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        char name[600];
        (void)snprintf(name, sizeof name, "%s/%s", f->directory, entry->d_name);
        (void)unlink(name);
    }
    if (directory)
        (void)closedir(directory);
    assert_int_equal(rmdir(f->directory), 0);
}

static inline void fixture_open(struct fixture *f)
{
    struct error err = {ST_OK, ""};
    if (store_open(f->path, &f->store, &err) != ST_OK)
        fail_msg("%s", err.message);
}

static inline void fixture_reopen(struct fixture *f)
{
    store_close(f->store);
    f->store = NULL;
    fixture_open(f);
}

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    fixture_directory(f);
    fixture_open(f);
    f->arena = arena_new();
    *state = f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    arena_free(f->arena);
    fixture_remove(f);
    free(f);
    return 0;
}

static inline struct db *fixture_db(struct fixture *f)
{
    struct error err = {ST_OK, ""};
    struct db *db = store_reader(f->store, &err);
    if (!db)
        fail_msg("%s", err.message);
    return db;
}

/* --- jobs, and the waiting for them ---------------------------------------------------------- */

static inline enum status job_sql(struct db *db, void *user)
{
    return db_run(db, user, NULL, 0, NULL);
}

/* Runs one statement as a job. */
static inline enum status run_sql(struct fixture *f, const char *sql)
{
    char *copy = arena_strdup(f->arena, sql);
    return store_write_wait(f->store, job_sql, copy);
}

static inline int64_t one_number(struct fixture *f, const char *sql)
{
    struct db_rows *rows = db_query(fixture_db(f), arena_strdup(f->arena, sql), NULL, 0, NULL);
    assert_non_null(rows);
    assert_true(db_next(rows));
    int64_t number = db_get_int(rows, 0);
    assert_int_equal(db_close(rows), ST_OK);
    return number;
}

struct job_account {
    struct account account;
    bool sees_orders;
};

static inline enum status job_account(struct db *db, void *user)
{
    struct job_account *job = user;
    return store_account_put(db, &job->account, job->sees_orders);
}

static inline void put_account(struct fixture *f, int64_t id, bool sees_orders, bool disabled)
{
    char login[32];
    (void)snprintf(login, sizeof login, "account%d", (int)id);
    struct job_account job = {{.id = id,
                               .login = login,
                               .name = "王某",
                               .password_hash = "",
                               .roles = BIT(ROLE_HANDLER),
                               .disabled = disabled},
                              sees_orders};
    assert_int_equal(store_write_wait(f->store, job_account, &job), ST_OK);
}

static inline enum status job_scope(struct db *db, void *user)
{
    return store_scope_put(db, user);
}

static inline enum status put_scope(struct fixture *f, int64_t account_id,
                                    enum scope_dimension dimension, const char *value)
{
    struct scope_row row = {account_id, dimension, value};
    return store_write_wait(f->store, job_scope, &row);
}

static inline enum status job_new_id(struct db *db, void *user)
{
    int64_t *id = user;
    *id = store_new_id(db, NOW);
    return *id > 0 ? ST_OK : ST_IO;
}

static inline int64_t new_id(struct fixture *f)
{
    int64_t id = 0;
    assert_int_equal(store_write_wait(f->store, job_new_id, &id), ST_OK);
    return id;
}

struct job_save {
    struct order_case *c;
    bool is_new;
    struct error err;
};

static inline enum status job_save(struct db *db, void *user)
{
    struct job_save *job = user;
    if (job->is_new && job->c->order.number[0] == '\0') {
        enum status st = store_new_number(db, NOW, job->c->order.number);
        if (st)
            return st;
    }
    return store_case_save(db, job->c, job->is_new, NOW + 5, &job->err);
}

static inline enum status save_case(struct fixture *f, struct order_case *c, bool is_new)
{
    struct job_save job = {.c = c, .is_new = is_new};
    return store_write_wait(f->store, job_save, &job);
}

/* --- an order -------------------------------------------------------------------------------- */

static inline void add_event(struct arena *arena, struct order_case *c, const char *action,
                             const char *detail)
{
    c->events = arena_grow(arena, c->events, c->event_count, &c->event_capacity, sizeof *c->events);
    c->events[c->event_count++] = (struct event_draft){.action = action,
                                                       .subject = "order",
                                                       .subject_id = c->order.id,
                                                       .from = "received",
                                                       .to = "to_dispatch",
                                                       .account_id = 7,
                                                       .done_at = NOW,
                                                       .detail = detail};
}

/* An order as intake makes it, not stored yet, with one event. */
static inline struct order_case *make_case(struct fixture *f)
{
    struct order_case *c = arena_alloc(f->arena, sizeof *c);
    struct order *o = &c->order;
    o->id = new_id(f);
    o->version = 1;
    o->state = ORDER_TO_DISPATCH;
    o->kind = KIND_COMPLAINT;
    o->channel = "12345";
    o->category_code = "010203";
    o->industry = "housing";
    o->region_code = "420281001002";
    o->place_text = "湖滨路12号";
    o->title = "路灯不亮";
    o->conclusion = "";
    o->received_at = NOW;
    o->taken_by = 7;
    o->limit = (struct limit){5, LIMIT_DAYS};
    o->deadline_at = o->first_deadline_at = NOW + 5 * DAY_MS;
    o->needs = BIT(NEED_DISPATCH);
    add_event(f->arena, c, "receive", "");
    return c;
}

/* Stores it with its first event. */
static inline int64_t put_case(struct fixture *f, struct order_case *c)
{
    assert_int_equal(save_case(f, c, true), ST_OK);
    return c->order.id;
}

/* Stores what was changed since it was stored or loaded, as the next version with an event. */
static inline void change_case(struct fixture *f, struct order_case *c, const char *action)
{
    c->order.version++;
    add_event(f->arena, c, action, "");
    assert_int_equal(save_case(f, c, false), ST_OK);
}

static inline struct assignment *add_assignment(struct fixture *f, struct order_case *c,
                                                int64_t unit_id, const char *path, bool lead,
                                                int32_t round)
{
    c->assignments = arena_grow(f->arena, c->assignments, c->assignment_count,
                                &c->assignment_capacity, sizeof *c->assignments);
    struct assignment *a = &c->assignments[c->assignment_count++];
    *a = (struct assignment){.mark = ROW_NEW,
                             .id = new_id(f),
                             .unit_id = unit_id,
                             .unit_path = path,
                             .lead = lead,
                             .round = round,
                             .state = ASSIGNMENT_OFFERED,
                             .limit = {3, LIMIT_DAYS},
                             .offered_at = NOW + round,
                             .return_reason = ""};
    c->order.round = round;
    if (lead)
        c->order.lead_unit_id = unit_id;
    return a;
}

static inline struct order_case *load_case(struct fixture *f, int64_t account_id, int64_t id)
{
    return store_case_load(fixture_db(f), account_id, id, f->arena);
}

#endif
