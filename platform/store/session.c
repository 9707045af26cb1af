/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords, wrong ones, and the sessions that the right ones open. */
#include "platform/store/store_private.h"
#include <sodium.h>
#include <string.h>

/* --- passwords -------------------------------------------------------------------------------- */

enum status store_password_set(struct db *db, int64_t account_id, const char *old, const char *hash,
                               bool must_change, int32_t kept, int64_t now)
{
    enum status st = ST_OK;
    if (kept > 1)
        st = db_run(db,
                    "insert into old_password(account_id, at, password_hash)"
                    " select id, $2, password_hash from account"
                    " where id = $1 and ($3 = '' or password_hash = $3) on conflict do nothing",
                    DB_PARAMS(db_int(account_id), db_int(now), db_text(old)), NULL);
    if (!st)
        st = db_run(db,
                    "update account set password_hash = $3, must_change = $4, password_at = $5"
                    " where id = $1 and ($2 = '' or password_hash = $2)",
                    DB_PARAMS(db_int(account_id), db_text(old), db_text(hash), db_int(must_change),
                              db_int(now)),
                    NULL);
    if (!st && db_changes(db) == 0)
        return ST_STALE;
    if (st)
        return st;
    return db_run(db,
                  "delete from old_password where account_id = $1 and at not in (select at from"
                  " old_password where account_id = $1 order by at desc limit $2)",
                  DB_PARAMS(db_int(account_id), db_int(kept - 1)), NULL);
}

size_t store_passwords(struct db *db, int64_t account_id, struct arena *arena, const char ***out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows = db_query(
        db, "select password_hash from old_password where account_id = $1 order by at desc",
        DB_PARAMS(db_int(account_id)), NULL);
    while (rows && db_next(rows))
        APPEND(arena, *out, count, capacity) = row_text(rows, 0, arena);
    return db_close(rows) ? 0 : count;
}

/* --- wrong passwords -------------------------------------------------------------------------- */

enum { UNKNOWN_LOGINS_MAX = 10000 };

static void login_hash(const struct db *db, const char *login, unsigned char out[HASH_SIZE])
{
    static const char use[] = "login ";
    crypto_generichash_state state;
    crypto_generichash_init(&state, db->keys->number, sizeof db->keys->number, HASH_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)use, sizeof use - 1);
    crypto_generichash_update(&state, (const unsigned char *)login, strlen(login));
    crypto_generichash_final(&state, out, HASH_SIZE);
}

struct login_guard store_login_guard(struct db *db, const char *login)
{
    struct login_guard guard = {0};
    unsigned char hash[HASH_SIZE];
    login_hash(db, login, hash);
    struct db_rows *rows = db_query(db,
                                    "select account_id, wrong, since, locked_until from login_guard"
                                    " where login_hash = $1",
                                    DB_PARAMS(db_blob(hash, HASH_SIZE)), NULL);
    if (rows && db_next(rows))
        guard = (struct login_guard){db_get_int(rows, 0), (int32_t)db_get_int(rows, 1),
                                     db_get_int(rows, 2), db_get_int(rows, 3)};
    db_close(rows);
    return guard;
}

/* Room for one more unknown login: first what is over goes, then the oldest. */
static enum status guards_shrink(struct db *db, int64_t over_before, int64_t now)
{
    int64_t count = 0;
    enum status st = db_run(
        db, "delete from login_guard where account_id = 0 and since < $1 and locked_until <= $2",
        DB_PARAMS(db_int(over_before), db_int(now)), NULL);
    if (!st)
        st = db_number(db, "select count(*) from login_guard where account_id = 0", NULL, 0, 0,
                       &count, NULL);
    if (st || count < UNKNOWN_LOGINS_MAX)
        return st;
    return db_run(db,
                  "delete from login_guard where login_hash in (select login_hash from login_guard"
                  " where account_id = 0 order by since limit $1)",
                  DB_PARAMS(db_int(count - UNKNOWN_LOGINS_MAX + 1)), NULL);
}

enum status store_login_guard_put(struct db *db, const char *login, const struct login_guard *guard,
                                  int64_t over_before, int64_t now)
{
    unsigned char hash[HASH_SIZE];
    login_hash(db, login, hash);
    enum status st = guards_shrink(db, over_before, now); /* for a known one too: as long */
    if (st)
        return st;
    return db_run(db,
                  "insert into login_guard(login_hash, account_id, wrong, since, locked_until)"
                  " values($1, $2, $3, $4, $5) on conflict(login_hash) do update set"
                  " account_id = excluded.account_id, wrong = excluded.wrong,"
                  " since = excluded.since, locked_until = excluded.locked_until",
                  DB_PARAMS(db_blob(hash, HASH_SIZE), db_int(guard->account_id),
                            db_int(guard->wrong), db_int(guard->since),
                            db_int(guard->locked_until)),
                  NULL);
}

enum status store_login_guard_clear(struct db *db, const char *login)
{
    unsigned char hash[HASH_SIZE];
    login_hash(db, login, hash);
    return db_run(db, "delete from login_guard where login_hash = $1",
                  DB_PARAMS(db_blob(hash, HASH_SIZE)), NULL);
}

