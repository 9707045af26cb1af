/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The append-only record of an order, chained: an event's hash is BLAKE2b-256 of the hash before it
 * (32 zero bytes at first) and of its body, byte for byte as stored. */
#include "core/json.h"
#include "platform/store/store_private.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Appends "name":"text" with what JSON asks to be escaped. */
static void add_text(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, ",\"%s\":\"", name);
    for (const char *p = text ? text : ""; *p; p++) {
        if (*p == '"' || *p == '\\')
            buf_add_char(out, '\\');
        if ((unsigned char)*p < 0x20)
            buf_printf(out, "\\u%04x", (unsigned)(unsigned char)*p);
        else
            buf_add_char(out, *p);
    }
    buf_add_char(out, '"');
}

static void add_int(struct buf *out, const char *name, int64_t value)
{
    buf_printf(out, ",\"%s\":%lld", name, (long long)value);
}

/* The salted hash of a statement as hex; "" when there is none, or when it was anonymised. */
static enum status statement_hex(struct db *db, const struct order_case *c, int64_t id,
                                 char out[2 * HASH_SIZE + 1], struct error *err)
{
    out[0] = '\0';
    if (id == 0)
        return ST_OK;
    for (size_t i = 0; i < c->statement_count; i++)
        if (c->statements[i].id == id) {
            sodium_bin2hex(out, 2 * HASH_SIZE + 1, c->statements[i].hash, HASH_SIZE);
            return ST_OK;
        }
    struct error mine = {ST_OK, ""};
    struct db_rows *rows =
        db_query(db, "select hash from statement where id = $1", DB_PARAMS(db_int(id)), &mine);
    if (rows && db_next(rows)) {
        unsigned char hash[HASH_SIZE];
        row_hash(rows, 0, hash, HASH_SIZE);
        sodium_bin2hex(out, 2 * HASH_SIZE + 1, hash, HASH_SIZE);
    }
    enum status st = db_close(rows);
    if (st && err)
        *err = mine;
    return st;
}

/* The detail must be the inside of an object, or the body would not be JSON. */
static bool detail_good(const char *detail, struct buf *scratch)
{
    if (!detail || !*detail)
        return true;
    buf_clear(scratch);
    buf_printf(scratch, "{%s}", detail);
    cJSON *json = scratch->failed ? NULL : json_parse(scratch->data, scratch->length);
    bool good = cJSON_IsObject(json);
    cJSON_Delete(json);
    return good;
}

void event_body_head(struct buf *out, const struct event_facts *e)
{
    buf_printf(out, "{\"order\":%lld", (long long)e->order_id);
    add_int(out, "n", e->n);
    add_text(out, "action", e->action);
    add_text(out, "subject", e->subject);
    add_int(out, "subject_id", e->subject_id);
    add_text(out, "from", e->from);
    add_text(out, "to", e->to);
    add_int(out, "account", e->account_id);
    add_int(out, "done_at", e->done_at);
    add_int(out, "arrived_at", e->arrived_at);
    add_int(out, "version", e->version);
    add_int(out, "statement", e->statement_id);
}

void event_body_tail(struct buf *out, const struct event_facts *e)
{
    add_text(out, "region", e->region_code);
    add_text(out, "category", e->category_code);
    add_text(out, "industry", e->industry);
    add_text(out, "channel", e->channel);
    add_text(out, "state", e->state);
    add_text(out, "units", e->units);
    buf_add_text(out, ",\"detail\":{");
}

static void make_body(struct buf *out, const struct event_facts *facts, const char *statement_hash,
                      const char *detail)
{
    buf_clear(out);
    event_body_head(out, facts);
    add_text(out, "statement_hash", statement_hash);
    event_body_tail(out, facts);
    buf_printf(out, "%s}}", detail ? detail : "");
}

void event_chain(unsigned char hash[HASH_SIZE], const char *body, size_t length)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    crypto_generichash_update(&state, hash, HASH_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)body, length);
    crypto_generichash_final(&state, hash, HASH_SIZE);
}

