/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/import/encoding.h"
#include "core/text.h"
#include <errno.h>
#include <string.h>

bool encoding_ascii(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)bytes[i] >= 0x80)
            return false;
    return true;
}

/* Converts up to the end; the number of bytes that make no character there, or SIZE_MAX for what is
 * no character at all. `out` may be NULL. */
static size_t convert(iconv_t gb18030, const char *bytes, size_t n, struct buf *out)
{
    char piece[4096];
    char *in = (char *)(size_t)bytes; /* iconv does not write to it */
    size_t left = n;
    (void)iconv(gb18030, NULL, NULL, NULL, NULL);
    while (left) {
        char *to = piece;
        size_t room = sizeof piece;
        size_t done = iconv(gb18030, &in, &left, &to, &room);
        int why = errno;
        if (out)
            buf_add(out, piece, sizeof piece - room);
        if (done == (size_t)-1 && why == EINVAL)
            return left;
        if (done == (size_t)-1 && why != E2BIG)
            return SIZE_MAX;
    }
    return 0;
}

bool encoding_convert(iconv_t gb18030, const char *bytes, size_t n, struct buf *out)
{
    return convert(gb18030, bytes, n, out) == 0;
}

/* What a first or last line that is cut off may begin or end with. */
static size_t tail_utf8(const char *s, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        unsigned char c = (unsigned char)s[n - back];
        if (c >= 0xC0)
            return back < (c >= 0xF0 ? 4U : c >= 0xE0 ? 3U : 2U) ? back : 0;
        if (c < 0x80)
            break;
    }
    return 0;
}

enum encoding encoding_of(const char *bytes, size_t n, iconv_t gb18030)
{
    size_t utf8 = 0, gb = 0;
    for (size_t at = 0; at < n;) {
        const char *line = bytes + at, *end = memchr(line, '\n', n - at);
        size_t length = end ? (size_t)(end - line) : n - at;
        at += length + (end != NULL);
        if (encoding_ascii(line, length))
            continue;
        size_t cut = end ? 0 : tail_utf8(line, length);
        size_t rest = convert(gb18030, line, length, NULL);
        if (utf8_valid(line, length - cut))
            utf8++;
        else if (rest == 0 || (!end && rest != SIZE_MAX))
            gb++;
    }
    if (utf8 == 0 && gb == 0)
        return ENCODING_UNKNOWN;
    return utf8 >= gb ? ENCODING_UTF8 : ENCODING_GB18030;
}
