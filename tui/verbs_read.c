/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verbs that only look. */
#include "core/text.h"
#include "tui/l10n.h"
#include "tui/verbs_private.h"
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prints columns of the given widths in cells; the last is not cut. */
static void print_columns(const char *const *texts, const int *widths, size_t count)
{
    struct buf line = BUF_EMPTY;
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count) {
            text_fit(&line, texts[i], widths[i]);
            buf_add_char(&line, ' ');
        } else {
            buf_add_text(&line, texts[i]);
        }
    }
    verbs_print("%s\n", line.data ? line.data : "");
    buf_free(&line);
}

static void print_row(const struct mq_order *o)
{
    static const int widths[] = {14, 10, 8, 12, 24, 0};
    char time[VERBS_TIME_SIZE];
    const char *texts[] = {o->number,        o->state_label,
                           o->card_label,    verbs_time(o->deadline_at, time),
                           o->category.name, o->title};
    print_columns(texts, widths, 6);
}

/* Prints all pages of a list; the exit status. */
static int print_list(struct verbs *v, struct mq_list_query query)
{
    char *after = strdup("");
    int rc = 0;
    bool first = true;
    while (after && (first || *after)) {
        struct answer answer = {0};
        query.after = after;
        query.limit = 200;
        struct mq_result *result =
            mq_orders(v->mq, &query, verbs_answer, &answer) ? verbs_wait(v, &answer) : NULL;
        free(after);
        after = NULL;
        first = false;
        if (!result) {
            rc = 1;
            break;
        }
        if (v->json)
            verbs_print_json(result);
        for (size_t i = 0; !v->json && i < result->count; i++)
            print_row(&result->orders[i]);
        after = strdup(result->next);
        mq_result_free(result);
    }
    free(after);
    return rc;
}

int verb_list(struct verbs *v)
{
    struct buf extra = BUF_EMPTY;
    struct mq_list_query query = {.view = "all"};
    for (int i = 0; i < v->argc; i++) {
        if (strncmp(v->argv[i], "q=", 2) == 0)
            query.q = v->argv[i] + 2; /* as it was typed, whatever signs it holds */
        else if (strchr(v->argv[i], '='))
            buf_printf(&extra, "%s%s", extra.length ? "&" : "", v->argv[i]);
        else
            query.view = v->argv[i];
    }
    query.extra = extra.length ? extra.data : NULL;
    int rc = print_list(v, query);
    buf_free(&extra);
    return rc;
}

int verb_search(struct verbs *v)
{
    char *words = verbs_words(v, _("which words? All of them are looked for."));
    struct mq_list_query query = {.view = "all", .q = words};
    int rc = words ? print_list(v, query) : 2;
    free(words);
    return rc;
}

static int which_order(void)
{
    verbs_complain("%s", _("which order? Give its number."));
    return 2;
}

static struct mq_result *fetch_order(struct verbs *v)
{
    struct answer answer = {0};
    return mq_order(v->mq, v->argv[0], verbs_answer, &answer) ? verbs_wait(v, &answer) : NULL;
}

static const char *fact(int value)
{
    return value < 0 ? "-" : value ? _("yes") : _("no");
}

static void print_callback(const struct mq_callback *b)
{
    char time[VERBS_TIME_SIZE];
    verbs_print(_("  round %d  %s  %s  reached %s, solved %s, satisfied %s"), b->round,
                verbs_time(b->at, time), b->way_label, fact(b->reached), fact(b->solved),
                fact(b->satisfied));
    if (*b->promised_on)
        verbs_print(_(", promised by %s"), b->promised_on);
    verbs_print("  %s  %s\n", b->by, b->note);
}

static void print_assignment(const struct mq_assignment *a)
{
    char due[VERBS_TIME_SIZE];
    verbs_print(_("  round %d  %s %s  %s  due %s%s\n"), a->round, a->lead ? _("lead") : _("co"),
                a->unit.name, a->state_label, verbs_time(a->due_at, due), a->late ? " !" : "");
    if (*a->result)
        verbs_print("      %s\n", a->result);
    if (*a->reply)
        verbs_print("      → %s\n", a->reply);
}

