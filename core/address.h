/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: the index that completes a place at every key. Built once, then read by any number of
 * threads; a changed city is a new index that replaces the old one. */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

#include "core/status.h"
#include <stddef.h>
#include <stdint.h>

struct address_builder;
struct address_index;

/* An empty builder, or NULL without memory. */
struct address_builder *address_builder_new(void);
/* For a builder that was not given to address_build. NULL is allowed. */
void address_builder_free(struct address_builder *builder);
/* A region by its division code of 1 to 24 digits; its parent is the longest added code that is a
 * true prefix (420281 > 420281001 > 420281001002 > 420281001002003), added before or after. A code
 * that is added again gets the new name. Strings are copied. ST_INVALID for another code or a name
 * that is empty or no UTF-8; ST_NO_MEMORY. */
enum status address_add_region(struct address_builder *builder, const char *code, const char *name);
/* A place inside the region `region_code`. `popularity` orders equals, greater first. Fails like
 * address_add_region; places of one region are best added one after the other. */
enum status address_add_place(struct address_builder *builder, int64_t id, const char *name,
                              const char *region_code, uint32_t popularity);
/* Makes the index; the builder is freed in any case. NULL with `err` (may be NULL) filled when
 * memory is out or a place names a region that was not added. */
struct address_index *address_build(struct address_builder *builder, struct error *err);
/* NULL is allowed. */
void address_index_free(struct address_index *index);
/* The number of places, regions not counted. */
size_t address_count(const struct address_index *index);

/* One proposal. Strings belong to the index. */
struct address_match {
    int64_t id;              /* the place; 0 for a region */
    const char *name;        /* of the place or region itself */
    const char *region_code; /* of the region that holds it, or is it */
    int tier;                /* 0 prefix of the name, 1 start of a later token, 2 inside */
};

/* The best at most `limit` (1..50) proposals for what was typed so far.
 *
 * What counts of names and queries are letters, digits, hanzi, '-' and '#', folded to small and
 * half-width (an apostrophe is dropped). All else cuts a query into tokens and begins a token of a
 * name; one begins too with a run of digits or letters, with hanzi after letters, and behind an
 * ending such as 街道, 镇, 村, 路 or 号. A query of more than 128 characters or 8 tokens is
 * hopeless.
 *
 * A token matches a name at a place if its characters go on from there: a hanzi typed as itself, as
 * any of its readings in full, as the reading's first letter (or zh, ch, sh), and at the token's
 * end as any beginning of a reading; letters and digits as themselves. A proposal matches if each
 * token matches its own name or that of a region above it, at least one its own; its tier is the
 * best of those. If nothing does, one token is cut in two wherever no number is cut and
 * each part has two characters or is a digit, and what matches any such query is proposed:
 * "金湖湖滨". ü is v. Of a name 256 characters count.
 *
 * Regions longer than a county's six digits are proposed as well. Order: the tier; regions before
 * places; upper regions before lower ones and popular places before others; shorter names; then a
 * fixed order. Returns the number written; 0 for an empty or hopeless query, or without memory.
 * Work is bounded: a hostile query may miss proposals, never take long. Never fails. Thread-safe.
 */
size_t address_complete(const struct address_index *index, const char *query, size_t limit,
                        struct address_match *matches);

/* Writes the names from street to grid above `region_code` and itself, joined by a space
 * ("金湖街道 湖滨社区 第三网格"), cut at `size` bytes (with the NUL) on a character; "" for a code
 * that was not added or is a county's or above. */
void address_region_path(const struct address_index *index, const char *region_code, char *out,
                         size_t size);

#endif
