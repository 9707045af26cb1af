/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which column of the file is which of ours. */
#include "core/buf.h"
#include "core/text.h"
#include "platform/import/import_private.h"
#include <stdlib.h>
#include <string.h>

/* Folded alike: "Source No", "source_no" and "ＳＯＵＲＣＥ＿ＮＯ" are one name. */
static const char *fold(struct arena *arena, const char *name, size_t n)
{
    struct buf out = BUF_EMPTY;
    text_fold(&out, arena_strndup(arena, name, n));
    size_t kept = 0;
    for (size_t i = 0; i < out.length; i++)
        if (out.data[i] != '_' && out.data[i] != '-')
            out.data[kept++] = out.data[i];
    const char *folded = arena_strndup(arena, out.data ? out.data : "", kept);
    buf_free(&out);
    return folded;
}

static bool one_of(struct arena *arena, const char *names, const char *folded)
{
    while (*names) {
        size_t n = strcspn(names, "|");
        if (strcmp(fold(arena, names, n), folded) == 0)
            return true;
        names += n + (names[n] == '|');
    }
    return false;
}

static int own_column(const struct import *im, const char *folded)
{
    for (size_t i = 0; i < im->kind->column_count; i++)
        if (strcmp(fold(im->arena, im->kind->columns[i].name, strlen(im->kind->columns[i].name)),
                   folded) == 0)
            return (int)i;
    return -1;
}

static int other_name(const struct import *im, const char *folded)
{
    for (size_t i = 0; i < im->kind->column_count; i++)
        if (one_of(im->arena, im->kind->columns[i].others, folded))
            return (int)i;
    return -1;
}

/* The column that a --map gives this one: -1 none, -2 it is to be left out ("theirs="). */
static int mapped(const struct import *im, const char *folded, bool *found)
{
    *found = false;
    for (size_t i = 0; i < im->options->map_count; i++) {
        const char *map = im->options->maps[i], *equals = strrchr(map, '=');
        if (strcmp(fold(im->arena, map, (size_t)(equals - map)), folded) != 0)
            continue;
        *found = true;
        return equals[1] ? own_column(im, fold(im->arena, equals + 1, strlen(equals + 1))) : -2;
    }
    return -1;
}

static bool in_header(const struct import *im, const char *folded)
{
    const struct record *header = reader_header(im->reader);
    for (size_t i = 0; i < header->count; i++)
        if (strcmp(fold(im->arena, header->fields[i], strlen(header->fields[i])), folded) == 0)
            return true;
    return false;
}

static enum status check_maps(const struct import *im, struct error *err)
{
    for (size_t i = 0; i < im->options->map_count; i++) {
        const char *map = im->options->maps[i], *equals = strrchr(map, '=');
        if (!equals || equals == map)
            return error_set(err, ST_INVALID, "--map takes theirs=ours, not \"%s\"", map);
        if (!in_header(im, fold(im->arena, map, (size_t)(equals - map))))
            return error_set(err, ST_INVALID, "--map %s: %s has no such column", map,
                             im->options->file);
        if (equals[1] && own_column(im, fold(im->arena, equals + 1, strlen(equals + 1))) < 0)
            return error_set(err, ST_INVALID, "--map %s: %s have no column %s", map, im->kind->name,
                             equals + 1);
    }
    return ST_OK;
}

static void list_names(const struct import *im, char *out, size_t size)
{
    size_t n = 0;
    *out = '\0';
    for (size_t i = 0; i < im->kind->column_count && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%s", i ? ", " : "", im->kind->columns[i].name);
}

static void note_unused(struct import *im, const char *name)
{
    char *unused = im->result->unused;
    size_t n = strlen(unused), room = sizeof im->result->unused;
    size_t cut = text_cut(name, 40, NULL);
    if (n + cut + 3 < room)
        (void)snprintf(unused + n, room - n, "%s%.*s", n ? ", " : "", (int)cut, name);
}

enum status columns_find(struct import *im, struct error *err)
{
    const struct record *header = reader_header(im->reader);
    size_t found = 0;
    enum status st = check_maps(im, err);
    if (st)
        return st;
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        im->at[i] = -1;
    /* What is named exactly goes before what another name stands for. */
    bool exact[COLUMNS_MAX] = {false};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < header->count; i++) {
            bool by_map;
            const char *folded = fold(im->arena, header->fields[i], strlen(header->fields[i]));
            int column = mapped(im, folded, &by_map);
            if (!by_map)
                column = own_column(im, folded);
            bool named = by_map || column >= 0;
            if (named == (pass == 1))
                continue;
            if (!named)
                column = other_name(im, folded);
            if (column < 0 || (!named && exact[column])) {
                note_unused(im, header->fields[i]);
                continue;
            }
            if (im->at[column] >= 0)
                return error_set(err, ST_INVALID,
                                 "%s: two columns are taken for %s: leave one out with --map NAME=",
                                 im->options->file, im->kind->columns[column].name);
            im->at[column] = (int)i;
            exact[column] = named;
            found++;
        }
    }
    char names[200];
    list_names(im, names, sizeof names);
    if (found == 0)
        return error_set(err, ST_INVALID,
                         "%s has no column of %s (%s); --map theirs=ours tells which is which",
                         im->options->file, im->kind->name, names);
    for (size_t i = 0; i < im->kind->column_count; i++)
        if (im->kind->columns[i].required && im->at[i] < 0)
            return error_set(
                err, ST_INVALID,
                "%s has no column %s, which %s need; --map theirs=%s tells which it is",
                im->options->file, im->kind->columns[i].name, im->kind->name,
                im->kind->columns[i].name);
    return ST_OK;
}

bool column_given(const struct row *row, int column)
{
    return row->im->at[column] >= 0;
}
