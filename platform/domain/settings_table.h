/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings_table: every limit, window, cap and lifetime that an office may set, a row each:
 *
 *   X(section, kind, member, name, default, least, most, en, zh)
 *
 * A row of PLATFORM_SETTINGS makes its member of struct settings; one of POLICY_SETTINGS fills a
 * member of struct policy, one of ACCOUNT_SETTINGS one of struct account_policy. Default, least and
 * most are written as in the file. Kinds: LIMIT     struct limit: 24h natural hours, 3d working
 * days COUNT     int32_t: a number PERCENT   int32_t: 25% DURATION  int64_t, ms: 90s 15m 12h 60d,
 * days of 24 hours CHOICE    int32_t, the place in the list: `least` holds the choices, "a|b|c",
 * `most` is ""
 */
#ifndef PLATFORM_DOMAIN_SETTINGS_TABLE_H
#define PLATFORM_DOMAIN_SETTINGS_TABLE_H

/* clang-format off */
#define POLICY_SETTINGS(X) \
    X(limits, LIMIT, policy.by_kind[KIND_CONSULT], "consult", "1d", "1h", "60d", \
      "A question is answered within", "咨询类办结时限") \
    X(limits, LIMIT, policy.by_kind[KIND_HELP], "help", "3d", "1h", "60d", \
      "A request for help is settled within", "求助类办结时限") \
    X(limits, LIMIT, policy.by_kind[KIND_COMPLAINT], "complaint", "5d", "1h", "60d", \
      "A complaint is settled within", "投诉类办结时限") \
    X(limits, LIMIT, policy.by_kind[KIND_REPORT], "report", "5d", "1h", "60d", \
      "A report is settled within", "举报类办结时限") \
    X(limits, LIMIT, policy.by_kind[KIND_SUGGESTION], "suggestion", "5d", "1h", "60d", \
      "A suggestion is answered within", "建议类办结时限") \
    X(limits, LIMIT, policy.by_kind[KIND_PRAISE], "praise", "5d", "1h", "60d", \
      "Praise is passed on within", "表扬类办结时限") \
    X(limits, LIMIT, policy.complex_limit, "complex", "15d", "1h", "120d", \
      "A complex complaint or report is settled within", "复杂投诉、举报办结时限") \
    X(limits, LIMIT, policy.dispatch_default, "dispatch", "24h", "1h", "15d", \
      "A received order is dispatched within", "受理后派发时限") \
    X(limits, LIMIT, policy.dispatch_vital, "dispatch_vital", "2h", "1h", "15d", \
      "One about water, power, gas or heating is dispatched within", "供水、供电、供气、供暖类派发时限") \
    X(limits, LIMIT, policy.dispatch_life, "dispatch_life", "1h", "1h", "15d", \
      "One with life or safety at stake is dispatched within", "涉及生命安全的派发时限") \
    X(limits, LIMIT, policy.return_window, "return_window", "1d", "1h", "15d", \
      "A unit may return a misfiled order, or has signed it by rule, within", "退单及签收时限，期满视为签收") \
    X(limits, LIMIT, policy.return_window_complex, "return_window_complex", "2d", "1h", "15d", \
      "The same for a complex order", "复杂工单的退单及签收时限") \
    X(limits, LIMIT, policy.accept_reply, "accept_reply", "3d", "1h", "30d", \
      "A reply that nobody judged is accepted by rule after", "回复无人审核，期满视为通过") \
    X(limits, LIMIT, policy.archive_after, "archive", "3d", "1h", "60d", \
      "A concluded order is archived by itself after", "办结后自动归档时限") \
    X(limits, LIMIT, policy.opinion, "opinion", "2d", "1h", "30d", \
      "A member gives an opinion on an objection within", "联席成员对派单异议发表意见时限") \
    X(limits, LIMIT, policy.ruling, "ruling", "2d", "1h", "30d", \
      "After that the chair rules within; then the platform does", "此后牵头单位裁定时限，逾期由平台裁定") \
    X(limits, COUNT, policy.ahead_days, "ahead", "366", "7", "3660", \
      "A promise or a review date lies at most so many days ahead", "承诺日期、复核日期最多可定在多少天之内") \
    X(cards, COUNT, policy.yellow_days, "yellow_days", "1", "0", "10", \
      "A limit in working days is yellow so many working days before its end", "以工作日计的时限提前几个工作日亮黄牌") \
    X(cards, PERCENT, policy.yellow_share, "yellow_share", "25%", "1%", "99%", \
      "A limit in hours is yellow for this last part of it", "以小时计的时限在最后多大比例内亮黄牌") \
    X(dispatch, COUNT, policy.designate_after, "designate_after", "3", "1", "20", \
      "After so many failed dispatches the platform designates the unit", "派发未果几次后由平台指定承办单位") \
    X(dispatch, COUNT, policy.extension_cap, "extension_cap", "10", "0", "120", \
      "An order is extended by at most so many working days in all", "每单累计延期最多几个工作日") \
    X(callback, COUNT, policy.unreached_attempts, "unreached_attempts", "3", "1", "20", \
      "“Not reached” needs so many attempts", "“未接通”结案至少回访几次") \
    X(callback, COUNT, policy.unreached_days, "unreached_days", "2", "1", "20", \
      "… on so many days", "……分布在几日") \
    X(callback, COUNT, policy.notice_after, "notice_after", "2", "1", "20", \
      "A supervision notice follows by itself when the citizen is not satisfied for the n-th time", "第几次不满意时自动发出督办通知") \
    X(callback, COUNT, policy.coordination_after, "coordination_after", "3", "1", "20", \
      "A coordination is due from the n-th time on", "第几次不满意起须组织协调")

