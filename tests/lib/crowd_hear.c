/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A watcher's bytes: chunks, frames, and the changes that they tell of. */
#include "core/clock.h"
#include "tests/lib/crowd_private.h"
#include "tests/lib/platform_private.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct deed *find_deed(const struct crowd *crowd, int64_t order)
{
    const struct deed key = {.order = order};
    return bsearch(&key, crowd->deeds, crowd->options->changes, sizeof key, crowd_compare_deeds);
}

/* Reads each row's identifier out of the text of a frame. */
static void read_deeds(const struct crowd *crowd, struct payload *payload, const char *text)
{
    static const char mark[] = ",\"version\":";
    for (const char *at = text; (at = strstr(at, mark)); at += sizeof mark - 1) {
        const char *digits = at;
        while (digits > text && digits[-1] >= '0' && digits[-1] <= '9')
            digits--;
        if (strncmp(at + sizeof mark - 1 + strspn(at + sizeof mark - 1, "0123456789"),
                    ",\"row\":", 7) != 0)
            continue;
        payload->row_count++;
        const struct deed *deed = find_deed(crowd, strtoll(digits, NULL, 10));
        if (!deed)
            continue;
        payload->deeds =
            test_must(realloc(payload->deeds, (payload->deed_count + 1) * sizeof *payload->deeds));
        payload->deeds[payload->deed_count++] = (size_t)(deed - crowd->deeds);
    }
}

static const struct payload *know_payload(struct crowd *crowd, const char *bytes, size_t length)
{
    for (size_t i = 0; i < KNOWN_PAYLOADS; i++) {
        const struct payload *known = &crowd->known[i];
        if (known->length == length && memcmp(known->bytes, bytes, length) == 0)
            return known;
    }
    struct payload *payload = &crowd->known[crowd->next_known++ % KNOWN_PAYLOADS];
    char *text;
    size_t size;
    if (frame_read(crowd->reader, crowd->options->coding, bytes, length, &text, &size))
        test_die(crowd->platform, "a frame of %zu bytes cannot be read", length);
    free(payload->bytes);
    free(payload->deeds);
    *payload = (struct payload){.bytes = test_must(malloc(length)), .length = length};
    memcpy(payload->bytes, bytes, length);
    read_deeds(crowd, payload, text);
    free(text);
    return payload;
}

static void hear_deed(struct crowd *crowd, struct watcher *w, size_t i, int64_t now)
{
    const struct deed *deed = &crowd->deeds[i];
    if (w->login->unit && w->login->unit != deed->unit) {
        crowd->result.strange++;
        return;
    }
    if (w->told[i])
        return;
    w->told[i] = 1;
    int64_t delay = deed->answered_at ? now - deed->answered_at : 0;
    crowd->delays[delay < DELAYS_MAX ? delay : DELAYS_MAX - 1]++;
    crowd->heard++;
}

static void hear_frames(struct crowd *crowd, struct watcher *w, int64_t now)
{
    size_t taken = 0, head, length;
    while (taken < w->stream.length) {
        enum frame_found found =
            frame_find(w->stream.data + taken, w->stream.length - taken, &head, &length);
        if (found == FRAME_BROKEN)
            test_die(crowd->platform, "the feed is no sequence of frames");
        if (found == FRAME_PART)
            break;
        taken += head;
        if (length) {
            const struct payload *payload = know_payload(crowd, w->stream.data + taken, length);
            for (size_t i = 0; i < payload->deed_count; i++)
                hear_deed(crowd, w, payload->deeds[i], now);
            crowd->result.rows += payload->row_count;
            crowd->result.frames++;
        }
        crowd->result.bytes += head + length;
        taken += length;
    }
    if (taken) {
        w->stream.length -= taken;
        memmove(w->stream.data, w->stream.data + taken, w->stream.length);
    }
}

/* Takes what is whole out of its chunks; true when there was something. */
static bool take_chunk(struct watcher *w)
{
    char *data = w->raw.data;
    size_t n = w->raw.length, taken;
    if (!w->headed) {
        const char *end = n ? strstr(data, "\r\n\r\n") : NULL;
        if (!end)
            return false;
        if (strncmp(data, "HTTP/1.1 200", 12) != 0)
            test_die(NULL, "a watcher is refused: %.600s", data);
        w->headed = true;
        taken = (size_t)(end - data) + 4;
    } else if (w->chunk_left > 2) {
        taken = n < w->chunk_left - 2 ? n : w->chunk_left - 2;
        buf_add(&w->stream, data, taken);
        w->chunk_left -= taken;
    } else if (w->chunk_left) {
        taken = n < w->chunk_left ? n : w->chunk_left;
        w->chunk_left -= taken;
    } else {
        const char *end = n ? memchr(data, '\n', n) : NULL;
        if (!end)
            return false;
        w->chunk_left = (size_t)strtoull(data, NULL, 16) + 2;
        if (w->chunk_left == 2)
            test_die(NULL, "the platform ended a feed");
        taken = (size_t)(end - data) + 1;
    }
    w->raw.length -= taken;
    memmove(data, data + taken, w->raw.length);
    data[w->raw.length] = '\0';
    return taken > 0;
}

void crowd_hear(struct crowd *crowd, struct watcher *w)
{
    char bytes[16 * 1024];
    ssize_t n = recv(w->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0)
        test_die(crowd->platform, "the platform closed a feed");
    buf_add(&w->raw, bytes, (size_t)n);
    while (w->raw.length && take_chunk(w))
        ;
    hear_frames(crowd, w, clock_ticks_ms());
}
