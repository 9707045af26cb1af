/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/model/problem.h"

#include "core/arena.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    int status;
    struct bilingual text;
} types[PROBLEM_COUNT] = {[PROBLEM_NONE] = {"none", 200, {"", ""}},
#define X(id, name, status, en, zh) [PROBLEM_##id] = {name, status, {en, zh}},
                          PROBLEMS(X)
#undef X
};

bool problem_set(struct problem *problem, enum problem_type type, const char *field,
                 struct bilingual a, struct bilingual b, struct bilingual c)
{
    if (problem)
        *problem = (struct problem){.type = type, .field = field, .args = {a, b, c}};
    return false;
}

struct bilingual both(const char *text)
{
    return (struct bilingual){text, text};
}

static enum problem_type known(enum problem_type type)
{
    return (unsigned)type < PROBLEM_COUNT ? type : PROBLEM_INTERNAL;
}

const char *problem_name(enum problem_type type)
{
    return types[known(type)].name;
}

int problem_status(enum problem_type type)
{
    return types[known(type)].status;
}

/* The argument that "%1" … "%3" at `s` names, or NULL where no such mark begins. */
static const char *argument_at(const struct problem *problem, const char *s, enum language language)
{
    if (s[0] != '%' || s[1] < '1' || s[1] > '3')
        return NULL;
    return bilingual_text(problem->args[s[1] - '1'], language);
}

const char *problem_text(const struct problem *problem, enum language language, struct arena *arena)
{
    const char *text = bilingual_text(types[known(problem->type)].text, language);
    size_t size = 1;
    for (const char *s = text; *s; s++) {
        const char *argument = argument_at(problem, s, language);
        size += argument ? strlen(argument) : 1;
        s += argument ? 1 : 0;
    }
    char *out = arena_alloc(arena, size);
    size_t n = 0;
    for (const char *s = text; *s; s++) {
        const char *argument = argument_at(problem, s, language);
        if (argument) {
            size_t length = strlen(argument);
            memcpy(out + n, argument, length);
            n += length;
            s++;
        } else {
            out[n++] = *s;
        }
    }
    return out;
}
