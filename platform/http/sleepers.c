/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock order: sleepers->lock, then what libmicrohttpd locks to suspend and resume. */
#include "platform/http/sleepers.h"
#include "core/clock.h"
#include "core/log.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    /* Between two rounds: what happens meanwhile is told together, four times a second at most; the
     * first change after a quiet while is told at once. */
    ROUND_MS = 250,
    NICENESS = 5, /* who waits for an answer goes before who follows the changes */
    EVENTS = 64,
};
#define KICK UINT64_MAX

struct slot {
    struct sleeper *sleeper; /* NULL: free */
    uint32_t generation;     /* tells a late event of an earlier sleeper from one of this */
    uint32_t next_free;
};

struct sleepers {
    struct api *api;
    int epoll_fd, kick_fd;
    bool started;
    pthread_t thread;
    atomic_bool changed;  /* told and not yet taken up by the thread */
    pthread_mutex_t lock; /* guards what follows, and the private part of each sleeper */
    struct slot *slots;
    uint32_t slot_count, first_free; /* slot_count: none is free */
    uint64_t round;   /* grows with each round; who has not seen the last one looks again */
    int64_t next_due; /* ticks: when somebody is to be looked at */
    bool stopping;
};

/* --- the thread ------------------------------------------------------------------------------- */

static void kick(struct sleepers *sleepers)
{
    uint64_t one = 1;
    ssize_t n = write(sleepers->kick_fd, &one, sizeof one);
    (void)n; /* can only fail when the number is full, and then the thread is awake anyway */
}

/* From the writer's thread, after each commit. */
static void on_change(void *user)
{
    struct sleepers *sleepers = user;
    if (!atomic_exchange(&sleepers->changed, true))
        kick(sleepers);
}

/* With the lock held. */
static void wake(struct sleeper *sleeper)
{
    if (!sleeper->asleep)
        return;
    sleeper->asleep = false;
    MHD_resume_connection(sleeper->connection);
}

/* A descriptor reports that its client is gone. The event may be older than what is in the slot. */
static void on_gone(struct sleepers *sleepers, uint64_t data)
{
    uint32_t slot = (uint32_t)data, generation = (uint32_t)(data >> 32);
    pthread_mutex_lock(&sleepers->lock);
    struct slot *s = slot < sleepers->slot_count ? &sleepers->slots[slot] : NULL;
    if (s && s->sleeper && s->generation == generation) {
        s->sleeper->gone = true;
        wake(s->sleeper);
    }
    pthread_mutex_unlock(&sleepers->lock);
}

/* Waits for events until the next one's time; with a round wanted, until `round_at`. */
static void wait_events(struct sleepers *sleepers, bool wanted, int64_t round_at)
{
    struct epoll_event events[EVENTS];
    pthread_mutex_lock(&sleepers->lock);
    int64_t next = sleepers->next_due;
    pthread_mutex_unlock(&sleepers->lock);
    if (wanted && round_at < next)
        next = round_at;
    int64_t wait_ms = next == INT64_MAX ? INT_MAX : next - clock_ticks_ms();
    wait_ms = wait_ms < 0 ? 0 : wait_ms > INT_MAX ? INT_MAX : wait_ms;
    int n = epoll_wait(sleepers->epoll_fd, events, EVENTS, (int)wait_ms);
    for (int i = 0; i < n; i++) {
        uint64_t number;
        if (events[i].data.u64 != KICK)
            on_gone(sleepers, events[i].data.u64);
        else if (read(sleepers->kick_fd, &number, sizeof number) < 0 && errno != EAGAIN)
            log_line(LOG_ERROR, "feed: cannot be woken: %m");
    }
}

/* Looks on behalf of the sleeper in a slot, where there is reason to. Lock held, but not while it
 * looks: nobody else touches one that is asleep, and only this thread wakes it. */
static void look_after(struct sleepers *sleepers, uint32_t slot)
{
    struct sleeper *sleeper = sleepers->slots[slot].sleeper;
    if (!sleeper || !sleeper->asleep)
        return;
    if (sleeper->seen != sleepers->round || sleeper->until <= clock_ticks_ms()) {
        sleeper->seen = sleepers->round;
        pthread_mutex_unlock(&sleepers->lock);
        bool ready = sleeper->look(sleeper);
        pthread_mutex_lock(&sleepers->lock);
        if (ready) {
            wake(sleeper);
            return;
        }
    }
    if (sleeper->until < sleepers->next_due)
        sleepers->next_due = sleeper->until;
}

/* Once past all of them. */
static void walk(struct sleepers *sleepers)
{
    sleepers->next_due = INT64_MAX;
    for (uint32_t i = 0; i < sleepers->slot_count && !sleepers->stopping; i++)
        look_after(sleepers, i);
    for (uint32_t i = 0; i < sleepers->slot_count && sleepers->stopping; i++)
        if (sleepers->slots[i].sleeper)
            wake(sleepers->slots[i].sleeper);
}

static void *run(void *user)
{
    struct sleepers *sleepers = user;
    bool wanted = false, stopping = false;
    int64_t round_at = 0; /* ticks: not before then is the next round */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
    while (!stopping) {
        wait_events(sleepers, wanted, round_at);
        if (atomic_exchange(&sleepers->changed, false))
            wanted = true;
        int64_t now = clock_ticks_ms();
        bool round = wanted && now >= round_at;
        if (round) {
            enum api_round done = api_feed_round(sleepers->api);
            wanted = done != API_ROUND_DONE;
            round_at = done == API_ROUND_MORE ? 0 : now + ROUND_MS;
        }
        pthread_mutex_lock(&sleepers->lock);
        sleepers->round += round;
        if (round || sleepers->stopping || now >= sleepers->next_due)
            walk(sleepers);
        stopping = sleepers->stopping;
        pthread_mutex_unlock(&sleepers->lock);
    }
    return NULL;
}

