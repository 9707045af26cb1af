/* SPDX-License-Identifier: GPL-3.0-or-later */
/* small_city: a city of a street, two units and five people who are logged in, made in a moment,
 * and requests of theirs to the platform in this process, from any thread. For tests that need a
 * fresh city again and again. Its loop: an operator's appeal, then dispatch, sign, handle, reply.
 */
#ifndef TESTS_LIB_SMALL_CITY_H
#define TESTS_LIB_SMALL_CITY_H

#include "core/json.h"
#include "platform/api/api.h"

enum small_person {
    SMALL_OPERATOR,
    SMALL_DISPATCHER,
    SMALL_HANDLER,
    SMALL_SUPERVISOR,
    SMALL_AUDITOR,
    SMALL_PEOPLE
};
extern const char *const small_tokens[SMALL_PEOPLE];

/* Makes it in a new database and closes that. */
enum status small_city_make(const char *path, struct error *err);

struct small_answer {
    int status;      /* of HTTP */
    int64_t id;      /* the order's; 0 none */
    int64_t version; /* the order's */
    char type[40];   /* of a problem; "" none */
};
/* Sends one request and waits for its answer. `version` -1 sends none, `key` NULL none. */
struct small_answer small_ask(struct api *api, enum small_person who, enum api_method method,
                              const char *path, const char *key, int64_t version, const char *body);
/* An appeal with these words, to be dispatched. */
struct small_answer small_appeal(struct api *api, const char *key, const char *words);
/* The next step of the loop for that order, made from `version`: step 1 dispatch … 4 reply. */
enum { SMALL_STEPS = 5 }; /* the appeal included */
struct small_answer small_step(struct api *api, int step, int64_t order, int64_t version,
                               const char *key);

#endif
