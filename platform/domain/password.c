/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a password must be. Not a list of the worst passwords but what makes them bad: a sequence, a
 * row of the keyboard, a repetition and a well-known word each count as one character. */
#include "core/arena.h"
#include "core/text.h"
#include "platform/domain/account.h"
#include <sodium.h>
#include <string.h>

enum { POINTS_MAX = 128, NAME_LEAST = 3, RUN_LEAST = 3, WORTH_LEAST = 6, DISTINCT_LEAST = 5 };

struct points {
    uint32_t at[POINTS_MAX];
    size_t count;
};

static uint32_t folded(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFF01 - '!';
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static void read_points(const char *text, struct points *out)
{
    size_t n = strlen(text);
    out->count = 0;
    for (size_t i = 0; i < n && out->count < POINTS_MAX;) {
        uint32_t c;
        i += utf8_decode(text + i, n - i, &c);
        out->at[out->count++] = folded(c);
    }
}

/* The letter that a sign stands for in "p@ssw0rd". */
static uint32_t plain(uint32_t c)
{
    static const char signs[] = "0134578@$!", letters[] = "olleasbasi";
    const char *sign = c < 128 && c ? strchr(signs, (int)c) : NULL;
    return sign ? (uint32_t)(unsigned char)letters[sign - signs] : c;
}

static bool begins_at(const struct points *p, size_t at, const struct points *word, bool signs)
{
    if (word->count > p->count - at)
        return false;
    for (size_t i = 0; i < word->count; i++) {
        uint32_t c = p->at[at + i], w = word->at[i];
        if (c != w && !(signs && plain(c) == plain(w)))
            return false;
    }
    return true;
}

static bool holds(const struct points *p, const char *text, size_t least)
{
    struct points word;
    read_points(text, &word);
    bool found = false;
    for (size_t i = 0; word.count >= least && i < p->count && !found; i++)
        found = begins_at(p, i, &word, false);
    return found;
}

/* Whether `b` lies beside `a` on a keyboard's row, in this direction. */
static bool beside(uint32_t a, uint32_t b, int direction)
{
    static const char *const rows[] = {"1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./",
                                       "1qaz",         "2wsx",         "3edc",        "4rfv",
                                       "5tgb",         "6yhn",         "7ujm"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *first = direction > 0 ? strchr(rows[i], (int)a) : strchr(rows[i], (int)b);
        if (first && (uint32_t)(unsigned char)first[1] == (direction > 0 ? b : a))
            return true;
    }
    return false;
}

/* How `b` follows `a`: 0 the same, 1 or -1 the next or previous by code, 2 or -2 on the keyboard; 9
 * it does not. */
static int step_between(uint32_t a, uint32_t b)
{
    if (a == b)
        return 0;
    if (a < b ? b - a == 1 : a - b == 1)
        return a < b ? 1 : -1;
    if (a >= 128 || b >= 128 || !a || !b)
        return 9;
    return beside(a, b, 1) ? 2 : beside(a, b, -1) ? -2 : 9;
}

/* Length of the sequence, repetition or keyboard row that begins here; 1 none. */
static size_t run_at(const struct points *p, size_t at)
{
    size_t longest = 1;
    for (int wanted = -2; wanted <= 2; wanted++) {
        size_t n = 1;
        while (at + n < p->count) {
            uint32_t a = p->at[at + n - 1], b = p->at[at + n];
            bool follows = step_between(a, b) == wanted ||
                           (a && b && a < 128 && b < 128 && (wanted == 2 || wanted == -2) &&
                            beside(a, b, wanted / 2));
            if (!follows)
                break;
            n++;
        }
        longest = n > longest ? n : longest;
    }
    return longest >= RUN_LEAST ? longest : 1;
}

/* Length of the well-known word that begins here; 1 none. */
static size_t word_at(const struct points *p, size_t at)
{
    static const char *const words[] = {
        "password", "passwd",   "pass",   "mima",    "admin",     "administrator", "root",
        "user",     "login",    "test",   "welcome", "letmein",   "changeme",      "default",
        "secret",   "iloveyou", "abc",    "woaini",  "nihao",     "zhongguo",      "china",
        "minqing",  "hotline",  "12345",  "5201314", "1314",      "520",           "xxx",
        "master",   "monkey",   "dragon", "guest",   "temporary", "initial",
    };
    size_t longest = 1;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct points word;
        read_points(words[i], &word);
        if (begins_at(p, at, &word, true) && word.count > longest)
            longest = word.count;
    }
    return longest;
}

