/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pinyin: readings of hanzi. The table is made at build time from the Unihan database that Debian's
 * package unicode-data holds (Unicode licence; see docs/dependencies.md). */
#ifndef CORE_PINYIN_H
#define CORE_PINYIN_H

#include <stddef.h>
#include <stdint.h>

enum { PINYIN_READINGS_MAX = 8 };

/* Fills `readings` with the toneless lower-case readings of a hanzi ("chang", "zhang"; ü is v), the
 * most usual first, static strings. Returns how many (0 for no hanzi), at most PINYIN_READINGS_MAX.
 */
size_t pinyin_readings(uint32_t hanzi, const char *readings[PINYIN_READINGS_MAX]);

#endif
