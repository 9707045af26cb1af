/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of demo/ share: the tables that are compiled in, and the city in memory. */
#ifndef PLATFORM_DEMO_PRIVATE_H
#define PLATFORM_DEMO_PRIVATE_H

#include "core/arena.h"
#include "core/worktime.h"
#include "platform/demo/demo.h"
#include "platform/model/model.h"

/* data/NAME.csv without its header, a line each, NULL at the end (made by the Makefile). */
#define DEMO_TABLES(X)                                                                             \
    X(accounts)                                                                                    \
    X(articles)                                                                                    \
    X(categories)                                                                                  \
    X(channels)                                                                                    \
    X(components)                                                                                  \
    X(divisions)                                                                                   \
    X(estates)                                                                                     \
    X(holidays)                                                                                    \
    X(names)                                                                                       \
    X(phrases)                                                                                     \
    X(responsibilities)                                                                            \
    X(roads)                                                                                       \
    X(seasons)                                                                                     \
    X(sites)                                                                                       \
    X(texts)                                                                                       \
    X(units)
#define X(name) extern const char *const demo_csv_##name[];
DEMO_TABLES(X)
#undef X

struct demo_holiday {
    int32_t day;
    bool worked;
    const char *name;
};

/* Months fall into quarters here: how often a matter comes up depends on that. */
enum { DEMO_SEASONS = 48 };

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

/* Places that a text can be about, in the city's order. */
struct demo_sites {
    const char *kind, *word; /* word: "" any */
    DEMO_LIST(const struct place *) places;
};

/* One line of texts.csv: what a citizen says about which kind of place, and what comes of it. */
struct demo_text {
    const char *category_code;
    const struct category *category;
    enum appeal_kind kind;
    struct demo_sites *sites;
    uint32_t weights[DEMO_SEASONS]; /* how often it is said then; 100: as often as others */
    const char *words, *result, *reply;
};

/* All phrases or names of one kind ("object", "cb_no", "family" …). */
struct demo_phrases {
    const char *kind;
    DEMO_LIST(const char *) texts;
};

struct demo_city {
    struct arena *arena;
    struct demo_size size;
    uint64_t seed;
    int64_t now; /* the moment that the city is made for */
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
    DEMO_LIST(struct demo_sites *) sites;
    DEMO_LIST(struct demo_text) texts;
    DEMO_LIST(struct demo_phrases) phrases;
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
/* Between `from` and `to`, both included. */
int64_t demo_between(struct demo_city *city, int64_t from, int64_t to);
/* Below `bound`, small numbers more often than great ones: some places and some citizens are heard
 * of again and again. */
size_t demo_skewed(struct demo_city *city, size_t bound);

/* --- demo_reference.c ------------------------------------------------------------------------- */
/* "建设社区居民委员会" -> "建设社区": as people say it, and as it fits a line. */
const char *demo_short_name(struct arena *arena, const char *official);
/* How many grids the community with that code has. */
size_t demo_grid_count(const char *community_code);
void demo_reference_make(struct demo_city *city);
/* The holidays that come with the city, where the caller brings none. */
enum status demo_calendar_make(struct demo_city *city, const struct calendar *calendar);
const struct unit *demo_unit(const struct demo_city *city, int64_t id);
const struct region *demo_region(const struct demo_city *city, const char *code);
const struct category *demo_category(const struct demo_city *city, const char *code);

/* --- demo_places.c, demo_county.c ------------------------------------------------------------- */
/* city->size.places places. */
void demo_places_make(struct demo_city *city);
/* Adds a place in some grid of the community. The pointer is good until the next one. */
struct place *demo_place_add(struct demo_city *city, const char *community, const char *name,
                             const char *kind, int32_t popularity);
/* The components along a road of that many house numbers that passes those communities. `column`
 * of components.csv says how many there are. */
enum { DEMO_PER_ROAD = 3, DEMO_PER_COUNTY_ROAD = 4 };
void demo_components_make(struct demo_city *city, const char *road, size_t numbers,
                          const char *communities, int column);
/* True for a community of peasants (…村), not of a street or town. */
bool demo_is_village(const struct region *region);
/* Everything down to rooms and houses that a county's digital base holds, until there are
 * city->size.places. */
void demo_county_make(struct demo_city *city);

/* --- demo_accounts.c -------------------------------------------------------------------------- */
/* ST_NO_MEMORY when the password could not be hashed. */
enum status demo_accounts_make(struct demo_city *city);
/* The account with that login; the one that works for that unit. */
const struct account *demo_account(const struct demo_city *city, const char *login);
const struct account *demo_handler(const struct demo_city *city, int64_t unit_id);
/* The nth of those who share a role and a name: operator, operator2, operator3 … */
const struct account *demo_staff(const struct demo_city *city, const char *login, size_t nth);

/* --- demo_texts.c ----------------------------------------------------------------------------- */
/* The phrases and names of phrases.csv and names.csv. */
void demo_phrases_make(struct demo_city *city);
/* The texts of texts.csv with their places and seasons; when the places are made. */
void demo_texts_make(struct demo_city *city);
/* All phrases of that kind, NULL when there is none. */
const struct demo_phrases *demo_phrases(const struct demo_city *city, const char *kind);
/* One of the phrases of that kind, "" when there is none. */
const char *demo_phrase(struct demo_city *city, const char *kind);

/* --- demo_articles.c -------------------------------------------------------------------------- */
/* Stores the articles of articles.csv, in a job. */
enum status demo_articles_write(struct db *db, struct demo_city *city);

/* --- demo_season.c ---------------------------------------------------------------------------- */
/* Fills the weights of all texts from seasons.csv. */
void demo_seasons_make(struct demo_city *city);
/* Which quarter of a month a day lies in. */
size_t demo_season(int32_t day);

/* --- demo_orders.c ---------------------------------------------------------------------------- */
struct demo_sim;
/* What will happen in the days before city->now; NULL without memory. */
struct demo_sim *demo_sim_new(struct demo_city *city);
void demo_sim_free(struct demo_sim *sim);
/* Inside a job: plays the next `steps` things that happen. ST_OK also when nothing is left. */
enum status demo_sim_play(struct demo_sim *sim, struct db *db, size_t steps, struct error *err);
bool demo_sim_over(const struct demo_sim *sim);
/* How many of all orders were taken so far. */
size_t demo_sim_taken(const struct demo_sim *sim);
size_t demo_sim_orders(const struct demo_sim *sim);

#endif
