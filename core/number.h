/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number: identifiers and the order numbers that citizens read aloud. */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Identifiers have 53 bits, so that a JSON number holds them exactly: 11 bits month since 1970-01
 * (PostgreSQL partitions by it), 8 bits node, 34 bits sequence. */
int64_t id_make(int32_t month, int32_t node, int64_t sequence);
int32_t id_month(int64_t id);
int32_t id_node(int64_t id);
int64_t id_sequence(int64_t id);

/* "261118-0042-7": the day (YYMMDD), the number within the day (4 digits or more), and a check
 * digit over both by ISO/IEC 7064 MOD 11,10, which finds each single wrong digit and nearly all
 * swapped neighbours. */
enum { ORDER_NUMBER_SIZE = 20 };
void order_number_format(int32_t day, int64_t n, char out[ORDER_NUMBER_SIZE]);
/* True if `text` is a well-formed number whose check digit is right; writes the normalised form.
 * Accepts the dashes left out, and surrounding spaces. */
bool order_number_parse(const char *text, char out[ORDER_NUMBER_SIZE]);
/* Likewise for what a person types of this year's orders: "1118-0042-7" is completed with the year
 * of `now_ms`. */
bool order_number_complete(const char *text, int64_t now_ms, char out[ORDER_NUMBER_SIZE]);

#endif
