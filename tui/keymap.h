/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keymap: which key does what where. The format is that of keymaps/default.keys. */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include "core/status.h"
#include "tui/command.h"
#include <stdbool.h>
#include <stddef.h>

enum { KEYMAP_SEQUENCE_MAX = 4 };

/* The built-in keymap's text: keymaps/default.keys itself. */
extern const char keymap_builtin[];

struct binding {
    char context[16];
    int keys[KEYMAP_SEQUENCE_MAX];
    int key_count;
    int layer; /* of the file that said so: a later file wins over an earlier */
    int line;
    enum command command; /* COMMAND_NONE: unbound on purpose */
    char argument[48];
};
struct keymap {
    struct binding *bindings;
    size_t count, capacity;
    int layers;
};

void keymap_free(struct keymap *map);
/* Adds one file's text; what it says wins over what was there. Unknown sections, keys and commands,
 * and a key said twice, are ST_INVALID with "file:line: …", and nothing of the text is taken. */
enum status keymap_add(struct keymap *map, const char *text, const char *file, struct error *err);
/* Likewise from a file; a file that does not exist is no error. */
enum status keymap_add_file(struct keymap *map, const char *path, struct error *err);

enum keymap_match { KEYMAP_UNBOUND, KEYMAP_MORE, KEYMAP_FOUND };
/* What the keys typed so far do, asking `contexts` (count of them) in order. KEYMAP_MORE: they
 * begin a longer sequence. */
enum keymap_match keymap_find(const struct keymap *map, const char *const *contexts, size_t count,
                              const int *keys, int key_count, const struct binding **found);
/* The binding of a command in a context, with this argument (NULL any) or one of whose alternatives
 * it is; NULL none. */
const struct binding *keymap_for(const struct keymap *map, const char *context,
                                 enum command command, const char *argument);
/* Writes the keys as people read them ("C-s", "Enter", "gg"). */
void keymap_text(const struct binding *binding, char *out, size_t size);
bool keymap_is_context(const char *name);

#endif
