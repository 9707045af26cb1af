/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Citizens and what people said: rows that are sealed with the database's key. */
#include "platform/store/cipher.h"
#include "platform/store/store_private.h"
#include <string.h>

/* --- citizens --------------------------------------------------------------------------------
 * Inside: name, phone and identity number, each with a zero byte behind it. */

static struct db_value number_hash(const struct db *db, enum number_kind kind, const char *number,
                                   unsigned char out[HASH_SIZE])
{
    if (!number || !*number)
        return db_blob(out, 0);
    cipher_hash_number(db, kind == NUMBER_PHONE ? 'P' : 'I', number, out);
    return db_blob(out, HASH_SIZE);
}

enum status store_person_put(struct db *db, const struct person *p)
{
    if (p->id <= 0)
        return ST_INVALID;
    const char *const fields[] = {p->name, p->phone, p->identity};
    struct buf content = BUF_EMPTY, sealed = BUF_EMPTY;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        buf_add_text(&content, fields[i] ? fields[i] : "");
        buf_add_char(&content, '\0');
    }
    enum status st = content.failed ? ST_NO_MEMORY : ST_OK;
    if (!st) {
        cipher_seal(db, CIPHER_PERSON, p->id, content.data, content.length, &sealed);
        st = sealed.failed ? ST_NO_MEMORY : ST_OK;
    }
    unsigned char phone[HASH_SIZE], identity[HASH_SIZE];
    if (!st)
        st = db_run(db,
                    "insert into person(id, sealed, phone_hash, identity_hash, confidential)"
                    " values($1, $2, $3, $4, $5) on conflict(id) do update set"
                    " sealed = excluded.sealed, phone_hash = excluded.phone_hash,"
                    " identity_hash = excluded.identity_hash, confidential = excluded.confidential",
                    DB_PARAMS(db_int(p->id), db_blob(sealed.data, sealed.length),
                              number_hash(db, NUMBER_PHONE, p->phone, phone),
                              number_hash(db, NUMBER_IDENTITY, p->identity, identity),
                              db_int(p->confidential)),
                    NULL);
    buf_free(&content);
    buf_free(&sealed);
    return st;
}

/* The next of the fields inside; "" behind the last. */
static const char *next_field(const char **at, const char *end)
{
    const char *field = *at < end ? *at : "";
    if (*at < end)
        *at += strlen(*at) + 1;
    return field;
}

struct person *store_person(struct db *db, int64_t id, struct arena *arena)
{
    struct person *p = NULL;
    struct db_rows *rows = db_query(db, "select sealed, confidential from person where id = $1",
                                    DB_PARAMS(db_int(id)), NULL);
    if (rows && db_next(rows)) {
        size_t sealed_length, length;
        const void *sealed = db_get_blob(rows, 0, &sealed_length);
        const char *at =
            (const char *)cipher_open(db, CIPHER_PERSON, id, sealed, sealed_length, arena, &length);
        if (at) {
            const char *end = at + length;
            p = arena_alloc(arena, sizeof *p);
            p->id = id;
            p->name = next_field(&at, end);
            p->phone = next_field(&at, end);
            p->identity = next_field(&at, end);
            p->confidential = db_get_int(rows, 1) != 0;
        }
    }
    db_close(rows);
    return p;
}

size_t store_persons_by_number(struct db *db, enum number_kind kind, const char *number,
                               struct arena *arena, int64_t **ids)
{
    size_t count = 0, capacity = 0;
    unsigned char hash[HASH_SIZE];
    *ids = NULL;
    if (!*number)
        return 0;
    const struct db_value params[] = {number_hash(db, kind, number, hash)};
    struct db_rows *rows = kind == NUMBER_PHONE
                               ? db_query(db,
                                          "select id from person where phone_hash = $1"
                                          " and length(phone_hash) > 0 order by id",
                                          params, 1, NULL)
                               : db_query(db,
                                          "select id from person where identity_hash = $1"
                                          " and length(identity_hash) > 0 order by id",
                                          params, 1, NULL);
    while (rows && db_next(rows))
        APPEND(arena, *ids, count, capacity) = db_get_int(rows, 0);
    return db_close(rows) ? 0 : count;
}

/* --- statements ------------------------------------------------------------------------------
 * Inside: the salt, then the text. The salt lies inside so that nobody can try out texts against
 * the hash, which events carry as well. */

