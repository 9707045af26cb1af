/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pinyin.h"
#include "core/pinyin_table.h"

size_t pinyin_readings(uint32_t hanzi, const char *readings[PINYIN_READINGS_MAX])
{
    uint32_t page = hanzi >> 8;
    if (page >= pinyin_page_count)
        return 0;
    const uint16_t *list = pinyin_pool + pinyin_places[pinyin_pages[page]][hanzi & 0xFF];
    size_t count = list[0] < PINYIN_READINGS_MAX ? list[0] : PINYIN_READINGS_MAX;
    for (size_t i = 0; i < count; i++)
        readings[i] = pinyin_syllables[list[1 + i]];
    return count;
}
