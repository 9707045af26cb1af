/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trains the change feed's dictionary: feed_dictionary FILE [BYTES]. The samples are frames of the
 * demonstration city, in both languages, as its accounts see them; three of four are learnt from,
 * on the others the gain is measured and printed. Without FILE the built-in one is measured. */
#include "core/buf.h"
#include "core/frame.h"
#include "platform/api/cursor.h"
#include "tests/lib/platform_private.h"
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zdict.h>
#include <zstd.h>

enum { ITEMS_MAX = 40000, FRAME_ITEMS_MAX = 12, DICTIONARY_BYTES = 16 * 1024, HELD_OUT = 4 };

static const char *const logins[] = {"operator",   "dispatcher", "callback", "supervisor",
                                     "conference", "analyst",    "handler",  "unit101"};
enum { LOGINS = sizeof logins / sizeof logins[0] };

/* An item of a frame as the platform wrote it. */
struct item {
    char *text;
    size_t length;
};
static struct item items[ITEMS_MAX];
static size_t item_count;

/* --- the items -------------------------------------------------------------------------------- */

/* The city with every second account reading English. */
static char *bilingual_city(const char *directory)
{
    char *path = test_text("%s/city.db", directory), *output = NULL;
    const char *const words[] = {"init", "--demo", "--db", path, NULL};
    if (test_minqingd(words, NULL, &output) != 0)
        test_die(NULL, "no city: %s", output);
    free(output);
    return path;
}

static void set_language(const char *path, bool english)
{
    sqlite3 *db;
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(
            db, english ? "update account set language = 1" : "update account set language = 0",
            NULL, NULL, NULL) != SQLITE_OK)
        test_die(NULL, "%s: %s", path, sqlite3_errmsg(db));
    (void)sqlite3_close(db);
}

/* The length of the JSON object at the beginning of the text. */
static size_t object_length(const char *text)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; text[i]; i++) {
        if (text[i] == '\\' && quoted)
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && text[i] == '{')
            depth++;
        else if (!quoted && text[i] == '}' && --depth == 0)
            return i + 1;
    }
    return 0;
}

static void take_items(const char *frame)
{
    const char *at = strstr(frame, "\"items\":[");
    for (at = at ? at + strlen("\"items\":[") : ""; *at == '{' || *at == ',';) {
        at += *at == ',';
        size_t n = object_length(at);
        if (n == 0 || item_count == ITEMS_MAX)
            return;
        items[item_count++] = (struct item){test_text("%.*s", (int)n, at), n};
        at += n;
    }
}

/* All changes that the account sees, from the beginning. */
static void follow(struct test_platform *platform, const char *login)
{
    const char *token = test_login(platform, login);
    char *last = test_cursor(platform, token), *cursor = test_cursor_at(platform, last, 0);
    for (bool more = true; more;) {
        struct test_reply reply = test_get(platform, token, "/changes?cursor=%s&wait=0", cursor);
        if (reply.status != 200)
            test_die(platform, "/changes: %d %s", reply.status, reply.text);
        char *next = test_text("%s", json_text(reply.json, "cursor", ""));
        size_t before = item_count;
        take_items(reply.text);
        more = item_count > before;
        free(cursor);
        cursor = next;
        test_reply_free(&reply);
    }
    free(cursor);
    free(last);
}

static void gather(void)
{
    char *directory = test_directory(), *city = bilingual_city(directory);
    char *settings = test_text("%s/settings", directory);
    FILE *file = test_must(fopen(settings, "we"));
    (void)fprintf(file, "[http]\nfeed_backlog = 1000000\n");
    (void)fclose(file);
    const char *const arguments[] = {"--settings", settings, NULL};
    for (int english = 0; english < 2; english++) {
        set_language(city, english);
        const struct test_platform_options options = {.database = city, .arguments = arguments};
        struct test_platform *platform = test_platform_start_with(&options);
        for (size_t i = 0; i < (english ? 3 : LOGINS); i++)
            follow(platform, logins[i]);
        (void)test_platform_stop(platform);
    }
    free(settings);
    free(city);
    free(directory);
}

/* --- frames of them --------------------------------------------------------------------------- */

static uint32_t random_below(uint32_t bound)
{
    static uint32_t state = 1; /* the same in every run */
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % bound;
}

