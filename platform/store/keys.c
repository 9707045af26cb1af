/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/store/keys.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file's one key is never used itself. The numbers of what is derived from it, and the context,
 * are for ever. */
enum subkey { SUBKEY_SEAL = 1, SUBKEY_NUMBER, SUBKEY_TEXT, SUBKEY_SIGN, SUBKEY_ID, SUBKEY_CURSOR };
static const char CONTEXT[crypto_kdf_CONTEXTBYTES + 1] = "minqing ";

enum { FILE_MAX = 1024, ID_BYTES = 8, HEX_SIZE = 2 * crypto_kdf_KEYBYTES + 1 };

static const char HEADER[] = "# The key of a Minqing database (its name is this file's without "
                             ".key). Without it nobody can\n"
                             "# read who the citizens are and what they said: keep a copy, apart "
                             "from copies of the database.\n";

static void derive_all(const unsigned char key[crypto_kdf_KEYBYTES], struct keys *keys)
{
    unsigned char seed[crypto_sign_SEEDBYTES], named[crypto_kdf_BYTES_MAX], hash[ID_BYTES * 2];
    (void)crypto_kdf_derive_from_key(keys->seal, sizeof keys->seal, SUBKEY_SEAL, CONTEXT, key);
    (void)crypto_kdf_derive_from_key(keys->number, sizeof keys->number, SUBKEY_NUMBER, CONTEXT,
                                     key);
    (void)crypto_kdf_derive_from_key(keys->text, sizeof keys->text, SUBKEY_TEXT, CONTEXT, key);
    (void)crypto_kdf_derive_from_key(keys->cursor[0], sizeof keys->cursor, SUBKEY_CURSOR, CONTEXT,
                                     key);
    (void)crypto_kdf_derive_from_key(seed, sizeof seed, SUBKEY_SIGN, CONTEXT, key);
    (void)crypto_sign_seed_keypair(keys->sign_public, keys->sign_secret, seed);
    (void)crypto_kdf_derive_from_key(named, sizeof named, SUBKEY_ID, CONTEXT, key);
    (void)crypto_generichash(hash, sizeof hash, named, sizeof named, NULL, 0);
    sodium_bin2hex(keys->id, sizeof keys->id, hash, ID_BYTES);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(named, sizeof named);
}

/* --- reading --------------------------------------------------------------------------------- */

/* One line of hexadecimal digits; lines that begin with # and empty ones are for people. */
static bool parse(const char *text, unsigned char key[crypto_kdf_KEYBYTES])
{
    bool found = false;
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n"), digits = n > 0 && line[n - 1] == '\r' ? n - 1 : n, length;
        if (digits > 0 && line[0] != '#') {
            if (found || digits != HEX_SIZE - 1 ||
                sodium_hex2bin(key, crypto_kdf_KEYBYTES, line, digits, NULL, &length, NULL) != 0 ||
                length != crypto_kdf_KEYBYTES)
                return false;
            found = true;
        }
        line += n + (line[n] == '\n');
    }
    return found;
}

static enum status no_key_file(const char *path, struct error *err)
{
    return error_set(err, ST_INVALID,
                     "%s is not the key file of a database; put the right one back from its copy",
                     path);
}

/* ST_INVALID unless the open file is one that this user alone may read. */
static enum status check_mode(int fd, const char *path, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return error_set(err, ST_IO, "%s cannot be read: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return no_key_file(path, err);
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return error_set(err, ST_INVALID,
                         "%s may be read by others (mode %04o); chmod 600 it, and find out who did",
                         path, (unsigned)st.st_mode & 07777U);
    return ST_OK;
}

static enum status read_all(int fd, const char *path, char *text, size_t size, struct error *err)
{
    size_t n = 0;
    ssize_t got;
    while ((got = read(fd, text + n, size - 1 - n)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(err, ST_IO, "%s cannot be read: %s", path, strerror(errno));
        n += (size_t)got;
        if (n == size - 1)
            return no_key_file(path, err);
    }
    text[n] = '\0';
    return strlen(text) == n ? ST_OK : no_key_file(path, err);
}

enum status keys_load(const char *path, struct keys *keys, struct error *err)
{
    char text[FILE_MAX];
    unsigned char key[crypto_kdf_KEYBYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return error_set(err, errno == ENOENT || errno == ENOTDIR ? ST_NOT_FOUND : ST_IO,
                         "%s cannot be read: %s; without its key file the database is not opened",
                         path, strerror(errno));
    enum status st = check_mode(fd, path, err);
    if (!st)
        st = read_all(fd, path, text, sizeof text, err);
    (void)close(fd);
    if (!st && !parse(text, key))
        st = no_key_file(path, err);
    if (!st)
        derive_all(key, keys);
    sodium_memzero(text, sizeof text);
    sodium_memzero(key, sizeof key);
    return st;
}

/* --- making ---------------------------------------------------------------------------------- */

static bool write_all(int fd, const char *text)
{
    for (size_t n = strlen(text); n > 0;) {
        ssize_t put = write(fd, text, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        text += put;
        n -= (size_t)put;
    }
    return true;
}

/* A name that is lost with the power would leave a sealed database without its key. */
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

/* Written whole under another name first; link() never replaces a file that is there. */
static bool put_file(const char *path, const char *hex)
{
    char other[PATH_MAX];
    if (snprintf(other, sizeof other, "%s.new", path) >= (int)sizeof other) {
        errno = ENAMETOOLONG;
        return false;
    }
    (void)unlink(other);
    int fd = open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write_all(fd, HEADER) && write_all(fd, hex) && write_all(fd, "\n") &&
                fsync(fd) == 0;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    good = good && link(other, path) == 0;
    int why = errno;
    if (fd >= 0)
        (void)unlink(other);
    errno = why;
    return good && sync_directory(path);
}

enum status keys_create(const char *path, struct keys *keys, struct error *err)
{
    unsigned char key[crypto_kdf_KEYBYTES];
    char hex[HEX_SIZE];
    if (access(path, F_OK) == 0)
        return error_set(err, ST_CONFLICT, "%s is there already; no key file is ever replaced",
                         path);
    crypto_kdf_keygen(key);
    sodium_bin2hex(hex, sizeof hex, key, sizeof key);
    enum status st = ST_OK;
    if (!put_file(path, hex))
        st = errno == EEXIST
                 ? error_set(err, ST_CONFLICT, "%s is there already; no key file is ever replaced",
                             path)
                 : error_set(err, ST_IO, "%s cannot be made: %s", path, strerror(errno));
    if (!st)
        derive_all(key, keys);
    sodium_memzero(key, sizeof key);
    sodium_memzero(hex, sizeof hex);
    return st;
}

void keys_forget(struct keys *keys)
{
    if (keys)
        sodium_memzero(keys, sizeof *keys);
}