/* Characters that a guesser has to find one by one. */
static size_t worth(const struct points *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->count; n++) {
        size_t run = run_at(p, i), word = word_at(p, i);
        i += run > word ? run : word;
    }
    return n;
}

/* The shortest block that the whole repeats. */
static size_t period(const struct points *p)
{
    for (size_t block = 1; block <= p->count / 2; block++) {
        size_t i = block;
        while (i < p->count && p->at[i] == p->at[i - block])
            i++;
        if (i == p->count)
            return block;
    }
    return p->count;
}

static size_t distinct(const struct points *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->count; i++) {
        size_t k = 0;
        while (k < i && p->at[k] != p->at[i])
            k++;
        n += k == i;
    }
    return n;
}

static bool digits_only(const struct points *p)
{
    size_t i = 0;
    while (i < p->count && p->at[i] >= '0' && p->at[i] <= '9')
        i++;
    return i == p->count;
}

enum password_rule password_judge(const char *password, const char *login, const char *name,
                                  const struct account_policy *policy)
{
    struct points p;
    enum password_rule broken = PASSWORD_RULE_COUNT;
    read_points(password, &p);
    if (p.count < (size_t)policy->password_least) {
        broken = PASSWORD_LENGTH;
    } else if (holds(&p, login, NAME_LEAST) || holds(&p, name, 2)) {
        broken = PASSWORD_NAMES;
    } else {
        bool poor = digits_only(&p) || distinct(&p) < DISTINCT_LEAST;
        p.count = period(&p);
        if (poor || worth(&p) < WORTH_LEAST)
            broken = PASSWORD_SIMPLE;
    }
    explicit_bzero(&p, sizeof p);
    return broken;
}

struct bilingual password_rule_text(enum password_rule rule, const struct account_policy *policy,
                                    struct arena *arena)
{
    struct bilingual text = {"", ""};
    switch (rule) {
    case PASSWORD_LENGTH:
        text.en = arena_printf(arena, "At least %d characters.", policy->password_least);
        text.zh = arena_printf(arena, "至少 %d 个字符。", policy->password_least);
        break;
    case PASSWORD_NAMES:
        text.en = "Your login and your name are not part of it.";
        text.zh = "不得包含您的账号或姓名。";
        break;
    case PASSWORD_SIMPLE:
        text.en = "No digits alone, and little of sequences (1234), keyboard rows (qwer), "
                  "repetitions or well-known words.";
        text.zh = "不得全为数字，也不得主要由连续、重复、键盘相邻的字符或常用词组成。";
        break;
    case PASSWORD_REPEATED:
        text.en = arena_printf(arena, "None of your last %d passwords.", policy->password_kept);
        text.zh = arena_printf(arena, "不得与最近 %d 次用过的密码相同。", policy->password_kept);
        break;
    case PASSWORD_RULE_COUNT:
        break;
    }
    return text;
}

void password_initial(char out[INITIAL_PASSWORD_SIZE])
{
    static const char signs[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* without l, o, 0, 1 */
    _Static_assert(sizeof signs - 1 == 32, "five bits a sign");
    for (size_t i = 0; i < INITIAL_PASSWORD_SIZE - 1; i++)
        out[i] = i % 5 == 4 ? '-' : signs[randombytes_uniform(32)];
    out[INITIAL_PASSWORD_SIZE - 1] = '\0';
}

bool password_hash(const char *password, char out[PASSWORD_HASH_SIZE])
{
    _Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "a hash has room");
    return crypto_pwhash_str(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}
