/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the operator feels, on loopback at 80x24: first paint, moving a row, a key in a completing
 * field, an echo. Times run from the key to the last byte that the console writes for it. */
#include "tests/lib/platform.h"
#include "tests/lib/screen.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLES_MAX = 64, QUIET_MS = 120 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* What one step cost. */
struct sample {
    double ms;
    double bytes;
};
struct watch {
    size_t bytes;
    double last_at;
};

static bool note_bytes(struct screen *screen, void *user)
{
    struct watch *watch = user;
    if (screen_bytes(screen) != watch->bytes) {
        watch->bytes = screen_bytes(screen);
        watch->last_at = now_ms();
    }
    return false;
}

static struct sample press(struct screen *screen, const char *keys)
{
    size_t before = screen_bytes(screen);
    struct watch watch = {before, 0};
    double began = now_ms();
    screen_keys(screen, keys);
    (void)screen_waited(screen, note_bytes, &watch, QUIET_MS);
    return (struct sample){watch.last_at > began ? watch.last_at - began : 0,
                           (double)(watch.bytes - before)};
}

static int by_ms(const void *a, const void *b)
{
    double x = ((const struct sample *)a)->ms, y = ((const struct sample *)b)->ms;
    return (x > y) - (x < y);
}

static int by_bytes(const void *a, const void *b)
{
    double x = ((const struct sample *)a)->bytes, y = ((const struct sample *)b)->bytes;
    return (x > y) - (x < y);
}

static void report(const char *what, struct sample *samples, size_t n)
{
    qsort(samples, n, sizeof *samples, by_bytes);
    double bytes = samples[n / 2].bytes;
    qsort(samples, n, sizeof *samples, by_ms);
    printf("console_%-22s n=%zu median_ms=%.1f max_ms=%.1f median_bytes=%.0f\n", what, n,
           samples[n / 2].ms, samples[n - 1].ms, bytes);
}

static struct screen *open_console(const struct test_platform *platform, const char *login)
{
    static const char *const env[] = {"MINQING_PASSWORD=minqing-demo", NULL};
    const struct screen_options options = {.env = env};
    const char *const words[] = {"--url", platform->url, "--login", login, NULL};
    return screen_minqing(&options, words);
}

static void bench_start(const struct test_platform *platform)
{
    enum { STARTS = 9 };
    struct sample content[STARTS], list[STARTS];
    for (size_t i = 0; i < STARTS; i++) {
        double began = now_ms();
        struct screen *screen = open_console(platform, "dispatcher");
        screen_wait_text(screen, "民情通", 0);
        content[i] = (struct sample){now_ms() - began, (double)screen_bytes(screen)};
        screen_wait_text(screen, "▌", 0);
        double shown = now_ms() - began;
        screen_settle(screen, QUIET_MS);
        list[i] = (struct sample){shown, (double)screen_bytes(screen)};
        screen_close(screen);
    }
    report("first_content", content, STARTS);
    report("first_list_with_login", list, STARTS);
}

static void bench_moves(const struct test_platform *platform)
{
    enum { MOVES = 12 };
    struct sample samples[MOVES];
    struct screen *screen = open_console(platform, "dispatcher");
    screen_wait_text(screen, "▌", 0);
    screen_settle(screen, QUIET_MS);
    for (size_t i = 0; i < MOVES; i++)
        samples[i] = press(screen, "j");
    report("row_moved", samples, MOVES);
    for (size_t i = 0; i < MOVES; i++) {
        samples[i] = press(screen, "<Enter>");
        (void)press(screen, "q");
    }
    report("order_opened", samples, MOVES);
    screen_close(screen);
}

static void bench_completion(const struct test_platform *platform)
{
    static const char *const queries[] = {"b",  "g",  "y",  "<BS>", "<BS>", "<BS>", "j",    "i",
                                          "n",  "h",  "u",  "<BS>", "<BS>", "<BS>", "<BS>", "<BS>",
                                          "湖", "滨", "路", "1",    "8",    "号"};
    enum { QUERIES = sizeof queries / sizeof queries[0] };
    struct sample samples[QUERIES], echoes[SAMPLES_MAX];
    struct screen *screen = open_console(platform, "operator");
    screen_wait_text(screen, "▌", 0);
    screen_settle(screen, QUIET_MS);
    screen_keys(screen, "n");
    screen_settle(screen, QUIET_MS);
    size_t n = 0;
    for (const char *p = "13800005678"; *p; p++) {
        const char key[] = {*p, '\0'};
        echoes[n++] = press(screen, key);
    }
    report("typed_digit_echoed", echoes, n);
    screen_keys(screen, "<Tab><Tab>");
    screen_settle(screen, QUIET_MS);
    for (size_t i = 0; i < QUERIES; i++)
        samples[i] = press(screen, queries[i]);
    report("key_to_completion", samples, QUERIES);
    screen_close(screen);
}

int main(void)
{
    struct test_platform *platform = test_platform_start(NULL);
    bench_start(platform);
    bench_moves(platform);
    bench_completion(platform);
    return test_platform_stop(platform) ? 0 : 1;
}
