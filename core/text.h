/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text: UTF-8, cell width, cutting by cells, and the filter that makes citizens' words harmless. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include "core/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes one code point of the `n` > 0 bytes at `s`. Returns the bytes it took (1..4); a malformed
 * sequence gives U+FFFD and 1. Overlong forms, surrogates and values past U+10FFFF are malformed.
 */
size_t utf8_decode(const char *s, size_t n, uint32_t *code_point);
/* Writes one code point, returns its bytes (1..4). */
size_t utf8_encode(uint32_t code_point, char out[4]);
bool utf8_valid(const char *s, size_t n);
/* Code points in a NUL-terminated string. */
size_t utf8_count(const char *s);

/* Cells that the terminal gives one code point in the current locale: 0 combining, 1, 2; 1 for
 * what the locale calls unprintable. */
int text_char_width(uint32_t code_point);
/* Cells of a NUL-terminated string. */
int text_width(const char *s);
/* Bytes of the longest prefix of `s` of at most `cells` cells, with the combining marks that belong
 * to it; `*used` (may be NULL) gets its cells. */
size_t text_cut(const char *s, int cells, int *used);
/* Appends `s` in exactly `cells` cells: cut with "…" when too long, filled with spaces when short.
 * Spaces and newlines at the end of `s` do not count. */
void text_fit(struct buf *out, const char *s, int cells);
/* Bytes of `s` for the next screen line of at most `cells` cells, cutting after a newline, at a
 * space or between hanzi (not before a closing mark or after an opening one), in the middle of a
 * word only when there is no other place. The newline or the spaces at the cut are counted in the
 * bytes but not in the cells: leave them out when drawing (text_fit does). Never 0 unless `s` is
 * empty or cells < 1. */
size_t text_wrap(const char *s, int cells);

/* True if a code point may reach a terminal: not C0, C1, a format character (bidi, zero width,
 * tags), a line or paragraph separator, a surrogate, or unassigned (its width is anybody's guess).
 */
bool text_is_safe(uint32_t code_point);
/* Appends `s` (n bytes of anything) made safe to print: valid UTF-8, each malformed byte and each
 * code point that is not safe replaced by U+FFFD; a newline becomes a space unless `keep_lines`, a
 * tab always does, CR LF is one newline. The only way for foreign text to the terminal. */
void text_clean(struct buf *out, const char *s, size_t n, bool keep_lines);

/* True for CJK ideographs (unified, extensions, compatibility) and U+3007, the round zero. */
bool text_is_hanzi(uint32_t code_point);
/* Folds full-width forms to ASCII, capital ASCII to small, and drops spaces: for matching.
 * Appends to out. */
void text_fold(struct buf *out, const char *s);

#endif
