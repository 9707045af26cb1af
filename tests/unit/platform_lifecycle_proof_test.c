/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The proof over the tables: order × lead × co-handler × objection, with the facts that the rules
 * remember. A state is a product state; a step is a row on one of its parts.
 *
 * Reaching takes every guard as it may be: what depends on dates or on what people type is free.
 * Proving takes guards as they may refuse: a step counts only if nothing but state, role and the
 * remembered facts decides on it, and it counts only with its worst result. The side exits
 * (withdraw, reject, transfer, merge) and the citizen's answers are not counted at all: the loop
 * closes even if no citizen is ever reached or content. */
#include "tests/unit/platform_case.h"

#include <stdio.h>

/* Which assignment the objection is about. */
enum about { ABOUT_PAST, ABOUT_LEAD, ABOUT_CO };

struct product {
    uint8_t order, lead, co, objection; /* lead, co, objection: 0 none, 1 + state */
    uint8_t about;
    bool from_callback; /* was suspended in callback */
    bool designated, unsatisfied, classified;
};

enum { NONE = 0 };
#define L(id) (1 + ASSIGNMENT_##id)
#define J(id) (1 + OBJECTION_##id)

/* --- numbering ---------------------------------------------------------------------------------
 */

enum { PRODUCTS = 1 << 19 };

static uint32_t number_of(const struct product *p)
{
    return (uint32_t)p->order | (uint32_t)p->lead << 4 | (uint32_t)p->co << 7 |
           (uint32_t)p->objection << 10 | (uint32_t)p->about << 13 |
           (uint32_t)p->from_callback << 15 | (uint32_t)p->designated << 16 |
           (uint32_t)p->unsatisfied << 17 | (uint32_t)p->classified << 18;
}

static struct product product_of(uint32_t n)
{
    return (struct product){.order = n & 15,
                            .lead = n >> 4 & 7,
                            .co = n >> 7 & 7,
                            .objection = n >> 10 & 7,
                            .about = n >> 13 & 3,
                            .from_callback = n >> 15 & 1,
                            .designated = n >> 16 & 1,
                            .unsatisfied = n >> 17 & 1,
                            .classified = n >> 18 & 1};
}

static void print_product(const struct product *p)
{
    print_message("  order %s, lead %s, co %s, objection %s%s%s%s\n",
                  word_name(WORDS_ORDER_STATE, p->order),
                  p->lead ? word_name(WORDS_ASSIGNMENT_STATE, p->lead - 1) : "none",
                  p->co ? word_name(WORDS_ASSIGNMENT_STATE, p->co - 1) : "none",
                  p->objection ? word_name(WORDS_OBJECTION_STATE, p->objection - 1) : "none",
                  p->designated ? ", designated" : "", p->unsatisfied ? ", unsatisfied" : "",
                  p->classified ? "" : ", without a category");
}

/* --- one step ------------------------------------------------------------------------------------
 */

enum { RESULTS_MAX = 16 };

struct results {
    struct product items[RESULTS_MAX];
    size_t count;
};

static void add(struct results *r, struct product p)
{
    assert_true(r->count < RESULTS_MAX);
    r->items[r->count++] = p;
}

static bool unfinished(uint8_t state)
{
    return state == L(OFFERED) || state == L(SIGNED) || state == L(HANDLING);
}

static bool open_(uint8_t state)
{
    return unfinished(state) || state == L(REPLIED);
}

static struct product finished(struct product p)
{
    if (p.order != ORDER_IN_HAND || p.lead != L(ACCEPTED) || unfinished(p.co))
        return p;
    if (p.co == L(REPLIED))
        p.co = L(ACCEPTED);
    p.order = ORDER_CALLBACK;
    return p;
}

