/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cases: what is stored comes back, and one version has one successor. */
#include "platform_store_fixture.h"

/* Bytes that are all different, so that a column in the wrong place shows. */
static void fill_everything(struct fixture *f, struct order_case *c)
{
    struct order *o = &c->order;
    o->state = ORDER_SUSPENDED;
    o->kind = KIND_REPORT;
    o->place_id = 31;
    o->component_owner_id = 32;
    o->urgent = true;
    o->confidential = true;
    o->limit = (struct limit){15, LIMIT_DAYS};
    o->source_deadline_at = NOW + 33;
    o->dispatch_by = NOW + 34;
    o->card = CARD_YELLOW;
    o->failed_dispatches = 2;
    o->designated = true;
    o->suspended_from = ORDER_IN_HAND;
    o->suspended_at = NOW + 35;
    o->review_on = NOW + 36;
    o->promised_on = NOW + 37;
    o->merged_into = 38;
    o->concluded_at = NOW + 39;
    o->conclusion = "decision";
    o->extended_days = 10;
    o->coordination_due = true;
    o->unsatisfied = true;
    o->needs = BIT(NEED_SIGN) | BIT(NEED_RULING);
    struct assignment *a = add_assignment(f, c, 12, "/1/12/", true, 2);
    a->state = ASSIGNMENT_HANDLING;
    a->sign_by = NOW + 40;
    a->due_at = NOW + 41;
    a->signed_at = NOW + 42;
    a->replied_at = NOW + 43;
    a->ended_at = NOW + 44;
    a->signed_by = 45;
    a->replied_by = 46;
    a->offered_by = 47;
    a->result_statement_id = 48;
    a->reply_statement_id = 49;
    a->return_reason = "duplicate";
    a->return_asked_at = NOW + 50;
    a->extension_asked_at = NOW + 51;
    a->extension_days = 5;
    a->late = true;
    add_assignment(f, c, 15, "/1/15/", false, 2);
    static struct objection objections[1];
    objections[0] = (struct objection){.mark = ROW_NEW,
                                       .id = new_id(f),
                                       .assignment_id = a->id,
                                       .unit_id = 12,
                                       .state = OBJECTION_OPINIONS,
                                       .reason_statement_id = 51,
                                       .proposed_unit_id = 52,
                                       .raised_at = NOW + 53,
                                       .raised_by = 54,
                                       .opinion_by = NOW + 55,
                                       .rule_by = NOW + 56,
                                       .outcome = "moved",
                                       .ruled_unit_id = 57,
                                       .ruled_at = NOW + 58,
                                       .ruled_by = 59,
                                       .ruling_statement_id = 60};
    c->objections = objections;
    c->objection_count = c->objection_capacity = 1;
    static struct callback callbacks[2];
    callbacks[0] = (struct callback){.mark = ROW_NEW,
                                     .id = new_id(f),
                                     .round = 2,
                                     .reached = 1,
                                     .solved = 0,
                                     .satisfied = -1,
                                     .promised_on = NOW + 61,
                                     .way = WAY_RATING,
                                     .at = NOW + 62,
                                     .by = 63,
                                     .statement_id = 64};
    callbacks[1] = (struct callback){.mark = ROW_NEW, .id = new_id(f), .reached = -1};
    c->callbacks = callbacks;
    c->callback_count = c->callback_capacity = 2;
    static struct timer timers[2];
    timers[0] = (struct timer){TIMER_REVIEW_ON, 71, NOW + 72};
    timers[1] = (struct timer){TIMER_RULE_BY, 73, NOW + 74};
    c->timers = timers;
    c->timer_count = c->timer_capacity = 2;
    c->timers_changed = true;
}

#define SAME(field)      assert_true(x->field == y->field)
#define SAME_TEXT(field) assert_string_equal(x->field, y->field)

