/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single rows of the reference tables by what a person calls them. */
#include "platform/store/store_private.h"

enum found { FOUND_MOST = 2 }; /* more than one is all that a caller wants to know */

/* The number of rows (at most two) and the first column of the first. */
static size_t find_texts(struct db *db, const char *sql, const struct db_value *params,
                         size_t count, struct arena *arena, const char **first)
{
    size_t found = 0;
    *first = "";
    struct db_rows *rows = db_query(db, sql, params, count, NULL);
    while (rows && found < FOUND_MOST && db_next(rows))
        if (found++ == 0)
            *first = row_text(rows, 0, arena);
    return db_close(rows) ? 0 : found;
}

static size_t find_ids(struct db *db, const char *sql, const struct db_value *params, size_t count,
                       int64_t *first)
{
    size_t found = 0;
    *first = 0;
    struct db_rows *rows = db_query(db, sql, params, count, NULL);
    while (rows && found < FOUND_MOST && db_next(rows))
        if (found++ == 0)
            *first = db_get_int(rows, 0);
    return db_close(rows) ? 0 : found;
}

struct region *store_region(struct db *db, const char *code, struct arena *arena)
{
    struct region *r = NULL;
    struct db_rows *rows = db_query(db, "select code, name, level from region where code = $1",
                                    DB_PARAMS(db_text(code)), NULL);
    if (rows && db_next(rows)) {
        r = arena_alloc(arena, sizeof *r);
        *r = (struct region){row_text(rows, 0, arena), row_text(rows, 1, arena),
                             (int32_t)db_get_int(rows, 2)};
    }
    db_close(rows);
    return r;
}

size_t store_regions_named(struct db *db, const char *name, struct arena *arena, const char **code)
{
    return find_texts(db, "select code from region where name = $1 order by code limit 2",
                      DB_PARAMS(db_text(name)), arena, code);
}

size_t store_cities(struct db *db, struct arena *arena, const char **code)
{
    return find_texts(db, "select code from region where level = 0 order by code limit 2", NULL, 0,
                      arena, code);
}

struct unit *store_unit(struct db *db, int64_t id, struct arena *arena)
{
    struct unit *u = NULL;
    struct db_rows *rows =
        db_query(db, "select id, parent_id, name, kind, path, region_code from unit where id = $1",
                 DB_PARAMS(db_int(id)), NULL);
    if (rows && db_next(rows)) {
        u = arena_alloc(arena, sizeof *u);
        *u = (struct unit){.id = db_get_int(rows, 0),
                           .parent_id = db_get_int(rows, 1),
                           .name = row_text(rows, 2, arena),
                           .kind = row_text(rows, 3, arena),
                           .path = row_text(rows, 4, arena),
                           .region_code = row_text(rows, 5, arena)};
    }
    db_close(rows);
    return u;
}

size_t store_units_named(struct db *db, const char *name, int64_t *id)
{
    return find_ids(db, "select id from unit where name = $1 order by id limit 2",
                    DB_PARAMS(db_text(name)), id);
}

struct category *store_category(struct db *db, const char *code, struct arena *arena)
{
    struct category *c = NULL;
    struct db_rows *rows = db_query(db,
                                    "select code, name, industry, limit_n, limit_unit, dispatch_n,"
                                    " dispatch_unit, life_safety, vital from category"
                                    " where code = $1",
                                    DB_PARAMS(db_text(code)), NULL);
    if (rows && db_next(rows)) {
        c = arena_alloc(arena, sizeof *c);
        *c = (struct category){
            .code = row_text(rows, 0, arena),
            .name = row_text(rows, 1, arena),
            .industry = row_text(rows, 2, arena),
            .limit = {(int32_t)db_get_int(rows, 3), (enum limit_unit)db_get_int(rows, 4)},
            .dispatch_limit = {(int32_t)db_get_int(rows, 5), (enum limit_unit)db_get_int(rows, 6)},
            .life_safety = db_get_int(rows, 7) != 0,
            .vital = db_get_int(rows, 8) != 0};
    }
    db_close(rows);
    return c;
}

#define BELOW " substr(code, 1, length($1)) = $1 and length(code) = length($1) + 2"

