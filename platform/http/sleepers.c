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
#include <unistd.h>

enum {
    ROUND_MS = 50,        /* changes are told at most so often … */
    SLEEPERS_PER_MS = 20, /* … and more seldom with many sleepers, each of which asks the store */
    EVENTS = 64,
};
#define KICK UINT64_MAX

struct slot {
    struct sleeper *sleeper; /* NULL: free */
    uint32_t generation;     /* tells a late event of an earlier sleeper from one of this */
};

struct sleepers {
    struct api *api;
    int epoll_fd, kick_fd;
    pthread_t thread;
    atomic_bool changed;  /* told and not yet taken up by the thread */
    pthread_mutex_t lock; /* guards what follows, and `asleep` and `gone` of each */
    struct slot *slots;
    uint32_t slot_count, count;
    int64_t next_wake; /* ticks: when the first one's time comes */
    uint64_t round;    /* how often all were woken for changes */
    bool stopping;
};

/* --- the thread: wakes whom it concerns ------------------------------------------------------- */

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

/* Wakes all, or those whose time has come, and notes when the next one's comes. Lock held. */
static void wake_due(struct sleepers *sleepers, bool all, int64_t now)
{
    sleepers->next_wake = INT64_MAX;
    for (uint32_t i = 0; i < sleepers->slot_count; i++) {
        struct sleeper *sleeper = sleepers->slots[i].sleeper;
        if (!sleeper || !sleeper->asleep)
            continue;
        if (all || sleeper->until <= now)
            wake(sleeper);
        else if (sleeper->until < sleepers->next_wake)
            sleepers->next_wake = sleeper->until;
    }
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

/* Waits for events until the next one's time; `pending` changes wait for `round_at`. */
static void wait_events(struct sleepers *sleepers, bool pending, int64_t round_at)
{
    struct epoll_event events[EVENTS];
    pthread_mutex_lock(&sleepers->lock);
    int64_t next = sleepers->next_wake;
    pthread_mutex_unlock(&sleepers->lock);
    if (pending && round_at < next)
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

static void *run(void *user)
{
    struct sleepers *sleepers = user;
    bool pending = false, stopping = false;
    int64_t round_at = 0; /* ticks: not before then is the next round */
    while (!stopping) {
        wait_events(sleepers, pending, round_at);
        if (atomic_exchange(&sleepers->changed, false))
            pending = true;
        pthread_mutex_lock(&sleepers->lock);
        int64_t now = clock_ticks_ms();
        stopping = sleepers->stopping;
        bool all = stopping || (pending && now >= round_at);
        if (all || now >= sleepers->next_wake)
            wake_due(sleepers, all, now);
        if (all) {
            sleepers->round++;
            pending = false;
            round_at = now + ROUND_MS + sleepers->count / SLEEPERS_PER_MS;
        }
        pthread_mutex_unlock(&sleepers->lock);
    }
    return NULL;
}

/* --- one sleeper, on its connection's thread -------------------------------------------------- */

enum outlook sleepers_look(struct sleepers *sleepers, const struct sleeper *sleeper,
                           uint64_t *round)
{
    enum outlook outlook = OUTLOOK_GOOD;
    pthread_mutex_lock(&sleepers->lock);
    if (sleeper->gone)
        outlook = OUTLOOK_GONE;
    else if (sleepers->stopping)
        outlook = OUTLOOK_STOPPING;
    *round = sleepers->round;
    pthread_mutex_unlock(&sleepers->lock);
    return outlook;
}

bool sleepers_sleep(struct sleepers *sleepers, struct sleeper *sleeper, uint64_t round)
{
    pthread_mutex_lock(&sleepers->lock);
    bool asleep = !sleeper->gone && !sleepers->stopping && sleepers->round == round;
    if (asleep) {
        sleeper->asleep = true;
        MHD_suspend_connection(sleeper->connection);
        if (sleeper->until < sleepers->next_wake) {
            sleepers->next_wake = sleeper->until;
            kick(sleepers);
        }
    }
    pthread_mutex_unlock(&sleepers->lock);
    return asleep;
}

/* A free slot, or NULL without memory. Lock held. */
static struct slot *free_slot(struct sleepers *sleepers)
{
    if (sleepers->count == sleepers->slot_count) {
        uint32_t wanted = sleepers->slot_count ? sleepers->slot_count * 2 : 64;
        struct slot *slots = realloc(sleepers->slots, wanted * sizeof *slots);
        if (!slots)
            return NULL;
        memset(slots + sleepers->slot_count, 0, (wanted - sleepers->slot_count) * sizeof *slots);
        sleepers->slots = slots;
        sleepers->slot_count = wanted;
        return &slots[sleepers->count];
    }
    struct slot *slot = sleepers->slots;
    while (slot->sleeper)
        slot++;
    return slot;
}

bool sleepers_enter(struct sleepers *sleepers, struct sleeper *sleeper)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(sleeper->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!info)
        return false;
    sleeper->fd = info->connect_fd;
    pthread_mutex_lock(&sleepers->lock);
    struct slot *slot = free_slot(sleepers);
    bool good = slot;
    if (slot) {
        sleeper->slot = (uint32_t)(slot - sleepers->slots);
        struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET,
                                    .data.u64 = (uint64_t)slot->generation << 32 | sleeper->slot};
        good = epoll_ctl(sleepers->epoll_fd, EPOLL_CTL_ADD, sleeper->fd, &event) == 0;
        if (good) {
            slot->sleeper = sleeper;
            sleepers->count++;
        }
    }
    pthread_mutex_unlock(&sleepers->lock);
    return good;
}

void sleepers_leave(struct sleepers *sleepers, struct sleeper *sleeper)
{
    (void)epoll_ctl(sleepers->epoll_fd, EPOLL_CTL_DEL, sleeper->fd, NULL);
    pthread_mutex_lock(&sleepers->lock);
    sleepers->slots[sleeper->slot].sleeper = NULL;
    sleepers->slots[sleeper->slot].generation++;
    sleepers->count--;
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
    sleepers->api = api;
    sleepers->next_wake = INT64_MAX;
    pthread_mutex_init(&sleepers->lock, NULL);
    sleepers->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    sleepers->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = KICK};
    if (sleepers->epoll_fd < 0 || sleepers->kick_fd < 0 ||
        epoll_ctl(sleepers->epoll_fd, EPOLL_CTL_ADD, sleepers->kick_fd, &event) != 0 ||
        pthread_create(&sleepers->thread, NULL, run, sleepers) != 0) {
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