/* --- sessions --------------------------------------------------------------------------------- */

#define SESSION_COLUMNS                                                                            \
    " s.id, s.account_id, s.created_at, s.issued_at, s.expires_at, s.seen_at,"                     \
    " s.replaced "

static struct session session_read(struct db_rows *rows)
{
    return (struct session){.id = db_get_int(rows, 0),
                            .account_id = db_get_int(rows, 1),
                            .created_at = db_get_int(rows, 2),
                            .issued_at = db_get_int(rows, 3),
                            .expires_at = db_get_int(rows, 4),
                            .seen_at = db_get_int(rows, 5),
                            .replaced = db_get_int(rows, 6) != 0};
}

static enum status session_insert(struct db *db, const unsigned char hash[HASH_SIZE],
                                  const struct session *s)
{
    return db_run(db,
                  "insert into session(hash, id, account_id, created_at, issued_at, expires_at,"
                  " seen_at, replaced) values($1, $2, $3, $4, $5, $6, $7, 0)",
                  DB_PARAMS(db_blob(hash, HASH_SIZE), db_int(s->id), db_int(s->account_id),
                            db_int(s->created_at), db_int(s->issued_at), db_int(s->expires_at),
                            db_int(s->seen_at)),
                  NULL);
}

enum status store_session_put(struct db *db, const unsigned char hash[HASH_SIZE],
                              const struct session *s, int32_t most, int64_t idle_ms)
{
    /* The account's dead ones go with each new one: nothing else needs to sweep them. */
    enum status st = db_run(
        db, "delete from session where account_id = $1 and (expires_at <= $2 or seen_at <= $3)",
        DB_PARAMS(db_int(s->account_id), db_int(s->issued_at), db_int(s->issued_at - idle_ms)),
        NULL);
    if (!st)
        st = db_run(db,
                    "delete from session where account_id = $1 and id not in (select id from"
                    " session where account_id = $1 group by id order by max(created_at) desc,"
                    " id desc limit $2)",
                    DB_PARAMS(db_int(s->account_id), db_int(most - 1)), NULL);
    return st ? st : session_insert(db, hash, s);
}

bool store_session(struct db *db, const unsigned char hash[HASH_SIZE], int64_t now, int64_t idle_ms,
                   struct session *out)
{
    struct db_rows *rows =
        db_query(db,
                 "select" SESSION_COLUMNS "from session s join account a on a.id = s.account_id"
                 " where s.hash = $1 and s.expires_at > $2 and s.seen_at > $3 and a.disabled = 0",
                 DB_PARAMS(db_blob(hash, HASH_SIZE), db_int(now), db_int(now - idle_ms)), NULL);
    bool found = rows && db_next(rows);
    if (found)
        *out = session_read(rows);
    return db_close(rows) == ST_OK && found;
}

enum status store_session_renew(struct db *db, const unsigned char old[HASH_SIZE],
                                const unsigned char hash[HASH_SIZE], const struct session *next,
                                int64_t until)
{
    enum status st = db_run(db,
                            "update session set replaced = 1, expires_at ="
                            " case when expires_at < $2 then expires_at else $2 end"
                            " where hash = $1",
                            DB_PARAMS(db_blob(old, HASH_SIZE), db_int(until)), NULL);
    return st ? st : session_insert(db, hash, next);
}

enum status store_session_seen(struct db *db, const unsigned char hash[HASH_SIZE], int64_t at)
{
    return db_run(db, "update session set seen_at = $2 where hash = $1 and seen_at < $2",
                  DB_PARAMS(db_blob(hash, HASH_SIZE), db_int(at)), NULL);
}

enum status store_session_end(struct db *db, const struct session *session)
{
    return db_run(db, "delete from session where id = $1 and account_id = $2",
                  DB_PARAMS(db_int(session->id), db_int(session->account_id)), NULL);
}

enum status store_sessions_end(struct db *db, int64_t account_id, int64_t keep)
{
    enum status st = db_run(db, "delete from session where account_id = $1 and id <> $2",
                            DB_PARAMS(db_int(account_id), db_int(keep)), NULL);
    if (st || db_changes(db) == 0)
        return st;
    return db_run(db, "update account set scope_version = scope_version + 1 where id = $1",
                  DB_PARAMS(db_int(account_id)), NULL);
}

size_t store_sessions(struct db *db, int64_t account_id, int64_t now, int64_t idle_ms,
                      struct arena *arena, struct session **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows = db_query(
        db,
        "select" SESSION_COLUMNS "from session s where s.account_id = $1 and s.expires_at > $2"
        " and s.seen_at > $3 order by s.created_at desc, s.id desc, s.issued_at desc",
        DB_PARAMS(db_int(account_id), db_int(now), db_int(now - idle_ms)), NULL);
    while (rows && db_next(rows)) {
        struct session session = session_read(rows);
        if (count == 0 || (*out)[count - 1].id != session.id)
            APPEND(arena, *out, count, capacity) = session;
    }
    return db_close(rows) ? 0 : count;
}