static bool remembered_guards_hold(const struct lifecycle_row *row, const struct product *p)
{
    if ((row->guards & G(DESIGNATED)) && !p->designated)
        return false;
    if ((row->guards & G(NOT_DESIGNATED)) && p->designated)
        return false;
    if ((row->guards & G(CLASSIFIED)) && !p->classified)
        return false;
    if ((row->guards & G(FROM_CALLBACK)) && !p->from_callback)
        return false;
    if ((row->guards & G(FROM_IN_HAND)) && p->from_callback)
        return false;
    return !(row->guards & G(HEALED)) || !p->unsatisfied;
}

static void step_order(const struct lifecycle_row *row, struct product p, struct results *out)
{
    uint8_t from = p.order;
    if (row->to >= 0)
        p.order = (uint8_t)row->to;
    if (row->effects & E(CONCLUDE))
        p.unsatisfied = false;
    if (row->effects & E(CLOSE)) {
        p.lead = open_(p.lead) ? L(WITHDRAWN) : p.lead;
        p.co = open_(p.co) ? L(WITHDRAWN) : p.co;
        p.from_callback = false;
    }
    if (row->effects & E(CLASSIFY))
        p.classified = true;
    if (row->effects & E(SUSPEND))
        p.from_callback = from == ORDER_CALLBACK;
    if (row->effects & E(RESUME)) {
        p.from_callback = false;
        p = finished(p);
    }
    if (row->effects & E(SECOND)) {
        p.lead = L(OFFERED);
        p.co = NONE;
        p.about = ABOUT_PAST;
        p.unsatisfied = true;
    }
    if (row->effects & E(ASSIGN)) {
        p.lead = L(OFFERED);
        p.about = p.about == ABOUT_LEAD ? ABOUT_PAST : p.about;
        add(out, p);
        p.co = L(OFFERED);
        p.about = ABOUT_PAST;
    }
    add(out, p);
    if ((row->effects & E(NOTE)) && p.order == ORDER_IN_HAND && p.unsatisfied) {
        p.unsatisfied = false;
        add(out, p);
    }
}

static void step_assignment(const struct lifecycle_row *row, struct product p, bool lead,
                            struct results *out)
{
    if ((row->guards & G(LEAD)) && !lead)
        return;
    if ((row->guards & G(CO)) && lead)
        return;
    uint8_t *state = lead ? &p.lead : &p.co;
    if (*state == NONE || !(row->from & BIT(*state - 1)))
        return;
    if (row->effects & E(OBJECT)) {
        if (p.objection == J(RAISED) || p.objection == J(OPINIONS))
            return; /* one at a time is followed here */
        p.objection = J(RAISED);
        p.about = lead ? ABOUT_LEAD : ABOUT_CO;
        add(out, p);
        p.about = ABOUT_PAST;
        add(out, p);
        return;
    }
    if (row->to >= 0)
        *state = (uint8_t)(1 + row->to);
    if (row->effects & E(RETURN_LEAD)) {
        p.co = unfinished(p.co) ? L(WITHDRAWN) : p.co == L(REPLIED) ? L(ACCEPTED) : p.co;
        p.order = ORDER_TO_DISPATCH;
        add(out, p);
        p.designated = true;
    }
    if (row->effects & E(FINISH))
        p = finished(p);
    add(out, p);
}

static void step_move(struct product p, struct results *out)
{
    bool movable = p.order == ORDER_IN_HAND || p.order == ORDER_SUSPENDED;
    if (movable && p.about == ABOUT_LEAD && unfinished(p.lead)) {
        p.lead = L(OFFERED);
        p.about = ABOUT_PAST;
        for (int designated = p.designated; designated <= 1; designated++) {
            p.designated = designated;
            add(out, p);
            struct product taken_over = p;
            taken_over.co = L(WITHDRAWN);
            if (open_(p.co))
                add(out, taken_over);
        }
    } else if (movable && p.about == ABOUT_CO && unfinished(p.co)) {
        p.co = L(WITHDRAWN);
        add(out, finished(p));
        p.co = L(OFFERED);
        p.about = ABOUT_PAST;
        add(out, p);
    } else {
        add(out, p);
    }
}

