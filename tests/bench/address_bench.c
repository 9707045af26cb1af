/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The address index over a drawn city of 200,000 places: building, memory, and completion at each
 * key of what operators type. The same city and the same queries in every run. */
#include "core/address.h"
#include "core/pinyin.h"
#include "core/text.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PLACES = 200000, STREETS = 15, COMMUNITIES = 28, GRIDS = 8, TYPED = 1200, KEYS_MAX = 40 };
enum { LIMIT = 10, NAME_SIZE = 128 };

static uint64_t random_state = 20261118;

static uint32_t draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 20) % below;
}

#define PICK(list) (list)[draw(sizeof(list) / sizeof *(list))]

static const char *const stems[] = {
    "金", "湖", "罗", "家", "桥", "长", "乐", "重", "大", "冶", "石", "安", "西", "新", "绿", "朝",
    "阳", "东", "方", "会", "恩", "鑫", "华", "盛", "世", "景", "江", "山", "水", "云", "天", "福",
    "康", "怡", "和", "明", "海", "龙", "凤", "港", "城", "南", "北", "中", "兴", "隆", "昌", "铜",
    "冯", "黄", "陈", "刘", "张", "胡", "柯", "曹", "马", "叶", "三", "五", "上", "下", "高", "平"};
static const char *const estate_tails[] = {"花园", "小区", "家园", "公馆", "苑",   "名城",
                                           "广场", "湾",   "新村", "豪庭", "御府", "还建楼"};
static const char *const road_tails[] = {"路", "大道", "街", "巷", "路", "东路", "西路"};
static const char *const shop_tails[] = {"超市",   "大药房", "幼儿园", "餐馆",
                                         "理发店", "五金店", "诊所",   "便利店"};
static const char *const building_tails[] = {"号楼", "栋", "号楼", "幢"};

static void draw_stem(char *out, size_t size, uint32_t least, uint32_t most)
{
    size_t length = 0;
    out[0] = '\0';
    for (uint32_t n = least + draw(most - least + 1); n > 0; n--) {
        length += (size_t)snprintf(out + length, size - length, "%s", PICK(stems));
    }
}

struct drawn {
    char name[NAME_SIZE];
    char street[NAME_SIZE];
};

static char street_names[STREETS][NAME_SIZE];
static char grid_codes[STREETS * COMMUNITIES * GRIDS][32];
static struct drawn samples[TYPED]; /* places that will be typed */

static void add_regions(struct address_builder *builder)
{
    char code[24];
    char name[NAME_SIZE];
    char stem[32];
    size_t n = 0;
    address_add_region(builder, "420281", "大冶市");
    for (int street = 0; street < STREETS; street++) {
        draw_stem(stem, sizeof stem, 2, 3);
        snprintf(code, sizeof code, "420281%03d", street);
        snprintf(street_names[street], NAME_SIZE, "%s%s", stem, street % 3 ? "街道" : "镇");
        address_add_region(builder, code, street_names[street]);
        for (int community = 0; community < COMMUNITIES; community++) {
            draw_stem(stem, sizeof stem, 2, 3);
            snprintf(code, sizeof code, "420281%03d%03d", street, community);
            snprintf(name, sizeof name, "%s%s", stem, community % 2 ? "社区居民委员会" : "村");
            address_add_region(builder, code, name);
            for (int grid = 0; grid < GRIDS; grid++) {
                snprintf(grid_codes[n], sizeof grid_codes[n], "%s%03d", code, grid);
                snprintf(name, sizeof name, "第%d网格", grid + 1);
                address_add_region(builder, grid_codes[n++], name);
            }
        }
    }
}

static void add_places(struct address_builder *builder)
{
    char estate[64] = "";
    char name[NAME_SIZE];
    char stem[32];
    uint32_t grid = 0;
    uint32_t popularity = 0;
    for (int64_t i = 0; i < PLACES; i++) {
        if (i % 25 == 0) { /* the next estate, or the next road */
            draw_stem(stem, sizeof stem, 2, 3);
            snprintf(estate, sizeof estate, "%s%s", stem,
                     draw(6) ? PICK(estate_tails) : PICK(road_tails));
            grid = draw(STREETS * COMMUNITIES * GRIDS);
            popularity = draw(100) * draw(100) / 100;
        }
        uint32_t number = 1 + (uint32_t)(i % 25);
        if (i % 25 == 0) {
            snprintf(name, sizeof name, "%s", estate);
        } else if (i % 25 < 22) {
            snprintf(name, sizeof name, "%s%u%s", estate, number, building_tails[i / 25 % 4]);
        } else {
            draw_stem(stem, sizeof stem, 2, 3);
            snprintf(name, sizeof name, "%s%s(%s店)", stem, PICK(shop_tails), estate);
        }
        address_add_place(builder, i + 1, name, grid_codes[grid], popularity);
        if (i % (PLACES / TYPED) == 0 && i / (PLACES / TYPED) < TYPED) {
            struct drawn *sample = &samples[i / (PLACES / TYPED)];
            snprintf(sample->name, NAME_SIZE, "%s", name);
            snprintf(sample->street, NAME_SIZE, "%s", street_names[grid / (COMMUNITIES * GRIDS)]);
        }
    }
}

