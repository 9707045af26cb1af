/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minqingd: the platform's program, that is its commands. */
#include "core/clock.h"
#include "core/version.h"
#include "core/worktime.h"
#include "platform/demo/demo.h"
#include "platform/domain/lifecycle.h"
#include "platform/serve.h"
#include "platform/store/store.h"
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, DEFAULT_PORT = 8042, THREADS_MAX = 64 };

static const char usage[] =
    "minqingd - the platform of Minqing (民情通)\n"
    "\n"
    "  minqingd serve --db FILE [options]   answer the consoles until SIGTERM or SIGINT\n"
    "      --listen ADDRESS     IPv4 or IPv6 address to listen on (127.0.0.1)\n"
    "      --port N             port, 0 for any free one (8042)\n"
    "      --port-file FILE     write the port there once requests are answered\n"
    "      --threads N          threads that answer requests (one a processor)\n"
    "      --holidays FILE      days that differ from Monday to Friday, as CSV with the columns\n"
    "                           date,name,is_workday; otherwise those in the database\n"
    "  minqingd init --db FILE [--demo]     make a new database\n"
    "      --demo               with the demonstration city: accounts, places, 60 days of orders\n"
    "      --holidays FILE      as above, for the city's orders\n"
    "  minqingd check --db FILE             verify the chain of events of every order\n"
    "  minqingd lifecycle [--markdown]      print the life-cycles as Graphviz dot, or as Markdown\n"
    "  minqingd --version | --help\n"
    "\n"
    "Environment: MINQING_CLOCK  a test clock: start=TIME,scale=N,file=PATH\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n";

struct options {
    const char *db, *listen, *port_file, *holidays;
    uint16_t port;
    unsigned threads;
    bool demo, markdown;
};

/* --- the command line ------------------------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static int wrong_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("minqingd: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputs("\nminqingd --help tells how it is used.\n", stderr);
    va_end(args);
    return EXIT_USAGE;
}

static int failed(const struct error *err)
{
    (void)fprintf(stderr, "minqingd: %s\n", err->message);
    return EXIT_FAILURE;
}

static bool parse_number(const char *text, unsigned max, unsigned *number)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || value > max)
        return false;
    *number = (unsigned)value;
    return true;
}

enum option_letter {
    OPT_DB = 256,
    OPT_LISTEN,
    OPT_PORT,
    OPT_PORT_FILE,
    OPT_THREADS,
    OPT_HOLIDAYS,
    OPT_DEMO,
    OPT_MARKDOWN
};
static const struct option known_options[] = {
    {"db", required_argument, NULL, OPT_DB},
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"port", required_argument, NULL, OPT_PORT},
    {"port-file", required_argument, NULL, OPT_PORT_FILE},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"holidays", required_argument, NULL, OPT_HOLIDAYS},
    {"demo", no_argument, NULL, OPT_DEMO},
    {"markdown", no_argument, NULL, OPT_MARKDOWN},
    {NULL, 0, NULL, 0},
};
#define ALLOW(letter) (1u << ((letter)-OPT_DB))

static int take_option(int letter, const char *value, struct options *options)
{
    unsigned number;
    switch (letter) {
    case OPT_DB:
        options->db = value;
        break;
    case OPT_LISTEN:
        options->listen = strcmp(value, "localhost") == 0 ? "127.0.0.1" : value;
        break;
    case OPT_PORT:
        if (!parse_number(value, UINT16_MAX, &number))
            return wrong_usage("--port takes a number from 0 to 65535, not \"%s\"", value);
        options->port = (uint16_t)number;
        break;
    case OPT_PORT_FILE:
        options->port_file = value;
        break;
    case OPT_THREADS:
        if (!parse_number(value, THREADS_MAX, &options->threads) || options->threads == 0)
            return wrong_usage("--threads takes a number from 1 to %d, not \"%s\"", THREADS_MAX,
                               value);
        break;
    case OPT_HOLIDAYS:
        options->holidays = value;
        break;
    case OPT_DEMO:
        options->demo = true;
        break;
    default:
        options->markdown = true;
    }
    return 0;
}

/* Reads the options behind the command; those not in `allowed` are not understood. */
static int parse_options(int argc, char **argv, unsigned allowed, struct options *options)
{
    const char *command = argv[0];
    opterr = 0;
    optind = 1;
    for (;;) {
        int at = optind;
        int letter = getopt_long(argc, argv, ":", known_options, NULL);
        if (letter == -1)
            break;
        if (letter == ':')
            return wrong_usage("%s needs a value", argv[at]);
        if (letter == '?' || !(allowed & ALLOW(letter)))
            return wrong_usage("%s: there is no option %s", command, argv[at]);
        int code = take_option(letter, optarg, options);
        if (code)
            return code;
    }
    if (optind < argc)
        return wrong_usage("%s: \"%s\" is one word too many", command, argv[optind]);
    if ((allowed & ALLOW(OPT_DB)) && !options->db)
        return wrong_usage("%s needs --db FILE", command);
    return 0;
}

