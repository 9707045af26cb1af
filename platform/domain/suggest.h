/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suggest: whose order is it? The most specific valid responsibility row wins (domain rule 1). */
#ifndef PLATFORM_DOMAIN_SUGGEST_H
#define PLATFORM_DOMAIN_SUGGEST_H

#include "core/arena.h"
#include "platform/model/model.h"

/* What an order is about, for the look-up. */
struct matter {
    const char *category_code, *region_code;
    int64_t component_owner_id; /* 0 none */
    int64_t now;
};

enum { SUGGESTIONS_MAX = 3 };

struct suggestion {
    int64_t unit_id;
    const struct responsibility *row; /* why: borrowed */
    bool boundary;                    /* another unit is as specific: both are named */
};

/* Ranks the rows that apply to the matter: a component's owner before none, the longer category
 * code before the shorter, the longer region before the shorter, a ruling before the list before
 * history, the newer before the older. Fills at most SUGGESTIONS_MAX different units, best first;
 * equals in specificity are marked as boundary. Returns the number. */
size_t suggest_units(const struct responsibility *rows, size_t count, const struct matter *matter,
                     struct suggestion out[SUGGESTIONS_MAX]);
/* The reason in one sentence ("权责表 供水×全市" / "responsibility list: water supply × whole
 * city"), from names of the row's category and region ("" = any). */
struct bilingual suggest_reason(const struct responsibility *row, const char *category_name,
                                const char *region_name, const char *owner_name,
                                struct arena *arena);

#endif
