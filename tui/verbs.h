/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs: the console without a screen, for scripts: `minqing list`, `minqing act N dispatch …`. */
#ifndef TUI_VERBS_H
#define TUI_VERBS_H

#include <stdbool.h>

struct verbs_options {
    const char *url;      /* never NULL */
    const char *language; /* "zh" or "en"; NULL: as the account says */
    const char *login;    /* NULL: none given */
    const char *password; /* NULL: none given */
    const char *ca_file;  /* NULL: the system's certificates are trusted */
    bool plain_http;
    bool json; /* --json before the verb; a verb takes it among its own words, too */
};

/* Runs the verb argv[0] with its words argv[1..argc-1]; the locale and the catalogue are set up.
 * Returns the exit status: 0 done, 1 refused or failed, 2 wrong use. */
int verbs_run(const struct verbs_options *options, int argc, char **argv);

#endif
