/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answers to "why": from the case, the policy and the tables, never from anything else. */
#include "platform/domain/why.h"

#include "core/buf.h"
#include "core/clock.h"
#include "platform/domain/lifecycle_private.h"
#include "platform/domain/views.h"

#include <string.h>

enum { TIME_TEXT = 17, DAYS_NAMED = 8, MS_PER_HOUR = 3600000 };

/* --- wording -------------------------------------------------------------------------------------
 */

static void say(struct why *out, const char *en, const char *zh)
{
    if (out->count < WHY_LINES_MAX)
        out->lines[out->count++] = (struct bilingual){en, zh};
}

static const char *time_text(int64_t ms, struct arena *arena)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(ms, text);
    return arena_printf(arena, "%.10s %.5s", text, text + 11);
}

static const char *day_text(int32_t day, struct arena *arena)
{
    char text[11];
    clock_format_day(day, text);
    return arena_strdup(arena, text);
}

static struct bilingual limit_text(struct limit limit, struct arena *arena)
{
    bool days = limit.unit == LIMIT_DAYS;
    return (struct bilingual){
        arena_printf(arena, "%d %s%s", limit.n, days ? "working day" : "natural hour",
                     limit.n == 1 ? "" : "s"),
        arena_printf(arena, "%d 个%s", limit.n, days ? "工作日" : "自然小时")};
}

static const char *unit_name(const struct act_context *ctx, int64_t unit_id)
{
    const struct unit *unit = ctx->find_unit ? ctx->find_unit(ctx->find_unit_user, unit_id) : NULL;
    return unit ? unit->name : arena_printf(ctx->arena, "#%lld", (long long)unit_id);
}

/* --- deadline --------------------------------------------------------------------------------- */

/* Names the days from `from` to `to` that were skipped, and why. */
static void say_skipped(const struct act_context *ctx, int64_t from, int64_t to, struct why *out)
{
    struct buf weekend = BUF_EMPTY, holiday = BUF_EMPTY;
    int weekends = 0, holidays = 0;
    for (int32_t day = clock_day(from) + 1; day <= clock_day(to); day++) {
        if (calendar_is_worked(ctx->calendar, day))
            continue;
        bool is_weekend = (day % 7 + 3) % 7 >= 5; /* 1970-01-01 was a Thursday */
        int *n = is_weekend ? &weekends : &holidays;
        char text[11];
        clock_format_day(day, text);
        if (++*n <= DAYS_NAMED)
            buf_printf(is_weekend ? &weekend : &holiday, "%s%s", *n == 1 ? "" : " ", text);
        else if (*n == DAYS_NAMED + 1)
            buf_add_text(is_weekend ? &weekend : &holiday, " …");
    }
    if (weekends > 0)
        say(out, arena_printf(ctx->arena, "Not counted, weekend (%d): %s.", weekends, weekend.data),
            arena_printf(ctx->arena, "周末不计（%d 天）：%s。", weekends, weekend.data));
    if (holidays > 0)
        say(out, arena_printf(ctx->arena, "Not counted, holiday (%d): %s.", holidays, holiday.data),
            arena_printf(ctx->arena, "节假日不计（%d 天）：%s。", holidays, holiday.data));
    buf_free(&weekend);
    buf_free(&holiday);
}

static struct bilingual limit_source(const struct order *order, const struct act_context *ctx)
{
    struct bilingual kind = word_label(WORDS_APPEAL_KIND, (int)order->kind);
    bool own = ctx->category && ctx->category->limit.n > 0;
    struct limit plain = own ? ctx->category->limit : ctx->policy->by_kind[order->kind];
    bool longer = order->limit.n != plain.n || order->limit.unit != plain.unit;
    if (order->complex && longer)
        return (struct bilingual){"the limit of complex complaints and reports",
                                  "复杂投诉举报的时限"};
    if (own)
        return (struct bilingual){
            arena_printf(ctx->arena, "the category's own limit (%s)", ctx->category->name),
            arena_printf(ctx->arena, "事项自身时限（%s）", ctx->category->name)};
    return (struct bilingual){arena_printf(ctx->arena, "the limit for the kind “%s”", kind.en),
                              arena_printf(ctx->arena, "“%s”类时限", kind.zh)};
}

