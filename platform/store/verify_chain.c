/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first level of the chain: the events of an order, each holding the one before. */
#include "core/json.h"
#include "platform/store/store_private.h"
#include "platform/store/verify.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void verify_found(struct verify *v, const char *where, const char *format, ...)
{
    char what[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    v->findings++;
    v->found(v->user, where, what);
}

void verify_order(const char *number, int64_t id, char out[64])
{
    (void)snprintf(out, 64, "order %.24s (%" PRId64 ")", number, id);
}

/* --- one event -------------------------------------------------------------------------------- */

#define EVENT_COLUMNS                                                                              \
    " e.order_id, e.n, e.action, e.subject, e.subject_id, e.from_state, e.to_state, e.account_id," \
    " e.done_at, e.arrived_at, e.version, e.statement_id, e.region_code, e.category_code,"         \
    " e.industry, e.channel, e.state, e.units, e.body, e.hash, coalesce(s.hash, '') "
enum { BODY = 18, HASH, WORDS_HASH };

static struct event_facts facts_read(struct db_rows *rows)
{
    return (struct event_facts){
        .order_id = db_get_int(rows, 0),
        .n = db_get_int(rows, 1),
        .action = db_get_text(rows, 2),
        .subject = db_get_text(rows, 3),
        .subject_id = db_get_int(rows, 4),
        .from = db_get_text(rows, 5),
        .to = db_get_text(rows, 6),
        .account_id = db_get_int(rows, 7),
        .done_at = db_get_int(rows, 8),
        .arrived_at = db_get_int(rows, 9),
        .version = db_get_int(rows, 10),
        .statement_id = db_get_int(rows, 11),
        .region_code = db_get_text(rows, 12),
        .category_code = db_get_text(rows, 13),
        .industry = db_get_text(rows, 14),
        .channel = db_get_text(rows, 15),
        .state = db_get_text(rows, 16),
        .units = db_get_text(rows, 17),
    };
}

/* The columns repeat what the body says, for queries; a forger could change either. The name of one
 * that differs, or NULL. */
static const char *fact_differs(const struct event_facts *e, const cJSON *body)
{
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {{"order", e->order_id},         {"n", e->n},
                   {"subject_id", e->subject_id},  {"account", e->account_id},
                   {"done_at", e->done_at},        {"arrived_at", e->arrived_at},
                   {"statement", e->statement_id}, {"version", e->version}};
    const struct {
        const char *name, *value;
    } texts[] = {{"action", e->action},      {"subject", e->subject},
                 {"from", e->from},          {"to", e->to},
                 {"region", e->region_code}, {"category", e->category_code},
                 {"industry", e->industry},  {"channel", e->channel},
                 {"state", e->state},        {"units", e->units}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (json_int(body, numbers[i].name, -1) != numbers[i].value)
            return numbers[i].name;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *text = json_text(body, texts[i].name, NULL);
        if (!text || strcmp(text, texts[i].value) != 0)
            return texts[i].name;
    }
    return NULL;
}

struct chain {
    int64_t n;                     /* the last event seen */
    unsigned char hash[HASH_SIZE]; /* its hash, as stored */
    struct event_facts last;       /* its facts that the order's row repeats; texts in `texts` */
    struct buf body, texts;
};

/* True when the body is what the columns make of it; then the hash of the words that it names is in
 * `words` as hex. Much quicker than to parse it. */
static bool body_as_written(struct chain *c, const struct event_facts *facts, const char *body,
                            char words[2 * HASH_SIZE + 1])
{
    static const char mark[] = ",\"statement_hash\":\"";
    buf_clear(&c->body);
    event_body_head(&c->body, facts);
    if (c->body.failed || strncmp(body, c->body.data, c->body.length) != 0)
        return false;
    body += c->body.length;
    if (strncmp(body, mark, sizeof mark - 1) != 0)
        return false;
    body += sizeof mark - 1;
    size_t digits = strspn(body, "0123456789abcdef");
    if (body[digits] != '"' || digits > 2 * (size_t)HASH_SIZE)
        return false;
    memcpy(words, body, digits);
    words[digits] = '\0';
    buf_clear(&c->body);
    event_body_tail(&c->body, facts);
    return !c->body.failed && strncmp(body + digits + 1, c->body.data, c->body.length) == 0;
}

static bool words_fit(struct db_rows *rows, const char *hex)
{
    char now[2 * HASH_SIZE + 1];
    size_t length = 0;
    const unsigned char *hash = db_get_blob(rows, WORDS_HASH, &length);
    if (length != HASH_SIZE || !*hex)
        return true; /* a row that is gone is verify_links's */
    sodium_bin2hex(now, sizeof now, hash, length);
    return strcmp(now, hex) == 0;
}

enum { WHAT_SIZE = 256 };

/* The next event of the order. False, with what is wrong in `what`. */
static bool chain_step(struct chain *c, struct db_rows *rows, char what[WHAT_SIZE])
{
    const struct event_facts facts = facts_read(rows);
    const char *body = db_get_text(rows, BODY);
    unsigned char stored[HASH_SIZE];
    size_t size = 0;
    char words[2 * HASH_SIZE + 1] = "";
    (void)db_get_blob(rows, HASH, &size);
    row_hash(rows, HASH, stored, HASH_SIZE);
    bool gap = facts.n != c->n + 1;
    if (gap)
        (void)snprintf(what, WHAT_SIZE, "event %" PRId64 " is missing", c->n + 1);
    event_chain(c->hash, body, strlen(body));
    bool good = size == HASH_SIZE && memcmp(c->hash, stored, HASH_SIZE) == 0;
    /* From what is stored on, so that one change is one finding. */
    memcpy(c->hash, stored, HASH_SIZE);
    c->n = facts.n;
    if (gap)
        return false;
    if (!good) {
        (void)snprintf(what, WHAT_SIZE, "event %" PRId64 " was changed", facts.n);
        return false;
    }
    if (!body_as_written(c, &facts, body, words)) {
        cJSON *json = json_parse(body, strlen(body));
        const char *name = fact_differs(&facts, json);
        (void)snprintf(words, sizeof words, "%s", json_text(json, "statement_hash", ""));
        cJSON_Delete(json);
        if (name) {
            (void)snprintf(what, WHAT_SIZE, "event %" PRId64 ": %s is not what its body says",
                           facts.n, name);
            return false;
        }
    }
    if (!words_fit(rows, words)) {
        (void)snprintf(what, WHAT_SIZE, "the words of event %" PRId64 " were replaced", facts.n);
        return false;
    }
    return true;
}

/* --- one order, for callers that want to know about it alone ---------------------------------- */

static void chain_free(struct chain *c)
{
    buf_free(&c->body);
    buf_free(&c->texts);
}

/* The head of the chain as the order's row has it. */
static enum status read_head(struct db *db, int64_t order_id, int64_t *n,
                             unsigned char hash[HASH_SIZE], struct error *err)
{
    enum status found = ST_NOT_FOUND;
    struct db_rows *rows = db_query(db, "select event_n, event_hash from orders where id = $1",
                                    DB_PARAMS(db_int(order_id)), err);
    if (rows && db_next(rows)) {
        *n = db_get_int(rows, 0);
        row_hash(rows, 1, hash, HASH_SIZE);
        found = ST_OK;
    }
    enum status st = db_close(rows);
    if (!st && found)
        return error_set(err, found, "there is no order %lld", (long long)order_id);
    return st;
}

enum status store_chain_verify(struct db *db, int64_t order_id, struct error *err)
{
    int64_t head_n = 0;
    unsigned char head[HASH_SIZE];
    char what[WHAT_SIZE] = "";
    struct chain chain = {.n = 0, .body = BUF_EMPTY, .texts = BUF_EMPTY};
    /* Head and events of one moment; a caller's own snapshot does as well. */
    bool own = !db_in_transaction(db) && store_read_begin(db) == ST_OK, good = true;
    enum status st = read_head(db, order_id, &head_n, head, err);
    if (!st) {
        struct db_rows *rows = db_query(
            db,
            "select" EVENT_COLUMNS "from event e left join statement s on s.id = e.statement_id"
            " where e.order_id = $1 order by e.n",
            DB_PARAMS(db_int(order_id)), err);
        while (rows && good && db_next(rows))
            good = chain_step(&chain, rows, what);
        st = db_close(rows);
    }
    if (own)
        (void)store_read_end(db);
    if (!st && !good)
        st = error_set(err, ST_CORRUPT, "order %lld: %s", (long long)order_id, what);
    if (!st && (chain.n != head_n || memcmp(chain.hash, head, HASH_SIZE) != 0))
        st = error_set(err, ST_CORRUPT, "order %lld: its chain ends at event %lld, not at %lld",
                       (long long)order_id, (long long)chain.n, (long long)head_n);
    chain_free(&chain);
    return st;
}

/* --- all orders ------------------------------------------------------------------------------- */

size_t store_order_ids(struct db *db, struct arena *arena, int64_t **out)
{
    size_t count = 0, capacity = 0;
    *out = NULL;
    struct db_rows *rows = db_query(db, "select id from orders order by id", NULL, 0, NULL);
    while (rows && db_next(rows))
        APPEND(arena, *out, count, capacity) = db_get_int(rows, 0);
    return db_close(rows) ? 0 : count;
}

bool units_same(const char *a, const char *b)
{
    if (strlen(a) != strlen(b))
        return false;
    for (const char *p = a; *p == ',' && p[1];) {
        char one[256];
        size_t n = strcspn(p + 1, ",") + 2; /* ",/1/12/," */
        if (n >= sizeof one)
            return strcmp(a, b) == 0;
        memcpy(one, p, n);
        one[n] = '\0';
        if (!strstr(b, one))
            return false;
        p += n - 1;
    }
    return true;
}

/* What the row of an order repeats of its last event. Columns of ORDER_ROWS from 4 on. */
static const char *const REPEATED[] = {"state", "region", "category", "industry", "channel"};

/* Keeps of an event what the order's row is compared with when its chain ends. */
static void chain_keep(struct chain *c, struct db_rows *rows)
{
    static const int COLUMNS[] = {16, 12, 13, 14, 15, 17};
    buf_clear(&c->texts);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++)
        buf_add(&c->texts, db_get_text(rows, COLUMNS[i]),
                strlen(db_get_text(rows, COLUMNS[i])) + 1);
    c->last.version = db_get_int(rows, 10);
}

