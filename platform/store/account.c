/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts, kept answers and the log of who looked at personal data. */
#include "platform/store/store_private.h"
#include <string.h>

#define ACCOUNT_COLUMNS                                                                            \
    " id, login, name, password_hash, roles, unit_id, language, demo, disabled, must_change,"      \
    " password_at, last_login_at "
enum { ACCOUNT_COLUMN_COUNT = 12 };

enum status store_account_put(struct db *db, const struct account *a, bool sees_orders)
{
    if (a->id <= 0) /* 0 is nobody: timers and rules */
        return ST_INVALID;
    return db_run(
        db,
        "insert into account(" ACCOUNT_COLUMNS ", sees_orders, scope_version)"
        " values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)"
        " on conflict(id) do update set"
        " login = excluded.login, name = excluded.name, password_hash = excluded.password_hash,"
        " roles = excluded.roles, unit_id = excluded.unit_id, language = excluded.language,"
        " demo = excluded.demo, disabled = excluded.disabled,"
        " must_change = excluded.must_change, password_at = excluded.password_at,"
        " sees_orders = excluded.sees_orders, scope_version = account.scope_version + 1",
        DB_PARAMS(db_int(a->id), db_text(a->login), db_text(a->name), db_text(a->password_hash),
                  db_int(a->roles), db_int(a->unit_id), db_int(a->language), db_int(a->demo),
                  db_int(a->disabled), db_int(a->must_change), db_int(a->password_at),
                  db_int(a->last_login_at), db_int(sees_orders)),
        NULL);
}

static void account_read(struct db_rows *rows, struct arena *arena, struct account *a)
{
    a->id = db_get_int(rows, 0);
    a->login = row_text(rows, 1, arena);
    a->name = row_text(rows, 2, arena);
    a->password_hash = row_text(rows, 3, arena);
    a->roles = (uint32_t)db_get_int(rows, 4);
    a->unit_id = db_get_int(rows, 5);
    a->language = db_get_int(rows, 6) == LANGUAGE_EN ? LANGUAGE_EN : LANGUAGE_ZH;
    a->demo = db_get_int(rows, 7) != 0;
    a->disabled = db_get_int(rows, 8) != 0;
    a->must_change = db_get_int(rows, 9) != 0;
    a->password_at = db_get_int(rows, 10);
    a->last_login_at = db_get_int(rows, 11);
}

static struct account *account_one(struct db_rows *rows, struct arena *arena)
{
    struct account *a = NULL;
    if (rows && db_next(rows)) {
        a = arena_alloc(arena, sizeof *a);
        account_read(rows, arena, a);
    }
    db_close(rows);
    return a;
}

struct account *store_account_by_login(struct db *db, const char *login, struct arena *arena)
{
    return account_one(db_query(db, "select" ACCOUNT_COLUMNS "from account where login = $1",
                                DB_PARAMS(db_text(login)), NULL),
                       arena);
}

struct account *store_account(struct db *db, int64_t id, struct arena *arena)
{
    return account_one(db_query(db, "select" ACCOUNT_COLUMNS "from account where id = $1",
                                DB_PARAMS(db_int(id)), NULL),
                       arena);
}

size_t store_accounts(struct db *db, struct arena *arena, struct account **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows =
        db_query(db, "select" ACCOUNT_COLUMNS "from account order by id", NULL, 0, NULL);
    while (rows && db_next(rows))
        account_read(rows, arena, &APPEND(arena, *out, count, capacity));
    return db_close(rows) ? 0 : count;
}

/* A pattern for LIKE that finds what holds the text, whatever is in it. */
static const char *holding(const char *text, struct arena *arena)
{
    char *out = arena_alloc(arena, 2 * strlen(text) + 3), *end = out;
    *end++ = '%';
    for (const char *p = text; *p; p++) {
        if (*p == '%' || *p == '_' || *p == '\\')
            *end++ = '\\';
        *end++ = *p;
    }
    *end = '%';
    return out;
}

