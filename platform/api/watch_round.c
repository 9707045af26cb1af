/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rounds of the change feed: what happened since the last one, once for each audience. */
#include "core/clock.h"
#include "platform/api/watch_private.h"
#include <stdlib.h>
#include <string.h>

enum {
    ROUND_EVENTS = 500,  /* looked at in one round; the next one follows at once */
    IDLE_MS = 60 * 1000, /* so long an audience is kept for who comes back */
    COUNTS_MS = 50,      /* audiences are counted anew for so long in one round */
    STEP_OF_BACKLOG = 4, /* a part of the backlog after which a quiet cursor is moved on */
};

/* The rows of this round's orders as somebody with these roles reads them. */
struct wording {
    struct wording *next;
    uint32_t roles;
    enum language language;
    char **rows; /* as the orders; NULL: not yet asked for */
};

/* An audience with what the lock guards of it. */
struct turn {
    struct audience *audience;
    struct member **members;
    size_t member_count;
    unsigned codings; /* that are wanted, as bits */
};

struct round {
    struct watchers *watchers;
    struct db *db;
    struct arena *arena;
    int64_t now, from, to;
    int64_t last;         /* of all events */
    struct order *orders; /* what changed, by id */
    size_t order_count;
    struct wording *wordings;
    struct turn *turns;
    size_t turn_count;
    int64_t counts_end; /* ticks */
    bool more;          /* was left for the next round */
};

/* --- rows ------------------------------------------------------------------------------------- */

static int compare_orders(const void *a, const void *b)
{
    int64_t x = ((const struct order *)a)->id, y = ((const struct order *)b)->id;
    return (x > y) - (x < y);
}

static struct order *find_order(const struct round *round, int64_t id)
{
    const struct order key = {.id = id};
    return round->order_count ? bsearch(&key, round->orders, round->order_count,
                                        sizeof *round->orders, compare_orders)
                              : NULL;
}

static struct wording *find_wording(struct round *round, const struct audience *audience)
{
    struct wording *wording = round->wordings;
    while (wording &&
           (wording->roles != audience->roles || wording->language != audience->language))
        wording = wording->next;
    if (wording)
        return wording;
    wording = arena_alloc(round->arena, sizeof *wording);
    *wording = (struct wording){
        .next = round->wordings,
        .roles = audience->roles,
        .language = audience->language,
        .rows = arena_alloc(round->arena, round->order_count * sizeof *wording->rows)};
    round->wordings = wording;
    return wording;
}

static const char *find_row(struct round *round, const struct audience *audience,
                            const struct order *order)
{
    struct wording *wording = find_wording(round, audience);
    char **row = &wording->rows[order - round->orders];
    if (*row)
        return *row;
    const struct account reader = {.roles = audience->roles, .language = audience->language};
    struct call call = {.api = round->watchers->api,
                        .arena = round->arena,
                        .db = round->db,
                        .account = &reader,
                        .unit_path = "",
                        .language = audience->language,
                        .now = round->now};
    char *text = frame_row(&call, order);
    *row = text ? arena_strdup(round->arena, text) : NULL;
    free(text);
    return *row;
}

/* --- one audience ----------------------------------------------------------------------------- */

static void count_order(void *user, int64_t order_id, const struct queued *facts)
{
    tallies_set(user, order_id, facts);
}

void watchers_count(struct db *db, int64_t account_id, struct tallies *tallies)
{
    /* A failure is remembered by the snapshot. */
    (void)store_queued(db, account_id, count_order, tallies);
}

/* One of them by whose scope the database is asked; NULL when all have ended. */
static const struct member *speaker(const struct turn *turn)
{
    for (size_t i = 0; i < turn->member_count; i++)
        if (!turn->members[i]->ended)
            return turn->members[i];
    return NULL;
}

