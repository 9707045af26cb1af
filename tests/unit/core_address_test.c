/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operator types finds the place: rules in words, hostile queries, many readers at once,
 * and real names. */
#include "core/address.h"
#include "core/pinyin.h"
#include "core/text.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LIMIT = 50 };

/* --- a small city --- */

static const struct {
    const char *code, *name;
} small_regions[] = {
    {"420281001002003", "第三网格"}, /* children may come first */
    {"420281", "大冶市"},
    {"420281001", "金湖街道"},
    {"420281001002", "湖滨社区"},
    {"420281001003", "长乐社区"},
    {"420281004", "罗家桥街道"},
    {"420281004001", "罗家桥村"},
    {"420281004002", "金湖社区"},
};

static const struct {
    int64_t id;
    const char *name, *region;
    uint32_t popularity;
} small_places[] = {
    {1, "湖滨花园", "420281001002003", 5},     {2, "湖滨花园3号楼", "420281001002003", 3},
    {3, "湖滨花园12栋", "420281001002003", 2}, {4, "长江小区", "420281001003", 9},
    {5, "重庆大厦", "420281004001", 4},        {6, "ＫＴＶ Plaza", "420281004001", 1},
    {7, "天行 · 御景庄园", "420281004001", 6}, {8, "新冶大道88号御景城", "420281004001", 7},
    {9, "绿洲公馆", "420281004001", 1},        {10, "西安路", "420281004001", 1},
    {11, "县城", "420281004001", 8},           {12, "老湖滨", "420281004002", 50},
    {13, "3号楼", "420281004001", 1},          {14, "3号楼", "420281001003", 2},
    {15, "东湖滨", "420281004002", 50},        {16, "锦园12栋3单元", "420281004001", 1},
};

static struct address_index *build_small(void)
{
    struct address_builder *builder = address_builder_new();
    struct error err;
    for (size_t i = 0; i < sizeof small_places / sizeof *small_places; i++) {
        assert_int_equal(address_add_place(builder, small_places[i].id, small_places[i].name,
                                           small_places[i].region, small_places[i].popularity),
                         ST_OK);
    }
    for (size_t i = 0; i < sizeof small_regions / sizeof *small_regions; i++) {
        assert_int_equal(address_add_region(builder, small_regions[i].code, small_regions[i].name),
                         ST_OK);
    }
    struct address_index *index = address_build(builder, &err);
    assert_non_null(index);
    return index;
}

static int set_up_small(void **state)
{
    *state = build_small();
    return 0;
}

static int tear_down(void **state)
{
    address_index_free(*state);
    return 0;
}

/* --- rules --- */

/* "name/tier name/tier …" of the first proposals. */
static void print_matches(const struct address_match *matches, size_t n, char *out, size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n && length < size; i++) {
        length += (size_t)snprintf(out + length, size - length, "%s%s/%d", i ? " " : "",
                                   matches[i].name, matches[i].tier);
    }
}

