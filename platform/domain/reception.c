/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/domain/reception.h"
#include "platform/domain/mask.h"

const char *reception_public_text(const char *text, const struct person *person,
                                  struct arena *arena)
{
    return (person->confidential ? mask_text_whole : mask_text)(text, person->name, arena);
}

static struct order order_of(const struct reception *in, const struct person *person,
                             const struct act_context *ctx)
{
    const char *words = reception_public_text(in->words, person, ctx->arena);
    struct order order = {
        .id = ctx->new_id(ctx->new_id_user),
        .kind = in->kind,
        .channel = in->channel,
        .category_code = in->category ? in->category->code : "",
        .industry = in->category ? in->category->industry : "",
        .region_code = in->region_code,
        .place_text = reception_public_text(in->place_text, person, ctx->arena),
        .title = mask_title(words, person->name, ctx->arena),
        .urgent = in->urgent,
        .complex = in->complex,
        .confidential = person->confidential,
        .received_at = in->received_at ? in->received_at : ctx->now,
        .taken_by = in->taken_by,
        .source_deadline_at = in->source_deadline_at,
        .conclusion = "",
    };
    if (in->place) {
        order.place_id = in->place->id;
        order.component_owner_id = in->place->owner_unit_id;
        order.region_code = in->place->region_code;
        if (!*order.place_text)
            order.place_text = in->place->name;
    }
    return order;
}

void reception_receive(const struct reception *in, const struct act_context *ctx,
                       struct received *out)
{
    struct act_context own = *ctx;
    own.category = in->category;
    *out = (struct received){.c = arena_alloc(ctx->arena, sizeof *out->c), .person = in->person};
    struct person *person = &out->person;
    if (*person->name || *person->phone || *person->identity)
        person->id = ctx->new_id(ctx->new_id_user);
    out->words = (struct statement){.id = ctx->new_id(ctx->new_id_user), .text = in->words};
    struct order *order = &out->c->order;
    *order = order_of(in, person, ctx);
    out->appeal = (struct appeal){.id = ctx->new_id(ctx->new_id_user),
                                  .channel = order->channel,
                                  .source_no = in->source_no,
                                  .kind = order->kind,
                                  .person_id = person->id,
                                  .statement_id = out->words.id,
                                  .place_id = order->place_id,
                                  .place_text = order->place_text,
                                  .region_code = order->region_code,
                                  .category_code = order->category_code,
                                  .received_at = order->received_at,
                                  .source_deadline_at = order->source_deadline_at,
                                  .taken_by = order->taken_by};
    lifecycle_receive(out->c, &own);
    /* The first event carries the hash of the words: they are a part of the history. */
    out->c->events[0].statement_id = out->words.id;
}
