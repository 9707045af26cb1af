/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The run: lines from the reader, batches to the writer, bad lines to a file of their own. */
#include "platform/import/import.h"
#include "core/clock.h"
#include "core/text.h"
#include "platform/import/import_private.h"
#include "platform/import/progress.h"
#include "platform/import/rejects.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A batch is one transaction: large enough that its sync costs nothing, small enough to be held. */
enum { BATCH_ROWS = 500, BATCH_BYTES = 4 << 20 };

static const struct kind *const kinds[] = {&kind_divisions,      &kind_units,    &kind_categories,
                                           &kind_responsibility, &kind_places,   &kind_components,
                                           &kind_holidays,       &kind_channels, &kind_accounts,
                                           &kind_articles,       &kind_appeals};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct batch {
    struct import *im;
    struct arena *arena;
    struct row rows[BATCH_ROWS];
    size_t count, bytes;
    bool last;
    struct import_result counts;
};

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

bool import_kind_known(const char *kind)
{
    return find_kind(kind) != NULL;
}

const char *import_kinds(void)
{
    static char names[200];
    size_t n = 0;
    for (size_t i = 0; i < KINDS; i++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "", kinds[i]->name);
    return names;
}

void import_print(FILE *out)
{
    for (size_t k = 0; k < KINDS; k++) {
        (void)fprintf(out, "\n### %s\n\n%s\n\n| column | also | |\n|---|---|---|\n", kinds[k]->name,
                      kinds[k]->help);
        for (size_t i = 0; i < kinds[k]->column_count; i++) {
            const struct column *c = &kinds[k]->columns[i];
            (void)fprintf(out, "| %s%s | ", c->name, c->required ? " *" : "");
            for (const char *s = c->others; *s; s++)
                (void)fprintf(out, *s == '|' ? ", " : "%c", *s);
            (void)fprintf(out, " | %s |\n", c->help);
        }
    }
}

/* --- one batch -------------------------------------------------------------------------------- */

static const char *trimmed(struct arena *arena, const char *text)
{
    static const char spaces[] = " \t\r\n";
    text += strspn(text, spaces);
    size_t n = strlen(text);
    while (n && strchr(spaces, text[n - 1]))
        n--;
    return n ? arena_strndup(arena, text, n) : "";
}

static void add_row(struct batch *batch, const struct record *record)
{
    struct import *im = batch->im;
    struct row *row = &batch->rows[batch->count++];
    char *raw = arena_alloc(batch->arena, record->raw_length);
    memcpy(raw, record->raw, record->raw_length);
    *row = (struct row){.im = im,
                        .arena = batch->arena,
                        .line = record->line,
                        .raw = raw,
                        .raw_length = record->raw_length};
    batch->bytes += 2 * record->raw_length;
    if (record->reason) {
        reject(row, record->reason, arena_strdup(batch->arena, record->a),
               arena_strdup(batch->arena, record->b));
        return;
    }
    const char **cells = arena_alloc(batch->arena, COLUMNS_MAX * sizeof *cells);
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        cells[i] = im->at[i] >= 0 ? trimmed(batch->arena, record->fields[im->at[i]]) : "";
    row->cells = cells;
}

static void check_required(struct row *row)
{
    const struct kind *kind = row->im->kind;
    for (size_t i = 0; i < kind->column_count; i++)
        if (kind->columns[i].required && !*row->cells[i])
            reject(row, REASON_MISSING, kind->columns[i].name, NULL);
}

static enum status read_batch(struct batch *batch)
{
    struct record record;
    arena_reset(batch->arena);
    batch->count = batch->bytes = 0;
    while (batch->count < BATCH_ROWS && batch->bytes < BATCH_BYTES) {
        if (!reader_next(batch->im->reader, &record, batch->im->err)) {
            batch->last = true;
            return batch->im->err->status;
        }
        add_row(batch, &record);
        if (batch->rows[batch->count - 1].reason == REASON_NONE)
            check_required(&batch->rows[batch->count - 1]);
    }
    return ST_OK;
}

/* Inside a job. */
static enum status take_batch(struct batch *batch, struct db *db)
{
    batch->counts = (struct import_result){.rows = batch->count};
    for (size_t i = 0; i < batch->count; i++) {
        struct row *row = &batch->rows[i];
        row->db = db;
        enum outcome outcome = row->reason ? OUTCOME_REJECTED : batch->im->kind->take(row);
        if (outcome == OUTCOME_FAILED)
            return ST_IO;
        batch->counts.fresh += outcome == OUTCOME_NEW;
        batch->counts.changed += outcome == OUTCOME_CHANGED;
        batch->counts.unchanged += outcome == OUTCOME_UNCHANGED;
        batch->counts.rejected += outcome == OUTCOME_REJECTED;
    }
    return ST_OK;
}

