/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app: the console's state: the session, the stack of views, the message, and what they share. */
#ifndef TUI_APP_H
#define TUI_APP_H

#include "core/buf.h"
#include "tui/edit.h"
#include "tui/keymap.h"
#include "tui/view.h"

enum { APP_VIEWS = 24, APP_TABS = 24, APP_HELD = 128 };

struct app_options {
    const char *url, *login, *password;
    const char *language; /* NULL: the account's */
    bool low_bandwidth;
    const char *ca_file; /* NULL: the system's certificates are trusted */
    bool plain_http;
    /* `minqing screen`: runs this command, prints the screen as text and leaves; NULL: no. */
    const char *print;
};

/* A view that the account has by its roles, with its counts. */
struct tab {
    char name[32], label[48];
    int64_t count, red;
    struct view *view; /* NULL until it was shown */
};

struct app {
    struct app_options options;
    struct mq *mq;
    struct keymap keys;
    struct mq_result *session;          /* the login's answer, NULL before */
    struct mq_result *catalogue;        /* the published actions, NULL before */
    struct mq_result *channels, *kinds; /* what an intake chooses from, NULL before */
    bool feed_seen;                     /* the feed was connected, or lost, once */
    bool following;                     /* it was connected at the last tick */

    struct tab tabs[APP_TABS];
    int tab_count, tab;
    struct view *stack[APP_VIEWS]; /* [0] is the present tab's view */
    int depth;

    char message[512];
    int message_style;
    char question[256]; /* "" none: the next key answers it */
    void (*answered)(void *user);
    void *answered_user;

    bool command_line; /* `:` has the keys */
    struct edit command;
    size_t completion;  /* which candidate Tab shows next */
    char completed[64]; /* what was typed before Tab */

    int pending[KEYMAP_SEQUENCE_MAX]; /* the beginning of a sequence of keys */
    int pending_count;
    struct {
        int key;
        char *pasted;
    } held[APP_HELD]; /* typed while the view was busy */
    int held_count;

    bool dirty, quit, waiting_shown;
    int64_t minute;    /* that the clock shows */
    int64_t renew_at;  /* clock_now_ms when the session wants renewal, 0 never */
    int64_t worked_at; /* when a key was typed last */
};

/* ---- the stack of views -----------------------------------------------------------------------
 */
struct view *app_top(struct app *app);
/* NULL when the view does not open. */
struct view *app_push(struct app *app, const struct view_ops *ops, const void *argument);
/* Closes the view and all above it. */
void app_pop(struct app *app, struct view *view);
void app_pop_to(struct app *app, int depth);
/* Shows a tab's view. */
void app_show_tab(struct app *app, int tab);
/* By name; -1 none. */
int app_tab_by_name(const struct app *app, const char *name);
/* Frees a view that is on no stack. */
void app_close_view(struct app *app, struct view *view);
/* The order that a command is about: the topmost view's; NULL none. */
const struct mq_order *app_order(struct app *app);

/* ---- words to the person ----------------------------------------------------------------------
 */
void app_say(struct app *app, int style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* True when the answer is a failure, which is then said (and a lost session asked anew). */
bool app_failed(struct app *app, const struct mq_result *result);
/* Asks; y calls back, any other key does not. */
void app_ask(struct app *app, const char *question, void (*answered)(void *user), void *user);

/* ---- session ----------------------------------------------------------------------------------
 */
void app_login(struct app *app, const char *login, const char *password, mq_done done, void *user);
/* Takes the answer of a login or of me: tabs, catalogue, feed. */
void app_session(struct app *app, struct mq_result *result);
/* Forgets the account with all that it saw; drafts stay. */
void app_forget_session(struct app *app);
/* Takes from a login, me or renewal how long the session lasts. */
void app_lasts(struct app *app, const struct mq_result *result);
/* Renews the session, if it is time and somebody is at work. */
void app_renew_due(struct app *app);
/* Argument "", or "everywhere" for all sessions of the account. */
void app_log_out(struct app *app, const char *argument);
void app_change_password(struct app *app);
const char *app_account_name(const struct app *app);
const struct mq_action *app_action(const struct app *app, const char *name);
/* Takes the published actions, unless they are there. */
void app_take_catalogue(struct app *app, struct mq_result *result);

/* ---- keys and commands ------------------------------------------------------------------------
 */
void app_key(struct app *app, int key);
/* Keys that waited for an answer. */
void app_replay(struct app *app);
void app_forget_held(struct app *app);
bool app_run(struct app *app, enum command command, const char *argument);
/* What was typed after `:`. */
void app_run_text(struct app *app, const char *text);

/* ---- time and paint ---------------------------------------------------------------------------
 */
void app_tick(struct app *app);
/* Milliseconds until the next tick, -1 none. */
int app_next_tick(struct app *app);
void app_paint(struct app *app);

/* ---- start and end ----------------------------------------------------------------------------
 */
/* Runs the screen until it is left; the program's exit status. */
int loop_run(const struct app_options *options);

#endif
