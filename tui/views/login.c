/* SPDX-License-Identifier: GPL-3.0-or-later */
/* login: who works here, and with which password from now on. Also in the middle of something, when
 * a session has ended. */
#include "core/text.h"
#include "tui/app.h"
#include "tui/form.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum fields { LOGIN, PASSWORD, NEW, AGAIN, FIELD_COUNT };

struct login {
    struct view view;
    struct form form;
    bool again;              /* the session has ended */
    bool changing;           /* it asks for a new password */
    bool entering;           /* … because the one of this login must be changed */
    struct mq_result *rules; /* what it must be, NULL not known yet */
};

static const char *text_of(const struct login *l, enum fields field)
{
    return edit_text(&l->form.fields[field].edit);
}

/* A password is needed no longer than it takes to be answered. */
static void forget(struct login *l, enum fields field)
{
    form_set(&l->form.fields[field], NULL, "");
}

static void show_fields(struct login *l)
{
    l->form.fields[LOGIN].hidden = l->changing;
    l->form.fields[PASSWORD].hidden = l->entering;
    l->form.fields[NEW].hidden = l->form.fields[AGAIN].hidden = !l->changing;
    l->form.fields[LOGIN].required = !l->changing;
    l->form.fields[NEW].required = l->form.fields[AGAIN].required = l->changing;
    field_replace(&l->form.fields[PASSWORD].label,
                  l->changing ? _("Present password") : _("Password"));
    form_clear_errors(&l->form);
}

static void on_rules(void *user, struct mq_result *result)
{
    struct login *l = user;
    if (app_failed(l->view.app, result))
        return;
    mq_result_keep(result);
    mq_result_free(l->rules);
    l->rules = result;
}

static void ask_for_new(struct login *l, bool entering)
{
    l->changing = true;
    l->entering = entering;
    show_fields(l);
    forget(l, NEW);
    forget(l, AGAIN);
    form_focus(&l->form, entering ? NEW : PASSWORD);
    if (!mq_password_rules(l->view.app->mq, on_rules, l))
        app_say(l->view.app, STYLE_ERROR, "%s", _("Out of memory."));
}

static void ask_for_login(struct login *l)
{
    l->changing = l->entering = false;
    show_fields(l);
    for (int field = PASSWORD; field < FIELD_COUNT; field++)
        forget(l, (enum fields)field);
    form_focus(&l->form, *text_of(l, LOGIN) ? PASSWORD : LOGIN);
}

static bool open_login(struct view *view, const void *argument)
{
    struct login *l = (struct login *)view;
    const enum login_purpose *purpose = argument;
    form_start(&l->form, view);
    form_add(&l->form, "login", _("Account"), "line", true);
    form_add(&l->form, "password", _("Password"), "secret", true);
    form_add(&l->form, "new", _("New password"), "secret", true);
    form_add(&l->form, "again", _("Once more"), "secret", true);
    const struct mq_result *session = view->app->session;
    const char *known =
        session && session->account ? session->account->login : view->app->options.login;
    if (known)
        form_set(&l->form.fields[LOGIN], NULL, known);
    l->again = purpose && *purpose == LOGIN_AGAIN;
    if (purpose && *purpose == LOGIN_PASSWORD)
        ask_for_new(l, false);
    else
        ask_for_login(l);
    return true;
}

static void close_login(struct view *view)
{
    struct login *l = (struct login *)view;
    form_free(&l->form);
    mq_result_free(l->rules);
}

static void focus(struct view *view)
{
    form_take_focus(&((struct login *)view)->form);
}

/* Draws the rules from row `y` on; returns the rows they take. Nothing below `end`. */
static int draw_rules(const struct login *l, int y, int end, int cells)
{
    int rows = 0;
    for (size_t i = 0; l->changing && l->rules && i < l->rules->count; i++) {
        const char *line = l->rules->lines[i];
        for (bool first = true; *line; first = false) {
            size_t n = text_wrap(line, cells - 8);
            if (y + rows < end) {
                screen_put(y + rows, 4, 1, STYLE_QUIET, first ? "·" : " ");
                screen_put_n(y + rows, 6, cells - 8, STYLE_QUIET, line, n);
            }
            rows++;
            line += n;
        }
    }
    return rows;
}

static int rows(struct view *view, int room)
{
    struct login *l = (struct login *)view;
    /* Below a form that is to stay in sight; alone it has the whole screen. */
    (void)room;
    int rules = draw_rules(l, 0, 0, screen_cells());
    return form_rows(&l->form, screen_cells()) + 3 + (rules ? rules + 1 : 0);
}

static const char *subtitle(const struct login *l)
{
    if (l->entering)
        return _("The present one was only to begin with, or is too old.");
    if (l->changing)
        return _("Your other logins end with the old one.");
    return l->again ? _("The session has ended. Log in again: what you typed is still here.")
                    : l->view.app->options.url;
}