static struct event_facts facts_of(const struct order *o, const struct event_draft *e,
                                   int64_t arrived_at, const char *units)
{
    return (struct event_facts){
        .order_id = o->id,
        .n = o->event_n,
        .action = e->action,
        .subject = e->subject,
        .subject_id = e->subject_id,
        .from = e->from,
        .to = e->to,
        .account_id = e->account_id,
        .done_at = e->done_at,
        .arrived_at = arrived_at,
        .version = o->version,
        .statement_id = e->statement_id,
        .region_code = o->region_code,
        .category_code = o->category_code,
        .industry = o->industry,
        .channel = o->channel,
        .state = word_name(WORDS_ORDER_STATE, (int)o->state),
        .units = units,
    };
}

static enum status append_one(struct db *db, struct order_case *c, const struct event_draft *e,
                              const char *units, int64_t arrived_at, struct buf *body,
                              struct error *err)
{
    struct order *o = &c->order;
    char statement_hash[2 * HASH_SIZE + 1];
    enum status st = statement_hex(db, c, e->statement_id, statement_hash, err);
    if (st)
        return st;
    if (!detail_good(e->detail, body))
        return error_set(err, ST_INVALID, "the detail of an event is no JSON: %s", e->action);
    o->event_n++;
    const struct event_facts facts = facts_of(o, e, arrived_at, units);
    make_body(body, &facts, statement_hash, e->detail);
    if (body->failed)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    event_chain(o->event_hash, body->data, body->length);
    st = db_run(
        db,
        "insert into event(order_id, n, action, subject, subject_id, from_state, to_state,"
        " account_id, done_at, arrived_at, statement_id, version, body, hash, region_code,"
        " category_code, industry, channel, state, units) values($1, $2, $3, $4, $5, $6, $7,"
        " $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
        " on conflict do nothing",
        DB_PARAMS(db_int(o->id), db_int(o->event_n), db_text(e->action), db_text(e->subject),
                  db_int(e->subject_id), db_text(e->from), db_text(e->to), db_int(e->account_id),
                  db_int(e->done_at), db_int(arrived_at), db_int(e->statement_id),
                  db_int(o->version), db_text(body->data), db_blob(o->event_hash, HASH_SIZE),
                  db_text(o->region_code), db_text(o->category_code), db_text(o->industry),
                  db_text(o->channel), db_word(WORDS_ORDER_STATE, (int)o->state), db_text(units)),
        err);
    if (st == ST_OK && db_changes(db) == 0)
        return error_set(err, ST_STALE, "order %s was changed meanwhile", o->number);
    return st;
}

enum status events_append(struct db *db, struct order_case *c, const char *units,
                          int64_t arrived_at, struct error *err)
{
    struct buf body = BUF_EMPTY;
    enum status st = ST_OK;
    for (size_t i = 0; i < c->event_count && !st; i++)
        st = append_one(db, c, &c->events[i], units, arrived_at, &body, err);
    buf_free(&body);
    return st;
}

/* --- reading back ---------------------------------------------------------------------------- */

#define EVENT_COLUMNS                                                                              \
    " seq, order_id, n, action, subject, subject_id, from_state, to_state, account_id, done_at,"   \
    " arrived_at, statement_id, version, body "

static void event_read(struct db_rows *rows, struct arena *arena, struct event *e)
{
    e->seq = db_get_int(rows, 0);
    e->order_id = db_get_int(rows, 1);
    e->n = db_get_int(rows, 2);
    e->action = row_text(rows, 3, arena);
    e->subject = row_text(rows, 4, arena);
    e->subject_id = db_get_int(rows, 5);
    e->from = row_text(rows, 6, arena);
    e->to = row_text(rows, 7, arena);
    e->account_id = db_get_int(rows, 8);
    e->done_at = db_get_int(rows, 9);
    e->arrived_at = db_get_int(rows, 10);
    e->statement_id = db_get_int(rows, 11);
    e->version = db_get_int(rows, 12);
    e->body = row_text(rows, 13, arena);
}

size_t store_events(struct db *db, int64_t order_id, struct arena *arena, struct event **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows =
        db_query(db, "select" EVENT_COLUMNS "from event where order_id = $1 order by n",
                 DB_PARAMS(db_int(order_id)), NULL);
    while (rows && db_next(rows))
        event_read(rows, arena, &APPEND(arena, *out, count, capacity));
    return db_close(rows) ? 0 : count;
}