static void say_promise(const struct order_case *c, const struct act_context *ctx, struct why *out)
{
    const struct order *order = &c->order;
    struct bilingual limit = limit_text(order->limit, ctx->arena);
    struct bilingual source = limit_source(order, ctx);
    int64_t plain = worktime_deadline(ctx->calendar, order->received_at, order->limit);
    const char *from = time_text(order->received_at, ctx->arena);
    const char *to = time_text(plain, ctx->arena);
    bool days = order->limit.unit == LIMIT_DAYS;
    say(out,
        arena_printf(ctx->arena, "The promise to the citizen: %s from receipt at %s, %s: %s.",
                     limit.en, from, source.en, to),
        arena_printf(ctx->arena, "对群众的承诺：自 %s 受理起 %s，依据%s，至 %s。", from, limit.zh,
                     source.zh, to));
    if (days) {
        say(out,
            "Working days end at closing time (17:30); the day of receipt is not counted (rule of "
            "limits).",
            "工作日以 17:30 下班为止，受理当日不计（时限规则）。");
        say_skipped(ctx, order->received_at, plain, out);
    }
    if (order->source_deadline_at > 0) {
        const char *source_at = time_text(order->source_deadline_at, ctx->arena);
        bool earlier = order->source_deadline_at < plain;
        say(out,
            arena_printf(ctx->arena, "The source channel's deadline is %s; the earlier of both %s.",
                         source_at, earlier ? "holds, which is that one" : "holds"),
            arena_printf(ctx->arena, "来源渠道时限为 %s，两者取早%s。", source_at,
                         earlier ? "，以其为准" : ""));
    }
    if (order->extended_days > 0)
        say(out,
            arena_printf(ctx->arena, "Extended by %d working days; the first deadline was %s.",
                         order->extended_days, time_text(order->first_deadline_at, ctx->arena)),
            arena_printf(ctx->arena, "已批准延期 %d 个工作日；首次期限为 %s。",
                         order->extended_days, time_text(order->first_deadline_at, ctx->arena)));
    if (order->state == ORDER_SUSPENDED)
        say(out,
            arena_printf(ctx->arena, "Suspended since %s: the clock stands until %s at most.",
                         time_text(order->suspended_at, ctx->arena),
                         time_text(order->review_on, ctx->arena)),
            arena_printf(ctx->arena, "自 %s 挂起：停止计时，至迟 %s 恢复。",
                         time_text(order->suspended_at, ctx->arena),
                         time_text(order->review_on, ctx->arena)));
    struct bilingual card = word_label(WORDS_CARD, (int)order->card);
    bool moved = order->deadline_at != plain && order->deadline_at != order->source_deadline_at &&
                 order->extended_days == 0;
    const char *at = time_text(order->deadline_at, ctx->arena);
    say(out,
        arena_printf(ctx->arena, "Deadline now: %s%s; card: %s.", at,
                     moved ? ", shifted by suspension" : "", card.en),
        arena_printf(ctx->arena, "当前期限：%s%s；状态：%s。", at, moved ? "（因挂起顺延）" : "",
                     card.zh));
}

void why_deadline(const struct order_case *c, const struct act_context *ctx, struct why *out)
{
    out->count = 0;
    say_promise(c, ctx, out);
    if (case_extension_pending(c))
        say(out, "An extension is undecided: until then no red card is shown (rule of extensions).",
            "延期申请待批：批复前不亮红牌（延期规则）。");
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *a = &c->assignments[i];
        if (!assignment_open(a))
            continue;
        struct bilingual limit = limit_text(a->limit, ctx->arena);
        const char *name = unit_name(ctx, a->unit_id);
        const char *from = time_text(a->offered_at, ctx->arena);
        const char *to = time_text(a->due_at, ctx->arena);
        say(out,
            arena_printf(ctx->arena,
                         "%s (%s, round %d) has its own full limit: %s from the offer at %s: %s%s.",
                         name, a->lead ? "lead" : "co-handler", a->round, limit.en, from, to,
                         a->late ? ", overdue" : ""),
            arena_printf(ctx->arena, "%s（%s，第 %d 轮）另计完整时限：自 %s 交办起 %s，至 %s%s。",
                         name, a->lead ? "主办" : "协办", a->round, from, limit.zh, to,
                         a->late ? "，已逾期" : ""));
    }
}

/* --- state ------------------------------------------------------------------------------------ */

