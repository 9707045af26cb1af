/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The half of form.h that gives a form's values away: to the platform and to the journal. */
#include "core/clock.h"
#include "core/text.h"
#include "tui/dates.h"
#include "tui/draft.h"
#include "tui/form.h"
#include "tui/l10n.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was chosen for a place is a street or a village as a whole. */
static bool is_region(const struct field *f)
{
    return f->kind == FIELD_PLACE && f->value && strcmp(f->value, "0") == 0 && f->region;
}

/* The text that is sent of a field, into `out`; false with a message, which `said` may hold. */
static bool value_of(const struct field *f, struct buf *out, const char **wrong, struct buf *said)
{
    const char *text = edit_text(&f->edit);
    char day[32];
    char *end;
    if (f->kind == FIELD_DATE && !dates_parse_day(text, clock_now_ms(), day)) {
        *wrong = _("A day: 2026-11-30, 30, +3 (days from now), eom (end of month).");
        return false;
    }
    if (f->kind == FIELD_TIME && !dates_parse_time(text, clock_now_ms(), day)) {
        *wrong = _("A moment: 2026-11-30 14:30, 30 14:30, +1 09:00.");
        return false;
    }
    if (f->kind == FIELD_DATE || f->kind == FIELD_TIME) {
        buf_add_text(out, day);
        return true;
    }
    if (f->kind == FIELD_INT) {
        errno = 0;
        long long n = strtoll(text, &end, 10);
        if (errno || end == text || *end || n < f->min || (f->max > f->min && n > f->max)) {
            said->length = 0;
            if (f->max > f->min)
                buf_printf(said, _("A whole number from %d to %d."), (int)f->min, (int)f->max);
            *wrong = said->length ? said->data : _("A whole number within the limits.");
            return false;
        }
    }
    if (field_completes(f) && f->only_chosen && (!f->value || (f->kind == FIELD_UNITS && *text))) {
        *wrong = _("Choose one of the list: type a part of the name, then Enter.");
        return false;
    }
    if (f->kind == FIELD_TEXT && f->max > 0 && (int64_t)utf8_count(text) > f->max) {
        said->length = 0;
        buf_printf(said, _("The text is too long: %d characters, at most %d."),
                   (int)utf8_count(text), (int)f->max);
        *wrong = said->length ? said->data : _("Out of memory.");
        return false;
    }
    buf_add_text(out, is_region(f) ? f->region : f->value ? f->value : text);
    return true;
}

bool form_values(struct form *form, struct mq_value *values, size_t *count, struct buf *keep)
{
    size_t offsets[FORM_FIELDS];
    struct field *first_wrong = NULL;
    struct buf said = BUF_EMPTY;
    *count = 0;
    form_clear_errors(form);
    buf_add_text(keep, "");
    for (size_t i = 0; i < form->count; i++) {
        struct field *f = &form->fields[i];
        const char *wrong = NULL;
        size_t at = keep->length;
        if (f->hidden)
            continue;
        if (field_empty(f) && !f->required)
            continue;
        if (field_empty(f))
            wrong = _("This is needed.");
        else
            value_of(f, keep, &wrong, &said);
        if (wrong) {
            field_replace(&f->error, wrong);
            first_wrong = first_wrong ? first_wrong : f;
            continue;
        }
        buf_add(keep, "", 1);
        offsets[*count] = at;
        values[(*count)++] = is_region(f) ? (struct mq_value){"region", "line", NULL}
                                          : (struct mq_value){f->name, f->type, NULL};
    }
    buf_free(&said);
    /* The texts have stopped moving now. */
    for (size_t i = 0; i < *count; i++)
        values[i].value = keep->data + offsets[i];
    if (first_wrong)
        form_focus(form, (size_t)(first_wrong - form->fields));
    return !first_wrong && !keep->failed;
}

/* ---- drafts -----------------------------------------------------------------------------------
 */

void form_save(struct form *form, struct buf *out)
{
    char name[48];
    for (size_t i = 0; i < form->count; i++) {
        const struct field *f = &form->fields[i];
        if (field_empty(f) || f->kind == FIELD_SECRET)
            continue;
        draft_write(out, f->name, edit_text(&f->edit));
        const struct {
            const char *suffix, *value;
        } more[] = {{"value", f->value}, {"region", f->region}, {"note", f->note}};
        for (size_t k = 0; k < sizeof more / sizeof *more; k++) {
            snprintf(name, sizeof name, "%s.%s", f->name, more[k].suffix);
            if (more[k].value)
                draft_write(out, name, more[k].value);
        }
    }
}

static void load_part(const char *text, const char *field, const char *suffix, char **where)
{
    char name[48];
    snprintf(name, sizeof name, "%s.%s", field, suffix);
    char *value = draft_read(text, name);
    if (value) {
        free(*where);
        *where = value;
    }
}

bool form_load(struct form *form, const char *text)
{
    bool any = false;
    for (size_t i = 0; i < form->count; i++) {
        struct field *f = &form->fields[i];
        char *shown = draft_read(text, f->name);
        if (!shown)
            continue;
        any = true;
        form_set(f, NULL, shown);
        load_part(text, f->name, "value", &f->value);
        load_part(text, f->name, "region", &f->region);
        load_part(text, f->name, "note", &f->note);
        free(shown);
    }
    return any;
}

void form_keep(struct form *form)
{
    if (!form->draft[0])
        return;
    struct buf text = BUF_EMPTY;
    buf_add_text(&text, "");
    form_save(form, &text);
    if (!text.failed)
        draft_put(form->draft, text.data);
    buf_free(&text);
}

void form_forget(struct form *form)
{
    if (form->draft[0])
        draft_put(form->draft, NULL);
}