static void step_objection(const struct lifecycle_row *row, struct product p, struct results *out)
{
    if (p.objection == NONE || !(row->from & BIT(p.objection - 1)))
        return;
    if (row->to >= 0)
        p.objection = (uint8_t)(1 + row->to);
    if (row->effects & E(MOVE))
        step_move(p, out);
    else
        add(out, p);
}

/* All that one row may make of p; nothing where it does not fit. */
static void step(const struct lifecycle_row *row, const struct product *p, bool lead,
                 struct results *out)
{
    out->count = 0;
    if (row->order_states && !(row->order_states & BIT(p->order)))
        return;
    if (!remembered_guards_hold(row, p))
        return;
    if (row->subject == SUBJECT_ASSIGNMENT)
        step_assignment(row, *p, lead, out);
    else if (row->subject == SUBJECT_OBJECTION)
        step_objection(row, *p, out);
    else if (row->from & BIT(p->order))
        step_order(row, *p, out);
}

/* --- the proof
 * ------------------------------------------------------------------------------------ */

struct proof {
    const struct lifecycle_row *rows;
    size_t row_count;
    const struct lifecycle_row *certain[128]; /* the rows that count */
    size_t certain_count;
    uint32_t *list; /* numbers of what is reachable */
    bool *reached;  /* by product number */
    bool *ends;     /* an end is certain to be reachable */
    bool *ruled;    /* so is a closed objection */
    size_t reachable, nonfinal, stuck, open_objections, unruled, unseen, steps;
    bool print;
};

static bool final(const struct product *p)
{
    return order_state_final((enum order_state)p->order);
}

static bool named(const char *action, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(action, *names) == 0)
            return true;
    return false;
}

/* A step that somebody, or a timer, can always take, whatever the free facts are. NOT_OWN is no
 * obstacle: somebody else of that role did not handle the order; UNIT neither: the unit's own do.
 */
static bool counts(const struct lifecycle_row *row)
{
    static const char *const side_exits[] = {"withdraw", "reject", "transfer", "merge", NULL};
    static const char *const citizens[] = {"callback", "citizen_says", NULL};
    uint32_t certain = G(UNIT) | G(NOT_OWN) | G(CURRENT) | G(LEAD) | G(CO) | G(DESIGNATED) |
                       G(NOT_DESIGNATED) | G(CLASSIFIED) | G(FROM_IN_HAND) | G(FROM_CALLBACK) |
                       G(HEALED);
    return (row->by_timer || row->roles != 0) && (row->guards & ~certain) == 0 &&
           !named(row->action, side_exits) && !named(row->action, citizens);
}

static void explore(struct proof *proof)
{
    uint32_t *queue = proof->list;
    size_t head = 0, tail = 0;
    for (int classified = 0; classified <= 1; classified++) {
        struct product draft = {.order = ORDER_DRAFT, .classified = classified};
        proof->reached[number_of(&draft)] = true;
        queue[tail++] = number_of(&draft);
    }
    while (head < tail) {
        struct product p = product_of(queue[head++]);
        for (size_t i = 0; i < proof->row_count; i++)
            for (int lead = 0; lead <= 1; lead++) {
                struct results r;
                step(&proof->rows[i], &p, lead, &r);
                for (size_t j = 0; j < r.count; j++) {
                    uint32_t n = number_of(&r.items[j]);
                    proof->steps++;
                    if (proof->reached[n])
                        continue;
                    proof->reached[n] = true;
                    queue[tail++] = n;
                }
            }
    }
    proof->reachable = tail;
}

/* True if some certain step leads only to what is good already. */
static bool can_be_led(const struct proof *proof, const struct product *p, const bool *good)
{
    for (size_t i = 0; i < proof->certain_count; i++) {
        const struct lifecycle_row *row = proof->certain[i];
        for (int lead = 0; lead <= 1; lead++) {
            struct results r;
            step(row, p, lead, &r);
            bool all = r.count > 0;
            for (size_t j = 0; j < r.count; j++)
                all = all && good[number_of(&r.items[j])];
            if (all)
                return true;
        }
    }
    return false;
}

