/* SPDX-License-Identifier: GPL-3.0-or-later */
/* certificates: an authority of the test's own and what it signs, made by the openssl program.
 * Whatever cannot be done ends the program with a message. */
#ifndef TESTS_LIB_CERTIFICATES_H
#define TESTS_LIB_CERTIFICATES_H

/* Makes NAME.pem and NAME.key, an authority, in the directory. */
void test_authority_make(const char *directory, const char *name);
/* Makes NAME.pem and NAME.key, a server's, signed by that authority. `names` as
 * "IP:127.0.0.1,DNS:localhost"; `until` as "20300101000000Z", NULL: a month from now. */
void test_certificate_make(const char *directory, const char *authority, const char *name,
                           const char *names, const char *until);
/* Runs a command of the shell in the directory; it must succeed. */
__attribute__((format(printf, 2, 3))) void test_shell(const char *directory, const char *format,
                                                      ...);

#endif
