/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rejects: the lines that were not taken, in a file that can be mended and imported again: two
 * columns more, rejected_line and rejected_reason, before the original line byte for byte. */
#ifndef PLATFORM_IMPORT_REJECTS_H
#define PLATFORM_IMPORT_REJECTS_H

#include "platform/import/import.h"
#include "platform/import/reader.h"

struct rejects;

/* Nothing is written before there is a line. NULL when the place for them is the input itself. */
struct rejects *rejects_new(const struct reader *reader, const struct import_options *options,
                            struct error *err);
enum status rejects_add(struct rejects *rejects, uint64_t line, const char *reason, const char *raw,
                        size_t raw_length, struct error *err);
/* Puts the file in its place, which is told in `name` ("" when there is none), unless the run
 * failed; frees. */
enum status rejects_end(struct rejects *rejects, bool good, char *name, size_t size,
                        struct error *err);

#endif
