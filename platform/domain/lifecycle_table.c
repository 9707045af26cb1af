/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The three life-cycles as one table. Rows of the same action are alternatives: the first whose
 * state, role, guards and outcome fit is taken. */
#include "platform/domain/lifecycle_private.h"

/* clang-format off */
#define O(id) BIT(ORDER_##id)
#define A(id) BIT(ASSIGNMENT_##id)
#define J(id) BIT(OBJECTION_##id)
#define R(id) BIT(ROLE_##id)

#define OPEN_STATES (O(RECEIVED) | O(TO_DISPATCH) | O(IN_HAND) | O(CALLBACK))
#define LIVE_STATES (OPEN_STATES | O(SUSPENDED))
#define OBJECTABLE (O(IN_HAND) | O(CALLBACK) | O(SUSPENDED) | O(CONCLUDED))
#define JUDGES (R(DISPATCHER) | R(SUPERVISOR))
#define STAYS (-1)

#define ORDER_ROW(from, action, roles, outcome, to, guards, effects) \
    {SUBJECT_ORDER, from, action, false, roles, outcome, to, 0, guards, effects}
#define ORDER_TIMER(from, action, to, guards, effects) \
    {SUBJECT_ORDER, from, action, true, 0, "", to, 0, guards, effects}
#define HAND_ROW(from, action, roles, to, guards, effects) \
    {SUBJECT_ASSIGNMENT, from, action, false, roles, "", to, O(IN_HAND), guards, effects}
#define HAND_TIMER(from, action, to, effects) \
    {SUBJECT_ASSIGNMENT, from, action, true, 0, "", to, O(IN_HAND), G(CURRENT), effects}
#define OBJECTION_ROW(action, roles, outcome, to, guards, effects) \
    {SUBJECT_OBJECTION, J(RAISED) | J(OPINIONS), action, false, roles, outcome, to, 0, guards, effects}

