/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/cmdline.h"
#include "core/text.h"
#include "tui/l10n.h"
#include <stdio.h>
#include <string.h>

void cmdline_open(struct app *app, const char *text)
{
    app->command_line = true;
    app->completed[0] = '\0';
    app->completion = 0;
    edit_set(&app->command, text);
    edit_focus(&app->command);
    app->dirty = true;
}

static void close_line(struct app *app)
{
    struct view *top = app_top(app);
    app->command_line = false;
    edit_focus(NULL);
    if (top && top->ops->focus)
        top->ops->focus(top);
}

/* The `i`-th word of an argument of this command that begins so; false past the last. */
static bool argument_candidate(const struct app *app, enum command command, const char *start,
                               size_t i, char *out, size_t size)
{
    size_t n = strlen(start);
    if (command == COMMAND_VIEW) {
        for (int t = 0; t < app->tab_count; t++) {
            if (strncmp(app->tabs[t].name, start, n) == 0 && i-- == 0)
                return snprintf(out, size, "%s", app->tabs[t].name) > 0;
        }
        return false;
    }
    if (command == COMMAND_ACT || command == COMMAND_WHY) {
        for (size_t a = 0; app->catalogue && a < app->catalogue->count; a++) {
            const char *name = app->catalogue->actions[a].name;
            if (strncmp(name, start, n) == 0 && i-- == 0)
                return snprintf(out, size, "%s", name) > 0;
        }
        return false;
    }
    /* Words that the table itself lists: "zh|en". */
    const char *words = command_arguments(command);
    words += *words == '[';
    if (!strchr(words, '|') || (*words >= 'A' && *words <= 'Z'))
        return false;
    while (*words && *words != ']') {
        size_t length = strcspn(words, "|]");
        if (length >= n && strncmp(words, start, n) == 0 && i-- == 0)
            return snprintf(out, size, "%.*s", (int)length, words) > 0;
        words += length + (words[length] == '|');
    }
    return false;
}

bool cmdline_candidate(const struct app *app, const char *text, size_t i, char *out, size_t size,
                       size_t *from)
{
    const char *space = strchr(text, ' ');
    if (!space) {
        enum command command = command_complete(text, strlen(text), i);
        *from = 0;
        return command != COMMAND_NONE && snprintf(out, size, "%s", command_name(command)) > 0;
    }
    const char *argument;
    enum command command = command_parse(text, &argument);
    *from = (size_t)(argument - text);
    return command != COMMAND_NONE && argument_candidate(app, command, argument, i, out, size);
}

/* Tab goes through the candidates of what was typed before the first Tab. */
static void complete(struct app *app, int step)
{
    char word[64], line[160];
    size_t from;
    const char *typed = app->completed;
    if (!*typed) {
        snprintf(app->completed, sizeof app->completed, "%s", edit_text(&app->command));
        app->completion = 0;
    } else if (step > 0) {
        app->completion++;
    } else if (app->completion > 0) {
        app->completion--;
    }
    if (!cmdline_candidate(app, typed, app->completion, word, sizeof word, &from)) {
        app->completion = 0;
        if (!cmdline_candidate(app, typed, 0, word, sizeof word, &from))
            return;
    }
    snprintf(line, sizeof line, "%.*s%s", (int)from, typed, word);
    edit_set(&app->command, line);
}

static void run_line(struct app *app)
{
    char line[512];
    snprintf(line, sizeof line, "%s", edit_text(&app->command));
    close_line(app);
    const char *argument;
    enum command command = command_parse(line, &argument);
    /* A reason or a search may hold personal data: they are not remembered. */
    if (command != COMMAND_REVEAL && command != COMMAND_FILTER)
        edit_remember(line);
    if (*line)
        app_run_text(app, line);
}

void cmdline_key(struct app *app, int key)
{
    static const char *const contexts[] = {"command"};
    const struct binding *binding = NULL;
    keymap_find(&app->keys, contexts, 1, &key, 1, &binding);
    switch (binding ? binding->command : COMMAND_NONE) {
    case COMMAND_ACCEPT:
        run_line(app);
        return;
    case COMMAND_BACK:
        close_line(app);
        return;
    case COMMAND_NEXT:
        complete(app, 1);
        return;
    case COMMAND_PREVIOUS:
        complete(app, -1);
        return;
    case COMMAND_REDRAW:
        screen_repaint();
        return;
    case COMMAND_SUSPEND:
        screen_suspend();
        return;
    default:
        break;
    }
    app->completed[0] = '\0';
    if (key == K_UP || key == K_DOWN)
        edit_history(key == K_UP ? -1 : 1);
    else if (key == K_BACKSPACE && !*edit_text(&app->command))
        close_line(app);
    else
        edit_key(key);
}

void cmdline_draw(struct app *app, int y, int cells)
{
    screen_put(y, 0, 1, STYLE_KEY, ":");
    edit_draw(&app->command, y, 1, cells - 2);
    /* Above it: what the word may become, or what the whole command does. */
    const char *text = *app->completed ? app->completed : edit_text(&app->command);
    char word[64];
    size_t from;
    int x = 1;
    for (size_t i = 0; cmdline_candidate(app, text, i, word, sizeof word, &from); i++) {
        int style = *app->completed && i == app->completion ? STYLE_KEY : STYLE_QUIET;
        if (x + text_width(word) + 2 > cells)
            break;
        x += screen_put(y - 1, x, cells - x, style, word) + 2;
    }
    const char *argument;
    enum command command = command_parse(edit_text(&app->command), &argument);
    if (x < cells / 2 && command != COMMAND_NONE)
        screen_putf(y - 1, x + 2, cells - x - 2, STYLE_QUIET, "%s  %s", command_arguments(command),
                    command_help(command));
}
