/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The surroundings of a program under test: its own home, a fixed locale and time zone, and a place
 * for what the sanitizers say. */
#include "tests/lib/screen_private.h"
#include <dirent.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENVIRONMENT_MAX = 64 };

void *screen_must(void *memory)
{
    if (!memory) {
        (void)fputs("no memory for the test\n", stderr);
        abort();
    }
    return memory;
}

__attribute__((format(printf, 1, 2))) static char *format_text(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    return screen_must(n < 0 ? NULL : text);
}

const char *screen_program(const char *name)
{
    static char paths[2][4096];
    const char *directory = getenv("MINQING_BIN_DIR");
    char *path = paths[strcmp(name, "minqing") == 0];
    (void)snprintf(path, sizeof paths[0], "%s/%s",
                   directory && *directory ? directory : "build/release", name);
    return path;
}

/* ---- home ------------------------------------------------------------------------------------ */

char *screen_home_new(void)
{
    const char *temporary = getenv("TMPDIR");
    char *home =
        format_text("%s/minqing-home-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(home)) {
        perror(home);
        abort();
    }
    return home;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    (void)remove(path);
    return 0;
}

void screen_home_free(char *home)
{
    if (home)
        (void)nftw(home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(home);
}

bool screen_sanitizer_spoke(const char *home)
{
    DIR *directory = opendir(home);
    bool spoke = false;
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        if (strncmp(entry->d_name, "sanitizer.", 10) != 0)
            continue;
        char *path = format_text("%s/%s", home, entry->d_name);
        FILE *file = fopen(path, "re");
        char line[1024];
        while (file && fgets(line, sizeof line, file)) {
            (void)fputs(line, stderr);
            spoke = true;
        }
        if (file)
            (void)fclose(file);
        (void)unlink(path);
        free(path);
    }
    if (directory)
        (void)closedir(directory);
    return spoke;
}

/* ---- environment ----------------------------------------------------------------------------- */

static size_t name_length(const char *entry)
{
    return strcspn(entry, "=");
}

/* Replaces or adds "NAME=VALUE"; "NAME" alone takes it away. */
static void set(char **environment, const char *entry)
{
    size_t n = name_length(entry), i = 0;
    while (environment[i] &&
           (name_length(environment[i]) != n || strncmp(environment[i], entry, n) != 0))
        i++;
    if (i == ENVIRONMENT_MAX - 1)
        abort();
    bool had = environment[i] != NULL;
    free(environment[i]);
    if (entry[n] == '=') {
        environment[i] = screen_must(strdup(entry));
        return;
    }
    environment[i] = NULL;
    if (had)
        for (; environment[i + 1]; i++) {
            environment[i] = environment[i + 1];
            environment[i + 1] = NULL;
        }
}

static void set_text(char **environment, const char *name, const char *value, const char *behind)
{
    char *entry = format_text("%s=%s%s", name, value, behind);
    set(environment, entry);
    free(entry);
}

/* What curses and readline hold until the end of a program is theirs. */
static void keep_quiet_about_curses(const char *home)
{
    char *path = format_text("%s/leaks", home);
    FILE *file = fopen(path, "we");
    if (file) {
        (void)fputs("leak:libtinfo\nleak:libncurses\nleak:libreadline\n", file);
        (void)fclose(file);
    }
    free(path);
}

char **screen_environment(const char *home, const char *term, const char *const *more)
{
    static const char *const passed_on[] = {
        "PATH", "LOCPATH", "TERMINFO", "LD_LIBRARY_PATH", "MINQING_LOCALE_DIR", "MINQING_CLOCK"};
    static const char *const sanitizers[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
                                             "LSAN_OPTIONS"};
    static const char *const places[][2] = {{"HOME", ""},
                                            {"XDG_STATE_HOME", "/state"},
                                            {"XDG_CONFIG_HOME", "/config"},
                                            {"XDG_CACHE_HOME", "/cache"},
                                            {"XDG_RUNTIME_DIR", "/run"}};
    char **environment = screen_must(calloc(ENVIRONMENT_MAX, sizeof *environment));
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
        if (getenv(passed_on[i]))
            set_text(environment, passed_on[i], getenv(passed_on[i]), "");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        set_text(environment, places[i][0], home, places[i][1]);
        char *path = format_text("%s%s", home, places[i][1]);
        (void)mkdir(path, 0700);
        free(path);
    }
    keep_quiet_about_curses(home);
    char *log = format_text(":log_path=%s/sanitizer", home);
    char *leaks = format_text(":suppressions=%s/leaks:print_suppressions=0", home);
    for (size_t i = 0; i < sizeof sanitizers / sizeof *sanitizers; i++) {
        const char *given = getenv(sanitizers[i]);
        bool of_leaks = strcmp(sanitizers[i], "LSAN_OPTIONS") == 0;
        set_text(environment, sanitizers[i], given && *given ? given : "verbosity=0",
                 of_leaks ? leaks : log);
    }
    free(leaks);
    free(log);
    set_text(environment, "TERM", term ? term : "xterm-256color", "");
    set(environment, "LANG=C.UTF-8");
    set(environment, "TZ=UTC");
    for (; more && *more; more++)
        set(environment, *more);
    return environment;
}

void screen_environment_free(char **environment)
{
    for (size_t i = 0; environment && environment[i]; i++)
        free(environment[i]);
    free(environment);
}
