/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drawn city and drawn queries: the address index must say what an oracle says that holds every
 * place against the rules of core/address.h, without an index. */
#include "core/address.h"
#include "core/pinyin.h"
#include "core/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* ThreadSanitizer makes the oracle slow, and has nothing to find in one thread. */
#if defined(__SANITIZE_THREAD__)
enum { QUERIES = 100 };
#else
enum { QUERIES = 1000 };
#endif
enum { STREETS = 8, COMMUNITIES = 4, GRIDS = 3, PLACES = 2500, NAME_MAX = 40, LIMIT = 50 };
enum { REGIONS = 1 + STREETS + STREETS * COMMUNITIES + STREETS * COMMUNITIES * GRIDS };
enum { THINGS = REGIONS + PLACES };

/* A folded text: what can be matched, and what begins a token. */
struct line {
    uint32_t c[NAME_MAX];
    bool starts[NAME_MAX];
    const char *readings[NAME_MAX][PINYIN_READINGS_MAX];
    size_t reading_count[NAME_MAX];
    size_t n;
};

struct thing {
    char name[4 * NAME_MAX];
    char code[48]; /* of the region, or of the place's */
    struct line line;
    int parent;          /* the number of the region above, or -1 */
    uint32_t popularity; /* of a region: the upper ones are greater */
    int tier;            /* what the query being judged gives, or -1 */
};

struct city {
    struct thing things[THINGS]; /* first the regions; a place's id is its number */
    struct address_index *index;
    uint64_t random;
};

static uint32_t draw(struct city *city, uint32_t below)
{
    city->random ^= city->random << 13;
    city->random ^= city->random >> 7;
    city->random ^= city->random << 17;
    return (uint32_t)(city->random >> 20) % below;
}

/* The fold of this test's own names and queries, which use few characters. */
static void read_line(const char *text, struct line *line)
{
    static const char endings[] = "市县区镇乡村组街道路巷号";
    static const char one_words[] = "街道 市场 号楼 号院";
    bool broken = false;
    char before[5] = "";
    line->n = 0;
    for (size_t rest = strlen(text); rest > 0 && line->n < NAME_MAX;) {
        uint32_t c;
        size_t took = utf8_decode(text, rest, &c);
        char self[5] = "";
        char pair[9];
        memcpy(self, text, took);
        text += took;
        rest -= took;
        if (c > 0xFF00 && c < 0xFF5F) {
            c -= 0xFEE0;
        }
        if (c >= 'A' && c <= 'Z') {
            c += 32;
        }
        if (c == ' ' || c == '(' || c == 0xB7) {
            broken = true;
            continue;
        }
        size_t i = line->n++;
        line->c[i] = c;
        line->reading_count[i] = pinyin_readings(c, line->readings[i]);
        line->starts[i] = i == 0 || broken;
        broken = false;
        if (i > 0) {
            bool digit = c >= '0' && c <= '9';
            bool letter = c >= 'a' && c <= 'z';
            bool digit_before = line->c[i - 1] >= '0' && line->c[i - 1] <= '9';
            bool letter_before = line->c[i - 1] >= 'a' && line->c[i - 1] <= 'z';
            snprintf(pair, sizeof pair, "%s%s", before, self);
            if ((digit && !digit_before) || (letter && !letter_before) ||
                (!letter && letter_before)) {
                line->starts[i] = true;
            }
            if (*before && strstr(endings, before) && !line->starts[i - 1] &&
                !strstr(one_words, pair)) {
                line->starts[i] = true;
            }
        }
        memcpy(before, self, sizeof before);
    }
}

static bool is_letters(const uint32_t *query, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (query[i] < 'a' || query[i] > 'z') {
            return false;
        }
    }
    return true;
}

static bool equals(const char *letters, const uint32_t *query, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((uint32_t)letters[i] != query[i]) {
            return false;
        }
    }
    return true;
}

