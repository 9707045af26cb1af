/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /access: the log of who looked at personal data, for the auditor alone. */
#include "core/clock.h"
#include "core/number.h"
#include "platform/api/api_private.h"
#include <inttypes.h>
#include <string.h>

static const struct field_choice kind_choices[] = {
#define X(id, name, en, zh) {name, {en, zh}},
    ACCESS_KINDS(X)
#undef X
        {NULL, {NULL, NULL}}};

static const struct field_spec access_fields[] = {
    {"kind", FIELD_CHOICE, false, 0, 0, {"kind", "类别"}, kind_choices},
    {"account", FIELD_LINE, false, 1, 64, {"account", "账号"}, NULL},
    {"order", FIELD_LINE, false, 1, 20, {"order", "工单"}, NULL},
    {"from", FIELD_DATE, false, 0, 0, {"from", "起始日"}, NULL},
    {"to", FIELD_DATE, false, 0, 0, {"to", "截止日"}, NULL},
    {"after", FIELD_LINE, false, 1, 48, {"after", "起点"}, NULL},
    {"limit", FIELD_INT, false, 1, 200, {"limit", "条数"}, NULL},
};

enum { NO_ORDER = -1 };

static bool unknown(struct call *call, const char *field)
{
    return problem_set(&call->problem, PROBLEM_FIELD_REFERENCE, field,
                       field_get(&call->query, field)->spec->label, both(NULL), both(NULL));
}

/* An account by its login or number; an order by its number or id, wherever it lies: the log is not
 * cut by a scope. */
static bool read_filter(struct call *call, struct access_filter *filter)
{
    const struct field_values *q = &call->query;
    char number[ORDER_NUMBER_SIZE];
    *filter = (struct access_filter){.kind = field_text(q, "kind")};
    if (field_present(q, "account")) {
        const char *name = field_text(q, "account");
        const struct account *account = store_account_by_login(call->db, name, call->arena);
        if (!account && text_integer(name, &filter->account_id))
            account = store_account(call->db, filter->account_id, call->arena);
        if (!account)
            return unknown(call, "account");
        filter->account_id = account->id;
    }
    if (field_present(q, "order")) {
        const char *ref = field_text(q, "order");
        bool by_number = strchr(ref, '-') != NULL;
        if (by_number ? !order_number_complete(ref, call->now, number)
                      : !text_integer(ref, &filter->order_id) || filter->order_id <= 0)
            return unknown(call, "order");
        if (by_number)
            filter->order_id = store_order_by_number(call->db, 0, number);
        /* Who asks must not learn which orders there are: none has no lines, like many a one. */
        if (filter->order_id <= 0)
            filter->order_id = NO_ORDER;
    }
    if (field_present(q, "from"))
        filter->from = clock_day_start((int32_t)field_number(q, "from", 0));
    if (field_present(q, "to"))
        filter->to = clock_day_start((int32_t)field_number(q, "to", 0) + 1);
    return true;
}

static cJSON *render_name(struct call *call, int64_t account_id)
{
    const struct account *account =
        account_id ? store_account(call->db, account_id, call->arena) : NULL;
    return account ? render_ref(account->id, account->name) : cJSON_CreateNull();
}

/* Whoever typed the reason may have named the citizen: nothing of that is left. */
static const char *render_reason(struct call *call, const struct access_row *row)
{
    if (!row->reason_statement_id)
        return "";
    struct citizens citizens = order_citizens(call, &(struct order){.id = row->order_id});
    citizens.hidden = true;
    return render_statement(call, row->reason_statement_id, &citizens);
}

static cJSON *render_line(struct call *call, const struct access_row *row)
{
    int kind = word_find(WORDS_ACCESS_KIND, row->kind);
    cJSON *item = cJSON_CreateObject();
    json_add_int(item, "id", row->id);
    json_add_time(item, "at", row->at);
    json_add_text(item, "kind", row->kind);
    json_add_text(item, "kind_label",
                  kind < 0 ? row->kind : call_text(call, word_label(WORDS_ACCESS_KIND, kind)));
    cJSON_AddItemToObject(item, "account", render_name(call, row->account_id));
    cJSON_AddItemToObject(item, "about", render_name(call, row->about_account_id));
    json_add_text(item, "order", row->number);
    json_add_text(item, "reason", render_reason(call, row));
    return item;
}

static bool get_access(struct call *call)
{
    struct access_filter filter;
    struct access_row *rows;
    int64_t at, id;
    if (!read_filter(call, &filter) || !call_cursor(call, &at, &id))
        return false;
    size_t limit = (size_t)field_number(&call->query, "limit", call->api->settings.page_orders);
    size_t count = store_access_list(call->db, &filter, at, id, limit + 1, call->arena, &rows);
    bool more = count > limit;
    if (more)
        count = limit;
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "items");
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(items, render_line(call, &rows[i]));
    json_add_text(call->answer, "next",
                  more ? arena_printf(call->arena, "%" PRId64 ".%" PRId64, rows[count - 1].at,
                                      rows[count - 1].id)
                       : NULL);
    return true;
}

static const struct route routes[] = {
    {API_GET, "access", 0, BIT(ROLE_AUDITOR), FIELDS(access_fields), NO_FIELDS, get_access},
};
const struct route_table routes_access = {FIELDS(routes)};