size_t store_categories_named(struct db *db, const char *parent, const char *name,
                              struct arena *arena, const char **code)
{
    return parent
               ? find_texts(db,
                            "select code from category where" BELOW
                            " and name = $2 order by code limit 2",
                            DB_PARAMS(db_text(parent), db_text(name)), arena, code)
               : find_texts(db, "select code from category where name = $1 order by code limit 2",
                            DB_PARAMS(db_text(name)), arena, code);
}

size_t store_category_last(struct db *db, const char *parent, struct arena *arena,
                           const char **code)
{
    return find_texts(db, "select code from category where" BELOW " order by code desc limit 1",
                      DB_PARAMS(db_text(parent)), arena, code);
}

struct channel *store_channel(struct db *db, const char *code, struct arena *arena)
{
    struct channel *c = NULL;
    struct db_rows *rows =
        db_query(db, "select code, name, callback_policy from channel where code = $1",
                 DB_PARAMS(db_text(code)), NULL);
    if (rows && db_next(rows)) {
        c = arena_alloc(arena, sizeof *c);
        *c = (struct channel){row_text(rows, 0, arena), row_text(rows, 1, arena),
                              row_text(rows, 2, arena)};
    }
    db_close(rows);
    return c;
}

size_t store_places_named(struct db *db, const char *name, const char *region_code, int64_t *id)
{
    return find_ids(db,
                    "select id from place where name = $1 and region_code = $2"
                    " order by id limit 2",
                    DB_PARAMS(db_text(name), db_text(region_code)), id);
}

size_t store_components_coded(struct db *db, const char *component_code, int64_t *id)
{
    return find_ids(db,
                    "select id from place where component_code = $1 and component_code <> ''"
                    " order by id limit 2",
                    DB_PARAMS(db_text(component_code)), id);
}

bool store_holiday(struct db *db, int32_t day, struct arena *arena, bool *worked, const char **name)
{
    struct db_rows *rows = db_query(db, "select worked, name from holiday where day = $1",
                                    DB_PARAMS(db_int(day)), NULL);
    bool found = rows && db_next(rows);
    if (found) {
        *worked = db_get_int(rows, 0) != 0;
        *name = row_text(rows, 1, arena);
    }
    return db_close(rows) == ST_OK && found;
}

int64_t store_appeal_by_source(struct db *db, const char *channel, const char *source_no,
                               int64_t *statement_id)
{
    int64_t order_id = 0;
    *statement_id = 0;
    struct db_rows *rows = db_query(
        db,
        "select l.order_id, p.statement_id from appeal p join appeal_order l on l.appeal_id = p.id"
        " where p.channel = $1 and p.source_no = $2 and p.source_no <> ''"
        " order by l.through, l.order_id limit 1",
        DB_PARAMS(db_text(channel), db_text(source_no)), NULL);
    if (rows && db_next(rows)) {
        order_id = db_get_int(rows, 0);
        *statement_id = db_get_int(rows, 1);
    }
    return db_close(rows) ? 0 : order_id;
}

struct responsibility *store_responsibility_of(struct db *db, const struct responsibility *key,
                                               struct arena *arena)
{
    struct responsibility *r = NULL;
    struct db_rows *rows =
        db_query(db,
                 "select id, source, reason, ruling_objection_id, valid_from, valid_to"
                 " from responsibility where category_code = $1 and region_code = $2"
                 " and owner_unit_id = $3 and unit_id = $4 and source = $5 order by id limit 1",
                 DB_PARAMS(db_text(key->category_code), db_text(key->region_code),
                           db_int(key->owner_unit_id), db_int(key->unit_id), db_text(key->source)),
                 NULL);
    if (rows && db_next(rows)) {
        r = arena_alloc(arena, sizeof *r);
        *r = *key;
        r->id = db_get_int(rows, 0);
        r->source = row_text(rows, 1, arena);
        r->reason = row_text(rows, 2, arena);
        r->ruling_objection_id = db_get_int(rows, 3);
        r->valid_from = db_get_int(rows, 4);
        r->valid_to = db_get_int(rows, 5);
    }
    db_close(rows);
    return r;
}
