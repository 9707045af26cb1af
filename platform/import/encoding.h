/* SPDX-License-Identifier: GPL-3.0-or-later */
/* encoding: UTF-8 or GB18030, and from the second to the first. */
#ifndef PLATFORM_IMPORT_ENCODING_H
#define PLATFORM_IMPORT_ENCODING_H

#include "core/buf.h"
#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>

enum encoding { ENCODING_UNKNOWN, ENCODING_UTF8, ENCODING_GB18030 };

/* What most of the lines with anything beyond ASCII are; ENCODING_UNKNOWN when there is none. A
 * last line that is cut off counts by what is there of it. `gb18030` converts
 * from GB18030 to UTF-8. */
enum encoding encoding_of(const char *bytes, size_t n, iconv_t gb18030);
/* Appends the text in UTF-8; false when it is not of that encoding. */
bool encoding_convert(iconv_t gb18030, const char *bytes, size_t n, struct buf *out);
bool encoding_ascii(const char *bytes, size_t n);

#endif
