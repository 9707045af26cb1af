/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number that is accepted is in its normal form, which reads as itself. */
#include "core/number.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char number[ORDER_NUMBER_SIZE], again[ORDER_NUMBER_SIZE];
    char *text = fuzz_text(data, size);
    if (order_number_parse(text, number)) {
        HOLDS(strlen(number) < sizeof number);
        HOLDS(order_number_parse(number, again) && strcmp(number, again) == 0);
    }
    if (order_number_complete(text, INT64_C(1794963600000), number))
        HOLDS(order_number_parse(number, again) && strcmp(number, again) == 0);
    free(text);
    return 0;
}
