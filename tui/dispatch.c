/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commanding half of app.h: a key becomes a command, a command goes to the topmost view or is
 * done here. */
#include "core/clock.h"
#include "core/number.h"
#include "tui/app.h"
#include "tui/cmdline.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys -------------------------------------------------------------------------------------
 */

void app_forget_held(struct app *app)
{
    for (int i = 0; i < app->held_count; i++)
        free(app->held[i].pasted);
    explicit_bzero(app->held, sizeof app->held); /* a password may have been typed ahead */
    app->held_count = 0;
}

static void hold(struct app *app, int key)
{
    if (app->held_count == APP_HELD)
        return;
    app->held[app->held_count].key = key;
    app->held[app->held_count].pasted = key == K_PASTE ? strdup(screen_pasted()) : NULL;
    app->held_count++;
}

static void paste(struct app *app, const char *text)
{
    struct view *top = app_top(app);
    if (app->command_line)
        edit_insert(text, false);
    else if (top && top->ops->typing && edit_focused())
        top->ops->typed(top, K_PASTE);
    app->dirty = true;
}

/* Esc leaves a wait that lasts; what was asked is dropped. */
static void stop_waiting(struct app *app, struct view *view)
{
    mq_cancel(app->mq, view);
    view->busy = false;
    app_forget_held(app);
    app_say(app, STYLE_QUESTION, "%s", _("Stopped waiting."));
    if (view->ops->command)
        view->ops->command(view, COMMAND_NONE, "");
}

static void answer(struct app *app, int key)
{
    app->question[0] = '\0';
    app->dirty = true;
    if (key == 'y' || key == 'Y')
        app->answered(app->answered_user);
    else
        app_say(app, STYLE_NORMAL, "%s", _("Not done."));
}

static void key_to_view(struct app *app, struct view *top, int key)
{
    bool plain = key >= ' ' && key != K_BACKSPACE && key < KEY_BASE;
    if (top->ops->typing && plain && app->pending_count == 0) {
        top->ops->typed(top, key);
        return;
    }
    const char *contexts[4];
    size_t count = 0;
    while (count < 4 && top->ops->contexts[count]) {
        contexts[count] = top->ops->contexts[count];
        count++;
    }
    const struct binding *binding = NULL;
    app->pending[app->pending_count++] = key;
    switch (keymap_find(&app->keys, contexts, count, app->pending, app->pending_count, &binding)) {
    case KEYMAP_MORE:
        return;
    case KEYMAP_FOUND:
        app->pending_count = 0;
        app_run(app, binding->command, binding->argument);
        return;
    case KEYMAP_UNBOUND:
        app->pending_count = 0;
        if (top->ops->typing)
            top->ops->typed(top, key);
    }
}

void app_key(struct app *app, int key)
{
    struct view *top = app_top(app);
    app->dirty = true;
    app->worked_at = clock_now_ms();
    if (top && top->busy && key != 0x0C) {
        if (key == K_ESC || key == 3)
            stop_waiting(app, top);
        else
            hold(app, key);
        return;
    }
    if (app->question[0]) {
        answer(app, key);
        return;
    }
    /* A message has been read when the next key comes. */
    app->message[0] = '\0';
    if (key == K_PASTE)
        paste(app, screen_pasted());
    else if (app->command_line)
        cmdline_key(app, key);
    else if (top)
        key_to_view(app, top, key);
    else if (key == 'q' || key == 3)
        app->quit = true;
}

void app_replay(struct app *app)
{
    struct view *top;
    while (app->held_count > 0 && (top = app_top(app)) && !top->busy) {
        int key = app->held[0].key;
        char *pasted = app->held[0].pasted;
        app->held_count--;
        memmove(app->held, app->held + 1, sizeof app->held[0] * (size_t)app->held_count);
        if (key == K_PASTE) {
            if (pasted && edit_focused())
                edit_insert(pasted, true);
        } else {
            app_key(app, key);
        }
        free(pasted);
    }
}

/* ---- commands ---------------------------------------------------------------------------------
 */

static void quit(void *user)
{
    struct app *app = user;
    app->quit = true;
}

static void back(struct app *app)
{
    if (app->depth > 1)
        app_pop_to(app, app->depth - 1);
    else
        app_ask(app, _("End the console?"), quit, app);
}

static void show_view(struct app *app, const char *argument)
{
    char *end;
    long number = strtol(argument, &end, 10);
    int tab = *argument && !*end ? (int)number - 1 : app_tab_by_name(app, argument);
    if (tab >= 0 && tab < app->tab_count)
        app_show_tab(app, tab);
    else
        app_say(app, STYLE_ERROR, _("There is no view \"%s\"."), argument);
}

/* Runs the first of "name|name" that the order allows, which the view finds out by itself. */
static void act(struct app *app, const char *action)
{
    const struct mq_order *order = app_order(app);
    struct act_args args = {order, action, 0};
    if (!order)
        app_say(app, STYLE_QUESTION, "%s", _("No order is selected here."));
    else if (*action)
        app_push(app, &view_act, &args);
    else
        actions_open(app, order);
}

