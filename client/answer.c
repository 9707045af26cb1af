/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer: the result that a callback gets, with all that it points to. */
#include "client/client_private.h"
#include <stdlib.h>
#include <string.h>

struct answer *answer_new(void)
{
    struct answer *answer = calloc(1, sizeof *answer);
    struct arena *arena = answer ? arena_new() : NULL;
    if (!arena) {
        free(answer);
        return NULL;
    }
    answer->arena = arena;
    struct mq_result *r = &answer->result;
    r->problem = r->message = r->field = r->json = r->next = r->token = r->city = r->password =
        r->cursor = "";
    r->totals.key = r->totals.label = r->totals.query = "";
    return answer;
}

static void answer_free(struct answer *answer)
{
    arena_free(answer->arena);
    free(answer->body);
    free(answer);
}

void mq_result_keep(struct mq_result *result)
{
    ((struct answer *)result)->kept = true;
}

void mq_result_free(struct mq_result *result)
{
    struct answer *answer = (struct answer *)result;
    if (answer && answer->delivering)
        answer->kept = false;
    else if (answer)
        answer_free(answer);
}

void answer_deliver(struct answer *answer, mq_done done, void *user)
{
    answer->delivering = true;
    if (done)
        done(user, &answer->result);
    answer->delivering = false;
    if (!answer->kept)
        answer_free(answer);
}

void answer_fail(struct answer *answer, enum status status, bool english, enum message message,
                 const char *detail)
{
    answer->result.status = status;
    answer->result.message = message_text(answer->arena, english, message, detail);
}

static enum status status_of(int http_status)
{
    switch (http_status) {
    case 400:
    case 405:
    case 413:
    case 415:
    case 422:
    case 428:
        return ST_INVALID;
    case 401:
    case 403:
        return ST_DENIED;
    case 404:
        return ST_NOT_FOUND;
    case 409:
        return ST_CONFLICT;
    case 410: /* the cursor is from before what the platform still knows */
    case 412:
        return ST_STALE;
    case 429:
    case 503:
        return ST_BUSY;
    case 502:
    case 504: /* a gateway that does not reach the platform either */
        return ST_UNAVAILABLE;
    default:
        return http_status >= 500 ? ST_IO : ST_INVALID;
    }
}

static enum message message_of(enum status status)
{
    switch (status) {
    case ST_BUSY:
        return MESSAGE_BUSY;
    case ST_UNAVAILABLE:
        return MESSAGE_NOT_REACHED;
    case ST_IO:
        return MESSAGE_FAILED;
    default:
        return MESSAGE_REFUSED;
    }
}

static bool current_fill(struct answer *answer, const cJSON *problem)
{
    struct mq_order *order = arena_alloc(answer->arena, sizeof *order);
    const cJSON *current = cJSON_GetObjectItemCaseSensitive(problem, "current");
    answer->result.order = order;
    return part_order(answer->arena, current, true, order);
}

static void problem_fill(struct answer *answer, const cJSON *json, bool english)
{
    struct mq_result *r = &answer->result;
    r->status = status_of(r->http_status);
    r->problem = part_text(answer->arena, json, "type");
    r->field = part_text(answer->arena, json, "field");
    r->message = part_text(answer->arena, json, "title");
    r->retry_after_s = json_int(json, "retry_after", 0);
    if (!*r->message)
        r->message = message_text(answer->arena, english, message_of(r->status),
                                  arena_printf(answer->arena, "HTTP %d", r->http_status));
    if (r->http_status == 412 && !current_fill(answer, json)) {
        r->order = NULL;
        answer_fail(answer, ST_CORRUPT, english, MESSAGE_MALFORMED, "HTTP 412");
    }
}

void answer_fill(struct answer *answer, int http_status, char *body, size_t length,
                 decode_fn decode, bool english)
{
    struct mq_result *r = &answer->result;
    r->http_status = http_status;
    if (body) {
        answer->body = body;
        r->json = body;
    }
    cJSON *json = json_parse(body, length);
    if (http_status >= 400) {
        problem_fill(answer, json, english);
    } else if (http_status < 200 || http_status >= 300 || !decode(answer, json)) {
        /* Half of an answer is none: nobody shall act on it. */
        struct mq_result failed = {.http_status = http_status,
                                   .json = r->json,
                                   .problem = "",
                                   .field = "",
                                   .next = "",
                                   .token = "",
                                   .password = "",
                                   .city = ""};
        failed.totals.key = failed.totals.label = failed.totals.query = "";
        *r = failed;
        answer_fail(answer, ST_CORRUPT, english, MESSAGE_MALFORMED,
                    http_status >= 200 && http_status < 300
                        ? ""
                        : arena_printf(answer->arena, "HTTP %d", http_status));
    }
    cJSON_Delete(json);
}
