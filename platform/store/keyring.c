/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which key belongs to which database. */
#include "platform/store/store_private.h"
#include <stdio.h>
#include <string.h>

/* The id of the database's key in `id`, "" when it has none yet. */
static enum status own_id(struct db *db, char id[sizeof((struct keys *)0)->id], struct error *err)
{
    size_t size = sizeof((struct keys *)0)->id;
    int64_t tables = db_table_count(db, err);
    id[0] = '\0';
    if (tables <= 0)
        return tables < 0 ? ST_CORRUPT : ST_OK;
    struct db_rows *rows =
        db_query(db, "select value from meta where key = 'key_id'", NULL, 0, err);
    if (rows && db_next(rows))
        (void)snprintf(id, size, "%s", db_get_text(rows, 0));
    enum status st = db_close(rows);
    int64_t sealed = 0;
    if (!st && !*id)
        st = db_number(db, "select count(*) from schema_version where version >= 2", NULL, 0, 0,
                       &sealed, err);
    return sealed ? error_set(err, ST_CORRUPT,
                              "%s is damaged: it does not say which key it has; restore it from a"
                              " backup",
                              db->path)
                  : st;
}

enum status keyring_open(struct db *db, const char *path, struct keys *keys, bool *created,
                         struct error *err)
{
    char id[sizeof keys->id];
    *created = false;
    enum status st = own_id(db, id, err);
    if (st)
        return st;
    st = keys_load(path, keys, err);
    if (st == ST_NOT_FOUND && !*id) {
        st = keys_create(path, keys, err);
        *created = st == ST_OK;
    }
    if (!st && *id && strcmp(id, keys->id) != 0)
        st = error_set(err, ST_CONFLICT,
                       "%s is the key of another database (key %s; this one has %s); nothing was"
                       " changed",
                       path, keys->id, id);
    return st;
}

enum status keyring_note(struct db *db, struct error *err)
{
    return db_run(db, "insert into meta(key, value) values('key_id', $1)",
                  DB_PARAMS(db_text(db->keys->id)), err);
}