static void print_order(const struct mq_order *o)
{
    const struct mq_order_detail *d = o->detail;
    char received[VERBS_TIME_SIZE], due[VERBS_TIME_SIZE];
    verbs_print("%s  %s  %s  v%" PRId64 "\n", o->number, o->state_label, o->card_label, o->version);
    verbs_print("  %s · %s · %s\n  %s %s\n", o->channel.name, o->kind_label, o->category.path,
                o->region.path, o->place);
    verbs_print(_("  received %s, due %s, round %d\n"), verbs_time(o->received_at, received),
                verbs_time(o->deadline_at, due), o->round);
    if (o->suggested.id)
        verbs_print(_("  suggested: %s (%s)\n"), o->suggested.name, o->suggested_why);
    for (size_t i = 0; i < d->appeal_count; i++)
        verbs_print("  %s %s  “%s”\n", d->appeals[i].name, d->appeals[i].phone,
                    d->appeals[i].words);
    for (size_t i = 0; i < d->assignment_count; i++)
        print_assignment(&d->assignments[i]);
    for (size_t i = 0; i < d->objection_count; i++)
        verbs_print(_("  objection of %s: %s  %s %s\n"), d->objections[i].unit.name,
                    d->objections[i].state_label, d->objections[i].reason, d->objections[i].ruling);
    for (size_t i = 0; i < d->callback_count; i++)
        print_callback(&d->callbacks[i]);
    verbs_print("%s", _("  possible now:"));
    for (size_t i = 0; i < d->action_count; i++)
        verbs_print(" %s(%s)", d->actions[i].name, d->actions[i].label);
    verbs_print("\n");
}

int verb_show(struct verbs *v)
{
    if (v->argc < 1)
        return which_order();
    struct mq_result *result = fetch_order(v);
    if (!result)
        return 1;
    if (v->json)
        verbs_print_json(result);
    else
        print_order(result->order);
    mq_result_free(result);
    return 0;
}

static int print_result(struct verbs *v, struct mq_result *result,
                        void (*print)(const struct mq_result *))
{
    if (!result)
        return 1;
    if (v->json)
        verbs_print_json(result);
    else
        print(result);
    mq_result_free(result);
    return 0;
}

static void print_events(const struct mq_result *result)
{
    char time[VERBS_TIME_SIZE];
    static const int widths[] = {4, 12, 16, 10, 10, 0};
    for (size_t i = 0; i < result->count; i++) {
        const struct mq_event *e = &result->events[i];
        char n[24];
        snprintf(n, sizeof n, "%" PRId64, e->n);
        const char *texts[] = {n, verbs_time(e->at, time), e->label, e->to_label, e->by, e->text};
        print_columns(texts, widths, 6);
    }
}

int verb_events(struct verbs *v)
{
    if (v->argc < 1)
        return which_order();
    struct mq_result *order = fetch_order(v);
    struct answer answer = {0};
    if (!order)
        return 1;
    bool sent = mq_events(v->mq, order->order->id, verbs_answer, &answer);
    mq_result_free(order);
    return print_result(v, sent ? verbs_wait(v, &answer) : NULL, print_events);
}

static void print_lines(const struct mq_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        verbs_print("%s\n", result->lines[i]);
}

int verb_why(struct verbs *v)
{
    static const char *const subjects[] = {"deadline", "state", "suggestion", "mask"};
    if (v->argc < 1)
        return which_order();
    struct mq_result *order = fetch_order(v);
    struct answer answer = {0};
    if (!order)
        return 1;
    const char *of = v->argc > 1 ? v->argv[1] : "state";
    bool plain = false;
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        plain = plain || strcmp(subjects[i], of) == 0;
    bool sent = mq_why(v->mq, order->order->id, plain ? of : "action", plain ? NULL : of,
                       verbs_answer, &answer);
    mq_result_free(order);
    return print_result(v, sent ? verbs_wait(v, &answer) : NULL, print_lines);
}

static void print_queues(const struct mq_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        verbs_print("%-12s %5" PRId64 " %5" PRId64 "  %s\n", result->queues[i].name,
                    result->queues[i].count, result->queues[i].red, result->queues[i].label);
}

int verb_queues(struct verbs *v)
{
    struct answer answer = {0};
    bool sent = mq_queues(v->mq, verbs_answer, &answer);
    return print_result(v, sent ? verbs_wait(v, &answer) : NULL, print_queues);
}

static void print_board_row(const char *label, const struct mq_board_row *row)
{
    struct buf line = BUF_EMPTY;
    text_fit(&line, label, 24);
    buf_printf(&line, " %6" PRId64 " %6" PRId64 " %6" PRId64 " %6" PRId64 " %6" PRId64, row->total,
               row->open, row->yellow, row->red, row->unsatisfied);
    verbs_print("%s\n", line.data ? line.data : "");
    buf_free(&line);
}

