/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export: orders or their events as CSV, as one account sees them: its scope, its masks. */
#ifndef PLATFORM_API_EXPORT_H
#define PLATFORM_API_EXPORT_H

#include "platform/api/api.h"
#include <stdio.h>

struct export_options {
    bool events;       /* the events of the orders instead of the orders */
    const char *login; /* whose eyes */
    const char *view;  /* NULL: all */
    int64_t from, to;  /* received (orders) or done (events) from this moment, to before that one; 0
                          open */
    bool bom;          /* the mark by which some spreadsheets know UTF-8 */
};

/* Notes the export in the access log, calls `begin` (which may open the output; NULL refuses, with
 * err set) and writes. `*rows` counts the lines behind the header. A cell that a spreadsheet would
 * run gets an apostrophe before it. */
enum status api_export(struct api *api, const struct export_options *options,
                       FILE *(*begin)(void *user, struct error *err), void *user, uint64_t *rows,
                       struct error *err);

#endif
