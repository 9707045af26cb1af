/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/form.h"
#include "tui/app.h"
#include "tui/l10n.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *type;
    enum field_kind kind;
} kinds[] = {
    {"text", FIELD_TEXT},         {"line", FIELD_LINE},     {"int", FIELD_INT},
    {"bool", FIELD_BOOL},         {"choice", FIELD_CHOICE}, {"date", FIELD_DATE},
    {"time", FIELD_TIME},         {"unit", FIELD_UNIT},     {"units", FIELD_UNITS},
    {"category", FIELD_CATEGORY}, {"place", FIELD_PLACE},   {"secret", FIELD_SECRET},
};

/* A type that this program does not know yet is typed as a line. */
static enum field_kind kind_of(const char *type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].type, type) == 0)
            return kinds[i].kind;
    }
    return FIELD_LINE;
}

void form_start(struct form *form, struct view *owner)
{
    *form = (struct form){.owner = owner};
}

void form_free(struct form *form)
{
    form_close_found(form);
    mq_cancel(form->owner->app->mq, form);
    for (size_t i = 0; i < form->count; i++) {
        struct field *f = &form->fields[i];
        edit_free(&f->edit);
        free(f->label);
        free(f->value);
        free(f->region);
        free(f->error);
        free(f->note);
    }
    form->count = 0;
}

struct field *form_add(struct form *form, const char *name, const char *label, const char *type,
                       bool required)
{
    if (form->count == FORM_FIELDS)
        return NULL;
    struct field *f = &form->fields[form->count++];
    *f = (struct field){.kind = kind_of(type), .required = required};
    snprintf(f->name, sizeof f->name, "%s", name);
    snprintf(f->type, sizeof f->type, "%s", type);
    f->label = strdup(label);
    f->edit.secret = f->kind == FIELD_SECRET;
    f->only_chosen = field_completes(f);
    return f;
}

void form_add_action(struct form *form, const struct mq_action *action)
{
    for (size_t i = 0; i < action->field_count; i++) {
        const struct mq_field *from = &action->fields[i];
        struct field *f = form_add(form, from->name, from->label, from->type, from->required);
        if (!f)
            return;
        f->min = from->min;
        f->max = from->max;
        f->choices = from->choices;
        f->choice_count = from->choice_count;
        /* A region is chosen in the field of the place. */
        f->hidden = strcmp(f->name, "region") == 0 && form_find(form, "place");
    }
}

struct field *form_find(struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (strcmp(form->fields[i].name, name) == 0)
            return &form->fields[i];
    }
    return NULL;
}

void field_replace(char **where, const char *text)
{
    char *copy = text ? strdup(text) : NULL;
    free(*where);
    *where = copy;
}

void form_set(struct field *field, const char *value, const char *shown)
{
    field_replace(&field->value, value);
    edit_set(&field->edit, shown);
}

void form_clear_errors(struct form *form)
{
    for (size_t i = 0; i < form->count; i++)
        field_replace(&form->fields[i].error, NULL);
}

void form_error(struct form *form, struct field *field, const char *message)
{
    field_replace(&field->error, message);
    form_focus(form, (size_t)(field - form->fields));
}

/* Whether keys go into the field's line. */
static bool is_edited(const struct field *field)
{
    return field->kind != FIELD_BOOL && field->kind != FIELD_CHOICE;
}

void form_take_focus(struct form *form)
{
    struct field *f = form->count ? &form->fields[form->focus] : NULL;
    edit_focus(f && is_edited(f) ? &f->edit : NULL);
}

void form_focus(struct form *form, size_t index)
{
    form_close_found(form);
    form->focus = index;
    form->fresh = true;
    form_take_focus(form);
}

static void moved_from(struct form *form, struct field *field)
{
    if (form->changed)
        form->changed(form->owner, field);
    form_keep(form);
}

/* To the next or previous field that is shown; false at the end. */
static bool step(struct form *form, int direction)
{
    struct field *left = &form->fields[form->focus];
    for (size_t i = form->focus + (size_t)direction; i < form->count; i += (size_t)direction) {
        if (form->fields[i].hidden)
            continue;
        form_focus(form, i);
        moved_from(form, left);
        return true;
    }
    return false;
}

