/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage: a platform with a city of its own (tests/lib/platform.h), consoles on it
 * (tests/lib/screen.h), and the platform's records as a second witness beside the screens.
 *
 * Whatever cannot be done fails the cmocka test. Each test has its own stage, so that tests neither
 * see nor wait for each other. */
#ifndef TESTS_LIB_STAGE_H
#define TESTS_LIB_STAGE_H

#include "tests/lib/platform.h"
#include "tests/lib/screen.h"

enum { STAGE_NUMBER_SIZE = 32 };

struct stage {
    struct test_platform *platform;
    const char *env[3]; /* "MINQING_URL=…", "MINQING_PASSWORD=…", NULL: for screen_options.env */
    struct stage *next; /* of all that are open */
};

struct stage *stage_open(void);
/* Stops the platform, which must end well, and verifies the chain of every order. */
void stage_close(struct stage *stage);
/* For teardowns, after a failure as well: ends what is left of consoles and platforms. */
int stage_close_all(void **state);

/* A console of this account. `home` NULL: its own. */
struct screen *stage_console(struct stage *stage, const char *login, int rows, int cells,
                             const char *home);

/* SIGSTOP and SIGCONT: the platform takes connections but answers nothing. */
void stage_freeze(struct stage *stage);
void stage_thaw(struct stage *stage);
/* Ends all sessions of this account behind its back; this account is not to be used for the calls
 * below afterwards. */
void stage_end_sessions(struct stage *stage, const char *login);

/* ---- the platform's records ------------------------------------------------------------------ */

/* GET as this account, which must succeed. Free it with cJSON_Delete. */
cJSON *stage_get(struct stage *stage, const char *login, const char *path);
/* The order as this account sees it. */
cJSON *stage_order(struct stage *stage, const char *login, const char *number);
/* True when the account may see the order. */
bool stage_sees(struct stage *stage, const char *login, const char *number);
/* Does an action with these fields (JSON) on the order's present version. */
void stage_act(struct stage *stage, const char *login, const char *number, const char *action,
               const char *fields);
/* Takes an appeal ({"words":…}; what is missing: hotline, complaint, no water, a well-known place,
 * to dispatch). `number` gets the order's. */
void stage_appeal(struct stage *stage, const char *login, const char *fields,
                  char number[STAGE_NUMBER_SIZE]);
/* Waits until the order is in that state, as `login` sees it. */
void stage_wait_state(struct stage *stage, const char *login, const char *number,
                      const char *state);
/* How many orders a view of the account holds. */
int64_t stage_count(struct stage *stage, const char *login, const char *view);

#endif
