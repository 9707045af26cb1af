/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/draft.h"
#include "core/buf.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 8, NAME_MAX_BYTES = 96, COALESCE_MS = 200, DRAFT_MAX_BYTES = 1 << 20 };

/* The newest text of a name that is not yet on disk. */
struct slot {
    char name[NAME_MAX_BYTES];
    char *text; /* NULL: remove */
    bool used;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    pthread_t thread;
    bool running, stopping, writing, hurry;
    struct slot slots[SLOTS];
    char directory[PATH_MAX];
    struct error problem;
} journal = {.lock = PTHREAD_MUTEX_INITIALIZER,
             .work = PTHREAD_COND_INITIALIZER,
             .done = PTHREAD_COND_INITIALIZER};

/* Makes each directory of the path; only the owner may look. */
static bool make_directories(const char *path)
{
    char part[PATH_MAX];
    snprintf(part, sizeof part, "%s", path);
    for (char *p = part + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        mkdir(part, 0700);
        *p = '/';
    }
    return mkdir(part, 0700) == 0 || errno == EEXIST;
}

static bool path_of(const char *name, const char *suffix, char *out, size_t size)
{
    int n = snprintf(out, size, "%s/%s%s", journal.directory, name, suffix);
    return n > 0 && (size_t)n < size;
}

