/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/command.h"
#include "tui/l10n.h"
#include <string.h>

static const struct {
    const char *name, *arguments, *en, *zh;
} table[COMMAND_COUNT] = {[COMMAND_NONE] = {"none", "", "", ""},
#define X(id, name, arguments, en, zh) [COMMAND_##id] = {name, arguments, en, zh},
                          COMMANDS(X)
#undef X
};

const char *command_name(enum command command)
{
    return table[command].name;
}

const char *command_arguments(enum command command)
{
    return table[command].arguments;
}

const char *command_help(enum command command)
{
    return l10n_chinese() ? table[command].zh : table[command].en;
}

enum command command_complete(const char *start, size_t n, size_t i)
{
    for (int c = COMMAND_NONE + 1; c < COMMAND_COUNT; c++) {
        if (strncmp(table[c].name, start, n) == 0 && i-- == 0)
            return (enum command)c;
    }
    return COMMAND_NONE;
}

enum command command_parse(const char *text, const char **argument)
{
    text += strspn(text, " ");
    size_t n = strcspn(text, " ");
    *argument = text + n + strspn(text + n, " ");
    if (n == 0)
        return COMMAND_NONE;
    enum command first = command_complete(text, n, 0);
    for (size_t i = 0; first != COMMAND_NONE; i++) {
        enum command c = command_complete(text, n, i);
        if (c == COMMAND_NONE)
            return i == 1 ? first : COMMAND_NONE;
        if (table[c].name[n] == '\0')
            return c;
    }
    return COMMAND_NONE;
}
