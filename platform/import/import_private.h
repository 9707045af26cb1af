/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of import/ share. A kind is a table of columns and a function that compares one
 * line with the database and brings it there. */
#ifndef PLATFORM_IMPORT_PRIVATE_H
#define PLATFORM_IMPORT_PRIVATE_H

#include "core/arena.h"
#include "platform/import/import.h"
#include "platform/import/reader.h"

struct column {
    const char *name;
    const char *others; /* other names that are understood, with '|' between them */
    bool required;      /* the file must have it, and each line a value */
    const char *help;
};

/* What became of a line. */
enum outcome {
    OUTCOME_NEW,
    OUTCOME_CHANGED,
    OUTCOME_UNCHANGED,
    OUTCOME_REJECTED,
    OUTCOME_FAILED, /* the database did not take it: nothing of the batch is kept */
};

struct import;

/* A line that is being worked on. */
struct row {
    struct import *im;
    struct db *db;       /* the writer's, inside a job */
    struct arena *arena; /* the batch's */
    uint64_t line;
    const char *raw;
    size_t raw_length;
    const char *const *cells; /* one a column of the kind; "" where the file has nothing */
    enum reason reason;
    const char *a, *b;
};

struct kind {
    const char *name;
    const struct column *columns;
    size_t column_count;
    const char *help;
    /* Checks the options and what must be there before any line; NULL: nothing. */
    enum status (*begin)(struct import *im, struct db *db, struct error *err);
    enum outcome (*take)(struct row *row);
    void (*end)(struct import *im); /* NULL: nothing is left to free */
};
extern const struct kind kind_divisions, kind_units, kind_categories, kind_responsibility,
    kind_places, kind_components, kind_holidays, kind_channels, kind_accounts, kind_articles,
    kind_appeals;

enum { COLUMNS_MAX = 24 };

struct import {
    const struct import_options *options;
    const struct kind *kind;
    struct store *store;
    struct reader *reader;
    struct arena *arena; /* of the whole run: what begin() finds out */
    int at[COLUMNS_MAX]; /* where each column of the kind is in the file, -1 nowhere */
    int64_t now;
    struct import_result *result;
    struct error *err;
    void *data; /* the kind's own, in the arena */
};

/* --- columns.c -------------------------------------------------------------------------------- */
/* Finds the columns in the header. ST_INVALID when none is known, or one that is needed is not
 * there, or one stands twice, or a --map names nothing. */
enum status columns_find(struct import *im, struct error *err);
bool column_given(const struct row *row, int column);

/* --- values.c: a cell as a value. False with the row's reason set ------------------------------
 */
enum outcome reject(struct row *row, enum reason reason, const char *a, const char *b);
/* The cell without spaces around it; "" for nothing. */
const char *cell(const struct row *row, int column);
/* A text of at most `most` code points; more than one line only where `lines`. */
bool cell_text(struct row *row, int column, size_t most, bool lines, const char **out);
bool cell_number(struct row *row, int column, int64_t least, int64_t most, int64_t *out);
bool cell_bool(struct row *row, int column, bool *out);
/* A moment, in the city's zone where none is given: 2019-02-28 11:25:05, 2019/2/28 11:25,
 * 2019年2月28日, RFC 3339. */
bool cell_time(struct row *row, int column, int64_t *out);
bool cell_day(struct row *row, int column, int32_t *out);
/* "24h", "3d", "5个工作日"; "" is n = 0. */
bool cell_limit(struct row *row, int column, struct limit *out);
/* A word of a list by name or label in either language. */
bool cell_word(struct row *row, int column, enum word_list list, int *out);
/* Digits alone, of one of these lengths (0 ends them). */
bool code_good(const char *code, const int *lengths);

/* --- references: what a cell names; "" gives nothing and is good ------------------------------ */
bool cell_region(struct row *row, int column, const char **code);
bool cell_unit(struct row *row, int column, int64_t *id);
bool cell_category(struct row *row, int column, const char **code);
/* A number of its own for what has none, the same in each run: from its kind and its names. Above
 * all that are counted. */
int64_t stable_id(const char *kind, const char *a, const char *b);
/* What a column says where the file has it, otherwise what is there already. */
#define KEPT(row, column, value, kept) (column_given(row, column) ? (value) : (kept))
bool same_text(const char *a, const char *b);

#endif