static void each_rule_of_matching_and_order_holds(void **state)
{
    static const struct {
        const char *rule, *query, *expected;
        size_t limit;
    } rules[] = {
        {"a prefix comes before what is inside, regions before places, popular before others",
         "湖滨", "湖滨社区/0 湖滨花园/0 湖滨花园3号楼/0 湖滨花园12栋/0 东湖滨/2 老湖滨/2", 10},
        {"the limit keeps the best", "湖滨", "湖滨社区/0 湖滨花园/0", 2},
        {"hanzi match from any position", "花园12", "湖滨花园12栋/2", 10},
        {"full pinyin matches", "hubinshequ", "湖滨社区/0", 10},
        {"the last syllable may be incomplete", "hubinsh", "湖滨社区/0", 10},
        {"pinyin matches from any position", "jiaqiaoc", "罗家桥村/2", 10},
        {"initials match", "jhjd", "金湖街道/0", 10},
        {"initials match from any position", "jqjd", "罗家桥街道/2", 10},
        {"an initial may be zh, ch or sh", "hbshq", "湖滨社区/0", 10},
        {"hanzi and initials mix", "罗jq", "罗家桥街道/0 罗家桥村/0", 10},
        {"hanzi and pinyin mix", "金hu", "金湖街道/0 金湖社区/0", 10},
        {"full syllables and initials mix", "jinhjd", "金湖街道/0", 10},
        {"a hanzi with two readings is found by one", "changjiang", "长江小区/0", 10},
        {"a hanzi with two readings is found by the other", "zhangjiang", "长江小区/0", 10},
        {"both readings of several hanzi match", "chongqingdasha", "重庆大厦/0", 10},
        {"readings mix freely", "zhongqingdaxia", "重庆大厦/0", 10},
        {"initials of another reading match", "zqds", "重庆大厦/0", 10},
        {"ü is typed v", "lvzhou", "绿洲公馆/0", 10},
        {"one spelling can be two syllables", "xian", "县城/0 西安路/0", 10},
        {"an apostrophe is as nothing", "xi'an", "县城/0 西安路/0", 10},
        {"full-width and capital letters are folded in names", "ktvplaza", "ＫＴＶ Plaza/0", 10},
        {"full-width and capital letters are folded in queries", "ＨＵＢＩＮｓｈｅ", "湖滨社区/0",
         10},
        {"full-width digits are folded", "湖滨花园３", "湖滨花园3号楼/0", 10},
        {"a separator in a name may be left out", "天行御景", "天行 · 御景庄园/0", 10},
        {"what follows a separator, a road or a number is a later token", "御景",
         "新冶大道88号御景城/1 天行 · 御景庄园/1", 10},
        {"a run of digits is a later token", "88", "新冶大道88号御景城/1", 10},
        {"the middle of a number is inside", "8号", "新冶大道88号御景城/2", 10},
        {"tokens match in any order", "3号楼 湖滨", "湖滨花园3号楼/0", 10},
        {"a token may match any region above", "金湖 花园",
         "湖滨花园/2 湖滨花园3号楼/2 湖滨花园12栋/2", 10},
        {"two tokens may match two regions above", "jinhu dsw 12dong", "湖滨花园12栋/1", 10},
        {"a region's token may match inside", "三网 12", "湖滨花园12栋/1", 10},
        {"a token may match a county above", "大冶 长江", "长江小区/0", 10},
        {"a county is no proposal", "大冶市", "", 10},
        {"a region is found below another", "金湖 湖滨",
         "湖滨社区/0 湖滨花园/0 湖滨花园3号楼/0 "
         "湖滨花园12栋/0 东湖滨/2 老湖滨/2",
         10},
        {"one token must match the place's own name", "长乐社区 罗家桥", "", 10},
        {"equal names differ by their regions", "长乐 3号楼", "3号楼/0", 10},
        {"popular rows of one name come first", "3号楼", "3号楼/0 3号楼/0 湖滨花园3号楼/1", 10},
        {"without a space, a token is cut in two", "金湖湖滨", "湖滨社区/0 湖滨花园/0", 2},
        {"letters are cut in two as well", "jinhuhubinsh", "湖滨社区/0", 10},
        {"a name may be typed with a gap", "湖滨12栋", "湖滨花园12栋/0", 10},
        {"a token of several is cut, too", "金湖湖滨 栋", "湖滨花园12栋/0", 10},
        {"a number is not cut", "锦园123", "", 10},
        {"beside a number a token is cut", "锦园12单元", "锦园12栋3单元/0", 10},
        {"one letter is too little to be cut off", "长江d", "", 10},
        {"one hanzi is too little to be cut off", "道街", "", 10},
        {"spaces around are nothing", " 　金湖街 ", "金湖街道/0", 10},
        {"another order of the characters matches nothing", "园花滨湖", "", 10},
    };
    const struct address_index *index = *state;
    int failures = 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct address_match matches[LIMIT];
        char got[2000];
        size_t n = address_complete(index, rules[i].query, rules[i].limit, matches);
        print_matches(matches, n, got, sizeof got);
        if (strcmp(got, rules[i].expected) != 0) {
            print_error("%s: \"%s\" gives [%s], not [%s]\n", rules[i].rule, rules[i].query, got,
                        rules[i].expected);
            failures++;
        }
    }
    assert_int_equal(failures, 0);
}

