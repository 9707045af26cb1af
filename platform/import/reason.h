/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reason: why a line of a file is not taken, as people understand it. %1 %2 stand for what the line
 * holds or should hold. */
#ifndef PLATFORM_IMPORT_REASON_H
#define PLATFORM_IMPORT_REASON_H

#include "core/arena.h"
#include "platform/model/words.h"

/* clang-format off */
#define REASONS(X) \
    /* the line */ \
    X(TOO_LONG,      "the line is longer than %1 bytes", "本行超过 %1 字节") \
    X(NUL_BYTE,      "the line holds a NUL byte: it is no text", "本行含空字节，不是文本") \
    X(NOT_UTF8,      "the line is not UTF-8 text, as the rest of the file", "本行不是 UTF-8 文本（与文件其余部分不一致）") \
    X(NOT_GB18030,   "the line is not GB18030 text, as the rest of the file", "本行不是 GB18030 文本（与文件其余部分不一致）") \
    X(QUOTES,        "a quotation mark stands where none may be: it is written twice inside a field that is quoted as a whole", "引号位置不对：字段内的引号应写两次，整个字段用引号括起") \
    X(QUOTE_OPEN,    "a quotation mark that begins in this line is never closed well", "本行开始的引号没有正确结束") \
    X(FIELDS,        "the line has %1 fields, the header has %2", "本行有 %1 个字段，表头有 %2 个") \
    /* a field */ \
    X(MISSING,       "“%1” is empty", "“%1”为空") \
    X(LENGTH,        "“%1” is longer than %2 characters", "“%1”超过 %2 个字") \
    X(LINES,         "“%1” has more than one line", "“%1”不能换行") \
    X(NUMBER,        "“%1”: “%2” is no whole number in range", "“%1”：“%2”不是有效的整数") \
    X(BOOL,          "“%1”: “%2” is neither yes nor no (1 0, 是 否)", "“%1”：“%2”应为是或否（1 0）") \
    X(TIME,          "“%1”: “%2” is no time such as 2026-11-18 09:30:00", "“%1”：“%2”不是时间（如 2026-11-18 09:30:00）") \
    X(FUTURE,        "“%1”: %2 lies in the future", "“%1”：%2 晚于现在") \
    X(DAY,           "“%1”: “%2” is no day such as 2026-11-18", "“%1”：“%2”不是日期（如 2026-11-18）") \
    X(LIMIT,         "“%1”: “%2” is no limit such as 24h (hours) or 5d (working days)", "“%1”：“%2”不是时限（如 24h 为小时，5d 为工作日）") \
    X(CHOICE,        "“%1”: “%2” is not one of the words that are known", "“%1”：“%2”不在可选范围内") \
    X(PHONE,         "“%1” is no phone number", "“%1”不是电话号码") \
    X(IDENTITY,      "“%1” is no identity number", "“%1”不是有效的身份证号") \
    X(CODE,          "“%1”: “%2” is no code of this kind", "“%1”：“%2”不是有效的代码") \
    /* what it names */ \
    X(UNKNOWN,       "“%1”: there is no “%2” here", "“%1”：这里没有“%2”") \
    X(SEVERAL,       "“%1”: there are several “%2”; give the number or code", "“%1”：“%2”不止一个，请用编号或代码") \
    X(NO_PARENT,     "what it lies in, %1, is not known: it must stand before (for a city: --city NAME)", "上级 %1 不存在：应先导入上级（城市请用 --city 指定）") \
    X(NOT_LEAF,      "“%1”: “%2” has finer matters below it; one of those is meant", "“%1”：“%2”下有细分事项，应选细分事项") \
    X(TAKEN,         "its number %1 belongs to another: %2", "编号 %1 已属于：%2") \
    X(MOVED,         "“%1” lies under another unit already; an import does not move units", "“%1”已在另一上级单位之下，导入不移动单位") \
    X(FULL,          "there are 99 matters under “%1” already, and a code has two digits a level", "“%1”之下已有 99 项，代码每级只有两位") \
    X(OTHER_WORDS,   "%1 was received already with other words, as order %2: what was received is not changed by an import", "%1 已受理（工单 %2），内容不同：已受理的诉求不因导入而更改") \
    X(DEMO,          "“%1” is an account of the demonstration", "“%1”是演示账号") \
    X(LOGIN,         "a login has 1 to 64 letters, digits, dots, dashes, “_” or “@”, not “%1”", "账号由 1 至 64 个字母、数字、点、横线、“_”或“@”组成，不能是“%1”") \
    X(LAST,          "“%1” is the last administrator: another one must be named first", "“%1”是最后一名管理员，应先指定其他管理员") \
    X(SCOPE,         "“%1” is no scope such as region:420281001, category:0102, industry:water, channel:letter, unit, unit:NAME, state:in_hand", "“%1”不是权限范围（如 region:420281001、category:0102、industry:water、channel:letter、unit、unit:单位、state:in_hand）")
/* clang-format on */

#define X(id, en, zh) REASON_##id,
enum reason { REASON_NONE, REASONS(X) REASON_COUNT };
#undef X

/* The sentence, in the arena. `a` and `b` may be NULL where the sentence has no %1 %2; what is long
 * is cut. */
const char *reason_text(enum reason reason, const char *a, const char *b, enum language language,
                        struct arena *arena);

#endif
