/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables as documents: they print themselves, so that no document can lag behind. */
#include "platform/domain/lifecycle_private.h"

#include <string.h>

static const struct {
    const char *name, *title;
    enum word_list states;
} cycles[] = {
    [SUBJECT_ORDER] = {"order", "Order", WORDS_ORDER_STATE},
    [SUBJECT_ASSIGNMENT] = {"assignment", "Assignment", WORDS_ASSIGNMENT_STATE},
    [SUBJECT_OBJECTION] = {"objection", "Objection", WORDS_OBJECTION_STATE},
};

static void print_bits(FILE *out, uint32_t bits, const char *(*name)(int bit))
{
    const char *separator = "";
    for (int bit = 0; bit < 32; bit++) {
        if (!(bits & BIT(bit)))
            continue;
        fprintf(out, "%s%s", separator, name(bit));
        separator = ", ";
    }
}

static const char *order_state(int state)
{
    return word_name(WORDS_ORDER_STATE, state);
}

static const char *assignment_state(int state)
{
    return word_name(WORDS_ASSIGNMENT_STATE, state);
}

static const char *objection_state(int state)
{
    return word_name(WORDS_OBJECTION_STATE, state);
}

static const char *role(int bit)
{
    return word_name(WORDS_ROLE, bit);
}

static const char *(*const state_names[])(int) = {order_state, assignment_state, objection_state};

static void print_table(FILE *out, enum subject subject)
{
    fprintf(out,
            "## %s\n\n| from | action | who | when | to | effects |\n|---|---|---|---|---|---|\n",
            cycles[subject].title);
    for (size_t i = 0; i < lifecycle_row_count(); i++) {
        const struct lifecycle_row *row = lifecycle_row_at(i);
        if (row->subject != subject)
            continue;
        fputs("| ", out);
        print_bits(out, row->from, state_names[subject]);
        fprintf(out, " | %s%s%s | ", row->action, row->outcome[0] ? ": " : "", row->outcome);
        if (row->by_timer)
            fputs("timer", out);
        else
            print_bits(out, row->roles, role);
        fputs(" | ", out);
        print_bits(out, row->guards, lifecycle_guard_text);
        if (row->order_states) {
            fputs(row->guards ? "; order " : "order ", out);
            print_bits(out, row->order_states, order_state);
        }
        fprintf(out, " | %s | ",
                row->to < 0 ? "stays" : word_name(cycles[subject].states, row->to));
        print_bits(out, row->effects, lifecycle_effect_text);
        fputs(" |\n", out);
    }
    fputc('\n', out);
}

/* True if an earlier row of another role draws the same arrow. */
static bool drawn(size_t before, const struct lifecycle_row *row, int from)
{
    for (size_t i = 0; i < before; i++) {
        const struct lifecycle_row *other = lifecycle_row_at(i);
        if (other->subject == row->subject && (other->from & BIT(from)) && other->to == row->to &&
            strcmp(other->action, row->action) == 0 && strcmp(other->outcome, row->outcome) == 0)
            return true;
    }
    return false;
}

/* Calls `edge` for each state and the state that a row leads it to, where that is another one. */
static void each_edge(FILE *out, enum subject subject,
                      void (*edge)(FILE *out, const char *from, const char *to,
                                   const struct lifecycle_row *row))
{
    enum word_list states = cycles[subject].states;
    for (size_t i = 0; i < lifecycle_row_count(); i++) {
        const struct lifecycle_row *row = lifecycle_row_at(i);
        for (int from = 0; row->subject == subject && from < words_count(states); from++)
            if ((row->from & BIT(from)) && row->to >= 0 && row->to != from && !drawn(i, row, from))
                edge(out, word_name(states, from), word_name(states, row->to), row);
    }
}

static void mermaid_edge(FILE *out, const char *from, const char *to,
                         const struct lifecycle_row *row)
{
    fprintf(out, "    %s --> %s: %s%s%s\n", from, to, row->action, row->outcome[0] ? " " : "",
            row->outcome);
}

static void dot_edge(FILE *out, const char *from, const char *to, const struct lifecycle_row *row)
{
    fprintf(out, "    %s -> %s [label=\"%s%s%s\"%s];\n", from, to, row->action,
            row->outcome[0] ? " " : "", row->outcome, row->by_timer ? ", style=dashed" : "");
}

void lifecycle_print(FILE *out, bool markdown)
{
    for (int subject = SUBJECT_ORDER; subject <= SUBJECT_OBJECTION; subject++) {
        if (markdown) {
            print_table(out, (enum subject)subject);
            fputs("```mermaid\nstateDiagram-v2\n", out);
            each_edge(out, (enum subject)subject, mermaid_edge);
            fputs("```\n\n", out);
        } else {
            fprintf(out, "digraph %s {\n", cycles[subject].name);
            each_edge(out, (enum subject)subject, dot_edge);
            fputs("}\n", out);
        }
    }
}
