/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of demo/ share: the tables that are compiled in, and the city in memory. */
#ifndef PLATFORM_DEMO_PRIVATE_H
#define PLATFORM_DEMO_PRIVATE_H

#include "core/arena.h"
#include "core/worktime.h"
#include "platform/demo/demo.h"
#include "platform/model/model.h"

/* data/NAME.csv without its header, a line each, NULL at the end (made by the Makefile). */
extern const char *const demo_csv_accounts[],
    *const demo_csv_categories[], *const demo_csv_channels[],
                                      *const demo_csv_components[],
                                          *const demo_csv_divisions[],
                                              *const demo_csv_estates[],
                                                  *const demo_csv_holidays[],
                                                      *const demo_csv_phrases[],
                                                          *const demo_csv_responsibilities[],
                                                              *const demo_csv_roads[],
                                                                  *const demo_csv_sites[],
                                                                      *const demo_csv_texts[],
                                                                          *const demo_csv_units[];

struct demo_holiday {
    int32_t day;
    bool worked;
    const char *name;
};

/* One line of texts.csv: what a citizen says about which kind of place, and what comes of it. */
struct demo_text {
    const char *category_code;
    enum appeal_kind kind;
    const char *place_kind, *place_word; /* "" any */
    const char *words, *result, *reply;
};

/* A growing array in the city's arena. */
#define DEMO_LIST(type)                                                                            \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count, capacity;                                                                    \
    }
/* The next free item of a list, zeroed. */
#define DEMO_ADD(arena, list)                                                                      \
    ((list).items =                                                                                \
         arena_grow((arena), (list).items, (list).count, &(list).capacity, sizeof *(list).items),  \
     &(list).items[(list).count++])

/* What officials and citizens say on the way ("object", "cb_no" …). */
struct demo_phrase {
    const char *kind, *text;
};

struct demo_city {
    struct arena *arena;
    uint64_t seed;
    const struct calendar *calendar;
    struct calendar *own_calendar; /* NULL when the caller gave one */
    DEMO_LIST(struct region) regions;
    DEMO_LIST(struct unit) units;
    DEMO_LIST(struct category) categories;
    DEMO_LIST(struct channel) channels;
    DEMO_LIST(struct demo_holiday) holidays;
    DEMO_LIST(struct responsibility) responsibilities;
    DEMO_LIST(struct place) places;
    DEMO_LIST(struct account) accounts;
    DEMO_LIST(struct scope_row) scopes;
    DEMO_LIST(struct demo_text) texts;
    DEMO_LIST(struct demo_phrase) phrases;
};

/* --- demo_csv.c ---------------------------------------------------------------------------------
 */
enum { DEMO_FIELDS_MAX = 8 };
/* Splits a line at its commas into exactly `count` fields. */
void demo_split(struct arena *arena, const char *line, const char *fields[], size_t count);
/* A field that is a number; 0 for "". */
int64_t demo_number(const char *field);
/* "24h", "3d" or "" (n = 0). */
struct limit demo_limit(const char *field);
/* The next number of the city's own sequence, below `bound`: the same in every run. */
size_t demo_random(struct demo_city *city, size_t bound);

/* --- demo_reference.c ------------------------------------------------------------------------- */
/* "建设社区居民委员会" -> "建设社区": as people say it, and as it fits a line. */
const char *demo_short_name(struct arena *arena, const char *official);
/* How many grids the community with that code has. */
size_t demo_grid_count(const char *community_code);
void demo_reference_make(struct demo_city *city);
const struct unit *demo_unit(const struct demo_city *city, int64_t id);
const struct region *demo_region(const struct demo_city *city, const char *code);
const struct category *demo_category(const struct demo_city *city, const char *code);

/* --- demo_places.c, demo_accounts.c, demo_texts.c --------------------------------------------- */
enum { DEMO_PLACES = 2000 };
void demo_places_make(struct demo_city *city);
/* ST_NO_MEMORY when the password could not be hashed. */
enum status demo_accounts_make(struct demo_city *city);
/* The texts and phrases of texts.csv and phrases.csv. */
void demo_texts_make(struct demo_city *city);
/* One of the phrases of that kind. */
const char *demo_phrase(struct demo_city *city, const char *kind);
/* The account with that login; the one that works for that unit. */
const struct account *demo_account(const struct demo_city *city, const char *login);
const struct account *demo_handler(const struct demo_city *city, int64_t unit_id);

/* --- demo_orders.c ---------------------------------------------------------------------------- */
/* Makes the orders of the 60 days before `now`, inside a job. */
enum status demo_orders_make(struct demo_city *city, struct db *db, int64_t now, struct error *err,
                             void (*progress)(void *user, const char *what, size_t done,
                                              size_t total),
                             void *user);

#endif
