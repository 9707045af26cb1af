/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /callers/lookup: the earlier orders of a citizen who calls. Found by a whole number only, by
 * those who take calls, and each search is a line in the access log. */
#include "platform/api/api_private.h"
#include "platform/domain/mask.h"

#define CALL_TAKERS (BIT(ROLE_OPERATOR) | BIT(ROLE_CALLBACK))

struct search_line {
    int64_t account_id, person_id, at;
};

static enum status log_search(struct db *db, void *user)
{
    const struct search_line *line = user;
    return store_access_put(db, line->account_id, "search", 0, line->person_id, 0, line->at);
}

/* On the writer it is part of the request's own job; a reader waits until the line is on disk. */
static bool logged(struct call *call, int64_t person_id)
{
    struct search_line line = {call->account->id, person_id, call->now};
    enum status st = call->route->flags & ROUTE_WRITE
                         ? log_search(call->db, &line)
                         : store_write_wait(call->api->store, log_search, &line);
    return st == ST_OK || call_problem(call, st == ST_BUSY ? PROBLEM_BUSY : PROBLEM_INTERNAL, NULL,
                                       NULL, NULL, NULL);
}

/* The orders, and the citizen for the log: whom the account cannot see was not found, 0. */
static int64_t find(struct call *call, enum number_kind kind, const char *number,
                    int64_t **order_ids, size_t *count)
{
    int64_t *persons = NULL;
    size_t person_count = store_persons_by_number(call->db, kind, number, call->arena, &persons);
    if (person_count)
        *count = store_orders_of_persons(call->db, call->account->id, persons, person_count,
                                         (size_t)call->api->settings.caller_orders, call->arena,
                                         order_ids);
    return *count ? persons[0] : 0;
}

static bool may_search(struct call *call, const char *number, int64_t **order_ids, size_t *count)
{
    *order_ids = NULL;
    *count = 0;
    return *number && (call->account->roles & CALL_TAKERS);
}

bool caller_search(struct call *call, enum number_kind kind, const char *number,
                   int64_t **order_ids, size_t *count)
{
    if (!may_search(call, number, order_ids, count))
        return true;
    if (logged(call, find(call, kind, number, order_ids, count)))
        return true;
    *count = 0;
    return false;
}

bool caller_hint(struct call *call, enum number_kind kind, const char *number, int64_t **order_ids,
                 size_t *count)
{
    if (!may_search(call, number, order_ids, count))
        return true;
    int64_t person_id = find(call, kind, number, order_ids, count);
    uint64_t what = asked_what(call->api, call->account->id, kind, number);
    if (asked_lately(call->api->asked, what, call->now - call->api->settings.hints_logged_ms))
        return true;
    if (logged(call, person_id)) {
        asked_note(call->api->asked, what, call->now);
        return true;
    }
    *count = 0;
    return false;
}

bool caller_identity_wrong(struct call *call)
{
    return problem_set(
        &call->problem, PROBLEM_FIELD_FORMAT, "identity",
        field_get(&call->body, "identity")->spec->label,
        (struct bilingual){"the 18 characters of an identity card", "应为身份证上的 18 位号码"},
        both(NULL));
}

static const struct field_spec lookup_fields[] = {
    {"phone", FIELD_LINE, false, 3, 32, {"phone", "来电号码"}, NULL},
    {"identity", FIELD_LINE, false, 15, 40, {"identity number", "身份证号"}, NULL},
};

static bool post_lookup(struct call *call)
{
    int64_t *orders = NULL;
    size_t count = 0;
    bool by_identity = field_present(&call->body, "identity");
    const char *number = by_identity
                             ? identity_normalise(field_text(&call->body, "identity"), call->arena)
                             : phone_normalise(field_text(&call->body, "phone"), call->arena);
    if (!by_identity && !field_present(&call->body, "phone"))
        return problem_set(&call->problem, PROBLEM_FIELD_MISSING, "phone",
                           field_get(&call->body, "phone")->spec->label, both(NULL), both(NULL));
    if (by_identity && !*number)
        return caller_identity_wrong(call);
    if (!caller_search(call, by_identity ? NUMBER_IDENTITY : NUMBER_PHONE, number, &orders, &count))
        return false;
    call->answer = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(call->answer, "items");
    for (size_t i = 0; i < count; i++) {
        const struct order_case *c =
            store_case_load(call->db, call->account->id, orders[i], call->arena);
        if (c)
            cJSON_AddItemToArray(items, render_row(call, &c->order));
    }
    return true;
}

static const struct route routes[] = {
    {API_POST, "callers/lookup", ROUTE_WRITE | ROUTE_REPEATABLE, CALL_TAKERS, NO_FIELDS,
     FIELDS(lookup_fields), post_lookup},
};
const struct route_table routes_callers = {FIELDS(routes)};