/* The ways to type; each gets a line of its own. */
enum manner { HANZI, INSIDE, PINYIN, INITIALS, MIXED, TWO_TOKENS, CUT, UNKNOWN, MANNERS };
static const char *const manner_names[] = {"hanzi", "inside",     "pinyin", "initials",
                                           "mixed", "two_tokens", "cut",    "unknown"};

/* Writes the keys of the first `most` characters of `name`; returns the bytes. */
static size_t type(const char *name, size_t most, enum manner manner, char *out, size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    size_t rest = strlen(name);
    for (size_t i = 0; i < most && rest > 0 && length + 8 < size; i++) {
        uint32_t c;
        const char *readings[PINYIN_READINGS_MAX];
        size_t took = utf8_decode(name, rest, &c);
        size_t count = pinyin_readings(c, readings);
        bool letters = manner == PINYIN || manner == INITIALS || (manner == MIXED && i % 2);
        if (letters && count > 0) {
            length += (size_t)snprintf(out + length, size - length, "%.*s",
                                       manner == PINYIN ? 6 : 1, readings[0]);
        } else {
            length += (size_t)snprintf(out + length, size - length, "%.*s", (int)took, name);
        }
        name += took;
        rest -= took;
    }
    return length;
}

static void make_query(const struct drawn *sample, enum manner manner, char *out, size_t size)
{
    static const char *const skipped = "金";
    switch (manner) {
    case INSIDE:
        type(sample->name + strlen(skipped), 5, HANZI, out, size);
        break;
    case TWO_TOKENS: {
        size_t length = type(sample->street, 2, draw(2) ? HANZI : INITIALS, out, size);
        out[length++] = ' ';
        type(sample->name, 6, draw(2) ? HANZI : INITIALS, out + length, size - length);
        break;
    }
    case CUT: {
        enum manner how = draw(2) ? HANZI : PINYIN;
        size_t length = type(sample->street, 2, how, out, size);
        type(sample->name, 3, how, out + length, size - length);
        break;
    }
    case UNKNOWN: {
        char name[NAME_SIZE];
        draw_stem(name, sizeof name, 3, 6);
        type(name, 6, draw(2) ? PINYIN : HANZI, out, size);
        break;
    }
    default:
        type(sample->name, 8, manner, out, size);
    }
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *name, double *us, size_t n)
{
    qsort(us, n, sizeof *us, compare);
    printf("%s p50_us=%.1f p99_us=%.1f max_us=%.1f queries=%zu\n", name, us[n / 2],
           us[n * 99 / 100], us[n - 1], n);
}

/* Asks at every key of each query. */
static size_t ask(const struct address_index *index, enum manner manner, double *us)
{
    size_t n = 0;
    for (size_t i = (size_t)manner; i < TYPED; i += MANNERS) {
        char query[256];
        make_query(&samples[i], manner, query, sizeof query);
        size_t length = 0;
        for (size_t rest = strlen(query); rest > 0 && n < (TYPED / MANNERS + 1) * KEYS_MAX;) {
            struct address_match matches[LIMIT];
            char typed[256];
            uint32_t c;
            size_t took = utf8_decode(query + length, rest, &c);
            length += took;
            rest -= took;
            snprintf(typed, sizeof typed, "%.*s", (int)length, query);
            double start = now_us();
            address_complete(index, typed, LIMIT, matches);
            us[n++] = now_us() - start;
        }
    }
    return n;
}

int main(void)
{
    static double all[TYPED * KEYS_MAX + MANNERS * KEYS_MAX];
    struct error err;
    struct address_builder *builder = address_builder_new();
    if (!builder) {
        return 1;
    }
    add_regions(builder);
    add_places(builder);
    double start = now_us();
    struct address_index *index = address_build(builder, &err);
    double seconds = (now_us() - start) / 1e6;
    if (!index) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    struct mallinfo2 memory = mallinfo2();
    printf("address_build seconds=%.2f places=%zu bytes_per_record=%.0f\n", seconds,
           address_count(index),
           (double)(memory.uordblks + memory.hblkhd) / (double)address_count(index));
    size_t n = 0;
    for (int manner = 0; manner < MANNERS; manner++) {
        char name[64];
        size_t asked = ask(index, (enum manner)manner, all + n);
        snprintf(name, sizeof name, "address_complete_%s", manner_names[manner]);
        print_times(name, all + n, asked);
        n += asked;
    }
    print_times("address_complete", all, n);
    address_index_free(index);
    return 0;
}
