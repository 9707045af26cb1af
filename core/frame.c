/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* Made from core/feed.dict by the Makefile. */
extern const unsigned char feed_dictionary[];
extern const size_t feed_dictionary_size;

enum {
    LEVEL = 1,
    /* A frame refers to the dictionary only within its first window, and a context takes memory by
     * it: at 12 a frame of twelve rows is three quarters larger than at 15, beyond 15 nothing is
     * gained. */
    WINDOW_LOG = 15,
};

uint32_t frame_dictionary(void)
{
    return ZSTD_getDictID_fromDict(feed_dictionary, feed_dictionary_size);
}

bool frame_coding_of(int64_t number, enum frame_coding *coding)
{
    if (number != 0 && number != (int64_t)frame_dictionary())
        return false;
    *coding = number ? FRAME_DICTIONARY : FRAME_ZSTD;
    return true;
}

/* --- writing ---------------------------------------------------------------------------------- */

struct frame_writer {
    ZSTD_CCtx *contexts[FRAME_CODINGS]; /* none for FRAME_PLAIN */
    char *payload;
    size_t room;
};

static ZSTD_CCtx *context_new(bool dictionary)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    if (!context)
        return NULL;
    size_t failed = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
    if (!ZSTD_isError(failed))
        failed = ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, WINDOW_LOG);
    if (!ZSTD_isError(failed) && dictionary)
        failed = ZSTD_CCtx_loadDictionary(context, feed_dictionary, feed_dictionary_size);
    if (ZSTD_isError(failed)) {
        (void)ZSTD_freeCCtx(context);
        return NULL;
    }
    return context;
}

struct frame_writer *frame_writer_new(void)
{
    struct frame_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return NULL;
    writer->contexts[FRAME_ZSTD] = context_new(false);
    writer->contexts[FRAME_DICTIONARY] = context_new(true);
    if (!writer->contexts[FRAME_ZSTD] || !writer->contexts[FRAME_DICTIONARY]) {
        frame_writer_free(writer);
        return NULL;
    }
    return writer;
}

void frame_writer_free(struct frame_writer *writer)
{
    if (!writer)
        return;
    for (int i = 0; i < FRAME_CODINGS; i++)
        (void)ZSTD_freeCCtx(writer->contexts[i]);
    free(writer->payload);
    free(writer);
}

static void write_length(struct buf *out, size_t length)
{
    for (; length > 0x7f; length >>= 7)
        buf_add_char(out, (char)(length | 0x80));
    buf_add_char(out, (char)length);
}

/* False without memory. */
static bool make_room(struct frame_writer *writer, size_t n)
{
    if (n <= writer->room)
        return true;
    char *payload = realloc(writer->payload, n);
    if (!payload)
        return false;
    writer->payload = payload;
    writer->room = n;
    return true;
}

bool frame_write(struct frame_writer *writer, enum frame_coding coding, const char *text,
                 size_t length, struct buf *out)
{
    if (length == 0 || length > FRAME_TEXT_MAX)
        return false;
    if (coding == FRAME_PLAIN) {
        write_length(out, length);
        buf_add(out, text, length);
        return !out->failed;
    }
    if (!make_room(writer, ZSTD_compressBound(length)))
        return false;
    size_t n =
        ZSTD_compress2(writer->contexts[coding], writer->payload, writer->room, text, length);
    if (ZSTD_isError(n))
        return false;
    write_length(out, n);
    buf_add(out, writer->payload, n);
    return !out->failed;
}

/* --- reading ---------------------------------------------------------------------------------- */

enum frame_found frame_find(const char *bytes, size_t n, size_t *head, size_t *length)
{
    *length = 0;
    for (*head = 0; *head < FRAME_HEAD_MAX; (*head)++) {
        if (*head == n)
            return FRAME_PART;
        unsigned char byte = (unsigned char)bytes[*head];
        *length |= (size_t)(byte & 0x7f) << 7 * *head;
        if (byte & 0x80)
            continue;
        if (*head > 0 && byte == 0) /* there is one way to write a length */
            return FRAME_BROKEN;
        (*head)++;
        /* What zstd makes of a text that cannot be compressed is a little longer than the text. */
        if (*length > ZSTD_COMPRESSBOUND((size_t)FRAME_TEXT_MAX))
            return FRAME_BROKEN;
        return n - *head < *length ? FRAME_PART : FRAME_WHOLE;
    }
    return FRAME_BROKEN;
}

struct frame_reader {
    ZSTD_DCtx *context;
    ZSTD_DDict *dictionary;
};

struct frame_reader *frame_reader_new(void)
{
    struct frame_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->context = ZSTD_createDCtx();
    reader->dictionary = ZSTD_createDDict(feed_dictionary, feed_dictionary_size);
    if (!reader->context || !reader->dictionary) {
        frame_reader_free(reader);
        return NULL;
    }
    return reader;
}

void frame_reader_free(struct frame_reader *reader)
{
    if (!reader)
        return;
    (void)ZSTD_freeDCtx(reader->context);
    (void)ZSTD_freeDDict(reader->dictionary);
    free(reader);
}

/* The size that a payload will have as text; false when it does not say or may not be. */
static bool text_size(enum frame_coding coding, const char *payload, size_t n, size_t *size)
{
    unsigned long long said = coding == FRAME_PLAIN ? n : ZSTD_getFrameContentSize(payload, n);
    if (said == ZSTD_CONTENTSIZE_ERROR || said == ZSTD_CONTENTSIZE_UNKNOWN || said > FRAME_TEXT_MAX)
        return false;
    *size = (size_t)said;
    return true;
}

enum status frame_read(struct frame_reader *reader, enum frame_coding coding, const char *payload,
                       size_t n, char **text, size_t *length)
{
    size_t size;
    *text = NULL;
    if (!text_size(coding, payload, n, &size))
        return ST_CORRUPT;
    char *out = malloc(size + 1);
    if (!out)
        return ST_NO_MEMORY;
    size_t got = size;
    if (coding == FRAME_PLAIN)
        memcpy(out, payload, n);
    else if (coding == FRAME_ZSTD)
        got = ZSTD_decompressDCtx(reader->context, out, size, payload, n);
    else
        got =
            ZSTD_decompress_usingDDict(reader->context, out, size, payload, n, reader->dictionary);
    if (ZSTD_isError(got) || got != size) {
        free(out);
        return ST_CORRUPT;
    }
    out[size] = '\0';
    *text = out;
    *length = size;
    return ST_OK;
}