bool field_empty(const struct field *f)
{
    return !f->value && !*edit_text(&f->edit);
}

/* The next required field that is empty, from the focus on and around; count none. */
static size_t next_missing(const struct form *form)
{
    for (size_t k = 1; k <= form->count; k++) {
        size_t i = (form->focus + k) % form->count;
        const struct field *f = &form->fields[i];
        if (f->required && !f->hidden && field_empty(f))
            return i;
    }
    return form->count;
}

/* The candidates that are shown belong to fewer letters: `wanted` waits for those of all. */
static bool wait_for_found(struct form *form, enum command wanted)
{
    if (!form->asking)
        return false;
    form->when_found = wanted;
    form->owner->busy = true;
    return true;
}

bool form_enter_sends(const struct form *form)
{
    return !form->step_on_enter && next_missing(form) == form->count;
}

/* Enter: takes what is chosen and goes on to where something is missing, or sends. */
static enum form_answer accept(struct form *form)
{
    struct field *f = &form->fields[form->focus];
    if (field_completes(f) && !f->value && *edit_text(&f->edit)) {
        if (wait_for_found(form, COMMAND_ACCEPT))
            return FORM_TAKEN;
        if (!form_take_found(form) && f->only_chosen) {
            form_error(form, f, _("Nothing fits. Type a part of the name, or its pinyin."));
            return FORM_TAKEN;
        }
    } else if (f->kind == FIELD_UNITS && form_take_found(form)) {
        return FORM_TAKEN;
    }
    if (form->step_on_enter) {
        if (step(form, 1))
            return FORM_TAKEN;
        return FORM_SUBMIT;
    }
    size_t missing = next_missing(form);
    if (missing == form->count)
        return FORM_SUBMIT;
    if (missing == form->focus)
        form_error(form, f, _("This is needed."));
    else
        form_focus(form, missing);
    moved_from(form, f);
    return FORM_TAKEN;
}

/* The value of a choice or a yes/no, `i` of its values. */
static void choose(struct form *form, struct field *f, size_t i)
{
    if (f->kind == FIELD_BOOL)
        field_replace(&f->value, i == 0 ? "true" : "false");
    else if (i < f->choice_count)
        field_replace(&f->value, f->choices[i].name);
    field_replace(&f->error, NULL);
    moved_from(form, f);
}

static size_t choice_of(const struct field *f)
{
    if (!f->value)
        return SIZE_MAX;
    if (f->kind == FIELD_BOOL)
        return strcmp(f->value, "true") == 0 ? 0 : 1;
    for (size_t i = 0; i < f->choice_count; i++) {
        if (strcmp(f->choices[i].name, f->value) == 0)
            return i;
    }
    return SIZE_MAX;
}

static void turn_choice(struct form *form, struct field *f, int direction)
{
    size_t n = f->kind == FIELD_BOOL ? 2 : f->choice_count;
    size_t at = choice_of(f);
    if (n == 0)
        return;
    if (at == SIZE_MAX)
        at = direction > 0 ? n - 1 : 0;
    choose(form, f, (at + n + (size_t)direction) % n);
}

/* y and n answer, a digit picks; both go on, so that three facts are three keys. */
static void typed_choice(struct form *form, struct field *f, int key)
{
    if (f->kind == FIELD_BOOL && (key == 'y' || key == 'n')) {
        choose(form, f, key == 'y' ? 0 : 1);
        step(form, 1);
    } else if (f->kind == FIELD_CHOICE && key >= '1' && key <= '9' &&
               (size_t)(key - '1') < f->choice_count) {
        choose(form, f, (size_t)(key - '1'));
        step(form, 1);
    } else if (key == ' ' || key == K_RIGHT) {
        turn_choice(form, f, 1);
    } else if (key == K_LEFT) {
        turn_choice(form, f, -1);
    } else if ((key == K_BACKSPACE || key == K_DELETE) && !f->required) {
        field_replace(&f->value, NULL);
        moved_from(form, f);
    }
}

/* Deletes the last of the chosen units. */
static void drop_last_unit(struct field *f)
{
    char *value = f->value ? strrchr(f->value, ',') : NULL;
    char *note = f->note ? strrchr(f->note, '|') : NULL;
    if (value && note) {
        *value = '\0';
        *note = '\0';
        return;
    }
    field_replace(&f->value, NULL);
    field_replace(&f->note, NULL);
}

