/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The platform's own certificate, for HTTPS. Private to http/. */
#ifndef PLATFORM_HTTP_TLS_H
#define PLATFORM_HTTP_TLS_H

#include "core/status.h"
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

/* TLS 1.2 and 1.3. */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/* Takes a chain of certificates (PEM, the platform's own first) and its key (PEM, without a
 * password) from files, for all handshakes from then on; called again it reads the files anew, and
 * on failure what was taken before stays. Says in the log when the certificate is not valid at this
 * time. ST_NOT_FOUND or ST_IO for a file that cannot be read, ST_INVALID for what is no such thing
 * or does not belong together. One program serves with one certificate at a time. */
enum status tls_use(const char *certificate_file, const char *key_file, struct error *err);
/* Forgets all; when no handshake can be under way any more. */
void tls_forget(void);
/* What libmicrohttpd asks at each handshake: a gnutls_certificate_retrieve_function2. */
int tls_retrieve(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                 const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                 gnutls_pcert_st **chain, unsigned *chain_length, gnutls_privkey_t *key);

#endif
