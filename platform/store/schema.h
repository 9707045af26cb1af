/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schema: the steps of the schema, a file each, which are never edited once released. The texts use
 * the words that each engine replaces: int8 (64-bit integer), text (compared byte by byte), bytes,
 * feedkey (a number that grows with each row), and "strict" at the end of a table. Times are
 * integer ms, 0 = none; no column is ever null. */
#ifndef PLATFORM_STORE_SCHEMA_H
#define PLATFORM_STORE_SCHEMA_H

extern const char schema_1_loop[], schema_2_personal[], schema_3_accounts[], schema_4_search[],
    schema_5_imports[];

#endif
