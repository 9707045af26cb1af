/* SPDX-License-Identifier: GPL-3.0-or-later */
/* form: fields as an action publishes them, filled in with a cursor. Views own one and decide what
 * happens with it. */
#ifndef TUI_FORM_H
#define TUI_FORM_H

#include "core/buf.h"
#include "tui/edit.h"
#include "tui/view.h"

enum field_kind {
    FIELD_LINE,
    FIELD_SECRET,
    FIELD_TEXT,
    FIELD_INT,
    FIELD_BOOL, /* yes, no, and nothing said where it is not required */
    FIELD_CHOICE,
    FIELD_DATE,
    FIELD_TIME,
    FIELD_UNIT,
    FIELD_UNITS,
    FIELD_CATEGORY,
    FIELD_PLACE,
};

struct field {
    char name[32], type[16];
    char *label;
    enum field_kind kind;
    bool required, hidden, only_chosen; /* only_chosen: a completed field takes no free text */
    int64_t min, max;
    const struct mq_choice *choices; /* borrowed */
    size_t choice_count;
    struct edit edit;
    char *value;  /* what is sent of a chosen one: id, code, choice, true/false; NULL none */
    char *region; /* of a place without an id */
    char *error;  /* NULL none */
    char *note;   /* behind the field, quiet: where a place lies; NULL none */
};

enum form_answer { FORM_NOTHING, FORM_TAKEN, FORM_SUBMIT, FORM_LEAVE };
enum { FORM_FIELDS = 24, FORM_CANDIDATES = 6 };

struct form {
    struct view *owner;
    struct field fields[FORM_FIELDS];
    size_t count, focus;
    int top;                 /* first row shown */
    int area_cells;          /* of text fields at the last paint: Up and Down go by them */
    struct mq_result *found; /* candidates of the focused field, NULL none */
    size_t found_count, chosen;
    size_t asked; /* the field that the candidates were asked for */
    bool asking;
    enum command when_found; /* what was wanted before the candidates came; COMMAND_NONE nothing */
    bool step_on_enter;      /* Enter goes to the next field, not to what is still missing */
    bool fresh;     /* nothing typed since the focus came: the first key replaces what was chosen */
    char draft[96]; /* name of the draft; "" none */
    /* A field's text or value changed, or was left. NULL nothing to do. */
    void (*changed)(struct view *owner, struct field *field);
};

void form_start(struct form *form, struct view *owner);
void form_free(struct form *form);
/* Adds a field; a label is copied, choices are borrowed. NULL when there is no room. */
struct field *form_add(struct form *form, const char *name, const char *label, const char *type,
                       bool required);
/* Adds the published fields of an action. */
void form_add_action(struct form *form, const struct mq_action *action);
struct field *form_find(struct form *form, const char *name);
void form_focus(struct form *form, size_t index);
/* Takes the line editor for the focused field. */
void form_take_focus(struct form *form);
/* Sets what a field sends and what it shows. */
void form_set(struct field *field, const char *value, const char *shown);
void form_error(struct form *form, struct field *field, const char *message);
void form_clear_errors(struct form *form);

/* Enter sends now: nothing is missing. */
bool form_enter_sends(const struct form *form);
enum form_answer form_command(struct form *form, enum command command);
/* A key that is text, or none of the form's commands. */
void form_typed(struct form *form, int key);
int form_rows(const struct form *form, int cells);
void form_draw(struct form *form, struct rect area);
void form_hints(struct form *form, struct hints *hints);

/* The values to send – a region chosen for a place as "region" – into `values` (room for
 * FORM_FIELDS); their texts live in `keep` until it is freed. Returns false with errors at the
 * fields that are wrong, the first focused. */
bool form_values(struct form *form, struct mq_value *values, size_t *count, struct buf *keep);
/* Drafts: the form as text, and back. */
void form_save(struct form *form, struct buf *out);
bool form_load(struct form *form, const char *text);
/* Puts the form into the journal, or forgets it there. */
void form_keep(struct form *form);
void form_forget(struct form *form);

/* Puts a copy of `text` (NULL none) where an owned text was. */
void field_replace(char **where, const char *text);
bool field_empty(const struct field *field);

/* completion: formfind.c */
bool field_completes(const struct field *field);
void form_search(struct form *form);
void form_close_found(struct form *form);
/* Takes the chosen candidate. False when there is none. */
bool form_take_found(struct form *form);
int form_draw_found(struct form *form, struct rect area, int y);

#endif
