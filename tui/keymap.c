/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/keymap.h"
#include "core/text.h"
#include "tui/screen.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 256 * 1024 };

static const char *const contexts_known[] = {"global", "list",  "queue", "order",   "form",
                                             "board",  "popup", "text",  "article", "command"};

static const struct {
    const char *name;
    int key;
} key_names[] = {
    {"Enter", K_ENTER},    {"Esc", K_ESC},        {"Tab", K_TAB},
    {"S-Tab", K_BACK_TAB}, {"Space", ' '},        {"Backspace", K_BACKSPACE},
    {"Up", K_UP},          {"Down", K_DOWN},      {"Left", K_LEFT},
    {"Right", K_RIGHT},    {"Home", K_HOME},      {"End", K_END},
    {"PgUp", K_PAGE_UP},   {"PgDn", K_PAGE_DOWN}, {"Ins", K_INSERT},
    {"Del", K_DELETE},     {"Hash", '#'},         {"Equal", '='},
    {"Less", '<'},         {"Greater", '>'},
};
enum { KEY_NAME_COUNT = sizeof key_names / sizeof *key_names };

bool keymap_is_context(const char *name)
{
    for (size_t i = 0; i < sizeof contexts_known / sizeof *contexts_known; i++) {
        if (strcmp(contexts_known[i], name) == 0)
            return true;
    }
    return false;
}

/* "C-s", "M-Enter", "F5", "PgDn" between < and >; 0 unknown. */
static int named_key(const char *s, size_t n)
{
    if (n > 2 && s[1] == '-' && s[0] == 'M') {
        int key = n == 3 ? (int)(unsigned char)s[2] : named_key(s + 2, n - 2);
        return key ? key | K_META : 0;
    }
    if (n == 3 && s[1] == '-' && s[0] == 'C') {
        int c = s[2] >= 'a' && s[2] <= 'z' ? s[2] - 'a' + 'A' : s[2];
        return c >= '@' && c <= '_' ? c & 0x1F : 0;
    }
    if (n >= 2 && n <= 3 && s[0] == 'F') {
        char *end;
        long number = strtol(s + 1, &end, 10);
        return end == s + n && number >= 1 && number <= 12 ? K_F1 + (int)number - 1 : 0;
    }
    for (size_t i = 0; i < KEY_NAME_COUNT; i++) {
        if (strlen(key_names[i].name) == n && strncmp(key_names[i].name, s, n) == 0)
            return key_names[i].key;
    }
    return 0;
}

/* Reads a sequence of keys; false for what is no key or too long. */
static bool read_keys(const char *s, size_t n, struct binding *out)
{
    out->key_count = 0;
    for (size_t i = 0; i < n;) {
        if (out->key_count == KEYMAP_SEQUENCE_MAX)
            return false;
        int key = 0;
        const char *close = s[i] == '<' ? memchr(s + i, '>', n - i) : NULL;
        if (close) {
            key = named_key(s + i + 1, (size_t)(close - (s + i)) - 1);
            i = (size_t)(close - s) + 1;
        } else {
            uint32_t code_point;
            i += utf8_decode(s + i, n - i, &code_point);
            key = code_point > ' ' ? (int)code_point : 0;
        }
        if (key == 0)
            return false;
        out->keys[out->key_count++] = key;
    }
    return out->key_count > 0;
}

static bool same_keys(const struct binding *a, const struct binding *b, int count)
{
    return strcmp(a->context, b->context) == 0 && a->key_count >= count && b->key_count >= count &&
           memcmp(a->keys, b->keys, sizeof(int) * (size_t)count) == 0;
}

static bool append(struct keymap *map, const struct binding *binding)
{
    if (map->count == map->capacity) {
        size_t capacity = map->capacity ? map->capacity * 2 : 64;
        struct binding *more = realloc(map->bindings, capacity * sizeof *more);
        if (!more)
            return false;
        map->bindings = more;
        map->capacity = capacity;
    }
    map->bindings[map->count++] = *binding;
    return true;
}

