/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/clock.h"
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { SEQUENCE_BITS = 34, NODE_BITS = 8, MONTH_BITS = 11 };
enum { DAY_DIGITS = 6, SHORT_DAY_DIGITS = 4, N_DIGITS_MIN = 4, N_DIGITS_MAX = 10 };

static int64_t mask(int bits)
{
    return ((int64_t)1 << bits) - 1;
}

int64_t id_make(int32_t month, int32_t node, int64_t sequence)
{
    return (month & mask(MONTH_BITS)) << (NODE_BITS + SEQUENCE_BITS) |
           (node & mask(NODE_BITS)) << SEQUENCE_BITS | (sequence & mask(SEQUENCE_BITS));
}

int32_t id_month(int64_t id)
{
    return (int32_t)(id >> (NODE_BITS + SEQUENCE_BITS) & mask(MONTH_BITS));
}

int32_t id_node(int64_t id)
{
    return (int32_t)(id >> SEQUENCE_BITS & mask(NODE_BITS));
}

int64_t id_sequence(int64_t id)
{
    return id & mask(SEQUENCE_BITS);
}

/* One step of ISO/IEC 7064's hybrid system with the moduli 11 and 10: add the digit modulo 10 (with
 * 10 for 0), then double modulo 11. */
static int check_step(int product, int digit)
{
    int sum = (product + digit) % 10;
    return (sum ? sum : 10) * 2 % 11;
}

/* The check digit c makes (product + c) mod 10 equal to 1. */
static int check_digit(const char *digits, size_t n)
{
    int product = 10;
    for (size_t i = 0; i < n; i++)
        product = check_step(product, digits[i] - '0');
    return (11 - product) % 10;
}

/* Joins day (YYMMDD), number and check digit. */
static void join(const char *day, const char *n, size_t n_length, char check,
                 char out[ORDER_NUMBER_SIZE])
{
    memcpy(out, day, DAY_DIGITS);
    out[DAY_DIGITS] = '-';
    memcpy(out + DAY_DIGITS + 1, n, n_length);
    char *end = out + DAY_DIGITS + 1 + n_length;
    end[0] = '-';
    end[1] = check;
    end[2] = '\0';
}

void order_number_format(int32_t day, int64_t n, char out[ORDER_NUMBER_SIZE])
{
    char date[11];
    clock_format_day(day, date);
    /* "2026-11-18" without the century and the dashes, then the number. */
    char digits[DAY_DIGITS + 24] = {date[2], date[3], date[5], date[6], date[8], date[9]};
    int written = snprintf(digits + DAY_DIGITS, 24, "%04" PRId64,
                           n < 0            ? 0
                           : n > 9999999999 ? 9999999999
                                            : n);
    size_t n_length = (size_t)written;
    join(digits, digits + DAY_DIGITS, n_length,
         (char)('0' + check_digit(digits, DAY_DIGITS + n_length)), out);
}

/* True if YYMMDD is a date. The century is open, so that one of two years may be the leap year. */
static bool day_real(const char *day)
{
    char date[] = {'2', '0', day[0], day[1], '-', day[2], day[3], '-', day[4], day[5], '\0'};
    int32_t ignored;
    return clock_parse_day(date, &ignored);
}

/* What was typed, taken apart: the digits without dashes and where the dashes were. */
struct typed {
    char digits[DAY_DIGITS + N_DIGITS_MAX + 1];
    size_t count;
    size_t dashes[2]; /* digits before each */
    size_t dash_count;
};

static bool take_apart(const char *text, struct typed *typed)
{
    const char *end = text + strlen(text);
    while (*text == ' ' || *text == '\t')
        text++;
    while (end > text && strchr(" \t\r\n", end[-1]))
        end--;
    typed->count = typed->dash_count = 0;
    for (; text < end; text++) {
        if (*text == '-' && typed->dash_count < 2)
            typed->dashes[typed->dash_count++] = typed->count;
        else if (*text >= '0' && *text <= '9' && typed->count < sizeof typed->digits)
            typed->digits[typed->count++] = *text;
        else
            return false;
    }
    return true;
}

/* True if the digits are `day_digits` of a day, a number and a check digit, with dashes nowhere
 * else than between them. */
static bool shape_fits(const struct typed *typed, size_t day_digits)
{
    if (typed->count < day_digits + N_DIGITS_MIN + 1 ||
        typed->count > day_digits + N_DIGITS_MAX + 1)
        return false;
    size_t n_end = typed->count - 1;
    /* A number beyond four digits has no leading zero, or one order would have two numbers. */
    if (n_end - day_digits > N_DIGITS_MIN && typed->digits[day_digits] == '0')
        return false;
    for (size_t i = 0; i < typed->dash_count; i++)
        if (typed->dashes[i] != day_digits && typed->dashes[i] != n_end)
            return false;
    return typed->dash_count < 2 || typed->dashes[0] != typed->dashes[1];
}

static bool parse_typed(const struct typed *typed, char out[ORDER_NUMBER_SIZE])
{
    if (!shape_fits(typed, DAY_DIGITS) || !day_real(typed->digits))
        return false;
    size_t n = typed->count - 1;
    if (check_digit(typed->digits, n) != typed->digits[n] - '0')
        return false;
    join(typed->digits, typed->digits + DAY_DIGITS, n - DAY_DIGITS, typed->digits[n], out);
    return true;
}

bool order_number_parse(const char *text, char out[ORDER_NUMBER_SIZE])
{
    struct typed typed;
    return take_apart(text, &typed) && parse_typed(&typed, out);
}

bool order_number_complete(const char *text, int64_t now_ms, char out[ORDER_NUMBER_SIZE])
{
    struct typed typed;
    if (!take_apart(text, &typed))
        return false;
    if (parse_typed(&typed, out))
        return true;
    if (!shape_fits(&typed, SHORT_DAY_DIGITS))
        return false;
    char date[11];
    clock_format_day(clock_day(now_ms), date);
    /* There is room: shape_fits allowed two digits fewer than a full number has. */
    struct typed full = {.count = typed.count + 2, .dash_count = typed.dash_count};
    full.digits[0] = date[2];
    full.digits[1] = date[3];
    memcpy(full.digits + 2, typed.digits, typed.count);
    for (size_t i = 0; i < typed.dash_count; i++)
        full.dashes[i] = typed.dashes[i] + 2;
    return parse_typed(&full, out);
}
