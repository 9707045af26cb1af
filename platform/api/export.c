/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is rendered for the account, flattened into lines: there is no second way out for an order,
 * and so no second mask. */
#include "platform/api/export.h"
#include "core/buf.h"
#include "core/clock.h"
#include "platform/api/api_private.h"
#include <csv.h>
#include <errno.h>
#include <string.h>

enum { PAGE = 100 };

/* Name of the column, and where the rendered order or event has it; "appeals." stands for all of
 * them. */
struct export_column {
    const char *name, *path;
};

static const struct export_column order_columns[] = {
    {"number", "number"},
    {"state", "state_label"},
    {"kind", "kind_label"},
    {"channel", "channel.name"},
    {"category_code", "category.code"},
    {"category", "category.path"},
    {"region_code", "region.code"},
    {"region", "region.name"},
    {"region_path", "region.path"},
    {"place", "place"},
    {"title", "title"},
    {"urgent", "urgent"},
    {"complex", "complex"},
    {"confidential", "confidential"},
    {"received_at", "received_at"},
    {"deadline_at", "deadline_at"},
    {"first_deadline_at", "first_deadline_at"},
    {"card", "card_label"},
    {"round", "round"},
    {"unsatisfied", "unsatisfied"},
    {"lead", "lead.name"},
    {"conclusion", "conclusion_label"},
    {"source_no", "appeals.source_no"},
    {"name", "appeals.person.name"},
    {"phone", "appeals.person.phone"},
    {"words", "appeals.words"},
};
static const struct export_column event_columns[] = {
    {"number", NULL}, /* of the order, which an event does not repeat */
    {"n", "n"},           {"at", "at"},           {"arrived_at", "arrived_at"},
    {"action", "action"}, {"what", "label"},      {"from", "from"},
    {"to", "to"},         {"by", "by.name"},      {"unit", "unit.name"},
    {"text", "text"},     {"version", "version"},
};

struct export
{
    struct call call;
    const struct export_options *options;
    const struct export_column *columns;
    size_t column_count;
    FILE *out;
    bool failed; /* the output */
    uint64_t rows;
};

/* --- cells ------------------------------------------------------------------------------------ */

/* True for what a spreadsheet takes for a formula, however far to the right it begins. */
static bool runs(const char *text)
{
    static const char *const signs[] = {"=", "+", "-", "@", "＝", "＋", "－", "＠"};
    if (*text == '\t' || *text == '\r')
        return true;
    text += strspn(text, " \t\r\n");
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strncmp(text, signs[i], strlen(signs[i])) == 0)
            return true;
    return false;
}

static void put_cell(struct export *e, size_t i, const char *text)
{
    struct buf cell = BUF_EMPTY;
    if (runs(text))
        buf_add_char(&cell, '\'');
    buf_add_text(&cell, text);
    bool good = !cell.failed && (i == 0 || fputc(',', e->out) != EOF) &&
                csv_fwrite(e->out, cell.data, cell.length) == 0 &&
                (i + 1 < e->column_count || fputs("\r\n", e->out) >= 0);
    e->failed = e->failed || !good;
    buf_free(&cell);
}

static void add_value(struct buf *out, const cJSON *item)
{
    if (cJSON_IsString(item) || cJSON_IsRaw(item)) /* whole numbers are raw */
        buf_add_text(out, item->valuestring);
    else if (cJSON_IsBool(item))
        buf_add_char(out, cJSON_IsTrue(item) ? '1' : '0');
}

/* What the path leads to; of an array all, a line each. */
static void add_path(struct buf *out, const cJSON *item, const char *path)
{
    if (cJSON_IsArray(item)) {
        const cJSON *each;
        cJSON_ArrayForEach(each, item)
        {
            if (out->length)
                buf_add_char(out, '\n');
            add_path(out, each, path);
        }
        return;
    }
    char name[32];
    size_t n = strcspn(path, ".");
    if (n == 0 || n >= sizeof name) {
        add_value(out, item);
        return;
    }
    memcpy(name, path, n);
    name[n] = '\0';
    add_path(out, cJSON_GetObjectItemCaseSensitive(item, name), path + n + (path[n] == '.'));
}

static void put_line(struct export *e, const cJSON *item, const char *number)
{
    for (size_t i = 0; i < e->column_count; i++) {
        struct buf text = BUF_EMPTY;
        if (e->columns[i].path)
            add_path(&text, item, e->columns[i].path);
        else
            buf_add_text(&text, number);
        e->failed = e->failed || text.failed;
        put_cell(e, i, text.data ? text.data : "");
        buf_free(&text);
    }
    e->rows++;
}

/* --- orders and events ------------------------------------------------------------------------ */

static bool within(const struct export *e, const cJSON *event)
{
    int64_t at = 0;
    if (!clock_parse(json_text(event, "at", ""), &at))
        return false;
    return at >= e->options->from && (e->options->to == 0 || at < e->options->to);
}

