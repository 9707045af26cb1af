/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The completing half of form.h: units, categories and places as one types. */
#include "tui/app.h"
#include "tui/form.h"
#include "tui/l10n.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CANDIDATES_SLOW = 3 };

bool field_completes(const struct field *field)
{
    return field->kind == FIELD_UNIT || field->kind == FIELD_UNITS ||
           field->kind == FIELD_CATEGORY || field->kind == FIELD_PLACE;
}

void form_close_found(struct form *form)
{
    mq_result_free(form->found);
    form->found = NULL;
    form->found_count = form->chosen = 0;
    form->asking = false;
}

static void on_found(void *user, struct mq_result *result)
{
    struct form *form = user;
    struct field *f = &form->fields[form->focus];
    /* An Esc has ended the wait: then nothing is taken behind the person's back. */
    enum command wanted = form->owner->busy ? form->when_found : COMMAND_NONE;
    if (form->asked != form->focus)
        return; /* the field was left meanwhile */
    form_close_found(form);
    form->when_found = COMMAND_NONE;
    if (wanted)
        form->owner->busy = false;
    form->owner->app->dirty = true;
    if (result->status != ST_OK) {
        app_failed(form->owner->app, result);
        return;
    }
    if (!field_completes(f) || !*edit_text(&f->edit))
        return;
    mq_result_keep(result);
    form->found = result;
    form->found_count = result->count < FORM_CANDIDATES ? result->count : FORM_CANDIDATES;
    if (wanted)
        form->owner->ops->command(form->owner, wanted, "");
}

void form_search(struct form *form)
{
    struct field *f = &form->fields[form->focus];
    struct mq *mq = form->owner->app->mq;
    const char *q = edit_text(&f->edit);
    int limit = form->owner->app->options.low_bandwidth ? CANDIDATES_SLOW : FORM_CANDIDATES;
    if (!*q) {
        form_close_found(form);
        return;
    }
    form->asking = true;
    form->asked = form->focus;
    /* The list that is shown belongs to fewer letters; it stays until the new one is here, so that
     * the screen does not blink, but Enter waits for the new one. */
    form->found_count = f->kind == FIELD_PLACE || form->found ? form->found_count : 0;
    switch (f->kind) {
    case FIELD_PLACE:
        mq_complete_place(mq, q, limit, on_found, form);
        break;
    case FIELD_CATEGORY:
        mq_complete_category(mq, q, limit, on_found, form);
        break;
    default:
        mq_complete_unit(mq, q, limit, on_found, form);
    }
}

static void add_unit(struct field *f, const char *id, const char *name)
{
    struct buf value = BUF_EMPTY, note = BUF_EMPTY;
    if (f->value) {
        buf_printf(&value, "%s,", f->value);
        buf_printf(&note, "%s|", f->note ? f->note : "");
    }
    buf_add_text(&value, id);
    buf_add_text(&note, name);
    if (!value.failed && !note.failed) {
        field_replace(&f->value, value.data);
        field_replace(&f->note, note.data);
    }
    buf_free(&value);
    buf_free(&note);
    edit_set(&f->edit, "");
}

bool form_take_found(struct form *form)
{
    if (!form->found || form->found_count == 0)
        return false;
    struct field *f = &form->fields[form->focus];
    char id[24];
    const char *value = id, *name;
    if (f->kind == FIELD_PLACE) {
        const struct mq_place *place = &form->found->places[form->chosen];
        snprintf(id, sizeof id, "%" PRId64, place->id);
        name = place->name;
        field_replace(&f->region, place->region);
        field_replace(&f->note, place->path);
    } else {
        const struct mq_ref *ref = &form->found->refs[form->chosen];
        snprintf(id, sizeof id, "%" PRId64, ref->id);
        value = f->kind == FIELD_CATEGORY ? ref->code : id;
        name = ref->name;
        if (f->kind != FIELD_UNITS)
            field_replace(&f->note, ref->path);
    }
    if (f->kind == FIELD_UNITS)
        add_unit(f, value, name);
    else
        form_set(f, value, name);
    field_replace(&f->error, NULL);
    form_close_found(form);
    if (form->changed)
        form->changed(form->owner, f);
    form_keep(form);
    form->fresh = true;
    return true;
}

int form_draw_found(struct form *form, struct rect area, int y)
{
    for (size_t i = 0; form->found && i < form->found_count; i++, y++) {
        if (y >= area.y + area.rows)
            return y;
        const char *name, *path;
        if (form->fields[form->focus].kind == FIELD_PLACE) {
            name = form->found->places[i].name;
            path = form->found->places[i].path;
        } else {
            name = form->found->refs[i].name;
            path = form->found->refs[i].path;
        }
        bool here = i == form->chosen;
        screen_put(y, area.x, 1, STYLE_TITLE, here ? screen_marker() : " ");
        int x = area.x + 2;
        x += screen_put(y, x, area.cells - 2, here ? STYLE_TITLE : STYLE_NORMAL, name);
        if (*path && strcmp(path, name) != 0)
            screen_put(y, x + 2, area.x + area.cells - x - 2, STYLE_QUIET, path);
    }
    return y;
}
