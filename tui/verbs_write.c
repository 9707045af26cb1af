/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verbs that change something: intake, act, reveal. Names are looked up as a form would. */
#include "tui/l10n.h"
#include "tui/verbs_private.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MAX = 32 };

/* The values of a request; texts that had to be made are owned. */
struct values {
    struct mq_value items[VALUES_MAX];
    char *made[VALUES_MAX * 2];
    size_t count, made_count;
};

static void values_free(struct values *values)
{
    for (size_t i = 0; i < values->made_count; i++)
        free(values->made[i]);
}

/* Keeps a text alive as long as the values. */
static const char *keep(struct values *values, char *text)
{
    if (text && values->made_count < sizeof values->made / sizeof values->made[0])
        values->made[values->made_count++] = text;
    return text ? text : "";
}

static void add(struct values *values, const char *name, const char *type, const char *value)
{
    if (values->count < VALUES_MAX)
        values->items[values->count++] = (struct mq_value){name, type, value};
}

static bool is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static char *print_id(int64_t id)
{
    char *text = NULL;
    return asprintf(&text, "%" PRId64, id) < 0 ? NULL : text;
}

/* --- names to identifiers
 * ---------------------------------------------------------------------------- */

/* The first proposal if it is the only one or bears exactly that name; otherwise says which fit. */
static bool pick(const char *typed, const struct mq_ref *refs, size_t count, size_t *picked)
{
    for (*picked = 0; *picked < count; (*picked)++)
        if (strcmp(refs[*picked].name, typed) == 0)
            return true;
    *picked = 0;
    if (count == 1)
        return true;
    verbs_complain(count ? _("“%s” fits several:") : _("nothing fits “%s”"), typed);
    for (size_t i = 0; i < count; i++)
        verbs_complain("  %s", *refs[i].path ? refs[i].path : refs[i].name);
    return false;
}

static const char *find_unit(struct verbs *v, struct values *values, const char *typed)
{
    struct answer answer = {0};
    if (is_number(typed))
        return typed;
    mq_complete_unit(v->mq, typed, 10, verbs_answer, &answer);
    struct mq_result *result = verbs_wait(v, &answer);
    size_t i;
    const char *id = NULL;
    if (result && pick(typed, result->refs, result->count, &i))
        id = keep(values, print_id(result->refs[i].id));
    mq_result_free(result);
    return id;
}

static const char *find_category(struct verbs *v, struct values *values, const char *typed)
{
    struct answer answer = {0};
    if (is_number(typed))
        return typed;
    mq_complete_category(v->mq, typed, 10, verbs_answer, &answer);
    struct mq_result *result = verbs_wait(v, &answer);
    size_t i;
    const char *code = NULL;
    if (result && pick(typed, result->refs, result->count, &i))
        code = keep(values, strdup(result->refs[i].code));
    mq_result_free(result);
    return code;
}

/* The best proposal for a place, as an operator would take it; a region keeps the typed text. */
static bool add_place(struct verbs *v, struct values *values, const char *name, const char *typed)
{
    struct answer answer = {0};
    if (is_number(typed)) {
        add(values, name, "place", typed);
        return true;
    }
    mq_complete_place(v->mq, typed, 1, verbs_answer, &answer);
    struct mq_result *result = verbs_wait(v, &answer);
    if (!result)
        return false;
    bool found = result->count > 0;
    if (found && result->places[0].id) {
        add(values, name, "place", keep(values, print_id(result->places[0].id)));
    } else if (found) {
        add(values, "region", "line", keep(values, strdup(result->places[0].region)));
        add(values, "place_text", "line", typed);
    } else {
        verbs_complain(_("nothing fits “%s”"), typed);
    }
    mq_result_free(result);
    return found;
}

static bool add_named(struct verbs *v, struct values *values, const char *name, const char *type,
                      const char *text)
{
    const char *value = text;
    if (strcmp(type, "place") == 0)
        return add_place(v, values, name, text);
    if (strcmp(type, "unit") == 0)
        value = find_unit(v, values, text);
    else if (strcmp(type, "category") == 0)
        value = find_category(v, values, text);
    else if (strcmp(type, "bool") == 0)
        value = strcmp(text, "yes") == 0 || strcmp(text, "1") == 0 || strcmp(text, "是") == 0 ||
                        strcmp(text, "true") == 0
                    ? "true"
                    : "false";
    if (!value)
        return false;
    add(values, name, type, value);
    return true;
}

/* Splits "field=value"; the name is kept with the values. */
static const char *split(struct values *values, const char *word, const char **value)
{
    const char *equals = strchr(word, '=');
    if (!equals) {
        verbs_complain(_("“%s” is not FIELD=VALUE"), word);
        return NULL;
    }
    *value = equals + 1;
    return keep(values, strndup(word, (size_t)(equals - word)));
}

/* --- intake
 * -------------------------------------------------------------------------------------------- */

static int print_order_line(struct verbs *v, struct mq_result *result)
{
    if (!result)
        return 1;
    if (v->json)
        verbs_print_json(result);
    else
        verbs_print("%s  %s  v%" PRId64 "  %s\n", result->order->number, result->order->state_label,
                    result->order->version, result->order->lead.name);
    mq_result_free(result);
    return 0;
}

