/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The surname alone, where it stands for the person. */
#include "platform/domain/mask_private.h"

enum { GAP_MAX = 3, LONG_NAME = 4, TAIL_GAP = 8 };

/* Surnames that are ordinary words as well: behind 叫 and before 家 they are taken for the word. */
static const char32_t words[] = U"和于向从由连来回时有全安成居商管买农东公老国";

static const struct glyph *at_or_null(const struct glyphs *text, size_t at)
{
    return at < text->count ? &text->items[at] : NULL;
}

static bool is(const struct glyphs *text, size_t at, const char32_t *list)
{
    const struct glyph *glyph = at_or_null(text, at);
    return glyph && glyph_is_one_of(glyph->code, list);
}

static bool hanzi(const struct glyphs *text, size_t at)
{
    const struct glyph *glyph = at_or_null(text, at);
    return glyph && glyph->code >= 0x3400 && glyph->code <= 0x9FFF;
}

static size_t surname_length(const struct glyphs *name)
{
    static const char32_t two[] = U"欧阳 司徒 上官 诸葛 司马 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 "
                                  U"宇文 夏侯 轩辕 端木 百里 南宫 "
                                  U"西门 独孤 呼延 澹台 闻人 钟离 鲜于 申屠 太史 公冶 宗政 濮阳 "
                                  U"淳于 单于 赫连 万俟 拓跋 第五 "
                                  U"完颜 纳兰 太叔 仲孙 东郭 公羊 闾丘 左丘 梁丘 司空 司寇 子车 "
                                  U"颛孙 亓官 漆雕 乐正 壤驷 公良 "
                                  U"夹谷 宰父 谷梁 段干 百里 东门 南门 巫马 公西";
    size_t dot = 0;
    while (dot < name->count && !glyph_is_one_of(name->items[dot].code, U"·•・‧"))
        dot++;
    if (dot < name->count)
        return dot;
    size_t letters = 0;
    while (hanzi(name, letters))
        letters++;
    for (const char32_t *c = two; letters >= 2; c += 3) {
        if (c[0] == name->items[0].code && c[1] == name->items[1].code)
            return 2;
        if (!c[2])
            break;
    }
    return letters >= LONG_NAME ? 2 : letters >= 1;
}

/* 王家庄 is a place: everybody needs it, and it tells nothing of who called. */
static bool names_place(const struct glyphs *text, size_t at)
{
    static const char32_t kinds[] =
        U"庄村湾屯沟坝坪塘畈墩冲岭咀嘴坡山河院垸台楼营堡集寨坳渡口滩洲港湖"
        U"井坟坑桥店铺街巷路塝窑祠坊园岗洼洞峪圩桥坨圪埠垴垄窝林场";
    return is(text, at, kinds) ||
           (is(text, at, U"大小老新上下东南西北") && is(text, at + 1, kinds));
}

/* True if what stands at `at`, behind a surname, addresses or describes a person. */
static bool addresses(const struct glyphs *text, size_t at, bool word)
{
    static const uint32_t titles[][2] = {
        {U'先', U'生'}, {U'女', U'士'}, {U'小', U'姐'}, {U'师', U'傅'}, {U'老', U'师'},
        {U'同', U'志'}, {U'太', U'太'}, {U'大', U'爷'}, {U'大', U'妈'}, {U'大', U'哥'},
        {U'大', U'姐'}, {U'阿', U'姨'}, {U'叔', U'叔'}, {U'老', U'板'}, {U'医', U'生'}};
    const struct glyph *first = at_or_null(text, at), *second = at_or_null(text, at + 1);
    for (size_t i = 0; second && i < sizeof titles / sizeof titles[0]; i++)
        if (first->code == titles[i][0] && second->code == titles[i][1])
            return true;
    if (is(text, at, U"某")) /* 某日 and the like are no persons */
        return !is(text, at + 1, U"日年月时天地处个些种");
    if (is(text, at, U"家"))
        return !word && !names_place(text, at + 1);
    return is(text, at, U"氏");
}

/* True if the word that ends before `at`, perhaps with a colon, says that a name follows. */
static bool introduced(const struct glyphs *text, size_t at, size_t end, bool word)
{
    for (size_t gap = 0; gap < GAP_MAX && at > 0; gap++, at--)
        if (!glyph_separates(text->items[at - 1].code) && !is(text, at - 1, U":：是为"))
            break;
    if (at == 0)
        return false;
    if (is(text, at - 1, U"姓")) /* 百姓 are the people */
        return at < 2 || !is(text, at - 2, U"百");
    if (at >= 2 && is(text, at - 1, U"名氏") && is(text, at - 2, U"姓"))
        return true;
    return is(text, at - 1, U"叫") && !(word && hanzi(text, end));
}

void mask_find_surname(struct glyphs *text, const struct glyphs *name)
{
    size_t length = surname_length(name);
    if (length == 0)
        return;
    bool word = length == 1 && glyph_is_one_of(name->items[0].code, words);
    for (size_t i = 0; i + length <= text->count; i++) {
        size_t n = 0;
        while (n < length && text->items[i + n].fold == name->items[n].fold)
            n++;
        if (n < length)
            continue;
        size_t end = i + length, next = end;
        while (next < text->count && next - end < GAP_MAX &&
               glyph_separates(text->items[next].code))
            next++;
        if (!addresses(text, next, word) && !introduced(text, i, end, word))
            continue;
        for (size_t at = i; at < end; at++)
            text->items[at].hidden = true;
    }
}

/* --- 尾号4567 --------------------------------------------------------------------------------- */

static bool says_last_digits(const struct glyphs *text, size_t i)
{
    return (is(text, i, U"尾") && is(text, i + 1, U"号数")) ||
           (is(text, i, U"后末尾") && is(text, i + 1, U"三四3456") && is(text, i + 2, U"位"));
}

static bool is_last_digit(const struct glyphs *text, size_t at)
{
    return text->items[at].digit >= 0 && !is(text, at + 1, U"位");
}

void mask_find_last_digits(struct glyphs *text)
{
    for (size_t i = 0; i < text->count; i++) {
        if (!says_last_digits(text, i))
            continue;
        size_t at = i + 2;
        while (at < text->count && at - i < TAIL_GAP && !is_last_digit(text, at) &&
               (glyph_separates(text->items[at].code) || is(text, at, U"：:是为的后末三四位数34")))
            at++;
        for (; at < text->count &&
               (text->items[at].digit >= 0 || glyph_separates(text->items[at].code));
             at++)
            if (text->items[at].digit >= 0)
                text->items[at].hidden = true;
    }
}
