/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/log.h"
#include "core/clock.h"
#include "core/text.h"
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* POSIX promises that a write of at most this many bytes to a pipe is not torn. */
enum { LINE_SIZE = 4096 };

static atomic_int highest = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&highest, (int)level);
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_ERROR:
        return "error";
    case LOG_WARNING:
        return "warning";
    case LOG_INFO:
        return "info";
    case LOG_DEBUG:
        return "debug";
    }
    return "log";
}

/* A log is read in terminals too: what could steer one becomes '?', byte for byte, in place,
 * because a log line must not need memory. */
static void defuse(char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t code_point;
        size_t taken = utf8_decode(text + i, n - i, &code_point);
        if (code_point == '\n' || code_point == '\t')
            text[i] = ' ';
        else if (!text_is_safe(code_point) || (code_point == 0xFFFD && taken == 1))
            memset(text + i, '?', taken);
        i += taken;
    }
}

void log_line(enum log_level level, const char *format, ...)
{
    if ((int)level > atomic_load_explicit(&highest, memory_order_relaxed))
        return;
    int saved_errno = errno;
    char line[LINE_SIZE];
    clock_format(clock_now_ms(), line);
    size_t length = strlen(line);
    length += (size_t)snprintf(line + length, sizeof line - length, " %s ", level_name(level));

    /* One byte stays free for the newline. */
    size_t room = sizeof line - 1 - length;
    va_list args;
    va_start(args, format);
    errno = saved_errno; /* for %m */
    int n = vsnprintf(line + length, room, format, args);
    va_end(args);
    size_t taken = n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
    defuse(line + length, taken);
    length += taken;
    line[length++] = '\n';

    for (size_t sent = 0; sent < length;) {
        ssize_t w = write(STDERR_FILENO, line + sent, length - sent);
        if (w > 0)
            sent += (size_t)w;
        else if (w == 0 || errno != EINTR)
            break; /* nobody listens; there is no place left to say so */
    }
    errno = saved_errno;
}
