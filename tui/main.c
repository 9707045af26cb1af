/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minqing: the console. With a verb it works without a screen. */
#include "core/clock.h"
#include "core/version.h"
#include "tui/app.h"
#include "tui/l10n.h"
#include "tui/verbs.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char url_default[] = "http://127.0.0.1:8042";

static int usage(FILE *out, int status)
{
    fputs("usage: minqing [--url URL] [--lang zh|en] [--low-bandwidth]\n"
          "               [--ca FILE] [--plain-http]\n"
          "               [--login NAME] [--password-file FILE] [--json] [verb …]\n"
          "  Without a verb the console opens. `minqing help` lists the verbs.\n"
          "  `minqing screen [COMMAND]` does one command and prints the screen as text.\n"
          "  --ca trusts the certificates of that file alone; --plain-http allows http:// beyond\n"
          "  this machine.\n"
          "  MINQING_URL, MINQING_LOGIN, MINQING_PASSWORD, MINQING_CA and MINQING_PLAIN_HTTP=1\n"
          "  stand in for the options.\n",
          out);
    return status;
}

/* The first line of a file; NULL with a word to stderr when it cannot be read. */
static char *read_password(const char *path)
{
    char *line = NULL;
    size_t size = 0;
    FILE *f = fopen(path, "r");
    ssize_t n = f ? getline(&line, &size, f) : -1;
    if (n < 0) {
        fprintf(stderr, "minqing: %s: %s\n", path, errno ? strerror(errno) : "is empty");
        free(line);
        line = NULL;
    } else {
        line[strcspn(line, "\r\n")] = '\0';
    }
    if (f)
        fclose(f);
    return line;
}

static const char *environment(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"url", required_argument, NULL, 'u'},
        {"lang", required_argument, NULL, 'l'},
        {"low-bandwidth", no_argument, NULL, 'b'},
        {"login", required_argument, NULL, 'a'},
        {"password-file", required_argument, NULL, 'p'},
        {"json", no_argument, NULL, 'j'},
        {"ca", required_argument, NULL, 'c'},
        {"plain-http", no_argument, NULL, 'P'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    struct verbs_options o = {.url = environment("MINQING_URL", url_default),
                              .login = environment("MINQING_LOGIN", NULL),
                              .password = environment("MINQING_PASSWORD", NULL),
                              .ca_file = environment("MINQING_CA", NULL),
                              .plain_http =
                                  strcmp(environment("MINQING_PLAIN_HTTP", ""), "1") == 0};
    bool slow = false;
    char *password = NULL;
    int c;
    /* "+": the words behind the verb are the verb's. */
    while ((c = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
        switch (c) {
        case 'u':
            o.url = optarg;
            break;
        case 'l':
            o.language = optarg;
            break;
        case 'b':
            slow = true;
            break;
        case 'a':
            o.login = optarg;
            break;
        case 'p':
            free(password);
            password = read_password(optarg);
            if (!password)
                return 2;
            o.password = password;
            break;
        case 'j':
            o.json = true;
            break;
        case 'c':
            o.ca_file = optarg;
            break;
        case 'P':
            o.plain_http = true;
            break;
        case 'V':
            puts("minqing " MINQING_VERSION);
            return 0;
        case 'h':
            return usage(stdout, 0);
        default:
            return usage(stderr, 2);
        }
    }
    if (o.language && strcmp(o.language, "zh") != 0 && strcmp(o.language, "en") != 0)
        return usage(stderr, 2);
    struct error err = {0};
    if (clock_init(getenv("MINQING_CLOCK"), &err)) {
        fprintf(stderr, "minqing: MINQING_CLOCK: %s\n", err.message);
        return 2;
    }
    l10n_start();
    l10n_language(o.language);
    /* The environment of a process can be read by others of the account. */
    int status;
    struct app_options app = {.url = o.url,
                              .login = o.login,
                              .password = o.password,
                              .language = o.language,
                              .low_bandwidth = slow,
                              .ca_file = o.ca_file,
                              .plain_http = o.plain_http};
    if (optind < argc && strcmp(argv[optind], "screen") == 0) {
        app.print = optind + 1 < argc ? argv[optind + 1] : "";
        status = loop_run(&app);
    } else if (optind < argc) {
        status = verbs_run(&o, argc - optind, argv + optind);
    } else {
        status = loop_run(&app);
    }
    if (password)
        explicit_bzero(password, strlen(password));
    free(password);
    return status;
}
