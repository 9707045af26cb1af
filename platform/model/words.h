/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words: the product's words, once: states, kinds, roles … with their names in the API and the
 * database and their labels in both languages. */
#ifndef PLATFORM_MODEL_WORDS_H
#define PLATFORM_MODEL_WORDS_H

#include <stdint.h>

enum language { LANGUAGE_ZH, LANGUAGE_EN };

/* A text in both languages of the product. */
struct bilingual {
    const char *en;
    const char *zh;
};
const char *bilingual_text(struct bilingual text, enum language language);

/* clang-format off */
#define ORDER_STATES(X) \
    X(DRAFT,       "draft",       "draft",            "草稿")   \
    X(RECEIVED,    "received",    "received",         "已受理") \
    X(ANSWERED,    "answered",    "answered at once", "直接答复") \
    X(TO_DISPATCH, "to_dispatch", "to dispatch",      "待派发") \
    X(IN_HAND,     "in_hand",     "in hand",          "办理中") \
    X(CALLBACK,    "callback",    "call back",        "待回访") \
    X(CONCLUDED,   "concluded",   "concluded",        "已办结") \
    X(ARCHIVED,    "archived",    "archived",         "已归档") \
    X(SUSPENDED,   "suspended",   "suspended",        "已挂起") \
    X(TRANSFERRED, "transferred", "transferred",      "已移交") \
    X(MERGED,      "merged",      "merged",           "已并单") \
    X(REJECTED,    "rejected",    "rejected",         "不予受理") \
    X(WITHDRAWN,   "withdrawn",   "withdrawn",        "已撤回")

#define ASSIGNMENT_STATES(X) \
    X(OFFERED,   "offered",   "offered",   "待签收") \
    X(SIGNED,    "signed",    "signed",    "已签收") \
    X(HANDLING,  "handling",  "handling",  "办理中") \
    X(REPLIED,   "replied",   "replied",   "已回复") \
    X(ACCEPTED,  "accepted",  "accepted",  "已通过") \
    X(RETURNED,  "returned",  "returned",  "已退回") \
    X(WITHDRAWN, "withdrawn", "withdrawn", "已撤销")

#define OBJECTION_STATES(X) \
    X(RAISED,    "raised",    "raised",    "已提出") \
    X(OPINIONS,  "opinions",  "opinions",  "征求意见") \
    X(RULED,     "ruled",     "ruled",     "已裁定") \
    X(WITHDRAWN, "withdrawn", "withdrawn", "已撤回")

#define APPEAL_KINDS(X) \
    X(CONSULT,    "consult",    "question",   "咨询") \
    X(HELP,       "help",       "help",       "求助") \
    X(COMPLAINT,  "complaint",  "complaint",  "投诉") \
    X(REPORT,     "report",     "report",     "举报") \
    X(SUGGESTION, "suggestion", "suggestion", "建议") \
    X(PRAISE,     "praise",     "praise",     "表扬")

#define CARDS(X) \
    X(NONE,   "none",   "on time",  "正常") \
    X(YELLOW, "yellow", "due soon", "黄牌") \
    X(RED,    "red",    "overdue",  "红牌")

/* By which way a callback's facts came. */
#define CALLBACK_WAYS(X) \
    X(PHONE,   "phone",   "phone call",            "电话回访") \
    X(CITIZEN, "citizen", "the citizen's own call", "群众来电") \
    X(RATING,  "rating",  "rating by app or SMS",  "评价") \
    X(CHANNEL, "channel", "source channel",        "来源渠道")

#define ROLES(X) \
    X(OPERATOR,      "operator",      "operator",          "受理员") \
    X(DISPATCHER,    "dispatcher",    "dispatcher",        "派单员") \
    X(HANDLER,       "handler",       "handler",           "承办员") \
    X(CALLBACK,      "callback",      "callback officer",  "回访员") \
    X(SUPERVISOR,    "supervisor",    "supervisor",        "督办员") \
    X(CONFERENCE,    "conference",    "conference member", "联席成员") \
    X(ANALYST,       "analyst",       "analyst",           "研判员") \
    X(LIBRARIAN,     "librarian",     "librarian",         "知识员") \
    X(AUDITOR,       "auditor",       "auditor",           "审计员") \
    X(ADMINISTRATOR, "administrator", "administrator",     "管理员")

