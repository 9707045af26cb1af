/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens to the demonstration orders. */
#include "platform/demo/demo_sim.h"
#include <string.h>

/* clang-format off */
static const struct demo_step steps[] = {
    /* intake and dispatch */
    {"submit",      "submit",           "operator*",   PACE_MINUTES,   2,   9, false, "note=$note"},
    {"answer",      "answer",           "operator*",   PACE_MINUTES,   4,  15, false, "answer=@reply"},
    {"dispatch",    "dispatch",         "dispatcher*", PACE_DISPATCH,  4,  40, false, "unit=%right note=$dispatch"},
    {"dispatch+",   "dispatch",         "dispatcher*", PACE_DISPATCH,  4,  40, false, "unit=%right co_units=%other note=$dispatch"},
    {"dispatch!",   "dispatch",         "dispatcher*", PACE_DISPATCH,  4,  40, false, "unit=%other note=$dispatch"},
    {"reject",      "reject",           "dispatcher*", PACE_MINUTES,  20, 200, true,  "reason=$reject"},
    {"withdraw",    "withdraw",         "operator*",   PACE_MINUTES, 120, 900, false, "reason=$withdraw"},
    {"transfer",    "transfer",         "dispatcher*", PACE_MINUTES,  30, 300, true,  "to=$transfer_to reason=$transfer"},
    {"merge",       "merge",            "dispatcher*", PACE_MINUTES,   5,  15, false, "target=%target"},
    /* the unit */
    {"sign",        "sign",             "lead",       PACE_SIGN,      2,  20, true,  ""},
    {"handle",      "handle",           "lead",       PACE_DUE,       4,  18, true,  "result=@result"},
    {"handle~",     "handle",           "lead",       PACE_AFTER_SIGN, 30, 300, true, "result=@result"},
    {"reply",       "reply",            "lead",       PACE_DUE,      10,  45, true,  "reply=@reply"},
    {"late",        "reply",            "lead",       PACE_LATE,    100, 4000, true, "reply=@reply"},
    {"again",       "handle",           "lead",       PACE_DUE,       8,  20, true,  "result=$second_result"},
    {"reply2",      "reply",            "lead",       PACE_DUE,      10,  40, true,  "reply=$second_reply"},
    {"csign",       "sign",             "co",         PACE_MINUTES,  20, 200, true,  ""},
    {"chandle",     "handle",           "co",         PACE_MINUTES,  60, 300, true,  "result=$co_result"},
    {"creply",      "reply",            "co",         PACE_MINUTES,  60, 300, true,  "reply=$co_reply"},
    {"accept",      "accept_reply",     "dispatcher*", PACE_ORDER,     2,  12, true,  ""},
    {"refuse",      "refuse_reply",     "supervisor*", PACE_ORDER,     2,  10, true,  "reason=$refuse_reply"},
    {"return",      "ask_return",       "lead",       PACE_MINUTES,  15, 150, true,  "reason=wrong_place note=$ask_return"},
    {"return_ok",   "accept_return",    "dispatcher*", PACE_MINUTES,  20, 150, false, "note=$accept_return"},
    {"return_no",   "refuse_return",    "dispatcher*", PACE_MINUTES,  20, 150, false, "reason=$refuse_return"},
    {"extend",      "ask_extension",    "lead",       PACE_DUE,      20,  50, true,  "days=3 reason=$ask_extension"},
    {"grant",       "grant_extension",  "supervisor*", PACE_MINUTES,  30, 240, true,  "days=3 note=$grant"},
    {"extend_no",   "refuse_extension", "supervisor*", PACE_MINUTES,  30, 240, true,  "reason=$refuse_extension"},
    /* objection */
    {"object",      "object",           "lead",       PACE_MINUTES,  30, 240, true,  "reason=$object proposed_unit=%other"},
    {"object!",     "object",           "lead",       PACE_MINUTES,  30, 240, true,  "reason=$object proposed_unit=%right"},
    {"opinion",     "opinion",          "conference2", PACE_MINUTES, 60, 400, true,  "opinion=$opinion"},
    {"opinion3",    "opinion",          "conference3", PACE_MINUTES, 60, 400, true,  "opinion=$opinion"},
    {"upheld",      "rule",             "conference", PACE_MINUTES, 120, 600, true,  "outcome=upheld reason=$uphold"},
    {"moved",       "rule",             "conference", PACE_MINUTES, 120, 600, true,  "outcome=moved unit=%right reason=$move"},
    /* the citizen */
    {"ok",          "callback",         "callback*",   PACE_ORDER,    10,  50, true, "reached=1 solved=1 satisfied=1 note=$ok"},
    {"ok~",         "callback",         "callback*",   PACE_AFTER_ACCEPT, 60, 900, true, "reached=1 solved=1 satisfied=1 note=$ok"},
    {"kept",        "callback",         "callback*",   PACE_AFTER_PROMISE, 540, 900, true, "reached=1 solved=1 satisfied=1 note=$ok"},
    {"broken",      "callback",         "callback*",   PACE_AFTER_PROMISE, 540, 900, true, "reached=1 solved=0 satisfied=0 note=$no"},
    {"no",          "callback",         "callback*",   PACE_ORDER,    10,  50, true, "reached=1 solved=0 satisfied=0 note=$no"},
    {"grumble",     "callback",         "callback*",   PACE_ORDER,    10,  50, true, "reached=1 solved=1 satisfied=0 note=$no"},
    {"missed",      "callback",         "callback*",   PACE_MINUTES, 300, 1500, true, "reached=0 note=$missed"},
    {"promised",    "callback",         "callback*",   PACE_ORDER,    10,  50, true, "reached=1 promised_on=+5 note=$promised"},
    {"promised20",  "callback",         "callback*",   PACE_ORDER,    10,  50, true, "reached=1 promised_on=+20 note=$promised"},
    {"rang_ok",     "citizen_says",     "operator*",   PACE_MINUTES, 100,  900, false, "what=solved satisfied=1 words=$rang_ok"},
    {"urge",        "citizen_says",     "operator*",   PACE_MINUTES, 300, 1400, false, "what=urge words=$urge"},
    {"supplement",  "citizen_says",     "operator*",   PACE_MINUTES,  30,  300, false, "what=supplement words=$supplement"},
    /* the 1 and the N */
    {"notice",      "supervise",        "n",          PACE_MINUTES,  60, 600, true,  "form=notice text=$supervise_notice"},
    {"coordinate",  "supervise",        "n",          PACE_MINUTES,  60, 600, true,  "form=coordination text=$supervise_coordination"},
    {"visit",       "supervise",        "supervisor*", PACE_MINUTES,  60, 600, true,  "form=visit text=$supervise_visit"},
    {"self_check",  "supervise",        "supervisor*", PACE_MINUTES,  60, 600, true,  "form=self_check text=$supervise_self_check"},
    {"suspend",     "suspend",          "supervisor*", PACE_MINUTES, 100, 900, true,  "review_on=+30 reason=$suspend"},
    {"suspend10",   "suspend",          "supervisor*", PACE_MINUTES, 100, 900, true,  "review_on=+10 reason=$suspend"},
    {"resume",      "resume",           "supervisor*", PACE_MINUTES, 4000, 9000, true, "note=$resume"},
    {"unreached",   "close_unreached",  "supervisor*", PACE_MINUTES,  60, 900, true,  "note=$unreached"},
    {"decision",    "close_decision",   "supervisor*", PACE_MINUTES, 200, 2000, true, "reason=$decision"},
    {"archive",     "archive",          "callback*",   PACE_MINUTES, 200, 1200, true, ""},
};

