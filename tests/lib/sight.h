/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sight: which orders each account may see, worked out anew from the rows of a city, beside the
 * platform and by none of its code: the domain's words as plain loops. */
#ifndef TESTS_LIB_SIGHT_H
#define TESTS_LIB_SIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIGHT_UNITS = 16, SIGHT_SCOPES = 16 };

/* What a scope looks at. */
struct sight_facts {
    char region[16], category[16], channel[24], state[16];
    int64_t units[SIGHT_UNITS]; /* with a duty on it: neither returned nor withdrawn */
    size_t unit_count;
};

struct sight_order {
    int64_t id, version, lead, taken_by, round;
    char number[24], card[8], conclusion[16];
    bool open, unsatisfied, concluded;
    struct sight_facts now;
    struct sight_facts *before; /* at each of its events */
    size_t before_count;
};

struct sight_account {
    int64_t id;
    char login[32];
    unsigned roles; /* bits in the order of the domain's list: 1 operator … 512 administrator */
    bool disabled;
    struct {
        char dimension[12], value[64];
    } scopes[SIGHT_SCOPES];
    size_t scope_count;
};

struct sight_city {
    struct sight_order *orders; /* by id */
    size_t order_count;
    struct sight_account *accounts; /* by id */
    size_t account_count;
    struct {
        int64_t id, parent;
    } * units;
    size_t unit_count;
    struct {
        char code[16], industry[24];
    } * categories;
    size_t category_count;
};

/* Reads a database, also while a platform has it open. Ends the program when that fails. */
struct sight_city *sight_read(const char *database);
void sight_free(struct sight_city *city); /* NULL is allowed */

bool sight_sees(const struct sight_city *city, const struct sight_account *account,
                const struct sight_order *order);
/* Sees it, or could after one of its events. */
bool sight_ever_saw(const struct sight_city *city, const struct sight_account *account,
                    const struct sight_order *order);
/* NULL none. */
const struct sight_order *sight_find(const struct sight_city *city, int64_t id);
const struct sight_account *sight_account(const struct sight_city *city, const char *login);

/* Runs SQL on a database; ends the program when that fails. */
void sight_change(const char *database, const char *sql);
/* Adds an account like `like`, with these roles and scope rows ("region:420281108 channel:…"; ""
 * none), to a database that nobody has open. */
void sight_add_account(const char *database, const char *like, int64_t id, const char *login,
                       unsigned roles, const char *scopes);

#endif
