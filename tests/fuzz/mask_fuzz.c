/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masked text is still text, and no mobile number in plain digits is left in it. */
#include "core/text.h"
#include "platform/domain/mask.h"
#include "tests/fuzz/fuzz.h"

/* Eleven digits that begin with 13 … 19, with no digit on either side. */
static bool has_mobile(const char *s)
{
    while (*s) {
        size_t n = strspn(s, "0123456789");
        if (n == 11 && s[0] == '1' && s[1] >= '3')
            return true;
        s += n ? n : 1;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 8000)
        return 0;
    const uint8_t *name_end = size ? memchr(data, '\n', size) : NULL;
    char *name = fuzz_text(data, name_end ? (size_t)(name_end - data) : 0);
    size_t skip = name_end ? (size_t)(name_end - data) + 1 : 0;
    char *text = fuzz_text(data + skip, size - skip);
    struct arena *arena = arena_new();
    bool valid = utf8_valid(text, strlen(text)) && utf8_valid(name, strlen(name));
    const char *masked = mask_text(text, name, arena);
    HOLDS(masked && (!valid || utf8_valid(masked, strlen(masked))));
    HOLDS(!valid || !has_mobile(masked));
    const char *title = mask_title(text, name, arena);
    HOLDS(title && (!valid || utf8_count(title) <= 25) && !strchr(title, '\n'));
    HOLDS(mask_phone(name, arena) && mask_name(name, arena));
    const char *phone = phone_normalise(text, arena);
    HOLDS(strspn(phone + (*phone == '+'), "0123456789") == strlen(phone + (*phone == '+')));
    arena_free(arena);
    free(name);
    free(text);
    return 0;
}
