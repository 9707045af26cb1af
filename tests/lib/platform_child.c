/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minqingd as a child, and the files around it. */
#include "core/buf.h"
#include "core/clock.h"
#include "tests/lib/platform_private.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *directories[64]; /* to be removed at the end */

void test_die(const struct test_platform *platform, const char *format, ...)
{
    va_list args;
    if (platform)
        test_print_file(platform->log);
    va_start(args, format);
    (void)fputs("test platform: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void *test_must(void *pointer)
{
    if (!pointer)
        test_die(NULL, "out of memory");
    return pointer;
}

char *test_text(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    return test_must(n < 0 ? NULL : text);
}

/* --- files ------------------------------------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind, (void)where;
    (void)remove(path);
    return 0;
}

void test_remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void remove_directories(void)
{
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        if (directories[i])
            test_remove_tree(directories[i]);
        free(directories[i]);
        directories[i] = NULL;
    }
}

char *test_directory(void)
{
    const char *root = getenv("TMPDIR");
    char *path = test_text("%s/minqing-test-XXXXXX", root && *root ? root : "/tmp");
    if (!mkdtemp(path))
        test_die(NULL, "%s: %s", path, strerror(errno));
    static bool prepared;
    if (!prepared)
        (void)atexit(remove_directories);
    prepared = true;
    /* One that was removed before makes room; beyond that many, the rest stays. */
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        if (directories[i] && access(directories[i], F_OK) == 0)
            continue;
        free(directories[i]);
        directories[i] = test_text("%s", path);
        break;
    }
    return path;
}

void test_write_file(const char *path, const char *text)
{
    char *name = test_text("%s.new", path);
    FILE *file = fopen(name, "we");
    bool good = file && fputs(text, file) >= 0;
    if (file)
        good = fclose(file) == 0 && good;
    if (!good || rename(name, path) != 0)
        test_die(NULL, "%s: %s", path, strerror(errno));
    free(name);
}

void test_copy_file(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t n = in < 0 || out < 0 ? -1 : 1;
    while (n > 0)
        n = sendfile(out, in, NULL, 1 << 24);
    if (n < 0 || close(out) != 0)
        test_die(NULL, "%s cannot be copied to %s: %s", from, to, strerror(errno));
    (void)close(in);
}

void test_copy_database(const char *from, const char *to)
{
    static const char *const beside[] = {"key", "model"};
    test_copy_file(from, to);
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        char *from_more = test_text("%s.%s", from, beside[i]);
        char *to_more = test_text("%s.%s", to, beside[i]);
        if (access(from_more, F_OK) == 0)
            test_copy_file(from_more, to_more);
        free(from_more);
        free(to_more);
    }
}

void test_print_file(const char *path)
{
    FILE *file = fopen(path, "re");
    char line[1024];
    while (file && fgets(line, sizeof line, file))
        (void)fputs(line, stderr);
    if (file)
        (void)fclose(file);
}

/* --- the child -------------------------------------------------------------------------------- */

/* Nothing of this machine's settings reaches it but what sanitizers are told. */
static char **environment_new(const char *clock)
{
    static const char *const kept[] = {"PATH",           "TMPDIR",       "ASAN_OPTIONS",
                                       "UBSAN_OPTIONS",  "TSAN_OPTIONS", "LSAN_OPTIONS",
                                       "LD_LIBRARY_PATH"};
    enum { KEPT = sizeof kept / sizeof kept[0] };
    char **environment = test_must(calloc(KEPT + 5, sizeof *environment));
    size_t n = 0;
    for (size_t i = 0; i < KEPT; i++) {
        const char *value = getenv(kept[i]);
        if (value)
            environment[n++] = test_text("%s=%s", kept[i], value);
    }
    environment[n++] = test_text("LC_ALL=C.UTF-8");
    environment[n++] = test_text("TZ=UTC");
    environment[n++] = test_text("HOME=/nonexistent");
    if (clock)
        environment[n] = test_text("MINQING_CLOCK=%s", clock);
    return environment;
}

static char *program_path(void)
{
    const char *directory = getenv("MINQING_BIN_DIR");
    char *path = test_text("%s/minqingd", directory && *directory ? directory : "build/release");
    if (access(path, X_OK) != 0)
        test_die(NULL, "%s: %s (MINQING_BIN_DIR names the directory of the programs)", path,
                 strerror(errno));
    return path;
}

pid_t test_spawn(const char *const *words, const char *clock, const char *log)
{
    size_t n = 0;
    while (words[n])
        n++;
    char **argv = test_must(calloc(n + 2, sizeof *argv));
    argv[0] = program_path();
    for (size_t i = 0; i < n; i++)
        argv[i + 1] = test_text("%s", words[i]);
    char **environment = environment_new(clock);
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    pid_t parent = getpid();
    pid_t pid = in < 0 || out < 0 ? -1 : fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
            _exit(127);
        (void)execve(argv[0], argv, environment);
        _exit(127);
    }
    if (pid < 0)
        test_die(NULL, "%s cannot be started: %s", argv[0], strerror(errno));
    (void)close(in);
    (void)close(out);
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    for (size_t i = 0; environment[i]; i++)
        free(environment[i]);
    free(argv);
    free(environment);
    return pid;
}

int test_wait_child(pid_t pid, int64_t limit_ms)
{
    int64_t deadline = clock_ticks_ms() + limit_ms;
    int status;
    pid_t ended;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0)
        if (clock_ticks_ms() >= deadline || !test_look_again(deadline))
            return -1;
    if (ended < 0)
        return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int test_minqingd(const char *const *words, const char *clock, char **output)
{
    char *directory = test_directory();
    char *log = test_text("%s/out", directory);
    pid_t pid = test_spawn(words, clock, log);
    int status = test_wait_child(pid, TEST_LIMIT_MS);
    if (status == -1) {
        (void)kill(pid, SIGKILL);
        status = test_wait_child(pid, TEST_LIMIT_MS);
    }
    if (output) {
        struct buf text = BUF_EMPTY;
        char part[4096];
        size_t n;
        FILE *file = test_must(fopen(log, "re"));
        while ((n = fread(part, 1, sizeof part, file)) > 0)
            buf_add(&text, part, n);
        (void)fclose(file);
        *output = test_must(buf_take(&text));
    }
    test_remove_tree(directory);
    free(log);
    free(directory);
    return status;
}
