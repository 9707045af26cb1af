/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How stale the offset of the test file may be: two programs that share it agree after this. */
enum { FILE_CHECK_MS = 5 };
#define SCALE_MAX         1e6
#define OFFSET_DIGITS_MAX 18

/* Written by clock_init before threads start, then only read; the offset is shared. */
static struct {
    bool moved;       /* start or scale was given: time is counted from `start_ms` */
    double scale;     /* clock time per real time */
    int64_t start_ms; /* clock time at `start_ticks_ns` */
    int64_t ticks_ns; /* of clock_init */
    char *file;       /* absolute path of the offset, or NULL */
} option;

static atomic_llong offset_ms;
static atomic_llong offset_checked_ms; /* ticks of the last look at the file */

static int64_t read_ns(clockid_t id)
{
    struct timespec now;
    (void)clock_gettime(id, &now); /* cannot fail for these clocks on Linux */
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_ticks_ms(void)
{
    return read_ns(CLOCK_MONOTONIC) / 1000000;
}

/* --- the offset file ------------------------------------------------------------------------ */

/* Reads "[-]digits" with at most a newline behind it. */
static bool parse_offset(const char *s, size_t n, long long *value)
{
    while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == ' '))
        n--;
    bool negative = n > 0 && s[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == n || n - i > OFFSET_DIGITS_MAX)
        return false;
    long long sum = 0;
    for (; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        sum = sum * 10 + (s[i] - '0');
    }
    *value = negative ? -sum : sum;
    return true;
}

/* Takes the offset from the file. False when it cannot be read or is not a number: a test may be
 * writing it just now, so the last offset stays. The file is opened anew each time, because it may
 * have been replaced by a rename. */
static bool offset_read(void)
{
    int fd = open(option.file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    char text[64];
    ssize_t n = read(fd, text, sizeof text);
    (void)close(fd);
    long long value;
    if (n <= 0 || (size_t)n == sizeof text || !parse_offset(text, (size_t)n, &value))
        return false;
    atomic_store(&offset_ms, value);
    return true;
}

static int64_t offset_now(int64_t ticks_ms)
{
    long long checked = atomic_load_explicit(&offset_checked_ms, memory_order_relaxed);
    /* One thread looks, the others go on with what is known. */
    if (ticks_ms - checked >= FILE_CHECK_MS &&
        atomic_compare_exchange_strong(&offset_checked_ms, &checked, ticks_ms))
        (void)offset_read();
    return atomic_load(&offset_ms);
}

int64_t clock_now_ms(void)
{
    if (!option.moved && !option.file)
        return read_ns(CLOCK_REALTIME) / 1000000;
    int64_t ticks_ns = read_ns(CLOCK_MONOTONIC);
    int64_t now_ms;
    if (option.moved)
        now_ms =
            option.start_ms + (int64_t)((double)(ticks_ns - option.ticks_ns) * option.scale / 1e6);
    else
        now_ms = read_ns(CLOCK_REALTIME) / 1000000;
    return option.file ? now_ms + offset_now(ticks_ns / 1000000) : now_ms;
}

/* --- the test option ------------------------------------------------------------------------ */

/* A decimal fraction without exponent, read without regard to the locale. */
static bool parse_scale(const char *s, double *scale)
{
    double value = 0, unit = 1;
    bool fraction = false, digit = false;
    for (; *s; s++) {
        if (*s == '.' && !fraction) {
            fraction = true;
        } else if (*s >= '0' && *s <= '9') {
            digit = true;
            value = value * 10 + (*s - '0');
            unit = fraction ? unit * 10 : unit;
            if (value > 1e15)
                return false;
        } else {
            return false;
        }
    }
    *scale = value / unit;
    return digit && *scale <= SCALE_MAX;
}

/* Takes one "name=value"; `value` is NULL without "=". */
static enum status option_take(const char *name, const char *value, struct error *err)
{
    if (value && strcmp(name, "start") == 0) {
        if (!clock_parse(value, &option.start_ms))
            return error_set(err, ST_INVALID, "clock: start=%s is not a time like %s", value,
                             "2026-11-18T09:00:00+08:00");
        option.moved = true;
    } else if (value && strcmp(name, "scale") == 0) {
        if (!parse_scale(value, &option.scale))
            return error_set(err, ST_INVALID, "clock: scale=%s is not a number from 0 to 1000000",
                             value);
        option.moved = true;
    } else if (value && strcmp(name, "file") == 0) {
        free(option.file);
        option.file = realpath(value, NULL); /* the program may change its directory */
        if (!option.file)
            return error_set(err, ST_INVALID, "clock: file=%s: %s", value, strerror(errno));
    } else {
        return error_set(err, ST_INVALID, "clock: unknown option \"%s\" (start=, scale=, file=)",
                         name);
    }
    return ST_OK;
}

static void option_reset(void)
{
    free(option.file);
    option.file = NULL;
    option.moved = false;
    option.scale = 1;
    option.start_ms = read_ns(CLOCK_REALTIME) / 1000000;
    option.ticks_ns = read_ns(CLOCK_MONOTONIC);
    atomic_store(&offset_ms, 0);
    atomic_store(&offset_checked_ms, 0);
}

enum status clock_init(const char *spec, struct error *err)
{
    option_reset();
    if (!spec || !*spec)
        return ST_OK;
    char *copy = strdup(spec);
    if (!copy)
        return error_set(err, ST_NO_MEMORY, "clock: out of memory");
    enum status st = ST_OK;
    for (char *name = copy, *next; name && st == ST_OK; name = next) {
        next = strchr(name, ',');
        if (next)
            *next++ = '\0';
        char *value = strchr(name, '=');
        if (value)
            *value++ = '\0';
        st = option_take(name, value, err);
    }
    if (st == ST_OK && option.file && !offset_read())
        st = error_set(err, ST_INVALID, "clock: %s does not hold a number of milliseconds",
                       option.file);
    if (st)
        option_reset();
    free(copy);
    return st;
}
