/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words: what of a text can be found. A text is a row of units - a run of letters and digits is
 * one unit, a hanzi is one - and whatever else it holds parts them. Words are each run ("12345",
 * "a3") and each pair of neighbours with a hanzi in it ("停水", "a3区", "5g基"). Letters are small,
 * full-width forms are ASCII. What a mask ("*") touches is cut off with it: of a number that is
 * hidden in part nothing is a word. */
#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include <stddef.h>

enum { WORD_UNIT_MAX = 48, WORD_MAX = 2 * WORD_UNIT_MAX }; /* bytes; a longer run is cut there */

/* Calls `each` for every word of the NUL-terminated text, in its order, a word as often as it
 * stands there. `word` is valid during the call and has no NUL. Malformed bytes part units. */
void words_each(const char *text, void (*each)(void *user, const char *word, size_t length),
                void *user);
/* Parts of the text, between spaces or the like, that hold a unit but no word: a hanzi alone, or
 * what a mask touches. What they ask for cannot be looked up. */
size_t words_lost(const char *text);

#endif
