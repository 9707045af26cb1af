/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the change feed share.
 *
 * Watchers that see the same are one audience: what changed is looked up, written and compressed
 * once for all of them, in rounds that one thread makes. Who falls behind the last few frames of
 * the audience gets a frame of his own, on his connection's thread.
 *
 * The lock guards the lists, the watches' counts and all that a round has published; what is marked
 * as the round's belongs to that thread alone. */
#ifndef PLATFORM_API_WATCH_PRIVATE_H
#define PLATFORM_API_WATCH_PRIVATE_H

#include "core/frame.h"
#include "platform/api/api_private.h"
#include <stdatomic.h>

/* --- watch_tally.c: how many orders wait in each queue -----------------------------------------
 */

enum { VIEWS_MAX = 32 }; /* bits of tally_entry.counts */

struct tally {
    int64_t count, red;
};

/* One order that is open or waits for somebody. */
struct tally_entry {
    int64_t order_id; /* 0: a free place */
    int64_t taken_by;
    uint32_t counts; /* the views that count it, as bits */
    bool red;
};

/* The orders of one scope, and what they sum up to by view. Zeroed it is empty. */
struct tallies {
    struct tally_entry *entries; /* a hash table with linear probing */
    size_t used, room;
    struct tally views[VIEWS_MAX]; /* the sum over all accounts where the view is personal */
    bool failed;                   /* memory is out: the sums are wrong from here on */
};

void tallies_free(struct tallies *tallies);
/* The order is like that now, NULL or neither open nor needed: it does not count. */
void tallies_set(struct tallies *tallies, int64_t order_id, const struct queued *now);
/* What the personal views count for an account; looks at all orders. */
struct tally tallies_own(const struct tallies *tallies, int64_t account_id);

/* --- who watches ------------------------------------------------------------------------------ */

/* What all of an audience get; counted references. */
struct feed_frame {
    atomic_uint uses;
    int64_t from, to; /* the events behind `from` and up to `to` */
    struct buf text;  /* JSON */
    struct buf coded[FRAME_CODINGS];
};

/* An account among an audience. */
struct member {
    struct member *next;
    int64_t account_id, scope_version;
    struct tally own; /* published */
    bool counted;     /* `own` is */
    bool ended;       /* it sees something else than the audience now, or nothing */
};

enum { RING = 8, VIEW_KEY_SIZE = HASH_SIZE };

struct audience {
    struct audience *next;
    unsigned char key[VIEW_KEY_SIZE]; /* the same for accounts that see the same */
    uint32_t roles;
    enum language language;
    struct member *members; /* stay as long as the audience */
    unsigned watches[FRAME_CODINGS];
    int64_t idle_since; /* ticks: when the last one left */

    bool served;                   /* by the rounds, from `told` on */
    int64_t told;                  /* the seq up to which frames were made */
    struct feed_frame *ring[RING]; /* the last ones, oldest first; NULL behind them */
    bool counted;                  /* later than served: counting takes time */
    struct tally shown[VIEWS_MAX]; /* as of `told` or later */

    /* The round's. */
    struct tallies tallies;
    struct feed_frame *made;
    bool fresh;     /* served from this round on */
    bool recounted; /* in this round */
};

struct watchers {
    struct api *api;
    pthread_mutex_t lock;
    struct audience *audiences;
    int64_t position; /* the round's: the seq up to which all audiences are */
    pthread_mutex_t writer_lock;
    struct frame_writer *writer;
    struct feed_frame *reset; /* says that all is to be read again */
};

struct watch {
    struct watchers *watchers;
    struct audience *audience;
    struct member *member;
    enum frame_coding coding;
    bool once;        /* wants a single frame, with all counts */
    bool began;       /* what had happened when he came was looked up */
    bool counts_due;  /* all counts are to be told before the audience's frames are of use */
    int64_t cursor;   /* the seq up to which he was told */
    struct tally own; /* of the personal views, as he was told */
};

/* --- changes.c: what a frame says ------------------------------------------------------------- */

/* Where somebody with that view stands, as cursor.h writes it. */
void cursor_write(struct api *api, int64_t seq, const unsigned char key[VIEW_KEY_SIZE],
                  char out[API_CURSOR_SIZE]);
/* PROBLEM_NONE; PROBLEM_FIELD_REFERENCE for what has not the form of a cursor, PROBLEM_FEED_GONE
 * for that of another view and for what was made up. */
enum problem_type cursor_read(struct api *api, const char *text,
                              const unsigned char key[VIEW_KEY_SIZE], int64_t *seq);
/* What decides all that the account is told. False when it cannot be read. */
bool view_key(struct db *db, const struct account *account, unsigned char key[VIEW_KEY_SIZE]);

/* A frame without content; NULL without memory. */
struct feed_frame *frame_new(int64_t from, int64_t to);
/* Codes the text in each coding that `codings` has a bit of. False without memory. */
bool frame_code(struct watchers *watchers, struct feed_frame *frame, unsigned codings);
/* The parts of its text, in this order. */
void frame_begin(struct api *api, struct feed_frame *frame, const unsigned char key[VIEW_KEY_SIZE]);
void frame_add_row(struct feed_frame *frame, int64_t order_id, int64_t version, const char *row);
void frame_add_gone(struct feed_frame *frame, int64_t order_id);
/* The queues of these roles that differ from `before` (NULL: all), personal ones as `own` (NULL:
 * none of them). */
void frame_add_queues(struct feed_frame *frame, uint32_t roles, const struct tally *now,
                      const struct tally *before, const struct tally *own);
void frame_end(struct feed_frame *frame);
/* A row as JSON text, freed by the caller; NULL without memory. */
char *frame_row(struct call *call, const struct order *order);

/* --- watch_round.c -----------------------------------------------------------------------------
 */
/* The sums of an account's queues by its scope, from the database. */
void watchers_count(struct db *db, int64_t account_id, struct tallies *tallies);

/* --- watch.c -----------------------------------------------------------------------------------
 */
/* With nobody watching it; the round's thread. */
void audience_free(struct audience *audience);

#endif