static void a_match_carries_its_place_and_region(void **state)
{
    struct address_match matches[LIMIT];
    assert_int_equal(address_count(*state), 16);
    assert_int_equal(address_complete(*state, "长江", 10, matches), 1);
    assert_int_equal(matches[0].id, 4);
    assert_string_equal(matches[0].region_code, "420281001003");
    assert_int_equal(address_complete(*state, "金湖街", 10, matches), 1);
    assert_int_equal(matches[0].id, 0);
    assert_string_equal(matches[0].region_code, "420281001");
    assert_int_equal(address_complete(*state, "3号楼", 2, matches), 2);
    assert_int_equal(matches[0].id, 14);
    assert_int_equal(matches[1].id, 13);
}

static void the_path_goes_from_street_to_grid(void **state)
{
    static const struct {
        const char *code, *path;
        size_t size;
    } cases[] = {
        {"420281001002003", "金湖街道 湖滨社区 第三网格", 100},
        {"420281001", "金湖街道", 100},
        {"420281", "", 100},
        {"420281009", "", 100},
        {"", "", 100},
        {"420281001002003", "金湖街道 湖", 17}, /* 12 + 1 + 3 + NUL */
        {"420281001002003", "金湖街道 ", 16},
        {"420281001002003", "金湖街道", 13},
        {"420281001002003", "金", 6},
        {"420281001002003", "", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[100];
        address_region_path(*state, cases[i].code, path, cases[i].size);
        assert_string_equal(path, cases[i].path);
    }
    char untouched = 'x';
    address_region_path(*state, "420281001", &untouched, 0);
    assert_int_equal(untouched, 'x');
}

static void an_empty_index_answers_nothing(void **state)
{
    (void)state;
    struct address_match matches[LIMIT];
    struct address_index *index = address_build(address_builder_new(), NULL);
    assert_non_null(index);
    assert_int_equal(address_count(index), 0);
    assert_int_equal(address_complete(index, "金湖", 10, matches), 0);
    assert_int_equal(address_complete(index, "jin hu", 10, matches), 0);
    address_index_free(index);
    address_index_free(NULL);
    address_builder_free(NULL);
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    static const char *const codes[] = {"", "42028A", " 420281", "4202810010020030040050060"};
    struct address_builder *builder = address_builder_new();
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_int_equal(address_add_region(builder, codes[i], "金湖"), ST_INVALID);
        assert_int_equal(address_add_place(builder, 1, "金湖", codes[i], 0), ST_INVALID);
    }
    assert_int_equal(address_add_region(builder, "420281", ""), ST_INVALID);
    assert_int_equal(address_add_place(builder, 1, "\xE9\x87", "420281", 0), ST_INVALID);
    address_builder_free(builder);
}

static void a_place_in_an_unknown_region_is_named_in_the_error(void **state)
{
    (void)state;
    struct error err;
    struct address_builder *builder = address_builder_new();
    assert_int_equal(address_add_place(builder, 77, "金湖", "420281001", 0), ST_OK);
    assert_null(address_build(builder, &err));
    assert_int_equal(err.status, ST_INVALID);
    assert_non_null(strstr(err.message, "420281001"));
    assert_non_null(strstr(err.message, "77"));
}

static void a_region_added_again_gets_the_new_name(void **state)
{
    (void)state;
    struct address_match matches[LIMIT];
    struct address_builder *builder = address_builder_new();
    assert_int_equal(address_add_region(builder, "420281001", "旧街道"), ST_OK);
    assert_int_equal(address_add_region(builder, "420281001", "新街道"), ST_OK);
    struct address_index *index = address_build(builder, NULL);
    assert_int_equal(address_complete(index, "街道", 10, matches), 1);
    assert_string_equal(matches[0].name, "新街道");
    address_index_free(index);
}

/* --- hostile queries --- */

