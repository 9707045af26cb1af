/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/verb.h"
#include "tests/lib/screen_private.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 24 };

static void start_child(char *const words[], char **environment, int out, int err)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    int in = open("/dev/null", O_RDONLY);
    if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(127);
    (void)execve(words[0], words, environment);
    _exit(127);
}

/* Reads both ends until both are closed. */
static void read_both(struct verb_run *run, const int ends[2])
{
    char *texts[2] = {run->out, run->err};
    size_t lengths[2] = {0, 0};
    struct pollfd waits[2] = {{.fd = ends[0], .events = POLLIN}, {.fd = ends[1], .events = POLLIN}};
    while (waits[0].fd >= 0 || waits[1].fd >= 0) {
        if (poll(waits, 2, 4 * SCREEN_LIMIT_MS * SCREEN_SLOW) <= 0)
            screen_fail(NULL, "a verb does not end; so far: %s%s", run->out, run->err);
        for (int i = 0; i < 2; i++) {
            if (!waits[i].revents)
                continue;
            size_t room = VERB_OUTPUT_MAX - 1 - lengths[i];
            ssize_t n = read(waits[i].fd, texts[i] + lengths[i], room);
            if (n <= 0)
                waits[i].fd = -1;
            else
                lengths[i] += (size_t)n;
        }
    }
    run->out[lengths[0]] = '\0';
    run->err[lengths[1]] = '\0';
}

void verb_run(struct verb_run *run, const char *home, const char *const *more,
              const char *const given[])
{
    char *words[WORDS_MAX + 1];
    size_t n = 0;
    int out[2], err[2], status = 0;
    words[n++] = screen_must(strdup(screen_program("minqing")));
    while (given[n - 1] && n < WORDS_MAX) {
        words[n] = screen_must(strdup(given[n - 1]));
        n++;
    }
    words[n] = NULL;
    if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
        screen_fail(NULL, "no pipes");
    char **environment = screen_environment(home, NULL, more);
    pid_t pid = fork();
    if (pid == 0)
        start_child(words, environment, out[1], err[1]);
    (void)close(out[1]);
    (void)close(err[1]);
    read_both(run, (const int[]){out[0], err[0]});
    (void)close(out[0]);
    (void)close(err[0]);
    (void)waitpid(pid, &status, 0);
    run->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    screen_environment_free(environment);
    while (n > 0)
        free(words[--n]);
    if (screen_sanitizer_spoke(home))
        screen_fail(NULL, "the sanitizers spoke");
}
