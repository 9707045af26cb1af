/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reception: how an appeal becomes a received order, by whichever way it comes: typed by an
 * operator, sent by a channel, imported from a file. */
#ifndef PLATFORM_DOMAIN_RECEPTION_H
#define PLATFORM_DOMAIN_RECEPTION_H

#include "platform/domain/lifecycle.h"

/* What came in. References are resolved and numbers normalised by the caller. */
struct reception {
    enum appeal_kind kind;
    const char *channel, *source_no;
    const struct category *category; /* NULL: nobody has said yet what it is about */
    const struct place *place;       /* NULL: no known place */
    const char *place_text;          /* as typed; "": the place's name */
    const char *region_code;         /* counts where there is no place */
    struct person person;            /* its id is given here, where anything of it is known */
    const char *words;               /* of the citizen */
    bool urgent, complex;
    int64_t received_at; /* 0: now */
    int64_t source_deadline_at;
    int64_t taken_by; /* account; 0 nobody, that is an import */
};

/* Makes the received order (state, limits, clocks, first event; no number yet) with the rows of
 * citizen, words and appeal. What stands outside the rows of citizen and words – title, typed place
 * – is masked. `ctx` as for an action, its category is not looked at. Texts are borrowed from `in`
 * or live in ctx->arena. */
void reception_receive(const struct reception *in, const struct act_context *ctx,
                       struct received *out);
/* A text about an order as it may stand outside the citizens' rows. */
const char *reception_public_text(const char *text, const struct person *person,
                                  struct arena *arena);

#endif
