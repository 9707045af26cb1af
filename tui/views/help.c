/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help: what can be done here, from the command table and the keymap; what is chosen is done. */
#include "tui/app.h"
#include "tui/cmdline.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS_MAX = 200 };

struct help {
    struct {
        enum command command;
        char argument[48];
    } rows[ITEMS_MAX];
    size_t count;
};

static void chosen(struct app *app, void *user, size_t index)
{
    const struct help *h = user;
    enum command command = h->rows[index].command;
    const char *arguments = command_arguments(command);
    char start[64];
    if (*h->rows[index].argument || !*arguments || *arguments == '[') {
        app_run(app, command, h->rows[index].argument);
        return;
    }
    snprintf(start, sizeof start, "%s ", command_name(command));
    cmdline_open(app, start);
}

static void add(struct help *h, struct menu_item *items, enum command command, const char *argument,
                const char *key, const char *label, const char *note)
{
    if (h->count == ITEMS_MAX)
        return;
    h->rows[h->count].command = command;
    snprintf(h->rows[h->count].argument, sizeof h->rows[0].argument, "%s", argument);
    items[h->count++] = (struct menu_item){strdup(key), strdup(label), strdup(note)};
}

static bool listed(const struct help *h, enum command command, const char *argument)
{
    for (size_t i = 0; i < h->count; i++) {
        if (h->rows[i].command == command && strcmp(h->rows[i].argument, argument) == 0)
            return true;
    }
    return false;
}

/* Whether one of "name|name" may be done with the order now; yes where that is not known. The name
 * that is goes into `first`, else the first of all. */
static bool allowed(struct app *app, const char *names, char *first, size_t size)
{
    const struct mq_order *order = app_order(app);
    snprintf(first, size, "%.*s", (int)strcspn(names, "|"), names);
    if (!order || !order->detail)
        return true;
    for (const char *p = names; *p; p += strcspn(p, "|"), p += *p == '|') {
        size_t n = strcspn(p, "|");
        for (size_t i = 0; i < order->detail->action_count; i++) {
            const char *name = order->detail->actions[i].name;
            if (strlen(name) == n && strncmp(name, p, n) == 0) {
                snprintf(first, size, "%s", name);
                return true;
            }
        }
    }
    return false;
}

/* Every key of one section that does what no earlier one does. */
static void add_section(struct app *app, struct help *h, struct menu_item *items,
                        const char *context)
{
    for (size_t i = 0; i < app->keys.count; i++) {
        const struct binding *b = &app->keys.bindings[i];
        char key[24], note[96], first[48] = "";
        if (strcmp(b->context, context) != 0 || b->command == COMMAND_NONE ||
            b->command == COMMAND_HELP || listed(h, b->command, b->argument) ||
            keymap_for(&app->keys, context, b->command, b->argument) == NULL)
            continue;
        /* Nine keys for nine views are one line. */
        if (b->command == COMMAND_VIEW && strcmp(b->argument, "1") != 0)
            continue;
        keymap_text(keymap_for(&app->keys, context, b->command, b->argument), key, sizeof key);
        if (b->command == COMMAND_ACT && !allowed(app, b->argument, first, sizeof first))
            continue;
        const struct mq_action *action = b->command == COMMAND_ACT ? app_action(app, first) : NULL;
        snprintf(note, sizeof note, ":%s%s%s", command_name(b->command), *b->argument ? " " : "",
                 b->argument);
        add(h, items, b->command, b->argument, b->command == COMMAND_VIEW ? "1-9" : key,
            action ? action->label : command_help(b->command), note);
    }
}

void help_open(struct app *app)
{
    struct view *top = app_top(app);
    struct help *h = calloc(1, sizeof *h);
    struct menu_item *items = calloc(ITEMS_MAX, sizeof *items);
    if (!top || !h || !items) {
        free(h);
        free(items);
        return;
    }
    for (size_t i = 0; i < 4 && top->ops->contexts[i]; i++)
        add_section(app, h, items, top->ops->contexts[i]);
    for (int c = COMMAND_NONE + 1; c < COMMAND_COUNT && !top->ops->typing; c++) {
        char note[96];
        if (listed(h, (enum command)c, "") || c == COMMAND_HELP || c == COMMAND_VIEW ||
            (c >= COMMAND_NEXT_FIELD && c <= COMMAND_DISCARD))
            continue;
        snprintf(note, sizeof note, ":%s %s", command_name((enum command)c),
                 command_arguments((enum command)c));
        add(h, items, (enum command)c, "", ":", command_help((enum command)c), note);
    }
    struct menu_args args = {_("What can be done here"), items, h->count, chosen, h, free};
    app_push(app, &view_menu, &args);
}
