/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys as a terminal of the xterm family sends them in application mode. */
#include "tests/lib/screen_private.h"
#include <stdio.h>
#include <string.h>

/* Longer than the console waits for what follows an Esc (25 ms), with room for a busy machine. */
enum { AFTER_ESC_MS = 80 };

static const struct {
    const char *name, *bytes;
} named[] = {
    {"Enter", "\r"},     {"Tab", "\t"},       {"S-Tab", "\033[Z"}, {"Esc", "\033"},
    {"Space", " "},      {"BS", "\177"},      {"Del", "\033[3~"},  {"Up", "\033OA"},
    {"Down", "\033OB"},  {"Right", "\033OC"}, {"Left", "\033OD"},  {"Home", "\033OH"},
    {"End", "\033OF"},   {"PgUp", "\033[5~"}, {"PgDn", "\033[6~"}, {"F1", "\033OP"},
    {"F2", "\033OQ"},    {"F3", "\033OR"},    {"F4", "\033OS"},    {"F5", "\033[15~"},
    {"F6", "\033[17~"},  {"F7", "\033[18~"},  {"F8", "\033[19~"},  {"F9", "\033[20~"},
    {"F10", "\033[21~"}, {"F11", "\033[23~"}, {"F12", "\033[24~"}, {"lt", "<"},
};

/* Bytes of the key called `name` (n bytes); NULL for an unknown one. `made` is for control keys. */
static const char *bytes_of(const char *name, size_t n, char made[16])
{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strlen(named[i].name) == n && memcmp(named[i].name, name, n) == 0)
            return named[i].bytes;
    if (n == 3 && name[0] == 'C' && name[1] == '-') {
        made[0] = (char)(name[2] & 0x1F);
        made[1] = '\0';
        return made;
    }
    if (n > 2 && name[0] == 'M' && name[1] == '-') {
        char inner[16];
        const char *rest =
            n == 3 ? memcpy(inner, (char[]){name[2], '\0'}, 2) : bytes_of(name + 2, n - 2, inner);
        if (rest)
            (void)snprintf(made, 16, "\033%.8s", rest);
        return rest ? made : NULL;
    }
    return NULL;
}

/* Bytes of the UTF-8 character that begins with `c`. */
static size_t character_length(unsigned char c)
{
    return c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

void screen_keys(struct screen *screen, const char *keys)
{
    while (*keys) {
        const char *end = *keys == '<' ? strchr(keys, '>') : NULL;
        if (end) {
            char made[16];
            size_t n = (size_t)(end - keys - 1);
            const char *bytes = bytes_of(keys + 1, n, made);
            if (!bytes)
                screen_fail(screen, "the test types a key that there is not: %s", keys);
            screen_send(screen, bytes, strlen(bytes));
            keys = end + 1;
            if (strcmp(bytes, "\033") == 0)
                screen_settle(screen, AFTER_ESC_MS);
        } else {
            size_t n = character_length((unsigned char)*keys);
            screen_send(screen, keys, strnlen(keys, n));
            keys += strnlen(keys, n);
        }
        screen->key_count++;
    }
}

void screen_type(struct screen *screen, const char *text)
{
    screen_send(screen, text, strlen(text));
}

void screen_paste(struct screen *screen, const char *text)
{
    screen_send(screen, "\033[200~", 6);
    screen_send(screen, text, strlen(text));
    screen_send(screen, "\033[201~", 6);
}

int screen_key_count(struct screen *screen)
{
    int count = screen->key_count;
    screen->key_count = 0;
    return count;
}
