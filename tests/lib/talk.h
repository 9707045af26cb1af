/* SPDX-License-Identifier: GPL-3.0-or-later */
/* talk: one connection to the platform that stays open, and the whole of each answer, its headers
 * too: for tests that ask thousands of questions or compare answers byte for byte. Of one thread.
 * What belongs to the test's surroundings ends the program, as in platform.h. */
#ifndef TESTS_LIB_TALK_H
#define TESTS_LIB_TALK_H

#include "tests/lib/platform.h"

struct talk;
struct talk *talk_open(const struct test_platform *platform);
void talk_close(struct talk *talk); /* NULL is allowed */

struct said {
    int status;
    char *head; /* its status and header lines as they came, but without X-Request-Id, which is of
                   each request */
    char *text; /* the body; never NULL */
    size_t length;
    cJSON *json; /* of the body; NULL when it is none */
};
/* Asks and waits. Of the request method, path, token, key ("" none; NULL: one of its own for a
 * POST), version and body count. */
struct said talk_ask(struct talk *talk, const struct test_request *request);
void said_free(struct said *said);

/* GET, with a path as for printf. */
__attribute__((format(printf, 3, 4))) struct said talk_get(struct talk *talk, const char *token,
                                                           const char *path, ...);
/* POST with a body as for printf. */
__attribute__((format(printf, 4, 5))) struct said
talk_post(struct talk *talk, const char *token, const char *path, const char *body, ...);
/* The token of this account of the demonstration city; a session of its own each time, to be freed.
 */
char *talk_login(struct talk *talk, const char *login);

#endif
