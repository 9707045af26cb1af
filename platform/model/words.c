/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/model/words.h"

#include <stddef.h>
#include <string.h>

struct word {
    const char *name;
    struct bilingual label;
};

#define X(id, name, en, zh) {name, {en, zh}},
static const struct word order_states[] = {ORDER_STATES(X)};
static const struct word assignment_states[] = {ASSIGNMENT_STATES(X)};
static const struct word objection_states[] = {OBJECTION_STATES(X)};
static const struct word appeal_kinds[] = {APPEAL_KINDS(X)};
static const struct word cards[] = {CARDS(X)};
static const struct word callback_ways[] = {CALLBACK_WAYS(X)};
static const struct word roles[] = {ROLES(X)};
static const struct word needs[] = {NEEDS(X)};
static const struct word timer_kinds[] = {TIMER_KINDS(X)};
static const struct word conclusions[] = {CONCLUSIONS(X)};
static const struct word occurrences[] = {OCCURRENCES(X)};
static const struct word access_kinds[] = {ACCESS_KINDS(X)};
static const struct word article_states[] = {ARTICLE_STATES(X)};
#undef X

static const struct {
    const struct word *words;
    int count;
} lists[] = {
    [WORDS_ORDER_STATE] = {order_states, ORDER_STATE_COUNT},
    [WORDS_ASSIGNMENT_STATE] = {assignment_states, ASSIGNMENT_STATE_COUNT},
    [WORDS_OBJECTION_STATE] = {objection_states, OBJECTION_STATE_COUNT},
    [WORDS_APPEAL_KIND] = {appeal_kinds, APPEAL_KIND_COUNT},
    [WORDS_CARD] = {cards, CARD_COUNT},
    [WORDS_CALLBACK_WAY] = {callback_ways, CALLBACK_WAY_COUNT},
    [WORDS_ROLE] = {roles, ROLE_COUNT},
    [WORDS_NEED] = {needs, NEED_COUNT},
    [WORDS_TIMER_KIND] = {timer_kinds, TIMER_KIND_COUNT},
    [WORDS_CONCLUSION] = {conclusions, CONCLUSION_COUNT},
    [WORDS_OCCURRENCE] = {occurrences, OCCURRENCE_COUNT},
    [WORDS_ACCESS_KIND] = {access_kinds, ACCESS_KIND_COUNT},
    [WORDS_ARTICLE_STATE] = {article_states, ARTICLE_STATE_COUNT},
};

const char *bilingual_text(struct bilingual text, enum language language)
{
    const char *wanted = language == LANGUAGE_ZH ? text.zh : text.en;
    const char *other = language == LANGUAGE_ZH ? text.en : text.zh;
    if (wanted)
        return wanted;
    return other ? other : "";
}

int words_count(enum word_list list)
{
    return lists[list].count;
}

const char *word_name(enum word_list list, int i)
{
    return i < 0 || i >= lists[list].count ? "" : lists[list].words[i].name;
}

struct bilingual word_label(enum word_list list, int i)
{
    if (i < 0 || i >= lists[list].count)
        return (struct bilingual){"", ""};
    return lists[list].words[i].label;
}

int word_find(enum word_list list, const char *name)
{
    if (!name)
        return -1;
    for (int i = 0; i < lists[list].count; i++)
        if (strcmp(lists[list].words[i].name, name) == 0)
            return i;
    return -1;
}