/* As the platform would put them together. */
static void write_frame(struct buf *out, size_t rows)
{
    static const char *const queues[] = {"dispatch", "handling",    "callback", "supervision",
                                         "overdue",  "unsatisfied", "all",      "intake"};
    buf_add_text(out, "{\"cursor\":\"");
    for (int i = 0; i < CURSOR_BYTES; i++)
        buf_printf(out, "%02x", random_below(256));
    buf_add_text(out, "\",\"items\":[");
    for (size_t i = 0; i < rows; i++) {
        const struct item *item = &items[random_below((uint32_t)item_count)];
        buf_add_text(out, i ? "," : "");
        buf_add(out, item->text, item->length);
    }
    size_t moved = random_below(4);
    for (size_t i = 0; i < moved; i++)
        buf_printf(out, "%s{\"name\":\"%s\",\"count\":%u,\"red\":%u}", i ? "," : "],\"queues\":[",
                   queues[random_below(8)], random_below(400), random_below(30));
    buf_add_text(out, "]}");
}

static size_t rows_of_sample(void)
{
    uint32_t chance = random_below(10);
    return chance < 5 ? 1 : chance < 8 ? 2 : chance < 9 ? 4 : FRAME_ITEMS_MAX;
}

static void *train(size_t bytes, size_t *size)
{
    enum { SAMPLES = 6000 };
    struct buf all = BUF_EMPTY;
    size_t *sizes = test_must(calloc(SAMPLES, sizeof *sizes));
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t before = all.length;
        write_frame(&all, rows_of_sample());
        sizes[i] = all.length - before;
    }
    void *dictionary = test_must(malloc(bytes));
    *size = ZDICT_trainFromBuffer(dictionary, bytes, all.data, sizes, SAMPLES);
    if (ZDICT_isError(*size))
        test_die(NULL, "no dictionary: %s", ZDICT_getErrorName(*size));
    free(sizes);
    buf_free(&all);
    return dictionary;
}

/* --- what is gained --------------------------------------------------------------------------- */

/* Bytes of the text under a dictionary (NULL none), as core/frame writes it. */
static size_t packed(const struct buf *text, const void *dictionary, size_t size)
{
    static char out[1 << 20];
    ZSTD_CCtx *context = test_must(ZSTD_createCCtx());
    (void)ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1);
    (void)ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 15);
    (void)ZSTD_CCtx_loadDictionary(context, dictionary, dictionary ? size : 0);
    size_t n = ZSTD_compress2(context, out, sizeof out, text->data, text->length);
    (void)ZSTD_freeCCtx(context);
    return n;
}

static void measure(const void *dictionary, size_t size)
{
    enum { FRAMES = 200 };
    static const size_t rows[] = {1, 3, 12};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        size_t plain = 0, zstd = 0, learnt = 0, n = FRAMES * rows[r];
        for (int i = 0; i < FRAMES; i++) {
            struct buf frame = BUF_EMPTY;
            write_frame(&frame, rows[r]);
            plain += frame.length;
            zstd += packed(&frame, NULL, 0);
            learnt += packed(&frame, dictionary, size);
            buf_free(&frame);
        }
        printf("feed_row rows_in_frame=%zu bytes_plain=%zu bytes_zstd=%zu bytes_dictionary=%zu\n",
               rows[r], plain / n, zstd / n, learnt / n);
    }
}

/* The items that are learnt from, or the others: of other orders, whoever saw them. */
static void choose(const struct item *all, size_t count, bool learn)
{
    item_count = 0;
    for (size_t i = 0; i < count; i++)
        if ((strtoll(all[i].text + strlen("{\"id\":"), NULL, 10) % HELD_OUT == 0) != learn)
            items[item_count++] = all[i];
}

extern const unsigned char feed_dictionary[];
extern const size_t feed_dictionary_size;

int main(int argc, char **argv)
{
    gather();
    size_t count = item_count, size = feed_dictionary_size;
    struct item *all = test_must(malloc(count * sizeof *all));
    memcpy(all, items, count * sizeof *all);
    void *trained = NULL;
    if (argc > 1) {
        size_t bytes = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : DICTIONARY_BYTES;
        choose(all, count, true);
        trained = train(bytes, &size);
        FILE *file = test_must(fopen(argv[1], "wbe"));
        if (fwrite(trained, 1, size, file) != size || fclose(file))
            test_die(NULL, "%s cannot be written", argv[1]);
        printf("# %zu items, dictionary %u of %zu bytes\n", count, ZDICT_getDictID(trained, size),
               size);
    }
    choose(all, count, false);
    measure(trained ? trained : feed_dictionary, size);
    for (size_t i = 0; i < count; i++)
        free(all[i].text);
    free(all);
    free(trained);
    return 0;
}
