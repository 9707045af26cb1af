/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/status.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Drops a character that vsnprintf cut in two, so that a full message is still UTF-8. */
static void trim_cut_character(char *message, size_t length)
{
    size_t start = length;
    while (start > 0 && ((unsigned char)message[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)message[start - 1];
    size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (wanted > 1 && length - (start - 1) < wanted)
        message[start - 1] = '\0';
}

enum status error_set(struct error *err, enum status status, const char *format, ...)
{
    if (!err)
        return status;
    err->status = status;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    if (n < 0)
        err->message[0] = '\0';
    else if ((size_t)n >= sizeof err->message)
        trim_cut_character(err->message, sizeof err->message - 1);
    /* One line, whatever the arguments brought along. */
    for (char *p = err->message; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            *p = ' ';
    return status;
}

const char *status_name(enum status status)
{
    switch (status) {
    case ST_OK:
        return "ok";
    case ST_INVALID:
        return "invalid";
    case ST_NOT_FOUND:
        return "not_found";
    case ST_CONFLICT:
        return "conflict";
    case ST_STALE:
        return "stale";
    case ST_DENIED:
        return "denied";
    case ST_BUSY:
        return "busy";
    case ST_UNAVAILABLE:
        return "unavailable";
    case ST_IO:
        return "io";
    case ST_NO_MEMORY:
        return "no_memory";
    case ST_CORRUPT:
        return "corrupt";
    }
    return "unknown";
}
