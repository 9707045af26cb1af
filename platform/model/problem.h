/* SPDX-License-Identifier: GPL-3.0-or-later */
/* problem: every refusal that the platform knows, once (RFC 9457): type, HTTP status, and what is
 * said to people in both languages. %1 %2 %3 stand for the problem's arguments. */
#ifndef PLATFORM_MODEL_PROBLEM_H
#define PLATFORM_MODEL_PROBLEM_H

#include "platform/model/words.h"
#include <stdbool.h>

/* clang-format off */
#define PROBLEMS(X) \
    /* the request */ \
    X(MALFORMED,        "malformed",        400, "The request cannot be read: %1.", "请求无法解析：%1。") \
    X(FIELD_MISSING,    "field-missing",    422, "%1 is needed.", "请填写“%1”。") \
    X(FIELD_UNKNOWN,    "field-unknown",    422, "There is no field named %1 here.", "此处没有名为 %1 的字段。") \
    X(FIELD_TYPE,       "field-type",       422, "%1 must be %2.", "“%1”应为%2。") \
    X(FIELD_LENGTH,     "field-length",     422, "%1 must have %2 to %3 characters.", "“%1”应为 %2 至 %3 个字。") \
    X(FIELD_RANGE,      "field-range",      422, "%1 must be between %2 and %3.", "“%1”应在 %2 与 %3 之间。") \
    X(FIELD_CHOICE,     "field-choice",     422, "%1 must be one of: %2.", "“%1”只能是：%2。") \
    X(FIELD_REFERENCE,  "field-reference",  422, "%1: there is nothing with that number or code.", "“%1”：没有这个编号或代码。") \
    X(FIELD_FORMAT,     "field-format",     422, "%1 is not well formed: %2.", "“%1”格式不对：%2。") \
    X(SEARCH_SHORT,     "search-short",     422, "“%1” cannot be searched: write at least two hanzi, a whole word or a whole number.", "“%1”无法检索：请至少输入两个汉字，或完整的词、号码。") \
    X(TOO_LARGE,        "too-large",        413, "The request is larger than %1 bytes.", "请求超过 %1 字节。") \
    X(NOT_FOUND,        "not-found",        404, "There is nothing here under that name, or it is outside your scope.", "没有找到，或不在您的权限范围内。") \
    X(LEFT_SCOPE,       "left-scope",       404, "It is done, and the order now lies outside your scope.", "已办妥；工单现已不在您的权限范围内。") \
    X(METHOD,           "method",           405, "This address does not take %1.", "此地址不支持 %1。") \
    X(UNSUPPORTED,      "unsupported",      415, "The body must be application/json in UTF-8.", "请求体应为 UTF-8 的 application/json。") \
    X(BUSY,             "busy",             503, "The platform is busy. Please try again in a moment.", "平台繁忙，请稍后再试。") \
    X(TOO_MANY,         "too-many-requests", 429, "Too many requests at once. Please try again in %1 s.", "请求过于频繁，请 %1 秒后再试。") \
    X(STORAGE,          "storage",          503, "The platform cannot keep changes at the moment: its disk is full or fails. Nothing of this one was kept; tell the administrator and try again.", "平台暂时无法保存更改：磁盘已满或发生故障。本次操作未作任何更改，请告知管理员后重试。") \
    X(INTERNAL,         "internal",         500, "The platform could not do this. Please try again; if it stays so, tell the administrator the number %1.", "平台未能完成此操作，请重试；一直如此请将编号 %1 告知管理员。") \
    /* who asks */ \
    X(UNAUTHENTICATED,  "unauthenticated",  401, "Please log in.", "请先登录。") \
    X(LOGIN_WRONG,      "login-wrong",      401, "Name or password is wrong%1.", "账号或密码不正确%1。") \
    X(PASSWORD_WRONG,   "password-wrong",   403, "The present password is wrong%1.", "原密码不正确%1。") \
    X(PASSWORD_CHANGE_NEEDED, "password-change-needed", 403, "First choose a password of your own.", "请先设置您自己的新密码。") \
    X(PASSWORD_RULE,    "password-rule",    422, "%1", "%1") \
    X(LAST_ADMINISTRATOR, "last-administrator", 409, "Nobody else could manage accounts: name another administrator first.", "停用后将无人能管理账号：请先设置另一名管理员。") \
    X(FORBIDDEN,        "forbidden",        403, "Your account may not do this: it needs the role %1.", "您的账号无此权限：需要“%1”角色。") \
    /* versions and keys */ \
    X(VERSION_NEEDED,   "version-needed",   428, "Say which version this change was made from (If-Match).", "请注明修改所依据的版本（If-Match）。") \
    X(STALE,            "stale",            412, "%1 was changed meanwhile; your text is kept. Look at the current state and decide again.", "%1 已被他人更新，您输入的内容已保留，请查看最新状态后再决定。") \
    X(KEY_REUSED,       "key-reused",       422, "This Idempotency-Key was used for another request.", "该 Idempotency-Key 已用于另一请求。") \
    X(KEY_NEEDED,       "key-needed",       400, "Send an Idempotency-Key, so that a retry does nothing twice.", "请提供 Idempotency-Key，以免重试时重复执行。") \
    X(FEED_GONE,        "feed-gone",        410, "The changes since then cannot be told one by one: read the lists again and follow from the cursor of /me.", "此后的变更已无法逐条推送：请重新读取列表，并从 /me 给出的位置继续。") \
    X(DUPLICATE_SOURCE, "duplicate-source", 409, "This channel has already sent number %1 (order %2).", "该渠道编号 %1 已受理（工单 %2）。") \
    /* the life-cycles */ \
    X(NOT_ALLOWED,      "not-allowed",      409, "“%1” is not possible while the order is %2. Possible now: %3.", "工单处于“%2”时不能“%1”。现在可以：%3。") \
    X(NO_SUCH_ACTION,   "no-such-action",   404, "There is no action named %1.", "没有名为 %1 的操作。") \
    X(NO_SUBJECT,       "no-subject",       409, "This order has nothing of your unit that “%1” could act on. Possible now: %3.", "本工单没有可供贵单位“%1”的事项。现在可以：%3。") \
    X(WHICH_SUBJECT,    "which-subject",    422, "“%1” fits several parts of this order; say which (on).", "“%1”可用于本工单多个事项，请指明（on）。") \
    /* the rules of the domain */ \
    X(OBJECT_FIRST_SIGN,   "object-first-sign",   409, "First receiver is responsible: sign first, record what was done, then object.", "首接负责：请先签收、记录办理结果，再提出异议。") \
    X(OBJECT_FIRST_HANDLE, "object-first-handle", 409, "First receiver is responsible: record a handling result before you object.", "首接负责：请先记录办理结果，再提出异议。") \
    X(OBJECT_ONCE,         "object-once",         409, "Your unit has already objected to this order; the ruling is final.", "贵单位对本工单已提出过异议，裁定为最终结果。") \
    X(DESIGNATED,          "designated",          409, "After %1 failed dispatches the platform has designated the unit: neither return nor objection is open.", "%1 次派发未果，平台已指定承办单位：不再受理退单和异议。") \
    X(RETURN_WINDOW,       "return-window",       409, "The return window closed at %1.", "退单时限已于 %1 截止。") \
    X(RETURN_NOT_OUR_DUTY, "return-not-our-duty", 409, "“Not our duty” is no reason for a return: record what was done, then object.", "“不属本单位职责”不能退单：请先记录办理，再提出派单异议。") \
    X(RETURN_NOT_ASKED,    "return-not-asked",    409, "No return was asked for.", "没有退单申请。") \
    X(RETURN_PENDING,      "return-pending",      409, "A return is already waiting for the dispatcher's decision.", "退单申请正等待派单员审定。") \
    X(UNCLASSIFIED,        "unclassified",        409, "Nobody has said yet what this is about: complete the case (category) first.", "事项分类尚未确定：请先“补全信息”。") \
    X(SAME_UNIT,           "same-unit",           409, "%1 is already on this order.", "%1 已在承办本工单。") \
    X(OWN_ORDER,           "own-order",           409, "Who handled an order does not judge it, and a unit never concludes its own.", "承办人不得审定或回访自己办理的工单。") \
    X(FACTS_INCOMPLETE,    "facts-incomplete",    422, "Say whether it is solved and whether the citizen is satisfied.", "请填写是否解决、是否满意。") \
    X(FACTS_CONTRADICT,    "facts-contradict",    422, "%1", "%1") \
    X(PROMISE_PAST,        "promise-past",        422, "The promised day must lie in the future, at most %1 days away.", "承诺日期应在今后 %1 天之内。") \
    X(PROMISE_OPEN,        "promise-open",        409, "A promise for %1 is open; a second assignment comes only if it breaks.", "已承诺 %1 前解决，承诺未兑现才会二次交办。") \
    X(ATTEMPTS_FEW,        "attempts-few",        409, "“Not reached” needs %1 days; there were %2 on %3.", "“未接通”结案需 %1 回访未通；目前 %2 次、%3 日。") \
    X(REVIEW_PAST,         "review-past",         422, "The review date must lie in the future, at most %1 days away.", "复核日期应在今后 %1 天之内。") \
    X(MERGE_TARGET,        "merge-target",        409, "The order to merge into must be another open order that is not merged itself.", "并入的目标应是另一个未办结、且自身未被并单的工单。") \
    X(UNMERGE_LATE,        "unmerge-late",        409, "The target has moved on; the merge cannot be undone any more.", "目标工单已有后续处理，不能再撤销并单。") \
    X(RULE_NOT_YET,        "rule-not-yet",        409, "The chair has until %1 to rule; then the platform may.", "主持人可在 %1 前裁定，逾期后平台方可裁定。") \
    X(DESIGNATE_NOW,       "designate-now",       409, "%1 dispatches have failed: now the platform designates, that is, a supervisor dispatches.", "已有 %1 次派发未果，须由平台指定：请督办员派发。") \
    X(RETURN_HANDLED,      "return-handled",      409, "Your unit has already handled this order; a return is only for a mis-filed one.", "贵单位已办理过本工单；退单仅限派发有误的工单。") \
    X(EXTENSION_LATE,      "extension-late",      409, "An extension is asked before the deadline; it was %1.", "延期须在到期前申请；期限为 %1。") \
    X(EXTENSION_PENDING,   "extension-pending",   409, "An extension is already waiting for a decision.", "延期申请正等待审批。") \
    X(EXTENSION_NOT_ASKED, "extension-not-asked", 409, "No extension was asked for.", "没有延期申请。") \
    X(EXTENSION_CAP,       "extension-cap",       409, "An order is extended by at most %1 working days in all; %2 are left.", "每单累计延期最多 %1 个工作日，还可延 %2 个。") \
    X(LEAD_STAYS,          "lead-stays",          409, "Only a co-handler can be released; the lead unit replies or is moved by a ruling.", "只能解除协办单位；主办单位须回复，或经裁定改派。") \
    X(ROUND_OVER,          "round-over",          409, "That assignment belongs to an earlier round.", "该交办属于以前的轮次。") \
    X(UNSATISFIED_OPEN,    "unsatisfied-open",    409, "The citizen is not satisfied yet: no archive before that is healed or decided.", "群众尚不满意：化解或决定之前不得归档。") \
    X(NO_PERSON,           "no-person",           404, "The person's data are not kept any more.", "诉求人信息已不再保存。") \
    X(CONFIDENTIAL,        "confidential",        403, "This order hides the citizen from the unit (隐匿).", "本工单对承办单位隐匿诉求人。")
/* clang-format on */

#define X(id, name, status, en, zh) PROBLEM_##id,
enum problem_type { PROBLEM_NONE, PROBLEMS(X) PROBLEM_COUNT };
#undef X

/* A refusal. Strings are static or belong to the request's arena. */
struct problem {
    enum problem_type type; /* PROBLEM_NONE: all is well */
    const char *field;      /* the offending field, NULL none */
    struct bilingual args[3];
};

/* Fills the problem (arguments may be {NULL, NULL}) and returns false, so that a check can
 * `return problem_set(…)`. */
bool problem_set(struct problem *problem, enum problem_type type, const char *field,
                 struct bilingual a, struct bilingual b, struct bilingual c);
/* The same text in both languages. */
struct bilingual both(const char *text);
/* The stable name of a type ("return-window"); its HTTP status. */
const char *problem_name(enum problem_type type);
int problem_status(enum problem_type type);
struct arena;
/* The sentence for people, with the arguments put in. */
const char *problem_text(const struct problem *problem, enum language language,
                         struct arena *arena);

#endif
