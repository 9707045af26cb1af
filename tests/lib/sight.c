/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/sight.h"
#include "tests/lib/platform_private.h"
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* operator, dispatcher, handler, callback officer, supervisor, conference member, analyst */
enum { WORKS_WITH_ORDERS = 1 + 2 + 4 + 8 + 16 + 32 + 64 };

/* --- reading ---------------------------------------------------------------------------------- */

static sqlite3 *database_open(const char *path)
{
    sqlite3 *db = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_busy_timeout(db, TEST_LIMIT_MS) != SQLITE_OK)
        test_die(NULL, "%s: %s", path, sqlite3_errmsg(db));
    return db;
}

static sqlite3_stmt *ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *rows = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK)
        test_die(NULL, "%s: %s", sql, sqlite3_errmsg(db));
    return rows;
}

static bool next(sqlite3_stmt *rows)
{
    int rc = sqlite3_step(rows);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        test_die(NULL, "%s", sqlite3_errmsg(sqlite3_db_handle(rows)));
    if (rc == SQLITE_DONE)
        (void)sqlite3_finalize(rows);
    return rc == SQLITE_ROW;
}

static void text(sqlite3_stmt *rows, int column, char *out, size_t size)
{
    int n = snprintf(out, size, "%s", (const char *)sqlite3_column_text(rows, column));
    if (n < 0 || (size_t)n >= size)
        test_die(NULL, "%s is too long for this test", sqlite3_column_name(rows, column));
}
#define TEXT(rows, column, out) text(rows, column, out, sizeof(out))

/* Room for one more of what `items` points to. */
#define GROW(items, count)                                                                         \
    ((items) = test_must(realloc((items), ((count) + 1) * sizeof *(items))),                       \
     memset(&(items)[(count)], 0, sizeof *(items)), &(items)[(count)++])

static void read_tables(sqlite3 *db, struct sight_city *city)
{
    sqlite3_stmt *rows = ask(db, "select id, parent_id from unit");
    while (next(rows)) {
        (void)GROW(city->units, city->unit_count);
        city->units[city->unit_count - 1].id = sqlite3_column_int64(rows, 0);
        city->units[city->unit_count - 1].parent = sqlite3_column_int64(rows, 1);
    }
    rows = ask(db, "select code, industry from category");
    while (next(rows)) {
        (void)GROW(city->categories, city->category_count);
        TEXT(rows, 0, city->categories[city->category_count - 1].code);
        TEXT(rows, 1, city->categories[city->category_count - 1].industry);
    }
}

static void read_accounts(sqlite3 *db, struct sight_city *city)
{
    sqlite3_stmt *rows = ask(db, "select a.id, a.login, a.roles, a.disabled,"
                                 " coalesce(s.dimension, ''), coalesce(s.value, '') from account a"
                                 " left join scope s on s.account_id = a.id order by a.id");
    while (next(rows)) {
        struct sight_account *a =
            city->account_count ? &city->accounts[city->account_count - 1] : NULL;
        if (!a || a->id != sqlite3_column_int64(rows, 0)) {
            a = GROW(city->accounts, city->account_count);
            a->id = sqlite3_column_int64(rows, 0);
            TEXT(rows, 1, a->login);
            a->roles = (unsigned)sqlite3_column_int64(rows, 2);
            a->disabled = sqlite3_column_int64(rows, 3) != 0;
        }
        if (sqlite3_column_bytes(rows, 4) == 0)
            continue;
        if (a->scope_count == SIGHT_SCOPES)
            test_die(NULL, "%s has too many scope rows for this test", a->login);
        TEXT(rows, 4, a->scopes[a->scope_count].dimension);
        TEXT(rows, 5, a->scopes[a->scope_count++].value);
    }
}

static void add_unit(struct sight_facts *facts, int64_t unit)
{
    if (facts->unit_count == SIGHT_UNITS)
        test_die(NULL, "an order has too many units for this test");
    facts->units[facts->unit_count++] = unit;
}

