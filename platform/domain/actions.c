/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The actions as they are published: label, question and fields. In the order in which a person
 * would want them offered. */
#include "platform/domain/lifecycle.h"

#include <string.h>

enum { TEXT_LONG = 2000, TEXT_SHORT = 500, TEXT_LINE = 100, CO_UNITS = 5, DAYS_MAX = 365 };

/* clang-format off */
#define NOTE {"note", FIELD_TEXT, false, 1, TEXT_SHORT, {"Note", "备注"}, NULL}
#define REASON {"reason", FIELD_TEXT, true, 1, TEXT_SHORT, {"Reason", "理由"}, NULL}
#define TEXT(name, en, zh) {name, FIELD_TEXT, true, 1, TEXT_LONG, {en, zh}, NULL}

static const struct field_choice supervise_forms[] = {
    {"notice",       {"notice", "督办通知"}},
    {"coordination", {"coordination", "协调"}},
    {"visit",        {"on-site visit", "现场督办"}},
    {"meeting",      {"meeting", "督办会"}},
    {"self_check",   {"self-check demanded", "自查整改"}},
    {NULL, {NULL, NULL}},
};
static const struct field_choice callback_ways[] = {
    {"phone",   {"phone call", "电话回访"}},
    {"rating",  {"rating by app or SMS", "评价"}},
    {"channel", {"source channel", "来源渠道"}},
    {NULL, {NULL, NULL}},
};
static const struct field_choice citizen_words[] = {
    {"solved",     {"it is solved", "已解决"}},
    {"urge",       {"urges", "催办"}},
    {"supplement", {"adds something", "补充"}},
    {NULL, {NULL, NULL}},
};
static const struct field_choice return_reasons[] = {
    {"wrong_place",  {"wrong place", "地点有误"}},
    {"wrong_facts",  {"wrong facts", "情况有误"}},
    {"duplicate",    {"duplicate", "重复工单"}},
    {"other_city",   {"not this city", "非本市事项"}},
    {"not_our_duty", {"not our duty", "不属本单位职责"}},
    {NULL, {NULL, NULL}},
};
static const struct field_choice ruling_outcomes[] = {
    {"upheld", {"the assignment stands", "维持交办"}},
    {"moved",  {"moved to another unit", "改派"}},
    {NULL, {NULL, NULL}},
};

static const struct field_choice appeal_kinds[] = {
#define X(id, name, en, zh) {name, {en, zh}},
    APPEAL_KINDS(X)
#undef X
    {NULL, {NULL, NULL}},
};

