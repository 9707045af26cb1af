/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program in its pseudo-terminal. */
#include "tests/lib/screen_private.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SCREENS_MAX = 128, READ_SIZE = 65536 };

static struct screen *open_screens;

/* cmocka's way to fail; a benchmark is linked without it. */
extern void _fail(const char *file, int line) __attribute__((weak));

void screen_fail(struct screen *screen, const char *format, ...)
{
    char why[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof why, format, args);
    va_end(args);
    if (screen) {
        screen_dump(screen, why);
        (void)screen_sanitizer_spoke(screen->home);
    } else {
        (void)fprintf(stderr, "%s\n", why);
    }
    if (_fail)
        _fail(__FILE__, __LINE__);
    exit(EXIT_FAILURE);
}

/* ---- start ----------------------------------------------------------------------------------- */

static void become_program(const char *const argv[], char **environment, const char *home)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (chdir(home) != 0)
        _exit(127);
    (void)syscall(SYS_close_range, 3U, ~0U, 0U);
    union {
        const char *const *given;
        char *const *taken;
    } words = {argv};
    (void)execve(argv[0], words.taken, environment);
    (void)dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* A program's path as it is found from another directory. */
static char *absolute(const char *path)
{
    char *real = realpath(path, NULL);
    return real ? real : screen_must(strdup(path));
}

struct screen *screen_run(const struct screen_options *options, const char *const argv[])
{
    static const struct screen_options none = {0};
    const struct screen_options *o = options ? options : &none;
    struct screen *s = screen_must(calloc(1, sizeof *s));
    const char *words[64];
    size_t n = 0;
    s->rows = o->rows ? o->rows : 24;
    s->columns = o->cells ? o->cells : 80;
    s->own_home = !o->home;
    s->home = o->home ? screen_must(strdup(o->home)) : screen_home_new();
    s->name = screen_must(strdup(o->name ? o->name : argv[0]));
    char *path = absolute(argv[0]);
    words[n++] = path;
    for (size_t i = 1; argv[i] && n < sizeof words / sizeof *words - 1; i++)
        words[n++] = argv[i];
    words[n] = NULL;
    char **environment = screen_environment(s->home, o->term, o->env);
    struct winsize size = {.ws_row = (unsigned short)s->rows, .ws_col = (unsigned short)s->columns};
    s->pid = forkpty(&s->master, NULL, NULL, &size);
    if (s->pid == 0)
        become_program(words, environment, s->home);
    screen_environment_free(environment);
    free(path);
    if (s->pid < 0) {
        perror("forkpty");
        abort();
    }
    s->pidfd = (int)syscall(SYS_pidfd_open, s->pid, 0);
    (void)fcntl(s->pidfd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(s->master, F_SETFD, FD_CLOEXEC);
    (void)fcntl(s->master, F_SETFL, O_NONBLOCK);
    screen_emulator_new(s);
    s->next = open_screens;
    open_screens = s;
    return s;
}

struct screen *screen_minqing(const struct screen_options *options, const char *const words[])
{
    const char *argv[64] = {screen_program("minqing")};
    for (size_t n = 1; words && words[n - 1] && n < 63; n++)
        argv[n] = words[n - 1];
    return screen_run(options, argv);
}

/* ---- reading and writing --------------------------------------------------------------------- */

static void take_output(struct screen *s)
{
    static char bytes[READ_SIZE];
    ssize_t n;
    while (s->master >= 0 && (n = read(s->master, bytes, sizeof bytes)) != 0) {
        if (n > 0) {
            s->bytes += (size_t)n;
            (void)vterm_input_write(s->vterm, bytes, (size_t)n);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR) {
            /* EIO: nobody has the terminal any more. */
            (void)close(s->master);
            s->master = -1;
        }
    }
}

static void take_end(struct screen *s)
{
    int status;
    if (s->ended || waitpid(s->pid, &status, WNOHANG) != s->pid)
        return;
    s->ended = true;
    s->status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    (void)close(s->pidfd);
    s->pidfd = -1;
}

void screen_pump(int wait_ms)
{
    struct pollfd waits[2 * SCREENS_MAX];
    nfds_t count = 0;
    for (struct screen *s = open_screens; s && count + 2 <= 2 * SCREENS_MAX; s = s->next) {
        waits[count++] = (struct pollfd){.fd = s->master, .events = POLLIN};
        waits[count++] = (struct pollfd){.fd = s->pidfd, .events = POLLIN};
    }
    (void)poll(waits, count, wait_ms);
    for (struct screen *s = open_screens; s; s = s->next) {
        take_end(s); /* first: what an ended program wrote is all there to be read */
        take_output(s);
    }
}

void screen_send(struct screen *s, const char *bytes, size_t n)
{
    int64_t limit = screen_now_ms() + SCREEN_LIMIT_MS * SCREEN_SLOW;
    while (n > 0 && s->master >= 0) {
        ssize_t written = write(s->master, bytes, n);
        if (written > 0) {
            bytes += written;
            n -= (size_t)written;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return;
        if (screen_now_ms() > limit)
            screen_fail(s, "the program reads no keys");
        struct pollfd room = {.fd = s->master, .events = POLLOUT};
        (void)poll(&room, 1, 20);
        take_output(s);
    }
}

/* ---- the terminal and the program ------------------------------------------------------------ */

void screen_resize_to(struct screen *s, int rows, int cells)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cells};
    s->rows = rows;
    s->columns = cells;
    vterm_set_size(s->vterm, rows, cells);
    (void)ioctl(s->master, TIOCSWINSZ, &size);
}

void screen_hangup(struct screen *s)
{
    take_output(s);
    if (s->master >= 0)
        (void)close(s->master);
    s->master = -1;
}

pid_t screen_pid(const struct screen *s)
{
    return s->pid;
}

void screen_signal(struct screen *s, int number)
{
    s->signalled = true;
    if (!s->ended)
        (void)kill(s->pid, number);
}

bool screen_running(struct screen *s)
{
    screen_pump(0);
    return !s->ended;
}

/* ---- closing --------------------------------------------------------------------------------- */

static void release(struct screen *s)
{
    struct screen **at = &open_screens;
    while (*at && *at != s)
        at = &(*at)->next;
    if (*at)
        *at = s->next;
    if (s->master >= 0)
        (void)close(s->master);
    if (s->pidfd >= 0)
        (void)close(s->pidfd);
    vterm_free(s->vterm);
    if (s->own_home)
        screen_home_free(s->home);
    else
        free(s->home);
    free(s->name);
    free(s);
}

static void end_by_force(struct screen *s)
{
    if (s->ended)
        return;
    (void)kill(s->pid, SIGKILL);
    (void)kill(s->pid, SIGCONT);
    (void)waitpid(s->pid, NULL, 0);
    s->ended = true;
}

void screen_close(struct screen *s)
{
    bool killed = false;
    if (!s->ended)
        screen_hangup(s);
    if (!screen_wait_end(s, 0)) {
        end_by_force(s);
        killed = true;
    }
    bool spoke = screen_sanitizer_spoke(s->home);
    bool died = !killed && !s->signalled && s->status < 0 && s->status != -SIGHUP;
    if (killed)
        screen_fail(s, "a hang-up did not end the program");
    if (spoke || died)
        screen_fail(s, "the program ended badly (%d)", s->status);
    release(s);
}

int screen_close_all(void **state)
{
    (void)state;
    while (open_screens) {
        end_by_force(open_screens);
        (void)screen_sanitizer_spoke(open_screens->home);
        release(open_screens);
    }
    return 0;
}
