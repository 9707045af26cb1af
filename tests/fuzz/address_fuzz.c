/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is typed: proposals of the index, no more than asked for, best first, each once. */
#include "core/address.h"
#include "tests/fuzz/fuzz.h"

static struct address_index *places;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const regions[][2] = {
        {"420281", "大冶市"},      {"420281001", "东岳路街道"},  {"420281001001", "新冶社区"},
        {"420281003", "金湖街道"}, {"420281003001", "马叫社区"}, {"420281003001001", "第一网格"},
        {"420281108", "陈贵镇"},   {"420281108201", "矿山村"},
    };
    static const char *const names[] = {
        "重庆路12号", "长乐小区3栋1单元", "大冶一中",  "湖滨花园A区", "KFC（金湖店）", "沿湖路",
        "３号路灯杆", "七里界还建楼",     "银行ATM-2", "朝阳村一组",  "绿地#5",        "乐天·广场",
    };
    (void)argc, (void)argv;
    struct address_builder *builder = address_builder_new();
    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++)
        HOLDS(!address_add_region(builder, regions[i][0], regions[i][1]));
    for (size_t i = 0; i < 4 * sizeof names / sizeof names[0]; i++)
        HOLDS(!address_add_place(builder, (int64_t)i + 1, names[i / 4], regions[1 + i % 7][0],
                                 (uint32_t)(i * 7 % 5)));
    places = address_build(builder, NULL);
    HOLDS(places);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct address_match matches[50];
    char path[64];
    if (size == 0)
        return 0;
    size_t limit = data[0] % 50 + 1;
    char *query = fuzz_text(data + 1, size - 1);
    size_t count = address_complete(places, query, limit, matches);
    HOLDS(count <= limit);
    for (size_t i = 0; i < count; i++) {
        HOLDS(*matches[i].name && *matches[i].region_code);
        HOLDS(matches[i].tier >= 0 && matches[i].tier <= 2);
        HOLDS(i == 0 || matches[i].tier >= matches[i - 1].tier);
        for (size_t j = 0; j < i; j++)
            HOLDS(matches[i].id != matches[j].id ||
                  (matches[i].id == 0 && matches[i].region_code != matches[j].region_code));
        address_region_path(places, matches[i].region_code, path, sizeof path);
    }
    address_region_path(places, query, path, data[0] % sizeof path + 1);
    free(query);
    return 0;
}
