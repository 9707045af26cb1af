/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A time that is accepted is written and read again as the same; so is a day. */
#include "core/clock.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), written[CLOCK_TEXT_SIZE], day_text[11];
    int64_t ms, ms_again;
    int32_t day, day_again;
    if (clock_parse(text, &ms)) {
        clock_format(ms, written);
        HOLDS(ms >= 0 && clock_parse(written, &ms_again) && ms_again == ms);
        HOLDS(clock_day_start(clock_day(ms)) <= ms);
    }
    if (clock_parse_day(text, &day)) {
        clock_format_day(day, day_text);
        HOLDS(clock_parse_day(day_text, &day_again) && day_again == day);
        HOLDS(strcmp(day_text, text) == 0);
    }
    free(text);
    return 0;
}
