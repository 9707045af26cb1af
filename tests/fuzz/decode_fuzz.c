/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer of any bytes is decoded as a whole or refused; no text in it is NULL. */
#include "client/client_private.h"
#include "tests/fuzz/fuzz.h"

static const decode_fn decoders[] = {
    decode_nothing,     decode_session, decode_health,     decode_actions,  decode_queues,
    decode_orders,      decode_order,   decode_events,     decode_why,      decode_reveal,
    decode_places,      decode_units,   decode_categories, decode_channels, decode_kinds,
    decode_suggestions, decode_board,   decode_bulletin,   decode_frame,
};

static void expect_order(const struct mq_order *order)
{
    const char *const texts[] = {order->number, order->state, order->title, order->place};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        HOLDS(texts[i] && strlen(texts[i]) < ANSWER_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {200, 201, 204, 302, 401, 404, 412, 422, 503};
    if (size < 2)
        return 0;
    struct answer *answer = answer_new();
    char *body = malloc(size - 1);
    HOLDS(answer && body);
    memcpy(body, data + 2, size - 2);
    body[size - 2] = '\0';
    answer_fill(answer, statuses[data[1] % (sizeof statuses / sizeof statuses[0])], body, size - 2,
                decoders[data[0] % (sizeof decoders / sizeof decoders[0])], data[1] & 0x80);
    const struct mq_result *r = &answer->result;
    HOLDS(r->problem && r->message && r->field && r->next && r->token && r->city);
    HOLDS(r->status == ST_OK || *r->message);
    for (size_t i = 0; r->orders && i < r->count; i++)
        expect_order(&r->orders[i]);
    if (r->order)
        expect_order(r->order);
    for (size_t i = 0; r->lines && i < r->count; i++)
        HOLDS(r->lines[i]);
    mq_result_free(&answer->result);
    return 0;
}
