/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leak_story: two cities to which the same is told, but for letters that are masked. */
#ifndef TESTS_API_LEAK_STORY_H
#define TESTS_API_LEAK_STORY_H

#include "tests/api/leak.h"

/* The same story is told to both with other hidden letters. What is shown of each value is the
 * same: first letter of a name, first three and last four digits of a phone … */
enum { TWINS = 2 };
static struct leak twins[TWINS];
static const struct {
    const char *name, *values[TWINS];
} planted[] = {
    {"name", {"欧阳小川", "欧阳大海"}},
    {"mother", {"王芳芬", "王丽娟"}},
    {"phone", {"13907234567", "13955664567"}},
    {"spaced", {"139 0723 4567", "139 5566 4567"}},
    {"dashed", {"139-0723-4567", "139-5566-4567"}},
    {"wide", {"１３９０７２３４５６７", "１３９５５６６４５６７"}},
    {"abroad", {"+86 139 0723 4567", "+86 139 5566 4567"}},
    {"spelled", {"一三九零七二三四五六七", "一三九五五六六四五六七"}},
    {"mixed", {"幺三九0723四五六7", "幺三九5566四五六7"}},
    {"capital", {"壹叁玖零柒贰叁肆伍陆柒", "壹叁玖伍伍陆陆肆伍陆柒"}},
    {"keys",
     {"1️⃣3️⃣9️⃣0️⃣7️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣",
      "1️⃣3️⃣9️⃣5️⃣5️⃣6️⃣6️⃣4️⃣5️⃣6️⃣7️⃣"}},
    {"single", {"1 3 9 0 7 2 3 4 5 6 7", "1 3 9 5 5 6 6 4 5 6 7"}},
    {"dotted", {"139.0723.4567", "139.5566.4567"}},
    {"listed", {"139，0723，4567", "139，5566，4567"}},
    {"lines", {"1390\\n7234/567", "1395\\n5664/567"}},
    {"ringed", {"①③⑨⓪⑦②③④⑤⑥⑦", "①③⑨⑤⑤⑥⑥④⑤⑥⑦"}},
    {"fixed", {"0714-8723456", "0714-8951156"}},
    {"local", {"8723456", "8951789"}},
    {"identity", {"420281198503041538", "420281199009127138"}},
    {"parted", {"420281 19850304 1538", "420281 19900912 7138"}},
    {"wide_identity",
     {"４２０２８１１９８５０３０４１５３８", "４２０２８１１９９００９１２７１３８"}},
    {"x_identity", {"42028119850304101X", "42028119900912181X"}},
    {"plate", {"鄂B1A345", "鄂B7C945"}},
    {"parted_plate", {"鄂 B-123 45", "鄂 B-786 45"}},
    {"dotted_plate", {"鄂B·12A45", "鄂B·97C45"}},
    {"green_plate", {"鄂BD12345", "鄂BF98745"}},
    {"card", {"6222023808123456789", "6222025511987656789"}},
    {"fours", {"6222 0238 0812 3456", "6222 0255 1198 3456"}},
};
enum { PLANTED = sizeof planted / sizeof planted[0] };

/* --- the story -------------------------------------------------------------------------------- */

/* `<name>` becomes this twin's value; to be freed. */
static inline char *filled(const char *text, int twin)
{
    struct buf out = BUF_EMPTY;
    for (size_t n; *text; text += n) {
        n = strcspn(text, "<");
        buf_add(&out, text, n);
        if (text[n] != '<')
            continue;
        size_t i = 0, length = strcspn(text + n, ">");
        while (i < PLANTED && (strlen(planted[i].name) != length - 1 ||
                               strncmp(planted[i].name, text + n + 1, length - 1) != 0))
            i++;
        if (i == PLANTED)
            fail_msg("nothing is planted as %.20s", text + n);
        buf_add_text(&out, planted[i].values[twin]);
        n += length + 1;
    }
    return buf_take(&out);
}

enum { CASES = 8 };
static int64_t cases[CASES];

static inline void take(int c, const char *body)
{
    int64_t ids[TWINS];
    for (int t = 0; t < TWINS; t++) {
        char *text = filled(body, t);
        ids[t] = leak_take(&twins[t], "operator", NULL, "%s", text);
        free(text);
    }
    assert_true(ids[0] == ids[1]);
    cases[c] = ids[0];
}

static inline void act(const char *login, int c, const char *action, const char *body)
{
    for (int t = 0; t < TWINS; t++) {
        char *text = filled(body, t);
        leak_act(&twins[t], login, cases[c], action, text, 200);
        free(text);
    }
}

#define APPEAL(more, words, next) APPEAL_AT("<name>", more, words, next)
#define APPEAL_AT(name, more, words, next)                                                         \
    "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"region\":\"420281003001\","            \
    "\"category\":\"010101\",\"place_text\":\"后街" name "家<dashed>\",\"words\":\"" words         \
    "\"," more "\"next\":\"" next "\"}"
#define CITIZEN                                                                                    \
    "\"name\":\"<name>\",\"phone\":\"<phone>\",\"identity\":\"<identity>\",\"source_no\":null,"
#define WORDS "联系<name>，<phone>，身份证<identity>，车<plate>，卡<card>"

