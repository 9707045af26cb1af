/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who watches the change feed, and what each is told next. */
#include "core/clock.h"
#include "platform/api/watch_private.h"
#include <stdlib.h>
#include <string.h>

enum { CHANGES_MAX = 200 }; /* events that one frame of somebody's own looks at */

/* --- the feed --------------------------------------------------------------------------------- */

struct watchers *watchers_new(struct api *api, struct error *err)
{
    static const char reset[] = "{\"reset\":true}";
    struct watchers *watchers = calloc(1, sizeof *watchers);
    if (watchers) {
        watchers->api = api;
        pthread_mutex_init(&watchers->lock, NULL);
        pthread_mutex_init(&watchers->writer_lock, NULL);
        watchers->writer = frame_writer_new();
        watchers->reset = frame_new(0, 0);
        if (watchers->reset)
            buf_add_text(&watchers->reset->text, reset);
        if (watchers->writer && watchers->reset &&
            frame_code(watchers, watchers->reset, BIT(FRAME_CODINGS) - 1))
            return watchers;
        watchers_free(watchers);
    }
    (void)error_set(err, ST_NO_MEMORY, "out of memory");
    return NULL;
}

void audience_free(struct audience *audience)
{
    for (struct member *m = audience->members, *next; m; m = next) {
        next = m->next;
        free(m);
    }
    for (int i = 0; i < RING; i++)
        api_frame_release(audience->ring[i]);
    tallies_free(&audience->tallies);
    free(audience);
}

void watchers_free(struct watchers *watchers)
{
    if (!watchers)
        return;
    for (struct audience *a = watchers->audiences, *next; a; a = next) {
        next = a->next;
        audience_free(a);
    }
    api_frame_release(watchers->reset);
    frame_writer_free(watchers->writer);
    pthread_mutex_destroy(&watchers->writer_lock);
    pthread_mutex_destroy(&watchers->lock);
    free(watchers);
}

/* --- somebody comes and goes ------------------------------------------------------------------ */

/* The audience with that key, NULL without memory. Lock held. */
static struct audience *find_audience(struct watchers *watchers, const struct account *account,
                                      const unsigned char key[VIEW_KEY_SIZE])
{
    for (struct audience *a = watchers->audiences; a; a = a->next)
        if (memcmp(a->key, key, VIEW_KEY_SIZE) == 0)
            return a;
    struct audience *audience = calloc(1, sizeof *audience);
    if (!audience)
        return NULL;
    memcpy(audience->key, key, VIEW_KEY_SIZE);
    audience->roles = account->roles;
    audience->language = account->language;
    audience->next = watchers->audiences;
    watchers->audiences = audience;
    return audience;
}

/* Lock held. */
static struct member *find_member(struct audience *audience, int64_t account_id,
                                  int64_t scope_version)
{
    for (struct member *m = audience->members; m; m = m->next)
        if (m->account_id == account_id && m->scope_version == scope_version && !m->ended)
            return m;
    struct member *member = calloc(1, sizeof *member);
    if (!member)
        return NULL;
    member->account_id = account_id;
    member->scope_version = scope_version;
    member->next = audience->members;
    audience->members = member;
    return member;
}

static bool join(struct watch *watch, const struct account *account, int64_t scope_version,
                 const unsigned char key[VIEW_KEY_SIZE])
{
    struct watchers *watchers = watch->watchers;
    pthread_mutex_lock(&watchers->lock);
    watch->audience = find_audience(watchers, account, key);
    if (watch->audience)
        watch->member = find_member(watch->audience, account->id, scope_version);
    if (watch->member)
        watch->audience->watches[watch->coding]++;
    pthread_mutex_unlock(&watchers->lock);
    return watch->member;
}

/* What the cursor says about the account as it is now. */
static enum problem_type check_in(struct watch *watch, struct db *db, struct arena *arena,
                                  int64_t account_id, const char *cursor)
{
    unsigned char key[VIEW_KEY_SIZE];
    const struct account *account = store_account(db, account_id, arena);
    if (!account || !view_key(db, account, key))
        return PROBLEM_INTERNAL;
    enum problem_type problem = cursor_read(watch->watchers->api, cursor, key, &watch->cursor);
    if (problem != PROBLEM_NONE)
        return problem;
    int64_t last = store_last_seq(db), behind = last - watch->cursor;
    if (behind < 0 || behind > watch->watchers->api->settings.feed_backlog)
        return PROBLEM_FEED_GONE;
    return join(watch, account, store_scope_version(db, account_id), key) ? PROBLEM_NONE
                                                                          : PROBLEM_BUSY;
}

