/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame: one message of the change feed on the wire, as the platform writes and the console reads
 * it: a length in bytes as a varint (LEB128: seven bits a byte, the lowest first, the highest bit
 * set in all but the last), then so many bytes, which are JSON or one zstd frame of it (RFC 8878).
 * Length 0 is a heartbeat. docs/feed.md tells the rest. */
#ifndef CORE_FRAME_H
#define CORE_FRAME_H

#include "core/buf.h"
#include "core/status.h"
#include <stddef.h>
#include <stdint.h>

enum {
    FRAME_TEXT_MAX = 4 * 1024 * 1024, /* bytes of JSON; neither written nor believed beyond */
    FRAME_HEAD_MAX = 4,               /* bytes of a length up to that */
};

/* How a watcher wants its frames. */
enum frame_coding { FRAME_PLAIN, FRAME_ZSTD, FRAME_DICTIONARY, FRAME_CODINGS };

/* The number of the dictionary that is built in: what the platform names at login. */
uint32_t frame_dictionary(void);
/* What `zstd=NUMBER` asks for: 0 zstd without a dictionary, else the dictionary of that number;
 * false when that is not the one built in. */
bool frame_coding_of(int64_t number, enum frame_coding *coding);

/* Writes frames; used by one thread at a time. NULL without memory. */
struct frame_writer;
struct frame_writer *frame_writer_new(void);
void frame_writer_free(struct frame_writer *writer); /* NULL is allowed */
/* Appends the text as one frame. False when it is empty or too long, or memory is out. */
bool frame_write(struct frame_writer *writer, enum frame_coding coding, const char *text,
                 size_t length, struct buf *out);

/* What the beginning of `bytes` is. */
enum frame_found {
    FRAME_PART,  /* of a frame: more has to come */
    FRAME_WHOLE, /* a frame: its payload is `length` bytes behind the first `head` */
    FRAME_BROKEN /* nothing that a platform writes */
};
enum frame_found frame_find(const char *bytes, size_t n, size_t *head, size_t *length);

/* Reads payloads; used by one thread at a time. NULL without memory. */
struct frame_reader;
struct frame_reader *frame_reader_new(void);
void frame_reader_free(struct frame_reader *reader); /* NULL is allowed */
/* The text of a payload, NUL-terminated, in *text, to be freed with free(). ST_CORRUPT when it is
 * not of that coding, or says itself that it is longer than FRAME_TEXT_MAX. */
enum status frame_read(struct frame_reader *reader, enum frame_coding coding, const char *payload,
                       size_t n, char **text, size_t *length);

#endif
