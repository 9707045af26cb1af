/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model as a file: a head, the labels, hashes, rarities and weights as this machine holds them,
 * and a keyed hash (BLAKE2b, the database's key for words) over all that, so that what is damaged
 * or was made for another database is told from what is ours. */
#include "platform/analysis/classifier_private.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LABEL_SIZE = 32, SEAL_SIZE = 32 };
enum { FEATURES_MOST = 64 * 1024 * 1024, LABELS_MOST = 100000, FILE_MOST = 512 * 1024 * 1024 };

struct head {
    char mark[8];
    uint32_t order; /* of bytes: 0x01020304 as this machine writes it */
    uint32_t feature_count, label_count;
    int32_t title_times;
    char key_id[24];
};
static const char MARK[8] = "MQMODEL1";

/* --- writing --------------------------------------------------------------------------------- */

struct output {
    int fd;
    crypto_generichash_state seal;
};

static bool write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n > 0) {
        ssize_t put = write(fd, at, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += put;
        n -= (size_t)put;
    }
    return true;
}

static bool put(struct output *out, const void *bytes, size_t n)
{
    crypto_generichash_update(&out->seal, bytes, n);
    return write_all(out->fd, bytes, n);
}

static bool put_model(struct output *out, const struct classifier *c, const struct keys *keys)
{
    struct head head = {.order = 0x01020304,
                        .feature_count = c->feature_count,
                        .label_count = c->label_count,
                        .title_times = c->title_times};
    memcpy(head.mark, MARK, sizeof MARK);
    memcpy(head.key_id, keys->id, sizeof keys->id);
    bool good = put(out, &head, sizeof head);
    for (uint32_t i = 0; good && i < c->label_count; i++) {
        char label[LABEL_SIZE] = "";
        size_t n = strlen(c->labels[i]);
        good = n < sizeof label;
        memcpy(label, c->labels[i], good ? n : 0);
        good = good && put(out, label, sizeof label);
    }
    size_t weights = (size_t)c->feature_count * c->label_count;
    good = good && put(out, c->features, c->feature_count * sizeof *c->features) &&
           put(out, c->rarity, c->feature_count * sizeof *c->rarity) &&
           put(out, c->weights, weights * sizeof *c->weights);
    unsigned char seal[SEAL_SIZE];
    crypto_generichash_final(&out->seal, seal, sizeof seal);
    return good && write_all(out->fd, seal, sizeof seal);
}

/* So that the rename lasts as well. */
static bool sync_directory(const char *path)
{
    char directory[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + 1 : 0;
    if (n >= sizeof directory)
        return false;
    memcpy(directory, path, n);
    directory[n] = '\0';
    int fd = open(slash ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return good;
}

enum status classifier_save(const struct classifier *c, const char *path, const struct keys *keys,
                            struct error *err)
{
    char other[PATH_MAX];
    if (snprintf(other, sizeof other, "%s.new", path) >= (int)sizeof other)
        return error_set(err, ST_INVALID, "the path of the model is too long");
    (void)unlink(other);
    struct output out = {.fd = open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    crypto_generichash_init(&out.seal, keys->text, sizeof keys->text, SEAL_SIZE);
    bool good = out.fd >= 0 && put_model(&out, c, keys) && fsync(out.fd) == 0;
    int why = errno;
    if (out.fd >= 0 && close(out.fd) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && (rename(other, path) != 0 || !sync_directory(path))) {
        good = false;
        why = errno;
    }
    if (good)
        return ST_OK;
    if (out.fd >= 0)
        (void)unlink(other);
    return error_set(err, ST_IO, "%s cannot be written: %s", path, strerror(why));
}

/* --- reading --------------------------------------------------------------------------------- */

static bool read_all(int fd, unsigned char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t got = read(fd, bytes, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        n -= (size_t)got;
    }
    return true;
}

static enum status damaged(const char *path, struct error *err)
{
    return error_set(err, ST_CORRUPT,
                     "%s is damaged or no model of this program; minqingd train makes a new one",
                     path);
}

/* The whole file; NULL with `err`. */
static unsigned char *read_file(const char *path, size_t *size, struct error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        error_set(err, errno == ENOENT ? ST_NOT_FOUND : ST_IO, "%s cannot be read: %s", path,
                  strerror(errno));
        return NULL;
    }
    unsigned char *bytes = NULL;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(struct head) ||
        st.st_size > FILE_MOST)
        damaged(path, err);
    else if (!(bytes = malloc((size_t)st.st_size)))
        error_set(err, ST_NO_MEMORY, "out of memory");
    else if (!read_all(fd, bytes, *size = (size_t)st.st_size)) {
        error_set(err, ST_IO, "%s cannot be read to its end", path);
        free(bytes);
        bytes = NULL;
    }
    (void)close(fd);
    return bytes;
}

static size_t size_of(const struct head *head)
{
    size_t weights = (size_t)head->feature_count * head->label_count;
    return sizeof *head + (size_t)head->label_count * LABEL_SIZE +
           head->feature_count * (sizeof(uint32_t) + sizeof(float)) + weights * sizeof(float) +
           SEAL_SIZE;
}

static enum status check(const unsigned char *bytes, size_t size, const struct head *head,
                         const char *path, const struct keys *keys, struct error *err)
{
    if (memcmp(head->mark, MARK, sizeof MARK) != 0 || head->order != 0x01020304)
        return damaged(path, err);
    if (memcmp(head->key_id, keys->id, sizeof keys->id) != 0)
        return error_set(err, ST_CONFLICT,
                         "%s was learnt with the key of another database; minqingd train makes one "
                         "for this",
                         path);
    if (head->feature_count > FEATURES_MOST || head->label_count > LABELS_MOST ||
        head->label_count < 2 || size != size_of(head))
        return damaged(path, err);
    unsigned char seal[SEAL_SIZE];
    crypto_generichash(seal, sizeof seal, bytes, size - SEAL_SIZE, keys->text, sizeof keys->text);
    return sodium_memcmp(seal, bytes + size - SEAL_SIZE, SEAL_SIZE) == 0 ? ST_OK
                                                                         : damaged(path, err);
}

static struct classifier *unpack(const unsigned char *bytes, const struct head *head)
{
    struct classifier *c = classifier_new(head->feature_count, head->label_count);
    const unsigned char *at = bytes + sizeof *head;
    for (uint32_t i = 0; c && i < c->label_count; i++, at += LABEL_SIZE) {
        c->labels[i] = strndup((const char *)at, LABEL_SIZE - 1);
        if (!c->labels[i]) {
            classifier_free(c);
            return NULL;
        }
    }
    if (!c)
        return NULL;
    size_t features = c->feature_count, weights = features * c->label_count;
    c->title_times = head->title_times;
    memcpy(c->features, at, features * sizeof *c->features);
    at += features * sizeof *c->features;
    memcpy(c->rarity, at, features * sizeof *c->rarity);
    at += features * sizeof *c->rarity;
    memcpy(c->weights, at, weights * sizeof *c->weights);
    return c;
}

enum status classifier_load(const char *path, const struct keys *keys, struct classifier **out,
                            struct error *err)
{
    size_t size = 0;
    struct head head;
    struct error mine = {ST_OK, ""};
    *out = NULL;
    unsigned char *bytes = read_file(path, &size, &mine);
    if (bytes) {
        memcpy(&head, bytes, sizeof head);
        if (!check(bytes, size, &head, path, keys, &mine) && !(*out = unpack(bytes, &head)))
            error_set(&mine, ST_NO_MEMORY, "out of memory");
        free(bytes);
    }
    if (err && mine.status)
        *err = mine;
    return mine.status;
}