static size_t trimmed(const char **s, size_t n)
{
    while (n > 0 && (**s == ' ' || **s == '\t'))
        (*s)++, n--;
    while (n > 0 && strchr(" \t\r", (*s)[n - 1]))
        n--;
    return n;
}

/* One "keys = command"; `b` has the section, the layer and the line. */
static enum status read_binding(struct keymap *map, const char *line, size_t n, struct binding *b,
                                const char *file, struct error *err)
{
    const char *equal = memchr(line, '=', n);
    if (!equal)
        return error_set(err, ST_INVALID, "%s:%d: \"keys = command\" expected", file, b->line);
    const char *keys = line, *words = equal + 1;
    size_t keys_n = trimmed(&keys, (size_t)(equal - line));
    size_t words_n = trimmed(&words, n - (size_t)(words - line));
    if (!b->context[0])
        return error_set(err, ST_INVALID, "%s:%d: a [section] must come first", file, b->line);
    if (!read_keys(keys, keys_n, b))
        return error_set(err, ST_INVALID, "%s:%d: unknown key \"%.*s\"", file, b->line,
                         (int)(keys_n < 40 ? keys_n : 40), keys);
    char command[96];
    snprintf(command, sizeof command, "%.*s", (int)(words_n < 95 ? words_n : 95), words);
    const char *argument = "";
    b->command = COMMAND_NONE;
    if (strcmp(command, "none") != 0) {
        b->command = command_parse(command, &argument);
        /* Short forms are for the `:` line: a file must go on meaning what it says. */
        const char *name = command_name(b->command);
        if (b->command == COMMAND_NONE || strncmp(command, name, strlen(name)) != 0)
            return error_set(err, ST_INVALID, "%s:%d: unknown command \"%s\"", file, b->line,
                             command);
    }
    snprintf(b->argument, sizeof b->argument, "%.*s", (int)sizeof b->argument - 1, argument);
    for (size_t i = 0; i < map->count; i++) {
        const struct binding *old = &map->bindings[i];
        if (old->layer != b->layer)
            continue;
        if (old->key_count == b->key_count && same_keys(old, b, b->key_count))
            return error_set(err, ST_INVALID, "%s:%d: \"%.*s\" is already bound in line %d", file,
                             b->line, (int)(keys_n < 40 ? keys_n : 40), keys, old->line);
        int shorter = old->key_count < b->key_count ? old->key_count : b->key_count;
        if (old->command != COMMAND_NONE && b->command != COMMAND_NONE &&
            same_keys(old, b, shorter))
            return error_set(err, ST_INVALID, "%s:%d: \"%.*s\" and line %d begin alike", file,
                             b->line, (int)(keys_n < 40 ? keys_n : 40), keys, old->line);
    }
    return append(map, b) ? ST_OK : error_set(err, ST_NO_MEMORY, "out of memory");
}

enum status keymap_add(struct keymap *map, const char *text, const char *file, struct error *err)
{
    size_t before = map->count;
    struct binding b = {.layer = map->layers + 1};
    enum status st = ST_OK;
    for (int line = 1; *text && !st; line++) {
        size_t n = strcspn(text, "\n");
        const char *s = text;
        size_t length = trimmed(&s, n);
        b.line = line;
        if (length > 1 && s[0] == '[' && s[length - 1] == ']') {
            snprintf(b.context, sizeof b.context, "%.*s", (int)length - 2, s + 1);
            if (!keymap_is_context(b.context))
                st = error_set(err, ST_INVALID, "%s:%d: unknown section [%s]", file, line,
                               b.context);
        } else if (length > 0 && s[0] != '#') {
            st = read_binding(map, s, length, &b, file, err);
        }
        text += n + (text[n] == '\n');
    }
    if (st)
        map->count = before;
    else
        map->layers++;
    return st;
}

