/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/import/reader.h"
#include "core/text.h"
#include "platform/import/encoding.h"
#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BLOCK = 256 * 1024,
    WINDOW = RECORD_BYTES_MAX + BLOCK,
    RAW_OF_LONG = 1000,
    PARSER_BLOCK = 4096
};

/* Field separators, quotes and line ends are never part of a character, in UTF-8 and in GB18030
 * alike: records are taken apart as bytes and converted field by field. */
struct reader {
    int fd;
    struct stat file;
    char *window; /* WINDOW bytes */
    size_t start, end;
    uint64_t before; /* bytes of the file before the window */
    uint64_t line;   /* of what stands at `start` */
    bool eof, skipping;
    enum status failed; /* reading: ST_OK or ST_IO, with errno in `why` */
    int why;
    enum encoding encoding;
    iconv_t gb18030;
    struct csv_parser csv;
    bool csv_made, done; /* a record is complete */
    struct buf bytes, text;
    size_t ends[RECORD_FIELDS_MAX]; /* of the fields in `bytes` */
    size_t count;
    const char *fields[RECORD_FIELDS_MAX];
    struct record header;
    char *header_text;
    const char *header_fields[RECORD_FIELDS_MAX];
};

/* --- bytes ------------------------------------------------------------------------------------ */

/* Reads up to a block more behind what is there. */
static void fill(struct reader *r)
{
    if (r->start) {
        memmove(r->window, r->window + r->start, r->end - r->start);
        r->before += r->start;
        r->end -= r->start;
        r->start = 0;
    }
    size_t from = r->end, most = r->end + BLOCK < WINDOW ? r->end + BLOCK : WINDOW;
    while (r->end < most && !r->eof) {
        ssize_t n = read(r->fd, r->window + r->end, most - r->end);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            r->failed = ST_IO;
            r->why = errno;
        }
        r->eof = n <= 0;
        r->end += n > 0 ? (size_t)n : 0;
    }
    if (r->encoding == ENCODING_UNKNOWN && !encoding_ascii(r->window + from, r->end - from))
        r->encoding = encoding_of(r->window + from, r->end - from, r->gb18030);
}

enum line { LINE_WHOLE, LINE_NONE, LINE_LONG };

/* The line that begins `from` bytes behind the record's beginning; `*length` with its end. The last
 * line may have none. */
static enum line find_line(struct reader *r, size_t from, size_t *length)
{
    for (size_t seen = from;;) {
        const char *at = r->window + r->start + seen;
        const char *end = memchr(at, '\n', r->end - r->start - seen);
        size_t have = end ? (size_t)(end + 1 - r->window) - r->start : r->end - r->start;
        if (have > RECORD_BYTES_MAX)
            return LINE_LONG;
        *length = have - from;
        if (end)
            return LINE_WHOLE;
        if (r->eof)
            return *length ? LINE_WHOLE : LINE_NONE;
        seen = have;
        fill(r);
    }
}

/* Drops what is left of a line that was too long to be held. */
static void skip_line(struct reader *r)
{
    while (r->skipping) {
        const char *at = r->window + r->start, *end = memchr(at, '\n', r->end - r->start);
        r->skipping = !end && !r->eof;
        r->start = end ? (size_t)(end + 1 - r->window) : r->end;
        if (r->skipping)
            fill(r);
    }
}

static void take(struct reader *r, size_t length, uint64_t lines)
{
    r->start += length;
    r->line += lines;
}

/* --- records ---------------------------------------------------------------------------------- */

static int is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static int is_term(unsigned char c)
{
    return c == '\n';
}

static void on_field(void *field, size_t n, void *user)
{
    struct reader *r = user;
    buf_add(&r->bytes, field, n);
    if (r->count < RECORD_FIELDS_MAX)
        r->ends[r->count] = r->bytes.length;
    r->count++;
}

static void on_record(int last, void *user)
{
    (void)last;
    ((struct reader *)user)->done = true;
}

static bool begin_record(struct reader *r)
{
    /* After anything but a whole record the parser stands somewhere inside one. */
    if (r->csv_made && !r->done) {
        csv_free(&r->csv);
        r->csv_made = false;
    }
    if (!r->csv_made) {
        r->csv_made = csv_init(&r->csv, CSV_STRICT | CSV_STRICT_FINI) == 0;
        if (!r->csv_made)
            return false;
        csv_set_blk_size(&r->csv, PARSER_BLOCK);
        csv_set_space_func(&r->csv, is_space);
        csv_set_term_func(&r->csv, is_term);
    }
    buf_clear(&r->bytes);
    r->count = 0;
    r->done = false;
    return true;
}