static void compare_head(struct verify *v, const struct chain *c, struct db_rows *order,
                         const char *where)
{
    unsigned char head[HASH_SIZE];
    int64_t head_n = db_get_int(order, 2);
    row_hash(order, 3, head, HASH_SIZE);
    if (c->n != head_n || memcmp(c->hash, head, HASH_SIZE) != 0) {
        verify_found(v, where,
                     "its chain ends at event %" PRId64 ", not at %" PRId64
                     ": events were taken away or put in",
                     c->n, head_n);
        return;
    }
    const char *text = c->texts.data;
    if (c->n == 0 || c->texts.failed || !text)
        return;
    for (size_t i = 0; i < sizeof REPEATED / sizeof REPEATED[0]; i++) {
        if (strcmp(text, db_get_text(order, 4 + (int)i)) != 0)
            verify_found(v, where,
                         "its %s is \"%s\", its last event says \"%s\": the row was changed without"
                         " an event",
                         REPEATED[i], db_get_text(order, 4 + (int)i), text);
        text += strlen(text) + 1;
    }
    if (!units_same(text, db_get_text(order, 9)))
        verify_found(v, where,
                     "its units are not those of its last event: the row was changed without one");
    if (c->last.version != db_get_int(order, 10))
        verify_found(v, where,
                     "it is at version %" PRId64 ", its last event at %" PRId64
                     ": the row was changed without an event",
                     db_get_int(order, 10), c->last.version);
}