static void typed_text(struct form *form, struct field *f, int key)
{
    bool plain = key >= ' ' && key < KEY_BASE && key != K_BACKSPACE;
    bool completed = field_completes(f) && f->kind != FIELD_UNITS && f->value;
    if (f->kind == FIELD_UNITS && key == K_BACKSPACE && !*edit_text(&f->edit) && f->value) {
        drop_last_unit(f);
        moved_from(form, f);
        return;
    }
    /* Typing over a chosen name begins a new one: half a name says nothing. */
    if (completed && form->fresh && (plain || key == K_BACKSPACE))
        edit_set(&f->edit, "");
    bool changed;
    if (key == K_PASTE) {
        edit_insert(screen_pasted(), f->kind == FIELD_TEXT);
        changed = true;
    } else {
        changed = edit_key(key) || (completed && form->fresh);
    }
    form->fresh = form->fresh && !changed;
    if (!changed)
        return;
    field_replace(&f->error, NULL);
    if (field_completes(f)) {
        if (f->kind != FIELD_UNITS) {
            field_replace(&f->value, NULL);
            field_replace(&f->note, NULL);
            field_replace(&f->region, NULL);
        }
        form_search(form);
    }
    moved_from(form, f);
}

void form_typed(struct form *form, int key)
{
    if (form->count == 0)
        return;
    struct field *f = &form->fields[form->focus];
    if (is_edited(f))
        typed_text(form, f, key);
    else
        typed_choice(form, f, key);
}

static enum form_answer vertical(struct form *form, int direction)
{
    struct field *f = &form->fields[form->focus];
    if (form->found_count > 0) {
        size_t n = form->found_count;
        form->chosen = (form->chosen + n + (size_t)direction) % n;
        return FORM_TAKEN;
    }
    if (f->kind == FIELD_TEXT && form->area_cells > 0 &&
        edit_area_move(&f->edit, form->area_cells, direction))
        return FORM_TAKEN;
    step(form, direction);
    return FORM_TAKEN;
}

static enum form_answer leave_field(struct form *form, int direction)
{
    struct field *f = &form->fields[form->focus];
    /* What is highlighted is meant. A place may stay as typed: Esc closed its list then. */
    if (field_completes(f) && !f->value && *edit_text(&f->edit)) {
        if (wait_for_found(form, direction > 0 ? COMMAND_NEXT_FIELD : COMMAND_PREVIOUS_FIELD))
            return FORM_TAKEN;
        form_take_found(form);
    } else if (f->kind == FIELD_UNITS) {
        form_take_found(form);
    }
    if (!step(form, direction))
        form_focus(form, direction > 0 ? 0 : form->focus);
    return FORM_TAKEN;
}

enum form_answer form_command(struct form *form, enum command command)
{
    if (form->count == 0)
        return command == COMMAND_BACK                                  ? FORM_LEAVE
               : command == COMMAND_ACCEPT || command == COMMAND_SUBMIT ? FORM_SUBMIT
                                                                        : FORM_NOTHING;
    struct field *f = &form->fields[form->focus];
    switch (command) {
    case COMMAND_NEXT:
        return vertical(form, 1);
    case COMMAND_PREVIOUS:
        return vertical(form, -1);
    case COMMAND_NEXT_FIELD:
        return leave_field(form, 1);
    case COMMAND_PREVIOUS_FIELD:
        return leave_field(form, -1);
    case COMMAND_ACCEPT:
        return accept(form);
    case COMMAND_SUBMIT:
        if (field_completes(f) && !f->value && *edit_text(&f->edit)) {
            if (wait_for_found(form, COMMAND_SUBMIT))
                return FORM_TAKEN;
            form_take_found(form);
        }
        return FORM_SUBMIT;
    case COMMAND_NEWLINE:
        if (f->kind == FIELD_TEXT) {
            edit_insert("\n", true);
            moved_from(form, f);
        }
        return FORM_TAKEN;
    case COMMAND_BACK:
        if (form->found_count > 0) {
            form_close_found(form);
            return FORM_TAKEN;
        }
        return FORM_LEAVE;
    default:
        return FORM_NOTHING;
    }
}