/* Who can act on a need: the action that serves it, and the roles of its rows. */
static const struct {
    enum need need;
    const char *action;
} served_by[] = {
    {NEED_INTAKE, "submit"},     {NEED_DISPATCH, "dispatch"}, {NEED_RETURN, "accept_return"},
    {NEED_SIGN, "sign"},         {NEED_HANDLE, "reply"},      {NEED_REVIEW, "accept_reply"},
    {NEED_CALLBACK, "callback"}, {NEED_RULING, "rule"},       {NEED_DECISION, "supervise"},
    {NEED_ARCHIVE, "archive"},
};

static uint32_t roles_of(const char *action)
{
    uint32_t roles = 0;
    for (size_t i = 0; i < lifecycle_row_count(); i++)
        if (strcmp(lifecycle_row_at(i)->action, action) == 0)
            roles |= lifecycle_row_at(i)->roles;
    return roles;
}

static void say_needs(const struct order_case *c, const struct act_context *ctx, struct why *out)
{
    for (size_t i = 0; i < sizeof served_by / sizeof served_by[0]; i++) {
        if (!(c->order.needs & BIT(served_by[i].need)))
            continue;
        struct bilingual need = word_label(WORDS_NEED, (int)served_by[i].need);
        uint32_t who = roles_of(served_by[i].action);
        if (served_by[i].need == NEED_DISPATCH)
            who = c->order.designated ? BIT(ROLE_SUPERVISOR) : BIT(ROLE_DISPATCHER);
        struct bilingual roles = roles_label(who, ctx->arena);
        say(out, arena_printf(ctx->arena, "It waits: %s (%s).", need.en, roles.en),
            arena_printf(ctx->arena, "等待：%s（%s）。", need.zh, roles.zh));
    }
}

static void say_timers(const struct order_case *c, const struct act_context *ctx, struct why *out)
{
    for (size_t i = 0; i < c->timer_count; i++) {
        struct bilingual kind = word_label(WORDS_TIMER_KIND, (int)c->timers[i].kind);
        const char *at = time_text(c->timers[i].due_at, ctx->arena);
        say(out, arena_printf(ctx->arena, "By itself at %s: %s.", at, kind.en),
            arena_printf(ctx->arena, "到 %s 自动：%s。", at, kind.zh));
    }
}

static void say_facts(const struct order_case *c, const struct act_context *ctx, struct why *out)
{
    static const struct bilingual facts[] = {{"unknown", "未知"}, {"no", "否"}, {"yes", "是"}};
    if (c->callback_count == 0)
        return;
    const struct callback *last = &c->callbacks[c->callback_count - 1];
    const char *at = time_text(last->at, ctx->arena);
    struct bilingual way = word_label(WORDS_CALLBACK_WAY, (int)last->way);
    say(out,
        arena_printf(ctx->arena,
                     "Last word of the citizen, %s (%s): reached %s, solved %s, "
                     "satisfied %s.",
                     at, way.en, facts[last->reached + 1].en, facts[last->solved + 1].en,
                     facts[last->satisfied + 1].en),
        arena_printf(ctx->arena, "最近一次回访 %s（%s）：接通 %s，解决 %s，满意 %s。", at, way.zh,
                     facts[last->reached + 1].zh, facts[last->solved + 1].zh,
                     facts[last->satisfied + 1].zh));
}

void why_state(const struct order_case *c, const struct act_context *ctx, struct why *out)
{
    const struct order *order = &c->order;
    struct bilingual state = word_label(WORDS_ORDER_STATE, (int)order->state);
    out->count = 0;
    say(out,
        arena_printf(ctx->arena, "The order is %s (version %lld, round %d).", state.en,
                     (long long)order->version, order->round),
        arena_printf(ctx->arena, "工单处于“%s”（版本 %lld，第 %d 轮）。", state.zh,
                     (long long)order->version, order->round));
    if (order->unsatisfied)
        say(out,
            "The citizen was not satisfied: a second assignment, and no archive before that is "
            "healed (closing the loop).",
            "群众不满意：已二次交办，化解前不得归档（闭环规则）。");
    if (order->promised_on > 0)
        say(out,
            arena_printf(ctx->arena, "Promised for %s: the citizen is asked again then.",
                         day_text(clock_day(order->promised_on), ctx->arena)),
            arena_printf(ctx->arena, "已承诺 %s 解决：届时再回访。",
                         day_text(clock_day(order->promised_on), ctx->arena)));
    if (order->failed_dispatches > 0)
        say(out,
            arena_printf(ctx->arena, "%d dispatches have failed%s.", order->failed_dispatches,
                         order->designated ? "; now the platform names the unit" : ""),
            arena_printf(ctx->arena, "派发未果 %d 次%s。", order->failed_dispatches,
                         order->designated ? "，由平台指定承办单位" : ""));
    if (order->coordination_due)
        say(out,
            arena_printf(ctx->arena, "Not satisfied for time %d: a coordination is due.",
                         case_unsatisfied_times(c)),
            arena_printf(ctx->arena, "第 %d 次不满意：须组织协调。", case_unsatisfied_times(c)));
    say_facts(c, ctx, out);
    say_needs(c, ctx, out);
    say_timers(c, ctx, out);
}

