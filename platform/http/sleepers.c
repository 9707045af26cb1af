/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock order: room->lock, then what libmicrohttpd locks to suspend and resume. */
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
    ROUND_MS = 50, /* changes are looked at at most so often */
    NICENESS = 5,  /* who waits for an answer goes before who follows the changes */
    EVENTS = 64,
};
#define KICK UINT64_MAX

struct slot {
    struct sleeper *sleeper; /* NULL: free */
    uint32_t generation;     /* tells a late event of an earlier sleeper from one of this */
};

/* A thread and its sleepers. */
struct room {
    int epoll_fd, kick_fd;
    bool started;
    pthread_t thread;
    atomic_bool changed;  /* told and not yet taken up by the thread */
    pthread_mutex_t lock; /* guards what follows, and the private part of each sleeper */
    struct slot *slots;
    uint32_t slot_count, count;
    uint64_t round;   /* grows with each look for changes; what is committed later makes another */
    int64_t next_due; /* ticks: when somebody is to be looked at */
    bool stopping;
};

struct sleepers {
    struct api *api;
    atomic_uint next; /* room to be given */
    unsigned count;
    struct room rooms[];
};

/* --- the room's thread ------------------------------------------------------------------------ */

static void kick(struct room *room)
{
    uint64_t one = 1;
    ssize_t n = write(room->kick_fd, &one, sizeof one);
    (void)n; /* can only fail when the number is full, and then the thread is awake anyway */
}

/* From the writer's thread, after each commit. */
static void on_change(void *user)
{
    struct sleepers *sleepers = user;
    for (unsigned i = 0; i < sleepers->count; i++)
        if (!atomic_exchange(&sleepers->rooms[i].changed, true))
            kick(&sleepers->rooms[i]);
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
static void on_gone(struct room *room, uint64_t data)
{
    uint32_t slot = (uint32_t)data, generation = (uint32_t)(data >> 32);
    pthread_mutex_lock(&room->lock);
    struct slot *s = slot < room->slot_count ? &room->slots[slot] : NULL;
    if (s && s->sleeper && s->generation == generation) {
        s->sleeper->gone = true;
        wake(s->sleeper);
    }
    pthread_mutex_unlock(&room->lock);
}

/* Waits for events until the next one's time; `pending` changes wait for `round_at`. */
static void wait_events(struct room *room, bool pending, int64_t round_at)
{
    struct epoll_event events[EVENTS];
    pthread_mutex_lock(&room->lock);
    int64_t next = room->next_due;
    pthread_mutex_unlock(&room->lock);
    if (pending && round_at < next)
        next = round_at;
    int64_t wait_ms = next == INT64_MAX ? INT_MAX : next - clock_ticks_ms();
    wait_ms = wait_ms < 0 ? 0 : wait_ms > INT_MAX ? INT_MAX : wait_ms;
    int n = epoll_wait(room->epoll_fd, events, EVENTS, (int)wait_ms);
    for (int i = 0; i < n; i++) {
        uint64_t number;
        if (events[i].data.u64 != KICK)
            on_gone(room, events[i].data.u64);
        else if (read(room->kick_fd, &number, sizeof number) < 0 && errno != EAGAIN)
            log_line(LOG_ERROR, "feed: cannot be woken: %m");
    }
}

/* Looks on behalf of the sleeper in a slot, where there is reason to. Lock held, but not while it
 * looks: nobody else touches one that is asleep, and only this thread wakes it. */
static void look_after(struct room *room, uint32_t slot)
{
    struct sleeper *sleeper = room->slots[slot].sleeper;
    if (!sleeper || !sleeper->asleep)
        return;
    if (sleeper->seen != room->round || sleeper->until <= clock_ticks_ms()) {
        sleeper->seen = room->round;
        pthread_mutex_unlock(&room->lock);
        bool ready = sleeper->look(sleeper);
        pthread_mutex_lock(&room->lock);
        if (ready) {
            wake(sleeper);
            return;
        }
    }
    if (sleeper->until < room->next_due)
        room->next_due = sleeper->until;
}

/* Once through the room. */
static void walk(struct room *room)
{
    room->next_due = INT64_MAX;
    for (uint32_t i = 0; i < room->slot_count && !room->stopping; i++)
        look_after(room, i);
    for (uint32_t i = 0; i < room->slot_count && room->stopping; i++)
        if (room->slots[i].sleeper)
            wake(room->slots[i].sleeper);
}

static void *run(void *user)
{
    struct room *room = user;
    bool pending = false, stopping = false;
    int64_t round_at = 0; /* ticks: not before then is the next round */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
    while (!stopping) {
        wait_events(room, pending, round_at);
        if (atomic_exchange(&room->changed, false))
            pending = true;
        pthread_mutex_lock(&room->lock);
        int64_t now = clock_ticks_ms();
        if (pending && now >= round_at) {
            room->round++;
            room->next_due = 0;
            pending = false;
            round_at = now + ROUND_MS;
        }
        if (room->stopping || now >= room->next_due)
            walk(room);
        stopping = room->stopping;
        pthread_mutex_unlock(&room->lock);
    }
    return NULL;
}

/* --- one sleeper, on its connection's thread -------------------------------------------------- */

bool sleepers_may_go_on(struct sleeper *sleeper)
{
    struct room *room = sleeper->room;
    pthread_mutex_lock(&room->lock);
    bool may = !sleeper->gone && !room->stopping;
    pthread_mutex_unlock(&room->lock);
    return may;
}

bool sleepers_sleep(struct sleeper *sleeper)
{
    struct room *room = sleeper->room;
    pthread_mutex_lock(&room->lock);
    bool may = !sleeper->gone && !room->stopping;
    if (may) {
        int64_t due = sleeper->seen == room->round ? sleeper->until : 0;
        sleeper->asleep = true;
        MHD_suspend_connection(sleeper->connection);
        if (due < room->next_due) {
            room->next_due = due;
            kick(room);
        }
    }
    pthread_mutex_unlock(&room->lock);
    return may;
}

/* A free slot, or NULL without memory. Lock held. */
static struct slot *free_slot(struct room *room)
{
    if (room->count == room->slot_count) {
        uint32_t wanted = room->slot_count ? room->slot_count * 2 : 64;
        struct slot *slots = realloc(room->slots, wanted * sizeof *slots);
        if (!slots)
            return NULL;
        memset(slots + room->slot_count, 0, (wanted - room->slot_count) * sizeof *slots);
        room->slots = slots;
        room->slot_count = wanted;
        return &slots[room->count];
    }
    struct slot *slot = room->slots;
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
    struct room *room = &sleepers->rooms[atomic_fetch_add(&sleepers->next, 1) % sleepers->count];
    sleeper->room = room;
    sleeper->fd = info->connect_fd;
    pthread_mutex_lock(&room->lock);
    struct slot *slot = free_slot(room);
    bool good = slot;
    if (slot) {
        sleeper->slot = (uint32_t)(slot - room->slots);
        struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET,
                                    .data.u64 = (uint64_t)slot->generation << 32 | sleeper->slot};
        good = epoll_ctl(room->epoll_fd, EPOLL_CTL_ADD, sleeper->fd, &event) == 0;
        if (good) {
            slot->sleeper = sleeper;
            room->count++;
        }
    }
    pthread_mutex_unlock(&room->lock);
    return good;
}

