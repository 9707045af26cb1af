/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All rows of an appeal that comes in. */
#include "platform/store/store_private.h"

enum status store_received_put(struct db *db, struct received *r, int64_t arrived_at,
                               int64_t *existing_order, struct error *err)
{
    struct order *order = &r->c->order;
    enum status st = store_new_number(db, order->received_at, order->number);
    if (!st && r->person.id)
        st = store_person_put(db, &r->person);
    if (!st)
        st = store_statement_put(db, &r->words);
    if (st)
        return error_set(err, st, "citizen and words could not be stored");
    st = store_case_save(db, r->c, true, arrived_at, err);
    if (st)
        return st;
    st = store_appeal_put(db, &r->appeal, order->id, existing_order);
    return st ? error_set(err, st, "the appeal could not be stored") : ST_OK;
}