/* Whether the query goes on like the line from `at`. */
static bool goes_on(const struct line *line, size_t at, const uint32_t *query, size_t n)
{
    if (n == 0) {
        return true;
    }
    if (at == line->n) {
        return false;
    }
    if (line->c[at] == query[0] && goes_on(line, at + 1, query + 1, n - 1)) {
        return true;
    }
    if (query[0] < 'a' || query[0] > 'z') {
        return false;
    }
    const char *const *readings = line->readings[at];
    for (size_t i = 0; i < line->reading_count[at]; i++) {
        size_t length = strlen(readings[i]);
        if (n <= length && is_letters(query, n) && equals(readings[i], query, n)) {
            return true;
        }
        for (size_t take = 1; take <= n && take <= length; take++) {
            bool initial = take == 1 || (take == 2 && readings[i][1] == 'h' &&
                                         strchr("zcs", readings[i][0]) != NULL);
            if ((initial || take == length) && equals(readings[i], query, take) &&
                goes_on(line, at + 1, query + take, n - take)) {
                return true;
            }
        }
    }
    return false;
}

static int line_tier(const struct line *line, const uint32_t *query, size_t n)
{
    int tier = -1;
    for (size_t at = 0; at < line->n && tier != 0; at++) {
        int here = at == 0 ? 0 : line->starts[at] ? 1 : 2;
        if ((tier < 0 || here < tier) && goes_on(line, at, query, n)) {
            tier = here;
        }
    }
    return tier;
}

/* Lowers the tiers of what matches the tokens that end before the places `ends`. */
static bool judge(struct city *city, const uint32_t *query, const size_t *ends, size_t count)
{
    static bool known[8][REGIONS]; /* the region or one above matches the token */
    bool any = false;
    for (size_t i = 0; i < THINGS; i++) {
        struct thing *thing = &city->things[i];
        int best = -1;
        bool all = true;
        for (size_t t = 0; t < count && (all || i < REGIONS); t++) {
            size_t from = t ? ends[t - 1] : 0;
            int tier = line_tier(&thing->line, query + from, ends[t] - from);
            bool above = thing->parent >= 0 && known[t][thing->parent];
            if (tier >= 0 && (best < 0 || tier < best)) {
                best = tier;
            }
            all = all && (tier >= 0 || above);
            if (i < REGIONS) {
                known[t][i] = tier >= 0 || above;
            }
        }
        if (all && best >= 0 && i > 0 && (thing->tier < 0 || best < thing->tier)) {
            thing->tier = best;
        }
        any = any || thing->tier >= 0;
    }
    return any;
}

/* Sets the tier of every thing for the query. */
static void judge_query(struct city *city, const char *text)
{
    struct line line;
    uint32_t query[NAME_MAX];
    size_t ends[8];
    size_t count = 0;
    for (size_t i = 0; i < THINGS; i++) {
        city->things[i].tier = -1;
    }
    /* Only separators cut a query; read each token apart to see them alone. */
    size_t n = 0;
    while (*text && n < NAME_MAX) {
        char token[4 * NAME_MAX];
        size_t size = strcspn(text, " ");
        snprintf(token, sizeof token, "%.*s", (int)size, text);
        read_line(token, &line);
        for (size_t i = 0; i < line.n && n < NAME_MAX; i++) {
            query[n++] = line.c[i];
        }
        if (line.n > 0) {
            ends[count++] = n;
        }
        text += size + (text[size] == ' ');
    }
    if (count == 0 || judge(city, query, ends, count)) {
        return;
    }
    for (size_t t = 0; t < count; t++) {
        size_t from = t ? ends[t - 1] : 0;
        for (size_t cut = from + 1; cut < ends[t]; cut++) {
            bool digit_before = query[cut - 1] >= '0' && query[cut - 1] <= '9';
            bool digit = query[cut] >= '0' && query[cut] <= '9';
            if ((digit_before && digit) || (cut == from + 1 && !digit_before) ||
                (cut + 1 == ends[t] && !digit)) {
                continue;
            }
            size_t more[9];
            memcpy(more, ends, t * sizeof *ends);
            more[t] = cut;
            memcpy(more + t + 1, ends + t, (count - t) * sizeof *ends);
            judge(city, query, more, count + 1);
        }
    }
}