/* What an order waits for; an order can wait for several. The queues are filters over these. */
#define NEEDS(X) \
    X(INTAKE,   "intake",   "to be taken further",   "待受理") \
    X(DISPATCH, "dispatch", "to be dispatched",      "待派发") \
    X(RETURN,   "return",   "return to be decided",  "退单待审") \
    X(SIGN,     "sign",     "to be signed",          "待签收") \
    X(HANDLE,   "handle",   "to be handled",         "待办理") \
    X(REVIEW,   "review",   "reply to be judged",    "回复待审") \
    X(CALLBACK, "callback", "citizen to be called",  "待回访") \
    X(RULING,   "ruling",   "objection to be ruled", "异议待裁") \
    X(DECISION, "decision", "decision of the 1",     "待决定") \
    X(ARCHIVE,  "archive",  "to be archived",        "待归档")

#define TIMER_KINDS(X) \
    X(DISPATCH_BY, "dispatch_by", "dispatch is due",              "派发到时") \
    X(SIGN_BY,     "sign_by",     "signed by rule",               "视为签收") \
    X(ACCEPT_BY,   "accept_by",   "reply accepted by rule",       "视为通过") \
    X(YELLOW_ON,   "yellow_on",   "yellow card",                  "黄牌") \
    X(RED_ON,      "red_on",      "red card",                     "红牌") \
    X(PROMISE_ON,  "promise_on",  "the promised day has come",    "承诺到期") \
    X(REVIEW_ON,   "review_on",   "suspension ends",              "挂起到期") \
    X(ARCHIVE_ON,  "archive_on",  "archived by rule",             "到期归档") \
    X(OPINION_BY,  "opinion_by",  "silence is recorded",          "未表态") \
    X(RULE_BY,     "rule_by",     "the 1 may rule",               "平台可裁")
/* How an order came to its conclusion. */
#define CONCLUSIONS(X) \
    X(SATISFIED, "satisfied", "satisfied",               "群众满意") \
    X(CITIZEN,   "citizen",   "solved, said the citizen", "群众来电确认解决") \
    X(UNREACHED, "unreached", "not reached",             "未接通结案") \
    X(DECISION,  "decision",  "decision of the platform", "平台决定结案") \
    X(ANSWERED,  "answered",  "answered at once",        "直接答复")

/* How far a knowledge article is. */
#define ARTICLE_STATES(X) \
    X(DRAFT,     "draft",     "draft",     "草稿")   \
    X(PUBLISHED, "published", "published", "已发布") \
    X(RETIRED,   "retired",   "retired",   "已停用")

/* What rules write into an order's history beside the actions and timers themselves. */
#define OCCURRENCES(X) \
    X(RECEIVE,            "receive",            "received",                 "受理") \
    X(OFFER,              "offer",              "assigned",                 "交办") \
    X(RECALL,             "recall",             "assignment recalled",      "收回交办") \
    X(MOVE,               "move",               "moved to another unit",    "改派") \
    X(ROUND_OVER,         "round_over",         "round is over",            "本轮办结") \
    X(BACK_TO_DISPATCH,   "back_to_dispatch",   "back to dispatch",         "退回重派") \
    X(SECOND_ASSIGNMENT,  "second_assignment",  "second assignment",        "二次交办") \
    X(SUPERVISION_NOTICE, "supervision_notice", "supervision notice",       "督办提示") \
    X(COORDINATION_DUE,   "coordination_due",   "coordination is due",      "应协调督办") \
    X(RAISE,              "raise",              "objection raised",         "异议提出") \
    X(REVEAL,             "reveal",             "personal data looked at",  "查看个人信息") \
    X(ANONYMISE,          "anonymise",          "anonymised",               "匿名化")

/* What the access log keeps: who looked at personal data or took them along, and what happened to
 * logins. */