/* Writes down what changed and counts it. False when it could not be. */
static bool say_changes(struct round *round, const struct turn *turn, const struct change *changes,
                        size_t count)
{
    struct audience *audience = turn->audience;
    struct feed_frame *frame = frame_new(audience->told, round->to);
    bool good = frame;
    if (!frame)
        return false;
    frame_begin(round->watchers->api, frame, audience->key);
    for (size_t i = 0; i < count && good; i++) {
        const struct order *order =
            changes[i].visible ? find_order(round, changes[i].order_id) : NULL;
        const char *row = order ? find_row(round, audience, order) : NULL;
        struct queued facts = order ? queued_of(order) : (struct queued){0};
        if (audience->counted)
            tallies_set(&audience->tallies, changes[i].order_id, order ? &facts : NULL);
        good = !order || row;
        if (good && order)
            frame_add_row(frame, order->id, order->version, row);
        else if (good)
            frame_add_gone(frame, changes[i].order_id);
    }
    if (audience->counted)
        frame_add_queues(frame, audience->roles, audience->tallies.views, audience->shown, NULL);
    frame_end(frame);
    good = good && frame_code(round->watchers, frame, turn->codings);
    if (good)
        audience->made = frame;
    else
        api_frame_release(frame);
    return good;
}

static bool advance(struct round *round, const struct turn *turn, int64_t speaker_id)
{
    struct change *changes = NULL;
    int64_t next = round->from;
    size_t count = store_changes(round->db, speaker_id, round->from, round->to, ROUND_EVENTS,
                                 round->arena, &changes, &next);
    int64_t quiet = round->to - turn->audience->told;
    if (count == 0 && quiet < round->watchers->api->settings.feed_backlog / STEP_OF_BACKLOG)
        return true;
    return say_changes(round, turn, changes, count);
}

/* Counting a city anew takes its time: what does not fit into this round is left for the next. */
static void count_anew(struct round *round, struct audience *audience, int64_t speaker_id)
{
    if (clock_ticks_ms() > round->counts_end) {
        round->more = true;
        return;
    }
    tallies_free(&audience->tallies);
    watchers_count(round->db, speaker_id, &audience->tallies);
    audience->recounted = true;
}

static bool take_up(struct round *round, const struct turn *turn)
{
    struct audience *audience = turn->audience;
    const struct member *member = speaker(turn);
    bool good = true;
    if (!member) /* each of them begins again */
        return true;
    if (!audience->served)
        audience->fresh = true;
    else if (round->to > round->from)
        good = advance(round, turn, member->account_id);
    if (!audience->counted)
        count_anew(round, audience, member->account_id);
    return good && !audience->tallies.failed;
}

/* --- the round -------------------------------------------------------------------------------- */

static void take_turn(struct round *round, struct audience *audience, size_t *capacity)
{
    struct turn *turn;
    round->turns =
        arena_grow(round->arena, round->turns, round->turn_count, capacity, sizeof *round->turns);
    turn = &round->turns[round->turn_count++];
    *turn = (struct turn){.audience = audience};
    size_t room = 0;
    for (struct member *m = audience->members; m; m = m->next) {
        turn->members =
            arena_grow(round->arena, turn->members, turn->member_count, &room, sizeof m);
        turn->members[turn->member_count++] = m;
    }
    for (int i = 0; i < FRAME_CODINGS; i++)
        turn->codings |= audience->watches[i] ? BIT(i) : 0;
}

/* Takes those that are watched, and lets go of the others after a while. */
static void gather(struct round *round)
{
    struct watchers *watchers = round->watchers;
    size_t capacity = 0;
    int64_t ticks = clock_ticks_ms();
    pthread_mutex_lock(&watchers->lock);
    for (struct audience **at = &watchers->audiences; *at;) {
        struct audience *audience = *at;
        bool watched = false;
        for (int i = 0; i < FRAME_CODINGS; i++)
            watched = watched || audience->watches[i];
        if (!watched && ticks - audience->idle_since > IDLE_MS) {
            *at = audience->next;
            audience_free(audience);
        } else {
            take_turn(round, audience, &capacity);
            at = &audience->next;
        }
    }
    pthread_mutex_unlock(&watchers->lock);
}

