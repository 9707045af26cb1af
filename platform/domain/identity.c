/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resident identity numbers, GB 11643-1999: six digits of a region, eight of a birthday, three of a
 * sequence, and a check character by ISO 7064 MOD 11-2. */
#include "platform/domain/mask.h"
#include "platform/domain/mask_private.h"

#include <string.h>

enum { LENGTH = 18, HEAD = 3, TAIL = 2 };

static bool check_character_good(const char *s)
{
    static const char CHARACTERS[] = "10X98765432";
    static const int WEIGHTS[LENGTH - 1] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < LENGTH - 1; i++)
        sum += (s[i] - '0') * WEIGHTS[i];
    return CHARACTERS[sum % 11] == s[LENGTH - 1];
}

static int number_at(const char *s, size_t at, size_t digits)
{
    int n = 0;
    for (size_t i = 0; i < digits; i++)
        n = n * 10 + (s[at + i] - '0');
    return n;
}

static bool birthday_good(const char *s)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = number_at(s, 6, 4), month = number_at(s, 10, 2), day = number_at(s, 12, 2);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1800 && year < 2100 && month >= 1 && month <= 12 && day >= 1 &&
           day <= DAYS[month - 1] + (leap && month == 2);
}

const char *identity_normalise(const char *text, struct arena *arena)
{
    struct glyphs glyphs = glyphs_read(text ? text : "", arena);
    char number[LENGTH + 1] = "";
    size_t n = 0;
    for (size_t i = 0; i < glyphs.count; i++) {
        const struct glyph *glyph = &glyphs.items[i];
        bool digit = glyph->digit >= 0 && !glyph->spelled;
        if (!digit && glyph_separates(glyph->code))
            continue;
        if (n == LENGTH || !(digit || (glyph->fold == 'X' && n == LENGTH - 1)))
            return "";
        number[n++] = digit ? (char)('0' + glyph->digit) : 'X';
    }
    if (n != LENGTH || number[0] == '0' || !birthday_good(number) || !check_character_good(number))
        return "";
    return arena_strdup(arena, number);
}

const char *mask_identity(const char *identity, struct arena *arena)
{
    char *masked = arena_strdup(arena, identity);
    size_t n = strlen(masked);
    for (size_t i = 0; i < n; i++)
        if (n < LENGTH || (i >= HEAD && i + TAIL < n))
            masked[i] = '*';
    return masked;
}
