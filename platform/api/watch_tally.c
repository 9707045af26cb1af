/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting by difference: an order's old part is taken off each sum before its new one is put on.
 */
#include "platform/api/watch_private.h"
#include <stdlib.h>

enum { ROOM_LEAST = 64 };

void tallies_free(struct tallies *tallies)
{
    free(tallies->entries);
    *tallies = (struct tallies){0};
}

static size_t home(const struct tallies *tallies, int64_t order_id)
{
    return (size_t)((uint64_t)order_id * 0x9e3779b97f4a7c15u >> 32) & (tallies->room - 1);
}

/* The order's place, or the free one where it would be. */
static struct tally_entry *find(const struct tallies *tallies, int64_t order_id)
{
    size_t i = home(tallies, order_id);
    while (tallies->entries[i].order_id && tallies->entries[i].order_id != order_id)
        i = (i + 1) & (tallies->room - 1);
    return &tallies->entries[i];
}

/* Room for one more. */
static bool grow(struct tallies *tallies)
{
    if (4 * (tallies->used + 1) <= 3 * tallies->room)
        return true;
    struct tallies larger = *tallies;
    larger.room = tallies->room ? 2 * tallies->room : ROOM_LEAST;
    larger.entries = calloc(larger.room, sizeof *larger.entries);
    if (!larger.entries)
        return false;
    for (size_t i = 0; i < tallies->room; i++)
        if (tallies->entries[i].order_id)
            *find(&larger, tallies->entries[i].order_id) = tallies->entries[i];
    free(tallies->entries);
    *tallies = larger;
    return true;
}

/* Closes the gap, so that every entry is still found from its home. */
static void take_out(struct tallies *tallies, struct tally_entry *entry)
{
    size_t mask = tallies->room - 1, gap = (size_t)(entry - tallies->entries);
    for (size_t i = (gap + 1) & mask; tallies->entries[i].order_id; i = (i + 1) & mask) {
        size_t from_home = (i - home(tallies, tallies->entries[i].order_id)) & mask;
        if (from_home < ((i - gap) & mask))
            continue;
        tallies->entries[gap] = tallies->entries[i];
        gap = i;
    }
    tallies->entries[gap] = (struct tally_entry){0};
    tallies->used--;
}

static void add(struct tallies *tallies, const struct tally_entry *entry, int sign)
{
    for (size_t i = 0; i < view_count(); i++) {
        if (!(entry->counts & BIT(i)))
            continue;
        tallies->views[i].count += sign;
        tallies->views[i].red += entry->red ? sign : 0;
    }
}

static uint32_t counting_views(const struct queued *order)
{
    uint32_t counts = 0;
    for (size_t i = 0; i < view_count() && i < VIEWS_MAX; i++)
        if (view_counts(view_at(i), order))
            counts |= BIT(i);
    return counts;
}

void tallies_set(struct tallies *tallies, int64_t order_id, const struct queued *now)
{
    if (!grow(tallies)) {
        tallies->failed = true;
        return;
    }
    struct tally_entry *entry = find(tallies, order_id);
    bool counts = now && (now->open || now->needs);
    if (entry->order_id) {
        add(tallies, entry, -1);
        if (!counts)
            take_out(tallies, entry);
    }
    if (!counts)
        return;
    tallies->used += entry->order_id == 0;
    *entry = (struct tally_entry){.order_id = order_id,
                                  .taken_by = now->taken_by,
                                  .counts = counting_views(now),
                                  .red = now->card == CARD_RED};
    add(tallies, entry, 1);
}

struct tally tallies_own(const struct tallies *tallies, int64_t account_id)
{
    struct tally own = {0, 0};
    uint32_t personal = 0;
    for (size_t i = 0; i < view_count() && i < VIEWS_MAX; i++)
        if (view_is_personal(view_at(i)))
            personal |= BIT(i);
    for (size_t i = 0; i < tallies->room; i++) {
        const struct tally_entry *entry = &tallies->entries[i];
        if (!entry->order_id || entry->taken_by != account_id || !(entry->counts & personal))
            continue;
        own.count++;
        own.red += entry->red;
    }
    return own;
}
