/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of orders and their counts, within a scope. */
#include "platform/store/scope.h"
#include "platform/store/store_private.h"
#include "platform/store/text_index.h"
#include <string.h>

/* The parameters of every text below; one that a text does not name is not looked at. */
enum {
    P_ACCOUNT = 1,
    P_STATES, /* 1: the states below count, 0: any */
    P_NEEDS,
    P_CARD,
    P_UNSATISFIED,
    P_ROUND,
    P_REGION,
    P_CATEGORY,
    P_INDUSTRY,
    P_CHANNEL,
    P_LEAD,
    P_TAKEN_BY,
    P_PATH_FROM,
    P_PATH_TO,
    P_STATE, /* … 27 */
    P_AFTER_KEY = P_STATE + ORDER_STATE_COUNT,
    P_AFTER_ID,
    P_LIMIT,
    P_OPEN,
    P_CONCLUDED,
    P_CONCLUSION,
    P_STREET,
    P_PLACE,
    P_FROM,
    P_TO,
    P_TEXT,
    P_COUNT = P_TEXT
};
_Static_assert(ORDER_STATE_COUNT == 13 && P_AFTER_KEY == 28 && P_TEXT == 38,
               "the texts say $15 … $27, $38");

#define WHERE                                                                                      \
    " where ($2 = 0 or o.state in ($15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,"    \
    " $27)) and ($3 = 0 or (o.needs & $3) <> 0) and ($4 = '' or o.card = $4)"                      \
    " and ($5 = 0 or o.unsatisfied = 1) and o.round >= $6"                                         \
    " and ($7 = '' or substr(o.region_code, 1, length($7)) = $7)"                                  \
    " and ($8 = '' or substr(o.category_code, 1, length($8)) = $8"                                 \
    " or ($8 = '-' and o.category_code = ''))"                                                     \
    " and ($9 = '' or o.industry = $9) and ($10 = '' or o.channel = $10)"                          \
    " and ($11 = 0 or o.lead_unit_id = case when $11 < 0 then 0 else $11 end)"                     \
    " and ($12 = 0 or o.taken_by = $12)"                                                           \
    " and ($31 = 0 or o.open = 1) and ($32 = 0 or o.concluded_at <> 0)"                            \
    " and ($33 = '' or (o.conclusion = $33 and o.concluded_at <> 0))"                              \
    " and ($34 = '' or substr(o.region_code, 1, 9) = $34) and ($35 = 0 or o.place_id = $35)"       \
    " and o.received_at >= $36 and ($37 = 0 or o.received_at < $37) and" SCOPE_SQL
#define WITH_UNIT                                                                                  \
    " and (o.id, o.round) in (select m.order_id, m.round from assignment m"                        \
    " where m.unit_path >= $13 and m.unit_path < $14 and m.state not in ('returned', "             \
    "'withdrawn'))"
#define BY_DEADLINE " and (o.sort_at, o.id) > ($28, $29) order by o.sort_at, o.id limit $30"
#define BY_NEWEST   " and o.id < $29 order by o.id desc limit $30"
#define LIST        "select" ORDER_COLUMNS "from orders o"
/* What holds the words, the newest first: the index gives them in that order, so that a page of a
 * common word reads no more of it than the page. */
#define LIST_TEXT   "select" ORDER_COLUMNS "from " ORDER_TEXT " cross join orders o"
#define OF_TEXT     " and o.id = " ORDER_TEXT_ID " and" ORDER_TEXT_MATCHES
#define IN_TEXT                                                                                    \
    " and o.id in (select " ORDER_TEXT_ID " from " ORDER_TEXT " where" ORDER_TEXT_MATCHES ")"
#define BY_NEWEST_TEXT " and " ORDER_TEXT_ID " < $29 order by " ORDER_TEXT_ID " desc limit $30"
#define COUNT                                                                                      \
    "select count(*), coalesce(sum(case when o.card = 'red' then 1 else 0 end), 0) from orders o"

/* From which orders a list is taken: literals, so that an index on few of them serves. What is
 * archived grows for years; what waits for somebody does not. */
