/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places in the change feed, read and made with the key file of the platform's database. */
#include "platform/api/cursor.h"
#include "tests/lib/platform_private.h"
#include <stdlib.h>

static struct cursor opened(const struct test_platform *platform, const char *text,
                            struct keys *keys)
{
    struct cursor cursor;
    struct error err;
    char *path = test_text("%s.key", platform->database);
    if (sodium_init() < 0 || keys_load(path, keys, &err))
        test_die(platform, "%s cannot be read", path);
    if (!cursor_open(keys, text, &cursor))
        test_die(platform, "\"%s\" is no cursor", text);
    free(path);
    return cursor;
}

int64_t test_cursor_seq(const struct test_platform *platform, const char *cursor)
{
    struct keys keys;
    const struct cursor at = opened(platform, cursor, &keys);
    keys_forget(&keys);
    return at.seq;
}

char *test_cursor_at(const struct test_platform *platform, const char *cursor, int64_t seq)
{
    struct keys keys;
    struct cursor at = opened(platform, cursor, &keys);
    char text[CURSOR_SIZE];
    at.seq = seq;
    cursor_seal(&keys, &at, text);
    keys_forget(&keys);
    return test_text("%s", text);
}