static void same_order(const struct order *x, const struct order *y)
{
    SAME(id), SAME_TEXT(number), SAME(state), SAME(version), SAME(kind), SAME_TEXT(channel);
    SAME_TEXT(category_code), SAME_TEXT(industry), SAME_TEXT(region_code), SAME(place_id);
    SAME_TEXT(place_text), SAME(component_owner_id), SAME_TEXT(title), SAME(urgent), SAME(complex);
    SAME(confidential), SAME(received_at), SAME(taken_by), SAME(limit.n), SAME(limit.unit);
    SAME(deadline_at), SAME(first_deadline_at), SAME(source_deadline_at), SAME(dispatch_by);
    SAME(card), SAME(round), SAME(failed_dispatches), SAME(designated), SAME(lead_unit_id);
    SAME(suspended_from), SAME(suspended_at), SAME(review_on), SAME(promised_on), SAME(merged_into);
    SAME(extended_days), SAME(coordination_due);
    SAME(concluded_at), SAME_TEXT(conclusion), SAME(unsatisfied), SAME(needs), SAME(event_n);
    assert_memory_equal(x->event_hash, y->event_hash, HASH_SIZE);
}

static void same_case(const struct order_case *c, const struct order_case *d)
{
    same_order(&c->order, &d->order);
    assert_int_equal(c->assignment_count, d->assignment_count);
    for (size_t i = 0; i < c->assignment_count; i++) {
        const struct assignment *x = &c->assignments[i], *y = &d->assignments[i];
        SAME(id), SAME(unit_id), SAME_TEXT(unit_path), SAME(lead), SAME(round), SAME(state);
        SAME(limit.n), SAME(limit.unit), SAME(offered_at), SAME(sign_by), SAME(due_at);
        SAME(signed_at), SAME(replied_at), SAME(ended_at), SAME(signed_by), SAME(replied_by);
        SAME(offered_by), SAME(result_statement_id), SAME(reply_statement_id);
        SAME_TEXT(return_reason), SAME(return_asked_at), SAME(extension_asked_at),
            SAME(extension_days), SAME(late), SAME(mark);
    }
    assert_int_equal(c->objection_count, d->objection_count);
    for (size_t i = 0; i < c->objection_count; i++) {
        const struct objection *x = &c->objections[i], *y = &d->objections[i];
        SAME(id), SAME(assignment_id), SAME(unit_id), SAME(state), SAME(reason_statement_id);
        SAME(proposed_unit_id), SAME(raised_at), SAME(raised_by), SAME(opinion_by), SAME(rule_by);
        SAME_TEXT(outcome), SAME(ruled_unit_id), SAME(ruled_at), SAME(ruled_by);
        SAME(ruling_statement_id), SAME(mark);
    }
    assert_int_equal(c->callback_count, d->callback_count);
    for (size_t i = 0; i < c->callback_count; i++) {
        const struct callback *x = &c->callbacks[i], *y = &d->callbacks[i];
        SAME(id), SAME(round), SAME(reached), SAME(solved), SAME(satisfied), SAME(promised_on);
        SAME(way), SAME(at), SAME(by), SAME(statement_id), SAME(mark);
    }
    assert_int_equal(c->timer_count, d->timer_count);
    for (size_t i = 0; i < c->timer_count; i++) {
        const struct timer *x = &c->timers[i], *y = &d->timers[i];
        SAME(kind), SAME(subject_id), SAME(due_at);
    }
}

/* Reminds who adds a field to model.h: it needs a column in store/, and a line in fill_everything()
 * and same_case() above. */
static void every_field_has_a_column(void **state)
{
    (void)state;
    if (sizeof(void *) != 8)
        skip();
    assert_int_equal(sizeof(struct order), 312);
    assert_int_equal(sizeof(struct assignment), 176);
    assert_int_equal(sizeof(struct objection), 128);
    assert_int_equal(sizeof(struct callback), 72);
}

static void a_case_comes_back_as_it_was_stored(void **state)
{
    struct fixture *f = *state;
    struct order_case *c = make_case(f);
    fill_everything(f, c);
    put_case(f, c);
    same_case(c, load_case(f, 0, c->order.id));
    fixture_reopen(f);
    same_case(c, load_case(f, 0, c->order.id));
}