#define ACCOUNT_SETTINGS(X) \
    X(passwords, COUNT, account.attempts, "attempts", "5", "3", "50", \
      "A login is locked after so many wrong passwords", "密码错误多少次后锁定账号") \
    X(passwords, DURATION, account.attempts_ms, "attempts_within", "15m", "1m", "24h", \
      "… within", "……在多长时间内") \
    X(passwords, DURATION, account.lock_ms, "lock", "15m", "1m", "24h", \
      "It stays locked for", "锁定时长") \
    X(passwords, COUNT, account.password_least, "least", "10", "8", "64", \
      "Characters that a password has at least", "密码最少字符数") \
    X(passwords, COUNT, account.password_kept, "kept", "3", "1", "10", \
      "A new password is none of the last", "新密码不得与最近几次相同") \
    X(passwords, DURATION, account.password_ms, "age", "0d", "0d", "3650d", \
      "A password must be changed after; 0d: never", "密码多久后须更换，0d 为不限") \
    X(sessions, DURATION, account.token_ms, "lifetime", "12h", "5m", "30d", \
      "A login lasts, unless it is renewed", "登录有效期（到期前可续期）") \
    X(sessions, DURATION, account.idle_ms, "idle", "4h", "5m", "30d", \
      "It ends when nothing was asked for", "多久无操作即退出登录") \
    X(sessions, DURATION, account.session_ms, "longest", "24h", "5m", "30d", \
      "It ends, however often renewed, after", "续期后登录最长时长") \
    X(sessions, DURATION, account.grace_ms, "grace", "60s", "1s", "10m", \
      "A renewed token still serves for", "续期后旧令牌保留时间") \
    X(sessions, COUNT, account.sessions, "most", "20", "1", "1000", \
      "Logins of one account at a time; the oldest ends for one more", "每个账号同时登录数上限，超出时最早的退出")