static void hostile_queries_are_harmless(void **state)
{
    static const char *const nothing[] = {
        "",
        " ",
        " \t\n　　 ",
        "\x01\x02\x1b[31m\x7f",
        "\xFF\xFE\xC0\x80",
        "\xE9\x87",
        "···（）",
        "''''",
        "龘",
        "zzzzzz",
        "1 2 3 4 5 6 7 8 9",
    };
    struct address_match matches[LIMIT];
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        assert_int_equal(address_complete(*state, nothing[i], LIMIT, matches), 0);
    }
    assert_int_equal(address_complete(*state, "金湖", 0, matches), 0);
    assert_int_equal(address_complete(*state, "\xFF金湖街\xC3道路\x01", 10, matches), 0);
    static const char *const pieces[] = {"湖", "h", "hu", "a ", "xian", "1", " ", "\xE6", "湖 h"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        static char query[10001];
        size_t size = strlen(pieces[i]);
        for (size_t length = 1; length <= 10000; length *= 10) {
            for (size_t j = 0; j < length; j++) {
                query[j] = pieces[i][j % size];
            }
            query[length] = '\0';
            assert_true(address_complete(*state, query, 100, matches) <= LIMIT);
        }
    }
}

static void random_bytes_are_harmless(void **state)
{
    uint32_t random = 1;
    for (int i = 0; i < 3000; i++) {
        char query[40];
        size_t n = (size_t)i % sizeof query;
        for (size_t j = 0; j < n; j++) {
            random = random * 1664525 + 1013904223;
            query[j] = (char)(random >> 24);
        }
        query[n ? n - 1 : 0] = '\0';
        struct address_match matches[LIMIT];
        assert_true(address_complete(*state, query, LIMIT, matches) <= LIMIT);
    }
}

/* --- many readers --- */

static const char *const reader_queries[] = {"湖滨", "jhjd", "罗jq", "金湖湖滨", "3号楼 湖滨", "h"};

static void read_all(const struct address_index *index, char out[4000])
{
    size_t length = 0;
    for (size_t i = 0; i < sizeof reader_queries / sizeof *reader_queries; i++) {
        struct address_match matches[LIMIT];
        size_t n = address_complete(index, reader_queries[i], LIMIT, matches);
        print_matches(matches, n, out + length, 4000 - length);
        length += strlen(out + length);
    }
    address_region_path(index, "420281001002003", out + length, 4000 - length);
}

struct reader {
    const struct address_index *index;
    const char *expected;
    pthread_t thread;
    bool right;
};

static void *reader_run(void *argument)
{
    struct reader *reader = argument;
    reader->right = true;
    for (int i = 0; i < 200; i++) {
        char got[4000];
        read_all(reader->index, got);
        reader->right = reader->right && strcmp(got, reader->expected) == 0;
    }
    return NULL;
}

