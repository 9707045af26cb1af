/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real minqingd on a city of its own, for tests and benches that need one, and the API as calls
 * that wait for their answer.
 *
 *   struct test_platform *p = test_platform_start(NULL);
 *   const char *operator = test_login(p, "operator");
 *   struct test_reply reply = test_post(p, operator, "/appeals",
 *                                       "{\"channel\":\"hotline\",…,\"next\":\"%s\"}", "dispatch");
 *   assert_int_equal(reply.status, 201);
 *   int64_t id = json_int(reply.json, "id", 0);
 *   test_reply_free(&reply);
 *   assert_true(test_platform_stop(p));
 *
 * What belongs to the test's surroundings (a program that does not start, a full disk) ends the
 * program with a message and the platform's log; what the platform answers is the caller's to
 * judge. Nothing here needs cmocka. Everything a test leaves behind, because an assertion jumped
 * over its end, is killed and removed when the program ends.
 *
 * Environment: MINQING_BIN_DIR     directory of the programs (build/release)
 *              MINQING_TEST_CITY   a database of the demonstration city to copy, made by
 *                                  `minqingd init --demo`; made once a program where it is not set
 */
#ifndef TESTS_LIB_PLATFORM_H
#define TESTS_LIB_PLATFORM_H

#include "core/json.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Nobody waits longer for anything, unless a limit is given: long enough for a sanitizer on a busy
 * machine, and never reached by what works. */
enum { TEST_LIMIT_MS = 60000 };

/* --- the platform ----------------------------------------------------------------------------- */

/* Fields are for reading. Start and use it on one thread; the requests below may come from many. */
struct test_platform {
    char *directory; /* its own; removed with it */
    char *database;  /* the city's copy in there */
    char *log;       /* path of what it printed */
    char *clock;   /* its MINQING_CLOCK, for other programs on the same clock; NULL: the real one */
    char *url;     /* "http://127.0.0.1:PORT", stays the same over a restart */
    char *ca_file; /* NULL: HTTP */
    uint16_t port;
    pid_t pid; /* 0: it is not running */
    struct test_platform_private *private_data;
};

struct test_platform_options {
    /* NULL: the real clock. Else a MINQING_CLOCK such as
     * "start=2026-11-18T09:00:00+08:00,scale=60"; a file= that test_platform_advance writes is
     * added. With start= the city is made for that moment (half a second more), otherwise for now.
     */
    const char *clock;
    /* Copied instead of the demonstration city; "" starts from no file at all. NULL: the city. */
    const char *database;
    /* Whom its clients trust, PEM: it is spoken to by HTTPS (certificate and key are words of its
     * own). NULL: by HTTP. */
    const char *ca_file;
    /* More words behind `minqingd serve …`, ends with NULL. NULL: none. */
    const char *const *arguments;
};

/* Starts a platform and returns when it answers. `clock` as above, NULL for the real one. */
struct test_platform *test_platform_start(const char *clock);
struct test_platform *test_platform_start_with(const struct test_platform_options *options);
/* Stops it in order (SIGTERM), if it runs, and frees everything. False, with the log printed, when
 * it did not end with status 0 in time: a sanitizer's report, a leak, a hang. */
bool test_platform_stop(struct test_platform *platform);
/* SIGKILL, as a crash would; the database stays. */
void test_platform_kill(struct test_platform *platform);
/* Starts it again on the same database and the same port; stops it in order first if it runs. False
 * when that did not go well. Sessions outlive it. */
bool test_platform_restart(struct test_platform *platform);
/* Moves its test clock by `ms` and returns when it shows that time. Timers follow within a moment:
 * wait for their effect. Only with a clock. */
void test_platform_advance(struct test_platform *platform, int64_t ms);
/* Runs `minqingd` with these words (ends with NULL) to its end; its exit status, or 128 + the
 * signal. `output`, unless NULL, gets what it printed on both, malloc'ed. */
