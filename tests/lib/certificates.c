/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/certificates.h"
#include "tests/lib/platform_private.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define NEW_KEY "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

void test_shell(const char *directory, const char *format, ...)
{
    va_list args;
    char *command = NULL;
    va_start(args, format);
    int n = vasprintf(&command, format, args);
    va_end(args);
    (void)test_must(n < 0 ? NULL : command);
    char *whole = test_text("cd '%s' && { %s; } >shell.out 2>&1", directory, command);
    if (system(whole) != 0) { /* NOLINT(cert-env33-c): the test's own words */
        char *out = test_text("%s/shell.out", directory);
        test_print_file(out);
        test_die(NULL, "failed: %s", command);
    }
    free(whole);
    free(command);
}

void test_authority_make(const char *directory, const char *name)
{
    test_shell(directory,
               "openssl req -x509 " NEW_KEY " -keyout %s.key -out %s.pem -days 30 -subj '/CN=%s'",
               name, name, name);
}

void test_certificate_make(const char *directory, const char *authority, const char *name,
                           const char *names, const char *until)
{
    char *end =
        until ? test_text("-startdate 20200101000000Z -enddate %s", until) : test_text("-days 30");
    test_shell(directory,
               "mkdir %s.ca && touch %s.ca/index && "
               "printf '[ca]\\ndefault_ca=c\\n[c]\\ndatabase=%s.ca/index\\nnew_certs_dir=%s.ca\\n"
               "default_md=sha256\\nrand_serial=yes\\npolicy=p\\ncopy_extensions=copy\\n"
               "[p]\\ncommonName=supplied\\n' >%s.ca/config && "
               "openssl req -new " NEW_KEY " -keyout %s.key -out %s.ca/request "
               "-subj '/CN=%s' -addext 'subjectAltName=%s' && "
               "openssl ca -batch -notext -config %s.ca/config -cert %s.pem -keyfile %s.key "
               "-in %s.ca/request -out %s.pem %s",
               name, name, name, name, name, name, name, name, names, name, authority, authority,
               name, name, end);
    free(end);
}
