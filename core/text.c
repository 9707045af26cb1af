/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

enum { REPLACEMENT = 0xFFFD, ELLIPSIS = 0x2026, IDEOGRAPHIC_SPACE = 0x3000 };

_Static_assert(sizeof(wchar_t) == 4, "wcwidth is asked with code points");

int text_char_width(uint32_t code_point)
{
    if (code_point >= 0x20 && code_point < 0x7F)
        return 1;
    int width = wcwidth((wchar_t)code_point);
    return width < 0 ? 1 : width;
}

int text_width(const char *s)
{
    size_t n = strlen(s);
    int width = 0;
    for (size_t i = 0; i < n;) {
        uint32_t code_point;
        i += utf8_decode(s + i, n - i, &code_point);
        width += text_char_width(code_point);
    }
    return width;
}

/* text_cut within the first `n` bytes of `s`. */
static size_t cut(const char *s, size_t n, int cells, int *used)
{
    size_t i = 0;
    int width = 0;
    while (cells >= 0 && i < n) {
        uint32_t code_point;
        size_t taken = utf8_decode(s + i, n - i, &code_point);
        int more = text_char_width(code_point);
        if (more > cells - width)
            break;
        width += more;
        i += taken;
    }
    if (used)
        *used = width;
    return i;
}

size_t text_cut(const char *s, int cells, int *used)
{
    return cut(s, strlen(s), cells, used);
}

static void add_spaces(struct buf *out, int count)
{
    for (; count > 0; count--)
        buf_add_char(out, ' ');
}

static void add_code_point(struct buf *out, uint32_t code_point)
{
    char bytes[4];
    buf_add(out, bytes, utf8_encode(code_point, bytes));
}

void text_fit(struct buf *out, const char *s, int cells)
{
    if (cells < 1)
        return;
    /* Nothing is lost with blanks at the end (text_wrap leaves some), so they ask for no ellipsis.
     */
    size_t n = strlen(s);
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\n'))
        n--;
    int used;
    size_t taken = cut(s, n, cells, &used);
    bool whole = taken == n;
    int mark = text_char_width(ELLIPSIS); /* two cells in some Chinese locales */
    if (!whole && mark <= cells)
        taken = cut(s, n, cells - mark, &used);
    buf_add(out, s, taken);
    if (!whole && mark <= cells) {
        add_code_point(out, ELLIPSIS);
        used += mark;
    }
    add_spaces(out, cells - used);
}

/* --- wrapping ------------------------------------------------------------------------------- */

/* Marks that must not begin a line although Unicode does not call them closing. */
static bool is_closing_mark(uint32_t c)
{
    switch (c) {
    case ',':
    case '.':
    case ':':
    case ';':
    case '!':
    case '?':
    case '%':
    case 0x00B7: /* middle dot */
    case 0x2026: /* … */
    case 0x3001: /* 、 */
    case 0x3002: /* 。 */
    case 0xFF01: /* ！ */
    case 0xFF05: /* ％ */
    case 0xFF0C: /* ， */
    case 0xFF0E: /* ． */
    case 0xFF1A: /* ： */
    case 0xFF1B: /* ； */
    case 0xFF1F: /* ？ */
        return true;
    default:
        return false;
    }
}

static bool may_begin_line(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return category != UTF8PROC_CATEGORY_PE && category != UTF8PROC_CATEGORY_PF &&
           category != UTF8PROC_CATEGORY_MC && !is_closing_mark(c);
}

static bool may_end_line(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return category != UTF8PROC_CATEGORY_PS && category != UTF8PROC_CATEGORY_PI;
}

/* True if a line may end between the characters `a` and `b`, neither of them a space. */
static bool breaks_between(uint32_t a, uint32_t b)
{
    bool wide = text_char_width(a) == 2 || text_char_width(b) == 2;
    return wide && may_end_line(a) && may_begin_line(b);
}

size_t text_wrap(const char *s, int cells)
{
    size_t n = strlen(s);
    if (n == 0 || cells < 1)
        return 0;
    size_t last_break = 0; /* bytes up to the last place where the line may end */
    uint32_t before = 0;   /* the last character with a cell of its own */
    int width = 0;
    for (size_t i = 0; i < n;) {
        uint32_t c;
        size_t taken = utf8_decode(s + i, n - i, &c);
        if (c == '\n')
            return i + 1;
        int more = text_char_width(c);
        if (more == 0 && i > 0) { /* stays with what it is written on */
            i += taken;
            continue;
        }
        if (i > 0 && (before == ' ' ? c != ' ' : c != ' ' && breaks_between(before, c)))
            last_break = i;
        /* A space never begins the next line: it hangs over the edge of this one. */
        if (c != ' ' && more > cells - width) {
            if (last_break)
                return last_break;
            return i ? i : taken + cut(s + taken, n - taken, 0, NULL);
        }
        width += more;
        before = c;
        i += taken;
    }
    return n;
}

/* --- hostile text --------------------------------------------------------------------------- */

bool text_is_safe(uint32_t code_point)
{
    if (code_point < 0x7F)
        return code_point >= 0x20;
    if (code_point > 0x10FFFF)
        return false;
    switch (utf8proc_category((utf8proc_int32_t)code_point)) {
    case UTF8PROC_CATEGORY_CC: /* C0, DEL, C1 */
    case UTF8PROC_CATEGORY_CF: /* bidi, zero width, tags, soft hyphen */
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    case UTF8PROC_CATEGORY_CN:
        /* Later extensions of the ideographs fill these planes: people bear such names. */
        return text_is_hanzi(code_point);
    default:
        return true;
    }
}

void text_clean(struct buf *out, const char *s, size_t n, bool keep_lines)
{
    buf_add(out, "", 0);
    size_t plain = 0; /* where the bytes begin that are copied as they are */
    for (size_t i = 0; i < n;) {
        uint32_t c;
        size_t taken = utf8_decode(s + i, n - i, &c);
        bool kept = text_is_safe(c) && !(c == REPLACEMENT && taken == 1);
        if (!kept) {
            buf_add(out, s + plain, i - plain);
            bool line_end = c == '\r' && i + 1 < n && s[i + 1] == '\n';
            if (c == '\n' || c == '\t')
                buf_add_char(out, c == '\n' && keep_lines ? '\n' : ' ');
            else if (!line_end) /* the newline behind it speaks for both */
                add_code_point(out, REPLACEMENT);
            plain = i + taken;
        }
        i += taken;
    }
    buf_add(out, s + plain, n - plain);
}

/* --- matching ------------------------------------------------------------------------------- */

bool text_is_hanzi(uint32_t c)
{
    if (c < 0x3007 || c > 0x3FFFD)
        return false;
    return c == 0x3007 || /* 〇, a digit that is written as one */
           (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAD9) ||           /* compatibility, as far as it is filled */
           (c >= 0x20000 && (c & 0xFFFF) <= 0xFFFD); /* planes 2 and 3 hold nothing else */
}

void text_fold(struct buf *out, const char *s)
{
    size_t n = strlen(s);
    buf_add(out, "", 0);
    for (size_t i = 0; i < n;) {
        uint32_t c;
        i += utf8_decode(s + i, n - i, &c);
        if (c >= 0xFF01 && c <= 0xFF5E)
            c -= 0xFF01 - '!';
        if (c >= 'A' && c <= 'Z')
            c += 'a' - 'A';
        if ((c >= '\t' && c <= '\r') ||
            utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ZS)
            continue;
        add_code_point(out, c);
    }
}
