/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/arena.h"
#include "platform/analysis/learning.h"
#include "platform/commands/command.h"
#include "platform/import/reader.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOLD_DEFAULT = 3, COLUMNS_MAX = 2 };

static const char *database, *from, *text_columns = "title,text", *label_column = "label";
static unsigned hold = HOLD_DEFAULT;

/* --- from the office's decisions -------------------------------------------------------------- */

static int learn(void)
{
    struct error err = {ST_OK, ""};
    struct store *store;
    size_t used = 0, labels = 0;
    command_db = database;
    if (command_db_exists(&err) || command_open(&store, &err))
        return command_failed(&err);
    enum status st = learning_model(store, database, LEARNING_MOST, &used, &labels, &err);
    store_close(store);
    if (st)
        return command_failed(&err);
    (void)printf("%s.model: %zu categories learnt from %zu orders\n", database, labels, used);
    return EXIT_SUCCESS;
}

/* --- measured on a table ---------------------------------------------------------------------- */

struct table {
    struct reader *reader;
    struct arena *arena;
    size_t text[COLUMNS_MAX], text_count, label;
    struct example *examples;
    size_t count, capacity;
};

static bool find_column(const struct table *t, const char *name, size_t length, size_t *column,
                        struct error *err)
{
    const struct record *header = reader_header(t->reader);
    for (size_t i = 0; i < header->count; i++)
        if (strlen(header->fields[i]) == length && strncmp(header->fields[i], name, length) == 0) {
            *column = i;
            return true;
        }
    error_set(err, ST_INVALID, "%.100s has no column \"%.*s\"", from, (int)length, name);
    return false;
}

static bool find_columns(struct table *t, struct error *err)
{
    for (const char *name = text_columns; *name && t->text_count < COLUMNS_MAX;) {
        size_t length = strcspn(name, ",");
        if (!find_column(t, name, length, &t->text[t->text_count++], err))
            return false;
        name += length + (name[length] == ',');
    }
    return find_column(t, label_column, strlen(label_column), &t->label, err);
}

static const char *field(const struct record *r, size_t column)
{
    return column < r->count ? r->fields[column] : "";
}

static enum status read_examples(struct table *t, struct error *err)
{
    struct record r;
    while (reader_next(t->reader, &r, err)) {
        if (r.reason || !*field(&r, t->label))
            continue;
        const char *first = field(&r, t->text[0]);
        const char *second = t->text_count > 1 ? field(&r, t->text[1]) : "";
        t->examples =
            arena_grow(t->arena, t->examples, t->count, &t->capacity, sizeof *t->examples);
        t->examples[t->count++] =
            (struct example){.title = t->text_count > 1 ? arena_strdup(t->arena, first) : "",
                             .text = arena_strdup(t->arena, t->text_count > 1 ? second : first),
                             .label = arena_strdup(t->arena, field(&r, t->label)),
                             .times = 1};
    }
    return err->status;
}

static void print(const struct evaluation *e)
{
    (void)printf("%zu examples learnt, %zu held out, %zu left out that repeat another\n", e->learnt,
                 e->held_out, e->repeated);
    (void)printf("cost %g, by five-fold validation of the learnt part: %.3f right\n", e->cost,
                 e->validated);
    (void)printf("macro-F1 %.3f   first guess %.3f   one of three %.3f\n\n", e->macro_f1, e->first,
                 e->first_three);
    (void)puts("held out  precision  recall     F1  label");
    for (size_t i = 0; i < e->label_count; i++) {
        const struct label_result *l = &e->labels[i];
        double right = (double)l->right, said = (double)l->said, examples = (double)l->examples;
        (void)printf("%8zu  %9.3f  %6.3f  %5.3f  %s\n", l->examples, said > 0 ? right / said : 0,
                     examples > 0 ? right / examples : 0,
                     said + examples > 0 ? 2 * right / (said + examples) : 0, l->label);
    }
}

static int measure(void)
{
    struct error err = {ST_OK, ""};
    struct evaluation result;
    struct table t = {.arena = arena_new()};
    enum status st = t.arena ? ST_OK : error_set(&err, ST_NO_MEMORY, "out of memory");
    if (!st && !(t.reader = reader_open(from, &err)))
        st = err.status;
    if (!st && !find_columns(&t, &err))
        st = err.status;
    if (!st)
        st = read_examples(&t, &err);
    if (!st)
        st = learning_evaluate(t.examples, t.count, hold, t.arena, &result, &err);
    if (!st)
        print(&result);
    if (t.reader)
        reader_close(t.reader);
    arena_free(t.arena);
    return st ? command_failed(&err) : EXIT_SUCCESS;
}

static int run(int count, char **words)
{
    (void)count;
    (void)words;
    if (from && database)
        return command_wrong("train: --from measures on a table, --db learns from a database; one "
                             "of them at a time");
    if (!from && !database)
        return command_wrong("train needs --db FILE, or --from CSV to measure");
    return from ? measure() : learn();
}

/* clang-format off */
static const struct command_option options[] = {
    {"db", OPTION_TEXT, &database, 0, 0, "FILE", "learn from this database's orders; the model is FILE.model"},
    {"keys", OPTION_TEXT, &command_keys, 0, 0, "FILE", "its key file, where that is not DB.key"},
    {"from", OPTION_TEXT, &from, 0, 0, "CSV", "instead: learn from a part of a table and measure on the rest"},
    {"text", OPTION_TEXT, &text_columns, 0, 0, "COLUMNS", "its column of words, or TITLE,WORDS (title,text)"},
    {"label", OPTION_TEXT, &label_column, 0, 0, "COLUMN", "its column of categories (label)"},
    {"held-out", OPTION_NUMBER, &hold, 2, 1000, "N", "every N-th row is measured on (3)"},
};
/* clang-format on */
const struct command command_train = {
    "train", "", "learn which words belong to which category", COMMAND_OPTIONS(options), 0, 0, run};