static const struct lifecycle_row rows[] = {
    /* --- order: intake --------------------------------------------------------------------------- */
    ORDER_ROW(O(DRAFT), "receive", R(OPERATOR), "", ORDER_RECEIVED, 0, 0),
    ORDER_ROW(O(RECEIVED), "answer", R(OPERATOR), "", ORDER_ANSWERED, 0, E(ANSWER) | E(CONCLUDE)),
    ORDER_ROW(O(RECEIVED) | O(TO_DISPATCH), "classify", R(OPERATOR) | R(DISPATCHER), "", STAYS, 0, E(CLASSIFY)),
    ORDER_ROW(O(RECEIVED), "submit", R(OPERATOR), "", ORDER_TO_DISPATCH, G(CLASSIFIED), 0),
    ORDER_ROW(O(RECEIVED) | O(TO_DISPATCH), "reject", R(OPERATOR) | R(DISPATCHER), "", ORDER_REJECTED, 0, E(CLOSE)),
    ORDER_ROW(LIVE_STATES, "withdraw", R(OPERATOR), "", ORDER_WITHDRAWN, 0, E(CLOSE)),
    /* --- order: dispatch ------------------------------------------------------------------------- */
    ORDER_ROW(O(TO_DISPATCH), "dispatch", R(DISPATCHER), "", ORDER_IN_HAND, G(CLASSIFIED) | G(NOT_DESIGNATED), E(ASSIGN)),
    ORDER_ROW(O(TO_DISPATCH), "dispatch", R(SUPERVISOR), "", ORDER_IN_HAND, G(CLASSIFIED) | G(DESIGNATED), E(ASSIGN)),
    ORDER_ROW(O(TO_DISPATCH), "transfer", JUDGES, "", ORDER_TRANSFERRED, 0, E(CLOSE)),
    ORDER_ROW(O(IN_HAND) | O(CALLBACK), "transfer", R(SUPERVISOR), "", ORDER_TRANSFERRED, G(NOT_OWN), E(CLOSE)),
    ORDER_ROW(O(RECEIVED) | O(TO_DISPATCH), "merge", R(DISPATCHER), "", ORDER_MERGED, G(TARGET), E(CLOSE) | E(MERGE)),
    ORDER_ROW(O(MERGED), "unmerge", R(DISPATCHER), "", ORDER_TO_DISPATCH, G(TARGET_OPEN), E(REOPEN)),
    /* --- order: suspension and supervision ------------------------------------------------------- */
    ORDER_ROW(O(IN_HAND) | O(CALLBACK), "suspend", R(SUPERVISOR), "", ORDER_SUSPENDED, G(NOT_OWN), E(SUSPEND)),
    ORDER_ROW(O(SUSPENDED), "resume", R(SUPERVISOR), "", ORDER_IN_HAND, G(FROM_IN_HAND), E(RESUME)),
    ORDER_ROW(O(SUSPENDED), "resume", R(SUPERVISOR), "", ORDER_CALLBACK, G(FROM_CALLBACK), E(RESUME)),
    ORDER_TIMER(O(SUSPENDED), "review_on", ORDER_IN_HAND, G(FROM_IN_HAND), E(RESUME)),
    ORDER_TIMER(O(SUSPENDED), "review_on", ORDER_CALLBACK, G(FROM_CALLBACK), E(RESUME)),
    ORDER_ROW(O(TO_DISPATCH) | O(IN_HAND) | O(CALLBACK) | O(SUSPENDED), "supervise", R(SUPERVISOR), "", STAYS, 0, E(SUPERVISE)),
    /* --- order: callback and conclusion ---------------------------------------------------------- */
    ORDER_ROW(O(CALLBACK), "callback", R(CALLBACK), "satisfied", ORDER_CONCLUDED, G(NOT_OWN), E(FACTS) | E(CONCLUDE)),
    ORDER_ROW(O(CALLBACK), "callback", R(CALLBACK), "promised", STAYS, G(NOT_OWN), E(FACTS) | E(PROMISE)),
    ORDER_ROW(O(CALLBACK), "callback", R(CALLBACK), "unsatisfied", ORDER_IN_HAND, G(NOT_OWN), E(FACTS) | E(SECOND)),
    ORDER_ROW(O(CALLBACK), "callback", R(CALLBACK), "unreached", STAYS, G(NOT_OWN), E(FACTS)),
    ORDER_TIMER(O(CALLBACK), "promise_on", STAYS, 0, E(PROMISE)),
    ORDER_ROW(O(CALLBACK), "citizen_says", R(OPERATOR), "solved", ORDER_CONCLUDED, G(NOT_OWN), E(FACTS) | E(CONCLUDE)),
    ORDER_ROW(O(CALLBACK), "citizen_says", R(OPERATOR), "unsatisfied", ORDER_IN_HAND, G(NOT_OWN), E(FACTS) | E(SECOND)),
    ORDER_ROW(LIVE_STATES, "citizen_says", R(OPERATOR), "noted", STAYS, 0, E(NOTE)),
    ORDER_ROW(O(CALLBACK), "close_unreached", R(SUPERVISOR), "", ORDER_CONCLUDED, G(NOT_OWN) | G(ATTEMPTS), E(CONCLUDE)),
    ORDER_ROW(O(CALLBACK), "close_decision", R(SUPERVISOR), "", ORDER_CONCLUDED, G(NOT_OWN), E(CONCLUDE)),
    ORDER_ROW(O(CONCLUDED) | O(ANSWERED), "archive", R(SUPERVISOR) | R(CALLBACK), "", ORDER_ARCHIVED, G(HEALED), E(CLOSE)),
    ORDER_TIMER(O(CONCLUDED) | O(ANSWERED), "archive_on", ORDER_ARCHIVED, G(HEALED), E(CLOSE)),
    /* --- order: clocks --------------------------------------------------------------------------- */
    ORDER_TIMER(O(RECEIVED) | O(TO_DISPATCH), "dispatch_by", STAYS, 0, 0),
    ORDER_TIMER(OPEN_STATES, "yellow_on", STAYS, 0, E(CARD)),
    ORDER_TIMER(OPEN_STATES, "red_on", STAYS, 0, E(CARD)),

    /* --- assignment: the unit's work ------------------------------------------------------------- */
    HAND_ROW(A(OFFERED), "sign", R(HANDLER), ASSIGNMENT_SIGNED, G(UNIT) | G(CURRENT), E(SIGN)),
    HAND_TIMER(A(OFFERED), "sign_by", ASSIGNMENT_SIGNED, E(SIGN)),
    HAND_ROW(A(SIGNED) | A(HANDLING), "handle", R(HANDLER), ASSIGNMENT_HANDLING, G(UNIT) | G(CURRENT), E(RESULT)),
    HAND_ROW(A(SIGNED) | A(HANDLING), "reply", R(HANDLER), ASSIGNMENT_REPLIED, G(UNIT) | G(CURRENT), E(RESULT) | E(REPLY) | E(FINISH)),
    HAND_ROW(A(REPLIED), "accept_reply", JUDGES, ASSIGNMENT_ACCEPTED, G(NOT_OWN) | G(CURRENT), E(END_ASSIGNMENT) | E(FINISH)),
    HAND_TIMER(A(REPLIED), "accept_by", ASSIGNMENT_ACCEPTED, E(END_ASSIGNMENT) | E(FINISH)),
    HAND_ROW(A(REPLIED), "refuse_reply", JUDGES, ASSIGNMENT_HANDLING, G(NOT_OWN) | G(CURRENT), E(REFUSE_REPLY)),
    /* --- assignment: return ---------------------------------------------------------------------- */
    HAND_ROW(A(OFFERED) | A(SIGNED), "ask_return", R(HANDLER), STAYS, G(UNIT) | G(CURRENT) | G(NOT_DESIGNATED) | G(FIRST_TIME) | G(NO_RETURN) | G(WINDOW), E(ASK_RETURN)),
    HAND_ROW(A(OFFERED) | A(SIGNED), "accept_return", R(DISPATCHER), ASSIGNMENT_RETURNED, G(CURRENT) | G(RETURN_ASKED) | G(LEAD), E(END_ASSIGNMENT) | E(RETURN_LEAD)),
    HAND_ROW(A(OFFERED) | A(SIGNED), "accept_return", R(DISPATCHER), ASSIGNMENT_RETURNED, G(CURRENT) | G(RETURN_ASKED) | G(CO), E(END_ASSIGNMENT) | E(FINISH)),
    HAND_ROW(A(OFFERED) | A(SIGNED), "refuse_return", R(DISPATCHER), STAYS, G(CURRENT) | G(RETURN_ASKED), E(CLEAR_RETURN)),
    HAND_ROW(A(OFFERED) | A(SIGNED) | A(HANDLING), "release", R(DISPATCHER), ASSIGNMENT_WITHDRAWN, G(CURRENT) | G(CO), E(END_ASSIGNMENT) | E(FINISH)),
    /* --- assignment: extension ------------------------------------------------------------------- */
    HAND_ROW(A(SIGNED) | A(HANDLING), "ask_extension", R(HANDLER), STAYS, G(UNIT) | G(CURRENT) | G(NO_EXTENSION) | G(EXTENSION_LEFT) | G(BEFORE_DUE), E(ASK_EXTENSION)),
    HAND_ROW(A(SIGNED) | A(HANDLING), "grant_extension", R(SUPERVISOR), STAYS, G(CURRENT) | G(EXTENSION_ASKED) | G(NOT_OWN), E(GRANT_EXTENSION)),
    HAND_ROW(A(SIGNED) | A(HANDLING), "refuse_extension", R(SUPERVISOR), STAYS, G(CURRENT) | G(EXTENSION_ASKED) | G(NOT_OWN), E(REFUSE_EXTENSION)),
    /* --- assignment: objection ------------------------------------------------------------------- */
    {SUBJECT_ASSIGNMENT, A(SIGNED) | A(HANDLING) | A(REPLIED) | A(ACCEPTED), "object", false, R(HANDLER), "", STAYS, OBJECTABLE,
     G(UNIT) | G(CURRENT) | G(NOT_DESIGNATED) | G(ONCE) | G(RESULT), E(OBJECT)},
    /* --- assignment: clocks ---------------------------------------------------------------------- */
    HAND_TIMER(A(OFFERED) | A(SIGNED) | A(HANDLING), "yellow_on", STAYS, E(CARD)),
    HAND_TIMER(A(OFFERED) | A(SIGNED) | A(HANDLING), "red_on", STAYS, E(CARD)),

    /* --- objection: beside the order, whatever its state ----------------------------------------- */
    OBJECTION_ROW("opinion", R(CONFERENCE), "", OBJECTION_OPINIONS, 0, E(NOTE)),
    {SUBJECT_OBJECTION, J(RAISED) | J(OPINIONS), "opinion_by", true, 0, "", OBJECTION_OPINIONS, 0, 0, 0},
    OBJECTION_ROW("rule", R(CONFERENCE), "upheld", OBJECTION_RULED, G(NOT_OWN), E(RULE)),
    OBJECTION_ROW("rule", R(CONFERENCE), "moved", OBJECTION_RULED, G(NOT_OWN), E(RULE) | E(MOVE)),
    OBJECTION_ROW("rule", R(SUPERVISOR), "upheld", OBJECTION_RULED, G(NOT_OWN) | G(RULING_LATE), E(RULE)),
    OBJECTION_ROW("rule", R(SUPERVISOR), "moved", OBJECTION_RULED, G(NOT_OWN) | G(RULING_LATE), E(RULE) | E(MOVE)),
    {SUBJECT_OBJECTION, J(RAISED) | J(OPINIONS), "rule_by", true, 0, "", STAYS, 0, 0, 0},
    OBJECTION_ROW("withdraw_objection", R(HANDLER), "", OBJECTION_WITHDRAWN, G(UNIT), 0),
};
/* clang-format on */

size_t lifecycle_row_count(void)
{
    return sizeof rows / sizeof rows[0];
}

const struct lifecycle_row *lifecycle_row_at(size_t i)
{
    return i < lifecycle_row_count() ? &rows[i] : NULL;
}

bool order_state_final(enum order_state state)
{
    return state == ORDER_ARCHIVED || state == ORDER_TRANSFERRED || state == ORDER_MERGED ||
           state == ORDER_REJECTED || state == ORDER_WITHDRAWN;
}

const char *lifecycle_guard_text(int bit)
{
#define X(id, text) text,
    static const char *const texts[GUARD_COUNT] = {GUARDS(X)};
#undef X
    return bit >= 0 && bit < GUARD_COUNT ? texts[bit] : "";
}

const char *lifecycle_effect_text(int bit)
{
#define X(id, text) text,
    static const char *const texts[EFFECT_COUNT] = {EFFECTS(X)};
#undef X
    return bit >= 0 && bit < EFFECT_COUNT ? texts[bit] : "";
}