static void save_display(struct app *app, const char *path)
{
    struct error err;
    if (!*path)
        app_say(app, STYLE_ERROR, "%s", _("Into which file?"));
    else if (screen_save(path, &err))
        app_say(app, STYLE_ERROR, "%s", err.message);
    else
        app_say(app, STYLE_GOOD, _("Written to %s."), path);
}

static void go_to_order(struct app *app, const char *text)
{
    char number[ORDER_NUMBER_SIZE];
    if (!order_number_parse(text, number) && !order_number_complete(text, clock_now_ms(), number)) {
        app_say(app, STYLE_ERROR, _("\"%s\" is no order number: one digit must be wrong."), text);
        return;
    }
    app_push(app, &view_order, number);
}

static void switch_language(struct app *app, const char *language)
{
    if (strcmp(language, "zh") != 0 && strcmp(language, "en") != 0) {
        app_say(app, STYLE_ERROR, "%s", _("zh or en?"));
        return;
    }
    l10n_language(language);
    app->options.language = l10n_chinese() ? "zh" : "en";
}

/* On the order that the topmost view is about. */
static bool run_on_order(struct app *app, enum command command, const char *argument)
{
    if (command == COMMAND_ACT || command == COMMAND_ACTIONS) {
        act(app, command == COMMAND_ACT ? argument : "");
        return true;
    }
    if (command != COMMAND_WHY && command != COMMAND_COPY && command != COMMAND_REVEAL)
        return false;
    const struct mq_order *order = app_order(app);
    if (!order) {
        app_say(app, STYLE_QUESTION, "%s", _("No order is selected here."));
    } else if (command == COMMAND_WHY) {
        why_open(app, order, argument);
    } else if (command == COMMAND_REVEAL) {
        reveal_open(app, order, argument);
    } else {
        screen_copy(order->number);
        app_say(app, STYLE_GOOD, _("%s copied."), order->number);
    }
    return true;
}

bool app_run(struct app *app, enum command command, const char *argument)
{
    struct view *top = app_top(app);
    app->dirty = true;
    if (top && top->ops->command && top->ops->command(top, command, argument))
        return true;
    if (run_on_order(app, command, argument))
        return true;
    switch (command) {
    case COMMAND_BACK:
        back(app);
        break;
    case COMMAND_QUIT:
        app->quit = true;
        break;
    case COMMAND_NEXT_VIEW:
        app_show_tab(app, app->tab_count ? (app->tab + 1) % app->tab_count : 0);
        break;
    case COMMAND_PREVIOUS_VIEW:
        app_show_tab(app, app->tab_count ? (app->tab + app->tab_count - 1) % app->tab_count : 0);
        break;
    case COMMAND_VIEW:
        show_view(app, argument);
        break;
    case COMMAND_NEW:
        if (app_tab_by_name(app, "intake") >= 0)
            app_push(app, &view_intake, NULL);
        else
            app_say(app, STYLE_QUESTION, "%s", _("This account takes no appeals."));
        break;
    case COMMAND_BOARD:
        app_push(app, &view_board, *argument ? argument : NULL);
        break;
    case COMMAND_BULLETIN:
        app_push(app, &view_bulletin, NULL);
        break;
    case COMMAND_SEARCH:
        search_open(app, argument);
        break;
    case COMMAND_ARTICLES:
        articles_open(app, argument);
        break;
    case COMMAND_GO:
        go_to_order(app, argument);
        break;
    case COMMAND_HELP:
        help_open(app);
        break;
    case COMMAND_COMMAND:
        cmdline_open(app, "");
        break;
    case COMMAND_REFRESH:
        if (top && top->ops->load)
            top->ops->load(top);
        break;
    case COMMAND_REDRAW:
        screen_repaint();
        break;
    case COMMAND_LANGUAGE:
        switch_language(app, argument);
        break;
    case COMMAND_LOGIN:
        app_push(app, &view_login, NULL);
        break;
    case COMMAND_LOGOUT:
        app_log_out(app, argument);
        break;
    case COMMAND_PASSWORD:
        app_change_password(app);
        break;
    case COMMAND_SAVE_DISPLAY:
        save_display(app, argument);
        break;
    case COMMAND_SUSPEND:
        screen_suspend();
        break;
    default:
        app_say(app, STYLE_QUESTION, _("\"%s\" does nothing here."), command_help(command));
        return false;
    }
    return true;
}

void app_run_text(struct app *app, const char *text)
{
    const char *argument;
    enum command command = command_parse(text, &argument);
    if (command == COMMAND_NONE)
        app_say(app, STYLE_ERROR, _("There is no command \"%s\". ? lists them."), text);
    else
        app_run(app, command, argument);
}
