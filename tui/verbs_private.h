/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs share: a client that waits, and lines on standard output. */
#ifndef TUI_VERBS_PRIVATE_H
#define TUI_VERBS_PRIVATE_H

#include "client/minqing.h"
#include "core/buf.h"
#include "tui/verbs.h"

struct verbs {
    const struct verbs_options *options;
    struct mq *mq;
    bool json;
    bool failed; /* what goes on by itself (watch) cannot */
    int argc;    /* words behind the verb, without --json */
    char **argv;
};

/* One call that is waited for. Pass verbs_answer and a zeroed struct as `user`. */
struct answer {
    bool done;
    struct mq_result *result; /* owned */
};
void verbs_answer(void *user, struct mq_result *result);
/* Waits for it. NULL after saying on standard error why it failed; the caller frees the result. */
struct mq_result *verbs_wait(struct verbs *v, struct answer *answer);
/* The same for anything that went wrong, which is said; `result` is freed. Always returns 1. */
int verbs_failed(struct mq_result *result);

/* Prints printf-like UTF-8, made harmless, in the locale's characters. */
void verbs_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void verbs_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Asks on the terminal without showing what is typed. NULL where there is none; otherwise the
 * caller overwrites and frees it. */
char *verbs_ask_secret(const char *prompt);
/* All words of the verb as one text, to be freed; NULL when there is none, which is said. */
char *verbs_words(struct verbs *v, const char *complaint);
/* Prints the answer's JSON as it came. */
void verbs_print_json(const struct mq_result *result);
/* "11-18 09:30"; "-" for none. In a buffer of the caller's. */
enum { VERBS_TIME_SIZE = 24 };
const char *verbs_time(int64_t ms, char out[VERBS_TIME_SIZE]);

typedef int (*verb_function)(struct verbs *v);
int verb_list(struct verbs *v);
int verb_show(struct verbs *v);
int verb_events(struct verbs *v);
int verb_why(struct verbs *v);
int verb_queues(struct verbs *v);
int verb_board(struct verbs *v);
int verb_bulletin(struct verbs *v);
int verb_access(struct verbs *v);
int verb_search(struct verbs *v);
int verb_articles(struct verbs *v);
int verb_article(struct verbs *v);
int verb_find(struct verbs *v);
int verb_watch(struct verbs *v);
int verb_intake(struct verbs *v);
int verb_act(struct verbs *v);
int verb_reveal(struct verbs *v);
int verb_password(struct verbs *v);
int verb_sessions(struct verbs *v);
int verb_accounts(struct verbs *v);
int verb_account(struct verbs *v);

#endif