enum base { BASE_ALL, BASE_OPEN, BASE_NEEDS, BASE_UNSATISFIED, BASE_TAKEN, BASE_COUNT };
#define FROM_ALL         ""
#define FROM_OPEN        " and o.open = 1"
#define FROM_NEEDS       " and o.needs <> 0"
#define FROM_UNSATISFIED " and o.unsatisfied = 1"
#define FROM_TAKEN       " and o.taken_by = $12"

#define LISTS(from)                                                                                \
    {                                                                                              \
        {LIST WHERE from BY_DEADLINE, LIST WHERE from BY_NEWEST},                                  \
        {                                                                                          \
            LIST WHERE from WITH_UNIT BY_DEADLINE, LIST WHERE from WITH_UNIT BY_NEWEST             \
        }                                                                                          \
    }
/* [base][with unit][newest first] */
static const char *const LIST_SQL[BASE_COUNT][2][2] = {
    LISTS(FROM_ALL),         LISTS(FROM_OPEN),  LISTS(FROM_NEEDS),
    LISTS(FROM_UNSATISFIED), LISTS(FROM_TAKEN),
};
#define COUNTS(from)                                                                               \
    {                                                                                              \
        COUNT WHERE from, COUNT WHERE from WITH_UNIT                                               \
    }
/* [base][with unit] */
static const char *const COUNT_SQL[BASE_COUNT][2] = {
    COUNTS(FROM_ALL),         COUNTS(FROM_OPEN),  COUNTS(FROM_NEEDS),
    COUNTS(FROM_UNSATISFIED), COUNTS(FROM_TAKEN),
};

/* The same with words to be found, for which a base is of no use. [with unit][newest first] */
static const char *const LIST_TEXT_SQL[2][2] = {
    {LIST WHERE IN_TEXT BY_DEADLINE, LIST_TEXT WHERE OF_TEXT BY_NEWEST_TEXT},
    {LIST WHERE IN_TEXT WITH_UNIT BY_DEADLINE, LIST_TEXT WHERE OF_TEXT WITH_UNIT BY_NEWEST_TEXT},
};
static const char *const COUNT_TEXT_SQL[2] = {COUNT WHERE IN_TEXT, COUNT WHERE IN_TEXT WITH_UNIT};

/* A filter as parameters. */
struct bound {
    struct db_value values[P_COUNT];
    enum base base;
    bool unit, text;
    char path_to[256];
};

static void set(struct bound *b, int parameter, struct db_value value)
{
    b->values[parameter - 1] = value;
}

/* The smallest base that holds all that the filter asks for. */
static enum base base_of(const struct order_filter *f)
{
    bool open = f->states != 0;
    for (int i = 0; i < ORDER_STATE_COUNT; i++)
        if ((f->states & BIT(i)) && !order_open((enum order_state)i))
            open = false;
    return f->needs               ? BASE_NEEDS
           : f->unsatisfied       ? BASE_UNSATISFIED
           : f->open_only || open ? BASE_OPEN
           : f->taken_by          ? BASE_TAKEN
                                  : BASE_ALL;
}

/* `path` is the filter's unit's, "" none; it must live as long as `b`. False for a path that cannot
 * be. */
static bool bind_filter(struct bound *b, int64_t account_id, const struct order_filter *f,
                        const char *path)
{
    set(b, P_ACCOUNT, db_int(account_id));
    for (int i = 0; i < ORDER_STATE_COUNT; i++) {
        bool wanted = (f->states & BIT(i)) != 0;
        set(b, P_STATE + i, db_text(wanted ? word_name(WORDS_ORDER_STATE, i) : ""));
    }
    set(b, P_STATES, db_int(f->states != 0));
    set(b, P_NEEDS, db_int(f->needs));
    set(b, P_CARD, db_text(f->card > 0 ? word_name(WORDS_CARD, f->card - 1) : ""));
    set(b, P_UNSATISFIED, db_int(f->unsatisfied));
    set(b, P_ROUND, db_int(f->round_from));
    set(b, P_REGION, db_text(f->region_code));
    set(b, P_CATEGORY, db_text(f->category_code));
    set(b, P_INDUSTRY, db_text(f->industry));
    set(b, P_CHANNEL, db_text(f->channel));
    set(b, P_LEAD, db_int(f->lead_unit_id));
    set(b, P_TAKEN_BY, db_int(f->taken_by));
    set(b, P_AFTER_KEY, db_int(0));
    set(b, P_AFTER_ID, db_int(0));
    set(b, P_LIMIT, db_int(0));
    set(b, P_OPEN, db_int(f->open_only));
    set(b, P_STREET, db_text(f->street_code));
    set(b, P_CONCLUDED, db_int(f->concluded));
    set(b, P_CONCLUSION, db_text(f->conclusion));
    set(b, P_PLACE, db_int(f->place_id));
    set(b, P_FROM, db_int(f->received_from));
    set(b, P_TO, db_int(f->received_to));
    set(b, P_TEXT, db_text(""));
    b->base = base_of(f);
    b->unit = f->unit_id != 0;
    /* "/1/12/" and what is below it are the texts from "/1/12/" to before "/1/120": '0' follows
     * '/'. */
    size_t n = strlen(path);
    if (n >= sizeof b->path_to)
        return false;
    memcpy(b->path_to, path, n + 1);
    if (n)
        b->path_to[n - 1] = '/' + 1;
    set(b, P_PATH_FROM, db_text(path));
    set(b, P_PATH_TO, db_text(b->path_to));
    return true;
}