/* They begin again; with all of them gone there is nobody left to ask for. */
static void end_members(struct round *round, const struct turn *turn, bool everyone)
{
    for (size_t i = 0; i < turn->member_count; i++) {
        struct member *m = turn->members[i];
        if (m->ended ||
            (!everyone && store_scope_version(round->db, m->account_id) == m->scope_version))
            continue;
        pthread_mutex_lock(&round->watchers->lock);
        m->ended = true;
        pthread_mutex_unlock(&round->watchers->lock);
    }
    if (speaker(turn))
        return;
    pthread_mutex_lock(&round->watchers->lock);
    turn->audience->served = turn->audience->counted = false;
    pthread_mutex_unlock(&round->watchers->lock);
}

/* Where the round begins. When so much has happened that reading all again is less than telling it,
 * everyone begins again. */
static void find_beginning(struct round *round)
{
    int64_t *position = &round->watchers->position, last = store_last_seq(round->db);
    bool far = *position && last - *position > round->watchers->api->settings.feed_backlog;
    for (size_t i = 0; i < round->turn_count; i++)
        end_members(round, &round->turns[i], far);
    if (*position == 0 || far)
        *position = last;
    round->from = *position;
    round->last = last;
}

/* Reads and writes down all that is new. False when it has to be read again. */
static bool work_out(struct round *round)
{
    bool good = true;
    round->counts_end = clock_ticks_ms() + COUNTS_MS;
    find_beginning(round);
    round->order_count = store_changed_orders(round->db, round->from, ROUND_EVENTS, round->arena,
                                              &round->orders, &round->to);
    round->more = round->to < round->last;
    if (round->order_count > 1)
        qsort(round->orders, round->order_count, sizeof *round->orders, compare_orders);
    for (size_t i = 0; i < round->turn_count && good; i++)
        good = take_up(round, &round->turns[i]);
    return good;
}

static void push_frame(struct audience *audience)
{
    int n = 0;
    while (n < RING && audience->ring[n])
        n++;
    if (n == RING) {
        api_frame_release(audience->ring[0]);
        memmove(audience->ring, audience->ring + 1, (RING - 1) * sizeof *audience->ring);
        n = RING - 1;
    }
    audience->ring[n] = audience->made;
    audience->told = audience->made->to;
}

static void drop_frames(struct audience *audience)
{
    for (int i = 0; i < RING; i++) {
        api_frame_release(audience->ring[i]);
        audience->ring[i] = NULL;
    }
}

/* With the lock held. */
static void publish_audience(const struct round *round, struct audience *audience)
{
    bool moved = audience->recounted || (audience->made && audience->counted);
    if (audience->fresh) {
        drop_frames(audience);
        audience->told = round->to;
        audience->served = true;
    } else if (audience->made) {
        push_frame(audience);
    }
    audience->counted = audience->counted || audience->recounted;
    if (moved)
        memcpy(audience->shown, audience->tallies.views, sizeof audience->shown);
    for (struct member *m = audience->members; m && audience->counted; m = m->next) {
        if (!moved && m->counted)
            continue;
        m->own = tallies_own(&audience->tallies, m->account_id);
        m->counted = true;
    }
}

static void publish(struct round *round, bool good)
{
    struct watchers *watchers = round->watchers;
    pthread_mutex_lock(&watchers->lock);
    for (size_t i = 0; i < round->turn_count; i++) {
        struct audience *audience = round->turns[i].audience;
        if (good) {
            publish_audience(round, audience);
        } else {
            api_frame_release(audience->made);
            audience->served = audience->counted = false; /* half of it may be counted */
        }
        audience->made = NULL;
        audience->fresh = audience->recounted = false;
    }
    pthread_mutex_unlock(&watchers->lock);
    if (good)
        watchers->position = round->to;
}

enum api_round api_feed_round(struct api *api)
{
    struct round round = {.watchers = api->watchers, .now = clock_now_ms()};
    struct error err;
    bool good = false;
    round.db = store_reader(api->store, &err);
    round.arena = arena_new();
    if (round.db && round.arena && store_read_begin(round.db) == ST_OK) {
        gather(&round);
        if (round.turn_count)
            good = work_out(&round);
        else
            api->watchers->position = 0; /* whoever comes first begins anew */
        good = good || round.turn_count == 0;
        good = store_read_end(round.db) == ST_OK && good;
        publish(&round, good);
    }
    arena_free(round.arena);
    return !good ? API_ROUND_FAILED : round.more ? API_ROUND_MORE : API_ROUND_DONE;
}
