/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well duplicates are told: near-duplicates planted among real appeals. Figures of
 * docs/quality.md. */
#include "tests/unit/platform_planted.h"
#include <time.h>

enum { ASKED = 300 };

static void print(struct planted *p, const char *name, enum planted_edit edit, size_t characters)
{
    clock_t began = clock();
    struct planted_result r = planted_measure(p, edit, characters, ASKED);
    double shown = (double)(r.found + r.others);
    printf(
        "%-34s recall %.3f  precision %.3f  (others %zu, shown for the original too %zu)  %.1f ms "
        "each\n",
        name, (double)r.found / (double)r.asked, shown > 0 ? (double)r.found / shown : 0, r.others,
        r.alike, 1000.0 * (double)(clock() - began) / CLOCKS_PER_SEC / (2.0 * ASKED));
}

int main(void)
{
    const char *data = getenv("MINQING_TEST_DATA");
    char csv[512];
    struct planted p = {.times = 1};
    struct error err = {ST_OK, ""};
    if (!data) {
        puts("MINQING_TEST_DATA is not set: no real appeals to plant duplicates among");
        return 0;
    }
    snprintf(csv, sizeof csv, "%s/appeals/appeals_hot.csv", data);
    if (clock_init(NULL, &err) || !planted_open(&p, csv, SIZE_MAX, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("%zu appeals, %d of each kind asked, shown from a score of %d\n", p.count, ASKED,
           PLANTED_SCORE);
    print(&p, "sentences in another order", EDIT_ORDER, 0);
    print(&p, "sentences left out", EDIT_SHORTER, 0);
    print(&p, "greetings around it", EDIT_GREETING, 0);
    print(&p, "the place named otherwise", EDIT_PLACE, 0);
    print(&p, "the first 30 characters", EDIT_BEGINNING, 30);
    print(&p, "the first 50 characters", EDIT_BEGINNING, 50);
    planted_close(&p);
    return 0;
}