/* --- serve ------------------------------------------------------------------------------------ */

/* A database that is not there would be made by the store, which is not what a wrong path means. */
static enum status must_exist(const char *path, struct error *err)
{
    if (access(path, F_OK) == 0)
        return ST_OK;
    return error_set(err, ST_NOT_FOUND, "%s: %s; minqingd init --db FILE makes a database", path,
                     strerror(errno));
}

static int serve_command(const struct options *options)
{
    struct error err = {ST_OK, ""};
    const char *clock = getenv("MINQING_CLOCK");
    const struct serve_options serve_options = {
        .database = options->db,
        .listen = options->listen,
        .port = options->port,
        .port_file = options->port_file,
        .threads = options->threads,
        .holidays_file = options->holidays,
        .test_clock = clock && *clock,
        .version = MINQING_VERSION,
    };
    if (must_exist(options->db, &err) || serve(&serve_options, &err))
        return failed(&err);
    return EXIT_SUCCESS;
}

/* --- init ------------------------------------------------------------------------------------- */

/* One line that grows on a terminal; a line a stage elsewhere. Called from the store's thread. */
static void show_progress(void *user, const char *what, size_t done, size_t total)
{
    const bool *terminal = user;
    if (*terminal)
        (void)fprintf(stderr, "\r\033[K%s %zu/%zu%s", what, done, total, done == total ? "\n" : "");
    else if (done == total)
        (void)fprintf(stderr, "%s: %zu\n", what, total);
}

static enum status has_no_city(struct store *store, const char *path, struct error *err)
{
    struct db *db = store_reader(store, err);
    struct arena *arena = db ? arena_new() : NULL;
    if (!arena)
        return db ? error_set(err, ST_NO_MEMORY, "out of memory") : err->status;
    struct region *regions;
    enum status st = store_read_begin(db);
    size_t count = st ? 0 : store_regions(db, arena, &regions);
    if (!st)
        st = store_read_end(db);
    arena_free(arena);
    if (st)
        return error_set(err, st, "%s cannot be read", path);
    return count == 0
               ? ST_OK
               : error_set(err, ST_CONFLICT, "%s holds a city already; nothing was changed", path);
}

static enum status make_demo(struct store *store, const struct options *options, struct error *err)
{
    bool terminal = isatty(STDERR_FILENO);
    struct calendar *calendar = NULL;
    enum status st = ST_OK;
    if (options->holidays) {
        calendar = calendar_new();
        st = calendar ? calendar_load(calendar, options->holidays, err)
                      : error_set(err, ST_NO_MEMORY, "out of memory");
    }
    if (st == ST_OK)
        st = demo_city_make(store, calendar, err, show_progress, &terminal);
    calendar_free(calendar);
    if (st == ST_OK)
        (void)fprintf(stderr,
                      "%s holds the demonstration city; the password of all its accounts is %s\n"
                      "minqingd serve --db %s starts the platform\n",
                      options->db, demo_password, options->db);
    return st;
}

