/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The classifier: what it learns, what it keeps in its file, how good it is on real appeals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform/analysis/learning.h"
#include "platform/import/reader.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct example examples[] = {
    {"", "家里停水了，自来水一滴都没有", "water", 1},
    {"", "整栋楼停水，自来水公司电话打不通", "water", 1},
    {"", "水管爆了，自来水漏了一地", "water", 1},
    {"", "自来水发黄，有味道，水压也低", "water", 1},
    {"", "路灯不亮，晚上走路看不见", "light", 1},
    {"", "整条街路灯都坏了，一片漆黑", "light", 1},
    {"", "路灯一闪一闪，灯杆也歪了", "light", 1},
    {"", "小区门口路灯坏了半个月没人修", "light", 1},
    {"", "烧烤摊油烟大，夜里很吵", "noise", 1},
    {"", "工地夜里施工，很吵睡不着", "noise", 1},
    {"", "广场舞音响太大，很吵", "noise", 1},
    {"", "KTV夜里音响很吵", "noise", 1},
    {"", "只有一件的事项", "single", 1},
};
enum { EXAMPLES = sizeof examples / sizeof examples[0] };

static struct keys keys = {.id = "0123456789abcdef", .text = {1, 2, 3}};
static char directory[64], path[96];

static struct classifier *learn(void)
{
    struct classifier *c = NULL;
    struct error err;
    const struct classifier_options options = classifier_defaults();
    assert_int_equal(classifier_train(examples, EXAMPLES, &options, &keys, &c, &err), ST_OK);
    return c;
}

static const char *first(const struct classifier *c, const char *text, double *share)
{
    struct guess guesses[3];
    size_t count = classifier_guess(c, &keys, "", text, 3, guesses);
    *share = count ? guesses[0].share : 0;
    for (size_t i = 1; i < count; i++)
        assert_true(guesses[i].share <= guesses[i - 1].share);
    return count ? guesses[0].label : "";
}

static void test_learns(void **state)
{
    (void)state;
    double share;
    struct classifier *c = learn();
    assert_int_equal(classifier_labels(c), 3); /* one example teaches nothing */
    assert_string_equal(first(c, "我家自来水停了两天", &share), "water");
    assert_true(share > 0.5 && share < 1);
    assert_string_equal(first(c, "巷子里路灯坏了", &share), "light");
    assert_string_equal(first(c, "楼下音响很吵", &share), "noise");
    assert_string_equal(first(c, "zzz", &share), "");
    assert_string_equal(first(c, "", &share), "");
    classifier_free(c);
}

static void test_too_little(void **state)
{
    (void)state;
    struct classifier *c = NULL;
    struct error err = {ST_OK, ""};
    const struct classifier_options options = classifier_defaults();
    assert_int_equal(classifier_train(examples, 4, &options, &keys, &c, &err), ST_NOT_FOUND);
    assert_true(strlen(err.message) > 10);
    assert_int_equal(classifier_train(NULL, 0, &options, &keys, &c, &err), ST_NOT_FOUND);
    assert_null(c);
}

static void test_file(void **state)
{
    (void)state;
    struct error err = {ST_OK, ""};
    double before, after;
    struct classifier *c = learn(), *again = NULL;
    assert_int_equal(classifier_load(path, &keys, &again, &err), ST_NOT_FOUND);
    assert_int_equal(classifier_save(c, path, &keys, &err), ST_OK);
    assert_int_equal(classifier_save(c, path, &keys, &err), ST_OK); /* replaces it */
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(classifier_load(path, &keys, &again, &err), ST_OK);
    assert_string_equal(first(c, "路灯坏了", &before), first(again, "路灯坏了", &after));
    assert_true(before == after);
    assert_int_equal(classifier_features(c), classifier_features(again));
    classifier_free(again);
    struct keys others = keys;
    others.id[0] = 'f';
    assert_int_equal(classifier_load(path, &others, &again, &err), ST_CONFLICT);
    assert_null(again);
    others = keys;
    others.text[0] ^= 1;
    assert_int_equal(classifier_load(path, &others, &again, &err), ST_CORRUPT);
    /* A disk that is full, a directory that is gone. */
    assert_int_equal(classifier_save(c, "/proc/none/model", &keys, &err), ST_IO);
    assert_true(strlen(err.message) > 10);
    classifier_free(c);
}

/* Every byte counts, and so does the length. */
static void test_damaged(void **state)
{
    (void)state;
    struct error err = {ST_OK, ""};
    struct classifier *c = learn(), *again = NULL;
    assert_int_equal(classifier_save(c, path, &keys, &err), ST_OK);
    classifier_free(c);
    struct stat st;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    for (off_t at = 0; at < st.st_size; at += at < 96 ? 1 : 997) {
        unsigned char byte, wrong;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        wrong = byte ^ 0x41;
        assert_int_equal(pwrite(fd, &wrong, 1, at), 1);
        assert_int_not_equal(classifier_load(path, &keys, &again, &err), ST_OK);
        assert_null(again);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    static const off_t ends[] = {0, 1, 47, 48, 100, 1000};
    for (size_t i = sizeof ends / sizeof ends[0]; i-- > 0;) {
        assert_int_equal(ftruncate(fd, ends[i]), 0);
        assert_int_equal(classifier_load(path, &keys, &again, &err), ST_CORRUPT);
    }
    close(fd);
    assert_int_equal(classifier_load(directory, &keys, &again, &err), ST_CORRUPT);
}

/* --- real appeals ----------------------------------------------------------------------------- */

static void test_real(void **state)
{
    (void)state;
    const char *data = getenv("MINQING_TEST_DATA");
    char csv[512];
    if (!data) {
        print_message("MINQING_TEST_DATA is not set: no real appeals to classify\n");
        skip();
    }
    snprintf(csv, sizeof csv, "%s/appeals/appeals_labelled.csv", data);
    struct error err = {ST_OK, ""};
    struct arena *arena = arena_new();
    struct example *rows = NULL;
    size_t count = 0, capacity = 0;
    struct record r;
    struct reader *reader = reader_open(csv, &err);
    assert_non_null(reader);
    while (reader_next(reader, &r, &err)) {
        rows = arena_grow(arena, rows, count, &capacity, sizeof *rows);
        rows[count++] =
            (struct example){arena_strdup(arena, r.fields[2]), arena_strdup(arena, r.fields[4]),
                             arena_strdup(arena, r.fields[5]), 1};
    }
    reader_close(reader);
    struct evaluation e;
    assert_int_equal(learning_evaluate(rows, count, 3, arena, &e, &err), ST_OK);
    if (e.macro_f1 < 0.86 || e.first_three < 0.98)
        print_error("macro-F1 %.3f, one of three %.3f\n", e.macro_f1, e.first_three);
    assert_true(e.macro_f1 >= 0.86);
    assert_true(e.first_three >= 0.98);
    arena_free(arena);
}

static int set_up(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/minqing-classifier-XXXXXX");
    if (sodium_init() < 0 || !mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/c.db.model", directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory); /* nothing else was left there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"it learns what goes with which category, and says how sure it is", test_learns, NULL,
         NULL, NULL},
        {"from too few examples it learns nothing, and says so", test_too_little, NULL, NULL, NULL},
        {"its file is private, replaced whole, and of one database", test_file, NULL, NULL, NULL},
        {"a damaged file is refused", test_damaged, NULL, NULL, NULL},
        {"real appeals are told by their first-level category", test_real, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
