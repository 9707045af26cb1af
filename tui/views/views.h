/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All views: one line each. */
#ifndef TUI_VIEWS_VIEWS_H
#define TUI_VIEWS_VIEWS_H

#include "tui/view.h"

extern const struct view_ops view_queue;    /* argument: struct queue_args */
extern const struct view_ops view_order;    /* argument: const int64_t *, the order's id */
extern const struct view_ops view_intake;   /* no argument */
extern const struct view_ops view_board;    /* argument: const char *, by what; NULL state */
extern const struct view_ops view_bulletin; /* no argument */
extern const struct view_ops view_access;   /* no argument */
extern const struct view_ops view_login;    /* argument: enum login_purpose *, NULL to log in */
extern const struct view_ops view_act;      /* argument: struct act_args */
extern const struct view_ops view_menu;     /* argument: struct menu_args */
extern const struct view_ops view_text;     /* argument: struct text_args */
extern const struct view_ops view_article;  /* argument: struct article_args */
extern const struct view_ops view_search;   /* no argument */

/* The platform's views that are more than a list of orders; any other is a queue. */
#define TAB_VIEWS(X)                                                                               \
    X("board", view_board)                                                                         \
    X("bulletin", view_bulletin)                                                                   \
    X("access", view_access)

/* What login asks for: who works here, the same once more because the session has ended, or another
 * password. */
enum login_purpose { LOGIN_PERSON, LOGIN_AGAIN, LOGIN_PASSWORD };

struct queue_args {
    const char *name, *label;
    const char *extra; /* of a board's figure; NULL none */
};

struct act_args {
    const struct mq_order *order;
    const char *action;
    int64_t on; /* 0: whatever fits */
};

struct menu_item {
    char *key, *label, *note; /* owned by the menu from its opening on */
};
struct menu_args {
    const char *title;
    struct menu_item *items; /* allocated; the menu frees it */
    size_t count;
    /* After the menu has closed. */
    void (*chosen)(struct app *app, void *user, size_t index);
    void *user;
    void (*closed)(void *user); /* frees `user`; NULL nothing to free */
};

struct doc;
struct text_args {
    const char *title;
    struct doc *doc; /* the view's from now on */
};

struct article_args {
    int64_t id;
    /* After the view has closed: the text is to be the answer. NULL: it is read only. */
    void (*use)(void *user, const char *body);
    void *user;
};
/* Knowledge articles that hold these words. */
void articles_open(struct app *app, const char *words);

struct buf;
/* Orders that hold these words; "" asks for words and filters first. */
void search_open(struct app *app, const char *words);
/* Adds a parameter to a query, its value encoded. */
void search_add(struct buf *query, const char *name, const char *value);

/* Menus over all that is possible: help.c, actions.c. */
void help_open(struct app *app);
void actions_open(struct app *app, const struct mq_order *order);
/* Where the order's deadline, state and suggestion come from; `action`: why it may not be done. */
void why_open(struct app *app, const struct mq_order *order, const char *action);
void reveal_open(struct app *app, const struct mq_order *order, const char *reason);

#endif
