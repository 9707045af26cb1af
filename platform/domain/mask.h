/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mask: what of a citizen's data is shown to whom (domain rule 9). */
#ifndef PLATFORM_DOMAIN_MASK_H
#define PLATFORM_DOMAIN_MASK_H

#include "core/arena.h"
#include <stdbool.h>

/* "13871234567" -> "138****4567"; short numbers are all stars. */
const char *mask_phone(const char *phone, struct arena *arena);
/* "王小芳" -> "王**". */
const char *mask_name(const char *name, struct arena *arena);
/* Masks phone and identity numbers, plates and bank cards inside free text, also with full-width
 * digits, spaces or dashes between the digits, and the person's own name where it is given (NULL or
 * "" none). Never shortens the text's meaning elsewhere: dates, amounts and order numbers stay. */
const char *mask_text(const char *text, const char *person_name, struct arena *arena);
/* The same with nothing left of what is found: no surname, also where it stands alone before a form
 * of address or behind 姓 and 叫, and no last digits, also behind 尾号. */
const char *mask_text_whole(const char *text, const char *person_name, struct arena *arena);
/* A title: the first 24 characters of the masked text, on one line, and … where it goes on. */
const char *mask_title(const char *text, const char *person_name, struct arena *arena);
/* "420281199001011238" -> "420*************38"; anything shorter is all stars. */
const char *mask_identity(const char *identity, struct arena *arena);
/* The 18 characters of a resident identity number, with a capital X (full-width characters and
 * separators are understood); "" when it is none, also when its check character is wrong. */
const char *identity_normalise(const char *text, struct arena *arena);
/* Keeps the digits of a phone number (full-width ones too), and a leading +; "" if it is none. */
const char *phone_normalise(const char *phone, struct arena *arena);

#endif
