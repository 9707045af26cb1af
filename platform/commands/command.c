/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/commands/command.h"
#include "core/clock.h"
#include "platform/store/seal.h"
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPTIONS_MAX = 24, FIRST_OPTION = 256 };

const char *command_db, *command_keys;

int command_wrong(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("minqingd: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputs("\nminqingd --help tells how it is used.\n", stderr);
    va_end(args);
    return EXIT_USAGE;
}

int command_failed(const struct error *err)
{
    (void)fprintf(stderr, "minqingd: %s\n", err->message);
    return EXIT_FAILURE;
}

enum status command_open(struct store **store, struct error *err)
{
    return store_open_with(command_db, command_keys, store, err);
}

enum status command_seal(struct store *store, struct error *err)
{
    struct seal made;
    return store_seal(store, clock_now_ms(), &made, NULL, err);
}

enum status command_db_exists(struct error *err)
{
    if (access(command_db, F_OK) == 0)
        return ST_OK;
    return error_set(err, ST_NOT_FOUND, "%s: %s; minqingd init --db FILE makes a database",
                     command_db, strerror(errno));
}

void command_progress(void *user, const char *what, size_t done, size_t total)
{
    /* When the stage began, and how far it was then. */
    static char stage[32];
    static int64_t began_ms;
    static size_t began_at;
    (void)user;
    if (strncmp(stage, what, sizeof stage - 1) != 0) {
        (void)snprintf(stage, sizeof stage, "%s", what);
        began_ms = clock_ticks_ms();
        began_at = done;
    }
    double seconds = (double)(clock_ticks_ms() - began_ms) / 1000;
    double rate = seconds > 0 ? (double)(done - began_at) / seconds : 0;
    if (!isatty(STDERR_FILENO)) {
        if (done == total)
            (void)fprintf(stderr, "%s: %zu\n", what, total);
        return;
    }
    (void)fprintf(stderr, "\r\033[K%s %zu/%zu", what, done, total);
    if (done == total)
        (void)fputc('\n', stderr);
    else if (rate > 0)
        (void)fprintf(stderr, ", %.0f/s, %.0f s left", rate, (double)(total - done) / rate);
}

static int take_number(const struct command_option *option, const char *text)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || number < option->min ||
        number > option->max)
        return command_wrong("--%s takes a number from %u to %u, not \"%s\"", option->name,
                             option->min, option->max, text);
    *(unsigned *)option->value = (unsigned)number;
    return 0;
}

static int take_option(const struct command_option *option, const char *text)
{
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)option->value = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)option->value = text;
        return 0;
    case OPTION_NUMBER:
        return take_number(option, text);
    case OPTION_LIST: {
        struct option_list *list = option->value;
        if (list->count == OPTION_LIST_MAX)
            return command_wrong("--%s is given at most %d times", option->name, OPTION_LIST_MAX);
        list->items[list->count++] = text;
        return 0;
    }
    }
    return 0;
}

/* Reads the options behind the command; what is left are its words. */
static int parse(const struct command *command, int argc, char **argv)
{
    struct option known[OPTIONS_MAX + 1] = {{NULL, 0, NULL, 0}};
    for (size_t i = 0; i < command->option_count && i < OPTIONS_MAX; i++)
        known[i] = (struct option){command->options[i].name,
                                   command->options[i].kind == OPTION_FLAG ? no_argument
                                                                           : required_argument,
                                   NULL, FIRST_OPTION + (int)i};
    opterr = 0;
    optind = 1;
    for (;;) {
        int at = optind;
        int letter = getopt_long(argc, argv, ":", known, NULL);
        if (letter == -1)
            return 0;
        if (letter == ':')
            return command_wrong("%s needs a value", argv[at]);
        if (letter == '?')
            return command_wrong("%s: there is no option %s", command->name, argv[at]);
        int code = take_option(&command->options[letter - FIRST_OPTION], optarg);
        if (code)
            return code;
    }
}

static bool needs_db(const struct command *command)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].value == &command_db)
            return true;
    return false;
}

int command_run(const struct command *command, int argc, char **argv)
{
    int code = parse(command, argc, argv);
    if (code)
        return code;
    size_t words = (size_t)(argc - optind);
    if (words > command->arguments_max)
        return command_wrong("%s: \"%s\" is one word too many", command->name,
                             argv[optind + (int)command->arguments_max]);
    if (words < command->arguments_min)
        return command_wrong("%s needs %s", command->name, command->arguments);
    if (needs_db(command) && !command_db)
        return command_wrong("%s needs --db FILE", command->name);
    return command->run((int)words, argv + optind);
}

void command_help(const struct command *const *commands, size_t count)
{
    (void)puts("minqingd - the platform of Minqing (民情通)\n");
    for (size_t i = 0; i < count; i++) {
        const struct command *c = commands[i];
        (void)printf("  minqingd %s%s%s%s%s\n      %s\n", c->name, *c->arguments ? " " : "",
                     c->arguments, needs_db(c) ? " --db FILE" : "",
                     c->option_count > needs_db(c) ? " [options]" : "", c->help);
        for (size_t o = 0; o < c->option_count; o++) {
            const struct command_option *option = &c->options[o];
            if (option->value == &command_db)
                continue;
            char name[64];
            (void)snprintf(name, sizeof name, "--%s%s%s", option->name, option->argument ? " " : "",
                           option->argument ? option->argument : "");
            (void)printf("        %-22s %s\n", name, option->help);
        }
    }
    (void)puts("  minqingd --version | --help\n\n"
               "Environment: MINQING_CLOCK  a test clock: start=TIME,scale=N,file=PATH\n"
               "Exit status: 0 done, 1 failed, 2 wrong usage.");
}