static void read_orders(sqlite3 *db, struct sight_city *city)
{
    sqlite3_stmt *rows = ask(db, "select id, number, region_code, category_code, channel, state,"
                                 " version, lead_unit_id, taken_by, round, card, conclusion, open,"
                                 " unsatisfied, concluded_at <> 0 from orders order by id");
    while (next(rows)) {
        struct sight_order *o = GROW(city->orders, city->order_count);
        o->id = sqlite3_column_int64(rows, 0);
        TEXT(rows, 1, o->number);
        TEXT(rows, 2, o->now.region);
        TEXT(rows, 3, o->now.category);
        TEXT(rows, 4, o->now.channel);
        TEXT(rows, 5, o->now.state);
        o->version = sqlite3_column_int64(rows, 6);
        o->lead = sqlite3_column_int64(rows, 7);
        o->taken_by = sqlite3_column_int64(rows, 8);
        o->round = sqlite3_column_int64(rows, 9);
        TEXT(rows, 10, o->card);
        TEXT(rows, 11, o->conclusion);
        o->open = sqlite3_column_int64(rows, 12) != 0;
        o->unsatisfied = sqlite3_column_int64(rows, 13) != 0;
        o->concluded = sqlite3_column_int64(rows, 14) != 0;
    }
}

static struct sight_order *find(const struct sight_city *city, int64_t id)
{
    for (size_t low = 0, high = city->order_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (city->orders[middle].id == id)
            return &city->orders[middle];
        if (city->orders[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static struct sight_order *must_find(const struct sight_city *city, int64_t id)
{
    struct sight_order *order = find(city, id);
    if (!order)
        test_die(NULL, "a row is about the order %" PRId64 ", which there is not", id);
    return order;
}

/* ",/1/102/1021/,/1/303/,": the last number of each path is the unit's. */
static void read_paths(struct sight_facts *facts, const char *paths)
{
    for (const char *at = paths; (at = strstr(at, "/,")); at += 2) {
        const char *from = at;
        while (from > paths && from[-1] != '/')
            from--;
        add_unit(facts, strtoll(from, NULL, 10));
    }
}

static void read_duties(sqlite3 *db, struct sight_city *city)
{
    sqlite3_stmt *rows = ask(db, "select order_id, unit_id from assignment"
                                 " where state <> 'returned' and state <> 'withdrawn'");
    while (next(rows))
        add_unit(&must_find(city, sqlite3_column_int64(rows, 0))->now,
                 sqlite3_column_int64(rows, 1));
    rows = ask(db, "select order_id, region_code, category_code, channel, state, units from event"
                   " order by seq");
    while (next(rows)) {
        struct sight_order *o = must_find(city, sqlite3_column_int64(rows, 0));
        struct sight_facts *facts = GROW(o->before, o->before_count);
        TEXT(rows, 1, facts->region);
        TEXT(rows, 2, facts->category);
        TEXT(rows, 3, facts->channel);
        TEXT(rows, 4, facts->state);
        read_paths(facts, (const char *)sqlite3_column_text(rows, 5));
    }
}

struct sight_city *sight_read(const char *path)
{
    struct sight_city *city = test_must(calloc(1, sizeof *city));
    sqlite3 *db = database_open(path);
    (void)sqlite3_exec(db, "begin", NULL, NULL, NULL);
    read_tables(db, city);
    read_accounts(db, city);
    read_orders(db, city);
    read_duties(db, city);
    (void)sqlite3_close(db);
    return city;
}

void sight_free(struct sight_city *city)
{
    if (!city)
        return;
    for (size_t i = 0; i < city->order_count; i++)
        free(city->orders[i].before);
    free(city->orders);
    free(city->accounts);
    free(city->units);
    free(city->categories);
    free(city);
}

/* --- who sees what ---------------------------------------------------------------------------- */

static bool begins(const char *whole, const char *beginning)
{
    return strncmp(whole, beginning, strlen(beginning)) == 0;
}

/* Is the unit the one that the path ends with, or below it? */
static bool is_within(const struct sight_city *city, int64_t unit, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 2] != '/')
        n--;
    int64_t top = n ? strtoll(path + n - 1, NULL, 10) : 0;
    while (unit && unit != top) {
        size_t i = 0;
        while (i < city->unit_count && city->units[i].id != unit)
            i++;
        unit = i < city->unit_count ? city->units[i].parent : 0;
    }
    return unit != 0;
}

static bool fits(const struct sight_city *city, const struct sight_facts *facts,
                 const char *dimension, const char *value)
{
    if (strcmp(dimension, "region") == 0)
        return begins(facts->region, value);
    if (strcmp(dimension, "category") == 0)
        return begins(facts->category, value);
    if (strcmp(dimension, "channel") == 0)
        return strcmp(facts->channel, value) == 0;
    if (strcmp(dimension, "state") == 0)
        return strcmp(facts->state, value) == 0;
    for (size_t i = 0; strcmp(dimension, "unit") == 0 && i < facts->unit_count; i++)
        if (is_within(city, facts->units[i], value))
            return true;
    for (size_t i = 0; strcmp(dimension, "industry") == 0 && i < city->category_count; i++)
        if (strcmp(city->categories[i].code, facts->category) == 0)
            return strcmp(city->categories[i].industry, value) == 0;
    return false;
}

/* One of these two dimensions (NULL: only the first) fits, or neither restricts. */
static bool fits_any(const struct sight_city *city, const struct sight_account *account,
                     const struct sight_facts *facts, const char *one, const char *other)
{
    bool restricted = false;
    for (size_t i = 0; i < account->scope_count; i++) {
        const char *dimension = account->scopes[i].dimension;
        if (strcmp(dimension, one) != 0 && (!other || strcmp(dimension, other) != 0))
            continue;
        if (fits(city, facts, dimension, account->scopes[i].value))
            return true;
        restricted = true;
    }
    return !restricted;
}

static bool sees_facts(const struct sight_city *city, const struct sight_account *account,
                       const struct sight_facts *facts)
{
    return (account->roles & WORKS_WITH_ORDERS) && !account->disabled &&
           fits_any(city, account, facts, "region", NULL) &&
           fits_any(city, account, facts, "category", "industry") &&
           fits_any(city, account, facts, "channel", NULL) &&
           fits_any(city, account, facts, "unit", NULL) &&
           fits_any(city, account, facts, "state", NULL);
}

bool sight_sees(const struct sight_city *city, const struct sight_account *account,
                const struct sight_order *order)
{
    return sees_facts(city, account, &order->now);
}

bool sight_ever_saw(const struct sight_city *city, const struct sight_account *account,
                    const struct sight_order *order)
{
    for (size_t i = 0; i < order->before_count; i++)
        if (sees_facts(city, account, &order->before[i]))
            return true;
    return sight_sees(city, account, order);
}

const struct sight_order *sight_find(const struct sight_city *city, int64_t id)
{
    return find(city, id);
}

const struct sight_account *sight_account(const struct sight_city *city, const char *login)
{
    for (size_t i = 0; i < city->account_count; i++)
        if (strcmp(city->accounts[i].login, login) == 0)
            return &city->accounts[i];
    test_die(NULL, "there is no account %s", login);
}

/* --- changing --------------------------------------------------------------------------------- */

void sight_change(const char *path, const char *sql)
{
    sqlite3 *db = database_open(path);
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        test_die(NULL, "%s: %s", sql, message);
    (void)sqlite3_close(db);
}

void sight_add_account(const char *path, const char *like, int64_t id, const char *login,
                       unsigned roles, const char *scopes)
{
    char *sql = test_text("create temp table made as select * from account where login = '%s';"
                          "update made set id = %" PRId64 ", login = '%s', name = '%s', roles = %u,"
                          " sees_orders = %d; insert into account select * from made",
                          like, id, login, login, roles, (roles & WORKS_WITH_ORDERS) != 0);
    sight_change(path, sql);
    free(sql);
    for (const char *at = scopes; *(at += strspn(at, " "));) {
        int name = (int)strcspn(at, ":"), all = (int)strcspn(at, " ");
        sql = test_text("insert into scope(account_id, dimension, value) values(%" PRId64
                        ", '%.*s', '%.*s')",
                        id, name, at, all - name - 1, at + name + 1);
        sight_change(path, sql);
        free(sql);
        at += all;
    }
}