static int thing_compare(const void *a, const void *b)
{
    const struct thing *x = *(const struct thing *const *)a;
    const struct thing *y = *(const struct thing *const *)b;
    bool x_region = x->popularity >= 1000;
    bool y_region = y->popularity >= 1000;
    if (x->tier != y->tier) {
        return x->tier - y->tier;
    }
    if (x_region != y_region) {
        return x_region ? -1 : 1;
    }
    if (x->popularity != y->popularity) {
        return x->popularity > y->popularity ? -1 : 1;
    }
    size_t x_length = utf8_count(x->name);
    size_t y_length = utf8_count(y->name);
    return (x_length > y_length) - (x_length < y_length);
}

static const struct thing *find_thing(const struct city *city, const struct address_match *match)
{
    if (match->id > 0) {
        return &city->things[match->id];
    }
    for (size_t i = 0; i < REGIONS; i++) {
        if (strcmp(city->things[i].code, match->region_code) == 0) {
            return &city->things[i];
        }
    }
    return NULL;
}

/* True when the index says what the oracle says: the same order of what counts, each at its tier.
 */
static bool agrees(struct city *city, const char *query)
{
    static const struct thing *expected[THINGS];
    struct address_match matches[LIMIT];
    size_t count = 0;
    judge_query(city, query);
    for (size_t i = 0; i < THINGS; i++) {
        if (city->things[i].tier >= 0) {
            expected[count++] = &city->things[i];
        }
    }
    qsort(expected, count, sizeof *expected, thing_compare);
    size_t limit = draw(city, 2) ? LIMIT : 1 + draw(city, LIMIT);
    size_t n = address_complete(city->index, query, limit, matches);
    if (n != (count < limit ? count : limit)) {
        print_error("\"%s\": %zu of %zu proposals, the oracle has %zu\n", query, n, limit, count);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const struct thing *got = find_thing(city, &matches[i]);
        bool right = got && strcmp(got->name, matches[i].name) == 0 &&
                     strcmp(got->code, matches[i].region_code) == 0 &&
                     got->tier == matches[i].tier && thing_compare(&got, &expected[i]) == 0;
        for (size_t j = 0; j < i; j++) {
            right = right && got != find_thing(city, &matches[j]);
        }
        if (!right) {
            print_error("\"%s\": proposal %zu is %s/%d, the oracle has %s/%d\n", query, i,
                        matches[i].name, matches[i].tier, expected[i]->name, expected[i]->tier);
            return false;
        }
    }
    return true;
}

/* --- the city and the queries --- */

static const char *const stems[] = {"金", "湖", "罗", "家", "桥", "长", "乐", "重", "大", "冶",
                                    "厦", "石", "单", "行", "安", "西", "先", "滨", "新", "区",
                                    "绿", "朝", "阳", "东", "方", "会", "村", "路", "恩", "儿"};
static const char *const tails[] = {"花园",  "小区", "路", "村",  "广场",
                                    "3号楼", "12栋", "",   "大厦"};
static const char *const middles[] = {"", "", "", "·", " ", "A", "Plaza", "８", "街道", "号"};

static void draw_stem(struct city *city, char *out, size_t size)
{
    size_t n = 1 + draw(city, 3);
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        length += (size_t)snprintf(out + length, size - length, "%s",
                                   stems[draw(city, sizeof stems / sizeof *stems)]);
    }
}

static void add_thing(struct city *city, size_t i, const char *code, int parent, const char *tail)
{
    struct thing *thing = &city->things[i];
    char stem[20];
    draw_stem(city, stem, sizeof stem);
    snprintf(thing->code, sizeof thing->code, "%s", code);
    snprintf(thing->name, sizeof thing->name, "%s%s", stem, tail);
    thing->parent = parent;
    thing->popularity = 2000 - (uint32_t)strlen(code);
    read_line(thing->name, &thing->line);
}