enum problem_type api_watch(struct api *api, int64_t account_id, const char *cursor,
                            enum frame_coding coding, bool once, struct watch **out)
{
    struct error err;
    struct db *db = store_reader(api->store, &err);
    struct arena *arena = arena_new();
    struct watch *watch = calloc(1, sizeof *watch);
    enum problem_type problem = PROBLEM_BUSY;
    if (db && arena && watch && store_read_begin(db) == ST_OK) {
        watch->watchers = api->watchers;
        watch->coding = coding;
        watch->once = once;
        watch->counts_due = true;
        problem = check_in(watch, db, arena, account_id, cursor);
        if (store_read_end(db))
            problem = PROBLEM_INTERNAL;
    }
    arena_free(arena);
    if (problem != PROBLEM_NONE) {
        api_watch_end(watch);
        return problem;
    }
    *out = watch;
    api_woken(api); /* a new audience is to be counted */
    return PROBLEM_NONE;
}

void api_watch_end(struct watch *watch)
{
    if (watch && watch->member) {
        pthread_mutex_lock(&watch->watchers->lock);
        watch->audience->watches[watch->coding]--;
        watch->audience->idle_since = clock_ticks_ms();
        pthread_mutex_unlock(&watch->watchers->lock);
    }
    free(watch);
}

void api_watch_cursor(const struct watch *watch, char out[API_CURSOR_SIZE])
{
    cursor_write(watch->watchers->api, watch->cursor, watch->audience->key, out);
}

/* --- what comes next -------------------------------------------------------------------------- */

static bool is_personal(const struct audience *audience)
{
    for (size_t i = 0; i < view_count(); i++)
        if (view_is_personal(view_at(i)) && (view_at(i)->roles & audience->roles))
            return true;
    return false;
}

/* Whether there are counts for him. Lock held. */
static bool is_counted(const struct watch *watch)
{
    return watch->audience->counted && watch->member->counted;
}

/* The account's own counts are other than he was told. Lock held. */
static bool own_moved(const struct watch *watch)
{
    const struct tally *own = &watch->member->own;
    return is_personal(watch->audience) &&
           (watch->own.count != own->count || watch->own.red != own->red);
}

bool api_watch_has(struct watch *watch)
{
    struct watchers *watchers = watch->watchers;
    pthread_mutex_lock(&watchers->lock);
    bool behind = watch->audience->served && watch->cursor < watch->audience->told;
    bool has = watch->member->ended || behind ||
               (!watch->once && is_counted(watch) && (watch->counts_due || own_moved(watch)));
    pthread_mutex_unlock(&watchers->lock);
    return has;
}

/* The audience's frame that begins where he is. Lock held. */
static struct feed_frame *shared_frame(struct watch *watch)
{
    for (int i = 0; i < RING && watch->audience->ring[i]; i++) {
        struct feed_frame *frame = watch->audience->ring[i];
        if (frame->from > watch->cursor || watch->cursor >= frame->to ||
            frame->coded[watch->coding].length == 0)
            continue;
        atomic_fetch_add(&frame->uses, 1);
        watch->cursor = frame->to;
        return frame;
    }
    return NULL;
}

static struct feed_frame *finish_frame(struct watch *watch, struct feed_frame *frame)
{
    frame_end(frame);
    if (frame_code(watch->watchers, frame, BIT(watch->coding)))
        return frame;
    api_frame_release(frame);
    return NULL;
}

/* The counts that he is to be told: all, or only his own. They are those of the moment, which is
 * not before that of the rows; the audience's frames behind the rows bring the rest. */
static void add_counts(struct watch *watch, struct feed_frame *frame, bool all)
{
    struct audience *audience = watch->audience;
    struct tally shown[VIEWS_MAX];
    pthread_mutex_lock(&watch->watchers->lock);
    memcpy(shown, audience->shown, sizeof shown);
    watch->own = watch->member->own;
    pthread_mutex_unlock(&watch->watchers->lock);
    frame_add_queues(frame, audience->roles, shown, all ? NULL : shown, &watch->own);
    watch->counts_due = false;
}

/* A frame without items. */
static struct feed_frame *counts_frame(struct watch *watch, bool all)
{
    struct feed_frame *frame = frame_new(watch->cursor, watch->cursor);
    if (!frame)
        return NULL;
    frame_begin(watch->watchers->api, frame, watch->audience->key);
    add_counts(watch, frame, all);
    return finish_frame(watch, frame);
}

/* For a single frame: all counts as they are in this snapshot. */
static void count_once(struct watch *watch, struct db *db, struct feed_frame *frame)
{
    struct tallies tallies = {0};
    watchers_count(db, watch->member->account_id, &tallies);
    const struct tally own = tallies_own(&tallies, watch->member->account_id);
    frame_add_queues(frame, watch->audience->roles, tallies.views, NULL, &own);
    frame->text.failed = frame->text.failed || tallies.failed;
    tallies_free(&tallies);
}