static bool blank(const char *s, size_t n)
{
    while (n && (is_space((unsigned char)*s) || *s == '\n')) {
        s++;
        n--;
    }
    return n == 0;
}

static void set_raw(struct record *record, const char *raw, size_t n)
{
    while (n && (raw[n - 1] == '\n' || raw[n - 1] == '\r'))
        n--;
    record->raw = raw;
    record->raw_length = n;
}

/* The line at `start` is given up alone. */
static void give_up(struct reader *r, struct record *record, size_t length, enum reason reason)
{
    record->reason = reason;
    set_raw(record, r->window + r->start, length);
    take(r, length, 1);
}

static void give_up_long(struct reader *r, struct record *record)
{
    record->reason = REASON_TOO_LONG;
    (void)snprintf(record->a, sizeof record->a, "%d", (int)RECORD_BYTES_MAX);
    record->raw = r->window + r->start;
    record->raw_length = RAW_OF_LONG;
    r->skipping = true;
    r->line++;
}

/* Turns the bytes of the fields into UTF-8. */
static enum reason decode(struct reader *r)
{
    size_t from = 0;
    buf_clear(&r->text);
    size_t offsets[RECORD_FIELDS_MAX], count = r->count;
    if (count > RECORD_FIELDS_MAX)
        return REASON_FIELDS;
    for (size_t i = 0; i < count; i++) {
        const char *field = r->bytes.data + from;
        size_t n = r->ends[i] - from;
        from = r->ends[i];
        offsets[i] = r->text.length;
        if (r->encoding != ENCODING_GB18030 && !utf8_valid(field, n))
            return REASON_NOT_UTF8;
        if (r->encoding != ENCODING_GB18030)
            buf_add(&r->text, field, n);
        else if (!encoding_convert(r->gb18030, field, n, &r->text))
            return REASON_NOT_GB18030;
        buf_add_char(&r->text, '\0');
    }
    for (size_t i = 0; i < count; i++)
        r->fields[i] = r->text.data + offsets[i];
    return REASON_NONE;
}

static void judge(struct reader *r, struct record *record)
{
    record->fields = r->fields;
    record->count = r->count;
    if (memchr(record->raw, '\0', record->raw_length))
        record->reason = REASON_NUL_BYTE;
    else if (r->header.count && r->count != r->header.count)
        record->reason = REASON_FIELDS;
    else
        record->reason = decode(r);
    if (record->reason == REASON_FIELDS) {
        (void)snprintf(record->a, sizeof record->a, "%zu", r->count);
        (void)snprintf(record->b, sizeof record->b, "%zu", r->header.count);
    }
}

/* Feeds the parser line by line until it has a record. */
static bool collect(struct reader *r, struct record *record)
{
    size_t length = 0, first = 0, n = 0;
    uint64_t lines = 0;
    for (;;) {
        enum line line = find_line(r, length, &n);
        if (line == LINE_NONE && lines == 0)
            return false;
        if (line == LINE_LONG && lines == 0) {
            give_up_long(r, record);
            return true;
        }
        if (line == LINE_WHOLE && lines == 0 && blank(r->window + r->start, n)) {
            take(r, n, 1);
            record->line = r->line;
            continue;
        }
        bool good = line == LINE_WHOLE && csv_parse(&r->csv, r->window + r->start + length, n,
                                                    on_field, on_record, r) == n;
        if (lines == 0)
            first = n;
        length += n;
        lines += good;
        if (good && !r->done && r->eof && r->start + length == r->end)
            good = csv_fini(&r->csv, on_field, on_record, r) == 0 && r->done;
        if (!good) {
            give_up(r, record, first, lines == 0 ? REASON_QUOTES : REASON_QUOTE_OPEN);
            return true;
        }
        if (!r->done)
            continue;
        set_raw(record, r->window + r->start, length);
        judge(r, record);
        /* Fields that fit nowhere after a quotation mark that ran on: the next line is another. */
        bool ran_on = lines > 1 && record->reason == REASON_FIELDS;
        if (ran_on)
            give_up(r, record, first, REASON_QUOTE_OPEN);
        else
            take(r, length, lines);
        return true;
    }
}