static int init(const struct options *options)
{
    struct error err = {ST_OK, ""};
    struct store *store;
    if (store_open(options->db, &store, &err))
        return failed(&err);
    enum status st = has_no_city(store, options->db, &err);
    if (st == ST_OK && options->demo)
        st = make_demo(store, options, &err);
    else if (st == ST_OK)
        (void)fprintf(stderr, "%s is made, without a city; --demo puts one in\n", options->db);
    store_close(store);
    return st ? failed(&err) : EXIT_SUCCESS;
}

/* --- check ------------------------------------------------------------------------------------ */

static enum status read_order_ids(struct db *db, struct arena *arena, int64_t **ids, size_t *count,
                                  struct error *err)
{
    enum status st = store_read_begin(db);
    if (!st) {
        *count = store_order_ids(db, arena, ids);
        st = store_read_end(db);
    }
    return st ? error_set(err, st, "the orders cannot be read") : ST_OK;
}

static enum status check_orders(struct db *db, size_t *good, size_t *bad, struct error *err)
{
    struct arena *arena = arena_new();
    int64_t *ids = NULL;
    size_t count = 0;
    enum status st = arena ? read_order_ids(db, arena, &ids, &count, err)
                           : error_set(err, ST_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < count && !st; i++) {
        if (store_chain_verify(db, ids[i], err)) {
            (void)fprintf(stderr, "order %" PRId64 ": %s\n", ids[i], err->message);
            ++*bad;
        } else {
            ++*good;
        }
    }
    arena_free(arena);
    return st;
}

static int check(const struct options *options)
{
    struct error err = {ST_OK, ""};
    struct store *store;
    size_t good = 0, bad = 0;
    if (must_exist(options->db, &err) || store_open(options->db, &store, &err))
        return failed(&err);
    struct db *db = store_reader(store, &err);
    enum status st = db ? check_orders(db, &good, &bad, &err) : err.status;
    store_close(store);
    if (st)
        return failed(&err);
    (void)printf("%zu orders verified, %zu broken\n", good, bad);
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- all together ----------------------------------------------------------------------------- */

static int lifecycle(const struct options *options)
{
    lifecycle_print(stdout, options->markdown);
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static const struct command {
    const char *name;
    unsigned options;
    int (*run)(const struct options *options);
} commands[] = {
    {"serve",
     ALLOW(OPT_DB) | ALLOW(OPT_LISTEN) | ALLOW(OPT_PORT) | ALLOW(OPT_PORT_FILE) |
         ALLOW(OPT_THREADS) | ALLOW(OPT_HOLIDAYS),
     serve_command},
    {"init", ALLOW(OPT_DB) | ALLOW(OPT_DEMO) | ALLOW(OPT_HOLIDAYS), init},
    {"check", ALLOW(OPT_DB), check},
    {"lifecycle", ALLOW(OPT_MARKDOWN), lifecycle},
};

int main(int argc, char **argv)
{
    if (argc < 2)
        return wrong_usage("what is to be done? (serve, init, check, lifecycle)");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (strcmp(argv[1], "--version") == 0)
        return printf("minqingd %s\n", MINQING_VERSION) < 0 || fflush(stdout) != 0;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct options options = {
        .listen = "127.0.0.1",
        .port = DEFAULT_PORT,
        .threads = processors < 2             ? 2
                   : processors > THREADS_MAX ? THREADS_MAX
                                              : (unsigned)processors,
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        int code = parse_options(argc - 1, argv + 1, commands[i].options, &options);
        if (code)
            return code;
        struct error err = {ST_OK, ""};
        if (clock_init(getenv("MINQING_CLOCK"), &err))
            return wrong_usage("MINQING_CLOCK: %s", err.message);
        (void)umask(0077); /* what is kept here is personal */
        return commands[i].run(&options);
    }
    return wrong_usage("there is no command \"%s\" (serve, init, check, lifecycle)", argv[1]);
}
