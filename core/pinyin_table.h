/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The generated table behind core/pinyin.c; private to it. */
#ifndef CORE_PINYIN_TABLE_H
#define CORE_PINYIN_TABLE_H

#include <stdint.h>

/* Which row of `pinyin_places` holds the 256 code points from page * 256 on; row 0 is empty. */
extern const uint16_t pinyin_pages[];
extern const uint32_t pinyin_page_count;
/* Where in `pinyin_pool` the readings of a code point stand; 0 for none. */
extern const uint16_t pinyin_places[][256];
/* At each place a count, then that many indices of `pinyin_syllables`. */
extern const uint16_t pinyin_pool[];
extern const char *const pinyin_syllables[];

#endif
