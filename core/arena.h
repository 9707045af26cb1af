/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena: memory that is allocated piece by piece and freed at once, one arena a request. */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stddef.h>

struct arena;

/* A new empty arena, or NULL without memory. */
struct arena *arena_new(void);
/* Frees the arena and everything in it. NULL is allowed. */
void arena_free(struct arena *arena);
/* Gives all memory back to the arena for reuse; every pointer into it becomes invalid. */
void arena_reset(struct arena *arena);

/* `size` zeroed bytes, aligned for any type; size 0 gives a pointer of its own. Ends the program
 * with a message when memory is out: a request that cannot be represented cannot be answered
 * either. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
/* A copy of the string `s` (NULL gives NULL). */
char *arena_strdup(struct arena *arena, const char *s);
/* A NUL-terminated copy of the first `n` bytes of `s`. */
char *arena_strndup(struct arena *arena, const char *s, size_t n);
/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A growing array: returns `items` (NULL at the start), moved if needed so that index `count` can
 * be written; `*capacity` is kept by the caller, zero at the start. New memory is zeroed. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity,
                 size_t item_size);

#endif