static const struct field_spec note_fields[] = {NOTE};
static const struct field_spec reason_fields[] = {REASON};
static const struct field_spec answer_fields[] = {TEXT("answer", "Answer", "答复内容")};
static const struct field_spec classify_fields[] = {
    {"category",   FIELD_CATEGORY, false, 0, 0,         {"Matter", "事项"}, NULL},
    {"place",      FIELD_PLACE,    false, 0, 0,         {"Place", "地点"}, NULL},
    {"region",     FIELD_LINE,     false, 6, 15,        {"Region without a place", "区域（无具体地点）"}, NULL},
    {"place_text", FIELD_LINE,     false, 1, TEXT_LINE, {"Place in words", "地点描述"}, NULL},
    {"kind",       FIELD_CHOICE,   false, 0, 0,         {"Kind", "类型"}, appeal_kinds},
    {"urgent",     FIELD_BOOL,     false, 0, 0,         {"Urgent", "紧急"}, NULL},
    {"complex",    FIELD_BOOL,     false, 0, 0,         {"Complex", "复杂事项"}, NULL},
};
static const struct field_spec dispatch_fields[] = {
    {"unit",     FIELD_UNIT,  true,  0, 0,        {"Lead unit", "主办单位"}, NULL},
    {"co_units", FIELD_UNITS, false, 0, CO_UNITS, {"Co-handlers", "协办单位"}, NULL},
    {"complex",  FIELD_BOOL,  false, 0, 0,        {"Complex", "复杂事项"}, NULL},
    NOTE,
};
static const struct field_spec transfer_fields[] = {
    {"to", FIELD_LINE, true, 1, TEXT_LINE, {"Transfer to", "移交至"}, NULL},
    REASON,
};
static const struct field_spec merge_fields[] = {
    {"target", FIELD_ORDER, true, 0, 0, {"Into which order", "并入工单"}, NULL},
    NOTE,
};
static const struct field_spec suspend_fields[] = {
    {"review_on", FIELD_DATE, true, 0, 0, {"Review on", "复核日期"}, NULL},
    REASON,
};
static const struct field_spec supervise_fields[] = {
    {"form", FIELD_CHOICE, true, 0, 0, {"Form", "督办方式"}, supervise_forms},
    TEXT("text", "Demand or outcome", "督办内容"),
};
static const struct field_spec callback_fields[] = {
    {"reached",     FIELD_BOOL, true,  0, 0, {"Reached", "是否接通"}, NULL},
    {"solved",      FIELD_BOOL, false, 0, 0, {"Solved", "是否解决"}, NULL},
    {"satisfied",   FIELD_BOOL, false, 0, 0, {"Satisfied", "是否满意"}, NULL},
    {"promised_on", FIELD_DATE, false, 0, 0, {"Promised for", "承诺日期"}, NULL},
    NOTE,
    {"way",         FIELD_CHOICE, false, 0, 0, {"If not by phone", "非电话方式"}, callback_ways},
};
static const struct field_spec citizen_fields[] = {
    {"what",      FIELD_CHOICE, true,  0, 0, {"The citizen says", "来电内容"}, citizen_words},
    {"satisfied", FIELD_BOOL,   false, 0, 0, {"Satisfied", "是否满意"}, NULL},
    {"words",     FIELD_TEXT,   false, 1, TEXT_LONG, {"Citizen's words", "群众原话"}, NULL},
};
static const struct field_spec result_fields[] = {TEXT("result", "Handling result", "办理情况")};
static const struct field_spec reply_fields[] = {TEXT("reply", "Reply", "回复内容")};
static const struct field_spec return_fields[] = {
    {"reason", FIELD_CHOICE, true, 0, 0, {"Reason", "退单理由"}, return_reasons},
    NOTE,
};
static const struct field_spec ask_extension_fields[] = {
    {"days", FIELD_INT, true, 1, DAYS_MAX, {"Working days", "延期工作日"}, NULL},
    REASON,
};
static const struct field_spec grant_extension_fields[] = {
    {"days", FIELD_INT, false, 1, DAYS_MAX, {"Days, if fewer", "批准天数（减少时）"}, NULL},
    NOTE,
};
static const struct field_spec object_fields[] = {
    TEXT("reason", "Why it is not ours", "异议理由"),
    {"proposed_unit", FIELD_UNIT, false, 0, 0, {"Whose it is", "建议承办单位"}, NULL},
};
static const struct field_spec opinion_fields[] = {TEXT("opinion", "Opinion", "意见")};
static const struct field_spec rule_fields[] = {
    {"outcome", FIELD_CHOICE, true,  0, 0, {"Ruling", "裁定"}, ruling_outcomes},
    {"unit",    FIELD_UNIT,   false, 0, 0, {"Responsible unit", "责任单位"}, NULL},
    TEXT("reason", "Grounds", "裁定理由"),
};

#define FIELDS(fields) fields, sizeof(fields) / sizeof(fields)[0]
#define NO_FIELDS NULL, 0
#define UNASKED {NULL, NULL}

