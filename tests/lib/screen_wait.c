/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting until a screen shows what it should. */
#include "tests/lib/screen_private.h"
#include <time.h>

enum { PUMP_MS = 1000 };

int64_t screen_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t limit_of(int limit_ms)
{
    return (int64_t)(limit_ms ? limit_ms : SCREEN_LIMIT_MS) * SCREEN_SLOW;
}

bool screen_waited(struct screen *s, screen_condition holds, void *user, int limit_ms)
{
    int64_t until = screen_now_ms() + limit_of(limit_ms);
    screen_pump(0);
    while (!holds(s, user)) {
        int64_t left = until - screen_now_ms();
        if (left <= 0)
            return false;
        if (s->ended && s->master < 0)
            return false; /* nothing more will come */
        screen_pump(left < PUMP_MS ? (int)left : PUMP_MS);
    }
    return true;
}

void screen_wait(struct screen *s, screen_condition holds, void *user, const char *what,
                 int limit_ms)
{
    if (!screen_waited(s, holds, user, limit_ms))
        screen_fail(s, "waited for: %s", what);
}

static bool shows(struct screen *s, void *user)
{
    return screen_shows(s, user);
}

static bool shows_not(struct screen *s, void *user)
{
    return !screen_shows(s, user);
}

/* Conditions take what they look at as void *; they only read it. */
static void *borrowed(const void *pointer)
{
    union {
        const void *given;
        void *taken;
    } u = {pointer};
    return u.taken;
}

void screen_wait_text(struct screen *s, const char *text, int limit_ms)
{
    if (!screen_waited(s, shows, borrowed(text), limit_ms))
        screen_fail(s, "waited for “%s”", text);
}

void screen_wait_gone(struct screen *s, const char *text, int limit_ms)
{
    if (!screen_waited(s, shows_not, borrowed(text), limit_ms))
        screen_fail(s, "waited for “%s” to go", text);
}

struct any {
    const char *const *texts;
    int which;
};

static bool shows_any(struct screen *s, void *user)
{
    struct any *any = user;
    for (any->which = 0; any->texts[any->which]; any->which++)
        if (screen_shows(s, any->texts[any->which]))
            return true;
    return false;
}

int screen_wait_any(struct screen *s, const char *const texts[], int limit_ms)
{
    struct any any = {texts, 0};
    if (!screen_waited(s, shows_any, &any, limit_ms))
        screen_fail(s, "waited for “%s” or another", texts[0]);
    return any.which;
}

void screen_settle(struct screen *s, int quiet_ms)
{
    int64_t last = screen_now_ms(), give_up = last + SCREEN_LIMIT_MS;
    size_t bytes = s->bytes;
    for (;;) {
        int64_t now = screen_now_ms();
        if (s->bytes != bytes) {
            bytes = s->bytes;
            last = now;
        }
        if (now - last >= quiet_ms || now > give_up)
            return;
        screen_pump((int)(last + quiet_ms - now));
    }
}

bool screen_wait_end(struct screen *s, int limit_ms)
{
    int64_t until = screen_now_ms() + limit_of(limit_ms);
    while (!s->ended && screen_now_ms() < until)
        screen_pump((int)(until - screen_now_ms()));
    return s->ended;
}

int screen_exit_status(struct screen *s, int limit_ms)
{
    if (!screen_wait_end(s, limit_ms))
        screen_fail(s, "the program does not end");
    screen_pump(0);
    return s->status;
}