static enum status batch_job(struct db *db, void *user)
{
    return take_batch(user, db);
}

static void count_batch(struct batch *batch)
{
    struct import_result *all = batch->im->result;
    all->rows += batch->counts.rows;
    all->fresh += batch->counts.fresh;
    all->changed += batch->counts.changed;
    all->unchanged += batch->counts.unchanged;
    all->rejected += batch->counts.rejected;
}

static enum status put_rejects(struct batch *batch, struct rejects *rejects)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct row *row = &batch->rows[i];
        if (row->reason && rejects_add(rejects, row->line,
                                       reason_text(row->reason, row->a, row->b,
                                                   batch->im->options->language, batch->arena),
                                       row->raw, row->raw_length, batch->im->err))
            return batch->im->err->status;
    }
    return ST_OK;
}

/* --- the whole file --------------------------------------------------------------------------- */

struct run {
    struct batch batch;
    struct rejects *rejects;
    struct progress progress;
};

static enum status not_stored(const struct batch *batch, enum status st)
{
    struct import *im = batch->im;
    const struct error why = *im->err;
    const struct row *first = &batch->rows[0], *last = &batch->rows[batch->count - 1];
    return error_set(im->err, st,
                     "lines %" PRIu64 " to %" PRIu64 " were not kept: %.100s; those before are, "
                     "and the same command goes on from there",
                     first->line, last->line,
                     why.status ? why.message : "the database took nothing (is its disk full?)");
}

static enum status run_batches(struct run *run, struct db *dry)
{
    struct batch *batch = &run->batch;
    struct import *im = batch->im;
    enum status st = ST_OK;
    while (!st && !batch->last) {
        st = read_batch(batch);
        if (st || batch->count == 0)
            break;
        st = dry ? take_batch(batch, dry) : store_write_wait(im->store, batch_job, batch);
        if (st) {
            st = not_stored(batch, st);
        } else {
            count_batch(batch);
            st = put_rejects(batch, run->rejects);
        }
        progress_show(&run->progress, im->reader, im->result->rows);
    }
    progress_end(&run->progress);
    return st;
}

/* Everything in one transaction that is given up in the end: what an import would say is what it
 * says. */
struct dry_run {
    struct run *run;
    enum status status;
};

static enum status dry_job(struct db *db, void *user)
{
    struct dry_run *dry = user;
    dry->status = run_batches(dry->run, db);
    return ST_CONFLICT;
}

static enum status run_all(struct run *run)
{
    struct import *im = run->batch.im;
    if (!im->options->dry_run)
        return run_batches(run, NULL);
    struct dry_run dry = {run, ST_OK};
    (void)store_write_wait(im->store, dry_job, &dry);
    return dry.status;
}

static enum status begin(struct import *im)
{
    enum status st = columns_find(im, im->err);
    struct db *db = st ? NULL : store_reader(im->store, im->err);
    if (st || !db)
        return st ? st : im->err->status;
    return im->kind->begin ? im->kind->begin(im, db, im->err) : ST_OK;
}

static enum status import_file(struct import *im, struct run *run)
{
    const struct import_options *options = im->options;
    enum status st = begin(im);
    if (st)
        return st;
    run->batch.im = im;
    run->rejects = rejects_new(im->reader, options, im->err);
    if (!run->rejects)
        return im->err->status;
    progress_begin(&run->progress, options->progress);
    st = run_all(run);
    enum status kept = rejects_end(run->rejects, st == ST_OK, im->result->rejected_file,
                                   sizeof im->result->rejected_file, st ? NULL : im->err);
    return st ? st : kept;
}

enum status import_run(struct store *store, const struct import_options *options,
                       struct import_result *result, struct error *err)
{
    *err = (struct error){ST_OK, ""};
    *result = (struct import_result){.encoding = ""};
    struct import im = {.options = options,
                        .kind = find_kind(options->kind),
                        .store = store,
                        .arena = arena_new(),
                        .now = clock_now_ms(),
                        .result = result,
                        .err = err};
    struct run *run = calloc(1, sizeof *run);
    if (run)
        run->batch.arena = arena_new();
    enum status st = ST_OK;
    if (!im.kind)
        st = error_set(err, ST_INVALID, "there is no kind \"%s\" (%s)", options->kind,
                       import_kinds());
    else if (!im.arena || !run || !run->batch.arena)
        st = error_set(err, ST_NO_MEMORY, "out of memory");
    else if (!(im.reader = reader_open(options->file, err)))
        st = err->status;
    else
        st = import_file(&im, run);
    if (im.kind && im.kind->end)
        im.kind->end(&im);
    if (im.reader)
        result->encoding = reader_encoding(im.reader);
    reader_close(im.reader);
    arena_free(im.arena);
    if (run)
        arena_free(run->batch.arena);
    free(run);
    return st;
}
