/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of any bytes are short, well formed and can be asked for again; a digit that stands beside
 * a mask is in none of them. */
#include "core/text.h"
#include "core/words.h"
#include "tests/fuzz/fuzz.h"

struct told {
    const char *word;
    size_t length, count;
    bool again;
};

static void hear(void *user, const char *word, size_t length)
{
    struct told *told = user;
    told->again |= length == told->length && memcmp(word, told->word, length) == 0;
}

static void check(void *user, const char *word, size_t length)
{
    size_t *count = user;
    ++*count;
    HOLDS(length > 0 && length <= WORD_MAX);
    HOLDS(!memchr(word, '\0', length) && !memchr(word, '*', length) && !memchr(word, ' ', length));
    HOLDS(utf8_valid(word, length));
    char *copy = fuzz_text((const uint8_t *)word, length);
    struct told told = {copy, length, 0, false};
    words_each(copy, hear, &told);
    HOLDS(told.again);
    HOLDS(words_lost(copy) == 0);
    free(copy);
}

static void check_masked(void *user, const char *word, size_t length)
{
    (void)user;
    for (size_t i = 0; i < length; i++)
        HOLDS(word[i] != '7' && word[i] != '8');
}

/* The text with every 7 put beside a star, as the digits that a mask leaves stand. */
static void expect_hidden(const char *text)
{
    size_t n = strlen(text), at = 0;
    char *masked = malloc(2 * n + 1);
    HOLDS(masked);
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '8')
            continue;
        masked[at++] = text[i];
        if (text[i] == '7')
            masked[at++] = '*';
    }
    masked[at] = '\0';
    words_each(masked, check_masked, NULL);
    free(masked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    char *text = fuzz_text(data, size);
    size_t count = 0;
    words_each(text, check, &count);
    HOLDS(count <= 2 * strlen(text));
    HOLDS(words_lost(text) <= strlen(text));
    expect_hidden(text);
    free(text);
    return 0;
}
