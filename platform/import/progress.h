/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress: one line that says how far a file is, how fast, and how long it will still take. */
#ifndef PLATFORM_IMPORT_PROGRESS_H
#define PLATFORM_IMPORT_PROGRESS_H

#include "platform/import/reader.h"
#include <stdio.h>

struct progress {
    FILE *out; /* NULL: nothing is shown */
    bool terminal, shown;
    int64_t begun_ms, next_ms; /* clock_ticks_ms */
};

void progress_begin(struct progress *progress, FILE *out);
/* Shows it when there is something to say: some times a second on a terminal, now and then
 * elsewhere. */
void progress_show(struct progress *progress, const struct reader *reader, uint64_t rows);
void progress_end(struct progress *progress);

#endif
