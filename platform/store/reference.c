/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regions, units, categories, channels, holidays: small tables, read whole. */
#include "platform/store/store_private.h"

enum status store_region_put(struct db *db, const struct region *r)
{
    return db_run(db,
                  "insert into region(code, name, level) values($1, $2, $3) on conflict(code)"
                  " do update set name = excluded.name, level = excluded.level",
                  DB_PARAMS(db_text(r->code), db_text(r->name), db_int(r->level)), NULL);
}

size_t store_regions(struct db *db, struct arena *arena, struct region **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows =
        db_query(db, "select code, name, level from region order by code", NULL, 0, NULL);
    while (rows && db_next(rows)) {
        struct region *r = &APPEND(arena, *out, count, capacity);
        r->code = row_text(rows, 0, arena);
        r->name = row_text(rows, 1, arena);
        r->level = (int32_t)db_get_int(rows, 2);
    }
    return db_close(rows) ? 0 : count;
}

enum status store_unit_put(struct db *db, const struct unit *u)
{
    return db_run(db,
                  "insert into unit(id, parent_id, name, kind, path, region_code)"
                  " values($1, $2, $3, $4, $5, $6) on conflict(id) do update set"
                  " parent_id = excluded.parent_id, name = excluded.name, kind = excluded.kind,"
                  " path = excluded.path, region_code = excluded.region_code",
                  DB_PARAMS(db_int(u->id), db_int(u->parent_id), db_text(u->name), db_text(u->kind),
                            db_text(u->path), db_text(u->region_code)),
                  NULL);
}

size_t store_units(struct db *db, struct arena *arena, struct unit **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows =
        db_query(db, "select id, parent_id, name, kind, path, region_code from unit order by id",
                 NULL, 0, NULL);
    while (rows && db_next(rows)) {
        struct unit *u = &APPEND(arena, *out, count, capacity);
        u->id = db_get_int(rows, 0);
        u->parent_id = db_get_int(rows, 1);
        u->name = row_text(rows, 2, arena);
        u->kind = row_text(rows, 3, arena);
        u->path = row_text(rows, 4, arena);
        u->region_code = row_text(rows, 5, arena);
    }
    return db_close(rows) ? 0 : count;
}

enum status store_category_put(struct db *db, const struct category *c)
{
    return db_run(
        db,
        "insert into category(code, name, industry, limit_n, limit_unit, dispatch_n, dispatch_unit,"
        " life_safety, vital) values($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict(code)"
        " do update set name = excluded.name, industry = excluded.industry,"
        " limit_n = excluded.limit_n, limit_unit = excluded.limit_unit,"
        " dispatch_n = excluded.dispatch_n, dispatch_unit = excluded.dispatch_unit,"
        " life_safety = excluded.life_safety, vital = excluded.vital",
        DB_PARAMS(db_text(c->code), db_text(c->name), db_text(c->industry), db_int(c->limit.n),
                  db_int(c->limit.unit), db_int(c->dispatch_limit.n),
                  db_int(c->dispatch_limit.unit), db_int(c->life_safety), db_int(c->vital)),
        NULL);
}

size_t store_categories(struct db *db, struct arena *arena, struct category **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows =
        db_query(db,
                 "select code, name, industry, limit_n, limit_unit, dispatch_n, dispatch_unit,"
                 " life_safety, vital from category order by code",
                 NULL, 0, NULL);
    while (rows && db_next(rows)) {
        struct category *c = &APPEND(arena, *out, count, capacity);
        c->code = row_text(rows, 0, arena);
        c->name = row_text(rows, 1, arena);
        c->industry = row_text(rows, 2, arena);
        c->limit.n = (int32_t)db_get_int(rows, 3);
        c->limit.unit = (enum limit_unit)db_get_int(rows, 4);
        c->dispatch_limit.n = (int32_t)db_get_int(rows, 5);
        c->dispatch_limit.unit = (enum limit_unit)db_get_int(rows, 6);
        c->life_safety = db_get_int(rows, 7) != 0;
        c->vital = db_get_int(rows, 8) != 0;
    }
    return db_close(rows) ? 0 : count;
}

enum status store_channel_put(struct db *db, const struct channel *c)
{
    return db_run(db,
                  "insert into channel(code, name, callback_policy) values($1, $2, $3)"
                  " on conflict(code) do update set name = excluded.name,"
                  " callback_policy = excluded.callback_policy",
                  DB_PARAMS(db_text(c->code), db_text(c->name), db_text(c->callback_policy)), NULL);
}

size_t store_channels(struct db *db, struct arena *arena, struct channel **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows = db_query(
        db, "select code, name, callback_policy from channel order by code", NULL, 0, NULL);
    while (rows && db_next(rows)) {
        struct channel *c = &APPEND(arena, *out, count, capacity);
        c->code = row_text(rows, 0, arena);
        c->name = row_text(rows, 1, arena);
        c->callback_policy = row_text(rows, 2, arena);
    }
    return db_close(rows) ? 0 : count;
}

enum status store_holiday_put(struct db *db, int32_t day, bool worked, const char *name)
{
    return db_run(db,
                  "insert into holiday(day, worked, name) values($1, $2, $3) on conflict(day)"
                  " do update set worked = excluded.worked, name = excluded.name",
                  DB_PARAMS(db_int(day), db_int(worked), db_text(name)), NULL);
}

enum status store_holidays_each(struct db *db, void (*each)(void *user, int32_t day, bool worked),
                                void *user)
{
    struct db_rows *rows =
        db_query(db, "select day, worked from holiday order by day", NULL, 0, NULL);
    while (rows && db_next(rows))
        each(user, (int32_t)db_get_int(rows, 0), db_get_int(rows, 1) != 0);
    return db_close(rows);
}