static void put_order(struct export *e, const struct order *order)
{
    int64_t version;
    cJSON *item = NULL;
    if (e->options->events) {
        const struct order_case *c =
            store_case_load(e->call.db, e->call.account->id, order->id, e->call.arena);
        item = c ? render_events(&e->call, c) : NULL;
        const cJSON *event;
        cJSON_ArrayForEach(event, item)
        {
            if (within(e, event))
                put_line(e, event, order->number);
        }
    } else {
        item = render_detail(&e->call, order->id, &version);
        if (item)
            put_line(e, item, order->number);
    }
    cJSON_Delete(item);
}

static enum status put_page(struct export *e, const struct view *view,
                            const struct order_filter *filter, int64_t *key, int64_t *id,
                            bool *more)
{
    struct order_page page = {0};
    enum status st = store_read_begin(e->call.db);
    if (st)
        return st;
    st = store_orders(e->call.db, e->call.account->id, filter, view->newest_first, *key, *id, PAGE,
                      e->call.arena, &page);
    for (size_t i = 0; i < page.count && !st && !e->failed; i++)
        put_order(e, &page.orders[i]);
    enum status whole = store_read_end(e->call.db);
    *key = page.next_key;
    *id = page.next_id;
    *more = page.more;
    return st ? st : whole;
}

static enum status put_all(struct export *e, const struct view *view, struct error *err)
{
    struct order_filter filter = view->filter;
    if (view_is_personal(view))
        filter.taken_by = e->call.account->id;
    if (!e->options->events) {
        filter.received_from = e->options->from;
        filter.received_to = e->options->to;
    }
    if (e->options->bom)
        e->failed = fputs("\xEF\xBB\xBF", e->out) < 0;
    for (size_t i = 0; i < e->column_count; i++)
        put_cell(e, i, e->columns[i].name);
    const struct account account = *e->call.account;
    int64_t key = 0, id = 0;
    enum status st = ST_OK;
    for (bool more = true; more && !st && !e->failed;) {
        struct arena *page = arena_new();
        if (!page)
            return error_set(err, ST_NO_MEMORY, "out of memory");
        e->call.arena = page;
        e->call.account = &account;
        st = put_page(e, view, &filter, &key, &id, &more);
        arena_free(page);
    }
    if (e->failed || fflush(e->out) != 0)
        return error_set(err, ST_IO, "the export cannot be written: %s", strerror(errno));
    return st ? error_set(err, st, "the orders cannot be read") : ST_OK;
}

/* --- who asks --------------------------------------------------------------------------------- */

static enum status log_job(struct db *db, void *user)
{
    const struct call *call = user;
    return store_access_put(db, call->account->id, "export", 0, 0, 0, call->now);
}

static enum status find_account(struct export *e, struct error *err)
{
    struct call *call = &e->call;
    const char *login = e->options->login;
    call->account = store_account_by_login(call->db, login, call->arena);
    if (!call->account)
        return error_set(err, ST_NOT_FOUND, "there is no account %s", login);
    if (call->account->disabled)
        return error_set(err, ST_DENIED, "the account %s is disabled", login);
    if (!roles_see_orders(call->account->roles))
        return error_set(err, ST_DENIED, "the account %s sees no orders: nothing is exported",
                         login);
    const struct unit *unit = reference_unit(&call->api->reference, call->account->unit_id);
    call->unit_path = unit ? unit->path : "";
    call->language = call->account->language;
    return ST_OK;
}

static enum status run(struct export *e, FILE *(*begin)(void *user, struct error *err), void *user,
                       struct error *err)
{
    enum status st = find_account(e, err);
    if (st)
        return st;
    const char *name = e->options->view ? e->options->view : "all";
    const struct view *view = view_find(name, e->call.account->roles);
    if (!view)
        return error_set(err, ST_NOT_FOUND, "the account %s has no view %s", e->options->login,
                         name);
    if (store_write_wait(e->call.api->store, log_job, &e->call))
        return error_set(err, ST_IO,
                         "the export cannot be noted in the access log: nothing is exported");
    e->out = begin(user, err);
    return e->out ? put_all(e, view, err) : err->status;
}

enum status api_export(struct api *api, const struct export_options *options,
                       FILE *(*begin)(void *user, struct error *err), void *user, uint64_t *rows,
                       struct error *err)
{
    struct export e = {
        .call = {.api = api, .unit_path = "", .now = clock_now_ms(), .arena = arena_new()},
        .options = options,
        .columns = options->events ? event_columns : order_columns,
        .column_count = options->events ? sizeof event_columns / sizeof event_columns[0]
                                        : sizeof order_columns / sizeof order_columns[0]};
    struct arena *arena = e.call.arena;
    if (!arena)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    e.call.db = store_reader(api->store, err);
    enum status st = e.call.db ? run(&e, begin, user, err) : err->status;
    *rows = e.rows;
    arena_free(arena);
    return st;
}
