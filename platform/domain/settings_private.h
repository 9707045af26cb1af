/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings_private: the rows of the table as data, for settings*.c and their test. */
#ifndef PLATFORM_DOMAIN_SETTINGS_PRIVATE_H
#define PLATFORM_DOMAIN_SETTINGS_PRIVATE_H

#include "platform/domain/settings.h"

enum { SETTING_TEXT_SIZE = 32 }; /* of one value */

enum setting_kind {
    SETTING_LIMIT,
    SETTING_COUNT,
    SETTING_PERCENT,
    SETTING_DURATION,
    SETTING_CHOICE,
};

struct setting {
    const char *section, *name;
    enum setting_kind kind;
    size_t offset; /* in struct settings */
    const char *value, *least, *most;
    struct bilingual meaning;
};
const struct setting *setting_at(size_t i);

struct setting_value {
    int64_t number;       /* DURATION: ms; CHOICE: the place in the list */
    enum limit_unit unit; /* LIMIT_HOURS but for a LIMIT in days */
};
/* False when the text is no value of that kind; the range is not looked at. */
bool setting_parse(const struct setting *setting, const char *text, struct setting_value *value);
bool setting_in_range(const struct setting *setting, const struct setting_value *value);
void setting_put(const struct setting *setting, const struct setting_value *value,
                 struct settings *settings);
/* False with the two rows that contradict each other and the reason in `err`. */
bool settings_agree(const struct settings *settings, const struct setting **one,
                    const struct setting **other, struct error *err);

#endif