static const char *intake_type(const char *name)
{
    static const char *const types[][2] = {
        {"place", "place"},          {"category", "category"}, {"urgent", "bool"},
        {"complex", "bool"},         {"confidential", "bool"}, {"words", "text"},
        {"answer", "text"},          {"kind", "choice"},       {"next", "choice"},
        {"source_deadline", "time"},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i][0], name) == 0)
            return types[i][1];
    return "line";
}

static bool given(const struct values *values, const char *name)
{
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->items[i].name, name) == 0)
            return true;
    return false;
}

int verb_intake(struct verbs *v)
{
    struct values values = {0};
    bool ok = true;
    for (int i = 0; ok && i < v->argc; i++) {
        const char *text, *name = split(&values, v->argv[i], &text);
        ok = name && add_named(v, &values, name, intake_type(name), text);
    }
    if (!given(&values, "channel"))
        add(&values, "channel", "line", "hotline12345");
    if (!given(&values, "kind"))
        add(&values, "kind", "choice", "complaint");
    if (!given(&values, "next"))
        add(&values, "next", "choice", "dispatch");
    char key[23];
    mq_new_key(key);
    struct answer answer = {0};
    ok = ok && mq_appeal(v->mq, key, values.items, values.count, verbs_answer, &answer);
    int rc = ok ? print_order_line(v, verbs_wait(v, &answer)) : 2;
    values_free(&values);
    return rc;
}

/* --- act
 * --------------------------------------------------------------------------------------------------
 */

static const struct mq_action *find_action(const struct mq_result *actions, const char *name)
{
    for (size_t i = 0; i < actions->count; i++)
        if (strcmp(actions->actions[i].name, name) == 0)
            return &actions->actions[i];
    return NULL;
}

static const char *field_type(const struct mq_action *action, const char *name)
{
    for (size_t i = 0; i < action->field_count; i++)
        if (strcmp(action->fields[i].name, name) == 0)
            return action->fields[i].type;
    return "text";
}

/* What the form would have been filled with already. */
static void add_defaults(struct values *values, const struct mq_order *order,
                         const struct mq_action *action)
{
    for (size_t i = 0; i < order->detail->action_count; i++) {
        const struct mq_allowed *allowed = &order->detail->actions[i];
        if (strcmp(allowed->name, action->name) != 0)
            continue;
        for (size_t d = 0; d < allowed->default_count; d++)
            if (!given(values, allowed->defaults[d].field))
                add(values, allowed->defaults[d].field,
                    field_type(action, allowed->defaults[d].field), allowed->defaults[d].value);
        return;
    }
}

static int act(struct verbs *v, const struct mq_order *order, const struct mq_action *action)
{
    struct values values = {0};
    bool ok = true;
    int64_t on = 0;
    for (int i = 2; ok && i < v->argc; i++) {
        const char *text, *name = split(&values, v->argv[i], &text);
        ok = name != NULL;
        if (ok && strcmp(name, "on") == 0)
            on = strtoll(text, NULL, 10);
        else if (ok)
            ok = add_named(v, &values, name, field_type(action, name), text);
    }
    add_defaults(&values, order, action);
    struct answer answer = {0};
    ok = ok && mq_act(v->mq, order->id, order->version, action->name, on, values.items,
                      values.count, verbs_answer, &answer);
    int rc = ok ? print_order_line(v, verbs_wait(v, &answer)) : 2;
    values_free(&values);
    return rc;
}

int verb_act(struct verbs *v)
{
    if (v->argc < 2) {
        verbs_complain("%s", _("act how? minqing act ORDER ACTION [FIELD=VALUE …]"));
        return 2;
    }
    struct answer first = {0}, second = {0};
    mq_order(v->mq, v->argv[0], verbs_answer, &first);
    struct mq_result *order = verbs_wait(v, &first);
    if (!order)
        return 1;
    mq_actions(v->mq, verbs_answer, &second);
    struct mq_result *actions = verbs_wait(v, &second);
    const struct mq_action *action = actions ? find_action(actions, v->argv[1]) : NULL;
    int rc = 1;
    if (action) {
        rc = act(v, order->order, action);
    } else if (actions) {
        verbs_complain(_("there is no action “%s”"), v->argv[1]);
        rc = 2;
    }
    mq_result_free(actions);
    mq_result_free(order);
    return rc;
}

int verb_reveal(struct verbs *v)
{
    if (v->argc < 2) {
        verbs_complain("%s", _("say why: minqing reveal ORDER REASON"));
        return 2;
    }
    struct answer first = {0}, second = {0};
    mq_order(v->mq, v->argv[0], verbs_answer, &first);
    struct mq_result *order = verbs_wait(v, &first);
    if (!order)
        return 1;
    mq_reveal(v->mq, order->order->id, v->argv[1], verbs_answer, &second);
    mq_result_free(order);
    struct mq_result *result = verbs_wait(v, &second);
    if (!result)
        return 1;
    if (v->json)
        verbs_print_json(result);
    for (size_t i = 0; !v->json && i < result->count; i++)
        verbs_print("%s  %s  %s\n%s\n", result->appeals[i].name, result->appeals[i].phone,
                    result->appeals[i].identity, result->appeals[i].words);
    mq_result_free(result);
    return 0;
}