static void a_changed_case_comes_back_as_it_was_changed(void **state)
{
    struct fixture *f = *state;
    struct order_case *c = make_case(f);
    put_case(f, c);
    struct order_case *changed = load_case(f, 0, c->order.id);
    fill_everything(f, changed);
    change_case(f, changed, "change");
    same_case(changed, load_case(f, 0, c->order.id));
    changed->assignments[0].state = ASSIGNMENT_REPLIED;
    changed->assignments[0].mark = ROW_CHANGED;
    changed->objections[0].state = OBJECTION_RULED;
    changed->objections[0].mark = ROW_CHANGED;
    changed->callbacks[1].reached = 1;
    changed->callbacks[1].mark = ROW_CHANGED;
    changed->timer_count = 1;
    changed->timers_changed = true;
    change_case(f, changed, "change");
    same_case(changed, load_case(f, 0, c->order.id));
}

static enum status job_timers(struct db *db, void *user)
{
    return store_case_timers(db, user, NULL);
}

static void timers_alone_can_be_stored_without_a_version(void **state)
{
    struct fixture *f = *state;
    struct order_case *c = make_case(f);
    fill_everything(f, c);
    put_case(f, c);
    c->timer_count = 1;
    assert_int_equal(store_write_wait(f->store, job_timers, c), ST_OK);
    struct order_case *d = load_case(f, 0, c->order.id);
    assert_int_equal(d->timer_count, 1);
    assert_int_equal(d->order.version, 1);
}

static void of_two_writers_of_one_version_one_is_stale(void **state)
{
    struct fixture *f = *state;
    int64_t id = put_case(f, make_case(f));
    struct order_case *a = load_case(f, 0, id), *b = load_case(f, 0, id);
    a->order.title = "a";
    b->order.title = "b";
    a->order.version++;
    b->order.version++;
    add_event(f->arena, a, "change", "");
    add_event(f->arena, b, "change", "");
    assert_int_equal(save_case(f, a, false), ST_OK);
    assert_int_equal(save_case(f, b, false), ST_STALE);
    assert_string_equal(load_case(f, 0, id)->order.title, "a");
    /* also without an event to collide on */
    struct order_case *c = load_case(f, 0, id);
    assert_int_equal(save_case(f, c, false), ST_STALE);
    struct error err;
    assert_int_equal(store_chain_verify(fixture_db(f), id, &err), ST_OK);
}

static void an_order_is_inserted_once_and_its_number_too(void **state)
{
    struct fixture *f = *state;
    struct order_case *c = make_case(f), *d = make_case(f), *e = make_case(f);
    put_case(f, c);
    d->order.id = c->order.id;
    d->event_count = 0;
    assert_int_equal(save_case(f, d, true), ST_CONFLICT);
    memcpy(e->order.number, c->order.number, sizeof e->order.number);
    assert_int_equal(save_case(f, e, true), ST_CONFLICT);
    assert_null(load_case(f, 0, e->order.id));
    struct order_case *none = make_case(f);
    none->order.version = 2;
    assert_int_equal(save_case(f, none, false), ST_STALE);
    none->order.id = 0;
    assert_int_equal(save_case(f, none, true), ST_INVALID);
}

static void an_order_is_found_by_its_number(void **state)
{
    struct fixture *f = *state;
    struct order_case *c = make_case(f);
    put_case(f, c);
    assert_true(store_order_by_number(fixture_db(f), 0, c->order.number) == c->order.id);
    assert_int_equal(store_order_by_number(fixture_db(f), 0, "none"), 0);
}

static void a_round_has_one_lead_at_a_time(void **state)
{
    struct fixture *f = *state;
    struct order_case *c = make_case(f);
    add_assignment(f, c, 12, "/1/12/", true, 1);
    put_case(f, c);
    struct order_case *d = load_case(f, 0, c->order.id);
    add_assignment(f, d, 15, "/1/15/", true, 1);
    d->order.version++;
    assert_int_equal(save_case(f, d, false), ST_CONFLICT);
    /* When the old one gives the duty up in the same change, it is free. */
    struct order_case *e = load_case(f, 0, c->order.id);
    add_assignment(f, e, 15, "/1/15/", true, 1);
    e->assignments[0].state = ASSIGNMENT_WITHDRAWN;
    e->assignments[0].mark = ROW_CHANGED;
    change_case(f, e, "move");
}