/* Binds the filter with the path of its unit. ST_NOT_FOUND when nothing can fit it: there is no
 * such unit, or no word in its text. */
static enum status prepare(struct db *db, int64_t account_id, const struct order_filter *f,
                           struct arena *arena, struct bound *b)
{
    const char *path = "";
    if (f->unit_id != 0) {
        struct db_rows *rows = db_query(db, "select path from unit where id = $1",
                                        DB_PARAMS(db_int(f->unit_id)), NULL);
        if (rows && db_next(rows))
            path = row_text(rows, 0, arena);
        enum status st = db_close(rows);
        if (st || *path == '\0')
            return st ? st : ST_NOT_FOUND;
    }
    if (!bind_filter(b, account_id, f, path))
        return ST_INVALID;
    b->text = f->text != NULL;
    if (!b->text)
        return ST_OK;
    const char *pattern = text_pattern(db, f->text, f->number, true, arena);
    set(b, P_TEXT, db_text(pattern));
    return *pattern ? ST_OK : ST_NOT_FOUND;
}

enum status store_orders(struct db *db, int64_t account_id, const struct order_filter *filter,
                         bool newest_first, int64_t after_key, int64_t after_id, size_t limit,
                         struct arena *arena, struct order_page *page)
{
    struct bound b;
    size_t capacity = 0;
    int64_t key = 0;
    *page = (struct order_page){0};
    enum status st = prepare(db, account_id, filter, arena, &b);
    if (st)
        return st == ST_NOT_FOUND ? ST_OK : st;
    set(&b, P_AFTER_KEY, db_int(after_key));
    set(&b, P_AFTER_ID, db_int(newest_first && after_id == 0 ? INT64_MAX : after_id));
    set(&b, P_LIMIT, db_int((int64_t)limit + 1)); /* one more tells whether there is more */
    const char *sql =
        b.text ? LIST_TEXT_SQL[b.unit][newest_first] : LIST_SQL[b.base][b.unit][newest_first];
    struct db_rows *rows = db_query(db, sql, b.values, P_COUNT, NULL);
    while (rows && db_next(rows)) {
        if (page->count == limit) {
            page->more = true;
            break;
        }
        struct order *o = &APPEND(arena, page->orders, page->count, capacity);
        order_read(rows, 0, arena, o, &key);
        page->next_key = newest_first ? 0 : key;
        page->next_id = o->id;
    }
    return db_close(rows);
}

enum status store_orders_count(struct db *db, int64_t account_id, const struct order_filter *filter,
                               int64_t *count, int64_t *red)
{
    struct bound b;
    *count = *red = 0;
    struct arena *arena = arena_new();
    if (!arena)
        return ST_NO_MEMORY;
    enum status st = prepare(db, account_id, filter, arena, &b);
    if (!st) {
        const char *sql = b.text ? COUNT_TEXT_SQL[b.unit] : COUNT_SQL[b.base][b.unit];
        struct db_rows *rows = db_query(db, sql, b.values, P_COUNT, NULL);
        if (rows && db_next(rows)) {
            *count = db_get_int(rows, 0);
            *red = db_get_int(rows, 1);
        }
        st = db_close(rows);
    }
    arena_free(arena);
    return st == ST_NOT_FOUND ? ST_OK : st;
}