void sleepers_leave(struct sleeper *sleeper)
{
    struct room *room = sleeper->room;
    (void)epoll_ctl(room->epoll_fd, EPOLL_CTL_DEL, sleeper->fd, NULL);
    pthread_mutex_lock(&room->lock);
    room->slots[sleeper->slot].sleeper = NULL;
    room->slots[sleeper->slot].generation++;
    room->count--;
    pthread_mutex_unlock(&room->lock);
}

/* --- all of them ------------------------------------------------------------------------------ */

static bool room_start(struct room *room)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = KICK};
    room->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    room->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    room->started = room->epoll_fd >= 0 && room->kick_fd >= 0 &&
                    epoll_ctl(room->epoll_fd, EPOLL_CTL_ADD, room->kick_fd, &event) == 0 &&
                    pthread_create(&room->thread, NULL, run, room) == 0;
    return room->started;
}

static void rooms_stop(struct sleepers *sleepers)
{
    for (unsigned i = 0; i < sleepers->count; i++) {
        struct room *room = &sleepers->rooms[i];
        pthread_mutex_lock(&room->lock);
        room->stopping = true;
        pthread_mutex_unlock(&room->lock);
        if (room->started)
            kick(room);
    }
    for (unsigned i = 0; i < sleepers->count; i++) {
        if (sleepers->rooms[i].started)
            (void)pthread_join(sleepers->rooms[i].thread, NULL);
        sleepers->rooms[i].started = false;
    }
}

struct sleepers *sleepers_start(struct api *api, unsigned threads, struct error *err)
{
    struct sleepers *sleepers = calloc(1, sizeof *sleepers + threads * sizeof(struct room));
    if (!sleepers) {
        (void)error_set(err, ST_NO_MEMORY, "feed: out of memory");
        return NULL;
    }
    sleepers->api = api;
    sleepers->count = threads;
    for (unsigned i = 0; i < threads; i++) {
        struct room *room = &sleepers->rooms[i];
        pthread_mutex_init(&room->lock, NULL);
        room->epoll_fd = room->kick_fd = -1;
        room->round = 1;
        room->next_due = INT64_MAX;
    }
    for (unsigned i = 0; i < threads; i++) {
        if (room_start(&sleepers->rooms[i]))
            continue;
        (void)error_set(err, ST_IO, "feed: cannot start: too many open files or threads");
        rooms_stop(sleepers);
        sleepers_free(sleepers);
        return NULL;
    }
    api_on_change(api, on_change, sleepers);
    return sleepers;
}

void sleepers_stop(struct sleepers *sleepers)
{
    api_on_change(sleepers->api, NULL, NULL);
    rooms_stop(sleepers);
}

void sleepers_free(struct sleepers *sleepers)
{
    if (!sleepers)
        return;
    for (unsigned i = 0; i < sleepers->count; i++) {
        struct room *room = &sleepers->rooms[i];
        if (room->epoll_fd >= 0)
            (void)close(room->epoll_fd);
        if (room->kick_fd >= 0)
            (void)close(room->kick_fd);
        free(room->slots);
        pthread_mutex_destroy(&room->lock);
    }
    free(sleepers);
}
