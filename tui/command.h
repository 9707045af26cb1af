/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command: everything that can be done, in one table. Keys, the `:` line, help and scripts use it.
 */
#ifndef TUI_COMMAND_H
#define TUI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* enum, name, arguments, English help, Chinese help */
#define COMMANDS(X)                                                                                \
    X(NEXT, "next", "", "next line", "下一行")                                                     \
    X(PREVIOUS, "previous", "", "previous line", "上一行")                                         \
    X(PAGE_DOWN, "page-down", "", "next page", "下一页")                                           \
    X(PAGE_UP, "page-up", "", "previous page", "上一页")                                           \
    X(FIRST, "first", "", "to the beginning", "到开头")                                            \
    X(LAST, "last", "", "to the end", "到末尾")                                                    \
    X(OPEN, "open", "", "open what is selected", "打开")                                           \
    X(BACK, "back", "", "leave this; drafts stay", "返回（草稿保留）")                             \
    X(QUIT, "quit", "", "end the console", "退出")                                                 \
    X(NEXT_VIEW, "next-view", "", "next view", "下一个视图")                                       \
    X(PREVIOUS_VIEW, "previous-view", "", "previous view", "上一个视图")                           \
    X(VIEW, "view", "NAME|NUMBER", "go to a view", "转到视图")                                     \
    X(NEW, "new", "", "take a new appeal", "受理新诉求")                                           \
    X(ACT, "act", "ACTION", "do an action on the order", "对工单操作")                             \
    X(ACTIONS, "actions", "", "all that may be done with the order", "此单可做的全部操作")         \
    X(WHY, "why", "[ACTION]", "where this comes from: deadline, suggestion, state",                \
      "为何：期限、建议、状态的来由")                                                              \
    X(FILTER, "filter", "[TEXT]", "show only what holds the text", "筛选")                         \
    X(SEARCH, "search", "[WORDS]", "search all orders by words and filters", "检索全部工单")       \
    X(GO, "go", "NUMBER", "open an order by its number", "按编号打开工单")                         \
    X(REVEAL, "reveal", "REASON", "show masked personal data, with a reason",                      \
      "查看脱敏信息（需说明理由）")                                                                \
    X(BOARD, "board", "[state|unit|street|category|channel]", "the supervision board", "督办看板") \
    X(BULLETIN, "bulletin", "", "bulletin of unsatisfied orders", "不满意工单通报")                \
    X(TURN, "turn", "", "the same figures by another side", "换一个维度")                          \
    X(FIGURE, "figure", "next|previous", "next figure of the line", "本行的下一个数字")            \
    X(PREVIEW, "preview", "", "preview on or off", "预览开关")                                     \
    X(REFRESH, "refresh", "", "ask the platform anew", "刷新")                                     \
    X(REDRAW, "redraw", "", "paint the screen anew", "重画屏幕")                                   \
    X(COPY, "copy", "", "copy the order's number", "复制编号")                                     \
    X(HELP, "help", "", "what can be done here", "这里能做什么")                                   \
    X(COMMAND, "command", "", "type a command", "输入命令")                                        \
    X(NEXT_FIELD, "next-field", "", "next field", "下一栏")                                        \
    X(PREVIOUS_FIELD, "previous-field", "", "previous field", "上一栏")                            \
    X(ACCEPT, "accept", "", "take this and go on", "确定，继续")                                   \
    X(NEWLINE, "newline", "", "a new line in the text", "换行")                                    \
    X(SUBMIT, "submit", "", "send the form", "提交")                                               \
    X(DISCARD, "discard", "", "throw the draft away", "丢弃草稿")                                  \
    X(HINT, "hint", "1-9", "take what is shown beside the form under this number",                 \
      "取用旁边的第几条提示")                                                                      \
    X(ARTICLES, "articles", "[WORDS]", "knowledge articles", "查知识库")                           \
    X(LANGUAGE, "language", "zh|en", "language of the console", "界面语言")                        \
    X(LOGIN, "login", "", "log in as somebody else", "换人登录")                                   \
    X(LOGOUT, "logout", "[everywhere]", "log out, or end all your logins",                         \
      "退出登录（everywhere：所有登录）")                                                          \
    X(PASSWORD, "password", "", "choose another password", "修改密码")                             \
    X(SAVE_DISPLAY, "save-display", "FILE", "write the screen to a file", "把屏幕存为文件")        \
    X(SUSPEND, "suspend", "", "back to the shell for now", "暂时回到外壳")

enum command {
    COMMAND_NONE,
#define X(id, name, arguments, en, zh) COMMAND_##id,
    COMMANDS(X)
#undef X
        COMMAND_COUNT
};

const char *command_name(enum command command);
const char *command_arguments(enum command command);
/* In the current language. */
const char *command_help(enum command command);
/* Splits "act dispatch" into the command and the rest (within `text`, "" none); COMMAND_NONE for an
 * unknown name. A name may be cut to what makes it unique. */
enum command command_parse(const char *text, const char **argument);
/* The `i`-th command whose name begins with these `n` bytes; COMMAND_NONE past the last. */
enum command command_complete(const char *start, size_t n, size_t i);

#endif