static bool add_changes(struct watch *watch, struct call *call, struct feed_frame *frame,
                        const struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct order *order =
            changes[i].visible
                ? store_order(call->db, watch->member->account_id, changes[i].order_id, call->arena)
                : NULL;
        char *row = order ? frame_row(call, order) : NULL;
        if (order && !row)
            return false;
        if (row)
            frame_add_row(frame, order->id, order->version, row);
        else
            frame_add_gone(frame, changes[i].order_id);
        free(row);
    }
    return true;
}

/* What he has missed, on its way into a frame of his own. */
struct missed {
    struct watch *watch;
    struct db *db;
    struct arena *arena;
    int64_t last, reached;
    struct change *changes;
    size_t count;
};

static void find_missed(struct missed *missed)
{
    int64_t from = -1;
    missed->reached = missed->watch->cursor;
    if (missed->last < 0)
        missed->last = store_last_seq(missed->db);
    /* A call that did not get on has failed, which the snapshot remembers. */
    while (missed->count == 0 && missed->reached < missed->last && from != missed->reached) {
        from = missed->reached;
        missed->count =
            store_changes(missed->db, missed->watch->member->account_id, from, missed->last,
                          CHANGES_MAX, missed->arena, &missed->changes, &missed->reached);
    }
}

/* NULL when there is nothing to say, or when it failed. */
static struct feed_frame *write_missed(const struct missed *missed, bool counted)
{
    struct watch *watch = missed->watch;
    const struct audience *audience = watch->audience;
    const struct account reader = {.roles = audience->roles, .language = audience->language};
    struct call call = {.api = watch->watchers->api,
                        .arena = missed->arena,
                        .db = missed->db,
                        .account = &reader,
                        .unit_path = "",
                        .language = audience->language,
                        .now = clock_now_ms()};
    bool counts = counted && watch->counts_due && missed->reached == missed->last;
    if (missed->count == 0 && !counts)
        return NULL;
    struct feed_frame *frame = frame_new(watch->cursor, missed->reached);
    if (!frame)
        return NULL;
    frame_begin(watch->watchers->api, frame, audience->key);
    if (!add_changes(watch, &call, frame, missed->changes, missed->count)) {
        api_frame_release(frame);
        return NULL;
    }
    if (watch->once)
        count_once(watch, missed->db, frame);
    else if (counts)
        add_counts(watch, frame, true);
    return finish_frame(watch, frame);
}

/* A frame of his own with what happened up to `last` (-1: by now), NULL nothing or a failure: then
 * the cursor stays where it was. */
static struct feed_frame *catch_up(struct watch *watch, int64_t last, bool counted)
{
    struct error err;
    struct missed missed = {.watch = watch, .last = last, .arena = arena_new()};
    struct feed_frame *frame = NULL;
    missed.db = store_reader(watch->watchers->api->store, &err);
    if (missed.db && missed.arena && store_read_begin(missed.db) == ST_OK) {
        find_missed(&missed);
        frame = write_missed(&missed, counted);
        bool whole = store_read_end(missed.db) == ST_OK;
        if (whole && (frame || missed.count == 0))
            watch->cursor = missed.reached;
        if (!whole) {
            api_frame_release(frame);
            frame = NULL;
            watch->counts_due = true;
        }
    }
    arena_free(missed.arena);
    return frame;
}

struct feed_frame *api_watch_next(struct watch *watch, bool *over)
{
    struct watchers *watchers = watch->watchers;
    struct feed_frame *frame = NULL;
    pthread_mutex_lock(&watchers->lock);
    int64_t told = watch->audience->served ? watch->audience->told : -1;
    bool counted = is_counted(watch), began = watch->began;
    bool moved = counted && own_moved(watch);
    *over = watch->member->ended;
    if (*over) {
        frame = watchers->reset;
        atomic_fetch_add(&frame->uses, 1);
    } else if (watch->cursor < told && !watch->once) {
        frame = shared_frame(watch);
    }
    pthread_mutex_unlock(&watchers->lock);
    watch->began = true;
    if (frame)
        return frame;
    if (watch->once)
        return catch_up(watch, -1, false);
    if (watch->cursor < told) {
        watch->counts_due = true;
        return catch_up(watch, told, counted);
    }
    if (told < 0 && !began)
        return catch_up(watch, -1, false);
    if (counted && watch->counts_due) {
        watch->cursor = told; /* the audience's next frame begins there, and its counts */
        return counts_frame(watch, true);
    }
    return moved ? counts_frame(watch, false) : NULL;
}
