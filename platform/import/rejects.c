/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/import/rejects.h"
#include "core/buf.h"
#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DRY_SHOWN = 20 };

struct rejects {
    char *path, *draft; /* where it ends, where it is written */
    FILE *file;
    FILE *screen;       /* a dry run's reasons; NULL */
    iconv_t to_gb18030; /* (iconv_t)-1: the file is UTF-8 */
    const struct reader *reader;
    bool dry;
    uint64_t count;
};

static void rejects_free(struct rejects *r)
{
    if (r->to_gb18030 != (iconv_t)-1)
        (void)iconv_close(r->to_gb18030);
    free(r->path);
    free(r->draft);
    free(r);
}

struct rejects *rejects_new(const struct reader *reader, const struct import_options *options,
                            struct error *err)
{
    struct rejects *r = calloc(1, sizeof *r);
    if (!r ||
        (options->rejected ? !(r->path = strdup(options->rejected))
                           : asprintf(&r->path, "%s.rejected", options->file) < 0) ||
        asprintf(&r->draft, "%s.new", r->path) < 0) {
        if (r) {
            free(r->path);
            free(r);
        }
        error_set(err, ST_NO_MEMORY, "out of memory");
        return NULL;
    }
    r->reader = reader;
    r->dry = options->dry_run;
    r->screen = options->dry_run ? options->progress : NULL;
    r->to_gb18030 = (iconv_t)-1;
    struct stat there;
    bool plain = stat(r->path, &there) != 0 || S_ISREG(there.st_mode);
    bool read = reader_is(reader, r->path) || reader_is(reader, r->draft);
    if (plain && !read)
        return r;
    error_set(err, ST_INVALID, "rejected lines would go to %s, which is %s: --rejected FILE",
              r->path, read ? "read" : "no file");
    rejects_free(r);
    return NULL;
}

static enum status failed(const struct rejects *r, struct error *err)
{
    return error_set(err, ST_IO, "the rejected lines cannot be written to %s: %s", r->path,
                     strerror(errno));
}

/* The reason in the file's own encoding, as a field. */
static bool put_text(struct rejects *r, const char *text)
{
    char out[1024], *to = out, *from = (char *)(size_t)text;
    size_t left = strlen(text), room = sizeof out;
    if (r->to_gb18030 == (iconv_t)-1)
        return csv_fwrite(r->file, text, left) == 0;
    (void)iconv(r->to_gb18030, NULL, NULL, NULL, NULL);
    (void)iconv(r->to_gb18030, &from, &left, &to, &room); /* what does not fit is cut */
    return csv_fwrite(r->file, out, sizeof out - room) == 0;
}

static bool begin_file(struct rejects *r)
{
    const struct record *header = reader_header(r->reader);
    r->file = fopen(r->draft, "we");
    if (strcmp(reader_encoding(r->reader), "GB18030") == 0)
        r->to_gb18030 = iconv_open("GB18030", "UTF-8");
    return r->file && fputs("rejected_line,rejected_reason,", r->file) >= 0 &&
           fwrite(header->raw, 1, header->raw_length, r->file) == header->raw_length &&
           fputc('\n', r->file) != EOF;
}

enum status rejects_add(struct rejects *r, uint64_t line, const char *reason, const char *raw,
                        size_t raw_length, struct error *err)
{
    r->count++;
    if (r->screen && r->count <= DRY_SHOWN)
        (void)fprintf(r->screen, "line %" PRIu64 ": %s\n", line, reason);
    if (r->dry)
        return ST_OK;
    if (!r->file && !begin_file(r))
        return failed(r, err);
    bool good = fprintf(r->file, "%" PRIu64 ",", line) > 0 && put_text(r, reason) &&
                fputc(',', r->file) != EOF && fwrite(raw, 1, raw_length, r->file) == raw_length &&
                fputc('\n', r->file) != EOF;
    return good ? ST_OK : failed(r, err);
}

enum status rejects_end(struct rejects *r, bool good, char *name, size_t size, struct error *err)
{
    enum status st = ST_OK;
    *name = '\0';
    if (r->screen && r->count > DRY_SHOWN)
        (void)fprintf(r->screen, "… and %" PRIu64 " more\n", r->count - DRY_SHOWN);
    if (r->file) {
        bool whole = fflush(r->file) == 0 && fsync(fileno(r->file)) == 0;
        whole = fclose(r->file) == 0 && whole;
        if (good && (!whole || rename(r->draft, r->path) != 0))
            st = failed(r, err);
        if (!good || st)
            (void)unlink(r->draft);
        else
            (void)snprintf(name, size, "%s", r->path);
    }
    rejects_free(r);
    return st;
}