int test_minqingd(const char *const *words, const char *clock, char **output);
/* `minqingd check` on the stopped platform's database: true when every order's chain is whole. */
bool test_platform_check(const struct test_platform *platform);
/* A raw TCP connection to it. */
int test_platform_dial(const struct test_platform *platform);
/* A fresh directory that is removed at the program's end; free it. */
char *test_directory(void);

/* --- requests --------------------------------------------------------------------------------- */

struct test_reply {
    int status;      /* 0: there was no answer, see `text` */
    cJSON *json;     /* of the body; NULL when it is none */
    char *text;      /* the body as it came; never NULL */
    size_t length;   /* of it */
    int64_t version; /* of the ETag, -1 none */
    char type[64];   /* Content-Type */
    char request_id[80];
    int retry_after; /* seconds, 0 not said */
    char allow[64];  /* Allow */
};
void test_reply_free(struct test_reply *reply);
/* The problem's type ("return-window"), "" when the answer is none. */
const char *test_problem(const struct test_reply *reply);

/* All of a request. Zero and NULL leave a thing out. */
struct test_request {
    const char *method; /* NULL: GET, or POST with a body */
    const char *path;   /* behind /api/v1, as it shall be sent */
    const char *token;
    const char *key;      /* Idempotency-Key; NULL: a new one for each POST; "": none */
    int64_t version;      /* If-Match, when > 0 */
    const char *language; /* Accept-Language */
    const char *type;     /* Content-Type; NULL: application/json */
    const char *body;
    size_t body_length;         /* 0: strlen(body) */
    int64_t limit_ms;           /* 0: TEST_LIMIT_MS */
    const char *const *headers; /* "Name: value" more; ends with NULL. NULL: none */
    const char *from; /* address of this machine that it comes from, as 127.0.0.2; NULL: any */
};
/* Sends it on a connection of its own and waits for the answer. Any thread. */
struct test_reply test_http(const struct test_platform *platform,
                            const struct test_request *request);

/* The usual ones. Formats as for printf. */
__attribute__((format(printf, 3, 4))) struct test_reply
test_get(const struct test_platform *platform, const char *token, const char *path, ...);
/* With a fresh Idempotency-Key; body "" is none. */
__attribute__((format(printf, 4, 5))) struct test_reply
test_post(const struct test_platform *platform, const char *token, const char *path,
          const char *body, ...);
/* POST /orders/ORDER/actions/ACTION made from `version`. */
__attribute__((format(printf, 6, 7))) struct test_reply
test_act(const struct test_platform *platform, const char *token, int64_t order, int64_t version,
         const char *action, const char *body, ...);

/* The token of an account of the demonstration city (operator, dispatcher, handler …); logged in
 * once a platform, which keeps it. Ends the program when that fails. */
const char *test_login(struct test_platform *platform, const char *login);
/* Where the account's change feed stands now; free it. */
char *test_cursor(const struct test_platform *platform, const char *token);
/* The event that a cursor stands for, and the same view's cursor at another one; free it. For a
 * database whose key file lies beside it. */
int64_t test_cursor_seq(const struct test_platform *platform, const char *cursor);
char *test_cursor_at(const struct test_platform *platform, const char *cursor, int64_t seq);

/* Gives all accounts their password by a hash that takes no time to check, so that tests with many
 * logins take none either. What the platform hashes itself takes what it takes. */
void test_quick_passwords(const struct test_platform *platform);

/* --- waiting ---------------------------------------------------------------------------------- */

/* TEST_WAIT(condition) looks until the condition holds; false when it does not within the limit:
 *   assert_true(TEST_WAIT(state_of(p, id) == IN_HAND)); */
#define TEST_WAIT(condition)                                                                       \
    __extension__({                                                                                \
        int64_t test_end = test_deadline(0);                                                       \
        bool test_holds;                                                                           \
        while (!(test_holds = (condition)) && test_look_again(test_end))                           \
            ;                                                                                      \
        test_holds;                                                                                \
    })
/* A moment `ms` from now (0: TEST_LIMIT_MS) of a clock that never jumps. */
int64_t test_deadline(int64_t ms);
/* Lets a moment pass; false when the deadline is over. */
bool test_look_again(int64_t deadline);

#endif
