/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of tests/lib/platform*.c share. */
#ifndef TESTS_LIB_PLATFORM_PRIVATE_H
#define TESTS_LIB_PLATFORM_PRIVATE_H

#include "tests/lib/platform.h"
#include <pthread.h>

enum { TEST_SESSIONS_MAX = 128 };

struct test_platform_private {
    struct test_platform *next; /* of all that live */
    char *port_file, *clock_file;
    char **arguments;     /* ends with NULL */
    int64_t clock_ms;     /* what the clock file holds */
    pthread_mutex_t lock; /* guards the sessions */
    struct {
        char *login, *token;
    } sessions[TEST_SESSIONS_MAX];
    size_t session_count;
};

/* --- platform_child.c ------------------------------------------------------------------------- */
/* Ends the program with a message, and the platform's log unless it is NULL. */
__attribute__((format(printf, 2, 3), noreturn)) void test_die(const struct test_platform *platform,
                                                              const char *format, ...);
/* The pointer, which must not be NULL. */
void *test_must(void *pointer);
/* printf into memory of its own. */
__attribute__((format(printf, 1, 2))) char *test_text(const char *format, ...);
/* Writes a file as a whole: who reads it sees the old or the new text. */
void test_write_file(const char *path, const char *text);
void test_copy_file(const char *from, const char *to);
/* A database that nobody has open, with its key file; one of the first schema has none. */
void test_copy_database(const char *from, const char *to);
void test_print_file(const char *path);
void test_remove_tree(const char *path);
/* Starts minqingd with these words (ends with NULL); it dies with this program, and what it prints
 * is appended to `log`. `clock` NULL: the real one. */
pid_t test_spawn(const char *const *words, const char *clock, const char *log);
/* Waits for its end: its exit status, or 128 + the signal; -1 when it has not ended in time. */
int test_wait_child(pid_t pid, int64_t limit_ms);

#endif
