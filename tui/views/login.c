/* SPDX-License-Identifier: GPL-3.0-or-later */
/* login: who works here. Also in the middle of something, when a session has ended. */
#include "tui/app.h"
#include "tui/form.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct login {
    struct view view;
    struct form form;
};

static bool open_login(struct view *view, const void *argument)
{
    struct login *l = (struct login *)view;
    (void)argument;
    form_start(&l->form, view);
    struct field *name = form_add(&l->form, "login", _("Account"), "line", true);
    form_add(&l->form, "password", _("Password"), "secret", true);
    const struct mq_result *session = view->app->session;
    const char *known =
        session && session->account ? session->account->login : view->app->options.login;
    if (known) {
        form_set(name, NULL, known);
        l->form.focus = 1;
    }
    return true;
}

static void close_login(struct view *view)
{
    form_free(&((struct login *)view)->form);
}

static void focus(struct view *view)
{
    form_take_focus(&((struct login *)view)->form);
}

static int rows(struct view *view, int room)
{
    /* Below a form that is to stay in sight; alone it has the whole screen. */
    (void)room;
    return form_rows(&((struct login *)view)->form, screen_cells()) + 3;
}

static void draw(struct view *view, struct rect area)
{
    struct login *l = (struct login *)view;
    bool alone = view->app->depth <= 1;
    int y = area.y + (alone && area.rows > 10 ? area.rows / 4 : 0);
    screen_put(y, 4, area.cells - 8, STYLE_TITLE, _("Minqing: appeals of citizens"));
    screen_put(y + 1, 4, area.cells - 8, STYLE_QUIET, view->app->options.url);
    struct rect part = {y + 3, 2, area.y + area.rows - y - 3, area.cells - 4};
    form_draw(&l->form, part);
}

static void on_login(void *user, struct mq_result *result)
{
    struct login *l = user;
    struct app *app = l->view.app;
    l->view.busy = false;
    if (result->status == ST_OK) {
        app_pop(app, &l->view);
        app_say(app, STYLE_GOOD, _("Welcome, %s."), result->account ? result->account->name : "");
        app_session(app, result);
        struct view *below = app_top(app);
        if (below && below->ops->load) /* what was refused meanwhile */
            below->ops->load(below);
        return;
    }
    app_failed(app, result);
    if (result->status != ST_UNAVAILABLE) {
        struct field *password = form_find(&l->form, "password");
        form_set(password, NULL, "");
        form_error(&l->form, password, result->message);
        app->message[0] = '\0';
    }
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct login *l = (struct login *)view;
    (void)argument;
    switch (form_command(&l->form, command)) {
    case FORM_SUBMIT:
        view->busy = true;
        app_login(view->app, edit_text(&l->form.fields[0].edit), edit_text(&l->form.fields[1].edit),
                  on_login, l);
        return true;
    case FORM_LEAVE:
        return false;
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
    (void)view;
    hint(h, "form", COMMAND_ACCEPT, NULL, _("log in"));
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
