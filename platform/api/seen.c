/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a session was last used: noted in memory by the requests, written down by the timer. */
#include "platform/api/api_private.h"
#include <stdlib.h>
#include <string.h>

enum { NOTES_MAX = 1024, NOTE_MS = 60000 };

struct note {
    unsigned char hash[HASH_SIZE];
    int64_t at;
};

struct seen {
    pthread_mutex_t lock;
    struct note notes[NOTES_MAX];
    size_t count;
};

struct seen *seen_new(void)
{
    struct seen *seen = calloc(1, sizeof *seen);
    if (seen)
        pthread_mutex_init(&seen->lock, NULL);
    return seen;
}

void seen_free(struct seen *seen)
{
    if (!seen)
        return;
    pthread_mutex_destroy(&seen->lock);
    free(seen);
}

void seen_note(struct api *api, const struct session *session, const unsigned char hash[HASH_SIZE],
               int64_t now)
{
    struct seen *seen = api->seen;
    /* Sooner where sessions end sooner, so that none ends while it is used. */
    int64_t often = api->settings.account.idle_ms / 8;
    if (now - session->seen_at < (often < NOTE_MS ? often : NOTE_MS))
        return;
    pthread_mutex_lock(&seen->lock);
    size_t i = 0;
    while (i < seen->count && memcmp(seen->notes[i].hash, hash, HASH_SIZE) != 0)
        i++;
    if (i < NOTES_MAX) { /* otherwise its next request will do */
        memcpy(seen->notes[i].hash, hash, HASH_SIZE);
        seen->notes[i].at = now;
        seen->count += i == seen->count;
    }
    pthread_mutex_unlock(&seen->lock);
}

struct batch {
    struct note *notes;
    size_t count;
};

static enum status write_notes(struct db *db, void *user)
{
    const struct batch *batch = user;
    enum status st = ST_OK;
    for (size_t i = 0; i < batch->count && !st; i++)
        st = store_session_seen(db, batch->notes[i].hash, batch->notes[i].at);
    return st;
}

void seen_write(struct api *api)
{
    struct seen *seen = api->seen;
    struct batch batch = {NULL, 0};
    pthread_mutex_lock(&seen->lock);
    if (seen->count > 0)
        batch.notes = malloc(seen->count * sizeof *batch.notes);
    if (batch.notes) {
        batch.count = seen->count;
        memcpy(batch.notes, seen->notes, batch.count * sizeof *batch.notes);
        seen->count = 0;
    }
    pthread_mutex_unlock(&seen->lock);
    /* What is not written is noted again by the next request. */
    if (batch.count > 0)
        (void)store_write_wait(api->store, write_notes, &batch);
    free(batch.notes);
}
