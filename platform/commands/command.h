/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command: what minqingd can be asked to do. One file a command; main.c lists them. */
#ifndef PLATFORM_COMMANDS_COMMAND_H
#define PLATFORM_COMMANDS_COMMAND_H

#include "core/status.h"
#include <stdbool.h>
#include <stddef.h>

enum { EXIT_USAGE = 2 };

enum option_kind {
    OPTION_FLAG,   /* value: bool *, set true */
    OPTION_TEXT,   /* value: const char ** */
    OPTION_NUMBER, /* value: unsigned *, from `min` to `max` */
    OPTION_LIST,   /* value: struct option_list *, may be given again and again */
};

enum { OPTION_LIST_MAX = 64 };
struct option_list {
    const char *items[OPTION_LIST_MAX];
    size_t count;
};

struct command_option {
    const char *name; /* without the dashes */
    enum option_kind kind;
    void *value;          /* where it is put */
    unsigned min, max;    /* OPTION_NUMBER */
    const char *argument; /* its name in the help, NULL for a flag */
    const char *help;     /* one line */
};

struct command {
    const char *name;
    const char *arguments; /* "KIND FILE", as the help shows them; "" none */
    const char *help;      /* one line */
    const struct command_option *options;
    size_t option_count;
    size_t arguments_min, arguments_max; /* words that are no options */
    /* Runs it with those words; the exit status. */
    int (*run)(int count, char **words);
};
#define COMMAND_OPTIONS(array) (array), sizeof(array) / sizeof((array)[0])

/* The option that nearly every command has and needs, and the one that goes with it. */
extern const char *command_db, *command_keys;
/* clang-format off */
#define OPTION_DB                                                                                  \
    {"db", OPTION_TEXT, &command_db, 0, 0, "FILE", "the database"},                                \
    {"keys", OPTION_TEXT, &command_keys, 0, 0, "FILE", "its key file, where that is not DB.key"}
/* clang-format on */

extern const struct command command_import, command_export, command_columns, command_account,
    command_serve, command_init, command_check, command_lifecycle, command_settings,
    command_reindex, command_train, command_anonymise;

/* Understands `argv` (argv[0] is the command's name) and runs it. */
int command_run(const struct command *command, int argc, char **argv);
/* Lists all commands with their options. */
void command_help(const struct command *const *commands, size_t count);
/* Says on standard error what was wrong with the command line; EXIT_USAGE. */
int command_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says on standard error why it could not be done; EXIT_FAILURE. */
int command_failed(const struct error *err);
/* store_open_with for --db and --keys. */
struct store;
enum status command_open(struct store **store, struct error *err);
/* Seals what the command wrote; at its end. */
enum status command_seal(struct store *store, struct error *err);
/* A database that is not there would be made by the store, which is not what a wrong path means. */
enum status command_db_exists(struct error *err);
/* One line that grows on a terminal, with the rate and the time that is left; a line a stage
 * elsewhere. `user` is unused. */
void command_progress(void *user, const char *what, size_t done, size_t total);

#endif