static enum status statement_store(struct db *db, const struct statement *s, const char *text,
                                   struct error *err)
{
    struct buf content = BUF_EMPTY, sealed = BUF_EMPTY;
    buf_add(&content, s->salt, SALT_SIZE);
    buf_add_text(&content, text);
    if (!content.failed)
        cipher_seal(db, CIPHER_STATEMENT, s->id, content.data, content.length, &sealed);
    enum status st = content.failed || sealed.failed
                         ? error_set(err, ST_NO_MEMORY, "out of memory")
                         : db_run(db, "insert into statement(id, sealed, hash) values($1, $2, $3)",
                                  DB_PARAMS(db_int(s->id), db_blob(sealed.data, sealed.length),
                                            db_blob(s->hash, HASH_SIZE)),
                                  err);
    buf_free(&content);
    buf_free(&sealed);
    return st;
}

enum status statement_insert(struct db *db, struct statement *s, struct error *err)
{
    if (s->id <= 0)
        return error_set(err, ST_INVALID, "a statement needs an identifier");
    const char *text = s->text ? s->text : "";
    randombytes_buf(s->salt, SALT_SIZE);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    crypto_generichash_update(&state, s->salt, SALT_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)text, strlen(text));
    crypto_generichash_final(&state, s->hash, HASH_SIZE);
    return statement_store(db, s, text, err);
}

enum status store_statement_put(struct db *db, struct statement *statement)
{
    return statement_insert(db, statement, NULL);
}

struct statement *store_statement(struct db *db, int64_t id, struct arena *arena)
{
    struct statement *s = NULL;
    struct db_rows *rows = db_query(db, "select sealed, hash from statement where id = $1",
                                    DB_PARAMS(db_int(id)), NULL);
    if (rows && db_next(rows)) {
        size_t sealed_length, length;
        const void *sealed = db_get_blob(rows, 0, &sealed_length);
        const unsigned char *content =
            cipher_open(db, CIPHER_STATEMENT, id, sealed, sealed_length, arena, &length);
        if (content && length >= SALT_SIZE) {
            s = arena_alloc(arena, sizeof *s);
            s->id = id;
            memcpy(s->salt, content, SALT_SIZE);
            s->text = (const char *)content + SALT_SIZE;
            row_hash(rows, 1, s->hash, HASH_SIZE);
        }
    }
    db_close(rows);
    return s;
}

/* --- the rows of the first schema ------------------------------------------------------------ */

static enum status convert_persons(struct db *db, int64_t *count, struct error *err)
{
    struct db_rows *rows =
        db_query(db, "select id, name, phone, confidential from open_person", NULL, 0, err);
    enum status st = ST_OK;
    for (; !st && rows && db_next(rows); ++*count) {
        struct person p = {.id = db_get_int(rows, 0),
                           .name = db_get_text(rows, 1),
                           .phone = db_get_text(rows, 2),
                           .confidential = db_get_int(rows, 3) != 0};
        st = store_person_put(db, &p);
        if (st)
            error_set(err, st, "%s: a citizen could not be sealed", db->path);
    }
    enum status closed = db_close(rows);
    return st ? st : closed;
}

static enum status convert_statements(struct db *db, int64_t *count, struct error *err)
{
    struct db_rows *rows =
        db_query(db, "select id, content, salt, hash from open_statement", NULL, 0, err);
    enum status st = ST_OK;
    for (; !st && rows && db_next(rows); ++*count) {
        struct statement s = {.id = db_get_int(rows, 0)};
        row_hash(rows, 2, s.salt, SALT_SIZE);
        row_hash(rows, 3, s.hash, HASH_SIZE);
        st = statement_store(db, &s, db_get_text(rows, 1), err);
    }
    enum status closed = db_close(rows);
    return st ? st : closed;
}

enum status personal_convert(struct db *db, struct error *err)
{
    int64_t count = 0;
    enum status st = keyring_note(db, err);
    if (!st)
        st = convert_persons(db, &count, err);
    if (!st)
        st = convert_statements(db, &count, err);
    if (!st)
        st = db_script(db,
                       "drop table open_person; drop table open_statement;"
                       "delete from meta where key = 'phone_key'",
                       err);
    /* Kept hashes of requests were not keyed; one that is repeated over this is refused. */
    if (!st)
        st = db_run(db, "update answer set body_hash = $1", DB_PARAMS(db_blob("", 0)), err);
    return st || count == 0 ? st : db_wipe_later(db, err);
}