static void a_unit_objects_once_to_an_order(void **state)
{
    struct fixture *f = *state;
    struct order_case *c = make_case(f);
    struct objection objections[2] = {
        {.mark = ROW_NEW, .id = new_id(f), .unit_id = 12, .outcome = ""},
        {.mark = ROW_NEW, .id = new_id(f), .unit_id = 12, .outcome = ""},
    };
    c->objections = objections;
    c->objection_count = 2;
    assert_int_equal(save_case(f, c, true), ST_CONFLICT);
    assert_null(load_case(f, 0, c->order.id));
}

static void a_case_can_be_saved_twice_in_one_job(void **state)
{
    struct fixture *f = *state;
    struct order_case *c = make_case(f);
    c->statements = arena_alloc(f->arena, sizeof *c->statements);
    c->statements[0] = (struct statement){.id = new_id(f), .text = "已修好"};
    c->statement_count = 1;
    put_case(f, c);
    assert_int_equal(c->event_count, 0);
    assert_int_equal(c->statement_count, 0);
    change_case(f, c, "again");
    struct event *events;
    assert_int_equal(store_events(fixture_db(f), c->order.id, f->arena, &events), 2);
}

static void a_ruling_stores_its_responsibility_with_the_case(void **state)
{
    struct fixture *f = *state;
    struct order_case *c = make_case(f);
    struct responsibility row = {.id = new_id(f),
                                 .category_code = "0102",
                                 .region_code = "",
                                 .unit_id = 15,
                                 .source = "ruling",
                                 .reason = "",
                                 .ruling_objection_id = 9,
                                 .valid_from = NOW};
    c->responsibilities = &row;
    c->responsibility_count = 1;
    put_case(f, c);
    struct responsibility *found;
    assert_int_equal(
        store_responsibilities(fixture_db(f), "010203", "420281001002", 0, NOW, f->arena, &found),
        1);
    assert_int_equal(found[0].unit_id, 15);
    assert_string_equal(found[0].source, "ruling");
}

static enum status job_note(struct db *db, void *user)
{
    return store_case_note(db, user, NOW + 6, NULL);
}

static void a_note_is_an_event_and_makes_no_form_stale(void **state)
{
    struct fixture *f = *state;
    struct error err;
    int64_t id = put_case(f, make_case(f));
    struct order_case *form = load_case(f, 0, id), *c = load_case(f, 0, id);
    add_event(f->arena, c, "reveal", "");
    assert_int_equal(store_write_wait(f->store, job_note, c), ST_OK);
    struct order_case *after = load_case(f, 0, id);
    assert_int_equal(after->order.version, form->order.version);
    assert_int_equal(after->order.event_n, 2);
    assert_int_equal(store_chain_verify(fixture_db(f), id, &err), ST_OK);
    /* a note on what was loaded before another note would break the chain */
    add_event(f->arena, form, "reveal", "");
    assert_int_equal(store_write_wait(f->store, job_note, form), ST_STALE);
    assert_int_equal(store_chain_verify(fixture_db(f), id, &err), ST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(every_field_has_a_column),
        TEST(a_case_comes_back_as_it_was_stored),
        TEST(a_changed_case_comes_back_as_it_was_changed),
        TEST(timers_alone_can_be_stored_without_a_version),
        TEST(of_two_writers_of_one_version_one_is_stale),
        TEST(an_order_is_inserted_once_and_its_number_too),
        TEST(an_order_is_found_by_its_number),
        TEST(a_round_has_one_lead_at_a_time),
        TEST(a_unit_objects_once_to_an_order),
        TEST(a_case_can_be_saved_twice_in_one_job),
        TEST(a_ruling_stores_its_responsibility_with_the_case),
        TEST(a_note_is_an_event_and_makes_no_form_stale),
    };
    return cmocka_run_group_tests_name("store: cases", tests, NULL, NULL);
}