/* Everywhere where somebody can write something: every action's texts. */
static inline void a_case_goes_all_its_way(void)
{
    take(0, APPEAL(CITIZEN, "我叫<name>，电话<spaced>，停水三天。" WORDS, "dispatch"));
    act("dispatcher", 0, "dispatch", "{\"unit\":201,\"co_units\":[102],\"note\":\"" WORDS "\"}");
    act("handler", 0, "sign", "{}");
    act("handler", 0, "ask_extension", "{\"days\":3,\"reason\":\"" WORDS "\"}");
    act("supervisor", 0, "grant_extension", "{\"days\":2,\"note\":\"" WORDS "\"}");
    act("handler", 0, "handle", "{\"result\":\"" WORDS "\"}");
    act("handler", 0, "object", "{\"reason\":\"" WORDS "\",\"proposed_unit\":102}");
    act("conference", 0, "opinion", "{\"opinion\":\"" WORDS "\"}");
    act("conference", 0, "rule", "{\"outcome\":\"upheld\",\"reason\":\"" WORDS "\"}");
    act("dispatcher", 0, "release", "{\"note\":\"" WORDS "\"}");
    act("handler", 0, "reply", "{\"reply\":\"" WORDS "\"}");
    act("dispatcher", 0, "refuse_reply", "{\"reason\":\"" WORDS "\"}");
    act("handler", 0, "reply", "{\"reply\":\"" WORDS "\"}");
    act("dispatcher", 0, "accept_reply", "{\"note\":\"" WORDS "\"}");
    act("callback", 0, "callback",
        "{\"reached\":true,\"solved\":false,\"satisfied\":false,\"note\":\"" WORDS "\"}");
    act("supervisor", 0, "supervise", "{\"form\":\"notice\",\"text\":\"" WORDS "\"}");
    act("operator", 0, "citizen_says", "{\"what\":\"urge\",\"words\":\"" WORDS "\"}");
    act("supervisor", 0, "suspend", "{\"review_on\":\"2026-12-15\",\"reason\":\"" WORDS "\"}");
}

static inline void the_story(void)
{
    a_case_goes_all_its_way();
    take(1, APPEAL(CITIZEN "\"confidential\":true,", "我是<name>，" WORDS, "dispatch"));
    act("dispatcher", 1, "dispatch", "{\"unit\":201}");
    act("handler", 1, "sign", "{}");
    act("handler", 1, "handle", "{\"result\":\"" WORDS "\"}");
    take(2, APPEAL("\"name\":\"<mother>女士、<name>（代）\",\"answer\":\"" WORDS "\",",
                   "请问<mother>和<name>的事，回电<fixed>", "answer"));
    take(3, APPEAL(CITIZEN, WORDS, "keep"));
    act("operator", 3, "classify", "{\"place_text\":\"<name>的房子<phone>\"}");
    act("operator", 3, "submit", "{\"note\":\"" WORDS "\"}");
    act("dispatcher", 3, "transfer", "{\"to\":\"<name><phone>\",\"reason\":\"" WORDS "\"}");
    take(4, APPEAL(CITIZEN,
                   "写法：<spaced>，<dashed>，<wide>，<abroad>；<spelled>，<mixed>，"
                   "<single>，<dotted>；<listed>；<lines>；<ringed>；<parted_plate>；<capital>，<"
                   "keys>；<fixed>，电话<local>；<identity>，<parted>，"
                   "<wide_identity>，<x_identity>；<plate>，<dotted_plate>，<green_plate>；"
                   "<card>，<fours>",
                   "keep"));
    act("operator", 4, "reject", "{\"reason\":\"" WORDS "\"}");
    take(5, APPEAL(CITIZEN, "停水了，我是<name>，" WORDS, "dispatch"));
    act("dispatcher", 5, "dispatch", "{\"unit\":201}");
    act("handler", 5, "sign", "{}");
    /* Somebody else of the same house, who must not be known to the unit. */
    take(6,
         APPEAL_AT("<mother>", "\"name\":\"<mother>\",\"phone\":\"<phone>\",\"confidential\":true,",
                   "我是<mother>，王女士，姓王，回电<dotted>，尾号4567", "dispatch"));
    char body[64];
    (void)snprintf(body, sizeof body, "{\"target\":\"%" PRId64 "\",\"note\":\"同一户\"}", cases[5]);
    act("dispatcher", 6, "merge", body);
    act("handler", 5, "handle",
        "{\"result\":\"已答复<mother>和<name>，<phone>，王女士家，免贵姓王，欧阳先生，尾号4567\"}");
    take(7, APPEAL(CITIZEN, "撤回前：" WORDS, "keep"));
    act("operator", 7, "withdraw", "{\"reason\":\"" WORDS "\"}");
}

/* --- before and after ----------------------------------------------------------------------------
 */

static inline int set_up(void **state)
{
    (void)state;
    for (int t = 0; t < TWINS; t++)
        leak_start(&twins[t]);
    the_story();
    return 0;
}

static inline int tear_down(void **state)
{
    bool good = true;
    (void)state;
    for (int t = 0; t < TWINS; t++)
        good = leak_stop(&twins[t]) && good;
    return good ? 0 : -1;
}

#endif
