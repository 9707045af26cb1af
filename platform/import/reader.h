/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reader: a CSV file of any size, record by record, in memory that does not grow with it. UTF-8
 * with or without a mark at its beginning, or GB18030, which is told by the text itself. */
#ifndef PLATFORM_IMPORT_READER_H
#define PLATFORM_IMPORT_READER_H

#include "core/status.h"
#include "platform/import/reason.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A record that is longer is rejected. One line alone is skipped to its end; where a quotation mark
 * runs over lines, only the line in which it begins is given up. */
enum { RECORD_BYTES_MAX = 1 << 20, RECORD_FIELDS_MAX = 256 };

struct record {
    uint64_t line;   /* the number of its first line, from 1 */
    const char *raw; /* as it stands in the file, without the line's end; of what is too long the */
    size_t raw_length;         /* beginning */
    enum reason reason;        /* why it is no record; REASON_NONE: it is one */
    char a[24], b[24];         /* what the reason's %1 %2 stand for */
    const char *const *fields; /* in UTF-8 */
    size_t count;
};

struct reader;

/* Opens the file and reads its header, the first line that is not blank. NULL with a message for
 * what cannot be read, is empty or is no text. */
struct reader *reader_open(const char *path, struct error *err);
void reader_close(struct reader *reader);
/* The header's fields; valid until the end. */
const struct record *reader_header(const struct reader *reader);
/* The next record, valid until the next call. False at the end, or with err->status set when the
 * file can be read no further. */
bool reader_next(struct reader *reader, struct record *record, struct error *err);
/* Bytes read so far and of the whole file; 0 when nobody knows (a pipe). */
uint64_t reader_taken(const struct reader *reader);
uint64_t reader_size(const struct reader *reader);
/* "UTF-8" or "GB18030", as far as the text told. */
const char *reader_encoding(const struct reader *reader);
/* True when `path` is the very file that is read. */
bool reader_is(const struct reader *reader, const char *path);

#endif