#define ACCESS_KINDS(X) \
    X(REVEAL,           "reveal",           "looked at personal data",   "查看个人信息") \
    X(SEARCH,           "search",           "searched by number",        "按号码查询") \
    X(EXPORT,           "export",           "exported",                  "导出") \
    X(ANONYMISE,        "anonymise",        "anonymised",                "匿名化") \
    X(LOGIN_FAILED,     "login_failed",     "wrong password",            "密码错误") \
    X(LOCKED,           "locked",           "login locked",              "登录锁定") \
    X(UNLOCKED,         "unlocked",         "login unlocked",            "登录解锁") \
    X(PASSWORD_CHANGED, "password_changed", "password changed",          "修改密码") \
    X(PASSWORD_RESET,   "password_reset",   "password reset",            "重置密码") \
    X(SESSIONS_ENDED,   "sessions_ended",   "all sessions ended",        "结束全部登录") \
    X(DISABLED,         "disabled",         "account disabled",          "停用账号") \
    X(ENABLED,          "enabled",          "account enabled",           "启用账号") \
    X(CREATED,          "created",          "account created",           "新建账号")
/* clang-format on */

#define X(id, name, en, zh) ORDER_##id,
enum order_state { ORDER_STATES(X) ORDER_STATE_COUNT };
#undef X
#define X(id, name, en, zh) ASSIGNMENT_##id,
enum assignment_state { ASSIGNMENT_STATES(X) ASSIGNMENT_STATE_COUNT };
#undef X
#define X(id, name, en, zh) OBJECTION_##id,
enum objection_state { OBJECTION_STATES(X) OBJECTION_STATE_COUNT };
#undef X
#define X(id, name, en, zh) KIND_##id,
enum appeal_kind { APPEAL_KINDS(X) APPEAL_KIND_COUNT };
#undef X
#define X(id, name, en, zh) CARD_##id,
enum card { CARDS(X) CARD_COUNT };
#undef X
#define X(id, name, en, zh) WAY_##id,
enum callback_way { CALLBACK_WAYS(X) CALLBACK_WAY_COUNT };
#undef X
#define X(id, name, en, zh) ROLE_##id,
enum role { ROLES(X) ROLE_COUNT };
#undef X
#define X(id, name, en, zh) NEED_##id,
enum need { NEEDS(X) NEED_COUNT };
#undef X
#define X(id, name, en, zh) TIMER_##id,
enum timer_kind { TIMER_KINDS(X) TIMER_KIND_COUNT };
#undef X
#define X(id, name, en, zh) CONCLUSION_##id,
enum conclusion { CONCLUSIONS(X) CONCLUSION_COUNT };
#undef X
#define X(id, name, en, zh) ARTICLE_##id,
enum article_state { ARTICLE_STATES(X) ARTICLE_STATE_COUNT };
#undef X
#define X(id, name, en, zh) ACCESS_##id,
enum access_kind { ACCESS_KINDS(X) ACCESS_KIND_COUNT };
#undef X
#define X(id, name, en, zh) OCCURRENCE_##id,
enum occurrence { OCCURRENCES(X) OCCURRENCE_COUNT };
#undef X

/* The kinds of words, for the functions below. */
enum word_list {
    WORDS_ORDER_STATE,
    WORDS_ASSIGNMENT_STATE,
    WORDS_OBJECTION_STATE,
    WORDS_APPEAL_KIND,
    WORDS_CARD,
    WORDS_CALLBACK_WAY,
    WORDS_ROLE,
    WORDS_NEED,
    WORDS_TIMER_KIND,
    WORDS_CONCLUSION,
    WORDS_OCCURRENCE,
    WORDS_ACCESS_KIND,
    WORDS_ARTICLE_STATE,
};
/* How many words a list has. */
int words_count(enum word_list list);
/* The name in API and database of value `i` ("to_dispatch"); "" outside the list. */
const char *word_name(enum word_list list, int i);
/* The label for people. */
struct bilingual word_label(enum word_list list, int i);
/* The value of a name, or -1. */
int word_find(enum word_list list, const char *name);

#define BIT(i) (UINT32_C(1) << (unsigned)(i))

#endif
