/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cell names: by its code or number, or by its name where that is the only one. */
#include "platform/import/import_private.h"
#include <stdlib.h>
#include <string.h>

static bool refuse(struct row *row, int column, enum reason reason, const char *what)
{
    reject(row, reason, row->im->kind->columns[column].name, what);
    return false;
}

static bool all_digits(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

bool cell_region(struct row *row, int column, const char **code)
{
    const char *text = cell(row, column);
    *code = "";
    if (!*text)
        return true;
    if (all_digits(text)) {
        *code = text;
        return store_region(row->db, text, row->arena) || refuse(row, column, REASON_UNKNOWN, text);
    }
    size_t found = store_regions_named(row->db, text, row->arena, code);
    return found == 1 || refuse(row, column, found ? REASON_SEVERAL : REASON_UNKNOWN, text);
}

bool cell_unit(struct row *row, int column, int64_t *id)
{
    const char *text = cell(row, column);
    *id = 0;
    if (!*text)
        return true;
    if (all_digits(text)) {
        *id = strlen(text) <= 18 ? strtoll(text, NULL, 10) : 0;
        /* "0" is how tables say that there is none. */
        return (*id == 0 && strcmp(text, "0") == 0) || store_unit(row->db, *id, row->arena) ||
               refuse(row, column, REASON_UNKNOWN, text);
    }
    size_t found = store_units_named(row->db, text, id);
    return found == 1 || refuse(row, column, found ? REASON_SEVERAL : REASON_UNKNOWN, text);
}

/* "城乡建设/供水/停水", level by level. */
static size_t find_path(struct row *row, const char *path, const char **code)
{
    *code = "";
    while (*path) {
        size_t n = strcspn(path, "/");
        const char *below;
        size_t found = store_categories_named(row->db, *code, arena_strndup(row->arena, path, n),
                                              row->arena, &below);
        if (found != 1)
            return found;
        *code = below;
        path += n + (path[n] == '/');
    }
    return 1;
}

bool cell_category(struct row *row, int column, const char **code)
{
    const char *text = cell(row, column);
    *code = "";
    if (!*text)
        return true;
    if (all_digits(text)) {
        *code = text;
        return store_category(row->db, text, row->arena) ||
               refuse(row, column, REASON_UNKNOWN, text);
    }
    size_t found = strchr(text, '/')
                       ? find_path(row, text, code)
                       : store_categories_named(row->db, NULL, text, row->arena, code);
    return found == 1 || refuse(row, column, found ? REASON_SEVERAL : REASON_UNKNOWN, text);
}
