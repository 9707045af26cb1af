/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How quick a search is among some 20,000 real appeals, and the comparison behind the hints. */
#include "tests/unit/platform_planted.h"
#include <time.h>

enum { TIMES = 5, ASKED = 400, COMPARED = 4000 };

static double milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *name, double *took, size_t found)
{
    qsort(took, ASKED, sizeof *took, rising);
    printf("%-44s p50 %.2f ms   p95 %.2f ms   p99 %.2f ms   %.1f found on the page\n", name,
           took[ASKED / 2], took[ASKED * 95 / 100], took[ASKED * 99 / 100], (double)found / ASKED);
}

/* Some neighbouring hanzi of an appeal; false where there are none. */
static bool piece(const struct planted *p, size_t characters, char out[64])
{
    const char *text = p->texts[planted_below(p->count)];
    size_t n = strlen(text), from = planted_below(n), length = 0;
    while (from < n && ((unsigned char)text[from] & 0xC0) == 0x80)
        from++;
    for (size_t i = 0; i < characters && from < n; i++) {
        uint32_t code;
        size_t taken = utf8_decode(text + from, n - from, &code);
        if (!text_is_hanzi(code) || length + taken >= 64)
            return false;
        memcpy(out + length, text + from, taken);
        length += taken;
        from += taken;
    }
    out[length] = '\0';
    return length >= 2 * strlen("水");
}

static void search(struct planted *p, const char *name, size_t characters, size_t words,
                   bool newest)
{
    static double took[ASKED];
    struct error err;
    struct db *db = store_reader(p->store, &err);
    struct arena *arena = arena_new();
    size_t found = 0;
    for (size_t i = 0; i < ASKED; i++) {
        char typed[160] = "", one[64];
        for (size_t w = 0; w < words; w++) {
            while (!piece(p, characters, one)) {
            }
            (void)snprintf(typed + strlen(typed), sizeof typed - strlen(typed), "%s%s",
                           w ? " " : "", one);
        }
        const struct order_filter filter = {.text = typed, .open_only = !newest};
        struct order_page page;
        double began = milliseconds();
        if (store_orders(db, 1, &filter, newest, 0, 0, 50, arena, &page))
            return;
        took[i] = milliseconds() - began;
        found += page.count;
        arena_reset(arena);
    }
    arena_free(arena);
    print(name, took, found);
}

static void compare(struct planted *p)
{
    static double took[ASKED];
    struct error err;
    struct db *db = store_reader(p->store, &err);
    struct arena *arena = arena_new();
    size_t found = 0;
    for (size_t i = 0; i < ASKED; i++) {
        char *said = planted_make(p->texts[planted_below(p->count)], EDIT_BEGINNING, 60);
        const struct duplicate_query query = {.text = said,
                                              .place_name = "",
                                              .region_code = "",
                                              .category_code = "",
                                              .compared = COMPARED,
                                              .least = PLANTED_SCORE};
        struct duplicate out[PLANTED_SHOWN];
        size_t count = 0;
        double began = milliseconds();
        (void)duplicates_find(db, 1, &query, arena, PLANTED_SHOWN, out, &count);
        took[i] = milliseconds() - began;
        found += count;
        arena_reset(arena);
        free(said);
    }
    arena_free(arena);
    print("duplicates among the 4,000 newest", took, found);
}

int main(void)
{
    const char *data = getenv("MINQING_TEST_DATA");
    char csv[512];
    struct planted p = {.times = TIMES};
    struct error err = {ST_OK, ""};
    if (!data) {
        puts("search: MINQING_TEST_DATA is not set: no real appeals to search");
        return 0;
    }
    (void)snprintf(csv, sizeof csv, "%s/appeals/appeals_hot.csv", data);
    double began = milliseconds();
    if (clock_init(NULL, &err) || !planted_open(&p, csv, SIZE_MAX, &err)) {
        (void)fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("search: %zu orders, stored and indexed in %.1f s\n", p.count * TIMES,
           (milliseconds() - began) / 1e3);
    search(&p, "two hanzi, newest first", 2, 1, true);
    search(&p, "two words of two hanzi, newest first", 2, 2, true);
    search(&p, "four hanzi, newest first", 4, 1, true);
    search(&p, "two hanzi, open ones by deadline", 2, 1, false);
    search(&p, "four hanzi, open ones by deadline", 4, 1, false);
    compare(&p);
    planted_close(&p);
    return 0;
}
