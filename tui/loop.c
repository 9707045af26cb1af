/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one loop: wait, signals, all keys, network, timers, and one paint if something changed. */
#include "core/clock.h"
#include "tui/app.h"
#include "tui/draft.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int signal_pipe[2] = {-1, -1};

static void on_signal(int number)
{
    int saved = errno;
    char byte = (char)number;
    /* A full pipe already says that something came. */
    ssize_t n = write(signal_pipe[1], &byte, 1);
    (void)n;
    errno = saved;
}

static bool start_signals(void)
{
    static const int numbers[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT};
    if (pipe2(signal_pipe, O_NONBLOCK | O_CLOEXEC) != 0)
        return false;
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
    /* A terminal that is gone is noticed by its hang-up, not by a death in the middle of a write.
     */
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    return true;
}

static void take_signals(struct app *app)
{
    char bytes[64];
    ssize_t n;
    while ((n = read(signal_pipe[0], bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (bytes[i] == SIGWINCH)
                screen_resize();
            else
                app->quit = true;
            app->dirty = true;
        }
    }
}

static bool load_keys(struct app *app, struct error *err)
{
    char path[PATH_MAX];
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (keymap_add(&app->keys, keymap_builtin, "default.keys", err) ||
        keymap_add_file(&app->keys, "/etc/minqing/keys", err))
        return false;
    int n = config && *config == '/'
                ? snprintf(path, sizeof path, "%s/minqing/keys", config)
                : snprintf(path, sizeof path, "%s/.config/minqing/keys", home ? home : "");
    return n < 0 || (size_t)n >= sizeof path || !keymap_add_file(&app->keys, path, err);
}

/* The login that was given with the options; the form comes when it is refused. */
static void on_first_login(void *user, struct mq_result *result)
{
    struct app *app = user;
    static const enum login_purpose purpose = LOGIN_PASSWORD;
    if (result->status == ST_OK && result->must_change_password) {
        app_push(app, &view_login, &purpose);
        return;
    }
    if (result->status == ST_OK) {
        app_session(app, result);
        return;
    }
    app_push(app, &view_login, NULL);
    app_failed(app, result);
}

static void start_session(struct app *app)
{
    if (app->options.login && app->options.password)
        app_login(app, app->options.login, app->options.password, on_first_login, app);
    else
        app_push(app, &view_login, NULL);
}

static void report_drafts(struct app *app)
{
    struct error err;
    if (draft_problem(&err))
        app_say(app, STYLE_ERROR, _("The draft is NOT saved: %s"), err.message);
}

/* Does the one command and prints what is shown once nothing is under way any more. */
static void print_screen(struct app *app)
{
    if (mq_pending(app->mq) > 0 || app->dirty)
        return;
    const char *wanted = app->options.print;
    app->options.print = "";
    if (*wanted && app->session) {
        app_run_text(app, wanted);
        return;
    }
    screen_print(stdout);
    app->quit = true;
}

static void run(struct app *app)
{
    while (!app->quit) {
        app_replay(app);
        report_drafts(app);
        if (app->dirty)
            app_paint(app);
        if (app->options.print)
            print_screen(app);
        if (app->quit || app->dirty)
            continue;
        struct mq_wait waits[2] = {{screen_input(), false, false}, {signal_pipe[0], false, false}};
        if (!mq_poll(app->mq, waits, 2, app_next_tick(app)))
            break;
        take_signals(app);
        app_replay(app); /* what waited for an answer comes before what is typed now */
        int key;
        /* All of them: curses may hold decoded keys that the poll cannot see. */
        while (!app->quit && screen_key(&key))
            app_key(app, key);
        if (waits[0].hangup)
            app->quit = true;
        app_tick(app);
    }
}

static void finish(struct app *app)
{
    app_pop_to(app, 0);
    for (int i = 0; i < app->tab_count; i++) {
        if (app->tabs[i].view)
            app_close_view(app, app->tabs[i].view);
    }
    app_forget_held(app);
    edit_free(&app->command);
    mq_result_free(app->session);
    mq_result_free(app->catalogue);
    mq_result_free(app->channels);
    mq_result_free(app->kinds);
    mq_free(app->mq);
    keymap_free(&app->keys);
}

int loop_run(const struct app_options *options)
{
    static struct app app;
    struct error err = {0}, no_drafts = {0}, terminal = {0};
    app.options = *options;
    app.dirty = true;
    if (!load_keys(&app, &err)) {
        fprintf(stderr, "minqing: %s\n", err.message);
        return 2;
    }
    struct mq_options client = {.url = options->url,
                                .language = l10n_chinese() ? "zh" : "en",
                                .ca_file = options->ca_file,
                                .plain_http = options->plain_http};
    app.mq = mq_new(&client, &err);
    if (!app.mq || !start_signals()) {
        fprintf(stderr, "minqing: %s\n", app.mq ? strerror(errno) : err.message);
        return 2;
    }
    enum status drafts = draft_start(&no_drafts);
    edit_start();
    if (options->print ? screen_start_unseen(&terminal)
                       : screen_start(options->low_bandwidth, &terminal)) {
        fprintf(stderr, "minqing: %s\n", terminal.message);
        return 1;
    }
    /* After curses, which would take it for itself. */
    start_session(&app);
    if (*terminal.message)
        app_say(&app, STYLE_QUESTION, "%s", terminal.message);
    if (drafts)
        app_say(&app, STYLE_ERROR, _("Drafts cannot be saved: %s"), no_drafts.message);
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    sigaction(SIGWINCH, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    run(&app);
    /* First what is typed, then the rest: a terminal that is gone may hold us up. */
    draft_flush();
    bool logged_in = app.session != NULL;
    finish(&app);
    draft_stop();
    screen_end();
    return options->print && !logged_in ? 1 : 0;
}
