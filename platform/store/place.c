/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places of the digital base, and who is responsible for what where. */
#include "core/clock.h"
#include "platform/store/store_private.h"

#define PLACE_COLUMNS " id, name, kind, region_code, component_code, owner_unit_id, popularity "

enum status store_place_put(struct db *db, const struct place *p)
{
    return db_run(db,
                  "insert into place(" PLACE_COLUMNS ") values($1, $2, $3, $4, $5, $6, $7)"
                  " on conflict(id) do update set name = excluded.name, kind = excluded.kind,"
                  " region_code = excluded.region_code, component_code = excluded.component_code,"
                  " owner_unit_id = excluded.owner_unit_id, popularity = excluded.popularity",
                  DB_PARAMS(db_int(p->id), db_text(p->name), db_text(p->kind),
                            db_text(p->region_code), db_text(p->component_code),
                            db_int(p->owner_unit_id), db_int(p->popularity)),
                  NULL);
}

enum status store_places_each(struct db *db, void (*each)(void *user, const struct place *place),
                              void *user)
{
    struct arena *arena = arena_new();
    if (!arena)
        return ST_NO_MEMORY;
    struct db_rows *rows =
        db_query(db, "select" PLACE_COLUMNS "from place order by id", NULL, 0, NULL);
    while (rows && db_next(rows)) {
        struct place p = {.id = db_get_int(rows, 0),
                          .name = row_text(rows, 1, arena),
                          .kind = row_text(rows, 2, arena),
                          .region_code = row_text(rows, 3, arena),
                          .component_code = row_text(rows, 4, arena),
                          .owner_unit_id = db_get_int(rows, 5),
                          .popularity = (int32_t)db_get_int(rows, 6)};
        each(user, &p);
        arena_reset(arena);
    }
    arena_free(arena);
    return db_close(rows);
}

struct place *store_place(struct db *db, int64_t id, struct arena *arena)
{
    struct place *p = NULL;
    struct db_rows *rows = db_query(db, "select" PLACE_COLUMNS "from place where id = $1",
                                    DB_PARAMS(db_int(id)), NULL);
    if (rows && db_next(rows)) {
        p = arena_alloc(arena, sizeof *p);
        p->id = db_get_int(rows, 0);
        p->name = row_text(rows, 1, arena);
        p->kind = row_text(rows, 2, arena);
        p->region_code = row_text(rows, 3, arena);
        p->component_code = row_text(rows, 4, arena);
        p->owner_unit_id = db_get_int(rows, 5);
        p->popularity = (int32_t)db_get_int(rows, 6);
    }
    db_close(rows);
    return p;
}

#define RESPONSIBILITY_COLUMNS                                                                     \
    " id, category_code, region_code, owner_unit_id, unit_id, source, reason, "                    \
    "ruling_objection_id,"                                                                         \
    " valid_from, valid_to "

enum status store_responsibility_put(struct db *db, const struct responsibility *r)
{
    int64_t id = r->id ? r->id : store_new_id(db, clock_now_ms());
    if (id <= 0)
        return ST_INVALID;
    return db_run(db,
                  "insert into responsibility(" RESPONSIBILITY_COLUMNS
                  ") values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict(id) do update set"
                  " category_code = excluded.category_code, region_code = excluded.region_code,"
                  " owner_unit_id = excluded.owner_unit_id, unit_id = excluded.unit_id,"
                  " source = excluded.source, reason = excluded.reason,"
                  " ruling_objection_id = excluded.ruling_objection_id,"
                  " valid_from = excluded.valid_from, valid_to = excluded.valid_to",
                  DB_PARAMS(db_int(id), db_text(r->category_code), db_text(r->region_code),
                            db_int(r->owner_unit_id), db_int(r->unit_id), db_text(r->source),
                            db_text(r->reason), db_int(r->ruling_objection_id),
                            db_int(r->valid_from), db_int(r->valid_to)),
                  NULL);
}

size_t store_responsibilities(struct db *db, const char *category_code, const char *region_code,
                              int64_t owner_unit_id, int64_t now, struct arena *arena,
                              struct responsibility **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows = db_query(
        db,
        "select" RESPONSIBILITY_COLUMNS "from responsibility"
        " where substr($1, 1, length(category_code)) = category_code"
        " and substr($2, 1, length(region_code)) = region_code"
        " and owner_unit_id in (0, $3) and valid_from <= $4 and (valid_to = 0 or valid_to > $4)"
        " order by id",
        DB_PARAMS(db_text(category_code), db_text(region_code), db_int(owner_unit_id), db_int(now)),
        NULL);
    while (rows && db_next(rows)) {
        struct responsibility *r = &APPEND(arena, *out, count, capacity);
        r->id = db_get_int(rows, 0);
        r->category_code = row_text(rows, 1, arena);
        r->region_code = row_text(rows, 2, arena);
        r->owner_unit_id = db_get_int(rows, 3);
        r->unit_id = db_get_int(rows, 4);
        r->source = row_text(rows, 5, arena);
        r->reason = row_text(rows, 6, arena);
        r->ruling_objection_id = db_get_int(rows, 7);
        r->valid_from = db_get_int(rows, 8);
        r->valid_to = db_get_int(rows, 9);
    }
    return db_close(rows) ? 0 : count;
}