/* The whole way to the citizen's callback, and a second time. */
#define ROUND "submit dispatch sign handle reply accept "
#define AGAIN "sign again reply2 accept "

const struct demo_script demo_scripts[] = {
    /* what is over */
    {"answered_long_ago", 24, 500, 150, 1430, 0, 0, TRAIT_ASK | TRAIT_OVER, "", "", "answer"},
    {"archived", 33, 252, 340, 1420, 0, 0, TRAIT_OVER, "", "", ROUND "ok archive"},
    {"archived_by_rule", 6, 40, 340, 1420, 0, 0, TRAIT_OVER, "", "", ROUND "ok"},
    {"urged", 8, 44, 340, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER | TRAIT_LEADS, "", "", "submit dispatch sign urge supplement handle reply accept ok archive"},
    {"together", 10, 22, 340, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER | TRAIT_LEADS, "", "", "submit dispatch+ sign csign handle chandle creply reply accept ok archive"},
    {"second_time", 12, 24, 600, 1420, 0, 0, TRAIT_OVER, "", "", ROUND "no " AGAIN "ok archive"},
    {"second_supervised", 4, 6, 600, 1420, 0, 0, TRAIT_OVER, "", "", ROUND "grumble notice " AGAIN "ok archive"},
    {"third_time", 3, 3, 900, 1420, 0, 0, TRAIT_OVER, "", "", ROUND "no " AGAIN "no coordinate " AGAIN "rang_ok archive"},
    {"promise_kept", 5, 12, 600, 1420, 0, 0, TRAIT_OVER, "", "", ROUND "promised kept archive"},
    {"promise_broken", 3, 3, 700, 1420, 0, 0, TRAIT_OVER, "", "", ROUND "promised broken visit " AGAIN "ok archive"},
    {"rang", 5, 12, 340, 1420, 0, 0, TRAIT_OVER, "", "", ROUND "rang_ok archive"},
    {"unreached", 4, 12, 500, 1420, 0, 0, TRAIT_OVER, "", "", ROUND "missed missed missed unreached archive"},
    {"decided", 3, 3, 500, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", ROUND "no " AGAIN "decision archive"},
    {"upheld", 4, 3, 500, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", "submit dispatch sign handle object opinion upheld reply accept ok archive"},
    {"moved", 4, 4, 600, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", "submit dispatch! sign handle object! opinion opinion3 moved sign handle reply accept ok archive"},
    {"returned", 5, 22, 340, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", "submit dispatch! return return_ok dispatch sign handle reply accept ok archive"},
    {"return_refused", 3, 5, 340, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", "submit dispatch return return_no sign handle reply accept ok archive"},
    {"extended", 5, 15, 500, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER | TRAIT_LEADS, "", "", "submit dispatch sign handle extend grant reply accept ok archive"},
    {"not_extended", 2, 3, 500, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", "submit dispatch sign handle extend extend_no late accept ok archive"},
    {"late", 8, 12, 500, 1420, 0, 0, TRAIT_OVER, "", "", "submit dispatch sign handle late self_check accept ok archive"},
    {"reply_refused", 4, 10, 500, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER | TRAIT_LEADS, "", "", "submit dispatch sign handle reply refuse reply2 accept ok archive"},
    {"by_rule", 5, 8, 600, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", "submit dispatch handle~ reply ok~ archive"},
    {"was_suspended", 2, 3, 700, 1420, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", "submit dispatch sign handle suspend resume reply accept ok archive"},
    {"transferred", 4, 10, 100, 1300, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", "submit transfer"},
    {"rejected", 5, 24, 100, 1400, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", "submit reject"},
    {"withdrawn", 5, 15, 100, 1400, 0, 0, TRAIT_DAYS | TRAIT_OVER, "", "", "submit dispatch sign withdraw"},
    /* what is going on */
    {"suspended", 4, 0, 20, 60, 600, 9000, TRAIT_DAYS, "", "", "submit dispatch sign handle suspend"},
    {"suspended_late", 2, 0, 30, 80, 600, 9000, TRAIT_DAYS, "", "", ROUND "suspend"},
    {"back_from_suspense", 2, 0, 700, 1000, 0, 0, TRAIT_DAYS, "", "", "submit dispatch sign handle suspend10"},
    {"signed", 6, 0, 6, 24, 180, 400, TRAIT_DAYS, "", "", "submit dispatch sign"},
    {"merged", 10, 30, 0, 0, 0, 0, TRAIT_FOLLOWS, "", "", "submit merge"},
    {"received", 5, 0, 0, 1, 0, 0, 0, "", "", ""},
    {"answered", 6, 60, 2, 30, 0, 0, TRAIT_ASK, "", "", "answer"},
    {"to_dispatch", 7, 0, 1, 7, 0, 0, TRAIT_DAYS, "", "", "submit"},
    {"to_dispatch_now", 2, 0, 0, 1, 0, 0, 0, "010101 010201 0104", "", "submit"},
    {"dispatch_overdue", 2, 0, 4, 9, 0, 0, 0, "0101 0102", "", "submit"},
    {"designate", 1, 0, 60, 80, 20, 90, TRAIT_DAYS, "", "", "submit dispatch! return return_ok dispatch! return return_ok dispatch! return return_ok"},
    {"offered", 4, 0, 1, 6, 15, 120, 0, "", "", "submit dispatch"},
    {"offered_water", 3, 0, 1, 2, 10, 50, 0, "0101", "", "submit dispatch"},
    {"offered_order", 2, 0, 1, 6, 15, 120, 0, "0201 0202 0204", "420281001 420281002 420281003", "submit dispatch"},
    {"offered_street", 2, 0, 1, 6, 15, 120, 0, "010501 080203 020504 120201 1004 0901", "420281003", "submit dispatch"},
    {"signed_water", 1, 0, 2, 5, 60, 200, 0, "0101", "", "submit dispatch sign"},
    {"signed_street", 2, 0, 9, 26, 60, 400, TRAIT_DAYS, "010501 080203 020504 120201 1004 0901", "420281003", "submit dispatch sign"},
    {"handling", 4, 0, 20, 40, 60, 300, TRAIT_DAYS, "", "", "submit dispatch sign handle"},
    {"handling_water", 3, 0, 3, 10, 60, 300, 0, "0101", "", "submit dispatch sign handle"},
    {"handling_order", 2, 0, 24, 40, 60, 300, TRAIT_DAYS, "02", "", "submit dispatch sign handle"},
    {"handling_yellow", 4, 0, 0, 0, 0, 0, TRAIT_YELLOW | TRAIT_DAYS, "", "", "submit dispatch sign handle"},
    {"handling_red", 4, 0, 220, 400, 0, 0, 0, "", "", "submit dispatch sign urge handle notice"},
    {"replied", 6, 0, 20, 50, 30, 500, TRAIT_DAYS, "", "", "submit dispatch sign handle reply"},
    {"replied_water", 2, 0, 4, 12, 30, 200, 0, "0101", "", "submit dispatch sign handle reply"},
    {"return_asked", 3, 0, 4, 16, 20, 150, TRAIT_DAYS, "", "", "submit dispatch! return"},
    {"extension_asked", 3, 0, 20, 44, 30, 400, TRAIT_DAYS, "", "", "submit dispatch sign handle extend"},
    {"objection", 2, 0, 24, 60, 60, 600, TRAIT_DAYS, "", "", "submit dispatch! sign handle object!"},
    {"objection_heard", 2, 0, 40, 80, 60, 400, TRAIT_DAYS, "", "", "submit dispatch! sign handle object! opinion opinion3"},
    {"objection_replied", 1, 0, 50, 80, 60, 400, TRAIT_DAYS, "", "", "submit dispatch sign handle object reply accept"},
    {"again_offered", 2, 0, 50, 100, 60, 400, TRAIT_DAYS, "", "", ROUND "no"},
    {"again_handling", 3, 0, 90, 160, 60, 600, TRAIT_DAYS, "", "", ROUND "no notice sign again"},
    {"again_callback", 1, 0, 110, 200, 60, 600, TRAIT_DAYS, "", "", ROUND "no sign again reply2 accept"},
    {"third_offered", 2, 0, 160, 260, 60, 500, TRAIT_DAYS, "", "", ROUND "no " AGAIN "no"},
    {"callback", 5, 0, 30, 70, 60, 600, TRAIT_DAYS, "", "", "submit dispatch sign handle reply accept"},
    {"callback_missed", 2, 0, 60, 110, 60, 500, TRAIT_DAYS, "", "", ROUND "missed missed"},
    {"promised", 4, 0, 40, 90, 300, 6000, TRAIT_DAYS, "", "", ROUND "promised20"},
    {"concluded", 5, 10, 30, 76, 60, 1400, TRAIT_DAYS, "", "", ROUND "ok"},
    {"concluded_quick", 2, 14, 7, 14, 60, 1400, 0, "0101 0102 010402", "", ROUND "ok"},
    {"concluded_rang", 1, 0, 30, 76, 60, 1400, TRAIT_DAYS, "", "", ROUND "rang_ok"},
};
const size_t demo_script_count = sizeof demo_scripts / sizeof demo_scripts[0];
/* clang-format on */

const struct demo_step *demo_step_find(const char *token, size_t length)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (strlen(steps[i].token) == length && strncmp(steps[i].token, token, length) == 0)
            return &steps[i];
    return NULL;
}