/* Grows `good` to all reachable states that can be led into it for certain. */
static void lead_into(const struct proof *proof, bool *good)
{
    bool grown = true;
    while (grown) {
        grown = false;
        for (size_t i = proof->reachable; i-- > 0;) {
            uint32_t n = proof->list[i];
            struct product p = product_of(n);
            if (!good[n] && can_be_led(proof, &p, good))
                good[n] = grown = true;
        }
    }
}

static bool objecting(const struct product *p)
{
    return p->objection == J(RAISED) || p->objection == J(OPINIONS);
}

/* States of the three life-cycles that no product state has. */
static size_t count_unseen(const struct proof *proof)
{
    uint32_t orders = 0, leads = 0, objections = 0;
    for (size_t i = 0; i < proof->reachable; i++) {
        uint32_t n = proof->list[i];
        struct product p = product_of(n);
        orders |= BIT(p.order);
        leads |= p.lead ? BIT(p.lead - 1) : 0;
        objections |= p.objection ? BIT(p.objection - 1) : 0;
    }
    return (size_t)(ORDER_STATE_COUNT - __builtin_popcount(orders) + ASSIGNMENT_STATE_COUNT -
                    __builtin_popcount(leads) + OBJECTION_STATE_COUNT -
                    __builtin_popcount(objections));
}

/* True if every reachable state has a way on and an end, every objection a ruling, and every
 * declared state is there at all. */
static bool prove(const struct lifecycle_row *rows, size_t row_count, struct proof *proof)
{
    bool print = proof->print;
    *proof = (struct proof){.rows = rows, .row_count = row_count, .print = print};
    proof->reached = calloc(PRODUCTS, sizeof(bool));
    proof->ends = calloc(PRODUCTS, sizeof(bool));
    proof->ruled = calloc(PRODUCTS, sizeof(bool));
    proof->list = calloc(PRODUCTS, sizeof *proof->list);
    assert_true(proof->reached && proof->ends && proof->ruled && proof->list);
    for (size_t i = 0; i < row_count; i++)
        if (counts(&rows[i]) && proof->certain_count < 128)
            proof->certain[proof->certain_count++] = &rows[i];
    explore(proof);
    for (size_t i = 0; i < proof->reachable; i++) {
        struct product p = product_of(proof->list[i]);
        proof->ends[proof->list[i]] = final(&p);
        proof->ruled[proof->list[i]] = !objecting(&p);
    }
    lead_into(proof, proof->ends);
    lead_into(proof, proof->ruled);
    for (size_t i = 0; i < proof->reachable; i++) {
        uint32_t n = proof->list[i];
        struct product p = product_of(n);
        proof->nonfinal += !final(&p);
        proof->open_objections += objecting(&p);
        proof->unruled += !proof->ruled[n];
        if (proof->ends[n])
            continue;
        if (proof->print && proof->stuck < 5)
            print_product(&p);
        proof->stuck++;
    }
    proof->unseen = count_unseen(proof);
    free(proof->list);
    free(proof->reached);
    free(proof->ends);
    free(proof->ruled);
    return proof->stuck == 0 && proof->unruled == 0 && proof->unseen == 0;
}

static struct lifecycle_row *table_copy(size_t *count)
{
    *count = lifecycle_row_count();
    struct lifecycle_row *rows = malloc(*count * sizeof *rows);
    assert_non_null(rows);
    for (size_t i = 0; i < *count; i++)
        rows[i] = *lifecycle_row_at(i);
    return rows;
}

static void test_every_open_order_has_a_way_on_and_an_end(void **state)
{
    (void)state;
    size_t count;
    struct lifecycle_row *rows = table_copy(&count);
    struct proof proof = {.print = true};
    bool proved = prove(rows, count, &proof);
    print_message("%zu rows, %zu product states reached by %zu steps: %zu not final, of which %zu "
                  "without a certain way to an end; %zu with an open objection, of which %zu "
                  "cannot be ruled; %zu declared states never seen\n",
                  count, proof.reachable, proof.steps, proof.nonfinal, proof.stuck,
                  proof.open_objections, proof.unruled, proof.unseen);
    free(rows);
    assert_true(proved);
    assert_true(proof.reachable > 500);
}