bool reader_next(struct reader *r, struct record *record, struct error *err)
{
    *record = (struct record){.line = 0};
    skip_line(r);
    record->line = r->line;
    bool more = begin_record(r) && collect(r, record);
    if (!r->csv_made || r->bytes.failed || r->text.failed)
        error_set(err, ST_NO_MEMORY, "out of memory");
    else if (r->failed)
        error_set(err, r->failed, "the file cannot be read further than line %" PRIu64 ": %s",
                  r->line, strerror(r->why));
    else
        return more;
    return false;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* The marks that some programs put before the text. */
static enum status skip_mark(struct reader *r, const char *path, struct error *err)
{
    static const struct {
        const char *bytes;
        size_t length;
        enum encoding encoding;
    } marks[] = {{"\xEF\xBB\xBF", 3, ENCODING_UTF8},
                 {"\x84\x31\x95\x33", 4, ENCODING_GB18030},
                 {"\xFF\xFE", 2, ENCODING_UNKNOWN},
                 {"\xFE\xFF", 2, ENCODING_UNKNOWN}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (r->end < marks[i].length || memcmp(r->window, marks[i].bytes, marks[i].length) != 0)
            continue;
        if (marks[i].encoding == ENCODING_UNKNOWN)
            return error_set(err, ST_INVALID,
                             "%s is UTF-16 text: save it as CSV in UTF-8 (or GB18030)", path);
        r->encoding = marks[i].encoding;
        r->start = marks[i].length;
    }
    return ST_OK;
}

static enum status keep_header(struct reader *r, const struct record *record, const char *path,
                               struct error *err)
{
    if (record->reason == REASON_NUL_BYTE ||
        (record->reason == REASON_TOO_LONG && memchr(r->window, '\0', RAW_OF_LONG)))
        return error_set(err, ST_INVALID,
                         "%s is no text: a CSV file with a header line is wanted "
                         "(save a spreadsheet as CSV in UTF-8)",
                         path);
    if (record->reason)
        return error_set(err, ST_INVALID,
                         "%s:%" PRIu64 ": the header line cannot be read: it names the columns, "
                         "with commas between them",
                         path, record->line);
    r->header_text = malloc(r->text.length + record->raw_length + 1);
    if (!r->header_text)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    memcpy(r->header_text, r->text.data, r->text.length);
    memcpy(r->header_text + r->text.length, record->raw, record->raw_length);
    for (size_t i = 0; i < record->count; i++)
        r->header_fields[i] = r->header_text + (record->fields[i] - r->text.data);
    r->header = *record;
    r->header.fields = r->header_fields;
    r->header.raw = r->header_text + r->text.length;
    return ST_OK;
}

static enum status open_reader(struct reader *r, const char *path, struct error *err)
{
    struct record record;
    r->gb18030 = iconv_open("UTF-8", "GB18030");
    r->window = malloc(WINDOW);
    if (r->gb18030 == (iconv_t)-1 || !r->window)
        return error_set(err, ST_NO_MEMORY, "out of memory, or GB18030 is unknown here");
    r->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (r->fd < 0 || fstat(r->fd, &r->file) != 0)
        return error_set(err, ST_IO, "%s cannot be read: %s", path, strerror(errno));
    if (S_ISDIR(r->file.st_mode))
        return error_set(err, ST_IO, "%s is a directory", path);
    fill(r);
    enum status st = skip_mark(r, path, err);
    if (st)
        return st;
    struct error own = {ST_OK, ""};
    if (!reader_next(r, &record, &own))
        return own.status ? error_set(err, own.status, "%s: %s", path, own.message)
                          : error_set(err, ST_INVALID, "%s is empty", path);
    return keep_header(r, &record, path, err);
}

struct reader *reader_open(const char *path, struct error *err)
{
    struct reader *r = calloc(1, sizeof *r);
    if (!r) {
        error_set(err, ST_NO_MEMORY, "out of memory");
        return NULL;
    }
    r->fd = -1;
    r->line = 1;
    if (open_reader(r, path, err) == ST_OK)
        return r;
    reader_close(r);
    return NULL;
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    if (r->fd >= 0)
        (void)close(r->fd);
    if (r->gb18030 && r->gb18030 != (iconv_t)-1)
        (void)iconv_close(r->gb18030);
    if (r->csv_made)
        csv_free(&r->csv);
    buf_free(&r->bytes);
    buf_free(&r->text);
    free(r->header_text);
    free(r->window);
    free(r);
}

const struct record *reader_header(const struct reader *r)
{
    return &r->header;
}

uint64_t reader_taken(const struct reader *r)
{
    return r->before + r->start;
}

uint64_t reader_size(const struct reader *r)
{
    return S_ISREG(r->file.st_mode) ? (uint64_t)r->file.st_size : 0;
}

const char *reader_encoding(const struct reader *r)
{
    return r->encoding == ENCODING_GB18030 ? "GB18030" : "UTF-8";
}

bool reader_is(const struct reader *r, const char *path)
{
    struct stat other;
    return stat(path, &other) == 0 && other.st_dev == r->file.st_dev &&
           other.st_ino == r->file.st_ino;
}
