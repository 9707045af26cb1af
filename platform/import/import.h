/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import: the city's own tables from CSV files. What is in the database already is compared, not
 * repeated, so that a run that was broken off is simply run again. */
#ifndef PLATFORM_IMPORT_IMPORT_H
#define PLATFORM_IMPORT_IMPORT_H

#include "core/status.h"
#include "platform/domain/lifecycle.h"
#include "platform/import/reason.h"
#include "platform/store/store.h"
#include <stdio.h>

struct import_options {
    const char *kind; /* divisions, units, categories … */
    const char *file;
    const char *rejected;    /* where bad lines go; NULL: FILE.rejected */
    const char *const *maps; /* "theirs=ours" */
    size_t map_count;
    const char *channel;     /* appeals: of all of them; NULL: a column says it */
    const char *region;      /* code, of what has none; NULL none */
    const char *place_kind;  /* places: of what has none; NULL none */
    const char *appeal_kind; /* appeals: of what has none; NULL: a complaint */
    const char *city; /* divisions: the name of the city itself; NULL: it is there or in the file */
    struct policy policy;   /* limits of orders */
    bool dry_run;           /* checks all, keeps nothing */
    enum language language; /* of reasons and messages */
    FILE *progress;         /* NULL: none is shown */
};

struct import_result {
    uint64_t rows, fresh, changed, unchanged, rejected;
    const char *encoding;
    char rejected_file[512]; /* "" when there is none */
    char unused[512];        /* columns of the file that no field has, "" none */
};

/* Reads the file and keeps what it holds, some hundreds of lines a transaction. ST_OK also when
 * lines were rejected. Otherwise `err` says what was wrong; what `result` counts up to then is kept
 * (nothing of a dry run). */
enum status import_run(struct store *store, const struct import_options *options,
                       struct import_result *result, struct error *err);

/* The kinds, for messages: "divisions, units, …". */
const char *import_kinds(void);
bool import_kind_known(const char *kind);
/* Every kind with its columns and their other names, as Markdown. */
void import_print(FILE *out);

#endif
