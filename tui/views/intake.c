/* SPDX-License-Identifier: GPL-3.0-or-later */
/* intake: what a citizen says, taken in one pass while they speak. */
#include "tui/views/intake.h"
#include "tui/app.h"
#include "tui/draft.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 2000, PANEL_ROWS = 4, WIDE_MIN = 110 };

static const char key_field[] = "draft_key";
/* Who sits at this form holds a telephone; what kind of appeal it is, nobody knows before. */
static const char hotline[] = "12345";

/* ---- what the platform knows beside the form: intakepanel.c ---------------------------------- */

static void changed(struct view *view, struct field *field)
{
    struct intake *t = (struct intake *)view;
    if (strcmp(field->name, "next") == 0)
        form_find(&t->form, "answer")->hidden =
            !field->value || strcmp(field->value, "answer") != 0;
    intake_ask(t, &t->form.fields[t->form.focus] == field && field->kind == FIELD_TEXT);
}

/* ---- choices -----------------------------------------------------------------------------------
 */

static void set_choices(struct field *f, const struct mq_choice *choices, size_t count,
                        const char *usual)
{
    f->choices = choices;
    f->choice_count = count;
    for (size_t i = 0; usual && i < count && !f->value; i++) {
        if (strncmp(choices[i].name, usual, strlen(usual)) == 0 ||
            strncmp(choices[i].label, usual, strlen(usual)) == 0)
            field_replace(&f->value, choices[i].name);
    }
}

static size_t take_names(const struct mq_result *result, struct mq_choice *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < result->count && n < room; i++)
        out[n++] = (struct mq_choice){result->refs[i].code, result->refs[i].name};
    return n;
}

/* The lists were asked for at the login; they outlive every form. */
static void take_choices(struct intake *t)
{
    const struct app *app = t->view.app;
    struct field *channel = form_find(&t->form, "channel"), *kind = form_find(&t->form, "kind");
    if (app->channels && !channel->choice_count)
        set_choices(
            channel, t->channels,
            take_names(app->channels, t->channels, sizeof t->channels / sizeof *t->channels),
            hotline);
    if (app->kinds && !kind->choice_count)
        set_choices(kind, t->kinds,
                    take_names(app->kinds, t->kinds, sizeof t->kinds / sizeof *t->kinds), NULL);
}

/* ---- sending -----------------------------------------------------------------------------------
 */

static void on_taken(void *user, struct mq_result *result)
{
    struct intake *t = user;
    struct app *app = t->view.app;
    t->view.busy = false;
    if (result->status == ST_OK) {
        form_forget(&t->form);
        t->form.draft[0] = '\0';
        app_say(app, STYLE_GOOD, _("Taken: %s  (%s). Tell the citizen this number."),
                result->order ? result->order->number : "",
                result->order ? result->order->state_label : "");
        app_pop(app, &t->view);
        struct view *top = app_top(app);
        if (top && top->ops->load)
            top->ops->load(top);
        return;
    }
    app_failed(app, result);
    const char *name = result->field;
    if (strcmp(name, "region") == 0 || strcmp(name, "place_text") == 0)
        name = "place";
    struct field *f = *name ? form_find(&t->form, name) : NULL;
    if (f)
        form_error(&t->form, f, result->message);
}

/* What was typed for a place and is no record is said in words. */
static void place_in_words(struct mq_value *values, size_t count, const struct field *place)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(values[i].name, "place") == 0 && !place->value)
            values[i] = (struct mq_value){"place_text", "line", values[i].value};
}

static void submit(struct intake *t)
{
    struct mq_value values[FORM_FIELDS];
    size_t count;
    struct buf keep = BUF_EMPTY;
    struct app *app = t->view.app;
    if (form_values(&t->form, values, &count, &keep)) {
        place_in_words(values, count, form_find(&t->form, "place"));
        t->view.busy = true;
        /* The draft goes on with the same key: however often it is sent, it is taken once. */
        mq_appeal(app->mq, edit_text(&form_find(&t->form, key_field)->edit), values, count,
                  on_taken, t);
    } else {
        app_forget_held(app);
    }
    buf_free(&keep);
}

/* ---- the view ----------------------------------------------------------------------------------
 */

static void add_fields(struct intake *t)
{
    struct form *f = &t->form;
    form_add(f, "phone", _("Phone"), "line", false);
    form_add(f, "name", _("Name"), "line", false);
    struct field *place = form_add(f, "place", _("Place"), "place", true);
    struct field *words = form_add(f, "words", _("Words"), "text", true);
    form_add(f, "category", _("Matter"), "category", true);
    form_add(f, "kind", _("Kind"), "choice", true);
    form_add(f, "channel", _("Channel"), "choice", true);
    form_add(f, "urgent", _("Urgent"), "bool", false);
    form_add(f, "confidential", _("Confidential"), "bool", false);
    struct field *next = form_add(f, "next", _("Then"), "choice", true);
    struct field *answer = form_add(f, "answer", _("Answer"), "text", true);
    struct field *key = form_add(f, key_field, "", "line", false);
    place->only_chosen = false;
    words->max = WORDS_MAX;
    answer->max = WORDS_MAX;
    answer->hidden = true;
    key->hidden = true;
    t->nexts[0] = (struct mq_choice){"dispatch", _("to dispatch")};
    t->nexts[1] = (struct mq_choice){"keep", _("keep here")};
    t->nexts[2] = (struct mq_choice){"answer", _("answer at once")};
    set_choices(next, t->nexts, 3, "dispatch");
}