/* --- one sleeper, on its connection's thread -------------------------------------------------- */

bool sleepers_may_go_on(struct sleeper *sleeper)
{
    struct sleepers *sleepers = sleeper->sleepers;
    pthread_mutex_lock(&sleepers->lock);
    bool may = !sleeper->gone && !sleepers->stopping;
    pthread_mutex_unlock(&sleepers->lock);
    return may;
}

bool sleepers_sleep(struct sleeper *sleeper)
{
    struct sleepers *sleepers = sleeper->sleepers;
    pthread_mutex_lock(&sleepers->lock);
    bool may = !sleeper->gone && !sleepers->stopping;
    if (may) {
        int64_t due = sleeper->seen == sleepers->round ? sleeper->until : 0;
        sleeper->asleep = true;
        MHD_suspend_connection(sleeper->connection);
        if (due < sleepers->next_due) {
            sleepers->next_due = due;
            kick(sleepers);
        }
    }
    pthread_mutex_unlock(&sleepers->lock);
    return may;
}

/* Takes a free slot, or NULL without memory. Lock held. */
static struct slot *take_slot(struct sleepers *sleepers)
{
    if (sleepers->first_free == sleepers->slot_count) {
        uint32_t wanted = sleepers->slot_count ? sleepers->slot_count * 2 : 64;
        struct slot *slots = realloc(sleepers->slots, wanted * sizeof *slots);
        if (!slots)
            return NULL;
        for (uint32_t i = sleepers->slot_count; i < wanted; i++)
            slots[i] = (struct slot){.next_free = i + 1};
        sleepers->slots = slots;
        sleepers->slot_count = wanted;
    }
    struct slot *slot = &sleepers->slots[sleepers->first_free];
    sleepers->first_free = slot->next_free;
    return slot;
}

/* Lock held. */
static void give_slot_back(struct sleepers *sleepers, struct slot *slot)
{
    slot->sleeper = NULL;
    slot->generation++;
    slot->next_free = sleepers->first_free;
    sleepers->first_free = (uint32_t)(slot - sleepers->slots);
}

bool sleepers_enter(struct sleepers *sleepers, struct sleeper *sleeper)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(sleeper->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!info)
        return false;
    sleeper->sleepers = sleepers;
    sleeper->fd = info->connect_fd;
    pthread_mutex_lock(&sleepers->lock);
    struct slot *slot = take_slot(sleepers);
    bool good = false;
    if (slot) {
        sleeper->slot = (uint32_t)(slot - sleepers->slots);
        struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET,
                                    .data.u64 = (uint64_t)slot->generation << 32 | sleeper->slot};
        good = epoll_ctl(sleepers->epoll_fd, EPOLL_CTL_ADD, sleeper->fd, &event) == 0;
        if (good)
            slot->sleeper = sleeper;
        else
            give_slot_back(sleepers, slot);
    }
    pthread_mutex_unlock(&sleepers->lock);
    return good;
}

void sleepers_leave(struct sleeper *sleeper)
{
    struct sleepers *sleepers = sleeper->sleepers;
    (void)epoll_ctl(sleepers->epoll_fd, EPOLL_CTL_DEL, sleeper->fd, NULL);
    pthread_mutex_lock(&sleepers->lock);
    give_slot_back(sleepers, &sleepers->slots[sleeper->slot]);
    pthread_mutex_unlock(&sleepers->lock);
}

/* --- all of them ------------------------------------------------------------------------------ */

struct sleepers *sleepers_start(struct api *api, struct error *err)
{
    struct sleepers *sleepers = calloc(1, sizeof *sleepers);
    if (!sleepers) {
        (void)error_set(err, ST_NO_MEMORY, "feed: out of memory");
        return NULL;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = KICK};
    sleepers->api = api;
    pthread_mutex_init(&sleepers->lock, NULL);
    sleepers->round = 1;
    sleepers->next_due = INT64_MAX;
    sleepers->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    sleepers->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sleepers->started =
        sleepers->epoll_fd >= 0 && sleepers->kick_fd >= 0 &&
        epoll_ctl(sleepers->epoll_fd, EPOLL_CTL_ADD, sleepers->kick_fd, &event) == 0 &&
        pthread_create(&sleepers->thread, NULL, run, sleepers) == 0;
    if (!sleepers->started) {
        (void)error_set(err, ST_IO, "feed: cannot start: too many open files or threads");
        sleepers_free(sleepers);
        return NULL;
    }
    api_on_change(api, on_change, sleepers);
    return sleepers;
}

void sleepers_stop(struct sleepers *sleepers)
{
    api_on_change(sleepers->api, NULL, NULL);
    pthread_mutex_lock(&sleepers->lock);
    sleepers->stopping = true;
    pthread_mutex_unlock(&sleepers->lock);
    kick(sleepers);
    (void)pthread_join(sleepers->thread, NULL);
}

void sleepers_free(struct sleepers *sleepers)
{
    if (!sleepers)
        return;
    if (sleepers->epoll_fd >= 0)
        (void)close(sleepers->epoll_fd);
    if (sleepers->kick_fd >= 0)
        (void)close(sleepers->kick_fd);
    free(sleepers->slots);
    pthread_mutex_destroy(&sleepers->lock);
    free(sleepers);
}
