/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a session goes on and ends. */
#include "core/clock.h"
#include "tui/app.h"
#include "tui/l10n.h"
#include "tui/views/views.h"
#include <string.h>

/* Work that is older says nothing about whether somebody still sits there. */
enum { AT_WORK_MS = 5 * 60 * 1000, AGAIN_MS = 60 * 1000 };

void app_lasts(struct app *app, const struct mq_result *result)
{
    app->renew_at = result->renew_in_s < 0 ? 0 : clock_now_ms() + result->renew_in_s * 1000;
}

static void on_renewed(void *user, struct mq_result *result)
{
    struct app *app = user;
    if (result->status == ST_OK)
        app_lasts(app, result);
    else if (result->http_status == 401)
        app_failed(app, result);
    else
        app->renew_at = clock_now_ms() + AGAIN_MS;
}

void app_renew_due(struct app *app)
{
    int64_t now = clock_now_ms();
    if (!app->session || app->renew_at == 0 || now < app->renew_at ||
        app->worked_at < app->renew_at - AT_WORK_MS)
        return;
    app->renew_at = mq_renew(app->mq, on_renewed, app) ? 0 : now + AGAIN_MS;
}

static void on_logout(void *user, struct mq_result *result)
{
    struct app *app = user;
    if (app_failed(app, result))
        return;
    app_forget_session(app);
    app_push(app, &view_login, NULL);
    app_say(app, STYLE_GOOD, "%s", _("Logged out. Drafts are kept."));
}

void app_log_out(struct app *app, const char *argument)
{
    bool everywhere = strcmp(argument, "everywhere") == 0;
    if (*argument && !everywhere)
        app_say(app, STYLE_ERROR, "%s", _("logout, or logout everywhere?"));
    else if (!(everywhere ? mq_logout_everywhere(app->mq, on_logout, app)
                          : mq_logout(app->mq, on_logout, app)))
        app_say(app, STYLE_ERROR, "%s", _("Out of memory."));
}

void app_change_password(struct app *app)
{
    static const enum login_purpose purpose = LOGIN_PASSWORD;
    struct view *top = app_top(app);
    if (app->session && !(top && top->ops == &view_login))
        app_push(app, &view_login, &purpose);
}