static bool open_intake(struct view *view, const void *argument)
{
    struct intake *t = (struct intake *)view;
    char fresh[23];
    (void)argument;
    t->for_panel = t;
    form_start(&t->form, view);
    t->form.step_on_enter = true;
    t->form.changed = changed;
    add_fields(t);
    const struct mq_result *session = view->app->session;
    snprintf(t->form.draft, sizeof t->form.draft, "intake-%" PRId64,
             session && session->account ? session->account->id : 0);
    char *draft = draft_get(t->form.draft);
    if (draft && form_load(&t->form, draft)) {
        changed(view, form_find(&t->form, "next"));
        app_say(view->app, STYLE_QUESTION, "%s", _("Your draft is here again. F8 throws it away."));
    }
    free(draft);
    struct field *key = form_find(&t->form, key_field);
    if (!*edit_text(&key->edit)) {
        mq_new_key(fresh);
        edit_set(&key->edit, fresh);
    }
    return true;
}

static void load(struct view *view)
{
    struct intake *t = (struct intake *)view;
    take_choices(t);
    intake_ask(t, false);
}

static void tick(struct view *view)
{
    intake_ask((struct intake *)view, false);
}

static void close_intake(struct view *view)
{
    struct intake *t = (struct intake *)view;
    mq_cancel(view->app->mq, &t->for_panel);
    form_free(&t->form);
    mq_result_free(t->known);
    free(t->asked);
}

static void focus(struct view *view)
{
    form_take_focus(&((struct intake *)view)->form);
}

static void draw(struct view *view, struct rect area)
{
    struct intake *t = (struct intake *)view;
    struct rect form = area, panel = area;
    if (area.cells >= WIDE_MIN) {
        form.cells = area.cells * 3 / 5;
        panel.x = form.cells + 1;
        panel.cells = area.cells - panel.x;
        screen_bar(area.y, form.cells, area.rows);
    } else if (intake_has_panel(t) && area.rows > 3 * PANEL_ROWS) {
        panel.rows = intake_panel_rows(t) < PANEL_ROWS ? intake_panel_rows(t) : PANEL_ROWS;
        form.rows = area.rows - panel.rows - 1;
        panel.y = area.y + form.rows + 1;
        screen_rule(panel.y - 1, 0, area.cells);
    } else {
        panel.rows = 0;
    }
    screen_put(form.y, 1, form.cells - 2, STYLE_TITLE, _("New appeal"));
    form.y++;
    form.rows--;
    intake_draw_panel(t, panel);
    form_draw(&t->form, form);
}

static void discard(void *user)
{
    struct intake *t = user;
    form_forget(&t->form);
    t->form.draft[0] = '\0';
    app_say(t->view.app, STYLE_NORMAL, "%s", _("The draft is thrown away."));
    app_pop(t->view.app, &t->view);
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct intake *t = (struct intake *)view;
    if (command == COMMAND_DISCARD) {
        app_ask(view->app, _("Throw away what is typed here?"), discard, t);
        return true;
    }
    if (command == COMMAND_HINT || command == COMMAND_OPEN) {
        int number = command == COMMAND_HINT ? argument[0] - '0' : 1;
        if (!intake_pick(t, number))
            app_say(view->app, STYLE_QUESTION, "%s", _("No hint has this number."));
        return true;
    }
    switch (form_command(&t->form, command)) {
    case FORM_SUBMIT:
        submit(t);
        return true;
    case FORM_LEAVE:
        return false;
    case FORM_TAKEN:
        return true;
    case FORM_NOTHING:
        break;
    }
    return false;
}

static void typed(struct view *view, int key)
{
    form_typed(&((struct intake *)view)->form, key);
}

static void hints(struct view *view, struct hints *h)
{
    struct intake *t = (struct intake *)view;
    if (intake_has_panel(t))
        hint(h, "form", COMMAND_HINT, "1", _("take hint 1"));
    form_hints(&t->form, h);
}

const struct view_ops view_intake = {
    .name = "intake",
    .contexts = {"form"},
    .typing = true,
    .size = sizeof(struct intake),
    .open = open_intake,
    .load = load,
    .draw = draw,
    .command = command,
    .typed = typed,
    .tick = tick,
    .hints = hints,
    .focus = focus,
    .close = close_intake,
};
