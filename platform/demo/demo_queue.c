/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose turn it is: a heap of all orders by the moment of what happens to them next. */
#include "platform/demo/demo_sim.h"

int64_t demo_next_of(const struct demo_order *order)
{
    if (order->id == 0)
        return order->received_at;
    int64_t at = order->step_at ? order->step_at : INT64_MAX;
    return order->timer_at && order->timer_at <= at ? order->timer_at : at;
}

/* Of two at one moment the one that was planned first, so that every run is the same. */
static bool before(const struct demo_order *a, const struct demo_order *b)
{
    int64_t at = demo_next_of(a), bt = demo_next_of(b);
    return at != bt ? at < bt : a->index < b->index;
}

static void sink(struct demo_sim *sim, size_t i)
{
    struct demo_order *order = sim->queue[i];
    for (;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < sim->queue_count && before(sim->queue[child + 1], sim->queue[child]))
            child++;
        if (child >= sim->queue_count || !before(sim->queue[child], order))
            break;
        sim->queue[i] = sim->queue[child];
        i = child;
    }
    sim->queue[i] = order;
}

void demo_queue_fill(struct demo_sim *sim)
{
    for (size_t i = 0; i < sim->order_count; i++)
        sim->queue[i] = &sim->orders[i];
    sim->queue_count = sim->order_count;
    for (size_t i = sim->queue_count / 2; i-- > 0;)
        sink(sim, i);
}

void demo_queue_settle(struct demo_sim *sim)
{
    if (sim->queue_count)
        sink(sim, 0);
}
