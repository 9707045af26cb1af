/* SPDX-License-Identifier: GPL-3.0-or-later */
/* article: one piece of knowledge to be read out, or to be the answer; and the list to choose from.
 */
#include "tui/app.h"
#include "tui/doc.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <stdlib.h>
#include <string.h>

enum { FOUND_MAX = 50 };

struct article {
    struct view view;
    struct article_args args;
    struct mq_result *found; /* NULL until it is here */
    struct doc doc;
    int rows;
};

static bool open_article(struct view *view, const void *argument)
{
    ((struct article *)view)->args = *(const struct article_args *)argument;
    return true;
}

static void close_article(struct view *view)
{
    struct article *a = (struct article *)view;
    doc_free(&a->doc);
    mq_result_free(a->found);
}

static void on_article(void *user, struct mq_result *result)
{
    struct article *a = user;
    a->view.busy = false;
    if (app_failed(a->view.app, result) || !result->articles) {
        app_pop(a->view.app, &a->view);
        return;
    }
    mq_result_keep(result);
    mq_result_free(a->found);
    a->found = result;
    const struct mq_article *article = result->articles;
    doc_clear(&a->doc);
    doc_add(&a->doc, STYLE_NORMAL, 0, article->body);
    doc_add(&a->doc, STYLE_NORMAL, 0, "");
    doc_pair(&a->doc, _("Matter"), STYLE_QUIET, article->category.path);
    doc_pair(&a->doc, _("Unit"), STYLE_QUIET, article->unit.name);
    doc_pair(&a->doc, _("Valid until"), STYLE_QUIET, article->valid_to);
    a->view.app->dirty = true;
}

static void load(struct view *view)
{
    struct article *a = (struct article *)view;
    view->busy = true;
    mq_article(view->app->mq, a->args.id, on_article, a);
}

static void draw(struct view *view, struct rect area)
{
    struct article *a = (struct article *)view;
    if (!a->found)
        return;
    screen_put(area.y, 1, area.cells - 2, STYLE_TITLE, a->found->articles->title);
    a->rows = area.rows - 2;
    doc_draw(&a->doc, (struct rect){area.y + 2, 1, a->rows, area.cells - 2});
}

static bool command(struct view *view, enum command command, const char *argument)
{
    struct article *a = (struct article *)view;
    (void)argument;
    if (command == COMMAND_NONE && !a->found) { /* the wait was broken off */
        app_pop(view->app, view);
        return true;
    }
    if (command == COMMAND_ACCEPT && a->args.use && a->found) {
        /* The view and what it holds are gone before the answer is used. */
        struct article_args args = a->args;
        char *body = strdup(a->found->articles->body);
        app_pop(view->app, view);
        if (body)
            args.use(args.user, body);
        free(body);
        return true;
    }
    return doc_command(&a->doc, a->rows, command);
}

static void hints(struct view *view, struct hints *h)
{
    const struct article *a = (const struct article *)view;
    if (a->args.use)
        hint(h, "article", COMMAND_ACCEPT, NULL, _("answer with this"));
    hint(h, "text", COMMAND_NEXT, NULL, _("down"));
    hint(h, "global", COMMAND_BACK, NULL, _("back"));
}

static void focus(struct view *view)
{
    (void)view;
    edit_focus(NULL);
}

const struct view_ops view_article = {
    .name = "article",
    .contexts = {"article", "text", "global"},
    .size = sizeof(struct article),
    .open = open_article,
    .load = load,
    .draw = draw,
    .command = command,
    .hints = hints,
    .focus = focus,
    .close = close_article,
};

/* ---- the list ----------------------------------------------------------------------------------
 */

struct choice {
    size_t count;
    int64_t ids[FOUND_MAX];
};

static void chosen(struct app *app, void *user, size_t index)
{
    const struct choice *choice = user;
    struct article_args args = {choice->ids[index], NULL, NULL};
    app_push(app, &view_article, &args);
}

static void on_found(void *user, struct mq_result *result)
{
    struct app *app = user;
    if (app_failed(app, result))
        return;
    if (result->count == 0) {
        app_say(app, STYLE_QUESTION, "%s", _("No article holds these words."));
        return;
    }
    struct choice *choice = calloc(1, sizeof *choice);
    struct menu_item *items = calloc(result->count, sizeof *items);
    if (!choice || !items) {
        free(choice);
        free(items);
        return;
    }
    for (size_t i = 0; i < result->count && i < FOUND_MAX; i++) {
        const struct mq_article *article = &result->articles[i];
        items[i] = (struct menu_item){strdup(""), strdup(article->title), strdup(article->summary)};
        choice->ids[choice->count++] = article->id;
    }
    struct menu_args args = {_("Knowledge"), items, choice->count, chosen, choice, free};
    app_push(app, &view_menu, &args);
    app->dirty = true;
}

void articles_open(struct app *app, const char *words)
{
    mq_articles(app->mq, words, NULL, NULL, FOUND_MAX, on_found, app);
}