#define PLATFORM_SETTINGS(X) \
    X(sessions, COUNT, hashing_queue, "password_queue", "64", "4", "4096", \
      "So many password checks may wait; who comes then is asked to try again", "同时排队的密码校验数，超出者请稍后再试") \
    X(rates, COUNT, account_rate, "account_rate", "200", "1", "100000", \
      "Requests a second that one account may send in the long run", "每个账号每秒请求数（长期平均）") \
    X(rates, COUNT, account_burst, "account_burst", "2000", "10", "1000000", \
      "Requests that one account may send at once", "每个账号可突发的请求数") \
    X(rates, COUNT, address_rate, "address_rate", "20", "1", "100000", \
      "Requests without a valid login (logins too) a second from one address", "每个地址每秒未登录的请求数（含登录）") \
    X(rates, COUNT, address_burst, "address_burst", "200", "5", "1000000", \
      "Such requests that one address may send at once", "每个地址可突发的未登录请求数") \
    X(http, COUNT, body_kib, "body_kib", "1024", "16", "65536", \
      "Largest body of a request, KiB", "请求体上限（KiB）") \
    X(http, DURATION, connection_timeout_ms, "connection_timeout", "60s", "5s", "1h", \
      "A connection on which nothing moves is closed after", "连接空闲多久后关闭") \
    X(http, DURATION, feed_heartbeat_ms, "feed_heartbeat", "60s", "1s", "2m", \
      "The change feed says something at least so often", "变更推送的心跳间隔") \
    X(http, DURATION, feed_wait_ms, "feed_wait", "60s", "1s", "10m", \
      "A long poll of the changes waits at most", "长轮询最长等待") \
    X(http, COUNT, feed_backlog, "feed_backlog", "10000", "1000", "1000000", \
      "A console that missed more changes than this reads its lists again", "控制台错过的变更多于此数时重新读取列表") \
    X(pages, COUNT, page_orders, "orders", "50", "1", "200", \
      "Orders on a page when none is asked for by number", "工单列表默认每页条数") \
    X(pages, COUNT, page_candidates, "candidates", "10", "1", "50", \
      "Candidates of a completion when none is asked for by number", "补全默认候选条数") \
    X(pages, COUNT, caller_orders, "caller_orders", "10", "1", "50", \
      "Earlier orders of a caller that are shown", "来电人历史工单显示条数") \
    X(hints, COUNT, hints_score, "score", "25", "1", "100", \
      "An order with this likeness is shown as a possible duplicate", "相似度达到多少时提示疑似重复") \
    X(hints, COUNT, hints_compared, "compared", "4000", "100", "100000", \
      "So many of the newest open orders are compared, and as many concluded ones", "与最近多少件未办结（及已办结）工单比对") \
    X(hints, DURATION, hints_concluded_ms, "concluded", "30d", "0d", "3650d", \
      "Orders that were concluded longer ago are no duplicates", "办结多久后不再视为重复") \
    X(hints, DURATION, hints_logged_ms, "logged", "10m", "0d", "24h", \
      "Hints for a caller are logged as one search of an account within", "同一账号对同一来电人的提示在多长时间内只记一次查询") \
    X(kept, DURATION, answers_kept_ms, "answers", "60d", "1d", "3650d", \
      "A change that is sent again under the same key is answered the same for", "同一幂等键重复提交得到相同答复的期限") \
    X(kept, DURATION, seal_ms, "seal", "1m", "1s", "60m", \
      "Events are sealed with a signed root so often", "多久对新事件签名封存一次") \
    X(kept, DURATION, anonymise_least_ms, "anonymise_least", "365d", "30d", "3650d", \
      "Citizens and their words are kept for at least, from the end of their order", "工单办结后诉求人信息和原文至少保存多久") \
    X(log, CHOICE, log_level, "level", "info", "error|warning|info|debug", "", \
      "Lines below this level are not written", "日志级别，低于此级别的不记录")

#define SETTINGS(X) POLICY_SETTINGS(X) ACCOUNT_SETTINGS(X) PLATFORM_SETTINGS(X)
/* clang-format on */

#endif