/* --- the proof can fail
 * ---------------------------------------------------------------------------- */

static bool proof_holds_without(const char *first, const char *second)
{
    size_t count, kept = 0;
    struct lifecycle_row *rows = table_copy(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].action, first) != 0 && strcmp(rows[i].action, second) != 0)
            rows[kept++] = rows[i];
    assert_true(kept < count);
    struct proof proof = {.print = false};
    bool proved = prove(rows, kept, &proof);
    free(rows);
    return proved;
}

static void test_a_table_without_a_needed_row_is_found(void **state)
{
    (void)state;
    static const char *const needed[][2] = {
        {"receive", ""},
        {"submit", "unmerge"},
        {"classify", ""},
        {"withdraw", ""},
        {"answer", ""},
        {"dispatch", ""},
        {"reply", ""},
        {"sign", "sign_by"},
        {"resume", "review_on"},
        {"archive", "archive_on"},
        {"accept_reply", "accept_by"},
        {"close_decision", ""},
        {"suspend", ""},
        {"merge", ""},
        {"transfer", ""},
        {"reject", ""},
        {"rule", ""},
        {"opinion", "opinion_by"},
        {"object", ""},
        {"accept_return", ""},
        {"withdraw_objection", ""},
    };
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (proof_holds_without(needed[i][0], needed[i][1]))
            fail_msg("the proof holds without %s %s", needed[i][0], needed[i][1]);
}

static void test_where_a_person_or_a_timer_moves_it_either_is_enough(void **state)
{
    (void)state;
    static const char *const enough[] = {"sign",     "sign_by",      "resume",       "review_on",
                                         "archive",  "archive_on",   "accept_reply", "accept_by",
                                         "opinion",  "opinion_by",   "handle",       "release",
                                         "callback", "citizen_says", "refuse_reply"};
    for (size_t i = 0; i < sizeof enough / sizeof enough[0]; i++)
        if (!proof_holds_without(enough[i], ""))
            fail_msg("the proof fails without %s", enough[i]);
}

/* Changes the first row of that action and says whether the proof still holds. */
static bool proof_holds_with(const char *action, uint32_t guards_added, uint32_t effects_taken,
                             uint32_t roles)
{
    size_t count;
    struct lifecycle_row *rows = table_copy(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].action, action) != 0 || (roles && rows[i].roles != roles))
            continue;
        rows[i].guards |= guards_added;
        rows[i].effects &= ~effects_taken;
    }
    struct proof proof = {.print = false};
    bool proved = prove(rows, count, &proof);
    free(rows);
    return proved;
}

static bool proof_holds_without_guarded(uint32_t guard)
{
    size_t count, kept = 0;
    struct lifecycle_row *rows = table_copy(&count);
    for (size_t i = 0; i < count; i++)
        if (!(rows[i].guards & guard))
            rows[kept++] = rows[i];
    struct proof proof = {.print = false};
    bool proved = prove(rows, kept, &proof);
    free(rows);
    return proved;
}

static void test_a_guard_or_an_effect_that_closes_the_way_is_found(void **state)
{
    (void)state;
    assert_true(proof_holds_with("reply", 0, 0, 0));
    /* Only inside the return window: nobody could reply afterwards. */
    assert_false(proof_holds_with("reply", G(WINDOW), 0, 0));
    /* A supervisor's decision that waits for attempts which nobody is bound to make. */
    assert_false(proof_holds_with("close_decision", G(ATTEMPTS), 0, 0));
    /* A dispatch that only the dispatcher could make, also after designation. */
    assert_false(proof_holds_with("dispatch", G(NOT_DESIGNATED), 0, BIT(ROLE_SUPERVISOR)));
    /* An order that was suspended in callback, and no row that knows the way back. */
    assert_false(proof_holds_without_guarded(G(FROM_CALLBACK)));
}

