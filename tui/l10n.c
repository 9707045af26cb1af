/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/l10n.h"
#include "core/buf.h"
#include "core/text.h"
#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

static const char domain[] = "minqing";
static bool chinese;
static bool utf8_locale;

/* LC_ALL=C is what a bare SSH session or cron gives: Chinese must be readable there, too. */
static void set_locale(void)
{
    const char *got = setlocale(LC_ALL, "");
    if (!got || strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0) {
        setenv("LC_ALL", "C.UTF-8", 1);
        setlocale(LC_ALL, "C.UTF-8");
    }
    /* Numbers are written for programs and people alike with a point. */
    setlocale(LC_NUMERIC, "C");
    utf8_locale = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* build/release/minqing has its catalogue in build/locale. */
static bool beside_program(char *out, size_t size)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        return false;
    path[n] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (!slash)
            return false;
        *slash = '\0';
        int len = snprintf(out, size, "%s/locale", path);
        if (len > 0 && (size_t)len < size && access(out, R_OK) == 0)
            return true;
    }
    return false;
}

void l10n_start(void)
{
    set_locale();
    char beside[PATH_MAX + 16];
    const char *dir = getenv("MINQING_LOCALE_DIR");
    if (!dir || !*dir)
        dir = beside_program(beside, sizeof beside) ? beside : "/usr/share/locale";
    bindtextdomain(domain, dir);
    /* UTF-8 is the inside of the program whatever the terminal speaks; the edge converts. */
    bind_textdomain_codeset(domain, "UTF-8");
    textdomain(domain);
}

static const char *language_of_environment(void)
{
    static const char *const names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && strncmp(value, "en", 2) == 0)
            return "en";
        if (value && strncmp(value, "zh", 2) == 0)
            return "zh";
    }
    return "zh";
}

void l10n_language(const char *language)
{
    if (!language)
        language = language_of_environment();
    chinese = strncmp(language, "zh", 2) == 0;
    setenv("LANGUAGE", chinese ? "zh_CN" : "en", 1);
    /* The library notices the changed variable only when the locale is set anew. */
    setlocale(LC_MESSAGES, "");
}

bool l10n_chinese(void)
{
    return chinese;
}

const char *l10n(const char *text)
{
    /* The empty text is the catalogue's own header. */
    return *text ? gettext(text) : text;
}

char *l10n_to_locale(const char *utf8)
{
    if (utf8_locale)
        return strdup(utf8);
    struct buf out = BUF_EMPTY;
    buf_add_text(&out, "");
    mbstate_t state = {0};
    size_t n = strlen(utf8);
    for (size_t i = 0; i < n;) {
        uint32_t code_point;
        char bytes[MB_LEN_MAX];
        i += utf8_decode(utf8 + i, n - i, &code_point);
        size_t m = wcrtomb(bytes, (wchar_t)code_point, &state);
        if (m == (size_t)-1) {
            memset(&state, 0, sizeof state);
            buf_add_char(&out, '?');
        } else {
            buf_add(&out, bytes, m);
        }
    }
    return buf_take(&out);
}

char *l10n_from_locale(const char *bytes, size_t n)
{
    struct buf out = BUF_EMPTY;
    buf_add_text(&out, "");
    if (utf8_locale) {
        buf_add(&out, bytes, n);
        return buf_take(&out);
    }
    mbstate_t state = {0};
    for (size_t i = 0; i < n;) {
        wchar_t wide;
        size_t m = mbrtowc(&wide, bytes + i, n - i, &state);
        if (m == 0 || m >= (size_t)-2) {
            memset(&state, 0, sizeof state);
            buf_add_char(&out, '?');
            i++;
            continue;
        }
        char utf8[4];
        buf_add(&out, utf8, utf8_encode((uint32_t)wide, utf8));
        i += m;
    }
    return buf_take(&out);
}
