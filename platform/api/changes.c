/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the change feed says: cursors and the texts of frames. */
#include "platform/api/cursor.h"
#include "platform/api/watch_private.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- cursors ---------------------------------------------------------------------------------- */

_Static_assert((int)API_CURSOR_SIZE == (int)CURSOR_SIZE, "a cursor fits");

void cursor_write(struct api *api, int64_t seq, const unsigned char key[VIEW_KEY_SIZE],
                  char out[API_CURSOR_SIZE])
{
    struct cursor cursor = {.seq = seq};
    memcpy(cursor.view, key, sizeof cursor.view);
    cursor_seal(store_keys(api->store), &cursor, out);
}

enum problem_type cursor_read(struct api *api, const char *text,
                              const unsigned char key[VIEW_KEY_SIZE], int64_t *seq)
{
    struct cursor cursor;
    if (!cursor_open(store_keys(api->store), text, &cursor))
        return PROBLEM_FIELD_REFERENCE;
    *seq = cursor.seq;
    return memcmp(cursor.view, key, sizeof cursor.view) == 0 ? PROBLEM_NONE : PROBLEM_FEED_GONE;
}

bool view_key(struct db *db, const struct account *account, unsigned char key[VIEW_KEY_SIZE])
{
    unsigned char scope[HASH_SIZE];
    char rights[48];
    crypto_generichash_state state;
    if (store_scope_hash(db, account->id, scope))
        return false;
    int n =
        snprintf(rights, sizeof rights, "%" PRIu32 ".%d", account->roles, (int)account->language);
    crypto_generichash_init(&state, NULL, 0, VIEW_KEY_SIZE);
    crypto_generichash_update(&state, scope, sizeof scope);
    crypto_generichash_update(&state, (const unsigned char *)rights, (unsigned long long)n);
    crypto_generichash_final(&state, key, VIEW_KEY_SIZE);
    return true;
}

const char *feed_cursor(struct call *call, const struct account *account)
{
    unsigned char key[VIEW_KEY_SIZE];
    char cursor[API_CURSOR_SIZE];
    if (!view_key(call->db, account, key))
        return ""; /* the snapshot remembers the failure */
    cursor_write(call->api, store_last_seq(call->db), key, cursor);
    return arena_strdup(call->arena, cursor);
}

/* --- the text of a frame ---------------------------------------------------------------------- */

struct feed_frame *frame_new(int64_t from, int64_t to)
{
    struct feed_frame *frame = calloc(1, sizeof *frame);
    if (!frame)
        return NULL;
    atomic_init(&frame->uses, 1);
    frame->from = from;
    frame->to = to;
    return frame;
}

void api_frame_release(struct feed_frame *frame)
{
    if (!frame || atomic_fetch_sub(&frame->uses, 1) != 1)
        return;
    buf_free(&frame->text);
    for (int i = 0; i < FRAME_CODINGS; i++)
        buf_free(&frame->coded[i]);
    free(frame);
}

const char *api_frame_text(const struct feed_frame *frame, size_t *length)
{
    *length = frame->text.length;
    return frame->text.data;
}

const char *api_frame_bytes(const struct feed_frame *frame, enum frame_coding coding,
                            size_t *length)
{
    *length = frame->coded[coding].length;
    return frame->coded[coding].data;
}

bool frame_code(struct watchers *watchers, struct feed_frame *frame, unsigned codings)
{
    bool good = !frame->text.failed;
    for (int i = 0; i < FRAME_CODINGS && good; i++) {
        if (!(codings & BIT(i)))
            continue;
        pthread_mutex_lock(&watchers->writer_lock);
        good = frame_write(watchers->writer, (enum frame_coding)i, frame->text.data,
                           frame->text.length, &frame->coded[i]);
        pthread_mutex_unlock(&watchers->writer_lock);
    }
    return good;
}

void frame_begin(struct api *api, struct feed_frame *frame, const unsigned char key[VIEW_KEY_SIZE])
{
    char cursor[API_CURSOR_SIZE];
    cursor_write(api, frame->to, key, cursor);
    buf_printf(&frame->text, "{\"cursor\":\"%s\",\"items\":[", cursor);
}

/* A comma, unless it would be the first. */
static void next_item(struct feed_frame *frame)
{
    if (frame->text.length && frame->text.data[frame->text.length - 1] != '[')
        buf_add_char(&frame->text, ',');
}

void frame_add_row(struct feed_frame *frame, int64_t order_id, int64_t version, const char *row)
{
    next_item(frame);
    buf_printf(&frame->text, "{\"id\":%" PRId64 ",\"version\":%" PRId64 ",\"row\":", order_id,
               version);
    buf_add_text(&frame->text, row);
    buf_add_char(&frame->text, '}');
}

void frame_add_gone(struct feed_frame *frame, int64_t order_id)
{
    next_item(frame);
    buf_printf(&frame->text, "{\"id\":%" PRId64 ",\"gone\":true}", order_id);
}

void frame_add_queues(struct feed_frame *frame, uint32_t roles, const struct tally *now,
                      const struct tally *before, const struct tally *own)
{
    bool begun = false;
    for (size_t i = 0; i < view_count() && i < VIEWS_MAX; i++) {
        const struct view *view = view_at(i);
        bool personal = view_is_personal(view);
        if (!(view->roles & roles) || (personal && !own))
            continue;
        const struct tally *tally = personal ? own : &now[i];
        if (!personal && before && before[i].count == tally->count && before[i].red == tally->red)
            continue;
        buf_add_text(&frame->text, begun ? "," : "],\"queues\":[");
        begun = true;
        buf_printf(&frame->text, "{\"name\":\"%s\",\"count\":%" PRId64 ",\"red\":%" PRId64 "}",
                   view->name, tally->count, tally->red);
    }
}

void frame_end(struct feed_frame *frame)
{
    buf_add_text(&frame->text, "]}");
}

char *frame_row(struct call *call, const struct order *order)
{
    cJSON *row = render_row(call, order);
    char *text = row ? cJSON_PrintUnformatted(row) : NULL;
    cJSON_Delete(row);
    return text;
}