#define ORDER_ROWS                                                                                 \
    "select id, number, event_n, event_hash, state, region_code, category_code, industry,"         \
    " channel, units, version from orders order by id"

/* The events of orders that are not there: all before `order_id`. False when there are no more. */
static bool skip_orphans(struct verify *v, struct db_rows *events, bool more, int64_t order_id)
{
    while (more && db_get_int(events, 0) < order_id) {
        int64_t id = db_get_int(events, 0), n = 0;
        char where[64];
        for (; more && db_get_int(events, 0) == id; more = db_next(events))
            n++;
        (void)snprintf(where, sizeof where, "order %" PRId64, id);
        verify_found(v, where, "it was deleted; %" PRId64 " of its events are left", n);
    }
    return more;
}

enum status verify_chains(struct db *db, struct verify *v, struct error *err)
{
    struct chain chain = {.n = 0, .body = BUF_EMPTY, .texts = BUF_EMPTY};
    char where[64], what[WHAT_SIZE];
    int64_t total = 0;
    enum status st = db_number(db, "select count(*) from orders", NULL, 0, 0, &total, err);
    if (st)
        return st;
    struct db_rows *orders = db_query(db, ORDER_ROWS, NULL, 0, err);
    struct db_rows *events = db_query(db,
                                      "select" EVENT_COLUMNS
                                      "from event e left join statement s on s.id = e.statement_id"
                                      " order by e.order_id, e.n",
                                      NULL, 0, err);
    bool more = orders && events && db_next(events);
    while (orders && events && db_next(orders)) {
        int64_t id = db_get_int(orders, 0);
        verify_order(db_get_text(orders, 1), id, where);
        more = skip_orphans(v, events, more, id);
        chain.n = 0;
        memset(chain.hash, 0, HASH_SIZE);
        for (; more && db_get_int(events, 0) == id; more = db_next(events), v->events++) {
            if (!chain_step(&chain, events, what))
                verify_found(v, where, "%s: its history cannot be relied on", what);
            chain_keep(&chain, events);
        }
        compare_head(v, &chain, orders, where);
        v->orders++;
        if (v->progress && (v->orders % 256 == 0 || v->orders == (size_t)total))
            v->progress(v->user, "histories", v->orders, (size_t)total);
    }
    if (events)
        (void)skip_orphans(v, events, more, INT64_MAX);
    st = db_close(events);
    enum status also = db_close(orders);
    chain_free(&chain);
    return st ? st : also;
}