size_t store_accounts_find(struct db *db, const char *text, int64_t after, size_t limit,
                           struct arena *arena, struct account **out, int64_t **locked)
{
    size_t count = 0, capacity = 0, locks = 0, lock_capacity = 0;
    const char *pattern = holding(text, arena);
    *out = NULL;
    if (locked)
        *locked = NULL;
    struct db_rows *rows = db_query(
        db,
        "select" ACCOUNT_COLUMNS ", (select coalesce(max(g.locked_until), 0) from login_guard g"
        " where g.account_id = account.id and g.account_id > 0) from account where id > $1"
        " and (lower(login) like lower($2) escape '\\' or lower(name) like lower($2) escape '\\')"
        " order by id limit $3",
        DB_PARAMS(db_int(after), db_text(pattern), db_int((int64_t)limit)), NULL);
    while (rows && db_next(rows)) {
        account_read(rows, arena, &APPEND(arena, *out, count, capacity));
        if (locked)
            APPEND(arena, *locked, locks, lock_capacity) = db_get_int(rows, ACCOUNT_COLUMN_COUNT);
    }
    return db_close(rows) ? 0 : count;
}

int64_t store_accounts_active(struct db *db, uint32_t roles, int64_t except)
{
    int64_t count = 0;
    return db_number(db,
                     "select count(*) from account where disabled = 0 and (roles & $1) <> 0"
                     " and id <> $2",
                     DB_PARAMS(db_int(roles), db_int(except)), -1, &count, NULL)
               ? -1
               : count;
}

enum status store_account_login_at(struct db *db, int64_t account_id, int64_t at)
{
    return db_run(db, "update account set last_login_at = $2 where id = $1",
                  DB_PARAMS(db_int(account_id), db_int(at)), NULL);
}

enum status store_account_disable(struct db *db, int64_t account_id, bool disabled)
{
    return db_run(db,
                  "update account set disabled = $2, scope_version = scope_version + 1"
                  " where id = $1 and disabled <> $2",
                  DB_PARAMS(db_int(account_id), db_int(disabled)), NULL);
}

struct kept_answer *store_answer(struct db *db, int64_t account_id, const char *key,
                                 struct arena *arena)
{
    struct kept_answer *answer = NULL;
    struct db_rows *rows = db_query(db,
                                    "select body_hash, http_status, object_id, version, problem"
                                    " from answer where account_id = $1 and key = $2",
                                    DB_PARAMS(db_int(account_id), db_text(key)), NULL);
    if (rows && db_next(rows)) {
        answer = arena_alloc(arena, sizeof *answer);
        row_hash(rows, 0, answer->body_hash, HASH_SIZE);
        answer->http_status = (int32_t)db_get_int(rows, 1);
        answer->object_id = db_get_int(rows, 2);
        answer->version = db_get_int(rows, 3);
        answer->problem = row_text(rows, 4, arena);
    }
    db_close(rows);
    return answer;
}

enum status store_answer_put(struct db *db, int64_t account_id, const char *key,
                             const struct kept_answer *answer, int64_t now)
{
    enum status st =
        db_run(db,
               "insert into answer(account_id, key, body_hash, http_status, object_id, version, "
               "problem, at)"
               " values($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
               DB_PARAMS(db_int(account_id), db_text(key), db_blob(answer->body_hash, HASH_SIZE),
                         db_int(answer->http_status), db_int(answer->object_id),
                         db_int(answer->version), db_text(answer->problem), db_int(now)),
               NULL);
    return st == ST_OK && db_changes(db) == 0 ? ST_CONFLICT : st;
}

enum status store_answers_expire(struct db *db, int64_t before)
{
    return db_run(db, "delete from answer where at < $1", DB_PARAMS(db_int(before)), NULL);
}

enum status store_access_put(struct db *db, int64_t account_id, const char *kind, int64_t order_id,
                             int64_t person_id, int64_t reason_statement_id, int64_t at)
{
    int64_t id = store_new_id(db, at);
    if (id <= 0)
        return ST_INVALID;
    return db_run(db,
                  "insert into access_log(id, account_id, kind, order_id, person_id,"
                  " reason_statement_id, at) values($1, $2, $3, $4, $5, $6, $7)",
                  DB_PARAMS(db_int(id), db_int(account_id), db_text(kind), db_int(order_id),
                            db_int(person_id), db_int(reason_statement_id), db_int(at)),
                  NULL);
}

enum status store_access_account(struct db *db, int64_t account_id, const char *kind,
                                 int64_t about_account_id, int64_t at)
{
    int64_t id = store_new_id(db, at);
    if (id <= 0)
        return ST_INVALID;
    return db_run(db,
                  "insert into access_log(id, account_id, kind, order_id, person_id,"
                  " reason_statement_id, at, about_account_id) values($1, $2, $3, 0, 0, 0, $4, $5)",
                  DB_PARAMS(db_int(id), db_int(account_id), db_text(kind), db_int(at),
                            db_int(about_account_id)),
                  NULL);
}