/* --- action, mask ----------------------------------------------------------------------------- */

void why_action(const struct order_case *c, const struct act_context *ctx, const char *action,
                struct why *out)
{
    struct problem problem = {.type = PROBLEM_NONE};
    const struct action_schema *schema = action_find(action);
    int64_t subject_id = 0;
    out->count = 0;
    if (lifecycle_check(c, ctx, action, &subject_id, &problem)) {
        say(out, arena_printf(ctx->arena, "“%s” is possible for you now.", schema->label.en),
            arena_printf(ctx->arena, "您现在可以“%s”。", schema->label.zh));
        return;
    }
    say(out, problem_text(&problem, LANGUAGE_EN, ctx->arena),
        problem_text(&problem, LANGUAGE_ZH, ctx->arena));
    if (!schema)
        return;
    for (size_t i = 0; i < lifecycle_row_count(); i++) {
        const struct lifecycle_row *row = lifecycle_row_at(i);
        if (row->by_timer || strcmp(row->action, action) != 0)
            continue;
        enum word_list list = row->subject == SUBJECT_ORDER        ? WORDS_ORDER_STATE
                              : row->subject == SUBJECT_ASSIGNMENT ? WORDS_ASSIGNMENT_STATE
                                                                   : WORDS_OBJECTION_STATE;
        struct bilingual states = {"", ""};
        for (int state = 0; state < words_count(list); state++)
            if (row->from & BIT(state)) {
                struct bilingual label = word_label(list, state);
                states.en = arena_printf(ctx->arena, "%s%s%s", states.en, states.en[0] ? ", " : "",
                                         label.en);
                states.zh = arena_printf(ctx->arena, "%s%s%s", states.zh, states.zh[0] ? "、" : "",
                                         label.zh);
            }
        struct bilingual roles = roles_label(row->roles, ctx->arena);
        say(out,
            arena_printf(ctx->arena, "“%s” belongs to %s, in the state %s%s%s.", schema->label.en,
                         roles.en, states.en, row->outcome[0] ? " → " : "", row->outcome),
            arena_printf(ctx->arena, "“%s”由%s在“%s”时进行。", schema->label.zh, roles.zh,
                         states.zh));
    }
}

void why_mask(const struct order_case *c, const struct act_context *ctx, struct why *out)
{
    uint32_t roles = ctx->actor.roles;
    out->count = 0;
    say(out,
        "Name, phone and identity number, plate and bank card are masked by the platform, in free "
        "text too (rule of personal data).",
        "姓名、电话、身份证号、车牌、银行卡号由平台统一脱敏，正文亦然（个人信息规则）。");
    if (c->order.confidential)
        say(out, "The order is confidential: the citizen is hidden from the unit altogether.",
            "本工单隐匿：承办单位不得知悉诉求人。");
    if (c->order.confidential && roles_unit_alone(roles))
        return;
    if (roles_reveal(roles)) {
        say(out, "You may reveal them with a reason; each reveal is recorded and audited.",
            "您可说明理由后查看；每次查看都会记录并接受审计。");
    } else {
        uint32_t may = 0;
        for (int role = 0; role < ROLE_COUNT; role++)
            may |= roles_reveal(BIT(role)) ? BIT(role) : 0;
        struct bilingual who = roles_label(may, ctx->arena);
        say(out, arena_printf(ctx->arena, "To reveal them needs one of the roles: %s.", who.en),
            arena_printf(ctx->arena, "查看须具备以下角色之一：%s。", who.zh));
    }
}
