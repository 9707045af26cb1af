/* SPDX-License-Identifier: GPL-3.0-or-later */
/* l10n: locale, language and the edge between UTF-8 inside and the terminal's bytes. */
#ifndef TUI_L10N_H
#define TUI_L10N_H

#include <stdbool.h>
#include <stddef.h>

/* Sets the locale from the environment (C, POSIX and missing ones become C.UTF-8) and finds the
 * catalogue: MINQING_LOCALE_DIR, else beside the program's build tree, else /usr/share/locale. */
void l10n_start(void);
/* "zh" or "en": all texts from now on. NULL takes the environment's language, Chinese when it does
 * not say. Changes the environment: call from the main thread only. */
void l10n_language(const char *language);
/* True while texts are Chinese. */
bool l10n_chinese(void);
/* The text in the current language, UTF-8. */
const char *l10n(const char *text) __attribute__((format_arg(1)));
#define _(text)  l10n(text)
/* Marks a text of a table for translation; it is looked up with _() where it is shown. */
#define N_(text) text

/* UTF-8 to the locale's bytes and back; what does not exist there becomes '?'. The caller frees;
 * NULL without memory. */
char *l10n_to_locale(const char *utf8);
char *l10n_from_locale(const char *bytes, size_t n);

#endif