static void print_board(const struct mq_result *result)
{
    static const int widths[] = {24, 6, 6, 6, 6, 0};
    const char *heads[] = {"", _("total"), _("open"), _("yellow"), _("red"), _("unsatisfied")};
    print_columns(heads, widths, 6);
    for (size_t i = 0; i < result->count; i++)
        print_board_row(result->board[i].label, &result->board[i]);
    print_board_row(_("all"), &result->totals);
}

int verb_board(struct verbs *v)
{
    struct answer answer = {0};
    bool sent = mq_board(v->mq, v->argc > 0 ? v->argv[0] : "state", verbs_answer, &answer);
    return print_result(v, sent ? verbs_wait(v, &answer) : NULL, print_board);
}

static void print_bulletin(const struct mq_result *result)
{
    static const int widths[] = {12, 14, 3, 20, 0};
    char time[VERBS_TIME_SIZE], round[16];
    for (size_t i = 0; i < result->count; i++) {
        const struct mq_bulletin_row *row = &result->bulletin[i];
        snprintf(round, sizeof round, "%d", row->round);
        const char *texts[] = {verbs_time(row->at, time), row->order->number, round, row->unit.name,
                               row->order->title};
        print_columns(texts, widths, 5);
    }
}

int verb_bulletin(struct verbs *v)
{
    struct answer answer = {0};
    bool sent = mq_bulletin(v->mq, verbs_answer, &answer);
    return print_result(v, sent ? verbs_wait(v, &answer) : NULL, print_bulletin);
}

static void print_found(const struct mq_result *result)
{
    for (size_t i = 0; i < result->count; i++) {
        if (result->places)
            verbs_print("%" PRId64 "\t%s\t%s\t%s\n", result->places[i].id, result->places[i].region,
                        result->places[i].name, result->places[i].path);
        else if (*result->refs[i].code)
            verbs_print("%s\t%s\n", result->refs[i].code, result->refs[i].path);
        else
            verbs_print("%" PRId64 "\t%s\n", result->refs[i].id, result->refs[i].name);
    }
}

int verb_find(struct verbs *v)
{
    struct answer answer = {0};
    bool sent = false;
    if (v->argc < 2) {
        verbs_complain("%s", _("find what? minqing find place|unit|category TEXT"));
        return 2;
    }
    if (strcmp(v->argv[0], "place") == 0)
        sent = mq_complete_place(v->mq, v->argv[1], 10, verbs_answer, &answer);
    else if (strcmp(v->argv[0], "unit") == 0)
        sent = mq_complete_unit(v->mq, v->argv[1], 10, verbs_answer, &answer);
    else if (strcmp(v->argv[0], "category") == 0)
        sent = mq_complete_category(v->mq, v->argv[1], 10, verbs_answer, &answer);
    else {
        verbs_complain(_("“%s” is neither place nor unit nor category"), v->argv[0]);
        return 2;
    }
    return print_result(v, sent ? verbs_wait(v, &answer) : NULL, print_found);
}

/* --- watch
 * ------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

static void print_changes(void *user, struct mq_result *result);

/* From where the account's feed stands now. */
static void follow_on(void *user, struct mq_result *me)
{
    struct verbs *v = user;
    if (me->status == ST_OK && mq_follow(v->mq, me->cursor, print_changes, v))
        return;
    verbs_complain("%s", me->message);
    v->failed = true;
}

static void print_changes(void *user, struct mq_result *result)
{
    struct verbs *v = user;
    if (result->status != ST_OK) {
        verbs_complain("%s", result->message);
        if (result->http_status == 410 || result->http_status == 422)
            mq_me(v->mq, follow_on, v);
        v->failed = v->failed || result->status == ST_DENIED;
        return;
    }
    if (v->json && *result->json)
        verbs_print_json(result);
    for (size_t i = 0; !v->json && i < result->count; i++) {
        if (result->changes[i].order)
            print_row(result->changes[i].order);
        else
            verbs_print(_("%" PRId64 " is gone from your scope\n"), result->changes[i].id);
    }
    fflush(stdout);
}

int verb_watch(struct verbs *v)
{
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    mq_me(v->mq, follow_on, v);
    while (!stopped && !v->failed && mq_poll(v->mq, NULL, 0, 200)) {
    }
    return v->failed;
}