static void threads_read_one_index_at_once(void **state)
{
    struct reader readers[4];
    char expected[4000];
    read_all(*state, expected);
    for (int i = 0; i < 4; i++) {
        readers[i] = (struct reader){.index = *state, .expected = expected};
        assert_int_equal(pthread_create(&readers[i].thread, NULL, reader_run, &readers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(readers[i].thread, NULL);
        assert_true(readers[i].right);
    }
}

/* --- real names --- */

/* Reads the next line into fields that are cut in place; false at the end. */
static bool read_fields(FILE *file, char *line, size_t size, char *fields[4])
{
    if (!fgets(line, (int)size, file)) {
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    for (int i = 0; i < 4; i++) {
        size_t n = strcspn(line, ",");
        fields[i] = line;
        line += n;
        if (*line) {
            *line++ = '\0';
        }
    }
    return true;
}

static FILE *open_data(const char *name)
{
    char path[1000];
    char *fields[4];
    char line[500];
    snprintf(path, sizeof path, "%s/addresses/%s", getenv("MINQING_TEST_DATA"), name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(read_fields(file, line, sizeof line, fields)); /* the header */
    return file;
}

static struct address_index *build_real(void)
{
    struct address_builder *builder = address_builder_new();
    char line[500];
    char *fields[4];
    FILE *file = open_data("daye_divisions.csv");
    address_add_region(builder, "420281", "大冶市");
    while (read_fields(file, line, sizeof line, fields)) {
        address_add_region(builder, fields[0], fields[1]);
        address_add_region(builder, fields[2], fields[3]);
    }
    fclose(file);
    file = open_data("huangshi_estates.csv");
    for (int64_t id = 1; read_fields(file, line, sizeof line, fields); id++) {
        assert_int_equal(address_add_place(builder, id, fields[0], "420281001001", 0), ST_OK);
    }
    fclose(file);
    struct address_index *index = address_build(builder, NULL);
    assert_non_null(index);
    return index;
}

static bool proposes(const struct address_index *index, const char *query, const char *name)
{
    struct address_match matches[LIMIT];
    size_t n = address_complete(index, query, LIMIT, matches);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(matches[i].name, name) == 0) {
            return true;
        }
    }
    print_error("\"%s\" does not propose %s\n", query, name);
    return false;
}

/* The main reading of all hanzi, whole or only its first letter; false where one has none. */
static bool spell(const char *name, bool whole, char *out, size_t size)
{
    size_t length = 0;
    for (size_t rest = strlen(name); rest > 0;) {
        uint32_t c;
        const char *readings[PINYIN_READINGS_MAX];
        size_t took = utf8_decode(name, rest, &c);
        if (pinyin_readings(c, readings) == 0) {
            return false;
        }
        length += (size_t)snprintf(out + length, size - length, "%.*s", whole ? 6 : 1, readings[0]);
        name += took;
        rest -= took;
    }
    return true;
}

static void real_names_are_found(void **state)
{
    (void)state;
    if (!getenv("MINQING_TEST_DATA")) {
        print_message("MINQING_TEST_DATA is not set: no check against real names\n");
        skip();
    }
    struct address_index *index = build_real();
    bool right = proposes(index, "jhjd", "金湖街道") && proposes(index, "罗jq", "罗家桥街道") &&
                 proposes(index, "金hu", "金湖街道") && proposes(index, "jinh", "金湖街道") &&
                 proposes(index, "金湖tielu", "铁路桥社区居民委员会") &&
                 proposes(index, "湖滨 东岳路", "湖滨社区居民委员会") &&
                 proposes(index, "东岳路湖滨", "湖滨社区居民委员会") &&
                 proposes(index, "huandiqiao tk", "土库村村民委员会");
    char line[500];
    char letters[500];
    char *fields[4];
    FILE *file = open_data("daye_divisions.csv");
    while (right && read_fields(file, line, sizeof line, fields)) {
        right = proposes(index, fields[1], fields[1]) && proposes(index, fields[3], fields[3]) &&
                proposes(index, fields[3] + 3, fields[3]);
        for (int whole = 0; right && whole < 2; whole++) {
            right = (!spell(fields[1], whole, letters, sizeof letters) ||
                     proposes(index, letters, fields[1])) &&
                    (!spell(fields[3], whole, letters, sizeof letters) ||
                     proposes(index, letters, fields[3]));
        }
    }
    fclose(file);
    file = open_data("huangshi_estates.csv");
    while (right && read_fields(file, line, sizeof line, fields)) {
        right = proposes(index, fields[0], fields[0]) &&
                (!spell(fields[0], true, letters, sizeof letters) ||
                 proposes(index, letters, fields[0]));
    }
    fclose(file);
    address_index_free(index);
    assert_true(right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_rule_of_matching_and_order_holds, set_up_small,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_match_carries_its_place_and_region, set_up_small,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_path_goes_from_street_to_grid, set_up_small, tear_down),
        cmocka_unit_test(an_empty_index_answers_nothing),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(a_place_in_an_unknown_region_is_named_in_the_error),
        cmocka_unit_test(a_region_added_again_gets_the_new_name),
        cmocka_unit_test_setup_teardown(hostile_queries_are_harmless, set_up_small, tear_down),
        cmocka_unit_test_setup_teardown(random_bytes_are_harmless, set_up_small, tear_down),
        cmocka_unit_test_setup_teardown(threads_read_one_index_at_once, set_up_small, tear_down),
        cmocka_unit_test(real_names_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
