/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/arena.h"
#include "core/log.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A request of the usual size fits one block; what is larger than a quarter gets its own, so that
 * little of a block is ever wasted. */
enum { BLOCK_SIZE = 16 * 1024, LARGE_SIZE = BLOCK_SIZE / 4 };

struct block {
    struct block *next;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *current; /* where small pieces come from; `next` are full or spare ones */
    struct block *large;
    size_t used; /* bytes of `current` */
};

/* The size rounded up so that the next piece is aligned again; 0 on overflow. */
static size_t round_up(size_t size)
{
    size_t align = _Alignof(max_align_t);
    return size > SIZE_MAX - align ? 0 : (size + align - 1) / align * align;
}

_Noreturn static void out_of_memory(void)
{
    log_line(LOG_ERROR, "out of memory");
    exit(1);
}

static struct block *block_push(struct block **list, size_t size)
{
    struct block *block = size > SIZE_MAX - sizeof *block ? NULL : malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->next = *list;
    *list = block;
    return block;
}

static void blocks_free(struct block *block)
{
    while (block) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena && !block_push(&arena->current, BLOCK_SIZE)) {
        free(arena);
        return NULL;
    }
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    blocks_free(arena->current);
    blocks_free(arena->large);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    /* One block is kept: a request that needed many should not make its thread hold them. */
    blocks_free(arena->current->next);
    arena->current->next = NULL;
    blocks_free(arena->large);
    arena->large = NULL;
    arena->used = 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t room = round_up(size ? size : 1);
    if (room == 0)
        out_of_memory();
    unsigned char *piece;
    if (room > LARGE_SIZE) {
        struct block *block = block_push(&arena->large, room);
        if (!block)
            out_of_memory();
        piece = block->bytes;
    } else {
        if (room > BLOCK_SIZE - arena->used) {
            if (!block_push(&arena->current, BLOCK_SIZE))
                out_of_memory();
            arena->used = 0;
        }
        piece = arena->current->bytes + arena->used;
        arena->used += room;
    }
    memset(piece, 0, room);
    return piece;
}

char *arena_strdup(struct arena *arena, const char *s)
{
    return s ? arena_strndup(arena, s, strlen(s)) : NULL;
}

char *arena_strndup(struct arena *arena, const char *s, size_t n)
{
    if (n == SIZE_MAX)
        out_of_memory();
    char *copy = arena_alloc(arena, n + 1);
    if (n)
        memcpy(copy, s, n);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, n < 0 ? 1 : (size_t)n + 1);
    if (n > 0)
        (void)vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (items && count < *capacity)
        return items;
    size_t wanted = *capacity ? *capacity : 8;
    while (wanted <= count) {
        if (wanted > SIZE_MAX / 2)
            out_of_memory();
        wanted *= 2;
    }
    if (item_size && wanted > SIZE_MAX / item_size)
        out_of_memory();
    void *moved = arena_alloc(arena, wanted * item_size);
    if (items && *capacity)
        memcpy(moved, items, *capacity * item_size);
    *capacity = wanted;
    return moved;
}