enum status keymap_add_file(struct keymap *map, const char *path, struct error *err)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return errno == ENOENT ? ST_OK : error_set(err, ST_IO, "%s: %s", path, strerror(errno));
    char *text = calloc(1, FILE_MAX_BYTES + 1);
    size_t n = text ? fread(text, 1, FILE_MAX_BYTES, f) : 0;
    fclose(f);
    if (!text)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    text[n] = '\0';
    enum status st = keymap_add(map, text, path, err);
    free(text);
    return st;
}

void keymap_free(struct keymap *map)
{
    free(map->bindings);
    *map = (struct keymap){0};
}

/* A later layer hides an earlier one's binding of the same keys. */
static bool hidden(const struct keymap *map, size_t i)
{
    const struct binding *b = &map->bindings[i];
    for (size_t j = i + 1; j < map->count; j++) {
        const struct binding *later = &map->bindings[j];
        if (later->layer > b->layer &&
            same_keys(later, b,
                      b->key_count < later->key_count ? b->key_count : later->key_count) &&
            (later->key_count == b->key_count || later->command != COMMAND_NONE))
            return true;
    }
    return false;
}

enum keymap_match keymap_find(const struct keymap *map, const char *const *contexts, size_t count,
                              const int *keys, int key_count, const struct binding **found)
{
    for (size_t c = 0; c < count; c++) {
        bool more = false, unbound = false;
        for (size_t i = 0; i < map->count; i++) {
            const struct binding *b = &map->bindings[i];
            if (b->key_count < key_count || strcmp(b->context, contexts[c]) != 0 ||
                memcmp(b->keys, keys, sizeof(int) * (size_t)key_count) != 0 || hidden(map, i))
                continue;
            if (b->key_count == key_count && b->command != COMMAND_NONE) {
                *found = b;
                return KEYMAP_FOUND;
            }
            if (b->key_count == key_count)
                unbound = true;
            else
                more = more || b->command != COMMAND_NONE;
        }
        if (more)
            return KEYMAP_MORE;
        if (unbound)
            return KEYMAP_UNBOUND;
    }
    return KEYMAP_UNBOUND;
}

/* True if `wanted` is the argument or one of its alternatives ("accept_reply|accept_return"). */
static bool argument_has(const char *argument, const char *wanted)
{
    size_t n = strlen(wanted);
    if (strcmp(argument, wanted) == 0)
        return true;
    for (const char *p = argument; n > 0 && (p = strstr(p, wanted)) != NULL; p++) {
        if ((p == argument || p[-1] == '|') && (p[n] == '\0' || p[n] == '|'))
            return true;
    }
    return false;
}

const struct binding *keymap_for(const struct keymap *map, const char *context,
                                 enum command command, const char *argument)
{
    const struct binding *best = NULL;
    for (size_t i = 0; i < map->count; i++) {
        const struct binding *b = &map->bindings[i];
        if (b->command != command || strcmp(b->context, context) != 0 ||
            (argument && !argument_has(b->argument, argument)) || hidden(map, i))
            continue;
        if (!best || b->layer > best->layer)
            best = b;
    }
    return best;
}

void keymap_text(const struct binding *binding, char *out, size_t size)
{
    struct buf text = BUF_EMPTY;
    for (int i = 0; i < binding->key_count; i++) {
        int key = binding->keys[i];
        if (key & K_META)
            buf_add_text(&text, "M-");
        key &= ~K_META;
        const char *name = NULL;
        for (size_t k = 0; k < KEY_NAME_COUNT; k++) {
            /* What has a glyph is shown as itself. */
            if (key_names[k].key == key && (key <= ' ' || key >= K_BACKSPACE))
                name = key_names[k].name;
        }
        char utf8[4];
        if (name)
            buf_add_text(&text, name);
        else if (key < ' ')
            buf_printf(&text, "C-%c",
                       key + '@' >= 'A' && key + '@' <= 'Z' ? key + 'a' - 1 : key + '@');
        else if (key >= K_F1 && key <= K_F12)
            buf_printf(&text, "F%d", key - K_F1 + 1);
        else
            buf_add(&text, utf8, utf8_encode((uint32_t)key, utf8));
    }
    snprintf(out, size, "%s", text.data ? text.data : "");
    buf_free(&text);
}