static const struct action_schema actions[] = {
    {"answer", SUBJECT_ORDER, {"Answer at once", "直接答复"}, UNASKED, FIELDS(answer_fields)},
    {"classify", SUBJECT_ORDER, {"Complete the case", "补全信息"}, UNASKED, FIELDS(classify_fields)},
    {"submit", SUBJECT_ORDER, {"Submit for dispatch", "转派发"}, UNASKED, FIELDS(note_fields)},
    {"dispatch", SUBJECT_ORDER, {"Dispatch", "派发"}, UNASKED, FIELDS(dispatch_fields)},
    {"merge", SUBJECT_ORDER, {"Merge", "并单"}, {"Merge this order into the other?", "确定并入该工单？"}, FIELDS(merge_fields)},
    {"unmerge", SUBJECT_ORDER, {"Undo the merge", "撤销并单"}, UNASKED, FIELDS(note_fields)},
    {"sign", SUBJECT_ASSIGNMENT, {"Sign", "签收"}, UNASKED, NO_FIELDS},
    {"handle", SUBJECT_ASSIGNMENT, {"Record a result", "记录办理"}, UNASKED, FIELDS(result_fields)},
    {"reply", SUBJECT_ASSIGNMENT, {"Reply", "回复"}, UNASKED, FIELDS(reply_fields)},
    {"ask_return", SUBJECT_ASSIGNMENT, {"Ask for return", "申请退单"}, UNASKED, FIELDS(return_fields)},
    {"ask_extension", SUBJECT_ASSIGNMENT, {"Ask for an extension", "申请延期"}, UNASKED, FIELDS(ask_extension_fields)},
    {"object", SUBJECT_ASSIGNMENT, {"Object", "提出派单异议"}, UNASKED, FIELDS(object_fields)},
    {"accept_reply", SUBJECT_ASSIGNMENT, {"Accept the reply", "通过回复"}, UNASKED, FIELDS(note_fields)},
    {"refuse_reply", SUBJECT_ASSIGNMENT, {"Refuse the reply", "退回重办"}, UNASKED, FIELDS(reason_fields)},
    {"accept_return", SUBJECT_ASSIGNMENT, {"Accept the return", "同意退单"}, UNASKED, FIELDS(note_fields)},
    {"refuse_return", SUBJECT_ASSIGNMENT, {"Refuse the return", "驳回退单"}, UNASKED, FIELDS(reason_fields)},
    {"grant_extension", SUBJECT_ASSIGNMENT, {"Grant the extension", "同意延期"}, UNASKED, FIELDS(grant_extension_fields)},
    {"refuse_extension", SUBJECT_ASSIGNMENT, {"Refuse the extension", "驳回延期"}, UNASKED, FIELDS(reason_fields)},
    {"release", SUBJECT_ASSIGNMENT, {"Release the co-handler", "解除协办"}, {"Release this co-handler?", "确定解除该协办单位？"}, FIELDS(note_fields)},
    {"callback", SUBJECT_ORDER, {"Call back", "回访"}, UNASKED, FIELDS(callback_fields)},
    {"citizen_says", SUBJECT_ORDER, {"The citizen rang", "群众来电"}, UNASKED, FIELDS(citizen_fields)},
    {"supervise", SUBJECT_ORDER, {"Supervise", "督办"}, UNASKED, FIELDS(supervise_fields)},
    {"suspend", SUBJECT_ORDER, {"Suspend", "挂起"}, UNASKED, FIELDS(suspend_fields)},
    {"resume", SUBJECT_ORDER, {"Resume", "恢复办理"}, UNASKED, FIELDS(note_fields)},
    {"close_unreached", SUBJECT_ORDER, {"Close as not reached", "未接通结案"}, {"Close as not reached? It never counts as satisfied.", "确定按未接通结案？不计入满意。"}, FIELDS(note_fields)},
    {"close_decision", SUBJECT_ORDER, {"Close by decision", "决定结案"}, {"Close by decision of the platform? The reason shows in the statistics.", "确定由平台决定结案？理由将列入统计。"}, FIELDS(reason_fields)},
    {"transfer", SUBJECT_ORDER, {"Transfer", "移交"}, {"Hand the order over to another body?", "确定将工单移交其他机关？"}, FIELDS(transfer_fields)},
    {"reject", SUBJECT_ORDER, {"Reject", "不予受理"}, {"Reject this order?", "确定不予受理？"}, FIELDS(reason_fields)},
    {"withdraw", SUBJECT_ORDER, {"Withdraw", "撤回"}, {"Withdraw at the citizen's request?", "确定应群众要求撤回？"}, FIELDS(reason_fields)},
    {"archive", SUBJECT_ORDER, {"Archive", "归档"}, UNASKED, NO_FIELDS},
    {"opinion", SUBJECT_OBJECTION, {"Give an opinion", "发表意见"}, UNASKED, FIELDS(opinion_fields)},
    {"rule", SUBJECT_OBJECTION, {"Rule", "裁定"}, {"Rule? It is final and binds later dispatches.", "确定裁定？裁定为最终结果，约束以后的派发。"}, FIELDS(rule_fields)},
    {"withdraw_objection", SUBJECT_OBJECTION, {"Withdraw the objection", "撤回异议"}, UNASKED, FIELDS(note_fields)},
};
/* clang-format on */

size_t action_count(void)
{
    return sizeof actions / sizeof actions[0];
}

const struct action_schema *action_at(size_t i)
{
    return i < action_count() ? &actions[i] : NULL;
}

const struct action_schema *action_find(const char *name)
{
    for (size_t i = 0; name && i < action_count(); i++)
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    return NULL;
}
