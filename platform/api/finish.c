/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a request: the order that it is about, the problem, the answer as text. */
#include "core/log.h"
#include "core/number.h"
#include "platform/api/api_private.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *call_text(const struct call *call, struct bilingual text)
{
    return bilingual_text(text, call->language);
}

const char *arena_int(struct arena *arena, int64_t n)
{
    return arena_printf(arena, "%" PRId64, n);
}

bool call_problem(struct call *call, enum problem_type type, const char *field, const char *a,
                  const char *b, const char *c)
{
    return problem_set(&call->problem, type, field, both(a), both(b), both(c));
}

void call_fail(struct call *call)
{
    call->show_order = 0;
    call->show_current = false;
    call->etag = -1;
    call_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL, NULL);
}

/* --- the order that the path names ------------------------------------------------------------ */

int64_t call_order_id(struct call *call)
{
    const char *ref = call->segments[1];
    char number[ORDER_NUMBER_SIZE];
    if (strchr(ref, '-')) {
        if (!order_number_complete(ref, call->now, number))
            return 0;
        return store_order_by_number(call->db, call->account->id, number);
    }
    int64_t id;
    return text_integer(ref, &id) && id > 0 ? id : 0;
}

struct order_case *call_order(struct call *call)
{
    int64_t id = call_order_id(call);
    struct order_case *c =
        id ? store_case_load(call->db, call->account->id, id, call->arena) : NULL;
    if (!c)
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL, NULL);
    return c;
}

/* --- what is shown ---------------------------------------------------------------------------- */

void call_show(struct call *call)
{
    bool good = call->problem.type == PROBLEM_NONE;
    if (call->show_order <= 0 || (!good && !call->show_current))
        return;
    call->shown = render_detail(call, call->show_order, &call->etag);
    if (call->shown)
        return;
    bool write = call->route->flags & ROUTE_WRITE;
    call_problem(call, good && write ? PROBLEM_LEFT_SCOPE : PROBLEM_NOT_FOUND, NULL, NULL, NULL,
                 NULL);
}

/* False when there is no memory for the text. */
static bool print_answer(struct call *call, cJSON *answer)
{
    struct api_request *request = call->request;
    char *text = answer ? cJSON_PrintUnformatted(answer) : NULL;
    request->answer = arena_strdup(call->arena, text ? text : "");
    request->answer_length = strlen(request->answer);
    bool good = text || !answer;
    free(text);
    return good;
}

/* The `current` record belongs to the problem from here on. */
static cJSON *render_problem(struct call *call)
{
    cJSON *problem = cJSON_CreateObject();
    json_add_text(problem, "type", problem_name(call->problem.type));
    json_add_int(problem, "status", problem_status(call->problem.type));
    json_add_text(problem, "title", problem_text(&call->problem, call->language, call->arena));
    if (call->retry_after_s)
        json_add_int(problem, "retry_after", call->retry_after_s);
    if (call->problem.field)
        json_add_text(problem, "field", call->problem.field);
    if (call->show_current && call->shown) {
        cJSON_AddItemToObject(problem, "current", call->shown);
        call->shown = NULL;
    }
    return problem;
}

/* What failed here is looked for by its number. */
static void number_failure(struct call *call)
{
    const struct api_request *request = call->request;
    const char *id = request->id ? request->id : "-";
    call->problem.args[0] = both(id);
    log_line(LOG_ERROR, "request id=%s route=%s failed", id, request->route ? request->route : "-");
}

void call_finish(struct call *call)
{
    struct api_request *request = call->request;
    bool refused = call->problem.type != PROBLEM_NONE;
    if (call->problem.type == PROBLEM_INTERNAL)
        number_failure(call);
    cJSON *problem = refused ? render_problem(call) : NULL;
    request->http_status = refused ? problem_status(call->problem.type) : call->status;
    request->is_problem = refused;
    request->etag = call->etag;
    request->retry_after_s = refused ? call->retry_after_s : 0;
    if (!print_answer(call, refused ? problem : call->shown ? call->shown : call->answer))
        request->http_status = problem_status(PROBLEM_INTERNAL);
    cJSON_Delete(problem);
    cJSON_Delete(call->shown);
    cJSON_Delete(call->answer);
    call->shown = call->answer = NULL;
}

void api_refuse(struct api_request *request, enum problem_type type, const char *argument)
{
    struct call call = {
        .request = request, .arena = request->arena, .language = request->language, .etag = -1};
    bool of_field = type >= PROBLEM_FIELD_MISSING && type <= PROBLEM_FIELD_FORMAT;
    call_problem(&call, type, of_field ? argument : NULL, argument, NULL, NULL);
    call_finish(&call);
}