static void test_a_round_that_never_finishes_is_found(void **state)
{
    (void)state;
    size_t count;
    struct lifecycle_row *rows = table_copy(&count);
    for (size_t i = 0; i < count; i++)
        rows[i].effects &= ~(uint32_t)(E(FINISH) | E(RESUME));
    struct proof proof = {.print = false};
    assert_false(prove(rows, count, &proof));
    free(rows);
}

/* --- the proof speaks of the engine
 * ------------------------------------------------------------------ */

static struct product product_of_case(const struct order_case *c)
{
    struct product p = {.order = (uint8_t)c->order.state,
                        .from_callback = c->order.suspended_from == ORDER_CALLBACK,
                        .designated = c->order.designated,
                        .unsatisfied = c->order.unsatisfied,
                        .classified = c->order.category_code[0] != '\0'};
    int64_t lead = 0, co = 0;
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *a = &c->assignments[i];
        if (a->round != c->order.round)
            continue;
        *(a->lead ? &p.lead : &p.co) = (uint8_t)(1 + a->state);
        *(a->lead ? &lead : &co) = a->id;
    }
    if (c->objection_count > 0) {
        const struct objection *o = &c->objections[c->objection_count - 1];
        p.objection = (uint8_t)(1 + o->state);
        p.about = o->assignment_id == lead ? ABOUT_LEAD
                  : o->assignment_id == co ? ABOUT_CO
                                           : ABOUT_PAST;
    }
    return p;
}

/* True if a row of the action (or timer) leads from one to the other. */
static bool in_relation(const char *action, bool by_timer, const struct product *from,
                        const struct product *to)
{
    for (size_t i = 0; i < lifecycle_row_count(); i++) {
        const struct lifecycle_row *row = lifecycle_row_at(i);
        if (row->by_timer != by_timer || strcmp(row->action, action) != 0)
            continue;
        for (int lead = 0; lead <= 1; lead++) {
            struct results r;
            step(row, from, lead, &r);
            /* Whoever completes a case can say the category, and can say something else. */
            if (r.count && (row->effects & E(CLASSIFY)) && number_of(from) == number_of(to))
                return true;
            for (size_t j = 0; j < r.count; j++)
                if (number_of(&r.items[j]) == number_of(to))
                    return true;
        }
    }
    return false;
}

#include "tests/unit/platform_walk.h"

static void test_every_step_of_the_engine_is_a_step_of_the_proof(void **state)
{
    (void)state;
    struct walk walk = {.one_co = true};
    walk_seed(&walk);
    size_t steps = 0, different = 0;
    bool *seen = calloc(PRODUCTS, sizeof(bool));
    assert_non_null(seen);
    for (int order = 0; order < 600; order++) {
        walk_open(&walk);
        for (int i = 0; i < 60; i++) {
            struct product from = product_of_case(&walk.w.c);
            const char *action = walk_step(&walk);
            if (!action)
                break;
            struct product to = product_of_case(&walk.w.c);
            if (!in_relation(action, walk.by_timer, &from, &to)) {
                print_product(&from);
                print_product(&to);
                fail_msg("%s is not in the proof (seed %llu)", action,
                         (unsigned long long)walk.seed);
            }
            steps++;
            different += !seen[number_of(&to)];
            seen[number_of(&to)] = true;
        }
        walk_close(&walk);
    }
    print_message("%zu steps of the engine through %zu different product states, seed %llu\n",
                  steps, different, (unsigned long long)walk.seed);
    free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_open_order_has_a_way_on_and_an_end),
        cmocka_unit_test(test_a_table_without_a_needed_row_is_found),
        cmocka_unit_test(test_where_a_person_or_a_timer_moves_it_either_is_enough),
        cmocka_unit_test(test_a_guard_or_an_effect_that_closes_the_way_is_found),
        cmocka_unit_test(test_a_round_that_never_finishes_is_found),
        cmocka_unit_test(test_every_step_of_the_engine_is_a_step_of_the_proof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