static void draw(struct view *view, struct rect area)
{
    struct login *l = (struct login *)view;
    bool alone = view->app->depth <= 1;
    int end = area.y + area.rows, y = area.y + (alone && area.rows > 16 ? area.rows / 4 : 0);
    screen_put(y, 4, area.cells - 8, STYLE_TITLE,
               l->changing ? _("Choose a new password") : _("Minqing: appeals of citizens"));
    screen_put(y + 1, 4, area.cells - 8, l->again && !l->changing ? STYLE_QUESTION : STYLE_QUIET,
               subtitle(l));
    struct rect part = {y + 3, 2, end - y - 3, area.cells - 4};
    form_draw(&l->form, part);
    draw_rules(l, y + 4 + form_rows(&l->form, part.cells), end, area.cells);
}

/* ---- log in ------------------------------------------------------------------------------------
 */

/* To where the person was; what was refused meanwhile is asked for again. */
static void enter(struct login *l, struct mq_result *result)
{
    struct app *app = l->view.app;
    bool changed = l->changing && !l->entering;
    /* What was typed ahead may belong to a password: it is no command. */
    app_forget_held(app);
    app_pop(app, &l->view);
    if (changed)
        app_say(app, STYLE_GOOD, "%s", _("The password is changed; your other logins have ended."));
    else
        app_say(app, STYLE_GOOD, _("Welcome, %s."), result->account ? result->account->name : "");
    app_session(app, result);
    struct view *below = app_top(app);
    if (below && below->ops->load)
        below->ops->load(below);
}

static void on_login(void *user, struct mq_result *result)
{
    struct login *l = user;
    struct app *app = l->view.app;
    l->view.busy = false;
    if (result->status == ST_OK && result->must_change_password) {
        ask_for_new(l, true);
        return;
    }
    if (result->status == ST_OK) {
        enter(l, result);
        return;
    }
    app_failed(app, result);
    if (result->status != ST_UNAVAILABLE) {
        forget(l, PASSWORD);
        form_error(&l->form, &l->form.fields[PASSWORD], result->message);
        app->message[0] = '\0';
    }
}

/* ---- change the password -----------------------------------------------------------------------
 */

static void on_me(void *user, struct mq_result *result)
{
    struct login *l = user;
    l->view.busy = false;
    if (!app_failed(l->view.app, result))
        enter(l, result);
}

static void on_changed(void *user, struct mq_result *result)
{
    struct login *l = user;
    struct app *app = l->view.app;
    l->view.busy = false;
    if (result->status == ST_OK) {
        forget(l, PASSWORD);
        forget(l, NEW);
        forget(l, AGAIN);
        l->view.busy = true;
        if (!mq_me(app->mq, on_me, l))
            app_say(app, STYLE_ERROR, "%s", _("Out of memory."));
        return;
    }
    if (result->http_status == 401) { /* it took too long */
        l->again = true;
        ask_for_login(l);
        return;
    }
    app_failed(app, result);
    if (result->status == ST_UNAVAILABLE)
        return;
    bool old = strcmp(result->field, "old") == 0;
    if (old) {
        l->form.fields[PASSWORD].hidden = false;
        forget(l, PASSWORD);
    } else {
        forget(l, NEW);
        forget(l, AGAIN);
    }
    form_error(&l->form, &l->form.fields[old ? PASSWORD : NEW], result->message);
    app->message[0] = '\0';
}

static bool send(struct login *l)
{
    struct app *app = l->view.app;
    if (!l->changing) {
        app_login(app, text_of(l, LOGIN), text_of(l, PASSWORD), on_login, l);
        return true;
    }
    if (strcmp(text_of(l, NEW), text_of(l, AGAIN)) != 0) {
        forget(l, AGAIN);
        form_error(&l->form, &l->form.fields[AGAIN],
                   _("The two are not the same: type the new one once more."));
        return false;
    }
    if (!mq_password(app->mq, text_of(l, PASSWORD), text_of(l, NEW), on_changed, l))
        app_say(app, STYLE_ERROR, "%s", _("Out of memory."));
    return true;
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct login *l = (struct login *)view;
    (void)argument;
    switch (form_command(&l->form, command)) {
    case FORM_SUBMIT:
        view->busy = send(l);
        return true;
    case FORM_LEAVE:
        if (!l->entering)
            return false;
        mq_logout(view->app->mq, NULL, NULL);
        ask_for_login(l);
        return true;
    case FORM_TAKEN:
        return true;
    case FORM_NOTHING:
        break;
    }
    return command == COMMAND_DISCARD;
}

static void typed(struct view *view, int key)
{
    form_typed(&((struct login *)view)->form, key);
}

static void hints(struct view *view, struct hints *h)
{
    const struct login *l = (const struct login *)view;
    bool sends = form_enter_sends(&l->form);
    hint(h, "form", COMMAND_ACCEPT, NULL,
         !sends        ? _("go on")
         : l->changing ? _("change the password")
                       : _("log in"));
    hint(h, "form", COMMAND_NEXT_FIELD, NULL, _("next field"));
    hint(h, "form", COMMAND_BACK, NULL, _("leave"));
}

const struct view_ops view_login = {
    .name = "login",
    .contexts = {"form"},
    .typing = true,
    .size = sizeof(struct login),
    .open = open_login,
    .rows = rows,
    .draw = draw,
    .command = command,
    .typed = typed,
    .hints = hints,
    .focus = focus,
    .close = close_login,
};
