/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb: a verb of the console as a script runs it: no terminal, what it prints, how it ends. */
#ifndef TESTS_LIB_VERB_H
#define TESTS_LIB_VERB_H

enum { VERB_OUTPUT_MAX = 1 << 18 };

/* What a verb left behind. */
struct verb_run {
    int status; /* 128 + N when signal N ended it */
    char out[VERB_OUTPUT_MAX], err[VERB_OUTPUT_MAX];
};

/* Runs `minqing` with these words (ends with NULL) in that home and waits for its end; `more` as in
 * screen_options.env. Fails the test when it does not end, or when a sanitizer spoke. */
void verb_run(struct verb_run *run, const char *home, const char *const *more,
              const char *const words[]);

#endif