static bool sync_directory(void)
{
    int fd = open(journal.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* Whole or not at all: a new file takes the old one's name when it is on disk. */
static bool write_draft(const char *name, const char *text)
{
    char path[PATH_MAX + 128], fresh[PATH_MAX + 128];
    if (!path_of(name, ".draft", path, sizeof path) || !path_of(name, ".new", fresh, sizeof fresh))
        return false;
    if (!text)
        return (unlink(path) == 0 || errno == ENOENT) && sync_directory();
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    size_t n = strlen(text);
    bool ok = true;
    for (size_t at = 0; ok && at < n;) {
        ssize_t got = write(fd, text + at, n - at);
        if (got < 0 && errno != EINTR)
            ok = false;
        at += got > 0 ? (size_t)got : 0;
    }
    ok = ok && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    return ok && rename(fresh, path) == 0 && sync_directory();
}

static struct slot *waiting_slot(void)
{
    for (int i = 0; i < SLOTS; i++) {
        if (journal.slots[i].used)
            return &journal.slots[i];
    }
    return NULL;
}

/* A burst of keys costs one write; somebody who waits for the disk ends the pause. */
static void pause_a_little(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += COALESCE_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    while (!journal.hurry && !journal.stopping &&
           pthread_cond_timedwait(&journal.work, &journal.lock, &until) != ETIMEDOUT)
        ;
}

static void *run(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&journal.lock);
    for (;;) {
        struct slot *slot = waiting_slot();
        if (!slot) {
            pthread_cond_broadcast(&journal.done);
            journal.hurry = false;
            if (journal.stopping)
                break;
            pthread_cond_wait(&journal.work, &journal.lock);
            continue;
        }
        pause_a_little();
        struct slot taken = *slot;
        slot->used = false;
        slot->text = NULL;
        journal.writing = true;
        pthread_mutex_unlock(&journal.lock);
        errno = 0;
        bool ok = write_draft(taken.name, taken.text);
        int reason = errno;
        free(taken.text);
        pthread_mutex_lock(&journal.lock);
        journal.writing = false;
        if (!ok)
            error_set(&journal.problem, ST_IO, "%s: %s", journal.directory, strerror(reason));
    }
    pthread_mutex_unlock(&journal.lock);
    return NULL;
}

enum status draft_start(struct error *err)
{
    if (journal.running)
        return ST_OK;
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int n;
    if (state && *state == '/')
        n = snprintf(journal.directory, sizeof journal.directory, "%s/minqing", state);
    else
        n = snprintf(journal.directory, sizeof journal.directory, "%s/.local/state/minqing",
                     home && *home ? home : "/tmp");
    if (n < 0 || (size_t)n >= sizeof journal.directory || !make_directories(journal.directory)) {
        enum status st = error_set(err, ST_IO, "%s: %s", journal.directory, strerror(errno));
        journal.directory[0] = '\0';
        return st;
    }
    journal.stopping = false;
    if (pthread_create(&journal.thread, NULL, run, NULL) != 0)
        return error_set(err, ST_NO_MEMORY, "no thread for the drafts");
    journal.running = true;
    return ST_OK;
}

void draft_stop(void)
{
    if (!journal.running)
        return;
    pthread_mutex_lock(&journal.lock);
    journal.stopping = true;
    pthread_cond_broadcast(&journal.work);
    pthread_mutex_unlock(&journal.lock);
    pthread_join(journal.thread, NULL);
    journal.running = false;
}

const char *draft_directory(void)
{
    return journal.directory;
}

static void clean_name(const char *name, char out[NAME_MAX_BYTES])
{
    size_t i = 0;
    for (; name[i] && i < NAME_MAX_BYTES - 1; i++) {
        char c = name[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || (c == '.' && i > 0);
        out[i] = plain ? c : '_';
    }
    out[i] = '\0';
}

static struct slot *slot_of(const char *name)
{
    for (int i = 0; i < SLOTS; i++) {
        if (journal.slots[i].used && strcmp(journal.slots[i].name, name) == 0)
            return &journal.slots[i];
    }
    return NULL;
}

void draft_put(const char *name, const char *text)
{
    if (!journal.running)
        return;
    char clean[NAME_MAX_BYTES];
    clean_name(name, clean);
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy)
        return;
    pthread_mutex_lock(&journal.lock);
    struct slot *slot = slot_of(clean);
    for (int i = 0; i < SLOTS && !slot; i++) {
        if (!journal.slots[i].used)
            slot = &journal.slots[i];
    }
    if (!slot) /* more forms at once than a person can have open */
        slot = &journal.slots[0];
    free(slot->text);
    memcpy(slot->name, clean, sizeof clean);
    slot->text = copy;
    slot->used = true;
    pthread_cond_broadcast(&journal.work);
    pthread_mutex_unlock(&journal.lock);
}

char *draft_get(const char *name)
{
    char clean[NAME_MAX_BYTES], path[PATH_MAX + 128];
    clean_name(name, clean);
    draft_flush();
    if (!journal.directory[0] || !path_of(clean, ".draft", path, sizeof path))
        return NULL;
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    struct buf text = BUF_EMPTY;
    char block[4096];
    size_t n;
    buf_add_text(&text, "");
    while ((n = fread(block, 1, sizeof block, f)) > 0 && text.length < DRAFT_MAX_BYTES)
        buf_add(&text, block, n);
    fclose(f);
    return buf_take(&text);
}

void draft_flush(void)
{
    if (!journal.running)
        return;
    pthread_mutex_lock(&journal.lock);
    while (waiting_slot() || journal.writing) {
        journal.hurry = true;
        pthread_cond_broadcast(&journal.work);
        pthread_cond_wait(&journal.done, &journal.lock);
    }
    pthread_mutex_unlock(&journal.lock);
}

bool draft_problem(struct error *err)
{
    pthread_mutex_lock(&journal.lock);
    bool any = journal.problem.status != ST_OK;
    *err = journal.problem;
    journal.problem.status = ST_OK;
    pthread_mutex_unlock(&journal.lock);
    return any;
}

void draft_write(struct buf *out, const char *name, const char *value)
{
    buf_add_text(out, name);
    buf_add_char(out, '=');
    for (; *value; value++) {
        if (*value == '\n')
            buf_add_text(out, "\\n");
        else if (*value == '\\')
            buf_add_text(out, "\\\\");
        else
            buf_add_char(out, *value);
    }
    buf_add_char(out, '\n');
}

char *draft_read(const char *text, const char *name)
{
    size_t n = strlen(name);
    while (*text && !(strncmp(text, name, n) == 0 && text[n] == '=')) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    if (!*text)
        return NULL;
    struct buf value = BUF_EMPTY;
    buf_add_text(&value, "");
    for (text += n + 1; *text && *text != '\n'; text++) {
        if (*text == '\\' && text[1]) {
            text++;
            buf_add_char(&value, *text == 'n' ? '\n' : *text);
        } else {
            buf_add_char(&value, *text);
        }
    }
    return buf_take(&value);
}