static void make_city(struct city *city)
{
    struct address_builder *builder = address_builder_new();
    size_t n = 0;
    add_thing(city, n++, "420281", -1, "市");
    for (int street = 0; street < STREETS; street++) {
        char code[48];
        size_t in_street = n;
        snprintf(code, sizeof code, "420281%03d", street);
        add_thing(city, n++, code, 0, street % 2 ? "街道" : "镇");
        for (int community = 0; community < COMMUNITIES; community++) {
            size_t in_community = n;
            snprintf(code, sizeof code, "420281%03d%03d", street, community);
            add_thing(city, n++, code, (int)in_street, community % 2 ? "社区" : "村");
            for (int grid = 0; grid < GRIDS; grid++) {
                snprintf(code, sizeof code, "420281%03d%03d%03d", street, community, grid);
                add_thing(city, n++, code, (int)in_community, "网格");
            }
        }
    }
    assert_int_equal(n, REGIONS);
    for (size_t i = 0; i < REGIONS; i++) {
        address_add_region(builder, city->things[i].code, city->things[i].name);
    }
    for (; n < THINGS; n++) {
        struct thing *thing = &city->things[n];
        char stem[20];
        char more[20];
        draw_stem(city, stem, sizeof stem);
        draw_stem(city, more, sizeof more);
        snprintf(thing->name, sizeof thing->name, "%s%s%s%s", stem,
                 middles[draw(city, sizeof middles / sizeof *middles)], draw(city, 2) ? more : "",
                 tails[draw(city, sizeof tails / sizeof *tails)]);
        read_line(thing->name, &thing->line);
        thing->parent = (int)draw(city, REGIONS);
        thing->popularity = draw(city, 500);
        snprintf(thing->code, sizeof thing->code, "%s", city->things[thing->parent].code);
        assert_int_equal(
            address_add_place(builder, (int64_t)n, thing->name, thing->code, thing->popularity),
            ST_OK);
    }
    city->index = address_build(builder, NULL);
    assert_non_null(city->index);
}

/* Types a part of a name: as hanzi, in full pinyin, by initials, or mixed. */
static size_t type_name(struct city *city, const struct line *line, char *out, size_t size)
{
    uint32_t manner = draw(city, 4);
    size_t from = draw(city, 3) ? 0 : draw(city, (uint32_t)line->n);
    size_t n = 1 + draw(city, (uint32_t)(line->n - from));
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = from; i < from + n && length + 8 < size; i++) {
        uint32_t way = manner < 3 ? manner : draw(city, 3);
        size_t count = line->reading_count[i];
        if (way == 0 || count == 0) {
            length += utf8_encode(line->c[i], out + length);
            out[length] = '\0';
            continue;
        }
        const char *reading = line->readings[i][draw(city, (uint32_t)count)];
        size_t most = way == 1 ? strlen(reading) : 1;
        if (i + 1 == from + n && draw(city, 2)) {
            most = 1 + draw(city, (uint32_t)strlen(reading));
        }
        length += (size_t)snprintf(out + length, size - length, "%.*s", (int)most, reading);
    }
    return length;
}

static void draw_query(struct city *city, char *out, size_t size)
{
    const struct thing *thing = &city->things[draw(city, THINGS)];
    size_t length = 0;
    if (draw(city, 2)) {
        const struct thing *above = thing;
        while (above->parent >= 0 && (above == thing || draw(city, 2))) {
            above = &city->things[above->parent];
        }
        length = type_name(city, &above->line, out, size / 2);
        if (draw(city, 4)) {
            out[length++] = ' ';
        }
    }
    length += type_name(city, &thing->line, out + length, size / 2);
    if (draw(city, 8) == 0) { /* something is wrong with it */
        snprintf(out + length, size - length, "%s", stems[draw(city, 30)]);
    }
    if (draw(city, 16) == 0) {
        out[0] = (char)(out[0] >= 'a' && out[0] <= 'z' ? out[0] - 32 : out[0]);
    }
}

static void the_index_agrees_with_the_oracle(void **state)
{
    (void)state;
    const char *given = getenv("MINQING_TEST_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    struct city *city = calloc(1, sizeof *city);
    int failures = 0;
    size_t found = 0;
    city->random = (seed + 1) * 0x9E3779B97F4A7C15;
    make_city(city);
    for (int i = 0; i < QUERIES && failures < 5; i++) {
        char query[200];
        draw_query(city, query, sizeof query);
        failures += !agrees(city, query);
        for (size_t j = 0; j < THINGS; j++) {
            found += city->things[j].tier >= 0;
        }
    }
    print_message("MINQING_TEST_SEED=%llu: %zu matches of %d queries\n", (unsigned long long)seed,
                  found, QUERIES);
    address_index_free(city->index);
    free(city);
    assert_int_equal(failures, 0);
    assert_true(found > QUERIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_index_agrees_with_the_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
