/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/http/tls.h"
#include "core/clock.h"
#include "core/log.h"
#include <errno.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHAIN_MAX = 16, ID_SIZE = 64, FILE_MAX_BYTES = 1024 * 1024 };

/* A chain and its key. A handshake borrows them for a time that nobody tells us, so that earlier
 * ones are kept until the end: as many as there were reloads. */
struct pair {
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned chain_length;
    gnutls_privkey_t key;
    struct pair *before;
};

/* GnuTLS gives its callback nothing of ours: what it serves can only stand here. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pair *newest;

static void pair_free(struct pair *pair)
{
    for (unsigned i = 0; i < pair->chain_length; i++)
        gnutls_pcert_deinit(&pair->chain[i]);
    if (pair->key)
        gnutls_privkey_deinit(pair->key);
    free(pair);
}

/* Free data with gnutls_free. */
static enum status read_file(const char *path, gnutls_datum_t *data, struct error *err)
{
    FILE *file = fopen(path, "re");
    int why = errno;
    bool good = file && fseek(file, 0, SEEK_END) == 0;
    long size = good ? ftell(file) : -1;
    *data = (gnutls_datum_t){NULL, 0};
    if (good && size >= 0 && size <= FILE_MAX_BYTES) {
        data->data = gnutls_malloc((size_t)size + 1);
        rewind(file);
        if (data->data)
            data->size = (unsigned)fread(data->data, 1, (size_t)size, file);
        good = data->data && !ferror(file);
    } else {
        good = false;
    }
    if (file && !good)
        why = errno ? errno : EINVAL;
    if (file)
        (void)fclose(file);
    if (good)
        return ST_OK;
    gnutls_free(data->data);
    return error_set(err, why == ENOENT ? ST_NOT_FOUND : ST_IO, "%s cannot be read: %s", path,
                     strerror(why));
}

static enum status read_chain(const char *path, struct pair *pair, struct error *err)
{
    gnutls_datum_t data;
    enum status st = read_file(path, &data, err);
    if (st)
        return st;
    unsigned count = CHAIN_MAX;
    int code =
        gnutls_pcert_list_import_x509_raw(pair->chain, &count, &data, GNUTLS_X509_FMT_PEM, 0);
    gnutls_free(data.data);
    if (code == GNUTLS_E_SHORT_MEMORY_BUFFER)
        return error_set(err, ST_INVALID, "%s holds more than %d certificates", path, CHAIN_MAX);
    if (code < 0 || count == 0)
        return error_set(err, ST_INVALID, "%s holds no chain of certificates in PEM: %s", path,
                         gnutls_strerror(code));
    pair->chain_length = count;
    return ST_OK;
}

static enum status read_key(const char *path, struct pair *pair, struct error *err)
{
    gnutls_datum_t data;
    enum status st = read_file(path, &data, err);
    if (st)
        return st;
    int code = gnutls_privkey_init(&pair->key);
    if (code == 0)
        code = gnutls_privkey_import_x509_raw(pair->key, &data, GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_memset(data.data, 0, data.size);
    gnutls_free(data.data);
    if (code == GNUTLS_E_DECRYPTION_FAILED)
        return error_set(err, ST_INVALID,
                         "%s has a password, which nobody could type at a start: keep the key "
                         "without one, readable for the platform alone",
                         path);
    if (code < 0)
        return error_set(err, ST_INVALID, "%s holds no private key in PEM: %s", path,
                         gnutls_strerror(code));
    return ST_OK;
}

/* The identifier of a public key; its length, 0 on failure. */
static size_t key_id(gnutls_pubkey_t key, unsigned char id[ID_SIZE])
{
    size_t size = ID_SIZE;
    return gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, id, &size) == 0 ? size : 0;
}

static bool belong_together(const struct pair *pair)
{
    unsigned char a[ID_SIZE], b[ID_SIZE];
    gnutls_pubkey_t key;
    if (gnutls_pubkey_init(&key) != 0)
        return false;
    size_t n = gnutls_pubkey_import_privkey(key, pair->key, 0, 0) == 0 ? key_id(key, a) : 0;
    gnutls_pubkey_deinit(key);
    return n > 0 && key_id(pair->chain[0].pubkey, b) == n && memcmp(a, b, n) == 0;
}

/* A certificate out of its time is served all the same: the consoles say what is wrong with it, and
 * a clock may be. */
static void warn_of_time(const char *path, const struct pair *pair)
{
    gnutls_x509_crt_t crt;
    char text[CLOCK_TEXT_SIZE];
    if (gnutls_x509_crt_init(&crt) != 0)
        return;
    if (gnutls_x509_crt_import(crt, &pair->chain[0].cert, GNUTLS_X509_FMT_DER) == 0) {
        int64_t now = (int64_t)time(NULL);
        int64_t from = gnutls_x509_crt_get_activation_time(crt);
        int64_t to = gnutls_x509_crt_get_expiration_time(crt);
        clock_format((now > to ? to : from) * 1000, text);
        if (now > to)
            log_line(LOG_WARNING, "%s expired at %s: no console will accept it", path, text);
        else if (now < from)
            log_line(LOG_WARNING, "%s is not valid before %s: no console will accept it", path,
                     text);
    }
    gnutls_x509_crt_deinit(crt);
}

enum status tls_use(const char *certificate_file, const char *key_file, struct error *err)
{
    struct pair *pair = calloc(1, sizeof *pair);
    if (!pair)
        return error_set(err, ST_NO_MEMORY, "out of memory");
    enum status st = read_chain(certificate_file, pair, err);
    if (!st)
        st = read_key(key_file, pair, err);
    if (!st && !belong_together(pair))
        st = error_set(err, ST_INVALID, "the key in %s does not belong to the certificate in %s",
                       key_file, certificate_file);
    if (st) {
        pair_free(pair);
        return st;
    }
    warn_of_time(certificate_file, pair);
    pthread_mutex_lock(&lock);
    pair->before = newest;
    newest = pair;
    pthread_mutex_unlock(&lock);
    return ST_OK;
}

void tls_forget(void)
{
    pthread_mutex_lock(&lock);
    while (newest) {
        struct pair *pair = newest;
        newest = pair->before;
        pair_free(pair);
    }
    pthread_mutex_unlock(&lock);
}

int tls_retrieve(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                 const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                 gnutls_pcert_st **chain, unsigned *chain_length, gnutls_privkey_t *key)
{
    (void)session, (void)authorities, (void)authority_count, (void)algorithms,
        (void)algorithm_count;
    pthread_mutex_lock(&lock);
    struct pair *pair = newest;
    pthread_mutex_unlock(&lock);
    if (!pair)
        return -1;
    *chain = pair->chain;
    *chain_length = pair->chain_length;
    *key = pair->key;
    return 0;
}
